/** Blocks in a chain, so that one that was left again is there for the next nodes. */
#include "filters/core/json_nodes.h"

void pen_json_nodes_end(const struct pen_json_nodes *nodes)
{
    const uint32_t used = pen_json_nodes_used(nodes);
    if (used < PEN_JSON_BLOCK) nodes->block->noted &= (UINT32_C(1) << used) - 1;
}

static struct pen_json_block *make_block(struct pen_json_nodes *nodes, size_t most)
{
    const size_t room = most < PEN_JSON_BLOCK ? most : PEN_JSON_BLOCK;
    struct pen_json_block *const block =
        pen_arena_alloc(nodes->arena, sizeof(*block) + room * sizeof(struct pen_json));
    if (block == NULL) return NULL;

    block->next = NULL;
    block->prev = nodes->block;
    block->room = (uint32_t)room;
    if (nodes->block != NULL) nodes->block->next = block;
    return block;
}

enum pen_status pen_json_nodes_grow(struct pen_json_nodes *nodes, size_t most)
{
    if (nodes->left == 0) return PEN_ERR_LIMIT;
    struct pen_json_block *next = nodes->block != NULL ? nodes->block->next : NULL;
    if (next == NULL) next = make_block(nodes, most);
    if (next == NULL) return PEN_ERR_NOMEM;

    if (nodes->block != NULL) pen_json_nodes_end(nodes);
    const uint32_t room = next->room < nodes->left ? next->room : nodes->left;
    next->noted = UINT32_MAX;
    nodes->left -= room;
    nodes->block = next;
    nodes->free = next->nodes;
    nodes->stop = next->nodes + room;
    return PEN_OK;
}

void pen_json_nodes_leave_out(struct pen_json_nodes *nodes)
{
    struct pen_json_block *const block = nodes->block;
    nodes->free--;
    if (nodes->left > 0) {
        nodes->left--;
    } else {
        nodes->stop--;
    }
    const uint32_t used = pen_json_nodes_used(nodes);
    block->noted |= UINT32_C(1) << used;
    if (used > 0 || block->prev == NULL) return;

    block->noted = 0;
    nodes->left += (uint32_t)(nodes->stop - block->nodes);
    nodes->block = block->prev;
    nodes->free = nodes->stop = block->prev->nodes + block->prev->room;
}
