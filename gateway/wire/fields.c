/**
 * Field lines: names, values, the ids that the gateway knows, and comma-separated lists.
 *
 * A name is known by its length and first letter alone up to one candidate, so recognising costs
 * one comparison, whatever the name.
 */
#include "gateway/wire/internal.h"

#define KEY(length, first) ((size_t)(length) << 8 | (first))

static const struct pen_str names[] = {
    [PEN_FIELD_OTHER] = PEN_STR(""),
    [PEN_FIELD_AUTHORIZATION] = PEN_STR("authorization"),
    [PEN_FIELD_CONNECTION] = PEN_STR("connection"),
    [PEN_FIELD_CONTENT_ENCODING] = PEN_STR("content-encoding"),
    [PEN_FIELD_CONTENT_LENGTH] = PEN_STR("content-length"),
    [PEN_FIELD_CONTENT_TYPE] = PEN_STR("content-type"),
    [PEN_FIELD_DATE] = PEN_STR("date"),
    [PEN_FIELD_EXPECT] = PEN_STR("expect"),
    [PEN_FIELD_FORWARDED] = PEN_STR("forwarded"),
    [PEN_FIELD_HOST] = PEN_STR("host"),
    [PEN_FIELD_KEEP_ALIVE] = PEN_STR("keep-alive"),
    [PEN_FIELD_PROXY_AUTHENTICATE] = PEN_STR("proxy-authenticate"),
    [PEN_FIELD_PROXY_AUTHORIZATION] = PEN_STR("proxy-authorization"),
    [PEN_FIELD_PROXY_CONNECTION] = PEN_STR("proxy-connection"),
    [PEN_FIELD_PROXY_STATUS] = PEN_STR("proxy-status"),
    [PEN_FIELD_SERVER] = PEN_STR("server"),
    [PEN_FIELD_TE] = PEN_STR("te"),
    [PEN_FIELD_TRACEPARENT] = PEN_STR("traceparent"),
    [PEN_FIELD_TRACESTATE] = PEN_STR("tracestate"),
    [PEN_FIELD_TRAILER] = PEN_STR("trailer"),
    [PEN_FIELD_TRANSFER_ENCODING] = PEN_STR("transfer-encoding"),
    [PEN_FIELD_UPGRADE] = PEN_STR("upgrade"),
    [PEN_FIELD_VIA] = PEN_STR("via"),
    [PEN_FIELD_X_CALL_ID] = PEN_STR("x-call-id"),
    [PEN_FIELD_X_FORWARDED] = PEN_STR("x-forwarded"), /* and whatever begins like it */
    [PEN_FIELD_X_REQUEST_ID] = PEN_STR("x-request-id"),
};

/* Which single known name has this length and first letter. */
static enum pen_wire_id candidate(struct pen_str name)
{
    switch (KEY(name.len, (unsigned char)name.ptr[0] | 0x20u)) {
    case KEY(2, 't'):
        return PEN_FIELD_TE;
    case KEY(3, 'v'):
        return PEN_FIELD_VIA;
    case KEY(4, 'd'):
        return PEN_FIELD_DATE;
    case KEY(4, 'h'):
        return PEN_FIELD_HOST;
    case KEY(6, 'e'):
        return PEN_FIELD_EXPECT;
    case KEY(6, 's'):
        return PEN_FIELD_SERVER;
    case KEY(7, 't'):
        return PEN_FIELD_TRAILER;
    case KEY(7, 'u'):
        return PEN_FIELD_UPGRADE;
    case KEY(9, 'f'):
        return PEN_FIELD_FORWARDED;
    case KEY(9, 'x'):
        return PEN_FIELD_X_CALL_ID;
    case KEY(10, 'c'):
        return PEN_FIELD_CONNECTION;
    case KEY(10, 'k'):
        return PEN_FIELD_KEEP_ALIVE;
    case KEY(10, 't'):
        return PEN_FIELD_TRACESTATE;
    case KEY(11, 't'):
        return PEN_FIELD_TRACEPARENT;
    case KEY(12, 'c'):
        return PEN_FIELD_CONTENT_TYPE;
    case KEY(12, 'p'):
        return PEN_FIELD_PROXY_STATUS;
    case KEY(12, 'x'):
        return PEN_FIELD_X_REQUEST_ID;
    case KEY(13, 'a'):
        return PEN_FIELD_AUTHORIZATION;
    case KEY(14, 'c'):
        return PEN_FIELD_CONTENT_LENGTH;
    case KEY(16, 'c'):
        return PEN_FIELD_CONTENT_ENCODING;
    case KEY(16, 'p'):
        return PEN_FIELD_PROXY_CONNECTION;
    case KEY(17, 't'):
        return PEN_FIELD_TRANSFER_ENCODING;
    case KEY(18, 'p'):
        return PEN_FIELD_PROXY_AUTHENTICATE;
    case KEY(19, 'p'):
        return PEN_FIELD_PROXY_AUTHORIZATION;
    default:
        return PEN_FIELD_OTHER;
    }
}

/* Setting bit 5 folds the case of letters and changes no other tchar into a letter or '-'. */
static bool begins_folded(struct pen_str name, struct pen_str known)
{
    unsigned difference = 0;
    for (size_t i = 0; i < known.len; i++) {
        difference |= ((unsigned char)name.ptr[i] | 0x20u) ^ (unsigned char)known.ptr[i];
    }
    return difference == 0;
}

