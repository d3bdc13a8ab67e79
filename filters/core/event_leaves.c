/**
 * Leaves in blocks that never move, and the forms that decoding makes of one.
 *
 * A form is made only where its trigger byte stands, so most leaves have exactly one.
 */
#include "filters/core/event_leaves.h"

#include <string.h>

#include "filters/core/codec.h"

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

static enum pen_status push(struct pen_leaves *leaves, const struct pen_leaf *leaf,
                            struct pen_leaf **out)
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

enum pen_status pen_leaves_add(struct pen_leaves *leaves, const struct pen_leaf *leaf, bool plus)
{
    struct pen_leaf *last = NULL;
    PEN_TRY(push(leaves, leaf, &last));
    for (uint32_t i = 0; i < leaves->forms; i++) {
        struct pen_str decoded;
        if (pen_codec_percent_lenient(last->text, plus, leaves->arena, &decoded) != PEN_OK) {
            return fail(leaves, PEN_ERR_NOMEM, "event.memory");
        }
        /* The same memory: nothing was encoded. */
        if (decoded.ptr == last->text.ptr || pen_str_equal(decoded, last->text)) return PEN_OK;

        struct pen_leaf form = *last;
        form.text = decoded;
        form.from = last;
        form.coding = plus ? PEN_CODING_FORM : PEN_CODING_PERCENT;
        PEN_TRY(push(leaves, &form, &last));
        plus = false; /* what the first decoding left as '+' is a plus sign */
    }
    return PEN_OK;
}

/* A '%' that is not followed by two digits means something else to every decoder. */
static bool is_well_encoded(struct pen_str text, size_t *at)
{
    for (size_t i = pen_str_find(text, '%', 0); i < text.len; i = pen_str_find(text, '%', i + 1)) {
        if (text.len - i < 3 || pen_hex_value(text.ptr[i + 1]) < 0
            || pen_hex_value(text.ptr[i + 2]) < 0) {
            *at = i;
            return false;
        }
    }
    return true;
}

enum pen_status pen_leaves_add_pairs(struct pen_leaves *leaves, struct pen_str text,
                                     enum pen_origin origin, const char *syntax, size_t *offset)
{
    if (!is_well_encoded(text, offset)) return fail(leaves, PEN_ERR_SYNTAX, syntax);

    for (size_t start = 0; start < text.len;) {
        const size_t end = pen_str_find(text, '&', start);
        const struct pen_str pair = pen_str_slice(text, start, end);
        const size_t equals = pen_str_find(pair, '=', 0);
        struct pen_str name;
        if (pen_codec_percent(pen_str_slice(pair, 0, equals), true, leaves->arena, &name)
            != PEN_OK) {
            return fail(leaves, PEN_ERR_NOMEM, "event.memory");
        }
        struct pen_leaf leaf = {
            .text = pen_str_slice(pair, 0, equals),
            .place = {start, start + equals},
            .name = name,
            .origin = origin,
            .is_name = true,
        };
        if (leaf.text.len > 0) PEN_TRY(pen_leaves_add(leaves, &leaf, true));
        if (equals < pair.len) {
            leaf.text = pen_str_slice(pair, equals + 1, pair.len);
            leaf.place = (struct pen_span){start + equals + 1, end};
            leaf.is_name = false;
            PEN_TRY(pen_leaves_add(leaves, &leaf, true));
        }
        start = end + 1;
    }
    return PEN_OK;
}
