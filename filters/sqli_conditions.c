/** Conditions and clauses in the place of a value, and how sure each is. */
#include "filters/sqli_parts.h"
#include "filters/sqli_questions.h"

#define SURE          75             /* a condition that says enough */
#define MOST_OPERANDS PEN_SQL_TOKENS /* of one list */

/* user=user: a column or a function compared with itself. */
static bool is_itself(struct pen_sql s, size_t from, size_t behind)
{
    return behind == from + 3 && pen_sql_word_at(s, from + 1, "=")
           && pen_str_equal_fold(s.tokens[from].text, s.tokens[from + 2].text);
}

/* A condition in the place of a value: how sure it is depends on what it compares. */
static struct pen_sql_evidence quoted_condition(struct pen_sql s, size_t i, size_t behind,
                                                bool compared, struct pen_sql_operands seen,
                                                enum pen_sql_lead lead)
{
    const bool literal = seen.value && !seen.name;
    const bool cut = pen_sql_kind_at(s, s.count - 1) == PEN_SQL_CUT || seen.closes;
    if (seen.delay) return pen_sql_found("sqli.delay", 95, i, behind);
    if (compared && seen.open && !seen.closes)
        return pen_sql_found("sqli.condition", 75, i, behind);
    if (compared && (literal || seen.call)) return pen_sql_found("sqli.tautology", 95, i, behind);
    if (compared && is_itself(s, i + 1, behind))
        return pen_sql_found("sqli.tautology", 90, i, behind);
    /* Without an end of its own it leaves the query's quote behind: programs compare so too. */
    if (compared) return pen_sql_found("sqli.condition", cut ? 90 : 65, i, behind);
    if (seen.compares) return pen_sql_found("sqli.tautology", 95, i, behind);
    if (seen.call) return pen_sql_found("sqli.condition", 80, i, behind);
    const bool ends = pen_sql_cuts_off(s, behind) || seen.closes
                      || (pen_sql_ends_at(s, behind) && pen_sql_kind_at(s, behind) != PEN_SQL_CUT);
    if (!literal || !ends || (seen.open && !seen.closes)) return pen_sql_none();
    return pen_sql_found("sqli.condition", lead == PEN_SQL_LEAD_QUOTE ? 75 : 60, i, behind);
}

/* Behind a condition: "1 or 2 = 3, they said" is none. */
static bool goes_on_as_sql(struct pen_sql s, size_t i)
{
    i = pen_sql_skip_closes(s, i);
    if (pen_sql_kind_at(s, i) == PEN_SQL_COMMA) i++;
    const enum pen_sql_kind next = pen_sql_kind_at(s, i);
    return next != PEN_SQL_NAME && next != PEN_SQL_OTHER && next != PEN_SQL_DOT;
}

static struct pen_sql_evidence bare_condition(struct pen_sql s, size_t i, size_t behind,
                                              bool compared, struct pen_sql_operands seen,
                                              enum pen_sql_lead lead)
{
    const bool literal = seen.value && !seen.name && !seen.call;
    const bool number = lead == PEN_SQL_LEAD_NUMBER;
    const bool cut = pen_sql_cuts_off(s, behind);
    if (seen.delay) return pen_sql_found("sqli.delay", 90, i, behind);
    if (compared && literal) {
        const uint32_t score = lead == PEN_SQL_LEAD_WORD ? 85 : 90;
        return pen_sql_found("sqli.tautology", goes_on_as_sql(s, behind) ? score : 60, i, behind);
    }
    if (compared && number && is_itself(s, i + 1, behind) && pen_sql_ends_at(s, behind)) {
        return pen_sql_found("sqli.tautology", 80, i, behind);
    }
    if (seen.compares) return pen_sql_found("sqli.tautology", 85, i, behind);
    if (compared && seen.call) {
        const bool sure = number || cut || seen.select || pen_sql_ends_at(s, behind);
        return pen_sql_found("sqli.condition", sure ? 80 : 60, i, behind);
    }
    if (compared && seen.value)
        return pen_sql_found("sqli.condition", number || cut ? 75 : 55, i, behind);
    if (seen.call && (cut || number))
        return pen_sql_found("sqli.condition", cut ? 75 : 55, i, behind);
    return number && cut && literal ? pen_sql_found("sqli.condition", 75, i, behind)
                                    : pen_sql_none();
}

