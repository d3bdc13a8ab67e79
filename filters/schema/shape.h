/**
 * Regular expressions that one walk over the text decides: "^[0-9a-f]{40}$", "^arn:aws:s3:::".
 *
 * Most expressions of schemas are a row of characters and classes, tied to the text's beginning,
 * where it is always clear whether a character belongs to a repetition or to what follows it. They
 * need no engine that goes back and forth. Everything else is left to one: taken here is only what
 * is understood whole. Immutable once made; any thread.
 */
#ifndef PEN_SCHEMA_SHAPE_H
#define PEN_SCHEMA_SHAPE_H

#include "filters/core/str.h"

#define PEN_SHAPE_ITEMS 32 /* of one expression; longer literals go to the engine */

struct pen_shape_item {
    uint64_t set[2]; /* of ASCII characters, a bit each */
    uint32_t least;
    uint32_t most; /* UINT32_MAX = any number */
};

struct pen_shape {
    struct pen_shape_item items[PEN_SHAPE_ITEMS];
    uint32_t count;
    bool to_end;   /* '$' */
    bool is_plain; /* whatever matches holds only letters, digits and "_.:-" */
};

/** @param expression  one that ECMA-262 takes. False: not of this kind; `out` is of no worth. */
bool pen_shape_read(struct pen_str expression, struct pen_shape *out);

bool pen_shape_matches(const struct pen_shape *shape, struct pen_str text);

#endif
