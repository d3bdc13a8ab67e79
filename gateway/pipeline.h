/**
 * The stages of a request that are ours alone: route, who, may they, inspect, compose.
 *
 * Each takes the request a step on or leaves a refusal in it. No sockets, no waiting: what must
 * wait is told to the caller of the stage. One worker.
 */
#ifndef PEN_GATEWAY_PIPELINE_H
#define PEN_GATEWAY_PIPELINE_H

#include "gateway/listener.h"
#include "gateway/request.h"
#include "gateway/upstream/upstream.h"

enum pen_step {
    PEN_STEP_ON,
    PEN_STEP_REFUSED,  /* request->refusal says why */
    PEN_STEP_ANSWERED, /* request->answer is the reply; the function is not asked */
    PEN_STEP_WAIT,     /* a newer key set, of request->unknown_key if any, may know the token's */
};

/** Everything that can be decided before the body: route, method, caller, permission, type, size.
 */
PEN_MUST_USE enum pen_step pen_pipeline_admit(struct pen_request *request,
                                              struct pen_verifier *verifier,
                                              const struct pen_keyring *ring, int64_t now_s);

/** Append to the body; refuses beyond the function's limit or the arena's. `bytes` may have been
 * read to where pen_pipeline_body_room says. */
PEN_MUST_USE enum pen_step pen_pipeline_body(struct pen_request *request, struct pen_str bytes);

/** Where the next bytes of the body belong, and how many there is room for now. */
char *pen_pipeline_body_room(const struct pen_request *request, size_t *room);

/** Decode and run the chain over the whole request. */
PEN_MUST_USE enum pen_step pen_pipeline_inspect(struct pen_request *request,
                                                struct pen_scratch *scratch, int64_t now_s);

/** Write the head for the function; `out->head` and `out->body` are filled. */
PEN_MUST_USE enum pen_step pen_pipeline_forward(struct pen_request *request,
                                                struct pen_exchange_request *out);

/** Leave a refusal for an exchange that failed. */
void pen_pipeline_upstream_failed(struct pen_request *request, enum pen_upstream_failure failure,
                                  const char *detail);

/** The reply that says `request->refusal`; lives in the request's arena. False: no memory. */
PEN_MUST_USE bool pen_pipeline_refusal_reply(struct pen_request *request, struct pen_reply *out);

/* Of an answer's fields; libmicrohttpd writes a reply's head into its connection's memory at once.
 */
#define PEN_ANSWER_FIELDS_BYTES ((size_t)12 << 10)

/**
 * The head of the reply that passes a function's answer on: fields that may pass, X-Request-Id.
 * Body members of `out` are the caller's to fill. False: no memory, or more than
 * PEN_ANSWER_FIELDS_BYTES.
 */
PEN_MUST_USE bool pen_pipeline_answer_reply(struct pen_request *request,
                                            const struct pen_wire_head *answer,
                                            struct pen_reply *out);

#endif
