/**
 * Texts of which one stands in whatever an expression matches: what wakes a virtual patch.
 *
 * From "(?i)class\.(?:module|class)Loader" come "class.moduleLoader" and "class.classLoader". What
 * is taken is a necessary condition and never wrong; where an expression is too clever to be
 * understood, or promises nothing, there is nothing to take, and whoever wrote it says what to wake
 * on. (As RE2's prefilters; R. Cox, "Regular Expression Matching with a Trigram Index", 2012.)
 *
 * Pure; any thread.
 */
#ifndef PEN_FILTERS_PATCH_LITERALS_H
#define PEN_FILTERS_PATCH_LITERALS_H

#include <stdint.h>

#include "filters/core/str.h"

#define PEN_LITERALS_MOST 16
#define PEN_LITERAL_BYTES 24
#define PEN_LITERAL_LEAST 2 /* bytes; a single one is in every other text */

struct pen_literal {
    char bytes[PEN_LITERAL_BYTES];
    uint8_t len;
};

struct pen_literals {
    struct pen_literal list[PEN_LITERALS_MOST];
    uint8_t count;
    bool caseless; /* letters of either case */
};

/**
 * Take them from an expression that PCRE2 has compiled.
 *
 * False: nothing can be taken that is at least PEN_LITERAL_LEAST bytes long.
 */
bool pen_literals_take(struct pen_str expression, struct pen_literals *out);

/** Does one of them stand in the text? What the prefilter answers, slowly. */
bool pen_literals_occur(const struct pen_literals *literals, struct pen_str text);

#endif
