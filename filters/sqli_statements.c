/** Statements: the words that begin one, and what has to follow so that no sentence begins so. */
#include "filters/sqli_terms.h"

/* Behind the name of what is defined: no sentence goes on so. */
static bool definition_goes_on(struct pen_sql s, size_t i)
{
    const enum pen_sql_kind next = pen_sql_kind_at(s, i);
    return pen_sql_ends_at(s, i) || next == PEN_SQL_OPEN || next == PEN_SQL_CLAUSE
           || next == PEN_SQL_STATEMENT || next == PEN_SQL_COMMA || next == PEN_SQL_STRING
           || pen_sql_is_at(s, i, PEN_SQL_IS_DEFINES);
}

/* DROP TABLE x, CREATE USER 'x', CREATE OR REPLACE FUNCTION x. */
static size_t data_definition(struct pen_sql s, size_t i)
{
    size_t at = i + 1;
    while (pen_sql_is_at(s, at, PEN_SQL_IS_BEFORE)) {
        at++;
    }
    if (!pen_sql_is_at(s, at, PEN_SQL_IS_THING)) {
        /* "; DROP members--": what kind of thing it is the comment cuts off. */
        const bool cut = pen_sql_word_at(s, i, "drop") && pen_sql_kind_at(s, at) == PEN_SQL_NAME
                         && pen_sql_kind_at(s, at + 1) == PEN_SQL_CUT;
        return cut ? at + 1 : i;
    }

    at++;
    if (pen_sql_word_at(s, at, "if")) return at + 1;
    if (pen_sql_article_at(s, at)) return i;
    const enum pen_sql_kind name = pen_sql_kind_at(s, at);
    /* 'Why does "DROP TABLE" fail?': behind the quote a sentence goes on. */
    const bool sentence = name == PEN_SQL_STRING && s.tokens[at].open && s.tokens[at].text.len > 1
                          && s.tokens[at].text.ptr[1] == ' ';
    if (sentence) return i;
    if (name == PEN_SQL_STRING) return at + 1;
    if (name != PEN_SQL_NAME) return i;
    at = pen_sql_dotted(s, at) + 1;
    return definition_goes_on(s, at) ? at : i;
}

/* EXEC x: a word may follow in a sentence, a procedure's own spelling may not. */
static size_t execution(struct pen_sql s, size_t i)
{
    switch (pen_sql_kind_at(s, i + 1)) {
    case PEN_SQL_OPEN:
        return pen_sql_kind_at(s, i + 2) == PEN_SQL_STRING
                       || pen_sql_kind_at(s, i + 2) == PEN_SQL_VARIABLE
                   ? i + 3
                   : i;
    case PEN_SQL_VARIABLE:
        return i + 2;
    case PEN_SQL_NAME:
        if (pen_sql_word_at(s, i + 1, "immediate")) {
            const bool packaged = pen_sql_kind_at(s, i + 3) == PEN_SQL_DOT
                                  && pen_sql_kind_at(s, i + 5) == PEN_SQL_OPEN;
            return pen_sql_kind_at(s, i + 2) == PEN_SQL_STRING || pen_sql_tell_tale(s, i + 2)
                           || packaged
                       ? i + 3
                       : i;
        }
        if (pen_sql_kind_at(s, i + 2) == PEN_SQL_DOT) {
            const size_t last = pen_sql_dotted(s, i + 1);
            return pen_sql_extended(s, last) || pen_sql_starts_at(s, last, PEN_S("sp_")) ? last + 1
                                                                                         : i;
        }
        return pen_sql_starts_at(s, i + 1, PEN_S("xp_"))
                       || pen_sql_starts_at(s, i + 1, PEN_S("sp_"))
                   ? i + 2
                   : i;
    case PEN_SQL_END:
    case PEN_SQL_NUMBER:
    case PEN_SQL_STRING:
    case PEN_SQL_VALUE:
    case PEN_SQL_LOGIC:
    case PEN_SQL_NOT:
    case PEN_SQL_COMPARE:
    case PEN_SQL_ARITH:
    case PEN_SQL_CLOSE:
    case PEN_SQL_COMMA:
    case PEN_SQL_DOT:
    case PEN_SQL_SEMICOLON:
    case PEN_SQL_CUT:
    case PEN_SQL_UNION:
    case PEN_SQL_SELECT:
    case PEN_SQL_STATEMENT:
    case PEN_SQL_CLAUSE:
    case PEN_SQL_CASE:
    case PEN_SQL_MODIFIER:
    case PEN_SQL_OTHER:
        return i;
    }
    return i;
}

/* INSERT INTO x, UPDATE x SET y =, DELETE FROM x, REPLACE INTO x, MERGE INTO x. */
static size_t data_change(struct pen_sql s, size_t i)
{
    const bool name = pen_sql_kind_at(s, i + 2) == PEN_SQL_NAME && !pen_sql_article_at(s, i + 2);
    if (pen_sql_word_at(s, i, "update")) {
        return pen_sql_kind_at(s, i + 1) == PEN_SQL_NAME && pen_sql_word_at(s, i + 2, "set")
                       && pen_sql_kind_at(s, i + 4) == PEN_SQL_COMPARE
                   ? i + 5
                   : i;
    }
    if (pen_sql_word_at(s, i, "delete")) {
        return pen_sql_word_at(s, i + 1, "from") && name ? i + 3 : i;
    }
    return pen_sql_word_at(s, i + 1, "into") && name ? i + 3 : i;
}

