/**
 * The wire codec: HTTP/1.1 heads, chunked bodies, and nothing that has two readings.
 *
 * A pure module: bytes in, a parsed head or a refusal out; no socket, clock or allocation. Both
 * sides of the gateway use it: every decrypted byte of a caller passes it before libmicrohttpd, and
 * every byte of a function's answer before the caller. What it passes has exactly one reading under
 * RFC 9112 and RFC 9110; everything that they let a recipient refuse is refused with its own
 * reason. Any thread.
 */
#ifndef PEN_GATEWAY_WIRE_H
#define PEN_GATEWAY_WIRE_H

#include "filters/core/event.h"

/** Why bytes were refused: a stable code, and the status that the edge answers with. */
struct pen_wire_refusal {
    const char *code; /* "wire.bare_lf", "wire.length_and_chunked", ... ; static storage */
    int status;       /* 400, 405, 414, 417, 431, 501, 505 for requests; 502 for responses */
};

enum pen_wire_result {
    PEN_WIRE_MORE,    /* fine so far, more bytes are needed */
    PEN_WIRE_DONE,    /* complete */
    PEN_WIRE_REFUSED, /* see the refusal */
};

struct pen_wire_limits {
    size_t head_bytes;   /* whole head; 431 beyond (default 32 KiB) */
    size_t target_bytes; /* 414 beyond (default 8 KiB) */
    size_t value_bytes;  /* one field line; 431 beyond (default 8 KiB) */
    uint32_t fields;     /* 431 beyond (default 64); at most PEN_WIRE_FIELDS */
};

#define PEN_WIRE_FIELDS 128

/** The limits named in the comments above. */
struct pen_wire_limits pen_wire_default_limits(void);

/** Fields that the gateway itself reads or writes, recognised once while parsing. */
enum pen_wire_id {
    PEN_FIELD_OTHER,
    PEN_FIELD_AUTHORIZATION,
    PEN_FIELD_CONNECTION,
    PEN_FIELD_CONTENT_ENCODING,
    PEN_FIELD_CONTENT_LENGTH,
    PEN_FIELD_CONTENT_TYPE,
    PEN_FIELD_DATE,
    PEN_FIELD_EXPECT,
    PEN_FIELD_FORWARDED,
    PEN_FIELD_HOST,
    PEN_FIELD_KEEP_ALIVE,
    PEN_FIELD_PROXY_AUTHENTICATE,
    PEN_FIELD_PROXY_AUTHORIZATION,
    PEN_FIELD_PROXY_CONNECTION,
    PEN_FIELD_PROXY_STATUS,
    PEN_FIELD_SERVER,
    PEN_FIELD_TE,
    PEN_FIELD_TRACEPARENT,
    PEN_FIELD_TRACESTATE,
    PEN_FIELD_TRAILER,
    PEN_FIELD_TRANSFER_ENCODING,
    PEN_FIELD_UPGRADE,
    PEN_FIELD_VIA,
    PEN_FIELD_X_CALL_ID,
    PEN_FIELD_X_FORWARDED, /* X-Forwarded-For, -Host, -Proto, ... : any X-Forwarded-* */
    PEN_FIELD_X_REQUEST_ID,
};

enum pen_wire_framing {
    PEN_FRAMING_NONE,   /* no body */
    PEN_FRAMING_LENGTH, /* content_length bytes */
    PEN_FRAMING_CHUNKED,
    PEN_FRAMING_CLOSE, /* responses only: until the peer closes */
};

/**
 * A parsed head. Every pen_str points into the bytes that were parsed, except the target of an
 * absolute-form without a path, which is static ("/", or "*" for OPTIONS).
 */
struct pen_wire_head {
    struct pen_str method;    /* requests */
    struct pen_str target;    /* origin-form as received; "*" for OPTIONS */
    struct pen_str path;      /* target up to '?' */
    struct pen_str query;     /* after '?'; empty when there is none */
    struct pen_str authority; /* Host, with which an absolute-form target must agree; empty only
                                 for HTTP/1.0 without Host */
    int status;               /* responses */
    int minor;                /* HTTP/1.x */
    enum pen_wire_framing framing;
    uint64_t content_length; /* PEN_FRAMING_LENGTH; may be 0. Of HEAD or a 304 only informative */
    bool has_query;          /* there was a '?' */
    bool keep_alive;         /* what the peer asked for */
    bool expect_continue;
    uint32_t field_count;
    struct pen_event_field fields[PEN_WIRE_FIELDS]; /* values trimmed of OWS */
    uint8_t ids[PEN_WIRE_FIELDS];                   /* enum pen_wire_id of field i */
};

