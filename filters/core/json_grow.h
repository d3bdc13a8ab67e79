/**
 * A tree of JSON's nodes while a reader of another format builds it: nodes from the arena in
 * blocks, each a child of the one that is open. One thread.
 */
#ifndef PEN_CORE_JSON_GROW_H
#define PEN_CORE_JSON_GROW_H

#include "filters/core/json.h"

struct pen_json_growing {
    struct pen_arena *arena;
    uint32_t most; /* nodes */
    uint32_t nodes;
    uint32_t depth;        /* nodes that are open */
    struct pen_json *open; /* the innermost; NULL before the root */
    struct pen_json *last; /* its last child so far */
    struct pen_json *block;
    uint32_t block_left;
};

/**
 * A node as the last child of the open one, of type PEN_JSON_NULL and with nothing but a name.
 *
 * Errors: PEN_ERR_LIMIT  there are `most` already
 *         PEN_ERR_NOMEM
 */
PEN_MUST_USE enum pen_status pen_json_grow(struct pen_json_growing *tree, struct pen_str name,
                                           struct pen_json **out);

/** What comes now are the children of `node`. */
static inline void pen_json_open(struct pen_json_growing *tree, struct pen_json *node)
{
    tree->depth++;
    tree->open = node;
    tree->last = NULL;
}

/** The open node has all its children; it is the last child of its parent. */
void pen_json_close(struct pen_json_growing *tree);

#endif