/* AND, OR and what they join. Each goes on behind the one before: as deep as there are tokens. */
struct pen_sql_evidence pen_sql_condition(struct pen_sql s, size_t i, enum pen_sql_lead lead)
{
    size_t at = i + 1;
    while (pen_sql_kind_at(s, at) == PEN_SQL_NOT) {
        at++;
    }
    if (pen_sql_kind_at(s, at) == PEN_SQL_SELECT) {
        const size_t list = pen_sql_select_list(s, at);
        return list > at ? pen_sql_found("sqli.subquery", 80, i, list) : pen_sql_none();
    }
    struct pen_sql_operands seen = {0};
    size_t behind = pen_sql_comparison(s, at, &seen);
    if (behind == at && pen_sql_kind_at(s, at) == PEN_SQL_OPEN) {
        /* "and (1=1", "and ((x": the comparison stands inside. */
        const size_t inside = pen_sql_skip_opens(s, at);
        seen = (struct pen_sql_operands){0};
        behind = pen_sql_comparison(s, inside, &seen);
        if (behind == inside) behind = at;
    }
    const bool compared = behind > at;
    if (!compared) {
        seen = (struct pen_sql_operands){0};
        behind = pen_sql_operand(s, at, &seen);
        if (behind == at) return pen_sql_none();
    }
    if (seen.call && pen_sql_asks(s, at, behind))
        return pen_sql_found("sqli.condition", 80, i, behind);
    const struct pen_sql_evidence evidence =
        pen_sql_behind_quote(lead) ? quoted_condition(s, i, behind, compared, seen, lead)
                                   : bare_condition(s, i, behind, compared, seen, lead);
    /* "or a is not null or a = '": it is the last one that closes the query's string. */
    const bool goes_on = pen_sql_behind_quote(lead) && evidence.score < SURE
                         && pen_sql_kind_at(s, behind) == PEN_SQL_LOGIC;
    if (!goes_on) return evidence;
    const struct pen_sql_evidence next = pen_sql_condition(s, behind, lead);
    return next.rule != NULL && next.score > evidence.score ? next : evidence;
}

/* ORDER BY 3, GROUP BY x HAVING 1=1. */
static struct pen_sql_evidence sorting(struct pen_sql s, size_t i, enum pen_sql_lead lead)
{
    struct pen_sql_operands seen = {0};
    size_t behind = pen_sql_operand(s, i + 2, &seen);
    if (behind == i + 2) return pen_sql_none();
    for (size_t n = 0; n < MOST_OPERANDS && pen_sql_kind_at(s, behind) == PEN_SQL_COMMA; n++) {
        const size_t next = pen_sql_operand(s, behind + 1, &seen);
        behind = next;
    }
    while (pen_sql_kind_at(s, behind) == PEN_SQL_MODIFIER) {
        behind++;
    }
    if (pen_sql_kind_at(s, behind) == PEN_SQL_CLAUSE) return pen_sql_clause(s, behind, lead);
    if (seen.call && seen.select) return pen_sql_found("sqli.subquery", 90, i, behind);
    const bool numbered = seen.value && !seen.name;
    if (!pen_sql_ends_at(s, behind) || (!numbered && !seen.call)) return pen_sql_none();
    const bool sure = pen_sql_kind_at(s, behind) == PEN_SQL_CUT || lead != PEN_SQL_LEAD_WORD;
    return pen_sql_found("sqli.order_by", sure ? 85 : 60, i, behind);
}

/* WHERE, HAVING, ORDER BY, LIMIT, PROCEDURE, INTO OUTFILE. */
struct pen_sql_evidence pen_sql_clause(struct pen_sql s, size_t i, enum pen_sql_lead lead)
{
    struct pen_sql_operands seen = {0};
    if (pen_sql_word_at(s, i, "where") || pen_sql_word_at(s, i, "having")
        || pen_sql_word_at(s, i, "on")) {
        const size_t behind = pen_sql_comparison(s, i + 1, &seen);
        if (behind == i + 1) return pen_sql_none();
        const bool literal = seen.value && !seen.name;
        const bool closed = pen_sql_behind_quote(lead) || lead == PEN_SQL_LEAD_NUMBER;
        const bool sure = literal || seen.call || (closed && seen.value);
        return pen_sql_found("sqli.clause", sure ? 90 : 60, i, behind);
    }
    if ((pen_sql_word_at(s, i, "order") || pen_sql_word_at(s, i, "group"))
        && pen_sql_word_at(s, i + 1, "by")) {
        return sorting(s, i, lead);
    }
    if (pen_sql_word_at(s, i, "limit") && pen_sql_kind_at(s, i + 1) == PEN_SQL_NUMBER) {
        const bool cut = pen_sql_cuts_off(s, i + 2);
        if (pen_sql_behind_quote(lead) || (cut && lead == PEN_SQL_LEAD_NUMBER)) {
            return pen_sql_found("sqli.clause", 80, i, i + 2);
        }
        return pen_sql_none();
    }
    if (pen_sql_word_at(s, i, "procedure") && pen_sql_word_at(s, i + 1, "analyse")
        && pen_sql_kind_at(s, i + 2) == PEN_SQL_OPEN) {
        return pen_sql_found("sqli.clause", 90, i, i + 3);
    }
    if (pen_sql_word_at(s, i, "into")
        && (pen_sql_word_at(s, i + 1, "outfile") || pen_sql_word_at(s, i + 1, "dumpfile"))) {
        return pen_sql_found("sqli.file", 95, i, i + 2);
    }
    return pen_sql_none();
}
