/** The counters' memory, as metrics.c writes and render.c reads it. */
#ifndef PEN_GATEWAY_METRICS_INTERNAL_H
#define PEN_GATEWAY_METRICS_INTERNAL_H

#include <pthread.h>

#include "filters/core/lookup.h"
#include "gateway/metrics/metrics.h"

#define PEN_METRICS_BUCKETS  16   /* upper bounds of histograms, +Inf not counted */
#define PEN_METRICS_CLASSES  6    /* 1xx..5xx; 0 = the caller was gone */
#define PEN_METRICS_VERDICTS 3    /* pass, flag, block */
#define PEN_METRICS_USUAL    2    /* the class of what is counted as usual; the verdict is 0 */
#define PEN_METRICS_PAGE     64   /* function slots allocated at a time */
#define PEN_METRICS_PAGES    1024 /* 65,536 functions */
#define PEN_METRICS_REASONS  128  /* distinct reason codes per worker; more are "other" */

typedef atomic_uint_fast64_t pen_count;

struct pen_histogram {
    pen_count sum_us;
    pen_count buckets[PEN_METRICS_BUCKETS + 1];
};

/* One function as one worker saw it. What most requests count stands in its first cache line: one
 * miss where each request is about another one of thousands. */
struct pen_series {
    _Alignas(64) pen_count usual; /* 2xx that passed: `requests` has the others */
    struct pen_histogram seconds;
    pen_count violations; /* of schemas */
    pen_count requests[PEN_METRICS_CLASSES][PEN_METRICS_VERDICTS];
};

struct pen_reason_count {
    _Atomic(const char *) reason; /* static storage or a copy; compared by its text */
    pen_count count;
};

/* Everything that one worker writes; aligned so that no two workers share a cache line. */
struct pen_worker_metrics {
    _Alignas(128) pen_count counters[PEN_COUNTER_COUNT];
    atomic_int_fast64_t gauges[PEN_GAUGE_COUNT];
    struct pen_histogram stages[PEN_STAGE_COUNT];
    struct pen_reason_count reasons[PEN_METRICS_REASONS];
    char reason_names[PEN_METRICS_REASONS][48];
    pen_count other_reasons;
    _Atomic(struct pen_series *) pages[PEN_METRICS_PAGES];
};

struct pen_metrics_info {
    char *series; /* with labels; heap */
    double value;
};

struct pen_metrics {
    size_t workers;
    struct pen_worker_metrics *of; /* by worker */
    pthread_mutex_t lock;          /* of what follows: control and admin thread only */
    char **names;                  /* of functions, by slot */
    struct pen_lookup by_name;     /* slots */
    struct pen_arena *arena;       /* of this table */
    size_t name_count;
    size_t name_room;
    struct pen_metrics_info *infos;
    size_t info_count;
    size_t info_room;
};

/** Is it a series of this name? What stands in braces does not count on either side. */
bool pen_metrics_is_named(const char *series, const char *name);

/** Upper bounds of the histograms' buckets, microseconds. */
extern const uint32_t pen_metrics_bounds_us[PEN_METRICS_BUCKETS];

#endif
