/** The record's shape, in one place. Members that say nothing are left out. */
#include "gateway/record/audit_line.h"

#include <time.h>

#include "filters/core/envelope/envelope.h"
#include "filters/exception.h"
#include "gateway/mask.h"

#define TEXT_BYTES 1024 /* of any one text of the caller's; the rest is cut */
#define TAIL_BYTES 64   /* kept free for what stands behind the findings */
/* Sixteen violations of schemas whose paths nobody made longer. */
#define VIOLATIONS_BYTES 4096

static void put_text(struct pen_buf *buf, const char *name, struct pen_str value)
{
    if (value.len == 0) return;
    pen_buf_put(buf, PEN_S(",\""));
    pen_buf_put(buf, pen_str_from_c(name));
    pen_buf_put(buf, PEN_S("\":\""));
    pen_buf_json(buf, pen_str_slice(value, 0, TEXT_BYTES));
    pen_buf_byte(buf, '"');
}

static void put_word(struct pen_buf *buf, const char *name, const char *value)
{
    put_text(buf, name, pen_str_from_c(value));
}

static void put_number(struct pen_buf *buf, const char *name, uint64_t value)
{
    pen_buf_put(buf, PEN_S(",\""));
    pen_buf_put(buf, pen_str_from_c(name));
    pen_buf_put(buf, PEN_S("\":"));
    pen_buf_u64(buf, value);
}

static void put_some_number(struct pen_buf *buf, const char *name, uint64_t value)
{
    if (value != 0) put_number(buf, name, value);
}

static void put_two(struct pen_buf *buf, int value)
{
    pen_buf_byte(buf, (char)('0' + value / 10 % 10));
    pen_buf_byte(buf, (char)('0' + value % 10));
}

/* RFC 3339 in UTC with milliseconds. */
static void put_time(struct pen_buf *buf, int64_t wall_ms)
{
    const time_t seconds = (time_t)(wall_ms / 1000);
    struct tm utc;
    if (gmtime_r(&seconds, &utc) == NULL) return;

    pen_buf_u64(buf, (uint64_t)utc.tm_year + 1900);
    pen_buf_byte(buf, '-');
    put_two(buf, utc.tm_mon + 1);
    pen_buf_byte(buf, '-');
    put_two(buf, utc.tm_mday);
    pen_buf_byte(buf, 'T');
    put_two(buf, utc.tm_hour);
    pen_buf_byte(buf, ':');
    put_two(buf, utc.tm_min);
    pen_buf_byte(buf, ':');
    put_two(buf, utc.tm_sec);
    pen_buf_byte(buf, '.');
    pen_buf_byte(buf, (char)('0' + wall_ms / 100 % 10));
    put_two(buf, (int)(wall_ms % 100));
    pen_buf_byte(buf, 'Z');
}

static void put_caller(struct pen_buf *buf, const struct pen_caller *caller)
{
    if (caller == NULL) return;
    pen_buf_put(buf, PEN_S(",\"caller\":{\"issuer\":\""));
    pen_buf_json(buf, caller->issuer->name);
    pen_buf_byte(buf, '"');
    put_text(buf, "subject", caller->subject);
    pen_buf_byte(buf, '}');
}

/* The name that counted, or else the first: a certificate may have many. The fingerprint tells
 * which certificate it was. */
static void put_certificate(struct pen_buf *buf, const struct pen_audit_entry *entry)
{
    const struct pen_tls_identity *const identity = entry->identity;
    if (identity == NULL) return;

    static const char digits[] = "0123456789abcdef";
    const struct pen_tls_name *const first = identity->name_count > 0 ? identity->names : NULL;
    const struct pen_tls_name *const name = entry->name != NULL ? entry->name : first;
    pen_buf_put(buf, PEN_S(",\"certificate\":{\"sha256\":\""));
    for (size_t i = 0; i < sizeof(identity->fingerprint); i++) {
        pen_buf_byte(buf, digits[identity->fingerprint[i] >> 4]);
        pen_buf_byte(buf, digits[identity->fingerprint[i] & 15]);
    }
    pen_buf_byte(buf, '"');
    if (name != NULL) {
        pen_buf_put(buf, PEN_S(",\"name\":\""));
        pen_buf_put(buf, pen_tls_name_word(name->kind));
        pen_buf_byte(buf, ':');
        pen_buf_json(buf, pen_str_slice(name->text, 0, TEXT_BYTES));
        pen_buf_byte(buf, '"');
    }
    pen_buf_byte(buf, '}');
}

static void put_name(struct pen_buf *buf, bool first, struct pen_str name)
{
    pen_buf_put(buf, first ? PEN_S(",\"event\":[\"") : PEN_S(",\""));
    pen_buf_json(buf, name);
    pen_buf_byte(buf, '"');
}

static void put_event(struct pen_buf *buf, const struct pen_event *event)
{
    const struct pen_envelope *list[PEN_EVENT_ENVELOPES];
    const size_t count = event == NULL ? 0 : pen_event_envelopes(event, list);
    for (size_t i = 0; i < count; i++) {
        put_name(buf, i == 0, list[i]->name);
    }
    if (count > 0) pen_buf_byte(buf, ']');
}

