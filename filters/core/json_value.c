/** What stands apart, so that the loop over values needs fewer registers. */
#include "filters/core/json_value.h"

#include <string.h>

#include "filters/core/json_number.h"

const char *pen_json_read_on(struct pen_json_reader *r, const char *start, const char *stop,
                             struct pen_str *out, bool *plain)
{
    const char *p = pen_json_bare_end(stop, r->end);
    *plain = p < r->end && *p == '"';
    if (*plain) {
        *out = (struct pen_str){start, (size_t)(p - start)};
        return p + 1;
    }
    p = pen_json_plain_end(p, r->end);
    const enum pen_status status = pen_json_string(start, &p, r->end, r->arena, out, &r->code);
    return status == PEN_OK ? p : pen_json_refuse(r, p, status, r->code);
}

const char *pen_json_too_long(struct pen_json_reader *r, const char *p)
{
    return pen_json_refuse(r, p, PEN_ERR_LIMIT, "json.string");
}

static const char *read_number(struct pen_json_reader *r, const char *p, struct pen_json *node)
{
    bool exponent = false;
    const char *const stop = pen_json_number_end(p, r->end, &node->text, &exponent);
    const size_t length = node->text.len;
    if (length == 0) return pen_json_unexpected(r, stop);
    if (length > r->limits.number_bytes) {
        return pen_json_refuse(r, stop, PEN_ERR_LIMIT, "json.number");
    }
    const bool may_overflow = exponent || length > PEN_JSON_NUMBER_SMALL;
    if (may_overflow && !r->limits.any_number && pen_json_number_overflows(node->text)) {
        return pen_json_refuse(r, p, PEN_ERR_SYNTAX, "json.number_range");
    }
    node->type = PEN_JSON_NUMBER;
    node->plain_text = false;
    if (node->index == 0 && node->parent != NULL) pen_json_note(node->parent);
    return stop;
}

static const char *read_word(struct pen_json_reader *r, const char *p, struct pen_json *node,
                             enum pen_json_type type, struct pen_str word)
{
    node->type = type;
    node->text = (struct pen_str){0};
    node->plain_text = false;
    if ((size_t)(r->end - p) >= word.len && memcmp(p, word.ptr, word.len) == 0) {
        return p + word.len;
    }
    for (size_t i = 0; i < word.len; i++, p++) {
        if (p == r->end || *p != word.ptr[i]) return pen_json_unexpected(r, p);
    }
    return p;
}

const char *pen_json_read_other(struct pen_json_reader *r, const char *p, struct pen_json *node)
{
    switch (*p) {
    case 't':
        return read_word(r, p, node, PEN_JSON_TRUE, PEN_S("true"));
    case 'f':
        return read_word(r, p, node, PEN_JSON_FALSE, PEN_S("false"));
    case 'n':
        return read_word(r, p, node, PEN_JSON_NULL, PEN_S("null"));
    default:
        return read_number(r, p, node);
    }
}
