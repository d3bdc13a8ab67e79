/**
 * What an HTML reader makes of the bytes in names, attribute values and style sheets.
 *
 * Character references are undone one character at a time, so that nothing is copied: a value of
 * any length is read in one pass. Pure; any thread.
 */
#ifndef PEN_FILTERS_HTML_TEXT_H
#define PEN_FILTERS_HTML_TEXT_H

#include "filters/core/str.h"

/** Reads a text with its character references undone. */
struct pen_html_chars {
    struct pen_str text;
    size_t at;
};

#define PEN_HTML_END (-1)

/** The next character: ASCII as it is, 0x80 for any other that a reference stands for, the bytes
 * of UTF-8 one by one; PEN_HTML_END at the end. (WHATWG 13.2.5.72) */
int pen_html_char(struct pen_html_chars *chars);

#define PEN_HTML_NAME 24 /* bytes kept of a name; no name that means something is longer */

/** The name of an element or attribute, as a browser or a careless cleaner compares it. */
struct pen_html_name {
    char text[PEN_HTML_NAME]; /* lower case, without control bytes, NUL-terminated */
    size_t length;            /* of the whole name */
};

/** Lower case; NUL and other control bytes dropped; letters that upper-casing turns into ASCII
 * (dotless i, long s, the Kelvin sign) as those. */
void pen_html_name_read(struct pen_str raw, struct pen_html_name *out);
bool pen_html_name_is(const struct pen_html_name *name, const char *word);
bool pen_html_name_starts(const struct pen_html_name *name, const char *word);

enum pen_html_url {
    PEN_HTML_URL_PLAIN,
    PEN_HTML_URL_SCRIPT,   /* javascript: and its relatives: the rest is a program */
    PEN_HTML_URL_PAGE,     /* data: with a document that runs scripts */
    PEN_HTML_URL_DRAWING,  /* data: with SVG: runs scripts where it is loaded as a document */
    PEN_HTML_URL_RESOURCE, /* data: with anything else */
};

/**
 * Where a URL leads that a browser reads out of this value.
 *
 * White space and control bytes within the scheme do not count, nor do schemes that only wrap
 * another (feed:, view-source:).
 *
 * @param anywhere  the URL may stand behind other words ("0;url=...")
 * @param rest      what follows the scheme's colon; only set for PEN_HTML_URL_SCRIPT
 */
enum pen_html_url pen_html_url(struct pen_str value, bool anywhere, struct pen_str *rest);

/** A style sheet or declaration that runs a program: expression(), behavior, -moz-binding, or a
 * script URL, whatever comments and escapes are strewn in. Linear. */
bool pen_html_style_runs(struct pen_str text);

#endif
