/**
 * Refusals: replies that we write ourselves, as problem documents (RFC 9457).
 *
 * A caller learns a status, a stable reason code and a request id; nothing of our insides, and no
 * value of its own back. Pure; any thread.
 */
#ifndef PEN_GATEWAY_PROBLEM_H
#define PEN_GATEWAY_PROBLEM_H

#include "filters/core/event.h"
#include "gateway/schema/check.h"

/** What is refused and how. Borrowed strings live as long as the request. */
struct pen_problem {
    int status;                /* 0 = no refusal */
    const char *reason;        /* stable code for caller, record and metrics: "json.syntax" */
    const char *record_reason; /* finer code for the record alone: "token.expired"; NULL = reason */
    struct pen_str challenge;  /* WWW-Authenticate; empty = none */
    struct pen_str allow;      /* Allow of a 405; empty = what the wire codec lets through */
    struct pen_str accept;     /* Accept of a 415: what would have been taken (RFC 9110 15.5.16) */
    struct pen_str accept_encoding;  /* Accept-Encoding of a 415: the coding was not taken */
    uint32_t retry_after_s;          /* Retry-After; 0 = none */
    const char *proxy_error;         /* RFC 9209 error type of Proxy-Status; NULL = none */
    int64_t date_s;                  /* Unix seconds for Date; 0 = no such field */
    struct pen_str strict_transport; /* Strict-Transport-Security; empty = none */
    const struct pen_violations *violations; /* of a schema, to be told; NULL = none */
};

/** Not enough of something for now, as `reason` says: 503, to be tried again in a second. */
struct pen_problem pen_problem_overload(const char *reason);

#define PEN_PROBLEM_FIELDS 11  /* at most, pen_problem_fields */
#define PEN_PROBLEM_BODY   512 /* bytes: enough for every document without violations */
/* With them: what 16 have that nobody made longer; as many as fit are told. */
#define PEN_PROBLEM_ERRORS 8192
/* Bytes that pen_problem_fields may write besides the borrowed ones. */
#define PEN_PROBLEM_MEMORY 512

/** The phrase of a status (RFC 9110 section 15), "Bad Request"; "Error" for unknown ones. */
const char *pen_problem_phrase(int status);

/** The document: type, title, status, detail, reason, request_id, and `errors` of schemas. Look at
 * `buf->full`. */
void pen_problem_body(struct pen_buf *buf, const struct pen_problem *problem,
                      struct pen_str request_id);

/**
 * The fields that go with it, each value followed by a NUL.
 *
 * @param memory  holds what has to be written (numbers, Proxy-Status); lives as long as `fields`
 * @return how many of `fields` are filled
 */
size_t pen_problem_fields(const struct pen_problem *problem, struct pen_str request_id,
                          struct pen_buf *memory,
                          struct pen_event_field fields[PEN_PROBLEM_FIELDS]);

/** A Date field's value (IMF-fixdate, RFC 9110 section 5.6.7): "Sun, 06 Nov 1994 08:49:37 GMT". */
void pen_problem_date(struct pen_buf *buf, int64_t unix_s);

/** A whole reply as bytes, `Connection: close`, for what the edge refuses itself. */
void pen_problem_raw(struct pen_buf *buf, const struct pen_problem *problem,
                     struct pen_str request_id);

#endif
