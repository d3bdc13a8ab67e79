/**
 * What a GraphQL document asks of a server: how deep, how much, and what it is by its shape alone.
 *
 * Fragments are counted once and multiplied where they are spread, so a document whose expansion
 * is exponential costs no more to judge than to read. Pure; one thread.
 */
#ifndef PEN_FILTERS_GRAPHQL_COST_H
#define PEN_FILTERS_GRAPHQL_COST_H

#include "filters/core/graphql.h"

/** A number, and the part of the document that made it so large. */
struct pen_graphql_tally {
    uint64_t value;
    const struct pen_json *node; /* NULL when the value is 0 */
};

struct pen_graphql_cost {
    struct pen_graphql_tally depth;      /* fields in fields, fragments expanded */
    struct pen_graphql_tally fields;     /* as written; the node is the last one */
    struct pen_graphql_tally expanded;   /* of one operation, fragments expanded; saturates */
    struct pen_graphql_tally aliases;    /* as written; the last one */
    struct pen_graphql_tally directives; /* at one place; the last one there */
    const struct pen_json *schema;       /* a field that asks for the schema, or NULL */
    const struct pen_json *cycle;        /* a spread through which a fragment holds itself */
    const struct pen_json *twice;        /* a definition whose name its like has already */
    uint64_t steps;                      /* nodes looked at */
};

/**
 * Count.
 *
 * Errors: PEN_ERR_NOMEM
 * Cost:   linear in the nodes, O(n log n) in fragments and spreads
 */
PEN_MUST_USE enum pen_status pen_graphql_count(const struct pen_json *root, struct pen_arena *arena,
                                               struct pen_graphql_cost *out);

#endif
