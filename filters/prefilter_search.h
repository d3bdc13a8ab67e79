/**
 * One search over the texts of an event for all triggers: used by the prefilter alone.
 *
 * One thread, one search at a time.
 */
#ifndef PEN_FILTERS_PREFILTER_SEARCH_H
#define PEN_FILTERS_PREFILTER_SEARCH_H

#include "filters/core/event.h"
#include "filters/prefilter_index.h"

/**
 * Set in the event's `wake`, beside those that are set, the bits of each watch that stands in the
 * leaf, and in `touched` that of the leaf. A repeat gets none: what stands in it, stands in its
 * first.
 *
 * @param steps_left  what looking around factors may spend, and what is left of it
 *
 * Errors: PEN_ERR_LIMIT     the steps are gone: what wakes is not known
 *         PEN_ERR_INTERNAL
 */
PEN_MUST_USE enum pen_status pen_index_search(const struct pen_index *index,
                                              struct pen_event *event, struct pen_scratch *scratch,
                                              uint64_t *steps_left);

#endif
