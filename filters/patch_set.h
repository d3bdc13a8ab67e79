/**
 * Virtual patches: rules of the operator's, compiled for all functions together.
 *
 * A rule names one known hole by a pattern, until what has the hole is mended. It is woken by texts
 * that its expression cannot match without (filters/patch_literals.h), in one scan for all rules;
 * of a leaf that is woken a second, smaller scan says which rules are to look, and PCRE2 decides
 * under the step budget. Rules about header fields are found by the field's name, and woken by its
 * value. So an event pays for the rules that have to do with it, however many there are.
 * docs/patches.md describes them.
 *
 * Immutable once created; any thread.
 */
#ifndef PEN_FILTERS_PATCH_SET_H
#define PEN_FILTERS_PATCH_SET_H

#include "filters/core/scan.h"
#include "filters/patch_rule.h"
#include "filters/patch_wakes.h"

#define PEN_PATCHES_MOST 16384 /* every rule that public sets have, twice; below PEN_PATCH_BITS */

/** Rules that nothing wakes: as many are tried on a text within the time that all filters take. */
#define PEN_PATCHES_ALWAYS_MOST 64

struct pen_patch_set;

/** Copy and compile; no rules are a set, too. Errors: PEN_ERR_INVALID, PEN_ERR_LIMIT (more texts
 * that wake than PEN_WAKES_MOST), PEN_ERR_NOMEM, `err`. */
PEN_MUST_USE enum pen_status pen_patch_set_create(const struct pen_patch_rule *rules, size_t count,
                                                  struct pen_patch_set **out,
                                                  struct pen_error *err);
/** NULL is fine. */
void pen_patch_set_destroy(struct pen_patch_set *set);

/** Was it made from rules that say the same? */
bool pen_patch_set_is(const struct pen_patch_set *set, const struct pen_patch_rule *rules,
                      size_t count);

size_t pen_patch_set_count(const struct pen_patch_set *set);
const struct pen_patch *pen_patch_set_at(const struct pen_patch_set *set, size_t index);

/** Is there a rule for every function? */
bool pen_patch_set_concerns_all(const struct pen_patch_set *set);

/** The rules that name this function, by index, ascending; they live as long as the set. */
const uint32_t *pen_patch_set_naming(const struct pen_patch_set *set, struct pen_str function,
                                     size_t *count);

/** Is there a rule that wants to see every leaf? */
bool pen_patch_set_wakes_always(const struct pen_patch_set *set);

/** The texts that wake rules about leaves; they live as long as the set. */
const struct pen_wake *pen_patch_set_wakes(const struct pen_patch_set *set, size_t *count);

/** Make room in a thread's scratch for the searches. Errors: PEN_ERR_NOMEM. */
PEN_MUST_USE enum pen_status pen_patch_set_prepare(const struct pen_patch_set *set,
                                                   struct pen_scratch *scratch);

/**
 * Set `bit` in the event's `wake` for each leaf with one of these texts in it.
 *
 * Errors: PEN_ERR_LIMIT the steps are used up; as pen_patterns_scan()
 */
PEN_MUST_USE enum pen_status pen_patch_set_wake(const struct pen_patch_set *set, uint64_t bit,
                                                struct pen_event *event,
                                                struct pen_scratch *scratch, uint64_t *steps_left);

/** Which rules about leaves have to look at this text? Errors: as pen_patch_set_wake(). */
PEN_MUST_USE enum pen_status pen_patch_set_woken(const struct pen_patch_set *set,
                                                 struct pen_scan *scan, struct pen_str text,
                                                 struct pen_patch_bits *out);

/** And which about fields at this one? Errors: as pen_patch_set_wake(). */
PEN_MUST_USE enum pen_status pen_patch_set_woken_by_field(const struct pen_patch_set *set,
                                                          struct pen_scan *scan,
                                                          const struct pen_event_field *field,
                                                          struct pen_patch_bits *out);

#endif
