/**
 * How close the process is to the memory that it may use, so that it sheds load before the kernel
 * ends it.
 *
 * The control thread samples; everybody else reads one atomic number. What is measured is resident
 * memory, which counts what our own accounts cannot know: TLS sessions, libraries, the heap's gaps.
 */
#ifndef PEN_GATEWAY_PRESSURE_H
#define PEN_GATEWAY_PRESSURE_H

#include <stdint.h>

#include "filters/core/str.h"

enum pen_pressure_level {
    PEN_PRESSURE_NONE,
    PEN_PRESSURE_SHED,  /* above 90 % of the limit: new requests are refused with 503 */
    PEN_PRESSURE_CLOSE, /* above 95 %: new connections are closed, and idle ones with them */
};

struct pen_pressure;

/** Errors: PEN_ERR_NOMEM. */
PEN_MUST_USE enum pen_status pen_pressure_create(struct pen_pressure **out);
/** NULL is fine. */
void pen_pressure_destroy(struct pen_pressure *pressure);

/** Bytes that the process may use; 0: what the cgroup, or else the machine, has. Control thread. */
void pen_pressure_limit(struct pen_pressure *pressure, uint64_t limit_bytes);

/** What a sample saw. */
struct pen_pressure_sample {
    uint64_t resident_bytes;
    uint64_t limit_bytes;
    enum pen_pressure_level level;
    bool changed; /* the level is another than before */
};

/**
 * Look, and set the level; a level is left only 5 % below where it began. Reads a file and, under
 * pressure or behind a storm, gives free heap back to the system: control thread, a few times a
 * second.
 */
struct pen_pressure_sample pen_pressure_sample(struct pen_pressure *pressure);

/** Any thread; NULL: none. */
enum pen_pressure_level pen_pressure_level(const struct pen_pressure *pressure);

/** The level for `resident` of `limit` bytes after the level `before`. Pure. */
enum pen_pressure_level pen_pressure_judge(uint64_t resident, uint64_t limit,
                                           enum pen_pressure_level before);

#endif
