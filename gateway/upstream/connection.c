/**
 * One connection: what libcurl is told to prove before it is one, and then curl_easy_send and
 * curl_easy_recv over its socket (CURLOPT_CONNECT_ONLY).
 */
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "gateway/upstream/libcurl.h"

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
    struct pen_curl_connection *connection = NULL;
    if (curl_easy_getinfo(easy, CURLINFO_PRIVATE, &connection) != CURLE_OK) {
        return CURLE_ABORTED_BY_CALLBACK;
    }
    if (pen_tls_client_apply(client, ssl_ctx) != PEN_OK) return CURLE_OUT_OF_MEMORY;

    pen_tls_context_release(connection->context);
    connection->context = pen_tls_context_acquire(ssl_ctx);
    return connection->context != NULL ? CURLE_OK : CURLE_OUT_OF_MEMORY;
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

/* libcurl says of a socket that it could not have what it says of a function that refuses. */
static curl_socket_t open_socket(void *owner, curlsocktype purpose, struct curl_sockaddr *address)
{
    (void)purpose;
    struct pen_curl_connection *const connection = owner;
    const int fd = socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
    if (fd >= 0) return fd;

    connection->starved = errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM;
    return CURL_SOCKET_BAD;
}

static bool set_pointers(struct pen_curl_connection *connection, struct pen_connector *connector)
{
    CURL *const easy = connection->easy;
    if (curl_easy_setopt(easy, CURLOPT_PRIVATE, connection) != CURLE_OK
        || curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, connection->trouble) != CURLE_OK
        || curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, open_socket) != CURLE_OK
        || curl_easy_setopt(easy, CURLOPT_OPENSOCKETDATA, connection) != CURLE_OK
        || curl_easy_setopt(easy, CURLOPT_SHARE, connector->share) != CURLE_OK
        || curl_easy_setopt(easy, CURLOPT_CONNECT_TO, connector->connect_to) != CURLE_OK) {
        return false;
    }
    if (connector->tls == NULL) return true;

    return curl_easy_setopt(easy, CURLOPT_SSL_CTX_FUNCTION, apply_tls) == CURLE_OK
           && curl_easy_setopt(easy, CURLOPT_SSL_CTX_DATA, connector->tls) == CURLE_OK;
}

static void on_idle(struct pen_timer *timer)
{
    struct pen_connection *const connection = PEN_CONTAINER_OF(timer, struct pen_connection, idle);
    connection->connector->hooks->idled(connection);
}

enum pen_status pen_connection_open(struct pen_connector *connector, struct pen_connection **out)
{
    struct pen_curl_connection *const connection = calloc(1, sizeof(*connection));
    if (connection == NULL) return PEN_ERR_NOMEM;

    enum pen_status status = PEN_ERR_NOMEM;
    connection->base.connector = connector;
    connection->base.idle.fired = on_idle;
    connection->base.buffer = malloc(PEN_CONNECTION_BUFFER);
    connection->easy = curl_easy_init();
    if (connection->base.buffer == NULL || connection->easy == NULL) goto fail;

    status = PEN_ERR_INTERNAL;
    if (!set_numbers(connection->easy, connector->upstream)
        || !set_texts(connection->easy, connector) || !set_pointers(connection, connector)) {
        goto fail;
    }
    status = pen_naming_begin(connection);
    if (status != PEN_OK) goto fail;
    *out = &connection->base;
    return PEN_OK;

fail:
    pen_connection_close(&connection->base);
    return status;
}

void pen_connection_close(struct pen_connection *connection)
{
    if (connection == NULL) return;

    struct pen_curl_connection *const self = pen_curl_inner(connection);
    pen_loop_disarm(connection->connector->loop, &connection->idle);
    pen_curl_end(self);
    curl_easy_cleanup(self->easy);
    pen_naming_end(self);
    pen_tls_context_release(self->context);
    free(connection->buffer);
    free(self);
}

/* A connection at work. */

const char *pen_connection_stage(const struct pen_connection *connection)
{
    const struct pen_curl_connection *const self = pen_curl_inner_const(connection);
    if (self->waits) return "looking up the name";
    return self->context != NULL ? "shaking hands" : "connecting";
}

/* Only the first send ties the connection to its handle; before it libcurl does not tell. */
static bool learn_session(struct pen_curl_connection *connection)
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
    struct pen_curl_connection *const self = pen_curl_inner(connection);
    const size_t len = bytes.len < PEN_TLS_RECORD ? bytes.len : PEN_TLS_RECORD;
    size_t count = 0;
    const CURLcode code = curl_easy_send(self->easy, bytes.ptr, len, &count);
    const bool fine = code == CURLE_OK || code == CURLE_AGAIN;
    if (!fine || !learn_session(self)) return PEN_CONNECTION_BROKEN;
    if (count == 0) return PEN_CONNECTION_AGAIN;

    *sent = count;
    return PEN_CONNECTION_DONE;
}

void pen_connection_cork(const struct pen_connection *connection, bool hold)
{
    const int value = hold ? 1 : 0;
    /* A Unix socket has no segments. */
    (void)setsockopt(connection->watch.fd, IPPROTO_TCP, TCP_CORK, &value, sizeof(value));
}

static enum pen_connection_io broken_how(const struct pen_curl_connection *connection)
{
    switch (pen_tls_context_alert(connection->context)) {
    case PEN_TLS_ALERT_IDENTITY:
        return PEN_CONNECTION_IDENTITY;
    case PEN_TLS_ALERT_OTHER:
        return PEN_CONNECTION_ALERT;
    case PEN_TLS_ALERT_NONE:
        break;
    }
    return PEN_CONNECTION_BROKEN;
}

/* RFC 9112 section 9.8: a TLS connection that ends without close_notify has been cut. */
static enum pen_connection_io ended_how(const struct pen_curl_connection *connection)
{
    if (connection->base.connector->tls == NULL) return PEN_CONNECTION_CLOSED;

    return pen_tls_said_goodbye(connection->session) ? PEN_CONNECTION_CLOSED
                                                     : PEN_CONNECTION_BROKEN;
}

enum pen_connection_io pen_connection_receive(struct pen_connection *connection, char *into,
                                              size_t room, size_t *received)
{
    size_t count = 0;
    const CURLcode code = curl_easy_recv(pen_curl_inner(connection)->easy, into, room, &count);
    if (code == CURLE_AGAIN) return PEN_CONNECTION_AGAIN;
    if (code != CURLE_OK) return broken_how(pen_curl_inner(connection));
    if (count == 0) return ended_how(pen_curl_inner(connection));

    *received = count;
    return PEN_CONNECTION_DONE;
}

bool pen_connection_has_more(const struct pen_connection *connection)
{
    return pen_tls_has_more(pen_curl_inner_const(connection)->session);
}

const char *pen_connection_trouble(const struct pen_connection *connection)
{
    return pen_curl_inner_const(connection)->trouble;
}

bool pen_connection_is_quiet(const struct pen_connection *connection)
{
    char byte;
    const ssize_t got = recv(connection->watch.fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT);
    return got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK);
}
