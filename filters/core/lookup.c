/** Open addressing, at most half full. */
#include "filters/core/lookup.h"

#include <string.h>

#define FIRST_ROOM  64 /* slots: a schema of usual size needs no second table */
#define FIRST_ITEMS 16

/* FNV-1a, and a multiplication that spreads the difference upwards. */
uint64_t pen_lookup_hash(struct pen_str text)
{
    uint64_t hash = UINT64_C(0xcbf29ce484222325);
    for (size_t i = 0; i < text.len; i++) {
        hash = (hash ^ (unsigned char)text.ptr[i]) * UINT64_C(0x100000001b3);
    }
    return hash ^ (hash >> 29);
}

uint64_t pen_lookup_hash_pointer(const void *pointer)
{
    const uint64_t hash = (uint64_t)(uintptr_t)pointer * UINT64_C(0x9e3779b97f4a7c15);
    return hash ^ (hash >> 32);
}

static void put(struct pen_lookup_slot *slots, size_t room, uint64_t hash, uint32_t entry)
{
    size_t at = hash & (room - 1);
    while (slots[at].entry != 0) {
        at = (at + 1) & (room - 1);
    }
    slots[at] = (struct pen_lookup_slot){.hash = hash, .entry = entry + 1};
}

enum pen_status pen_lookup_add(struct pen_lookup *lookup, struct pen_arena *arena, uint64_t hash,
                               uint32_t entry)
{
    if (lookup->count * 2 >= lookup->room) {
        const size_t room = lookup->room == 0 ? FIRST_ROOM : lookup->room * 2;
        struct pen_lookup_slot *const slots = pen_arena_calloc(arena, room, sizeof(*slots));
        if (slots == NULL) return PEN_ERR_NOMEM;
        for (size_t i = 0; i < lookup->room; i++) {
            const struct pen_lookup_slot old = lookup->slots[i];
            if (old.entry != 0) put(slots, room, old.hash, old.entry - 1);
        }
        lookup->slots = slots;
        lookup->room = room;
    }
    put(lookup->slots, lookup->room, hash, entry);
    lookup->count++;
    return PEN_OK;
}

uint32_t pen_lookup_next(const struct pen_lookup *lookup, uint64_t hash, size_t *at)
{
    if (lookup->room == 0) return PEN_NONE;
    const size_t mask = lookup->room - 1;
    for (;; (*at)++) {
        const struct pen_lookup_slot *const slot = &lookup->slots[(hash + *at) & mask];
        if (slot->entry == 0) return PEN_NONE;
        if (slot->hash != hash) continue;
        (*at)++;
        return slot->entry - 1;
    }
}

void *pen_lookup_grow(void *items, size_t item_bytes, uint32_t count, uint32_t *room,
                      struct pen_arena *arena)
{
    if (count < *room) return items;
    if (*room > UINT32_MAX / 2) return NULL;
    const uint32_t more = *room == 0 ? FIRST_ITEMS : *room * 2;
    void *const grown = pen_arena_calloc(arena, more, item_bytes);
    if (grown == NULL) return NULL;
    if (count > 0) memcpy(grown, items, count * item_bytes);
    *room = more;
    return grown;
}
