/**
 * Continuations: what may stand behind the place where a text leaves its value, and how sure each
 * is.
 */
#include "filters/sqli_parts.h"

#define MOST_OPERANDS PEN_SQL_TOKENS /* of one list */

/* Operands joined by operators, commas and closed parentheses: where they end. */
static size_t operand_list(struct pen_sql s, size_t i, struct pen_sql_operands *seen)
{
    size_t at = i;
    for (size_t n = 0; n < MOST_OPERANDS; n++) {
        const size_t joint = pen_sql_skip_closes(s, at);
        const enum pen_sql_kind k = pen_sql_kind_at(s, joint);
        if (k != PEN_SQL_COMMA && k != PEN_SQL_ARITH && !pen_sql_word_at(s, joint, "||")) break;

        const size_t next = pen_sql_operand(s, joint + 1, seen);
        if (next == joint + 1) break;
        at = next;
    }
    return at;
}

/* +(select ...), ||chr(..), ,null,null) and the like: the value goes on as an expression. */
static struct pen_sql_evidence expression(struct pen_sql s, size_t i, enum pen_sql_lead lead)
{
    struct pen_sql_operands seen = {0};
    const size_t last = operand_list(s, i, &seen);
    if (last == i) return pen_sql_none();
    if (seen.select) return pen_sql_found("sqli.subquery", 90, i, last);
    if (seen.delay && lead != PEN_SQL_LEAD_WORD) return pen_sql_found("sqli.delay", 90, i, last);
    if (seen.compares && (pen_sql_behind_quote(lead) || lead == PEN_SQL_LEAD_NUMBER)) {
        return pen_sql_found("sqli.tautology", 85, i, last);
    }

    const size_t at = pen_sql_skip_closes(s, last);
    const size_t statement = pen_sql_statement(s, at);
    /* "- support exec('x')" is a list's item, not a query that went before. */
    const bool words = seen.name && !pen_sql_behind_quote(lead);
    if (statement > at && !words) return pen_sql_found("sqli.stacked", 90, i, statement);
    if (!pen_sql_behind_quote(lead)) return pen_sql_none();
    if (pen_sql_word_at(s, at, "on") && pen_sql_word_at(s, at + 1, "duplicate")) {
        return pen_sql_found("sqli.clause", 90, i, at + 2);
    }
    if (pen_sql_cuts_off(s, at) && !seen.name) return pen_sql_found("sqli.cut", 80, i, at);
    if (lead == PEN_SQL_LEAD_PHRASE) return pen_sql_none();
    if (pen_sql_kind_at(s, at) == PEN_SQL_COMPARE && seen.value && !seen.name) {
        struct pen_sql_operands other = {0};
        const size_t behind = pen_sql_operand(s, at + 1, &other);
        const bool closed = other.closes || pen_sql_kind_at(s, behind) == PEN_SQL_CUT;
        return behind > at + 1 && closed ? pen_sql_found("sqli.condition", 75, i, behind)
                                         : pen_sql_none();
    }
    if (!seen.closes || pen_sql_kind_at(s, at) != PEN_SQL_END) return pen_sql_none();
    if (seen.call) return pen_sql_found("sqli.condition", 75, i, at);
    /* '-' and '+'x: arithmetic on strings is zero, and zero equals most names. */
    const bool arithmetic = pen_sql_kind_at(s, i) == PEN_SQL_ARITH;
    return arithmetic && !seen.name ? pen_sql_found("sqli.condition", 70, i, at) : pen_sql_none();
}

struct pen_sql_evidence pen_sql_stacked(struct pen_sql s, size_t i)
{
    const size_t at = pen_sql_skip_opens(s, i + 1);
    const size_t behind = pen_sql_statement(s, at);
    return behind > at ? pen_sql_found("sqli.stacked", 95, i, behind) : pen_sql_none();
}

/* SQL Server needs no semicolon. Behind a mere word "Reject EXEC commands" looks the same, and
   behind a quote a program's own statement: execute("insert into x ..."). */
static struct pen_sql_evidence unseparated(struct pen_sql s, size_t i, enum pen_sql_lead lead)
{
    const size_t behind = pen_sql_statement(s, i);
    if (behind == i) return pen_sql_none();
    if (pen_sql_word_at(s, i, "waitfor")) return pen_sql_found("sqli.delay", 90, i, behind);
    if (!pen_sql_behind_quote(lead) && lead != PEN_SQL_LEAD_NUMBER) return pen_sql_none();

    const bool cut_off = pen_sql_kind_at(s, s.count - 1) == PEN_SQL_CUT;
    const bool program = pen_sql_is_at(s, i, PEN_SQL_IS_OWN) && !cut_off;
    return pen_sql_found("sqli.stacked", program ? 60 : 90, i, behind);
}

/* '=' and '='' close the query's string on both sides. */
static struct pen_sql_evidence compared_to_itself(struct pen_sql s, size_t i,
                                                  enum pen_sql_lead lead)
{
    struct pen_sql_operands seen = {0};
    const size_t behind = pen_sql_operand(s, i + 1, &seen);
    if (behind == i + 1) return pen_sql_none();
    if (seen.select) return pen_sql_found("sqli.subquery", 85, i, behind);
    if (seen.delay) return pen_sql_found("sqli.delay", 90, i, behind);
    if (lead != PEN_SQL_LEAD_QUOTE) return pen_sql_none();
    if (seen.value && !seen.name && (seen.closes || pen_sql_cuts_off(s, behind))) {
        return pen_sql_found("sqli.tautology", 80, i, behind);
    }
    if (pen_sql_kind_at(s, behind) == PEN_SQL_LOGIC && seen.value)
        return pen_sql_condition(s, behind, lead);
    return seen.call ? pen_sql_found("sqli.condition", 60, i, behind) : pen_sql_none();
}

