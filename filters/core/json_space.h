/** White space of JSON (RFC 8259 section 2), and what is none of it. */
#ifndef PEN_CORE_JSON_SPACE_H
#define PEN_CORE_JSON_SPACE_H

#include "filters/core/ascii.h"
#include "filters/core/block16.h"

/** The first byte at or after `p` that is no white space, or `end`. */
static inline const char *pen_json_space_end(const char *p, const char *end)
{
    /* Compact documents have none, and few have more than one where they are not indented. */
    if (p == end || (unsigned char)*p > ' ') return p;
    p++;
    if (p == end || (unsigned char)*p > ' ') return pen_is_space(p[-1]) ? p : p - 1;
    p--;
    for (; end - p >= PEN_BLOCK; p += PEN_BLOCK) {
        const size_t length = pen_block_spaces(p);
        if (length < PEN_BLOCK) return p + length;
    }
    while (p < end && pen_is_space(*p)) {
        p++;
    }
    return p;
}

#endif
