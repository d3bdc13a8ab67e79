/**
 * libcurl's multi handles in the worker's loop until a connection is made; then its socket is
 * watched by us and belongs to connection.c.
 *
 * A connected handle stays in its multi handle, which owns its connection. libcurl would prune such
 * connections as unused ones; the first send, which follows at once, ties it to its handle.
 *
 * Whoever sends or receives is looked up by libcurl among all connections of the multi handle. So
 * each has few, and there are as many as are needed.
 */
#include <assert.h>
#include <stdlib.h>

#include "gateway/upstream/libcurl.h"

#define NEVER UINT64_MAX /* due, for a timer that only keeps its place */

static void stop_sockets(struct pen_curl_connection *connection)
{
    for (size_t i = 0; i < PEN_CURL_SOCKETS; i++) {
        pen_loop_unwatch(connection->base.connector->loop, &connection->sockets[i].watch);
    }
}

static void on_ready(struct pen_watch *watch, uint32_t events)
{
    struct pen_connection *const connection = PEN_CONTAINER_OF(watch, struct pen_connection, watch);
    connection->connector->hooks->ready(connection, events);
}

static bool take_socket(struct pen_curl_connection *connection)
{
    struct pen_connection *const base = &connection->base;
    curl_socket_t fd = CURL_SOCKET_BAD;
    if (curl_easy_getinfo(connection->easy, CURLINFO_ACTIVESOCKET, &fd) != CURLE_OK
        || fd == CURL_SOCKET_BAD) {
        return false;
    }
    base->watch = (struct pen_watch){.fd = fd, .ready = on_ready};
    return pen_loop_watch(base->connector->loop, &base->watch, EPOLLIN | EPOLLRDHUP) == PEN_OK;
}

static void report_opened(struct pen_curl_connection *connection, CURLcode code)
{
    const char *detail = NULL;
    enum pen_upstream_failure failure = pen_curl_diagnose(connection, code, &detail);
    stop_sockets(connection);
    if (failure == PEN_UPSTREAM_OK && !take_socket(connection)) {
        failure = PEN_UPSTREAM_INTERNAL;
        detail = "the connection cannot be watched";
    }
    connection->base.connector->hooks->opened(&connection->base, failure, detail);
}

/* libcurl gives up every connection of a multi handle whose callback fails, and all later ones. So
 * the callbacks never fail: what they could not do ends the one connection, from outside of them.
 */
static void give_up(struct pen_curl_connection *connection)
{
    if (connection->unwatched) return;

    connection->unwatched = true;
    connection->next_unwatched = connection->multi->unwatched;
    connection->multi->unwatched = connection;
}

static void forget_unwatched(struct pen_curl_connection *connection)
{
    if (!connection->unwatched) return;

    connection->unwatched = false;
    struct pen_curl_connection **link = &connection->multi->unwatched;
    while (*link != connection) {
        link = &(*link)->next_unwatched;
    }
    *link = connection->next_unwatched;
}

static void report_unwatched(struct pen_multi *multi)
{
    while (multi->unwatched != NULL) {
        struct pen_curl_connection *const connection = multi->unwatched;
        forget_unwatched(connection);
        stop_sockets(connection);
        multi->connector->hooks->opened(&connection->base, PEN_UPSTREAM_INTERNAL,
                                        "the connection cannot be watched");
    }
}

/* Multi handles with and without room. */

static void put(struct pen_multi **list, struct pen_multi *multi)
{
    multi->previous = NULL;
    multi->next = *list;
    if (*list != NULL) (*list)->previous = multi;
    *list = multi;
}

static void take_out(struct pen_multi **list, struct pen_multi *multi)
{
    if (multi->previous != NULL) {
        multi->previous->next = multi->next;
    } else {
        *list = multi->next;
    }
    if (multi->next != NULL) multi->next->previous = multi->previous;
}

