/** Listening sockets and the set of connections. */
#include "gateway/edge/connection.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "gateway/pressure.h"

#define REST_MS    100  /* without descriptors or memory for another connection */
#define GOODBYE_MS 1000 /* for an idle caller to end its side when we drain */
/* A socket that all workers share wakes one of them for a connection. */
#define ACCEPT_EVENTS (EPOLLIN | (uint32_t)EPOLLEXCLUSIVE)
#define QUEUE_MOST    4096 /* as many as may wait in a listening socket of ours */
#define ACCEPT_BATCH  32   /* a turn; handshakes of a storm must not starve those who have one */

enum pen_status pen_edge_create(struct pen_loop *loop, const struct pen_edge_options *options,
                                const struct pen_edge_events *events, void *owner,
                                const struct pen_edge_shared *shared, size_t worker,
                                struct pen_edge **out)
{
    struct pen_edge *edge = calloc(1, sizeof(*edge));
    if (edge == NULL) return PEN_ERR_NOMEM;

    edge->loop = loop;
    edge->options = *options;
    edge->events = events;
    edge->owner = owner;
    edge->metrics = shared->metrics;
    edge->addresses = shared->addresses;
    edge->pressure = shared->pressure;
    edge->worker = worker;
    *out = edge;
    return PEN_OK;
}

static void close_acceptor(struct pen_edge_acceptor *acceptor)
{
    pen_loop_disarm(acceptor->edge->loop, &acceptor->rest);
    pen_loop_unwatch(acceptor->edge->loop, &acceptor->watch);
    close(acceptor->watch.fd);
    pen_tls_server_release(acceptor->tls);
    free(acceptor);
}

void pen_edge_destroy(struct pen_edge *edge)
{
    if (edge == NULL) return;

    while (edge->connections != NULL) {
        pen_edge_connection_end(edge->connections, PEN_EDGE_BROKEN, "edge.stopped", 0);
    }
    pen_edge_sweep(edge);
    while (edge->acceptors != NULL) {
        struct pen_edge_acceptor *const acceptor = edge->acceptors;
        edge->acceptors = acceptor->next;
        close_acceptor(acceptor);
    }
    for (size_t i = 0; i < edge->arena_count; i++) {
        pen_arena_destroy(edge->arenas[i]);
    }
    free(edge);
}

void pen_edge_configure(struct pen_edge *edge, const struct pen_edge_options *options)
{
    edge->options = *options;
}

static void rest_over(struct pen_timer *timer)
{
    struct pen_edge_acceptor *const acceptor =
        PEN_CONTAINER_OF(timer, struct pen_edge_acceptor, rest);
    struct pen_loop *const loop = acceptor->edge->loop;
    if (pen_loop_watch(loop, &acceptor->watch, ACCEPT_EVENTS) == PEN_OK) return;

    /* Its slot in the timers has just become free: this cannot fail. */
    if (pen_loop_arm(loop, timer, pen_loop_now_ms(loop) + REST_MS) != PEN_OK) abort();
}

/* Who cannot be accepted stays in the queue, and would wake the loop at once, again and again. */
static void rest(struct pen_edge_acceptor *acceptor)
{
    struct pen_loop *const loop = acceptor->edge->loop;
    acceptor->rest.fired = rest_over;
    if (pen_loop_arm(loop, &acceptor->rest, pen_loop_now_ms(loop) + REST_MS) != PEN_OK) return;

    pen_loop_unwatch(loop, &acceptor->watch);
}

/* Accept one. False when there is nothing more to accept now. */
static bool accept_one(struct pen_edge_acceptor *acceptor)
{
    struct pen_edge *const edge = acceptor->edge;
    struct sockaddr_storage peer = {0};
    socklen_t length = sizeof(peer);
    const int fd = accept4(acceptor->watch.fd, (struct sockaddr *)&peer, &length,
                           SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (fd < 0) {
        if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM) {
            rest(acceptor);
        }
        return errno == ECONNABORTED || errno == EINTR;
    }
    if (edge->connection_count >= edge->options.connections
        || pen_pressure_level(edge->pressure) >= PEN_PRESSURE_CLOSE) {
        /* A handshake only to say 503 would be the costliest way to be overloaded. */
        pen_metrics_add(edge->metrics, edge->worker, PEN_COUNTER_CONNECTIONS_REFUSED, 1);
        close(fd);
        return true;
    }
    pen_edge_connection_start(edge, fd, &peer, acceptor);
    return true;
}

