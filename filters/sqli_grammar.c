/**
 * Continuations: what may stand behind the place where a text leaves its value, and how sure each
 * is.
 */
#include "filters/sqli_grammar.h"

#include "filters/sqli_questions.h"
#include "filters/sqli_terms.h"

#define SURE          75 /* a condition that says enough */
#define TOLD          85 /* the most that a name tells */
#define SPELLED       80
#define MOST_SCORE    95             /* no evidence has more */
#define WHOLE         35             /* a subquery of a statement that is the whole text */
#define MOST_OPERANDS PEN_SQL_TOKENS /* of one list */

/* What at_token() looks into. */
#define BEGINNINGS                                                           \
    (1U << PEN_SQL_UNION | 1U << PEN_SQL_SEMICOLON | 1U << PEN_SQL_STATEMENT \
     | 1U << PEN_SQL_CLAUSE | 1U << PEN_SQL_OPEN | 1U << PEN_SQL_SELECT | 1U << PEN_SQL_NAME)

static struct pen_sql_evidence none(void)
{
    return (struct pen_sql_evidence){.rule = NULL};
}

static struct pen_sql_evidence found(const char *rule, uint32_t score, size_t from, size_t to)
{
    return (struct pen_sql_evidence){.rule = rule, .score = score, .from = from, .to = to};
}

static bool behind_quote(enum pen_sql_lead lead)
{
    return lead == PEN_SQL_LEAD_QUOTE || lead == PEN_SQL_LEAD_PHRASE;
}

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
    if (seen.delay) return found("sqli.delay", 95, i, behind);
    if (compared && seen.open && !seen.closes) return found("sqli.condition", 75, i, behind);
    if (compared && (literal || seen.call)) return found("sqli.tautology", 95, i, behind);
    if (compared && is_itself(s, i + 1, behind)) return found("sqli.tautology", 90, i, behind);
    /* Without an end of its own it leaves the query's quote behind: programs compare so too. */
    if (compared) return found("sqli.condition", cut ? 90 : 65, i, behind);
    if (seen.compares) return found("sqli.tautology", 95, i, behind);
    if (seen.call) return found("sqli.condition", 80, i, behind);
    const bool ends = pen_sql_cuts_off(s, behind) || seen.closes
                      || (pen_sql_ends_at(s, behind) && pen_sql_kind_at(s, behind) != PEN_SQL_CUT);
    if (!literal || !ends || (seen.open && !seen.closes)) return none();
    return found("sqli.condition", lead == PEN_SQL_LEAD_QUOTE ? 75 : 60, i, behind);
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
    if (seen.delay) return found("sqli.delay", 90, i, behind);
    if (compared && literal) {
        const uint32_t score = lead == PEN_SQL_LEAD_WORD ? 85 : 90;
        return found("sqli.tautology", goes_on_as_sql(s, behind) ? score : 60, i, behind);
    }
    if (compared && number && is_itself(s, i + 1, behind) && pen_sql_ends_at(s, behind)) {
        return found("sqli.tautology", 80, i, behind);
    }
    if (seen.compares) return found("sqli.tautology", 85, i, behind);
    if (compared && seen.call) {
        const bool sure = number || cut || seen.select || pen_sql_ends_at(s, behind);
        return found("sqli.condition", sure ? 80 : 60, i, behind);
    }
    if (compared && seen.value) return found("sqli.condition", number || cut ? 75 : 55, i, behind);
    if (seen.call && (cut || number)) return found("sqli.condition", cut ? 75 : 55, i, behind);
    return number && cut && literal ? found("sqli.condition", 75, i, behind) : none();
}

