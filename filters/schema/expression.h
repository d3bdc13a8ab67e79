/**
 * A "pattern" of a schema, compiled: is it found in a text?
 *
 * Three machines share the work, each for what the one before it cannot do: a count of characters
 * (^[class]{m,n}$), an automaton (whatever is regular), PCRE2 under its step budget (lookaround,
 * references, Unicode's properties). All read ECMA-262 as filters/schema/ecma.h says.
 * Immutable once created; any thread.
 */
#ifndef PEN_SCHEMA_EXPRESSION_H
#define PEN_SCHEMA_EXPRESSION_H

#include "filters/core/pattern.h"

struct pen_expression;

/**
 * @param arena  of the configuration; what it holds is given back with it
 *
 * Errors: PEN_ERR_SYNTAX       no expression of ECMA-262
 *         PEN_ERR_UNSUPPORTED  one that nothing here does faithfully
 *         PEN_ERR_LIMIT        too large
 *         PEN_ERR_NOMEM
 *         `err` has the sentence
 */
PEN_MUST_USE enum pen_status pen_expression_create(struct pen_str source, struct pen_arena *arena,
                                                   const struct pen_expression **out,
                                                   struct pen_error *err);

/**
 * @param text        valid UTF-8
 * @param scratch     of the thread, from pen_patterns_scratch()
 * @param steps_left  as for pen_regex_find(); the other machines take a step a byte
 *
 * Errors: PEN_ERR_LIMIT  the steps are used up: nothing is known about the text
 *         PEN_ERR_INTERNAL
 */
PEN_MUST_USE enum pen_status pen_expression_matches(const struct pen_expression *expression,
                                                    struct pen_str text,
                                                    struct pen_scratch *scratch,
                                                    uint64_t *steps_left, bool *out);

/** Are all texts that match harmless? See pen_automaton_is_plain(); false where nothing is known.
 */
bool pen_expression_is_plain(const struct pen_expression *expression);

#endif
