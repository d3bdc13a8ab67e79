/**
 * What the parts of the wire codec share. Nothing outside gateway/wire/ and its tests includes it.
 */
#ifndef PEN_GATEWAY_WIRE_INTERNAL_H
#define PEN_GATEWAY_WIRE_INTERNAL_H

#include "gateway/wire/wire.h"

/** Why bytes are refused; refusals.def gives each its code and status. */
enum pen_wire_reason {
    PEN_REASON_NONE,
#define PEN_WIRE_REASON(name, code, status) PEN_REASON_##name,
#include "gateway/wire/refusals.def"
#undef PEN_WIRE_REASON
};

/** Fill `refusal` (status 502 for a response) and return REFUSED. */
enum pen_wire_result pen_wire_refuse(enum pen_wire_reason reason, bool response,
                                     struct pen_wire_refusal *refusal);

/** Bits of pen_wire_bytes. */
enum pen_wire_byte {
    PEN_BYTE_TOKEN = 1,       /* tchar, RFC 9110 section 5.6.2 */
    PEN_BYTE_SEGMENT = 2,     /* pchar without '%', RFC 3986 section 3.3 */
    PEN_BYTE_QUERY = 4,       /* query without '%', and "[]{}|^`", which browsers leave raw */
    PEN_BYTE_VALUE = 8,       /* HTAB, SP, VCHAR, obs-text, RFC 9110 section 5.5 */
    PEN_BYTE_HOST = 16,       /* unreserved, RFC 3986 section 2.3 */
    PEN_BYTE_UNDERSCORE = 32, /* '_' alone */
    PEN_BYTE_QUOTED = 64,     /* qdtext, RFC 9110 section 5.6.4 */
};

extern const uint8_t pen_wire_bytes[256];

static inline bool pen_wire_byte_is(char c, enum pen_wire_byte bit)
{
    return (pen_wire_bytes[(unsigned char)c] & bit) != 0;
}

/** Bytes of `text` before the first control byte; HTAB is none. */
size_t pen_wire_line_length(struct pen_str text);

/** The reason to refuse a control byte where a line should go on. */
enum pen_wire_reason pen_wire_control_reason(char c);

/** Take one line with its CRLF from the front of `rest`. */
enum pen_wire_reason pen_wire_take_line(struct pen_str *rest, struct pen_str *line);

/** The id of a name made of tchar. */
enum pen_wire_id pen_wire_identify(struct pen_str name);

/** Which ids occur in a head, as bits of 1 << id. */
struct pen_wire_seen {
    uint32_t once;  /* at least once */
    uint32_t again; /* more than once */
};

static inline bool pen_wire_has(uint32_t set, enum pen_wire_id id)
{
    return (set >> id & 1) != 0;
}

/** Parse the field lines and the final empty line, which must end `lines`. */
enum pen_wire_reason pen_wire_parse_fields(struct pen_str lines,
                                           const struct pen_wire_limits *limits, bool response,
                                           struct pen_wire_head *out, struct pen_wire_seen *seen);

/** The next element of a list, trimmed; empty elements are skipped (RFC 9110 section 5.6.1). */
bool pen_wire_list_next(struct pen_str *rest, struct pen_str *element);

/** Framing that the fields announce: NONE, LENGTH or CHUNKED, with content_length. */
enum pen_wire_reason pen_wire_read_framing(const struct pen_wire_seen *seen,
                                           struct pen_wire_head *head);

/** keep_alive from version and Connection. */
enum pen_wire_reason pen_wire_read_connection(const struct pen_wire_seen *seen,
                                              struct pen_wire_head *head);

/** "HTTP/1.0" and "HTTP/1.1"; `otherwise` for what is no version at all. */
enum pen_wire_reason pen_wire_read_version(struct pen_str text, enum pen_wire_reason otherwise,
                                           int *minor);

/** uri-host [ ":" port ] of RFC 9110 section 7.2. */
bool pen_wire_is_authority(struct pen_str text);

/** Split and check a request target; sets target, path, query, has_query, maybe authority. */
enum pen_wire_reason pen_wire_parse_target(struct pen_str target, struct pen_wire_head *out);

#endif
