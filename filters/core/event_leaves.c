/**
 * Leaves in blocks that never move, each followed by what it holds.
 */
#include "filters/core/event_leaves.h"

#include <string.h>

#include "filters/core/opening.h"

#define FIRST_ROOM 4   /* blocks */
#define MORE_ROOM  4   /* times as many: what is copied is a third of what there is */
#define LEAST_TEXT 512 /* bytes: gaps, and what little is decoded */

static enum pen_status fail(struct pen_leaves *leaves, enum pen_status status, const char *code)
{
    leaves->code = code;
    return status;
}

static enum pen_status out_of_memory(struct pen_leaves *leaves)
{
    return fail(leaves, PEN_ERR_NOMEM, "event.memory");
}

/* Room for more blocks, and for where the texts of their leaves end. */
static bool add_room(struct pen_leaves *leaves)
{
    const size_t room =
        leaves->block_room == 0 ? FIRST_ROOM : (size_t)leaves->block_room * MORE_ROOM;
    struct pen_leaf **blocks = pen_arena_alloc(leaves->arena, room * sizeof(struct pen_leaf *));
    size_t *ends = pen_arena_alloc(leaves->arena, room * PEN_EVENT_BLOCK * sizeof(*ends));
    struct pen_event_repeat **repeats = pen_arena_alloc(leaves->arena, room * sizeof(*repeats));
    if (blocks == NULL || ends == NULL || repeats == NULL) return false;

    if (leaves->block_count > 0) {
        memcpy(blocks, leaves->blocks, leaves->block_count * sizeof(struct pen_leaf *));
        memcpy(ends, leaves->ends, leaves->count * sizeof(*ends));
        memcpy(repeats, leaves->repeats, leaves->repeat_blocks * sizeof(*repeats));
    }
    leaves->blocks = blocks;
    leaves->ends = ends;
    leaves->repeats = repeats;
    leaves->block_room = (uint32_t)room;
    return true;
}

static bool begin_names(struct pen_leaves *leaves)
{
    leaves->names = pen_arena_alloc(leaves->arena, sizeof(*leaves->names));
    if (leaves->names == NULL) return false;

    pen_known_begin(leaves->names);
    return true;
}

static bool add_block(struct pen_leaves *leaves)
{
    if (leaves->block_count == 1 && !begin_names(leaves)) return false;
    if (leaves->block_count == leaves->block_room && !add_room(leaves)) return false;

    struct pen_leaf *block = pen_arena_alloc(leaves->arena, PEN_EVENT_BLOCK * sizeof(*block));
    if (block == NULL) return false;

    leaves->blocks[leaves->block_count++] = block;
    leaves->place = block;
    return true;
}

/* Most texts are short: two moves that may overlap, instead of a call. */
static inline void put_text(char *to, struct pen_str text)
{
    const size_t n = text.len;
    to[n] = PEN_EVENT_GAP;
    if (n > 32) {
        memcpy(to, text.ptr, n);
    } else if (n >= 16) {
        memcpy(to, text.ptr, 16);
        memcpy(to + n - 16, text.ptr + n - 16, 16);
    } else if (n >= 8) {
        memcpy(to, text.ptr, 8);
        memcpy(to + n - 8, text.ptr + n - 8, 8);
    } else if (n >= 4) {
        memcpy(to, text.ptr, 4);
        memcpy(to + n - 4, text.ptr + n - 4, 4);
    } else {
        for (size_t i = 0; i < n; i++) {
            to[i] = text.ptr[i];
        }
    }
}

enum pen_status pen_leaves_add_block(struct pen_leaves *leaves)
{
    if (leaves->count == leaves->limit) return fail(leaves, PEN_ERR_LIMIT, "event.leaves");
    if (!add_block(leaves)) return out_of_memory(leaves);

    const uint32_t room = leaves->block_count * PEN_EVENT_BLOCK;
    leaves->ready = room < leaves->limit ? room : leaves->limit;
    return PEN_OK;
}

/* The leaf at the next place is whole: its text joins the others. */
static inline void settle(struct pen_leaves *leaves, struct pen_str text)
{
    const size_t at = leaves->text_bytes;
    const size_t end = at + text.len;
    pen_leaves_count(leaves, end);
    leaves->text_bytes = end + 1;
    if (end < leaves->text_room) put_text(leaves->text + at, text);
}

enum pen_status pen_leaves_push(struct pen_leaves *leaves, const struct pen_leaf *leaf,
                                const struct pen_leaf **out)
{
    PEN_TRY(pen_leaves_make_room(leaves));
    struct pen_leaf *const place = leaves->place;
    *place = *leaf;
    settle(leaves, leaf->text);
    *out = place;
    return PEN_OK;
}

enum pen_status pen_leaves_deepen(struct pen_leaves *leaves, size_t bytes, uint32_t layer)
{
    if (layer >= leaves->layers) return fail(leaves, PEN_ERR_LIMIT, "event.layers");
    if (bytes > leaves->opened_limit - leaves->opened_bytes) {
        return fail(leaves, PEN_ERR_LIMIT, "event.opened");
    }
    leaves->opened_bytes += bytes;
    return PEN_OK;
}

enum pen_status pen_leaves_begin(struct pen_leaves *leaves, size_t received)
{
    leaves->text_room = received + received / 8 + LEAST_TEXT;
    leaves->text = pen_arena_bytes(leaves->arena, leaves->text_room);
    return leaves->text != NULL ? PEN_OK : out_of_memory(leaves);
}

/* All texts into a buffer that has room for them. */
static enum pen_status lay_out_anew(struct pen_leaves *leaves, const struct pen_event *event)
{
    leaves->text = pen_arena_bytes(leaves->arena, leaves->text_bytes);
    if (leaves->text == NULL) return out_of_memory(leaves);

    for (uint32_t i = 0; i < event->leaf_count; i++) {
        if (pen_event_is_repeat(event, i)) continue;
        const struct pen_str text = pen_event_place(event, i)->text;
        put_text(leaves->text + leaves->ends[i] - text.len, text);
    }
    return PEN_OK;
}

enum pen_status pen_leaves_end(struct pen_leaves *leaves, struct pen_event *event)
{
    event->graphql = leaves->graphql;
    event->envelope = leaves->envelope;
    event->documents = leaves->documents;
    event->blocks = leaves->blocks;
    event->leaf_count = leaves->count;
    event->text_ends = leaves->ends;
    event->repeats = leaves->repeats;
    event->repeat_count = leaves->repeat_blocks * PEN_EVENT_BLOCK
                          - (uint32_t)(leaves->repeats_end - leaves->next_repeat);
    event->leaf_bytes = leaves->text_bytes + leaves->repeat_bytes;
    if (event->repeat_count > 0) {
        event->written = pen_arena_calloc(leaves->arena, 1, sizeof(*event->written));
        if (event->written == NULL) return out_of_memory(leaves);
    }
    event->wake = pen_arena_calloc(leaves->arena, leaves->count, sizeof(*event->wake));
    event->awake = pen_arena_alloc(leaves->arena, leaves->count * sizeof(*event->awake));
    event->touched =
        pen_arena_calloc(leaves->arena, (leaves->count + 63) / 64, sizeof(*event->touched));
    if (event->wake == NULL || event->awake == NULL || event->touched == NULL) {
        return out_of_memory(leaves);
    }
    if (leaves->text_bytes > leaves->text_room) PEN_TRY(lay_out_anew(leaves, event));

    event->text = (struct pen_str){leaves->text, leaves->text_bytes};
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