/* A callback's query holds the secret that grants; the rest tells whose it is. */
static void put_webhook(struct pen_buf *buf, const struct pen_audit_entry *entry)
{
    const struct pen_str callback = entry->webhook_callback;
    if (entry->webhook_sender.len == 0 && callback.len == 0) return;

    pen_buf_put(buf, PEN_S(",\"webhook\":{\"sender\":\""));
    pen_buf_json(buf, pen_str_slice(entry->webhook_sender, 0, TEXT_BYTES));
    pen_buf_byte(buf, '"');
    put_text(buf, "callback", pen_str_slice(callback, 0, pen_str_find(callback, '?', 0)));
    pen_buf_byte(buf, '}');
}

static void put_finding(struct pen_buf *buf, const struct pen_config_audit *config,
                        const struct pen_scan *scan, const struct pen_finding *finding)
{
    pen_buf_put(buf, PEN_S("{\"rule\":\""));
    pen_buf_put(buf, pen_str_from_c(finding->rule));
    pen_buf_byte(buf, '"');
    if (finding->leaf != NULL) {
        char memory[TEXT_BYTES];
        struct pen_buf path = pen_buf_over(memory, sizeof(memory));
        pen_leaf_path(finding->leaf, &path);
        (void)pen_mask_path(scan, &path);
        put_text(buf, "path", pen_buf_str(&path));
        struct pen_buf codings = pen_buf_over(memory, sizeof(memory));
        pen_leaf_codings(finding->leaf, &codings);
        put_text(buf, "codings", pen_buf_str(&codings));
        put_number(buf, "start", finding->span.start);
        put_number(buf, "end", finding->span.end);
    }
    put_number(buf, "score", finding->score);
    if (finding->excused != NULL) pen_buf_put(buf, PEN_S(",\"excused\":true"));
    if (finding->held_back) pen_buf_put(buf, PEN_S(",\"held_back\":true"));
    put_word(buf, "message", finding->sentence);
    pen_buf_put(buf, PEN_S(",\"excerpt\":\""));
    pen_excerpt_put(buf, config, scan, finding);
    pen_buf_put(buf, PEN_S("\"}"));
}

/* Escapes make a caller's text six times as long: only the outcome tells its size. */
static bool took_too_much(struct pen_buf *buf, size_t before)
{
    if (!buf->full && buf->cap - buf->len >= TAIL_BYTES) return false;
    buf->len = before;
    buf->full = false;
    return true;
}

static void put_findings(struct pen_buf *buf, const struct pen_config_audit *config,
                         const struct pen_scan *scan)
{
    if (scan == NULL || scan->finding_count == 0) return;

    pen_buf_put(buf, PEN_S(",\"findings\":["));
    uint32_t written = 0;
    while (written < scan->finding_count && !buf->full) {
        const size_t before = buf->len;
        if (written > 0) pen_buf_byte(buf, ',');
        put_finding(buf, config, scan, &scan->findings[written]);
        if (took_too_much(buf, before)) break;
        written++;
    }
    pen_buf_byte(buf, ']');
    put_some_number(buf, "findings_left_out", scan->finding_count - written);
}

/* What would let the event pass, to be copied into the function's policy: all of it or nothing. */
static void put_exceptions(struct pen_buf *buf, const struct pen_audit_entry *entry)
{
    char memory[PEN_EXCEPTION_PATH];
    struct pen_buf path = pen_buf_over(memory, sizeof(memory));
    const size_t before = buf->len;
    const char *rule = NULL;
    uint32_t at = 0;
    if (entry->scan == NULL || entry->verdict != PEN_BLOCK) return;
    while (pen_exception_suggest(entry->scan, &at, &rule, &path)) {
        if (pen_mask_path(entry->scan, &path)) {
            buf->len = before;
            return;
        }
        pen_buf_put(buf, buf->len == before ? PEN_S(",\"exceptions\":[{\"rule\":\"")
                                            : PEN_S(",{\"rule\":\""));
        pen_buf_json(buf, pen_str_from_c(rule));
        pen_buf_put(buf, PEN_S("\",\"path\":\""));
        pen_buf_json(buf, pen_buf_str(&path));
        pen_buf_put(buf, PEN_S("\"}"));
    }
    if (buf->len > before) pen_buf_byte(buf, ']');
    (void)took_too_much(buf, before);
}

static void put_upstream(struct pen_buf *buf, const struct pen_audit_entry *entry)
{
    if (entry->upstream_status == 0 && entry->upstream_error == NULL) return;

    pen_buf_put(buf, PEN_S(",\"upstream\":{\"status\":"));
    pen_buf_u64(buf, (uint64_t)entry->upstream_status);
    pen_buf_put(buf,
                entry->upstream_reused ? PEN_S(",\"reused\":true") : PEN_S(",\"reused\":false"));
    if (entry->upstream_error != NULL) put_word(buf, "error", entry->upstream_error);
    if (entry->upstream_detail != NULL) put_word(buf, "detail", entry->upstream_detail);
    pen_buf_byte(buf, '}');
}