/* AND, OR and what they join. Each goes on behind the one before: as deep as there are tokens. */
static struct pen_sql_evidence condition(struct pen_sql s, size_t i, enum pen_sql_lead lead)
{
    size_t at = i + 1;
    while (pen_sql_kind_at(s, at) == PEN_SQL_NOT) {
        at++;
    }
    if (pen_sql_kind_at(s, at) == PEN_SQL_SELECT) {
        const size_t list = pen_sql_select_list(s, at);
        return list > at ? found("sqli.subquery", 80, i, list) : none();
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
        if (behind == at) return none();
    }
    if (seen.call && pen_sql_asks(s, at, behind)) return found("sqli.condition", 80, i, behind);
    const struct pen_sql_evidence evidence =
        behind_quote(lead) ? quoted_condition(s, i, behind, compared, seen, lead)
                           : bare_condition(s, i, behind, compared, seen, lead);
    /* "or a is not null or a = '": it is the last one that closes the query's string. */
    const bool goes_on =
        behind_quote(lead) && evidence.score < SURE && pen_sql_kind_at(s, behind) == PEN_SQL_LOGIC;
    if (!goes_on) return evidence;
    const struct pen_sql_evidence next = condition(s, behind, lead);
    return next.rule != NULL && next.score > evidence.score ? next : evidence;
}

static struct pen_sql_evidence clause(struct pen_sql s, size_t i, enum pen_sql_lead lead);

/* ORDER BY 3, GROUP BY x HAVING 1=1. */
static struct pen_sql_evidence sorting(struct pen_sql s, size_t i, enum pen_sql_lead lead)
{
    struct pen_sql_operands seen = {0};
    size_t behind = pen_sql_operand(s, i + 2, &seen);
    if (behind == i + 2) return none();
    for (size_t n = 0; n < MOST_OPERANDS && pen_sql_kind_at(s, behind) == PEN_SQL_COMMA; n++) {
        const size_t next = pen_sql_operand(s, behind + 1, &seen);
        behind = next;
    }
    while (pen_sql_kind_at(s, behind) == PEN_SQL_MODIFIER) {
        behind++;
    }
    if (pen_sql_kind_at(s, behind) == PEN_SQL_CLAUSE) return clause(s, behind, lead);
    if (seen.call && seen.select) return found("sqli.subquery", 90, i, behind);
    const bool numbered = seen.value && !seen.name;
    if (!pen_sql_ends_at(s, behind) || (!numbered && !seen.call)) return none();
    const bool sure = pen_sql_kind_at(s, behind) == PEN_SQL_CUT || lead != PEN_SQL_LEAD_WORD;
    return found("sqli.order_by", sure ? 85 : 60, i, behind);
}

