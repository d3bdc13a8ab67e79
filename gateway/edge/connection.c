/** A connection's life: its states, what it waits for, its end. */
#include "gateway/edge/connection.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "gateway/pressure.h"

#define ARENA_LIMIT ((size_t)256 << 10) /* until the owner knows the function's limits */
#define ARENA_BLOCK ((size_t)64 << 10)  /* an ordinary request fits; kept warm */

static struct pen_arena *take_arena(struct pen_edge *edge)
{
    struct pen_arena *arena = NULL;
    if (edge->arena_count > 0) {
        arena = edge->arenas[--edge->arena_count];
        pen_arena_limit(arena, ARENA_LIMIT);
        return arena;
    }
    if (pen_arena_create(ARENA_LIMIT, ARENA_BLOCK, &arena) != PEN_OK) return NULL;
    pen_arena_share(arena, edge->stock);
    return arena;
}

static void rest_later(struct pen_edge *edge)
{
    const uint64_t due_ms = pen_loop_now_ms(edge->loop) + PEN_EDGE_REST_MS;
    if (pen_loop_arm(edge->loop, &edge->rest, due_ms) != PEN_OK) pen_stock_empty(edge->stock);
}

void pen_edge_rest(struct pen_timer *timer)
{
    struct pen_edge *const edge = PEN_CONTAINER_OF(timer, struct pen_edge, rest);
    if (!pen_stock_rest(edge->stock)) rest_later(edge);
}

static void give_arena(struct pen_edge *edge, struct pen_arena *arena)
{
    if (arena == NULL) return;

    if (edge->arena_count < PEN_EDGE_ARENAS) {
        pen_arena_reset(arena);
        edge->arenas[edge->arena_count++] = arena;
    } else {
        pen_arena_destroy(arena);
    }
    if (pen_pressure_level(edge->pressure) >= PEN_PRESSURE_SHED) pen_stock_empty(edge->stock);
    if (edge->rest.slot == 0 && pen_stock_bytes(edge->stock) > 0) rest_later(edge);
}

static void release_request(struct pen_edge_connection *c, enum pen_edge_end end,
                            const char *reason, int status, bool reusable)
{
    /* Before the owner hears of it: a pair that is not reusable is freed by then. */
    if (c->pair != NULL) c->pair->caller = NULL;
    c->pair = NULL;
    if (c->head != NULL) {
        c->edge->events->ended(c->edge->owner, c, end, reason, status, reusable);
    }
    c->request = NULL;
    c->head = NULL;
    c->exchange_due_ms = 0;
    c->pace = (struct pen_edge_pace){0};
    give_arena(c->edge, c->arena);
    c->arena = NULL;
}

void pen_edge_connection_forget(struct pen_edge_connection *c, enum pen_edge_end end,
                                const char *reason, int status)
{
    release_request(c, end, reason, status, false);
}

void pen_edge_connection_end(struct pen_edge_connection *c, enum pen_edge_end end,
                             const char *reason, int status)
{
    if (c->state == PEN_EDGE_STATE_DEAD) return;

    struct pen_edge *const edge = c->edge;
    c->state = PEN_EDGE_STATE_DEAD;
    release_request(c, end, reason, status, false);
    if (c->counted) pen_addresses_leave(edge->addresses, &c->address);
    pen_loop_disarm(edge->loop, &c->timer);
    pen_loop_forget(edge->loop, &c->watch);
    pen_transport_close(&c->transport);

    if (c->previous != NULL) {
        c->previous->next = c->next;
    } else {
        edge->connections = c->next;
    }
    if (c->next != NULL) c->next->previous = c->previous;
    c->next = edge->dead;
    edge->dead = c;
    edge->connection_count--;
    pen_metrics_gauge(edge->metrics, edge->worker, PEN_GAUGE_CONNECTIONS,
                      (int64_t)edge->connection_count);
}

void pen_edge_connection_rewatch(struct pen_edge_connection *c)
{
    uint32_t events = EPOLLIN | EPOLLRDHUP;
    const bool useful = c->state != PEN_EDGE_STATE_WAIT && c->state != PEN_EDGE_STATE_REPLY;
    if (!useful && c->in_len >= PEN_EDGE_KEEP) events = EPOLLRDHUP;
    if (c->out_len > 0) events |= EPOLLOUT;
    if (pen_loop_watch(c->edge->loop, &c->watch, events) != PEN_OK) {
        pen_edge_connection_end(c, PEN_EDGE_BROKEN, "edge.memory", 0);
    }
}

