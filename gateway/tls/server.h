/**
 * TLS towards callers: what one listener speaks under one generation, shared by all workers.
 *
 * The policy is Mozilla's "intermediate": TLS 1.2 with ECDHE and AEAD ciphers, TLS 1.3 with its
 * default suites, curves X25519, P-256 and P-384; no renegotiation, compression or early data.
 * Several certificates are chosen among by the name that a caller asks for and by what it can
 * verify.
 *
 * Sessions resume by stateless tickets only. They outlive a reload, and with keys from a file they
 * hold at every replica, as long as nothing that decides about callers has changed: the oldest
 * version, the demand for certificates, authorities, revocation lists and name rules, and the names
 * that are served. A digest of all that is the session id context, so that a ticket of other rules
 * is none. Immutable after create but for the ticket keys; any thread.
 */
#ifndef PEN_GATEWAY_TLS_SERVER_H
#define PEN_GATEWAY_TLS_SERVER_H

#include "gateway/tls/dates.h"
#include "gateway/tls/names.h"

typedef struct ssl_st SSL; /* OpenSSL's, so that only its users include it */

enum pen_client_auth { PEN_CLIENT_AUTH_OFF, PEN_CLIENT_AUTH_OPTIONAL, PEN_CLIENT_AUTH_REQUIRED };

/** Paths, with a NUL behind their length, as all paths here. */
struct pen_tls_certificate {
    struct pen_str certificate; /* PEM file, leaf first */
    struct pen_str key;         /* PEM file, not encrypted */
    struct pen_str ocsp;        /* DER file with the response to staple; empty = none */
};

struct pen_tls_server;

/** All of it is copied. */
struct pen_tls_server_options {
    const struct pen_tls_certificate *certificates; /* the first is the default one */
    size_t certificate_count;                       /* at least one */
    bool refuse_unknown; /* who names no host that is served gets an alert, not the default */
    int min_version;     /* 12 or 13 */
    struct pen_str ticket_keys; /* file, see tickets.h; empty = keys in memory */
    enum pen_client_auth client_auth;
    struct pen_str client_ca;                /* PEM file; needed unless `client_auth` is off */
    struct pen_str client_crl;               /* PEM file; empty = revocation is not looked at */
    const struct pen_tls_name *client_names; /* rules; one of the caller's names must match one */
    size_t client_name_count;                /* 0 = any name */
    struct pen_tls_server *previous;         /* of the same listener before a reload, or NULL */
};

/**
 * Read the files and build the contexts. Keys' bytes are wiped as soon as OpenSSL has parsed them.
 *
 * Ownership: one reference, for pen_tls_server_release.
 * Errors:    PEN_ERR_IO       a file cannot be read; `err` names it
 *            PEN_ERR_INVALID  no certificate, no key, key of another certificate, one that
 *                             OpenSSL's security level refuses, one that would never be shown;
 *                             a revocation list, response or ticket key that is none
 *            PEN_ERR_LIMIT, PEN_ERR_NOMEM
 */
PEN_MUST_USE enum pen_status pen_tls_server_create(const struct pen_tls_server_options *options,
                                                   struct pen_tls_server **out,
                                                   struct pen_error *err);

/** Returns `server`. */
struct pen_tls_server *pen_tls_server_acquire(struct pen_tls_server *server);
/** The last reference frees; NULL is fine. */
void pen_tls_server_release(struct pen_tls_server *server);

/**
 * A session in the accepting state, without a descriptor; NULL when memory is out. It holds a
 * reference on the server; free it with SSL_free.
 *
 * Reads ahead: look at SSL_has_pending before waiting for the socket. Partial writes are on, and a
 * write may be repeated from another address.
 */
SSL *pen_tls_server_session(struct pen_tls_server *server);

/** Does it ask callers for certificates? */
bool pen_tls_server_asks(const struct pen_tls_server *server);

/** When its files end; lives as long as the server. */
const struct pen_tls_date *pen_tls_server_dates(const struct pen_tls_server *server, size_t *count);

/** New ticket keys now, as if a period had gone by; for tests. Not with keys of a file. */
PEN_MUST_USE enum pen_status pen_tls_server_rotate(struct pen_tls_server *server);

#endif
