/**
 * Small matchers over tokens: each takes an index and returns the one behind what it matched, or
 * the same when it did not. All are linear; nesting is skipped, not descended into.
 */
#include "filters/sqli_grammar.h"

#include <string.h>

#define MOST_OPERANDS 32 /* of one list or sum; longer ones add nothing to the evidence */

struct sql {
    const struct pen_sql_token *tokens;
    size_t count;
};

/* What a condition's operands were made of: says how sure one can be that it is one. */
struct operands {
    bool name;   /* a bare word: prose has those too */
    bool call;   /* word and parenthesis, or a subquery */
    bool value;  /* number, string, variable, null */
    bool open;   /* ends in a string that the query is to close */
    bool select; /* a subquery */
};

static enum pen_sql_kind kind(struct sql s, size_t i)
{
    return i < s.count ? s.tokens[i].kind : PEN_SQL_END;
}

static bool is_word(struct sql s, size_t i, const char *word)
{
    return i < s.count && pen_sql_is(&s.tokens[i], word);
}

static bool is_end(struct sql s, size_t i)
{
    const enum pen_sql_kind k = kind(s, i);
    return k == PEN_SQL_END || k == PEN_SQL_CUT || k == PEN_SQL_SEMICOLON;
}

/* Behind the parenthesis that closes the one at `i`; the end of the tokens when none does. */
static size_t group(struct sql s, size_t i)
{
    size_t depth = 0;
    for (; i < s.count; i++) {
        if (kind(s, i) == PEN_SQL_OPEN) depth++;
        if (kind(s, i) == PEN_SQL_CLOSE && --depth == 0) return i + 1;
        if (kind(s, i) == PEN_SQL_CUT) return i;
    }
    return s.count;
}

static size_t skip_opens(struct sql s, size_t i)
{
    while (kind(s, i) == PEN_SQL_OPEN) {
        i++;
    }
    return i;
}

static size_t case_end(struct sql s, size_t i)
{
    while (i < s.count && !is_word(s, i, "end")) {
        i++;
    }
    return i < s.count ? i + 1 : s.count;
}

/* A word, dotted words, and a call's arguments. */
static size_t named(struct sql s, size_t i, struct operands *seen)
{
    i++;
    while (kind(s, i) == PEN_SQL_DOT && i + 1 < s.count
           && (kind(s, i + 1) == PEN_SQL_NAME || kind(s, i + 1) == PEN_SQL_VALUE)) {
        i += 2;
    }
    if (kind(s, i) != PEN_SQL_OPEN) {
        seen->name = true;
        return i;
    }
    seen->call = true;
    return group(s, i);
}

static size_t atom(struct sql s, size_t i, struct operands *seen)
{
    size_t at = i;
    while (kind(s, at) == PEN_SQL_NOT || kind(s, at) == PEN_SQL_MODIFIER
           || (kind(s, at) == PEN_SQL_ARITH && at < s.count && s.tokens[at].text.len == 1
               && strchr("+-~", s.tokens[at].text.ptr[0]) != NULL)) {
        at++;
    }
    switch (kind(s, at)) {
    case PEN_SQL_STRING:
        seen->value = true;
        while (kind(s, at) == PEN_SQL_STRING) {
            seen->open = s.tokens[at].open;
            at++;
        }
        return at;
    case PEN_SQL_NUMBER:
    case PEN_SQL_VARIABLE:
    case PEN_SQL_VALUE:
        seen->value = true;
        return at + 1;
    case PEN_SQL_NAME:
        return named(s, at, seen);
    case PEN_SQL_STATEMENT: /* replace(), insert(), set() are functions too */
        return kind(s, at + 1) == PEN_SQL_OPEN ? named(s, at, seen) : i;
    case PEN_SQL_OPEN:
        if (kind(s, skip_opens(s, at)) == PEN_SQL_SELECT) seen->call = seen->select = true;
        seen->value = true;
        return group(s, at);
    case PEN_SQL_CASE:
        if (!is_word(s, at, "case")) return i;
        seen->call = true;
        return case_end(s, at);
    case PEN_SQL_ARITH: /* the star of count(*) or of a list */
        return is_word(s, at, "*") && at == i ? at + 1 : i;
    case PEN_SQL_END:
    case PEN_SQL_LOGIC:
    case PEN_SQL_NOT:
    case PEN_SQL_COMPARE:
    case PEN_SQL_CLOSE:
    case PEN_SQL_COMMA:
    case PEN_SQL_DOT:
    case PEN_SQL_SEMICOLON:
    case PEN_SQL_CUT:
    case PEN_SQL_UNION:
    case PEN_SQL_SELECT:
    case PEN_SQL_CLAUSE:
    case PEN_SQL_MODIFIER:
    case PEN_SQL_OTHER:
        return i;
    }
    return i;
}

