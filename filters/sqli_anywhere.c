/**
 * Structure that no text has by chance, wherever it stands: a UNION, a second statement, a
 * subquery, a call that only an attack makes.
 */
#include "filters/sqli_parts.h"

#define TOLD       85 /* the most that a name tells */
#define SPELLED    80
#define MOST_SCORE 95 /* no evidence has more */
#define WHOLE      35 /* a subquery of a statement that is the whole text */

/* What at_token() looks into. */
#define BEGINNINGS                                                           \
    (1U << PEN_SQL_UNION | 1U << PEN_SQL_SEMICOLON | 1U << PEN_SQL_STATEMENT \
     | 1U << PEN_SQL_CLAUSE | 1U << PEN_SQL_OPEN | 1U << PEN_SQL_SELECT | 1U << PEN_SQL_NAME)

static bool joins_sql(struct pen_sql s, size_t i)
{
    const enum pen_sql_kind k = pen_sql_kind_at(s, i);
    return k == PEN_SQL_LOGIC || k == PEN_SQL_COMPARE || k == PEN_SQL_ARITH || k == PEN_SQL_COMMA
           || k == PEN_SQL_SELECT || k == PEN_SQL_NOT || k == PEN_SQL_CUT || k == PEN_SQL_CLAUSE;
}

/* sleep() in a condition, a list or an IF of SQL; programs call it too, but not there. */
static struct pen_sql_evidence delay(struct pen_sql s, size_t i)
{
    const size_t behind = pen_sql_group(s, i + 1);
    bool joined =
        i > 0
        && (pen_sql_word_at(s, i - 1, "and") || pen_sql_word_at(s, i - 1, "or")
            || pen_sql_word_at(s, i - 1, "rlike") || pen_sql_kind_at(s, i - 1) == PEN_SQL_SELECT);
    /* sleep(5)-- and sleep(5)=' at the start of the text, or behind a list's first item: the rest
       of the query is done away with. */
    if (i <= 1 || (i == 2 && pen_sql_kind_at(s, 1) == PEN_SQL_COMMA)) {
        struct pen_sql_operands seen = {0};
        joined = joined || pen_sql_cuts_off(s, behind)
                 || (pen_sql_operand(s, behind + 1, &seen) > behind + 1 && seen.closes);
    }
    const bool listed = i > 0 && pen_sql_kind_at(s, i - 1) == PEN_SQL_COMMA;
    for (size_t n = 0; listed && n < i && !joined; n++) {
        joined = pen_sql_kind_at(s, n + 1) == PEN_SQL_OPEN
                 && (pen_sql_word_at(s, n, "if") || pen_sql_word_at(s, n, "elt")
                     || pen_sql_word_at(s, n, "make_set"));
    }
    return pen_sql_found("sqli.delay", joined ? TOLD : 45, i, behind);
}

/* "WITH t AS (SELECT ...": the text is the statement, and ends nothing that it was put into. */
static bool is_statement(struct pen_sql s)
{
    if (pen_sql_kind_at(s, 0) == PEN_SQL_SELECT) {
        const size_t list = pen_sql_select_list(s, 0);
        return list > 0 && pen_sql_from(s, list) > list;
    }
    const size_t name = pen_sql_word_at(s, 1, "recursive") ? 2 : 1;
    if (!pen_sql_word_at(s, 0, "with") || !pen_sql_word_at(s, name + 1, "as")) return false;
    const size_t open = name + 2;
    const size_t behind = pen_sql_kind_at(s, open) == PEN_SQL_OPEN ? pen_sql_group(s, open) : open;
    const enum pen_sql_kind next = pen_sql_kind_at(s, behind);
    return behind > open && (next == PEN_SQL_SELECT || next == PEN_SQL_COMMA);
}

static struct pen_sql_evidence subquery(struct pen_sql s, size_t i)
{
    const size_t select = pen_sql_skip_opens(s, i);
    if (pen_sql_kind_at(s, select) != PEN_SQL_SELECT) return pen_sql_none();
    const size_t behind = pen_sql_select_list(s, select);
    const bool joined = pen_sql_from(s, behind) > behind || (i > 0 && joins_sql(s, i - 1));
    return behind > select && joined
               ? pen_sql_found("sqli.subquery", is_statement(s) ? WHOLE : 80, i, behind)
               : pen_sql_none();
}

