/**
 * The nodes that the JSON reader takes, in blocks (filters/core/json_texts.h).
 *
 * Most nodes of most documents are noted: the blocks say so of each until it is told of those that
 * are not.
 */
#ifndef PEN_CORE_JSON_NODES_H
#define PEN_CORE_JSON_NODES_H

#include "filters/core/json_texts.h"

/** Starts out as zeros but for the arena. */
struct pen_json_nodes {
    struct pen_arena *arena;
    struct pen_json_block *block; /* the newest; NULL before the first node */
    struct pen_json *free;        /* its next node */
    uint32_t used;                /* nodes of it */
    uint32_t room;                /* its nodes in all; 0 while there is no block */
};

/** Another block, of `most` nodes where no more can be needed. False: no memory. */
PEN_MUST_USE bool pen_json_nodes_grow(struct pen_json_nodes *nodes, size_t most);

/** The newest node is not needed: one that nobody has a pointer to. */
void pen_json_nodes_leave_out(struct pen_json_nodes *nodes);

/** No more nodes: nothing that never was one is noted. */
void pen_json_nodes_end(const struct pen_json_nodes *nodes);

/** A node within `open` that hangs nowhere yet, where `used` < `room`. What a value is, its name
 * and its places are to be set. */
static inline struct pen_json *pen_json_nodes_take(struct pen_json_nodes *nodes,
                                                   struct pen_json *open)
{
    struct pen_json *const node = nodes->free++;
    node->slot = (uint8_t)nodes->used++;
    node->parent = open;
    node->next = NULL;
    node->first = NULL;
    node->count = 0;
    node->index = open != NULL ? open->count++ : 0;
    return node;
}

/** The newest node has nothing that somebody looks at. */
static inline void pen_json_nodes_unnote(const struct pen_json_nodes *nodes)
{
    nodes->block->noted &= ~(UINT32_C(1) << (nodes->used - 1));
}

static inline bool pen_json_nodes_is_newest(const struct pen_json_nodes *nodes,
                                            const struct pen_json *node)
{
    return node + 1 == nodes->free;
}

#endif
