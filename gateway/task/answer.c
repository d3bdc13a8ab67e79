/**
 * The function's answer, on its way to the caller.
 *
 * A small answer is collected and leaves in one piece; a larger or endless one is streamed through
 * a ring whose size bounds what is held of it. One of unknown length is streamed only from where
 * the function pauses: what it says in one breath leaves whole, or becomes a clear refusal.
 */
#include "gateway/task/internal.h"

#include <string.h>

#include "gateway/response.h"

#define COLLECT_BYTES ((size_t)32 << 10) /* answers up to this length leave in one piece */
#define RING_BYTES    ((size_t)64 << 10) /* of a streamed answer: held at most */

static size_t ring_write(struct pen_task *task, struct pen_str bytes)
{
    size_t written = 0;
    while (written < bytes.len && task->answer_len < task->answer_cap) {
        const size_t to = (task->answer_at + task->answer_len) % task->answer_cap;
        size_t room = task->answer_cap - task->answer_len;
        if (room > task->answer_cap - to) room = task->answer_cap - to;
        if (room > bytes.len - written) room = bytes.len - written;
        memcpy(task->answer + to, bytes.ptr + written, room);
        task->answer_len += room;
        written += room;
    }
    return written;
}

static ssize_t read_answer(void *request, char *into, size_t room)
{
    struct pen_task *const task = request;
    size_t got = 0;
    while (got < room && task->answer_len > 0) {
        size_t piece = task->answer_cap - task->answer_at;
        if (piece > task->answer_len) piece = task->answer_len;
        if (piece > room - got) piece = room - got;
        memcpy(into + got, task->answer + task->answer_at, piece);
        task->answer_at = (task->answer_at + piece) % task->answer_cap;
        task->answer_len -= piece;
        got += piece;
    }
    if (got > 0) {
        if (task->exchange != NULL) pen_exchange_resume(task->exchange);
        return (ssize_t)got;
    }
    if (task->answer_broke) return -2;
    return task->answer_ended ? -1 : 0;
}

static bool has_body(const struct pen_task *task, const struct pen_wire_head *answer)
{
    return answer->framing != PEN_FRAMING_NONE
           && !pen_str_equal(task->request.head->method, PEN_S("HEAD"));
}

/* The rest of the answer is of no use: the caller is told what the refusal says. */
static void give_up(struct pen_task *task)
{
    pen_task_keep_times(task);
    pen_exchange_cancel(task->exchange);
    task->exchange = NULL;
    pen_task_send_own(task);
}

static void out_of_memory(struct pen_task *task)
{
    pen_pipeline_upstream_failed(&task->request, PEN_UPSTREAM_INTERNAL, "memory");
    give_up(task);
}

/* Is nothing to leave before all of it is here? */
static bool is_withheld(const struct pen_task *task)
{
    return task->request.response != NULL && task->request.response->withheld;
}

/* What is kept to be looked at counts as bodies do. False: the answer is refused. */
static bool keep(struct pen_task *task, struct pen_str bytes)
{
    struct pen_request *const r = &task->request;
    const size_t before = r->response->body_cap;
    enum pen_step step = pen_response_keep(r, bytes);
    const size_t more = r->response->body_cap - before;
    task->crew->body_bytes += more;
    task->body_counted += more;
    if (more > 0 && task->crew->body_bytes > task->view->body_budget) {
        step = pen_response_stop(r);
        if (step != PEN_STEP_ON) r->refusal = pen_problem_overload("overload.memory");
    }
    return step == PEN_STEP_ON;
}

/* All of it is here and looked at. */
static void send_withheld(struct pen_task *task)
{
    if (pen_response_end(&task->request) != PEN_STEP_ON) {
        pen_task_send_own(task);
        return;
    }
    if (!pen_response_reply(&task->request, &task->reply)) {
        pen_pipeline_upstream_failed(&task->request, PEN_UPSTREAM_INTERNAL, "memory");
        pen_task_send_own(task);
        return;
    }
    task->response_bytes = task->reply.body.len;
    pen_task_send_reply(task);
}

/* From here on the caller gets the answer while it comes. */
static void begin_stream(struct pen_task *task)
{
    task->held_back = false;
    task->streaming = true;
    if (task->reply.length == UINT64_MAX && task->reply.no_chunks) {
        pen_edge_pair_last(task->connection);
    }
    task->reply.read = read_answer;
    pen_task_send_reply(task);
}

