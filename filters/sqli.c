/**
 * SQL injection: a text that ends the value it was meant to be and goes on as SQL.
 *
 * A function pastes the text into a query as a number, or inside one of three quotes. Each of these
 * contexts is tried: where does the text leave it, and is what follows a continuation that SQL
 * knows (a condition, a UNION, a statement, a clause, a cut)? Words alone are never evidence. The
 * technique is that of libinjection's contexts (N. Galbreath, 2012) with a grammar in the place of
 * its fingerprints.
 *
 * Not reported: a whole SQL statement as a value, which leaves nothing (a query tool sends those);
 * apostrophes, key words and comment signs in running text.
 */
#include "filters/filter.h"
#include "filters/sqli_grammar.h"

#define FAR_LEAD   64 /* bytes before the break-out, beyond which it is inside a longer text */
#define FAR_TOKENS 8
#define FAR_SCORE  85 /* most that counts there: certain only when the text is the payload */

static const struct pen_rule rules[] = {
    {"sqli.tautology", "the value is closed and a condition that is always true or false follows"},
    {"sqli.condition", "the value is closed and a condition of the sender's own follows"},
    {"sqli.union", "a UNION SELECT is attached to the query that the value is put into"},
    {"sqli.stacked", "the query is ended and a statement of the sender's own follows"},
    {"sqli.clause", "the value is closed and a clause of the sender's own follows"},
    {"sqli.order_by", "the number of columns of the query is probed"},
    {"sqli.subquery", "a subquery of the sender's own is put into the query"},
    {"sqli.cut", "the value is closed and a comment cuts off the rest of the query"},
    {"sqli.delay", "the database is told to wait, so that the answer's time tells something"},
    {"sqli.function", "a database function is called that reads, waits or fails on purpose"},
    {"sqli.catalogue", "the database's own catalogue is read"},
    {"sqli.file", "the query's result is written to a file"},
    {"sqli.spelled", "a text is spelled out by character codes, as attacks do to hide it"},
};

/* Both groups must match: a mark of structure, and a word or operator that SQL would need. */
static const struct pen_trigger triggers[] = {
    {"['\"`;#=<>(]", false, 0},
    {"--", false, 0},
    {"/\\*", false, 0},
    {"\\b(by|union|except|intersect|like|rlike|regexp|between|limit|null)\\b", true, 0},
    {"\\b(or|and|xor|like|rlike|regexp|in|is|between|union|except|intersect|having|where|order|"
     "group|limit|"
     "procedure|into|waitfor|select|insert|update|delete|drop|exec|execute|declare|shutdown|create|"
     "alter|truncate|sleep|benchmark|pg_sleep|extractvalue|updatexml|load_file|randomblob|"
     "generate_series|chr|char|concat|concat_ws|elt|exp)\\b",
     true, 1},
    {"\\|\\||&&", false, 1},
    {"['\"`]\\)*\\s*(--|#|/\\*|;|=|\\+|,|<|>|\\*|-|/|%|\\^|\\|)", false, 1},
    {"dbms_|utl_|xp_|sp_|ctxsys|information_schema|sqlite_master|sysobjects|pg_", true, 1},
};

/* A text may stand far from the start of a document: what looks like SQL there may be quoted. */
static void report(struct pen_scan *scan, const struct pen_sql_token *tokens, size_t count,
                   struct pen_sql_evidence evidence, size_t lead_bytes)
{
    if (evidence.rule == NULL) return;

    const bool far = lead_bytes > FAR_LEAD || evidence.from > FAR_TOKENS;
    const bool cut_off = count > 0 && tokens[count - 1].kind == PEN_SQL_CUT;
    const uint32_t score =
        far && !cut_off && evidence.score > FAR_SCORE ? FAR_SCORE : evidence.score;
    const size_t last = evidence.to < count ? evidence.to : count;
    const size_t end = last > 0 ? tokens[last - 1].at + tokens[last - 1].text.len : 0;
    const size_t start = tokens[evidence.from].at;
    pen_scan_report(scan, evidence.rule, (struct pen_span){start, end > start ? end : start},
                    score);
}

static struct pen_sql_evidence stronger(struct pen_sql_evidence a, struct pen_sql_evidence b)
{
    return b.rule != NULL && (a.rule == NULL || b.score > a.score) ? b : a;
}

/* Read the text behind byte `start`, which closes a string of the query. */
static enum pen_status try_quote(struct pen_str text, size_t start, struct pen_scan *scan)
{
    struct pen_sql_token tokens[PEN_SQL_TOKENS];
    size_t count = 0;
    PEN_TRY(pen_scan_spend(scan, pen_sql_lex(text, start, tokens, &count)));
    const struct pen_sql_evidence evidence =
        stronger(pen_sql_continuation(tokens, count, 0, PEN_SQL_LEAD_QUOTE),
                 pen_sql_anywhere(tokens, count));
    report(scan, tokens, count, evidence, start);
    return PEN_OK;
}

