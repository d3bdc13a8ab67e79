/**
 * Commands that are put together from variables which the same text sets: `a=i;b=d;$a$b`.
 *
 * Pure; any thread; constant time beside the bytes of the parts that are looked at.
 */
#ifndef PEN_FILTERS_CMDI_VARIABLES_H
#define PEN_FILTERS_CMDI_VARIABLES_H

#include "filters/shell_lexer.h"

#define PEN_CMDI_VARIABLES 8 /* a command is taken apart into few pieces */

/** What the text has set so far, the first ones only; begins as zeroes. */
struct pen_cmdi_variables {
    struct pen_str names[PEN_CMDI_VARIABLES];
    struct pen_str values[PEN_CMDI_VARIABLES];
    size_t count;
};

/** Remember what a part sets that does nothing else. */
void pen_cmdi_remember(struct pen_cmdi_variables *known, struct pen_str text,
                       const struct pen_shell_part *part);

/** Where the word of `part` is nothing but several of these variables: the command that they make
 * is that of the part. One variable alone is how scripts name a program. */
void pen_cmdi_put_together(const struct pen_cmdi_variables *known, struct pen_str text,
                           struct pen_shell_part *part);

#endif
