/** One pass over the bytes, one function a kind of token. */
#include "filters/sqli_lexer.h"

#include <string.h>

#define LONGEST_NAME  128 /* in brackets: SQL Server's longest */
#define UNCLOSED_TAGS 8   /* of dollar strings: each costs a search to the text's end */

/* What a byte may begin: S white space, W a word, D a number, C a comment, H anything beyond ASCII.
 */
static const char classes[] = "SSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSS"
                              "S..CW.....C..C.CWWWWWWWWWW......"
                              ".WWWWWWWWWWWWWWWWWWWWWWWWWW....W"
                              ".WWWWWWWWWWWWWWWWWWWWWWWWWW....."
                              "HHHHHHHHHHHHHHHHHHHHHHHHHHHHHHHH"
                              "HHHHHHHHHHHHHHHHHHHHHHHHHHHHHHHH"
                              "HHHHHHHHHHHHHHHHHHHHHHHHHHHHHHHH"
                              "HHHHHHHHHHHHHHHHHHHHHHHHHHHHHHHH";

static inline char peek(const struct pen_sql_lexer *l, size_t ahead)
{
    return l->at + ahead < l->text.len ? l->text.ptr[l->at + ahead] : '\0';
}

static char class_of(char c)
{
    return classes[(unsigned char)c];
}

static bool is_sql_space(unsigned char c)
{
    /* What some dialect takes for white space: control bytes, and the no-break space of Latin-1. */
    return c <= ' ' || c == 0xa0;
}

static bool is_blank(const struct pen_sql_lexer *l, char c)
{
    return is_sql_space((unsigned char)c) || (c == '+' && l->plus);
}

static bool is_word_byte(char c)
{
    const char class = class_of(c);
    return class == 'W' || class == 'H';
}

/* White space beyond ASCII that some dialect skips: its bytes, or 0. */
static size_t wide_space(const struct pen_sql_lexer *l)
{
    switch ((unsigned char)peek(l, 0)) {
    case 0xc2: /* U+00A0 */
        return (unsigned char)peek(l, 1) == 0xa0 ? 2 : 0;
    case 0xe1: /* U+1680 */
        return (unsigned char)peek(l, 1) == 0x9a && (unsigned char)peek(l, 2) == 0x80 ? 3 : 0;
    case 0xe2: { /* U+2000 to U+200B */
        const unsigned char third = (unsigned char)peek(l, 2);
        return (unsigned char)peek(l, 1) == 0x80 && third >= 0x80 && third <= 0x8b ? 3 : 0;
    }
    case 0xe3: /* U+3000 */
        return (unsigned char)peek(l, 1) == 0x80 && (unsigned char)peek(l, 2) == 0x80 ? 3 : 0;
    case 0xef: /* U+FEFF */
        return (unsigned char)peek(l, 1) == 0xbb && (unsigned char)peek(l, 2) == 0xbf ? 3 : 0;
    default:
        return 0;
    }
}

/* The start of a comment whose inside MySQL or MariaDB runs, or 0. */
static size_t version_mark(const struct pen_sql_lexer *l)
{
    if (peek(l, 2) == '!') return 3;
    return peek(l, 2) == 'M' && peek(l, 3) == '!' ? 4 : 0;
}

/* Skip white space and closed comments. False: a comment cuts the rest off. */
static bool skip_space(struct pen_sql_lexer *l)
{
    while (l->at < l->text.len) {
        const char c = l->text.ptr[l->at];
        const char class = class_of(c);
        if (class == 'S') {
            l->at++;
            continue;
        }
        if (class != 'C' && class != 'H' && c != '+') return true;
        const size_t wide = wide_space(l);
        if (is_blank(l, c)) {
            l->at++;
        } else if (wide > 0) {
            l->at += wide;
        } else if (c == '*' && peek(l, 1) == '/' && l->in_version) {
            l->in_version = false;
            l->at += 2;
        } else if (c == '/' && peek(l, 1) == '*' && version_mark(l) > 0) {
            l->at += version_mark(l);
            l->in_version = true;
            while (pen_is_digit(peek(l, 0))) {
                l->at++;
            }
        } else if (c == '/' && peek(l, 1) == '*') {
            const struct pen_str rest = pen_str_slice(l->text, l->at + 2, l->text.len);
            const size_t end = pen_str_find_str(rest, PEN_S("*/"));
            if (end == rest.len) return false;
            l->at += end + 4;
        } else {
            break;
        }
    }
    return true;
}

