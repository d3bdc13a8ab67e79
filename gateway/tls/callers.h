/**
 * How a listener proves callers' certificates, and for how long a remembered proof counts.
 *
 * A chain to one of the given authorities, for the use of a TLS client, not expired, not revoked,
 * and with a name that one of the rules admits. A resumed session is as good as the proof it
 * remembers: until the first certificate of the chain or the revocation lists end, a day at most.
 * Immutable; any thread.
 */
#ifndef PEN_GATEWAY_TLS_CALLERS_H
#define PEN_GATEWAY_TLS_CALLERS_H

#include <openssl/ssl.h>

#include "gateway/tls/server.h"

struct pen_tls_callers;

/**
 * Read what callers are proven with. `options` must outlive it.
 *
 * Ownership: for pen_tls_callers_destroy.
 * Errors:    PEN_ERR_IO, PEN_ERR_INVALID, PEN_ERR_LIMIT  a file does not do; `err` says which
 *            PEN_ERR_NOMEM
 */
PEN_MUST_USE enum pen_status pen_tls_callers_create(const struct pen_tls_server_options *options,
                                                    struct pen_tls_callers **out,
                                                    struct pen_error *err);
/** NULL is fine. */
void pen_tls_callers_destroy(struct pen_tls_callers *callers);

/** Make a context prove callers so. It must not be used when `callers` is gone. */
PEN_MUST_USE bool pen_tls_callers_attach(struct pen_tls_callers *callers, SSL_CTX *context);

/** Add everything that decides about a caller to a digest. */
PEN_MUST_USE bool pen_tls_callers_digest(const struct pen_tls_callers *callers, EVP_MD_CTX *digest);

/** When authorities and revocation lists end; Unix seconds, INT64_MAX = never. */
int64_t pen_tls_callers_ca_until(const struct pen_tls_callers *callers);
int64_t pen_tls_callers_crl_until(const struct pen_tls_callers *callers);

#endif
