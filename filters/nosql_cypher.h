/** Cypher of graph databases that leaves the string it was put into, and Redis' own protocol. */
#ifndef PEN_FILTERS_NOSQL_CYPHER_H
#define PEN_FILTERS_NOSQL_CYPHER_H

#include "filters/core/str.h"

/**
 * How sure it is that `text`, put between quotes into a query of Cypher, ends the string and goes
 * on with clauses of its own, or that it is a statement that empties the graph: a score, 0 when
 * nothing of the kind was seen.
 *
 * @param span  of the clause; written only with a score above 0
 *
 * Cost: linear
 */
uint32_t pen_nosql_cypher(struct pen_str text, struct pen_span *span);

/** A command as Redis' protocol frames it, "*1 $8 FLUSHALL" line by line; as above. */
uint32_t pen_nosql_frame(struct pen_str text, struct pen_span *span);

#endif
