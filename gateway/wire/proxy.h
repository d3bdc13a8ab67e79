/**
 * The PROXY protocol, versions 1 and 2: whom a proxy speaks for, said before anything else.
 *
 * A pure reader. Stricter than "The PROXY protocol" (HAProxy, 2020) where it leaves room: version 1
 * takes addresses and ports in one spelling each, version 2 checks the lengths of what is appended
 * and its CRC32c (section 2.2.5). Any thread.
 */
#ifndef PEN_GATEWAY_WIRE_PROXY_H
#define PEN_GATEWAY_WIRE_PROXY_H

#include "gateway/net.h"
#include "gateway/wire/wire.h"

/* A header that wants more is none that a proxy sends. */
#define PEN_PROXY_BYTES 4096

struct pen_wire_proxy {
    bool known; /* false: LOCAL, UNKNOWN, or a Unix socket; the connection's own address counts */
    struct pen_address address; /* of the caller */
    uint16_t port;
};

/**
 * Read a header from the front of `bytes`.
 *
 * @param len  on DONE: bytes of the header; what follows is the caller's
 * @return MORE when it may still become one, REFUSED when not
 */
PEN_MUST_USE enum pen_wire_result pen_wire_proxy_read(struct pen_str bytes,
                                                      struct pen_wire_proxy *out, size_t *len);

#endif
