/**
 * The shape of one argument of a command: option, path, address, word of a sentence.
 *
 * Pure; any thread; linear.
 */
#ifndef PEN_FILTERS_SHELL_ARGUMENTS_H
#define PEN_FILTERS_SHELL_ARGUMENTS_H

#include "filters/shell_lexer.h"

/** Add what a word, which is not empty, says to what is known of the arguments before it. */
void pen_shell_read_argument(struct pen_str word, struct pen_shell_arguments *out);

#endif
