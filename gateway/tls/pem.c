/**
 * One reader for what TLS is configured with; OpenSSL parses, we say what it stumbled over.
 */
#include "gateway/tls/pem.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <time.h>

#include "gateway/file.h"

#define FILE_BYTES ((size_t)4 << 20) /* all public CAs are 256 KiB; lists may be larger */

static int no_password(char *into, int size, int writing, void *data)
{
    (void)into;
    (void)size;
    (void)writing;
    (void)data;
    return -1; /* an encrypted key is an error, not a question */
}

static void free_bio(BIO **bio)
{
    (void)BIO_free(*bio);
}

static void free_certificates(struct stack_st_X509 **certificates)
{
    sk_X509_pop_free(*certificates, X509_free);
}

static void free_lists(struct stack_st_X509_CRL **lists)
{
    sk_X509_CRL_pop_free(*lists, X509_CRL_free);
}

static enum pen_status open_pem(struct pen_str path, struct pen_str *contents, BIO **bio,
                                struct pen_error *err)
{
    ERR_clear_error();
    PEN_TRY(pen_file_read(path, FILE_BYTES, contents, err));
    *bio = BIO_new_mem_buf(contents->ptr, (int)contents->len);
    return *bio != NULL ? PEN_OK : PEN_ERR_NOMEM;
}

/* PEM_read_bio_... found nothing more: was that the end, or something broken? */
static bool at_end_of_pem(void)
{
    const unsigned long error = ERR_peek_last_error();
    const bool end =
        ERR_GET_LIB(error) == ERR_LIB_PEM && ERR_GET_REASON(error) == PEM_R_NO_START_LINE;
    if (end) ERR_clear_error();
    return end;
}

/* Every certificate of a file, and whether something broken stood behind them. */
static enum pen_status read_certificates(struct pen_str path, struct stack_st_X509 **out,
                                         bool *whole, struct pen_error *err)
{
    PEN_CLEANUP(pen_file_wipe) struct pen_str contents = {.ptr = NULL};
    PEN_CLEANUP(free_bio) BIO *bio = NULL;
    PEN_TRY(open_pem(path, &contents, &bio, err));

    PEN_CLEANUP(free_certificates) struct stack_st_X509 *certificates = sk_X509_new_null();
    if (certificates == NULL) return PEN_ERR_NOMEM;
    for (;;) {
        X509 *const one = PEM_read_bio_X509(bio, NULL, no_password, NULL);
        if (one == NULL) break;
        if (sk_X509_push(certificates, one) == 0) {
            X509_free(one);
            return PEN_ERR_NOMEM;
        }
    }
    *whole = at_end_of_pem();
    *out = certificates;
    certificates = NULL;
    return PEN_OK;
}

static enum pen_status read_chain(struct pen_str path, struct pen_pem_identity *identity,
                                  struct pen_error *err)
{
    bool whole = false;
    PEN_TRY(read_certificates(path, &identity->issuers, &whole, err));
    identity->until_s = pen_pem_until(identity->issuers);
    identity->certificate = sk_X509_shift(identity->issuers);
    if (identity->certificate == NULL) {
        pen_error_set(err, "'%.*s': no certificate in PEM form", PEN_STR_ARGS(path));
        return PEN_ERR_INVALID;
    }
    if (whole) return PEN_OK;

    pen_error_set(err, "'%.*s': a certificate of the chain is broken: %s", PEN_STR_ARGS(path),
                  pen_pem_reason());
    return PEN_ERR_INVALID;
}

static enum pen_status read_key(struct pen_str certificate, struct pen_str path,
                                struct pen_pem_identity *identity, struct pen_error *err)
{
    PEN_CLEANUP(pen_file_wipe) struct pen_str contents = {.ptr = NULL};
    PEN_CLEANUP(free_bio) BIO *bio = NULL;
    PEN_TRY(open_pem(path, &contents, &bio, err));

    identity->key = PEM_read_bio_PrivateKey(bio, NULL, no_password, NULL);
    if (identity->key == NULL) {
        pen_error_set(err, "'%.*s': no private key in PEM form, or an encrypted one",
                      PEN_STR_ARGS(path));
        return PEN_ERR_INVALID;
    }
    if (X509_check_private_key(identity->certificate, identity->key) != 1) {
        pen_error_set(err, "'%.*s' is not the key of '%.*s': %s", PEN_STR_ARGS(path),
                      PEN_STR_ARGS(certificate), pen_pem_reason());
        return PEN_ERR_INVALID;
    }
    return PEN_OK;
}

