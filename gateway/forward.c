/** Two allow-or-drop decisions and one writer. */
#include "gateway/forward.h"

/* Names that assert something about the caller or the call: only the gateway may say them. */
static const struct pen_str asserted_prefixes[] = {
    PEN_STR("penstock-"),   PEN_STR("x-forwarded-"), PEN_STR("client-cert"),
    PEN_STR("x-function-"), PEN_STR("x-penstock-"),
};
static const struct pen_str asserted_names[] = {
    PEN_STR("x-real-ip"),           PEN_STR("x-client-ip"),
    PEN_STR("x-cluster-client-ip"), PEN_STR("true-client-ip"),
    PEN_STR("cf-connecting-ip"),    PEN_STR("x-original-url"),
    PEN_STR("x-rewrite-url"),       PEN_STR("x-start-time"),
    PEN_STR("x-duration-seconds"),  PEN_STR("x-http-method-override"),
    PEN_STR("x-http-method"),       PEN_STR("x-method-override"),
};

static bool is_nominated(const struct pen_wire_head *head, struct pen_str name)
{
    for (uint32_t i = 0; i < head->field_count; i++) {
        if (head->ids[i] == PEN_FIELD_CONNECTION
            && pen_wire_list_names(head->fields[i].value, name)) {
            return true;
        }
    }
    return false;
}

static bool is_asserted(struct pen_str name)
{
    /* All of them begin with one of these letters, which spares most fields the comparisons. */
    switch (name.len == 0 ? '\0' : pen_to_lower(name.ptr[0])) {
    case 'p':
    case 'x':
    case 'c':
    case 't':
        break;
    default:
        return false;
    }
    for (size_t i = 0; i < PEN_COUNT_OF(asserted_prefixes); i++) {
        if (pen_str_starts_fold(name, asserted_prefixes[i])) return true;
    }
    for (size_t i = 0; i < PEN_COUNT_OF(asserted_names); i++) {
        if (pen_str_equal_fold(name, asserted_names[i])) return true;
    }
    return false;
}

static bool is_claim_header(const struct pen_forward *forward, struct pen_str name)
{
    for (size_t i = 0; i < forward->asserted_count; i++) {
        if (pen_str_equal_fold(forward->asserted[i].name, name)) return true;
    }
    return false;
}

bool pen_forward_passes(const struct pen_forward *forward, uint32_t index)
{
    const struct pen_wire_head *const head = forward->head;
    const struct pen_str name = head->fields[index].name;
    switch ((enum pen_wire_id)head->ids[index]) {
    case PEN_FIELD_CONNECTION:
    case PEN_FIELD_CONTENT_LENGTH:
    case PEN_FIELD_EXPECT:
    case PEN_FIELD_FORWARDED:
    case PEN_FIELD_HOST:
    case PEN_FIELD_KEEP_ALIVE:
    case PEN_FIELD_PROXY_AUTHENTICATE:
    case PEN_FIELD_PROXY_AUTHORIZATION:
    case PEN_FIELD_PROXY_CONNECTION:
    case PEN_FIELD_PROXY_STATUS:
    case PEN_FIELD_TE:
    case PEN_FIELD_TRACEPARENT:
    case PEN_FIELD_TRAILER:
    case PEN_FIELD_TRANSFER_ENCODING:
    case PEN_FIELD_UPGRADE:
    case PEN_FIELD_VIA:
    case PEN_FIELD_X_CALL_ID:
    case PEN_FIELD_X_FORWARDED:
    case PEN_FIELD_X_REQUEST_ID:
        return false;
    case PEN_FIELD_AUTHORIZATION:
        return forward->authorization;
    case PEN_FIELD_TRACESTATE:
    case PEN_FIELD_CONTENT_ENCODING:
    case PEN_FIELD_CONTENT_TYPE:
    case PEN_FIELD_DATE:
    case PEN_FIELD_SERVER:
    case PEN_FIELD_OTHER:
        return !is_asserted(name) && !is_claim_header(forward, name) && !is_nominated(head, name);
    }
    return false;
}

bool pen_forward_answer_passes(const struct pen_wire_head *answer, uint32_t index)
{
    const struct pen_str name = answer->fields[index].name;
    switch ((enum pen_wire_id)answer->ids[index]) {
    case PEN_FIELD_CONNECTION:
    case PEN_FIELD_CONTENT_LENGTH:
    case PEN_FIELD_EXPECT:
    case PEN_FIELD_HOST:
    case PEN_FIELD_KEEP_ALIVE:
    case PEN_FIELD_PROXY_AUTHENTICATE:
    case PEN_FIELD_PROXY_AUTHORIZATION:
    case PEN_FIELD_PROXY_CONNECTION:
    case PEN_FIELD_SERVER:
    case PEN_FIELD_TE:
    case PEN_FIELD_TRAILER:
    case PEN_FIELD_TRANSFER_ENCODING:
    case PEN_FIELD_UPGRADE:
    case PEN_FIELD_VIA:
    case PEN_FIELD_X_REQUEST_ID:
        return false;
    case PEN_FIELD_AUTHORIZATION:
    case PEN_FIELD_CONTENT_ENCODING:
    case PEN_FIELD_CONTENT_TYPE:
    case PEN_FIELD_DATE:
    case PEN_FIELD_FORWARDED:
    case PEN_FIELD_PROXY_STATUS:
    case PEN_FIELD_TRACEPARENT:
    case PEN_FIELD_TRACESTATE:
    case PEN_FIELD_X_CALL_ID:
    case PEN_FIELD_X_FORWARDED:
    case PEN_FIELD_OTHER:
        return !pen_str_equal_fold(name, PEN_S("x-powered-by")) && !is_nominated(answer, name);
    }
    return false;
}

