/**
 * One proven connection: libcurl makes it (names, TCP, TLS, certificates, pin), we read and write.
 *
 * A connector is what all connections of a pool share; its hooks hear of every connection. libcurl
 * itself is known to the files that include libcurl.h alone. One worker.
 */
#ifndef PEN_GATEWAY_UPSTREAM_CONNECTION_H
#define PEN_GATEWAY_UPSTREAM_CONNECTION_H

#include "gateway/upstream/upstream.h"

/* Holds the largest head that the wire codec takes, and any TLS record behind it in one read. */
#define PEN_CONNECTION_BUFFER (48 * 1024)
/* Most bytes of one TLS record (RFC 8446 section 5.1): what one send should hold. */
#define PEN_TLS_RECORD (16 * 1024)

struct pen_connector;

enum pen_connection_io {
    PEN_CONNECTION_DONE,     /* some bytes went through */
    PEN_CONNECTION_AGAIN,    /* wait for the socket */
    PEN_CONNECTION_CLOSED,   /* the peer has ended it, over TLS with its goodbye */
    PEN_CONNECTION_BROKEN,   /* cut, reset, or not what TLS allows */
    PEN_CONNECTION_ALERT,    /* the peer refuses to go on and says so by a TLS alert */
    PEN_CONNECTION_IDENTITY, /* the same, and what it refuses is our certificate */
};

struct pen_connection {
    struct pen_connector *connector;
    struct pen_connection *next; /* among the idle ones */
    struct pen_connection *previous;
    struct pen_exchange *exchange; /* whom it serves; NULL = idle */
    struct pen_watch watch;        /* registered once connected */
    struct pen_timer idle;         /* armed while idle */
    uint64_t idle_since_ms;
    char *buffer; /* PEN_CONNECTION_BUFFER bytes: what was read and not yet used */
    size_t start; /* of the unused bytes in `buffer` */
    size_t end;
    bool held;   /* the exchange is being called: closing waits until it returns */
    bool doomed; /* closed while held */
};

/** What the owner hears, never from within a call of its own. It may close the connection. */
struct pen_connection_hooks {
    void (*opened)(struct pen_connection *connection, enum pen_upstream_failure failure,
                   const char *detail);
    void (*ready)(struct pen_connection *connection, uint32_t events);
    void (*idled)(struct pen_connection *connection);
};

/** `tls` and `resolver` as for the pool. Errors: PEN_ERR_NOMEM, PEN_ERR_INVALID (a name that does
 * not do). */
PEN_MUST_USE enum pen_status pen_connector_create(
    struct pen_loop *loop, const struct pen_config_upstream *upstream, struct pen_tls_client *tls,
    struct pen_resolver *resolver, const struct pen_connection_hooks *hooks, void *owner,
    struct pen_connector **out, struct pen_error *err);
/** Every connection must have been closed. */
void pen_connector_destroy(struct pen_connector *connector);
void *pen_connector_owner(const struct pen_connector *connector);

/** Start to connect; `opened` follows on a later turn. Errors: PEN_ERR_NOMEM, PEN_ERR_INTERNAL. */
PEN_MUST_USE enum pen_status pen_connection_open(struct pen_connector *connector,
                                                 struct pen_connection **out);
void pen_connection_close(struct pen_connection *connection);

/** How far connecting has come: "looking up the name", "connecting", "shaking hands". */
const char *pen_connection_stage(const struct pen_connection *connection);

/**
 * Write from the front of `bytes`, at most PEN_TLS_RECORD. After AGAIN the same bytes must come
 * again.
 */
enum pen_connection_io pen_connection_send(struct pen_connection *connection, struct pen_str bytes,
                                           size_t *sent);
/**
 * Hold small packets back, or let go what is held: between the two, sends fill whole segments
 * instead of beginning one each. A socket that knows no such thing sends as it always does.
 */
void pen_connection_cork(const struct pen_connection *connection, bool hold);
/** Read what one call gives: over TLS one record at most. */
enum pen_connection_io pen_connection_receive(struct pen_connection *connection, char *into,
                                              size_t room, size_t *received);
/** Bytes that TLS has taken from the socket and not given out: nothing will announce them. */
bool pen_connection_has_more(const struct pen_connection *connection);
/** libcurl's words for the latest BROKEN, ALERT or IDENTITY; empty when it had none. */
const char *pen_connection_trouble(const struct pen_connection *connection);

/** Ask the socket: neither closed nor with bytes waiting, as an idle connection must be. */
bool pen_connection_is_quiet(const struct pen_connection *connection);

#endif
