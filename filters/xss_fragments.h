/**
 * Pieces of attacks that hold no whole tag: a handler behind a tag that something else has ended, a
 * script whose brackets were taken away, a statement that leads the page elsewhere, a probe.
 *
 * Pure; any thread. Each is linear.
 */
#ifndef PEN_FILTERS_XSS_FRAGMENTS_H
#define PEN_FILTERS_XSS_FRAGMENTS_H

#include "filters/xss_script.h"
#include "filters/xss_tags.h"

/** The strongest evidence of all of them; `sight` is that of the whole text. */
struct pen_xss_evidence pen_xss_fragments(struct pen_str text, const struct pen_js_sight *sight);

#endif
