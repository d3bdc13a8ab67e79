/**
 * How much a text could do if it were run as JavaScript.
 *
 * Not a parser: payloads are cut and glued, so quotes are not trusted and every word counts, inside
 * of strings too. What a word is worth is told by what stands behind it. One pass; pure.
 */
#ifndef PEN_FILTERS_XSS_SCRIPT_H
#define PEN_FILTERS_XSS_SCRIPT_H

#include "filters/core/str.h"

enum pen_js_power {
    PEN_JS_IDLE,  /* nothing happens: words, numbers, void(0) */
    PEN_JS_ACTS,  /* some function is called or something assigned */
    PEN_JS_NAMES, /* a function is named that attacks end in, not visibly called */
    PEN_JS_HARMS, /* it is called, or secrets are read, or names are spelled out to hide them */
};

/** What a text could do as a whole, and where: its parts need not be read again. */
struct pen_js_sight {
    enum pen_js_power power;
    size_t named_at;  /* the first byte behind a name that attacks end in; SIZE_MAX: none */
    size_t harmed_at; /* the last byte behind something that harms; 0: none */
};

/** Character references are undone on the way. */
struct pen_js_sight pen_js_sight(struct pen_str text);

/** The same, read only as far as to know it. */
enum pen_js_power pen_js_power(struct pen_str text);

#define PEN_JS_KNOWN 4 /* readers that are at work on one text at a time come to as many values */

/** What long values could do that were read last: readers of other places come to the same ones. */
struct pen_js_known {
    struct pen_str text[PEN_JS_KNOWN];
    enum pen_js_power power[PEN_JS_KNOWN];
    size_t next;
};

/** The same, not read again while it is known. */
enum pen_js_power pen_js_power_known(struct pen_str text, struct pen_js_known *known);

/** The text begins as a sentence does: two words with a space between, the first no key word. */
bool pen_js_reads_as_prose(struct pen_str text);

#endif
