/**
 * Counters and histograms: each worker writes its own, the admin listener adds them up.
 *
 * Plain relaxed atomics with one writer each: no lock, no shared cache line between workers. Series
 * per function have a slot that stays the function's over reloads, so that counters never go back.
 */
#ifndef PEN_GATEWAY_METRICS_H
#define PEN_GATEWAY_METRICS_H

#include <stdatomic.h>

#include "filters/core/str.h"

enum pen_stage {
    PEN_STAGE_AUTH,
    PEN_STAGE_INSPECT,
    PEN_STAGE_UPSTREAM, /* start to first byte */
    PEN_STAGE_TOTAL,
    PEN_STAGE_COUNT,
};

enum pen_gauge {
    PEN_GAUGE_CONNECTIONS,   /* callers connected */
    PEN_GAUGE_REQUESTS,      /* in flight */
    PEN_GAUGE_UPSTREAM_OPEN, /* connections to functions */
    PEN_GAUGE_COUNT,
};

enum pen_counter {
    PEN_COUNTER_CONNECTIONS_REFUSED,
    PEN_COUNTER_PROXY_FAILURES,
    PEN_COUNTER_HANDSHAKES,
    PEN_COUNTER_HANDSHAKES_RESUMED,
    PEN_COUNTER_HANDSHAKE_FAILURES,
    PEN_COUNTER_WIRE_REFUSALS,
    PEN_COUNTER_WEBHOOK_ANSWERS,
    PEN_COUNTER_RESPONSES_FLAGGED,
    PEN_COUNTER_RESPONSES_REDACTED,
    PEN_COUNTER_RESPONSES_UNREAD,
    PEN_COUNTER_UPSTREAM_CONNECTS,
    PEN_COUNTER_UPSTREAM_REUSES,
    PEN_COUNTER_BYTES_IN,
    PEN_COUNTER_BYTES_OUT,
    PEN_COUNTER_COUNT,
};

struct pen_metrics; /* of all workers */

/** @param workers  how many write; Errors: PEN_ERR_NOMEM */
PEN_MUST_USE enum pen_status pen_metrics_create(size_t workers, struct pen_metrics **out);
void pen_metrics_destroy(struct pen_metrics *metrics);

/**
 * The slot of a function's series, made on first use; control thread, before the snapshot is
 * published. Slot 0 is "" (no function).
 */
PEN_MUST_USE enum pen_status pen_metrics_slot(struct pen_metrics *metrics, struct pen_str function,
                                              uint32_t *out);

/* All of these: the worker `worker` only; no lock, no allocation. */
void pen_metrics_add(struct pen_metrics *metrics, size_t worker, enum pen_counter counter,
                     uint64_t n);
void pen_metrics_gauge(struct pen_metrics *metrics, size_t worker, enum pen_gauge gauge, int64_t n);
void pen_metrics_request(struct pen_metrics *metrics, size_t worker, uint32_t slot, int status,
                         int verdict, uint64_t total_us);
/** A request of this function was not what its schema says. */
void pen_metrics_violation(struct pen_metrics *metrics, size_t worker, uint32_t slot);
/** A refusal or finding by reason code; a bounded table per worker, overflow counted as "other". */
void pen_metrics_reason(struct pen_metrics *metrics, size_t worker, const char *reason);
void pen_metrics_stage(struct pen_metrics *metrics, size_t worker, enum pen_stage stage,
                       uint64_t us);

/** Values that the control thread sets: configuration generation, key set age, certificate expiry.
 */
void pen_metrics_info(struct pen_metrics *metrics, const char *series, double value);

/** Forget every series of a name: what they were about may be gone. Control thread. */
void pen_metrics_forget(struct pen_metrics *metrics, const char *name);

/**
 * All series in Prometheus text format (version 0.0.4), every name with HELP and TYPE. Any thread.
 * Grows `*out` on the heap; the caller frees it. Errors: PEN_ERR_NOMEM
 */
PEN_MUST_USE enum pen_status pen_metrics_render(const struct pen_metrics *metrics, char **out,
                                                size_t *out_len);

#endif
