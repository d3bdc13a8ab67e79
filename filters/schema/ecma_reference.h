/** References of an ECMA-262 expression: which of them PCRE2 reads alike. */
#ifndef PEN_SCHEMA_ECMA_REFERENCE_H
#define PEN_SCHEMA_ECMA_REFERENCE_H

#include "filters/schema/ecma_tree.h"

/**
 * Mark the references that never hold anything, and the groups that the others need.
 *
 * @param place   of the first reference that is refused, on PEN_ERR_UNSUPPORTED
 *
 * Errors: PEN_ERR_UNSUPPORTED  PCRE2 might see in the group what ECMA-262 has forgotten
 * Cost:   references times the depth of groups, and the alternatives on the way
 */
PEN_MUST_USE enum pen_status pen_ecma_references(const struct pen_ecma_tree *tree, size_t *place);

#endif
