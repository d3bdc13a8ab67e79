/**
 * The tokens of GraphQL (specification of September 2025, section 2.1): what is ignored is skipped,
 * strings are delimited and not yet decoded. No memory; one thread.
 */
#ifndef PEN_CORE_GRAPHQL_LEXER_H
#define PEN_CORE_GRAPHQL_LEXER_H

#include "filters/core/arena.h"

enum pen_graphql_kind {
    PEN_GRAPHQL_END,
    PEN_GRAPHQL_MARK,   /* one of ! $ & ( ) : = @ [ ] { | }, in `mark` */
    PEN_GRAPHQL_SPREAD, /* "..." */
    PEN_GRAPHQL_NAME,
    PEN_GRAPHQL_NUMBER,
    PEN_GRAPHQL_STRING, /* "text": what stands between the quotes, escapes as written */
    PEN_GRAPHQL_BLOCK,  /* """text""" likewise */
    PEN_GRAPHQL_WRONG,  /* no token */
};

struct pen_graphql_token {
    struct pen_str text;
    struct pen_place place; /* in the source, quotes included; of WRONG: where it went wrong */
    enum pen_graphql_kind kind;
    char mark; /* of a MARK; 0 otherwise */
};

struct pen_graphql_lexer {
    const char *begin;
    const char *at;
    const char *end;
};

/** The next token. Behind the last one stands END, as often as it is asked for. */
struct pen_graphql_token pen_graphql_next(struct pen_graphql_lexer *lexer);

/**
 * The value of a STRING token: escapes undone.
 *
 * @param wrong  where in `raw` an escape is none, on PEN_ERR_SYNTAX
 *
 * Ownership: `out` lives as long as `raw` and `arena`.
 * Errors:    PEN_ERR_SYNTAX, PEN_ERR_NOMEM
 * Source:    section 2.9.4, with "\u{1F600}" and surrogate pairs
 */
PEN_MUST_USE enum pen_status pen_graphql_string(struct pen_str raw, struct pen_arena *arena,
                                                struct pen_str *out, size_t *wrong);

/**
 * The value of a BLOCK token: common indentation and blank lines around it removed, `\"""` undone.
 *
 * Errors: PEN_ERR_NOMEM
 * Source: section 2.9.4, BlockStringValue
 */
PEN_MUST_USE enum pen_status pen_graphql_block(struct pen_str raw, struct pen_arena *arena,
                                               struct pen_str *out);

#endif
