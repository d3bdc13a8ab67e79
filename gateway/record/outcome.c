/** A request's facts, put into the words of the record and the series of the metrics. */
#include "gateway/record/outcome.h"

#include "gateway/clock.h"
#include "gateway/trace.h"

static uint64_t since(const struct pen_request *request, uint64_t at_us)
{
    return at_us > request->times.began_us ? at_us - request->times.began_us : 0;
}

static enum pen_verdict verdict_of(const struct pen_request *r)
{
    if (r->inspected) return r->inspection.verdict;
    return r->refusal.status != 0 ? PEN_BLOCK : PEN_PASS;
}

static void write_record(const struct pen_outcome_sink *sink, const struct pen_outcome *o,
                         uint64_t total_us)
{
    const struct pen_request *const r = o->request;
    const struct pen_audit_entry entry = {
        .wall_ms = r->wall_ms,
        .request_id = {r->id, 32},
        .trace_id = pen_trace_id(r->head, (struct pen_str){r->id, 32}),
        .remote = r->provenance.caller.len > 0 ? r->provenance.caller : r->remote,
        .proxy = r->provenance.caller.len > 0 ? r->remote : (struct pen_str){"", 0},
        .method = r->head->method,
        .authority = r->head->authority,
        .path = r->head->path,
        .function = r->function == NULL ? (struct pen_str){"", 0} : r->function->name,
        .caller = r->proven ? &r->caller : NULL,
        .identity = r->identity,
        .name = r->name,
        .webhook_sender = r->webhook.sender,
        .webhook_callback = r->webhook.callback,
        .tls_version = r->tls_version,
        .status = o->status,
        .reason = o->reason,
        .verdict = verdict_of(r),
        .inspected = r->inspected,
        .event = r->inspected ? &r->inspection.event : NULL,
        .violations = r->inspected ? r->inspection.violations : NULL,
        .scan = r->inspected ? &r->scan : NULL,
        .response = r->response,
        .upstream_status = o->upstream_status,
        .upstream_error = o->upstream_error,
        .upstream_detail = o->upstream_detail,
        .upstream_reused = o->times->reused,
        .request_bytes = r->body_len,
        .response_bytes = o->response_bytes,
        .generation = r->snapshot->generation,
        .worker = (uint32_t)sink->worker,
        .times = {.head_us = since(r, r->times.head_us),
                  .auth_us = since(r, r->times.auth_us),
                  .body_us = since(r, r->times.body_us),
                  .inspect_us = since(r, r->times.inspect_us),
                  .upstream_connect_us = since(r, o->times->connected_us),
                  .upstream_first_byte_us = since(r, o->times->first_byte_us),
                  .total_us = total_us},
    };
    /* A record that does not fit is counted by the audit module and shows in the metrics. */
    (void)pen_audit_write(sink->audit, &r->snapshot->config->audit, &entry);
}

static void count_stage(const struct pen_outcome_sink *sink, enum pen_stage stage, uint64_t from_us,
                        uint64_t to_us)
{
    if (to_us == 0 || to_us < from_us) return;
    pen_metrics_stage(sink->metrics, sink->worker, stage, to_us - from_us);
}

static void count_response(const struct pen_outcome_sink *sink, const struct pen_response *response)
{
    if (response->finding_count > 0 || response->by_schema.violations != NULL
        || response->by_api.violations != NULL) {
        pen_metrics_add(sink->metrics, sink->worker, PEN_COUNTER_RESPONSES_FLAGGED, 1);
    }
    if (response->struck && response->refused == NULL) {
        pen_metrics_add(sink->metrics, sink->worker, PEN_COUNTER_RESPONSES_REDACTED, 1);
    }
    if (response->unread) {
        pen_metrics_add(sink->metrics, sink->worker, PEN_COUNTER_RESPONSES_UNREAD, 1);
    }
}

static void count(const struct pen_outcome_sink *sink, const struct pen_outcome *o,
                  uint64_t total_us)
{
    const struct pen_request *const r = o->request;
    const uint32_t slot = r->function == NULL ? 0 : r->snapshot->metric_slots[r->function->index];
    pen_metrics_request(sink->metrics, sink->worker, slot, o->status, (int)verdict_of(r), total_us);
    if (r->inspected && r->inspection.violations != NULL) {
        pen_metrics_violation(sink->metrics, sink->worker, slot);
    }
    if (r->refusal.status == 0 && r->answer.reason != NULL) {
        pen_metrics_add(sink->metrics, sink->worker, PEN_COUNTER_WEBHOOK_ANSWERS, 1);
    }
    if (o->status != 0 && r->refusal.status != 0) {
        pen_metrics_reason(sink->metrics, sink->worker, o->reason);
    }
    if (r->response != NULL) count_response(sink, r->response);
    if (o->times->started_us != 0) {
        pen_metrics_add(
            sink->metrics, sink->worker,
            o->times->reused ? PEN_COUNTER_UPSTREAM_REUSES : PEN_COUNTER_UPSTREAM_CONNECTS, 1);
    }
    count_stage(sink, PEN_STAGE_AUTH, r->times.head_us, r->times.auth_us);
    count_stage(sink, PEN_STAGE_INSPECT, r->times.body_us, r->times.inspect_us);
    count_stage(sink, PEN_STAGE_UPSTREAM, o->times->started_us, o->times->first_byte_us);
    pen_metrics_stage(sink->metrics, sink->worker, PEN_STAGE_TOTAL, total_us);
}

void pen_outcome_record(const struct pen_outcome_sink *sink, const struct pen_outcome *outcome)
{
    const uint64_t total_us = since(outcome->request, pen_clock_us());
    write_record(sink, outcome, total_us);
    count(sink, outcome, total_us);
}

void pen_outcome_early(const struct pen_outcome_sink *sink, const struct pen_snapshot *snapshot,
                       struct pen_audit_entry *entry)
{
    entry->verdict = PEN_BLOCK;
    entry->generation = snapshot->generation;
    entry->worker = (uint32_t)sink->worker;
    (void)pen_audit_write(sink->audit, &snapshot->config->audit, entry);
    pen_metrics_reason(sink->metrics, sink->worker, entry->reason);
    if (entry->status == 0) return;
    pen_metrics_request(sink->metrics, sink->worker, 0, entry->status, PEN_BLOCK, 0);
}
