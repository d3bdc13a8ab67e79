/**
 * The prefilter: one scan over all leaves that says which filters have to look at which (and, where
 * there are many patches, a second one for these).
 *
 * A filter's triggers are necessary conditions, in up to four groups; it is woken for a leaf in
 * which each of its groups has a match. A filter without triggers is woken for every leaf, unless
 * it looks at whole events alone.
 */
#ifndef PEN_FILTERS_PREFILTER_H
#define PEN_FILTERS_PREFILTER_H

#include "filters/core/pattern.h"
#include "filters/patch_set.h"
#include "filters/registry.h"

struct pen_prefilter;

/**
 * Compile the triggers of all registered filters.
 *
 * @param patches  wake what they concern, too (NULL = none); they outlive the prefilter
 *
 * Errors: PEN_ERR_INVALID, PEN_ERR_NOMEM
 */
PEN_MUST_USE enum pen_status pen_prefilter_create(const struct pen_patch_set *patches,
                                                  struct pen_prefilter **out,
                                                  struct pen_error *err);
void pen_prefilter_destroy(struct pen_prefilter *prefilter);

PEN_MUST_USE enum pen_status pen_prefilter_scratch(const struct pen_prefilter *prefilter,
                                                   struct pen_scratch **out);

/**
 * Set the `wake` bits of every leaf, and list the leaves that have any as `awake`.
 *
 * @param steps_left  what the search may spend on places that nearly are triggers, and what is left
 *                    of it: pen_scan.steps_left
 *
 * Errors: PEN_ERR_LIMIT     the steps are used up, or the texts too long for the engine
 *         PEN_ERR_INTERNAL
 */
PEN_MUST_USE enum pen_status pen_prefilter_wake(const struct pen_prefilter *prefilter,
                                                struct pen_event *event,
                                                struct pen_scratch *scratch, uint64_t *steps_left);

#endif
