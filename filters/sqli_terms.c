/** What SQL is made of, as far as a detector has to know it. */
#include "filters/sqli_terms.h"

#include <string.h>

#define MOST_OPERANDS 32 /* of one sum; longer ones add nothing to the evidence */
#define LONGEST_TAIL  25 /* bytes of a string left open, with its quote */
#define IDLE_COMMENT  8  /* bytes of a comment that says nothing: "-- -", "--+", "# x" */

bool pen_sql_is(const struct pen_sql_token *token, const char *word)
{
    for (size_t i = 0; i < token->text.len; i++) {
        if (word[i] == '\0' || pen_to_lower(token->text.ptr[i]) != word[i]) return false;
    }
    return word[token->text.len] == '\0';
}

size_t pen_sql_dotted(struct pen_sql s, size_t i)
{
    while (pen_sql_kind_at(s, i + 1) == PEN_SQL_DOT) {
        i += pen_sql_kind_at(s, i + 2) == PEN_SQL_DOT ? 1 : 2;
    }
    return i;
}

bool pen_sql_ends_at(struct pen_sql s, size_t i)
{
    const enum pen_sql_kind k = pen_sql_kind_at(s, i);
    return k == PEN_SQL_END || k == PEN_SQL_CUT || k == PEN_SQL_SEMICOLON;
}

size_t pen_sql_group(struct pen_sql s, size_t i)
{
    return pen_sql_kind_at(s, i) == PEN_SQL_OPEN ? s.tokens[i].behind : s.count;
}

bool pen_sql_literal_comparison(struct pen_sql s, size_t from, size_t to)
{
    for (size_t i = from + 1; i + 1 < to; i++) {
        const enum pen_sql_kind left = pen_sql_kind_at(s, i - 1);
        const enum pen_sql_kind right = pen_sql_kind_at(s, i + 1);
        if (pen_sql_kind_at(s, i) == PEN_SQL_COMPARE
            && (left == PEN_SQL_NUMBER || left == PEN_SQL_STRING)
            && (right == PEN_SQL_NUMBER || right == PEN_SQL_STRING)) {
            return true;
        }
    }
    return false;
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
    const size_t start = i;
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
    const size_t behind = pen_sql_group(s, i);
    /* "cat(s)": one word in parentheses is grammar of another kind. */
    if (behind == i + 3 && pen_sql_kind_at(s, i + 1) == PEN_SQL_NAME) {
        seen->name = true;
        return behind;
    }
    seen->call = true;
    if (pen_sql_literal_comparison(s, i, behind)) seen->compares = true;
    if (pen_sql_known(s, start) && (pen_sql_tell_tale(s, start) || pen_sql_delay(s, start))) {
        seen->delay = true;
    }
    return behind;
}

/* What an injection leaves open for the query's quote to close: a word or two. */
static bool is_plain_string(struct pen_str text)
{
    if (text.len > LONGEST_TAIL || (text.len > 1 && text.ptr[1] == ' ')) return false;
    for (size_t i = 1; i < text.len; i++) {
        const char c = text.ptr[i];
        const bool plain = pen_is_alnum(c) || (unsigned char)c >= 0x80
                           || (c != '\0' && strchr(" %_-.@=\\", c) != NULL);
        if (!plain) return false;
    }
    return true;
}

/* What stands in parentheses is what its first token is. */
static size_t grouped(struct pen_sql s, size_t i, struct pen_sql_operands *seen)
{
    const enum pen_sql_kind inside = pen_sql_kind_at(s, pen_sql_skip_opens(s, i));
    if (inside == PEN_SQL_SELECT) seen->call = seen->select = true;
    if (inside == PEN_SQL_CASE && pen_sql_literal_comparison(s, i, pen_sql_group(s, i))) {
        seen->compares = true;
    }
    if (inside == PEN_SQL_NAME || inside == PEN_SQL_OTHER) {
        seen->name = true;
    } else {
        seen->value = true;
    }
    return pen_sql_group(s, i);
}

