/**
 * Handshakes, sender by sender: is it one that the function wants, and what does it expect to hear?
 *
 * What is said back is either configured or was compared with what is configured, but for Event
 * Grid's code, which is told to nobody but its sender.
 */
#include "gateway/webhook.h"

#include "filters/core/json.h"
#include "gateway/webhook_sns.h"

#define FIELDS_MOST     10
#define CODE_MOST       256 /* bytes of a validation code; Event Grid's are UUIDs */
#define VALIDATION_TYPE PEN_S("Microsoft.EventGrid.SubscriptionValidationEvent")

static enum pen_step refuse(struct pen_request *r, struct pen_problem problem)
{
    r->refusal = problem;
    return PEN_STEP_REFUSED;
}

static enum pen_step no_memory(struct pen_request *r)
{
    return refuse(r, pen_problem_overload("overload.memory"));
}

struct pen_str pen_webhook_field(const struct pen_request *request, struct pen_str name,
                                 size_t *count)
{
    const struct pen_wire_head *const head = request->head;
    struct pen_str value = {NULL, 0};
    *count = 0;
    for (uint32_t i = 0; i < head->field_count; i++) {
        if (!pen_str_equal_fold(head->fields[i].name, name)) continue;
        if ((*count)++ == 0) value = head->fields[i].value;
    }
    return value;
}

/* The configured name that this is, or NULL. Names of hosts: case does not count. */
static const struct pen_str *find_origin(const struct pen_config_webhook *webhook,
                                         struct pen_str origin)
{
    if (origin.len == 0) return NULL;
    for (size_t i = 0; i < webhook->origin_count; i++) {
        const struct pen_str *const known = &webhook->origins[i];
        if (pen_str_equal(*known, PEN_S("*")) || pen_str_equal_fold(*known, origin)) return known;
    }
    return NULL;
}

/* OPTIONS as if it were not supported: the caller does not learn who is on the list. */
static enum pen_step not_granted(struct pen_request *r)
{
    return refuse(r, (struct pen_problem){.status = 405,
                                          .reason = "method.not_allowed",
                                          .record_reason = "webhook.origin",
                                          .allow = r->function->allow_field});
}

/* "a positive integer number greater than zero" (section 4.1.4) */
static bool is_rate(struct pen_str text)
{
    uint64_t rate = 0;
    return pen_str_to_u64(text, &rate) == PEN_OK && rate > 0;
}

static void add_field(struct pen_own_answer *answer, struct pen_str name, struct pen_str value)
{
    answer->fields[answer->field_count++] = (struct pen_event_field){name, value};
}

/* The configured rate as text, "*" without one. */
static struct pen_str rate_text(struct pen_request *r)
{
    const size_t room = 16;
    if (r->function->webhook.rate == 0) return PEN_S("*");
    struct pen_buf buf = {.ptr = pen_arena_bytes(r->arena, room), .cap = room};
    if (buf.ptr == NULL) return PEN_S("");

    pen_buf_u64(&buf, r->function->webhook.rate);
    const struct pen_str text = pen_buf_str(&buf);
    pen_buf_byte(&buf, '\0');
    return text;
}

enum pen_step pen_webhook_question(struct pen_request *request)
{
    const struct pen_config_webhook *const webhook = &request->function->webhook;
    if (webhook->origin_count == 0) return PEN_STEP_ON;
    if (!pen_str_equal(request->head->method, PEN_S("OPTIONS"))) return PEN_STEP_ON;

    size_t asked = 0;
    size_t rated = 0;
    size_t called_back = 0;
    const struct pen_str origin =
        pen_webhook_field(request, PEN_S("webhook-request-origin"), &asked);
    if (asked == 0) return PEN_STEP_ON;
    const struct pen_str rate = pen_webhook_field(request, PEN_S("webhook-request-rate"), &rated);
    request->webhook.sender = origin;
    request->webhook.callback =
        pen_webhook_field(request, PEN_S("webhook-request-callback"), &called_back);

    const struct pen_str *const known = find_origin(webhook, origin);
    if (known == NULL || asked > 1 || rated > 1 || (rated == 1 && !is_rate(rate))) {
        return not_granted(request);
    }
    struct pen_own_answer *const answer = &request->answer;
    add_field(answer, PEN_S("Allow"), request->function->allow_field);
    add_field(answer, PEN_S("WebHook-Allowed-Origin"), *known);
    /* Section 4.2.2: MUST be there when it was asked for. */
    if (webhook->rate > 0 || rated == 1) {
        const struct pen_str text = rate_text(request);
        if (text.len == 0) return no_memory(request);
        add_field(answer, PEN_S("WebHook-Allowed-Rate"), text);
    }
    answer->reason = "webhook.validated";
    return PEN_STEP_ANSWERED;
}

enum pen_step pen_webhook_origin(struct pen_request *request)
{
    const struct pen_config_webhook *const webhook = &request->function->webhook;
    if (webhook->origin_count == 0) return PEN_STEP_ON;

    size_t said = 0;
    const struct pen_str origin =
        pen_webhook_field(request, PEN_S("webhook-request-origin"), &said);
    request->webhook.sender = origin;
    if (said == 1 && find_origin(webhook, origin) != NULL) return PEN_STEP_ON;
    return refuse(request, (struct pen_problem){.status = 403, .reason = "webhook.origin"});
}

