/**
 * What became of a request, into the audit record and the metrics: one call at its end.
 */
#ifndef PEN_GATEWAY_OUTCOME_H
#define PEN_GATEWAY_OUTCOME_H

#include "gateway/metrics/metrics.h"
#include "gateway/record/audit.h"
#include "gateway/request.h"
#include "gateway/upstream/upstream.h"

/** Where a worker's records go. */
struct pen_outcome_sink {
    struct pen_audit *audit;
    struct pen_metrics *metrics;
    size_t worker;
};

struct pen_outcome {
    const struct pen_request *request;
    int status;         /* answered; 0 = the caller went away first */
    const char *reason; /* "ok", or why not; static storage or the request's arena */
    const struct pen_exchange_times *times;
    int upstream_status;         /* 0 = no answer */
    const char *upstream_error;  /* RFC 9209 error type, or NULL */
    const char *upstream_detail; /* or NULL */
    uint64_t response_bytes;
};

/** Never blocks; a record that finds no room is counted by the audit module. One worker. */
void pen_outcome_record(const struct pen_outcome_sink *sink, const struct pen_outcome *outcome);

/**
 * Of what never became a request: a head that is none, a handshake that failed. `entry` has its
 * time, ids, reason, and 0 as status where no answer was possible; the rest is filled in.
 */
void pen_outcome_early(const struct pen_outcome_sink *sink, const struct pen_snapshot *snapshot,
                       struct pen_audit_entry *entry);

#endif
