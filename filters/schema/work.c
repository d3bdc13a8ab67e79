/** Memory of an evaluation: blocks that are used again and again, lists that double. */
#include "filters/schema/work.h"

#include <string.h>

#define FIRST_WORDS  128 /* 1 KiB: marks of 8,192 children */
#define FIRST_VALUES 64

uint64_t *pen_bits_take(struct pen_schema_work *work, size_t words)
{
    if (!pen_schema_pay(work, words)) return NULL;
    struct pen_bits_block *block = work->bits;
    if (block == NULL || block->room - work->bits_used < words) {
        struct pen_bits_block **next = block == NULL ? &work->first_bits : &block->next;
        if (*next == NULL || (*next)->room < words) {
            const size_t room = words < FIRST_WORDS ? FIRST_WORDS : words * 2;
            struct pen_bits_block *const made =
                pen_arena_alloc(work->arena, sizeof(*made) + room * sizeof(uint64_t));
            if (made == NULL) {
                (void)pen_schema_stop(work, PEN_ERR_NOMEM);
                return NULL;
            }
            made->next = *next; /* the smaller ones behind it are used again later */
            made->room = room;
            *next = made;
        }
        block = *next;
        work->bits = block;
        work->bits_used = 0;
    }
    uint64_t *const taken = block->words + work->bits_used;
    work->bits_used += words;
    memset(taken, 0, words * sizeof(*taken));
    return taken;
}

void pen_schema_note_harmless(struct pen_schema_work *work, const struct pen_json *value)
{
    struct pen_schema_values *const list = work->harmless;
    if (list->count == work->harmless_room) {
        const size_t room = work->harmless_room == 0 ? FIRST_VALUES : work->harmless_room * 2;
        const struct pen_json **const grown = pen_arena_alloc(work->arena, room * sizeof(*grown));
        if (grown == NULL) {
            (void)pen_schema_stop(work, PEN_ERR_NOMEM);
            return;
        }
        if (list->count > 0) memcpy(grown, list->values, list->count * sizeof(*grown));
        list->values = grown;
        work->harmless_room = room;
    }
    list->values[list->count++] = value;
}
