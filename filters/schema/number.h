/**
 * Numbers of JSON texts as what they are: decimal, of any length, exact.
 *
 * JSON Schema speaks of mathematical numbers. 0.0075 is a multiple of 0.0001, 1.0 is an integer,
 * 9007199254740993 is above 9007199254740992, and a `double` says otherwise of each. A number is
 * read into digits and a power of ten once; where the digits fit into a word, as they nearly always
 * do, what follows is a few instructions.
 *
 * Pure functions; any thread.
 */
#ifndef PEN_SCHEMA_NUMBER_H
#define PEN_SCHEMA_NUMBER_H

#include "filters/core/str.h"

/** Digits of the divisor that pen_number_is_multiple() takes: what the event reader lets pass. */
#define PEN_NUMBER_DIVISOR_DIGITS 1024

/** A number is 0.DIGITS times ten to the power of `order`. Zero has no digits and order 0. */
struct pen_number {
    struct pen_str digits; /* as written, from the first to the last that is not 0; in it may stand
                              a '.'. Lives as long as the text that was read */
    uint64_t coefficient;  /* the digits as an integer, when `count` is at most 18; else 0 */
    int64_t order;
    uint32_t count; /* of digits, without '.' */
    bool negative;  /* never of zero: -0 is 0 */
};

/**
 * @param text  a number of RFC 8259 as written; of less than 4 GiB
 *
 * Errors: PEN_ERR_SYNTAX  it is none
 *         PEN_ERR_LIMIT   an exponent beyond a quintillion: nothing is computed with such numbers,
 *                         so nothing wrong is said about them
 */
PEN_MUST_USE enum pen_status pen_number_read(struct pen_str text, struct pen_number *out);

/** Less than, equal to or greater than 0, as `a` is less than, equal to or greater than `b`. */
int pen_number_compare(const struct pen_number *a, const struct pen_number *b);

bool pen_number_equal(const struct pen_number *a, const struct pen_number *b);

/** 1, 1.0, 10e-1 and 1e400 are. */
bool pen_number_is_integer(const struct pen_number *number);

/**
 * Is `number` a whole multiple of `of`? Zero is one of any number, and no other number one of zero.
 *
 * @param steps_left  paid is one step for each word that is computed with
 *
 * Errors: PEN_ERR_LIMIT  the steps are used up, or `of` has more than PEN_NUMBER_DIVISOR_DIGITS
 *                        significant digits (to be refused where a schema is compiled)
 * Cost:   constant where `of` is a power of ten or both have few digits; otherwise linear in the
 *         digits of `number`, times a ninth of those of `of`
 */
PEN_MUST_USE enum pen_status pen_number_is_multiple(const struct pen_number *number,
                                                    const struct pen_number *of,
                                                    uint64_t *steps_left, bool *out);

/** Equal numbers have the same, however they are written. */
uint64_t pen_number_hash(const struct pen_number *number);

/**
 * The number as an integer that counts things ("maxItems"), capped at UINT64_MAX: nothing has more.
 *
 * Errors: PEN_ERR_INVALID  negative, or no integer
 */
PEN_MUST_USE enum pen_status pen_number_to_count(const struct pen_number *number, uint64_t *out);

#endif
