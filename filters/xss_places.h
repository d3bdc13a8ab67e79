/**
 * The places in a page that a text can leave without a tag: an attribute's value, a program's
 * string, a link, a template's expression, raw content.
 *
 * Pure; any thread. Each is linear.
 */
#ifndef PEN_FILTERS_XSS_PLACES_H
#define PEN_FILTERS_XSS_PLACES_H

#include "filters/xss_tags.h"

/** The strongest evidence of all of them. */
struct pen_xss_evidence pen_xss_places(struct pen_str text);

#endif
