/**
 * Many patterns in one pass: the prefilter's engine (Vectorscan, block mode).
 *
 * A database is immutable and serves any thread; a scratch belongs to one thread.
 */
#ifndef PEN_CORE_PATTERN_H
#define PEN_CORE_PATTERN_H

#include "filters/core/arena.h"

struct pen_patterns;
struct pen_scratch;

struct pen_pattern {
    const char *expression; /* Vectorscan syntax; a short literal or a simple class */
    bool caseless;
    uint32_t id; /* given back with each match */
};

/** Errors: PEN_ERR_INVALID an expression does not compile (`err` names it), PEN_ERR_NOMEM. */
PEN_MUST_USE enum pen_status pen_patterns_create(const struct pen_pattern *patterns, size_t count,
                                                 struct pen_patterns **out, struct pen_error *err);
void pen_patterns_destroy(struct pen_patterns *patterns);

/** Memory that one thread needs to scan with `patterns`. Errors: PEN_ERR_NOMEM. */
PEN_MUST_USE enum pen_status pen_patterns_scratch(const struct pen_patterns *patterns,
                                                  struct pen_scratch **out);
void pen_patterns_scratch_destroy(struct pen_scratch *scratch);

/**
 * Call `found` for every match, by its id and the offset behind its last byte.
 *
 * Errors: PEN_ERR_LIMIT text longer than 4 GiB, PEN_ERR_INTERNAL
 */
PEN_MUST_USE enum pen_status pen_patterns_scan(
    const struct pen_patterns *patterns, struct pen_scratch *scratch, struct pen_str text,
    void (*found)(void *context, uint32_t id, size_t end), void *context);

#endif
