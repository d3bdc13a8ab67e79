/**
 * One caller's connection, as the files of this folder share it.
 *
 * acceptor.c accepts it and arrival.c learns whose it is; connection.c holds its life, deadline.c
 * and pace.c its time. inbound.c takes requests in, feed.c puts them into the pair when they are to
 * be answered, and outbound.c brings replies back. edge.c does what is done to all connections.
 */
#ifndef PEN_GATEWAY_EDGE_CONNECTION_H
#define PEN_GATEWAY_EDGE_CONNECTION_H

#include <sys/socket.h>
#include <sys/uio.h>

#include "gateway/edge/addresses.h"
#include "gateway/edge/edge.h"
#include "gateway/edge/transport.h"

#define PEN_EDGE_SCRATCH  ((size_t)64 << 10) /* one read: four TLS records */
#define PEN_EDGE_KEEP     ((size_t)16 << 10) /* bytes taken in ahead of what can be used */
#define PEN_EDGE_DIRECT   ((size_t)1 << 10)  /* a rest of a body worth reading to its place */
#define PEN_EDGE_ARENAS   128                /* idle arenas kept warm per worker */
#define PEN_EDGE_STOCK    ((size_t)32 << 20) /* of large requests' memory, kept per worker, */
#define PEN_EDGE_REST_MS  5000               /* and given back when none came for so long */
#define PEN_EDGE_GRACE_MS 5000 /* of a body's beginning, before its minimum rate counts */
#define PEN_EDGE_LOOK_MS  1000 /* between two looks at a rate */
/* For a new caller's first request when we drain: a round trip, and time to write it. */
#define PEN_EDGE_FIRST_MS 1000
/* A refused body this small is dropped, not cut off. */
#define PEN_EDGE_DISCARD ((size_t)64 << 10)
#define PEN_EDGE_REMOTE  (PEN_ADDRESS_BYTES + 6) /* ":65535" behind it */

enum pen_edge_state {
    PEN_EDGE_STATE_PROXY, /* a PROXY header is to come first */
    PEN_EDGE_STATE_HANDSHAKE,
    PEN_EDGE_STATE_IDLE,   /* between requests: nothing received */
    PEN_EDGE_STATE_HEAD,   /* some of a head received */
    PEN_EDGE_STATE_WAIT,   /* head shown, the owner has not decided */
    PEN_EDGE_STATE_BODY,   /* body on its way in */
    PEN_EDGE_STATE_REPLY,  /* request complete, reply to come */
    PEN_EDGE_STATE_LINGER, /* reply out, our side ended; the caller may still be sending */
    PEN_EDGE_STATE_DEAD,   /* closed; freed by the sweep */
};

/** How fast a caller takes its answer, over the time in which it is what holds the answer up. */
struct pen_edge_pace {
    uint64_t since_ms;   /* when its socket became full; meaningful while `out_len` is not 0 */
    uint64_t blocked_ms; /* full for so long in this window, up to `since_ms` */
    uint64_t bytes;      /* taken in this window */
};

struct pen_edge_acceptor {
    struct pen_edge *edge; /* NULL until it listens */
    struct pen_watch watch;
    struct pen_timer rest; /* armed while descriptors are out and nothing is accepted */
    struct pen_tls_server *tls;
    struct pen_networks proxies; /* the configuration's: replaced at each reload */
    struct pen_edge_acceptor *next;
    uint64_t close_due_ms; /* on its way out of service; 0 = in service */
    bool kept;             /* by somebody else too, who goes on with it */
    int burst;             /* how many to accept in a turn */
    size_t address_len;
    char address[128]; /* longer than any "unix:" path the system takes */
};

struct pen_edge_connection {
    struct pen_edge *edge;
    struct pen_edge_connection *previous; /* all connections of the edge */
    struct pen_edge_connection *next;
    struct pen_transport transport;
    struct pen_watch watch;
    struct pen_timer timer;
    uint64_t deadline_ms;     /* the timer may fire earlier and is then set again */
    uint64_t exchange_due_ms; /* of the request at hand, its answer included; 0 = none */
    enum pen_edge_state state;

    char *in; /* received, not yet used; heap, only while there is any */
    size_t in_len;
    size_t in_cap;
    struct pen_wire_scan scan;

    struct pen_arena *arena; /* of the request; NULL between requests */
    struct pen_wire_head *head;
    void *request; /* the owner's */
    struct pen_pair *pair;
    struct pen_wire_chunks chunks;
    uint64_t body_left;     /* PEN_FRAMING_LENGTH */
    uint64_t body_seen;     /* bytes of body data so far */
    uint64_t body_began_ms; /* when the head was complete */
    uint64_t began_us;      /* first byte of the request */
    bool discard;           /* refused: the body is dropped */
    bool close_after;       /* this reply is the last one */
    bool replied;           /* libmicrohttpd has written all of it */
    bool reply_begun;       /* a byte of it went to the caller */
    bool pair_closes;       /* libmicrohttpd was told that this is the pair's last request */
    bool busy;              /* inside inbound.c's use(): what it works on must not be used again */

