/**
 * One request on its way: what each stage found out, and what the next one needs.
 *
 * Lives in the request's arena, belongs to one worker. Stages (gateway/pipeline.h) fill it from top
 * to bottom; whatever ends it leaves its status and reason in `refusal`, and the record is made
 * from here.
 */
#ifndef PEN_GATEWAY_REQUEST_H
#define PEN_GATEWAY_REQUEST_H

#include "filters/core/body/media_type.h"
#include "gateway/auth/policy.h"
#include "gateway/inspect.h"
#include "gateway/problem.h"
#include "gateway/provenance.h"
#include "gateway/snapshot.h"
#include "gateway/want.h"
#include "gateway/wire/wire.h"

/** Monotonic microseconds; 0 = the stage was not reached. */
struct pen_request_times {
    uint64_t began_us;
    uint64_t head_us;
    uint64_t auth_us;
    uint64_t body_us;
    uint64_t inspect_us;
};

/** An answer of our own that is no refusal, always 200: a webhook's handshake. */
struct pen_own_answer {
    const char *reason;               /* for the record: "webhook.validated"; NULL = none */
    struct pen_event_field fields[4]; /* NUL behind each name and value */
    size_t field_count;
    struct pen_str body;
};

/** What a webhook's sender says of itself, for the record. */
struct pen_webhook_sender {
    struct pen_str sender;   /* an origin or a topic; empty = nothing was said */
    struct pen_str callback; /* a URL that it would like to be fetched, and that never is */
};

struct pen_response; /* gateway/response.h */

struct pen_request {
    struct pen_arena *arena;
    const struct pen_wire_head *head;
    const struct pen_snapshot *snapshot; /* of when the head was complete, to the end */
    struct pen_str remote;               /* "192.0.2.1:4711": the peer's */
    struct pen_str remote_host;
    const struct pen_address *peer;   /* its address as a number; NULL over a Unix socket */
    struct pen_provenance provenance; /* whom trusted proxies bring */
    bool tls;
    const char *tls_version;
    const struct pen_tls_identity *identity; /* by certificate; NULL: none shown */
    const struct pen_tls_name *name;         /* the one of it that `allow` asked for, or NULL */
    int64_t wall_ms;
    struct pen_request_times times;

    char id[33];      /* X-Request-Id: 32 hexadecimal digits and a NUL */
    uint64_t span_id; /* of traceparent, when the function is asked */

    struct pen_route_match match;
    const struct pen_config_function *function; /* NULL: no route */
    struct pen_caller caller;
    bool proven; /* `caller` is filled */
    enum pen_body_kind body_kind;
    struct pen_media_type media_type; /* of a body that is looked into */
    enum pen_content_coding coding;
    const struct pen_config_issuer *unknown_key; /* the issuer whose keys may be too old */
    bool waits;                                  /* for such keys, and may wait on */
    bool waited;                                 /* for so long that it does not any more */

    const char *body; /* as it is inspected and sent: decoded, when it came coded */
    size_t body_len;
    size_t body_cap;  /* room for it */
    size_t body_held; /* bytes of memory for it so far, what it has outgrown included */
    char *body_room;  /* where it arrives; memory for a head lies in front of it */

    const struct pen_openapi_match *operation; /* of an OpenAPI document; NULL: without one */

    bool inspected;
    struct pen_scan scan;
    struct pen_inspection inspection;

    struct pen_response *response; /* the look at the function's answer; NULL: none */

    struct pen_problem refusal; /* status 0: none */
    struct pen_own_answer answer;
    struct pen_webhook_sender webhook;
    bool webhook_proven;  /* by the signature of `webhook.sender` */
    struct pen_want want; /* to be asked for, whatever becomes of the request */
};

#endif