/* WHERE, HAVING, ORDER BY, LIMIT, PROCEDURE, INTO OUTFILE. */
static struct pen_sql_evidence clause(struct pen_sql s, size_t i, enum pen_sql_lead lead)
{
    struct pen_sql_operands seen = {0};
    if (pen_sql_word_at(s, i, "where") || pen_sql_word_at(s, i, "having")
        || pen_sql_word_at(s, i, "on")) {
        const size_t behind = pen_sql_comparison(s, i + 1, &seen);
        if (behind == i + 1) return none();
        const bool literal = seen.value && !seen.name;
        const bool closed = behind_quote(lead) || lead == PEN_SQL_LEAD_NUMBER;
        const bool sure = literal || seen.call || (closed && seen.value);
        return found("sqli.clause", sure ? 90 : 60, i, behind);
    }
    if ((pen_sql_word_at(s, i, "order") || pen_sql_word_at(s, i, "group"))
        && pen_sql_word_at(s, i + 1, "by")) {
        return sorting(s, i, lead);
    }
    if (pen_sql_word_at(s, i, "limit") && pen_sql_kind_at(s, i + 1) == PEN_SQL_NUMBER) {
        const bool cut = pen_sql_cuts_off(s, i + 2);
        if (behind_quote(lead) || (cut && lead == PEN_SQL_LEAD_NUMBER)) {
            return found("sqli.clause", 80, i, i + 2);
        }
        return none();
    }
    if (pen_sql_word_at(s, i, "procedure") && pen_sql_word_at(s, i + 1, "analyse")
        && pen_sql_kind_at(s, i + 2) == PEN_SQL_OPEN) {
        return found("sqli.clause", 90, i, i + 3);
    }
    if (pen_sql_word_at(s, i, "into")
        && (pen_sql_word_at(s, i + 1, "outfile") || pen_sql_word_at(s, i + 1, "dumpfile"))) {
        return found("sqli.file", 95, i, i + 2);
    }
    return none();
}

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
    if (last == i) return none();
    if (seen.select) return found("sqli.subquery", 90, i, last);
    if (seen.delay && lead != PEN_SQL_LEAD_WORD) return found("sqli.delay", 90, i, last);
    if (seen.compares && (behind_quote(lead) || lead == PEN_SQL_LEAD_NUMBER)) {
        return found("sqli.tautology", 85, i, last);
    }

    const size_t at = pen_sql_skip_closes(s, last);
    const size_t statement = pen_sql_statement(s, at);
    /* "- support exec('x')" is a list's item, not a query that went before. */
    const bool words = seen.name && !behind_quote(lead);
    if (statement > at && !words) return found("sqli.stacked", 90, i, statement);
    if (!behind_quote(lead)) return none();
    if (pen_sql_word_at(s, at, "on") && pen_sql_word_at(s, at + 1, "duplicate")) {
        return found("sqli.clause", 90, i, at + 2);
    }
    if (pen_sql_cuts_off(s, at) && !seen.name) return found("sqli.cut", 80, i, at);
    if (lead == PEN_SQL_LEAD_PHRASE) return none();
    if (pen_sql_kind_at(s, at) == PEN_SQL_COMPARE && seen.value && !seen.name) {
        struct pen_sql_operands other = {0};
        const size_t behind = pen_sql_operand(s, at + 1, &other);
        const bool closed = other.closes || pen_sql_kind_at(s, behind) == PEN_SQL_CUT;
        return behind > at + 1 && closed ? found("sqli.condition", 75, i, behind) : none();
    }
    if (!seen.closes || pen_sql_kind_at(s, at) != PEN_SQL_END) return none();
    if (seen.call) return found("sqli.condition", 75, i, at);
    /* '-' and '+'x: arithmetic on strings is zero, and zero equals most names. */
    const bool arithmetic = pen_sql_kind_at(s, i) == PEN_SQL_ARITH;
    return arithmetic && !seen.name ? found("sqli.condition", 70, i, at) : none();
}

static struct pen_sql_evidence stacked(struct pen_sql s, size_t i)
{
    const size_t at = pen_sql_skip_opens(s, i + 1);
    const size_t behind = pen_sql_statement(s, at);
    return behind > at ? found("sqli.stacked", 95, i, behind) : none();
}

/* SQL Server needs no semicolon. Behind a mere word "Reject EXEC commands" looks the same, and
   behind a quote a program's own statement: execute("insert into x ..."). */
static struct pen_sql_evidence unseparated(struct pen_sql s, size_t i, enum pen_sql_lead lead)
{
    const size_t behind = pen_sql_statement(s, i);
    if (behind == i) return none();
    if (pen_sql_word_at(s, i, "waitfor")) return found("sqli.delay", 90, i, behind);
    if (!behind_quote(lead) && lead != PEN_SQL_LEAD_NUMBER) return none();

    const bool cut_off = pen_sql_kind_at(s, s.count - 1) == PEN_SQL_CUT;
    const bool program = pen_sql_is_at(s, i, PEN_SQL_IS_OWN) && !cut_off;
    return found("sqli.stacked", program ? 60 : 90, i, behind);
}

