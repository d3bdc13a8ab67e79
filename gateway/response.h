/**
 * The look at a function's answer before the caller has it (filters/answer.h).
 *
 * Where findings are only recorded the answer goes on while it comes, and a copy is looked at when
 * it is over. Where they are struck out or refuse it, nothing leaves before all of it is here. What
 * cannot be read is recorded, or refused: never passed on as if it had been. One worker.
 */
#ifndef PEN_GATEWAY_RESPONSE_H
#define PEN_GATEWAY_RESPONSE_H

#include "filters/answer.h"
#include "gateway/pipeline.h"
#include "gateway/response_type.h"
#include "gateway/schema/check.h"

#define PEN_RESPONSE_FINDINGS 16 /* that are remembered; all are struck out */
#define PEN_RESPONSE_SHOWN    24 /* bytes of a secret in the record, most of them asterisks */

struct pen_response_finding {
    const char *rule;
    const char *sentence;
    struct pen_span span; /* in the decoded body */
    uint32_t score;
    char shown[PEN_RESPONSE_SHOWN + 1]; /* of a secret, masked; empty otherwise */
};

/** A schema that an answer is held against, and what came of it. */
struct pen_response_check {
    bool wanted;
    bool enforces;
    const struct pen_violations *violations; /* NULL: none, or not looked at yet */
};

struct pen_response {
    const struct pen_config_response *policy;
    struct pen_scratch *scratch;
    size_t room; /* of the arena, for the look */
    int status;
    struct pen_str type;                 /* Content-Type */
    struct pen_response_check by_schema; /* `response_schema` */
    struct pen_response_check by_api;    /* `openapi` */
    bool withheld;                       /* nothing of it leaves before it has been looked at */
    bool is_text;                        /* the policy looks at answers of this type */
    bool is_json;
    bool looked; /* the look is over */
    bool unread; /* not or not all of it was looked at */
    bool struck; /* something was struck out */
    enum pen_answer_coding coding;
    char *body; /* as it came; behind the look what is to be sent */
    size_t body_len;
    size_t body_cap;
    struct pen_response_finding findings[PEN_RESPONSE_FINDINGS];
    uint32_t finding_count;
    uint32_t left_out;   /* findings beyond these */
    const char *refused; /* the rule that refused it, or NULL */
    enum pen_answer_class refused_class;
};

/** May a function's answers be held back? */
bool pen_response_withholds(const struct pen_config_function *function);

/** Is an answer to this request that has such a status looked at? */
bool pen_response_is_looked_at(const struct pen_request *request, int status);

/**
 * At an answer's head: begin a look where the function's policy asks for one and the answer's type
 * is a text, or a schema says what it must be. The arena's limit is raised by what a look may need.
 *
 * PEN_STEP_REFUSED: it would have to be held back and cannot be read (502 "response.unread"), or
 * there is no memory.
 */
PEN_MUST_USE enum pen_step pen_response_begin(struct pen_request *request,
                                              const struct pen_wire_head *answer,
                                              struct pen_scratch *scratch);

/**
 * Keep a piece of the body. Beyond the limit: PEN_STEP_REFUSED where it is held back, otherwise
 * what is here is all that will be looked at.
 */
PEN_MUST_USE enum pen_step pen_response_keep(struct pen_request *request, struct pen_str bytes);

/** There is no memory for more of it: as beyond the limit. */
PEN_MUST_USE enum pen_step pen_response_stop(struct pen_request *request);

/** Look at what is kept, once. PEN_STEP_REFUSED: 502 "response.secrets", "response.schema". */
PEN_MUST_USE enum pen_step pen_response_end(struct pen_request *request);

/** Look at what is kept of one that was not held back, however it ended. NULL-safe. */
void pen_response_settle(struct pen_request *request);

/** Behind the end of a withheld one: body and fields of what is sent. False: no memory. */
PEN_MUST_USE bool pen_response_reply(struct pen_request *request, struct pen_reply *reply);

#endif
