/**
 * A connection's arrival: accepted, told apart from the proxy that brings it, named and counted.
 *
 * Connections of configured networks must begin with a PROXY header; those of all others are read
 * as what they should be, so that a header on them is broken TLS or HTTP and ends them. The
 * header's bytes are looked at in the socket and taken out of it whole, so that TLS begins right
 * behind them; one deadline covers header and handshake.
 */
#include "gateway/edge/connection.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "gateway/wire/proxy.h"

/* As "192.0.2.1:4711". */
static void name_remote(struct pen_edge_connection *c, const struct pen_address *address,
                        uint16_t port)
{
    struct pen_buf buf = pen_buf_over(c->remote, sizeof(c->remote));
    c->address = *address;
    pen_address_put(&buf, address);
    c->remote_host_len = buf.len;
    pen_buf_format(&buf, ":%u", (unsigned)port);
    c->remote_len = buf.len;
}

static void name_peer(struct pen_edge_connection *c, const struct sockaddr_storage *peer)
{
    if (peer->ss_family == AF_INET) {
        const struct sockaddr_in *in = (const struct sockaddr_in *)peer;
        const struct pen_address address = pen_address_of_ipv4(&in->sin_addr);
        name_remote(c, &address, ntohs(in->sin_port));
    } else if (peer->ss_family == AF_INET6) {
        const struct sockaddr_in6 *in6 = (const struct sockaddr_in6 *)peer;
        struct pen_address address;
        memcpy(address.bytes, &in6->sin6_addr, sizeof(address.bytes));
        name_remote(c, &address, ntohs(in6->sin6_port));
    } else {
        struct pen_buf buf = pen_buf_over(c->remote, sizeof(c->remote));
        pen_buf_put(&buf, PEN_S("unix"));
        c->remote_len = buf.len;
    }
}

/* May this address have one more connection? A Unix socket's callers have none. */
static bool count_address(struct pen_edge_connection *c)
{
    const uint32_t most = c->edge->options.address_connections;
    if (most == 0 || c->remote_host_len == 0) return true;

    c->counted = pen_addresses_enter(c->edge->addresses, &c->address, most);
    if (!c->counted) {
        pen_metrics_add(c->edge->metrics, c->edge->worker, PEN_COUNTER_CONNECTIONS_REFUSED, 1);
    }
    return c->counted;
}

/* It is known whose connection this is. */
static void admit(struct pen_edge_connection *c)
{
    if (!count_address(c)) {
        pen_edge_connection_end(c, PEN_EDGE_GONE, "edge.address_connections", 0);
        return;
    }
    c->state = PEN_EDGE_STATE_HANDSHAKE;
    pen_edge_connection_shake(c);
}

static void no_header(struct pen_edge_connection *c)
{
    pen_metrics_add(c->edge->metrics, c->edge->worker, PEN_COUNTER_PROXY_FAILURES, 1);
    pen_edge_connection_end(c, PEN_EDGE_GONE, "edge.proxy_header", 0);
}

void pen_edge_arrival_proxy(struct pen_edge_connection *c)
{
    struct pen_edge *const edge = c->edge;
    const ssize_t got =
        recv(c->transport.fd, edge->scratch, PEN_PROXY_BYTES, MSG_PEEK | MSG_DONTWAIT);
    if (got < 0 && (errno == EAGAIN || errno == EINTR)) return;
    if (got <= 0) {
        no_header(c);
        return;
    }
    struct pen_wire_proxy proxy;
    size_t len = 0;
    switch (pen_wire_proxy_read((struct pen_str){edge->scratch, (size_t)got}, &proxy, &len)) {
    case PEN_WIRE_MORE:
        return; /* edge-triggered: what comes next wakes us */
    case PEN_WIRE_REFUSED:
        no_header(c);
        return;
    case PEN_WIRE_DONE:
        break;
    }
    if (recv(c->transport.fd, edge->scratch, len, MSG_DONTWAIT) != (ssize_t)len) {
        no_header(c);
        return;
    }
    pen_loop_unwatch(edge->loop, &c->watch);
    if (proxy.known) name_remote(c, &proxy.address, proxy.port);
    admit(c);
}

static void await_header(struct pen_edge_connection *c)
{
    c->state = PEN_EDGE_STATE_PROXY;
    if (pen_loop_watch(c->edge->loop, &c->watch, EPOLLIN | EPOLLRDHUP | (uint32_t)EPOLLET)
        != PEN_OK) {
        pen_edge_connection_end(c, PEN_EDGE_BROKEN, "edge.memory", 0);
        return;
    }
    pen_edge_arrival_proxy(c);
}

void pen_edge_connection_start(struct pen_edge *edge, int fd, const struct sockaddr_storage *peer,
                               struct pen_edge_acceptor *acceptor)
{
    struct pen_edge_connection *c = calloc(1, sizeof(*c));
    if (c == NULL || pen_transport_init(&c->transport, fd, acceptor->tls) != PEN_OK) {
        free(c);
        close(fd);
        return;
    }
    const int on = 1;
    /* Fails on a Unix socket, which needs it as little. */
    (void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));

    c->edge = edge;
    c->watch = (struct pen_watch){.fd = fd, .ready = pen_edge_connection_ready};
    c->timer.fired = pen_edge_connection_timer;
    c->state = PEN_EDGE_STATE_HANDSHAKE;
    c->next = edge->connections;
    if (c->next != NULL) c->next->previous = c;
    edge->connections = c;
    edge->connection_count++;
    pen_metrics_gauge(edge->metrics, edge->worker, PEN_GAUGE_CONNECTIONS,
                      (int64_t)edge->connection_count);
    name_peer(c, peer);
    pen_edge_connection_deadline(c, edge->options.timeouts.handshake_ms);
    if (c->state == PEN_EDGE_STATE_DEAD) return;

    const struct pen_address *const address = c->remote_host_len > 0 ? &c->address : NULL;
    if (pen_networks_hold(&acceptor->proxies, address)) {
        await_header(c);
    } else {
        admit(c);
    }
}
