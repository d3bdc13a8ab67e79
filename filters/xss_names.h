/** What elements and attributes mean for a page's safety. Tables; any thread.
 */
#ifndef PEN_FILTERS_XSS_NAMES_H
#define PEN_FILTERS_XSS_NAMES_H

#include "filters/html_text.h"

enum pen_xss_element {
    PEN_XSS_ELEMENT_OTHER,
    PEN_XSS_ELEMENT_SCRIPT,
    PEN_XSS_ELEMENT_STYLE,
    PEN_XSS_ELEMENT_EMBED,   /* loads a document or plug-in: iframe, object, embed, applet */
    PEN_XSS_ELEMENT_OLD,     /* loads, in browsers of old only: layer, applet, xml islands */
    PEN_XSS_ELEMENT_ANIMATE, /* sets attributes of others: animate, set */
    PEN_XSS_ELEMENT_USE,     /* draws what another document holds */
    PEN_XSS_ELEMENT_BASE,
    PEN_XSS_ELEMENT_META,
    PEN_XSS_ELEMENT_LINK,
    PEN_XSS_ELEMENT_PARAM,
    PEN_XSS_ELEMENT_MATH,
    PEN_XSS_ELEMENT_ACTIVE, /* no power of its own, but what a break-out goes on with */
};

#define PEN_XSS_LEAST_ELEMENT   3 /* bytes of a name that can have power: set, use */
#define PEN_XSS_LEAST_ATTRIBUTE 2 /* to, by; a sign before it is another matter */

enum pen_xss_element pen_xss_element_of(const struct pen_html_name *name);

enum pen_xss_attribute {
    PEN_XSS_ATTRIBUTE_OTHER,
    PEN_XSS_ATTRIBUTE_EVENT, /* a handler that browsers know: onload */
    PEN_XSS_ATTRIBUTE_ON,    /* begins with "on": a handler that they may come to know */
    PEN_XSS_ATTRIBUTE_URL,   /* leads somewhere */
    PEN_XSS_ATTRIBUTE_STYLE,
    PEN_XSS_ATTRIBUTE_SRCDOC,    /* a whole document */
    PEN_XSS_ATTRIBUTE_FRAMEWORK, /* a front-end framework runs it: ng-click, x-init, @click */
    PEN_XSS_ATTRIBUTE_TEXT,      /* shown, never followed: alt, title */
};

/** What an attribute says about the element that has it. */
enum pen_xss_role {
    PEN_XSS_ROLE_NONE,
    PEN_XSS_ROLE_TYPE,
    PEN_XSS_ROLE_HTTP_EQUIV,
    PEN_XSS_ROLE_REL,
    PEN_XSS_ROLE_ATTRIBUTE_NAME,
    PEN_XSS_ROLE_PLUGIN, /* which plug-in is to run, or that it may use scripts */
    PEN_XSS_ROLE_SOURCE, /* from where it loads */
    PEN_XSS_ROLE_FORMAT, /* that what it shows is markup */
    PEN_XSS_ROLE_SIZE,   /* how it is shown: embedded videos say so */
    PEN_XSS_ROLE_CHARSET,
    PEN_XSS_ROLE_CONTENT,
    PEN_XSS_ROLE_NAMESPACE,
    PEN_XSS_ROLE_HANDLER, /* where the program of an XML event stands */
};

struct pen_xss_meaning {
    enum pen_xss_attribute kind;
    enum pen_xss_role role;
};

struct pen_xss_meaning pen_xss_meaning_of(const struct pen_html_name *name);

/** An end tag of it ends raw content: a text that begins with one leaves its place. */
bool pen_xss_ends_raw(const struct pen_html_name *name);

#endif
