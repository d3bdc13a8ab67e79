/**
 * One request and its answer: getting a connection, sending, deadlines, and the ends. Reading the
 * answer is answer.c's.
 *
 * One timer serves all deadlines: it is armed for the nearest one of the phase and asks, when it
 * fires, which it was; moving on to a later deadline costs nothing on the way.
 */
#include <stdlib.h>
#include <string.h>

#include "gateway/clock.h"
#include "gateway/upstream/pool.h"

#define ROUNDS 16 /* TLS records sent in a turn: other exchanges want their turn, too */

static size_t total_bytes(const struct pen_exchange *exchange)
{
    return exchange->request.head.len + exchange->request.body.len;
}

/* Leave the pool's books; the connection, if any, is the caller's to keep or drop. */
static struct pen_connection *leave(struct pen_exchange *exchange)
{
    struct pen_upstream_pool *const pool = exchange->pool;
    struct pen_connection *const connection = exchange->connection;
    if (exchange->previous != NULL) {
        exchange->previous->next = exchange->next;
    } else {
        pool->running = exchange->next;
    }
    if (exchange->next != NULL) exchange->next->previous = exchange->previous;
    pool->active--;
    pen_loop_disarm(pool->loop, &exchange->timer);
    exchange->phase = PEN_EXCHANGE_OVER;
    exchange->connection = NULL;
    if (connection != NULL) {
        connection->exchange = NULL;
        connection->held = false;
    }
    return connection;
}

void pen_exchange_fail(struct pen_exchange *exchange, enum pen_upstream_failure failure,
                       const char *detail)
{
    /* The words may lie in the connection, which goes first. */
    struct pen_buf words = pen_buf_over(exchange->words, sizeof(exchange->words) - 1);
    pen_buf_put(&words, pen_str_slice(pen_str_from_c(detail), 0, words.cap));
    exchange->words[words.len] = '\0';

    struct pen_upstream_pool *const pool = exchange->pool;
    const struct pen_exchange_events *const events = exchange->events;
    void *const owner = exchange->owner;
    struct pen_connection *const connection = leave(exchange);
    if (connection != NULL) pen_pool_drop(pool, connection);
    events->failed(owner, failure, exchange->words);
}

void pen_exchange_finish(struct pen_exchange *exchange, bool reusable)
{
    struct pen_upstream_pool *const pool = exchange->pool;
    const struct pen_exchange_events *const events = exchange->events;
    void *const owner = exchange->owner;
    const bool sent = exchange->sent == total_bytes(exchange);
    struct pen_connection *const connection = leave(exchange);
    if (reusable && sent) {
        pen_pool_keep(pool, connection);
    } else {
        pen_pool_drop(pool, connection);
    }
    events->ended(owner);
}

static void due_at(struct pen_exchange *exchange, uint64_t due_ms)
{
    /* Armed at the start; moving it, or arming it again as it fires, needs no memory. */
    if (pen_loop_arm(exchange->pool->loop, &exchange->timer, due_ms) != PEN_OK) abort();
}

static void due_within(struct pen_exchange *exchange, uint32_t within_ms)
{
    const uint64_t due_ms = pen_loop_now_ms(exchange->pool->loop) + within_ms;
    due_at(exchange, due_ms < exchange->deadline_ms ? due_ms : exchange->deadline_ms);
}

static void fail_later(struct pen_exchange *exchange, enum pen_upstream_failure failure,
                       const char *detail)
{
    exchange->phase = PEN_EXCHANGE_FAILING;
    exchange->failure = failure;
    exchange->detail = detail;
    due_within(exchange, 0);
}

/* Sending. */

static struct pen_str next_bytes(const struct pen_exchange *exchange)
{
    const struct pen_exchange_request *const request = &exchange->request;
    const size_t sent = exchange->sent;
    if (sent < exchange->first.len) {
        return pen_str_slice(exchange->first, sent, exchange->first.len);
    }
    if (sent < request->head.len) return pen_str_slice(request->head, sent, request->head.len);

    return pen_str_slice(request->body, sent - request->head.len, request->body.len);
}

/* A function that reads as fast as we write must not have the worker for itself. */
static bool await_room(struct pen_exchange *exchange)
{
    return pen_loop_watch(exchange->pool->loop, &exchange->connection->watch,
                          EPOLLIN | EPOLLRDHUP | EPOLLOUT)
           == PEN_OK;
}

/* Send what the socket takes, and then be told of room. False: it never takes any more. */
static bool send_records(struct pen_exchange *exchange)
{
    struct pen_connection *const connection = exchange->connection;
    for (int round = 0; exchange->sent < total_bytes(exchange); round++) {
        if (round == ROUNDS) return await_room(exchange);

        size_t sent = 0;
        const enum pen_connection_io io =
            pen_connection_send(connection, next_bytes(exchange), &sent);
        if (io == PEN_CONNECTION_AGAIN) return await_room(exchange);
        if (io != PEN_CONNECTION_DONE) return false;

        exchange->sent += sent;
    }
    return true;
}

