/**
 * Tags and attributes with the power to run a program, wherever they come out of a text.
 *
 * Pure; any thread.
 */
#ifndef PEN_FILTERS_XSS_TAGS_H
#define PEN_FILTERS_XSS_TAGS_H

#include "filters/core/str.h"

/** What was found; rule NULL: nothing. */
struct pen_xss_evidence {
    const char *rule;
    uint32_t score; /* where the text is nothing but the payload */
    struct pen_span span;
};

struct pen_xss_evidence pen_xss_stronger(struct pen_xss_evidence a, struct pen_xss_evidence b);

/**
 * The strongest evidence among the tags of a text that is pasted between others.
 *
 * @param loose  as readers see it that differ from browsers, or that see it twice: tags within
 *               comments, values and raw content count. (DOM clobbering of sanitizers, "mXSS")
 */
struct pen_xss_evidence pen_xss_tags(struct pen_str text, bool loose);

/**
 * The strongest evidence among the attributes behind byte `from`, where the text has ended the
 * value that it was put into.
 *
 * @param quoted  a quote was closed; else white space has ended a value without quotes
 */
struct pen_xss_evidence pen_xss_attributes(struct pen_str text, size_t from, bool quoted);

#endif
