/**
 * multipart/form-data: the same answer twice, leaves where they say, texts that are UTF-8, and
 * parts that a reader who splits the body at "--boundary" alone would come to as well.
 *
 * The first byte is the boundary's length, then come the boundary and the body.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "filters/core/body/body.h"
#include "filters/core/utf8.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct pen_arena *arena;

static void require(bool condition)
{
    if (!condition) abort();
}

static enum pen_status read_body(const struct pen_event_input *input, struct pen_event *event,
                                 struct pen_json_error *error)
{
    pen_arena_reset(arena);
    *error = (struct pen_json_error){.code = NULL};
    const enum pen_status status = pen_event_decode(input, NULL, arena, event, error);
    require(status == PEN_OK || error->code != NULL);
    require(error->offset <= input->body.len);
    return status;
}

static size_t count(struct pen_str text, struct pen_str needle)
{
    size_t found = 0;
    for (size_t at = pen_str_find_str(text, needle); at < text.len; found++) {
        const size_t next = at + needle.len;
        const struct pen_str rest = pen_str_slice(text, next, text.len);
        at = next + pen_str_find_str(rest, needle);
    }
    return found;
}

static void check_leaves(const struct pen_event_input *input, const struct pen_event *event)
{
    char memory[2 + 70];
    struct pen_buf delimiter = pen_buf_over(memory, sizeof(memory));
    pen_buf_put(&delimiter, PEN_S("--"));
    pen_buf_put(&delimiter, input->boundary);
    size_t names = 0;
    for (uint32_t i = 0; i < event->leaf_count; i++) {
        const struct pen_leaf *const leaf = pen_event_leaf(event, i);
        char path_memory[512];
        struct pen_buf path = pen_buf_over(path_memory, sizeof(path_memory));
        pen_leaf_path(leaf, &path);
        if (leaf->from != NULL) continue;
        require(leaf->origin == PEN_ORIGIN_MULTIPART && leaf->name.len > 0);
        require(pen_utf8_valid(leaf->text));
        require(pen_str_equal(pen_str_slice(input->body, leaf->place.start, leaf->place.end),
                              leaf->text));
        require(count(leaf->text, pen_buf_str(&delimiter)) == 0);
        if (leaf->is_name) names++;
    }
    /* Each part has a name and ends at a delimiter; one more ends the body. */
    require(count(input->body, pen_buf_str(&delimiter)) == names + 1);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (arena == NULL) require(pen_arena_create((size_t)64 << 20, 65536, &arena) == PEN_OK);
    if (size == 0) return 0;

    const struct pen_str text = {(const char *)data + 1, size - 1};
    struct pen_event_input input = {
        .body_kind = PEN_BODY_MULTIPART,
        .boundary = pen_str_slice(text, 0, data[0]),
        .body = pen_str_slice(text, data[0], text.len),
    };
    struct pen_event event;
    struct pen_json_error first = {0};
    struct pen_json_error second = {0};
    const enum pen_status status = read_body(&input, &event, &first);
    require(read_body(&input, &event, &second) == status && second.offset == first.offset);
    require(status == PEN_OK || strcmp(first.code, second.code) == 0);
    if (status == PEN_OK) check_leaves(&input, &event);
    return 0;
}
