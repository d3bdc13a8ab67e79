/**
 * ^[class]{m,n}$: the most frequent pattern of all, with bounds of any size.
 *
 * Immutable once made; any thread.
 */
#ifndef PEN_SCHEMA_REPEATED_SET_H
#define PEN_SCHEMA_REPEATED_SET_H

#include "filters/core/arena.h"

struct pen_repeated_set;
struct pen_ecma_tree;

/**
 * ^(a|[b-d])*$ is one, too, as is ^[a-z]$ alone.
 *
 * @param out  NULL when the expression is none
 *
 * Errors: PEN_ERR_NOMEM
 */
PEN_MUST_USE enum pen_status pen_repeated_set_make(const struct pen_ecma_tree *tree,
                                                   struct pen_arena *arena,
                                                   const struct pen_repeated_set **out);

/** @param text  valid UTF-8 */
bool pen_repeated_set_matches(const struct pen_repeated_set *repeated, struct pen_str text);

#endif
