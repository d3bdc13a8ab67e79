/** The inside of a template's delimiters, read as tokens: does it name, compute or reach? */
#ifndef PEN_FILTERS_SSTI_EXPRESSION_H
#define PEN_FILTERS_SSTI_EXPRESSION_H

#include "filters/core/str.h"

enum pen_ssti_engine {
    PEN_SSTI_BRACES,    /* delimiters that hold an expression and nothing else */
    PEN_SSTI_STATEMENT, /* that hold statements or code */
    PEN_SSTI_RUBY,      /* "#{}": the same, and back-ticks are a shell's */
    PEN_SSTI_LOOSE,     /* that other texts use, too: wiki links, arrays, attributes */
};

enum pen_ssti_power {
    PEN_SSTI_NAMES,    /* a placeholder */
    PEN_SSTI_OBJECT,   /* one of the engine's own objects, alone: "config" */
    PEN_SSTI_COMPUTES, /* "7*7" */
    PEN_SSTI_REACHES,  /* "''.__class__", "T(java.lang.Runtime)", "system('id')" */
};

/** Linear in `inside`. Pure; any thread. */
enum pen_ssti_power pen_ssti_expression(struct pen_str inside, enum pen_ssti_engine engine);

#endif
