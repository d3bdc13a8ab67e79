/**
 * A lexer for what the SQL dialects have in common, and where they differ for what any of them
 * takes.
 *
 * Comments are white space (MySQL's versioned comments are not: their inside is SQL), case is
 * folded, strings may be unterminated: the query that the text is put into supplies the closing
 * quote. Pure.
 */
#ifndef PEN_FILTERS_SQLI_LEXER_H
#define PEN_FILTERS_SQLI_LEXER_H

#include "filters/core/str.h"

enum pen_sql_kind {
    PEN_SQL_END,
    PEN_SQL_NUMBER,   /* 1, 1.5e3, 0x41 */
    PEN_SQL_STRING,   /* closed or not: pen_sql_token.open */
    PEN_SQL_NAME,     /* a word that is no key word, or quoted with ` or [] */
    PEN_SQL_VARIABLE, /* @x, @@version, :x */
    PEN_SQL_VALUE,    /* null, true, false, current_user */
    PEN_SQL_LOGIC,    /* and, or, xor, not among them: && || */
    PEN_SQL_NOT,
    PEN_SQL_COMPARE, /* = <> < like rlike regexp in between is ... */
    PEN_SQL_ARITH,   /* + - * / % ^ ~ | & div mod collate :: -> */
    PEN_SQL_OPEN,
    PEN_SQL_CLOSE,
    PEN_SQL_COMMA,
    PEN_SQL_DOT,
    PEN_SQL_SEMICOLON,
    PEN_SQL_CUT,   /* a comment that swallows the rest: -- # and an unclosed slash-star */
    PEN_SQL_UNION, /* union, intersect, except, minus */
    PEN_SQL_SELECT,
    PEN_SQL_STATEMENT, /* insert, update, delete, drop, exec, declare, ... */
    PEN_SQL_CLAUSE,    /* where, having, order, group, limit, from, procedure, into, as, ... */
    PEN_SQL_CASE,      /* case, when, then, else, end */
    PEN_SQL_MODIFIER,  /* all, distinct, any, some, exists, binary, interval, delay ... */
    PEN_SQL_OTHER,     /* no SQL begins so */
};

struct pen_sql_token {
    enum pen_sql_kind kind;
    bool open;      /* a string without its closing quote */
    bool versioned; /* stands inside a versioned comment */
    struct pen_str text;
    size_t at;     /* in the lexed text */
    size_t behind; /* of PEN_SQL_OPEN: the token behind its PEN_SQL_CLOSE, else the text's end */
};

#define PEN_SQL_TOKENS  96 /* more than any injection needs to show itself */
#define PEN_SQL_OVERLAP 32 /* of them, that the next window begins with */

/** Where the lexer stands in its text, and what it has seen within the window at hand. */
struct pen_sql_lexer {
    struct pen_str text;
    size_t at;
    size_t window;   /* where the window begins */
    size_t line;     /* behind the last comment to the end of a line; 0: none */
    size_t unclosed; /* tags of dollar strings whose ends were looked for in vain */
    bool unpaired;   /* "$$" stands nowhere behind */
    bool plus;       /* '+' is white space, as in a form's encoding */
    bool in_version; /* inside a versioned comment, which ends with star-slash */
};

/** Lex `text` from `start` on. */
struct pen_sql_lexer pen_sql_begin(struct pen_str text, size_t start, bool plus);

/**
 * Lex until the text or the room for tokens ends.
 *
 * @param tokens  filled; the last one is PEN_SQL_END or PEN_SQL_CUT unless there was more
 * @param count   tokens that are there already (pen_sql_slide), then all
 * @return bytes looked at, for the step budget
 */
size_t pen_sql_lex(struct pen_sql_lexer *lexer, struct pen_sql_token tokens[PEN_SQL_TOKENS],
                   size_t *count);

/** Begin the next window with the last tokens of a full one, which become its first `count`. */
void pen_sql_slide(struct pen_sql_lexer *lexer, struct pen_sql_token tokens[PEN_SQL_TOKENS],
                   size_t *count);

/** What a word is: a key word's kind, or PEN_SQL_NAME. */
enum pen_sql_kind pen_sql_word(struct pen_str text);

/** The token is this word, whatever its case. */
bool pen_sql_is(const struct pen_sql_token *token, const char *word);

#endif
