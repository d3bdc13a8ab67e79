/**
 * Which certificate a listener shows: by the host that a caller names (SNI, RFC 6066 section 3).
 *
 * Each certificate serves the DNS names it has, exact ones before one-label wildcards; where
 * several have a name, the first of each kind of key (RSA, EC, ...) does, and OpenSSL chooses among
 * those by what the caller can verify. The first certificate is the default one; those without any
 * DNS name stand beside it. Immutable once built; any thread.
 */
#ifndef PEN_GATEWAY_TLS_HOSTS_H
#define PEN_GATEWAY_TLS_HOSTS_H

#include <openssl/ssl.h>

#include "filters/core/arena.h"
#include "gateway/tls/server.h"
#include "gateway/tls/staple.h"

struct pen_tls_hosts;

/**
 * Read certificates, keys and responses.
 *
 * Ownership: for pen_tls_hosts_destroy, before `arena` is gone.
 * Errors:    PEN_ERR_IO, PEN_ERR_INVALID, PEN_ERR_LIMIT  a file does not do; `err` says which
 *            PEN_ERR_NOMEM
 */
PEN_MUST_USE enum pen_status pen_tls_hosts_load(const struct pen_tls_certificate *certificates,
                                                size_t count, struct pen_arena *arena,
                                                struct pen_tls_hosts **out, struct pen_error *err);
/** NULL is fine. */
void pen_tls_hosts_destroy(struct pen_tls_hosts *hosts);

/** Add the names that are served to a digest. */
PEN_MUST_USE bool pen_tls_hosts_digest(const struct pen_tls_hosts *hosts, EVP_MD_CTX *digest);

/**
 * Make a context for each group of certificates that are shown together.
 *
 * @param prepare  gives a new context everything but certificates
 *
 * Errors: PEN_ERR_INVALID  a certificate that OpenSSL's security level refuses, or that would
 *                          never be shown
 *         PEN_ERR_NOMEM, and what `prepare` says
 */
PEN_MUST_USE enum pen_status pen_tls_hosts_build(struct pen_tls_hosts *hosts,
                                                 enum pen_status (*prepare)(void *data,
                                                                            SSL_CTX *context),
                                                 void *data, struct pen_error *err);

/** For who names no host, or one that is not served. */
SSL_CTX *pen_tls_hosts_default(const struct pen_tls_hosts *hosts);
/** By name, as the caller wrote it; NULL: not served. */
SSL_CTX *pen_tls_hosts_find(const struct pen_tls_hosts *hosts, struct pen_str name);
/** What goes with a certificate of one of the contexts; NULL: nothing. */
const struct pen_tls_staple *pen_tls_hosts_staple(const struct pen_tls_hosts *hosts,
                                                  const X509 *certificate);

/** When certificates and responses end; in `arena`. */
const struct pen_tls_date *pen_tls_hosts_dates(const struct pen_tls_hosts *hosts, size_t *count);

#endif
