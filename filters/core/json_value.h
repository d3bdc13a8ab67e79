/** Strings, numbers and words: the values of a JSON document that hold no others. */
#ifndef PEN_CORE_JSON_VALUE_H
#define PEN_CORE_JSON_VALUE_H

#include "filters/core/json_number.h"
#include "filters/core/json_reader.h"
#include "filters/core/json_string.h"

/** A string that begins at `start`, behind its quote, and is quiet until `stop`, where something
 * else than the closing one may stand. It is in `r->string`: whoever inlines the rest needs no
 * register for where it goes. */
const char *pen_json_read_on(struct pen_json_reader *r, const char *start, const char *stop);

/** A number or a word, whose node is the newest. */
const char *pen_json_read_any_other(struct pen_json_reader *r, const char *p,
                                    struct pen_json *node);

/** A number from `p` on, in the newest node. Returns the place behind it. */
static inline const char *pen_json_keep_number(struct pen_json_reader *r, const char *p,
                                               struct pen_json *node, size_t length)
{
    node->text = (struct pen_str){p, length};
    node->type = PEN_JSON_NUMBER;
    node->plain_text = false;
    if (node->index == 0 && node->parent != NULL) pen_json_nodes_note_parent(&r->nodes);
    return p + length;
}

/** As pen_json_read_any_other, for which most numbers are too short. */
__attribute__((always_inline)) static inline const char *pen_json_read_other(
    struct pen_json_reader *r, const char *p, struct pen_json *node)
{
    const size_t length = p < r->roomy ? pen_json_number_short(p) : 0;
    if (length == 0 || length > r->limits.number_bytes) return pen_json_read_any_other(r, p, node);
    return pen_json_keep_number(r, p, node, length);
}

/** A string, from its opening quote on. `plain` as pen_json.plain_text. Most are short, and quiet
 * to their end: a call would be a fifth of the time. */
__attribute__((always_inline)) static inline const char *pen_json_read_string(
    struct pen_json_reader *r, const char *p, struct pen_str *out, bool *plain)
{
    const char *const start = p + 1;
    for (p = start; p < r->roomy; p += PEN_BLOCK) {
        const unsigned others = pen_block_loud(p);
        if (others == 0) continue;

        p += (unsigned)__builtin_ctz(others);
        if (*p != '"' || (size_t)(p - start) > r->limits.string_bytes) break;
        *out = (struct pen_str){start, (size_t)(p - start)};
        *plain = true;
        return p + 1;
    }
    p = pen_json_read_on(r, start, p);
    *out = r->string;
    *plain = r->is_plain;
    return p;
}

/** Behind a value that is no container; its node is the newest. */
static inline void pen_json_end_scalar(struct pen_json_reader *r, const char *p,
                                       struct pen_json *node)
{
    node->place.end = pen_json_offset(r, p);
    if (node->name.len == 0 && (node->type != PEN_JSON_STRING || node->text.len == 0)) {
        pen_json_nodes_unnote(&r->nodes);
    }
}

#endif
