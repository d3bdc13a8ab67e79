/**
 * Rules about header fields, by the fields' names.
 *
 * Immutable once created; any thread.
 */
#ifndef PEN_FILTERS_PATCH_FIELDS_H
#define PEN_FILTERS_PATCH_FIELDS_H

#include "filters/core/arena.h"

/** The rules about one field. */
struct pen_patch_name {
    struct pen_str name;     /* in lower case */
    const uint32_t *unasked; /* that look whatever the value is, or need none */
    size_t unasked_count;
    bool asks; /* there are others, which a text in the value wakes */
};

struct pen_patch_fields;

/** One rule and its field. */
struct pen_patch_field {
    struct pen_str name; /* in lower case; outlives the arena */
    uint32_t rule;
    bool unasked;
};

/** @param list  sorted in place. Errors: PEN_ERR_NOMEM */
PEN_MUST_USE enum pen_status pen_patch_fields_create(struct pen_patch_field *list, size_t count,
                                                     struct pen_arena *arena,
                                                     struct pen_patch_fields **out);

/** Those of the field, in any case; NULL: there are none. */
const struct pen_patch_name *pen_patch_fields_of(const struct pen_patch_fields *fields,
                                                 struct pen_str name);

#endif
