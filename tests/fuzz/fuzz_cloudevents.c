/**
 * CloudEvents in fields and bodies: the same answer twice, an error always with a code of ours and
 * a place within the body, and a value decoded once is what its encoding gives back.
 *
 * The first byte chooses the mode; fields are lines "name:value" up to an empty one, then the body.
 */
#include <stdint.h>
#include <stdlib.h>

#include "filters/core/cloudevents.h"
#include "filters/core/utf8.h"

#define FIELDS_MOST 16

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct pen_arena *arena;

static void require(bool condition)
{
    if (!condition) abort();
}

static size_t read_fields(struct pen_str *text, struct pen_event_field *list)
{
    size_t count = 1; /* the first is the content type */
    while (count < FIELDS_MOST) {
        const size_t end = pen_str_find(*text, '\n', 0);
        const struct pen_str line = pen_str_slice(*text, 0, end);
        *text = pen_str_slice(*text, end + 1, text->len);
        if (line.len == 0) break;
        const size_t colon = pen_str_find(line, ':', 0);
        list[count++] = (struct pen_event_field){pen_str_slice(line, 0, colon),
                                                 pen_str_slice(line, colon + 1, line.len)};
    }
    return count;
}

/* Every byte written as an escape says the same. */
static void check_decoding(struct pen_str value)
{
    struct pen_str text;
    if (pen_cloudevents_decode(value, arena, &text) != PEN_OK) return;

    require(pen_utf8_valid_prefix(text) == text.len);
    require(text.len <= value.len);
    struct pen_buf encoded = {.ptr = pen_arena_bytes(arena, 3 * text.len + 1),
                              .cap = 3 * text.len + 1};
    require(encoded.ptr != NULL);
    static const char digits[] = "0123456789abcdef";
    for (size_t i = 0; i < text.len; i++) {
        pen_buf_byte(&encoded, '%');
        pen_buf_byte(&encoded, digits[(unsigned char)text.ptr[i] >> 4]);
        pen_buf_byte(&encoded, digits[(unsigned char)text.ptr[i] & 15]);
    }
    struct pen_str again;
    require(pen_cloudevents_decode(pen_buf_str(&encoded), arena, &again) == PEN_OK);
    require(pen_str_equal(again, text));
}

static enum pen_status judge(struct pen_cloudevents_fields fields, struct pen_str body,
                             struct pen_json_error *error)
{
    enum pen_cloudevents_mode mode = PEN_CLOUDEVENTS_NONE;
    const struct pen_json *root = NULL;
    const enum pen_status status = pen_cloudevents_mode(fields, &mode, &error->code);
    if (status != PEN_OK || mode == PEN_CLOUDEVENTS_NONE) return status;
    if (mode == PEN_CLOUDEVENTS_BINARY) {
        return pen_cloudevents_check_fields(fields, arena, &error->code);
    }
    if (pen_json_read(body, NULL, arena, &root, NULL) != PEN_OK) return PEN_OK;
    return pen_cloudevents_check_tree(mode, root, fields, 4, arena, error);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct pen_str types[] = {
        PEN_STR("application/cloudevents+json"),
        PEN_STR("application/cloudevents-batch+json"),
        PEN_STR("application/json"),
        PEN_STR("application/cloudevents+xml"),
    };
    if (arena == NULL) require(pen_arena_create((size_t)64 << 20, 65536, &arena) == PEN_OK);
    if (size == 0) return 0;

    pen_arena_reset(arena);
    struct pen_str text = {(const char *)data + 1, size - 1};
    struct pen_event_field list[FIELDS_MOST] = {
        {PEN_STR("Content-Type"), types[data[0] % PEN_COUNT_OF(types)]}};
    const struct pen_cloudevents_fields fields = {list, read_fields(&text, list)};
    for (size_t i = 0; i < fields.count; i++) {
        check_decoding(list[i].value);
    }
    struct pen_json_error first = {0};
    struct pen_json_error second = {0};
    const enum pen_status status = judge(fields, text, &first);
    require(judge(fields, text, &second) == status && first.code == second.code);
    require((status == PEN_OK) == (first.code == NULL));
    require(first.offset <= text.len);
    if (status != PEN_OK) {
        require(pen_str_starts(pen_str_from_c(first.code), PEN_S("cloudevents.")));
    }
    return 0;
}