/* A comment to the end of the line is white space when SQL can go on below it, else it cuts the
   rest of the query off. */
static bool skip_line(struct pen_sql_lexer *l)
{
    size_t end = pen_str_find(l->text, '\n', l->at);
    while (end < l->text.len && is_sql_space((unsigned char)l->text.ptr[end])) {
        end++;
    }
    if (end == l->text.len) return false;
    l->at = end;
    return true;
}

static void lex_number(struct pen_sql_lexer *l)
{
    if (peek(l, 0) == '0' && (peek(l, 1) == 'x' || peek(l, 1) == 'X')) {
        l->at += 2;
        while (pen_hex_value(peek(l, 0)) >= 0) {
            l->at++;
        }
        return;
    }
    while (pen_is_digit(peek(l, 0)) || peek(l, 0) == '.') {
        l->at++;
    }
    if (peek(l, 0) != 'e' && peek(l, 0) != 'E') return;

    const char sign = peek(l, 1);
    if (pen_is_digit(sign) || ((sign == '+' || sign == '-') && pen_is_digit(peek(l, 2)))) {
        l->at += 2;
        while (pen_is_digit(peek(l, 0))) {
            l->at++;
        }
    } else if (!is_word_byte(sign)) {
        l->at++; /* "1.e(" */
    }
}

/* From the opening quote; a doubled or escaped quote stays inside. True: it was closed. */
static bool lex_quoted(struct pen_sql_lexer *l, char quote)
{
    const char escape = quote == '`' ? quote : '\\';
    const struct pen_str text = l->text;
    for (size_t i = l->at + 1; i < text.len; i++) {
        const char c = text.ptr[i];
        if (c != quote && c != escape) continue;
        i++; /* a pair of both kinds is inside */
        if (c == quote && (i == text.len || text.ptr[i] != quote)) {
            l->at = i;
            return true;
        }
    }
    l->at = text.len;
    return false;
}

/* $$text$$ and $tag$text$tag$ (PostgreSQL). False: it is none. SQL has no tags that nothing closes;
   behind some of them no more are looked for. */
static bool lex_dollar(struct pen_sql_lexer *l)
{
    size_t end = l->at + 1;
    while (end < l->text.len && (pen_is_alpha(l->text.ptr[end]) || l->text.ptr[end] == '_')) {
        end++;
    }
    if (end >= l->text.len || l->text.ptr[end] != '$') return false;

    const struct pen_str tag = pen_str_slice(l->text, l->at, end + 1);
    const bool pair = tag.len == 2;
    if (pair ? l->unpaired : l->unclosed == UNCLOSED_TAGS) return false;
    const struct pen_str rest = pen_str_slice(l->text, end + 1, l->text.len);
    const size_t close = pen_str_find_str(rest, tag);
    if (close < rest.len) {
        l->at = end + 1 + close + tag.len;
        return true;
    }
    if (pair) {
        l->unpaired = true;
    } else {
        l->unclosed++;
    }
    return false;
}

static enum pen_sql_kind lex_word(struct pen_sql_lexer *l, uint32_t *traits)
{
    const size_t start = l->at;
    bool beyond = false; /* ASCII; no word that is known is */
    for (; l->at < l->text.len; l->at++) {
        const char class = class_of(l->text.ptr[l->at]);
        if (class == 'W') continue;
        if (class != 'H') break;
        /* The no-break space of Latin-1; in UTF-8 the byte never follows ASCII. */
        const bool latin = peek(l, 0) == '\xa0';
        if (l->at > start && latin && (unsigned char)l->text.ptr[l->at - 1] < 0x80) break;
        if (l->at > start && wide_space(l) > 0) break;
        beyond = true;
    }
    if (beyond) return PEN_SQL_NAME;
    const struct pen_str word = pen_str_slice(l->text, start, l->at);
    /* N'..', E'..', X'..', B'..' are strings with a prefix. */
    if (word.len == 1 && peek(l, 0) == '\'' && strchr("nNeExXbB", word.ptr[0]) != NULL) {
        (void)lex_quoted(l, '\'');
        return PEN_SQL_STRING;
    }
    return pen_sql_word(word, traits);
}