/* IF (..) SELECT, IF (..) WAITFOR, IIF(1=1, ...): programs compare literals with nothing. */
static size_t conditional(struct pen_sql s, size_t i)
{
    if (pen_sql_kind_at(s, i + 1) != PEN_SQL_OPEN) return i;

    const size_t behind = pen_sql_group(s, i + 1);
    if (pen_sql_word_at(s, i, "iif")) {
        const bool literals = pen_sql_literal_comparison(s, i + 1, i + 5);
        return literals && pen_sql_kind_at(s, i + 5) == PEN_SQL_COMMA ? behind : i;
    }
    const bool selects = pen_sql_kind_at(s, behind) == PEN_SQL_SELECT;
    if (selects) return pen_sql_select_list(s, behind);
    const bool goes_on =
        pen_sql_kind_at(s, behind) == PEN_SQL_STATEMENT && pen_sql_statement(s, behind) > behind;
    return goes_on ? behind + 1 : i;
}

/* A statement's first words, with what must follow them in SQL and does not in prose. */
size_t pen_sql_statement(struct pen_sql s, size_t i)
{
    static const struct {
        const char *word;
        size_t (*match)(struct pen_sql s, size_t i);
    } starts[] = {
        {"drop", data_definition},     {"create", data_definition}, {"alter", data_definition},
        {"truncate", data_definition}, {"insert", data_change},     {"replace", data_change},
        {"merge", data_change},        {"update", data_change},     {"delete", data_change},
        {"exec", execution},           {"execute", execution},
    };
    const enum pen_sql_kind next = pen_sql_kind_at(s, i + 1);
    if (pen_sql_kind_at(s, i) == PEN_SQL_SELECT) return pen_sql_select_list(s, i);
    if (pen_sql_word_at(s, i, "if") || pen_sql_word_at(s, i, "iif")) return conditional(s, i);
    if (pen_sql_kind_at(s, i) != PEN_SQL_STATEMENT) return i;

    for (size_t n = 0; n < PEN_COUNT_OF(starts); n++) {
        if (pen_sql_word_at(s, i, starts[n].word)) return starts[n].match(s, i);
    }
    if (pen_sql_word_at(s, i, "waitfor")) {
        return (pen_sql_word_at(s, i + 1, "delay") || pen_sql_word_at(s, i + 1, "time"))
                       && pen_sql_kind_at(s, i + 2) == PEN_SQL_STRING
                   ? i + 3
                   : i;
    }
    if (pen_sql_word_at(s, i, "declare") || pen_sql_word_at(s, i, "set")) {
        return next == PEN_SQL_VARIABLE ? i + 2 : i;
    }
    if (pen_sql_word_at(s, i, "begin")) { /* a block of PL/SQL with a call in it */
        const bool declares =
            pen_sql_word_at(s, i + 1, "declare") && pen_sql_kind_at(s, i + 2) == PEN_SQL_VARIABLE;
        return pen_sql_tell_tale(s, i + 1) || declares ? i + 2 : i;
    }
    if (pen_sql_word_at(s, i, "shutdown")) {
        return next == PEN_SQL_CUT || pen_sql_word_at(s, i + 1, "with") ? i + 1 : i;
    }
    if (pen_sql_word_at(s, i, "load")) {
        const size_t at = pen_sql_word_at(s, i + 2, "local") ? i + 3 : i + 2;
        return pen_sql_word_at(s, i + 1, "data") && pen_sql_word_at(s, at, "infile") ? at + 1 : i;
    }
    if (pen_sql_word_at(s, i, "grant") || pen_sql_word_at(s, i, "revoke")) {
        return pen_sql_is_at(s, i + 1, PEN_SQL_IS_RIGHT)
                       && (pen_sql_word_at(s, i + 2, "to") || pen_sql_word_at(s, i + 2, "on"))
                   ? i + 3
                   : i;
    }
    if (pen_sql_word_at(s, i, "call")) {
        const bool called = next == PEN_SQL_NAME && pen_sql_kind_at(s, i + 2) == PEN_SQL_OPEN;
        return called && pen_sql_kind_at(s, i + 3) == PEN_SQL_STRING ? i + 4 : i;
    }
    if (pen_sql_word_at(s, i, "copy")) {
        const size_t at = next == PEN_SQL_OPEN ? pen_sql_group(s, i + 1) : i + 2;
        const bool direction = pen_sql_word_at(s, at, "from") || pen_sql_word_at(s, at, "to");
        const bool target =
            pen_sql_kind_at(s, at + 1) == PEN_SQL_STRING || pen_sql_word_at(s, at + 1, "program");
        return direction && target ? at + 2 : i;
    }
    return i;
}
