/**
 * What the readers of secrets share: where a token may begin, of what it is made, and whether it
 * looks made by a machine or typed as an example.
 *
 * Pure functions over borrowed bytes; any thread.
 */
#ifndef PEN_FILTERS_SECRETS_SHAPE_H
#define PEN_FILTERS_SECRETS_SHAPE_H

#include "filters/core/str.h"

enum pen_alphabet {
    PEN_ALPHABET_WORD,   /* letters, digits, '_' */
    PEN_ALPHABET_BASE62, /* letters and digits */
    PEN_ALPHABET_BASE64, /* RFC 4648 section 4, padding included */
    PEN_ALPHABET_URL,    /* RFC 4648 section 5, no padding */
    PEN_ALPHABET_BASE32, /* RFC 4648 section 6, upper case, no padding */
    PEN_ALPHABET_HEX,    /* lower case */
    PEN_ALPHABET_TILDE,  /* letters, digits, "-._~" (RFC 3986 unreserved) */
    PEN_ALPHABET_UPPER,  /* upper case and digits */
    PEN_ALPHABETS,
};

bool pen_secrets_is(char c, enum pen_alphabet alphabet);

/**
 * May a token begin at `at`: does no word run on into it?
 *
 * A line break that JSON spells as an escape, "\u003d" and "%3D" end a word like what they stand
 * for.
 */
bool pen_secrets_begins(struct pen_str text, size_t at);

/** Behind the last byte of the alphabet from `at` on, at most `most` further. */
size_t pen_secrets_run(struct pen_str text, size_t at, enum pen_alphabet alphabet, size_t most);

/** How many different bytes it has. */
size_t pen_secrets_distinct(struct pen_str token);

/**
 * Does a token look like one that was typed: "xxxx", "your-key", "EXAMPLE", a row of one letter, a
 * row of the alphabet, or too few different letters to be random?
 */
bool pen_secrets_is_typed(struct pen_str token);

/** The same for a password: also "${NAME}", "<password>", "%s", "password", "secret", "***". */
bool pen_secrets_is_placeholder(struct pen_str password);

/** Do the last six letters spell the CRC-32 of those before them in base 62? (GitHub, npm) */
bool pen_secrets_has_crc(struct pen_str token);

/** Words that say what a number or text is, by their first letters: at most places of a text none
 * of them can stand. */
struct pen_secrets_words {
    const char *by_letter[26]; /* lower case, space-separated; '_' is a space as well; NULL: none */
};

#define PEN_SECRETS_LETTER(c) ((c) - 'a')

/** Is one of the words in the text, whole ("cardNumber" has "card")? No case. */
bool pen_secrets_mentions(struct pen_str text, const struct pen_secrets_words *words);

/** Behind `"name": "`, `name = '` and the like: where the value begins that follows a name. */
size_t pen_secrets_value(struct pen_str text, size_t at);

#endif
