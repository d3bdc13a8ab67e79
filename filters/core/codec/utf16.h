/** Texts of two bytes a character. Pure; any thread. */
#ifndef PEN_CORE_CODEC_UTF16_H
#define PEN_CORE_CODEC_UTF16_H

#include "filters/core/arena.h"

enum pen_utf16 {
    PEN_UTF16_NONE, /* it is none */
    PEN_UTF16_LITTLE,
    PEN_UTF16_BIG,
};

/**
 * Is it a text in UTF-16, and in which order are its bytes? A mark says so; without one, that a
 * quarter of its units are printable ASCII, in one order and not in the other. Linear.
 */
enum pen_utf16 pen_codec_utf16_look(struct pen_str in);

/**
 * UTF-16 as UTF-8, without its mark. Halves without their other half become U+FFFD, a last byte
 * alone is dropped.
 *
 * @param order  PEN_UTF16_LITTLE or PEN_UTF16_BIG
 * @param out    in the arena; at most half as long again as `in`
 *
 * Errors: PEN_ERR_NOMEM; `out` is untouched
 */
PEN_MUST_USE enum pen_status pen_codec_utf16(struct pen_str in, enum pen_utf16 order,
                                             struct pen_arena *arena, struct pen_str *out);

#endif
