/** What the names of a GraphQL tree's nodes say, and what a text that is a document begins with. */
#include "filters/core/graphql.h"
#include "filters/core/graphql_lexer.h"

static bool is_operation(struct pen_str word)
{
    return pen_str_equal(word, PEN_S("query")) || pen_str_equal(word, PEN_S("mutation"))
           || pen_str_equal(word, PEN_S("subscription"));
}

bool pen_graphql_begins_closely(struct pen_str text)
{
    struct pen_graphql_lexer lexer = {text.ptr, text.ptr, text.ptr + text.len};
    struct pen_graphql_token first = pen_graphql_next(&lexer);
    const bool described = first.kind == PEN_GRAPHQL_STRING || first.kind == PEN_GRAPHQL_BLOCK;
    if (described) first = pen_graphql_next(&lexer);
    const struct pen_graphql_token second = pen_graphql_next(&lexer);
    const bool named = second.kind == PEN_GRAPHQL_NAME;

    if (first.mark == '{' && !described) return named || second.kind == PEN_GRAPHQL_SPREAD;
    if (first.kind != PEN_GRAPHQL_NAME) return false;
    if (pen_str_equal(first.text, PEN_S("fragment"))) return named;
    return is_operation(first.text)
           && (named || second.mark == '{' || second.mark == '(' || second.mark == '@');
}

enum pen_graphql_part pen_graphql_part_of(const struct pen_json *node)
{
    const struct pen_str name = node->name;
    if (name.len == 0) return PEN_GRAPHQL_VALUE;
    if (name.ptr[0] == '(') return PEN_GRAPHQL_ARGUMENT;
    if (name.ptr[0] == '$') return PEN_GRAPHQL_VARIABLE;
    if (name.ptr[0] == '@') return PEN_GRAPHQL_DIRECTIVE;
    if (name.ptr[name.len - 1] == ':') return PEN_GRAPHQL_ABOUT;

    const bool top = node->parent->parent == NULL;
    if (name.ptr[0] != '.') return top ? PEN_GRAPHQL_OPERATION : PEN_GRAPHQL_FIELD;
    if (name.len == 3) return PEN_GRAPHQL_INLINE;
    return top ? PEN_GRAPHQL_FRAGMENT : PEN_GRAPHQL_SPREAD_OF;
}

struct pen_str pen_graphql_bare_name(const struct pen_json *node)
{
    const struct pen_str name = node->name;
    switch (pen_graphql_part_of(node)) {
    case PEN_GRAPHQL_FIELD:
    case PEN_GRAPHQL_OPERATION:
        return name;
    case PEN_GRAPHQL_ARGUMENT:
        return pen_str_slice(name, 1, name.len - 1);
    case PEN_GRAPHQL_VARIABLE:
    case PEN_GRAPHQL_DIRECTIVE:
        return pen_str_slice(name, 1, name.len);
    case PEN_GRAPHQL_FRAGMENT:
    case PEN_GRAPHQL_SPREAD_OF:
    case PEN_GRAPHQL_INLINE:
        return pen_str_slice(name, 3, name.len);
    case PEN_GRAPHQL_ABOUT:
    case PEN_GRAPHQL_VALUE:
        break;
    }
    return (struct pen_str){NULL, 0};
}
