/**
 * libcurl's multi handle in the worker's loop, one per connector, until a connection is made; then
 * its socket is watched by us and belongs to connection.c.
 *
 * A connected handle stays in the multi handle, which owns its connection. libcurl would prune such
 * connections as unused ones; the first send, which follows at once, ties it to its handle.
 */
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
    connection->next_unwatched = connection->base.connector->unwatched;
    connection->base.connector->unwatched = connection;
}

static void forget_unwatched(struct pen_curl_connection *connection)
{
    if (!connection->unwatched) return;

    connection->unwatched = false;
    struct pen_curl_connection **link = &connection->base.connector->unwatched;
    while (*link != connection) {
        link = &(*link)->next_unwatched;
    }
    *link = connection->next_unwatched;
}

static void report_unwatched(struct pen_connector *connector)
{
    while (connector->unwatched != NULL) {
        struct pen_curl_connection *const connection = connector->unwatched;
        forget_unwatched(connection);
        stop_sockets(connection);
        connector->hooks->opened(&connection->base, PEN_UPSTREAM_INTERNAL,
                                 "the connection cannot be watched");
    }
}

static void drive(struct pen_connector *connector, curl_socket_t fd, int events)
{
    CURLM *const multi = connector->multi;
    int running = 0;
    /* An error is about one handle and comes as its message, or the exchange's timer ends it. */
    (void)curl_multi_socket_action(multi, fd, events, &running);
    int left = 0;
    for (CURLMsg *message = curl_multi_info_read(multi, &left); message != NULL;
         message = curl_multi_info_read(multi, &left)) {
        if (message->msg != CURLMSG_DONE) continue;

        const CURLcode code = message->data.result;
        struct pen_curl_connection *connection = NULL;
        if (curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &connection) != CURLE_OK) {
            continue;
        }
        forget_unwatched(connection);
        report_opened(connection, code);
    }
    report_unwatched(connector);
}

static void on_socket(struct pen_watch *watch, uint32_t events)
{
    const struct pen_curl_socket *const socket =
        PEN_CONTAINER_OF(watch, struct pen_curl_socket, watch);
    const int mask = ((events & EPOLLIN) != 0 ? CURL_CSELECT_IN : 0)
                     | ((events & EPOLLOUT) != 0 ? CURL_CSELECT_OUT : 0)
                     | ((events & (EPOLLERR | EPOLLHUP)) != 0 ? CURL_CSELECT_ERR : 0);
    drive(socket->connector, watch->fd, mask);
}

static void set_due(struct pen_connector *connector, uint64_t due_ms)
{
    /* It is armed, or was until it fired just now. */
    if (pen_loop_arm(connector->loop, &connector->timer, due_ms) != PEN_OK) abort();
}

static void on_timer(struct pen_timer *timer)
{
    struct pen_connector *const connector = PEN_CONTAINER_OF(timer, struct pen_connector, timer);
    set_due(connector, NEVER);
    drive(connector, CURL_SOCKET_TIMEOUT, 0);
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
    struct pen_connector *const connector = owner;
    struct pen_curl_socket *socket = assigned;
    if (what == CURL_POLL_REMOVE) {
        if (socket != NULL) pen_loop_unwatch(connector->loop, &socket->watch);
        return 0;
    }
    struct pen_curl_connection *connection = NULL;
    if (curl_easy_getinfo(easy, CURLINFO_PRIVATE, &connection) != CURLE_OK) return -1;
    if (socket == NULL) {
        socket = free_socket(connection);
        if (socket == NULL || curl_multi_assign(connector->multi, fd, socket) != CURLM_OK) {
            give_up(connection);
            return 0;
        }
        *socket = (struct pen_curl_socket){.watch = {.fd = fd, .ready = on_socket},
                                           .connector = connector};
    }
    const uint32_t events = (what != CURL_POLL_OUT ? (uint32_t)EPOLLIN : 0)
                            | (what != CURL_POLL_IN ? (uint32_t)EPOLLOUT : 0);
    if (pen_loop_watch(connector->loop, &socket->watch, events) != PEN_OK) give_up(connection);
    return 0;
}

static int set_timer(CURLM *multi, long timeout_ms, void *owner)
{
    (void)multi;
    struct pen_connector *const connector = owner;
    /* The loop's clock stands still during a turn: a millisecond more never fires too early. */
    const uint64_t wait_ms = timeout_ms > 0 ? (uint64_t)timeout_ms + 1 : 0;
    set_due(connector, timeout_ms < 0 ? NEVER : pen_loop_now_ms(connector->loop) + wait_ms);
    return 0;
}

enum pen_status pen_curl_begin(struct pen_curl_connection *connection)
{
    struct pen_connector *const connector = connection->base.connector;
    /* Not before: a connector is made by another thread than the loop's. */
    if (connector->timer.slot == 0) {
        PEN_TRY(pen_loop_arm(connector->loop, &connector->timer, NEVER));
    }
    return curl_multi_add_handle(connector->multi, connection->easy) == CURLM_OK ? PEN_OK
                                                                                 : PEN_ERR_INTERNAL;
}