static enum pen_sql_kind take(struct pen_sql_lexer *l, size_t bytes, enum pen_sql_kind kind)
{
    l->at += bytes;
    return kind;
}

static enum pen_sql_kind lex_operator(struct pen_sql_lexer *l)
{
    const char c = peek(l, 0);
    const char next = peek(l, 1);
    switch (c) {
    case '(':
        return take(l, 1, PEN_SQL_OPEN);
    case ')':
        return take(l, 1, PEN_SQL_CLOSE);
    case ',':
        return take(l, 1, PEN_SQL_COMMA);
    case ';':
        return take(l, 1, PEN_SQL_SEMICOLON);
    case '&':
        return next == '&' ? take(l, 2, PEN_SQL_LOGIC) : take(l, 1, PEN_SQL_ARITH);
    case '|':
        return next == '|' ? take(l, 2, PEN_SQL_LOGIC) : take(l, 1, PEN_SQL_ARITH);
    case '=':
        return take(l, next == '=' ? 2 : 1, PEN_SQL_COMPARE);
    case '!':
        if (next == '=' || next == '~' || next == '<' || next == '>') {
            return take(l, 2, PEN_SQL_COMPARE);
        }
        return take(l, 1, PEN_SQL_NOT);
    case '<':
    case '>':
        if (c == '<' && next == '=' && peek(l, 2) == '>') return take(l, 3, PEN_SQL_COMPARE);
        return take(l, next == '=' || next == '>' || next == '@' ? 2 : 1, PEN_SQL_COMPARE);
    case '@':
        return next == '>' ? take(l, 2, PEN_SQL_COMPARE) : take(l, 1, PEN_SQL_OTHER);
    case ':':
        if (next == '=') return take(l, 2, PEN_SQL_COMPARE);
        return next == ':' ? take(l, 2, PEN_SQL_ARITH) : take(l, 1, PEN_SQL_OTHER);
    case '?': /* does a JSON object have any, all of these keys (PostgreSQL) */
        return next == '|' || next == '&' ? take(l, 2, PEN_SQL_COMPARE) : take(l, 1, PEN_SQL_OTHER);
    case '-':
        if (next == '>') return take(l, peek(l, 2) == '>' ? 3 : 2, PEN_SQL_ARITH);
        return take(l, 1, PEN_SQL_ARITH);
    case '+':
    case '*':
    case '/':
    case '%':
    case '^':
    case '~':
        return take(l, 1, PEN_SQL_ARITH);
    default:
        return take(l, 1, PEN_SQL_OTHER);
    }
}

static bool begins_variable(const struct pen_sql_lexer *l)
{
    const char next = peek(l, 1);
    return (peek(l, 0) == '@' && (next == '@' || is_word_byte(next) || next == '`'))
           || (peek(l, 0) == ':' && pen_is_alpha(next));
}

static enum pen_sql_kind lex_numeric(struct pen_sql_lexer *l)
{
    lex_number(l);
    /* MySQL drops the "1.e" of "1.e(": only the parenthesis is left. */
    const bool dropped = l->at > 1 && (l->text.ptr[l->at - 1] | 0x20) == 'e' && peek(l, 0) == '('
                         && l->text.ptr[l->at - 2] == '.';
    return dropped ? take(l, 1, PEN_SQL_OPEN) : PEN_SQL_NUMBER;
}

static enum pen_sql_kind lex_variable(struct pen_sql_lexer *l)
{
    l->at += peek(l, 1) == '@' ? 2 : 1;
    while (is_word_byte(peek(l, 0)) && l->at < l->text.len) {
        l->at++;
    }
    return PEN_SQL_VARIABLE;
}

