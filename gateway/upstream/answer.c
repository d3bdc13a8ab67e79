/**
 * Reading an answer: interim heads swallowed, one final head, its body by the framing that the wire
 * codec found, and nothing behind it.
 *
 * Memory is bounded by the connection's one buffer: it is refilled only when its owner has taken
 * everything, and the function waits in its socket meanwhile.
 */
#include <string.h>

#include "gateway/clock.h"
#include "gateway/upstream/pool.h"

#define INTERIM_HEADS 8          /* 100, 102, 103 have their uses; a stream of them is an attack */
#define ROUNDS        8          /* reads a turn: other exchanges want their turn, too */
#define MORE_LIKELY   (8 * 1024) /* a read of this size is rarely the last one */

enum step {
    STEP_MORE,   /* all used; more bytes are needed */
    STEP_PAUSED, /* the owner has enough for now */
    STEP_OVER,   /* the exchange has ended; it must not be touched */
};

static enum step fail(struct pen_exchange *exchange, enum pen_upstream_failure failure,
                      const char *detail)
{
    pen_exchange_fail(exchange, failure, detail);
    return STEP_OVER;
}

/* Did the owner cancel while it was called? */
static bool was_cancelled(struct pen_upstream_pool *pool, struct pen_connection *connection)
{
    if (!connection->doomed) {
        connection->held = false;
        return false;
    }
    pen_pool_drop(pool, connection);
    return true;
}

static const char surplus[] = "upstream.surplus";

/* Is there a byte behind the end of the answer? `*quiet`: nor anything else, as a goodbye. */
static bool has_surplus(struct pen_connection *connection, bool *quiet)
{
    *quiet = !pen_connection_has_more(connection);
    if (connection->start < connection->end) return true;
    if (*quiet) return false;

    size_t received = 0;
    return pen_connection_receive(connection, connection->buffer, PEN_CONNECTION_BUFFER, &received)
           == PEN_CONNECTION_DONE;
}

static enum step finish(struct pen_exchange *exchange)
{
    /* RFC 9112 section 9.2: bytes behind the end belong to no request of ours. So this end may be
     * another one than the function meant, and nothing of the answer can be believed. */
    bool quiet = true;
    if (has_surplus(exchange->connection, &quiet)) {
        return fail(exchange, PEN_UPSTREAM_MALFORMED, surplus);
    }
    const bool reusable =
        quiet && !exchange->lost && exchange->keep_alive && exchange->framing != PEN_FRAMING_CLOSE;
    pen_exchange_finish(exchange, reusable);
    return STEP_OVER;
}

/* The head. */

static const char *refuse_interim(struct pen_exchange *exchange, int status)
{
    if (status == 101) return "upstream.unasked_upgrade";
    if (++exchange->interim > INTERIM_HEADS) return "upstream.interim_heads";
    return NULL;
}

static enum step begin_body(struct pen_exchange *exchange, const struct pen_wire_head *head)
{
    struct pen_upstream_pool *const pool = exchange->pool;
    struct pen_connection *const connection = exchange->connection;
    const uint64_t most = pool->upstream->response_bytes;
    const bool has_length = head->framing == PEN_FRAMING_LENGTH;
    if (has_length && most != 0 && head->content_length > most) {
        return fail(exchange, PEN_UPSTREAM_TOO_LARGE, "by its Content-Length");
    }
    exchange->phase = PEN_EXCHANGE_BODY;
    exchange->framing = head->framing;
    exchange->body_left = has_length ? head->content_length : 0;
    exchange->keep_alive = head->keep_alive;
    connection->held = true;
    exchange->events->head(exchange->owner, head);
    return was_cancelled(pool, connection) ? STEP_OVER : STEP_MORE;
}

