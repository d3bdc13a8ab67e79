/**
 * Continuations: what may stand behind the place where a text leaves its value, and how sure each
 * is.
 */
#include "filters/sqli_grammar.h"

#include "filters/sqli_terms.h"

#define MOST_OPERANDS 32 /* of one list; longer ones add nothing to the evidence */

static struct pen_sql_evidence none(void)
{
    return (struct pen_sql_evidence){.rule = NULL};
}

static struct pen_sql_evidence found(const char *rule, uint32_t score, size_t from, size_t to)
{
    return (struct pen_sql_evidence){.rule = rule, .score = score, .from = from, .to = to};
}

/* AND, OR and what they join: how sure it is depends on what the condition compares. */
static struct pen_sql_evidence condition(struct pen_sql s, size_t i, enum pen_sql_lead lead)
{
    size_t at = i + 1;
    while (pen_sql_kind_at(s, at) == PEN_SQL_NOT) {
        at++;
    }
    at = pen_sql_kind_at(s, at) == PEN_SQL_OPEN
                 && pen_sql_kind_at(s, pen_sql_skip_opens(s, at)) != PEN_SQL_SELECT
             ? pen_sql_skip_opens(s, at)
             : at;
    struct pen_sql_operands seen = {0};
    size_t behind = pen_sql_comparison(s, at, &seen);
    const bool compared = behind > at;
    if (!compared) {
        seen = (struct pen_sql_operands){0};
        behind = pen_sql_operand(s, at, &seen);
        if (behind == at) return none();
    }
    const bool literal = seen.value && !seen.name;
    const bool cut = pen_sql_kind_at(s, behind) == PEN_SQL_CUT || seen.open;
    if (lead == PEN_SQL_LEAD_QUOTE) {
        if (compared && (literal || seen.call)) return found("sqli.tautology", 95, i, behind);
        if (compared) return found("sqli.condition", cut ? 90 : 75, i, behind);
        if (seen.call) return found("sqli.condition", 85, i, behind);
        return literal && (cut || pen_sql_ends_at(s, behind))
                   ? found("sqli.condition", 75, i, behind)
                   : none();
    }
    if (compared && literal) {
        return found("sqli.tautology", lead == PEN_SQL_LEAD_WORD ? 85 : 90, i, behind);
    }
    if (compared && seen.call) return found("sqli.condition", 85, i, behind);
    if (compared && seen.value) {
        return found("sqli.condition", lead == PEN_SQL_LEAD_NUMBER ? 75 : 55, i, behind);
    }
    if (seen.call && (cut || lead == PEN_SQL_LEAD_NUMBER)) {
        return found("sqli.condition", cut ? 75 : 55, i, behind);
    }
    return none();
}

/* WHERE, HAVING, ORDER BY, LIMIT, PROCEDURE, INTO OUTFILE. */
static struct pen_sql_evidence clause(struct pen_sql s, size_t i, enum pen_sql_lead lead)
{
    struct pen_sql_operands seen = {0};
    if (pen_sql_word_at(s, i, "where") || pen_sql_word_at(s, i, "having")
        || pen_sql_word_at(s, i, "on")) {
        const size_t behind = pen_sql_comparison(s, i + 1, &seen);
        if (behind > i + 1) {
            return found("sqli.clause", seen.value || seen.call ? 90 : 60, i, behind);
        }
        return none();
    }
    if ((pen_sql_word_at(s, i, "order") || pen_sql_word_at(s, i, "group"))
        && pen_sql_word_at(s, i + 1, "by")) {
        size_t behind = pen_sql_operand(s, i + 2, &seen);
        if (behind == i + 2) return none();
        while (pen_sql_kind_at(s, behind) == PEN_SQL_COMMA
               || pen_sql_kind_at(s, behind) == PEN_SQL_MODIFIER
               || pen_sql_kind_at(s, behind) == PEN_SQL_NUMBER) {
            behind++;
        }
        const bool numbered = seen.value && !seen.name;
        if (!pen_sql_ends_at(s, behind) || (!numbered && !seen.call)) return none();
        return found("sqli.order_by",
                     pen_sql_kind_at(s, behind) == PEN_SQL_CUT || lead != PEN_SQL_LEAD_WORD ? 85
                                                                                            : 60,
                     i, behind);
    }
    if (pen_sql_word_at(s, i, "limit") && pen_sql_kind_at(s, i + 1) == PEN_SQL_NUMBER
        && lead == PEN_SQL_LEAD_QUOTE) {
        return found("sqli.clause", 80, i, i + 2);
    }
    if (pen_sql_word_at(s, i, "procedure") && pen_sql_kind_at(s, i + 1) == PEN_SQL_NAME
        && pen_sql_kind_at(s, i + 2) == PEN_SQL_OPEN) {
        return found("sqli.clause", 95, i, i + 3);
    }
    if (pen_sql_word_at(s, i, "into")
        && (pen_sql_word_at(s, i + 1, "outfile") || pen_sql_word_at(s, i + 1, "dumpfile"))) {
        return found("sqli.file", 95, i, i + 2);
    }
    return none();
}

