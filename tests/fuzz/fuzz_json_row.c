/**
 * Documents in a row: what is read ends in the text, is the same when the text ends there, and is a
 * whole document where the strict reader finds one; nothing that follows changes what was read.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "filters/core/json_row.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct pen_json_limits limits;

static void require(bool condition)
{
    if (!condition) abort();
}

static bool is_container(const struct pen_json *value)
{
    return value->type == PEN_JSON_ARRAY || value->type == PEN_JSON_OBJECT;
}

/* Whatever is the whole text is the whole row. */
static void check_whole(struct pen_str text, struct pen_arena *arena)
{
    const struct pen_json *whole = NULL;
    if (pen_json_read(text, NULL, arena, &whole, NULL) != PEN_OK || !is_container(whole)) return;

    const struct pen_json *row = NULL;
    size_t end = 0;
    struct pen_json_error error = {0};
    require(pen_json_read_row(text, &limits, arena, &row, &end, &error) == PEN_OK);
    require(end == whole->place.end && row->type == whole->type && row->count == whole->count);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct pen_str text = {(const char *)data, size};
    struct pen_arena *arena = NULL;
    require(pen_arena_create((size_t)256 << 20, 4096, &arena) == PEN_OK);
    check_whole(text, arena);

    const struct pen_json *row = NULL;
    size_t end = 0;
    struct pen_json_error error = {0};
    if (pen_json_read_row(text, &limits, arena, &row, &end, &error) == PEN_OK) {
        const struct pen_json *again = NULL;
        size_t same = 0;
        require(end > 1 && end <= size && is_container(row));
        require(
            pen_json_read_row(pen_str_slice(text, 0, end), &limits, arena, &again, &same, &error)
            == PEN_OK);
        require(same == end && again->type == row->type && again->count == row->count);
    } else {
        require(error.code != NULL && error.offset <= size);
    }
    pen_arena_destroy(arena);
    return 0;
}
