/** Tables: OpenSSL's numbers and our codes. */
#include "gateway/tls/failure.h"

#include <openssl/err.h>
#include <openssl/ssl.h>

#include "filters/core/str.h"

static const struct {
    long result;
    enum pen_tls_fault fault;
} faults[] = {
    {X509_V_ERR_CERT_HAS_EXPIRED, PEN_TLS_FAULT_EXPIRED},
    {X509_V_ERR_CERT_NOT_YET_VALID, PEN_TLS_FAULT_NOT_YET_VALID},
    {X509_V_ERR_HOSTNAME_MISMATCH, PEN_TLS_FAULT_NAME},
    {X509_V_ERR_IP_ADDRESS_MISMATCH, PEN_TLS_FAULT_NAME},
    {X509_V_ERR_CERT_REJECTED, PEN_TLS_FAULT_NAME}, /* as our own rules say it */
    {X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT, PEN_TLS_FAULT_UNKNOWN_CA},
    {X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY, PEN_TLS_FAULT_UNKNOWN_CA},
    {X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE, PEN_TLS_FAULT_UNKNOWN_CA},
    {X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN, PEN_TLS_FAULT_UNKNOWN_CA},
    {X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT, PEN_TLS_FAULT_UNKNOWN_CA},
    {X509_V_ERR_CERT_REVOKED, PEN_TLS_FAULT_REVOKED},
    {X509_V_ERR_UNABLE_TO_GET_CRL, PEN_TLS_FAULT_CRL_MISSING},
    {X509_V_ERR_UNABLE_TO_GET_CRL_ISSUER, PEN_TLS_FAULT_CRL_MISSING},
    {X509_V_ERR_CRL_SIGNATURE_FAILURE, PEN_TLS_FAULT_CRL_MISSING},
    {X509_V_ERR_CRL_HAS_EXPIRED, PEN_TLS_FAULT_CRL_EXPIRED},
    {X509_V_ERR_CRL_NOT_YET_VALID, PEN_TLS_FAULT_CRL_EXPIRED},
    {X509_V_ERR_EE_KEY_TOO_SMALL, PEN_TLS_FAULT_WEAK},
    {X509_V_ERR_CA_KEY_TOO_SMALL, PEN_TLS_FAULT_WEAK},
    {X509_V_ERR_CA_MD_TOO_WEAK, PEN_TLS_FAULT_WEAK},
    {X509_V_ERR_INVALID_PURPOSE, PEN_TLS_FAULT_PURPOSE},
    {X509_V_ERR_INVALID_CA, PEN_TLS_FAULT_AUTHORITY},
    {X509_V_ERR_KEYUSAGE_NO_CERTSIGN, PEN_TLS_FAULT_AUTHORITY},
    {X509_V_ERR_PATH_LENGTH_EXCEEDED, PEN_TLS_FAULT_AUTHORITY},
    {X509_V_ERR_PERMITTED_VIOLATION, PEN_TLS_FAULT_AUTHORITY},
    {X509_V_ERR_EXCLUDED_VIOLATION, PEN_TLS_FAULT_AUTHORITY},
    {X509_V_ERR_CERT_CHAIN_TOO_LONG, PEN_TLS_FAULT_TOO_LONG},
    {X509_V_ERR_CERT_SIGNATURE_FAILURE, PEN_TLS_FAULT_SIGNATURE},
};

/* By fault. */
static const char *const caller_codes[] = {
    [PEN_TLS_FAULT_INVALID] = "certificate.invalid",
    [PEN_TLS_FAULT_EXPIRED] = "certificate.expired",
    [PEN_TLS_FAULT_NOT_YET_VALID] = "certificate.not_yet_valid",
    [PEN_TLS_FAULT_NAME] = "certificate.name",
    [PEN_TLS_FAULT_UNKNOWN_CA] = "certificate.unknown_ca",
    [PEN_TLS_FAULT_REVOKED] = "certificate.revoked",
    [PEN_TLS_FAULT_CRL_MISSING] = "certificate.crl_missing",
    [PEN_TLS_FAULT_CRL_EXPIRED] = "certificate.crl_expired",
    [PEN_TLS_FAULT_WEAK] = "certificate.weak",
    [PEN_TLS_FAULT_PURPOSE] = "certificate.purpose",
    [PEN_TLS_FAULT_AUTHORITY] = "certificate.authority",
    [PEN_TLS_FAULT_TOO_LONG] = "certificate.too_long",
    [PEN_TLS_FAULT_SIGNATURE] = "certificate.signature",
};

static const struct {
    int number;
    const char *text;
} reason_codes[] = {
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

enum pen_tls_fault pen_tls_fault(long result)
{
    for (size_t i = 0; i < PEN_COUNT_OF(faults); i++) {
        if (faults[i].result == result) return faults[i].fault;
    }
    return PEN_TLS_FAULT_INVALID;
}

static const char *code_of(int reason)
{
    for (size_t i = 0; i < PEN_COUNT_OF(reason_codes); i++) {
        if (reason_codes[i].number == reason) return reason_codes[i].text;
    }
    return "tls.failed";
}

const char *pen_tls_failure(const SSL *ssl)
{
    const long verified = SSL_get_verify_result(ssl);
    if (verified != X509_V_OK) return caller_codes[pen_tls_fault(verified)];

    const unsigned long error = ERR_peek_error();
    if (error == 0) return "tls.closed";
    if (ERR_GET_LIB(error) != ERR_LIB_SSL) return "tls.failed";
    /* The numbers from here on are 1000 and the alert that came. */
    if (ERR_GET_REASON(error) >= SSL_AD_REASON_OFFSET) return "tls.alert";
    return code_of(ERR_GET_REASON(error));
}
