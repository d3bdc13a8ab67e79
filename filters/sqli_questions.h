/**
 * Expressions that ask a database about itself, or take a text apart character by character: what a
 * blind injection is made of. Pure.
 */
#ifndef PEN_FILTERS_SQLI_QUESTIONS_H
#define PEN_FILTERS_SQLI_QUESTIONS_H

#include "filters/sqli_grammar.h"
#include "filters/sqli_terms.h"

/** The whole text is one such expression, behind the word that joins it to a query or by itself;
 * `tokens` begin at the text's start. */
struct pen_sql_evidence pen_sql_question(const struct pen_sql_token *tokens, size_t count);

/** The whole text, or what follows its first item, is a choice between constants. */
struct pen_sql_evidence pen_sql_choice(const struct pen_sql_token *tokens, size_t count);

/** A function of SQL at `from`, with such a question among its arguments before `to`. */
bool pen_sql_asks(struct pen_sql s, size_t from, size_t to);

/** A comment that MySQL runs stands right behind a value, where nobody's dump has one. Its first
 * byte; `text.len`: none. */
size_t pen_sql_versioned(struct pen_str text);

#endif
