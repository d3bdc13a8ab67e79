/**
 * Duplicate member names (RFC 8259 section 4, RFC 7493 section 2.3), decoded before comparing.
 *
 * The names of all open objects lie on one stack, each as a fingerprint of 64 bits: an object's are
 * on top when it closes. Different fingerprints are different names; equal ones are compared.
 */
#ifndef PEN_CORE_JSON_NAMES_H
#define PEN_CORE_JSON_NAMES_H

#include <string.h>

#include "filters/core/json.h"

#define PEN_JSON_NAMES_ODD \
    UINT64_C(0x9e3779b97f4a7c15) /* 2^64 / golden ratio: spreads a difference upwards */

/**
 * Are an object's names all different? For those who build a tree themselves.
 *
 * @param duplicate  the later of two members with the same name, or NULL when all differ
 *
 * Errors: PEN_ERR_NOMEM
 * Cost:   O(n log n) in the members; no allocation for a handful
 */
PEN_MUST_USE enum pen_status pen_json_names_unique(const struct pen_json *object,
                                                   struct pen_arena *arena,
                                                   const struct pen_json **duplicate);

/** Sort nodes by their names, equal ones side by side. O(n log n) at worst. */
void pen_json_names_sort(const struct pen_json **members, size_t count);

/** The first of the sorted nodes with this name; `count` when there is none. O(log n). */
size_t pen_json_names_find(const struct pen_json *const *sorted, size_t count, struct pen_str name);

/** Starts out as zeros but for the seed. */
struct pen_json_names {
    uint64_t *prints;
    size_t count;
    size_t room;
    uint64_t seed; /* anything that a caller cannot know; no result depends on it, only the time */
};

/** Room for another print. False: no memory. */
PEN_MUST_USE bool pen_json_names_grow(struct pen_json_names *names, struct pen_arena *arena);

static inline uint64_t pen_json_names_mix(uint64_t print, uint64_t word)
{
    print = (print ^ word) * PEN_JSON_NAMES_ODD;
    return print ^ (print >> 32);
}

/* All bytes of a name, eight at a time, zeros behind the last; the length tells zeros apart. */
static inline uint64_t pen_json_names_print(struct pen_str name, uint64_t seed, size_t readable)
{
    static const uint64_t ends[4] = {UINT64_MAX, UINT64_MAX, 0, 0};
    uint64_t words[2];
    uint64_t masks[2];
    uint64_t print = pen_json_names_mix(seed, name.len);
    for (; name.len > 16; name.len -= 8, name.ptr += 8, readable -= readable < 8 ? readable : 8) {
        memcpy(words, name.ptr, 8);
        print = pen_json_names_mix(print, words[0]);
    }
    if (readable >= 16) {
        /* As many bytes of ones as the name has: nobody has to guess its length. */
        memcpy(words, name.ptr, 16);
        memcpy(masks, (const char *)ends + 16 - name.len, 16);
        words[0] &= masks[0];
        words[1] &= masks[1];
    } else {
        words[0] = words[1] = 0;
        if (name.len > 0) memcpy(words, name.ptr, name.len);
    }
    print = pen_json_names_mix(pen_json_names_mix(print, words[0]), words[1]);
    return print | 1; /* 0 marks a free place in a table */
}

/**
 * Another name of the innermost open object.
 *
 * @param readable  bytes that may be read from the name's first one on, its length or more
 *
 * False: no memory.
 */
PEN_MUST_USE static inline bool pen_json_names_add(struct pen_json_names *names,
                                                   struct pen_str name, size_t readable,
                                                   struct pen_arena *arena)
{
    if (names->count == names->room && !pen_json_names_grow(names, arena)) return false;
    names->prints[names->count++] = pen_json_names_print(name, names->seed, readable);
    return true;
}

/**
 * The innermost object closes: its names leave the stack. As pen_json_names_unique, but O(n) as a
 * rule, and O(n log n) at worst.
 */
PEN_MUST_USE enum pen_status pen_json_names_close(struct pen_json_names *names,
                                                  const struct pen_json *object,
                                                  struct pen_arena *arena,
                                                  const struct pen_json **duplicate);

#endif
