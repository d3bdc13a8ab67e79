/**
 * What happens when a connection's time is up.
 *
 * A deadline belongs to a state and is absolute. The timer is lazy: it is set once and, when it
 * fires early because the deadline has moved on, set again; so a request costs no heap operation.
 */
#include "gateway/edge/connection.h"

void pen_edge_connection_deadline(struct pen_edge_connection *c, uint64_t after_ms)
{
    c->deadline_ms = pen_loop_now_ms(c->edge->loop) + after_ms;
    if (c->exchange_due_ms != 0 && c->exchange_due_ms < c->deadline_ms) {
        c->deadline_ms = c->exchange_due_ms;
    }
    if (c->timer.slot != 0 && c->timer.due_ms <= c->deadline_ms) return;
    if (pen_loop_arm(c->edge->loop, &c->timer, c->deadline_ms) != PEN_OK) {
        pen_edge_connection_end(c, PEN_EDGE_BROKEN, "edge.memory", 0);
    }
}

/* Is the body slower than the least rate that is waited for? */
static bool body_drips(const struct pen_edge_connection *c, uint64_t now_ms)
{
    const uint64_t elapsed_ms = now_ms - c->body_began_ms;
    if (elapsed_ms >= c->edge->options.timeouts.body_ms) return true;
    if (elapsed_ms <= PEN_EDGE_GRACE_MS) return false;
    return c->body_seen
           < (elapsed_ms - PEN_EDGE_GRACE_MS) * c->edge->options.timeouts.body_min_rate / 1000;
}

/* The answer is due: from the function, whose own deadlines end most of them, or to the caller. */
static void answer_late(struct pen_edge_connection *c, uint64_t now_ms)
{
    static const struct pen_wire_refusal late = {.code = "edge.exchange_timeout", .status = 504};

    const uint32_t rate = c->edge->options.timeouts.reply_min_rate;
    if (now_ms >= c->exchange_due_ms) {
        pen_edge_outbound_refuse(c, &late, PEN_EDGE_TIMED_OUT);
    } else if (c->out_len > 0 && pen_edge_pace_is_slow(&c->pace, now_ms, rate)) {
        pen_edge_connection_end(c, PEN_EDGE_BROKEN, "edge.reply_timeout", 0);
    } else {
        pen_edge_connection_deadline(c, c->out_len > 0 ? PEN_EDGE_LOOK_MS
                                                       : c->exchange_due_ms - now_ms);
    }
}

static void deadline_passed(struct pen_edge_connection *c, uint64_t now_ms)
{
    static const struct pen_wire_refusal slow_head = {.code = "edge.head_timeout", .status = 408};
    static const struct pen_wire_refusal slow_body = {.code = "edge.body_timeout", .status = 408};

    switch (c->state) {
    case PEN_EDGE_STATE_HEAD:
        pen_edge_outbound_refuse(c, &slow_head, PEN_EDGE_TIMED_OUT);
        return;
    case PEN_EDGE_STATE_BODY:
        if (body_drips(c, now_ms)) {
            pen_edge_outbound_refuse(c, &slow_body, PEN_EDGE_TIMED_OUT);
        } else {
            pen_edge_connection_deadline(c, PEN_EDGE_LOOK_MS);
        }
        return;
    case PEN_EDGE_STATE_WAIT:
    case PEN_EDGE_STATE_REPLY:
        answer_late(c, now_ms);
        return;
    case PEN_EDGE_STATE_PROXY:
    case PEN_EDGE_STATE_HANDSHAKE:
        pen_edge_connection_unproven(c, "edge.handshake_timeout");
        return;
    case PEN_EDGE_STATE_IDLE:
        pen_transport_finish(&c->transport);
        pen_edge_connection_end(c, PEN_EDGE_GONE, "edge.idle", 0);
        return;
    case PEN_EDGE_STATE_LINGER:
    case PEN_EDGE_STATE_DEAD:
        pen_edge_connection_end(c, PEN_EDGE_REPLIED, NULL, 0);
        return;
    }
}

void pen_edge_connection_timer(struct pen_timer *timer)
{
    struct pen_edge_connection *const c =
        PEN_CONTAINER_OF(timer, struct pen_edge_connection, timer);
    const uint64_t now_ms = pen_loop_now_ms(c->edge->loop);
    if (now_ms >= c->deadline_ms) {
        deadline_passed(c, now_ms);
        return;
    }
    if (pen_loop_arm(c->edge->loop, &c->timer, c->deadline_ms) != PEN_OK) {
        pen_edge_connection_end(c, PEN_EDGE_BROKEN, "edge.memory", 0);
    }
}
