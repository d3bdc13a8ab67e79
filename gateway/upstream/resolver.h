/**
 * Host names of upstreams, looked up off the workers.
 *
 * getaddrinfo may take half a minute, and nothing calls it off. So one thread at a time asks for a
 * name, whoever wants it: a resolver that hangs costs one thread a name, and those who wait for it
 * give up by their own deadlines. What was found serves all workers and all generations.
 *
 * Any thread; the lock is held for a few copies, and taken only when a connection is opened.
 */
#ifndef PEN_GATEWAY_UPSTREAM_RESOLVER_H
#define PEN_GATEWAY_UPSTREAM_RESOLVER_H

#include "filters/core/str.h"

#define PEN_RESOLVED_BYTES 400 /* eight IPv6 addresses; those behind them are left out */

struct pen_resolver;

/** Addresses in the order in which they are to be tried, as text: "192.0.2.1,[2001:db8::1]". */
struct pen_resolved {
    char text[PEN_RESOLVED_BYTES]; /* NUL-terminated */
};

/** Somebody who is woken when there is news of a name. */
struct pen_resolver_wait {
    int event_fd; /* an eventfd, written to at each news */
    struct pen_resolver_wait *next;
    struct pen_resolver_name *name; /* NULL = waits for nothing */
};

enum pen_resolver_answer {
    PEN_RESOLVER_FOUND,
    PEN_RESOLVER_WAIT,   /* ask again when woken */
    PEN_RESOLVER_FAILED, /* `why` says it in words: static storage */
};

/** Errors: PEN_ERR_NOMEM. */
PEN_MUST_USE enum pen_status pen_resolver_create(struct pen_resolver **out);
/** Does not wait for look-ups that hang. Nobody may wait any more. NULL is fine. */
void pen_resolver_destroy(struct pen_resolver *resolver);

/** Is this a name that must be looked up? Not so an address, nor localhost (RFC 6761). */
bool pen_resolver_is_name(struct pen_str host);

/**
 * Where is this host?
 *
 * An answer is kept for `keep_ms`. From half that age on it is renewed aside, so that nobody waits
 * for a host in use. A look-up that fails for the time being or hangs for half a second leaves the
 * old answer in force, for an hour at most; a name that is gone does not.
 *
 * @param wait  stays with the resolver until it is woken or pen_resolver_forget
 * @param why   when FAILED
 */
enum pen_resolver_answer pen_resolver_ask(struct pen_resolver *resolver, struct pen_str host,
                                          uint32_t keep_ms, struct pen_resolver_wait *wait,
                                          struct pen_resolved *out, const char **why);

/** Wake this one no more. */
void pen_resolver_forget(struct pen_resolver *resolver, struct pen_resolver_wait *wait);

#endif
