/**
 * Where connections wait while the host's addresses are looked up, and how libcurl gets these: by
 * CURLOPT_RESOLVE, so that it looks up nothing itself and starts no thread for each connection.
 */
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "gateway/upstream/libcurl.h"

static void unlink_waiting(struct pen_curl_connection *connection)
{
    if (!connection->waits) return;

    connection->waits = false;
    struct pen_curl_connection **link = &connection->base.connector->naming.waiting;
    while (*link != connection) {
        link = &(*link)->next_waiting;
    }
    *link = connection->next_waiting;
}

static void put_waiting(struct pen_curl_connection *connection)
{
    struct pen_naming *const naming = &connection->base.connector->naming;
    connection->waits = true;
    connection->next_waiting = naming->waiting;
    naming->waiting = connection;
}

static enum pen_resolver_answer ask(struct pen_connector *connector, struct pen_resolved *found,
                                    const char **why)
{
    struct pen_naming *const naming = &connector->naming;
    return pen_resolver_ask(naming->resolver, connector->upstream->host,
                            connector->upstream->resolve_ms, &naming->wait, found, why);
}

static enum pen_status begin_at(struct pen_curl_connection *connection,
                                const struct pen_resolved *found)
{
    const struct pen_config_upstream *const upstream = connection->base.connector->upstream;
    char text[PEN_RESOLVED_BYTES + 300];
    struct pen_buf line = pen_buf_over(text, sizeof(text) - 1);
    pen_buf_format(&line, "%.*s:%u:%s", PEN_STR_ARGS(upstream->host), (unsigned)upstream->port,
                   found->text);
    if (line.full) return PEN_ERR_INTERNAL;

    text[line.len] = '\0';
    connection->addresses = curl_slist_append(NULL, text);
    if (connection->addresses == NULL
        || curl_easy_setopt(connection->easy, CURLOPT_RESOLVE, connection->addresses) != CURLE_OK) {
        return PEN_ERR_NOMEM;
    }
    return pen_curl_begin(connection);
}

static void end_waiting(struct pen_curl_connection *connection, enum pen_resolver_answer answer,
                        const struct pen_resolved *found, const char *why)
{
    const struct pen_connection_hooks *const hooks = connection->base.connector->hooks;
    unlink_waiting(connection);
    if (answer == PEN_RESOLVER_FAILED) {
        hooks->opened(&connection->base, PEN_UPSTREAM_DNS, why);
    } else if (begin_at(connection, found) != PEN_OK) {
        hooks->opened(&connection->base, PEN_UPSTREAM_INTERNAL, "no memory for a connection");
    }
}

static void on_news(struct pen_watch *watch, uint32_t events)
{
    (void)events;
    struct pen_naming *const naming = PEN_CONTAINER_OF(watch, struct pen_naming, news);
    struct pen_connector *const connector = PEN_CONTAINER_OF(naming, struct pen_connector, naming);
    eventfd_t count;
    (void)eventfd_read(watch->fd, &count); /* that it is ready is all it says */
    if (naming->waiting == NULL) return;

    struct pen_resolved found;
    const char *why = NULL;
    const enum pen_resolver_answer answer = ask(connector, &found, &why);
    if (answer == PEN_RESOLVER_WAIT) return;

    while (naming->waiting != NULL)
        end_waiting(naming->waiting, answer, &found, why);
}

/* Not before it is needed: a connector is made by another thread than the loop's. */
static enum pen_status listen_for_news(struct pen_connector *connector)
{
    struct pen_naming *const naming = &connector->naming;
    if (naming->news.fd >= 0) return PEN_OK;

    const int fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    if (fd < 0) return PEN_ERR_IO;

    naming->news = (struct pen_watch){.fd = fd, .ready = on_news};
    if (pen_loop_watch(connector->loop, &naming->news, EPOLLIN) != PEN_OK) {
        close(fd);
        naming->news = (struct pen_watch){.fd = -1};
        return PEN_ERR_IO;
    }
    naming->wait.event_fd = fd;
    return PEN_OK;
}

void pen_naming_init(struct pen_connector *connector, struct pen_resolver *resolver)
{
    connector->naming = (struct pen_naming){
        .resolver = pen_resolver_is_name(connector->upstream->host) ? resolver : NULL,
        .news = {.fd = -1},
    };
}

void pen_naming_deinit(struct pen_connector *connector)
{
    struct pen_naming *const naming = &connector->naming;
    if (naming->news.fd < 0) return;

    pen_resolver_forget(naming->resolver, &naming->wait);
    pen_loop_unwatch(connector->loop, &naming->news);
    close(naming->news.fd);
}

enum pen_status pen_naming_begin(struct pen_curl_connection *connection)
{
    struct pen_connector *const connector = connection->base.connector;
    if (connector->naming.resolver == NULL) return pen_curl_begin(connection);

    PEN_TRY(listen_for_news(connector));
    struct pen_resolved found;
    const char *why = NULL;
    const enum pen_resolver_answer answer = ask(connector, &found, &why);
    if (answer == PEN_RESOLVER_FOUND) return begin_at(connection, &found);

    put_waiting(connection);
    /* A failure is news, too: for a later turn. */
    if (answer == PEN_RESOLVER_FAILED) (void)eventfd_write(connector->naming.news.fd, 1);
    return PEN_OK;
}

void pen_naming_end(struct pen_curl_connection *connection)
{
    unlink_waiting(connection);
    curl_slist_free_all(connection->addresses);
}