static void answer_head(void *owner, const struct pen_wire_head *answer)
{
    struct pen_task *const task = owner;
    task->upstream_status = answer->status;
    /* These tell the length of what they stand for, and have no body themselves. */
    const bool head_only =
        answer->status == 304 || pen_str_equal(task->request.head->method, PEN_S("HEAD"));
    const bool known = answer->framing == PEN_FRAMING_LENGTH
                       || (head_only && pen_wire_field(answer, PEN_FIELD_CONTENT_LENGTH) != NULL);
    const bool body = has_body(task, answer);
    bool large = body && known && answer->content_length > COLLECT_BYTES;
    /* A short answer in chunks comes whole: then it leaves in one piece, or nothing of it does. */
    /* The answer's memory comes on top of what the event was allowed. */
    pen_arena_limit(task->request.arena, pen_arena_used(task->request.arena) + ((size_t)1 << 20));
    if (body && pen_response_is_looked_at(&task->request, answer->status)
        && pen_response_begin(&task->request, answer, task->view->scratch) != PEN_STEP_ON) {
        give_up(task);
        return;
    }
    const bool withheld = is_withheld(task);
    if (withheld) large = false;
    task->held_back = body && !known && !withheld;
    task->answer_cap = task->held_back || large ? RING_BYTES
                       : body && !withheld      ? (size_t)answer->content_length
                                                : 0;
    task->answer = pen_arena_bytes(task->request.arena, task->answer_cap);
    if (task->answer == NULL || !pen_pipeline_answer_reply(&task->request, answer, &task->reply)) {
        out_of_memory(task);
        return;
    }
    task->reply.length = known ? answer->content_length : UINT64_MAX;
    task->reply.no_body = head_only;
    task->reply.no_chunks = task->request.head->minor == 0;
    if (head_only && !known) pen_edge_pair_last(task->connection);
    if (large) begin_stream(task);
}

static size_t answer_body(void *owner, struct pen_str bytes)
{
    struct pen_task *const task = owner;
    if (is_withheld(task)) {
        if (!keep(task, bytes)) give_up(task);
        return bytes.len;
    }
    const size_t taken = ring_write(task, bytes);
    task->response_bytes += taken;
    /* Only recorded: refused for want of memory it cannot be. */
    if (task->request.response != NULL) (void)keep(task, pen_str_slice(bytes, 0, taken));
    if (task->streaming && taken > 0) pen_listener_more(task->pair);
    if (task->held_back && taken < bytes.len) begin_stream(task);
    return taken;
}

static void answer_waits(void *owner)
{
    struct pen_task *const task = owner;
    if (task->held_back) begin_stream(task);
}

static void answer_ended(void *owner)
{
    struct pen_task *const task = owner;
    pen_task_keep_times(task);
    task->exchange = NULL;
    task->answer_ended = true;
    if (is_withheld(task)) {
        send_withheld(task);
        return;
    }
    if (task->streaming) {
        pen_listener_more(task->pair);
        return;
    }
    if (!task->reply.no_body) task->reply.length = task->answer_len;
    task->reply.body = (struct pen_str){task->answer, task->answer_len};
    pen_task_send_reply(task);
}

/* The detail is the exchange's only during the call; the record is written later. */
static const char *keep_detail(struct pen_task *task, const char *detail)
{
    struct pen_str copy = {NULL, 0};
    if (detail == NULL) return NULL;
    return pen_arena_copy(task->request.arena, pen_str_from_c(detail), &copy) == PEN_OK ? copy.ptr
                                                                                        : NULL;
}

static void answer_failed(void *owner, enum pen_upstream_failure failure, const char *detail)
{
    struct pen_task *const task = owner;
    pen_task_keep_times(task);
    task->exchange = NULL;
    task->upstream_error = pen_upstream_failure_proxy_error(failure);
    task->upstream_detail = keep_detail(task, detail);
    if (task->streaming) {
        task->answer_broke = true;
        task->broken = pen_upstream_failure_record_code(failure);
        pen_listener_more(task->pair);
        return;
    }
    /* Nothing of the answer has left yet: the caller gets a clear one. */
    pen_pipeline_upstream_failed(&task->request, failure, detail);
    pen_task_send_own(task);
}

const struct pen_exchange_events pen_task_exchange_events = {
    .head = answer_head,
    .body = answer_body,
    .waits = answer_waits,
    .ended = answer_ended,
    .failed = answer_failed,
};
