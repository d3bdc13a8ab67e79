/**
 * TLS towards upstreams: identity and trusted CAs, parsed once and put into each connection's
 * context.
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
/** The last reference frees; the key is wiped with the last connection that uses it. NULL is fine.
 */
void pen_tls_client_release(struct pen_tls_client *client);

/** When its files end; lives as long as the client, the file names as the options they came in. */
const struct pen_tls_date *pen_tls_client_dates(const struct pen_tls_client *client, size_t *count);

/**
 * Give a context this identity and exactly these trusted CAs.
 *
 * @param ssl_ctx  SSL_CTX *, as libcurl hands it out
 * Errors: PEN_ERR_NOMEM
 */
PEN_MUST_USE enum pen_status pen_tls_client_apply(const struct pen_tls_client *client,
                                                  void *ssl_ctx);

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
