/**
 * Patterns of file names: what `/???/c?t` and `/etc/pa?swd` may stand for.
 *
 * Pure; any thread. Patterns longer than the names that are looked for match none of them, so the
 * work of one is bounded. (POSIX.1-2017 XCU 2.13)
 */
#ifndef PEN_FILTERS_SHELL_GLOBS_H
#define PEN_FILTERS_SHELL_GLOBS_H

#include "filters/shell_names.h"

/** The whole name fits the pattern; no sign of it stands for a slash. */
bool pen_shell_glob_fits(struct pen_str pattern, struct pen_str name);

/** The command that a pattern with letters of its own may stand for: "c?t", "i*". */
enum pen_shell_command pen_shell_globbed_command(struct pen_str pattern);

/** A path's pattern that a file fits which holds secrets, and not any file of its folder. */
bool pen_shell_globbed_secret(struct pen_str argument);

#endif
