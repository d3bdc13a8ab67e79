/**
 * Request heads: the request line, and the fields that say how a request is to be taken.
 */
#include "gateway/wire/internal.h"

static bool is_refused_method(struct pen_str method)
{
    /* CONNECT asks for a tunnel, TRACE echoes credentials (RFC 9110 sections 9.3.6 and 9.3.8);
     * in any case, since some servers fold it. */
    return pen_str_equal_fold(method, PEN_S("CONNECT"))
           || pen_str_equal_fold(method, PEN_S("TRACE"));
}

static enum pen_wire_reason parse_request_line(struct pen_str line,
                                               const struct pen_wire_limits *limits,
                                               struct pen_wire_head *out)
{
    const size_t space = pen_str_find(line, ' ', 0);
    out->method = pen_str_slice(line, 0, space);
    if (space == line.len || !pen_wire_is_token(out->method)) return PEN_REASON_REQUEST_LINE;

    const size_t second = pen_str_find(line, ' ', space + 1);
    const struct pen_str target = pen_str_slice(line, space + 1, second);
    if (target.len == 0) return PEN_REASON_REQUEST_LINE;
    if (target.len > limits->target_bytes) return PEN_REASON_TARGET_SIZE;
    /* HTTP/0.9, unless it is the target that is missing. */
    if (second == line.len)
        return target.ptr[0] == '/' ? PEN_REASON_VERSION : PEN_REASON_REQUEST_LINE;

    const struct pen_str version = pen_str_slice(line, second + 1, line.len);
    const enum pen_wire_reason reason =
        pen_wire_read_version(version, PEN_REASON_REQUEST_LINE, &out->minor);
    if (reason != PEN_REASON_NONE) return reason;
    if (is_refused_method(out->method)) return PEN_REASON_METHOD;
    return pen_wire_parse_target(target, out);
}

/* RFC 9112 section 3.2: MUST answer 400 to a missing, repeated or invalid Host. */
static enum pen_wire_reason read_host(const struct pen_wire_seen *seen, struct pen_wire_head *out)
{
    if (!pen_wire_has(seen->once, PEN_FIELD_HOST)) {
        return out->minor == 0 ? PEN_REASON_NONE : PEN_REASON_HOST_MISSING;
    }
    if (pen_wire_has(seen->again, PEN_FIELD_HOST)) return PEN_REASON_HOST_REPEATED;

    const struct pen_str host = pen_wire_field(out, PEN_FIELD_HOST)->value;
    if (!pen_wire_is_authority(host)) return PEN_REASON_HOST;
    if (out->authority.len > 0 && !pen_str_equal_fold(out->authority, host)) {
        return PEN_REASON_AUTHORITY;
    }
    out->authority = host;
    return PEN_REASON_NONE;
}

static enum pen_wire_reason read_expect(const struct pen_wire_seen *seen, struct pen_wire_head *out)
{
    out->expect_continue = false;
    if (!pen_wire_has(seen->once, PEN_FIELD_EXPECT)) return PEN_REASON_NONE;
    if (pen_wire_has(seen->again, PEN_FIELD_EXPECT)) return PEN_REASON_EXPECT;

    const struct pen_str value = pen_wire_field(out, PEN_FIELD_EXPECT)->value;
    if (!pen_str_equal_fold(value, PEN_S("100-continue"))) return PEN_REASON_EXPECT;

    /* RFC 9110 section 10.1.1: ignored in HTTP/1.0, pointless without a body. */
    out->expect_continue = out->minor == 1 && out->framing != PEN_FRAMING_NONE;
    return PEN_REASON_NONE;
}

/*
 * RFC 9110 sections 9.3.1 and 9.3.2: content of GET and HEAD means nothing, and recipients that do
 * not look for it take it for the next request. DELETE and OPTIONS are used with content.
 */
static bool has_unasked_body(const struct pen_wire_head *head)
{
    if (head->framing == PEN_FRAMING_NONE) return false;
    if (head->framing == PEN_FRAMING_LENGTH && head->content_length == 0) return false;
    return pen_str_equal(head->method, PEN_S("GET")) || pen_str_equal(head->method, PEN_S("HEAD"));
}

static enum pen_wire_reason read_rest(const struct pen_wire_seen *seen, struct pen_wire_head *out)
{
    /* Of two the gateway would prove one and the function might take the other. */
    const uint32_t single =
        UINT32_C(1) << PEN_FIELD_AUTHORIZATION | UINT32_C(1) << PEN_FIELD_CONTENT_TYPE;
    if ((seen->again & single) != 0) return PEN_REASON_FIELD_REPEATED;

    /* What would follow an upgrade is not HTTP/1.1, and nothing here could look into it. */
    if (pen_wire_has(seen->once, PEN_FIELD_UPGRADE)) return PEN_REASON_UPGRADE;
    if (has_unasked_body(out)) return PEN_REASON_UNASKED_BODY;
    return read_expect(seen, out);
}

static enum pen_wire_reason parse(struct pen_str head, const struct pen_wire_limits *limits,
                                  struct pen_wire_head *out)
{
    if (pen_str_starts(head, PEN_S("\r\n"))) head = pen_str_slice(head, 2, head.len);

    struct pen_str line;
    struct pen_wire_seen seen;
    enum pen_wire_reason reason = pen_wire_take_line(&head, &line);
    if (reason == PEN_REASON_NONE) reason = parse_request_line(line, limits, out);
    if (reason == PEN_REASON_NONE) reason = pen_wire_parse_fields(head, limits, false, out, &seen);
    if (reason == PEN_REASON_NONE) reason = pen_wire_read_framing(&seen, out);
    if (reason == PEN_REASON_NONE) reason = read_host(&seen, out);
    if (reason == PEN_REASON_NONE) reason = pen_wire_read_connection(&seen, out);
    if (reason == PEN_REASON_NONE) reason = read_rest(&seen, out);
    return reason;
}

enum pen_wire_result pen_wire_parse_request(struct pen_str head,
                                            const struct pen_wire_limits *limits,
                                            struct pen_wire_head *out,
                                            struct pen_wire_refusal *refusal)
{
    out->status = 0;
    const enum pen_wire_reason reason = parse(head, limits, out);
    return reason == PEN_REASON_NONE ? PEN_WIRE_DONE : pen_wire_refuse(reason, false, refusal);
}
