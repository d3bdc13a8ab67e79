/**
 * libmicrohttpd, given one checked request after another over socket pairs.
 *
 * It does what it is good at: connection life, replies and their framing, suspend and resume while
 * a streamed one waits. It sees only the canonical form that the edge writes, which is a head;
 * addressing, fields and errors are settled elsewhere, and the reply is there when it hears of a
 * request.
 * Pairs are kept and serve any caller; there are as many as requests at one time, not as callers.
 * One worker.
 */
#ifndef PEN_GATEWAY_LISTENER_H
#define PEN_GATEWAY_LISTENER_H

#include <sys/types.h>

#include "filters/core/event.h"
#include "gateway/pair.h"

struct pen_listener;

/** A reply as libmicrohttpd is to send it. Framing, and nothing else, is libmicrohttpd's. */
struct pen_reply {
    int status;
    const struct pen_event_field *fields; /* NUL behind each name and value */
    size_t field_count;
    struct pen_str body; /* whole, when `read` is NULL; lives until `replied` */
    /* A body that is still arriving: fills at most `room` bytes, returns how many; 0 = nothing now
       (call pen_listener_more later), -1 = the end, -2 = it broke off. */
    ssize_t (*read)(void *request, char *into, size_t room);
    uint64_t length; /* with `read`: of the body; UINT64_MAX = not known */
    bool no_body;    /* answer to HEAD or a 304: `length` is told, nothing sent */
    /* The caller speaks HTTP/1.0. With this or `no_body` a `length` that is not known is told by
       the end of the pair, and with it of the caller's connection: see pen_edge_pair_last. */
    bool no_chunks;
};

struct pen_listener_events {
    /* The reply is in the pair (`whole`), or will never be. The last call for this request. */
    void (*replied)(void *request, bool whole);
    /* The edge's end of a pair that serves a caller is ready. */
    void (*ready)(struct pen_pair *pair, uint32_t events);
};

PEN_MUST_USE enum pen_status pen_listener_create(struct pen_loop *loop,
                                                 const struct pen_listener_events *events,
                                                 struct pen_listener **out);
void pen_listener_destroy(struct pen_listener *listener);

/** An idle pair or a new one. Errors: PEN_ERR_NOMEM, PEN_ERR_IO (no descriptors). */
PEN_MUST_USE enum pen_status pen_listener_take(struct pen_listener *listener, void *request,
                                               struct pen_pair **out);

/** The request on it is over. A pair that is not reusable is closed; `replied` is not called then.
 */
void pen_listener_give(struct pen_listener *listener, struct pen_pair *pair, bool reusable);

/** What to say to the request that is written into the pair next; `reply` lives until `replied`. */
void pen_listener_reply(struct pen_pair *pair, const struct pen_reply *reply);

/** More of a streamed body can be read. */
void pen_listener_more(struct pen_pair *pair);

/** Has it work to do before anything else is waited for? */
bool pen_listener_busy(const struct pen_listener *listener);

/** Let libmicrohttpd work, if it has anything to do; once a turn, and again after replies. */
void pen_listener_run(struct pen_listener *listener);

#endif
