/**
 * Why no connection came about, from libcurl's code, OpenSSL's verdict and the peer's alert.
 */
#include <string.h>

#include "gateway/tls/failure.h"
#include "gateway/upstream/libcurl.h"

static const char *words_or(const struct pen_curl_connection *connection, CURLcode code)
{
    return connection->trouble[0] != '\0' ? connection->trouble : curl_easy_strerror(code);
}

static enum pen_upstream_failure fault_failure(enum pen_tls_fault fault)
{
    switch (fault) {
    case PEN_TLS_FAULT_EXPIRED:
        return PEN_UPSTREAM_CERTIFICATE_EXPIRED;
    case PEN_TLS_FAULT_NOT_YET_VALID:
        return PEN_UPSTREAM_CERTIFICATE_NOT_YET_VALID;
    case PEN_TLS_FAULT_NAME:
        return PEN_UPSTREAM_CERTIFICATE_NAME;
    case PEN_TLS_FAULT_UNKNOWN_CA:
        return PEN_UPSTREAM_CERTIFICATE_UNKNOWN_CA;
    case PEN_TLS_FAULT_REVOKED:
        return PEN_UPSTREAM_CERTIFICATE_REVOKED;
    case PEN_TLS_FAULT_CRL_MISSING:
        return PEN_UPSTREAM_CERTIFICATE_CRL_MISSING;
    case PEN_TLS_FAULT_CRL_EXPIRED:
        return PEN_UPSTREAM_CERTIFICATE_CRL_EXPIRED;
    case PEN_TLS_FAULT_WEAK:
        return PEN_UPSTREAM_CERTIFICATE_WEAK;
    case PEN_TLS_FAULT_PURPOSE:
        return PEN_UPSTREAM_CERTIFICATE_PURPOSE;
    case PEN_TLS_FAULT_AUTHORITY:
        return PEN_UPSTREAM_CERTIFICATE_AUTHORITY;
    case PEN_TLS_FAULT_TOO_LONG:
        return PEN_UPSTREAM_CERTIFICATE_TOO_LONG;
    case PEN_TLS_FAULT_SIGNATURE:
        return PEN_UPSTREAM_CERTIFICATE_SIGNATURE;
    case PEN_TLS_FAULT_INVALID:
        break;
    }
    return PEN_UPSTREAM_CERTIFICATE;
}

static const char *socket_trouble(const struct pen_curl_connection *connection, CURLcode code)
{
    long number = 0;
    if (curl_easy_getinfo(connection->easy, CURLINFO_OS_ERRNO, &number) == CURLE_OK && number > 0) {
        const char *const words = strerrordesc_np((int)number);
        if (words != NULL) return words;
    }
    return words_or(connection, code);
}

static enum pen_upstream_failure judge_handshake(const struct pen_curl_connection *connection,
                                                 const char **detail)
{
    const long verdict = pen_tls_context_verdict(connection->context);
    if (verdict != 0) {
        *detail = pen_tls_verify_text(verdict);
        return fault_failure(pen_tls_fault(verdict));
    }
    switch (pen_tls_context_alert(connection->context)) {
    case PEN_TLS_ALERT_IDENTITY:
        return PEN_UPSTREAM_IDENTITY;
    case PEN_TLS_ALERT_OTHER:
        return PEN_UPSTREAM_TLS_ALERT;
    case PEN_TLS_ALERT_NONE:
        break;
    }
    return connection->context != NULL ? PEN_UPSTREAM_TLS : PEN_UPSTREAM_INTERNAL;
}

enum pen_upstream_failure pen_curl_diagnose(const struct pen_curl_connection *connection,
                                            CURLcode code, const char **detail)
{
    *detail = words_or(connection, code);
    if (code == CURLE_OK) return PEN_UPSTREAM_OK;
    if (code == CURLE_COULDNT_RESOLVE_HOST) return PEN_UPSTREAM_DNS;
    if (code == CURLE_OUT_OF_MEMORY) return PEN_UPSTREAM_INTERNAL;
    if (code == CURLE_OPERATION_TIMEDOUT) {
        *detail = pen_connection_stage(&connection->base);
        return PEN_UPSTREAM_CONNECT_TIMEOUT;
    }
    if (code == CURLE_COULDNT_CONNECT && connection->starved) {
        *detail = "no descriptor or memory for a socket";
        return PEN_UPSTREAM_INTERNAL;
    }
    if (code == CURLE_COULDNT_CONNECT) {
        *detail = socket_trouble(connection, code);
        return PEN_UPSTREAM_REFUSED;
    }
    if (code == CURLE_SSL_PINNEDPUBKEYNOTMATCH) {
        *detail = "the key is not the pinned one";
        return PEN_UPSTREAM_CERTIFICATE_PIN;
    }
    const enum pen_upstream_failure failure = judge_handshake(connection, detail);
    /* OpenSSL had no objection, but libcurl to the name. */
    const bool by_libcurl = code == CURLE_PEER_FAILED_VERIFICATION && failure == PEN_UPSTREAM_TLS;
    return by_libcurl ? PEN_UPSTREAM_CERTIFICATE_NAME : failure;
}
