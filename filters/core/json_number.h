/** Numbers of a JSON document (RFC 8259 section 6): kept as written, read where they are needed. */
#ifndef PEN_CORE_JSON_NUMBER_H
#define PEN_CORE_JSON_NUMBER_H

#include "filters/core/block16.h"

#define PEN_JSON_NUMBER_SMALL 200 /* bytes: without an exponent far from what overflows */

static inline const char *pen_json_digits_end(const char *p, const char *end)
{
    for (; end - p >= PEN_BLOCK; p += PEN_BLOCK) {
        const unsigned others = pen_block_digits(p) ^ 0xffffU;
        if (others != 0) return p + __builtin_ctz(others);
    }
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

/** The length of a number that has no sign or exponent and is shorter than a block, which may be
 * read. 0: it may be any other, or none. */
static inline size_t pen_json_number_short(const char *p)
{
    const unsigned others = ~pen_block_digits(p); /* with bits behind the block */
    size_t length = (unsigned)__builtin_ctz(others);
    if (length == 0 || length == PEN_BLOCK || (*p == '0' && length > 1)) return 0;
    if (p[length] == '.') {
        const unsigned fraction = (unsigned)__builtin_ctz(others >> (length + 1));
        if (fraction == 0) return 0;
        length += 1 + fraction;
    }
    return length >= PEN_BLOCK || (p[length] | 0x20) == 'e' ? 0 : length;
}

/**
 * Is the number, well formed, beyond what a double holds: would rounding make it infinite?
 * Exact. Too small to differ from zero is no overflow.
 */
bool pen_json_number_overflows(struct pen_str number);

#endif
