/**
 * Markup that does not stay in its place: it opens an element that it does not close, closes one
 * that it did not open, or leaves a comment, a declaration or a tag open.
 *
 * Pure; any thread. Linear, and short texts only.
 */
#ifndef PEN_FILTERS_XSS_BALANCE_H
#define PEN_FILTERS_XSS_BALANCE_H

#include "filters/xss_tags.h"

/**
 * What such a text does to the page; rule NULL: it is none, or balanced.
 *
 * @param strict  the text goes into a page: balanced elements count too, but those that only make
 *                words look different and links
 */
struct pen_xss_evidence pen_xss_balance(struct pen_str text, bool strict);

#endif
