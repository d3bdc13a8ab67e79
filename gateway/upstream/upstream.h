/**
 * The upstream side: proven connections to functions, and the exchange over them.
 *
 * libcurl makes and proves each connection (TCP, TLS, names, CA, pins; CURLOPT_CONNECT_ONLY in a
 * multi handle); the exchange runs over it with the wire codec through curl_easy_send and
 * curl_easy_recv. One pool per worker and configured upstream (so per endpoint, identity, CA and
 * generation); idle connections are watched and dropped on any event. All of it belongs to one
 * worker thread. The process must ignore SIGPIPE.
 */
#ifndef PEN_GATEWAY_UPSTREAM_H
#define PEN_GATEWAY_UPSTREAM_H

#include "gateway/config/config.h"
#include "gateway/loop.h"
#include "gateway/tls/client.h"
#include "gateway/upstream/resolver.h"
#include "gateway/wire/wire.h"

/**
 * Why an exchange failed; each maps to a status, an RFC 9209 proxy error type and a code. What a
 * certificate failed at is for the record: to the caller all of it is "upstream.certificate".
 */
enum pen_upstream_failure {
    PEN_UPSTREAM_OK,
    PEN_UPSTREAM_DNS,             /* 502 dns_error */
    PEN_UPSTREAM_REFUSED,         /* 502 connection_refused */
    PEN_UPSTREAM_CONNECT_TIMEOUT, /* 504 connection_timeout */
    PEN_UPSTREAM_TLS,             /* 502 tls_protocol_error: handshake */
    PEN_UPSTREAM_TLS_ALERT,       /* 502 tls_alert_received */
    PEN_UPSTREAM_IDENTITY,        /* 502 tls_alert_received: about our certificate */
    PEN_UPSTREAM_CERTIFICATE,     /* 502 tls_certificate_error, as those that begin so */
    PEN_UPSTREAM_CERTIFICATE_EXPIRED,
    PEN_UPSTREAM_CERTIFICATE_NOT_YET_VALID,
    PEN_UPSTREAM_CERTIFICATE_NAME,
    PEN_UPSTREAM_CERTIFICATE_UNKNOWN_CA,
    PEN_UPSTREAM_CERTIFICATE_REVOKED,
    PEN_UPSTREAM_CERTIFICATE_CRL_MISSING,
    PEN_UPSTREAM_CERTIFICATE_CRL_EXPIRED,
    PEN_UPSTREAM_CERTIFICATE_WEAK,
    PEN_UPSTREAM_CERTIFICATE_PURPOSE,
    PEN_UPSTREAM_CERTIFICATE_AUTHORITY,
    PEN_UPSTREAM_CERTIFICATE_TOO_LONG,
    PEN_UPSTREAM_CERTIFICATE_SIGNATURE,
    PEN_UPSTREAM_CERTIFICATE_PIN,
    PEN_UPSTREAM_CLOSED,             /* 502 connection_terminated: before or within the answer */
    PEN_UPSTREAM_MALFORMED,          /* 502 http_protocol_error: `detail` is the wire reason */
    PEN_UPSTREAM_TOO_LARGE,          /* 502 http_response_body_size */
    PEN_UPSTREAM_FIRST_BYTE_TIMEOUT, /* 504 http_response_timeout */
    PEN_UPSTREAM_TIMEOUT,            /* 504 http_response_timeout: the whole exchange */
    PEN_UPSTREAM_BUSY,               /* 503 connection_limit_reached */
    PEN_UPSTREAM_INTERNAL, /* 503 proxy_internal_error: our memory or descriptors are out */
};

int pen_upstream_failure_status(enum pen_upstream_failure failure);
const char *pen_upstream_failure_proxy_error(enum pen_upstream_failure failure);
/** "upstream.connect_timeout": the reason code that a caller learns. */
const char *pen_upstream_failure_code(enum pen_upstream_failure failure);
/** "upstream.certificate_expired": the one of the record and the metrics, as fine or finer. */
const char *pen_upstream_failure_record_code(enum pen_upstream_failure failure);

