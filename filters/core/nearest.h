/**
 * "did you mean ...?": the known word closest to the one that was written.
 *
 * Words are considered one after the other; nothing is allocated. A value; any thread.
 */
#ifndef PEN_CORE_NEAREST_H
#define PEN_CORE_NEAREST_H

#include "filters/core/str.h"

struct pen_nearest {
    struct pen_str word;
    struct pen_str best; /* ptr NULL: none is close */
    size_t distance;     /* edits from `word` to `best` */
    struct pen_buf known;
    char known_memory[320]; /* "crlf, path, sqli", while it is short enough to be read */
    char hint[360];
};

void pen_nearest_init(struct pen_nearest *nearest, struct pen_str word);

void pen_nearest_consider(struct pen_nearest *nearest, struct pen_str known);

/**
 * "; did you mean 'path'?", or "; known: crlf, path, sqli", or nothing. Lives as long as `nearest`.
 */
const char *pen_nearest_hint(struct pen_nearest *nearest);

/**
 * How many letters must be inserted, removed, replaced or swapped with their neighbour to turn one
 * word into the other. Words beyond 64 bytes are never close.
 */
size_t pen_nearest_distance(struct pen_str a, struct pen_str b);

#endif
