/**
 * Names of members, and of what they are expected to be.
 *
 * Rows of an array have the same names in the same order. While an object has those of the row
 * before it, which differ, nothing has to tell them apart, and each one's end is known. The first
 * other name ends that.
 */
#ifndef PEN_CORE_JSON_MEMBER_H
#define PEN_CORE_JSON_MEMBER_H

#include "filters/core/block16.h"
#include "filters/core/json_reader.h"

/** From a name's opening quote to where its value begins. `*expected` is the member of the row
 * before that has it; it becomes NULL when the name is another one. */
const char *pen_json_read_any_name(struct pen_json_reader *r, const char *p, struct pen_json *node,
                                   const struct pen_json **expected);

/**
 * A short name that is expected, and its value without a space before it: what most of a large
 * document's are, seen by two blocks of bytes that are the same. Any other is left to
 * pen_json_read_any_name.
 */
static inline const char *pen_json_read_name(struct pen_json_reader *r, const char *p,
                                             struct pen_json *node,
                                             const struct pen_json **expected)
{
    const struct pen_json *const twin = *expected;
    if (twin == NULL || !twin->plain_name || r->end - p < 2 * PEN_BLOCK || *p != '"') {
        return pen_json_read_any_name(r, p, node, expected);
    }
    const size_t length = twin->name.len;
    if (pen_block_same(p + 1, twin->name.ptr) <= length) {
        return pen_json_read_any_name(r, p, node, expected);
    }
    const char *const colon = p + 1 + length + 1;
    if (*colon != ':' || colon[1] <= ' ') return pen_json_read_any_name(r, p, node, expected);

    node->name = (struct pen_str){p + 1, length};
    node->name_place = (struct pen_place){pen_json_offset(r, p), pen_json_offset(r, colon)};
    node->plain_name = true;
    node->name_id = twin->name_id;
    return colon + 1;
}

#endif