/* +(select ...), ||chr(..), ,null,null) and the like: the value goes on as an expression. */
static struct pen_sql_evidence expression(struct pen_sql s, size_t i, enum pen_sql_lead lead)
{
    struct pen_sql_operands seen = {0};
    size_t at = i;
    for (size_t n = 0; n < MOST_OPERANDS; n++) {
        if (pen_sql_kind_at(s, at) != PEN_SQL_COMMA && pen_sql_kind_at(s, at) != PEN_SQL_ARITH
            && !pen_sql_word_at(s, at, "||")) {
            break;
        }
        const size_t next = pen_sql_operand(s, at + 1, &seen);
        if (next == at + 1) break;
        at = next;
    }
    if (at == i) return none();
    if (seen.select) return found("sqli.subquery", 90, i, at);

    while (pen_sql_kind_at(s, at) == PEN_SQL_CLOSE) {
        at++;
    }
    const bool cut = pen_sql_kind_at(s, at) == PEN_SQL_CUT;
    if (pen_sql_statement(s, at) > at)
        return found("sqli.stacked", 90, i, pen_sql_statement(s, at));
    if (lead != PEN_SQL_LEAD_QUOTE) return none();
    if (cut && !seen.name) return found("sqli.cut", 80, i, at);
    if (pen_sql_kind_at(s, at) == PEN_SQL_COMPARE && seen.value && !seen.name) {
        return found("sqli.condition", 75, i, at);
    }
    return seen.call && seen.open ? found("sqli.condition", 75, i, at) : none();
}

static struct pen_sql_evidence stacked(struct pen_sql s, size_t i)
{
    const size_t at = pen_sql_skip_opens(s, i + 1);
    const size_t behind = pen_sql_statement(s, at);
    return behind > at ? found("sqli.stacked", 95, i, behind) : none();
}

static struct pen_sql_evidence compared_to_itself(struct pen_sql s, size_t i)
{
    struct pen_sql_operands seen = {0};
    const size_t behind = pen_sql_operand(s, i + 1, &seen);
    if (behind == i + 1) return none();
    /* '=' and '='' close the query's string on both sides. */
    if (seen.value && !seen.name && (seen.open || pen_sql_kind_at(s, behind) == PEN_SQL_CUT)) {
        return found("sqli.tautology", 80, i, behind);
    }
    return seen.call || seen.select ? found("sqli.condition", 80, i, behind) : none();
}

struct pen_sql_evidence pen_sql_continuation(const struct pen_sql_token *tokens, size_t count,
                                             size_t at, enum pen_sql_lead lead)
{
    const struct pen_sql s = {tokens, count};
    size_t i = pen_sql_skip_closes(s, at);
    /* ") as alias where ...": closes a derived table. */
    if (pen_sql_word_at(s, i, "as") && pen_sql_kind_at(s, i + 1) == PEN_SQL_NAME
        && pen_sql_kind_at(s, i + 2) == PEN_SQL_CLAUSE) {
        i += 2;
    }
    if (pen_sql_kind_at(s, i) == PEN_SQL_NOT && pen_sql_kind_at(s, i + 1) == PEN_SQL_COMPARE) i++;
    switch (pen_sql_kind_at(s, i)) {
    case PEN_SQL_LOGIC: {
        const struct pen_sql_evidence evidence = condition(s, i, lead);
        return evidence.rule == NULL && pen_sql_word_at(s, i, "||") ? expression(s, i, lead)
                                                                    : evidence;
    }
    case PEN_SQL_UNION: {
        const size_t behind = pen_sql_union_select(s, i);
        return behind > i ? found("sqli.union", 95, i, behind) : none();
    }
    case PEN_SQL_SEMICOLON:
        if (stacked(s, i).rule != NULL) return stacked(s, i);
        return lead == PEN_SQL_LEAD_QUOTE && pen_sql_kind_at(s, i + 1) == PEN_SQL_CUT
                   ? found("sqli.cut", 80, i, i + 2)
                   : none();
    case PEN_SQL_CLAUSE:
        return clause(s, i, lead);
    case PEN_SQL_COMPARE:
        return lead == PEN_SQL_LEAD_QUOTE ? compared_to_itself(s, i) : none();
    case PEN_SQL_ARITH:
    case PEN_SQL_COMMA:
        return expression(s, i, lead);
    case PEN_SQL_OPEN:
        return pen_sql_kind_at(s, pen_sql_skip_opens(s, i)) == PEN_SQL_SELECT
                       && pen_sql_select_list(s, pen_sql_skip_opens(s, i))
                              > pen_sql_skip_opens(s, i)
                   ? found("sqli.subquery", 85, i, pen_sql_group(s, i))
                   : none();
    case PEN_SQL_STATEMENT: {
        const size_t behind = pen_sql_statement(s, i);
        /* SQL Server needs no semicolon; behind a mere word, "Reject EXEC commands" looks the same.
         */
        const bool closed = lead == PEN_SQL_LEAD_QUOTE || lead == PEN_SQL_LEAD_NUMBER;
        return behind > i && (closed || pen_sql_word_at(s, i, "waitfor"))
                   ? found("sqli.stacked", 90, i, behind)
                   : none();
    }
    case PEN_SQL_CUT:
        return lead == PEN_SQL_LEAD_QUOTE && i + 1 >= count ? found("sqli.cut", 80, i, i + 1)
                                                            : none();
    case PEN_SQL_END:
    case PEN_SQL_NUMBER:
    case PEN_SQL_STRING:
    case PEN_SQL_NAME:
    case PEN_SQL_VARIABLE:
    case PEN_SQL_VALUE:
    case PEN_SQL_NOT:
    case PEN_SQL_CLOSE:
    case PEN_SQL_DOT:
    case PEN_SQL_SELECT:
    case PEN_SQL_CASE:
    case PEN_SQL_MODIFIER:
    case PEN_SQL_OTHER:
        return none();
    }
    return none();
}

