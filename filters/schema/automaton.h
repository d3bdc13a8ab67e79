/**
 * An expression that decides in one pass, a step a character, whether it is found in a text.
 *
 * Nearly every "pattern" of a schema is regular in the strict sense: no lookaround, no references.
 * Such a one becomes a table of states; no text makes it slow, and none needs a budget of steps
 * beyond its length. What does not become one is left to PCRE2.
 *
 * Immutable once made; any thread.
 */
#ifndef PEN_SCHEMA_AUTOMATON_H
#define PEN_SCHEMA_AUTOMATON_H

#include "filters/core/arena.h"

struct pen_automaton;
struct pen_ecma_tree;

/**
 * @param arena    where the automaton lives
 * @param scratch  for what is needed meanwhile; up to some megabytes
 *
 * Errors: PEN_ERR_UNSUPPORTED  it looks around, refers back, or needs Unicode's tables
 *         PEN_ERR_LIMIT        the table would be too large
 *         PEN_ERR_NOMEM
 */
PEN_MUST_USE enum pen_status pen_automaton_make(const struct pen_ecma_tree *tree,
                                                struct pen_arena *arena, struct pen_arena *scratch,
                                                const struct pen_automaton **out);

/** @param text  valid UTF-8 */
bool pen_automaton_matches(const struct pen_automaton *automaton, struct pen_str text);

/**
 * Can no text that matches be an injection into anything?
 *
 * Such a text is made of ASCII letters, digits, '-' and '_' alone, from the first character to the
 * last; begins with no '-' (an option of a command); has no "--" (a comment of SQL) and no "__"
 * (Python's and JavaScript's inner names); is shorter than 16 characters, as what might be base64
 * or hexadecimal of something else has at least so many; and is neither "constructor" nor
 * "prototype". No '.', which climbs in paths and makes names of hosts, and no ':'.
 * Exact for what it says: all texts that match are looked at, as paths through the states.
 */
bool pen_automaton_is_plain(const struct pen_automaton *automaton);

#endif
