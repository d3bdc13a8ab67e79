/** Names that only the databases themselves have: functions, procedures, catalogue tables. */
#include "filters/sqli_terms.h"

#define LONG_COUNT    4 /* digits: fewer rounds of a benchmark take no time */
#define LEAST_SPELLED 3 /* characters */
#define SHORTEST      3 /* letters of a name that is known by its beginning: xp_ */

/* Called without parentheses, before their arguments. */
bool pen_sql_extended(struct pen_sql s, size_t i)
{
    static const struct pen_str starts[] = {PEN_STR("xp_"),
                                            PEN_STR("sp_oa"),
                                            PEN_STR("sp_configure"),
                                            PEN_STR("sp_executesql"),
                                            PEN_STR("sp_addextendedproc"),
                                            PEN_STR("sp_addsrvrolemember"),
                                            PEN_STR("sp_makewebtask")};
    const enum pen_sql_kind next = pen_sql_kind_at(s, i + 1);
    if (i >= s.count || s.tokens[i].text.len < SHORTEST || s.tokens[i].text.ptr[2] != '_'
        || pen_to_lower(s.tokens[i].text.ptr[1]) != 'p') {
        return false;
    }
    if (next != PEN_SQL_STRING && next != PEN_SQL_OPEN && next != PEN_SQL_VARIABLE) return false;

    for (size_t n = 0; n < PEN_COUNT_OF(starts); n++) {
        if (pen_sql_starts_at(s, i, starts[n])) return true;
    }
    return false;
}

/* Other languages have a function of this name: MySQL's is called to last. */
static bool is_long_benchmark(struct pen_sql s, size_t i)
{
    if (!pen_sql_word_at(s, i, "benchmark")) return false;
    const bool counts =
        pen_sql_kind_at(s, i + 2) == PEN_SQL_NUMBER && s.tokens[i + 2].text.len >= LONG_COUNT
        && pen_sql_kind_at(s, i + 3) == PEN_SQL_COMMA && pen_sql_kind_at(s, i + 5) == PEN_SQL_OPEN;
    return counts || pen_sql_kind_at(s, i + 2) == PEN_SQL_OPEN;
}

bool pen_sql_tell_tale(struct pen_sql s, size_t i)
{
    if (pen_sql_kind_at(s, i) != PEN_SQL_NAME) return false;
    const enum pen_sql_kind next = pen_sql_kind_at(s, i + 1);
    const bool package = next == PEN_SQL_DOT && pen_sql_is_at(s, i, PEN_SQL_IS_PACKAGE)
                         && pen_sql_kind_at(s, i + 2) == PEN_SQL_NAME;
    const bool function =
        next == PEN_SQL_OPEN && (pen_sql_is_at(s, i, PEN_SQL_IS_TALE) || is_long_benchmark(s, i));
    if (!package && !function && !pen_sql_extended(s, i)) return false;
    /* Behind a dot or an arrow it is a method of something else. */
    return i == 0
           || (pen_sql_kind_at(s, i - 1) != PEN_SQL_DOT && !pen_sql_word_at(s, i - 1, "->")
               && !pen_sql_word_at(s, i - 1, "::"));
}

/* Tables of the databases' own catalogues: names that no application gives to one of its own. */
static bool is_catalogue_name(struct pen_sql s, size_t i)
{
    return pen_sql_is_at(s, i, PEN_SQL_IS_CATALOGUE) || pen_sql_starts_at(s, i, PEN_S("pg_"))
           || pen_sql_starts_at(s, i, PEN_S("dba_")) || pen_sql_starts_at(s, i, PEN_S("rdb$"))
           || pen_sql_starts_at(s, i, PEN_S("innodb_")) || pen_sql_starts_at(s, i, PEN_S("svv_"))
           || pen_sql_starts_at(s, i, PEN_S("user_java_"));
}

/* "mysql.user", "master..sysdatabases", "sys.tables". */
static bool is_catalogue_schema(struct pen_sql s, size_t i)
{
    return pen_sql_kind_at(s, i + 1) == PEN_SQL_DOT && pen_sql_is_at(s, i, PEN_SQL_IS_SCHEMA);
}

bool pen_sql_catalogue(struct pen_sql s, size_t i)
{
    if (pen_sql_kind_at(s, i) != PEN_SQL_NAME) return false;
    if (is_catalogue_name(s, i) || is_catalogue_schema(s, i)) return true;

    const size_t last = pen_sql_dotted(s, i);
    return last > i && is_catalogue_name(s, last);
}

size_t pen_sql_self_question(struct pen_sql s, size_t i)
{
    if (pen_sql_kind_at(s, i) != PEN_SQL_SELECT) return i;

    const size_t at = i + 1;
    if (pen_sql_kind_at(s, at) == PEN_SQL_VARIABLE) {
        return pen_sql_starts_at(s, at, PEN_S("@@")) ? at + 1 : i;
    }
    if (!pen_sql_is_at(s, at, PEN_SQL_IS_SELF)) return i;
    if (pen_sql_kind_at(s, at) == PEN_SQL_VALUE) return at + 1;
    return pen_sql_kind_at(s, at + 1) == PEN_SQL_OPEN ? pen_sql_group(s, at + 1) : i;
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
    if (pen_sql_is_at(s, i, PEN_SQL_IS_CONCAT)) {
        return pen_sql_kind_at(s, i + 2) == PEN_SQL_NUMBER
               && pen_str_starts_fold(s.tokens[i + 2].text, PEN_S("0x"));
    }
    size_t at = i;
    size_t calls = 0;
    /* The same function, which its length tells; two calls are a line break in other languages. */
    while (calls < LEAST_SPELLED && pen_sql_is_at(s, at, PEN_SQL_IS_CODE)
           && s.tokens[at].text.len == s.tokens[i].text.len
           && pen_sql_kind_at(s, at + 1) == PEN_SQL_OPEN) {
        calls++;
        at = pen_sql_group(s, at + 1);
        if (pen_sql_word_at(s, at, "||") || pen_sql_word_at(s, at, "+")) at++;
        if (at >= s.count) break;
    }
    return calls == LEAST_SPELLED;
}
