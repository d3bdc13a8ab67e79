/** The set of connections, and what is done to all of them. */
#include "gateway/edge/connection.h"

#include <stdlib.h>

#define GOODBYE_MS 1000 /* for an idle caller to end its side when we drain */

enum pen_status pen_edge_create(struct pen_loop *loop, const struct pen_edge_options *options,
                                const struct pen_edge_events *events, void *owner,
                                const struct pen_edge_shared *shared, size_t worker,
                                struct pen_edge **out)
{
    struct pen_edge *edge = calloc(1, sizeof(*edge));
    if (edge == NULL) return PEN_ERR_NOMEM;

    if (pen_stock_create(PEN_EDGE_STOCK, &edge->stock) != PEN_OK) {
        free(edge);
        return PEN_ERR_NOMEM;
    }
    edge->loop = loop;
    edge->rest.fired = pen_edge_rest;
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
        pen_edge_acceptor_destroy(acceptor);
    }
    for (size_t i = 0; i < edge->arena_count; i++) {
        pen_arena_destroy(edge->arenas[i]);
    }
    pen_loop_disarm(edge->loop, &edge->rest);
    pen_stock_destroy(edge->stock);
    free(edge);
}

void pen_edge_configure(struct pen_edge *edge, const struct pen_edge_options *options)
{
    edge->options = *options;
}

static bool keep_none(void *context, struct pen_str address)
{
    (void)context;
    (void)address;
    return false;
}

/* Nothing has come on this connection, as far as we have looked. */
static void dismiss(struct pen_edge_connection *c)
{
    if (c->requests == 0) {
        /* It was let in for a first request, which may be on its way. */
        pen_edge_connection_deadline(c, PEN_EDGE_FIRST_MS);
        return;
    }
    /* One that has arrived is served. */
    pen_edge_inbound_receive(c);
    if (c->state != PEN_EDGE_STATE_IDLE) return;

    pen_edge_outbound_linger(c);
    if (c->state != PEN_EDGE_STATE_DEAD) pen_edge_connection_deadline(c, GOODBYE_MS);
}

void pen_edge_drain(struct pen_edge *edge)
{
    pen_edge_unlisten(edge, keep_none, NULL);
    edge->draining = true;
    struct pen_edge_connection *next = NULL;
    for (struct pen_edge_connection *c = edge->connections; c != NULL; c = next) {
        next = c->next;
        if (c->state == PEN_EDGE_STATE_IDLE) dismiss(c);
    }
}

size_t pen_edge_stop(struct pen_edge *edge)
{
    static const struct pen_wire_refusal stopping = {.code = "edge.stopping", .status = 503};

    size_t cut = 0;
    struct pen_edge_connection *next = NULL;
    for (struct pen_edge_connection *c = edge->connections; c != NULL; c = next) {
        next = c->next;
        switch (c->state) {
        case PEN_EDGE_STATE_PROXY:
        case PEN_EDGE_STATE_HANDSHAKE:
        case PEN_EDGE_STATE_IDLE:
            pen_transport_finish(&c->transport);
            pen_edge_connection_end(c, PEN_EDGE_GONE, "edge.stopping", 0);
            break;
        case PEN_EDGE_STATE_HEAD:
        case PEN_EDGE_STATE_WAIT:
        case PEN_EDGE_STATE_BODY:
        case PEN_EDGE_STATE_REPLY:
            cut++;
            pen_edge_outbound_refuse(c, &stopping, PEN_EDGE_BROKEN);
            break;
        case PEN_EDGE_STATE_LINGER:
        case PEN_EDGE_STATE_DEAD:
            break;
        }
    }
    return cut;
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