/* Take one head from the buffer, if it is whole. */
static enum step use_head(struct pen_exchange *exchange)
{
    struct pen_connection *const connection = exchange->connection;
    const struct pen_wire_limits *const limits = &exchange->pool->limits;
    const struct pen_str bytes = {connection->buffer + connection->start,
                                  connection->end - connection->start};
    struct pen_wire_refusal refusal;
    size_t head_len = 0;
    enum pen_wire_result result =
        pen_wire_find_end(&exchange->scan, bytes, limits, true, &head_len, &refusal);
    if (result == PEN_WIRE_MORE) return STEP_MORE;

    struct pen_wire_head head;
    if (result == PEN_WIRE_DONE) {
        result = pen_wire_parse_response(pen_str_slice(bytes, 0, head_len),
                                         exchange->request.method, limits, &head, &refusal);
    }
    if (result != PEN_WIRE_DONE) return fail(exchange, PEN_UPSTREAM_MALFORMED, refusal.code);

    connection->start += head_len;
    exchange->scan = (struct pen_wire_scan){.at = 0};
    if (head.status >= 200) return begin_body(exchange, &head);

    const char *const reason = refuse_interim(exchange, head.status);
    return reason != NULL ? fail(exchange, PEN_UPSTREAM_MALFORMED, reason) : STEP_MORE;
}

/* The body. */

static bool body_is_whole(const struct pen_exchange *exchange)
{
    switch (exchange->framing) {
    case PEN_FRAMING_NONE:
        return true;
    case PEN_FRAMING_LENGTH:
        return exchange->body_left == 0;
    case PEN_FRAMING_CHUNKED:
        return exchange->chunks_done;
    case PEN_FRAMING_CLOSE:
        return false;
    }
    return true;
}

/* Find the next body bytes in the buffer; on a broken chunk say why. */
static const char *find_data(struct pen_exchange *exchange)
{
    struct pen_connection *const connection = exchange->connection;
    const struct pen_str bytes = {connection->buffer + connection->start,
                                  connection->end - connection->start};
    if (exchange->framing == PEN_FRAMING_CHUNKED) {
        size_t consumed = 0;
        struct pen_wire_refusal refusal;
        const enum pen_wire_result result =
            pen_wire_chunks_next(&exchange->chunks, bytes, &consumed, &exchange->data, &refusal);
        if (result == PEN_WIRE_REFUSED) return refusal.code;

        connection->start += consumed;
        exchange->chunks_done = result == PEN_WIRE_DONE;
        return NULL;
    }
    const bool by_length = exchange->framing == PEN_FRAMING_LENGTH;
    const size_t len =
        by_length && exchange->body_left < bytes.len ? (size_t)exchange->body_left : bytes.len;
    exchange->data = pen_str_slice(bytes, 0, len);
    if (by_length) exchange->body_left -= len;
    connection->start += len;
    return NULL;
}

/* Offer the owner what was found. */
static enum step hand_over(struct pen_exchange *exchange)
{
    if (exchange->data.len == 0) return STEP_MORE;

    struct pen_upstream_pool *const pool = exchange->pool;
    struct pen_connection *const connection = exchange->connection;
    const struct pen_str data = exchange->data;
    connection->held = true;
    const size_t taken = exchange->events->body(exchange->owner, data);
    if (was_cancelled(pool, connection)) return STEP_OVER;

    exchange->data = pen_str_slice(data, taken, data.len);
    if (exchange->data.len == 0) return STEP_MORE;

    exchange->paused = true;
    pen_loop_unwatch(pool->loop, &connection->watch);
    return STEP_PAUSED;
}

