/** JSON documents in a row, or one in front of anything else, as readers of streams take them. */
#ifndef PEN_CORE_JSON_ROW_H
#define PEN_CORE_JSON_ROW_H

#include "filters/core/json.h"

/**
 * Read the objects and arrays that stand at the beginning of `text`, one behind the other or with
 * white space between: `{"a":1}{"b":2} and so on`. Go's Decoder and Jackson read the first and
 * leave the rest alone, jq and Python's raw_decode go on.
 *
 * @param out  the document itself when there is one, an array of them when there are several
 * @param end  behind the last; out.place and those below count from the start of `text`
 *
 * Ownership: the tree lives as long as `arena` and `text`.
 * Errors:    PEN_ERR_SYNTAX  there is none, with any code; or the next one is a document to some:
 *                            "json.duplicate_name", "json.surrogate", "json.number_range"
 *            PEN_ERR_LIMIT, PEN_ERR_NOMEM
 * Cost:      linear
 */
PEN_MUST_USE enum pen_status pen_json_read_row(struct pen_str text,
                                               const struct pen_json_limits *limits,
                                               struct pen_arena *arena, const struct pen_json **out,
                                               size_t *end, struct pen_json_error *error);

/**
 * Does RFC 8259's grammar hold where the reader has refused so? JSON.parse and Python's json take
 * it: a document to the function, whose strings nobody would have looked into if it were only a
 * text to us.
 */
bool pen_json_has_other_readings(const char *code);

#endif
