/**
 * How a request moves through a worker: head → (keys?) → body → verdict → function → reply →
 * record.
 *
 * Every function here reacts to one event of one part and hands the request to the next; what is
 * decided is decided in the pipeline.
 */
#include "gateway/task/internal.h"

#include <string.h>

#include "gateway/clock.h"
#include "gateway/content.h"
#include "gateway/pressure.h"
#include "gateway/record/outcome.h"
#include "gateway/response.h"
#include "gateway/trace.h"
#include "gateway/webhook.h"

#define KEY_WAIT_MS 1000 /* an unknown kid waits this long for a refresh */

static struct pen_task *task_of(void *request)
{
    return request;
}

static void make_ids(struct pen_crew *crew, struct pen_request *request)
{
    pen_trace_hex(request->id, pen_trace_next(&crew->random));
    pen_trace_hex(request->id + 16, pen_trace_next(&crew->random));
    request->id[32] = '\0';
    request->span_id = pen_trace_next(&crew->random);
}

static const char *reason_of(const struct pen_task *task, enum pen_edge_end end, const char *why)
{
    if (end == PEN_EDGE_BROKEN && task->broken != NULL) return task->broken;
    if (why != NULL) return why;
    if (end == PEN_EDGE_REPLIED && task->request.answer.reason != NULL) {
        return task->request.answer.reason;
    }
    const struct pen_problem *const refusal = &task->request.refusal;
    if (refusal->status != 0) {
        return refusal->record_reason != NULL ? refusal->record_reason : refusal->reason;
    }
    return end == PEN_EDGE_REPLIED ? "ok" : "edge.broken";
}

static void write_record(struct pen_task *task, enum pen_edge_end end, const char *why, int status)
{
    const struct pen_outcome_sink sink = {
        .audit = task->crew->audit, .metrics = task->crew->metrics, .worker = task->crew->worker};
    const bool answered = end == PEN_EDGE_REPLIED || (status == 0 && end != PEN_EDGE_GONE);
    const struct pen_outcome outcome = {
        .request = &task->request,
        .status = answered ? task->reply.status : status,
        .reason = reason_of(task, end, why),
        .times = &task->exchange_times,
        .upstream_status = task->upstream_status,
        .upstream_error = task->upstream_error,
        .upstream_detail = task->upstream_detail,
        .response_bytes = task->response_bytes,
    };
    pen_outcome_record(&sink, &outcome);
}

void pen_task_keep_times(struct pen_task *task)
{
    task->exchange_times = *pen_exchange_times(task->exchange);
}

void pen_task_send_reply(struct pen_task *task)
{
    task->state = PEN_TASK_REPLY;
    pen_listener_reply(task->pair, &task->reply);
    pen_edge_answer(task->connection);
}

void pen_task_send_own(struct pen_task *task)
{
    struct pen_request *const r = &task->request;
    const bool composed = r->refusal.status != 0 ? pen_pipeline_refusal_reply(r, &task->reply)
                                                 : pen_webhook_reply(r, &task->reply);
    if (composed) {
        pen_task_send_reply(task);
        return;
    }
    pen_edge_break(task->connection);
}

static void ask_function(struct pen_task *task)
{
    struct pen_request *const r = &task->request;
    if (pen_pipeline_forward(r, &task->out) != PEN_STEP_ON) {
        pen_task_send_own(task);
        return;
    }
    task->state = PEN_TASK_UPSTREAM;
    struct pen_upstream_pool *const pool = task->view->pools[r->function->upstream->index];
    if (pen_upstream_start(pool, &task->out, &pen_task_exchange_events, task, r->arena,
                           &task->exchange)
        != PEN_OK) {
        pen_pipeline_upstream_failed(r, PEN_UPSTREAM_INTERNAL, "memory");
        pen_task_send_own(task);
    }
}

/* Is it decided what the caller is told, without the function? */
static bool is_settled(const struct pen_request *r)
{
    return r->refusal.status != 0 || r->answer.reason != NULL;
}

/* What the body holds by now, against what all of this worker's may. */
static enum pen_step count_body(struct pen_task *task, size_t before, enum pen_step step)
{
    struct pen_crew *const crew = task->crew;
    const size_t more = task->request.body_held - before;
    crew->body_bytes += more;
    task->body_counted += more;
    if (step != PEN_STEP_ON || crew->body_bytes <= task->view->body_budget) return step;