void pen_curl_end(struct pen_curl_connection *connection)
{
    struct pen_connector *const connector = connection->base.connector;
    forget_unwatched(connection);
    stop_sockets(connection);
    pen_loop_unwatch(connector->loop, &connection->base.watch);
    if (connection->easy == NULL) return;

    /* Fails only for a handle that was never added. */
    (void)curl_multi_remove_handle(connector->multi, connection->easy);
    /* Removing may have asked for sockets once more. */
    stop_sockets(connection);
}

/* Settings of the connector. */

static bool is_ipv6(struct pen_str host)
{
    return pen_str_find(host, ':', 0) < host.len;
}

static bool name_server(struct pen_connector *connector)
{
    const struct pen_config_upstream *const upstream = connector->upstream;
    const struct pen_str name = pen_config_proven_name(upstream);
    const bool renamed = !pen_str_equal(name, upstream->host);
    const char *const scheme = upstream->scheme == PEN_UPSTREAM_HTTPS ? "https" : "http";
    struct pen_buf url = pen_buf_over(connector->url, sizeof(connector->url) - 1);
    pen_buf_format(&url, is_ipv6(name) ? "%s://[%.*s]" : "%s://%.*s", scheme, PEN_STR_ARGS(name));
    if (upstream->port != 0) pen_buf_format(&url, ":%u", (unsigned)upstream->port);
    if (url.full) return false;

    url.ptr[url.len] = '\0';
    if (!renamed) return true;

    /* An empty host and port on the left: for whatever the URL names. */
    char text[320];
    struct pen_buf to = pen_buf_over(text, sizeof(text) - 1);
    pen_buf_format(&to, is_ipv6(upstream->host) ? "::[%.*s]:%u" : "::%.*s:%u",
                   PEN_STR_ARGS(upstream->host), (unsigned)upstream->port);
    if (to.full) return false;

    text[to.len] = '\0';
    connector->connect_to = curl_slist_append(NULL, text);
    return connector->connect_to != NULL;
}

static bool init_multi(struct pen_connector *connector)
{
    connector->multi = curl_multi_init();
    connector->share = curl_share_init();
    return connector->multi != NULL && connector->share != NULL
           && curl_share_setopt(connector->share, CURLSHOPT_SHARE, CURL_LOCK_DATA_SSL_SESSION)
                  == CURLSHE_OK
           && curl_multi_setopt(connector->multi, CURLMOPT_SOCKETFUNCTION, watch_socket) == CURLM_OK
           && curl_multi_setopt(connector->multi, CURLMOPT_SOCKETDATA, connector) == CURLM_OK
           && curl_multi_setopt(connector->multi, CURLMOPT_TIMERFUNCTION, set_timer) == CURLM_OK
           && curl_multi_setopt(connector->multi, CURLMOPT_TIMERDATA, connector) == CURLM_OK;
}

enum pen_status pen_connector_create(struct pen_loop *loop,
                                     const struct pen_config_upstream *upstream,
                                     struct pen_tls_client *tls, struct pen_resolver *resolver,
                                     const struct pen_connection_hooks *hooks, void *owner,
                                     struct pen_connector **out, struct pen_error *err)
{
    struct pen_connector *connector = calloc(1, sizeof(*connector));
    if (connector == NULL) return PEN_ERR_NOMEM;

    *connector = (struct pen_connector){
        .loop = loop,
        .upstream = upstream,
        .tls = tls == NULL ? NULL : pen_tls_client_acquire(tls),
        .hooks = hooks,
        .owner = owner,
        .timer = {.fired = on_timer},
    };
    pen_naming_init(connector, resolver);
    enum pen_status status = PEN_ERR_NOMEM;
    connector->curl_ready = curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK;
    if (!connector->curl_ready || !init_multi(connector)) goto fail;

    if (!name_server(connector)) {
        pen_error_set(err, "upstream '%.*s': the host name is too long",
                      PEN_STR_ARGS(upstream->name));
        status = PEN_ERR_INVALID;
        goto fail;
    }
    *out = connector;
    return PEN_OK;

fail:
    pen_connector_destroy(connector);
    return status;
}

void pen_connector_destroy(struct pen_connector *connector)
{
    if (connector == NULL) return;

    if (connector->multi != NULL) {
        (void)curl_multi_setopt(connector->multi, CURLMOPT_TIMERFUNCTION, NULL);
        (void)curl_multi_cleanup(connector->multi);
    }
    if (connector->share != NULL) (void)curl_share_cleanup(connector->share);
    curl_slist_free_all(connector->connect_to);
    pen_naming_deinit(connector);
    pen_tls_client_release(connector->tls);
    pen_loop_disarm(connector->loop, &connector->timer);
    if (connector->curl_ready) curl_global_cleanup();
    free(connector);
}

void *pen_connector_owner(const struct pen_connector *connector)
{
    return connector->owner;
}
