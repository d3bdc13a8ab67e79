/**
 * Where something listens or is reached: addresses and URLs taken apart.
 *
 * Parts point into the text given. Pure functions; any thread.
 */
#ifndef PEN_GATEWAY_ENDPOINT_H
#define PEN_GATEWAY_ENDPOINT_H

#include "gateway/config/config.h"

struct pen_endpoint {
    enum pen_upstream_scheme scheme; /* of a URL */
    struct pen_str host;             /* without brackets; empty for a Unix socket */
    uint16_t port;                   /* the scheme's when a URL has none */
    struct pen_str authority;        /* of a URL: host[:port] as written */
    struct pen_str path;             /* of a URL, as written; may be empty */
    struct pen_str unix_path;        /* absolute; empty unless "unix:" */
};

/**
 * "0.0.0.0:8443", "[::1]:8080", "unix:/run/penstock.sock": numeric, so that no resolver decides
 * where we listen.
 *
 * @param problem  what is wrong, as a sentence; static storage
 *
 * Errors: PEN_ERR_INVALID with `problem`
 */
PEN_MUST_USE enum pen_status pen_endpoint_address(struct pen_str text, struct pen_endpoint *out,
                                                  const char **problem);

/**
 * "https://host", "http://127.0.0.1:8080/base", "unix:/run/function.sock". No user, query or
 * fragment; the path is not looked at.
 *
 * Errors: PEN_ERR_INVALID with `problem`
 */
PEN_MUST_USE enum pen_status pen_endpoint_url(struct pen_str text, struct pen_endpoint *out,
                                              const char **problem);

/** localhost, 127.0.0.0/8, ::1: what never leaves the machine. */
bool pen_endpoint_is_loopback(struct pen_str host);

/** A host name's or an IPv4 address' letters, 253 bytes at most. */
bool pen_endpoint_is_host(struct pen_str host);

#endif
