/**
 * Messages of Amazon SNS over HTTPS: proven by their signature, and about subscriptions answered.
 *
 * Stages of a request, as gateway/pipeline.h. One worker.
 */
#ifndef PEN_GATEWAY_WEBHOOK_SNS_H
#define PEN_GATEWAY_WEBHOOK_SNS_H

#include "gateway/pipeline.h"

/** Does the request say that it is a message of SNS, to a function that knows of them: by `topics`
 * or by `event: aws.sns.http`? */
bool pen_webhook_says_sns(const struct pen_request *request);

/** The same, to a function with `topics`: then it must be proven. */
bool pen_webhook_is_sns(const struct pen_request *request);

/**
 * Prove the message in the body.
 *
 * PEN_STEP_ON: it goes to the function. PEN_STEP_ANSWERED: it was about a subscription. Where the
 * certificate is not there yet it is asked for in `request->want`, and the answer is 503: SNS comes
 * again.
 *
 * @param ring  with the certificates that are known; may be NULL
 */
PEN_MUST_USE enum pen_step pen_webhook_sns(struct pen_request *request,
                                           const struct pen_keyring *ring, int64_t now_s);

#endif
