/**
 * Two pass-or-drop decisions and one writer.
 *
 * The lists hold names that functions and their frameworks are known to trust. Names that claims
 * are mapped to are not among them: they come with the request.
 */
#include "gateway/forward.h"

#include "gateway/trace.h"

struct name_rule {
    struct pen_str name;
    bool prefix; /* and whatever begins so */
};

/* What asserts who calls, from where, or what is meant: said by the gateway or by nobody. */
static const struct name_rule asserted[] = {
    {PEN_STR("cf-access-"), true}, /* Cloudflare, as the next */
    {PEN_STR("cf-connecting-ip"), false},
    {PEN_STR("client-cert"), true}, /* RFC 9440, with -chain */
    {PEN_STR("client-ip"), false},
    {PEN_STR("fastly-client-ip"), false},
    {PEN_STR("http2-settings"), false}, /* hop by hop: half of an upgrade (RFC 7540 section 3.2) */
    {PEN_STR("penstock-"), true},
    {PEN_STR("proxy"), false}, /* becomes HTTP_PROXY in CGI and its heirs */
    {PEN_STR("proxy-"), true},
    {PEN_STR("remote-user"), false},
    {PEN_STR("ssl-client-"), true},
    {PEN_STR("true-client-ip"), false},
    {PEN_STR("x-amzn-oidc-"), true},    /* Application Load Balancer */
    {PEN_STR("x-auth-request-"), true}, /* oauth2-proxy */
    {PEN_STR("x-authenticated-"), true},
    {PEN_STR("x-client-"), true},
    {PEN_STR("x-cluster-client-ip"), false},
    {PEN_STR("x-consumer-"), true}, /* Kong, as x-credential- and x-userinfo */
    {PEN_STR("x-credential-"), true},
    {PEN_STR("x-duration-seconds"), false},
    {PEN_STR("x-function-"), true},           /* OpenFaaS, as the one before and x-start-time */
    {PEN_STR("x-goog-authenticated-"), true}, /* Identity-Aware Proxy, as the next */
    {PEN_STR("x-goog-iap-"), true},
    {PEN_STR("x-http-method"), true}, /* and -override: a method that policy has not seen */
    {PEN_STR("x-method-override"), false},
    {PEN_STR("x-ms-client-principal"), true}, /* App Service, with -id and -name */
    {PEN_STR("x-original-"), true},           /* a target that the route has not seen */
    {PEN_STR("x-penstock-"), true},
    {PEN_STR("x-real-ip"), false},
    {PEN_STR("x-remote-"), true},
    {PEN_STR("x-rewrite-url"), false},
    {PEN_STR("x-ssl-"), true},
    {PEN_STR("x-start-time"), false},
    {PEN_STR("x-userinfo"), false},
    {PEN_STR("x-webauth-"), true}, /* Grafana */
};

/* What tells the caller of the software behind, or is not the function's to say. */
static const struct name_rule internal[] = {
    {PEN_STR("alt-svc"), false}, /* would lead callers past the gateway */
    {PEN_STR("penstock-"), true}, {PEN_STR("proxy-"), true},
    {PEN_STR("x-aspnet"), true},  {PEN_STR("x-powered-by"), false},
};

/* What is true of a coded body alone: RFC 9530, and the fields before it. */
static const struct name_rule of_coded[] = {
    {PEN_STR("content-digest"), false},
    {PEN_STR("content-md5"), false},
    {PEN_STR("digest"), false},
    {PEN_STR("repr-digest"), false},
};

/* What lets an answer come in a form that cannot be looked at: coded, or in parts. */
static const struct name_rule of_coded_answer[] = {
    {PEN_STR("accept-encoding"), false},
    {PEN_STR("if-range"), false},
    {PEN_STR("range"), false},
};

static bool is_among(struct pen_str name, const struct name_rule *rules, size_t count)
{
    if (name.len == 0) return false;

    const char first = pen_to_lower(name.ptr[0]);
    for (size_t i = 0; i < count; i++) {
        const struct pen_str known = rules[i].name;
        if (first != known.ptr[0] || !pen_str_starts_fold(name, known)) continue;
        if (rules[i].prefix || name.len == known.len) return true;
    }
    return false;
}

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

static bool is_claim_header(const struct pen_forward *forward, struct pen_str name)
{
    for (size_t i = 0; i < forward->asserted_count; i++) {
        if (pen_str_equal_fold(forward->asserted[i].name, name)) return true;
    }
    for (size_t i = 0; i < forward->claimed_count; i++) {
        if (pen_str_equal_fold(forward->claimed[i], name)) return true;
    }
    return false;
}

