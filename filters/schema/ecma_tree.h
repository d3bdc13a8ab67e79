/**
 * An ECMA-262 expression as a tree: what its reader makes, and what PCRE2's spelling and automata
 * are made of.
 *
 * Characters are code points, as with the flag "u". Immutable once read; any thread.
 */
#ifndef PEN_SCHEMA_ECMA_TREE_H
#define PEN_SCHEMA_ECMA_TREE_H

#include "filters/schema/ecma_set.h"

#define PEN_ECMA_ENDLESS    UINT32_MAX /* no text has so many characters */
#define PEN_ECMA_ANY_LENGTH UINT32_MAX

enum pen_ecma_kind {
    PEN_ECMA_SET,          /* one character of a set */
    PEN_ECMA_START,        /* ^ */
    PEN_ECMA_END,          /* $ */
    PEN_ECMA_BOUNDARY,     /* \b */
    PEN_ECMA_NOT_BOUNDARY, /* \B */
    PEN_ECMA_GROUP,        /* (...), (?:...), (?<name>...), and the whole expression */
    PEN_ECMA_AHEAD,        /* (?=...) */
    PEN_ECMA_NOT_AHEAD,    /* (?!...) */
    PEN_ECMA_BEHIND,       /* (?<=...) */
    PEN_ECMA_NOT_BEHIND,   /* (?<!...) */
    PEN_ECMA_REFERENCE,    /* \1, \k<name> */
};

/** One term of an alternative with its quantifier. */
struct pen_ecma_node {
    const struct pen_ecma_set *set;            /* of PEN_ECMA_SET */
    struct pen_ecma_alternative *alternatives; /* of groups and what looks around; at least one */
    struct pen_ecma_alternative *within;       /* NULL for the whole expression */
    struct pen_ecma_node *next;                /* the term behind it in its alternative */
    struct pen_ecma_node *next_reference;      /* of the whole expression, for references */
    size_t place;                              /* byte in the source, for people */
    uint32_t number;                           /* of a group that captures, or of what a reference
                                                  leads to; 0 = none */
    uint32_t min;
    uint32_t max;    /* PEN_ECMA_ENDLESS = no bound */
    uint32_t length; /* characters of every match, PEN_ECMA_ANY_LENGTH when they differ */
    uint32_t depth;  /* of groups around it */
    enum pen_ecma_kind kind;
    bool lazy;
    bool nullable;      /* it may match nothing, with its quantifier */
    bool body_nullable; /* one repetition may match nothing */
    bool nullable_loop; /* in it or itself: what may match nothing, more than once */
    bool captures;      /* of a group: a reference needs it */
    bool always_empty;  /* of a reference: wherever it is tried, its group has not taken part */
};

struct pen_ecma_alternative {
    struct pen_ecma_node *first; /* NULL: the empty alternative */
    struct pen_ecma_node *last;
    struct pen_ecma_alternative *next;
    struct pen_ecma_node *owner;
    uint32_t length;
    bool nullable;
    bool nullable_loop;
};

struct pen_ecma_tree {
    struct pen_str source;
    struct pen_ecma_node *root;
    struct pen_ecma_node *references;
    struct pen_ecma_node **groups; /* by number; [0] is unused */
    uint32_t group_count;
};

static inline bool pen_ecma_looks_around(const struct pen_ecma_node *node)
{
    return node->kind == PEN_ECMA_AHEAD || node->kind == PEN_ECMA_NOT_AHEAD
           || node->kind == PEN_ECMA_BEHIND || node->kind == PEN_ECMA_NOT_BEHIND;
}

static inline bool pen_ecma_looks_behind(const struct pen_ecma_node *node)
{
    return node->kind == PEN_ECMA_BEHIND || node->kind == PEN_ECMA_NOT_BEHIND;
}

/** Is it never tried? What looks around moves nowhere, and is done only as often as it must be. */
static inline bool pen_ecma_is_skipped(const struct pen_ecma_node *node)
{
    return node->max == 0 || (pen_ecma_looks_around(node) && node->min == 0);
}

#endif
