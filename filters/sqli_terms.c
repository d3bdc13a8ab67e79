/** What SQL is made of, as far as a detector has to know it. */
#include "filters/sqli_terms.h"

#include <string.h>

#define MOST_OPERANDS 32 /* of one sum; longer ones add nothing to the evidence */

enum pen_sql_kind pen_sql_kind_at(struct pen_sql s, size_t i)
{
    return i < s.count ? s.tokens[i].kind : PEN_SQL_END;
}

bool pen_sql_word_at(struct pen_sql s, size_t i, const char *word)
{
    return i < s.count && pen_sql_is(&s.tokens[i], word);
}

bool pen_sql_ends_at(struct pen_sql s, size_t i)
{
    const enum pen_sql_kind k = pen_sql_kind_at(s, i);
    return k == PEN_SQL_END || k == PEN_SQL_CUT || k == PEN_SQL_SEMICOLON;
}

/* Behind the parenthesis that closes the one at `i`; the end of the tokens when none does. */
size_t pen_sql_group(struct pen_sql s, size_t i)
{
    size_t depth = 0;
    for (; i < s.count; i++) {
        if (pen_sql_kind_at(s, i) == PEN_SQL_OPEN) depth++;
        if (pen_sql_kind_at(s, i) == PEN_SQL_CLOSE && --depth == 0) return i + 1;
        if (pen_sql_kind_at(s, i) == PEN_SQL_CUT) return i;
    }
    return s.count;
}

size_t pen_sql_skip_opens(struct pen_sql s, size_t i)
{
    while (pen_sql_kind_at(s, i) == PEN_SQL_OPEN) {
        i++;
    }
    return i;
}

static size_t case_end(struct pen_sql s, size_t i)
{
    while (i < s.count && !pen_sql_word_at(s, i, "end")) {
        i++;
    }
    return i < s.count ? i + 1 : s.count;
}

/* A word, dotted words, and a call's arguments. */
static size_t named(struct pen_sql s, size_t i, struct pen_sql_operands *seen)
{
    i++;
    while (pen_sql_kind_at(s, i) == PEN_SQL_DOT && i + 1 < s.count
           && (pen_sql_kind_at(s, i + 1) == PEN_SQL_NAME
               || pen_sql_kind_at(s, i + 1) == PEN_SQL_VALUE)) {
        i += 2;
    }
    if (pen_sql_kind_at(s, i) != PEN_SQL_OPEN) {
        seen->name = true;
        return i;
    }
    seen->call = true;
    return pen_sql_group(s, i);
}

