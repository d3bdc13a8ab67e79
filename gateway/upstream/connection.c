/**
 * libcurl as a maker of connections: CURLOPT_CONNECT_ONLY handles in one multi handle per
 * connector, driven by the worker's loop until they are connected; then the socket is watched by us
 * and used through curl_easy_send and curl_easy_recv.
 *
 * A connected handle stays in the multi handle, which owns its connection. libcurl would prune such
 * connections as unused ones; the first send, which follows at once, ties it to its handle.
 */
#include "gateway/upstream/connection.h"

#include <curl/curl.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#define SOCKETS 8 /* two addresses at a time (RFC 8305) and the resolver's; the rest is reserve */
#define NEVER   UINT64_MAX /* due, for a timer that only keeps its place */

struct pen_connector {
    struct pen_loop *loop;
    const struct pen_config_upstream *upstream;
    const struct pen_connection_hooks *hooks;
    void *owner;
    struct pen_tls_client *tls; /* NULL without TLS */
    CURLM *multi;
    CURLSH *share; /* names and TLS sessions of this identity and generation only */
    struct curl_slist *connect_to;
    struct pen_timer timer; /* armed from the first connection on: setting it needs no memory */
    struct curl_connection *unwatched;
    char url[320]; /* names the server as its certificate must */
    bool curl_ready;
};

/* A socket that libcurl wants watched while it connects. */
struct socket {
    struct pen_watch watch;
    struct pen_connector *connector;
};

struct curl_connection {
    struct pen_connection base;
    CURL *easy;
    struct socket sockets[SOCKETS];
    const void *session; /* OpenSSL's, once the first bytes went out; NULL without TLS */
    bool handshaking;    /* TLS has begun */
    bool unwatched;      /* a socket could not be watched: never connected */
    struct curl_connection *next_unwatched;
    char trouble[CURL_ERROR_SIZE];
};

static struct curl_connection *inner(struct pen_connection *connection)
{
    return PEN_CONTAINER_OF(connection, struct curl_connection, base);
}

static const struct curl_connection *inner_const(const struct pen_connection *connection)
{
    return (const struct curl_connection *)(const void *)connection; /* `base` comes first */
}

/* What a failed attempt means. */

static const char *words_or(const struct curl_connection *connection, CURLcode code)
{
    return connection->trouble[0] != '\0' ? connection->trouble : curl_easy_strerror(code);
}

static const char *certificate_trouble(const struct curl_connection *connection, CURLcode code)
{
    long result = 0;
    if (curl_easy_getinfo(connection->easy, CURLINFO_SSL_VERIFYRESULT, &result) == CURLE_OK
        && result > 1) {
        return pen_tls_verify_text(result);
    }
    /* 0 and 1 ("unspecified"): OpenSSL had no objection, but libcurl to the name. */
    return words_or(connection, code);
}

static const char *socket_trouble(const struct curl_connection *connection, CURLcode code)
{
    long number = 0;
    if (curl_easy_getinfo(connection->easy, CURLINFO_OS_ERRNO, &number) == CURLE_OK && number > 0) {
        const char *const words = strerrordesc_np((int)number);
        if (words != NULL) return words;
    }
    return words_or(connection, code);
}

static enum pen_upstream_failure explain(const struct curl_connection *connection, CURLcode code,
                                         const char **detail)
{
    *detail = words_or(connection, code);
    if (code == CURLE_OK) return PEN_UPSTREAM_OK;
    if (code == CURLE_COULDNT_RESOLVE_HOST) return PEN_UPSTREAM_DNS;
    if (code == CURLE_OUT_OF_MEMORY) return PEN_UPSTREAM_INTERNAL;
    if (code == CURLE_OPERATION_TIMEDOUT) {
        *detail = pen_connection_stage(&connection->base);
        return PEN_UPSTREAM_CONNECT_TIMEOUT;
    }
    if (code == CURLE_COULDNT_CONNECT) {
        *detail = socket_trouble(connection, code);
        return PEN_UPSTREAM_REFUSED;
    }
    if (code == CURLE_PEER_FAILED_VERIFICATION) {
        *detail = certificate_trouble(connection, code);
        return PEN_UPSTREAM_CERTIFICATE;
    }
    if (code == CURLE_SSL_PINNEDPUBKEYNOTMATCH) {
        *detail = "the key is not the pinned one";
        return PEN_UPSTREAM_CERTIFICATE;
    }
    return connection->handshaking ? PEN_UPSTREAM_TLS : PEN_UPSTREAM_INTERNAL;
}

/* libcurl in our loop. */

