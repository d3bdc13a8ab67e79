/**
 * Stages of an event's way, each to be run many times with the same input, so that its
 * instructions can be counted.
 *
 * A stage is warm when it is counted: caches of ours are filled, arenas have their first block.
 * What cannot be made ends the process with a sentence. One thread.
 */
#ifndef PEN_BENCH_MICRO_STAGES_H
#define PEN_BENCH_MICRO_STAGES_H

#include <stdbool.h>
#include <stddef.h>

#include "filters/core/str.h"

struct stage {
    const char *name;   /* key of the baseline */
    bool (*once)(void); /* false: it did not come out as it should */
};

struct stage_list {
    const struct stage *stages;
    size_t count;
    void (*set_up)(void); /* before the first of them */
    void (*tear_down)(void);
};

/** Wire check, rebuilding the head, reading an answer's head and chunks; bench_wire times them. */
extern const struct stage_list wire_stages;

/** Proving a caller: cached, and anew. */
extern const struct stage_list token_stages;

/** An event's values held against its function's schema. */
extern const struct stage_list schema_stages;

/** Decoding, prefilter, chain, and the whole event. */
extern const struct stage_list event_stages;

/** End the process unless it holds. */
void stage_require(bool holds, const char *what);

/** A file of the sources, whole, in `memory`; it is smaller than `room`. */
struct pen_str stage_read(const char *name, char *memory, size_t room);

#endif
