/**
 * Addresses and networks as numbers, whatever their family: IPv4 is mapped into IPv6 (RFC 4291
 * section 2.5.5.2), so that one comparison serves both. Values; pure functions; any thread.
 */
#ifndef PEN_GATEWAY_NET_H
#define PEN_GATEWAY_NET_H

#include "filters/core/str.h"

#define PEN_ADDRESS_BYTES 48 /* of one as text, brackets included */

/** In network order; 192.0.2.1 is ::ffff:192.0.2.1. */
struct pen_address {
    unsigned char bytes[16];
};

/** Addresses that share their first `bits`. */
struct pen_network {
    struct pen_address address;
    unsigned bits; /* of 128: an IPv4 network has 96 more than it is written with */
};

/** Networks whose hosts are believed something, and whether a Unix socket's callers are, too. */
struct pen_networks {
    const struct pen_network *list;
    size_t count;
    bool unix_socket;
};

/** Of 4 bytes in network order. */
struct pen_address pen_address_of_ipv4(const void *four);

/** Is it an IPv4 address? */
bool pen_address_is_ipv4(const struct pen_address *address);

/**
 * "192.0.2.1" or "2001:db8::1", without brackets, zone or port; an IPv4 number in any other form
 * is none. An IPv6 text for a mapped address gives the IPv4 address.
 *
 * Errors: PEN_ERR_INVALID
 */
PEN_MUST_USE enum pen_status pen_address_read(struct pen_str text, struct pen_address *out);

/** "192.0.2.1" or "[2001:db8::1]" (RFC 5952). Look at `buf->full`. */
void pen_address_put(struct pen_buf *buf, const struct pen_address *address);

/**
 * "10.0.0.0/8", "2001:db8::/32", or an address alone. Bits behind the prefix must be zero.
 *
 * @param problem  what is wrong, as a sentence; static storage
 *
 * Errors: PEN_ERR_INVALID with `problem`
 */
PEN_MUST_USE enum pen_status pen_network_read(struct pen_str text, struct pen_network *out,
                                              const char **problem);

/** Is the address one of the network's? */
bool pen_network_holds(const struct pen_network *network, const struct pen_address *address);

/** Is it in one of them? `address` NULL stands for a Unix socket's caller. */
bool pen_networks_hold(const struct pen_networks *networks, const struct pen_address *address);

#endif
