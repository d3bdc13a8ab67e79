/** OpenSSL's certificates, asked for what a signature of a text needs. */
#include "gateway/tls/signing.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "gateway/tls/pem.h"

#define PEM_MOST   ((size_t)64 << 10)
#define CHAIN_MOST 8
#define LEAST_BITS 2048
#define MOST_BITS  8192 /* a larger one costs milliseconds per message */
#define HOST_MOST  255

struct pen_signing_certificate {
    atomic_size_t references;
    EVP_PKEY *key;
    int64_t from_s;
    int64_t until_s;
};

static void free_bio(BIO **bio)
{
    (void)BIO_free(*bio);
}

static void free_chain(struct stack_st_X509 **chain)
{
    sk_X509_pop_free(*chain, X509_free);
}

static void free_store(X509_STORE **store)
{
    X509_STORE_free(*store);
}

static void free_context(X509_STORE_CTX **context)
{
    X509_STORE_CTX_free(*context);
}

static enum pen_status invalid(struct pen_error *err, const char *sentence)
{
    pen_error_set(err, "%s", sentence);
    ERR_clear_error();
    return PEN_ERR_INVALID;
}

static enum pen_status read_chain(struct pen_str pem, struct stack_st_X509 **out,
                                  struct pen_error *err)
{
    if (pem.len > PEM_MOST) return PEN_ERR_LIMIT;
    PEN_CLEANUP(free_bio) BIO *bio = BIO_new_mem_buf(pem.ptr, (int)pem.len);
    PEN_CLEANUP(free_chain) struct stack_st_X509 *chain = sk_X509_new_null();
    if (bio == NULL || chain == NULL) return PEN_ERR_NOMEM;
    for (;;) {
        X509 *const one = PEM_read_bio_X509(bio, NULL, NULL, NULL);
        if (one == NULL) break;
        if (sk_X509_num(chain) == CHAIN_MOST || sk_X509_push(chain, one) == 0) {
            X509_free(one);
            return PEN_ERR_LIMIT;
        }
    }
    const unsigned long error = ERR_peek_last_error();
    const bool whole =
        ERR_GET_LIB(error) == ERR_LIB_PEM && ERR_GET_REASON(error) == PEM_R_NO_START_LINE;
    ERR_clear_error();
    if (sk_X509_num(chain) == 0 || !whole) return invalid(err, "it is no certificate in PEM");
    *out = chain;
    chain = NULL;
    return PEN_OK;
}

static bool names_one(X509 *certificate, const struct pen_signing_rules *rules)
{
    for (size_t i = 0; i < rules->name_count; i++) {
        const struct pen_str name = rules->names[i];
        if (name.len == 0 || name.len > HOST_MOST) continue;
        if (X509_check_host(certificate, name.ptr, name.len, X509_CHECK_FLAG_NO_WILDCARDS, NULL)
            == 1) {
            return true;
        }
    }
    return false;
}

static enum pen_status fill_store(X509_STORE *store, struct pen_str ca, struct pen_error *err)
{
    if (ca.len == 0) {
        return X509_STORE_set_default_paths(store) == 1 ? PEN_OK : PEN_ERR_NOMEM;
    }
    PEN_CLEANUP(free_chain) struct stack_st_X509 *authorities = NULL;
    PEN_TRY(pen_pem_authorities_read(ca, "the sender", &authorities, err));
    for (int i = 0; i < sk_X509_num(authorities); i++) {
        if (X509_STORE_add_cert(store, sk_X509_value(authorities, i)) != 1) return PEN_ERR_NOMEM;
    }
    return PEN_OK;
}

static enum pen_status check_chain(struct stack_st_X509 *chain, struct pen_str ca, int64_t now_s,
                                   struct pen_error *err)
{
    PEN_CLEANUP(free_store) X509_STORE *store = X509_STORE_new();
    PEN_CLEANUP(free_context) X509_STORE_CTX *context = X509_STORE_CTX_new();
    if (store == NULL || context == NULL) return PEN_ERR_NOMEM;
    PEN_TRY(fill_store(store, ca, err));
    if (X509_STORE_CTX_init(context, store, sk_X509_value(chain, 0), chain) != 1) {
        return PEN_ERR_NOMEM;
    }
    X509_STORE_CTX_set_time(context, 0, (time_t)now_s);
    const bool good = X509_verify_cert(context) == 1;
    const int error = X509_STORE_CTX_get_error(context);
    ERR_clear_error();
    if (good) return PEN_OK;
    /* Published alone, nobody can say more than where it was fetched. */
    if (sk_X509_num(chain) == 1 && error == X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY) {
        return PEN_OK;
    }
    return invalid(err, X509_verify_cert_error_string(error));
}