/** Where scanning for the end of a head stands; start with all zero (and after each head). */
struct pen_wire_scan {
    size_t at;      /* bytes already looked at */
    uint32_t state; /* of the scanner's table */
    uint32_t lines;
};

/**
 * Look for the end of a head in bytes that may still be arriving. Refuses at once what no longer
 * byte can mend: NUL, control bytes, bare CR or LF, a fold, a head beyond the limit. At most one
 * empty line before a request line is skipped (RFC 9112 section 2.2); for a response none is.
 *
 * @param bytes     everything received since the previous message ended; may grow between calls
 * @param head_len  on DONE: bytes of the head with its final empty line (and any skipped line)
 */
PEN_MUST_USE enum pen_wire_result pen_wire_find_end(struct pen_wire_scan *scan,
                                                    struct pen_str bytes,
                                                    const struct pen_wire_limits *limits,
                                                    bool response, size_t *head_len,
                                                    struct pen_wire_refusal *refusal);

/**
 * Parse a complete request head (what pen_wire_find_end delimited).
 *
 * @param head  untouched bytes; `out` points into them
 * @return DONE, or REFUSED, and then nothing in `out` may be used
 */
PEN_MUST_USE enum pen_wire_result pen_wire_parse_request(struct pen_str head,
                                                         const struct pen_wire_limits *limits,
                                                         struct pen_wire_head *out,
                                                         struct pen_wire_refusal *refusal);

/**
 * Parse a complete response head.
 *
 * @param method  of the request it answers: HEAD has no body (RFC 9112 section 6.3)
 * @return DONE or REFUSED with status 502
 */
PEN_MUST_USE enum pen_wire_result pen_wire_parse_response(struct pen_str head,
                                                          struct pen_str method,
                                                          const struct pen_wire_limits *limits,
                                                          struct pen_wire_head *out,
                                                          struct pen_wire_refusal *refusal);

/** The first field with this id, or NULL; and how many there are. */
const struct pen_event_field *pen_wire_field(const struct pen_wire_head *head, enum pen_wire_id id);
uint32_t pen_wire_field_count(const struct pen_wire_head *head, enum pen_wire_id id);

/** The first field with this name (ASCII case-insensitive), or NULL. */
const struct pen_event_field *pen_wire_field_named(const struct pen_wire_head *head,
                                                   struct pen_str name);

/** Does a comma-separated list value (Connection, TE) name this token, case-insensitively? */
bool pen_wire_list_names(struct pen_str value, struct pen_str token);

/** RFC 9110 section 5.6.2: one or more tchar. */
bool pen_wire_is_token(struct pen_str text);

/** Bytes that a field value may hold: HTAB, SP, VCHAR, obs-text; no leading or trailing space. */
bool pen_wire_is_value(struct pen_str text);

/** Decoder of a chunked body (RFC 9112 section 7.1); start with all zero. */
struct pen_wire_chunks {
    uint64_t left; /* data bytes left in this chunk */
    uint32_t state;
    uint32_t line_bytes;      /* of the size line or trailer section at hand */
    uint32_t extension_bytes; /* of all extensions; bounded */
    uint32_t trailer_fields;
    uint8_t name_len; /* of the trailer field at hand, kept to recognise it */
    char name[23];
};

/**
 * Take the next piece of a chunked body apart.
 *
 * Consumes bytes from the front of `in`; whenever it returns, `*data` is the body data found in
 * what was consumed (a range of `in`, maybe empty) and `*consumed` says how far it went. Call again
 * with the rest until `in` is used up or the result is DONE. Extensions are checked and dropped,
 * trailers checked, bounded and dropped. The refusal has the status for a request; a reader of
 * responses answers 502 with the same code. After REFUSED nothing more may be given.
 */
PEN_MUST_USE enum pen_wire_result pen_wire_chunks_next(struct pen_wire_chunks *chunks,
                                                       struct pen_str in, size_t *consumed,
                                                       struct pen_str *data,
                                                       struct pen_wire_refusal *refusal);

#endif
