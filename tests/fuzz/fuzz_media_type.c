/**
 * Content-Type and form-encoded pairs, both read from the same bytes: texts lie within, a boundary
 * is one, no parameter counts twice, and a pair decodes to UTF-8 without NUL.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "filters/core/body/media_type.h"
#include "filters/core/codec.h"
#include "filters/core/utf8.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct pen_arena *arena;

static void require(bool condition)
{
    if (!condition) abort();
}

static bool lies_within(struct pen_str part, struct pen_str whole)
{
    return part.len == 0 || (part.ptr >= whole.ptr && part.ptr + part.len <= whole.ptr + whole.len);
}

static void check_type(struct pen_str text)
{
    struct pen_media_type type = {.kind = PEN_BODY_NONE};
    const char *code = NULL;
    const enum pen_status status = pen_media_type_read(text, &type, &code);
    if (status != PEN_OK) {
        require(code != NULL && (status == PEN_ERR_SYNTAX || status == PEN_ERR_UNSUPPORTED));
        return;
    }
    require(type.kind != PEN_BODY_NONE && type.name.len > 2);
    require(lies_within(type.name, text) && lies_within(type.boundary, text));
    require((type.kind == PEN_BODY_MULTIPART) == (type.boundary.len > 0));
    require(type.boundary.len <= 70);
    require(pen_media_type_name(type.kind).len > 0);
    /* One more parameter of a name that is there already has two readings. */
    char memory[4096];
    struct pen_buf twice = pen_buf_over(memory, sizeof(memory));
    pen_buf_put(&twice, text);
    pen_buf_put(&twice, PEN_S(";charset=utf-8;charset=utf-8"));
    if (!twice.full) {
        require(pen_media_type_read(pen_buf_str(&twice), &type, &code) == PEN_ERR_SYNTAX);
    }
}

static void check_form(struct pen_str text)
{
    const struct pen_event_input input = {.body = text, .body_kind = PEN_BODY_FORM};
    struct pen_event event;
    struct pen_json_error error = {0};
    pen_arena_reset(arena);
    if (pen_event_decode(&input, NULL, arena, &event, &error) != PEN_OK) {
        require(error.code != NULL && error.offset <= text.len);
        return;
    }
    for (uint32_t i = 0; i < event.leaf_count; i++) {
        const struct pen_leaf *const leaf = pen_event_leaf(&event, i);
        struct pen_str decoded;
        if (leaf->from != NULL) continue;
        require(leaf->origin == PEN_ORIGIN_FORM);
        require(pen_codec_percent(leaf->text, true, arena, &decoded) == PEN_OK);
        require(pen_utf8_valid(decoded) && pen_str_find(decoded, '\0', 0) == decoded.len);
        require(pen_str_find(leaf->text, '&', 0) == leaf->text.len);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (arena == NULL) require(pen_arena_create((size_t)64 << 20, 65536, &arena) == PEN_OK);

    const struct pen_str text = {(const char *)data, size};
    check_type(text);
    check_form(text);
    return 0;
}
