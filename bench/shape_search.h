/**
 * A search for the texts that a filter takes longest over: pieces of a few bytes, changed at random
 * and repeated, of which the dearest are kept and changed again. Part of bench_filters.
 */
#ifndef PEN_BENCH_SHAPE_SEARCH_H
#define PEN_BENCH_SHAPE_SEARCH_H

#include "bench/shape.h"

struct pen_shape_search {
    /** Microseconds of CPU a KiB of `text`, the least of `rounds`. */
    double (*cost)(void *context, struct pen_str text, size_t rounds);
    void *context;
    const struct pen_shape *shapes; /* to begin with */
    size_t shape_count;
    struct pen_str seeds; /* texts of which pieces are taken */
    char *text;           /* room for a text of `bytes` */
    size_t bytes;         /* of the texts that are measured */
    double seconds;       /* CPU time of this thread */
    uint64_t random;      /* the same number, much the same search */
    double bar;           /* what is beyond is printed whenever it is found */
    size_t shown;         /* of the dearest, at the end */
};

/** @return how many of the dearest that are shown are beyond the bar */
size_t pen_shape_search(const struct pen_shape_search *search);

#endif