    task->request.refusal = pen_problem_overload("overload.memory");
    return PEN_STEP_REFUSED;
}

/* False: what the answer would promise cannot be asked for. */
static bool ask(const struct pen_task *task)
{
    const struct pen_want *const want = &task->request.want;
    if (want->kind == PEN_WANT_NOTHING) return true;
    return task->crew->want(task->crew->owner, want) || want->kind != PEN_WANT_CONFIRMATION;
}

static void edge_received(void *owner, struct pen_edge_connection *connection)
{
    (void)owner;
    struct pen_task *const task = task_of(pen_edge_request(connection));
    struct pen_request *const r = &task->request;
    if (is_settled(r)) {
        pen_task_send_own(task);
        return;
    }
    r->times.body_us = pen_clock_us();
    const size_t before = r->body_held;
    enum pen_step step = pen_content_decode(r);
    step = count_body(task, before, step);
    if (step == PEN_STEP_ON) step = pen_webhook_body(r, task->crew->ring, r->wall_ms / 1000);
    if (!ask(task)) {
        r->refusal = pen_problem_overload("overload.wants");
        step = PEN_STEP_REFUSED;
    }
    if (step == PEN_STEP_ON) {
        step = pen_pipeline_inspect(r, task->view->scratch, r->wall_ms / 1000);
    }
    r->times.inspect_us = pen_clock_us();
    if (step != PEN_STEP_ON) {
        pen_task_send_own(task);
        return;
    }
    ask_function(task);
}

static void listener_replied(void *request, bool whole)
{
    struct pen_task *const task = task_of(request);
    task->reply_whole = whole;
    task->next = task->crew->replied;
    task->crew->replied = task;
}

static void listener_ready(struct pen_pair *pair, uint32_t events)
{
    pen_edge_pair_ready(pair->caller, events);
}

const struct pen_listener_events pen_task_listener_events = {
    .replied = listener_replied,
    .ready = listener_ready,
};

void pen_task_relay_replied(struct pen_crew *crew)
{
    while (crew->replied != NULL) {
        struct pen_task *const task = crew->replied;
        crew->replied = task->next;
        task->next = NULL;
        if (task->reply_whole) {
            pen_edge_replied(task->connection);
        } else {
            pen_edge_break(task->connection);
        }
    }
}

static void unlink_from(struct pen_task **list, struct pen_task *task)
{
    for (; *list != NULL; list = &(*list)->next) {
        if (*list != task) continue;
        *list = task->next;
        task->next = NULL;
        return;
    }
}

/* Its time to wait, once begun, runs on. False: there is no memory to wait. */
static bool park(struct pen_task *task)
{
    struct pen_crew *const crew = task->crew;
    if (!task->request.waits
        && pen_loop_arm(crew->loop, &task->timer, pen_loop_now_ms(crew->loop) + KEY_WAIT_MS)
               != PEN_OK) {
        return false;
    }
    task->request.waits = true;
    task->state = PEN_TASK_PARKED;
    task->next = crew->parked;
    crew->parked = task;
    if (task->request.unknown_key != NULL) {
        const struct pen_want keys = {.kind = PEN_WANT_KEYS,
                                      .index = task->request.unknown_key->index};
        /* Without room to ask it waits in vain, or until others' asking has helped. */
        (void)crew->want(crew->owner, &keys);
    }
    return true;
}

/* What there is not enough of for this request, as a reason code; NULL: nothing. */
static const char *overloaded(struct pen_task *task, size_t body_bytes)
{
    const struct pen_crew *const crew = task->crew;
    if (crew->body_bytes + body_bytes > task->view->body_budget) return "overload.memory";
    if (pen_pressure_level(crew->pressure) >= PEN_PRESSURE_SHED) {
        /* Its connection holds memory, too. */
        pen_edge_last(task->connection);
        return "overload.process_memory";
    }
    if (task->request.snapshot->config->audit.refuse_when_full
        && !pen_audit_has_room(crew->audit, crew->worker)) {
        return "overload.audit";
    }
    return NULL;
}

