/**
 * Messages of Amazon SNS over HTTPS: what is signed, and where it may send us.
 *
 * Nothing here is believed: the signature is checked in sns_certificate.h. Pure; any thread.
 *
 * Source: Amazon SNS Developer Guide, "Verifying the signatures of Amazon SNS messages"
 */
#ifndef PEN_GATEWAY_SNS_MESSAGE_H
#define PEN_GATEWAY_SNS_MESSAGE_H

#include "filters/core/json.h"

#define PEN_SNS_URL_BYTES 1024 /* longest URL that is fetched */

enum pen_sns_type { PEN_SNS_NOTIFICATION, PEN_SNS_SUBSCRIPTION, PEN_SNS_UNSUBSCRIPTION };

struct pen_sns_message {
    enum pen_sns_type type;
    bool sha1; /* SignatureVersion 1; else 2: SHA-256 */
    struct pen_str topic;
    struct pen_str certificate_url; /* checked: of SNS, in the topic's region */
    struct pen_str subscribe_url;   /* the same; empty for notifications */
    struct pen_str signed_text;     /* what the signature is over */
    struct pen_str signature;       /* decoded */
    int64_t timestamp_s;
};

/**
 * Read a message.
 *
 * @param type  the value of x-amz-sns-message-type: the body must agree
 * @param code  of the error: "sns.type", "sns.message" (a member is missing or no text),
 *              "sns.version", "sns.signature" (no base64), "sns.timestamp" (none),
 *              "sns.topic" (no ARN of a topic), "sns.certificate_url", "sns.subscribe_url",
 *              "event.memory"
 *
 * Ownership: `out` lives as long as `arena` and the tree.
 * Errors:    PEN_ERR_INVALID, PEN_ERR_NOMEM
 */
PEN_MUST_USE enum pen_status pen_sns_message_read(const struct pen_json *root, struct pen_str type,
                                                  struct pen_arena *arena,
                                                  struct pen_sns_message *out, const char **code);

/** The region of "arn:aws:sns:<region>:<account>:<topic>" (aws, aws-cn, aws-us-gov); or empty. */
struct pen_str pen_sns_region(struct pen_str topic);

/**
 * Is it "https://sns.<region>.amazonaws.com/<...>.pem", or "...amazonaws.com.cn/..."? No user,
 * port, query or fragment, nothing encoded, and nothing that climbs.
 */
bool pen_sns_is_certificate_url(struct pen_str url, struct pen_str region);

/** Is it "https://<the same>/?Action=ConfirmSubscription&<...>"? */
bool pen_sns_is_subscribe_url(struct pen_str url, struct pen_str region);

#endif
