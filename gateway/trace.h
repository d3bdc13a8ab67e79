/**
 * W3C trace context: every event belongs to a trace, the caller's or one that begins here.
 *
 * Pure functions; any thread.
 */
#ifndef PEN_GATEWAY_TRACE_H
#define PEN_GATEWAY_TRACE_H

#include "gateway/wire/wire.h"

/** What a caller's traceparent says. */
struct pen_trace {
    struct pen_str id; /* 32 lower-case hexadecimal digits, not all zero */
    bool sampled;      /* of the flags only this one has a meaning */
};

/**
 * The caller's trace. One valid traceparent continues; several, or a malformed one, are as none
 * (W3C Trace Context section 3.2.2), and its tracestate with it.
 *
 * @param out  points into the head
 */
bool pen_trace_read(const struct pen_wire_head *head, struct pen_trace *out);

/** The id under which a record of this request is found: the caller's trace, or `own`. */
struct pen_str pen_trace_id(const struct pen_wire_head *head, struct pen_str own);

/**
 * The value of traceparent, version 00, for the function.
 *
 * @param own      trace id when the caller brought none: 32 lower-case hexadecimal digits
 * @param span_id  what the function's spans get as parent; 0 means none, so 1 is written for it
 */
void pen_trace_write(struct pen_buf *buf, const struct pen_wire_head *head, struct pen_str own,
                     uint64_t span_id);

/** The next number of a series for ids, which must differ and need not be secret. */
uint64_t pen_trace_next(uint64_t *series);

/** It as 16 hexadecimal digits, without a NUL. */
void pen_trace_hex(char into[16], uint64_t number);

#endif
