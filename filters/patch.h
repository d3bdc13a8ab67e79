/** What the chain hands to the filter `patch`: the rules that concern one function. */
#ifndef PEN_FILTERS_PATCH_H
#define PEN_FILTERS_PATCH_H

#include "filters/patch_set.h"

/**
 * @param set       outlives `arena`
 * @param function  the function's name; rules that name others are left out
 * @param out       NULL when none is left: the filter has nothing to do
 *
 * Errors: PEN_ERR_NOMEM
 */
PEN_MUST_USE enum pen_status pen_patch_view(const struct pen_patch_set *set,
                                            struct pen_str function, struct pen_arena *arena,
                                            void **out);

#endif
