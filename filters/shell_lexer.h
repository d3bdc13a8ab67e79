/**
 * A text read as a shell would: the simple commands in it, each with what parts it from the text
 * before, its command word without the disguises, and the shape of its arguments.
 *
 * Which quotes are open where the text is put is not known, so what separates commands does so
 * inside of quotes too. POSIX shell, with the carets and variables of cmd.exe. One pass, no
 * allocation. Pure; any thread. (POSIX.1-2017 XCU 2; bash(1) "Brace Expansion", "QUOTING")
 */
#ifndef PEN_FILTERS_SHELL_LEXER_H
#define PEN_FILTERS_SHELL_LEXER_H

#include "filters/shell_names.h"

enum pen_shell_mark {
    PEN_SHELL_START, /* the text's beginning */
    PEN_SHELL_SEMICOLON,
    PEN_SHELL_PIPE,
    PEN_SHELL_OR,   /* || */
    PEN_SHELL_BACK, /* & */
    PEN_SHELL_AND,  /* && */
    PEN_SHELL_LINE,
    PEN_SHELL_SPELLED_LINE, /* backslash and n or r */
    PEN_SHELL_TICK,
    PEN_SHELL_SUBSTITUTION, /* $( and the process substitutions <( and >( */
};

#define PEN_SHELL_WORD 32 /* bytes kept of a command word */

struct pen_shell_arguments {
    size_t count;     /* words in all */
    size_t plain;     /* made of letters only, as sentences are */
    bool first_plain; /* the first is */
    bool option;      /* -x, --long, /x */
    bool path;        /* has a slash or backslash, or begins with ~ or . */
    bool system;      /* leads into the system's own folders */
    bool secret;      /* names a file that holds secrets */
    bool url;
    bool variable;
    bool redirect;
    bool fed; /* begins with a here-string: <<< */
    bool quoted;
    bool number; /* of digits and dots */
    bool dotted; /* a file's or host's name */
    bool code;   /* begins as no argument does: "= 5", "(x)" */
};

struct pen_shell_part {
    enum pen_shell_mark mark;
    struct pen_span span;           /* from the mark to the next one */
    char word[PEN_SHELL_WORD];      /* without path and disguise; NUL-terminated */
    size_t length;                  /* of the whole word */
    bool path;                      /* a path stands before it */
    bool program_path;              /* and it ends in bin/, sbin/, system32\ */
    bool wild;                      /* ? * [ stand in word or path */
    bool disguised;                 /* quotes, escapes, carets or empty variables were removed */
    bool variable;                  /* a variable's value is the word, or part of it */
    bool assigned;                  /* a variable is set before the word, or nothing else done */
    bool called;                    /* an open parenthesis follows at once */
    bool spaced;                    /* by $IFS or a brace: as only attacks do */
    bool led;                       /* white space stands between mark and word */
    enum pen_shell_command command; /* of the word, called or not */
    struct pen_shell_arguments arguments; /* empty where pen_shell_may_run() is not */
};

struct pen_shell {
    struct pen_str text;
    size_t at;
    enum pen_shell_mark next;
    size_t mark_at;
    bool spelled; /* backslash and n are a line break */
    bool plus;    /* '+' is a space: a form's encoding that nobody has undone */
    bool all;     /* arguments are read behind words that are no commands, too */
};

struct pen_shell pen_shell_begin(struct pen_str text);

/**
 * Does no command stand in the text, whatever its words are to each other? Told from the words that
 * commands begin with, as long as they are plain: letters, digits and what takes nothing of a word
 * apart. False: it may be, pen_shell_next() tells.
 */
bool pen_shell_is_plain(struct pen_str text);

/** The word may be a command, or there is none: what stands behind it can say something. */
bool pen_shell_may_run(const struct pen_shell_part *part);

/** The next simple command, also an empty one; false behind the last. */
bool pen_shell_next(struct pen_shell *shell, struct pen_shell_part *out);

#endif
