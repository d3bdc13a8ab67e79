/**
 * What the codecs of escapes share: a text in which units begin with one byte, each standing for
 * other bytes, and everything between them for itself.
 */
#ifndef PEN_CORE_CODEC_REWRITE_H
#define PEN_CORE_CODEC_REWRITE_H

#include "filters/core/arena.h"

/** What stands at the start of a text. */
struct pen_codec_unit {
    size_t taken; /* bytes that belong together; 0 = the first one stands for itself */
    size_t made;  /* bytes that they stand for */
    bool plain;   /* they stand for themselves, all of them */
};

/**
 * Read the unit at the start of `rest`, whose first byte is the one that begins units.
 *
 * @param out  where what it stands for goes; NULL: nothing is written
 *
 * It may look at no more bytes than it takes and a constant number beyond.
 */
typedef struct pen_codec_unit pen_codec_read(struct pen_str rest, char *out);

/**
 * Replace every unit.
 *
 * @param begin  the byte that begins units
 * @param room   bytes that `out` can have at most
 * @param out    the same memory as `in` when there is no unit
 *
 * Errors: PEN_ERR_NOMEM; `out` is untouched
 * Cost:   linear
 */
PEN_MUST_USE enum pen_status pen_codec_rewrite(struct pen_str in, char begin, pen_codec_read *read,
                                               size_t room, struct pen_arena *arena,
                                               struct pen_str *out);

/** Value of `count` hexadecimal digits at `at`, or UINT32_MAX when they are not all there. */
uint32_t pen_codec_hex_digits(struct pen_str text, size_t at, size_t count);

/**
 * A UTF-16 unit and, after the first half of a pair, the second one.
 *
 * Returns the scalar value, or UINT32_MAX when there is none: `low` is looked at only behind a high
 * half.
 */
uint32_t pen_codec_pair(uint32_t unit, uint32_t low);

static inline bool pen_codec_is_high_half(uint32_t unit)
{
    return unit >= 0xd800 && unit <= 0xdbff;
}

#endif
