/**
 * Certificates and keys from PEM files into an OpenSSL context, with a sentence when they do not
 * fit. Both directions use it: listeners and upstream identities. Read by us and parsed from
 * memory: one read of each file, no password prompt on the terminal, and the key's bytes are wiped.
 */
#ifndef PEN_GATEWAY_TLS_PEM_H
#define PEN_GATEWAY_TLS_PEM_H

#include "filters/core/str.h"

typedef struct ssl_ctx_st SSL_CTX;

/** OpenSSL's last complaint of this thread in words; never NULL. */
const char *pen_pem_reason(void);

/**
 * Use a certificate chain (leaf first) and its private key.
 *
 * Errors: PEN_ERR_IO       a file cannot be read; `err` names it
 *         PEN_ERR_INVALID  no certificate, no key (or an encrypted one), the key of another
 *                          certificate, or one that OpenSSL's security level refuses
 *         PEN_ERR_LIMIT, PEN_ERR_NOMEM
 */
PEN_MUST_USE enum pen_status pen_pem_use_identity(SSL_CTX *context, struct pen_str certificate,
                                                  struct pen_str key, struct pen_error *err);

/**
 * Trust the CA certificates in a file, and no others.
 *
 * @param whom  for the sentence: "callers", "this upstream"
 * Errors: PEN_ERR_INVALID (no certificate in it, or not readable), PEN_ERR_NOMEM
 */
PEN_MUST_USE enum pen_status pen_pem_trust(SSL_CTX *context, struct pen_str ca, const char *whom,
                                           struct pen_error *err);

#endif
