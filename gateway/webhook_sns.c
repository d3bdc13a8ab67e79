/**
 * Topic, time, certificate, signature: in this order, so that a stranger's message costs no
 * cryptography and fetches nothing.
 */
#include "gateway/webhook_sns.h"

#include "filters/core/envelope/envelope.h"
#include "gateway/auth/sns_message.h"
#include "gateway/webhook.h"

/* SNS tries for an hour (its longest delivery policy), with a signature that it makes once; clocks
 * differ by minutes. */
#define OLDEST_S      (3600 + 300)
#define AHEAD_S       300
#define RETRY_AFTER_S 5 /* a certificate is there by then */

static enum pen_step refuse(struct pen_request *r, int status, const char *reason)
{
    r->refusal = (struct pen_problem){.status = status, .reason = reason};
    return PEN_STEP_REFUSED;
}

static enum pen_step refuse_for_now(struct pen_request *r, const char *reason, uint32_t seconds)
{
    r->refusal = (struct pen_problem){.status = 503, .reason = reason, .retry_after_s = seconds};
    return PEN_STEP_REFUSED;
}

static bool expects_sns(const struct pen_config_function *function)
{
    for (size_t i = 0; i < function->event_count; i++) {
        if (pen_str_equal(function->events[i]->name, PEN_S("aws.sns.http"))) return true;
    }
    return function->webhook.topic_count > 0;
}

bool pen_webhook_says_sns(const struct pen_request *request)
{
    size_t count = 0;
    if (!expects_sns(request->function)) return false;
    (void)pen_webhook_field(request, PEN_S("x-amz-sns-message-type"), &count);
    return count > 0;
}

bool pen_webhook_is_sns(const struct pen_request *request)
{
    return request->function->webhook.topic_count > 0 && pen_webhook_says_sns(request);
}

static bool is_topic(const struct pen_config_webhook *webhook, struct pen_str topic)
{
    for (size_t i = 0; i < webhook->topic_count; i++) {
        if (pen_str_equal(webhook->topics[i], topic)) return true;
    }
    return false;
}

static const struct pen_signing_certificate *find_certificate(struct pen_request *r,
                                                              const struct pen_keyring *ring,
                                                              struct pen_str url, int64_t now_s)
{
    const struct pen_config_function *const f = r->function;
    const struct pen_signing_certificate *const pinned = r->snapshot->pinned[f->index];
    if (pinned != NULL) return pinned;

    const struct pen_sns_origin origin = {
        .url = url, .connect = f->webhook.connect, .ca = f->webhook.ca};
    int64_t fresh_until_s = 0;
    const struct pen_signing_certificate *const found =
        pen_sns_set_find(ring == NULL ? NULL : ring->sns, &origin, &fresh_until_s);
    if (found == NULL || now_s >= fresh_until_s) {
        r->want = (struct pen_want){.kind = PEN_WANT_CERTIFICATE, .index = f->index, .url = url};
    }
    return found;
}

/* The message, read and of a topic that is wanted. */
static enum pen_step read_message(struct pen_request *r, struct pen_sns_message *out)
{
    const struct pen_config_limits *const limits = &r->function->limits;
    const struct pen_json_limits bounds = {.depth = limits->depth, .nodes = limits->leaves};
    const struct pen_str body = {r->body, r->body_len};
    const struct pen_json *root = NULL;
    struct pen_json_error error = {0};
    size_t types = 0;
    size_t topics = 0;
    const struct pen_str type = pen_webhook_field(r, PEN_S("x-amz-sns-message-type"), &types);
    const struct pen_str topic = pen_webhook_field(r, PEN_S("x-amz-sns-topic-arn"), &topics);
    if (types > 1 || topics > 1) return refuse(r, 422, "sns.type");

    enum pen_status status = pen_json_read(body, &bounds, r->arena, &root, &error);
    if (status != PEN_OK && status != PEN_ERR_NOMEM) return refuse(r, 400, error.code);
    if (status == PEN_OK) {
        status = pen_sns_message_read(root, type, r->arena, out, &error.code);
    }
    if (status == PEN_ERR_NOMEM) return refuse_for_now(r, "overload.memory", 1);
    if (status != PEN_OK) return refuse(r, 422, error.code);

    r->webhook.sender = out->topic;
    if (topics == 1 && !pen_str_equal(topic, out->topic)) return refuse(r, 422, "sns.topic");
    if (!is_topic(&r->function->webhook, out->topic)) return refuse(r, 403, "webhook.topic");
    return PEN_STEP_ON;
}

static enum pen_step prove(struct pen_request *r, const struct pen_sns_message *message,
                           const struct pen_keyring *ring, int64_t now_s)
{
    if (message->timestamp_s < now_s - OLDEST_S || message->timestamp_s > now_s + AHEAD_S) {
        return refuse(r, 403, "webhook.timestamp");
    }
    const struct pen_signing_certificate *const certificate =
        find_certificate(r, ring, message->certificate_url, now_s);
    if (certificate == NULL) return refuse_for_now(r, "webhook.certificate", RETRY_AFTER_S);

    const enum pen_status status = pen_signing_certificate_check(
        certificate, message->sha1, message->signed_text, message->signature, now_s);
    if (status == PEN_ERR_INTERNAL) return refuse_for_now(r, "overload.memory", 1);
    if (status != PEN_OK) return refuse(r, 403, "webhook.signature");
    r->webhook_proven = true;
    return PEN_STEP_ON;
}

static enum pen_step subscription(struct pen_request *r, const struct pen_sns_message *message)
{
    const struct pen_config_webhook *const webhook = &r->function->webhook;
    const char *reason = "webhook.unsubscribed";
    if (message->type == PEN_SNS_SUBSCRIPTION) {
        reason = webhook->confirm ? "webhook.confirmed" : "webhook.unconfirmed";
        if (webhook->confirm) {
            r->want = (struct pen_want){.kind = PEN_WANT_CONFIRMATION,
                                        .index = r->function->index,
                                        .url = message->subscribe_url};
        }
    }
    if (webhook->forward_confirmations) return PEN_STEP_ON;
    r->answer.reason = reason;
    return PEN_STEP_ANSWERED;
}

enum pen_step pen_webhook_sns(struct pen_request *request, const struct pen_keyring *ring,
                              int64_t now_s)
{
    struct pen_sns_message message;
    enum pen_step step = read_message(request, &message);
    if (step == PEN_STEP_ON) step = prove(request, &message, ring, now_s);
    if (step != PEN_STEP_ON || message.type == PEN_SNS_NOTIFICATION) return step;
    return subscription(request, &message);
}
