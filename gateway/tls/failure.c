/** Two tables: OpenSSL's numbers and our codes. */
#include "gateway/tls/failure.h"

#include <openssl/err.h>
#include <openssl/ssl.h>

#include "filters/core/str.h"

struct code {
    long number;
    const char *text;
};

static const struct code verify_codes[] = {
    {X509_V_ERR_CERT_HAS_EXPIRED, "certificate.expired"},
    {X509_V_ERR_CERT_NOT_YET_VALID, "certificate.not_yet_valid"},
    {X509_V_ERR_CERT_REVOKED, "certificate.revoked"},
    {X509_V_ERR_CRL_HAS_EXPIRED, "certificate.crl_expired"},
    {X509_V_ERR_UNABLE_TO_GET_CRL, "certificate.crl_missing"},
    {X509_V_ERR_INVALID_PURPOSE, "certificate.purpose"},
    {X509_V_ERR_CERT_REJECTED, "certificate.name"}, /* as our own rules say it */
    {X509_V_ERR_EE_KEY_TOO_SMALL, "certificate.weak"},
    {X509_V_ERR_CA_KEY_TOO_SMALL, "certificate.weak"},
    {X509_V_ERR_CA_MD_TOO_WEAK, "certificate.weak"},
    {X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT, "certificate.unknown_ca"},
    {X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY, "certificate.unknown_ca"},
    {X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE, "certificate.unknown_ca"},
    {X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN, "certificate.unknown_ca"},
    {X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT, "certificate.unknown_ca"},
};

static const struct code reason_codes[] = {
    {SSL_R_PEER_DID_NOT_RETURN_A_CERTIFICATE, "certificate.missing"},
    {SSL_R_BAD_SIGNATURE, "certificate.signature"},
    {SSL_R_UNSUPPORTED_PROTOCOL, "tls.version"},
    {SSL_R_VERSION_TOO_LOW, "tls.version"},
    {SSL_R_INAPPROPRIATE_FALLBACK, "tls.version"},
    {SSL_R_NO_SHARED_CIPHER, "tls.cipher"},
    {SSL_R_NO_SHARED_SIGNATURE_ALGORITHMS, "tls.cipher"},
    {SSL_R_NO_SUITABLE_SIGNATURE_ALGORITHM, "tls.cipher"},
    {SSL_R_NO_SUITABLE_KEY_SHARE, "tls.cipher"},
    {SSL_R_CALLBACK_FAILED, "tls.host"}, /* of ours, only the one that chooses the host */
    {SSL_R_NO_APPLICATION_PROTOCOL, "tls.protocol"},
    {SSL_R_HTTP_REQUEST, "tls.not_tls"},
    {SSL_R_HTTPS_PROXY_REQUEST, "tls.not_tls"},
    {SSL_R_WRONG_VERSION_NUMBER, "tls.not_tls"},
    {SSL_R_BAD_RECORD_TYPE, "tls.not_tls"},
    {SSL_R_UNEXPECTED_EOF_WHILE_READING, "tls.closed"},
};

static const char *find(const struct code *codes, size_t count, long number, const char *otherwise)
{
    for (size_t i = 0; i < count; i++) {
        if (codes[i].number == number) return codes[i].text;
    }
    return otherwise;
}

const char *pen_tls_failure(const SSL *ssl)
{
    const long verified = SSL_get_verify_result(ssl);
    if (verified != X509_V_OK) {
        return find(verify_codes, PEN_COUNT_OF(verify_codes), verified, "certificate.invalid");
    }
    const unsigned long error = ERR_peek_error();
    if (error == 0) return "tls.closed";
    if (ERR_GET_LIB(error) != ERR_LIB_SSL) return "tls.failed";
    /* The numbers from here on are 1000 and the alert that came. */
    if (ERR_GET_REASON(error) >= SSL_AD_REASON_OFFSET) return "tls.alert";
    return find(reason_codes, PEN_COUNT_OF(reason_codes), ERR_GET_REASON(error), "tls.failed");
}
