/**
 * The edge: callers' connections, from accept to the last byte of the reply.
 *
 * Every decrypted byte passes the wire codec here. A checked head is shown to the owner, who
 * admits, refuses or defers it; an admitted body goes to the owner as it comes. Once the owner has
 * a reply, the request crosses a socket pair to libmicrohttpd in canonical form, and the reply
 * comes back over it. What the codec refuses is answered here, and libmicrohttpd never sees it. All
 * deadlines are absolute: no dripping byte restarts one. Backpressure both ways is that of the
 * sockets; per connection at most one head, one 64 KiB piece of body and one of reply are held.
 *
 * One worker.
 */
#ifndef PEN_GATEWAY_EDGE_H
#define PEN_GATEWAY_EDGE_H

#include "gateway/config/config.h"
#include "gateway/metrics/metrics.h"
#include "gateway/pair.h"
#include "gateway/tls/identity.h"
#include "gateway/tls/server.h"
#include "gateway/wire/wire.h"

struct pen_edge;
struct pen_edge_acceptor;
struct pen_edge_connection;
struct pen_addresses;
struct pen_pressure;

enum pen_edge_decision {
    PEN_EDGE_ADMIT,  /* the body is read and goes on */
    PEN_EDGE_REFUSE, /* the owner has a reply; the body is dropped */
    PEN_EDGE_WAIT,   /* nothing is read until pen_edge_decide */
};

/** Why a connection ended while a request was open. */
enum pen_edge_end {
    PEN_EDGE_REPLIED,   /* the whole reply has left towards the caller */
    PEN_EDGE_GONE,      /* the caller went away */
    PEN_EDGE_BROKEN,    /* the reply could not be completed: the connection was cut */
    PEN_EDGE_TIMED_OUT, /* a deadline passed; a 408 was sent if nothing of a reply was */
    PEN_EDGE_MALFORMED, /* the body's framing was refused, and answered */
};

struct pen_edge_events {
    /* A checked head stands in pen_edge_head. Its memory and the arena live until `ended`. */
    enum pen_edge_decision (*head)(void *owner, struct pen_edge_connection *connection);
    /* A piece of an admitted body, without its framing. False: it cannot be kept, and the owner has
     * called pen_edge_cut. */
    bool (*body)(void *owner, struct pen_edge_connection *connection, struct pen_str bytes);
    /* Where the next piece of it should lie, so that it need not be copied; NULL: anywhere. Memory
     * that lives until `ended`. May be NULL. */
    char *(*room)(void *owner, struct pen_edge_connection *connection, size_t *room);
    /* A pair for a request that is all here, or refused; NULL: there is none, and the edge says
     * 503. */
    struct pen_pair *(*pair)(void *owner, struct pen_edge_connection *connection);
    /* The same request, which has its pair now: call pen_edge_answer, at once or later. */
    void (*received)(void *owner, struct pen_edge_connection *connection);
    /* The request that `head` announced is over. `reusable`: its pair may serve another. */
    void (*ended)(void *owner, struct pen_edge_connection *connection, enum pen_edge_end end,
                  const char *reason, int status, bool reusable);
    /* A handshake failed with a code of pen_tls_failure, or ran out of time. May be NULL. */
    void (*unproven)(void *owner, struct pen_edge_connection *connection, const char *reason);
    /* Compose a raw reply of the edge's own; also for the record when no head was ever complete. */
    void (*refuse)(void *owner, struct pen_edge_connection *connection,
                   const struct pen_wire_refusal *refusal, struct pen_buf *out);
};

struct pen_edge_options {
    struct pen_config_timeouts timeouts;
    uint64_t exchange_ms; /* pen_config_exchange_ms */
    struct pen_wire_limits limits;
    uint32_t connections;         /* of this worker */
    uint32_t address_connections; /* of one address, all workers together; 0 = no limit */
    uint32_t connection_requests; /* on one connection */
};

/** What all workers' edges share, and none of them owns. */
struct pen_edge_shared {
    struct pen_metrics *metrics;
    struct pen_addresses *addresses;     /* may be NULL where addresses are not limited */
    const struct pen_pressure *pressure; /* may be NULL */
};

/** `events` and what `shared` points to must outlive it. Errors: PEN_ERR_NOMEM. */
PEN_MUST_USE enum pen_status pen_edge_create(struct pen_loop *loop,
                                             const struct pen_edge_options *options,
                                             const struct pen_edge_events *events, void *owner,
                                             const struct pen_edge_shared *shared, size_t worker,
                                             struct pen_edge **out);

/** Closes everything at once. */
void pen_edge_destroy(struct pen_edge *edge);

/** New options from now on (reload). */
void pen_edge_configure(struct pen_edge *edge, const struct pen_edge_options *options);

/** How new connections over a listening socket are taken. */
struct pen_edge_entrance {
    struct pen_tls_server *tls;         /* NULL = plain; a reference is taken */
    const struct pen_networks *proxies; /* whose connections begin with a PROXY header; its list is
                                           used until the next pen_edge_relisten, or after
                                           pen_edge_unlisten as long as pen_edge_is_untended */
};

