/**
 * Which rules a text wakes: the literals of all rules, each once, and who asked for it.
 *
 * Ten thousand rules may share a literal; a text in which it stands a thousand times wakes them
 * once. Immutable once created; any thread.
 */
#ifndef PEN_FILTERS_PATCH_WAKES_H
#define PEN_FILTERS_PATCH_WAKES_H

#include "filters/core/pattern.h"
#include "filters/patch_bits.h"

/** Of all rules together: the engine compiles as many in two seconds, to four MiB. */
#define PEN_WAKES_MOST PEN_PATCH_BITS

struct pen_wake {
    struct pen_str literal; /* two bytes or more */
    bool caseless;
    uint32_t rule;
};

struct pen_wakes;

/**
 * @param list  sorted in place; its texts outlive `arena`
 *
 * Ownership: `arena`'s.
 * Errors:    PEN_ERR_LIMIT more than PEN_WAKES_MOST; PEN_ERR_INVALID, PEN_ERR_NOMEM, with `err`
 */
PEN_MUST_USE enum pen_status pen_wakes_create(struct pen_wake *list, size_t count,
                                              struct pen_arena *arena, struct pen_wakes **out,
                                              struct pen_error *err);

/** Make room in a thread's scratch for the searches. Errors: PEN_ERR_NOMEM. */
PEN_MUST_USE enum pen_status pen_wakes_prepare(const struct pen_wakes *wakes,
                                               struct pen_scratch *scratch);

/**
 * Add to `rules` those that the text wakes.
 *
 * @param steps_left  pays a step for each literal found and each rule woken
 *
 * Errors: PEN_ERR_LIMIT the steps are used up; as pen_patterns_scan()
 */
PEN_MUST_USE enum pen_status pen_wakes_rules(const struct pen_wakes *wakes,
                                             struct pen_scratch *scratch, struct pen_str text,
                                             uint64_t *steps_left, struct pen_patch_bits *rules);

/**
 * Set `bit` in each of `marks` in whose part of the text a literal ends.
 *
 * @param ends  where the parts end in the text, ascending; `count` of them
 *
 * Errors: as pen_wakes_rules()
 */
PEN_MUST_USE enum pen_status pen_wakes_parts(const struct pen_wakes *wakes,
                                             struct pen_scratch *scratch, struct pen_str text,
                                             const size_t *ends, uint32_t count,
                                             uint64_t *steps_left, uint64_t bit, uint64_t *marks);

#endif