static size_t atom(struct pen_sql s, size_t i, struct pen_sql_operands *seen)
{
    size_t at = i;
    while (pen_sql_kind_at(s, at) == PEN_SQL_NOT || pen_sql_kind_at(s, at) == PEN_SQL_MODIFIER
           || (pen_sql_kind_at(s, at) == PEN_SQL_ARITH && at < s.count && s.tokens[at].text.len == 1
               && strchr("+-~", s.tokens[at].text.ptr[0]) != NULL)) {
        at++;
    }
    switch (pen_sql_kind_at(s, at)) {
    case PEN_SQL_STRING:
        seen->value = true;
        while (pen_sql_kind_at(s, at) == PEN_SQL_STRING) {
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
        return pen_sql_kind_at(s, at + 1) == PEN_SQL_OPEN ? named(s, at, seen) : i;
    case PEN_SQL_OPEN:
        if (pen_sql_kind_at(s, pen_sql_skip_opens(s, at)) == PEN_SQL_SELECT)
            seen->call = seen->select = true;
        seen->value = true;
        return pen_sql_group(s, at);
    case PEN_SQL_CASE:
        if (!pen_sql_word_at(s, at, "case")) return i;
        seen->call = true;
        return case_end(s, at);
    case PEN_SQL_ARITH: /* the star of count(*) or of a list */
        return pen_sql_word_at(s, at, "*") && at == i ? at + 1 : i;
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
size_t pen_sql_operand(struct pen_sql s, size_t i, struct pen_sql_operands *seen)
{
    size_t at = atom(s, i, seen);
    for (size_t n = 0; at > i && n < MOST_OPERANDS; n++) {
        const bool joins = pen_sql_kind_at(s, at) == PEN_SQL_ARITH || pen_sql_word_at(s, at, "||");
        if (!joins) return at;
        size_t next = at + 1;
        if (pen_sql_kind_at(s, at) == PEN_SQL_ARITH && pen_sql_kind_at(s, next) == PEN_SQL_NAME
            && pen_sql_word_at(s, at, "::")) {
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
size_t pen_sql_comparison(struct pen_sql s, size_t i, struct pen_sql_operands *seen)
{
    size_t at = pen_sql_operand(s, i, seen);
    if (at == i) return i;
    if (pen_sql_kind_at(s, at) == PEN_SQL_NOT) at++;
    if (pen_sql_kind_at(s, at) != PEN_SQL_COMPARE) return i;

    const bool between = pen_sql_word_at(s, at, "between");
    const bool word_pair = pen_sql_word_at(s, at, "sounds") || pen_sql_word_at(s, at, "similar");
    at++;
    if (word_pair) at++;
    if (pen_sql_kind_at(s, at) == PEN_SQL_COMPARE || pen_sql_kind_at(s, at) == PEN_SQL_NOT) at++;
    const size_t right = pen_sql_operand(s, at, seen);
    if (right == at) return i;
    if (between && pen_sql_kind_at(s, right) == PEN_SQL_LOGIC) {
        const size_t upper = pen_sql_operand(s, right + 1, seen);
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

bool pen_sql_tell_tale(struct pen_sql s, size_t i)
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
    if (pen_sql_kind_at(s, i) != PEN_SQL_NAME) return false;
    static const char *const packages[] = {
        "dbms_pipe", "dbms_lock", "dbms_utility", "dbms_xmlgen",    "utl_inaddr",
        "utl_http",  "ctxsys",    "dbms_java",    "dbms_scheduler",
    };
    if (pen_sql_kind_at(s, i + 1) == PEN_SQL_DOT) {
        return is_any(&s.tokens[i], packages, PEN_COUNT_OF(packages));
    }
    return pen_sql_kind_at(s, i + 1) == PEN_SQL_OPEN
           && is_any(&s.tokens[i], names, PEN_COUNT_OF(names));
}

bool pen_sql_catalogue(struct pen_sql s, size_t i)
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
    return pen_sql_kind_at(s, i) == PEN_SQL_NAME
           && is_any(&s.tokens[i], names, PEN_COUNT_OF(names));
}

/* sleep() stands in programs too: it needs SQL around it. */
bool pen_sql_delay(struct pen_sql s, size_t i)
{
    return pen_sql_kind_at(s, i) == PEN_SQL_NAME && pen_sql_word_at(s, i, "sleep")
           && pen_sql_kind_at(s, i + 1) == PEN_SQL_OPEN;
}

/* chr(1)||chr(2), char(1)+char(2), concat(0x..: text spelled so that no filter reads it. */
bool pen_sql_spelled(struct pen_sql s, size_t i)
{
    if (pen_sql_kind_at(s, i + 1) != PEN_SQL_OPEN) return false;
    if (pen_sql_word_at(s, i, "concat") || pen_sql_word_at(s, i, "concat_ws")) {
        return pen_sql_kind_at(s, i + 2) == PEN_SQL_NUMBER
               && pen_str_starts_fold(s.tokens[i + 2].text, PEN_S("0x"));
    }
    if (!pen_sql_word_at(s, i, "chr") && !pen_sql_word_at(s, i, "char")
        && !pen_sql_word_at(s, i, "nchar"))
        return false;
    const size_t behind = pen_sql_group(s, i + 1);
    return (pen_sql_word_at(s, behind, "||") || pen_sql_word_at(s, behind, "+"))
           && behind + 1 < s.count
           && pen_str_equal_fold(s.tokens[behind + 1].text, s.tokens[i].text);
}

/* SELECT and a list, as no sentence has it. */
size_t pen_sql_select_list(struct pen_sql s, size_t i)
{
    size_t at = i + 1;
    while (pen_sql_kind_at(s, at) == PEN_SQL_MODIFIER) {
        at++;
    }
    struct pen_sql_operands seen = {0};
    const size_t first = pen_sql_operand(s, at, &seen);
    if (first == at) return i;
    /* One bare word, and no list, table or end behind it: "select committee". */
    const bool only_name = seen.name && !seen.value && !seen.call;
    if (only_name && pen_sql_kind_at(s, first) != PEN_SQL_COMMA
        && !pen_sql_word_at(s, first, "from") && pen_sql_kind_at(s, first) != PEN_SQL_CUT
        && pen_sql_kind_at(s, first) != PEN_SQL_CLOSE) {
        return i;
    }
    return first;
}

size_t pen_sql_union_select(struct pen_sql s, size_t i)
{
    size_t at = i + 1;
    while (pen_sql_kind_at(s, at) == PEN_SQL_MODIFIER) {
        at++;
    }
    at = pen_sql_skip_opens(s, at);
    if (pen_sql_kind_at(s, at) == PEN_SQL_SELECT) {
        const size_t behind = pen_sql_select_list(s, at);
        return behind > at ? behind : i;
    }
    if (pen_sql_word_at(s, at, "values") && pen_sql_kind_at(s, at + 1) == PEN_SQL_OPEN)
        return pen_sql_group(s, at + 1);
    return i;
}

/* A statement's first words, with what must follow them in SQL and does not in prose. */
size_t pen_sql_statement(struct pen_sql s, size_t i)
{
    const enum pen_sql_kind next = pen_sql_kind_at(s, i + 1);
    if (pen_sql_kind_at(s, i) == PEN_SQL_SELECT) {
        const size_t behind = pen_sql_select_list(s, i);
        return behind > i ? behind : i;
    }
    if (pen_sql_word_at(s, i, "if") || pen_sql_word_at(s, i, "iif"))
        return next == PEN_SQL_OPEN ? pen_sql_group(s, i + 1) : i;
    if (pen_sql_kind_at(s, i) != PEN_SQL_STATEMENT) return i;
    if (pen_sql_word_at(s, i, "waitfor")) {
        return (pen_sql_word_at(s, i + 1, "delay") || pen_sql_word_at(s, i + 1, "time"))
                       && pen_sql_kind_at(s, i + 2) == PEN_SQL_STRING
                   ? i + 3
                   : i;
    }
    if (pen_sql_word_at(s, i, "drop") || pen_sql_word_at(s, i, "create")
        || pen_sql_word_at(s, i, "alter") || pen_sql_word_at(s, i, "truncate")) {
        static const char *const things[] = {"table", "database",  "view",   "user",  "function",
                                             "index", "procedure", "schema", "login", "trigger"};
        const bool thing =
            i + 1 < s.count && is_any(&s.tokens[i + 1], things, PEN_COUNT_OF(things));
        return thing
                       && (pen_sql_kind_at(s, i + 2) == PEN_SQL_NAME
                           || pen_sql_kind_at(s, i + 2) == PEN_SQL_STRING
                           || pen_sql_word_at(s, i + 2, "if"))
                   ? i + 3
                   : i;
    }
    if (pen_sql_word_at(s, i, "insert") || pen_sql_word_at(s, i, "replace")
        || pen_sql_word_at(s, i, "merge")) {
        return pen_sql_word_at(s, i + 1, "into") && pen_sql_kind_at(s, i + 2) == PEN_SQL_NAME
                   ? i + 3
                   : i;
    }
    if (pen_sql_word_at(s, i, "update")) {
        return next == PEN_SQL_NAME && pen_sql_word_at(s, i + 2, "set")
                       && pen_sql_kind_at(s, i + 4) == PEN_SQL_COMPARE
                   ? i + 5
                   : i;
    }
    if (pen_sql_word_at(s, i, "delete")) {
        return pen_sql_word_at(s, i + 1, "from") && pen_sql_kind_at(s, i + 2) == PEN_SQL_NAME
                   ? i + 3
                   : i;
    }
    if (pen_sql_word_at(s, i, "declare") || pen_sql_word_at(s, i, "set")) {
        return next == PEN_SQL_VARIABLE ? i + 2 : i;
    }
    if (pen_sql_word_at(s, i, "exec") || pen_sql_word_at(s, i, "execute")
        || pen_sql_word_at(s, i, "call")) {
        /* `call` in Markdown is followed by whatever stands between two back-ticks. */
        const bool named = next == PEN_SQL_NAME && s.tokens[i + 1].text.ptr[0] != '`';
        return named || next == PEN_SQL_OPEN || next == PEN_SQL_VARIABLE ? i + 2 : i;
    }
    if (pen_sql_word_at(s, i, "shutdown"))
        return pen_sql_ends_at(s, i + 1) || pen_sql_word_at(s, i + 1, "with") ? i + 1 : i;
    if (pen_sql_word_at(s, i, "copy")) {
        return next == PEN_SQL_NAME
                       && (pen_sql_word_at(s, i + 2, "from") || pen_sql_word_at(s, i + 2, "to"))
                   ? i + 3
                   : i;
    }
    return i;
}

size_t pen_sql_skip_closes(struct pen_sql s, size_t i)
{
    while (pen_sql_kind_at(s, i) == PEN_SQL_CLOSE) {
        i++;
    }
    return i;
}
