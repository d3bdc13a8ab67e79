/** Requests on their way in: read, check, show to the owner, hand over. */
#include "gateway/edge/connection.h"

#include <stdlib.h>
#include <string.h>

#include "gateway/clock.h"

static const struct pen_wire_refusal no_memory = {.code = "edge.overloaded", .status = 503};

/* Keep `rest` for later; it may lie in c->in already. */
static bool keep(struct pen_edge_connection *c, struct pen_str rest)
{
    if (rest.len == 0) {
        if (c->in_cap > PEN_EDGE_KEEP || c->state == PEN_EDGE_STATE_IDLE) {
            free(c->in);
            c->in = NULL;
            c->in_cap = 0;
        }
        c->in_len = 0;
        return true;
    }
    if (rest.len > c->in_cap) {
        size_t cap = 1024;
        while (cap < rest.len) {
            cap *= 2;
        }
        char *grown = malloc(cap);
        if (grown == NULL) return false;
        memcpy(grown, rest.ptr, rest.len);
        free(c->in);
        c->in = grown;
        c->in_cap = cap;
    } else {
        memmove(c->in, rest.ptr, rest.len);
    }
    c->in_len = rest.len;
    return true;
}

/* The request to its owner, with the pair by which it will be answered: there must be one before
 * anything is done for it. The connection may have ended, or linger, behind it. */
static void hand_over(struct pen_edge_connection *c)
{
    struct pen_edge *const edge = c->edge;
    c->pair = edge->events->pair(edge->owner, c);
    if (c->pair == NULL) {
        pen_edge_outbound_refuse(c, &no_memory, PEN_EDGE_BROKEN);
        return;
    }
    c->pair->caller = c;
    edge->events->received(edge->owner, c);
}

static void body_complete(struct pen_edge_connection *c)
{
    c->state = PEN_EDGE_STATE_REPLY;
    if (!c->discard) {
        hand_over(c);
        return;
    }
    /* Of a body that is dropped the request was handed over without it, and the reply may have been
     * waiting for the rest. */
    if (c->replied) pen_edge_outbound_relay(c);
}

/* What of `bytes` is body: one piece, in `data`. */
static size_t take_body(struct pen_edge_connection *c, struct pen_str bytes, struct pen_str *data,
                        bool *complete, struct pen_wire_refusal *refusal)
{
    if (c->head->framing == PEN_FRAMING_CHUNKED) {
        size_t consumed = 0;
        const enum pen_wire_result result =
            pen_wire_chunks_next(&c->chunks, bytes, &consumed, data, refusal);
        if (result != PEN_WIRE_REFUSED) refusal->code = NULL;
        *complete = result == PEN_WIRE_DONE;
        return consumed;
    }
    const size_t length = bytes.len < c->body_left ? bytes.len : (size_t)c->body_left;
    *data = pen_str_slice(bytes, 0, length);
    c->body_left -= length;
    *complete = c->body_left == 0;
    return length;
}

/* Use up bytes of the body. Returns bytes used. */
static size_t use_body(struct pen_edge_connection *c, struct pen_str bytes)
{
    struct pen_edge *const edge = c->edge;
    size_t used = 0;
    bool complete = c->head->framing == PEN_FRAMING_NONE
                    || (c->head->framing == PEN_FRAMING_LENGTH && c->body_left == 0);
    do {
        struct pen_str data = {bytes.ptr, 0};
        if (!complete) {
            struct pen_wire_refusal refusal = {0};
            used += take_body(c, pen_str_slice(bytes, used, bytes.len), &data, &complete, &refusal);
            if (refusal.code != NULL) {
                pen_edge_outbound_refuse(c, &refusal, PEN_EDGE_MALFORMED);
                return used;
            }
        }
        c->body_seen += data.len;
        if (!c->discard && data.len > 0 && !edge->events->body(edge->owner, c, data)) return used;
    } while (!complete && used < bytes.len);

    if (complete) body_complete(c);
    return used;
}

/* A refused body that is not worth reading: answer, and end the connection behind the answer. */
static void judge_discarded_body(struct pen_edge_connection *c)
{
    const struct pen_wire_head *head = c->head;
    c->discard = true;
    const bool small = head->framing == PEN_FRAMING_NONE
                       || (head->framing == PEN_FRAMING_LENGTH
                           && head->content_length <= PEN_EDGE_DISCARD && !head->expect_continue);
    if (small) return;

    c->close_after = true;
}

/* After the owner's decision: start the body. Returns how much of `rest` was used. */
static size_t go_on(struct pen_edge_connection *c, enum pen_edge_decision decision,
                    struct pen_str rest)
{
    struct pen_edge *const edge = c->edge;
    if (decision == PEN_EDGE_REFUSE) judge_discarded_body(c);

