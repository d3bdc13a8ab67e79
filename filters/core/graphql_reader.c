/** Tokens taken or refused, nodes opened and closed. */
#include "filters/core/graphql_reader.h"

#include "filters/core/json_names.h"

enum pen_status pen_graphql_fail(struct pen_graphql_reader *r, enum pen_status status,
                                 const char *code)
{
    r->code = code;
    r->offset = r->token.place.start;
    return status;
}

enum pen_status pen_graphql_unexpected(struct pen_graphql_reader *r)
{
    return pen_graphql_fail(r, PEN_ERR_SYNTAX, "graphql.syntax");
}

enum pen_status pen_graphql_out_of_memory(struct pen_graphql_reader *r)
{
    return pen_graphql_fail(r, PEN_ERR_NOMEM, "graphql.memory");
}

enum pen_status pen_graphql_take_mark(struct pen_graphql_reader *r, char mark)
{
    if (!pen_graphql_at_mark(r, mark)) return pen_graphql_unexpected(r);
    pen_graphql_take(r);
    return PEN_OK;
}

enum pen_status pen_graphql_take_name(struct pen_graphql_reader *r, struct pen_graphql_token *out)
{
    if (r->token.kind != PEN_GRAPHQL_NAME) return pen_graphql_unexpected(r);
    *out = r->token;
    pen_graphql_take(r);
    return PEN_OK;
}

enum pen_status pen_graphql_node(struct pen_graphql_reader *r, struct pen_str name,
                                 struct pen_json **out)
{
    const enum pen_status status = pen_json_grow(&r->tree, name, out);
    if (status == PEN_ERR_LIMIT) return pen_graphql_fail(r, status, "graphql.nodes");
    if (status != PEN_OK) return pen_graphql_out_of_memory(r);
    (*out)->place = r->token.place;
    return PEN_OK;
}

enum pen_status pen_graphql_open_node(struct pen_graphql_reader *r, struct pen_json *node,
                                      enum pen_json_type type)
{
    if (r->tree.depth == r->limits.depth) {
        return pen_graphql_fail(r, PEN_ERR_LIMIT, "graphql.depth");
    }
    node->type = type;
    pen_json_open(&r->tree, node);
    return PEN_OK;
}

enum pen_status pen_graphql_open_new(struct pen_graphql_reader *r, struct pen_str name,
                                     struct pen_place name_place)
{
    struct pen_json *node = NULL;
    PEN_TRY(pen_graphql_node(r, name, &node));
    node->place.start = name_place.start;
    node->name_place = name_place;
    return pen_graphql_open_node(r, node, PEN_JSON_OBJECT);
}

void pen_graphql_close(struct pen_graphql_reader *r)
{
    r->tree.open->place.end = r->taken;
    pen_json_close(&r->tree);
}

enum pen_status pen_graphql_marked(struct pen_graphql_reader *r, const char *before,
                                   struct pen_str name, const char *after, struct pen_str *out)
{
    const struct pen_str head = pen_str_from_c(before);
    const struct pen_str tail = pen_str_from_c(after);
    const size_t room = head.len + name.len + tail.len; /* names lie in the source: no overflow */
    char *const memory = pen_arena_bytes(r->tree.arena, room);
    if (memory == NULL) return pen_graphql_out_of_memory(r);

    struct pen_buf buf = pen_buf_over(memory, room);
    pen_buf_put(&buf, head);
    pen_buf_put(&buf, name);
    pen_buf_put(&buf, tail);
    *out = pen_buf_str(&buf);
    return PEN_OK;
}

enum pen_status pen_graphql_about(struct pen_graphql_reader *r, struct pen_str what,
                                  struct pen_str text, struct pen_place place)
{
    struct pen_json *node = NULL;
    PEN_TRY(pen_graphql_node(r, what, &node));
    node->type = PEN_JSON_STRING;
    node->text = text;
    node->place = place;
    node->name_place = place;
    return PEN_OK;
}

enum pen_status pen_graphql_check_names(struct pen_graphql_reader *r)
{
    if (r->twice != NULL) return PEN_OK;
    return pen_json_names_unique(r->tree.open, r->tree.arena, &r->twice) == PEN_OK
               ? PEN_OK
               : pen_graphql_out_of_memory(r);
}
