/** Numbers of a JSON document (RFC 8259 section 6): kept as written, read where they are needed. */
#ifndef PEN_CORE_JSON_NUMBER_H
#define PEN_CORE_JSON_NUMBER_H

#include "filters/core/str.h"

#define PEN_JSON_NUMBER_SMALL 200 /* bytes: without an exponent far from what overflows */

static inline const char *pen_json_digits_end(const char *p, const char *end)
{
    while (p < end && pen_is_digit(*p)) {
        p++;
    }
    return p;
}

/**
 * @param out       the number as written; empty when none begins at `p` or it breaks off
 * @param exponent  becomes true when it has one
 *
 * @return behind the number, or where something else than a number's next byte stands
 */
static inline const char *pen_json_number_end(const char *p, const char *end, struct pen_str *out,
                                              bool *exponent)
{
    const char *const start = p;
    *out = (struct pen_str){start, 0};
    if (p < end && *p == '-') p++;
    if (p == end || !pen_is_digit(*p)) return p;
    p = *p == '0' ? p + 1 : pen_json_digits_end(p + 1, end);
    if (p < end && *p == '.') {
        p++;
        if (p == end || !pen_is_digit(*p)) return p;
        p = pen_json_digits_end(p + 1, end);
    }
    if (p < end && (*p | 0x20) == 'e') {
        *exponent = true;
        p++;
        if (p < end && (*p == '+' || *p == '-')) p++;
        if (p == end || !pen_is_digit(*p)) return p;
        p = pen_json_digits_end(p + 1, end);
    }
    out->len = (size_t)(p - start);
    return p;
}

/**
 * Is the number, well formed, beyond what a double holds: would rounding make it infinite?
 * Exact. Too small to differ from zero is no overflow.
 */
bool pen_json_number_overflows(struct pen_str number);

#endif