/* {d '2026-01-01'}, {fn now()}: ODBC's and MySQL's braces around a value. */
static size_t braced(struct pen_sql s, size_t i, struct pen_sql_operands *seen)
{
    if (!pen_sql_word_at(s, i, "{") || pen_sql_kind_at(s, i + 1) != PEN_SQL_NAME) return i;

    size_t at = i + 2;
    if (pen_sql_kind_at(s, at) == PEN_SQL_NAME) at = named(s, at, seen);
    if (pen_sql_kind_at(s, at) == PEN_SQL_STRING || pen_sql_kind_at(s, at) == PEN_SQL_NUMBER) at++;
    if (pen_sql_kind_at(s, at) == PEN_SQL_OPEN) at = grouped(s, at, seen);
    if (!pen_sql_word_at(s, at, "}")) return i;
    seen->value = true;
    return at + 1;
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
            seen->closes = seen->open && is_plain_string(s.tokens[at].text);
            at++;
        }
        return at;
    case PEN_SQL_NUMBER:
        seen->value = true;
        /* "1.e(1)": the letter is part of MySQL's number. */
        return pen_sql_kind_at(s, at + 1) == PEN_SQL_OPEN ? pen_sql_group(s, at + 1) : at + 1;
    case PEN_SQL_VARIABLE:
    case PEN_SQL_VALUE:
        seen->value = true;
        return at + 1;
    case PEN_SQL_NAME:
        return named(s, at, seen);
    case PEN_SQL_STATEMENT: /* replace(), insert(), set() are functions too */
        return pen_sql_kind_at(s, at + 1) == PEN_SQL_OPEN ? named(s, at, seen) : i;
    case PEN_SQL_OPEN:
        return grouped(s, at, seen);
    case PEN_SQL_CASE:
        if (!pen_sql_word_at(s, at, "case")) return i;
        seen->call = true;
        if (pen_sql_literal_comparison(s, at, case_end(s, at))) seen->compares = true;
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
        return i;
    case PEN_SQL_OTHER: {
        const size_t behind = braced(s, at, seen);
        return behind > at ? behind : i;
    }
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

/* Operators that are words stand between nouns too: "like me", "in a comment". */
static bool is_sentence(struct pen_sql s, size_t i, const struct pen_sql_operands *seen)
{
    if (!pen_is_alpha(s.tokens[i].text.ptr[0])) return false;

    const enum pen_sql_kind next = pen_sql_kind_at(s, i + 1);
    if (pen_sql_word_at(s, i, "in")) return next != PEN_SQL_OPEN;
    if (pen_sql_word_at(s, i, "is")) return next == PEN_SQL_NAME;
    return !seen->value && !seen->call;
}

/* An operator between two operands; "is not null", "not in (...)", "between 1 and 2". */
size_t pen_sql_comparison(struct pen_sql s, size_t i, struct pen_sql_operands *seen)
{
    size_t at = pen_sql_operand(s, i, seen);
    if (at == i) return i;
    if (pen_sql_kind_at(s, at) == PEN_SQL_NOT) at++;
    if (pen_sql_kind_at(s, at) != PEN_SQL_COMPARE) return i;

    const size_t operator= at;
    const bool between = pen_sql_word_at(s, at, "between");
    const bool word_pair = pen_sql_word_at(s, at, "sounds") || pen_sql_word_at(s, at, "similar");
    at++;
    if (word_pair) at++;
    if (pen_sql_kind_at(s, at) == PEN_SQL_COMPARE || pen_sql_kind_at(s, at) == PEN_SQL_NOT) at++;
    const size_t right = pen_sql_operand(s, at, seen);
    if (right == at || is_sentence(s, operator, seen)) return i;
    if (between && pen_sql_kind_at(s, right) == PEN_SQL_LOGIC) {
        const size_t upper = pen_sql_operand(s, right + 1, seen);
        return upper > right + 1 ? upper : right;
    }
    return right;
}

