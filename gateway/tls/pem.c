/**
 * One reader for the three things that TLS is configured with; OpenSSL parses, we say what it
 * stumbled over.
 */
#include "gateway/tls/pem.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>

#include "gateway/file.h"

#define FILE_BYTES (1024 * 1024) /* a bundle of all public CAs is a quarter of it */

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

static void free_x509(X509 **certificate)
{
    X509_free(*certificate);
}

static void free_key(EVP_PKEY **key)
{
    EVP_PKEY_free(*key);
}

static enum pen_status open_pem(struct pen_str path, struct pen_str *contents, BIO **bio,
                                struct pen_error *err)
{
    PEN_TRY(pen_file_read(path, FILE_BYTES, contents, err));
    *bio = BIO_new_mem_buf(contents->ptr, (int)contents->len);
    return *bio != NULL ? PEN_OK : PEN_ERR_NOMEM;
}

/* PEM_read_bio_X509 found nothing more: was that the end, or something broken? */
static bool at_end_of_pem(void)
{
    const unsigned long error = ERR_peek_last_error();
    const bool end =
        ERR_GET_LIB(error) == ERR_LIB_PEM && ERR_GET_REASON(error) == PEM_R_NO_START_LINE;
    if (end) ERR_clear_error();
    return end;
}

static enum pen_status use_chain(SSL_CTX *context, struct pen_str path, struct pen_error *err)
{
    PEN_CLEANUP(pen_file_wipe) struct pen_str contents = {.ptr = NULL};
    PEN_CLEANUP(free_bio) BIO *bio = NULL;
    PEN_TRY(open_pem(path, &contents, &bio, err));

    PEN_CLEANUP(free_x509) X509 *leaf = PEM_read_bio_X509(bio, NULL, no_password, NULL);
    if (leaf == NULL) {
        pen_error_set(err, "'%.*s': no certificate in PEM form", PEN_STR_ARGS(path));
        return PEN_ERR_INVALID;
    }
    if (SSL_CTX_use_certificate(context, leaf) != 1) {
        pen_error_set(err, "'%.*s': certificate not usable: %s", PEN_STR_ARGS(path),
                      pen_pem_reason());
        return PEN_ERR_INVALID;
    }
    for (;;) {
        X509 *const issuer = PEM_read_bio_X509(bio, NULL, no_password, NULL);
        if (issuer == NULL) break;
        if (SSL_CTX_add0_chain_cert(context, issuer) != 1) {
            X509_free(issuer);
            pen_error_set(err, "'%.*s': chain not usable: %s", PEN_STR_ARGS(path),
                          pen_pem_reason());
            return PEN_ERR_INVALID;
        }
    }
    if (at_end_of_pem()) return PEN_OK;

    pen_error_set(err, "'%.*s': a certificate of the chain is broken: %s", PEN_STR_ARGS(path),
                  pen_pem_reason());
    return PEN_ERR_INVALID;
}

static enum pen_status use_key(SSL_CTX *context, struct pen_str certificate, struct pen_str path,
                               struct pen_error *err)
{
    PEN_CLEANUP(pen_file_wipe) struct pen_str contents = {.ptr = NULL};
    PEN_CLEANUP(free_bio) BIO *bio = NULL;
    PEN_TRY(open_pem(path, &contents, &bio, err));

    PEN_CLEANUP(free_key) EVP_PKEY *key = PEM_read_bio_PrivateKey(bio, NULL, no_password, NULL);
    if (key == NULL) {
        pen_error_set(err, "'%.*s': no private key in PEM form, or an encrypted one",
                      PEN_STR_ARGS(path));
        return PEN_ERR_INVALID;
    }
    /* Also compares the key with the certificate when both are of one type. */
    if (SSL_CTX_use_PrivateKey(context, key) != 1 || SSL_CTX_check_private_key(context) != 1) {
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

enum pen_status pen_pem_use_identity(SSL_CTX *context, struct pen_str certificate,
                                     struct pen_str key, struct pen_error *err)
{
    ERR_clear_error();
    enum pen_status status = use_chain(context, certificate, err);
    if (status == PEN_OK) status = use_key(context, certificate, key, err);
    ERR_clear_error();
    return status;
}

enum pen_status pen_pem_trust(SSL_CTX *context, struct pen_str ca, const char *whom,
                              struct pen_error *err)
{
    PEN_CLEANUP(pen_file_wipe) struct pen_str contents = {.ptr = NULL};
    PEN_CLEANUP(free_bio) BIO *bio = NULL;
    ERR_clear_error();
    PEN_TRY(open_pem(ca, &contents, &bio, err));

    X509_STORE *const store = SSL_CTX_get_cert_store(context);
    size_t count = 0;
    for (;; count++) {
        PEN_CLEANUP(free_x509) X509 *certificate = PEM_read_bio_X509(bio, NULL, no_password, NULL);
        if (certificate == NULL) break;
        if (X509_STORE_add_cert(store, certificate) != 1) return PEN_ERR_NOMEM;
    }
    if (count > 0 && at_end_of_pem()) return PEN_OK;

    pen_error_set(err, "'%.*s': %s in PEM form to check %s with", PEN_STR_ARGS(ca),
                  count == 0 ? "no CA certificate" : "a broken CA certificate", whom);
    ERR_clear_error();
    return PEN_ERR_INVALID;
}