/* Atoms joined by arithmetic; "||" joins strings in most dialects. */
static size_t operand(struct sql s, size_t i, struct operands *seen)
{
    size_t at = atom(s, i, seen);
    for (size_t n = 0; at > i && n < MOST_OPERANDS; n++) {
        const bool joins = kind(s, at) == PEN_SQL_ARITH || is_word(s, at, "||");
        if (!joins) return at;
        size_t next = at + 1;
        if (kind(s, at) == PEN_SQL_ARITH && kind(s, next) == PEN_SQL_NAME && is_word(s, at, "::")) {
            at = next + 1; /* a cast */
            continue;
        }
        next = atom(s, next, seen);
        if (next == at + 1) return at;
        at = next;
    }
    return at;
}

/* An operator between two operands; "is not null", "not in (...)", "between 1 and 2". */
static size_t comparison(struct sql s, size_t i, struct operands *seen)
{
    size_t at = operand(s, i, seen);
    if (at == i) return i;
    if (kind(s, at) == PEN_SQL_NOT) at++;
    if (kind(s, at) != PEN_SQL_COMPARE) return i;

    const bool between = is_word(s, at, "between");
    const bool word_pair = is_word(s, at, "sounds") || is_word(s, at, "similar");
    at++;
    if (word_pair) at++;
    if (kind(s, at) == PEN_SQL_COMPARE || kind(s, at) == PEN_SQL_NOT) at++;
    const size_t right = operand(s, at, seen);
    if (right == at) return i;
    if (between && kind(s, right) == PEN_SQL_LOGIC) {
        const size_t upper = operand(s, right + 1, seen);
        return upper > right + 1 ? upper : right;
    }
    return right;
}

static bool is_any(const struct pen_sql_token *token, const char *const *names, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (pen_sql_is(token, names[i])) return true;
    }
    return false;
}

static bool is_tell_tale_call(struct sql s, size_t i)
{
    static const char *const names[] = {
        "benchmark",
        "pg_sleep",
        "extractvalue",
        "updatexml",
        "load_file",
        "randomblob",
        "generate_series",
        "regexp_substring",
        "crypt_key",
        "xp_cmdshell",
        "xp_dirtree",
        "xp_fileexist",
        "xp_regread",
        "sp_executesql",
        "sp_oacreate",
        "openrowset",
        "opendatasource",
        "name_const",
        "gtid_subset",
        "geometrycollection",
        "multipoint",
        "multilinestring",
        "multipolygon",
        "linestring",
        "lo_import",
        "lo_export",
        "pg_read_file",
        "pg_ls_dir",
        "sys_eval",
        "sys_exec",
        "load_extension",
        "make_set",
        "get_host_address",
        "receive_message",
        "xmltype",
        "dbms_xmlgen",
        "row_count",
        "procedure_analyse",
        "query_to_xml",
        "elt",
        "fn_xe_file_target_read_file",
        "sqlid_to_sqlhash",
        "drithsx",
        "database_to_xml",
    };
    if (kind(s, i) != PEN_SQL_NAME) return false;
    static const char *const packages[] = {
        "dbms_pipe", "dbms_lock", "dbms_utility", "dbms_xmlgen",    "utl_inaddr",
        "utl_http",  "ctxsys",    "dbms_java",    "dbms_scheduler",
    };
    if (kind(s, i + 1) == PEN_SQL_DOT) {
        return is_any(&s.tokens[i], packages, PEN_COUNT_OF(packages));
    }
    return kind(s, i + 1) == PEN_SQL_OPEN && is_any(&s.tokens[i], names, PEN_COUNT_OF(names));
}

