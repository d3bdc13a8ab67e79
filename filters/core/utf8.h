/** UTF-8 (RFC 3629): shortest form only, no surrogates, nothing above U+10FFFF. Pure; any thread.
 */
#ifndef PEN_CORE_UTF8_H
#define PEN_CORE_UTF8_H

#include "filters/core/str.h"

/** Length of the valid prefix: equal to `text.len` when all of it is valid. Linear. */
size_t pen_utf8_valid_prefix(struct pen_str text);

static inline bool pen_utf8_valid(struct pen_str text)
{
    return pen_utf8_valid_prefix(text) == text.len;
}

/** The end of the run of well-formed multi-byte sequences at `p`; `p` itself when there is none. */
const char *pen_utf8_wide_end(const char *p, const char *end);

/** Read the sequence at `p`, of `left` bytes at most. Returns its length, 0 when it is not
 * well-formed or nothing is left. */
size_t pen_utf8_decode(const char *p, size_t left, uint32_t *scalar);

/** Encode a scalar value into at most 4 bytes. Returns the length, 0 for a surrogate or > U+10FFFF.
 */
size_t pen_utf8_encode(uint32_t scalar, char out[4]);

#endif
