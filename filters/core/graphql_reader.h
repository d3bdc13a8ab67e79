/** What the parts of the GraphQL reader share: tokens, and nodes of the tree. One thread. */
#ifndef PEN_CORE_GRAPHQL_READER_H
#define PEN_CORE_GRAPHQL_READER_H

#include "filters/core/graphql_lexer.h"
#include "filters/core/json_grow.h"

struct pen_graphql_reader {
    struct pen_graphql_lexer lexer;
    struct pen_graphql_token token; /* the next one, not yet taken */
    uint32_t taken;                 /* where the last one that was taken ended */
    struct pen_json_limits limits;
    struct pen_json_growing tree;
    const struct pen_json *twice;
    const char *code; /* of the error */
    size_t offset;
};

/*
 * graphql_reader.c. Every function that returns a status sets `code` and `offset` on an error, at
 * the next token: PEN_ERR_SYNTAX "graphql.syntax", PEN_ERR_LIMIT "graphql.depth", "graphql.nodes"
 * and the like, PEN_ERR_NOMEM. Nodes and texts are the arena's.
 */

enum pen_status pen_graphql_fail(struct pen_graphql_reader *r, enum pen_status status,
                                 const char *code);
/** "graphql.syntax" */
enum pen_status pen_graphql_unexpected(struct pen_graphql_reader *r);
enum pen_status pen_graphql_out_of_memory(struct pen_graphql_reader *r);

static inline void pen_graphql_take(struct pen_graphql_reader *r)
{
    r->taken = r->token.place.end;
    r->token = pen_graphql_next(&r->lexer);
}

static inline bool pen_graphql_at_mark(const struct pen_graphql_reader *r, char mark)
{
    return r->token.mark == mark;
}

static inline bool pen_graphql_at_name(const struct pen_graphql_reader *r, struct pen_str name)
{
    return r->token.kind == PEN_GRAPHQL_NAME && pen_str_equal(r->token.text, name);
}

static inline bool pen_graphql_at_string(const struct pen_graphql_reader *r)
{
    return r->token.kind == PEN_GRAPHQL_STRING || r->token.kind == PEN_GRAPHQL_BLOCK;
}

/** Take it, or fail. */
PEN_MUST_USE enum pen_status pen_graphql_take_mark(struct pen_graphql_reader *r, char mark);
PEN_MUST_USE enum pen_status pen_graphql_take_name(struct pen_graphql_reader *r,
                                                   struct pen_graphql_token *out);

/** A child of the open node; its place begins at the next token. */
PEN_MUST_USE enum pen_status pen_graphql_node(struct pen_graphql_reader *r, struct pen_str name,
                                              struct pen_json **out);
PEN_MUST_USE enum pen_status pen_graphql_open_node(struct pen_graphql_reader *r,
                                                   struct pen_json *node, enum pen_json_type type);
/** An object, new and open. */
PEN_MUST_USE enum pen_status pen_graphql_open_new(struct pen_graphql_reader *r, struct pen_str name,
                                                  struct pen_place name_place);
/** It ends where the last token did that was taken. */
void pen_graphql_close(struct pen_graphql_reader *r);

/** `name` with marks around it. */
PEN_MUST_USE enum pen_status pen_graphql_marked(struct pen_graphql_reader *r, const char *before,
                                                struct pen_str name, const char *after,
                                                struct pen_str *out);

/** More about the open node: a child "alias:" or the like that is the name or string given. */
PEN_MUST_USE enum pen_status pen_graphql_about(struct pen_graphql_reader *r, struct pen_str what,
                                               struct pen_str text, struct pen_place place);

/** No two children of the open node may have one name; the first such pair is kept. */
PEN_MUST_USE enum pen_status pen_graphql_check_names(struct pen_graphql_reader *r);

/* graphql_value.c */

/** The string that is the next token. */
PEN_MUST_USE enum pen_status pen_graphql_take_string(struct pen_graphql_reader *r,
                                                     struct pen_str *out);

/** A whole value as a child of the open node. `constant`: variables are none. */
PEN_MUST_USE enum pen_status pen_graphql_value(struct pen_graphql_reader *r, struct pen_str name,
                                               struct pen_place name_place, bool constant);

/** "(name: value ...)", when it is there. */
PEN_MUST_USE enum pen_status pen_graphql_arguments(struct pen_graphql_reader *r, bool constant);

/** "@name(...)", as many as there are. */
PEN_MUST_USE enum pen_status pen_graphql_directives(struct pen_graphql_reader *r, bool constant);

#endif
