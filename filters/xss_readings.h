/**
 * The same text as others read it: in UTF-7, in ASCII of seven bits, with the marks of CDATA
 * sections and comments taken out. Each is judged as markup again.
 *
 * Pure; any thread. Linear.
 */
#ifndef PEN_FILTERS_XSS_READINGS_H
#define PEN_FILTERS_XSS_READINGS_H

#include "filters/core/arena.h"
#include "filters/xss_tags.h"

/**
 * The strongest evidence among those readings that the text has the marks of; its span is that of
 * the whole text, for it has no other in it.
 *
 * Errors: PEN_ERR_NOMEM
 */
PEN_MUST_USE enum pen_status pen_xss_readings(struct pen_str text, struct pen_arena *arena,
                                              struct pen_xss_evidence *out);

#endif
