/**
 * TLS towards upstreams: identity, trusted CAs and the name expected, read once and put into each
 * connection's context.
 *
 * libcurl makes a new SSL_CTX for every connection and would parse the files for each; it hands the
 * context to CURLOPT_SSL_CTX_FUNCTION, and there this is applied instead. A later change of the
 * files cannot mix with a generation that is already running, and all workers have the same.
 * Immutable after create, counted; any thread.
 */
#ifndef PEN_GATEWAY_TLS_CLIENT_H
#define PEN_GATEWAY_TLS_CLIENT_H

#include "gateway/tls/dates.h"

struct pen_tls_client;

struct pen_tls_client_options {
    struct pen_str certificate; /* PEM file; empty = no client certificate */
    struct pen_str key;         /* PEM file, not encrypted */
    struct pen_str ca;          /* PEM file; empty = the system's CAs */
    struct pen_str crl;         /* PEM file; empty = revocation is not looked at */
    struct pen_str name;        /* what the server's certificate must name: host name or address */
};

/**
 * Read the files.
 *
 * Ownership: one reference, for pen_tls_client_release.
 * Errors:    PEN_ERR_IO, PEN_ERR_INVALID, PEN_ERR_LIMIT: a file does not do, and `err` says which
 *            PEN_ERR_NOMEM
 */
PEN_MUST_USE enum pen_status pen_tls_client_create(const struct pen_tls_client_options *options,
                                                   struct pen_tls_client **out,
                                                   struct pen_error *err);

/** Returns `client`. */
struct pen_tls_client *pen_tls_client_acquire(struct pen_tls_client *client);
/** The last one frees; the key is wiped with the last connection that uses it. NULL is fine. */
void pen_tls_client_release(struct pen_tls_client *client);

/** When its files end; lives as long as the client, the file names as the options they came in. */
const struct pen_tls_date *pen_tls_client_dates(const struct pen_tls_client *client, size_t *count);

/**
 * Give a context this identity and exactly these trusted CAs. With them a certificate must name the
 * server in its subject alternative name (RFC 9525 section 6.3: its subject does not count), keys
 * and signatures are of security level 2 at least, and nothing is renegotiated.
 *
 * @param ssl_ctx  SSL_CTX *, as libcurl hands it out: one for each connection
 * Errors: PEN_ERR_NOMEM
 */
PEN_MUST_USE enum pen_status pen_tls_client_apply(const struct pen_tls_client *client,
                                                  void *ssl_ctx);

/** What the peer's fatal alert says. */
enum pen_tls_alert {
    PEN_TLS_ALERT_NONE, /* none came */
    PEN_TLS_ALERT_OTHER,
    PEN_TLS_ALERT_IDENTITY, /* it refuses our certificate, or misses one */
};

/** A context that outlives libcurl's use of it, to be asked for what the peer said. */
void *pen_tls_context_acquire(void *ssl_ctx);
/** NULL is fine. */
void pen_tls_context_release(void *ssl_ctx);
/** @param ssl_ctx  one that pen_tls_client_apply was given; NULL: none */
enum pen_tls_alert pen_tls_context_alert(const void *ssl_ctx);
/** What the server's certificate failed at (an X509_V_ERR_ number); 0: at nothing. Likewise. */
long pen_tls_context_verdict(const void *ssl_ctx);

/**
 * Did the peer end this session with close_notify? Without it an end may be an attacker's.
 *
 * @param ssl  SSL *, as libcurl hands it out; NULL: no
 */
bool pen_tls_said_goodbye(const void *ssl);

/** Does this session hold received bytes, whole record or not? As pen_tls_said_goodbye. */
bool pen_tls_has_more(const void *ssl);

/** What a certificate failed at (an X509_V_ERR_ number): "certificate has expired". Never NULL. */
const char *pen_tls_verify_text(long result);

#endif