struct pen_exchange;

/**
 * What the owner of an exchange hears. Exactly one of `ended` and `failed` is called, last, unless
 * the exchange was cancelled; it never happens inside pen_upstream_start.
 */
struct pen_exchange_events {
    /* The final answer's head (1xx are swallowed, 101 is an error). Valid during the call only. */
    void (*head)(void *owner, const struct pen_wire_head *head);
    /* Body bytes. Returns how many were taken; fewer than given pauses until pen_exchange_resume.
     */
    size_t (*body)(void *owner, struct pen_str bytes);
    /* Within the body: what has come was handed over, more is to come. May be NULL. */
    void (*waits)(void *owner);
    void (*ended)(void *owner);
    /* After `head` was called the answer is cut short: the caller's connection must be broken off.
     * `detail` lives as long as the exchange's arena. */
    void (*failed)(void *owner, enum pen_upstream_failure failure, const char *detail);
};

/** What an exchange cost and used, for the record. Microseconds, monotonic; 0 = did not happen. */
struct pen_exchange_times {
    uint64_t started_us;
    uint64_t connected_us; /* also set at once for a reused connection */
    uint64_t sent_us;
    uint64_t first_byte_us;
    bool reused;
};

struct pen_upstream_pool;

/**
 * One pool for one configured upstream. `upstream` must outlive it.
 *
 * @param tls       its identity and CAs; a reference is taken; NULL unless it is reached by HTTPS
 * @param resolver  must outlive it; may be NULL when the host is an address
 *
 * Errors: PEN_ERR_NOMEM, PEN_ERR_INVALID (`err` says what)
 */
PEN_MUST_USE enum pen_status pen_upstream_pool_create(
    struct pen_loop *loop, const struct pen_config_upstream *upstream, struct pen_tls_client *tls,
    struct pen_resolver *resolver, struct pen_upstream_pool **out, struct pen_error *err);

/** Cancels what runs and closes every connection. Not from within `head` or `body`. NULL is fine.
 */
void pen_upstream_pool_destroy(struct pen_upstream_pool *pool);

/** Exchanges running now; 0 = may be destroyed without loss. */
size_t pen_upstream_pool_active(const struct pen_upstream_pool *pool);
/** Connections open now, busy or idle. */
size_t pen_upstream_pool_open(const struct pen_upstream_pool *pool);

struct pen_exchange_request {
    struct pen_str head;   /* complete, from gateway/forward.h; stays valid until the end */
    struct pen_str body;   /* likewise; right behind the head in memory it is not copied */
    struct pen_str method; /* decides about bodies of answers and about repeating */
    uint32_t timeout_ms;   /* whole exchange; 0 = the upstream's */
};

/**
 * Start an exchange: over an idle connection, a new one, or refused as BUSY at the pool's limit
 * (reported through `failed` on a later turn of the loop).
 *
 * A request is sent a second time, on a new connection, only when a reused connection turned out
 * closed and either no byte of it went out or its method is idempotent (RFC 9110 section 9.2.2) and
 * nothing came back; never a POST of which a byte was sent.
 *
 * @param arena  the request's: the exchange's state lives there
 * Errors: PEN_ERR_NOMEM; nothing was started
 */
PEN_MUST_USE enum pen_status pen_upstream_start(struct pen_upstream_pool *pool,
                                                const struct pen_exchange_request *request,
                                                const struct pen_exchange_events *events,
                                                void *owner, struct pen_arena *arena,
                                                struct pen_exchange **out);

/** Go on after `body` took less than it was given; the rest comes on a later turn. */
void pen_exchange_resume(struct pen_exchange *exchange);

/** End it now without further calls; its connection is closed unless the exchange had ended. */
void pen_exchange_cancel(struct pen_exchange *exchange);

const struct pen_exchange_times *pen_exchange_times(const struct pen_exchange *exchange);

#endif
