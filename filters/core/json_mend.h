/** JSON as lenient readers take it, written anew as JSON. */
#ifndef PEN_CORE_JSON_MEND_H
#define PEN_CORE_JSON_MEND_H

#include "filters/core/arena.h"

/**
 * What readers of JSON5, JSON with comments, YAML's flow style or Python's literals take for a
 * document, as strict JSON with the same names and strings.
 *
 * Comments and trailing commas go; single quotes, names without quotes, line breaks and odd escapes
 * in strings become JSON's. Numbers that JSON does not have become 0, words like NaN or None null:
 * neither is a text. Whether the rest fits together is the JSON reader's to say.
 *
 * @param out  in the arena; at most six times as long as `in`
 *
 * Errors: PEN_ERR_SYNTAX  no such document: something stands there that none of them has
 *         PEN_ERR_NOMEM   the arena's limit; `out` is untouched on every error
 * Cost:   linear
 */
PEN_MUST_USE enum pen_status pen_json_mend(struct pen_str in, struct pen_arena *arena,
                                           struct pen_str *out);

#endif
