/**
 * The certificates of SNS that are known at one time, by where they were fetched from.
 *
 * Immutable and counted, as key sets are: the control thread makes a new set when one more
 * certificate is there. Any thread.
 */
#ifndef PEN_GATEWAY_SNS_SET_H
#define PEN_GATEWAY_SNS_SET_H

#include "gateway/config/config.h"
#include "gateway/tls/signing.h"

#define PEN_SNS_SET_MOST 16 /* SNS has one or two a region at a time */

struct pen_sns_set;

/** Where a certificate is from: its URL, and over which servers and authorities it came. */
struct pen_sns_origin {
    struct pen_str url;
    struct pen_str connect; /* of pen_config_webhook */
    struct pen_str ca;
};

/**
 * `old` (or NULL: none) and one more certificate, or a newer one from the same origin. The oldest
 * goes when there are too many. Takes its own references. Errors: PEN_ERR_NOMEM
 *
 * @param fresh_until_s  Unix seconds; from then on it is to be fetched again, but still used
 */
PEN_MUST_USE enum pen_status pen_sns_set_with(const struct pen_sns_set *old,
                                              const struct pen_sns_origin *origin,
                                              struct pen_signing_certificate *certificate,
                                              int64_t fresh_until_s, struct pen_sns_set **out);

struct pen_sns_set *pen_sns_set_acquire(struct pen_sns_set *set);
/** NULL is fine. */
void pen_sns_set_release(struct pen_sns_set *set);

/** The certificate from this origin, or NULL; `set` may be NULL. */
const struct pen_signing_certificate *pen_sns_set_find(const struct pen_sns_set *set,
                                                       const struct pen_sns_origin *origin,
                                                       int64_t *fresh_until_s);

#endif