void pen_edge_connection_unproven(struct pen_edge_connection *c, const char *reason)
{
    struct pen_edge *const edge = c->edge;
    pen_metrics_add(edge->metrics, edge->worker, PEN_COUNTER_HANDSHAKE_FAILURES, 1);
    if (edge->events->unproven != NULL) edge->events->unproven(edge->owner, c, reason);
    pen_edge_connection_end(c, PEN_EDGE_GONE, reason, 0);
}

void pen_edge_connection_shake(struct pen_edge_connection *c)
{
    struct pen_edge *const edge = c->edge;
    switch (pen_transport_handshake(&c->transport)) {
    case PEN_IO_OK:
        break;
    case PEN_IO_WANT_READ:
        if (pen_loop_watch(edge->loop, &c->watch, EPOLLIN | EPOLLRDHUP) == PEN_OK) return;
        pen_edge_connection_end(c, PEN_EDGE_BROKEN, "edge.memory", 0);
        return;
    case PEN_IO_WANT_WRITE:
        if (pen_loop_watch(edge->loop, &c->watch, EPOLLOUT | EPOLLRDHUP) == PEN_OK) return;
        pen_edge_connection_end(c, PEN_EDGE_BROKEN, "edge.memory", 0);
        return;
    case PEN_IO_EOF:
    case PEN_IO_ERROR:
        pen_edge_connection_unproven(c, c->transport.failure);
        return;
    }
    if (c->transport.ssl != NULL) {
        pen_metrics_add(edge->metrics, edge->worker, PEN_COUNTER_HANDSHAKES, 1);
        if (pen_transport_resumed(&c->transport)) {
            pen_metrics_add(edge->metrics, edge->worker, PEN_COUNTER_HANDSHAKES_RESUMED, 1);
        }
    }
    c->state = PEN_EDGE_STATE_IDLE;
    pen_edge_connection_deadline(c, edge->draining ? PEN_EDGE_FIRST_MS
                                                   : edge->options.timeouts.head_ms);
    if (c->state == PEN_EDGE_STATE_IDLE) pen_edge_connection_rewatch(c);
    if (c->state == PEN_EDGE_STATE_IDLE) pen_edge_inbound_receive(c);
}

/* The reply is out: drop what still comes, until the caller ends its side or the deadline. */
static void linger_on(struct pen_edge_connection *c, uint32_t events)
{
    struct pen_edge *const edge = c->edge;
    const bool more =
        (events & EPOLLIN) != 0
        && pen_transport_discard(&c->transport, edge->scratch, sizeof(edge->scratch)) == PEN_IO_OK;
    const bool ended = (events & (EPOLLIN | EPOLLRDHUP | EPOLLHUP | EPOLLERR)) != 0;
    if (ended && !more) pen_edge_connection_end(c, PEN_EDGE_REPLIED, NULL, 0);
}

void pen_edge_connection_ready(struct pen_watch *watch, uint32_t events)
{
    struct pen_edge_connection *const c =
        PEN_CONTAINER_OF(watch, struct pen_edge_connection, watch);
    if (c->state == PEN_EDGE_STATE_PROXY) {
        pen_edge_arrival_proxy(c);
        return;
    }
    if (c->state == PEN_EDGE_STATE_HANDSHAKE) {
        pen_edge_connection_shake(c);
        return;
    }
    if ((events & EPOLLOUT) != 0) pen_edge_outbound_flush(c);
    if (c->state == PEN_EDGE_STATE_DEAD) return;

    if (c->state == PEN_EDGE_STATE_LINGER) {
        linger_on(c, events);
        return;
    }
    /* With EPOLLIN registered the end shows as a read of nothing, after what was sent before it. */
    if ((events & EPOLLIN) != 0) {
        pen_edge_inbound_receive(c);
    } else if ((events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR)) != 0) {
        pen_edge_connection_end(c, PEN_EDGE_GONE, "caller.gone", 0);
    }
}

/* Does the caller want no more of this connection, and has nothing more come over it? Then it can
 * be closed at once: what lingers does so for callers that still send. */
