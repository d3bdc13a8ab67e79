/**
 * The reader of GraphQL documents: definitions, selections and values each are a loop with the open
 * nodes as a chain of parents, as in the JSON reader.
 *
 * No recursion, so depth costs no stack.
 */
#include "filters/core/graphql.h"

#include <string.h>

#include "filters/core/graphql_lexer.h"
#include "filters/core/json_names.h"
#include "filters/core/utf8.h"

#define DEFAULT_DEPTH  128
#define DEFAULT_NODES  1000000
#define DEFAULT_NUMBER 1024
#define NODE_BLOCK     16 /* nodes taken from the arena at a time: about 2 KiB */

struct reader {
    struct pen_graphql_lexer lexer;
    struct pen_graphql_token token; /* the next one, not yet taken */
    uint32_t taken;                 /* where the last one that was taken ended */
    struct pen_arena *arena;
    struct pen_json_limits limits;
    struct pen_json *block;
    size_t block_left;
    uint32_t nodes;
    uint32_t depth;
    struct pen_json *open; /* innermost open node */
    struct pen_json *last; /* its last child so far */
    const struct pen_json *twice;
    const char *code; /* of the error */
    size_t offset;
};

static enum pen_status fail(struct reader *r, enum pen_status status, const char *code)
{
    r->code = code;
    r->offset = r->token.place.start;
    return status;
}

static enum pen_status unexpected(struct reader *r)
{
    return fail(r, PEN_ERR_SYNTAX, "graphql.syntax");
}

static enum pen_status out_of_memory(struct reader *r)
{
    return fail(r, PEN_ERR_NOMEM, "graphql.memory");
}

/* Tokens. */

static void take(struct reader *r)
{
    r->taken = r->token.place.end;
    r->token = pen_graphql_next(&r->lexer);
}

static bool at_mark(const struct reader *r, char mark)
{
    return r->token.mark == mark;
}

static bool at_name(const struct reader *r, struct pen_str name)
{
    return r->token.kind == PEN_GRAPHQL_NAME && pen_str_equal(r->token.text, name);
}

static bool at_string(const struct reader *r)
{
    return r->token.kind == PEN_GRAPHQL_STRING || r->token.kind == PEN_GRAPHQL_BLOCK;
}

static enum pen_status take_mark(struct reader *r, char mark)
{
    if (!at_mark(r, mark)) return unexpected(r);
    take(r);
    return PEN_OK;
}

static enum pen_status take_name(struct reader *r, struct pen_graphql_token *out)
{
    if (r->token.kind != PEN_GRAPHQL_NAME) return unexpected(r);
    *out = r->token;
    take(r);
    return PEN_OK;
}

/* Nodes. */

/* A child of the open node; its place begins at the next token. */
static enum pen_status new_node(struct reader *r, struct pen_str name, struct pen_json **out)
{
    if (r->nodes == r->limits.nodes) return fail(r, PEN_ERR_LIMIT, "graphql.nodes");
    if (r->block_left == 0) {
        r->block = pen_arena_alloc(r->arena, NODE_BLOCK * sizeof(*r->block));
        if (r->block == NULL) return out_of_memory(r);
        r->block_left = NODE_BLOCK;
    }
    struct pen_json *const node = r->block++;
    r->block_left--;
    r->nodes++;
    *node = (struct pen_json){
        .name = name,
        .place = {r->token.place.start, r->token.place.end},
        .parent = r->open,
    };
    if (r->open != NULL) {
        node->index = r->open->count++;
        if (r->last == NULL) {
            r->open->first = node;
        } else {
            r->last->next = node;
        }
    }
    r->last = node;
    *out = node;
    return PEN_OK;
}

static enum pen_status open_node(struct reader *r, struct pen_json *node, enum pen_json_type type)
{
    if (r->depth == r->limits.depth) return fail(r, PEN_ERR_LIMIT, "graphql.depth");
    r->depth++;
    node->type = type;
    r->open = node;
    r->last = NULL;
    return PEN_OK;
}

