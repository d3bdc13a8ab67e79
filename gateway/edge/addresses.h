/**
 * How many connections each address has, all workers together, in memory of a fixed size.
 *
 * A count-min sketch (Cormode and Muthukrishnan 2005) of atomic counters under hashes with keys of
 * this process: whoever wants to be counted with a victim cannot know how. It never counts too
 * little, and too much only for an address that shares all its counters with busy ones. Touched
 * when a connection begins and ends, never on the way of an event. Any thread.
 */
#ifndef PEN_GATEWAY_ADDRESSES_H
#define PEN_GATEWAY_ADDRESSES_H

#include "gateway/net.h"

struct pen_addresses;

/** Errors: PEN_ERR_NOMEM, PEN_ERR_IO (no random bytes). */
PEN_MUST_USE enum pen_status pen_addresses_create(struct pen_addresses **out);
/** NULL is fine. */
void pen_addresses_destroy(struct pen_addresses *addresses);

/**
 * Count one more connection from `address`; of IPv6 its first 64 bits count, which is what one
 * caller has (RFC 6177).
 *
 * @param most  connections that it may have, this one included
 * @return false: it has as many already, and nothing was counted
 */
PEN_MUST_USE bool pen_addresses_enter(struct pen_addresses *addresses,
                                      const struct pen_address *address, uint32_t most);

/** One that has entered is gone. */
void pen_addresses_leave(struct pen_addresses *addresses, const struct pen_address *address);

#endif
