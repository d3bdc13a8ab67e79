/**
 * The reader of GraphQL documents: definitions, selections and values each are a loop with the open
 * nodes as a chain of parents, as in the JSON reader.
 *
 * No recursion, so depth costs no stack.
 */
#include "filters/core/graphql.h"

#include "filters/core/graphql_reader.h"
#include "filters/core/utf8.h"

#define DEFAULT_DEPTH  128
#define DEFAULT_NODES  1000000
#define DEFAULT_NUMBER 1024

/* Selections. */

/* "on Type" */
static enum pen_status read_condition(struct pen_graphql_reader *r)
{
    struct pen_graphql_token type;
    pen_graphql_take(r);
    PEN_TRY(pen_graphql_take_name(r, &type));
    return pen_graphql_about(r, PEN_S("on:"), type.text, type.place);
}

/* What follows "...": opened, and whether a selection set has to follow. */
static enum pen_status open_spread(struct pen_graphql_reader *r, bool *has_set)
{
    const struct pen_place place = r->token.place;
    pen_graphql_take(r);
    *has_set = r->token.kind != PEN_GRAPHQL_NAME || pen_graphql_at_name(r, PEN_S("on"));
    if (*has_set) {
        PEN_TRY(pen_graphql_open_new(r, PEN_S("..."), place));
        if (r->token.kind == PEN_GRAPHQL_NAME) PEN_TRY(read_condition(r));
    } else {
        struct pen_graphql_token name;
        struct pen_str with_marks;
        PEN_TRY(pen_graphql_take_name(r, &name));
        PEN_TRY(pen_graphql_marked(r, "...", name.text, "", &with_marks));
        PEN_TRY(pen_graphql_open_new(r, with_marks, name.place));
        r->tree.open->place.start = place.start;
    }
    PEN_TRY(pen_graphql_directives(r, false));
    return *has_set && !pen_graphql_at_mark(r, '{') ? pen_graphql_unexpected(r) : PEN_OK;
}

static enum pen_status open_field(struct pen_graphql_reader *r, bool *has_set)
{
    struct pen_graphql_token first;
    struct pen_graphql_token name;
    PEN_TRY(pen_graphql_take_name(r, &first));
    name = first;
    const bool has_alias = pen_graphql_at_mark(r, ':');
    if (has_alias) {
        pen_graphql_take(r);
        PEN_TRY(pen_graphql_take_name(r, &name));
    }
    PEN_TRY(pen_graphql_open_new(r, name.text, name.place));
    r->tree.open->place.start = first.place.start;
    if (has_alias) PEN_TRY(pen_graphql_about(r, PEN_S("alias:"), first.text, first.place));
    PEN_TRY(pen_graphql_arguments(r, false));
    PEN_TRY(pen_graphql_directives(r, false));
    *has_set = pen_graphql_at_mark(r, '{');
    return PEN_OK;
}

/* The selection set of the open node, which stays open. */
static enum pen_status read_selections(struct pen_graphql_reader *r)
{
    const struct pen_json *const base = r->tree.open;
    PEN_TRY(pen_graphql_take_mark(r, '{'));
    for (;;) {
        bool has_set = false;
        PEN_TRY(r->token.kind == PEN_GRAPHQL_SPREAD ? open_spread(r, &has_set)
                                                    : open_field(r, &has_set));
        if (has_set) {
            pen_graphql_take(r);
            continue;
        }
        pen_graphql_close(r);
        while (pen_graphql_at_mark(r, '}')) {
            pen_graphql_take(r);
            if (r->tree.open == base) return PEN_OK;
            pen_graphql_close(r);
        }
    }
}

/* Definitions. */

/* "[[Name!]!]": the name counts. */
static enum pen_status read_type(struct pen_graphql_reader *r)
{
    uint32_t lists = 0;
    while (pen_graphql_at_mark(r, '[')) {
        if (++lists > r->limits.depth) return pen_graphql_fail(r, PEN_ERR_LIMIT, "graphql.depth");
        pen_graphql_take(r);
    }
    struct pen_graphql_token name;
    PEN_TRY(pen_graphql_take_name(r, &name));
    PEN_TRY(pen_graphql_about(r, PEN_S("type:"), name.text, name.place));
    if (pen_graphql_at_mark(r, '!')) pen_graphql_take(r);
    for (; lists > 0; lists--) {
        PEN_TRY(pen_graphql_take_mark(r, ']'));
        if (pen_graphql_at_mark(r, '!')) pen_graphql_take(r);
    }
    return PEN_OK;
}

/* `place` begins where what is described does, with or without a description. */
static enum pen_status read_description(struct pen_graphql_reader *r, struct pen_str *text,
                                        struct pen_place *place)
{
    *place = r->token.place;
    return pen_graphql_at_string(r) ? pen_graphql_take_string(r, text) : PEN_OK;
}

static enum pen_status add_description(struct pen_graphql_reader *r, struct pen_str text,
                                       struct pen_place place)
{
    return text.len == 0 ? PEN_OK : pen_graphql_about(r, PEN_S("description:"), text, place);
}

