/**
 * From a hash to the number of an entry, growing in an arena: for whoever reads what is loaded.
 *
 * Different keys may share a hash: whoever asks compares. One thread at a time.
 */
#ifndef PEN_CORE_LOOKUP_H
#define PEN_CORE_LOOKUP_H

#include "filters/core/arena.h"

#define PEN_NONE UINT32_MAX /* no entry */

struct pen_lookup_slot {
    uint64_t hash;
    uint32_t entry; /* + 1; 0 = free */
};

/** Starts out as zeros. */
struct pen_lookup {
    struct pen_lookup_slot *slots;
    size_t room; /* a power of two */
    size_t count;
};

uint64_t pen_lookup_hash(struct pen_str text);
uint64_t pen_lookup_hash_pointer(const void *pointer);

/** Errors: PEN_ERR_NOMEM */
PEN_MUST_USE enum pen_status pen_lookup_add(struct pen_lookup *lookup, struct pen_arena *arena,
                                            uint64_t hash, uint32_t entry);

/** The next entry with this hash, PEN_NONE at the end; `*at` is 0 before the first. */
uint32_t pen_lookup_next(const struct pen_lookup *lookup, uint64_t hash, size_t *at);

/** The array, with room for one more than `count`: itself, or a copy of twice its room. NULL: no
 * memory.
 */
PEN_MUST_USE void *pen_lookup_grow(void *items, size_t item_bytes, uint32_t count, uint32_t *room,
                                   struct pen_arena *arena);

#endif