static bool passes_by_id(const struct pen_forward *forward, enum pen_wire_id id)
{
    struct pen_trace trace;
    switch (id) {
    case PEN_FIELD_AUTHORIZATION:
        return forward->authorization;
    case PEN_FIELD_TRACESTATE: /* means nothing without the traceparent that it came with */
        return pen_trace_read(forward->head, &trace);
    case PEN_FIELD_CONTENT_ENCODING:
        return !forward->decoded;
    case PEN_FIELD_CONTENT_TYPE:
    case PEN_FIELD_DATE:
    case PEN_FIELD_SERVER:
    case PEN_FIELD_VIA: /* RFC 9110 section 7.6.3: each hop adds to it, none takes away */
    case PEN_FIELD_OTHER:
        return true;
    case PEN_FIELD_CONNECTION:
    case PEN_FIELD_CONTENT_LENGTH:
    case PEN_FIELD_EXPECT: /* answered here: the body is already in */
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
    case PEN_FIELD_X_CALL_ID:
    case PEN_FIELD_X_FORWARDED:
    case PEN_FIELD_X_REQUEST_ID:
        break;
    }
    return false;
}

bool pen_forward_passes(const struct pen_forward *forward, uint32_t index)
{
    const struct pen_wire_head *head = forward->head;
    const struct pen_str name = head->fields[index].name;
    if (forward->decoded && is_among(name, of_coded, PEN_COUNT_OF(of_coded))) return false;
    if (forward->plain_answer && is_among(name, of_coded_answer, PEN_COUNT_OF(of_coded_answer))) {
        return false;
    }
    return passes_by_id(forward, (enum pen_wire_id)head->ids[index])
           && !is_among(name, asserted, PEN_COUNT_OF(asserted)) && !is_claim_header(forward, name)
           && !is_nominated(head, name);
}

static bool answer_passes_by_id(enum pen_wire_id id)
{
    switch (id) {
    case PEN_FIELD_CONTENT_ENCODING:
    case PEN_FIELD_CONTENT_TYPE:
    case PEN_FIELD_DATE:
    case PEN_FIELD_TRACEPARENT:
    case PEN_FIELD_TRACESTATE:
    case PEN_FIELD_X_CALL_ID:
    case PEN_FIELD_OTHER:
        return true;
    case PEN_FIELD_AUTHORIZATION:
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
    case PEN_FIELD_SERVER:
    case PEN_FIELD_TE:
    case PEN_FIELD_TRAILER:
    case PEN_FIELD_TRANSFER_ENCODING:
    case PEN_FIELD_UPGRADE:
    case PEN_FIELD_VIA: /* names the hops behind */
    case PEN_FIELD_X_FORWARDED:
    case PEN_FIELD_X_REQUEST_ID:
        break;
    }
    return false;
}

bool pen_forward_answer_passes(const struct pen_wire_head *answer, uint32_t index)
{
    const struct pen_str name = answer->fields[index].name;
    return answer_passes_by_id((enum pen_wire_id)answer->ids[index])
           && !is_among(name, internal, PEN_COUNT_OF(internal)) && !is_nominated(answer, name);
}

static void put_field(struct pen_buf *buf, struct pen_str name, struct pen_str value)
{
    pen_buf_put(buf, name);
    pen_buf_put(buf, PEN_S(": "));
    pen_buf_put(buf, value);
    pen_buf_put(buf, PEN_S("\r\n"));
}

/* The hop's address as pen_address_put writes it; empty when it is not known. */
static struct pen_str hop_text(const struct pen_hop *hop, struct pen_buf *memory)
{
    if (!hop->known) return (struct pen_str){NULL, 0};
    pen_address_put(memory, &hop->address);
    return pen_buf_str(memory);
}

static bool is_bracketed(struct pen_str address)
{
    return address.len > 2 && address.ptr[0] == '[';
}

/* RFC 7239 section 6: IPv6 is quoted, and who has no address is unknown. */
static void put_for(struct pen_buf *buf, struct pen_str address)
{
    const bool quoted = is_bracketed(address);
    pen_buf_put(buf, PEN_S("for="));
    if (quoted) pen_buf_byte(buf, '"');
    pen_buf_put(buf, address.len > 0 ? address : PEN_S("unknown"));
    if (quoted) pen_buf_byte(buf, '"');
}

/* Whom proxies brought, then our own word. An authority that the wire codec passed needs no escape
 * within quotes. */
static void put_forwarded(struct pen_buf *buf, const struct pen_forward *forward)
{
    const struct pen_hops *const hops = forward->hops;
    pen_buf_put(buf, PEN_S("Forwarded: "));
    for (size_t i = 0; hops != NULL && i < hops->count; i++) {
        char memory[PEN_ADDRESS_BYTES];
        struct pen_buf text = pen_buf_over(memory, sizeof(memory));
        put_for(buf, hop_text(&hops->list[i], &text));
        if (i == 0 && hops->proto.len > 0) {
            pen_buf_put(buf, PEN_S(";proto="));
            pen_buf_put(buf, hops->proto);
        }
        pen_buf_put(buf, PEN_S(", "));
    }
    put_for(buf, forward->remote_host);
    if (forward->head->authority.len > 0) {
        pen_buf_put(buf, PEN_S(";host=\""));
        pen_buf_put(buf, forward->head->authority);
        pen_buf_byte(buf, '"');
    }
    pen_buf_put(buf, forward->tls ? PEN_S(";proto=https\r\n") : PEN_S(";proto=http\r\n"));
}