const char *pen_pem_reason(void)
{
    const char *const reason = ERR_reason_error_string(ERR_peek_last_error());
    return reason != NULL ? reason : "no reason given";
}

enum pen_status pen_pem_identity_read(struct pen_str certificate, struct pen_str key,
                                      struct pen_pem_identity *out, struct pen_error *err)
{
    struct pen_pem_identity identity = {.certificate = NULL};
    enum pen_status status = read_chain(certificate, &identity, err);
    if (status == PEN_OK) status = read_key(certificate, key, &identity, err);
    ERR_clear_error();
    if (status != PEN_OK) {
        pen_pem_identity_deinit(&identity);
        return status;
    }
    *out = identity;
    return PEN_OK;
}

void pen_pem_identity_deinit(struct pen_pem_identity *identity)
{
    X509_free(identity->certificate);
    sk_X509_pop_free(identity->issuers, X509_free);
    EVP_PKEY_free(identity->key);
    *identity = (struct pen_pem_identity){.certificate = NULL};
}

enum pen_status pen_pem_identity_use(SSL_CTX *context, const struct pen_pem_identity *identity,
                                     struct pen_str file, struct pen_error *err)
{
    ERR_clear_error();
    if (SSL_CTX_use_cert_and_key(context, identity->certificate, identity->key, identity->issuers,
                                 0)
        == 1) {
        return PEN_OK;
    }
    pen_error_set(err, "'%.*s': certificate not usable: %s", PEN_STR_ARGS(file), pen_pem_reason());
    ERR_clear_error();
    return PEN_ERR_INVALID;
}

enum pen_status pen_pem_authorities_read(struct pen_str file, const char *whom,
                                         struct stack_st_X509 **out, struct pen_error *err)
{
    PEN_CLEANUP(free_certificates) struct stack_st_X509 *certificates = NULL;
    bool whole = false;
    PEN_TRY(read_certificates(file, &certificates, &whole, err));
    ERR_clear_error();
    const bool none = sk_X509_num(certificates) == 0;
    if (none || !whole) {
        pen_error_set(err, "'%.*s': %s in PEM form to check %s with", PEN_STR_ARGS(file),
                      none ? "no CA certificate" : "a broken CA certificate", whom);
        return PEN_ERR_INVALID;
    }
    /* OpenSSL takes a certificate apart when it first looks at it: here, by one thread, and not
     * when several workers prove their first peers with it. */
    for (int i = 0; i < sk_X509_num(certificates); i++) {
        (void)X509_check_purpose(sk_X509_value(certificates, i), -1, 0);
    }
    ERR_clear_error();
    *out = certificates;
    certificates = NULL;
    return PEN_OK;
}

enum pen_status pen_pem_revoked_read(struct pen_str file, struct stack_st_X509_CRL **out,
                                     struct pen_error *err)
{
    PEN_CLEANUP(pen_file_wipe) struct pen_str contents = {.ptr = NULL};
    PEN_CLEANUP(free_bio) BIO *bio = NULL;
    PEN_TRY(open_pem(file, &contents, &bio, err));

    PEN_CLEANUP(free_lists) struct stack_st_X509_CRL *lists = sk_X509_CRL_new_null();
    if (lists == NULL) return PEN_ERR_NOMEM;
    for (;;) {
        X509_CRL *const one = PEM_read_bio_X509_CRL(bio, NULL, no_password, NULL);
        if (one == NULL) break;
        if (sk_X509_CRL_push(lists, one) == 0) {
            X509_CRL_free(one);
            return PEN_ERR_NOMEM;
        }
    }
    const bool whole = at_end_of_pem();
    const bool none = sk_X509_CRL_num(lists) == 0;
    ERR_clear_error();
    if (none || !whole) {
        pen_error_set(err, "'%.*s': %s in PEM form", PEN_STR_ARGS(file),
                      none ? "no revocation list" : "a broken revocation list");
        return PEN_ERR_INVALID;
    }
    *out = lists;
    lists = NULL;
    return PEN_OK;
}

int64_t pen_pem_time(const ASN1_TIME *time)
{
    struct tm utc;
    return time != NULL && ASN1_TIME_to_tm(time, &utc) == 1 ? (int64_t)timegm(&utc) : 0;
}

int64_t pen_pem_until(const struct stack_st_X509 *certificates)
{
    int64_t until_s = INT64_MAX;
    for (int i = 0; i < sk_X509_num(certificates); i++) {
        const int64_t end_s = pen_pem_time(X509_get0_notAfter(sk_X509_value(certificates, i)));
        if (end_s < until_s) until_s = end_s;
    }
    return until_s;
}
