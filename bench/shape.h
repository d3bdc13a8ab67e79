/**
 * A text built to keep a filter busy: a piece, or two, again and again, with a head before and a
 * tail behind. Part of bench_filters.
 */
#ifndef PEN_BENCH_SHAPE_H
#define PEN_BENCH_SHAPE_H

#include "filters/core/str.h"

struct pen_shape {
    struct pen_str head;
    struct pen_str piece;
    struct pen_str second; /* of a pair: alternating, or `halves` */
    struct pen_str tail;
    bool halves;
};

/** A line of a file of shapes, as bench_filters.c describes it; undoes the escapes in place. False:
 * there is no piece. */
PEN_MUST_USE bool pen_shape_read(char *line, struct pen_shape *out);

/** The text of `bytes` or a little less, in `text` of at least that size. */
struct pen_str pen_shape_build(const struct pen_shape *shape, char *text, size_t bytes);

/** For people, the first bytes of each part. */
void pen_shape_show(const struct pen_shape *shape);

/** As a line that pen_shape_read() reads; of a pair its pieces, one behind the other. */
void pen_shape_write(const struct pen_shape *shape);

#endif
