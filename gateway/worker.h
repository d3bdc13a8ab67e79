/**
 * A worker: one thread, one loop, and in it everything an event meets.
 *
 * Shares nothing that is written on the way of an event. The control thread hands it views (a
 * compiled snapshot with this worker's own pools and scratch) and key rings through two atomic
 * pointers, and asks it to drain; the worker tells the control thread which key sets it misses.
 */
#ifndef PEN_GATEWAY_WORKER_H
#define PEN_GATEWAY_WORKER_H

#include "gateway/keyring.h"
#include "gateway/record/audit.h"
#include "gateway/snapshot.h"
#include "gateway/want.h"

struct pen_worker;

/** What all workers use and none of them owns. */
struct pen_worker_shared {
    struct pen_metrics *metrics;
    struct pen_addresses *addresses;
    const struct pen_pressure *pressure;
    struct pen_audit *audit;
    struct pen_resolver *resolver;
    struct pen_loop *control; /* woken when a worker has said something */
};

/** A listening socket for a worker. */
struct pen_worker_socket {
    int fd;    /* -1: the one that the worker has for this address goes on */
    bool kept; /* by somebody else, too, who goes on with it */
};

/** What one worker needs to work by a snapshot. */
struct pen_view;

/**
 * Callers' connections that all workers may have together: as configured, but no more than three
 * quarters of the descriptors, since callers at work need as many again.
 */
uint32_t pen_worker_callers(const struct pen_config *config);

/** Made by the control thread. Errors: PEN_ERR_NOMEM, PEN_ERR_IO, PEN_ERR_INTERNAL. */
PEN_MUST_USE enum pen_status pen_worker_create(const struct pen_worker_shared *shared, size_t index,
                                               uint32_t connections, struct pen_worker **out);

/**
 * Make what the worker needs for a snapshot, aside: nothing of it counts yet. Control thread.
 *
 * @param sockets  by listen index; descriptors are taken over, also on failure, and then -1
 * @param workers  how many share the configured limits
 *
 * Errors: any; `err` says what is wrong in words
 */
PEN_MUST_USE enum pen_status pen_worker_prepare(struct pen_worker *worker,
                                                struct pen_snapshot *snapshot,
                                                struct pen_keyring *ring,
                                                struct pen_worker_socket *sockets, size_t workers,
                                                struct pen_view **out, struct pen_error *err);
/** Drop what was prepared and is not wanted. NULL is fine. */
void pen_worker_discard(struct pen_view *view);

/** Hand over what was prepared; it takes effect at the top of the worker's loop. Cannot fail. */
void pen_worker_publish(struct pen_worker *worker, struct pen_view *view);

/** Hand over a new key ring; takes its own reference. */
void pen_worker_new_keys(struct pen_worker *worker, struct pen_keyring *ring);

PEN_MUST_USE enum pen_status pen_worker_start(struct pen_worker *worker);

/** Finish what runs and end, at the latest after `timeout_ms`; a later call counts from then. */
void pen_worker_drain(struct pen_worker *worker, uint32_t timeout_ms);

/** Wait for its end. */
void pen_worker_join(struct pen_worker *worker);
bool pen_worker_ended(const struct pen_worker *worker);
/** How many requests the end of its draining has cut off. After its end. */
size_t pen_worker_cut(const struct pen_worker *worker);
void pen_worker_destroy(struct pen_worker *worker);

/**
 * What this worker asks for next, with indexes of snapshot `generation`; false when there is
 * nothing. The URL lives until pen_worker_drop_want, which must follow. Control thread.
 */
bool pen_worker_next_want(struct pen_worker *worker, uint64_t *generation, struct pen_want *out);
void pen_worker_drop_want(struct pen_worker *worker);

#endif