static bool is_catalogue(struct sql s, size_t i)
{
    static const char *const names[] = {
        "information_schema",
        "sqlite_master",
        "sqlite_schema",
        "sysobjects",
        "syscolumns",
        "pg_catalog",
        "pg_shadow",
        "pg_user",
        "sysibm",
        "all_tables",
        "all_users",
        "user_tables",
        "msysaccessobjects",
        "mysql",
        "sysusers",
        "rdb$fields",
        "rdb$types",
        "domain",
        "dual",
        "v$version",
    };
    return kind(s, i) == PEN_SQL_NAME && is_any(&s.tokens[i], names, PEN_COUNT_OF(names));
}

/* sleep() stands in programs too: it needs SQL around it. */
static bool is_delay_call(struct sql s, size_t i)
{
    return kind(s, i) == PEN_SQL_NAME && is_word(s, i, "sleep") && kind(s, i + 1) == PEN_SQL_OPEN;
}

/* chr(1)||chr(2), char(1)+char(2), concat(0x..: text spelled so that no filter reads it. */
static bool is_spelled_text(struct sql s, size_t i)
{
    if (kind(s, i + 1) != PEN_SQL_OPEN) return false;
    if (is_word(s, i, "concat") || is_word(s, i, "concat_ws")) {
        return kind(s, i + 2) == PEN_SQL_NUMBER
               && pen_str_starts_fold(s.tokens[i + 2].text, PEN_S("0x"));
    }
    if (!is_word(s, i, "chr") && !is_word(s, i, "char") && !is_word(s, i, "nchar")) return false;
    const size_t behind = group(s, i + 1);
    return (is_word(s, behind, "||") || is_word(s, behind, "+")) && behind + 1 < s.count
           && pen_str_equal_fold(s.tokens[behind + 1].text, s.tokens[i].text);
}

static struct pen_sql_evidence none(void)
{
    return (struct pen_sql_evidence){.rule = NULL};
}

static struct pen_sql_evidence found(const char *rule, uint32_t score, size_t from, size_t to)
{
    return (struct pen_sql_evidence){.rule = rule, .score = score, .from = from, .to = to};
}

/* SELECT and a list, as no sentence has it. */
static size_t select_list(struct sql s, size_t i)
{
    size_t at = i + 1;
    while (kind(s, at) == PEN_SQL_MODIFIER) {
        at++;
    }
    struct operands seen = {0};
    const size_t first = operand(s, at, &seen);
    if (first == at) return i;
    /* One bare word, and no list, table or end behind it: "select committee". */
    const bool only_name = seen.name && !seen.value && !seen.call;
    if (only_name && kind(s, first) != PEN_SQL_COMMA && !is_word(s, first, "from")
        && kind(s, first) != PEN_SQL_CUT && kind(s, first) != PEN_SQL_CLOSE) {
        return i;
    }
    return first;
}

static size_t union_select(struct sql s, size_t i)
{
    size_t at = i + 1;
    while (kind(s, at) == PEN_SQL_MODIFIER) {
        at++;
    }
    at = skip_opens(s, at);
    if (kind(s, at) == PEN_SQL_SELECT) {
        const size_t behind = select_list(s, at);
        return behind > at ? behind : i;
    }
    if (is_word(s, at, "values") && kind(s, at + 1) == PEN_SQL_OPEN) return group(s, at + 1);
    return i;
}

