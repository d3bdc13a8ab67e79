/**
 * A task: one request at work in a worker, with the foreign parts that carry it.
 *
 * task.c moves it from part to part (edge, listener, upstream) in reaction to their events;
 * worker.c owns the parts. One worker.
 */
#ifndef PEN_GATEWAY_TASK_H
#define PEN_GATEWAY_TASK_H

#include "gateway/edge/edge.h"
#include "gateway/keyring.h"
#include "gateway/listener.h"
#include "gateway/pipeline.h"
#include "gateway/record/audit.h"
#include "gateway/upstream/upstream.h"
#include "gateway/want.h"

/** One snapshot as one worker uses it. */
struct pen_view {
    struct pen_snapshot *snapshot; /* one reference for the worker */
    struct pen_upstream_pool **pools;
    struct pen_scratch *scratch;
    size_t body_budget; /* bytes of bodies that this worker may hold at a time */
    uint32_t connections;
    size_t tasks;                         /* requests at work under it */
    struct pen_edge_acceptor **acceptors; /* by listen index, until it is used; NULL = goes on */
    struct pen_keyring *ring;             /* to begin with */
    struct pen_view *next;                /* among those handed over, or retired */
};

struct pen_task;
struct pen_pressure;

/** The parts of a worker that its tasks use. */
struct pen_crew {
    struct pen_loop *loop;
    struct pen_edge *edge;
    struct pen_listener *listener;
    struct pen_verifier *verifier;
    struct pen_metrics *metrics;
    struct pen_audit *audit;
    const struct pen_pressure *pressure;
    size_t worker;
    struct pen_view *view;    /* the present one */
    struct pen_keyring *ring; /* the present one */
    size_t body_bytes;        /* of all tasks */
    size_t task_count;
    uint64_t random;          /* state of the generator of request and span ids */
    struct pen_task *replied; /* told by the listener in this turn */
    struct pen_task *parked;  /* waiting for a key set */
    /* Ask the control thread for something. False: there is no room to ask. */
    bool (*want)(void *owner, const struct pen_want *want);
    void *owner;
};

/** The events of the edge and the listener; `owner` and the tasks' owner is a pen_crew. */
extern const struct pen_edge_events pen_task_edge_events;
extern const struct pen_listener_events pen_task_listener_events;

/** After the listener has run: relay the replies that are whole. */
void pen_task_relay_replied(struct pen_crew *crew);

/** A new key ring is here: try the parked ones again. */
void pen_task_retry_parked(struct pen_crew *crew);

#endif