/* A request of several records is sent corked: one segment instead of one each, and a function that
 * is woken once for all of it. */
static bool try_send(struct pen_exchange *exchange)
{
    const struct pen_connection *const connection = exchange->connection;
    const bool cork = total_bytes(exchange) - exchange->sent > PEN_TLS_RECORD;
    if (cork) pen_connection_cork(connection, true);
    const bool fine = send_records(exchange);
    if (cork) pen_connection_cork(connection, false);
    if (!fine || exchange->sent < total_bytes(exchange)) return fine;

    exchange->times.sent_us = pen_clock_us();
    due_within(exchange, exchange->pool->upstream->first_byte_timeout_ms);
    return pen_loop_watch(exchange->pool->loop, &exchange->connection->watch, EPOLLIN | EPOLLRDHUP)
           == PEN_OK;
}

static bool send_more(struct pen_exchange *exchange)
{
    exchange->lost = !try_send(exchange);
    return !exchange->lost;
}

/* RFC 9110 section 9.2.2. */
static bool is_idempotent(struct pen_str method)
{
    static const struct pen_str methods[] = {
        PEN_STR("GET"), PEN_STR("HEAD"), PEN_STR("PUT"), PEN_STR("DELETE"), PEN_STR("OPTIONS"),
    };
    for (size_t i = 0; i < PEN_COUNT_OF(methods); i++) {
        if (pen_str_equal(method, methods[i])) return true;
    }
    return false;
}

static bool may_repeat(const struct pen_exchange *exchange)
{
    return exchange->times.reused && !exchange->repeated && exchange->received == 0
           && (exchange->sent == 0 || is_idempotent(exchange->request.method));
}

/* Getting a connection. */

static void attach(struct pen_exchange *exchange, struct pen_connection *connection)
{
    connection->exchange = exchange;
    exchange->connection = connection;
}

static void open_connection(struct pen_exchange *exchange)
{
    struct pen_upstream_pool *const pool = exchange->pool;
    if (pool->open >= pool->upstream->connections) {
        fail_later(exchange, PEN_UPSTREAM_BUSY, "every connection is in use");
        return;
    }
    struct pen_connection *connection = NULL;
    if (pen_connection_open(pool->connector, &connection) != PEN_OK) {
        fail_later(exchange, PEN_UPSTREAM_INTERNAL, "no memory for a connection");
        return;
    }
    pool->open++;
    attach(exchange, connection);
    exchange->phase = PEN_EXCHANGE_CONNECTING;
    due_within(exchange, pool->upstream->connect_timeout_ms);
}

static void repeat(struct pen_exchange *exchange)
{
    struct pen_connection *const connection = exchange->connection;
    exchange->connection = NULL;
    pen_pool_drop(exchange->pool, connection);
    exchange->repeated = true;
    exchange->times.reused = false;
    exchange->times.sent_us = 0;
    exchange->times.connected_us = 0;
    exchange->sent = 0;
    exchange->lost = false;
    open_connection(exchange);
}

void pen_exchange_lose(struct pen_exchange *exchange, enum pen_connection_io how)
{
    if (may_repeat(exchange)) {
        repeat(exchange);
        return;
    }
    const char *const trouble =
        how != PEN_CONNECTION_CLOSED ? pen_connection_trouble(exchange->connection) : "";
    const char *detail = trouble;
    if (trouble[0] == '\0') {
        detail = exchange->phase == PEN_EXCHANGE_BODY ? "closed within the body"
                 : exchange->received > 0             ? "closed within the head"
                                                      : "closed before the answer";
    }
    /* TLS 1.3 refuses our certificate only after we believe the handshake done. */
    const enum pen_upstream_failure failure = how == PEN_CONNECTION_IDENTITY ? PEN_UPSTREAM_IDENTITY
                                              : how == PEN_CONNECTION_ALERT ? PEN_UPSTREAM_TLS_ALERT
                                                                            : PEN_UPSTREAM_CLOSED;
    pen_exchange_fail(exchange, failure, detail);
}

/* Over an idle connection. Nobody is called from here: it runs inside pen_upstream_start. */
static void send_at_once(struct pen_exchange *exchange, struct pen_connection *connection)
{
    attach(exchange, connection);
    exchange->phase = PEN_EXCHANGE_HEAD;
    exchange->times.reused = true;
    exchange->times.connected_us = exchange->times.started_us;
    if (send_more(exchange)) return;

    if (may_repeat(exchange)) {
        repeat(exchange);
    } else {
        due_within(exchange, 0);
    }
}

void pen_exchange_opened(struct pen_exchange *exchange, enum pen_upstream_failure failure,
                         const char *detail)
{
    if (failure != PEN_UPSTREAM_OK) {
        pen_exchange_fail(exchange, failure, detail);
        return;
    }
    exchange->phase = PEN_EXCHANGE_HEAD;
    exchange->times.connected_us = pen_clock_us();
    due_at(exchange, exchange->deadline_ms);
    if (!send_more(exchange) || pen_connection_has_more(exchange->connection)) {
        pen_answer_pump(exchange);
    }
}

