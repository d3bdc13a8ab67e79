/**
 * What the head says of the body, and the content coding undone.
 *
 * Stages of a request, as gateway/pipeline.h. What is inspected is what is sent: a coded body is
 * decoded once, and goes on decoded, with its new length and without the fields that were true of
 * the coded one alone. One worker.
 */
#ifndef PEN_GATEWAY_CONTENT_H
#define PEN_GATEWAY_CONTENT_H

#include "gateway/pipeline.h"

/**
 * Type and coding, before the body: 415 with Accept or, for a coding, Accept-Encoding when the
 * function does not take them (RFC 9110 section 15.5.16, RFC 7694 section 3).
 */
PEN_MUST_USE enum pen_step pen_content_judge(struct pen_request *request);

/**
 * Undo the coding of a whole body, within the function's limit: 400 "coding.syntax" is none, or
 * more than one; 400 "coding.ratio" above 100 bytes for one; 413 "body.too_large".
 */
PEN_MUST_USE enum pen_step pen_content_decode(struct pen_request *request);

#endif
