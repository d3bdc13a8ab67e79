/** The table of failures: status, RFC 9209 section 2.3 error type, reason code. */
#include "gateway/upstream/upstream.h"

static const struct {
    int status;
    const char *proxy_error;
    const char *code;
} failures[] = {
    [PEN_UPSTREAM_OK] = {200, "", "upstream.ok"},
    [PEN_UPSTREAM_DNS] = {502, "dns_error", "upstream.dns"},
    [PEN_UPSTREAM_REFUSED] = {502, "connection_refused", "upstream.refused"},
    [PEN_UPSTREAM_CONNECT_TIMEOUT] = {504, "connection_timeout", "upstream.connect_timeout"},
    [PEN_UPSTREAM_TLS] = {502, "tls_protocol_error", "upstream.tls"},
    [PEN_UPSTREAM_CERTIFICATE] = {502, "tls_certificate_error", "upstream.certificate"},
    [PEN_UPSTREAM_CLOSED] = {502, "connection_terminated", "upstream.closed"},
    [PEN_UPSTREAM_MALFORMED] = {502, "http_protocol_error", "upstream.malformed"},
    [PEN_UPSTREAM_TOO_LARGE] = {502, "http_response_body_size", "upstream.too_large"},
    [PEN_UPSTREAM_FIRST_BYTE_TIMEOUT] = {504, "http_response_timeout",
                                         "upstream.first_byte_timeout"},
    [PEN_UPSTREAM_TIMEOUT] = {504, "http_response_timeout", "upstream.timeout"},
    [PEN_UPSTREAM_BUSY] = {503, "connection_limit_reached", "upstream.busy"},
    [PEN_UPSTREAM_INTERNAL] = {502, "proxy_internal_error", "upstream.internal"},
};

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
