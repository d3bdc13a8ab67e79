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

/* What is known of a word beside its kind. */
#define PEN_SQL_IS_TALE      0x0001U  /* a function that only an attack names */
#define PEN_SQL_IS_PACKAGE   0x0002U  /* a package of such functions */
#define PEN_SQL_IS_CATALOGUE 0x0004U  /* a table of the database's own catalogue */
#define PEN_SQL_IS_SCHEMA    0x0008U  /* a schema of such tables */
#define PEN_SQL_IS_SELF      0x0010U  /* a function that tells about the database, in a SELECT */
#define PEN_SQL_IS_ASKS      0x0020U  /* the same within an expression */
#define PEN_SQL_IS_NUMBERS   0x0040U  /* gives a character's number: ascii() */
#define PEN_SQL_IS_PARTS     0x0080U  /* gives a part of a text: substring() */
#define PEN_SQL_IS_QUERIES   0x0100U  /* a function of SQL and of no program's expressions */
#define PEN_SQL_IS_JOINS     0x0200U  /* joins an expression to a query: limit, having */
#define PEN_SQL_IS_ARTICLE   0x0400U  /* stands before nouns and never names a table */
#define PEN_SQL_IS_THING     0x0800U  /* what CREATE and DROP are about: table, user */
#define PEN_SQL_IS_BEFORE    0x1000U  /* stands before such a thing: or replace, temporary */
#define PEN_SQL_IS_DEFINES   0x2000U  /* goes on behind its name: cascade, add */
#define PEN_SQL_IS_RIGHT     0x4000U  /* that GRANT gives */
#define PEN_SQL_IS_OWN       0x8000U  /* begins statements that programs have, too: insert */
#define PEN_SQL_IS_CALL      0x10000U /* a function that its arguments tell about: sleep, chr */
#define PEN_SQL_IS_CODE      0x20000U /* of these, what gives a character by its number: chr */
#define PEN_SQL_IS_CONCAT    0x40000U /* of these, what puts texts together */

struct pen_sql_token {
    enum pen_sql_kind kind;
    uint32_t traits; /* PEN_SQL_IS_TALE and so on, of a word that is not quoted */
    bool open;       /* a string without its closing quote */
    bool versioned;  /* stands inside a versioned comment */
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

/** What a word of one byte or more is: a key word's kind, or PEN_SQL_NAME; and its traits. */
enum pen_sql_kind pen_sql_word(struct pen_str text, uint32_t *traits);

/** The token is this word, whatever its case. */
bool pen_sql_is(const struct pen_sql_token *token, const char *word);

#endif