static void listener_ready(struct pen_watch *watch, uint32_t events)
{
    (void)events;
    struct pen_edge_acceptor *const acceptor =
        PEN_CONTAINER_OF(watch, struct pen_edge_acceptor, watch);
    /* As many as last time and twice as many: a lone caller costs no second look at the queue. */
    int accepted = 0;
    while (accepted < acceptor->burst && accept_one(acceptor)) {
        accepted++;
    }
    acceptor->burst = accepted < acceptor->burst ? 1 : acceptor->burst * 2;
    if (acceptor->burst > ACCEPT_BATCH) acceptor->burst = ACCEPT_BATCH;
}

static void take_entrance(struct pen_edge_acceptor *acceptor,
                          const struct pen_edge_entrance *entrance)
{
    acceptor->tls = entrance->tls == NULL ? NULL : pen_tls_server_acquire(entrance->tls);
    acceptor->proxies = *entrance->proxies;
}

enum pen_status pen_edge_listen(struct pen_edge *edge, int fd, struct pen_str address,
                                const struct pen_edge_entrance *entrance)
{
    struct pen_edge_acceptor *acceptor = calloc(1, sizeof(*acceptor));
    if (acceptor == NULL || address.len > sizeof(acceptor->address)) {
        free(acceptor);
        return PEN_ERR_NOMEM;
    }
    acceptor->edge = edge;
    acceptor->burst = 1;
    acceptor->watch = (struct pen_watch){.fd = fd, .ready = listener_ready};
    acceptor->address_len = address.len;
    memcpy(acceptor->address, address.ptr, address.len);
    if (pen_loop_watch(edge->loop, &acceptor->watch, ACCEPT_EVENTS) != PEN_OK) {
        free(acceptor);
        return PEN_ERR_IO;
    }
    take_entrance(acceptor, entrance);
    acceptor->next = edge->acceptors;
    edge->acceptors = acceptor;
    return PEN_OK;
}

bool pen_edge_relisten(struct pen_edge *edge, struct pen_str address,
                       const struct pen_edge_entrance *entrance)
{
    for (struct pen_edge_acceptor *a = edge->acceptors; a != NULL; a = a->next) {
        if (!pen_str_equal(address, (struct pen_str){a->address, a->address_len})) continue;

        pen_tls_server_release(a->tls);
        take_entrance(a, entrance);
        return true;
    }
    return false;
}

void pen_edge_unlisten(struct pen_edge *edge, bool (*keep)(void *context, struct pen_str address),
                       void *context)
{
    for (struct pen_edge_acceptor **link = &edge->acceptors; *link != NULL;) {
        struct pen_edge_acceptor *const acceptor = *link;
        if (keep(context, (struct pen_str){acceptor->address, acceptor->address_len})) {
            link = &acceptor->next;
            continue;
        }
        /* Whoever is in the queue already has been let in by the kernel: serve them. A socket that
         * was handed over to us goes on filling, for those who come after us. */
        for (int i = 0; i < QUEUE_MOST && accept_one(acceptor); i++) {
        }
        *link = acceptor->next;
        close_acceptor(acceptor);
    }
}

static bool keep_none(void *context, struct pen_str address)
{
    (void)context;
    (void)address;
    return false;
}

void pen_edge_drain(struct pen_edge *edge)
{
    pen_edge_unlisten(edge, keep_none, NULL);
    edge->draining = true;
    struct pen_edge_connection *next = NULL;
    for (struct pen_edge_connection *c = edge->connections; c != NULL; c = next) {
        next = c->next;
        if (c->state != PEN_EDGE_STATE_IDLE) continue;
        pen_edge_outbound_linger(c);
        if (c->state != PEN_EDGE_STATE_DEAD) pen_edge_connection_deadline(c, GOODBYE_MS);
    }
}

void pen_edge_close_idle(struct pen_edge *edge)
{
    struct pen_edge_connection *next = NULL;
    for (struct pen_edge_connection *c = edge->connections; c != NULL; c = next) {
        next = c->next;
        if (c->state != PEN_EDGE_STATE_IDLE) continue;
        pen_transport_goodbye(&c->transport);
        pen_edge_connection_end(c, PEN_EDGE_GONE, "overload.idle", 0);
    }
}

size_t pen_edge_connection_count(const struct pen_edge *edge)
{
    return edge->connection_count;
}