static enum pen_sql_kind lex_token(struct pen_sql_lexer *l, struct pen_sql_token *token)
{
    const char c = peek(l, 0);
    switch (c) {
    case '\'':
    case '"':
        token->open = !lex_quoted(l, c);
        return PEN_SQL_STRING;
    case '`':
        token->open = !lex_quoted(l, c);
        return PEN_SQL_NAME;
    case '.':
        return pen_is_digit(peek(l, 1)) ? lex_numeric(l) : take(l, 1, PEN_SQL_DOT);
    case '$':
        return lex_dollar(l) ? PEN_SQL_STRING : lex_word(l, &token->traits);
    case '@':
    case ':':
        return begins_variable(l) ? lex_variable(l) : lex_operator(l);
    case '[': {
        const struct pen_str near = pen_str_slice(l->text, l->at, l->at + LONGEST_NAME + 2);
        const size_t end = pen_str_find(near, ']', 0);
        return end == near.len ? take(l, 1, PEN_SQL_OTHER) : take(l, end + 1, PEN_SQL_NAME);
    }
    case '\\': /* MySQL's NULL */
        return peek(l, 1) == 'N' ? take(l, 2, PEN_SQL_VALUE) : take(l, 1, PEN_SQL_OTHER);
    default:
        if (pen_is_digit(c)) return lex_numeric(l);
        return is_word_byte(c) ? lex_word(l, &token->traits) : lex_operator(l);
    }
}

/* Where the parenthesis at each token is closed; all of them with one look. */
static void match_groups(struct pen_sql_token *tokens, size_t count)
{
    size_t open[PEN_SQL_TOKENS];
    size_t depth = 0;
    for (size_t i = 0; i < count; i++) {
        if (tokens[i].kind == PEN_SQL_OPEN) {
            open[depth++] = i;
        } else if (tokens[i].kind == PEN_SQL_CLOSE && depth > 0) {
            tokens[open[--depth]].behind = i + 1;
        }
    }
    const size_t end = count > 0 && tokens[count - 1].kind == PEN_SQL_CUT ? count - 1 : count;
    while (depth > 0) {
        tokens[open[--depth]].behind = end;
    }
}

struct pen_sql_lexer pen_sql_begin(struct pen_str text, size_t start, bool plus)
{
    return (struct pen_sql_lexer){.text = text, .at = start, .window = start, .plus = plus};
}

size_t pen_sql_lex(struct pen_sql_lexer *lexer, struct pen_sql_token tokens[PEN_SQL_TOKENS],
                   size_t *count)
{
    struct pen_sql_lexer l = *lexer;
    const struct pen_str text = l.text;
    size_t n = *count;
    while (n < PEN_SQL_TOKENS) {
        const bool goes_on = skip_space(&l);
        struct pen_sql_token *const token = &tokens[n];
        const char c = peek(&l, 0);
        *token = (struct pen_sql_token){.at = l.at, .versioned = l.in_version};
        if (!goes_on || c == '#' || (c == '-' && peek(&l, 1) == '-')) {
            if (goes_on && skip_line(&l)) {
                l.line = l.at;
                continue;
            }
            /* The last of several commented lines is there for its own sake. */
            token->kind = l.line > l.window ? PEN_SQL_END : PEN_SQL_CUT;
            token->text = pen_str_slice(text, token->at, text.len);
            l.at = text.len;
            n++;
            break;
        }
        if (l.at >= text.len) {
            token->kind = PEN_SQL_END;
            n++;
            break;
        }
        token->kind = lex_token(&l, token);
        token->text = (struct pen_str){text.ptr + token->at, l.at - token->at};
        n++;
    }
    match_groups(tokens, n);
    *count = n;
    const size_t looked_at = l.at - lexer->at;
    *lexer = l;
    return looked_at;
}

void pen_sql_slide(struct pen_sql_lexer *lexer, struct pen_sql_token tokens[PEN_SQL_TOKENS],
                   size_t *count)
{
    const size_t first = PEN_SQL_TOKENS - PEN_SQL_OVERLAP;
    memcpy(tokens, tokens + first, PEN_SQL_OVERLAP * sizeof(tokens[0]));
    lexer->window = tokens[0].at;
    *count = PEN_SQL_OVERLAP;
}
