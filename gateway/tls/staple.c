/** RFC 6960 by OpenSSL's reader; what must hold of a response stands in judge(). */
#include "gateway/tls/staple.h"

#include <openssl/err.h>
#include <openssl/ocsp.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/clock.h"
#include "gateway/file.h"

#define FILE_BYTES ((size_t)64 << 10) /* a kilobyte or two with the responder's certificate */
#define SKEW_S     300                /* clocks of authorities and of this machine */

static void free_response(OCSP_RESPONSE **response)
{
    OCSP_RESPONSE_free(*response);
}

static void free_basic(OCSP_BASICRESP **basic)
{
    OCSP_BASICRESP_free(*basic);
}

static void free_store(X509_STORE **store)
{
    X509_STORE_free(*store);
}

static X509 *issuer_of(const struct pen_pem_identity *identity)
{
    for (int i = 0; i < sk_X509_num(identity->issuers); i++) {
        X509 *const issuer = sk_X509_value(identity->issuers, i);
        if (X509_check_issued(issuer, identity->certificate) == X509_V_OK) return issuer;
    }
    return NULL;
}

static bool is_hash(const ASN1_OCTET_STRING *text, const unsigned char *hash, unsigned int size)
{
    return ASN1_STRING_length(text) == (int)size
           && memcmp(ASN1_STRING_get0_data(text), hash, size) == 0;
}

/* RFC 6960 section 4.1.1: a certificate by its serial and the hashes of its issuer. */
static bool is_about(const OCSP_SINGLERESP *single, const X509 *certificate, const X509 *issuer)
{
    ASN1_OCTET_STRING *name = NULL;
    ASN1_OCTET_STRING *key = NULL;
    ASN1_OBJECT *algorithm = NULL;
    ASN1_INTEGER *serial = NULL;
    OCSP_CERTID *const id = (OCSP_CERTID *)(uintptr_t)OCSP_SINGLERESP_get0_id(single);
    if (OCSP_id_get0_info(&name, &algorithm, &key, &serial, id) != 1) return false;

    const EVP_MD *const digest = EVP_get_digestbyobj(algorithm);
    unsigned char hash[EVP_MAX_MD_SIZE];
    unsigned int size = 0;
    if (digest == NULL || ASN1_INTEGER_cmp(serial, X509_get0_serialNumber(certificate)) != 0
        || X509_NAME_digest(X509_get_issuer_name(certificate), digest, hash, &size) != 1
        || !is_hash(name, hash, size)) {
        return false;
    }
    return issuer == NULL
           || (X509_pubkey_digest(issuer, digest, hash, &size) == 1 && is_hash(key, hash, size));
}

static OCSP_SINGLERESP *find_single(OCSP_BASICRESP *basic, const X509 *certificate,
                                    const X509 *issuer)
{
    for (int i = 0; i < OCSP_resp_count(basic); i++) {
        OCSP_SINGLERESP *const single = OCSP_resp_get0(basic, i);
        if (is_about(single, certificate, issuer)) return single;
    }
    return NULL;
}

/* By the issuer, or by whom it has named for this: OCSP_basic_verify knows both. An old response's
 * responder may have ended too; our own look at the times decides. */
static bool is_signed_for(OCSP_BASICRESP *basic, const struct pen_pem_identity *identity,
                          X509 *issuer)
{
    if (issuer == NULL) return true;

    PEN_CLEANUP(free_store) X509_STORE *store = X509_STORE_new();
    return store != NULL && X509_STORE_add_cert(store, issuer) == 1
           && X509_STORE_set_flags(store, X509_V_FLAG_PARTIAL_CHAIN | X509_V_FLAG_NO_CHECK_TIME)
                  == 1
           && OCSP_basic_verify(basic, identity->issuers, store, 0) == 1;
}

/* NULL, or what speaks against stapling it, as the end of a sentence. */
static const char *judge(OCSP_RESPONSE *response, const struct pen_pem_identity *identity,
                         int64_t *until_s)
{
    if (response == NULL) return "no OCSP response in DER form";
    if (OCSP_response_status(response) != OCSP_RESPONSE_STATUS_SUCCESSFUL) {
        return "the responder had no answer (its status is not \"successful\")";
    }
    PEN_CLEANUP(free_basic) OCSP_BASICRESP *basic = OCSP_response_get1_basic(response);
    if (basic == NULL) return "no basic OCSP response";

    X509 *const issuer = issuer_of(identity);
    OCSP_SINGLERESP *const single = find_single(basic, identity->certificate, issuer);
    if (single == NULL) return "an OCSP response about another certificate";

    ASN1_GENERALIZEDTIME *from = NULL;
    ASN1_GENERALIZEDTIME *until = NULL;
    int reason = 0;
    switch (OCSP_single_get0_status(single, &reason, NULL, &from, &until)) {
    case V_OCSP_CERTSTATUS_GOOD:
        break;
    case V_OCSP_CERTSTATUS_REVOKED:
        return "the authority says that the certificate is revoked";
    default:
        return "the authority does not know the certificate";
    }
    if (until == NULL) return "an OCSP response without an end (nextUpdate)";
    if (pen_pem_time(from) > pen_clock_unix_s() + SKEW_S) {
        return "an OCSP response that begins in the future";
    }
    if (!is_signed_for(basic, identity, issuer)) {
        return "an OCSP response not signed by the certificate's issuer";
    }
    *until_s = pen_pem_time(until);
    return NULL;
}

enum pen_status pen_tls_staple_read(struct pen_str file, const struct pen_pem_identity *identity,
                                    struct pen_tls_staple *out, struct pen_error *err)
{
    PEN_CLEANUP(pen_file_wipe) struct pen_str der = {.ptr = NULL};
    PEN_TRY(pen_file_read(file, FILE_BYTES, &der, err));

    const unsigned char *at = (const unsigned char *)der.ptr;
    PEN_CLEANUP(free_response)
    OCSP_RESPONSE *response = d2i_OCSP_RESPONSE(NULL, &at, (long)der.len);
    int64_t until_s = 0;
    const char *problem = judge(response, identity, &until_s);
    /* Bytes behind it would be stapled too, and no caller could read that. */
    if (problem == NULL && at != (const unsigned char *)der.ptr + der.len) {
        problem = "more than one OCSP response, or something behind it";
    }
    ERR_clear_error();
    if (problem != NULL) {
        pen_error_set(err, "'%.*s': %s", PEN_STR_ARGS(file), problem);
        return PEN_ERR_INVALID;
    }
    unsigned char *const copy = malloc(der.len);
    if (copy == NULL) return PEN_ERR_NOMEM;

    memcpy(copy, der.ptr, der.len);
    *out = (struct pen_tls_staple){copy, der.len, until_s};
    return PEN_OK;
}

void pen_tls_staple_deinit(struct pen_tls_staple *staple)
{
    free(staple->der);
    *staple = (struct pen_tls_staple){.der = NULL};
}

bool pen_tls_staple_give(const struct pen_tls_staple *staple, SSL *ssl)
{
    if (staple->der == NULL || pen_clock_unix_s() >= staple->until_s) return false;

    unsigned char *const copy = OPENSSL_memdup(staple->der, staple->size);
    if (copy == NULL) return false;
    if (SSL_set_tlsext_status_ocsp_resp(ssl, copy, (long)staple->size) == 1) return true;

    OPENSSL_free(copy);
    return false;
}