/* A statement's first words, with what must follow them in SQL and does not in prose. */
static size_t statement(struct sql s, size_t i)
{
    const enum pen_sql_kind next = kind(s, i + 1);
    if (kind(s, i) == PEN_SQL_SELECT) {
        const size_t behind = select_list(s, i);
        return behind > i ? behind : i;
    }
    if (is_word(s, i, "if") || is_word(s, i, "iif"))
        return next == PEN_SQL_OPEN ? group(s, i + 1) : i;
    if (kind(s, i) != PEN_SQL_STATEMENT) return i;
    if (is_word(s, i, "waitfor")) {
        return (is_word(s, i + 1, "delay") || is_word(s, i + 1, "time"))
                       && kind(s, i + 2) == PEN_SQL_STRING
                   ? i + 3
                   : i;
    }
    if (is_word(s, i, "drop") || is_word(s, i, "create") || is_word(s, i, "alter")
        || is_word(s, i, "truncate")) {
        static const char *const things[] = {"table", "database",  "view",   "user",  "function",
                                             "index", "procedure", "schema", "login", "trigger"};
        const bool thing =
            i + 1 < s.count && is_any(&s.tokens[i + 1], things, PEN_COUNT_OF(things));
        return thing
                       && (kind(s, i + 2) == PEN_SQL_NAME || kind(s, i + 2) == PEN_SQL_STRING
                           || is_word(s, i + 2, "if"))
                   ? i + 3
                   : i;
    }
    if (is_word(s, i, "insert") || is_word(s, i, "replace") || is_word(s, i, "merge")) {
        return is_word(s, i + 1, "into") && kind(s, i + 2) == PEN_SQL_NAME ? i + 3 : i;
    }
    if (is_word(s, i, "update")) {
        return next == PEN_SQL_NAME && is_word(s, i + 2, "set") && kind(s, i + 4) == PEN_SQL_COMPARE
                   ? i + 5
                   : i;
    }
    if (is_word(s, i, "delete")) {
        return is_word(s, i + 1, "from") && kind(s, i + 2) == PEN_SQL_NAME ? i + 3 : i;
    }
    if (is_word(s, i, "declare") || is_word(s, i, "set")) {
        return next == PEN_SQL_VARIABLE ? i + 2 : i;
    }
    if (is_word(s, i, "exec") || is_word(s, i, "execute") || is_word(s, i, "call")) {
        /* `call` in Markdown is followed by whatever stands between two back-ticks. */
        const bool named = next == PEN_SQL_NAME && s.tokens[i + 1].text.ptr[0] != '`';
        return named || next == PEN_SQL_OPEN || next == PEN_SQL_VARIABLE ? i + 2 : i;
    }
    if (is_word(s, i, "shutdown")) return is_end(s, i + 1) || is_word(s, i + 1, "with") ? i + 1 : i;
    if (is_word(s, i, "copy")) {
        return next == PEN_SQL_NAME && (is_word(s, i + 2, "from") || is_word(s, i + 2, "to"))
                   ? i + 3
                   : i;
    }
    return i;
}

