/** A worker's thread and what crosses into it: views, key rings, the order to drain. */
#include "gateway/worker.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <unistd.h>

#include "gateway/log.h"
#include "gateway/pressure.h"
#include "gateway/record/queue.h"
#include "gateway/task/task.h"

#define WANT_QUEUE      ((size_t)32 << 10) /* keys take 24 bytes, URLs up to a kibibyte more */
#define OWN_DESCRIPTORS 128                /* files, loops, the admin listener */
#define TURN_MS         1000               /* longest sleep: metrics grow old */
#define SOON_MS         20  /* longest sleep while something is due that wakes nobody */
#define GOODBYE_MS      500 /* for callers to read what the end of draining tells them */

/* As it stands in the queue, with the URL behind it. */
struct want {
    uint64_t generation;
    uint64_t index;
    uint64_t kind;
};

struct pen_worker {
    struct pen_worker_shared shared;
    struct pen_crew crew;
    size_t index;
    pthread_t thread;
    bool started;
    struct pen_view *retired; /* replaced, but with requests at work, or sockets on their way out */
    struct pen_queue *wants;
    _Atomic(struct pen_view *) incoming_views; /* newest first */
    _Atomic(struct pen_keyring *) incoming_ring;
    atomic_uint drain_ms;    /* 0 = no; otherwise the time it may take, plus one */
    unsigned int drain_seen; /* the order that `drain_due_ms` comes from */
    uint64_t drain_due_ms;
    uint64_t stop_due_ms; /* that time was over, and this is what is left; 0 = not yet */
    size_t cut;           /* requests that were open then */
    atomic_bool ended;
};

static void destroy_view(struct pen_view *view)
{
    if (view == NULL) return;

    const struct pen_config *const config = view->snapshot->config;
    for (size_t i = 0; view->pools != NULL && i < config->upstream_count; i++) {
        pen_upstream_pool_destroy(view->pools[i]);
    }
    for (size_t i = 0; view->acceptors != NULL && i < config->listen_count; i++) {
        pen_edge_acceptor_destroy(view->acceptors[i]);
    }
    pen_scratch_destroy(view->scratch);
    pen_keyring_release(view->ring);
    pen_snapshot_release(view->snapshot);
    free(view->pools);
    free(view->acceptors);
    free(view);
}

static bool post_want(void *owner, const struct pen_want *asked)
{
    struct pen_worker *const worker = owner;
    const struct want want = {.generation = worker->crew.view->snapshot->generation,
                              .index = asked->index,
                              .kind = asked->kind};
    char *const memory = pen_queue_reserve(worker->wants, sizeof(want) + asked->url.len);
    if (memory == NULL) return false;

    memcpy(memory, &want, sizeof(want));
    if (asked->url.len > 0) memcpy(memory + sizeof(want), asked->url.ptr, asked->url.len);
    pen_queue_commit(worker->wants, sizeof(want) + asked->url.len);
    pen_loop_wake(worker->shared.control);
    return true;
}

bool pen_worker_next_want(struct pen_worker *worker, uint64_t *generation, struct pen_want *out)
{
    struct pen_str record;
    struct want want;
    if (!pen_queue_peek(worker->wants, &record)) return false;

    memcpy(&want, record.ptr, sizeof(want));
    *generation = want.generation;
    *out = (struct pen_want){.kind = (enum pen_want_kind)want.kind,
                             .index = (size_t)want.index,
                             .url = pen_str_slice(record, sizeof(want), record.len)};
    return true;
}

void pen_worker_drop_want(struct pen_worker *worker)
{
    pen_queue_drop(worker->wants);
}

static struct pen_edge_options options_of(const struct pen_config *config, uint32_t connections)
{
    return (struct pen_edge_options){
        .timeouts = config->timeouts,
        .exchange_ms = pen_config_exchange_ms(config),
        .limits = pen_wire_default_limits(),
        .connections = connections,
        .address_connections = config->address_connections,
        .connection_requests = config->connection_requests,
    };
}

uint32_t pen_worker_callers(const struct pen_config *config)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY) {
        return config->connections;
    }
    const uint64_t descriptors = limit.rlim_cur;
    const uint64_t most =
        descriptors > OWN_DESCRIPTORS ? (descriptors - OWN_DESCRIPTORS) / 4 * 3 : 1;
    return most < config->connections ? (uint32_t)most : config->connections;
}

