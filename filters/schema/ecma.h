/**
 * Regular expressions of JSON Schema: ECMA-262 (2024) with the flag "u", read for PCRE2 10.42.
 *
 * What is no expression with "u" but one without (Annex B: "\-", "[\w-.]", a lone '{') is taken,
 * too, as schemas are full of it; all characters are code points even then, and what both readings
 * know is read as with "u". What only other dialects know ("\A", "\Z", "\h", "(?i)", "(?>", "a++",
 * "[[:alpha:]]") is refused and not read as letters.
 *
 * Not translated, with the reason: lookbehind whose alternatives have no fixed length of up to 255
 * characters; references to groups that PCRE2 might remember longer (ecma_reference.c); repetition
 * of more than 65,535; Changes_When_NFKC_Casefolded; scripts younger than Unicode 14.
 * Pure functions; any thread.
 */
#ifndef PEN_SCHEMA_ECMA_H
#define PEN_SCHEMA_ECMA_H

#include "filters/core/arena.h"

struct pen_ecma_tree;

/**
 * Read an expression into a tree, which lives as long as `source` and `arena`.
 *
 * Errors: PEN_ERR_SYNTAX       none of ECMA-262
 *         PEN_ERR_UNSUPPORTED  a reference that nothing here does as ECMA-262 wants it
 *         PEN_ERR_LIMIT        groups a hundred deep, or more than a hundred with names
 *         PEN_ERR_NOMEM
 *         `err` has the sentence
 */
PEN_MUST_USE enum pen_status pen_ecma_parse(struct pen_str source, struct pen_arena *arena,
                                            const struct pen_ecma_tree **out,
                                            struct pen_error *err);

/**
 * The same expression for pen_regex_create_text(), in ASCII.
 *
 * Errors: PEN_ERR_UNSUPPORTED  lookbehind or repetition that PCRE2 has not; `err` has the reason
 *         PEN_ERR_NOMEM
 */
PEN_MUST_USE enum pen_status pen_ecma_write(const struct pen_ecma_tree *tree,
                                            struct pen_arena *arena, struct pen_str *out,
                                            struct pen_error *err);

/** Both in one. */
PEN_MUST_USE enum pen_status pen_ecma_translate(struct pen_str source, struct pen_arena *arena,
                                                struct pen_str *out, struct pen_error *err);

/**
 * Is it an expression of ECMA-262 with the flag "u" (format "regex")? Linear, without memory.
 *
 * Two things are not looked up: which letters beyond ASCII a group's name may have (all are taken),
 * and Unicode properties that PCRE2 10.42 does not know (not taken).
 */
bool pen_ecma_is_expression(struct pen_str source);

#endif