static void close_node(struct reader *r)
{
    struct pen_json *const node = r->open;
    node->place.end = r->taken;
    r->depth--;
    r->last = node;
    r->open =
        (struct pen_json *)(uintptr_t)node->parent; /* const only for those who read the tree */
}

static enum pen_status open_new(struct reader *r, struct pen_str name, struct pen_place name_place)
{
    struct pen_json *node = NULL;
    PEN_TRY(new_node(r, name, &node));
    node->place.start = name_place.start;
    node->name_place = name_place;
    return open_node(r, node, PEN_JSON_OBJECT);
}

/* `name` with marks around it. */
static enum pen_status marked(struct reader *r, const char *before, struct pen_str name,
                              const char *after, struct pen_str *out)
{
    const struct pen_str head = pen_str_from_c(before);
    const struct pen_str tail = pen_str_from_c(after);
    const size_t room = head.len + name.len + tail.len; /* names lie in the source: no overflow */
    char *const memory = pen_arena_bytes(r->arena, room);
    if (memory == NULL) return out_of_memory(r);

    struct pen_buf buf = pen_buf_over(memory, room);
    pen_buf_put(&buf, head);
    pen_buf_put(&buf, name);
    pen_buf_put(&buf, tail);
    *out = pen_buf_str(&buf);
    return PEN_OK;
}

/* More about the open node: a child "alias:" or the like that is the name or string given. */
static enum pen_status add_about(struct reader *r, struct pen_str what, struct pen_str text,
                                 struct pen_place place)
{
    struct pen_json *node = NULL;
    PEN_TRY(new_node(r, what, &node));
    node->type = PEN_JSON_STRING;
    node->text = text;
    node->place = place;
    node->name_place = place;
    return PEN_OK;
}

/* No two children of the open node may have one name; the first such pair is kept. */
static enum pen_status check_names(struct reader *r)
{
    if (r->twice != NULL) return PEN_OK;
    return pen_json_names_unique(r->open, r->arena, &r->twice) == PEN_OK ? PEN_OK
                                                                         : out_of_memory(r);
}

/* Values. */

static enum pen_status take_string(struct reader *r, struct pen_str *out)
{
    size_t wrong = 0;
    const enum pen_status status = r->token.kind == PEN_GRAPHQL_BLOCK
                                       ? pen_graphql_block(r->token.text, r->arena, out)
                                       : pen_graphql_string(r->token.text, r->arena, out, &wrong);
    if (status == PEN_ERR_NOMEM) return out_of_memory(r);
    if (status != PEN_OK) {
        (void)unexpected(r);
        r->offset += 1 + wrong; /* behind the quote */
        return status;
    }
    if (r->limits.string_bytes > 0 && out->len > r->limits.string_bytes) {
        return fail(r, PEN_ERR_LIMIT, "graphql.string");
    }
    take(r);
    return PEN_OK;
}

static enum pen_status take_word(struct reader *r, struct pen_json *node)
{
    node->type = PEN_JSON_STRING; /* of an enum, unless it is one of these */
    if (at_name(r, PEN_S("true"))) node->type = PEN_JSON_TRUE;
    if (at_name(r, PEN_S("false"))) node->type = PEN_JSON_FALSE;
    if (at_name(r, PEN_S("null"))) node->type = PEN_JSON_NULL;
    if (node->type == PEN_JSON_STRING) node->text = r->token.text;
    take(r);
    return PEN_OK;
}

static enum pen_status take_variable(struct reader *r, struct pen_json *node)
{
    struct pen_graphql_token name;
    take(r);
    PEN_TRY(take_name(r, &name));
    node->type = PEN_JSON_NULL;
    node->text = name.text;
    node->place.end = name.place.end;
    return PEN_OK;
}

