/**
 * A query that somebody quotes has its quotes in pairs; one that a value adds ends the string
 * before it, so there is one too few. Behind that quote a clause has to go on, and somewhere a
 * clause has to stand that no other language has: a pattern of nodes, a table that is loaded, a
 * procedure of the database's own.
 */
#include "filters/nosql_cypher.h"

#define ADDED   90
#define EMPTIES 75 /* the whole text deletes what is in the graph */
#define FRAMED  88
#define NODE    128 /* bytes of one node's pattern that are read */
#define LEAD    64  /* bytes of a value of one word before a line of a protocol */

/* What goes on behind a string or a pattern. */
static bool is_clause(struct pen_str text, size_t at)
{
    static const struct pen_str words[] = {
        PEN_STR("or"),    PEN_STR("and"),    PEN_STR("return"), PEN_STR("with"),
        PEN_STR("match"), PEN_STR("union"),  PEN_STR("call"),   PEN_STR("load"),
        PEN_STR("set"),   PEN_STR("create"), PEN_STR("merge"),  PEN_STR("detach"),
        PEN_STR("where"), PEN_STR("remove"), PEN_STR("unwind"), PEN_STR("delete"),
    };
    size_t end = at;
    while (end < text.len && pen_is_name_char(text.ptr[end])) {
        end++;
    }
    return pen_str_is_among_fold(pen_str_slice(text, at, end), words, PEN_COUNT_OF(words));
}

/* Behind the quote at `at`: brackets that close, and a clause. */
static bool goes_on(struct pen_str text, size_t at)
{
    at++;
    while (at < text.len
           && (pen_is_space(text.ptr[at]) || text.ptr[at] == '}' || text.ptr[at] == ')'
               || text.ptr[at] == ']')) {
        at++;
    }
    return is_clause(text, at);
}

/* Does the text's first quote end a string that began before it? A quoted query has an even number
   of them, a string of it an odd one. */
static bool breaks_out(struct pen_str text)
{
    const size_t single = pen_str_find(text, '\'', 0);
    const size_t paired = pen_str_find(text, '"', 0);
    const size_t first = single < paired ? single : paired;
    if (first == text.len || !goes_on(text, first)) return false;
    if (first > 0 && pen_is_space(text.ptr[first - 1])) return false;
    size_t count = 0;
    for (size_t i = first; i < text.len; i++) {
        count += text.ptr[i] == text.ptr[first];
    }
    return count % 2 == 1;
}

/* "(n)", "(u:User {name: 'x'})", "()": a node at `at`; behind it, or 0. */
static size_t node_end(struct pen_str text, size_t at)
{
    if (at >= text.len || text.ptr[at] != '(') return 0;
    at++;
    while (at < text.len && pen_is_name_char(text.ptr[at])) {
        at++;
    }
    const char c = at < text.len ? text.ptr[at] : '\0';
    if (c == ')') return at + 1;
    if (c != ':' && c != ' ' && c != '{') return 0;
    if (c == ' ' && (at + 1 >= text.len || text.ptr[at + 1] != '{')) return 0;
    const struct pen_str near = pen_str_slice(text, 0, at + NODE);
    const size_t close = pen_str_find(near, ')', at);
    return close < near.len ? close + 1 : 0;
}

/* Behind a word and white space. */
static size_t behind(struct pen_str text, size_t at, struct pen_str word)
{
    return pen_str_skip_space(text, at + word.len);
}

/* A clause of Cypher's own at `at`: behind it, or 0. */
static size_t clause_end(struct pen_str text, size_t at)
{
    static const struct pen_str procedures[] = {PEN_STR("db."), PEN_STR("dbms."), PEN_STR("apoc.")};
    const struct pen_str match = PEN_STR("match");
    const struct pen_str load = PEN_STR("load csv ");
    const struct pen_str call = PEN_STR("call ");
    const struct pen_str detach = PEN_STR("detach delete ");
    if (pen_str_stands_fold(text, at, match)) return node_end(text, behind(text, at, match));
    if (pen_str_stands_fold(text, at, load)) {
        const size_t next = at + load.len;
        const bool from = pen_str_stands_fold(text, next, PEN_S("from "))
                          || pen_str_stands_fold(text, next, PEN_S("with headers "));
        return from ? next : 0;
    }
    if (pen_str_stands_fold(text, at, detach)) return at + detach.len;
    if (!pen_str_stands_fold(text, at, call)) return 0;
    for (size_t i = 0; i < PEN_COUNT_OF(procedures); i++) {
        const size_t name = behind(text, at, PEN_S("call"));
        if (pen_str_stands_fold(text, name, procedures[i])) return name + procedures[i].len;
    }
    return 0;
}

