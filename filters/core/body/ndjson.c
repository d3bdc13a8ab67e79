/**
 * application/x-ndjson, application/jsonl, application/json-seq: one JSON document after the other,
 * read as the elements of an array.
 *
 * A document ends with its line (LF; a CR before it is white space to JSON, and so is what an empty
 * line holds: such lines are passed over). A body that begins with RS is a sequence of RFC 7464:
 * documents begin with RS and end with LF, lines mean nothing. RS stands in no JSON text, so no
 * body is both.
 */
#include "filters/core/body/body.h"

#define RS '\x1e'

static bool is_sequence(struct pen_str body)
{
    return body.len > 0 && body.ptr[0] == RS;
}

/* From `from` on the next text that is not blank, and where to go on behind it. */
static bool next_text(struct pen_str body, char separator, size_t *from, struct pen_span *out)
{
    while (*from < body.len) {
        *out = (struct pen_span){*from, pen_str_find(body, separator, *from)};
        *from = out->end + 1;
        const struct pen_str line = pen_str_slice(body, out->start, out->end);
        if (pen_str_skip_space(line, 0) < line.len) return true;
    }
    return false;
}

static size_t count_texts(struct pen_str body, char separator)
{
    size_t count = 0;
    size_t from = 0;
    struct pen_span text;
    while (next_text(body, separator, &from, &text)) {
        count++;
    }
    return count;
}

static enum pen_status fail(struct pen_leaves *leaves, enum pen_status status, const char *code)
{
    leaves->code = code;
    return status;
}

static enum pen_status find_texts(struct pen_leaves *leaves, struct pen_str body, size_t *offset,
                                  struct pen_span **out, size_t *count)
{
    const bool sequence = is_sequence(body);
    const char separator = sequence ? RS : '\n';
    *count = count_texts(body, separator);
    *offset = body.len;
    if (*count == 0) return fail(leaves, PEN_ERR_SYNTAX, "ndjson.empty");
    /* Each is a value at least. */
    if (leaves->json->nodes > 0 && *count > leaves->json->nodes) {
        return fail(leaves, PEN_ERR_LIMIT, "json.nodes");
    }
    struct pen_span *const texts = pen_arena_calloc(leaves->arena, *count, sizeof(*texts));
    if (texts == NULL) return fail(leaves, PEN_ERR_NOMEM, "event.memory");

    size_t from = 0;
    for (size_t i = 0; i < *count && next_text(body, separator, &from, &texts[i]); i++) {
        /* RFC 7464 section 2.4: without its LF "12" may be half of "123". */
        *offset = texts[i].end;
        if (sequence && body.ptr[texts[i].end - 1] != '\n') {
            return fail(leaves, PEN_ERR_SYNTAX, "ndjson.truncated");
        }
    }
    *out = texts;
    return PEN_OK;
}

enum pen_status pen_body_read_ndjson(struct pen_leaves *leaves, struct pen_str body,
                                     const struct pen_json **root, size_t *offset)
{
    struct pen_span *texts;
    size_t count;
    PEN_TRY(find_texts(leaves, body, offset, &texts, &count));

    struct pen_json_error error = {0};
    const enum pen_status status =
        pen_json_read_texts(body, texts, count, leaves->json, leaves->arena, root, &error);
    if (status == PEN_OK) return PEN_OK;

    *offset = error.offset;
    return fail(leaves, status, error.code);
}

enum pen_status pen_body_add_ndjson(struct pen_leaves *leaves, struct pen_str body,
                                    const struct pen_json **root, size_t *offset)
{
    PEN_TRY(pen_body_read_ndjson(leaves, body, root, offset));
    return pen_leaves_add_tree(leaves, *root, NULL, 0);
}
