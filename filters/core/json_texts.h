/**
 * The nodes of a document that somebody has to look at, in its order, without a walk over all.
 *
 * The reader takes nodes in blocks, in the order in which they begin, and notes those with a name
 * or a text. Most values of a large document have neither, or share a block with many who have.
 */
#ifndef PEN_CORE_JSON_TEXTS_H
#define PEN_CORE_JSON_TEXTS_H

#include "filters/core/json.h"

#define PEN_JSON_BLOCK 32 /* nodes taken from the arena at a time: about 4 KiB */

/** Nodes that lie side by side. The root is the first one of the first block. */
struct pen_json_block {
    struct pen_json_block *next; /* empty where a nest of nothing ended: used again */
    struct pen_json_block *prev;
    uint32_t noted; /* bit n: node n */
    uint32_t room;  /* nodes; at most PEN_JSON_BLOCK */
    struct pen_json nodes[];
};

/** Where one is among the noted nodes. */
struct pen_json_texts {
    const struct pen_json_block *block;
    uint32_t left; /* of its noted nodes */
};

/** Before the first one. `root` is what pen_json_read or pen_json_read_texts gave. */
static inline struct pen_json_texts pen_json_texts(const struct pen_json *root)
{
    const char *const nodes = (const char *)root;
    const struct pen_json_block *const block =
        (const void *)(nodes - offsetof(struct pen_json_block, nodes));
    return (struct pen_json_texts){.block = block, .left = block->noted};
}

/**
 * The next node that has a name, or is a string, with at least a byte; an array or object not more
 * than two below the root; or an array that begins with a number. NULL at the end.
 */
static inline const struct pen_json *pen_json_texts_next(struct pen_json_texts *texts)
{
    while (texts->left == 0) {
        texts->block = texts->block->next;
        if (texts->block == NULL) return NULL;
        texts->left = texts->block->noted;
    }
    const uintptr_t slot = (uintptr_t)__builtin_ctz(texts->left);
    texts->left &= texts->left - 1;
    /* Computed once: as an index it is multiplied anew for each field of the node. */
    const uintptr_t place = (uintptr_t)texts->block->nodes + slot * sizeof(struct pen_json);
    return (const struct pen_json *)place;
}

#endif