static enum pen_status read_variable(struct pen_graphql_reader *r)
{
    struct pen_str description = {NULL, 0};
    struct pen_place place;
    struct pen_graphql_token name;
    struct pen_str with_marks;
    PEN_TRY(read_description(r, &description, &place));
    PEN_TRY(pen_graphql_take_mark(r, '$'));
    PEN_TRY(pen_graphql_take_name(r, &name));
    PEN_TRY(pen_graphql_take_mark(r, ':'));
    PEN_TRY(pen_graphql_marked(r, "$", name.text, "", &with_marks));
    PEN_TRY(pen_graphql_open_new(r, with_marks, name.place));
    r->tree.open->place.start = place.start;
    PEN_TRY(add_description(r, description, place));
    PEN_TRY(read_type(r));
    if (pen_graphql_at_mark(r, '=')) {
        pen_graphql_take(r);
        PEN_TRY(pen_graphql_value(r, PEN_S("default:"), r->token.place, true));
    }
    PEN_TRY(pen_graphql_directives(r, true));
    pen_graphql_close(r);
    return PEN_OK;
}

static enum pen_status read_variables(struct pen_graphql_reader *r)
{
    if (!pen_graphql_at_mark(r, '(')) return PEN_OK;
    pen_graphql_take(r);
    do {
        PEN_TRY(read_variable(r));
    } while (!pen_graphql_at_mark(r, ')'));
    PEN_TRY(pen_graphql_check_names(r));
    pen_graphql_take(r);
    return PEN_OK;
}

static enum pen_status open_operation(struct pen_graphql_reader *r, struct pen_str description,
                                      struct pen_place place)
{
    const struct pen_graphql_token word = r->token;
    PEN_TRY(pen_graphql_open_new(r, word.text, word.place));
    r->tree.open->place.start = place.start;
    pen_graphql_take(r);
    PEN_TRY(add_description(r, description, place));
    if (r->token.kind == PEN_GRAPHQL_NAME) {
        PEN_TRY(pen_graphql_about(r, PEN_S("name:"), r->token.text, r->token.place));
        pen_graphql_take(r);
    }
    PEN_TRY(read_variables(r));
    return pen_graphql_directives(r, false);
}

static enum pen_status open_fragment(struct pen_graphql_reader *r, struct pen_str description,
                                     struct pen_place place)
{
    struct pen_graphql_token name;
    struct pen_str with_marks;
    pen_graphql_take(r);
    if (pen_graphql_at_name(r, PEN_S("on"))) return pen_graphql_unexpected(r);
    PEN_TRY(pen_graphql_take_name(r, &name));
    PEN_TRY(pen_graphql_marked(r, "...", name.text, "", &with_marks));
    PEN_TRY(pen_graphql_open_new(r, with_marks, name.place));
    r->tree.open->place.start = place.start;
    PEN_TRY(add_description(r, description, place));
    if (!pen_graphql_at_name(r, PEN_S("on"))) return pen_graphql_unexpected(r);
    PEN_TRY(read_condition(r));
    return pen_graphql_directives(r, false);
}

static enum pen_status read_definition(struct pen_graphql_reader *r)
{
    struct pen_str description = {NULL, 0};
    struct pen_place place;
    const bool described = pen_graphql_at_string(r);
    PEN_TRY(read_description(r, &description, &place));
    if (pen_graphql_at_mark(r, '{') && !described) {
        PEN_TRY(pen_graphql_open_new(r, PEN_S("query"), r->token.place));
    } else if (pen_graphql_at_name(r, PEN_S("query")) || pen_graphql_at_name(r, PEN_S("mutation"))
               || pen_graphql_at_name(r, PEN_S("subscription"))) {
        PEN_TRY(open_operation(r, description, place));
    } else if (pen_graphql_at_name(r, PEN_S("fragment"))) {
        PEN_TRY(open_fragment(r, description, place));
    } else {
        return pen_graphql_unexpected(r);
    }
    PEN_TRY(read_selections(r));
    pen_graphql_close(r);
    return PEN_OK;
}

static enum pen_status read_document(struct pen_graphql_reader *r, struct pen_str source,
                                     struct pen_graphql *out)
{
    struct pen_json *root = NULL;
    if (source.len > UINT32_MAX) { /* pen_place */
        return pen_graphql_fail(r, PEN_ERR_LIMIT, "graphql.nodes");
    }
    const size_t valid = pen_utf8_valid_prefix(source);
    if (valid < source.len) {
        r->token.place.start = (uint32_t)valid;
        return pen_graphql_fail(r, PEN_ERR_SYNTAX, "graphql.utf8");
    }
    PEN_TRY(pen_graphql_node(r, (struct pen_str){NULL, 0}, &root));
    root->place = pen_place_of(0, source.len);
    PEN_TRY(pen_graphql_open_node(r, root, PEN_JSON_OBJECT));
    pen_graphql_take(r);
    do {
        PEN_TRY(read_definition(r));
    } while (r->token.kind != PEN_GRAPHQL_END);
    *out = (struct pen_graphql){.root = root, .twice = r->twice};
    return PEN_OK;
}

enum pen_status pen_graphql_read(struct pen_str source, const struct pen_json_limits *limits,
                                 struct pen_arena *arena, struct pen_graphql *out,
                                 struct pen_json_error *error)
{
    const char *const begin = source.len > 0 ? source.ptr : "";
    struct pen_graphql_reader reader = {.lexer = {begin, begin, begin + source.len},
                                        .tree = {.arena = arena}};
    if (limits != NULL) reader.limits = *limits;
    if (reader.limits.depth == 0) reader.limits.depth = DEFAULT_DEPTH;
    reader.tree.most = reader.limits.nodes == 0 ? DEFAULT_NODES : reader.limits.nodes;
    if (reader.limits.number_bytes == 0) reader.limits.number_bytes = DEFAULT_NUMBER;

    const enum pen_status status = read_document(&reader, source, out);
    if (status != PEN_OK && error != NULL) {
        *error = (struct pen_json_error){.code = reader.code, .offset = reader.offset};
    }
    return status;
}
