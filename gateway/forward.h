/**
 * The head that goes to a function, rebuilt from what was parsed, and what of an answer comes back.
 *
 * Fields are passed on by rule, never by default for those that frame, route or assert identity:
 * hop by hop and Connection-nominated fields end here (RFC 9110 section 7.6.1), inbound copies of
 * everything that the gateway itself asserts are dropped. Pure; any thread.
 */
#ifndef PEN_GATEWAY_FORWARD_H
#define PEN_GATEWAY_FORWARD_H

#include "gateway/wire/forwarded.h"
#include "gateway/wire/wire.h"

struct pen_forward {
    const struct pen_wire_head *head;       /* as received */
    struct pen_str target;                  /* path at the function, with base; no query */
    struct pen_str authority;               /* Host towards the function */
    uint64_t body_bytes;                    /* length of the inspected body */
    bool decoded;                           /* it came coded: fields about that form are dropped */
    bool plain_answer;                      /* ask for no coding and no part of it */
    bool authorization;                     /* pass the credential on */
    const struct pen_event_field *asserted; /* claim headers: inbound copies of these are dropped,
                                               those with a value are sent */
    size_t asserted_count;
    const struct pen_str *claimed; /* names that claims of any function are mapped to: never the
                                      caller's to say, whichever function is called */
    size_t claimed_count;
    struct pen_str remote_host;  /* caller's address, IPv6 in brackets; empty over a Unix socket */
    const struct pen_hops *hops; /* said by trusted proxies: go before our own word; NULL = none */
    bool tls;                    /* how the caller came */
    struct pen_str request_id; /* 32 hexadecimal digits: also the trace id when none is continued */
    uint64_t span_id;
};

/**
 * Write the head, final empty line included. The query is the caller's, byte for byte; the length
 * of the body is always said.
 *
 * Look at `buf->full`: it is also set, and nothing may be sent, when the target, the authority, the
 * request id or something asserted could not stand in a head (a claim with a line break).
 */
void pen_forward_head(struct pen_buf *buf, const struct pen_forward *forward);

/**
 * May this field of a caller's request go to the function?
 *
 * @param index  of the field in forward->head
 */
bool pen_forward_passes(const struct pen_forward *forward, uint32_t index);

/**
 * May this field of a function's answer go to the caller? Not so what frames (the listener writes
 * its own), what is hop by hop, what names the software behind, and what is the gateway's to say.
 */
bool pen_forward_answer_passes(const struct pen_wire_head *answer, uint32_t index);

#endif
