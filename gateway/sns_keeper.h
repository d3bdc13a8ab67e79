/**
 * What SNS publishes and asks for, fetched by the control thread: certificates and confirmations.
 *
 * Workers say what they miss; the hosts of the URLs were checked before. What callers can cause is
 * bounded: a few fetches at a time, so many a minute, and none of what has just failed. One thread.
 */
#ifndef PEN_GATEWAY_SNS_KEEPER_H
#define PEN_GATEWAY_SNS_KEEPER_H

#include "gateway/auth/sns_set.h"
#include "gateway/fetch.h"

struct pen_sns_keeper;

/**
 * @param changed  called with a new set (no reference for the callee) when a certificate came
 *
 * Errors: PEN_ERR_NOMEM
 */
PEN_MUST_USE enum pen_status pen_sns_keeper_create(struct pen_loop *loop,
                                                   struct pen_fetcher *fetcher,
                                                   void (*changed)(void *owner,
                                                                   struct pen_sns_set *set),
                                                   void *owner, struct pen_sns_keeper **out);
/** NULL is fine. */
void pen_sns_keeper_destroy(struct pen_sns_keeper *keeper);

/** The certificate at `url`, which pen_sns_is_certificate_url, for a message to a topic there. */
void pen_sns_keeper_want(struct pen_sns_keeper *keeper, struct pen_str url,
                         const struct pen_config_webhook *webhook);

/** Confirm a subscription: ask for `url`, which pen_sns_is_subscribe_url, once. */
void pen_sns_keeper_confirm(struct pen_sns_keeper *keeper, struct pen_str url,
                            const struct pen_config_webhook *webhook);

#endif