static bool has_said_all(const struct pen_edge_connection *c)
{
    return !c->head->keep_alive && !c->discard && c->in_len == 0
           && !pen_transport_pending(&c->transport);
}

void pen_edge_connection_next(struct pen_edge_connection *c)
{
    const bool last = c->close_after || c->edge->draining;
    const bool parted = c->head != NULL && has_said_all(c);
    release_request(c, PEN_EDGE_REPLIED, NULL, 0, !c->pair_closes);
    c->scan = (struct pen_wire_scan){0};
    c->chunks = (struct pen_wire_chunks){0};
    c->discard = c->replied = c->reply_begun = c->pair_closes = false;
    c->body_seen = 0;
    if (last && parted) {
        pen_transport_goodbye(&c->transport);
        pen_edge_connection_end(c, PEN_EDGE_REPLIED, NULL, 0);
        return;
    }
    if (last) {
        pen_edge_outbound_linger(c);
        return;
    }
    c->state = PEN_EDGE_STATE_IDLE;
    pen_edge_connection_deadline(c, c->edge->options.timeouts.idle_ms);
    if (c->state == PEN_EDGE_STATE_IDLE && !c->busy) pen_edge_inbound_continue(c);
}

void pen_edge_sweep(struct pen_edge *edge)
{
    if (edge->untended) pen_edge_tend_acceptors(edge);
    while (edge->dead != NULL) {
        struct pen_edge_connection *const c = edge->dead;
        edge->dead = c->next;
        free(c->in);
        free(c->out);
        free(c);
    }
}

bool pen_edge_connection_begin(struct pen_edge_connection *c)
{
    c->arena = take_arena(c->edge);
    return c->arena != NULL;
}

const struct pen_wire_head *pen_edge_head(const struct pen_edge_connection *connection)
{
    return connection->head;
}

struct pen_arena *pen_edge_arena(const struct pen_edge_connection *connection)
{
    return connection->arena;
}

void pen_edge_set_request(struct pen_edge_connection *connection, void *request)
{
    connection->request = request;
}

void *pen_edge_request(const struct pen_edge_connection *connection)
{
    return connection->request;
}

struct pen_str pen_edge_remote(const struct pen_edge_connection *connection)
{
    return (struct pen_str){connection->remote, connection->remote_len};
}

const struct pen_address *pen_edge_address(const struct pen_edge_connection *connection)
{
    return connection->remote_host_len > 0 ? &connection->address : NULL;
}

struct pen_str pen_edge_remote_host(const struct pen_edge_connection *connection)
{
    return (struct pen_str){connection->remote, connection->remote_host_len};
}

const struct pen_tls_identity *pen_edge_identity(const struct pen_edge_connection *connection)
{
    return connection->transport.identity;
}

const char *pen_edge_tls_version(const struct pen_edge_connection *connection)
{
    return pen_transport_version(&connection->transport);
}

uint64_t pen_edge_began_us(const struct pen_edge_connection *connection)
{
    return connection->began_us;
}

void pen_edge_decide(struct pen_edge_connection *connection, enum pen_edge_decision decision)
{
    if (connection->state == PEN_EDGE_STATE_WAIT) pen_edge_inbound_decided(connection, decision);
}

void pen_edge_replied(struct pen_edge_connection *connection)
{
    connection->replied = true;
    pen_edge_outbound_relay(connection);
}

void pen_edge_last(struct pen_edge_connection *connection)
{
    connection->close_after = true;
}

void pen_edge_pair_last(struct pen_edge_connection *connection)
{
    connection->close_after = true;
    connection->pair_closes = true;
}

void pen_edge_pair_ready(struct pen_edge_connection *connection, uint32_t events)
{
    if ((events & (EPOLLIN | EPOLLHUP | EPOLLERR)) != 0) pen_edge_outbound_relay(connection);
}

void pen_edge_cut(struct pen_edge_connection *connection, const char *reason, int status)
{
    const struct pen_wire_refusal refusal = {.code = reason, .status = status};
    pen_edge_outbound_refuse(connection, &refusal, PEN_EDGE_MALFORMED);
}

void pen_edge_break(struct pen_edge_connection *connection)
{
    pen_edge_connection_end(connection, PEN_EDGE_BROKEN, "upstream.broken", 0);
}