/* Only what has more than `score` counts. */
static struct pen_sql_evidence named(struct pen_sql s, size_t i, uint32_t score)
{
    /* What is called, has a member or an argument: most words are followed by another. */
    const enum pen_sql_kind next = pen_sql_kind_at(s, i + 1);
    if (next != PEN_SQL_OPEN && next != PEN_SQL_DOT && next != PEN_SQL_STRING
        && next != PEN_SQL_VARIABLE) {
        return pen_sql_none();
    }
    if (score >= TOLD || !pen_sql_known(s, i)) return pen_sql_none();
    if (pen_sql_tell_tale(s, i)) return pen_sql_found("sqli.function", TOLD, i, i + 2);
    if (pen_sql_delay(s, i)) return delay(s, i);
    if (score >= SPELLED) return pen_sql_none();
    return pen_sql_spelled(s, i) ? pen_sql_found("sqli.spelled", SPELLED, i, i + 3)
                                 : pen_sql_none();
}

/* A statement as the whole text leaves nothing, but what it asks may be nobody's business. */
static struct pen_sql_evidence whole_statement(struct pen_sql s)
{
    const size_t select = pen_sql_skip_opens(s, 0);
    const size_t question = pen_sql_self_question(s, select);
    if (question > select && pen_sql_ends_at(s, pen_sql_skip_closes(s, question))) {
        return pen_sql_found("sqli.catalogue", 75, 0, question);
    }
    /* declare @q ... exec(@q): what is run has been put together. */
    const bool declares = pen_sql_word_at(s, 0, "declare") && pen_sql_statement(s, 0) > 0;
    for (size_t i = 2; declares && i + 2 < s.count; i++) {
        const bool runs = pen_sql_word_at(s, i, "exec") || pen_sql_word_at(s, i, "execute");
        if (runs && pen_sql_kind_at(s, i + 1) == PEN_SQL_OPEN
            && pen_sql_kind_at(s, i + 2) == PEN_SQL_VARIABLE) {
            return pen_sql_found("sqli.stacked", 80, 0, i + 3);
        }
    }
    const bool execution = pen_sql_word_at(s, 0, "exec") || pen_sql_word_at(s, 0, "execute");
    const bool server = (execution && pen_sql_kind_at(s, 1) != PEN_SQL_OPEN)
                        || pen_sql_word_at(s, 0, "if") || pen_sql_word_at(s, 0, "load");
    const size_t statement = server ? pen_sql_statement(s, 0) : 0;
    return statement > 0 ? pen_sql_found("sqli.stacked", 80, 0, statement) : pen_sql_none();
}

static struct pen_sql_evidence at_token(struct pen_sql s, size_t i, uint32_t score)
{
    switch (pen_sql_kind_at(s, i)) {
    case PEN_SQL_UNION:
        return pen_sql_union_found(s, i);
    case PEN_SQL_SEMICOLON:
        return pen_sql_stacked(s, i);
    case PEN_SQL_STATEMENT:
        return pen_sql_word_at(s, i, "waitfor") && pen_sql_statement(s, i) > i
                   ? pen_sql_found("sqli.delay", 95, i, pen_sql_statement(s, i))
                   : pen_sql_none();
    case PEN_SQL_CLAUSE:
        return pen_sql_word_at(s, i, "into") || pen_sql_word_at(s, i, "procedure")
                   ? pen_sql_clause(s, i, PEN_SQL_LEAD_NONE)
                   : pen_sql_none();
    case PEN_SQL_OPEN:
        return subquery(s, i);
    case PEN_SQL_SELECT: {
        const size_t behind = pen_sql_select_list(s, i);
        return behind > i && pen_sql_from(s, behind) > behind && pen_sql_catalogue(s, behind + 1)
                   ? pen_sql_found("sqli.catalogue", 80, i, behind + 2)
                   : pen_sql_none();
    }
    case PEN_SQL_NAME:
        return named(s, i, score);
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
    case PEN_SQL_CASE:
    case PEN_SQL_MODIFIER:
    case PEN_SQL_OTHER:
        return pen_sql_none();
    }
    return pen_sql_none();
}

struct pen_sql_evidence pen_sql_anywhere(const struct pen_sql_token *tokens, size_t count,
                                         bool start)
{
    const struct pen_sql s = {tokens, count};
    struct pen_sql_evidence best = start ? whole_statement(s) : pen_sql_none();
    for (size_t i = 0; i < count; i++) {
        if ((BEGINNINGS >> tokens[i].kind & 1) == 0) continue;
        if (tokens[i].kind == PEN_SQL_OPEN) {
            const size_t inside = pen_sql_skip_opens(s, i);
            if (pen_sql_kind_at(s, inside) != PEN_SQL_SELECT) {
                i = inside - 1;
                continue;
            }
        }
        const struct pen_sql_evidence evidence = at_token(s, i, best.rule != NULL ? best.score : 0);
        if (evidence.rule != NULL && (best.rule == NULL || evidence.score > best.score)) {
            best = evidence;
            if (best.score >= MOST_SCORE) break;
        }
    }
    return best;
}