/* '=' and '='' close the query's string on both sides. */
static struct pen_sql_evidence compared_to_itself(struct pen_sql s, size_t i,
                                                  enum pen_sql_lead lead)
{
    struct pen_sql_operands seen = {0};
    const size_t behind = pen_sql_operand(s, i + 1, &seen);
    if (behind == i + 1) return none();
    if (seen.select) return found("sqli.subquery", 85, i, behind);
    if (seen.delay) return found("sqli.delay", 90, i, behind);
    if (lead != PEN_SQL_LEAD_QUOTE) return none();
    if (seen.value && !seen.name && (seen.closes || pen_sql_cuts_off(s, behind))) {
        return found("sqli.tautology", 80, i, behind);
    }
    if (pen_sql_kind_at(s, behind) == PEN_SQL_LOGIC && seen.value)
        return condition(s, behind, lead);
    return seen.call ? found("sqli.condition", 60, i, behind) : none();
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

static struct pen_sql_evidence union_select(struct pen_sql s, size_t i)
{
    const size_t behind = pen_sql_union_select(s, i);
    if (behind == i) return none();
    return found("sqli.union", is_mentioned(s, behind) ? 60 : 95, i, behind);
}

/* "' UNION ALL SELECT" and nothing else: half of it, for a query that goes on with a list. */
static struct pen_sql_evidence half_union(struct pen_sql s, size_t i, enum pen_sql_lead lead)
{
    size_t at = i + 1;
    if (pen_sql_word_at(s, at, "all") || pen_sql_word_at(s, at, "distinct")) at++;
    const bool half = pen_sql_kind_at(s, at) == PEN_SQL_SELECT && pen_sql_ends_at(s, at + 1);
    return half && lead == PEN_SQL_LEAD_QUOTE ? found("sqli.union", 80, i, at + 1) : none();
}

/* A closing quote and a comment with nothing in it: admin'-- */
static struct pen_sql_evidence cut(struct pen_sql s, size_t i, enum pen_sql_lead lead)
{
    const bool last = i + 1 >= s.count;
    if (!behind_quote(lead) || !last || !pen_sql_cuts_off(s, i)) return none();
    return found("sqli.cut", lead == PEN_SQL_LEAD_QUOTE ? 80 : 60, i, i + 1);
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
    struct pen_sql_evidence evidence = none();
    switch (pen_sql_kind_at(s, i)) {
    case PEN_SQL_LOGIC:
        evidence = condition(s, i, lead);
        return evidence.rule == NULL && pen_sql_word_at(s, i, "||") ? expression(s, i, lead)
                                                                    : evidence;
    case PEN_SQL_UNION:
        evidence = union_select(s, i);
        return evidence.rule == NULL ? half_union(s, i, lead) : evidence;
    case PEN_SQL_SEMICOLON:
        evidence = stacked(s, i);
        if (evidence.rule == NULL && pen_sql_kind_at(s, i + 1) == PEN_SQL_LOGIC) {
            evidence = condition(s, i + 1, lead);
        }
        return evidence.rule == NULL ? cut(s, i + 1, lead) : evidence;
    case PEN_SQL_CLAUSE:
        return clause(s, i, lead);
    case PEN_SQL_COMPARE:
        return compared_to_itself(s, i, lead);
    case PEN_SQL_ARITH:
    case PEN_SQL_COMMA:
        return expression(s, i, lead);
    case PEN_SQL_OPEN: {
        const size_t select = pen_sql_skip_opens(s, i);
        return pen_sql_kind_at(s, select) == PEN_SQL_SELECT
                       && pen_sql_select_list(s, select) > select
                   ? found("sqli.subquery", 85, i, pen_sql_group(s, i))
                   : none();
    }
    case PEN_SQL_STATEMENT:
        return unseparated(s, i, lead);
    case PEN_SQL_CUT:
        return cut(s, i, lead);
    case PEN_SQL_NAME:
        return behind_quote(lead) && pen_sql_word_at(s, i, "if") && pen_sql_statement(s, i) > i
                   ? found("sqli.stacked", 90, i, pen_sql_statement(s, i))
                   : none();
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
    return found("sqli.delay", joined ? TOLD : 45, i, behind);
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
    if (pen_sql_kind_at(s, select) != PEN_SQL_SELECT) return none();
    const size_t behind = pen_sql_select_list(s, select);
    const bool joined = pen_sql_from(s, behind) > behind || (i > 0 && joins_sql(s, i - 1));
    return behind > select && joined
               ? found("sqli.subquery", is_statement(s) ? WHOLE : 80, i, behind)
               : none();
}

/* Only what has more than `score` counts. */
static struct pen_sql_evidence named(struct pen_sql s, size_t i, uint32_t score)
{
    /* What is called, has a member or an argument: most words are followed by another. */
    const enum pen_sql_kind next = pen_sql_kind_at(s, i + 1);
    if (next != PEN_SQL_OPEN && next != PEN_SQL_DOT && next != PEN_SQL_STRING
        && next != PEN_SQL_VARIABLE) {
        return none();
    }
    if (score >= TOLD || !pen_sql_known(s, i)) return none();
    if (pen_sql_tell_tale(s, i)) return found("sqli.function", TOLD, i, i + 2);
    if (pen_sql_delay(s, i)) return delay(s, i);
    if (score >= SPELLED) return none();
    return pen_sql_spelled(s, i) ? found("sqli.spelled", SPELLED, i, i + 3) : none();
}

/* A statement as the whole text leaves nothing, but what it asks may be nobody's business. */
static struct pen_sql_evidence whole_statement(struct pen_sql s)
{
    const size_t select = pen_sql_skip_opens(s, 0);
    const size_t question = pen_sql_self_question(s, select);
    if (question > select && pen_sql_ends_at(s, pen_sql_skip_closes(s, question))) {
        return found("sqli.catalogue", 75, 0, question);
    }
    /* declare @q ... exec(@q): what is run has been put together. */
    const bool declares = pen_sql_word_at(s, 0, "declare") && pen_sql_statement(s, 0) > 0;
    for (size_t i = 2; declares && i + 2 < s.count; i++) {
        const bool runs = pen_sql_word_at(s, i, "exec") || pen_sql_word_at(s, i, "execute");
        if (runs && pen_sql_kind_at(s, i + 1) == PEN_SQL_OPEN
            && pen_sql_kind_at(s, i + 2) == PEN_SQL_VARIABLE) {
            return found("sqli.stacked", 80, 0, i + 3);
        }
    }
    const bool execution = pen_sql_word_at(s, 0, "exec") || pen_sql_word_at(s, 0, "execute");
    const bool server = (execution && pen_sql_kind_at(s, 1) != PEN_SQL_OPEN)
                        || pen_sql_word_at(s, 0, "if") || pen_sql_word_at(s, 0, "load");
    const size_t statement = server ? pen_sql_statement(s, 0) : 0;
    return statement > 0 ? found("sqli.stacked", 80, 0, statement) : none();
}

static struct pen_sql_evidence at_token(struct pen_sql s, size_t i, uint32_t score)
{
    switch (pen_sql_kind_at(s, i)) {
    case PEN_SQL_UNION:
        return union_select(s, i);
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
    case PEN_SQL_OPEN:
        return subquery(s, i);
    case PEN_SQL_SELECT: {
        const size_t behind = pen_sql_select_list(s, i);
        return behind > i && pen_sql_from(s, behind) > behind && pen_sql_catalogue(s, behind + 1)
                   ? found("sqli.catalogue", 80, i, behind + 2)
                   : none();
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
        return none();
    }
    return none();
}

struct pen_sql_evidence pen_sql_anywhere(const struct pen_sql_token *tokens, size_t count,
                                         bool start)
{
    const struct pen_sql s = {tokens, count};
    struct pen_sql_evidence best = start ? whole_statement(s) : none();
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
