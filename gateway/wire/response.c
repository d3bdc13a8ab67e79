/**
 * Response heads: the status line, and where the body ends (RFC 9112 section 6.3).
 */
#include "gateway/wire/internal.h"

/* HTTP-version SP 3DIGIT SP [ reason-phrase ]: the second space stands even without a phrase. */
static enum pen_wire_reason parse_status_line(struct pen_str line, struct pen_wire_head *out)
{
    if (line.len < 13) return PEN_REASON_STATUS_LINE;

    const enum pen_wire_reason reason =
        pen_wire_read_version(pen_str_slice(line, 0, 8), PEN_REASON_STATUS_LINE, &out->minor);
    if (reason != PEN_REASON_NONE) return reason;

    const char *p = line.ptr + 8;
    if (p[0] != ' ' || p[4] != ' ') return PEN_REASON_STATUS_LINE;
    if (!pen_is_digit(p[1]) || !pen_is_digit(p[2]) || !pen_is_digit(p[3])) {
        return PEN_REASON_STATUS_LINE;
    }
    out->status = (p[1] - '0') * 100 + (p[2] - '0') * 10 + (p[3] - '0');

    /* RFC 9110 section 15: what lies outside 100 to 599 is invalid. */
    const bool valid = out->status >= 100 && out->status <= 599;
    return valid ? PEN_REASON_NONE : PEN_REASON_STATUS_LINE;
}

static enum pen_wire_reason settle_body(struct pen_str method, struct pen_wire_head *out)
{
    const bool never = out->status < 200 || out->status == 204;
    if (never) {
        /* RFC 9110 section 8.6 and RFC 9112 section 6.1: neither length nor coding may stand here;
         * one that announces bytes would have other readers wait for them. */
        const bool announces = out->framing == PEN_FRAMING_CHUNKED || out->content_length > 0;
        if (announces) return PEN_REASON_BODYLESS;
    }
    if (never || out->status == 304 || pen_str_equal(method, PEN_S("HEAD"))) {
        out->framing = PEN_FRAMING_NONE;
    } else if (out->framing == PEN_FRAMING_NONE) {
        out->framing = PEN_FRAMING_CLOSE;
        out->keep_alive = false;
    }
    return PEN_REASON_NONE;
}

static enum pen_wire_reason parse(struct pen_str head, struct pen_str method,
                                  const struct pen_wire_limits *limits, struct pen_wire_head *out)
{
    struct pen_str line;
    struct pen_wire_seen seen;
    enum pen_wire_reason reason = pen_wire_take_line(&head, &line);
    if (reason == PEN_REASON_NONE) reason = parse_status_line(line, out);
    if (reason == PEN_REASON_NONE) reason = pen_wire_parse_fields(head, limits, true, out, &seen);
    if (reason == PEN_REASON_NONE) reason = pen_wire_read_framing(&seen, out);
    if (reason == PEN_REASON_NONE) reason = pen_wire_read_connection(&seen, out);
    if (reason != PEN_REASON_NONE) return reason;

    if (pen_wire_has(seen.again, PEN_FIELD_CONTENT_TYPE)) return PEN_REASON_FIELD_REPEATED;
    return settle_body(method, out);
}

enum pen_wire_result pen_wire_parse_response(struct pen_str head, struct pen_str method,
                                             const struct pen_wire_limits *limits,
                                             struct pen_wire_head *out,
                                             struct pen_wire_refusal *refusal)
{
    const struct pen_str none = {0};
    out->method = out->target = out->path = out->query = out->authority = none;
    out->has_query = out->expect_continue = false;
    const enum pen_wire_reason reason = parse(head, method, limits, out);
    return reason == PEN_REASON_NONE ? PEN_WIRE_DONE : pen_wire_refuse(reason, true, refusal);
}