/* "the 'UNION SELECT' trick": the list is a quote right behind the words, and what follows it. */
static bool is_mentioned(struct pen_sql s, size_t behind)
{
    if (behind < 2 || pen_sql_kind_at(s, behind - 2) != PEN_SQL_SELECT) return false;
    const struct pen_sql_token *const select = &s.tokens[behind - 2];
    const struct pen_sql_token *const list = &s.tokens[behind - 1];
    return list->kind == PEN_SQL_STRING && list->open && list->at == select->at + select->text.len
           && (list->text.len < 2 || !pen_is_alnum(list->text.ptr[1]));
}

struct pen_sql_evidence pen_sql_union_found(struct pen_sql s, size_t i)
{
    const size_t behind = pen_sql_union_select(s, i);
    if (behind == i) return pen_sql_none();
    return pen_sql_found("sqli.union", is_mentioned(s, behind) ? 60 : 95, i, behind);
}

/* "' UNION ALL SELECT" and nothing else: half of it, for a query that goes on with a list. */
static struct pen_sql_evidence half_union(struct pen_sql s, size_t i, enum pen_sql_lead lead)
{
    size_t at = i + 1;
    if (pen_sql_word_at(s, at, "all") || pen_sql_word_at(s, at, "distinct")) at++;
    const bool half = pen_sql_kind_at(s, at) == PEN_SQL_SELECT && pen_sql_ends_at(s, at + 1);
    return half && lead == PEN_SQL_LEAD_QUOTE ? pen_sql_found("sqli.union", 80, i, at + 1)
                                              : pen_sql_none();
}

/* A closing quote and a comment with nothing in it: admin'-- */
static struct pen_sql_evidence cut(struct pen_sql s, size_t i, enum pen_sql_lead lead)
{
    const bool last = i + 1 >= s.count;
    if (!pen_sql_behind_quote(lead) || !last || !pen_sql_cuts_off(s, i)) return pen_sql_none();
    return pen_sql_found("sqli.cut", lead == PEN_SQL_LEAD_QUOTE ? 80 : 60, i, i + 1);
}

/* ") as alias where ..." closes a derived table, "in boolean mode)" a full-text search. */
static size_t skip_closing_words(struct pen_sql s, size_t i)
{
    i = pen_sql_skip_closes(s, i);
    if (pen_sql_word_at(s, i, "in") && pen_sql_word_at(s, i + 2, "mode")) i += 3;
    if (pen_sql_word_at(s, i, "as") && pen_sql_kind_at(s, i + 1) == PEN_SQL_NAME
        && pen_sql_kind_at(s, i + 2) == PEN_SQL_CLAUSE) {
        i += 2;
    }
    return pen_sql_skip_closes(s, i);
}

struct pen_sql_evidence pen_sql_continuation(const struct pen_sql_token *tokens, size_t count,
                                             size_t at, enum pen_sql_lead lead)
{
    const struct pen_sql s = {tokens, count};
    size_t i = skip_closing_words(s, at);
    if (pen_sql_kind_at(s, i) == PEN_SQL_NOT && pen_sql_kind_at(s, i + 1) == PEN_SQL_COMPARE) i++;
    struct pen_sql_evidence evidence = pen_sql_none();
    switch (pen_sql_kind_at(s, i)) {
    case PEN_SQL_LOGIC:
        evidence = pen_sql_condition(s, i, lead);
        return evidence.rule == NULL && pen_sql_word_at(s, i, "||") ? expression(s, i, lead)
                                                                    : evidence;
    case PEN_SQL_UNION:
        evidence = pen_sql_union_found(s, i);
        return evidence.rule == NULL ? half_union(s, i, lead) : evidence;
    case PEN_SQL_SEMICOLON:
        evidence = pen_sql_stacked(s, i);
        if (evidence.rule == NULL && pen_sql_kind_at(s, i + 1) == PEN_SQL_LOGIC) {
            evidence = pen_sql_condition(s, i + 1, lead);
        }
        return evidence.rule == NULL ? cut(s, i + 1, lead) : evidence;
    case PEN_SQL_CLAUSE:
        return pen_sql_clause(s, i, lead);
    case PEN_SQL_COMPARE:
        return compared_to_itself(s, i, lead);
    case PEN_SQL_ARITH:
    case PEN_SQL_COMMA:
        return expression(s, i, lead);
    case PEN_SQL_OPEN: {
        const size_t select = pen_sql_skip_opens(s, i);
        return pen_sql_kind_at(s, select) == PEN_SQL_SELECT
                       && pen_sql_select_list(s, select) > select
                   ? pen_sql_found("sqli.subquery", 85, i, pen_sql_group(s, i))
                   : pen_sql_none();
    }
    case PEN_SQL_STATEMENT:
        return unseparated(s, i, lead);
    case PEN_SQL_CUT:
        return cut(s, i, lead);
    case PEN_SQL_NAME:
        return pen_sql_behind_quote(lead) && pen_sql_word_at(s, i, "if")
                       && pen_sql_statement(s, i) > i
                   ? pen_sql_found("sqli.stacked", 90, i, pen_sql_statement(s, i))
                   : pen_sql_none();
    case PEN_SQL_END:
    case PEN_SQL_NUMBER:
    case PEN_SQL_STRING:
    case PEN_SQL_VARIABLE:
    case PEN_SQL_VALUE:
    case PEN_SQL_NOT:
    case PEN_SQL_CLOSE:
    case PEN_SQL_DOT:
    case PEN_SQL_SELECT:
    case PEN_SQL_CASE:
    case PEN_SQL_MODIFIER:
    case PEN_SQL_OTHER:
        return pen_sql_none();
    }
    return pen_sql_none();
}
