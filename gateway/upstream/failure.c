/** The table of failures: status, RFC 9209 section 2.3 error type, reason codes. */
#include "gateway/upstream/upstream.h"

struct failure {
    int status;
    const char *proxy_error;
    const char *code;
    const char *record_code;
};

/* clang-format off: a table */
#define ALIKE(status, error, code)                        \
    {                                                     \
        status, error, "upstream." code, "upstream." code \
    }
#define FINER(status, error, code, record)                  \
    {                                                       \
        status, error, "upstream." code, "upstream." record \
    }
#define CERTIFICATE(record) FINER(502, "tls_certificate_error", "certificate", record)

static const struct failure failures[] = {
    [PEN_UPSTREAM_OK] = ALIKE(200, "", "ok"),
    [PEN_UPSTREAM_DNS] = ALIKE(502, "dns_error", "dns"),
    [PEN_UPSTREAM_REFUSED] = ALIKE(502, "connection_refused", "refused"),
    [PEN_UPSTREAM_CONNECT_TIMEOUT] = ALIKE(504, "connection_timeout", "connect_timeout"),
    [PEN_UPSTREAM_TLS] = ALIKE(502, "tls_protocol_error", "tls"),
    [PEN_UPSTREAM_TLS_ALERT] = FINER(502, "tls_alert_received", "tls", "tls_alert"),
    [PEN_UPSTREAM_IDENTITY] = FINER(502, "tls_alert_received", "tls", "identity_refused"),
    [PEN_UPSTREAM_CERTIFICATE] = CERTIFICATE("certificate_invalid"),
    [PEN_UPSTREAM_CERTIFICATE_EXPIRED] = CERTIFICATE("certificate_expired"),
    [PEN_UPSTREAM_CERTIFICATE_NOT_YET_VALID] = CERTIFICATE("certificate_not_yet_valid"),
    [PEN_UPSTREAM_CERTIFICATE_NAME] = CERTIFICATE("certificate_name"),
    [PEN_UPSTREAM_CERTIFICATE_UNKNOWN_CA] = CERTIFICATE("certificate_unknown_ca"),
    [PEN_UPSTREAM_CERTIFICATE_REVOKED] = CERTIFICATE("certificate_revoked"),
    [PEN_UPSTREAM_CERTIFICATE_CRL_MISSING] = CERTIFICATE("certificate_crl_missing"),
    [PEN_UPSTREAM_CERTIFICATE_CRL_EXPIRED] = CERTIFICATE("certificate_crl_expired"),
    [PEN_UPSTREAM_CERTIFICATE_WEAK] = CERTIFICATE("certificate_weak"),
    [PEN_UPSTREAM_CERTIFICATE_PURPOSE] = CERTIFICATE("certificate_purpose"),
    [PEN_UPSTREAM_CERTIFICATE_AUTHORITY] = CERTIFICATE("certificate_authority"),
    [PEN_UPSTREAM_CERTIFICATE_TOO_LONG] = CERTIFICATE("certificate_too_long"),
    [PEN_UPSTREAM_CERTIFICATE_SIGNATURE] = CERTIFICATE("certificate_signature"),
    [PEN_UPSTREAM_CERTIFICATE_PIN] = CERTIFICATE("certificate_pin"),
    [PEN_UPSTREAM_CLOSED] = ALIKE(502, "connection_terminated", "closed"),
    [PEN_UPSTREAM_MALFORMED] = ALIKE(502, "http_protocol_error", "malformed"),
    [PEN_UPSTREAM_TOO_LARGE] = ALIKE(502, "http_response_body_size", "too_large"),
    [PEN_UPSTREAM_FIRST_BYTE_TIMEOUT] = ALIKE(504, "http_response_timeout", "first_byte_timeout"),
    [PEN_UPSTREAM_TIMEOUT] = ALIKE(504, "http_response_timeout", "timeout"),
    [PEN_UPSTREAM_BUSY] = ALIKE(503, "connection_limit_reached", "busy"),
    [PEN_UPSTREAM_INTERNAL] = ALIKE(503, "proxy_internal_error", "internal"),
};
/* clang-format on */

int pen_upstream_failure_status(enum pen_upstream_failure failure)
{
    return failures[failure].status;
}

const char *pen_upstream_failure_proxy_error(enum pen_upstream_failure failure)
{
    return failures[failure].proxy_error;
}

const char *pen_upstream_failure_code(enum pen_upstream_failure failure)
{
    return failures[failure].code;
}

const char *pen_upstream_failure_record_code(enum pen_upstream_failure failure)
{
    return failures[failure].record_code;
}