bool pen_sql_cuts_off(struct pen_sql s, size_t i)
{
    if (pen_sql_kind_at(s, i) != PEN_SQL_CUT) return false;

    const struct pen_str comment = s.tokens[i].text;
    if (comment.len > IDLE_COMMENT) return false;
    for (size_t n = 0; n < comment.len; n++) {
        if (memchr("'\"`<>(){}[]", comment.ptr[n], 11) != NULL) return false;
    }
    return true;
}

bool pen_sql_article_at(struct pen_sql s, size_t i)
{
    return pen_sql_is_at(s, i, PEN_SQL_IS_ARTICLE);
}

size_t pen_sql_from(struct pen_sql s, size_t i)
{
    if (!pen_sql_word_at(s, i, "from") || pen_sql_article_at(s, i + 1)) return i;

    if (pen_sql_kind_at(s, i + 1) == PEN_SQL_OPEN) return i + 2;
    const enum pen_sql_kind table = pen_sql_kind_at(s, i + 1);
    if (table != PEN_SQL_NAME && table != PEN_SQL_VARIABLE) return i;
    size_t at = pen_sql_dotted(s, i + 1) + 1;
    if (pen_sql_word_at(s, at, "as")) at++;
    if (pen_sql_kind_at(s, at) == PEN_SQL_NAME) at++;
    switch (pen_sql_kind_at(s, at)) {
    case PEN_SQL_END:
    case PEN_SQL_OPEN:
    case PEN_SQL_CLOSE:
    case PEN_SQL_COMMA:
    case PEN_SQL_SEMICOLON:
    case PEN_SQL_CUT:
    case PEN_SQL_UNION:
    case PEN_SQL_CLAUSE:
    case PEN_SQL_STRING:
    case PEN_SQL_LOGIC:
        return at;
    case PEN_SQL_NUMBER:
    case PEN_SQL_NAME:
    case PEN_SQL_VARIABLE:
    case PEN_SQL_VALUE:
    case PEN_SQL_NOT:
    case PEN_SQL_COMPARE:
    case PEN_SQL_ARITH:
    case PEN_SQL_DOT:
    case PEN_SQL_SELECT:
    case PEN_SQL_STATEMENT:
    case PEN_SQL_CASE:
    case PEN_SQL_MODIFIER:
    case PEN_SQL_OTHER:
        return i;
    }
    return i;
}

/* Behind an item of the list: an alias at most, and then something that SQL has there. */
static bool list_goes_on(struct pen_sql s, size_t i)
{
    if (pen_sql_kind_at(s, i) == PEN_SQL_NAME) i++;
    const enum pen_sql_kind next = pen_sql_kind_at(s, i);
    return next != PEN_SQL_NAME && next != PEN_SQL_NUMBER && next != PEN_SQL_VARIABLE;
}

size_t pen_sql_select_list(struct pen_sql s, size_t i)
{
    size_t at = i + 1;
    while (pen_sql_kind_at(s, at) == PEN_SQL_MODIFIER) {
        at++;
    }
    if (pen_sql_word_at(s, at, "top") && pen_sql_kind_at(s, at + 1) == PEN_SQL_NUMBER) at += 2;
    struct pen_sql_operands seen = {0};
    size_t behind = pen_sql_operand(s, at, &seen);
    if (behind == at || pen_sql_article_at(s, at)) return i;
    if (pen_sql_word_at(s, behind, "as")) behind += 2;
    const bool only_name = seen.name && !seen.value && !seen.call;
    if (!only_name) return list_goes_on(s, behind) ? behind : i;
    /* One bare word, and no list, table or end behind it: "select committee", "select($fh)". */
    if (pen_sql_word_at(s, behind, "from")) {
        return pen_sql_from(s, behind) > behind ? behind : i;
    }
    const enum pen_sql_kind next = pen_sql_kind_at(s, behind);
    return next == PEN_SQL_COMMA || next == PEN_SQL_CUT || next == PEN_SQL_CLOSE ? behind : i;
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

size_t pen_sql_skip_closes(struct pen_sql s, size_t i)
{
    while (pen_sql_kind_at(s, i) == PEN_SQL_CLOSE) {
        i++;
    }
    return i;
}
