/**
 * Names of members, and of what they are expected to be.
 *
 * Rows of an array have the same names in the same order. While an object has those of the row
 * before it, which differ, nothing has to tell them apart, and each one's end is known. The first
 * other name ends that.
 */
#ifndef PEN_CORE_JSON_MEMBER_H
#define PEN_CORE_JSON_MEMBER_H

#include <string.h>

#include "filters/core/block16.h"
#include "filters/core/json_reader.h"

/** From a name's opening quote to where its value begins, which is noted in `node`, too. `expected`
 * is the member of the row before that may have it, or NULL; when the name is another one the open
 * object is no longer alike. */
const char *pen_json_read_any_name(struct pen_json_reader *r, const char *p, struct pen_json *node,
                                   const struct pen_json *expected);

/**
 * The same of a short name that is expected, and no white space behind it: what most of a large
 * document's are, seen by a block or two of bytes that are the same. NULL: it may be any other.
 */
static inline const char *pen_json_read_same_name(const struct pen_json_reader *r, const char *p,
                                                  struct pen_json *node,
                                                  const struct pen_json *expected)
{
    if (expected == NULL || !expected->plain_name || p >= r->roomy) return NULL;

    /* With both quotes, as the name is in the source. */
    const char *const quote = expected->name.ptr - 1;
    const size_t length = expected->name.len;
    const size_t same = pen_block_same(p, quote);
    if (same <= length) {
        if (same < PEN_BLOCK) return NULL;
        if (same + pen_block_same(p + PEN_BLOCK, quote + PEN_BLOCK) <= length) return NULL;
    }
    const char *const end = p + 1 + length;
    if (memcmp(end, "\":", 2) != 0 || end[2] <= ' ') return NULL;

    node->name = (struct pen_str){p + 1, length};
    const uint32_t start = pen_json_offset(r, p);
    node->name_place = (struct pen_place){start, start + (uint32_t)length + 2};
    node->place.start = start + (uint32_t)length + 3;
    node->plain_name = expected->plain_name;
    node->name_id = expected->name_id;
    return end + 2;
}

#endif
