/** What stands apart, so that the loop over values needs fewer registers. */
#include "filters/core/json_value.h"

#include <string.h>

const char *pen_json_read_on(struct pen_json_reader *r, const char *start, const char *stop)
{
    const char *p = pen_json_bare_end(stop, r->end);
    r->is_plain = p < r->end && *p == '"';
    if (r->is_plain) {
        r->string = (struct pen_str){start, (size_t)(p - start)};
        p++;
    } else {
        p = pen_json_plain_end(p, r->end);
        const enum pen_status status =
            pen_json_string(start, &p, r->end, r->arena, &r->string, &r->code);
        if (status != PEN_OK) return pen_json_refuse(r, p, status, r->code);
    }
    if (r->string.len <= r->limits.string_bytes) return p;
    return pen_json_refuse(r, p, PEN_ERR_LIMIT, "json.string");
}

static const char *read_number(struct pen_json_reader *r, const char *p, struct pen_json *node)
{
    bool exponent = false;
    struct pen_str number;
    const char *const stop = pen_json_number_end(p, r->end, &number, &exponent);
    if (number.len == 0) return pen_json_unexpected(r, stop);
    if (number.len > r->limits.number_bytes) {
        return pen_json_refuse(r, stop, PEN_ERR_LIMIT, "json.number");
    }
    const bool may_overflow = exponent || number.len > PEN_JSON_NUMBER_SMALL;
    if (may_overflow && !r->limits.any_number && pen_json_number_overflows(number)) {
        return pen_json_refuse(r, p, PEN_ERR_SYNTAX, "json.number_range");
    }
    return pen_json_keep_number(r, p, node, number.len);
}

__attribute__((noinline)) static const char *refuse_word(struct pen_json_reader *r, const char *p,
                                                         const char *word)
{
    while (p < r->end && *p == *word) {
        p++;
        word++;
    }
    return pen_json_unexpected(r, p);
}

/* `word` is a literal, so that its length is a constant where this is inlined. */
__attribute__((always_inline)) static inline const char *read_word(struct pen_json_reader *r,
                                                                   const char *p,
                                                                   struct pen_json *node,
                                                                   enum pen_json_type type,
                                                                   const char *word)
{
    const size_t length = strlen(word);
    if ((size_t)(r->end - p) < length || memcmp(p, word, length) != 0) {
        return refuse_word(r, p, word);
    }
    node->type = type;
    node->text = (struct pen_str){0};
    node->plain_text = false;
    return p + length;
}

const char *pen_json_read_any_other(struct pen_json_reader *r, const char *p, struct pen_json *node)
{
    switch (*p) {
    case 't':
        return read_word(r, p, node, PEN_JSON_TRUE, "true");
    case 'f':
        return read_word(r, p, node, PEN_JSON_FALSE, "false");
    case 'n':
        return read_word(r, p, node, PEN_JSON_NULL, "null");
    default:
        return read_number(r, p, node);
    }
}
