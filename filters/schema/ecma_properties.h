/** Names in \p{...} of ECMA-262 expressions, and what PCRE2 calls the same sets. */
#ifndef PEN_SCHEMA_ECMA_PROPERTIES_H
#define PEN_SCHEMA_ECMA_PROPERTIES_H

#include "filters/core/str.h"

enum pen_ecma_property {
    PEN_ECMA_NO_PROPERTY, /* none that ECMA-262 or PCRE2 10.42 knows */
    PEN_ECMA_PROPERTY,    /* what is written between the braces of PCRE2's \p{...} */
    PEN_ECMA_ANY,         /* every code point */
    PEN_ECMA_ASCII,       /* U+0000 to U+007F */
    PEN_ECMA_ASSIGNED,    /* all but General_Category Cn, which is what is written */
};

/**
 * @param inside   what stands between the braces: "Letter", "gc=Lu", "Script=Greek"; case counts
 * @param prefix   "sc:" or "scx:" for scripts, else ""
 * @param written  the name; both only for PEN_ECMA_PROPERTY and PEN_ECMA_ASSIGNED
 */
enum pen_ecma_property pen_ecma_property_find(struct pen_str inside, struct pen_str *prefix,
                                              struct pen_str *written);

#endif
