/**
 * Names of an event whose texts are laid out already: records of a batch have some dozens, the
 * same ones each.
 *
 * What stands in a name is the same wherever it stands, so one text is searched for all of them.
 * Only names are kept that can hold nothing else that is looked for in all texts at once: no '@',
 * and too few digits for a number of anybody (filters/secrets.c).
 */
#ifndef PEN_CORE_KNOWN_NAMES_H
#define PEN_CORE_KNOWN_NAMES_H

#include <string.h>

#include "filters/core/str.h"

#define PEN_KNOWN_HEADS  256 /* by a hash: of some dozens few share one */
#define PEN_KNOWN_NAMES  128
#define PEN_KNOWN_BYTES  32 /* of a name: longer ones are ids more often than names */
#define PEN_KNOWN_DIGITS 10
#define PEN_KNOWN_IDS    (UINT8_MAX + 1)

struct pen_known_name {
    struct pen_str text;
    uint32_t leaf; /* the first that has it */
};

/** Each name has two places; one that finds both taken is not kept. */
struct pen_known_names {
    uint32_t by_id[PEN_KNOWN_IDS];  /* leaves by the reader's name_id; 0 = none is known */
    uint8_t heads[PEN_KNOWN_HEADS]; /* where in `names`, from 1 on; 0 = none */
    uint32_t count;
    struct pen_known_name names[PEN_KNOWN_NAMES];
};

static inline void pen_known_begin(struct pen_known_names *known)
{
    memset(known->by_id, 0, sizeof(known->by_id));
    memset(known->heads, 0, sizeof(known->heads));
    known->count = 0;
}

/** What `by_id` is to say of `id`. 0 stands for many names, and is not remembered. */
static inline void pen_known_as(struct pen_known_names *known, uint8_t id,
                                const struct pen_known_name *name)
{
    if (id != 0) known->by_id[id] = name->leaf;
}

/* By its length and its bytes at either end. It has at least one. */
static inline uint64_t pen_known_hash(struct pen_str name)
{
    uint32_t ends[2] = {0, 0};
    if (name.len >= 4) {
        memcpy(&ends[0], name.ptr, 4);
        memcpy(&ends[1], name.ptr + name.len - 4, 4);
    } else {
        ends[0] = (unsigned char)name.ptr[0] | (uint32_t)(unsigned char)name.ptr[name.len / 2] << 8;
        ends[1] = (unsigned char)name.ptr[name.len - 1];
    }
    const uint64_t bytes = (ends[0] | (uint64_t)ends[1] << 32) ^ name.len << 24;
    /* 2^64 / golden ratio: the highest bits depend on all */
    return bytes * UINT64_C(0x9e3779b97f4a7c15);
}

/* The same bytes, as many each: two looks that may overlap, instead of a call. */
static inline bool pen_known_same(const char *a, const char *b, size_t length)
{
    if (length >= 16) {
        return memcmp(a, b, 16) == 0 && memcmp(a + length - 16, b + length - 16, 16) == 0;
    }
    if (length >= 8) {
        return memcmp(a, b, 8) == 0 && memcmp(a + length - 8, b + length - 8, 8) == 0;
    }
    if (length >= 4) {
        return memcmp(a, b, 4) == 0 && memcmp(a + length - 4, b + length - 4, 4) == 0;
    }
    return a[0] == b[0] && a[length / 2] == b[length / 2] && a[length - 1] == b[length - 1];
}

static inline bool pen_known_is(const struct pen_known_names *known, uint8_t head,
                                struct pen_str name)
{
    if (head == 0) return false;
    const struct pen_str text = known->names[head - 1].text;
    return text.len == name.len && name.len <= PEN_KNOWN_BYTES
           && pen_known_same(text.ptr, name.ptr, name.len);
}

/**
 * The one with this name, or NULL.
 *
 * @param head  where it could be put; NULL when both places are taken
 */
static inline const struct pen_known_name *pen_known_find(struct pen_known_names *known,
                                                          struct pen_str name, uint8_t **head)
{
    const uint64_t hash = pen_known_hash(name);
    uint8_t *const first = &known->heads[hash >> 56];
    if (pen_known_is(known, *first, name)) return &known->names[*first - 1];

    uint8_t *const second = &known->heads[hash >> 48 & (PEN_KNOWN_HEADS - 1)];
    if (pen_known_is(known, *second, name)) return &known->names[*second - 1];
    *head = *first == 0 ? first : *second == 0 ? second : NULL;
    return NULL;
}

/** Remember the name of leaf `leaf`, in which nothing is to be opened, if it is one to be kept. */
void pen_known_put(struct pen_known_names *known, uint8_t *head, struct pen_str name,
                   uint32_t leaf);

#endif
