/**
 * Duplicate member names (RFC 8259 section 4, RFC 7493 section 2.3), decoded before comparing.
 *
 * The names of all open objects lie on one stack, each as a fingerprint of 64 bits: an object's are
 * on top when it closes. Different fingerprints are different names; equal ones are compared.
 */
#ifndef PEN_CORE_JSON_NAMES_H
#define PEN_CORE_JSON_NAMES_H

#include "filters/core/json.h"

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

/** Another name of the innermost open object. False: no memory. */
PEN_MUST_USE bool pen_json_names_add(struct pen_json_names *names, struct pen_str name,
                                     struct pen_arena *arena);

/**
 * The innermost object closes: its names leave the stack. As pen_json_names_unique, but O(n) as a
 * rule, and O(n log n) at worst.
 */
PEN_MUST_USE enum pen_status pen_json_names_close(struct pen_json_names *names,
                                                  const struct pen_json *object,
                                                  struct pen_arena *arena,
                                                  const struct pen_json **duplicate);

#endif
