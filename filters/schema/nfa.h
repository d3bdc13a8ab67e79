/**
 * An expression as states that a text leads through, several at a time: what an automaton that is
 * in one state at a time is made of.
 */
#ifndef PEN_SCHEMA_NFA_H
#define PEN_SCHEMA_NFA_H

#include "filters/schema/alphabet.h"
#include "filters/schema/ecma_tree.h"

#define PEN_NFA_STATES 16384 /* [a-z]{1,5000} has three times as many as repetitions */

enum pen_nfa_kind {
    PEN_NFA_NOTHING, /* leads nowhere: not built yet */
    PEN_NFA_SET,     /* a character of the set leads to `next` */
    PEN_NFA_BOTH,    /* to `next` and `other`, without a character */
    PEN_NFA_START,   /* to `next` at the text's start */
    PEN_NFA_END,     /* to `next` at its end */
    PEN_NFA_FOUND,   /* there is a match */
};

struct pen_nfa_state {
    uint32_t next;
    uint32_t other;
    uint8_t set; /* its index */
    uint8_t kind;
};

struct pen_nfa {
    struct pen_nfa_state *states; /* the first is where a match begins */
    uint32_t count;
    uint32_t set_count;
    const struct pen_ecma_set *sets[PEN_ALPHABET_SETS];
};

/**
 * Errors: PEN_ERR_UNSUPPORTED  what looks around, boundaries, references, Unicode's properties
 *         PEN_ERR_LIMIT        too many states, or sets
 *         PEN_ERR_NOMEM
 */
PEN_MUST_USE enum pen_status pen_nfa_make(const struct pen_ecma_tree *tree, struct pen_arena *arena,
                                          struct pen_nfa *out);

#endif
