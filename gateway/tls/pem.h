/**
 * Certificates, keys and revocation lists from PEM files, with a sentence when they do not fit.
 *
 * Both directions use it: listeners and upstream identities. Read by us and parsed from memory: one
 * read of each file, no password prompt on the terminal, and the key's bytes are wiped.
 */
#ifndef PEN_GATEWAY_TLS_PEM_H
#define PEN_GATEWAY_TLS_PEM_H

#include <openssl/ssl.h>

#include "filters/core/str.h"
#include "gateway/tls/dates.h"

/** OpenSSL's last complaint of this thread in words; never NULL. */
const char *pen_pem_reason(void);

/** Who we are: a certificate, those that lead to its authority, and its private key. */
struct pen_pem_identity {
    X509 *certificate;
    struct stack_st_X509 *issuers; /* in the file's order, behind the certificate; may be empty */
    EVP_PKEY *key;
    int64_t until_s; /* Unix seconds: the earliest end of them all */
};

/**
 * Read a certificate chain (leaf first) and its private key.
 *
 * Ownership: for pen_pem_identity_deinit, which is also right for a zeroed struct.
 * Errors: PEN_ERR_IO       a file cannot be read; `err` names it
 *         PEN_ERR_INVALID  no certificate, no key (or an encrypted one), the key of another
 *                          certificate
 *         PEN_ERR_LIMIT, PEN_ERR_NOMEM
 */
PEN_MUST_USE enum pen_status pen_pem_identity_read(struct pen_str certificate, struct pen_str key,
                                                   struct pen_pem_identity *out,
                                                   struct pen_error *err);
void pen_pem_identity_deinit(struct pen_pem_identity *identity);

/**
 * Prove ourselves with an identity; it may be freed afterwards. A context has room for one of each
 * kind of key.
 *
 * Errors: PEN_ERR_INVALID  OpenSSL's security level refuses it
 */
PEN_MUST_USE enum pen_status pen_pem_identity_use(SSL_CTX *context,
                                                  const struct pen_pem_identity *identity,
                                                  struct pen_str file, struct pen_error *err);

/**
 * Read the certificates of a file: at least one.
 *
 * @param whom  whom they are to prove, for the sentence: "callers", "this upstream"
 *
 * Ownership: for sk_X509_pop_free.
 * Errors:    PEN_ERR_IO, PEN_ERR_LIMIT, PEN_ERR_NOMEM, PEN_ERR_INVALID (none, or a broken one)
 */
PEN_MUST_USE enum pen_status pen_pem_authorities_read(struct pen_str file, const char *whom,
                                                      struct stack_st_X509 **out,
                                                      struct pen_error *err);

/** The same for revocation lists. Ownership: for sk_X509_CRL_pop_free. */
PEN_MUST_USE enum pen_status pen_pem_revoked_read(struct pen_str file,
                                                  struct stack_st_X509_CRL **out,
                                                  struct pen_error *err);

/** Unix seconds of a certificate's or list's time; 0 when it is none. */
int64_t pen_pem_time(const ASN1_TIME *time);

/** The earliest end of some certificates; INT64_MAX without any. */
int64_t pen_pem_until(const struct stack_st_X509 *certificates);

#endif