/* As many as fit into a part of the line, so that what follows has its own. */
static void put_violations(struct pen_buf *buf, const struct pen_violations *violations)
{
    if (violations == NULL || buf->full || buf->cap - buf->len < 2 * VIOLATIONS_BYTES) return;

    pen_buf_put(buf, PEN_S(",\"violations\":["));
    struct pen_buf list = pen_buf_over(buf->ptr + buf->len, VIOLATIONS_BYTES);
    pen_violations_put(violations, true, &list);
    buf->len += list.len;
    pen_buf_byte(buf, ']');
    if (violations->more) pen_buf_put(buf, PEN_S(",\"more_violations\":true"));
}

static bool is_worth_telling(const struct pen_response *response)
{
    return response->finding_count > 0 || response->unread || response->by_schema.violations != NULL
           || response->by_api.violations != NULL;
}

/* What the look at the answer found. Nothing of the answer but secrets' masked ends. */
static void put_response(struct pen_buf *buf, const struct pen_response *response)
{
    if (response == NULL || !is_worth_telling(response)) return;

    pen_buf_put(buf, PEN_S(",\"response\":{\"verdict\":\""));
    pen_buf_put(buf, response->refused != NULL ? PEN_S("refused")
                     : response->struck        ? PEN_S("redacted")
                                               : PEN_S("flagged"));
    pen_buf_byte(buf, '"');
    if (response->unread) pen_buf_put(buf, PEN_S(",\"reason\":\"response.unread\""));
    put_violations(buf, response->by_schema.violations != NULL ? response->by_schema.violations
                                                               : response->by_api.violations);
    pen_buf_put(buf, PEN_S(",\"findings\":["));
    uint32_t written = 0;
    for (; written < response->finding_count; written++) {
        const struct pen_response_finding *const finding = &response->findings[written];
        const size_t before = buf->len;
        pen_buf_put(buf, written > 0 ? PEN_S(",{\"rule\":\"") : PEN_S("{\"rule\":\""));
        pen_buf_put(buf, pen_str_from_c(finding->rule));
        pen_buf_byte(buf, '"');
        put_number(buf, "start", finding->span.start);
        put_number(buf, "end", finding->span.end);
        put_number(buf, "score", finding->score);
        put_word(buf, "message", finding->sentence);
        put_word(buf, "excerpt", finding->shown);
        pen_buf_byte(buf, '}');
        if (took_too_much(buf, before)) break;
    }
    pen_buf_byte(buf, ']');
    put_some_number(buf, "findings_left_out",
                    response->left_out + response->finding_count - written);
    pen_buf_byte(buf, '}');
}

static void put_times(struct pen_buf *buf, const struct pen_audit_times *times)
{
    pen_buf_put(buf, PEN_S(",\"us\":{\"total\":"));
    pen_buf_u64(buf, times->total_us);
    put_some_number(buf, "head", times->head_us);
    put_some_number(buf, "auth", times->auth_us);
    put_some_number(buf, "body", times->body_us);
    put_some_number(buf, "inspect", times->inspect_us);
    put_some_number(buf, "connect", times->upstream_connect_us);
    put_some_number(buf, "first_byte", times->upstream_first_byte_us);
    pen_buf_byte(buf, '}');
}

void pen_audit_line(struct pen_buf *buf, const struct pen_config_audit *config,
                    const struct pen_audit_entry *entry)
{
    pen_buf_put(buf, PEN_S("{\"time\":\""));
    put_time(buf, entry->wall_ms);
    pen_buf_byte(buf, '"');
    put_text(buf, "request_id", entry->request_id);
    put_text(buf, "trace_id", entry->trace_id);
    put_text(buf, "remote", entry->remote);
    put_text(buf, "proxy", entry->proxy);
    if (entry->tls_version != NULL) put_word(buf, "tls", entry->tls_version);
    put_text(buf, "method", entry->method);
    put_text(buf, "host", entry->authority);
    put_text(buf, "path", entry->path);
    put_text(buf, "function", entry->function);
    put_caller(buf, entry->caller);
    put_certificate(buf, entry);
    put_webhook(buf, entry);
    put_event(buf, entry->event);
    put_number(buf, "status", (uint64_t)entry->status);
    put_word(buf, "reason", entry->reason);
    put_word(buf, "verdict", pen_verdict_name(entry->verdict));
    pen_buf_put(buf,
                entry->inspected ? PEN_S(",\"inspected\":true") : PEN_S(",\"inspected\":false"));
    put_upstream(buf, entry);
    put_response(buf, entry->response);
    put_number(buf, "request_bytes", entry->request_bytes);
    put_number(buf, "response_bytes", entry->response_bytes);
    put_number(buf, "generation", entry->generation);
    put_number(buf, "worker", entry->worker);
    put_times(buf, &entry->times);
    put_violations(buf, entry->violations);
    put_exceptions(buf, entry);
    put_findings(buf, config, entry->scan);
    pen_buf_put(buf, PEN_S("}\n"));
}
