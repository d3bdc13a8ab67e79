/**
 * What the files that know libcurl share: connector.c has what all connections share,
 * multi.c drives libcurl in the worker's loop, naming.c finds the host, connection.c sets up one
 * connection and reads and writes, diagnosis.c says why none came about.
 */
#ifndef PEN_GATEWAY_UPSTREAM_LIBCURL_H
#define PEN_GATEWAY_UPSTREAM_LIBCURL_H

#include <curl/curl.h>

#include "gateway/upstream/connection.h"
#include "gateway/upstream/resolver.h"

#define PEN_CURL_SOCKETS 8 /* two addresses at a time (RFC 8305); the rest is reserve */

/* The host's name, and who waits for its addresses. */
struct pen_naming {
    struct pen_resolver *resolver; /* NULL: there is nothing to look up */
    struct pen_resolver_wait wait;
    struct pen_watch news;               /* an eventfd; -1 until it is needed */
    struct pen_curl_connection *waiting; /* libcurl has not heard of them yet */
};

struct pen_connector {
    struct pen_loop *loop;
    const struct pen_config_upstream *upstream;
    const struct pen_connection_hooks *hooks;
    void *owner;
    struct pen_tls_client *tls; /* NULL without TLS */
    struct pen_multi *roomy;    /* each with room for one more connection */
    struct pen_multi *full;
    CURLSH *share; /* TLS sessions of this identity and generation only */
    struct curl_slist *connect_to;
    struct pen_naming naming;
    char url[320]; /* names the server as its certificate must */
    bool curl_ready;
};

/* Connections of one multi handle. Each call of curl_easy_send and curl_easy_recv walks through
   them; a multi handle takes some 30 KiB and two descriptors. */
#define PEN_MULTI_CONNECTIONS 16

/* One of libcurl's multi handles, and the connections that it makes and owns. */
struct pen_multi {
    struct pen_connector *connector;
    struct pen_multi *next; /* of those with room, or of those without */
    struct pen_multi *previous;
    CURLM *handle;
    struct pen_timer timer; /* armed all its life: setting it needs no memory */
    struct pen_curl_connection *unwatched;
    unsigned count; /* connections */
    bool driven;    /* libcurl is being called: dropping it waits until that returns */
};

/* A socket that libcurl wants watched while it connects. */
struct pen_curl_socket {
    struct pen_watch watch;
    struct pen_multi *multi;
};

struct pen_curl_connection {
    struct pen_connection base; /* first */
    CURL *easy;
    struct pen_multi *multi; /* NULL until it is begun */
    struct pen_curl_socket sockets[PEN_CURL_SOCKETS];
    const void *session; /* OpenSSL's, once the first bytes went out; NULL without TLS */
    void *context;       /* its context, from the handshake on: ours to release */
    bool starved;        /* there was no descriptor or memory for a socket */
    bool unwatched;      /* a socket could not be watched: never connected */
    struct pen_curl_connection *next_unwatched;
    bool waits; /* for the host's addresses */
    struct pen_curl_connection *next_waiting;
    struct curl_slist *addresses; /* those that it was begun with; NULL = the host is one */
    char trouble[CURL_ERROR_SIZE];
};

static inline struct pen_curl_connection *pen_curl_inner(struct pen_connection *connection)
{
    return PEN_CONTAINER_OF(connection, struct pen_curl_connection, base);
}

static inline const struct pen_curl_connection *pen_curl_inner_const(
    const struct pen_connection *connection)
{
    return (const struct pen_curl_connection *)(const void *)connection;
}

/** Let libcurl begin with a connection. Errors: PEN_ERR_NOMEM, PEN_ERR_INTERNAL. */
PEN_MUST_USE enum pen_status pen_curl_begin(struct pen_curl_connection *connection);

/** Take it away from libcurl, which closes it (with TLS's goodbye), and watch nothing of it. */
void pen_curl_end(struct pen_curl_connection *connection);

/** Every connection must have been closed. */
void pen_curl_destroy_multis(struct pen_connector *connector);

void pen_naming_init(struct pen_connector *connector, struct pen_resolver *resolver);
/** Nobody waits any more. */
void pen_naming_deinit(struct pen_connector *connector);
/** As pen_curl_begin, as soon as the host's addresses are known. Errors: also PEN_ERR_IO. */
PEN_MUST_USE enum pen_status pen_naming_begin(struct pen_curl_connection *connection);
void pen_naming_end(struct pen_curl_connection *connection);

/** What the end of an attempt to connect means; `detail` lives as long as the connection. */
enum pen_upstream_failure pen_curl_diagnose(const struct pen_curl_connection *connection,
                                            CURLcode code, const char **detail);

#endif
