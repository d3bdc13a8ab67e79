/**
 * Connections between exchanges: the one used last is used next, so that surplus ones grow old and
 * are closed. Between exchanges a function has nothing to say: whatever happens on an idle
 * connection ends it.
 */
#include "gateway/upstream/pool.h"

#include <stdlib.h>

/* Hooks of the connector. */

static struct pen_upstream_pool *pool_of(const struct pen_connection *connection)
{
    return pen_connector_owner(connection->connector);
}

static void unlink_idle(struct pen_upstream_pool *pool, struct pen_connection *connection)
{
    if (connection->previous != NULL) {
        connection->previous->next = connection->next;
    } else {
        pool->idle = connection->next;
    }
    if (connection->next != NULL) connection->next->previous = connection->previous;
    connection->next = NULL;
    connection->previous = NULL;
    pen_loop_disarm(pool->loop, &connection->idle);
}

static void drop_idle(struct pen_connection *connection)
{
    struct pen_upstream_pool *const pool = pool_of(connection);
    unlink_idle(pool, connection);
    pen_pool_drop(pool, connection);
}

static void on_opened(struct pen_connection *connection, enum pen_upstream_failure failure,
                      const char *detail)
{
    pen_exchange_opened(connection->exchange, failure, detail);
}

static void on_ready(struct pen_connection *connection, uint32_t events)
{
    if (connection->exchange == NULL) {
        drop_idle(connection);
        return;
    }
    pen_exchange_ready(connection->exchange, events);
}

static const struct pen_connection_hooks hooks = {
    .opened = on_opened,
    .ready = on_ready,
    .idled = drop_idle,
};

struct pen_connection *pen_pool_take(struct pen_upstream_pool *pool)
{
    while (pool->idle != NULL) {
        struct pen_connection *const connection = pool->idle;
        unlink_idle(pool, connection);
        /* The loop may not have come to its event yet: bytes that were sent before our request
         * must never be read as the answer to it. */
        if (pen_connection_is_quiet(connection)) return connection;

        pen_pool_drop(pool, connection);
    }
    return NULL;
}

void pen_pool_keep(struct pen_upstream_pool *pool, struct pen_connection *connection)
{
    const uint64_t due_ms = pen_loop_now_ms(pool->loop) + pool->upstream->idle_ms;
    connection->exchange = NULL;
    if (pen_loop_watch(pool->loop, &connection->watch, EPOLLIN | EPOLLRDHUP) != PEN_OK
        || pen_loop_arm(pool->loop, &connection->idle, due_ms) != PEN_OK) {
        pen_pool_drop(pool, connection);
        return;
    }
    connection->start = 0;
    connection->end = 0;
    connection->next = pool->idle;
    connection->previous = NULL;
    if (pool->idle != NULL) pool->idle->previous = connection;
    pool->idle = connection;
}

void pen_pool_drop(struct pen_upstream_pool *pool, struct pen_connection *connection)
{
    pool->open--;
    pen_connection_close(connection);
}

enum pen_status pen_upstream_pool_create(struct pen_loop *loop,
                                         const struct pen_config_upstream *upstream,
                                         struct pen_tls_client *tls, struct pen_resolver *resolver,
                                         struct pen_upstream_pool **out, struct pen_error *err)
{
    struct pen_upstream_pool *pool = calloc(1, sizeof(*pool));
    if (pool == NULL) return PEN_ERR_NOMEM;

    *pool = (struct pen_upstream_pool){
        .loop = loop,
        .upstream = upstream,
        .limits = pen_wire_default_limits(),
    };
    const enum pen_status status =
        pen_connector_create(loop, upstream, tls, resolver, &hooks, pool, &pool->connector, err);
    if (status != PEN_OK) {
        free(pool);
        return status;
    }
    *out = pool;
    return PEN_OK;
}

void pen_upstream_pool_destroy(struct pen_upstream_pool *pool)
{
    if (pool == NULL) return;

    while (pool->running != NULL)
        pen_exchange_cancel(pool->running);
    while (pool->idle != NULL)
        drop_idle(pool->idle);
    pen_connector_destroy(pool->connector);
    free(pool);
}

size_t pen_upstream_pool_active(const struct pen_upstream_pool *pool)
{
    return pool->active;
}

size_t pen_upstream_pool_open(const struct pen_upstream_pool *pool)
{
    return pool->open;
}