static enum step use_body(struct pen_exchange *exchange)
{
    const struct pen_connection *const connection = exchange->connection;
    const uint64_t most = exchange->pool->upstream->response_bytes;
    for (;;) {
        const enum step step = hand_over(exchange);
        if (step != STEP_MORE) return step;
        if (body_is_whole(exchange)) return finish(exchange);
        if (connection->start == connection->end) return STEP_MORE;

        const char *const reason = find_data(exchange);
        if (reason != NULL) return fail(exchange, PEN_UPSTREAM_MALFORMED, reason);

        if (body_is_whole(exchange) && connection->start < connection->end) {
            /* While the owner lacks the last bytes, it can still see that something is wrong. */
            return fail(exchange, PEN_UPSTREAM_MALFORMED, surplus);
        }
        exchange->body_bytes += exchange->data.len;
        if (most != 0 && exchange->body_bytes > most) {
            return fail(exchange, PEN_UPSTREAM_TOO_LARGE, "more than the limit arrived");
        }
    }
}

static enum step use_bytes(struct pen_exchange *exchange)
{
    const struct pen_connection *const connection = exchange->connection;
    while (exchange->phase == PEN_EXCHANGE_HEAD && connection->start < connection->end) {
        const size_t before = connection->start;
        const enum step step = use_head(exchange);
        if (step == STEP_OVER) return step;
        if (connection->start == before) return STEP_MORE;
    }
    return exchange->phase == PEN_EXCHANGE_BODY ? use_body(exchange) : STEP_MORE;
}

/* Reading. */

/* Room behind what is kept: nothing once the head is through, the begun head before. */
static size_t make_room(struct pen_connection *connection)
{
    const size_t kept = connection->end - connection->start;
    if (kept > 0 && connection->start > 0) {
        memmove(connection->buffer, connection->buffer + connection->start, kept);
    }
    connection->start = 0;
    connection->end = kept;
    return PEN_CONNECTION_BUFFER - kept;
}

/* All that has come was handed out, and the answer goes on. */
static enum step tell_of_waiting(struct pen_exchange *exchange)
{
    if (exchange->phase != PEN_EXCHANGE_BODY || exchange->events->waits == NULL) return STEP_MORE;

    exchange->connection->held = true;
    exchange->events->waits(exchange->owner);
    return was_cancelled(exchange->pool, exchange->connection) ? STEP_OVER : STEP_MORE;
}

static void end_by_peer(struct pen_exchange *exchange, enum pen_connection_io how)
{
    const bool until_close =
        exchange->phase == PEN_EXCHANGE_BODY && exchange->framing == PEN_FRAMING_CLOSE;
    if (until_close && how == PEN_CONNECTION_CLOSED) {
        (void)finish(exchange);
    } else {
        pen_exchange_lose(exchange, how);
    }
}

void pen_answer_pump(struct pen_exchange *exchange)
{
    if (use_bytes(exchange) != STEP_MORE) return;

    struct pen_connection *const connection = exchange->connection;
    for (int round = 0;; round++) {
        const size_t room = make_room(connection);
        size_t received = 0;
        const enum pen_connection_io io = pen_connection_receive(
            connection, connection->buffer + connection->end, room, &received);
        const bool in_vain = exchange->lost && exchange->phase == PEN_EXCHANGE_HEAD;
        if (io == PEN_CONNECTION_AGAIN && !in_vain) break;
        if (io != PEN_CONNECTION_DONE) {
            end_by_peer(exchange, io);
            return;
        }
        if (exchange->received == 0) exchange->times.first_byte_us = pen_clock_us();
        exchange->received += received;
        connection->end += received;
        if (use_bytes(exchange) != STEP_MORE) return;

        const bool enough = received < MORE_LIKELY || round >= ROUNDS;
        if (enough && !pen_connection_has_more(connection)) break;
    }
    if (tell_of_waiting(exchange) == STEP_OVER) return;

    const uint32_t sending = connection->watch.events & (uint32_t)EPOLLOUT;
    const uint32_t wanted = exchange->phase == PEN_EXCHANGE_HEAD ? sending : 0;
    if (pen_loop_watch(exchange->pool->loop, &connection->watch, EPOLLIN | EPOLLRDHUP | wanted)
        != PEN_OK) {
        pen_exchange_fail(exchange, PEN_UPSTREAM_INTERNAL, "the connection cannot be watched");
    }
}