void pen_exchange_ready(struct pen_exchange *exchange, uint32_t events)
{
    const bool sending =
        exchange->phase == PEN_EXCHANGE_HEAD && exchange->sent < total_bytes(exchange);
    const bool lost = sending && (events & EPOLLOUT) != 0 && !send_more(exchange);
    /* What the function answered before it stopped reading may still lie in the socket. */
    if (lost || (events & ~(uint32_t)EPOLLOUT) != 0) pen_answer_pump(exchange);
}

/* Deadlines. */

static void on_timer(struct pen_timer *timer)
{
    struct pen_exchange *const exchange = PEN_CONTAINER_OF(timer, struct pen_exchange, timer);
    if (exchange->phase == PEN_EXCHANGE_FAILING) {
        pen_exchange_fail(exchange, exchange->failure, exchange->detail);
        return;
    }
    const bool over = pen_loop_now_ms(exchange->pool->loop) >= exchange->deadline_ms;
    if (over) {
        pen_exchange_fail(exchange, PEN_UPSTREAM_TIMEOUT, "the exchange as a whole");
        return;
    }
    if (exchange->phase == PEN_EXCHANGE_CONNECTING) {
        pen_exchange_fail(exchange, PEN_UPSTREAM_CONNECT_TIMEOUT,
                          pen_connection_stage(exchange->connection));
        return;
    }
    const bool waiting = exchange->phase == PEN_EXCHANGE_HEAD && !exchange->lost;
    if (waiting && exchange->sent == total_bytes(exchange)) {
        pen_exchange_fail(exchange, PEN_UPSTREAM_FIRST_BYTE_TIMEOUT,
                          exchange->received > 0 ? "within the head" : "no answer");
        return;
    }
    due_at(exchange, exchange->deadline_ms);
    if (!waiting && !exchange->paused) pen_answer_pump(exchange);
}

/* The outer functions. */

static enum pen_status join_first(struct pen_exchange *exchange, struct pen_arena *arena)
{
    const struct pen_str head = exchange->request.head;
    const struct pen_str body = exchange->request.body;
    if (body.len == 0 || head.len >= PEN_TLS_RECORD) return PEN_OK;
    /* Whoever put them side by side did so for this; by chance it would be as good. */
    if (head.ptr + head.len == body.ptr) {
        exchange->first = (struct pen_str){head.ptr, head.len + body.len};
        return PEN_OK;
    }
    const size_t room = PEN_TLS_RECORD - head.len;
    const size_t share = body.len < room ? body.len : room;
    char *const bytes = pen_arena_bytes(arena, head.len + share);
    if (bytes == NULL) return PEN_ERR_NOMEM;

    memcpy(bytes, head.ptr, head.len);
    memcpy(bytes + head.len, body.ptr, share);
    exchange->first = (struct pen_str){bytes, head.len + share};
    return PEN_OK;
}

enum pen_status pen_upstream_start(struct pen_upstream_pool *pool,
                                   const struct pen_exchange_request *request,
                                   const struct pen_exchange_events *events, void *owner,
                                   struct pen_arena *arena, struct pen_exchange **out)
{
    struct pen_exchange *const exchange = pen_arena_calloc(arena, 1, sizeof(*exchange));
    if (exchange == NULL) return PEN_ERR_NOMEM;

    exchange->pool = pool;
    exchange->request = *request;
    exchange->events = events;
    exchange->owner = owner;
    exchange->timer.fired = on_timer;
    const uint32_t timeout_ms =
        request->timeout_ms != 0 ? request->timeout_ms : pool->upstream->timeout_ms;
    exchange->deadline_ms = pen_loop_now_ms(pool->loop) + timeout_ms;
    exchange->times.started_us = pen_clock_us();
    PEN_TRY(join_first(exchange, arena));
    PEN_TRY(pen_loop_arm(pool->loop, &exchange->timer, exchange->deadline_ms));

    exchange->next = pool->running;
    if (pool->running != NULL) pool->running->previous = exchange;
    pool->running = exchange;
    pool->active++;

    struct pen_connection *const connection = pen_pool_take(pool);
    if (connection != NULL) {
        send_at_once(exchange, connection);
    } else {
        open_connection(exchange);
    }
    *out = exchange;
    return PEN_OK;
}

void pen_exchange_resume(struct pen_exchange *exchange)
{
    if (!exchange->paused) return;

    exchange->paused = false;
    due_within(exchange, 0);
}

void pen_exchange_cancel(struct pen_exchange *exchange)
{
    if (exchange->phase == PEN_EXCHANGE_OVER) return;

    struct pen_upstream_pool *const pool = exchange->pool;
    const bool held = exchange->connection != NULL && exchange->connection->held;
    struct pen_connection *const connection = leave(exchange);
    if (held) {
        connection->doomed = true;
    } else if (connection != NULL) {
        pen_pool_drop(pool, connection);
    }
}

const struct pen_exchange_times *pen_exchange_times(const struct pen_exchange *exchange)
{
    return &exchange->times;
}
