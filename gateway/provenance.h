/**
 * Whom a request comes from when trusted proxies bring it.
 *
 * Forwarded (RFC 7239) and X-Forwarded-For are read from peers in `trusted_proxies` only. The
 * caller is the nearest one that is no trusted proxy: everything farther away is what it says of
 * itself. When a proxy sends both fields they must agree. X-Forwarded-Host says nothing here, as
 * routes go by Host.
 */
#ifndef PEN_GATEWAY_PROVENANCE_H
#define PEN_GATEWAY_PROVENANCE_H

#include "gateway/config/config.h"
#include "gateway/wire/forwarded.h"
#include "gateway/wire/wire.h"

struct pen_provenance {
    const struct pen_hops *hops; /* said by trusted proxies, nearest last; NULL = none */
    struct pen_str caller;       /* "192.0.2.1", "[2001:db8::1]", "unknown"; empty: the peer */
    struct pen_str proto;        /* "http" or "https" as the first of them said; may be empty */
};

/**
 * @param peer  the connection's own address, or as a PROXY header said; NULL over a Unix socket
 * @param code  on error "forwarded.malformed" or "forwarded.conflict"; static storage
 *
 * Ownership: `out` lives in `arena`.
 * Errors:    PEN_ERR_SYNTAX with `code`: 400; PEN_ERR_NOMEM
 */
PEN_MUST_USE enum pen_status pen_provenance_find(const struct pen_wire_head *head,
                                                 const struct pen_networks *trusted,
                                                 const struct pen_address *peer,
                                                 struct pen_arena *arena,
                                                 struct pen_provenance *out, const char **code);

#endif