/* Admit, count the body's memory ahead, and put the answer into the edge's words. */
static enum pen_edge_decision admit(struct pen_task *task)
{
    struct pen_crew *const crew = task->crew;
    struct pen_request *const r = &task->request;
    const enum pen_step step = pen_pipeline_admit(r, crew->verifier, crew->ring, r->wall_ms / 1000);
    r->times.auth_us = pen_clock_us();
    if (step == PEN_STEP_WAIT) {
        if (park(task)) return PEN_EDGE_WAIT;
        r->refusal = pen_problem_overload("overload.memory");
        return PEN_EDGE_REFUSE;
    }
    if (step != PEN_STEP_ON) return PEN_EDGE_REFUSE;

    const size_t ahead = r->body_held;
    const char *const overload = overloaded(task, ahead);
    if (overload != NULL) {
        r->refusal = pen_problem_overload(overload);
        return PEN_EDGE_REFUSE;
    }
    crew->body_bytes += ahead;
    task->body_counted = ahead;
    return PEN_EDGE_ADMIT;
}

static void unpark(struct pen_task *task)
{
    /* Nothing is decided yet, so the configuration in force decides: its issuers are the ones that
     * the key ring in force was made for. */
    task->view->tasks--;
    task->view = task->crew->view;
    task->view->tasks++;
    task->request.snapshot = task->view->snapshot;
    task->state = PEN_TASK_RECEIVE;
    const enum pen_edge_decision decision = admit(task);
    if (decision == PEN_EDGE_WAIT) return;

    pen_loop_disarm(task->crew->loop, &task->timer);
    pen_edge_decide(task->connection, decision);
}

static void parked_too_long(struct pen_timer *timer)
{
    struct pen_task *const task = PEN_CONTAINER_OF(timer, struct pen_task, timer);
    unlink_from(&task->crew->parked, task);
    task->request.waited = true;
    unpark(task);
}

static enum pen_edge_decision edge_head(void *owner, struct pen_edge_connection *connection)
{
    struct pen_crew *const crew = owner;
    struct pen_arena *const arena = pen_edge_arena(connection);
    struct pen_task *const task = pen_arena_alloc(arena, sizeof(*task));
    if (task == NULL) return PEN_EDGE_REFUSE; /* no task, no pair: the edge says 503 */

    /* Everything but the findings' table, which is filled before it is read. */
    const size_t scan_at = offsetof(struct pen_task, request.scan);
    const size_t behind_scan = scan_at + sizeof(task->request.scan);
    memset(task, 0, scan_at);
    memset((char *)task + behind_scan, 0, sizeof(*task) - behind_scan);

    task->crew = crew;
    task->view = crew->view;
    task->view->tasks++;
    task->connection = connection;
    task->state = PEN_TASK_RECEIVE;
    task->timer.fired = parked_too_long;
    pen_metrics_gauge(crew->metrics, crew->worker, PEN_GAUGE_REQUESTS, (int64_t)++crew->task_count);

    struct pen_request *const r = &task->request;
    r->arena = arena;
    r->head = pen_edge_head(connection);
    r->snapshot = task->view->snapshot;
    r->remote = pen_edge_remote(connection);
    r->remote_host = pen_edge_remote_host(connection);
    r->peer = pen_edge_address(connection);
    r->tls_version = pen_edge_tls_version(connection);
    r->tls = r->tls_version != NULL;
    r->identity = pen_edge_identity(connection);
    r->wall_ms = pen_clock_unix_ms();
    r->times.began_us = pen_edge_began_us(connection);
    r->times.head_us = pen_clock_us();
    make_ids(crew, r);
    pen_edge_set_request(connection, task);
    return admit(task);
}

static bool edge_body(void *owner, struct pen_edge_connection *connection, struct pen_str bytes)
{
    (void)owner;
    struct pen_task *const task = task_of(pen_edge_request(connection));
    const size_t before = task->request.body_held;
    const enum pen_step step = pen_pipeline_body(&task->request, bytes);
    if (count_body(task, before, step) == PEN_STEP_ON) return true;

    pen_edge_cut(connection, task->request.refusal.reason, task->request.refusal.status);
    return false;
}

static char *edge_room(void *owner, struct pen_edge_connection *connection, size_t *room)
{
    (void)owner;
    return pen_pipeline_body_room(&task_of(pen_edge_request(connection))->request, room);
}

static struct pen_pair *edge_pair(void *owner, struct pen_edge_connection *connection)
{
    struct pen_crew *const crew = owner;
    struct pen_task *const task = pen_edge_request(connection);
    if (task == NULL || pen_listener_take(crew->listener, task, &task->pair) != PEN_OK) {
        return NULL;
    }
    return task->pair;
}

