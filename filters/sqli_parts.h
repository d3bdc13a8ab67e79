/**
 * Pieces of SQL that continuations and whole texts have in common, as evidence. Pure.
 */
#ifndef PEN_FILTERS_SQLI_PARTS_H
#define PEN_FILTERS_SQLI_PARTS_H

#include "filters/sqli_grammar.h"
#include "filters/sqli_terms.h"

static inline struct pen_sql_evidence pen_sql_none(void)
{
    return (struct pen_sql_evidence){.rule = NULL};
}

static inline struct pen_sql_evidence pen_sql_found(const char *rule, uint32_t score, size_t from,
                                                    size_t to)
{
    return (struct pen_sql_evidence){.rule = rule, .score = score, .from = from, .to = to};
}

static inline bool pen_sql_behind_quote(enum pen_sql_lead lead)
{
    return lead == PEN_SQL_LEAD_QUOTE || lead == PEN_SQL_LEAD_PHRASE;
}

/** AND, OR at `i` and what they join. */
struct pen_sql_evidence pen_sql_condition(struct pen_sql s, size_t i, enum pen_sql_lead lead);

/** WHERE, HAVING, ORDER BY, LIMIT, PROCEDURE, INTO OUTFILE at `i`. */
struct pen_sql_evidence pen_sql_clause(struct pen_sql s, size_t i, enum pen_sql_lead lead);

/** A statement behind the semicolon at `i`. */
struct pen_sql_evidence pen_sql_stacked(struct pen_sql s, size_t i);

/** UNION at `i` and a SELECT with its list. */
struct pen_sql_evidence pen_sql_union_found(struct pen_sql s, size_t i);

#endif
