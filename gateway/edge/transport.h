/**
 * Bytes to and from one caller: TLS by OpenSSL, or plain where the configuration allows it.
 *
 * Never blocks. One worker. Only this module of the edge knows OpenSSL.
 */
#ifndef PEN_GATEWAY_TRANSPORT_H
#define PEN_GATEWAY_TRANSPORT_H

#include "filters/core/str.h"
#include "gateway/tls/identity.h"
#include "gateway/tls/server.h"

enum pen_io {
    PEN_IO_OK,
    PEN_IO_WANT_READ,  /* nothing now; wait until readable */
    PEN_IO_WANT_WRITE, /* wait until writable */
    PEN_IO_EOF,        /* the peer has ended its side */
    PEN_IO_ERROR,
};

struct pen_transport {
    int fd;
    SSL *ssl;                          /* NULL: plain */
    struct pen_tls_identity *identity; /* who the caller is by its certificate; NULL: none shown */
    const char *failure;               /* why the handshake failed, as pen_tls_failure says it */
};

/** Take over `fd` (non-blocking). `server` NULL: plain. Errors: PEN_ERR_NOMEM; `fd` stays open. */
PEN_MUST_USE enum pen_status pen_transport_init(struct pen_transport *transport, int fd,
                                                struct pen_tls_server *server);

/** PEN_IO_OK when the handshake is complete (plain: at once). */
enum pen_io pen_transport_handshake(struct pen_transport *transport);

/** At least one byte, or why not. */
enum pen_io pen_transport_read(struct pen_transport *transport, char *into, size_t room,
                               size_t *got);

/** Do bytes wait, decrypted or not, that epoll cannot know about? */
bool pen_transport_pending(const struct pen_transport *transport);

/** As many of the bytes as go now, at least one, or why not. */
enum pen_io pen_transport_write(struct pen_transport *transport, struct pen_str bytes, size_t *put);

/**
 * Take received bytes and forget them, undecrypted: the last thing done with a connection.
 *
 * @return PEN_IO_OK while there may be more
 */
enum pen_io pen_transport_discard(struct pen_transport *transport, char *scratch, size_t room);

/** Say close_notify; to be followed by pen_transport_close. */
void pen_transport_goodbye(struct pen_transport *transport);

/** End our side: close_notify, then FIN; the peer may still send. */
void pen_transport_finish(struct pen_transport *transport);

/** Close the descriptor, free the session and what it proved. Nothing more is said to the peer. */
void pen_transport_close(struct pen_transport *transport);

/** "TLSv1.3", or NULL when plain. Static storage. */
const char *pen_transport_version(const struct pen_transport *transport);

/** Did the handshake take up a session of before? False when plain. */
bool pen_transport_resumed(const struct pen_transport *transport);

#endif