static void edge_ended(void *owner, struct pen_edge_connection *connection, enum pen_edge_end end,
                       const char *reason, int status, bool reusable)
{
    struct pen_crew *const crew = owner;
    struct pen_task *const task = pen_edge_request(connection);
    if (task == NULL) return;

    if (task->exchange != NULL) {
        pen_task_keep_times(task);
        pen_exchange_cancel(task->exchange);
        task->exchange = NULL;
    }
    pen_loop_disarm(crew->loop, &task->timer);
    unlink_from(&crew->parked, task);
    unlink_from(&crew->replied, task);
    /* Also of an answer that broke off, or never ends: this is the end of it. */
    pen_response_settle(&task->request);
    write_record(task, end, reason, status);
    if (task->pair != NULL) pen_listener_give(crew->listener, task->pair, reusable);
    crew->body_bytes -= task->body_counted;
    task->view->tasks--;
    pen_metrics_gauge(crew->metrics, crew->worker, PEN_GAUGE_REQUESTS, (int64_t)--crew->task_count);
}

/* Of what never became a request: the only record of it is made here. */
static void record_early(struct pen_crew *crew, const struct pen_edge_connection *connection,
                         const struct pen_request *nobody, int status, const char *reason)
{
    const struct pen_outcome_sink sink = {
        .audit = crew->audit, .metrics = crew->metrics, .worker = crew->worker};
    struct pen_audit_entry entry = {
        .wall_ms = nobody->wall_ms,
        .request_id = {nobody->id, 32},
        .remote = pen_edge_remote(connection),
        .tls_version = pen_edge_tls_version(connection),
        .identity = pen_edge_identity(connection),
        .status = status,
        .reason = reason,
    };
    pen_outcome_early(&sink, crew->view->snapshot, &entry);
}

/* A refusal of the edge's own. With no head there is no task. */
static void edge_refuse(void *owner, struct pen_edge_connection *connection,
                        const struct pen_wire_refusal *refusal, struct pen_buf *out)
{
    struct pen_crew *const crew = owner;
    struct pen_request nobody = {.wall_ms = pen_clock_unix_ms()};
    struct pen_task *const task = pen_edge_request(connection);
    struct pen_request *const r = task == NULL ? &nobody : &task->request;
    if (task == NULL) make_ids(crew, r);

    struct pen_problem problem = r->refusal;
    if (problem.status == 0) {
        problem = (struct pen_problem){.status = refusal->status, .reason = refusal->code};
    }
    if (problem.status == 503) problem.retry_after_s = 1;
    problem.date_s = nobody.wall_ms / 1000;
    if (pen_edge_tls_version(connection) != NULL) {
        problem.strict_transport = crew->view->snapshot->strict_transport;
    }
    pen_problem_raw(out, &problem, (struct pen_str){r->id, 32});
    pen_metrics_add(crew->metrics, crew->worker, PEN_COUNTER_WIRE_REFUSALS, 1);
    if (task != NULL) {
        task->request.refusal = problem;
        return;
    }
    record_early(crew, connection, r, problem.status, problem.reason);
}

/* Whoever shows a certificate that is refused is on record; others who cannot speak TLS, scanners
 * above all, are counted. */
static void edge_unproven(void *owner, struct pen_edge_connection *connection, const char *reason)
{
    struct pen_crew *const crew = owner;
    if (!pen_str_starts(pen_str_from_c(reason), PEN_S("certificate."))) {
        pen_metrics_reason(crew->metrics, crew->worker, reason);
        return;
    }
    struct pen_request nobody = {.wall_ms = pen_clock_unix_ms()};
    make_ids(crew, &nobody);
    record_early(crew, connection, &nobody, 0, reason);
}

const struct pen_edge_events pen_task_edge_events = {
    .head = edge_head,
    .body = edge_body,
    .room = edge_room,
    .pair = edge_pair,
    .received = edge_received,
    .ended = edge_ended,
    .unproven = edge_unproven,
    .refuse = edge_refuse,
};

void pen_task_retry_parked(struct pen_crew *crew)
{
    struct pen_task *list = crew->parked;
    crew->parked = NULL;
    while (list != NULL) {
        struct pen_task *const task = list;
        list = task->next;
        task->next = NULL;
        unpark(task);
    }
}