/* A value; lists and objects are only opened. */
static enum pen_status read_value(struct reader *r, struct pen_json *node, bool constant)
{
    node->place = r->token.place;
    switch (r->token.kind) {
    case PEN_GRAPHQL_STRING:
    case PEN_GRAPHQL_BLOCK:
        node->type = PEN_JSON_STRING;
        return take_string(r, &node->text);
    case PEN_GRAPHQL_NUMBER:
        node->type = PEN_JSON_NUMBER;
        node->text = r->token.text;
        if (node->text.len > r->limits.number_bytes) {
            return fail(r, PEN_ERR_LIMIT, "graphql.number");
        }
        take(r);
        return PEN_OK;
    case PEN_GRAPHQL_NAME:
        return take_word(r, node);
    case PEN_GRAPHQL_MARK:
        if (at_mark(r, '$') && !constant) return take_variable(r, node);
        if (!at_mark(r, '[') && !at_mark(r, '{')) return unexpected(r);
        PEN_TRY(open_node(r, node, at_mark(r, '[') ? PEN_JSON_ARRAY : PEN_JSON_OBJECT));
        take(r);
        return PEN_OK;
    case PEN_GRAPHQL_END:
    case PEN_GRAPHQL_SPREAD:
    case PEN_GRAPHQL_WRONG:
        break;
    }
    return unexpected(r);
}

/* After a value: closings until the next one begins, or all that was opened since is closed. */
static enum pen_status next_value(struct reader *r, const struct pen_json *base,
                                  struct pen_json **out)
{
    *out = NULL;
    while (r->open != base) {
        const bool list = r->open->type == PEN_JSON_ARRAY;
        if (at_mark(r, list ? ']' : '}')) {
            if (!list) PEN_TRY(check_names(r));
            take(r);
            close_node(r);
            continue;
        }
        if (list) return new_node(r, (struct pen_str){NULL, 0}, out);

        struct pen_graphql_token name;
        PEN_TRY(take_name(r, &name));
        PEN_TRY(take_mark(r, ':'));
        PEN_TRY(new_node(r, name.text, out));
        (*out)->name_place = name.place;
        return PEN_OK;
    }
    return PEN_OK;
}

/* A whole value as a child of the open node. */
static enum pen_status add_value(struct reader *r, struct pen_str name, struct pen_place name_place,
                                 bool constant)
{
    const struct pen_json *const base = r->open;
    struct pen_json *node = NULL;
    PEN_TRY(new_node(r, name, &node));
    node->name_place = name_place;
    while (node != NULL) {
        PEN_TRY(read_value(r, node, constant));
        PEN_TRY(next_value(r, base, &node));
    }
    return PEN_OK;
}

/* "(name: value ...)", when it is there. */
static enum pen_status read_arguments(struct reader *r, bool constant)
{
    if (!at_mark(r, '(')) return PEN_OK;
    take(r);
    do {
        struct pen_graphql_token name;
        struct pen_str with_marks;
        PEN_TRY(take_name(r, &name));
        PEN_TRY(take_mark(r, ':'));
        PEN_TRY(marked(r, "(", name.text, ")", &with_marks));
        PEN_TRY(add_value(r, with_marks, name.place, constant));
    } while (!at_mark(r, ')'));
    PEN_TRY(check_names(r));
    take(r);
    return PEN_OK;
}

static enum pen_status read_directives(struct reader *r, bool constant)
{
    while (at_mark(r, '@')) {
        struct pen_graphql_token name;
        struct pen_str with_marks;
        take(r);
        PEN_TRY(take_name(r, &name));
        PEN_TRY(marked(r, "@", name.text, "", &with_marks));
        PEN_TRY(open_new(r, with_marks, name.place));
        PEN_TRY(read_arguments(r, constant));
        close_node(r);
    }
    return PEN_OK;
}

/* Selections. */

/* "on Type" */
static enum pen_status read_condition(struct reader *r)
{
    struct pen_graphql_token type;
    take(r);
    PEN_TRY(take_name(r, &type));
    return add_about(r, PEN_S("on:"), type.text, type.place);
}

