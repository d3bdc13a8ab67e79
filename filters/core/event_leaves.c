/**
 * Leaves in blocks that never move, each followed by what it holds.
 */
#include "filters/core/event_leaves.h"

#include <string.h>

#include "filters/core/opening.h"

static enum pen_status fail(struct pen_leaves *leaves, enum pen_status status, const char *code)
{
    leaves->code = code;
    return status;
}

struct pen_leaf *pen_leaves_at(const struct pen_leaves *leaves, uint32_t index)
{
    return &leaves->blocks[index / PEN_LEAVES_BLOCK][index % PEN_LEAVES_BLOCK];
}

static bool add_block(struct pen_leaves *leaves)
{
    if (leaves->block_count == leaves->block_room) {
        const uint32_t room = leaves->block_room == 0 ? 16 : leaves->block_room * 2;
        struct pen_leaf **blocks = pen_arena_alloc(leaves->arena, room * sizeof(struct pen_leaf *));
        if (blocks == NULL) return false;
        if (leaves->block_count > 0) {
            memcpy(blocks, leaves->blocks, leaves->block_count * sizeof(*blocks));
        }
        leaves->blocks = blocks;
        leaves->block_room = room;
    }
    struct pen_leaf *block = pen_arena_alloc(leaves->arena, PEN_LEAVES_BLOCK * sizeof(*block));
    if (block == NULL) return false;
    leaves->blocks[leaves->block_count++] = block;
    return true;
}

enum pen_status pen_leaves_push(struct pen_leaves *leaves, const struct pen_leaf *leaf,
                                const struct pen_leaf **out)
{
    if (leaves->count == leaves->limit) return fail(leaves, PEN_ERR_LIMIT, "event.leaves");
    if (leaves->count / PEN_LEAVES_BLOCK == leaves->block_count && !add_block(leaves)) {
        return fail(leaves, PEN_ERR_NOMEM, "event.memory");
    }
    struct pen_leaf *const place = pen_leaves_at(leaves, leaves->count++);
    *place = *leaf;
    leaves->text_bytes += leaf->text.len + 1;
    *out = place;
    return PEN_OK;
}

enum pen_status pen_leaves_add_within(struct pen_leaves *leaves, const struct pen_leaf *leaf,
                                      enum pen_expect expect, uint32_t layer)
{
    const struct pen_leaf *added = NULL;
    PEN_TRY(pen_leaves_push(leaves, leaf, &added));
    return pen_leaf_open(leaves, added, expect, layer);
}

enum pen_status pen_leaves_add(struct pen_leaves *leaves, const struct pen_leaf *leaf,
                               enum pen_expect expect)
{
    return pen_leaves_add_within(leaves, leaf, expect, 0);
}

static enum pen_status add_node(struct pen_leaves *leaves, const struct pen_json *node,
                                const struct pen_leaf *holder, uint32_t layer)
{
    struct pen_leaf leaf = {.origin = PEN_ORIGIN_BODY};
    if (holder != NULL) {
        leaf = *holder;
        leaf.from = holder;
        leaf.coding = PEN_CODING_JSON;
    }
    leaf.node = node;
    if (node->name.len > 0) {
        leaf.text = node->name;
        leaf.is_name = true;
        if (holder == NULL) leaf.place = node->name_place;
        PEN_TRY(pen_leaves_add_within(leaves, &leaf, PEN_EXPECT_NOTHING, layer));
    }
    if (node->type != PEN_JSON_STRING || node->text.len == 0) return PEN_OK;

    leaf.text = node->text;
    leaf.is_name = false;
    if (holder == NULL) leaf.place = node->place;
    return pen_leaves_add_within(leaves, &leaf, PEN_EXPECT_NOTHING, layer);
}

/* Document order, without recursion. */
enum pen_status pen_leaves_add_tree(struct pen_leaves *leaves, const struct pen_json *root,
                                    const struct pen_leaf *holder, uint32_t layer)
{
    const struct pen_json *node = root;
    for (;;) {
        PEN_TRY(add_node(leaves, node, holder, layer));
        if (node->first != NULL) {
            node = node->first;
            continue;
        }
        while (node != root && node->next == NULL) {
            node = node->parent;
        }
        if (node == root) return PEN_OK;
        node = node->next;
    }
}
