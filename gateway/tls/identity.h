/**
 * Who a caller is by its certificate: the names that the certificate proves, and its fingerprint.
 *
 * Taken from a certificate that the handshake has proven, once per connection; a session that is
 * resumed carries it along. Immutable; freed by its one owner.
 */
#ifndef PEN_GATEWAY_TLS_IDENTITY_H
#define PEN_GATEWAY_TLS_IDENTITY_H

#include "gateway/tls/names.h"

typedef struct ssl_st SSL;
typedef struct x509_st X509;

#define PEN_TLS_FINGERPRINT_BYTES 32

struct pen_tls_identity {
    const struct pen_tls_name *names; /* sound ones, in the certificate's order */
    size_t name_count;
    unsigned char fingerprint[PEN_TLS_FINGERPRINT_BYTES]; /* SHA-256 of the DER certificate */
};

/**
 * The peer's identity after a handshake; NULL when it showed no certificate.
 *
 * Names beyond the first 64 or 8 KiB are left out: each connection holds its own.
 *
 * Ownership: for pen_tls_identity_destroy.
 * Errors:    PEN_ERR_NOMEM, PEN_ERR_INTERNAL
 */
PEN_MUST_USE enum pen_status pen_tls_identity_of_peer(const SSL *ssl,
                                                      struct pen_tls_identity **out);

/** The same of a certificate. */
PEN_MUST_USE enum pen_status pen_tls_identity_of(const X509 *certificate,
                                                 struct pen_tls_identity **out);

/** NULL is fine. */
void pen_tls_identity_destroy(struct pen_tls_identity *identity);

/** The first name that one of the rules admits, or NULL. `identity` may be NULL. */
const struct pen_tls_name *pen_tls_identity_find(const struct pen_tls_identity *identity,
                                                 const struct pen_tls_name *rules, size_t count);

#endif
