/** Blocks, so that a node costs no call; the first one small, since most documents are. */
#include "filters/core/json_grow.h"

#define FIRST_BLOCK 4  /* nodes: a document may be as small as "<a/>", and there may be many */
#define NODE_BLOCK  32 /* about 4 KiB */

enum pen_status pen_json_grow(struct pen_json_growing *tree, struct pen_str name,
                              struct pen_json **out)
{
    if (tree->nodes == tree->most) return PEN_ERR_LIMIT;
    if (tree->block_left == 0) {
        const uint32_t count = tree->nodes == 0 ? FIRST_BLOCK : NODE_BLOCK;
        tree->block = pen_arena_alloc(tree->arena, count * sizeof(*tree->block));
        if (tree->block == NULL) return PEN_ERR_NOMEM;
        tree->block_left = count;
    }
    struct pen_json *const node = tree->block++;
    tree->block_left--;
    tree->nodes++;
    *node = (struct pen_json){.name = name, .type = PEN_JSON_NULL, .parent = tree->open};
    if (tree->open != NULL) {
        node->index = tree->open->count++;
        if (tree->last == NULL) {
            tree->open->first = node;
        } else {
            tree->last->next = node;
        }
    }
    tree->last = node;
    *out = node;
    return PEN_OK;
}

void pen_json_close(struct pen_json_growing *tree)
{
    tree->depth--;
    tree->last = tree->open;
    /* const only for those who read the tree */
    tree->open = (struct pen_json *)(uintptr_t)tree->open->parent;
}
