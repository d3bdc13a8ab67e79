/**
 * The XML reader: what it accepts has places inside its source and inside its parent, valid UTF-8,
 * the marks of its kind in its names, and reads the same a second time; an element that needs no
 * prefix from outside reads alone.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "filters/core/body/xml.h"
#include "filters/core/utf8.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool condition)
{
    if (!condition) abort();
}

static void check_name(const struct pen_json *node, const struct pen_json *root)
{
    if (node == root) {
        require(node->name.len == 0 && node->type == PEN_JSON_OBJECT);
        return;
    }
    require(node->name.len > 0 && pen_utf8_valid(node->name));
    const char mark = node->name.ptr[0];
    const bool marked = mark == '@' || mark == '#' || mark == '?';
    require(node->type == (marked ? PEN_JSON_STRING : PEN_JSON_OBJECT));
}

static void check_place(const struct pen_json *node, struct pen_str source)
{
    require(node->place.start < node->place.end && node->place.end <= source.len);
    require(pen_utf8_valid(node->text) && pen_str_find(node->text, '\0', 0) == node->text.len);
    const struct pen_json *const parent = node->parent;
    if (parent == NULL) return;
    require(parent->place.start <= node->place.start && node->place.end <= parent->place.end);
    require(node->name_place.start <= node->name_place.end && node->name_place.end <= source.len);
    if (node->type != PEN_JSON_OBJECT) return;
    const struct pen_str name = pen_str_slice(source, node->name_place.start, node->name_place.end);
    require(pen_str_equal(name, node->name));
    require(source.ptr[node->place.start] == '<' && source.ptr[node->place.end - 1] == '>');
}

/* Decoding only shortens, so no text is longer than where it came from. */
static void check_length(const struct pen_json *node)
{
    require(node->text.len <= node->place.end - node->place.start);
}

static const struct pen_json *after(const struct pen_json *node, const struct pen_json *root)
{
    if (node->first != NULL) return node->first;
    while (node != root && node->next == NULL) {
        node = node->parent;
    }
    return node == root ? NULL : node->next;
}

static void check_same(const struct pen_json *a, const struct pen_json *root, struct pen_str source,
                       struct pen_arena *arena)
{
    const struct pen_json *again = NULL;
    require(pen_xml_read(source, NULL, arena, &again, NULL) == PEN_OK);
    const struct pen_json *b = again;
    while (a != NULL && b != NULL) {
        require(a->type == b->type && a->count == b->count && a->index == b->index);
        require(pen_str_equal(a->name, b->name) && pen_str_equal(a->text, b->text));
        a = after(a, root);
        b = after(b, again);
    }
    require(a == NULL && b == NULL);
}

static void check_alone(const struct pen_json *element, struct pen_str source,
                        struct pen_arena *arena)
{
    const struct pen_json *alone = NULL;
    struct pen_json_error error = {0};
    const struct pen_str slice = pen_str_slice(source, element->place.start, element->place.end);
    if (pen_xml_read(slice, NULL, arena, &alone, &error) != PEN_OK) {
        require(strcmp(error.code, "xml.prefix") == 0);
        return;
    }
    require(alone->first->count == element->count && alone->first->next == NULL);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct pen_str source = {(const char *)data, size};
    const struct pen_json *root = NULL;
    struct pen_json_error error = {0};
    struct pen_arena *arena = NULL;
    require(pen_arena_create((size_t)64 << 20, 4096, &arena) == PEN_OK);
    (void)pen_xml_looks_like(source);
    if (pen_xml_read(source, NULL, arena, &root, &error) != PEN_OK) {
        require(error.code != NULL && error.offset <= size && root == NULL);
        pen_arena_destroy(arena);
        return 0;
    }
    size_t looked_at = 0;
    for (const struct pen_json *node = root; node != NULL; node = after(node, root)) {
        check_name(node, root);
        check_place(node, source);
        check_length(node);
        char memory[4096];
        struct pen_buf path = pen_buf_over(memory, sizeof(memory));
        /* A few: counting all siblings of every node would be quadratic. */
        if (looked_at++ < 32) {
            pen_xml_path(node, &path);
            if (node != root && node->type == PEN_JSON_OBJECT) check_alone(node, source, arena);
        }
    }
    check_same(root, root, source, arena);
    pen_arena_destroy(arena);
    return 0;
}
