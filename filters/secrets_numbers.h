/**
 * Numbers that are somebody's: payment cards, bank accounts, and what states give to people.
 *
 * A run of digits is cut into groups where single separators stand; a number is known by its
 * groups, its check digits, and by what is said before it. Pure; any thread.
 */
#ifndef PEN_FILTERS_SECRETS_NUMBERS_H
#define PEN_FILTERS_SECRETS_NUMBERS_H

#include "filters/secrets_find.h"

#define PEN_NUMBER_GROUPS 12
#define PEN_NUMBER_DIGITS 40

/** A run of digits, cut into groups. */
struct pen_number {
    struct pen_span span;
    char digits[PEN_NUMBER_DIGITS];
    size_t digit_count;
    size_t group_count;
    uint8_t lengths[PEN_NUMBER_GROUPS];
    uint8_t starts[PEN_NUMBER_GROUPS];  /* of the group's digits in `digits` */
    size_t places[PEN_NUMBER_GROUPS];   /* of the group in the text */
    char separators[PEN_NUMBER_GROUPS]; /* before the group; 0 before the first */
};

/** At a digit: what the run that it belongs to is. Behind the run. */
size_t pen_secrets_number(struct pen_secrets *secrets, size_t at);

/** secrets_people.c: some state's number among the groups? True: reported. */
bool pen_secrets_person(struct pen_secrets *secrets, const struct pen_number *number);

/** What is said before the number, and the name of the text, mention one of the words? */
bool pen_secrets_context(const struct pen_secrets *secrets, size_t at,
                         const struct pen_secrets_words *words);

/** Luhn's check (ISO/IEC 7812-1 annex B). */
bool pen_secrets_luhn(struct pen_str digits);

/** Neither a letter nor more of a number stands around [start, end). */
bool pen_secrets_stands_free(struct pen_str text, size_t start, size_t end);

#endif
