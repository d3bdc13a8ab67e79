/**
 * JSON documents one after the other: what is accepted is an array whose elements' own bytes, each
 * read alone, are the same documents, at ascending places; nothing but white space and separators
 * stands between them; the leaves are the same a second time.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "filters/core/event.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct pen_arena *arena;

static void require(bool condition)
{
    if (!condition) abort();
}

static bool is_between(struct pen_str text)
{
    for (size_t i = 0; i < text.len; i++) {
        if (pen_str_find(PEN_S(" \t\r\n\x1e"), text.ptr[i], 0) == 5) return false;
    }
    return true;
}

static void check_alone(const struct pen_json *value, struct pen_str body)
{
    const struct pen_json *alone = NULL;
    const struct pen_str slice = pen_str_slice(body, value->place.start, value->place.end);
    require(pen_json_read(slice, NULL, arena, &alone, NULL) == PEN_OK);
    require(alone->type == value->type && alone->count == value->count);
    require(pen_str_equal(alone->text, value->text));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct pen_event_input input = {.body = {(const char *)data, size},
                                          .body_kind = PEN_BODY_NDJSON};
    struct pen_event event;
    struct pen_event again;
    struct pen_json_error error = {0};
    if (arena == NULL) require(pen_arena_create((size_t)64 << 20, 65536, &arena) == PEN_OK);
    pen_arena_reset(arena);
    if (pen_event_decode(&input, NULL, arena, &event, &error) != PEN_OK) {
        require(error.code != NULL && error.offset <= size);
        return 0;
    }
    require(event.root->type == PEN_JSON_ARRAY && event.root->count > 0);
    size_t at = 0;
    uint32_t index = 0;
    for (const struct pen_json *value = event.root->first; value != NULL; value = value->next) {
        require(value->parent == event.root && value->index == index++);
        require(value->place.start >= at && value->place.end > value->place.start);
        require(is_between(pen_str_slice(input.body, at, value->place.start)));
        /* The whole of a few: every one's would be slow. */
        if (index < 32) check_alone(value, input.body);
        at = value->place.end;
    }
    require(index == event.root->count && at <= size);
    require(is_between(pen_str_slice(input.body, at, size)));
    require(pen_event_decode(&input, NULL, arena, &again, NULL) == PEN_OK);
    require(again.leaf_count == event.leaf_count && pen_str_equal(again.text, event.text));
    return 0;
}
