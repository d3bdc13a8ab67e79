/**
 * TLS towards callers: one OpenSSL context per listener and generation, shared by all workers.
 *
 * The policy is Mozilla's "intermediate": TLS 1.2 with ECDHE and AEAD ciphers, TLS 1.3 with its
 * default suites, curves X25519, P-256 and P-384; no renegotiation, compression or early data.
 * Sessions resume by stateless tickets only, whose keys live in memory, rotate, and die with the
 * context: after a reload callers prove themselves anew. Immutable after create but for the ticket
 * keys; any thread.
 */
#ifndef PEN_GATEWAY_TLS_SERVER_H
#define PEN_GATEWAY_TLS_SERVER_H

#include "filters/core/str.h"

typedef struct ssl_st SSL; /* OpenSSL's, so that only its users include it */

enum pen_client_auth { PEN_CLIENT_AUTH_OFF, PEN_CLIENT_AUTH_OPTIONAL, PEN_CLIENT_AUTH_REQUIRED };

struct pen_tls_server_options {
    struct pen_str certificate; /* PEM file, leaf first; NUL behind its length, as all paths here */
    struct pen_str key;         /* PEM file, not encrypted */
    struct pen_str client_ca;   /* PEM file; needed unless `client_auth` is off */
    int min_version;            /* 12 or 13 */
    enum pen_client_auth client_auth;
};

struct pen_tls_server;

/**
 * Read the files and build the context. The key's bytes are wiped as soon as OpenSSL has parsed
 * them.
 *
 * Ownership: one reference, for pen_tls_server_release.
 * Errors:    PEN_ERR_IO       a file cannot be read; `err` names it
 *            PEN_ERR_INVALID  no certificate, no key, key of another certificate, or one that
 *                             OpenSSL's security level refuses; `err` says which
 *            PEN_ERR_NOMEM
 */
PEN_MUST_USE enum pen_status pen_tls_server_create(const struct pen_tls_server_options *options,
                                                   struct pen_tls_server **out,
                                                   struct pen_error *err);

/** Returns `server`. */
struct pen_tls_server *pen_tls_server_acquire(struct pen_tls_server *server);
/** The last reference frees; NULL is fine. */
void pen_tls_server_release(struct pen_tls_server *server);

/**
 * A session in the accepting state, without a descriptor; NULL when memory is out. It may outlive
 * the server's last reference; free it with SSL_free.
 *
 * Reads ahead: look at SSL_has_pending before waiting for the socket. Partial writes are on, and a
 * write may be repeated from another address.
 */
SSL *pen_tls_server_session(struct pen_tls_server *server);

#endif
