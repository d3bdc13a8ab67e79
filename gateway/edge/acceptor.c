/**
 * Listening sockets: accepting, resting while there is nothing to accept with, and going out of
 * service without losing anybody.
 *
 * Linux resets whoever waits in the queue of a listening socket that is closed, or is about to
 * enter it: a caller that shook hands with the kernel believes itself connected. So a socket that
 * goes first lets no handshake begin any more, accepts for as long as those under way may take, and
 * is closed then. Who comes meanwhile asks again a second later, and is refused, or served by
 * whoever listens there by then.
 */
#include "gateway/edge/connection.h"

#include <errno.h>
#include <linux/filter.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "gateway/pressure.h"

#define REST_MS 100 /* without descriptors or memory for another connection */
/* A socket that all workers share wakes one of them for a connection. */
#define ACCEPT_EVENTS (EPOLLIN | (uint32_t)EPOLLEXCLUSIVE)
#define ACCEPT_BATCH  32   /* a turn; handshakes of a storm must not starve those who have one */
#define QUEUE_MOST    4096 /* as many as may wait in a listening socket of ours */
#define RETIRE_MS     250  /* a handshake under way: a round trip around the world */

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
    pen_loop_unwatch(loop, &acceptor->watch);
    if (pen_loop_arm(loop, &acceptor->rest, pen_loop_now_ms(loop) + REST_MS) == PEN_OK) return;

    acceptor->edge->untended = true;
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

enum pen_status pen_edge_acceptor_create(int fd, bool kept, struct pen_str address,
                                         const struct pen_edge_entrance *entrance,
                                         struct pen_edge_acceptor **out)
{
    struct pen_edge_acceptor *acceptor = calloc(1, sizeof(*acceptor));
    if (acceptor == NULL || address.len > sizeof(acceptor->address)) {
        free(acceptor);
        close(fd);
        return PEN_ERR_NOMEM;
    }
    acceptor->watch = (struct pen_watch){.fd = fd, .ready = listener_ready};
    acceptor->rest.fired = rest_over;
    acceptor->burst = 1;
    acceptor->address_len = address.len;
    memcpy(acceptor->address, address.ptr, address.len);
    acceptor->kept = kept;
    take_entrance(acceptor, entrance);
    *out = acceptor;
    return PEN_OK;
}

void pen_edge_acceptor_destroy(struct pen_edge_acceptor *acceptor)
{
    if (acceptor == NULL) return;

    if (acceptor->edge != NULL) {
        pen_loop_disarm(acceptor->edge->loop, &acceptor->rest);
        pen_loop_unwatch(acceptor->edge->loop, &acceptor->watch);
    }
    close(acceptor->watch.fd);
    pen_tls_server_release(acceptor->tls);
    free(acceptor);
}

void pen_edge_listen(struct pen_edge *edge, struct pen_edge_acceptor *acceptor)
{
    acceptor->edge = edge;
    acceptor->next = edge->acceptors;
    edge->acceptors = acceptor;
    if (pen_loop_watch(edge->loop, &acceptor->watch, ACCEPT_EVENTS) != PEN_OK)
        edge->untended = true;
}

static bool is_at(const struct pen_edge_acceptor *acceptor, struct pen_str address)
{
    return acceptor->close_due_ms == 0
           && pen_str_equal(address, (struct pen_str){acceptor->address, acceptor->address_len});
}

bool pen_edge_relisten(struct pen_edge *edge, struct pen_str address,
                       const struct pen_edge_entrance *entrance)
{
    for (struct pen_edge_acceptor *a = edge->acceptors; a != NULL; a = a->next) {
        if (!is_at(a, address)) continue;

        pen_tls_server_release(a->tls);
        take_entrance(a, entrance);
        return true;
    }
    return false;
}

/* Drop every SYN without ACK, and let all else of TCP through. Other sockets have no such packets:
 * a Unix socket's file is gone by now. */
static void let_nobody_begin(int fd)
{
    static const struct sock_filter program[] = {
        BPF_STMT(BPF_LD | BPF_B | BPF_ABS, 13), /* flags of the TCP header (RFC 9293) */
        BPF_STMT(BPF_ALU | BPF_AND | BPF_K, 0x12),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 0x02, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, 0),
        BPF_STMT(BPF_RET | BPF_K, UINT32_MAX),
    };
    const struct sock_fprog filter = {.len = PEN_COUNT_OF(program),
                                      .filter = (struct sock_filter *)(uintptr_t)program};
    int protocol = 0;
    socklen_t length = sizeof(protocol);
    if (getsockopt(fd, SOL_SOCKET, SO_PROTOCOL, &protocol, &length) != 0 || protocol == 0) return;

    /* Where the kernel refuses, the gap is the one that every server has. */
    (void)setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &filter, sizeof(filter));
}

void pen_edge_unlisten(struct pen_edge *edge, bool (*keep)(void *context, struct pen_str address),
                       void *context)
{
    for (struct pen_edge_acceptor *a = edge->acceptors; a != NULL; a = a->next) {
        if (a->close_due_ms != 0) continue;
        if (keep(context, (struct pen_str){a->address, a->address_len})) continue;

        /* Who comes into a socket that goes on without us is served by those it goes on with. */
        if (!a->kept) let_nobody_begin(a->watch.fd);
        a->close_due_ms = pen_loop_now_ms(edge->loop) + (a->kept ? 0 : RETIRE_MS);
        edge->untended = true;
    }
}

bool pen_edge_is_listening(const struct pen_edge *edge)
{
    return edge->acceptors != NULL;
}

bool pen_edge_is_untended(const struct pen_edge *edge)
{
    return edge->untended;
}

void pen_edge_tend_acceptors(struct pen_edge *edge)
{
    const uint64_t now_ms = pen_loop_now_ms(edge->loop);
    edge->untended = false;
    for (struct pen_edge_acceptor **link = &edge->acceptors; *link != NULL;) {
        struct pen_edge_acceptor *const acceptor = *link;
        if (acceptor->close_due_ms == 0 || now_ms < acceptor->close_due_ms) {
            const bool tended =
                acceptor->rest.slot != 0
                || pen_loop_watch(edge->loop, &acceptor->watch, ACCEPT_EVENTS) == PEN_OK;
            if (!tended || acceptor->close_due_ms != 0) edge->untended = true;
            link = &acceptor->next;
            continue;
        }
        for (int i = 0; i < QUEUE_MOST && accept_one(acceptor); i++) {
        }
        *link = acceptor->next;
        pen_edge_acceptor_destroy(acceptor);
    }
}