/* The first quote of its kind closes the string; behind an escaped or doubled one, so may the next.
 */
static enum pen_status try_quotes(struct pen_str text, char quote, struct pen_scan *scan)
{
    size_t at = pen_str_find(text, quote, 0);
    for (int tries = 0; at < text.len && tries < 2; tries++) {
        PEN_TRY(try_quote(text, at + 1, scan));
        const bool doubled = at + 1 < text.len && text.ptr[at + 1] == quote;
        const bool escaped = at > 0 && text.ptr[at - 1] == '\\';
        if (!doubled && !escaped) return PEN_OK;
        at = doubled ? at + 1 : pen_str_find(text, quote, at + 1);
    }
    return PEN_OK;
}

/* U+2019 and its relatives become an apostrophe when a driver narrows the text's character set. */
static enum pen_status try_wide_quote(struct pen_str text, struct pen_scan *scan)
{
    static const struct pen_str wide[] = {PEN_STR("\xe2\x80\x99"), PEN_STR("\xca\xbc"),
                                          PEN_STR("\xef\xbc\x87"), PEN_STR("\xe2\x80\x98")};
    for (size_t i = 0; i < PEN_COUNT_OF(wide); i++) {
        const size_t at = pen_str_find_str(text, wide[i]);
        if (at < text.len) return try_quote(text, at + wide[i].len, scan);
    }
    return PEN_OK;
}

/* "page.asp?id=1 or 1=1", "id=1 or 1=1": behind a parameter's value, or `at` when there is none. */
static size_t skip_parameter(const struct pen_sql_token *tokens, size_t count, size_t at)
{
    for (size_t i = at; i + 1 < count; i++) {
        switch (tokens[i].kind) {
        case PEN_SQL_COMPARE:
            return tokens[i + 1].kind == PEN_SQL_NUMBER ? i + 2 : at;
        case PEN_SQL_NAME:
        case PEN_SQL_DOT:
        case PEN_SQL_ARITH:
        case PEN_SQL_OTHER:
        case PEN_SQL_NUMBER:
        case PEN_SQL_VARIABLE:
            continue;
        case PEN_SQL_END:
        case PEN_SQL_STRING:
        case PEN_SQL_VALUE:
        case PEN_SQL_LOGIC:
        case PEN_SQL_NOT:
        case PEN_SQL_OPEN:
        case PEN_SQL_CLOSE:
        case PEN_SQL_COMMA:
        case PEN_SQL_SEMICOLON:
        case PEN_SQL_CUT:
        case PEN_SQL_UNION:
        case PEN_SQL_SELECT:
        case PEN_SQL_STATEMENT:
        case PEN_SQL_CLAUSE:
        case PEN_SQL_CASE:
        case PEN_SQL_MODIFIER:
            return at;
        }
    }
    return at;
}

/* As a number or a bare word: nothing has to be closed. */
static enum pen_status try_bare(struct pen_str text, struct pen_scan *scan)
{
    struct pen_sql_token tokens[PEN_SQL_TOKENS];
    size_t count = 0;
    PEN_TRY(pen_scan_spend(scan, pen_sql_lex(text, 0, tokens, &count)));
    struct pen_sql_evidence evidence = pen_sql_anywhere(tokens, count);
    size_t at = 0;
    enum pen_sql_lead lead = PEN_SQL_LEAD_NONE;
    if (tokens[0].kind == PEN_SQL_ARITH && count > 1 && tokens[1].kind == PEN_SQL_NUMBER) at = 1;
    if (tokens[at].kind == PEN_SQL_NUMBER || tokens[at].kind == PEN_SQL_VALUE) {
        lead = PEN_SQL_LEAD_NUMBER;
        at++;
    } else if (tokens[at].kind == PEN_SQL_NAME) {
        lead = PEN_SQL_LEAD_WORD;
        at++;
        at = skip_parameter(tokens, count, at);
    }
    evidence = stronger(evidence, pen_sql_continuation(tokens, count, at, lead));
    report(scan, tokens, count, evidence, 0);
    return PEN_OK;
}

static enum pen_status inspect_leaf(const void *state, const struct pen_leaf *leaf,
                                    struct pen_scan *scan)
{
    (void)state;
    PEN_TRY(try_bare(leaf->text, scan));
    PEN_TRY(try_quotes(leaf->text, '\'', scan));
    PEN_TRY(try_quotes(leaf->text, '"', scan));
    PEN_TRY(try_quotes(leaf->text, '`', scan));
    return try_wide_quote(leaf->text, scan);
}

const struct pen_filter pen_filter_sqli = {
    .name = "sqli",
    .summary = "text that leaves its place in an SQL query",
    .sinks = "sql",
    .rules = rules,
    .rule_count = PEN_COUNT_OF(rules),
    .triggers = triggers,
    .trigger_count = PEN_COUNT_OF(triggers),
    .inspect_leaf = inspect_leaf,
};
