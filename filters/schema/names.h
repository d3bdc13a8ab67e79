/**
 * A fixed set of names, found by length and bytes: members of an object, words of an enum.
 *
 * A name is taken as two words, its first and last eight bytes, which are all of it up to sixteen.
 * They are hashed, and compared where the hash leads: no loop over bytes, no guess at the length.
 * Made once, immutable; any thread.
 */
#ifndef PEN_SCHEMA_NAMES_H
#define PEN_SCHEMA_NAMES_H

#include <string.h>

#include "filters/core/lookup.h"

struct pen_name {
    uint64_t head;
    uint64_t tail;
    const char *ptr;
    size_t len;
};

struct pen_names {
    struct pen_name *names;
    uint16_t *slots; /* of names, + 1; 0 = free */
    uint32_t mask;
    uint32_t count;
};

/* A table of 16-bit places is small enough for a cache; an object with more names is no object. */
#define PEN_NAMES_MOST 32000

/**
 * @param out  entry i is names[i], the first one where some are equal
 *
 * Errors: PEN_ERR_LIMIT more than PEN_NAMES_MOST, PEN_ERR_NOMEM
 */
PEN_MUST_USE enum pen_status pen_names_create(const struct pen_str *names, size_t count,
                                              struct pen_arena *arena, struct pen_names *out);

static inline uint64_t pen_names_word(const char *p)
{
    uint64_t word;
    memcpy(&word, p, sizeof(word));
    return word;
}

static inline uint64_t pen_names_half(const char *p)
{
    uint32_t half;
    memcpy(&half, p, sizeof(half));
    return half;
}

static inline struct pen_name pen_names_read(struct pen_str name)
{
    struct pen_name out = {.ptr = name.ptr, .len = name.len};
    if (name.len >= 8) {
        out.head = pen_names_word(name.ptr);
        out.tail = pen_names_word(name.ptr + name.len - 8);
    } else if (name.len >= 4) {
        out.head = pen_names_half(name.ptr);
        out.tail = pen_names_half(name.ptr + name.len - 4);
    } else if (name.len > 0) {
        out.head = (unsigned char)name.ptr[0];
        out.tail = (uint64_t)(unsigned char)name.ptr[name.len / 2] << 8
                   | (unsigned char)name.ptr[name.len - 1];
    }
    return out;
}

static inline uint32_t pen_names_hash(const struct pen_name *name)
{
    /* Two odd numbers without a pattern: the golden ratio's and that of the square root of 3. */
    uint64_t hash = (name->head + name->len) * UINT64_C(0x9e3779b97f4a7c15);
    hash ^= name->tail * UINT64_C(0xbb67ae8584caa73b);
    return (uint32_t)(hash >> 32) ^ (uint32_t)(hash >> 50);
}

static inline bool pen_names_equal(const struct pen_name *a, const struct pen_name *b)
{
    if (a->len != b->len || a->head != b->head || a->tail != b->tail) return false;
    return a->len <= 16 || memcmp(a->ptr + 8, b->ptr + 8, a->len - 16) == 0;
}

/** The entry of a name; PEN_NONE when it is not in the set. */
static inline uint32_t pen_names_find(const struct pen_names *names, struct pen_str name)
{
    const struct pen_name wanted = pen_names_read(name);
    uint32_t at = pen_names_hash(&wanted) & names->mask;
    for (;;) {
        const uint32_t slot = names->slots[at];
        if (slot == 0) return PEN_NONE;
        if (pen_names_equal(&names->names[slot - 1], &wanted)) return slot - 1;
        at = (at + 1) & names->mask;
    }
}

#endif
