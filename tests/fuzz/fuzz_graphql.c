/**
 * The GraphQL reader: what it accepts has places inside its source, valid UTF-8, names of its
 * grammar, bounded depth, and reads the same a second time; what it opens as a body has every leaf
 * that the tree has.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "filters/core/graphql_leaves.h"
#include "filters/core/utf8.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool condition)
{
    if (!condition) abort();
}

static bool is_name(struct pen_str text)
{
    for (size_t i = 0; i < text.len; i++) {
        const char c = text.ptr[i];
        if (!pen_is_alpha(c) && c != '_' && (i == 0 || !pen_is_digit(c))) return false;
    }
    return text.len > 0;
}

static void check_node(const struct pen_json *node, const struct pen_json *again,
                       struct pen_str source)
{
    require(node->place.start <= node->place.end && node->place.end <= source.len);
    require(node->name_place.start <= node->name_place.end && node->name_place.end <= source.len);
    require(pen_utf8_valid(node->text) && pen_utf8_valid(node->name));
    require(node->type == again->type && node->count == again->count);
    require(pen_str_equal(node->name, again->name) && pen_str_equal(node->text, again->text));
    require(node->type == PEN_JSON_OBJECT || node->type == PEN_JSON_ARRAY || node->count == 0);
    if (node->parent == NULL) return;

    require(node->parent->place.start <= node->place.start);
    require(node->place.end <= node->parent->place.end);
    const enum pen_graphql_part part = pen_graphql_part_of(node);
    const bool nameless = part == PEN_GRAPHQL_ABOUT || part == PEN_GRAPHQL_INLINE
                          || node->parent->type == PEN_JSON_ARRAY;
    require(is_name(pen_graphql_bare_name(node)) != nameless);
    if (part == PEN_GRAPHQL_FIELD) {
        const struct pen_str slice =
            pen_str_slice(source, node->name_place.start, node->name_place.end);
        require(pen_str_equal(slice, node->name));
    }
}

static const struct pen_json *after(const struct pen_json *node)
{
    if (node->first != NULL) return node->first;
    while (node->parent != NULL && node->next == NULL) {
        node = node->parent;
    }
    return node->next;
}

static void check_event(struct pen_str source, size_t strings, struct pen_arena *arena)
{
    const struct pen_event_input input = {.body = source, .body_kind = PEN_BODY_GRAPHQL};
    struct pen_event event;
    if (pen_event_decode(&input, NULL, arena, &event, NULL) != PEN_OK) return; /* its limits */

    require(event.graphql != NULL && event.graphql->holder->text.len == source.len);
    size_t found = 0;
    for (uint32_t i = 0; i < event.leaf_count; i++) {
        const struct pen_leaf *const leaf = pen_event_leaf(&event, i);
        found += leaf->from == NULL && !leaf->is_name && leaf->node != event.graphql->graphql.root;
    }
    require(found == strings);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct pen_str source = {(const char *)data, size};
    struct pen_graphql graphql = {0};
    struct pen_graphql again = {0};
    struct pen_json_error error = {0};
    struct pen_arena *arena = NULL;
    require(pen_arena_create((size_t)256 << 20, 4096, &arena) == PEN_OK);
    const enum pen_status status = pen_graphql_read(source, NULL, arena, &graphql, &error);
    if (status != PEN_OK) {
        require(error.code != NULL && error.offset <= size);
        pen_arena_destroy(arena);
        return 0;
    }
    require(pen_graphql_begins(source));
    require(pen_graphql_read(source, NULL, arena, &again, NULL) == PEN_OK);
    size_t strings = 0;
    const struct pen_json *twin = again.root;
    for (const struct pen_json *node = graphql.root; node != NULL; node = after(node)) {
        require(twin != NULL);
        check_node(node, twin, source);
        strings += node->type == PEN_JSON_STRING && node->text.len > 0;
        twin = after(twin);
    }
    require(twin == NULL && (graphql.twice == NULL) == (again.twice == NULL));
    check_event(source, strings, arena);
    pen_arena_destroy(arena);
    return 0;
}
