/** Values, and what holds them: arguments and directives. */
#include "filters/core/graphql_reader.h"

enum pen_status pen_graphql_take_string(struct pen_graphql_reader *r, struct pen_str *out)
{
    size_t wrong = 0;
    const enum pen_status status =
        r->token.kind == PEN_GRAPHQL_BLOCK
            ? pen_graphql_block(r->token.text, r->tree.arena, out)
            : pen_graphql_string(r->token.text, r->tree.arena, out, &wrong);
    if (status == PEN_ERR_NOMEM) return pen_graphql_out_of_memory(r);
    if (status != PEN_OK) {
        (void)pen_graphql_unexpected(r);
        r->offset += 1 + wrong; /* behind the quote */
        return status;
    }
    if (r->limits.string_bytes > 0 && out->len > r->limits.string_bytes) {
        return pen_graphql_fail(r, PEN_ERR_LIMIT, "graphql.string");
    }
    pen_graphql_take(r);
    return PEN_OK;
}

static enum pen_status take_word(struct pen_graphql_reader *r, struct pen_json *node)
{
    node->type = PEN_JSON_STRING; /* of an enum, unless it is one of these */
    if (pen_graphql_at_name(r, PEN_S("true"))) node->type = PEN_JSON_TRUE;
    if (pen_graphql_at_name(r, PEN_S("false"))) node->type = PEN_JSON_FALSE;
    if (pen_graphql_at_name(r, PEN_S("null"))) node->type = PEN_JSON_NULL;
    if (node->type == PEN_JSON_STRING) node->text = r->token.text;
    pen_graphql_take(r);
    return PEN_OK;
}

static enum pen_status take_variable(struct pen_graphql_reader *r, struct pen_json *node)
{
    struct pen_graphql_token name;
    pen_graphql_take(r);
    PEN_TRY(pen_graphql_take_name(r, &name));
    node->type = PEN_JSON_NULL;
    node->text = name.text;
    node->place.end = name.place.end;
    return PEN_OK;
}

/* A value; lists and objects are only opened. */
static enum pen_status read_value(struct pen_graphql_reader *r, struct pen_json *node,
                                  bool constant)
{
    node->place = r->token.place;
    switch (r->token.kind) {
    case PEN_GRAPHQL_STRING:
    case PEN_GRAPHQL_BLOCK:
        node->type = PEN_JSON_STRING;
        return pen_graphql_take_string(r, &node->text);
    case PEN_GRAPHQL_NUMBER:
        node->type = PEN_JSON_NUMBER;
        node->text = r->token.text;
        if (node->text.len > r->limits.number_bytes) {
            return pen_graphql_fail(r, PEN_ERR_LIMIT, "graphql.number");
        }
        pen_graphql_take(r);
        return PEN_OK;
    case PEN_GRAPHQL_NAME:
        return take_word(r, node);
    case PEN_GRAPHQL_MARK:
        if (pen_graphql_at_mark(r, '$') && !constant) return take_variable(r, node);
        if (!pen_graphql_at_mark(r, '[') && !pen_graphql_at_mark(r, '{'))
            return pen_graphql_unexpected(r);
        PEN_TRY(pen_graphql_open_node(
            r, node, pen_graphql_at_mark(r, '[') ? PEN_JSON_ARRAY : PEN_JSON_OBJECT));
        pen_graphql_take(r);
        return PEN_OK;
    case PEN_GRAPHQL_END:
    case PEN_GRAPHQL_SPREAD:
    case PEN_GRAPHQL_WRONG:
        break;
    }
    return pen_graphql_unexpected(r);
}

/* After a value: closings until the next one begins, or all that was opened since is closed. */
static enum pen_status next_value(struct pen_graphql_reader *r, const struct pen_json *base,
                                  struct pen_json **out)
{
    *out = NULL;
    while (r->tree.open != base) {
        const bool list = r->tree.open->type == PEN_JSON_ARRAY;
        if (pen_graphql_at_mark(r, list ? ']' : '}')) {
            if (!list) PEN_TRY(pen_graphql_check_names(r));
            pen_graphql_take(r);
            pen_graphql_close(r);
            continue;
        }
        if (list) return pen_graphql_node(r, (struct pen_str){NULL, 0}, out);

        struct pen_graphql_token name;
        PEN_TRY(pen_graphql_take_name(r, &name));
        PEN_TRY(pen_graphql_take_mark(r, ':'));
        PEN_TRY(pen_graphql_node(r, name.text, out));
        (*out)->name_place = name.place;
        return PEN_OK;
    }
    return PEN_OK;
}

/* A whole value as a child of the open node. */
enum pen_status pen_graphql_value(struct pen_graphql_reader *r, struct pen_str name,
                                  struct pen_place name_place, bool constant)
{
    const struct pen_json *const base = r->tree.open;
    struct pen_json *node = NULL;
    PEN_TRY(pen_graphql_node(r, name, &node));
    node->name_place = name_place;
    while (node != NULL) {
        PEN_TRY(read_value(r, node, constant));
        PEN_TRY(next_value(r, base, &node));
    }
    return PEN_OK;
}

/* "(name: value ...)", when it is there. */
enum pen_status pen_graphql_arguments(struct pen_graphql_reader *r, bool constant)
{
    if (!pen_graphql_at_mark(r, '(')) return PEN_OK;
    pen_graphql_take(r);
    do {
        struct pen_graphql_token name;
        struct pen_str with_marks;
        PEN_TRY(pen_graphql_take_name(r, &name));
        PEN_TRY(pen_graphql_take_mark(r, ':'));
        PEN_TRY(pen_graphql_marked(r, "(", name.text, ")", &with_marks));
        PEN_TRY(pen_graphql_value(r, with_marks, name.place, constant));
    } while (!pen_graphql_at_mark(r, ')'));
    PEN_TRY(pen_graphql_check_names(r));
    pen_graphql_take(r);
    return PEN_OK;
}

enum pen_status pen_graphql_directives(struct pen_graphql_reader *r, bool constant)
{
    while (pen_graphql_at_mark(r, '@')) {
        struct pen_graphql_token name;
        struct pen_str with_marks;
        pen_graphql_take(r);
        PEN_TRY(pen_graphql_take_name(r, &name));
        PEN_TRY(pen_graphql_marked(r, "@", name.text, "", &with_marks));
        PEN_TRY(pen_graphql_open_new(r, with_marks, name.place));
        PEN_TRY(pen_graphql_arguments(r, constant));
        pen_graphql_close(r);
    }
    return PEN_OK;
}