    c->state = PEN_EDGE_STATE_BODY;
    c->body_left = c->head->framing == PEN_FRAMING_LENGTH ? c->head->content_length : 0;
    c->body_began_ms = pen_loop_now_ms(edge->loop);
    if (c->discard) hand_over(c);
    if (c->state != PEN_EDGE_STATE_BODY) return 0;
    if (c->discard && c->close_after) {
        /* The rest of the body is left unread; lingering drops it once the answer is out. */
        c->state = PEN_EDGE_STATE_REPLY;
        return rest.len;
    }
    if (decision == PEN_EDGE_ADMIT && c->head->expect_continue && rest.len == 0
        && c->head->framing != PEN_FRAMING_NONE
        && !pen_edge_outbound_write(c, PEN_S("HTTP/1.1 100 Continue\r\n\r\n"))) {
        return 0;
    }
    const size_t used = use_body(c, rest);
    if (c->state == PEN_EDGE_STATE_BODY) {
        const uint32_t first_look = PEN_EDGE_GRACE_MS + PEN_EDGE_LOOK_MS;
        pen_edge_connection_deadline(c, edge->options.timeouts.body_ms < first_look
                                            ? edge->options.timeouts.body_ms
                                            : first_look);
    }
    return used;
}

/* Copy the head into the request's arena and parse it there. */
static bool parse_head(struct pen_edge_connection *c, struct pen_str head,
                       struct pen_wire_refusal *refusal)
{
    *refusal = no_memory;
    if (!pen_edge_connection_begin(c)) return false;

    struct pen_str copy;
    struct pen_wire_head *parsed = pen_arena_alloc(c->arena, sizeof(*parsed));
    if (parsed == NULL || pen_arena_copy(c->arena, head, &copy) != PEN_OK) return false;
    if (pen_wire_parse_request(copy, &c->edge->options.limits, parsed, refusal) != PEN_WIRE_DONE) {
        return false;
    }
    c->head = parsed;
    return true;
}

/* Look for a head at the start of `bytes`. Returns bytes used. */
static size_t use_head(struct pen_edge_connection *c, struct pen_str bytes)
{
    struct pen_edge *const edge = c->edge;
    if (c->state == PEN_EDGE_STATE_IDLE) {
        c->state = PEN_EDGE_STATE_HEAD;
        c->began_us = pen_clock_us();
        c->exchange_due_ms = pen_loop_now_ms(edge->loop) + edge->options.exchange_ms;
        pen_edge_connection_deadline(c, edge->options.timeouts.head_ms);
        if (c->state != PEN_EDGE_STATE_HEAD) return 0;
    }
    size_t head_len = 0;
    struct pen_wire_refusal refusal = {0};
    const enum pen_wire_result result =
        pen_wire_find_end(&c->scan, bytes, &edge->options.limits, false, &head_len, &refusal);
    if (result == PEN_WIRE_MORE) return 0;

    if (result == PEN_WIRE_REFUSED || !parse_head(c, pen_str_slice(bytes, 0, head_len), &refusal)) {
        pen_edge_outbound_refuse(c, &refusal, PEN_EDGE_MALFORMED);
        return 0;
    }
    const bool last = ++c->requests >= edge->options.connection_requests;
    if (!c->head->keep_alive || last) c->close_after = true;

    const enum pen_edge_decision decision = edge->events->head(edge->owner, c);
    if (decision == PEN_EDGE_WAIT) {
        c->state = PEN_EDGE_STATE_WAIT;
        return head_len;
    }
    return head_len + go_on(c, decision, pen_str_slice(bytes, head_len, bytes.len));
}

/* Use as much of `bytes` as the state allows. */
static size_t use_all(struct pen_edge_connection *c, struct pen_str bytes)
{
    size_t used = 0;
    for (;;) {
        const struct pen_str rest = pen_str_slice(bytes, used, bytes.len);
        const enum pen_edge_state before = c->state;
        size_t step = 0;
        switch (c->state) {
        case PEN_EDGE_STATE_IDLE:
        case PEN_EDGE_STATE_HEAD:
            if (rest.len == 0) return used;
            step = use_head(c, rest);
            break;
        case PEN_EDGE_STATE_BODY:
            if (rest.len == 0) return used;
            step = use_body(c, rest);
            break;
        case PEN_EDGE_STATE_LINGER:
            return bytes.len;
        case PEN_EDGE_STATE_PROXY:
        case PEN_EDGE_STATE_HANDSHAKE:
        case PEN_EDGE_STATE_WAIT:
        case PEN_EDGE_STATE_REPLY:
        case PEN_EDGE_STATE_DEAD:
            return used;
        }
        used += step;
        if (step == 0 && c->state == before) return used;
    }
}