enum pen_wire_id pen_wire_identify(struct pen_str name)
{
    if (name.len == 0) return PEN_FIELD_OTHER;

    const enum pen_wire_id id = candidate(name);
    if (id != PEN_FIELD_OTHER && begins_folded(name, names[id])) return id;

    const struct pen_str forwarded = names[PEN_FIELD_X_FORWARDED];
    const bool may_be = name.len >= forwarded.len && (name.ptr[0] | 0x20) == 'x';
    return may_be && begins_folded(name, forwarded) ? PEN_FIELD_X_FORWARDED : PEN_FIELD_OTHER;
}

/* Why a line whose name ends at `at` without a colon is no field line. */
static enum pen_wire_reason name_reason(struct pen_str line, size_t at)
{
    const bool space = at < line.len && (line.ptr[at] == ' ' || line.ptr[at] == '\t');
    if (space && at == 0) return PEN_REASON_FOLD;
    if (pen_str_find(line, ':', at) == line.len) return PEN_REASON_FIELD_COLON;

    /* RFC 9112 section 5.1: MUST reject white space between a field name and the colon. */
    if (space && pen_str_trim(pen_str_slice(line, at, pen_str_find(line, ':', at))).len == 0) {
        return PEN_REASON_FIELD_SPACE;
    }
    return PEN_REASON_FIELD_NAME;
}

static enum pen_wire_reason parse_field(struct pen_str line, bool response,
                                        struct pen_event_field *out)
{
    size_t at = 0;
    unsigned bits = 0;
    while (at < line.len && pen_wire_byte_is(line.ptr[at], PEN_BYTE_TOKEN)) {
        bits |= pen_wire_bytes[(unsigned char)line.ptr[at]];
        at++;
    }
    if (at == line.len || line.ptr[at] != ':') return name_reason(line, at);
    if (at == 0) return PEN_REASON_FIELD_NAME;

    /* "X_User" and "X-User" are one variable to CGI and its heirs: a forged identity would pass. */
    if (!response && (bits & PEN_BYTE_UNDERSCORE) != 0) return PEN_REASON_FIELD_UNDERSCORE;

    out->name = (struct pen_str){line.ptr, at};
    out->value = pen_str_trim((struct pen_str){line.ptr + at + 1, line.len - at - 1});
    return PEN_REASON_NONE;
}

enum pen_wire_reason pen_wire_parse_fields(struct pen_str lines,
                                           const struct pen_wire_limits *limits, bool response,
                                           struct pen_wire_head *out, struct pen_wire_seen *seen)
{
    const uint32_t room = limits->fields < PEN_WIRE_FIELDS ? limits->fields : PEN_WIRE_FIELDS;
    uint32_t count = 0;
    *seen = (struct pen_wire_seen){0};
    for (;;) {
        struct pen_str line;
        enum pen_wire_reason reason = pen_wire_take_line(&lines, &line);
        if (reason != PEN_REASON_NONE) return reason;
        if (line.len == 0) break;
        if (count == room) return PEN_REASON_FIELD_COUNT;
        if (line.len > limits->value_bytes) return PEN_REASON_FIELD_SIZE;

        reason = parse_field(line, response, &out->fields[count]);
        if (reason != PEN_REASON_NONE) return reason;

        const enum pen_wire_id id = pen_wire_identify(out->fields[count].name);
        const uint32_t bit = UINT32_C(1) << id;
        seen->again |= seen->once & bit;
        seen->once |= bit;
        out->ids[count++] = (uint8_t)id;
    }
    out->field_count = count;
    return lines.len == 0 ? PEN_REASON_NONE : PEN_REASON_HEAD_END;
}

const struct pen_event_field *pen_wire_field(const struct pen_wire_head *head, enum pen_wire_id id)
{
    for (uint32_t i = 0; i < head->field_count; i++) {
        if (head->ids[i] == id) return &head->fields[i];
    }
    return NULL;
}

uint32_t pen_wire_field_count(const struct pen_wire_head *head, enum pen_wire_id id)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < head->field_count; i++) {
        count += head->ids[i] == id;
    }
    return count;
}

const struct pen_event_field *pen_wire_field_named(const struct pen_wire_head *head,
                                                   struct pen_str name)
{
    for (uint32_t i = 0; i < head->field_count; i++) {
        if (pen_str_equal_fold(head->fields[i].name, name)) return &head->fields[i];
    }
    return NULL;
}

bool pen_wire_list_next(struct pen_str *rest, struct pen_str *element)
{
    while (rest->len > 0) {
        const size_t comma = pen_str_find(*rest, ',', 0);
        *element = pen_str_trim(pen_str_slice(*rest, 0, comma));
        *rest = pen_str_slice(*rest, comma < rest->len ? comma + 1 : comma, rest->len);
        if (element->len > 0) return true;
    }
    return false;
}

bool pen_wire_list_names(struct pen_str value, struct pen_str token)
{
    struct pen_str element;
    while (pen_wire_list_next(&value, &element)) {
        if (pen_str_equal_fold(element, token)) return true;
    }
    return false;
}

bool pen_wire_is_token(struct pen_str text)
{
    for (size_t i = 0; i < text.len; i++) {
        if (!pen_wire_byte_is(text.ptr[i], PEN_BYTE_TOKEN)) return false;
    }
    return text.len > 0;
}

bool pen_wire_is_value(struct pen_str text)
{
    return pen_wire_line_length(text) == text.len && pen_str_trim(text).len == text.len;
}