/* Azure Event Grid. */

/* Resource ids: case does not count. */
static bool is_topic(const struct pen_config_webhook *webhook, struct pen_str topic)
{
    for (size_t i = 0; i < webhook->topic_count; i++) {
        if (topic.len > 0 && pen_str_equal_fold(webhook->topics[i], topic)) return true;
    }
    return false;
}

static enum pen_step malformed(struct pen_request *r)
{
    return refuse(r, (struct pen_problem){.status = 422, .reason = "webhook.validation"});
}

static enum pen_step tell_code(struct pen_request *r, struct pen_str code)
{
    const size_t room = 64 + 6 * code.len; /* an escape has six letters */
    struct pen_buf body = {.ptr = pen_arena_bytes(r->arena, room), .cap = room};
    if (body.ptr == NULL) return no_memory(r);

    pen_buf_put(&body, PEN_S("{\"validationResponse\":\""));
    pen_buf_json(&body, code);
    pen_buf_put(&body, PEN_S("\"}"));
    r->answer.body = pen_buf_str(&body);
    add_field(&r->answer, PEN_S("Content-Type"), PEN_S("application/json"));
    r->answer.reason = "webhook.validated";
    return PEN_STEP_ANSWERED;
}

static enum pen_step validate_subscription(struct pen_request *r)
{
    const struct pen_config_limits *const limits = &r->function->limits;
    const struct pen_json_limits bounds = {.depth = limits->depth, .nodes = limits->leaves};
    const struct pen_str body = {r->body, r->body_len};
    const struct pen_json *root = NULL;
    struct pen_json_error error = {0};
    const enum pen_status status = pen_json_read(body, &bounds, r->arena, &root, &error);
    if (status == PEN_ERR_NOMEM) return no_memory(r);
    if (status != PEN_OK) {
        return refuse(r, (struct pen_problem){.status = 400, .reason = error.code});
    }
    if (root->type != PEN_JSON_ARRAY || root->count != 1) return malformed(r);

    const struct pen_json *const event = root->first;
    const struct pen_str none = PEN_S("");
    const struct pen_str type =
        pen_json_string_or(pen_json_member(event, PEN_S("eventType")), none);
    const struct pen_str topic = pen_json_string_or(pen_json_member(event, PEN_S("topic")), none);
    const struct pen_json *const data = pen_json_member(event, PEN_S("data"));
    const struct pen_str code =
        pen_json_string_or(pen_json_member(data, PEN_S("validationCode")), none);
    r->webhook.sender = topic;
    r->webhook.callback = pen_json_string_or(pen_json_member(data, PEN_S("validationUrl")), none);
    if (!pen_str_equal(type, VALIDATION_TYPE) || code.len == 0 || code.len > CODE_MOST) {
        return malformed(r);
    }
    if (!is_topic(&r->function->webhook, topic)) {
        return refuse(r, (struct pen_problem){.status = 403, .reason = "webhook.topic"});
    }
    return tell_code(r, code);
}

enum pen_step pen_webhook_body(struct pen_request *request, const struct pen_keyring *ring,
                               int64_t now_s)
{
    if (request->function->webhook.topic_count == 0) return PEN_STEP_ON;
    if (pen_webhook_is_sns(request)) return pen_webhook_sns(request, ring, now_s);

    size_t said = 0;
    const struct pen_str kind = pen_webhook_field(request, PEN_S("aeg-event-type"), &said);
    if (said == 0 || !pen_str_equal_fold(kind, PEN_S("SubscriptionValidation"))) {
        return PEN_STEP_ON;
    }
    if (said > 1 || request->body_kind != PEN_BODY_JSON) return malformed(request);
    return validate_subscription(request);
}

bool pen_webhook_reply(struct pen_request *request, struct pen_reply *out)
{
    const struct pen_own_answer *const answer = &request->answer;
    struct pen_event_field *const fields =
        pen_arena_calloc(request->arena, FIELDS_MOST, sizeof(*fields));
    const size_t room = 32;
    struct pen_buf date = {.ptr = pen_arena_bytes(request->arena, room), .cap = room};
    if (fields == NULL || date.ptr == NULL) return false;

    size_t count = 0;
    for (size_t i = 0; i < answer->field_count; i++) {
        fields[count++] = answer->fields[i];
    }
    pen_problem_date(&date, request->wall_ms / 1000);
    fields[count++] = (struct pen_event_field){PEN_STR("Date"), pen_buf_str(&date)};
    pen_buf_byte(&date, '\0');
    fields[count++] = (struct pen_event_field){PEN_STR("Cache-Control"), PEN_STR("no-store")};
    fields[count++] = (struct pen_event_field){PEN_STR("X-Request-Id"), {request->id, 32}};
    if (request->tls && request->snapshot->strict_transport.len > 0) {
        fields[count++] = (struct pen_event_field){PEN_STR("Strict-Transport-Security"),
                                                   request->snapshot->strict_transport};
    }
    *out = (struct pen_reply){
        .status = 200, .fields = fields, .field_count = count, .body = answer->body};
    return !date.full;
}
