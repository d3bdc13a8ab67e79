/** Fingerprints are taken of an object's names from the first on that the row before has not. */
#include "filters/core/json_member.h"

#include <string.h>

#include "filters/core/json_space.h"
#include "filters/core/json_value.h"

/* Without escapes a name is a piece of the source, its quotes around it. */
static inline bool is_in_source(const struct pen_json_reader *r, const struct pen_json *node)
{
    return node->name.ptr == r->begin + node->name_place.start + 1;
}

static inline bool add_name(struct pen_json_reader *r, const struct pen_json *node)
{
    const struct pen_str name = node->name;
    const size_t readable = is_in_source(r, node) ? (size_t)(r->end - name.ptr) : name.len;
    return pen_json_names_add(&r->names, name, readable, r->arena);
}

/* The open object is like no other: its names so far have to be told apart. */
static bool add_names_so_far(struct pen_json_reader *r)
{
    r->alike = false;
    for (const struct pen_json *m = r->open->first; m != NULL; m = m->next) {
        if (!add_name(r, m)) return false;
    }
    return true;
}

/* Does a name as `expected` has it stand at `p`, behind the opening quote, the closing one too? */
static bool is_same_name(const struct pen_json_reader *r, const char *p,
                         const struct pen_json *expected)
{
    const struct pen_str name = expected->name;
    return is_in_source(r, expected) && (size_t)(r->end - p) > name.len
           && memcmp(p, name.ptr, name.len + 1) == 0;
}

const char *pen_json_read_any_name(struct pen_json_reader *r, const char *p, struct pen_json *node,
                                   const struct pen_json *expected)
{
    if (*p != '"') return pen_json_unexpected(r, p);

    const char *const start = p;
    node->name_place.start = pen_json_offset(r, start);
    if (expected != NULL && is_same_name(r, start + 1, expected)) {
        node->name = (struct pen_str){start + 1, expected->name.len};
        node->plain_name = expected->plain_name;
        node->name_id = expected->name_id;
        p = start + node->name.len + 2;
    } else {
        if (r->alike && !add_names_so_far(r)) return pen_json_no_memory(r, p);
        p = pen_json_read_string(r, p, &node->name, &node->plain_name);
        if (p == NULL) return NULL;
        if (!add_name(r, node)) return pen_json_no_memory(r, p);
        node->name_id = r->name_ids < UINT8_MAX ? ++r->name_ids : 0;
    }
    node->name_place.end = pen_json_offset(r, p);
    p = pen_json_space_end(p, r->end);
    if (p == r->end || *p != ':') return pen_json_unexpected(r, p);
    p = pen_json_space_end(p + 1, r->end);
    if (p == r->end) return pen_json_unexpected(r, p);
    node->place.start = pen_json_offset(r, p);
    return p;
}
