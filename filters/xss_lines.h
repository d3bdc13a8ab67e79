/**
 * Texts that are programs, or become one where they are put: behind a string that they close, as a
 * link, in the place of a number, in a template's expression.
 *
 * Pure; any thread. Each is linear.
 */
#ifndef PEN_FILTERS_XSS_LINES_H
#define PEN_FILTERS_XSS_LINES_H

#include "filters/xss_script.h"
#include "filters/xss_tags.h"

#define PEN_XSS_CODE_SCORE 65 /* most for a break-out behind what looks like a program */

/** A value as people or programs write one: short, no program's line, no markup. */
bool pen_xss_is_value(struct pen_str lead);

/** The strongest evidence of all of them; `sight` is that of the whole text. */
struct pen_xss_evidence pen_xss_lines(struct pen_str text, const struct pen_js_sight *sight);

#endif
