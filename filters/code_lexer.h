/**
 * The words, strings and signs that PHP, JavaScript, Python, Ruby, Perl, Lua and Java have in
 * common; comments are left out.
 *
 * Which language a text is in nobody says, so what they differ in is read the way that shows most:
 * '#' and '--' begin a comment only where no expression goes on. One pass, no allocation. Pure; any
 * thread.
 */
#ifndef PEN_FILTERS_CODE_LEXER_H
#define PEN_FILTERS_CODE_LEXER_H

#include "filters/core/str.h"

enum pen_code_token_kind {
    PEN_CODE_END,   /* of the text, of the page's code ("?>"), or of all that can be read */
    PEN_CODE_PROSE, /* what no program has here: a fence of Markdown */
    PEN_CODE_WORD,
    PEN_CODE_VARIABLE, /* "$name"; `text` has the sign */
    PEN_CODE_NUMBER,
    PEN_CODE_STRING, /* also Ruby's ":name" */
    PEN_CODE_TICKS,  /* `...`, %x(...), qx(...): run by a shell, or JavaScript's template */
    PEN_CODE_SIGN,
};

struct pen_code_token {
    enum pen_code_token_kind kind;
    struct pen_str text; /* of a string: between the quotes */
    size_t start;
    char sign;   /* '.' of members ("->", "::", "?."), '=' of assignments, 'o' other operators */
    bool spaced; /* white space or a comment stands before it */
    bool line;   /* a line break does */
    bool closed; /* the string has its end */
};

struct pen_code_lexer {
    struct pen_str text;
    size_t at;
    bool operand;  /* the reader's: a value is complete, so that a sign is an operator */
    bool cut;      /* a comment has cut off the rest of the text */
    bool spelled;  /* a comment stood between two tokens of one line */
    unsigned none; /* quotes that have no partner any more: each is looked for once */
};

/** The next token. Behind the end PEN_CODE_END is given again. */
void pen_code_next(struct pen_code_lexer *lexer, struct pen_code_token *out);

#endif
