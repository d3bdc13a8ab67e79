/** The pool and its exchanges as the files of this folder see them. One worker. */
#ifndef PEN_GATEWAY_UPSTREAM_POOL_H
#define PEN_GATEWAY_UPSTREAM_POOL_H

#include "gateway/upstream/connection.h"

struct pen_upstream_pool {
    struct pen_loop *loop;
    const struct pen_config_upstream *upstream;
    struct pen_connector *connector;
    struct pen_wire_limits limits;
    struct pen_connection *idle;  /* the one used last first */
    struct pen_exchange *running; /* all that have not ended */
    size_t active;
    size_t open;
};

enum pen_exchange_phase {
    PEN_EXCHANGE_CONNECTING,
    PEN_EXCHANGE_HEAD, /* sending, and waiting for the final answer's head */
    PEN_EXCHANGE_BODY,
    PEN_EXCHANGE_FAILING, /* `failure` is reported on the next turn */
    PEN_EXCHANGE_OVER,
};

struct pen_exchange {
    struct pen_upstream_pool *pool;
    struct pen_connection *connection; /* NULL while failing and when over */
    struct pen_exchange *next;         /* among the pool's running ones */
    struct pen_exchange *previous;
    struct pen_exchange_request request;
    const struct pen_exchange_events *events;
    void *owner;
    struct pen_timer timer; /* armed until the exchange is over */
    uint64_t deadline_ms;   /* of the whole exchange */
    struct pen_exchange_times times;
    enum pen_exchange_phase phase;

    struct pen_str first; /* head and body in one piece, as far as one TLS record goes at least */
    size_t sent;          /* bytes of head and body */
    bool repeated;        /* this is the second attempt */
    bool lost;            /* writing failed; what was answered before may still be read */

    size_t received; /* bytes of all heads and the body */
    struct pen_wire_scan scan;
    uint32_t interim; /* 1xx heads swallowed */
    enum pen_wire_framing framing;
    uint64_t body_left; /* PEN_FRAMING_LENGTH */
    struct pen_wire_chunks chunks;
    bool chunks_done;
    uint64_t body_bytes; /* found so far */
    struct pen_str data; /* body bytes in the connection's buffer that the owner has yet to take */
    bool keep_alive;
    bool paused;

    enum pen_upstream_failure failure;
    const char *detail; /* static storage */
    char words[200];    /* what `failed` was told; longer ones are libcurl's, and cut */
};

/** An idle connection that is still quiet, or NULL. */
struct pen_connection *pen_pool_take(struct pen_upstream_pool *pool);
/** Keep a connection for the next exchange. */
void pen_pool_keep(struct pen_upstream_pool *pool, struct pen_connection *connection);
void pen_pool_drop(struct pen_upstream_pool *pool, struct pen_connection *connection);

/** What a connection tells its exchange. */
void pen_exchange_opened(struct pen_exchange *exchange, enum pen_upstream_failure failure,
                         const char *detail);
void pen_exchange_ready(struct pen_exchange *exchange, uint32_t events);

/** Ends that the reader of the answer comes to. The exchange must not be touched afterwards. */
void pen_exchange_fail(struct pen_exchange *exchange, enum pen_upstream_failure failure,
                       const char *detail);
void pen_exchange_finish(struct pen_exchange *exchange, bool reusable);
/** The peer went away, or writing failed, before the answer was whole: repeat or fail. */
void pen_exchange_lose(struct pen_exchange *exchange, enum pen_connection_io how);

/** Hand out what was read, then read on, until there is nothing more now or the exchange ends. */
void pen_answer_pump(struct pen_exchange *exchange);

#endif
