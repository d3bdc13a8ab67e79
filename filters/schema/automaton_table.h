/** An automaton's table: between the files that make it and look through it. */
#ifndef PEN_SCHEMA_AUTOMATON_TABLE_H
#define PEN_SCHEMA_AUTOMATON_TABLE_H

#include "filters/schema/alphabet.h"
#include "filters/schema/automaton.h"

#define PEN_AUTOMATON_LOST  0 /* no match any more, whatever follows */
#define PEN_AUTOMATON_FOUND 1 /* a match, whatever follows */
#define PEN_AUTOMATON_FIRST 2 /* of the others */

struct pen_automaton {
    struct pen_alphabet alphabet;
    const uint16_t *table; /* by state times width, and letter: the next state times width. The last
                              column is the text's end */
    uint32_t width;        /* letters, and the end */
    uint32_t state_count;
    uint32_t first; /* where a text begins, times width */
};

#endif