/* X-Forwarded-For has no brackets by custom. */
static void put_bare(struct pen_buf *buf, struct pen_str address)
{
    if (address.len == 0) {
        pen_buf_put(buf, PEN_S("unknown"));
    } else {
        pen_buf_put(buf,
                    is_bracketed(address) ? pen_str_slice(address, 1, address.len - 1) : address);
    }
}

/* The same for functions that do not read Forwarded. */
static void put_x_forwarded(struct pen_buf *buf, const struct pen_forward *forward)
{
    const struct pen_hops *const hops = forward->hops;
    const struct pen_str authority = forward->head->authority;
    if (forward->remote_host.len > 0 || (hops != NULL && hops->count > 0)) {
        pen_buf_put(buf, PEN_S("X-Forwarded-For: "));
        for (size_t i = 0; hops != NULL && i < hops->count; i++) {
            char memory[PEN_ADDRESS_BYTES];
            struct pen_buf text = pen_buf_over(memory, sizeof(memory));
            put_bare(buf, hop_text(&hops->list[i], &text));
            pen_buf_put(buf, PEN_S(", "));
        }
        put_bare(buf, forward->remote_host);
        pen_buf_put(buf, PEN_S("\r\n"));
    }
    if (authority.len > 0) put_field(buf, PEN_S("X-Forwarded-Host"), authority);
    if (hops != NULL && hops->proto.len > 0) {
        put_field(buf, PEN_S("X-Forwarded-Proto"), hops->proto);
    } else {
        put_field(buf, PEN_S("X-Forwarded-Proto"), forward->tls ? PEN_S("https") : PEN_S("http"));
    }
}

/* Visible ASCII only: what a target, an authority and an id of ours are made of. */
static bool is_visible(struct pen_str text)
{
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] <= ' ' || text.ptr[i] >= 0x7f) return false;
    }
    return text.len > 0;
}

/* Claims and configuration meet the head here: nothing of them may start a line of its own. */
static bool is_sound(const struct pen_forward *forward)
{
    if (!is_visible(forward->target) || !is_visible(forward->authority)) return false;
    if (!is_visible(forward->request_id)) return false;

    for (size_t i = 0; i < forward->asserted_count; i++) {
        if (!pen_wire_is_token(forward->asserted[i].name)) return false;
        if (!pen_wire_is_value(forward->asserted[i].value)) return false;
    }
    return true;
}

static void put_request_line(struct pen_buf *buf, const struct pen_forward *forward)
{
    pen_buf_put(buf, forward->head->method);
    pen_buf_byte(buf, ' ');
    pen_buf_put(buf, forward->target);
    if (forward->head->has_query) {
        pen_buf_byte(buf, '?');
        pen_buf_put(buf, forward->head->query);
    }
    pen_buf_put(buf, PEN_S(" HTTP/1.1\r\n"));
}

void pen_forward_head(struct pen_buf *buf, const struct pen_forward *forward)
{
    if (!is_sound(forward)) {
        buf->full = true;
        return;
    }
    const struct pen_wire_head *head = forward->head;
    put_request_line(buf, forward);
    put_field(buf, PEN_S("Host"), forward->authority);
    for (uint32_t i = 0; i < head->field_count; i++) {
        if (!pen_forward_passes(forward, i)) continue;
        put_field(buf, head->fields[i].name, head->fields[i].value);
    }
    for (size_t i = 0; i < forward->asserted_count; i++) {
        const struct pen_event_field *field = &forward->asserted[i];
        if (field->value.len > 0) put_field(buf, field->name, field->value);
    }
    put_forwarded(buf, forward);
    put_x_forwarded(buf, forward);
    put_field(buf, PEN_S("Via"), head->minor == 0 ? PEN_S("1.0 penstock") : PEN_S("1.1 penstock"));
    pen_buf_put(buf, PEN_S("traceparent: "));
    pen_trace_write(buf, head, forward->request_id, forward->span_id);
    pen_buf_put(buf, PEN_S("\r\n"));
    put_field(buf, PEN_S("X-Request-Id"), forward->request_id);
    pen_buf_put(buf, PEN_S("Content-Length: "));
    pen_buf_u64(buf, forward->body_bytes);
    pen_buf_put(buf, PEN_S("\r\n\r\n"));
}
