/**
 * The audit record: one JSON line per request, whatever became of it, written by another thread.
 *
 * A worker formats its record into its queue; the audit thread drains all queues and writes. A slow
 * or full disk never blocks a worker: a full queue is counted, or refuses the request when the
 * policy says so. No secret, token, body or private key is ever in a record; excerpts of findings
 * are cut, escaped and, for redacted paths, replaced by their hash.
 */
#ifndef PEN_GATEWAY_AUDIT_H
#define PEN_GATEWAY_AUDIT_H

#include "gateway/auth/policy.h"
#include "gateway/record/queue.h"
#include "gateway/response.h"

/** Stage marks in microseconds since the request's first byte; 0 = the stage was not reached. */
struct pen_audit_times {
    uint64_t head_us;    /* head complete */
    uint64_t auth_us;    /* caller proven or refused */
    uint64_t body_us;    /* body complete */
    uint64_t inspect_us; /* verdict */
    uint64_t upstream_connect_us;
    uint64_t upstream_first_byte_us;
    uint64_t total_us; /* reply handed to the edge */
};

/** What a record is made of; everything borrowed, empty and NULL where it did not come that far. */
struct pen_audit_entry {
    int64_t wall_ms; /* Unix milliseconds when the request began */
    struct pen_str request_id;
    struct pen_str trace_id; /* 32 hexadecimal digits */
    struct pen_str remote;   /* "192.0.2.1:4711", "unix"; without port when a proxy named it */
    struct pen_str proxy;    /* the trusted proxy's; empty when the caller came itself */
    struct pen_str method;
    struct pen_str authority;
    struct pen_str path;     /* without the query: it may hold secrets */
    struct pen_str function; /* its name */
    const struct pen_caller *caller;
    const struct pen_tls_identity *identity; /* by certificate */
    const struct pen_tls_name *name;         /* of it: the one that counted, or NULL */
    struct pen_str webhook_sender;           /* origin or topic that a webhook says of itself */
    struct pen_str webhook_callback;         /* URL that it offered; written without its query */
    const char *tls_version;
    int status;         /* answered; 0 = the caller went away first */
    const char *reason; /* stable code; "ok" for a forwarded answer */
    enum pen_verdict verdict;
    bool inspected;                      /* the chain ran */
    const struct pen_event *event;       /* what came, when it could be taken apart; else NULL */
    const struct pen_response *response; /* the look at the answer, or NULL */
    const struct pen_violations *violations; /* of schemas, or NULL */
    const struct pen_scan *scan;             /* its findings, when the chain ran; else NULL */
    int upstream_status;                     /* 0 = none */
    const char *upstream_error;              /* RFC 9209 error type, or NULL */
    const char *upstream_detail;
    bool upstream_reused;
    uint64_t request_bytes;  /* body */
    uint64_t response_bytes; /* body */
    uint64_t generation;
    uint32_t worker;
    struct pen_audit_times times;
};

struct pen_audit;

/** Open the output and start the writer thread over `count` queues (one per worker), which it owns.
 */
PEN_MUST_USE enum pen_status pen_audit_create(const struct pen_config_audit *config, size_t count,
                                              struct pen_audit **out, struct pen_error *err);

/** Write what waits (at most `timeout_ms`), stop the thread, close. */
void pen_audit_destroy(struct pen_audit *audit, uint32_t timeout_ms);

/** Reopen the file (log rotation) or move to another one; called on reload. Control thread. */
PEN_MUST_USE enum pen_status pen_audit_reopen(struct pen_audit *audit,
                                              const struct pen_config_audit *config,
                                              struct pen_error *err);

/**
 * Is there room for a record now, and did the output take the last one? With refuse_when_full a
 * worker asks before it lets a request in.
 */
bool pen_audit_has_room(const struct pen_audit *audit, size_t worker);

/** Write one record. Worker `entry->worker` only. False = dropped, counted. Never blocks. */
bool pen_audit_write(struct pen_audit *audit, const struct pen_config_audit *config,
                     const struct pen_audit_entry *entry);

/** For metrics: records written, dropped, and failed writes. Any thread. */
struct pen_audit_counts {
    uint64_t written;
    uint64_t dropped;
    uint64_t failed;
};
struct pen_audit_counts pen_audit_counts(const struct pen_audit *audit);

#endif