enum pen_status pen_worker_create(const struct pen_worker_shared *shared, size_t index,
                                  uint32_t connections, struct pen_worker **out)
{
    struct pen_worker *worker = calloc(1, sizeof(*worker));
    if (worker == NULL) return PEN_ERR_NOMEM;

    worker->shared = *shared;
    worker->index = index;
    struct pen_crew *const crew = &worker->crew;
    crew->metrics = shared->metrics;
    crew->pressure = shared->pressure;
    crew->audit = shared->audit;
    crew->worker = index;
    crew->want = post_want;
    crew->owner = worker;
    const struct pen_config nothing = {.timeouts = {.handshake_ms = 5000}};
    const struct pen_edge_options options = options_of(&nothing, connections);

    enum pen_status status = pen_queue_create(WANT_QUEUE, &worker->wants);
    if (status == PEN_OK) status = pen_loop_create(&crew->loop);
    if (status == PEN_OK) {
        const struct pen_edge_shared edge_shared = {.metrics = shared->metrics,
                                                    .addresses = shared->addresses,
                                                    .pressure = shared->pressure};
        status = pen_edge_create(crew->loop, &options, &pen_task_edge_events, crew, &edge_shared,
                                 index, &crew->edge);
    }
    if (status == PEN_OK) {
        status = pen_listener_create(crew->loop, &pen_task_listener_events, &crew->listener);
    }
    if (status == PEN_OK) status = pen_verifier_create(0, &crew->verifier);
    if (status == PEN_OK
        && getrandom(&crew->random, sizeof(crew->random), 0) != sizeof(crew->random)) {
        status = PEN_ERR_IO;
    }
    if (status != PEN_OK) {
        pen_worker_destroy(worker);
        return status;
    }
    *out = worker;
    return PEN_OK;
}

static struct pen_edge_entrance entrance_of(const struct pen_snapshot *snapshot, size_t listen)
{
    return (struct pen_edge_entrance){
        .tls = snapshot->tls[listen],
        .proxies = &snapshot->config->listens[listen].proxies,
    };
}

static enum pen_status fill_view(struct pen_view *view, const struct pen_worker *worker,
                                 struct pen_worker_socket *sockets, struct pen_error *err)
{
    const struct pen_snapshot *const snapshot = view->snapshot;
    const struct pen_config *const config = snapshot->config;
    view->pools = calloc(config->upstream_count + 1, sizeof(struct pen_upstream_pool *));
    view->acceptors = calloc(config->listen_count + 1, sizeof(struct pen_edge_acceptor *));
    if (view->pools == NULL || view->acceptors == NULL) return PEN_ERR_NOMEM;

    PEN_TRY(pen_scratch_create(snapshot->ruleset, &view->scratch));
    for (size_t i = 0; i < config->upstream_count; i++) {
        PEN_TRY(pen_upstream_pool_create(worker->crew.loop, &config->upstreams[i],
                                         snapshot->upstream_tls[i], worker->shared.resolver,
                                         &view->pools[i], err));
    }
    for (size_t i = 0; i < config->listen_count; i++) {
        const struct pen_worker_socket socket = sockets[i];
        const struct pen_edge_entrance entrance = entrance_of(snapshot, i);
        if (socket.fd < 0) continue;
        sockets[i].fd = -1;
        PEN_TRY(pen_edge_acceptor_create(socket.fd, socket.kept, config->listens[i].address,
                                         &entrance, &view->acceptors[i]));
    }
    return PEN_OK;
}

enum pen_status pen_worker_prepare(struct pen_worker *worker, struct pen_snapshot *snapshot,
                                   struct pen_keyring *ring, struct pen_worker_socket *sockets,
                                   size_t workers, struct pen_view **out, struct pen_error *err)
{
    pen_error_set(err, "not enough memory");
    struct pen_view *view = calloc(1, sizeof(*view));
    if (view == NULL) return PEN_ERR_NOMEM;

    const uint32_t callers = pen_worker_callers(snapshot->config);
    view->snapshot = pen_snapshot_acquire(snapshot);
    view->ring = pen_keyring_acquire(ring);
    view->body_budget = snapshot->config->memory_bytes / workers;
    view->connections = callers > workers ? (uint32_t)(callers / workers) : 1;
    const enum pen_status status = fill_view(view, worker, sockets, err);
    if (status != PEN_OK) {
        destroy_view(view);
        return status;
    }
    *out = view;
    return PEN_OK;
}

void pen_worker_discard(struct pen_view *view)
{
    destroy_view(view);
}

void pen_worker_publish(struct pen_worker *worker, struct pen_view *view)
{
    /* The worker may not have come to the one before. It takes them in their order, none is left
     * out: each may bring sockets, on which callers wait already. */
    view->next = atomic_load_explicit(&worker->incoming_views, memory_order_relaxed);
    while (!atomic_compare_exchange_weak_explicit(&worker->incoming_views, &view->next, view,
                                                  memory_order_release, memory_order_relaxed)) {
    }
    pen_loop_wake(worker->crew.loop);
}