static size_t use(struct pen_edge_connection *c, struct pen_str bytes)
{
    c->busy = true;
    const size_t used = use_all(c, bytes);
    c->busy = false;
    return used;
}

/* Can bytes that are there already be made use of now? */
static bool can_use(const struct pen_edge_connection *c)
{
    return c->state == PEN_EDGE_STATE_IDLE || c->state == PEN_EDGE_STATE_HEAD
           || c->state == PEN_EDGE_STATE_BODY;
}

void pen_edge_inbound_continue(struct pen_edge_connection *c)
{
    const struct pen_str bytes = {c->in, c->in_len};
    const size_t used = use(c, bytes);
    if (c->state == PEN_EDGE_STATE_DEAD) return;

    if (!keep(c, pen_str_slice(bytes, used, bytes.len))) {
        pen_edge_connection_end(c, PEN_EDGE_BROKEN, "edge.memory", 0);
        return;
    }
    pen_edge_connection_rewatch(c);
    /* Decrypted bytes that epoll does not know of may have been left while nothing could be used.
     */
    if (can_use(c) && pen_transport_pending(&c->transport)) pen_edge_inbound_receive(c);
}

/* What of a body is sure to come next may be read to where its owner wants it: no framing lies
 * between its bytes, and nothing is kept that comes before them. NULL: it goes by the scratch. */
static char *final_place(struct pen_edge_connection *c, size_t *room)
{
    struct pen_edge *const edge = c->edge;
    const bool plain = c->state == PEN_EDGE_STATE_BODY && !c->discard && c->in_len == 0
                       && c->head->framing == PEN_FRAMING_LENGTH;
    if (!plain || c->body_left < PEN_EDGE_DIRECT || edge->events->room == NULL) return NULL;

    char *const place = edge->events->room(edge->owner, c, room);
    if (*room > c->body_left) *room = (size_t)c->body_left;
    if (*room > sizeof(edge->scratch)) *room = sizeof(edge->scratch); /* others want their turn */
    return place;
}

/* Read once behind what is kept. False: nothing came, or the connection has ended. */
static bool read_more(struct pen_edge_connection *c, struct pen_str *bytes)
{
    struct pen_edge *const edge = c->edge;
    if (c->in_len > 0) memcpy(edge->scratch, c->in, c->in_len);

    size_t room = 0;
    char *place = final_place(c, &room);
    if (place == NULL) {
        place = edge->scratch + c->in_len;
        room = sizeof(edge->scratch) - c->in_len;
    }
    size_t got = 0;
    switch (pen_transport_read(&c->transport, place, room, &got)) {
    case PEN_IO_OK:
        pen_metrics_add(edge->metrics, edge->worker, PEN_COUNTER_BYTES_IN, got);
        *bytes = (struct pen_str){place - c->in_len, c->in_len + got};
        return true;
    case PEN_IO_WANT_READ:
    case PEN_IO_WANT_WRITE:
        return false;
    case PEN_IO_EOF:
    case PEN_IO_ERROR:
        break;
    }
    pen_edge_connection_end(c, PEN_EDGE_GONE, "caller.gone", 0);
    return false;
}

void pen_edge_inbound_receive(struct pen_edge_connection *c)
{
    do {
        struct pen_str bytes;
        /* A kept head is at most the head limit, well inside the scratch. */
        if (c->in_len >= sizeof(c->edge->scratch) || !read_more(c, &bytes)) break;

        const size_t used = use(c, bytes);
        if (c->state == PEN_EDGE_STATE_DEAD) return;
        if (!keep(c, pen_str_slice(bytes, used, bytes.len))) {
            pen_edge_connection_end(c, PEN_EDGE_BROKEN, "edge.memory", 0);
            return;
        }
    } while (pen_transport_pending(&c->transport) && c->in_len < PEN_EDGE_KEEP);

    if (c->state != PEN_EDGE_STATE_DEAD) pen_edge_connection_rewatch(c);
}

void pen_edge_inbound_decided(struct pen_edge_connection *c, enum pen_edge_decision decision)
{
    const struct pen_str bytes = {c->in, c->in_len};
    c->busy = true;
    const size_t used = go_on(c, decision, bytes);
    c->busy = false;
    /* Who lingers keeps nothing: `bytes` is gone. */
    if (c->state == PEN_EDGE_STATE_DEAD || c->state == PEN_EDGE_STATE_LINGER) return;

    if (!keep(c, pen_str_slice(bytes, used, bytes.len))) {
        pen_edge_connection_end(c, PEN_EDGE_BROKEN, "edge.memory", 0);
        return;
    }
    pen_edge_inbound_continue(c);
}