/* "MATCH (n) DETACH DELETE n": from a pattern to the deletion, and no more. */
static bool empties(struct pen_str text, size_t at)
{
    const size_t node = clause_end(text, at);
    const struct pen_str detach = PEN_STR("detach delete ");
    if (node == 0 || !pen_str_stands_fold(text, at, PEN_S("match"))) return false;
    size_t end = pen_str_skip_space(text, node);
    if (!pen_str_stands_fold(text, end, detach)) return false;
    end += detach.len;
    while (end < text.len && (pen_is_name_char(text.ptr[end]) || text.ptr[end] == ';')) {
        end++;
    }
    return pen_str_skip_space(text, end) == text.len;
}

uint32_t pen_nosql_cypher(struct pen_str text, struct pen_span *span)
{
    const size_t head = pen_str_skip_space(text, 0);
    if (empties(text, head)) {
        *span = (struct pen_span){head, text.len};
        return EMPTIES;
    }
    if (!breaks_out(text)) return 0;
    for (size_t i = 1; i < text.len; i++) {
        const char c = pen_to_lower(text.ptr[i]);
        if ((c != 'm' && c != 'l' && c != 'c' && c != 'd') || pen_is_name_char(text.ptr[i - 1])) {
            continue;
        }
        const size_t end = clause_end(text, i);
        if (end == 0) continue;
        *span = (struct pen_span){i, end};
        return ADDED;
    }
    return 0;
}

/* Digits and a line break behind the mark at `at`; behind them, or 0. */
static size_t count_end(struct pen_str text, size_t at, char mark)
{
    if (at >= text.len || text.ptr[at] != mark) return 0;
    size_t end = at + 1;
    while (end < text.len && pen_is_digit(text.ptr[end])) {
        end++;
    }
    return end > at + 1 && pen_str_stands(text, end, PEN_S("\r\n")) ? end + 2 : 0;
}

/* "\r\nset a 0 0 3\r\n": memcached's commands name a key and three numbers. */
static bool is_stored(struct pen_str line)
{
    static const struct pen_str verbs[] = {PEN_STR("set"), PEN_STR("add"), PEN_STR("replace"),
                                           PEN_STR("append"), PEN_STR("prepend")};
    const size_t verb = pen_str_find(line, ' ', 0);
    size_t at = pen_str_find(line, ' ', verb + 1);
    if (!pen_str_is_among_fold(pen_str_slice(line, 0, verb), verbs, PEN_COUNT_OF(verbs))) {
        return false;
    }
    for (int numbers = 0; numbers < 3; numbers++) {
        if (at + 1 >= line.len || !pen_is_digit(line.ptr[at + 1])) return false;
        at++;
        while (at < line.len && pen_is_digit(line.ptr[at])) {
            at++;
        }
    }
    return at == line.len;
}

/* "\r\nFLUSHALL\r\n": Redis takes a line of words as well, and does what only an owner should. */
static bool is_inline_command(struct pen_str line)
{
    static const struct pen_str verbs[] = {
        PEN_STR("CONFIG SET "),  PEN_STR("SLAVEOF "), PEN_STR("REPLICAOF "),
        PEN_STR("MODULE LOAD "), PEN_STR("EVAL '"),   PEN_STR("EVAL \""),
    };
    if (pen_str_equal(line, PEN_S("FLUSHALL")) || pen_str_equal(line, PEN_S("FLUSHDB")))
        return true;
    for (size_t i = 0; i < PEN_COUNT_OF(verbs); i++) {
        if (pen_str_starts(line, verbs[i])) return true;
    }
    return false;
}

/* A line of its own behind a value of one word, or nothing, that CR LF ends: texts have more words
   before it, and end their lines with LF. */
static uint32_t judge_lines(struct pen_str text, struct pen_span *span)
{
    const size_t lead = pen_str_find_str(text, PEN_S("\r\n"));
    if (lead > LEAD || pen_str_find(text, ' ', 0) < lead) return 0;
    for (size_t at = lead; at < text.len;) {
        const size_t start = at + 2;
        const struct pen_str rest = pen_str_slice(text, start, text.len);
        const size_t length = pen_str_find_str(rest, PEN_S("\r\n"));
        const struct pen_str line = pen_str_slice(rest, 0, length);
        if (is_stored(line) || is_inline_command(line)) {
            *span = (struct pen_span){start, start + line.len};
            return FRAMED;
        }
        at = start + length;
    }
    return 0;
}

uint32_t pen_nosql_frame(struct pen_str text, struct pen_span *span)
{
    for (size_t at = pen_str_find(text, '*', 0); at < text.len;
         at = pen_str_find(text, '*', at + 1)) {
        const size_t count = count_end(text, at, '*');
        const size_t length = count > 0 ? count_end(text, count, '$') : 0;
        if (length == 0 || length >= text.len || !pen_is_alpha(text.ptr[length])) continue;
        *span = (struct pen_span){at, length};
        return FRAMED;
    }
    return judge_lines(text, span);
}
