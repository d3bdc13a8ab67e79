/**
 * Replies on their way out: from the pair to the caller, or of the edge's own making.
 *
 * While the caller takes nothing, nothing is read from the pair either, so libmicrohttpd, and
 * behind it the function, wait: at most one piece of a reply is held here.
 */
#include "gateway/edge/connection.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#define HEAD_ROOM 32   /* for the Connection field in front of a reply */
#define RAW_REPLY 4096 /* a problem document with its head */

/* Write until it is out, or the socket is full. Returns bytes written; negative: ended. */
static ssize_t push(struct pen_edge_connection *c, struct pen_str bytes)
{
    size_t done = 0;
    while (done < bytes.len) {
        size_t put = 0;
        switch (pen_transport_write(&c->transport, pen_str_slice(bytes, done, bytes.len), &put)) {
        case PEN_IO_OK:
            done += put;
            continue;
        case PEN_IO_WANT_READ:
        case PEN_IO_WANT_WRITE:
            return (ssize_t)done;
        case PEN_IO_EOF:
        case PEN_IO_ERROR:
            pen_edge_connection_end(c, PEN_EDGE_GONE, "caller.gone", 0);
            return -1;
        }
    }
    pen_metrics_add(c->edge->metrics, c->edge->worker, PEN_COUNTER_BYTES_OUT, done);
    return (ssize_t)done;
}

bool pen_edge_outbound_write(struct pen_edge_connection *c, struct pen_str bytes)
{
    size_t done = 0;
    if (c->out_len == 0) {
        const ssize_t result = push(c, bytes);
        if (result < 0) return false;
        done = (size_t)result;
        if (done == bytes.len) return true;
    }
    if (c->out_len == 0) pen_edge_pace_block(&c->pace, pen_loop_now_ms(c->edge->loop));

    const struct pen_str rest = pen_str_slice(bytes, done, bytes.len);
    char *grown = realloc(c->out, c->out_len + rest.len);
    if (grown == NULL) {
        pen_edge_connection_end(c, PEN_EDGE_BROKEN, "edge.memory", 0);
        return false;
    }
    memcpy(grown + c->out_len, rest.ptr, rest.len);
    c->out = grown;
    c->out_len += rest.len;
    pen_edge_connection_deadline(c, PEN_EDGE_LOOK_MS);
    if (c->state != PEN_EDGE_STATE_DEAD) pen_edge_connection_rewatch(c);
    return c->state != PEN_EDGE_STATE_DEAD;
}

/* Listen to the pair only while the caller takes what comes. */
static bool watch_pair(struct pen_edge_connection *c)
{
    const uint32_t events = c->out_len > 0 ? 0 : EPOLLIN;
    if (pen_loop_watch(c->edge->loop, &c->pair->watch, events) == PEN_OK) return true;

    pen_edge_connection_end(c, PEN_EDGE_BROKEN, "edge.pair", 0);
    return false;
}

/* What a reply has to say of the connection; libmicrohttpd says it itself when the pair closes. */
static struct pen_str connection_field(struct pen_edge_connection *c)
{
    if (c->edge->draining) c->close_after = true;
    if (c->pair_closes) return (struct pen_str){NULL, 0};
    if (c->close_after) return PEN_S("Connection: close\r\n");
    return c->head->minor == 0 ? PEN_S("Connection: keep-alive\r\n") : (struct pen_str){NULL, 0};
}

/* The first piece of a reply, with that field behind its status line. HEAD_ROOM is free before it.
 */
static struct pen_str begin_reply(struct pen_edge_connection *c, char *bytes, size_t len)
{
    const struct pen_str field = connection_field(c);
    const struct pen_str reply = {bytes, len};
    const size_t line = pen_str_find(reply, '\n', 0) + 1;
    c->reply_begun = true;
    if (field.len == 0 || line > len) return reply;

    memmove(bytes - field.len, bytes, line);
    memcpy(bytes - field.len + line, field.ptr, field.len);
    return (struct pen_str){bytes - field.len, len + field.len};
}

void pen_edge_outbound_relay(struct pen_edge_connection *c)
{
    struct pen_edge *const edge = c->edge;
    bool drained = false;
    while (c->pair != NULL && c->out_len == 0 && !drained) {
        char *const bytes = edge->reply + HEAD_ROOM;
        const size_t room = sizeof(edge->reply) - HEAD_ROOM;
        const ssize_t got = recv(c->pair->watch.fd, bytes, room, MSG_DONTWAIT);
        if (got == 0 || (got < 0 && errno != EAGAIN && errno != EINTR)) {
            /* libmicrohttpd closes behind a last reply; anything else is a cut. */
            if (c->replied && got == 0) {
                drained = true;
                c->close_after = true;
                break;
            }
            pen_edge_connection_end(c, PEN_EDGE_BROKEN, "edge.reply_cut", 0);
            return;
        }
        drained = got < (ssize_t)room;
        if (got > 0) {
            const struct pen_str piece = c->reply_begun ? (struct pen_str){bytes, (size_t)got}
                                                        : begin_reply(c, bytes, (size_t)got);
            if (!pen_edge_outbound_write(c, piece)) return;
        }
    }
    if (c->pair == NULL || !watch_pair(c)) return;
    if (drained && c->replied && c->out_len == 0 && c->state == PEN_EDGE_STATE_REPLY) {
        pen_edge_connection_next(c);
    }
}

void pen_edge_outbound_flush(struct pen_edge_connection *c)
{
    if (c->out_len == 0) return;

    const struct pen_str rest = {c->out + c->out_at, c->out_len - c->out_at};
    const ssize_t result = push(c, rest);
    if (result < 0) return;

    c->out_at += (size_t)result;
    const bool all = c->out_at == c->out_len;
    pen_edge_pace_take(&c->pace, pen_loop_now_ms(c->edge->loop), (size_t)result, all);
    if (!all) return;

    free(c->out);
    c->out = NULL;
    c->out_len = c->out_at = 0;
    pen_edge_connection_rewatch(c);
    if (c->state == PEN_EDGE_STATE_LINGER) {
        pen_transport_finish(&c->transport);
    } else if (c->pair != NULL) {
        pen_edge_outbound_relay(c);
    }
}

void pen_edge_outbound_linger(struct pen_edge_connection *c)
{
    c->state = PEN_EDGE_STATE_LINGER;
    free(c->in);
    c->in = NULL;
    c->in_len = c->in_cap = 0;
    if (c->out_len == 0) pen_transport_finish(&c->transport);
    pen_edge_connection_deadline(c, c->edge->options.timeouts.linger_ms);
    if (c->state != PEN_EDGE_STATE_DEAD) pen_edge_connection_rewatch(c);
}

void pen_edge_outbound_refuse(struct pen_edge_connection *c, const struct pen_wire_refusal *refusal,
                              enum pen_edge_end end)
{
    struct pen_edge *const edge = c->edge;
    const bool can_answer = !c->reply_begun && c->out_len == 0;
    char memory[RAW_REPLY];
    struct pen_buf reply = pen_buf_over(memory, sizeof(memory));
    edge->events->refuse(edge->owner, c, refusal, &reply);
    if (!can_answer || reply.full) {
        pen_edge_connection_end(c, end, refusal->code, refusal->status);
        return;
    }
    pen_edge_connection_forget(c, end, refusal->code, refusal->status);
    if (pen_edge_outbound_write(c, pen_buf_str(&reply))) pen_edge_outbound_linger(c);
}
