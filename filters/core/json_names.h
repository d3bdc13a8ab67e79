/** Duplicate member names (RFC 8259 section 4, RFC 7493 section 2.3), decoded before comparing. */
#ifndef PEN_CORE_JSON_NAMES_H
#define PEN_CORE_JSON_NAMES_H

#include "filters/core/json.h"

/**
 * @param duplicate  the later of two members with the same name, or NULL when all differ
 *
 * Errors: PEN_ERR_NOMEM
 * Cost:   O(n log n) in the members; no allocation for a handful
 */
PEN_MUST_USE enum pen_status pen_json_names_unique(const struct pen_json *object,
                                                   struct pen_arena *arena,
                                                   const struct pen_json **duplicate);

#endif
