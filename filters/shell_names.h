/** The commands of shells, by what they are worth to an attack, and places of the system. Tables.
 */
#ifndef PEN_FILTERS_SHELL_NAMES_H
#define PEN_FILTERS_SHELL_NAMES_H

#include "filters/core/str.h"

enum pen_shell_command {
    PEN_SHELL_UNKNOWN,
    PEN_SHELL_BUILD, /* what developers and pipelines run all day: npm, git, make */
    PEN_SHELL_WORDY, /* words of English too: time, find, mail */
    PEN_SHELL_TOOL,  /* does harm by its arguments: cat, rm, perl */
    PEN_SHELL_PROBE, /* tells about the system without any: id, whoami, ls */
    PEN_SHELL_NET,   /* reaches out: curl, nc, ping */
    PEN_SHELL_RUN,   /* runs what it is given: sh, powershell */
    PEN_SHELL_ADMIN, /* changes the system by a word: net user, reg add */
};

/** `word` NUL-terminated, as the lexer gives it; Windows' commands in any case, with .exe too. */
enum pen_shell_command pen_shell_command_of(const char *word);

/** Nobody's word but a shell's, and never a field's name. */
bool pen_shell_is_unmistakable(const char *word);

/** A program's name and no word of a language, so that it needs no option to be a command. */
bool pen_shell_is_name(const char *word);

/** Lists something of the system, with a bare word behind it too: "ps aux", "ip addr". */
bool pen_shell_is_listing(const char *word);

/** A word of English that tells something or stops the system when it stands alone: date, w. */
bool pen_shell_is_short_probe(const char *word);

/** Runs the command that its first arguments are: sudo, time, xargs. */
bool pen_shell_is_wrapper(const char *word);

/** Second words of PEN_SHELL_ADMIN: user, add, query. */
bool pen_shell_admin_word(struct pen_str arguments);

/** The folder "bin" or one of its kin, by name. */
bool pen_shell_program_folder(const char *name);

/** A file that holds secrets or settings of the system: /etc/passwd, \SAM, .ssh/. */
bool pen_shell_secret(struct pen_str argument);

/** A path into the system's own folders: /etc, /var, C:\. */
bool pen_shell_system(struct pen_str argument);

#endif
