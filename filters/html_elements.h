/**
 * The elements of HTML, SVG, MathML and XSLT, and what may be left open. A table; any thread.
 */
#ifndef PEN_FILTERS_HTML_ELEMENTS_H
#define PEN_FILTERS_HTML_ELEMENTS_H

#include "filters/html_text.h"

/** What it means for what stands around an element when one of its tags is missing. */
enum pen_html_kind_of_element {
    PEN_HTML_UNKNOWN,
    PEN_HTML_VOID,  /* has no end tag, and browsers drop one */
    PEN_HTML_TEXT,  /* changes how words look: neither its begin nor its end moves anything else */
    PEN_HTML_ENDS,  /* ends where the next one begins: only an end tag tells of another's begin */
    PEN_HTML_PAGE,  /* html, head, body: of the page as a whole */
    PEN_HTML_LINK,  /* a: needs both tags, and has no shape of its own */
    PEN_HTML_WHOLE, /* needs both tags */
};

#define PEN_HTML_WORD     16  /* a bit of the table, beside the kind */
#define PEN_HTML_ELEMENTS 288 /* no index reaches it */

struct pen_html_element {
    size_t index; /* of the element, whatever prefix it has; 0 when unknown */
    enum pen_html_kind_of_element kind;
    bool word; /* its name is one that people put into angle brackets for something to fill in */
};

/** `raw` as spelled; case and the prefixes svg:, html:, math: do not count. */
struct pen_html_element pen_html_element_of(struct pen_str raw);

#endif
