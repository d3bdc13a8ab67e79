/** Strings, numbers and words: the values of a JSON document that hold no others. */
#ifndef PEN_CORE_JSON_VALUE_H
#define PEN_CORE_JSON_VALUE_H

#include "filters/core/json_reader.h"
#include "filters/core/json_string.h"

/** A string that begins at `start`, behind its quote, and is quiet until `stop`, where something
 * else than the closing one may stand. It is in `r->string`: whoever inlines the rest needs no
 * register for where it goes. */
const char *pen_json_read_on(struct pen_json_reader *r, const char *start, const char *stop);

/** A number or a word. */
const char *pen_json_read_other(struct pen_json_reader *r, const char *p, struct pen_json *node);

/** A string, from its opening quote on. `plain` as pen_json.plain_text. Most are short, and quiet
 * to their end: a call would be a fifth of the time. */
__attribute__((always_inline)) static inline const char *pen_json_read_string(
    struct pen_json_reader *r, const char *p, struct pen_str *out, bool *plain)
{
    const char *const start = p + 1;
    p = start;
    if (p < r->roomy) {
        unsigned others = pen_block_loud(p);
        while (others == 0) {
            p += PEN_BLOCK;
            others = p < r->roomy ? pen_block_loud(p) : 1;
        }
        p += (unsigned)__builtin_ctz(others);
        if (*p == '"' && (size_t)(p - start) <= r->limits.string_bytes) {
            *out = (struct pen_str){start, (size_t)(p - start)};
            *plain = true;
            return p + 1;
        }
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
