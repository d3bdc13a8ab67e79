/**
 * The nodes that the JSON reader takes, in blocks (filters/core/json_texts.h).
 *
 * Most nodes of most documents are noted: the blocks say so of each until it is told of those that
 * are not.
 */
#ifndef PEN_CORE_JSON_NODES_H
#define PEN_CORE_JSON_NODES_H

#include "filters/core/json_texts.h"

/** Starts out as zeros but for the arena and `left`. */
struct pen_json_nodes {
    struct pen_arena *arena;
    struct pen_json_block *block; /* the newest; NULL before the first node */
    struct pen_json *free;        /* its next node */
    struct pen_json *stop;        /* behind those that may be taken of it */
    uint32_t left;                /* how many may be taken of others */
};

/**
 * Another block, of `most` nodes where no more can be needed.
 *
 * Errors: PEN_ERR_LIMIT  none is left
 *         PEN_ERR_NOMEM
 */
PEN_MUST_USE enum pen_status pen_json_nodes_grow(struct pen_json_nodes *nodes, size_t most);

/** The newest node is not needed: one that nobody has a pointer to. It is one of those that might
 * be taken all the same. */
void pen_json_nodes_leave_out(struct pen_json_nodes *nodes);

/** A value that needs no node counts as one that was left out. False: it is to be taken first. */
static inline bool pen_json_nodes_pass(struct pen_json_nodes *nodes)
{
    if (nodes->left == 0) return false;
    nodes->left--;
    return true;
}

/** No more nodes: nothing that never was one is noted. */
void pen_json_nodes_end(const struct pen_json_nodes *nodes);

/** A node within `open` that hangs nowhere yet, where `free` is before `stop`. What a value is, its
 * name and its places are to be set. */
static inline struct pen_json *pen_json_nodes_take(struct pen_json_nodes *nodes,
                                                   struct pen_json *open)
{
    struct pen_json *const node = nodes->free++;
    node->parent = open;
    node->next = NULL;
    node->first = NULL;
    node->count = 0;
    node->index = open != NULL ? open->count++ : 0;
    return node;
}

/* Nodes taken of the newest block. */
static inline uint32_t pen_json_nodes_used(const struct pen_json_nodes *nodes)
{
    return (uint32_t)(nodes->free - nodes->block->nodes);
}

/** The newest node has nothing that somebody looks at. */
static inline void pen_json_nodes_unnote(const struct pen_json_nodes *nodes)
{
    nodes->block->noted &= ~(UINT32_C(1) << (pen_json_nodes_used(nodes) - 1));
}

/** The one before the newest, which is its first child, has something. */
static inline void pen_json_nodes_note_parent(const struct pen_json_nodes *nodes)
{
    const uint32_t used = pen_json_nodes_used(nodes);
    struct pen_json_block *const block = used > 1 ? nodes->block : nodes->block->prev;
    const uint32_t behind = used > 1 ? used - 1 : block->room;
    block->noted |= UINT32_C(1) << (behind - 1);
}

static inline bool pen_json_nodes_is_newest(const struct pen_json_nodes *nodes,
                                            const struct pen_json *node)
{
    return node + 1 == nodes->free;
}

#endif