void pen_worker_new_keys(struct pen_worker *worker, struct pen_keyring *ring)
{
    struct pen_keyring *const unseen = atomic_exchange_explicit(
        &worker->incoming_ring, pen_keyring_acquire(ring), memory_order_acq_rel);
    pen_keyring_release(unseen);
    pen_loop_wake(worker->crew.loop);
}

static bool is_configured(void *context, struct pen_str address)
{
    const struct pen_config *const config = context;
    for (size_t i = 0; i < config->listen_count; i++) {
        if (pen_str_equal(config->listens[i].address, address)) return true;
    }
    return false;
}

static void adopt_sockets(struct pen_worker *worker, struct pen_view *view)
{
    struct pen_edge *const edge = worker->crew.edge;
    struct pen_config *const config = view->snapshot->config;
    for (size_t i = 0; i < config->listen_count; i++) {
        const struct pen_config_listen *const listen = &config->listens[i];
        const struct pen_edge_entrance entrance = entrance_of(view->snapshot, i);
        if (view->acceptors[i] != NULL) {
            pen_edge_listen(edge, view->acceptors[i]);
            view->acceptors[i] = NULL;
        } else if (!pen_edge_relisten(edge, listen->address, &entrance)) {
            pen_log(PEN_LOG_ERROR, "worker %zu: no socket for %.*s", worker->index,
                    PEN_STR_ARGS(listen->address));
        }
    }
    pen_edge_unlisten(edge, is_configured, config);
}

static void use_ring(struct pen_worker *worker, struct pen_keyring *ring)
{
    struct pen_crew *const crew = &worker->crew;
    pen_keyring_release(crew->ring);
    crew->ring = ring;
    pen_task_retry_parked(crew);
}

static void retire_view(struct pen_worker *worker, struct pen_view *view)
{
    if (view == NULL) return;
    if (view->tasks == 0 && !pen_edge_is_untended(worker->crew.edge)) {
        destroy_view(view);
        return;
    }
    view->next = worker->retired;
    worker->retired = view;
}

static void use_view(struct pen_worker *worker, struct pen_view *view)
{
    struct pen_crew *const crew = &worker->crew;
    struct pen_view *const old = crew->view;
    const struct pen_edge_options options = options_of(view->snapshot->config, view->connections);
    crew->view = view;
    pen_edge_configure(crew->edge, &options);
    adopt_sockets(worker, view);
    struct pen_keyring *const ring = view->ring;
    view->ring = NULL;
    use_ring(worker, ring);
    retire_view(worker, old);
}

static void free_retired(struct pen_worker *worker)
{
    for (struct pen_view **link = &worker->retired; *link != NULL;) {
        struct pen_view *const view = *link;
        if (view->tasks > 0 || pen_edge_is_untended(worker->crew.edge)) {
            link = &view->next;
            continue;
        }
        *link = view->next;
        destroy_view(view);
    }
}

static void take_views(struct pen_worker *worker)
{
    struct pen_view *newest =
        atomic_exchange_explicit(&worker->incoming_views, NULL, memory_order_acq_rel);
    struct pen_view *oldest = NULL;
    while (newest != NULL) {
        struct pen_view *const before = newest->next;
        newest->next = oldest;
        oldest = newest;
        newest = before;
    }
    while (oldest != NULL) {
        struct pen_view *const view = oldest;
        oldest = view->next;
        view->next = NULL;
        use_view(worker, view);
    }
}

static void take_order_to_drain(struct pen_worker *worker)
{
    const unsigned int drain = atomic_load_explicit(&worker->drain_ms, memory_order_acquire);
    if (drain == worker->drain_seen) return;

    if (worker->drain_seen == 0) pen_edge_drain(worker->crew.edge);
    worker->drain_seen = drain;
    worker->drain_due_ms = pen_loop_now_ms(worker->crew.loop) + drain - 1;
}

/* The top of the loop: what the control thread has left for us. */
static void take_incoming(struct pen_worker *worker)
{
    /* The ring first: if it was made for a newer view, that view is found in the next line. */
    struct pen_keyring *const ring =
        atomic_exchange_explicit(&worker->incoming_ring, NULL, memory_order_acq_rel);
    take_views(worker);

    /* A ring made for an older view is older than the one that the view brought: its positions
     * would mean other issuers. */
    if (ring != NULL && worker->crew.ring != NULL
        && ring->generation > worker->crew.ring->generation) {
        use_ring(worker, ring);
    } else {
        pen_keyring_release(ring);
    }
    take_order_to_drain(worker);
    if (worker->retired != NULL) free_retired(worker);
}

