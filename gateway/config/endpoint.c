/** Addresses and URLs: host, port, Unix path. */
#include "gateway/config/endpoint.h"

#include <arpa/inet.h>
#include <string.h>
#include <sys/un.h>

#define HTTPS_PORT 443
#define HTTP_PORT  80

/* inet_pton wants a C string; the longest address is 45 bytes. */
static bool is_numeric(int family, struct pen_str host)
{
    char text[64];
    unsigned char address[sizeof(struct in6_addr)];
    if (host.len == 0 || host.len >= sizeof(text)) return false;

    memcpy(text, host.ptr, host.len);
    text[host.len] = '\0';
    return strlen(text) == host.len && inet_pton(family, text, address) == 1;
}

bool pen_endpoint_is_host(struct pen_str host)
{
    if (host.len == 0 || host.len > 253 || host.ptr[0] == '.' || host.ptr[0] == '-') return false;

    for (size_t i = 0; i < host.len; i++) {
        const char c = host.ptr[i];
        /* '_' is no letter of a host name, but Docker Compose and Kubernetes use it. */
        if (!pen_is_alpha(c) && !pen_is_digit(c) && c != '-' && c != '.' && c != '_') return false;
        if (c == '.' && i > 0 && host.ptr[i - 1] == '.') return false;
    }
    return true;
}

bool pen_endpoint_is_loopback(struct pen_str host)
{
    if (pen_str_equal_fold(host, PEN_S("localhost"))) return true;
    if (is_numeric(AF_INET, host)) return pen_str_starts(host, PEN_S("127."));
    return pen_str_equal(host, PEN_S("::1"));
}

static const char *read_unix_path(struct pen_str path, struct pen_endpoint *out)
{
    if (path.len == 0 || path.ptr[0] != '/') {
        return "a Unix socket needs an absolute path: unix:/run/penstock.sock";
    }
    if (path.len >= sizeof(((struct sockaddr_un *)NULL)->sun_path)) {
        return "the path of a Unix socket has at most 107 bytes";
    }
    out->unix_path = path;
    return NULL;
}

static bool read_port(struct pen_str text, uint16_t *out)
{
    uint64_t port;
    if (text.len > 5 || pen_str_to_u64(text, &port) != PEN_OK || port > UINT16_MAX) return false;
    *out = (uint16_t)port;
    return true;
}

/* Split "host:port" and "[host]:port"; `port` is ptr NULL when there is none. */
static const char *split_authority(struct pen_str text, struct pen_str *host, struct pen_str *port)
{
    *port = (struct pen_str){NULL, 0};
    size_t end;
    if (text.len > 0 && text.ptr[0] == '[') {
        const size_t close = pen_str_find(text, ']', 0);
        *host = pen_str_slice(text, 1, close);
        if (close == text.len || !is_numeric(AF_INET6, *host)) {
            return "no IPv6 address stands between the brackets";
        }
        end = close + 1;
    } else {
        end = pen_str_find(text, ':', 0);
        *host = pen_str_slice(text, 0, end);
        if (pen_str_find(text, ':', end + 1) < text.len) {
            return "an IPv6 address stands in brackets: [::1]:8443";
        }
    }
    if (end == text.len) return NULL;
    if (text.ptr[end] != ':') return "behind the host only ':' and a port may stand";
    *port = pen_str_slice(text, end + 1, text.len);
    return NULL;
}

static const char *read_address(struct pen_str text, struct pen_endpoint *out)
{
    if (pen_str_starts(text, PEN_S("unix:"))) {
        return read_unix_path(pen_str_slice(text, 5, text.len), out);
    }
    struct pen_str port;
    const char *const problem = split_authority(text, &out->host, &port);
    if (problem != NULL) return problem;
    if (out->host.len == 0 || pen_str_equal(out->host, PEN_S("*"))) {
        return "name the address to listen on: 0.0.0.0:8443 or [::]:8443 for all";
    }
    if (text.ptr[0] != '[' && !is_numeric(AF_INET, out->host)) {
        return "expected a numeric address with a port, as 127.0.0.1:8443 or [::1]:8443, or "
               "unix:/path";
    }
    if (!read_port(port, &out->port)) return "expected a port from 0 to 65535 behind the address";
    return NULL;
}

enum pen_status pen_endpoint_address(struct pen_str text, struct pen_endpoint *out,
                                     const char **problem)
{
    *out = (struct pen_endpoint){0};
    *problem = read_address(text, out);
    return *problem == NULL ? PEN_OK : PEN_ERR_INVALID;
}

static const char *read_url(struct pen_str text, struct pen_endpoint *out)
{
    if (pen_str_starts(text, PEN_S("unix:"))) {
        out->scheme = PEN_UPSTREAM_UNIX;
        return read_unix_path(pen_str_slice(text, 5, text.len), out);
    }
    const bool https = pen_str_starts(text, PEN_S("https://"));
    if (!https && !pen_str_starts(text, PEN_S("http://"))) {
        return "expected a URL: https://host[:port][/path], http:// on loopback, or unix:/path";
    }
    out->scheme = https ? PEN_UPSTREAM_HTTPS : PEN_UPSTREAM_HTTP;
    const size_t start = https ? 8 : 7;
    if (pen_str_find(text, '?', 0) < text.len || pen_str_find(text, '#', 0) < text.len) {
        return "a query or a fragment cannot stand in this URL";
    }
    const size_t slash = pen_str_find(text, '/', start);
    out->authority = pen_str_slice(text, start, slash);
    out->path = pen_str_slice(text, slash, text.len);
    if (pen_str_find(out->authority, '@', 0) < out->authority.len) {
        return "a user or password cannot stand in a URL";
    }
    struct pen_str port;
    const char *const problem = split_authority(out->authority, &out->host, &port);
    if (problem != NULL) return problem;
    if (out->authority.len == 0
        || (out->authority.ptr[0] != '[' && !pen_endpoint_is_host(out->host))) {
        return "no host name or address stands in the URL";
    }
    out->port = https ? HTTPS_PORT : HTTP_PORT;
    if (port.ptr != NULL && (!read_port(port, &out->port) || out->port == 0)) {
        return "the port of the URL is not one from 1 to 65535";
    }
    return NULL;
}

enum pen_status pen_endpoint_url(struct pen_str text, struct pen_endpoint *out,
                                 const char **problem)
{
    *out = (struct pen_endpoint){0};
    *problem = read_url(text, out);
    return *problem == NULL ? PEN_OK : PEN_ERR_INVALID;
}
