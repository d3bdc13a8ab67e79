/**
 * Forwarded (RFC 7239) and X-Forwarded-For: whom proxies say they speak for, nearest to us last.
 *
 * A pure reader of one field's value. Only what comes from a proxy that is trusted is worth reading
 * (gateway/provenance.h). Any thread.
 */
#ifndef PEN_GATEWAY_WIRE_FORWARDED_H
#define PEN_GATEWAY_WIRE_FORWARDED_H

#include "gateway/net.h"

/* No chain of proxies is as long. */
#define PEN_FORWARDED_HOPS 16

struct pen_hop {
    bool known; /* false: "unknown" or an obfuscated name (RFC 7239 section 6) */
    struct pen_address address;
};

struct pen_hops {
    struct pen_hop list[PEN_FORWARDED_HOPS];
    size_t count;
    struct pen_str proto; /* of the first element that says one; "http" or "https"; empty = none */
};

/**
 * Add the elements of a Forwarded value. Each must have `for`; parameters occur once; addresses are
 * numeric, IPv6 in quotes and brackets, a port is checked and dropped.
 *
 * Errors: PEN_ERR_SYNTAX, PEN_ERR_LIMIT (too many elements)
 */
PEN_MUST_USE enum pen_status pen_forwarded_read(struct pen_str value, struct pen_hops *hops);

/** The same for X-Forwarded-For: addresses, IPv6 with or without brackets, parted by commas. */
PEN_MUST_USE enum pen_status pen_forwarded_for_read(struct pen_str value, struct pen_hops *hops);

/** "http" or "https": what `proto` and X-Forwarded-Proto may say. */
bool pen_forwarded_is_proto(struct pen_str text);

#endif