/* One without connections. */
static void destroy(struct pen_multi *multi)
{
    struct pen_connector *const connector = multi->connector;
    take_out(&connector->roomy, multi);
    (void)curl_multi_setopt(multi->handle, CURLMOPT_TIMERFUNCTION, NULL);
    (void)curl_multi_cleanup(multi->handle);
    pen_loop_disarm(connector->loop, &multi->timer);
    free(multi);
}

/* The last one with room stays: a function that closes each connection would have one made anew
   for the next. */
static void drop_if_idle(struct pen_multi *multi)
{
    if (multi->count > 0 || multi->driven) return;
    if (multi->previous == NULL && multi->next == NULL) return;
    destroy(multi);
}

static void drive(struct pen_multi *multi, curl_socket_t fd, int events)
{
    CURLM *const handle = multi->handle;
    multi->driven = true;
    int running = 0;
    /* An error is about one handle and comes as its message, or the exchange's timer ends it. */
    (void)curl_multi_socket_action(handle, fd, events, &running);
    int left = 0;
    for (CURLMsg *message = curl_multi_info_read(handle, &left); message != NULL;
         message = curl_multi_info_read(handle, &left)) {
        if (message->msg != CURLMSG_DONE) continue;

        const CURLcode code = message->data.result;
        struct pen_curl_connection *connection = NULL;
        if (curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &connection) != CURLE_OK) {
            continue;
        }
        forget_unwatched(connection);
        report_opened(connection, code);
    }
    report_unwatched(multi);
    multi->driven = false;
    drop_if_idle(multi);
}

static void on_socket(struct pen_watch *watch, uint32_t events)
{
    const struct pen_curl_socket *const socket =
        PEN_CONTAINER_OF(watch, struct pen_curl_socket, watch);
    const int mask = ((events & EPOLLIN) != 0 ? CURL_CSELECT_IN : 0)
                     | ((events & EPOLLOUT) != 0 ? CURL_CSELECT_OUT : 0)
                     | ((events & (EPOLLERR | EPOLLHUP)) != 0 ? CURL_CSELECT_ERR : 0);
    drive(socket->multi, watch->fd, mask);
}

static void set_due(struct pen_multi *multi, uint64_t due_ms)
{
    /* It is armed, or was until it fired just now. */
    if (pen_loop_arm(multi->connector->loop, &multi->timer, due_ms) != PEN_OK) abort();
}

static void on_timer(struct pen_timer *timer)
{
    struct pen_multi *const multi = PEN_CONTAINER_OF(timer, struct pen_multi, timer);
    set_due(multi, NEVER);
    drive(multi, CURL_SOCKET_TIMEOUT, 0);
}

static struct pen_curl_socket *free_socket(struct pen_curl_connection *connection)
{
    for (size_t i = 0; i < PEN_CURL_SOCKETS; i++) {
        if (connection->sockets[i].watch.events == 0) return &connection->sockets[i];
    }
    return NULL;
}

static int watch_socket(CURL *easy, curl_socket_t fd, int what, void *owner, void *assigned)
{
    struct pen_multi *const multi = owner;
    struct pen_loop *const loop = multi->connector->loop;
    struct pen_curl_socket *socket = assigned;
    if (what == CURL_POLL_REMOVE) {
        if (socket != NULL) pen_loop_unwatch(loop, &socket->watch);
        return 0;
    }
    struct pen_curl_connection *connection = NULL;
    if (curl_easy_getinfo(easy, CURLINFO_PRIVATE, &connection) != CURLE_OK) return 0;
    if (connection == NULL) return 0; /* a handle of libcurl's own */
    if (socket == NULL) {
        socket = free_socket(connection);
        if (socket == NULL || curl_multi_assign(multi->handle, fd, socket) != CURLM_OK) {
            give_up(connection);
            return 0;
        }
        *socket = (struct pen_curl_socket){.watch = {.fd = fd, .ready = on_socket}, .multi = multi};
    }
    const uint32_t events = (what != CURL_POLL_OUT ? (uint32_t)EPOLLIN : 0)
                            | (what != CURL_POLL_IN ? (uint32_t)EPOLLOUT : 0);
    if (pen_loop_watch(loop, &socket->watch, events) != PEN_OK) give_up(connection);
    return 0;
}

