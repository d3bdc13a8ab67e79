/** A JSON string's inside (RFC 8259 section 7): escapes undone, UTF-8 checked in the same pass. */
#ifndef PEN_CORE_JSON_STRING_H
#define PEN_CORE_JSON_STRING_H

#include "filters/core/arena.h"

/**
 * Read from the opening quote to behind the closing one.
 *
 * @param at    in: the opening quote; out: behind the closing quote, or where reading stopped
 * @param out   points into the source when nothing was escaped, else into the arena
 * @param code  the reason on errors, as pen_json_error.code
 *
 * Errors: PEN_ERR_SYNTAX, PEN_ERR_NOMEM
 */
PEN_MUST_USE enum pen_status pen_json_string(const char **at, const char *end,
                                             struct pen_arena *arena, struct pen_str *out,
                                             const char **code);

#endif
