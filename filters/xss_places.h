/**
 * The places in a page that a text can leave and go on with markup: an attribute's value, a tag,
 * raw content, whichever of them is open.
 *
 * Pure; any thread. Each is linear.
 */
#ifndef PEN_FILTERS_XSS_PLACES_H
#define PEN_FILTERS_XSS_PLACES_H

#include "filters/xss_tags.h"

/** Where the text ends the value of an attribute that it is put into. */
struct pen_xss_exits pen_xss_exits_of(struct pen_str text);

/** The strongest evidence of the places that need no attribute. */
struct pen_xss_evidence pen_xss_places(struct pen_str text, const struct pen_js_sight *sight);

#endif
