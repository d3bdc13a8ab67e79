/**
 * Webhook handshakes: senders that ask before they send, answered without the function.
 *
 * A yes is given only to whom the function's `webhook` names, and what else a sender offers
 * (callbacks, validation URLs) is never fetched. Stages of a request, as gateway/pipeline.h. One
 * worker.
 */
#ifndef PEN_GATEWAY_WEBHOOK_H
#define PEN_GATEWAY_WEBHOOK_H

#include "gateway/pipeline.h"

/**
 * An OPTIONS request with WebHook-Request-Origin, to a function with `origins`. It carries no
 * token, so it is answered before any is asked for: with a yes, or as if OPTIONS were unknown here.
 * PEN_STEP_ON: it is no such question.
 *
 * Source: CloudEvents HTTP 1.1 Web Hooks, section 4
 */
PEN_MUST_USE enum pen_step pen_webhook_question(struct pen_request *request);

/**
 * Does an event to a function with `origins` say one of them? "After the handshake [...] the sender
 * MUST use the WebHook-Request-Origin request header for each delivery request."
 */
PEN_MUST_USE enum pen_step pen_webhook_origin(struct pen_request *request);

/** The value of a field that must not be there twice; `*count` says how often it is. */
struct pen_str pen_webhook_field(const struct pen_request *request, struct pen_str name,
                                 size_t *count);

/**
 * Of a function with `topics`: Event Grid's SubscriptionValidation is answered, a message of SNS
 * proven (gateway/webhook_sns.h). PEN_STEP_ON: the event goes on.
 */
PEN_MUST_USE enum pen_step pen_webhook_body(struct pen_request *request,
                                            const struct pen_keyring *ring, int64_t now_s);

/** The reply that says `request->answer`; lives in the request's arena. False: no memory. */
PEN_MUST_USE bool pen_webhook_reply(struct pen_request *request, struct pen_reply *out);

#endif
