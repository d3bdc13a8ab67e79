/** Blocks in a chain, so that one that was left again is there for the next nodes. */
#include "filters/core/json_nodes.h"

static void enter_block(struct pen_json_nodes *nodes, struct pen_json_block *block, uint32_t used)
{
    nodes->block = block;
    nodes->free = &block->nodes[used];
    nodes->used = used;
    nodes->room = block->room;
}

void pen_json_nodes_end(const struct pen_json_nodes *nodes)
{
    if (nodes->used < PEN_JSON_BLOCK) nodes->block->noted &= (UINT32_C(1) << nodes->used) - 1;
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

bool pen_json_nodes_grow(struct pen_json_nodes *nodes, size_t most)
{
    struct pen_json_block *next = nodes->block != NULL ? nodes->block->next : NULL;
    if (next == NULL) next = make_block(nodes, most);
    if (next == NULL) return false;

    if (nodes->block != NULL) pen_json_nodes_end(nodes);
    next->noted = UINT32_MAX;
    enter_block(nodes, next, 0);
    return true;
}

void pen_json_nodes_leave_out(struct pen_json_nodes *nodes)
{
    struct pen_json_block *const block = nodes->block;
    nodes->used--;
    nodes->free--;
    block->noted |= UINT32_C(1) << nodes->used;
    if (nodes->used > 0 || block->prev == NULL) return;
    block->noted = 0;
    enter_block(nodes, block->prev, block->prev->room);
}
