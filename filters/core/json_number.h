/** Numbers of a JSON document (RFC 8259 section 6): kept as written, read where they are needed. */
#ifndef PEN_CORE_JSON_NUMBER_H
#define PEN_CORE_JSON_NUMBER_H

#include "filters/core/str.h"

/**
 * @param out  the number as written; empty when none begins at `p` or it breaks off
 *
 * @return behind the number, or where something else than a number's next byte stands
 */
const char *pen_json_number_end(const char *p, const char *end, struct pen_str *out);

/**
 * Is the number, well formed, beyond what a double holds: would rounding make it infinite?
 * Exact. Too small to differ from zero is no overflow.
 */
bool pen_json_number_overflows(struct pen_str number);

#endif
