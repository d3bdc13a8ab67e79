/**
 * The listening sockets of one configuration: what goes on from the one before, what is opened for
 * it, what is left when it is in force.
 *
 * Workers have sockets of their own for IPv4 and IPv6 (SO_REUSEPORT). A Unix socket, and one that
 * was handed over to us, is one for all of them: it is kept open here and duplicated. Control
 * thread.
 */
#ifndef PEN_GATEWAY_LISTENERS_H
#define PEN_GATEWAY_LISTENERS_H

#include "gateway/handover.h"
#include "gateway/worker.h"

struct pen_listeners;

/**
 * Open what `before` does not have.
 *
 * @param config    outlives the result
 * @param before    those in force; NULL at start
 * @param handover  outlives the result
 *
 * Errors: PEN_ERR_NOMEM, PEN_ERR_IO with `err`
 */
PEN_MUST_USE enum pen_status pen_listeners_open(const struct pen_config *config,
                                                const struct pen_listeners *before,
                                                struct pen_handover *handover, size_t workers,
                                                struct pen_listeners **out, struct pen_error *err);

/** What was opened for a worker, by listen index: it takes the descriptors and leaves -1. */
struct pen_worker_socket *pen_listeners_of(struct pen_listeners *listeners, size_t worker);

/** They do not come into force after all: close what `before` does not have. NULL is fine. */
void pen_listeners_drop(struct pen_listeners *listeners, const struct pen_listeners *before);

/**
 * `next` is about to come into force; NULL: nothing is listened on any more. The files of our
 * sockets that are not wanted go, so that nobody comes any more, and the last worker that closes
 * such a socket serves who waits in it. Modes of files become those of `next`.
 */
void pen_listeners_leave(struct pen_listeners *listeners, const struct pen_listeners *next);

/** After pen_listeners_leave. NULL is fine. */
void pen_listeners_destroy(struct pen_listeners *listeners);

#endif