static bool joins_sql(struct pen_sql s, size_t i)
{
    const enum pen_sql_kind k = pen_sql_kind_at(s, i);
    return k == PEN_SQL_LOGIC || k == PEN_SQL_COMPARE || k == PEN_SQL_ARITH || k == PEN_SQL_COMMA
           || k == PEN_SQL_SELECT || k == PEN_SQL_NOT || k == PEN_SQL_CUT || k == PEN_SQL_CLAUSE;
}

static struct pen_sql_evidence at_token(struct pen_sql s, size_t i)
{
    switch (pen_sql_kind_at(s, i)) {
    case PEN_SQL_UNION: {
        const size_t behind = pen_sql_union_select(s, i);
        return behind > i ? found("sqli.union", 95, i, behind) : none();
    }
    case PEN_SQL_SEMICOLON:
        return stacked(s, i);
    case PEN_SQL_STATEMENT:
        return pen_sql_word_at(s, i, "waitfor") && pen_sql_statement(s, i) > i
                   ? found("sqli.delay", 95, i, pen_sql_statement(s, i))
                   : none();
    case PEN_SQL_CLAUSE:
        return pen_sql_word_at(s, i, "into") || pen_sql_word_at(s, i, "procedure")
                   ? clause(s, i, PEN_SQL_LEAD_NONE)
                   : none();
    case PEN_SQL_OPEN: {
        const size_t select = pen_sql_skip_opens(s, i);
        if (pen_sql_kind_at(s, select) != PEN_SQL_SELECT) return none();
        const size_t behind = pen_sql_select_list(s, select);
        return behind > select
                       && (pen_sql_word_at(s, behind, "from") || (i > 0 && joins_sql(s, i - 1)))
                   ? found("sqli.subquery", 80, i, behind)
                   : none();
    }
    case PEN_SQL_NAME:
        if (pen_sql_tell_tale(s, i)) return found("sqli.function", 85, i, i + 2);
        if (pen_sql_catalogue(s, i) && i > 0 && pen_sql_word_at(s, i - 1, "from")) {
            return found("sqli.catalogue", 80, i - 1, i + 1);
        }
        if (pen_sql_delay(s, i)) {
            const size_t behind = pen_sql_group(s, i + 1);
            const bool joined = (i > 0 && joins_sql(s, i - 1)) || joins_sql(s, behind);
            return found("sqli.delay", joined ? 85 : 45, i, behind);
        }
        return pen_sql_spelled(s, i) ? found("sqli.spelled", 80, i, i + 3) : none();
    case PEN_SQL_END:
    case PEN_SQL_NUMBER:
    case PEN_SQL_STRING:
    case PEN_SQL_VARIABLE:
    case PEN_SQL_VALUE:
    case PEN_SQL_LOGIC:
    case PEN_SQL_NOT:
    case PEN_SQL_COMPARE:
    case PEN_SQL_ARITH:
    case PEN_SQL_CLOSE:
    case PEN_SQL_COMMA:
    case PEN_SQL_DOT:
    case PEN_SQL_CUT:
    case PEN_SQL_SELECT:
    case PEN_SQL_CASE:
    case PEN_SQL_MODIFIER:
    case PEN_SQL_OTHER:
        return none();
    }
    return none();
}

struct pen_sql_evidence pen_sql_anywhere(const struct pen_sql_token *tokens, size_t count)
{
    const struct pen_sql s = {tokens, count};
    struct pen_sql_evidence best = none();
    for (size_t i = 0; i < count; i++) {
        const struct pen_sql_evidence evidence = at_token(s, i);
        if (evidence.rule != NULL && (best.rule == NULL || evidence.score > best.score)) {
            best = evidence;
        }
    }
    return best;
}
