/**
 * DEFLATE undone within bounds: gzip (RFC 1952), zlib (RFC 1950) and bare (RFC 1951).
 *
 * One reading only: one member, its checks right, its end at the end of the input. A second member
 * or a byte behind the end is refused, because one reader goes on there and another stops. Nothing
 * comes from the heap: the decoder's own state lies on the stack. Pure; any thread.
 */
#ifndef PEN_CORE_CODEC_INFLATE_H
#define PEN_CORE_CODEC_INFLATE_H

#include "filters/core/arena.h"

enum pen_deflate {
    PEN_DEFLATE_GZIP,
    PEN_DEFLATE_ZLIB,
    PEN_DEFLATE_BARE, /* no header, no check: only its end shows that it was one */
};

struct pen_inflate_limits {
    size_t bytes;      /* decoded */
    uint32_t ratio;    /* decoded bytes for one of the input; 0 = 100 */
    size_t ratio_from; /* decoded bytes from which the ratio is looked at; 0 = 64 KiB */
};

/**
 * @param out  decoded bytes; never NULL, also when there are none
 *
 * Ownership: `out` lives as long as `arena`.
 * Errors:    PEN_ERR_SYNTAX   not such data, damaged, cut short, or more behind its end
 *            PEN_ERR_LIMIT    more than `limits->bytes`
 *            PEN_ERR_INVALID  more than `limits->ratio` allows: a bomb
 *            PEN_ERR_NOMEM    the arena's limit; `out` is untouched on every error
 * Cost:      linear in what is read and written; of the arena at most twice what is decoded
 */
PEN_MUST_USE enum pen_status pen_inflate(struct pen_str in, enum pen_deflate form,
                                         const struct pen_inflate_limits *limits,
                                         struct pen_arena *arena, struct pen_str *out);

/**
 * As above for what only looks compressed: every gzip member, and whatever came out before the data
 * ended or went wrong, as forgiving readers hand it on.
 *
 * Errors: PEN_ERR_LIMIT, PEN_ERR_INVALID, PEN_ERR_NOMEM
 */
PEN_MUST_USE enum pen_status pen_inflate_found(struct pen_str in, enum pen_deflate form,
                                               const struct pen_inflate_limits *limits,
                                               struct pen_arena *arena, struct pen_str *out);

/** What begins as a gzip member does: a cheap look before the whole. */
bool pen_inflate_is_gzip(struct pen_str in);

#endif