static int set_timer(CURLM *handle, long timeout_ms, void *owner)
{
    (void)handle;
    struct pen_multi *const multi = owner;
    /* The loop's clock stands still during a turn: a millisecond more never fires too early. */
    const uint64_t wait_ms = timeout_ms > 0 ? (uint64_t)timeout_ms + 1 : 0;
    set_due(multi, timeout_ms < 0 ? NEVER : pen_loop_now_ms(multi->connector->loop) + wait_ms);
    return 0;
}

static bool set_options(struct pen_multi *multi)
{
    CURLM *const handle = multi->handle;
    return curl_multi_setopt(handle, CURLMOPT_SOCKETFUNCTION, watch_socket) == CURLM_OK
           && curl_multi_setopt(handle, CURLMOPT_SOCKETDATA, multi) == CURLM_OK
           && curl_multi_setopt(handle, CURLMOPT_TIMERFUNCTION, set_timer) == CURLM_OK
           && curl_multi_setopt(handle, CURLMOPT_TIMERDATA, multi) == CURLM_OK;
}

/* Among those that have room, in front. NULL: no memory, or no descriptor. */
static struct pen_multi *create(struct pen_connector *connector)
{
    struct pen_multi *const multi = calloc(1, sizeof(*multi));
    if (multi == NULL) return NULL;

    *multi = (struct pen_multi){.connector = connector, .timer = {.fired = on_timer}};
    multi->handle = curl_multi_init();
    if (multi->handle == NULL || !set_options(multi)
        || pen_loop_arm(connector->loop, &multi->timer, NEVER) != PEN_OK) {
        (void)curl_multi_setopt(multi->handle, CURLMOPT_TIMERFUNCTION, NULL);
        (void)curl_multi_cleanup(multi->handle);
        free(multi);
        return NULL;
    }
    put(&connector->roomy, multi);
    return multi;
}

enum pen_status pen_curl_begin(struct pen_curl_connection *connection)
{
    struct pen_connector *const connector = connection->base.connector;
    struct pen_multi *const multi = connector->roomy != NULL ? connector->roomy : create(connector);
    if (multi == NULL) return PEN_ERR_NOMEM;
    if (curl_multi_add_handle(multi->handle, connection->easy) != CURLM_OK) return PEN_ERR_INTERNAL;

    connection->multi = multi;
    if (++multi->count == PEN_MULTI_CONNECTIONS) {
        take_out(&connector->roomy, multi);
        put(&connector->full, multi);
    }
    return PEN_OK;
}

static void leave(struct pen_multi *multi)
{
    struct pen_connector *const connector = multi->connector;
    if (multi->count-- == PEN_MULTI_CONNECTIONS) {
        take_out(&connector->full, multi);
        put(&connector->roomy, multi);
    }
    drop_if_idle(multi);
}

void pen_curl_end(struct pen_curl_connection *connection)
{
    struct pen_multi *const multi = connection->multi;
    pen_loop_unwatch(connection->base.connector->loop, &connection->base.watch);
    if (multi == NULL) return; /* it was never begun */

    forget_unwatched(connection);
    stop_sockets(connection);
    (void)curl_multi_remove_handle(multi->handle, connection->easy);
    /* Removing may have asked for sockets once more. */
    stop_sockets(connection);
    connection->multi = NULL;
    leave(multi);
}

void pen_curl_destroy_multis(struct pen_connector *connector)
{
    assert(connector->full == NULL);
    while (connector->roomy != NULL) {
        destroy(connector->roomy);
    }
}
