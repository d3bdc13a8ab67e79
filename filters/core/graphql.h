/**
 * A strict reader of GraphQL's executable documents (specification of September 2025, section 2;
 * what October 2021 has besides is the same): one pass, a tree of the nodes that JSON has, so that
 * leaves point at them and print a path.
 *
 * What a node is, its name says; no name of GraphQL's own has these marks:
 *
 *     "query" "mutation" "subscription"   an operation, below the root
 *     "...Parts"                          a fragment, below the root; a spread, below a field
 *     "..."                               an inline fragment
 *     "user"                              a field, whatever its alias is
 *     "(id)"                              an argument, of the type of its value
 *     "$id"                               a variable's definition
 *     "@include"                          a directive, its arguments below
 *     "alias:" "name:" "on:" "type:" "default:" "description:"   more about the one above
 *
 * All but arguments, defaults, what lies in them and the last row are objects. Strings and enum
 * values are strings, a variable is a null whose text is its bare name. `query { u: user(id: "1")
 * { name } }` has the paths "/query/user/alias:", "/query/user/(id)" and "/query/user/name".
 *
 * Refused: everything that the grammar does not have, definitions of types among it. What only
 * validation against a schema refuses is read. The tree is immutable; any thread.
 */
#ifndef PEN_CORE_GRAPHQL_H
#define PEN_CORE_GRAPHQL_H

#include "filters/core/json.h"

/** A document that was read. */
struct pen_graphql {
    const struct pen_json *root;  /* an object; `place` the whole source */
    const struct pen_json *twice; /* an argument, variable or input field whose name its like has
                                     already: servers differ about which one counts; or NULL */
};

/**
 * Read one whole document.
 *
 * @param source  kept by reference
 * @param limits  of the reader, as JSON's are (depth: of nodes in the tree); NULL for the defaults
 * @param error   filled on every error; may be NULL. Codes: "graphql.syntax", "graphql.utf8",
 *                "graphql.depth", "graphql.nodes", "graphql.string", "graphql.number",
 *                "graphql.memory"
 *
 * Ownership: the tree lives as long as `arena` and `source`.
 * Errors:    PEN_ERR_SYNTAX, PEN_ERR_LIMIT, PEN_ERR_NOMEM; `out` untouched
 * Cost:      linear; looking for names given twice O(n log n) in the members of one list
 */
PEN_MUST_USE enum pen_status pen_graphql_read(struct pen_str source,
                                              const struct pen_json_limits *limits,
                                              struct pen_arena *arena, struct pen_graphql *out,
                                              struct pen_json_error *error);

/** pen_graphql_begins by two or three tokens. */
bool pen_graphql_begins_closely(struct pen_str text);

/** Does it begin as a document does? Every text of an event is asked: its first byte answers for
 * most of them, the second one for nearly all others. */
static inline bool pen_graphql_begins(struct pen_str text)
{
    if (text.len < 3) return false;

    switch (text.ptr[0]) {
    case 'q': /* query */
    case 'm': /* mutation */
    case 's': /* subscription */
        return text.ptr[1] == 'u' && pen_graphql_begins_closely(text);
    case 'f': /* fragment */
        return text.ptr[1] == 'r' && pen_graphql_begins_closely(text);
    case '{':
    case '"': /* a description */
    case '#':
    case ',':
    case ' ':
    case '\t':
    case '\r':
    case '\n':
    case '\xef': /* a byte-order mark */
        return pen_graphql_begins_closely(text);
    default:
        return false;
    }
}

/** What a node is. */
enum pen_graphql_part {
    PEN_GRAPHQL_OPERATION,
    PEN_GRAPHQL_FRAGMENT, /* its definition */
    PEN_GRAPHQL_SPREAD_OF,
    PEN_GRAPHQL_INLINE,
    PEN_GRAPHQL_FIELD,
    PEN_GRAPHQL_ARGUMENT,
    PEN_GRAPHQL_VARIABLE,
    PEN_GRAPHQL_DIRECTIVE,
    PEN_GRAPHQL_ABOUT, /* "alias:" and the like */
    PEN_GRAPHQL_VALUE, /* within an argument or default; the root, too */
};

/** Looks at the name, and for the first two at the parent. A member of an input object is a FIELD
 * by its looks: do not descend into arguments and defaults. */
enum pen_graphql_part pen_graphql_part_of(const struct pen_json *node);

/** The name without its marks: "id" of "(id)", "Parts" of "...Parts"; empty for "..." and "on:". */
struct pen_str pen_graphql_bare_name(const struct pen_json *node);

#endif