/**
 * What accepts from a listening socket; nothing is accepted before pen_edge_listen. Any thread.
 *
 * @param fd       non-blocking, taken over, also on failure
 * @param address  identifies it over reloads; copied
 * @param kept     somebody else keeps the socket open, too: it is left as it is
 *
 * Errors: PEN_ERR_NOMEM
 */
PEN_MUST_USE enum pen_status pen_edge_acceptor_create(int fd, bool kept, struct pen_str address,
                                                      const struct pen_edge_entrance *entrance,
                                                      struct pen_edge_acceptor **out);
/** One that has never listened, with its socket. */
void pen_edge_acceptor_destroy(struct pen_edge_acceptor *acceptor);

/** Accept; the edge owns `acceptor` from now on. Cannot fail: what the system refuses is retried.
 */
void pen_edge_listen(struct pen_edge *edge, struct pen_edge_acceptor *acceptor);

/** Take new connections there in this way from now on. False: it does not listen there. */
PEN_MUST_USE bool pen_edge_relisten(struct pen_edge *edge, struct pen_str address,
                                    const struct pen_edge_entrance *entrance);

/**
 * Stop listening on every address for which `keep` says false; connections stay. Whoever has begun
 * to connect is still accepted: a socket is closed a moment later, by pen_edge_sweep.
 */
void pen_edge_unlisten(struct pen_edge *edge, bool (*keep)(void *context, struct pen_str address),
                       void *context);

/** Are there sockets left that are not closed yet? */
bool pen_edge_is_listening(const struct pen_edge *edge);

/** Is a sweep needed soon, though nothing happens? */
bool pen_edge_is_untended(const struct pen_edge *edge);

/**
 * Finish what runs, close idle callers, listen nowhere: replies say Connection: close from now on.
 * Callers that are new get a moment for a first request.
 */
void pen_edge_drain(struct pen_edge *edge);

/**
 * The time for that is over: 503 to whom nothing of an answer was sent, an end that cannot be taken
 * for a whole answer to the others.
 *
 * @return how many requests ended so
 */
size_t pen_edge_stop(struct pen_edge *edge);

/** Memory is nearly out: close every connection that no request is open on. */
void pen_edge_close_idle(struct pen_edge *edge);

/** Open now, those in their handshake included. */
size_t pen_edge_connection_count(const struct pen_edge *edge);

/** Free what ended in this turn; once a turn, outside of all callbacks. */
void pen_edge_sweep(struct pen_edge *edge);

/* A connection, while a request is open on it. */

const struct pen_wire_head *pen_edge_head(const struct pen_edge_connection *connection);
/** Of the request: reset when it is over. */
struct pen_arena *pen_edge_arena(const struct pen_edge_connection *connection);
/** What the owner keeps of the request; NULL until it is set, and for the next request. */
void pen_edge_set_request(struct pen_edge_connection *connection, void *request);
void *pen_edge_request(const struct pen_edge_connection *connection);
/** "192.0.2.1:4711"; lives as long as the connection. */
struct pen_str pen_edge_remote(const struct pen_edge_connection *connection);
/** The caller's address alone, without port; "" over a Unix socket. */
struct pen_str pen_edge_remote_host(const struct pen_edge_connection *connection);
/** The same as a number; NULL over a Unix socket. */
const struct pen_address *pen_edge_address(const struct pen_edge_connection *connection);
/** Who the caller is by its certificate; NULL when it showed none. As long as the connection. */
const struct pen_tls_identity *pen_edge_identity(const struct pen_edge_connection *connection);
/** "TLSv1.3", or NULL over a plain connection. Static storage. */
const char *pen_edge_tls_version(const struct pen_edge_connection *connection);
/** Monotonic microseconds at which the first byte of this request arrived. */
uint64_t pen_edge_began_us(const struct pen_edge_connection *connection);

/** After PEN_EDGE_WAIT: go on. Not from inside `head`. */
void pen_edge_decide(struct pen_edge_connection *connection, enum pen_edge_decision decision);

/**
 * The reply stands ready for libmicrohttpd, which hears of the request only now. The request has
 * ended if its pair is broken.
 */
void pen_edge_answer(struct pen_edge_connection *connection);

/** The pair that serves this connection has become readable. */
void pen_edge_pair_ready(struct pen_edge_connection *connection, uint32_t events);

/** libmicrohttpd has written the whole reply into the pair: relay it and finish. */
void pen_edge_replied(struct pen_edge_connection *connection);

/** The reply to come is the connection's last one: close behind it. From inside `head` or later. */
void pen_edge_last(struct pen_edge_connection *connection);

/** And its pair's last one, too: libmicrohttpd says so and closes. */
void pen_edge_pair_last(struct pen_edge_connection *connection);

/** Refuse a body, from inside `body`: answer now with the owner's raw reply, drop what comes,
 * close. */
void pen_edge_cut(struct pen_edge_connection *connection, const char *reason, int status);

/** The reply cannot be completed: cut the caller off so that it cannot take it for whole. */
void pen_edge_break(struct pen_edge_connection *connection);

#endif
