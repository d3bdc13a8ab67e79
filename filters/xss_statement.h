/**
 * A text that is one statement of a browser's program and nothing else: it opens a window, sends a
 * message, sets a handler, hands a cookie on. Pure; any thread. Linear, and short texts only.
 */
#ifndef PEN_FILTERS_XSS_STATEMENT_H
#define PEN_FILTERS_XSS_STATEMENT_H

#include "filters/xss_tags.h"

/** What such a statement amounts to; rule NULL: the text is none, or only looks something up. */
struct pen_xss_evidence pen_xss_statement(struct pen_str text);

#endif
