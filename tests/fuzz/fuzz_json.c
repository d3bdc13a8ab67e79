/**
 * The JSON reader: what it accepts has places inside its source and inside its parent, valid UTF-8,
 * finite numbers, and reads the same a second time; any value's own bytes read alone; without what
 * holds no text it is the same as far as it goes.
 */
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "filters/core/json.h"
#include "filters/core/utf8.h"
#include "tests/support/sparse_tree.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool condition)
{
    if (!condition) abort();
}

static void check_places(const struct pen_json *node, struct pen_str source)
{
    require(node->place.start < node->place.end && node->place.end <= source.len);
    require(pen_utf8_valid(node->text) && pen_utf8_valid(node->name));
    const struct pen_json *const parent = node->parent;
    if (parent == NULL) return;
    require(parent->place.start < node->place.start && node->place.end < parent->place.end);
    if (parent->type != PEN_JSON_OBJECT) return;
    require(node->name_place.start > parent->place.start);
    require(node->name_place.end < node->place.start);
}

static void check_sparse(const struct pen_json *root, struct pen_str source,
                         struct pen_arena *arena)
{
    const struct pen_json *sparse = NULL;
    struct pen_json_left_out left_out;
    require(pen_json_read_sparse(source, NULL, arena, &sparse, &left_out, NULL) == PEN_OK);
    require(pen_tree_is_sparse_of(sparse, root));
}

static void check_again(const struct pen_json *node, struct pen_str source, struct pen_arena *arena)
{
    const struct pen_json *alone = NULL;
    const struct pen_str slice = pen_str_slice(source, node->place.start, node->place.end);
    require(pen_json_read(slice, NULL, arena, &alone, NULL) == PEN_OK);
    require(alone->type == node->type && alone->count == node->count);
    require(pen_str_equal(alone->text, node->text));
}

static void check_pointer(const struct pen_json *node, const struct pen_json *root)
{
    static char memory[1 << 16];
    struct pen_buf pointer = pen_buf_over(memory, sizeof(memory));
    pen_json_pointer(node, &pointer);
    if (!pointer.full) require(pen_json_resolve(root, pen_buf_str(&pointer)) == node);
}

/* What the C library makes of the number at `p`; `end` bounds it. */
static double to_double(const char *p, const char *end)
{
    char number[1100];
    size_t length = 0;
    while (p + length < end && length < sizeof(number) - 1
           && (pen_is_digit(p[length]) || memchr("+-.eE", p[length], 5) != NULL)) {
        number[length] = p[length];
        length++;
    }
    number[length] = '\0';
    return strtod(number, NULL);
}

/* Refused as out of range is what the C library, too, calls infinite, and nothing else is. */
static void check_range(const struct pen_json *number)
{
    require(isfinite(to_double(number->text.ptr, number->text.ptr + number->text.len)) != 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct pen_str source = {(const char *)data, size};
    const struct pen_json *root = NULL;
    struct pen_json_error error = {0};
    struct pen_arena *arena = NULL;
    require(pen_arena_create((size_t)64 << 20, 4096, &arena) == PEN_OK);
    if (pen_json_read(source, NULL, arena, &root, &error) != PEN_OK) {
        require(error.code != NULL && error.offset <= size);
        if (strcmp(error.code, "json.number_range") == 0) {
            require(isinf(to_double(source.ptr + error.offset, source.ptr + size)) != 0);
        }
        pen_arena_destroy(arena);
        return 0;
    }
    check_sparse(root, source, arena);
    size_t looked_at = 0;
    for (const struct pen_json *node = root; node != NULL;) {
        check_places(node, source);
        /* The whole of a few: every value's whole would be quadratic. */
        if (looked_at++ < 32) {
            check_again(node, source, arena);
            check_pointer(node, root);
        }
        if (node->type == PEN_JSON_NUMBER) check_range(node);
        int64_t seconds = 0;
        if (node->type == PEN_JSON_NUMBER && pen_json_to_seconds(node, &seconds) == PEN_OK) {
            require(seconds < ((int64_t)1 << 53) && seconds > -((int64_t)1 << 53));
        }
        if (node->first != NULL) {
            node = node->first;
            continue;
        }
        while (node->parent != NULL && node->next == NULL) {
            node = node->parent;
        }
        node = node->next;
    }
    pen_arena_destroy(arena);
    return 0;
}