/* What follows "...": opened, and whether a selection set has to follow. */
static enum pen_status open_spread(struct reader *r, bool *has_set)
{
    const struct pen_place place = r->token.place;
    take(r);
    *has_set = r->token.kind != PEN_GRAPHQL_NAME || at_name(r, PEN_S("on"));
    if (*has_set) {
        PEN_TRY(open_new(r, PEN_S("..."), place));
        if (r->token.kind == PEN_GRAPHQL_NAME) PEN_TRY(read_condition(r));
    } else {
        struct pen_graphql_token name;
        struct pen_str with_marks;
        PEN_TRY(take_name(r, &name));
        PEN_TRY(marked(r, "...", name.text, "", &with_marks));
        PEN_TRY(open_new(r, with_marks, name.place));
        r->open->place.start = place.start;
    }
    PEN_TRY(read_directives(r, false));
    return *has_set && !at_mark(r, '{') ? unexpected(r) : PEN_OK;
}

static enum pen_status open_field(struct reader *r, bool *has_set)
{
    struct pen_graphql_token first;
    struct pen_graphql_token name;
    PEN_TRY(take_name(r, &first));
    name = first;
    const bool has_alias = at_mark(r, ':');
    if (has_alias) {
        take(r);
        PEN_TRY(take_name(r, &name));
    }
    PEN_TRY(open_new(r, name.text, name.place));
    r->open->place.start = first.place.start;
    if (has_alias) PEN_TRY(add_about(r, PEN_S("alias:"), first.text, first.place));
    PEN_TRY(read_arguments(r, false));
    PEN_TRY(read_directives(r, false));
    *has_set = at_mark(r, '{');
    return PEN_OK;
}

/* The selection set of the open node, which stays open. */
static enum pen_status read_selections(struct reader *r)
{
    const struct pen_json *const base = r->open;
    PEN_TRY(take_mark(r, '{'));
    for (;;) {
        bool has_set = false;
        PEN_TRY(r->token.kind == PEN_GRAPHQL_SPREAD ? open_spread(r, &has_set)
                                                    : open_field(r, &has_set));
        if (has_set) {
            take(r);
            continue;
        }
        close_node(r);
        while (at_mark(r, '}')) {
            take(r);
            if (r->open == base) return PEN_OK;
            close_node(r);
        }
    }
}

/* Definitions. */

/* "[[Name!]!]": the name counts. */
static enum pen_status read_type(struct reader *r)
{
    uint32_t lists = 0;
    while (at_mark(r, '[')) {
        if (++lists > r->limits.depth) return fail(r, PEN_ERR_LIMIT, "graphql.depth");
        take(r);
    }
    struct pen_graphql_token name;
    PEN_TRY(take_name(r, &name));
    PEN_TRY(add_about(r, PEN_S("type:"), name.text, name.place));
    if (at_mark(r, '!')) take(r);
    for (; lists > 0; lists--) {
        PEN_TRY(take_mark(r, ']'));
        if (at_mark(r, '!')) take(r);
    }
    return PEN_OK;
}

/* `place` begins where what is described does, with or without a description. */
static enum pen_status read_description(struct reader *r, struct pen_str *text,
                                        struct pen_place *place)
{
    *place = r->token.place;
    return at_string(r) ? take_string(r, text) : PEN_OK;
}

static enum pen_status add_description(struct reader *r, struct pen_str text,
                                       struct pen_place place)
{
    return text.len == 0 ? PEN_OK : add_about(r, PEN_S("description:"), text, place);
}

static enum pen_status read_variable(struct reader *r)
{
    struct pen_str description = {NULL, 0};
    struct pen_place place;
    struct pen_graphql_token name;
    struct pen_str with_marks;
    PEN_TRY(read_description(r, &description, &place));
    PEN_TRY(take_mark(r, '$'));
    PEN_TRY(take_name(r, &name));
    PEN_TRY(take_mark(r, ':'));
    PEN_TRY(marked(r, "$", name.text, "", &with_marks));
    PEN_TRY(open_new(r, with_marks, name.place));
    r->open->place.start = place.start;
    PEN_TRY(add_description(r, description, place));
    PEN_TRY(read_type(r));
    if (at_mark(r, '=')) {
        take(r);
        PEN_TRY(add_value(r, PEN_S("default:"), r->token.place, true));
    }
    PEN_TRY(read_directives(r, true));
    close_node(r);
    return PEN_OK;
}