/* Nobody is here any more, or the time is over and they were told. */
static bool is_over(struct pen_worker *worker)
{
    if (worker->drain_seen == 0) return false;

    struct pen_edge *const edge = worker->crew.edge;
    if (pen_edge_connection_count(edge) == 0 && !pen_edge_is_listening(edge)) return true;

    const uint64_t now_ms = pen_loop_now_ms(worker->crew.loop);
    if (now_ms < worker->drain_due_ms) return false;
    if (worker->stop_due_ms == 0) {
        worker->cut = pen_edge_stop(edge);
        worker->stop_due_ms = now_ms + GOODBYE_MS;
    }
    return now_ms >= worker->stop_due_ms || pen_edge_connection_count(edge) == 0;
}

static void count_upstream(struct pen_worker *worker)
{
    const struct pen_view *const view = worker->crew.view;
    size_t open = 0;
    for (size_t i = 0; view != NULL && i < view->snapshot->config->upstream_count; i++) {
        open += pen_upstream_pool_open(view->pools[i]);
    }
    pen_metrics_gauge(worker->shared.metrics, worker->index, PEN_GAUGE_UPSTREAM_OPEN,
                      (int64_t)open);
}

static void *run(void *argument)
{
    struct pen_worker *const worker = argument;
    struct pen_crew *const crew = &worker->crew;
    uint64_t counted_ms = 0;
    for (;;) {
        take_incoming(worker);
        if (is_over(worker)) break;

        const bool soon = worker->drain_seen != 0 || pen_edge_is_untended(crew->edge);
        const int wait_ms = pen_listener_busy(crew->listener) ? 0 : soon ? SOON_MS : TURN_MS;
        if (pen_loop_turn(crew->loop, wait_ms) != PEN_OK) {
            pen_log(PEN_LOG_ERROR, "worker %zu: the event loop failed; it ends", worker->index);
            break;
        }
        do {
            pen_listener_run(crew->listener);
            if (crew->replied == NULL) break;
            pen_task_relay_replied(crew);
        } while (pen_listener_busy(crew->listener));
        pen_edge_sweep(crew->edge);

        const uint64_t now_ms = pen_loop_now_ms(crew->loop);
        if (now_ms - counted_ms >= TURN_MS) {
            counted_ms = now_ms;
            count_upstream(worker);
            if (pen_pressure_level(crew->pressure) >= PEN_PRESSURE_CLOSE) {
                pen_edge_close_idle(crew->edge);
            }
        }
    }
    pen_edge_destroy(crew->edge);
    crew->edge = NULL;
    atomic_store_explicit(&worker->ended, true, memory_order_release);
    pen_loop_wake(worker->shared.control);
    return NULL;
}

enum pen_status pen_worker_start(struct pen_worker *worker)
{
    sigset_t all;
    sigset_t before;
    sigfillset(&all);
    /* Signals belong to the control thread. */
    if (pthread_sigmask(SIG_BLOCK, &all, &before) != 0) return PEN_ERR_IO;

    const int result = pthread_create(&worker->thread, NULL, run, worker);
    (void)pthread_sigmask(SIG_SETMASK, &before, NULL);
    worker->started = result == 0;
    return result == 0 ? PEN_OK : PEN_ERR_IO;
}

void pen_worker_drain(struct pen_worker *worker, uint32_t timeout_ms)
{
    const unsigned int value = timeout_ms == UINT32_MAX ? timeout_ms : timeout_ms + 1;
    atomic_store_explicit(&worker->drain_ms, value, memory_order_release);
    pen_loop_wake(worker->crew.loop);
}

bool pen_worker_ended(const struct pen_worker *worker)
{
    return atomic_load_explicit(&worker->ended, memory_order_acquire);
}

size_t pen_worker_cut(const struct pen_worker *worker)
{
    return worker->cut;
}

void pen_worker_join(struct pen_worker *worker)
{
    if (!worker->started) return;
    worker->started = false;
    if (pthread_join(worker->thread, NULL) != 0) abort();
}

void pen_worker_destroy(struct pen_worker *worker)
{
    if (worker == NULL) return;

    struct pen_crew *const crew = &worker->crew;
    pen_edge_destroy(crew->edge);
    struct pen_view *incoming = atomic_load_explicit(&worker->incoming_views, memory_order_acquire);
    while (incoming != NULL) {
        struct pen_view *const view = incoming;
        incoming = view->next;
        destroy_view(view);
    }
    pen_keyring_release(atomic_load_explicit(&worker->incoming_ring, memory_order_acquire));
    destroy_view(crew->view);
    while (worker->retired != NULL) {
        struct pen_view *const view = worker->retired;
        worker->retired = view->next;
        destroy_view(view);
    }
    pen_listener_destroy(crew->listener);
    pen_keyring_release(crew->ring);
    pen_verifier_destroy(crew->verifier);
    pen_loop_destroy(crew->loop);
    pen_queue_destroy(worker->wants);
    free(worker);
}
