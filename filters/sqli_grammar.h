/**
 * What an injected text does to the query around it, read from its tokens.
 *
 * The question is never "which words occur" but "what structure does this add": a condition, a
 * second SELECT, a second statement, a cut. Pure.
 */
#ifndef PEN_FILTERS_SQLI_GRAMMAR_H
#define PEN_FILTERS_SQLI_GRAMMAR_H

#include "filters/sqli_lexer.h"

/** Where the text stands when SQL of its own begins. */
enum pen_sql_lead {
    PEN_SQL_LEAD_QUOTE,  /* behind a quote that closes the query's string */
    PEN_SQL_LEAD_PHRASE, /* the same, but several words stand before it: may be running text */
    PEN_SQL_LEAD_NUMBER, /* behind a number: in a numeric place nothing needs closing */
    PEN_SQL_LEAD_WORD,   /* behind one word */
    PEN_SQL_LEAD_NONE,   /* at the start of the text */
};

struct pen_sql_evidence {
    const char *rule; /* NULL: none */
    uint32_t score;
    size_t from; /* first and one past the last token */
    size_t to;
};

/**
 * The strongest evidence that what follows `lead` goes on as SQL.
 *
 * @param at  the first token behind the lead
 */
struct pen_sql_evidence pen_sql_continuation(const struct pen_sql_token *tokens, size_t count,
                                             size_t at, enum pen_sql_lead lead);

/**
 * The strongest evidence anywhere in the tokens: structure that no text has by chance.
 *
 * @param start  the tokens begin where a statement could: at the text's start or behind a quote
 */
struct pen_sql_evidence pen_sql_anywhere(const struct pen_sql_token *tokens, size_t count,
                                         bool start);

#endif