static enum pen_status read_variables(struct reader *r)
{
    if (!at_mark(r, '(')) return PEN_OK;
    take(r);
    do {
        PEN_TRY(read_variable(r));
    } while (!at_mark(r, ')'));
    PEN_TRY(check_names(r));
    take(r);
    return PEN_OK;
}

static enum pen_status open_operation(struct reader *r, struct pen_str description,
                                      struct pen_place place)
{
    const struct pen_graphql_token word = r->token;
    PEN_TRY(open_new(r, word.text, word.place));
    r->open->place.start = place.start;
    take(r);
    PEN_TRY(add_description(r, description, place));
    if (r->token.kind == PEN_GRAPHQL_NAME) {
        PEN_TRY(add_about(r, PEN_S("name:"), r->token.text, r->token.place));
        take(r);
    }
    PEN_TRY(read_variables(r));
    return read_directives(r, false);
}

static enum pen_status open_fragment(struct reader *r, struct pen_str description,
                                     struct pen_place place)
{
    struct pen_graphql_token name;
    struct pen_str with_marks;
    take(r);
    if (at_name(r, PEN_S("on"))) return unexpected(r);
    PEN_TRY(take_name(r, &name));
    PEN_TRY(marked(r, "...", name.text, "", &with_marks));
    PEN_TRY(open_new(r, with_marks, name.place));
    r->open->place.start = place.start;
    PEN_TRY(add_description(r, description, place));
    if (!at_name(r, PEN_S("on"))) return unexpected(r);
    PEN_TRY(read_condition(r));
    return read_directives(r, false);
}

static enum pen_status read_definition(struct reader *r)
{
    struct pen_str description = {NULL, 0};
    struct pen_place place;
    const bool described = at_string(r);
    PEN_TRY(read_description(r, &description, &place));
    if (at_mark(r, '{') && !described) {
        PEN_TRY(open_new(r, PEN_S("query"), r->token.place));
    } else if (at_name(r, PEN_S("query")) || at_name(r, PEN_S("mutation"))
               || at_name(r, PEN_S("subscription"))) {
        PEN_TRY(open_operation(r, description, place));
    } else if (at_name(r, PEN_S("fragment"))) {
        PEN_TRY(open_fragment(r, description, place));
    } else {
        return unexpected(r);
    }
    PEN_TRY(read_selections(r));
    close_node(r);
    return PEN_OK;
}

static enum pen_status read_document(struct reader *r, struct pen_str source,
                                     struct pen_graphql *out)
{
    struct pen_json *root = NULL;
    if (source.len > UINT32_MAX) return fail(r, PEN_ERR_LIMIT, "graphql.nodes"); /* pen_place */
    const size_t valid = pen_utf8_valid_prefix(source);
    if (valid < source.len) {
        r->token.place.start = (uint32_t)valid;
        return fail(r, PEN_ERR_SYNTAX, "graphql.utf8");
    }
    PEN_TRY(new_node(r, (struct pen_str){NULL, 0}, &root));
    root->place = pen_place_of(0, source.len);
    PEN_TRY(open_node(r, root, PEN_JSON_OBJECT));
    take(r);
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
    struct reader reader = {.lexer = {begin, begin, begin + source.len}, .arena = arena};
    if (limits != NULL) reader.limits = *limits;
    if (reader.limits.depth == 0) reader.limits.depth = DEFAULT_DEPTH;
    if (reader.limits.nodes == 0) reader.limits.nodes = DEFAULT_NODES;
    if (reader.limits.number_bytes == 0) reader.limits.number_bytes = DEFAULT_NUMBER;

    const enum pen_status status = read_document(&reader, source, out);
    if (status != PEN_OK && error != NULL) {
        *error = (struct pen_json_error){.code = reader.code, .offset = reader.offset};
    }
    return status;
}
