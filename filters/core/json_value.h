/** Strings, numbers and words: the values of a JSON document that hold no others. */
#ifndef PEN_CORE_JSON_VALUE_H
#define PEN_CORE_JSON_VALUE_H

#include "filters/core/json_reader.h"
#include "filters/core/json_string.h"

/** A string that begins at `start`, behind its quote, and is quiet until `stop`, where something
 * else than the closing one may stand. */
const char *pen_json_read_on(struct pen_json_reader *r, const char *start, const char *stop,
                             struct pen_str *out, bool *plain);

/** Refuses a string that ends at `p`. */
const char *pen_json_too_long(struct pen_json_reader *r, const char *p);

/** A number or a word. */
const char *pen_json_read_other(struct pen_json_reader *r, const char *p, struct pen_json *node);

/** A string, from its opening quote on. `plain` as pen_json.plain_text. */
__attribute__((always_inline)) static inline const char *pen_json_read_string(
    struct pen_json_reader *r, const char *p, struct pen_str *out, bool *plain)
{
    const char *const start = p + 1;
    p = pen_json_quiet_end(start, r->end);
    if (p < r->end && *p == '"') {
        *out = (struct pen_str){start, (size_t)(p - start)};
        *plain = true;
        p++;
    } else {
        p = pen_json_read_on(r, start, p, out, plain);
        if (p == NULL) return NULL;
    }
    return out->len <= r->limits.string_bytes ? p : pen_json_too_long(r, p);
}

/** What is no container. Its node is the newest. */
__attribute__((always_inline)) static inline const char *pen_json_read_scalar(
    struct pen_json_reader *r, const char *p, struct pen_json *node)
{
    if (*p == '"') {
        node->type = PEN_JSON_STRING;
        p = pen_json_read_string(r, p, &node->text, &node->plain_text);
    } else {
        p = pen_json_read_other(r, p, node);
    }
    if (p == NULL) return NULL;
    node->place.end = pen_json_offset(r, p);
    const bool is_text = node->type == PEN_JSON_STRING && node->text.len > 0;
    if (node->name.len == 0 && !is_text) pen_json_nodes_unnote(&r->nodes);
    return p;
}

#endif
