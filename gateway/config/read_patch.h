/**
 * One virtual patch of a configuration: its keys (read_patch.c), and whether it does what it says
 * (patch_trial.c). Used by read_patches.c alone, while a configuration is read.
 */
#ifndef PEN_GATEWAY_CONFIG_READ_PATCH_H
#define PEN_GATEWAY_CONFIG_READ_PATCH_H

#include "filters/patch.h"
#include "gateway/config/shapes.h"

/** The whole of one entry, as pen_shape_patch reads it. */
struct pen_patch_entry {
    struct pen_patch_rule rule;
    const struct pen_str *attacks;
    size_t attack_count;
    const struct pen_str *innocents;
    size_t innocent_count;
};

/** Where rules are compiled to be tried, one after the other. */
struct pen_patch_trial {
    struct pen_arena *arena;
    struct pen_patterns *none;
    struct pen_scratch *scratch;
    struct pen_patch *patch; /* the one at hand */
};

/** Errors: PEN_ERR_NOMEM; pen_patch_trial_end() is due then, too. */
PEN_MUST_USE enum pen_status pen_patch_trial_begin(struct pen_patch_trial *trial);

void pen_patch_trial_end(struct pen_patch_trial *trial);

/**
 * Compile a rule and hold it against its own examples; `trial->patch` is then the compiled one,
 * until the next.
 *
 * @param value  the entry in the file, for the place of what is wrong
 *
 * Errors: PEN_ERR_INVALID, which is told; PEN_ERR_NOMEM
 */
PEN_MUST_USE enum pen_status pen_patch_try(struct pen_reader *reader, const struct pen_json *value,
                                           const struct pen_patch_entry *entry,
                                           struct pen_patch_trial *trial);

#endif