static void stop_sockets(struct curl_connection *connection)
{
    for (size_t i = 0; i < SOCKETS; i++) {
        pen_loop_unwatch(connection->base.connector->loop, &connection->sockets[i].watch);
    }
}

static void on_ready(struct pen_watch *watch, uint32_t events)
{
    struct pen_connection *const connection = PEN_CONTAINER_OF(watch, struct pen_connection, watch);
    connection->connector->hooks->ready(connection, events);
}

static void on_idle(struct pen_timer *timer)
{
    struct pen_connection *const connection = PEN_CONTAINER_OF(timer, struct pen_connection, idle);
    connection->connector->hooks->idled(connection);
}

static bool take_socket(struct curl_connection *connection)
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

static void report_opened(struct curl_connection *connection, CURLcode code)
{
    const char *detail = NULL;
    enum pen_upstream_failure failure = explain(connection, code, &detail);
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
static void give_up(struct curl_connection *connection)
{
    if (connection->unwatched) return;

    connection->unwatched = true;
    connection->next_unwatched = connection->base.connector->unwatched;
    connection->base.connector->unwatched = connection;
}

static void forget_unwatched(struct curl_connection *connection)
{
    if (!connection->unwatched) return;

    connection->unwatched = false;
    struct curl_connection **link = &connection->base.connector->unwatched;
    while (*link != connection) {
        link = &(*link)->next_unwatched;
    }
    *link = connection->next_unwatched;
}

static void report_unwatched(struct pen_connector *connector)
{
    while (connector->unwatched != NULL) {
        struct curl_connection *const connection = connector->unwatched;
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
        struct curl_connection *connection = NULL;
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
    const struct socket *const socket = PEN_CONTAINER_OF(watch, struct socket, watch);
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

static struct socket *free_socket(struct curl_connection *connection)
{
    for (size_t i = 0; i < SOCKETS; i++) {
        if (connection->sockets[i].watch.events == 0) return &connection->sockets[i];
    }
    return NULL;
}

static int watch_socket(CURL *easy, curl_socket_t fd, int what, void *owner, void *assigned)
{
    struct pen_connector *const connector = owner;
    struct socket *socket = assigned;
    if (what == CURL_POLL_REMOVE) {
        if (socket != NULL) pen_loop_unwatch(connector->loop, &socket->watch);
        return 0;
    }
    struct curl_connection *connection = NULL;
    if (curl_easy_getinfo(easy, CURLINFO_PRIVATE, &connection) != CURLE_OK) return -1;
    if (socket == NULL) {
        socket = free_socket(connection);
        if (socket == NULL || curl_multi_assign(connector->multi, fd, socket) != CURLM_OK) {
            give_up(connection);
            return 0;
        }
        *socket = (struct socket){.watch = {.fd = fd, .ready = on_socket}, .connector = connector};
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

/* Settings of the connector. */

static bool is_ipv6(struct pen_str host)
{
    return pen_str_find(host, ':', 0) < host.len;
}

static bool name_server(struct pen_connector *connector)
{
    const struct pen_config_upstream *const upstream = connector->upstream;
    const bool renamed = upstream->scheme == PEN_UPSTREAM_HTTPS && upstream->server_name.len > 0;
    const struct pen_str name = renamed ? upstream->server_name : upstream->host;
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
           && curl_share_setopt(connector->share, CURLSHOPT_SHARE, CURL_LOCK_DATA_DNS) == CURLSHE_OK
           && curl_share_setopt(connector->share, CURLSHOPT_SHARE, CURL_LOCK_DATA_SSL_SESSION)
                  == CURLSHE_OK
           && curl_multi_setopt(connector->multi, CURLMOPT_SOCKETFUNCTION, watch_socket) == CURLM_OK
           && curl_multi_setopt(connector->multi, CURLMOPT_SOCKETDATA, connector) == CURLM_OK
           && curl_multi_setopt(connector->multi, CURLMOPT_TIMERFUNCTION, set_timer) == CURLM_OK
           && curl_multi_setopt(connector->multi, CURLMOPT_TIMERDATA, connector) == CURLM_OK;
}

enum pen_status pen_connector_create(struct pen_loop *loop,
                                     const struct pen_config_upstream *upstream,
                                     struct pen_tls_client *tls,
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
    pen_tls_client_release(connector->tls);
    pen_loop_disarm(connector->loop, &connector->timer);
    if (connector->curl_ready) curl_global_cleanup();
    free(connector);
}

void *pen_connector_owner(const struct pen_connector *connector)
{
    return connector->owner;
}

/* Settings of one connection. */

static bool set_numbers(CURL *easy, const struct pen_config_upstream *upstream)
{
    const long floor =
        upstream->min_version == 13 ? CURL_SSLVERSION_TLSv1_3 : CURL_SSLVERSION_TLSv1_2;
    const struct {
        CURLoption option;
        long value;
    } settings[] = {
        {CURLOPT_CONNECT_ONLY, 1},
        {CURLOPT_FRESH_CONNECT, 1},
        {CURLOPT_CONNECTTIMEOUT_MS, (long)upstream->connect_timeout_ms},
        {CURLOPT_NOSIGNAL, 1},
        {CURLOPT_QUICK_EXIT, 1}, /* never wait for a resolver's thread */
        {CURLOPT_TCP_NODELAY, 1},
        {CURLOPT_NETRC, CURL_NETRC_IGNORED},
        {CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_1_1},
        {CURLOPT_SSLVERSION, floor},
        {CURLOPT_SSL_VERIFYPEER, 1},
        {CURLOPT_SSL_VERIFYHOST, 2},
        {CURLOPT_BUFFERSIZE, PEN_CONNECTION_BUFFER}, /* the most that one read gives */
    };
    for (size_t i = 0; i < PEN_COUNT_OF(settings); i++) {
        if (curl_easy_setopt(easy, settings[i].option, settings[i].value) != CURLE_OK) return false;
    }
    return true;
}

static CURLcode apply_tls(CURL *easy, void *ssl_ctx, void *client)
{
    struct curl_connection *connection = NULL;
    if (curl_easy_getinfo(easy, CURLINFO_PRIVATE, &connection) != CURLE_OK) {
        return CURLE_ABORTED_BY_CALLBACK;
    }
    connection->handshaking = true;
    return pen_tls_client_apply(client, ssl_ctx) == PEN_OK ? CURLE_OK : CURLE_OUT_OF_MEMORY;
}

static bool set_texts(CURL *easy, const struct pen_connector *connector)
{
    const struct pen_config_upstream *const upstream = connector->upstream;
    const bool https = upstream->scheme == PEN_UPSTREAM_HTTPS;
    const bool local = upstream->scheme == PEN_UPSTREAM_UNIX;
    const struct {
        CURLoption option;
        const char *value;
    } settings[] = {
        {CURLOPT_URL, connector->url},
        {CURLOPT_PROTOCOLS_STR, https ? "https" : "http"},
        {CURLOPT_PROXY, ""}, /* and none from the environment */
        {CURLOPT_NOPROXY, "*"},
        {CURLOPT_CAINFO, NULL}, /* the trusted CAs are those of apply_tls alone */
        {CURLOPT_CAPATH, NULL},
        {CURLOPT_PINNEDPUBLICKEY, https && upstream->pin.len > 0 ? upstream->pin.ptr : NULL},
        {CURLOPT_UNIX_SOCKET_PATH, local ? upstream->unix_path.ptr : NULL},
    };
    for (size_t i = 0; i < PEN_COUNT_OF(settings); i++) {
        if (curl_easy_setopt(easy, settings[i].option, settings[i].value) != CURLE_OK) return false;
    }
    return true;
}

static bool set_pointers(struct curl_connection *connection, struct pen_connector *connector)
{
    CURL *const easy = connection->easy;
    if (curl_easy_setopt(easy, CURLOPT_PRIVATE, connection) != CURLE_OK
        || curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, connection->trouble) != CURLE_OK
        || curl_easy_setopt(easy, CURLOPT_SHARE, connector->share) != CURLE_OK
        || curl_easy_setopt(easy, CURLOPT_CONNECT_TO, connector->connect_to) != CURLE_OK) {
        return false;
    }
    if (connector->tls == NULL) return true;

    return curl_easy_setopt(easy, CURLOPT_SSL_CTX_FUNCTION, apply_tls) == CURLE_OK
           && curl_easy_setopt(easy, CURLOPT_SSL_CTX_DATA, connector->tls) == CURLE_OK;
}

enum pen_status pen_connection_open(struct pen_connector *connector, struct pen_connection **out)
{
    /* Not before: a connector is made by another thread than the loop's. */
    if (connector->timer.slot == 0) {
        PEN_TRY(pen_loop_arm(connector->loop, &connector->timer, NEVER));
    }
    struct curl_connection *connection = calloc(1, sizeof(*connection));
    if (connection == NULL) return PEN_ERR_NOMEM;

    enum pen_status status = PEN_ERR_NOMEM;
    connection->base.connector = connector;
    connection->base.idle.fired = on_idle;
    connection->base.buffer = malloc(PEN_CONNECTION_BUFFER);
    connection->easy = curl_easy_init();
    if (connection->base.buffer == NULL || connection->easy == NULL) goto fail;

    status = PEN_ERR_INTERNAL;
    if (!set_numbers(connection->easy, connector->upstream)
        || !set_texts(connection->easy, connector) || !set_pointers(connection, connector)
        || curl_multi_add_handle(connector->multi, connection->easy) != CURLM_OK) {
        goto fail;
    }
    *out = &connection->base;
    return PEN_OK;

fail:
    pen_connection_close(&connection->base);
    return status;
}

void pen_connection_close(struct pen_connection *connection)
{
    if (connection == NULL) return;

    struct curl_connection *const self = inner(connection);
    struct pen_connector *const connector = connection->connector;
    forget_unwatched(self);
    stop_sockets(self);
    pen_loop_unwatch(connector->loop, &connection->watch);
    pen_loop_disarm(connector->loop, &connection->idle);
    if (self->easy != NULL) {
        /* Closes the connection, with TLS's close_notify. */
        (void)curl_multi_remove_handle(connector->multi, self->easy);
        curl_easy_cleanup(self->easy);
    }
    /* Removing may have asked for sockets once more. */
    stop_sockets(self);
    free(connection->buffer);
    free(self);
}

/* A connection at work. */

const char *pen_connection_stage(const struct pen_connection *connection)
{
    const struct curl_connection *const self = inner_const(connection);
    curl_off_t resolved_us = 0;
    if (curl_easy_getinfo(self->easy, CURLINFO_NAMELOOKUP_TIME_T, &resolved_us) != CURLE_OK
        || resolved_us == 0) {
        return "looking up the name";
    }
    return self->handshaking ? "shaking hands" : "connecting";
}

/* Only the first send ties the connection to its handle; before it libcurl does not tell. */
static bool learn_session(struct curl_connection *connection)
{
    if (connection->base.connector->tls == NULL || connection->session != NULL) return true;

    const struct curl_tlssessioninfo *session = NULL;
    if (curl_easy_getinfo(connection->easy, CURLINFO_TLS_SSL_PTR, &session) != CURLE_OK
        || session->backend != CURLSSLBACKEND_OPENSSL) {
        return false;
    }
    connection->session = session->internals;
    return connection->session != NULL;
}

enum pen_connection_io pen_connection_send(struct pen_connection *connection, struct pen_str bytes,
                                           size_t *sent)
{
    struct curl_connection *const self = inner(connection);
    const size_t len = bytes.len < PEN_TLS_RECORD ? bytes.len : PEN_TLS_RECORD;
    size_t count = 0;
    const CURLcode code = curl_easy_send(self->easy, bytes.ptr, len, &count);
    const bool fine = code == CURLE_OK || code == CURLE_AGAIN;
    if (!fine || !learn_session(self)) return PEN_CONNECTION_BROKEN;
    if (count == 0) return PEN_CONNECTION_AGAIN;

    *sent = count;
    return PEN_CONNECTION_DONE;
}

static enum pen_connection_io broken_how(const struct curl_connection *connection)
{
    const bool alert = strstr(connection->trouble, " alert ") != NULL;
    return alert ? PEN_CONNECTION_ALERT : PEN_CONNECTION_BROKEN;
}

/* RFC 9112 section 9.8: a TLS connection that ends without close_notify has been cut. */
static enum pen_connection_io ended_how(const struct curl_connection *connection)
{
    if (connection->base.connector->tls == NULL) return PEN_CONNECTION_CLOSED;

    return pen_tls_said_goodbye(connection->session) ? PEN_CONNECTION_CLOSED
                                                     : PEN_CONNECTION_BROKEN;
}

enum pen_connection_io pen_connection_receive(struct pen_connection *connection, char *into,
                                              size_t room, size_t *received)
{
    size_t count = 0;
    const CURLcode code = curl_easy_recv(inner(connection)->easy, into, room, &count);
    if (code == CURLE_AGAIN) return PEN_CONNECTION_AGAIN;
    if (code != CURLE_OK) return broken_how(inner(connection));
    if (count == 0) return ended_how(inner(connection));

    *received = count;
    return PEN_CONNECTION_DONE;
}

bool pen_connection_has_more(const struct pen_connection *connection)
{
    return pen_tls_has_more(inner_const(connection)->session);
}

const char *pen_connection_trouble(const struct pen_connection *connection)
{
    return inner_const(connection)->trouble;
}

bool pen_connection_is_quiet(const struct pen_connection *connection)
{
    char byte;
    const ssize_t got = recv(connection->watch.fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT);
    return got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK);
}