static enum pen_status check_rules(struct stack_st_X509 *chain,
                                   const struct pen_signing_rules *rules, int64_t now_s,
                                   struct pen_error *err)
{
    X509 *const certificate = sk_X509_value(chain, 0);
    if (pen_pem_time(X509_get0_notBefore(certificate)) > now_s
        || pen_pem_time(X509_get0_notAfter(certificate)) <= now_s) {
        return invalid(err, "the certificate is not valid now");
    }
    const EVP_PKEY *const key = X509_get0_pubkey(certificate);
    if (key == NULL || EVP_PKEY_get_base_id(key) != EVP_PKEY_RSA
        || EVP_PKEY_get_bits(key) < LEAST_BITS || EVP_PKEY_get_bits(key) > MOST_BITS) {
        return invalid(err, "its key is not RSA of 2048 to 8192 bits");
    }
    if (rules->pinned) return PEN_OK;
    if (!names_one(certificate, rules)) return invalid(err, "it names somebody else");
    return check_chain(chain, rules->ca, now_s, err);
}

enum pen_status pen_signing_certificate_read(struct pen_str pem,
                                             const struct pen_signing_rules *rules, int64_t now_s,
                                             struct pen_signing_certificate **out,
                                             struct pen_error *err)
{
    pen_error_set(err, "not enough memory, or too large");
    ERR_clear_error();
    PEN_CLEANUP(free_chain) struct stack_st_X509 *chain = NULL;
    PEN_TRY(read_chain(pem, &chain, err));
    PEN_TRY(check_rules(chain, rules, now_s, err));

    struct pen_signing_certificate *const certificate = calloc(1, sizeof(*certificate));
    if (certificate == NULL) return PEN_ERR_NOMEM;
    atomic_init(&certificate->references, 1);
    certificate->key = X509_get_pubkey(sk_X509_value(chain, 0));
    certificate->from_s = pen_pem_time(X509_get0_notBefore(sk_X509_value(chain, 0)));
    certificate->until_s = pen_pem_time(X509_get0_notAfter(sk_X509_value(chain, 0)));
    if (certificate->key == NULL) {
        free(certificate);
        return PEN_ERR_NOMEM;
    }
    *out = certificate;
    return PEN_OK;
}

struct pen_signing_certificate *pen_signing_certificate_acquire(
    struct pen_signing_certificate *certificate)
{
    atomic_fetch_add_explicit(&certificate->references, 1, memory_order_relaxed);
    return certificate;
}

void pen_signing_certificate_release(struct pen_signing_certificate *certificate)
{
    if (certificate == NULL) return;
    if (atomic_fetch_sub_explicit(&certificate->references, 1, memory_order_acq_rel) != 1) return;

    EVP_PKEY_free(certificate->key);
    free(certificate);
}

enum pen_status pen_signing_certificate_check(const struct pen_signing_certificate *certificate,
                                              bool sha1, struct pen_str text,
                                              struct pen_str signature, int64_t now_s)
{
    if (now_s < certificate->from_s || now_s >= certificate->until_s) return PEN_ERR_INVALID;
    if (signature.len != (size_t)EVP_PKEY_get_size(certificate->key)) return PEN_ERR_INVALID;

    EVP_MD_CTX *const context = EVP_MD_CTX_new();
    if (context == NULL) return PEN_ERR_INTERNAL;
    const bool ready = EVP_DigestVerifyInit(context, NULL, sha1 ? EVP_sha1() : EVP_sha256(), NULL,
                                            certificate->key)
                       == 1;
    const bool good = ready
                      && EVP_DigestVerify(context, (const unsigned char *)signature.ptr,
                                          signature.len, (const unsigned char *)text.ptr, text.len)
                             == 1;
    EVP_MD_CTX_free(context);
    ERR_clear_error();
    if (!ready) return PEN_ERR_INTERNAL;
    return good ? PEN_OK : PEN_ERR_INVALID;
}