/* `count` lower-case hexadecimal digits, not all zero. */
static bool is_trace_id(struct pen_str text, size_t count)
{
    bool nonzero = false;
    for (size_t i = 0; i < count; i++) {
        const char c = text.ptr[i];
        if (!pen_is_digit(c) && (c < 'a' || c > 'f')) return false;
        if (c != '0') nonzero = true;
    }
    return nonzero;
}

bool pen_forward_is_traceparent(struct pen_str value)
{
    /* "00-" 32 "-" 16 "-" 2 */
    if (value.len != 55 || !pen_str_starts(value, PEN_S("00-")) || value.ptr[35] != '-'
        || value.ptr[52] != '-') {
        return false;
    }
    return is_trace_id(pen_str_slice(value, 3, 35), 32)
           && is_trace_id(pen_str_slice(value, 36, 52), 16) && pen_hex_value(value.ptr[53]) >= 0
           && pen_hex_value(value.ptr[54]) >= 0;
}

static void put_hex64(struct pen_buf *buf, uint64_t value)
{
    static const char digits[] = "0123456789abcdef";
    for (int shift = 60; shift >= 0; shift -= 4) {
        pen_buf_byte(buf, digits[(value >> shift) & 15]);
    }
}

static void put_traceparent(struct pen_buf *buf, const struct pen_forward *forward)
{
    const struct pen_event_field *const field =
        pen_wire_field(forward->head, PEN_FIELD_TRACEPARENT);
    const bool known = field != NULL && pen_forward_is_traceparent(field->value)
                       && pen_wire_field_count(forward->head, PEN_FIELD_TRACEPARENT) == 1;
    pen_buf_put(buf, PEN_S("traceparent: 00-"));
    pen_buf_put(buf, known ? pen_str_slice(field->value, 3, 35) : forward->request_id);
    pen_buf_byte(buf, '-');
    put_hex64(buf, forward->span_id == 0 ? 1 : forward->span_id);
    pen_buf_byte(buf, '-');
    pen_buf_put(buf, known ? pen_str_slice(field->value, 53, 55) : PEN_S("00"));
    pen_buf_put(buf, PEN_S("\r\n"));
}

static void put_field(struct pen_buf *buf, struct pen_str name, struct pen_str value)
{
    pen_buf_put(buf, name);
    pen_buf_put(buf, PEN_S(": "));
    pen_buf_put(buf, value);
    pen_buf_put(buf, PEN_S("\r\n"));
}

/* RFC 7239: IPv6 and anything with a colon is quoted; without an address the caller is unknown. */
static void put_forwarded(struct pen_buf *buf, const struct pen_forward *forward)
{
    const struct pen_str host = forward->remote_host;
    const bool quoted = pen_str_find(host, ':', 0) < host.len;
    pen_buf_put(buf, PEN_S("Forwarded: for="));
    if (quoted) pen_buf_byte(buf, '"');
    pen_buf_put(buf, host.len > 0 ? host : PEN_S("unknown"));
    if (quoted) pen_buf_byte(buf, '"');
    pen_buf_put(buf, forward->tls ? PEN_S(";proto=https;host=\"") : PEN_S(";proto=http;host=\""));
    pen_buf_put(buf, forward->head->authority);
    pen_buf_put(buf, PEN_S("\"\r\n"));

    if (host.len > 0) {
        /* X-Forwarded-For has no brackets by custom. */
        put_field(buf, PEN_S("X-Forwarded-For"),
                  quoted ? pen_str_slice(host, 1, host.len - 1) : host);
    }
    put_field(buf, PEN_S("X-Forwarded-Host"), forward->head->authority);
    put_field(buf, PEN_S("X-Forwarded-Proto"), forward->tls ? PEN_S("https") : PEN_S("http"));
}

void pen_forward_head(struct pen_buf *buf, const struct pen_forward *forward)
{
    const struct pen_wire_head *const head = forward->head;
    pen_buf_put(buf, head->method);
    pen_buf_byte(buf, ' ');
    pen_buf_put(buf, forward->target);
    if (head->has_query) {
        pen_buf_byte(buf, '?');
        pen_buf_put(buf, head->query);
    }
    pen_buf_put(buf, PEN_S(" HTTP/1.1\r\n"));
    put_field(buf, PEN_S("Host"), forward->authority);
    for (uint32_t i = 0; i < head->field_count; i++) {
        if (pen_forward_passes(forward, i))
            put_field(buf, head->fields[i].name, head->fields[i].value);
    }
    for (size_t i = 0; i < forward->asserted_count; i++) {
        if (forward->asserted[i].value.len > 0) {
            put_field(buf, forward->asserted[i].name, forward->asserted[i].value);
        }
    }
    put_forwarded(buf, forward);
    put_field(buf, PEN_S("Via"), head->minor == 0 ? PEN_S("1.0 penstock") : PEN_S("1.1 penstock"));
    put_traceparent(buf, forward);
    put_field(buf, PEN_S("X-Request-Id"), forward->request_id);
    /* Always said, so that no function has to guess; absent where a body has no meaning. */
    if (forward->body_bytes > 0 || head->framing != PEN_FRAMING_NONE) {
        pen_buf_put(buf, PEN_S("Content-Length: "));
        pen_buf_u64(buf, forward->body_bytes);
        pen_buf_put(buf, PEN_S("\r\n"));
    }
    pen_buf_put(buf, PEN_S("\r\n"));
}
