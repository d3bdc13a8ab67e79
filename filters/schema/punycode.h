/** Punycode, RFC 3492: code points as letters, digits and hyphens. Pure; any thread. */
#ifndef PEN_SCHEMA_PUNYCODE_H
#define PEN_SCHEMA_PUNYCODE_H

#include "filters/core/str.h"

/**
 * Cost: the product of `cap` and the length, for labels.
 *
 * @param text  without "xn--"
 * @return false: no Punycode, no scalar values, or more of them than `cap`
 */
bool pen_punycode_decode(struct pen_str text, uint32_t *out, size_t cap, size_t *count);

/** `out->full` when it does not fit. Cost: the square of `count`, for labels. */
void pen_punycode_encode(const uint32_t *scalars, size_t count, struct pen_buf *out);

#endif
