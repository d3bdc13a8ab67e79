/**
 * A stapled OCSP response (RFC 6066 section 8): an authority's word that a certificate is good.
 *
 * Read from a file that another program keeps fresh; the gateway asks nobody. What is stapled must
 * be a good answer about this very certificate, signed by its issuer when the chain has that one;
 * past its end it is left away. Immutable; any thread.
 */
#ifndef PEN_GATEWAY_TLS_STAPLE_H
#define PEN_GATEWAY_TLS_STAPLE_H

#include "gateway/tls/pem.h"

struct pen_tls_staple {
    unsigned char *der; /* heap; NULL = none */
    size_t size;
    int64_t until_s; /* Unix seconds: not to be shown from then on */
};

/**
 * Read a response in DER form.
 *
 * Ownership: for pen_tls_staple_deinit, which is also right for a zeroed struct.
 * Errors:    PEN_ERR_INVALID  no response, not successful, about another certificate, saying
 *                             anything but "good", without an end, or not signed by the issuer
 *            PEN_ERR_IO, PEN_ERR_LIMIT, PEN_ERR_NOMEM
 */
PEN_MUST_USE enum pen_status pen_tls_staple_read(struct pen_str file,
                                                 const struct pen_pem_identity *identity,
                                                 struct pen_tls_staple *out, struct pen_error *err);
void pen_tls_staple_deinit(struct pen_tls_staple *staple);

/** Give it to a caller who asked, if it still counts. False: nothing was given. */
bool pen_tls_staple_give(const struct pen_tls_staple *staple, SSL *ssl);

#endif