/* AND, OR and what they join: how sure it is depends on what the condition compares. */
static struct pen_sql_evidence condition(struct sql s, size_t i, enum pen_sql_lead lead)
{
    size_t at = i + 1;
    while (kind(s, at) == PEN_SQL_NOT) {
        at++;
    }
    at = kind(s, at) == PEN_SQL_OPEN && kind(s, skip_opens(s, at)) != PEN_SQL_SELECT
             ? skip_opens(s, at)
             : at;
    struct operands seen = {0};
    size_t behind = comparison(s, at, &seen);
    const bool compared = behind > at;
    if (!compared) {
        seen = (struct operands){0};
        behind = operand(s, at, &seen);
        if (behind == at) return none();
    }
    const bool literal = seen.value && !seen.name;
    const bool cut = kind(s, behind) == PEN_SQL_CUT || seen.open;
    if (lead == PEN_SQL_LEAD_QUOTE) {
        if (compared && (literal || seen.call)) return found("sqli.tautology", 95, i, behind);
        if (compared) return found("sqli.condition", cut ? 90 : 75, i, behind);
        if (seen.call) return found("sqli.condition", 85, i, behind);
        return literal && (cut || is_end(s, behind)) ? found("sqli.condition", 75, i, behind)
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
static struct pen_sql_evidence clause(struct sql s, size_t i, enum pen_sql_lead lead)
{
    struct operands seen = {0};
    if (is_word(s, i, "where") || is_word(s, i, "having") || is_word(s, i, "on")) {
        const size_t behind = comparison(s, i + 1, &seen);
        if (behind > i + 1) {
            return found("sqli.clause", seen.value || seen.call ? 90 : 60, i, behind);
        }
        return none();
    }
    if ((is_word(s, i, "order") || is_word(s, i, "group")) && is_word(s, i + 1, "by")) {
        size_t behind = operand(s, i + 2, &seen);
        if (behind == i + 2) return none();
        while (kind(s, behind) == PEN_SQL_COMMA || kind(s, behind) == PEN_SQL_MODIFIER
               || kind(s, behind) == PEN_SQL_NUMBER) {
            behind++;
        }
        const bool numbered = seen.value && !seen.name;
        if (!is_end(s, behind) || (!numbered && !seen.call)) return none();
        return found("sqli.order_by",
                     kind(s, behind) == PEN_SQL_CUT || lead != PEN_SQL_LEAD_WORD ? 85 : 60, i,
                     behind);
    }
    if (is_word(s, i, "limit") && kind(s, i + 1) == PEN_SQL_NUMBER && lead == PEN_SQL_LEAD_QUOTE) {
        return found("sqli.clause", 80, i, i + 2);
    }
    if (is_word(s, i, "procedure") && kind(s, i + 1) == PEN_SQL_NAME
        && kind(s, i + 2) == PEN_SQL_OPEN) {
        return found("sqli.clause", 95, i, i + 3);
    }
    if (is_word(s, i, "into") && (is_word(s, i + 1, "outfile") || is_word(s, i + 1, "dumpfile"))) {
        return found("sqli.file", 95, i, i + 2);
    }
    return none();
}

/* +(select ...), ||chr(..), ,null,null) and the like: the value goes on as an expression. */
static struct pen_sql_evidence expression(struct sql s, size_t i, enum pen_sql_lead lead)
{
    struct operands seen = {0};
    size_t at = i;
    for (size_t n = 0; n < MOST_OPERANDS; n++) {
        if (kind(s, at) != PEN_SQL_COMMA && kind(s, at) != PEN_SQL_ARITH && !is_word(s, at, "||")) {
            break;
        }
        const size_t next = operand(s, at + 1, &seen);
        if (next == at + 1) break;
        at = next;
    }
    if (at == i) return none();
    if (seen.select) return found("sqli.subquery", 90, i, at);

    while (kind(s, at) == PEN_SQL_CLOSE) {
        at++;
    }
    const bool cut = kind(s, at) == PEN_SQL_CUT;
    if (statement(s, at) > at) return found("sqli.stacked", 90, i, statement(s, at));
    if (lead != PEN_SQL_LEAD_QUOTE) return none();
    if (cut && !seen.name) return found("sqli.cut", 80, i, at);
    if (kind(s, at) == PEN_SQL_COMPARE && seen.value && !seen.name) {
        return found("sqli.condition", 75, i, at);
    }
    return seen.call && seen.open ? found("sqli.condition", 75, i, at) : none();
}

static struct pen_sql_evidence stacked(struct sql s, size_t i)
{
    const size_t at = skip_opens(s, i + 1);
    const size_t behind = statement(s, at);
    return behind > at ? found("sqli.stacked", 95, i, behind) : none();
}

static struct pen_sql_evidence compared_to_itself(struct sql s, size_t i)
{
    struct operands seen = {0};
    const size_t behind = operand(s, i + 1, &seen);
    if (behind == i + 1) return none();
    /* '=' and '='' close the query's string on both sides. */
    if (seen.value && !seen.name && (seen.open || kind(s, behind) == PEN_SQL_CUT)) {
        return found("sqli.tautology", 80, i, behind);
    }
    return seen.call || seen.select ? found("sqli.condition", 80, i, behind) : none();
}

static size_t skip_closes(struct sql s, size_t i)
{
    while (kind(s, i) == PEN_SQL_CLOSE) {
        i++;
    }
    return i;
}

struct pen_sql_evidence pen_sql_continuation(const struct pen_sql_token *tokens, size_t count,
                                             size_t at, enum pen_sql_lead lead)
{
    const struct sql s = {tokens, count};
    size_t i = skip_closes(s, at);
    /* ") as alias where ...": closes a derived table. */
    if (is_word(s, i, "as") && kind(s, i + 1) == PEN_SQL_NAME && kind(s, i + 2) == PEN_SQL_CLAUSE) {
        i += 2;
    }
    if (kind(s, i) == PEN_SQL_NOT && kind(s, i + 1) == PEN_SQL_COMPARE) i++;
    switch (kind(s, i)) {
    case PEN_SQL_LOGIC: {
        const struct pen_sql_evidence evidence = condition(s, i, lead);
        return evidence.rule == NULL && is_word(s, i, "||") ? expression(s, i, lead) : evidence;
    }
    case PEN_SQL_UNION: {
        const size_t behind = union_select(s, i);
        return behind > i ? found("sqli.union", 95, i, behind) : none();
    }
    case PEN_SQL_SEMICOLON:
        if (stacked(s, i).rule != NULL) return stacked(s, i);
        return lead == PEN_SQL_LEAD_QUOTE && kind(s, i + 1) == PEN_SQL_CUT
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
        return kind(s, skip_opens(s, i)) == PEN_SQL_SELECT
                       && select_list(s, skip_opens(s, i)) > skip_opens(s, i)
                   ? found("sqli.subquery", 85, i, group(s, i))
                   : none();
    case PEN_SQL_STATEMENT: {
        const size_t behind = statement(s, i);
        /* SQL Server needs no semicolon; behind a mere word, "Reject EXEC commands" looks the same.
         */
        const bool closed = lead == PEN_SQL_LEAD_QUOTE || lead == PEN_SQL_LEAD_NUMBER;
        return behind > i && (closed || is_word(s, i, "waitfor"))
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

static bool joins_sql(struct sql s, size_t i)
{
    const enum pen_sql_kind k = kind(s, i);
    return k == PEN_SQL_LOGIC || k == PEN_SQL_COMPARE || k == PEN_SQL_ARITH || k == PEN_SQL_COMMA
           || k == PEN_SQL_SELECT || k == PEN_SQL_NOT || k == PEN_SQL_CUT || k == PEN_SQL_CLAUSE;
}

static struct pen_sql_evidence at_token(struct sql s, size_t i)
{
    switch (kind(s, i)) {
    case PEN_SQL_UNION: {
        const size_t behind = union_select(s, i);
        return behind > i ? found("sqli.union", 95, i, behind) : none();
    }
    case PEN_SQL_SEMICOLON:
        return stacked(s, i);
    case PEN_SQL_STATEMENT:
        return is_word(s, i, "waitfor") && statement(s, i) > i
                   ? found("sqli.delay", 95, i, statement(s, i))
                   : none();
    case PEN_SQL_CLAUSE:
        return is_word(s, i, "into") || is_word(s, i, "procedure") ? clause(s, i, PEN_SQL_LEAD_NONE)
                                                                   : none();
    case PEN_SQL_OPEN: {
        const size_t select = skip_opens(s, i);
        if (kind(s, select) != PEN_SQL_SELECT) return none();
        const size_t behind = select_list(s, select);
        return behind > select && (is_word(s, behind, "from") || (i > 0 && joins_sql(s, i - 1)))
                   ? found("sqli.subquery", 80, i, behind)
                   : none();
    }
    case PEN_SQL_NAME:
        if (is_tell_tale_call(s, i)) return found("sqli.function", 85, i, i + 2);
        if (is_catalogue(s, i) && i > 0 && is_word(s, i - 1, "from")) {
            return found("sqli.catalogue", 80, i - 1, i + 1);
        }
        if (is_delay_call(s, i)) {
            const size_t behind = group(s, i + 1);
            const bool joined = (i > 0 && joins_sql(s, i - 1)) || joins_sql(s, behind);
            return found("sqli.delay", joined ? 85 : 45, i, behind);
        }
        return is_spelled_text(s, i) ? found("sqli.spelled", 80, i, i + 3) : none();
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
    const struct sql s = {tokens, count};
    struct pen_sql_evidence best = none();
    for (size_t i = 0; i < count; i++) {
        const struct pen_sql_evidence evidence = at_token(s, i);
        if (evidence.rule != NULL && (best.rule == NULL || evidence.score > best.score)) {
            best = evidence;
        }
    }
    return best;
}
