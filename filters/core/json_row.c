/**
 * Brackets tell where a document ends, strings passed over; the strict reader says whether it is
 * one. Where it is none the row ends in front of it.
 */
#include "filters/core/json_row.h"

#include <string.h>

#include "filters/core/block16.h"
#include "filters/core/json_space.h"

bool pen_json_has_other_readings(const char *code)
{
    return strcmp(code, "json.duplicate_name") == 0 || strcmp(code, "json.surrogate") == 0
           || strcmp(code, "json.number_range") == 0;
}

/* Behind the closing quote of the string whose inside begins at `at`, or the end. */
static size_t string_end(struct pen_str text, size_t at)
{
    while (at < text.len) {
        if (text.len - at >= PEN_BLOCK && pen_block_quotes(text.ptr + at) == 0) {
            at += PEN_BLOCK;
        } else if (text.ptr[at] == '"') {
            return at + 1;
        } else {
            at += text.ptr[at] == '\\' ? 2 : 1;
        }
    }
    return text.len;
}

/* Behind the bracket that closes the one at `at`; 0 when none does. */
static size_t brackets_end(struct pen_str text, size_t at)
{
    size_t depth = 0;
    while (at < text.len) {
        const char c = text.ptr[at++];
        if (c == '"') {
            at = string_end(text, at);
        } else if (c == '{' || c == '[') {
            depth++;
        } else if ((c == '}' || c == ']') && --depth == 0) {
            return at;
        }
    }
    return 0;
}

/* The next pair of brackets at or behind `*from`, with nothing but white space before it. */
static bool next_span(struct pen_str text, size_t *from, struct pen_span *out)
{
    const size_t start = pen_str_skip_space(text, *from);
    if (start >= text.len || (text.ptr[start] != '{' && text.ptr[start] != '[')) return false;

    const size_t end = brackets_end(text, start);
    if (end == 0) return false;
    *out = (struct pen_span){start, end};
    *from = end;
    return true;
}

static enum pen_status find_spans(struct pen_str text, struct pen_arena *arena,
                                  struct pen_span **out, size_t *count)
{
    struct pen_span span;
    *count = 0;
    for (size_t from = 0; next_span(text, &from, &span);) {
        (*count)++;
    }
    *out = pen_arena_calloc(arena, *count, sizeof(**out));
    if (*out == NULL) return PEN_ERR_NOMEM;

    size_t from = 0;
    for (size_t i = 0; i < *count && next_span(text, &from, &(*out)[i]); i++) {
    }
    return PEN_OK;
}

static enum pen_status read_spans(struct pen_str text, const struct pen_span *spans, size_t count,
                                  const struct pen_json_limits *limits, struct pen_arena *arena,
                                  const struct pen_json **out, struct pen_json_error *error)
{
    if (count > 1) return pen_json_read_texts(text, spans, count, limits, arena, out, error);

    struct pen_json_left_out left_out;
    const struct pen_str first = pen_str_slice(text, 0, spans[0].end);
    return pen_json_read_sparse(first, limits, arena, out, &left_out, error);
}

/* Beyond a bound it may be no JSON at all; how deep or long it is does not make it one. */
static bool is_document(struct pen_str text, const struct pen_json_limits *limits,
                        struct pen_arena *arena)
{
    const struct pen_json_limits wide = {
        .depth = UINT32_MAX, .nodes = limits->nodes, .number_bytes = SIZE_MAX};
    const struct pen_json *root = NULL;
    struct pen_json_left_out left_out;
    struct pen_json_error error = {.code = ""};
    const enum pen_status status =
        pen_json_read_sparse(text, &wide, arena, &root, &left_out, &error);
    return status != PEN_ERR_SYNTAX || pen_json_has_other_readings(error.code);
}

enum pen_status pen_json_read_row(struct pen_str text, const struct pen_json_limits *limits,
                                  struct pen_arena *arena, const struct pen_json **out, size_t *end,
                                  struct pen_json_error *error)
{
    struct pen_span *spans = NULL;
    size_t count = 0;
    *error = (struct pen_json_error){.code = "json.syntax"};
    if (find_spans(text, arena, &spans, &count) != PEN_OK) {
        error->code = "json.memory";
        return PEN_ERR_NOMEM;
    }
    if (count == 0) return PEN_ERR_SYNTAX;

    enum pen_status status = read_spans(text, spans, count, limits, arena, out, error);
    size_t wrong = 0;
    while (status != PEN_OK && wrong < count && spans[wrong].end < error->offset) {
        wrong++;
    }
    if (status == PEN_ERR_LIMIT && wrong < count
        && !is_document(pen_str_slice(text, spans[wrong].start, spans[wrong].end), limits, arena)) {
        status = PEN_ERR_SYNTAX;
        error->code = "json.syntax";
    }
    if (status == PEN_ERR_SYNTAX && wrong > 0 && !pen_json_has_other_readings(error->code)) {
        count = wrong;
        status = read_spans(text, spans, count, limits, arena, out, error);
    }
    if (status == PEN_OK) *end = spans[count - 1].end;
    return status;
}