    char *out; /* for the caller, not yet taken; heap, only while it is full */
    size_t out_len;
    size_t out_at;
    struct pen_edge_pace pace;
    uint32_t requests; /* begun on this connection */

    bool counted; /* by the caller's address */
    struct pen_address address;
    size_t remote_len;
    size_t remote_host_len;
    char remote[PEN_EDGE_REMOTE];
};

struct pen_edge {
    struct pen_loop *loop;
    struct pen_edge_options options;
    const struct pen_edge_events *events;
    void *owner;
    struct pen_metrics *metrics;
    struct pen_addresses *addresses;
    const struct pen_pressure *pressure;
    size_t worker;
    struct pen_edge_acceptor *acceptors;
    struct pen_edge_connection *connections;
    struct pen_edge_connection *dead;
    size_t connection_count;
    bool draining;
    bool untended; /* some acceptor is to be looked at in the next turn */
    struct pen_arena *arenas[PEN_EDGE_ARENAS];
    size_t arena_count;
    struct pen_timer rest;   /* while the stock keeps something */
    struct pen_stock *stock; /* where all arenas, idle or not, take and leave their large blocks */
    char scratch[PEN_EDGE_SCRATCH]; /* what one read from a caller gives */
    char reply[PEN_EDGE_SCRATCH]; /* what one read from a pair gives; both may be in use at once */
};

/* acceptor.c */
/** Once a turn while `untended`: watch what could not be watched, close what is due. */
void pen_edge_tend_acceptors(struct pen_edge *edge);

/* arrival.c */
/** @param peer  as accept(2) gave it */
void pen_edge_connection_start(struct pen_edge *edge, int fd, const struct sockaddr_storage *peer,
                               struct pen_edge_acceptor *acceptor);
/** Bytes of a PROXY header have come. */
void pen_edge_arrival_proxy(struct pen_edge_connection *c);

/* connection.c */
/** The socket's callback. */
void pen_edge_connection_ready(struct pen_watch *watch, uint32_t events);
/** Go on with the TLS handshake; of a plain connection it is through at once. */
void pen_edge_connection_shake(struct pen_edge_connection *c);
/** Take an arena for the request that begins. False: no memory. */
PEN_MUST_USE bool pen_edge_connection_begin(struct pen_edge_connection *c);
/** Close now; `end` is told to the owner when a request is open. */
void pen_edge_connection_end(struct pen_edge_connection *c, enum pen_edge_end end,
                             const char *reason, int status);
/** The request is over without its reply; the connection goes on for as long as its end takes. */
void pen_edge_connection_forget(struct pen_edge_connection *c, enum pen_edge_end end,
                                const char *reason, int status);
/** The handshake failed, as `reason` says: tell the owner and close. */
void pen_edge_connection_unproven(struct pen_edge_connection *c, const char *reason);
/** Register for what the present state can make use of. */
void pen_edge_connection_rewatch(struct pen_edge_connection *c);
/** The request is over and the reply out: forget both, go on with the next or finish. */
void pen_edge_connection_next(struct pen_edge_connection *c);

/* deadline.c */
/** Set the deadline of the present state. The connection has ended if there is no memory for it. */
void pen_edge_connection_deadline(struct pen_edge_connection *c, uint64_t after_ms);
/** The timer's callback. */
void pen_edge_connection_timer(struct pen_timer *timer);
/** The stock's timer: it is given back when no request has needed it. */
void pen_edge_rest(struct pen_timer *timer);

/* inbound.c */
/** Read what has come and use it. */
void pen_edge_inbound_receive(struct pen_edge_connection *c);
/** Use what was kept, after the state has changed. */
void pen_edge_inbound_continue(struct pen_edge_connection *c);
void pen_edge_inbound_decided(struct pen_edge_connection *c, enum pen_edge_decision decision);

/* pace.c */
/** The caller's socket is full from now on. */
void pen_edge_pace_block(struct pen_edge_pace *pace, uint64_t now_ms);
/** It has taken `bytes`, and takes more if `free_again`. */
void pen_edge_pace_take(struct pen_edge_pace *pace, uint64_t now_ms, size_t bytes, bool free_again);
/** Look at it while it is full, about once a second: has a window gone by below the rate? */
bool pen_edge_pace_is_slow(struct pen_edge_pace *pace, uint64_t now_ms, uint32_t bytes_per_s);

/* outbound.c */
/** Bytes of a reply wait in the pair, or its other end is closed. */
void pen_edge_outbound_relay(struct pen_edge_connection *c);
/** The caller's socket has room again. */
void pen_edge_outbound_flush(struct pen_edge_connection *c);
/** Answer with a raw reply of the owner's composing, then linger. */
void pen_edge_outbound_refuse(struct pen_edge_connection *c, const struct pen_wire_refusal *refusal,
                              enum pen_edge_end end);
/** Write to the caller, keeping what does not fit. False: the connection has ended. */
bool pen_edge_outbound_write(struct pen_edge_connection *c, struct pen_str bytes);
/** End our side and drop what the caller still sends, so that it can read our reply. */
void pen_edge_outbound_linger(struct pen_edge_connection *c);

#endif
