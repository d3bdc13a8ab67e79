/**
 * What both kinds of head say about the message around them: version, body framing, connection.
 *
 * Where a body ends is the one question that two readers must never answer differently. So each
 * framing field occurs once, holds one value in its plainest form, and excludes the other.
 */
#include "gateway/wire/internal.h"

enum pen_wire_reason pen_wire_read_version(struct pen_str text, enum pen_wire_reason otherwise,
                                           int *minor)
{
    const char *p = text.ptr;
    if (text.len != 8 || !pen_str_starts(text, PEN_S("HTTP/"))) return otherwise;
    if (!pen_is_digit(p[5]) || p[6] != '.' || !pen_is_digit(p[7])) return otherwise;
    if (p[5] != '1' || p[7] > '1') return PEN_REASON_VERSION;

    *minor = p[7] - '0';
    return PEN_REASON_NONE;
}

static enum pen_wire_reason read_length(struct pen_str value, uint64_t *out)
{
    /* 1*DIGIT, one value. 19 digits hold INT64_MAX, which many readers count in. */
    if (value.len > 19 || pen_str_to_u64(value, out) != PEN_OK) return PEN_REASON_LENGTH;
    return *out > INT64_MAX ? PEN_REASON_LENGTH : PEN_REASON_NONE;
}

/* "chunked" and nothing else is understood. A well-formed list that ends in it, or does not name it
 * at all, is a coding we do not have; everything else is malformed. */
static enum pen_wire_reason read_coding(struct pen_str value)
{
    const struct pen_str chunked = PEN_STR("chunked");
    if (pen_str_equal_fold(value, chunked)) return PEN_REASON_NONE;

    bool chunked_before = false;
    for (size_t start = 0; start <= value.len;) {
        const size_t comma = pen_str_find(value, ',', start);
        const struct pen_str coding = pen_str_trim(pen_str_slice(value, start, comma));
        if (!pen_wire_is_token(coding) || chunked_before) return PEN_REASON_CODING;
        chunked_before = pen_str_equal_fold(coding, chunked);
        start = comma + 1;
    }
    return PEN_REASON_CODING_UNKNOWN;
}

enum pen_wire_reason pen_wire_read_framing(const struct pen_wire_seen *seen,
                                           struct pen_wire_head *head)
{
    head->framing = PEN_FRAMING_NONE;
    head->content_length = 0;
    const bool length = pen_wire_has(seen->once, PEN_FIELD_CONTENT_LENGTH);
    const bool coding = pen_wire_has(seen->once, PEN_FIELD_TRANSFER_ENCODING);

    /* RFC 9112 section 6.3: such a message might be an attempt at request smuggling. */
    if (length && coding) return PEN_REASON_LENGTH_AND_CHUNKED;
    if (length) {
        if (pen_wire_has(seen->again, PEN_FIELD_CONTENT_LENGTH)) return PEN_REASON_LENGTH_REPEATED;
        head->framing = PEN_FRAMING_LENGTH;
        return read_length(pen_wire_field(head, PEN_FIELD_CONTENT_LENGTH)->value,
                           &head->content_length);
    }
    if (coding) {
        /* RFC 9112 section 6.1: its framing is faulty in HTTP/1.0. */
        if (head->minor == 0) return PEN_REASON_CODING_HTTP10;
        if (pen_wire_has(seen->again, PEN_FIELD_TRANSFER_ENCODING)) {
            return PEN_REASON_CODING_REPEATED;
        }
        head->framing = PEN_FRAMING_CHUNKED;
        return read_coding(pen_wire_field(head, PEN_FIELD_TRANSFER_ENCODING)->value);
    }
    return PEN_REASON_NONE;
}

/* Fields meant for every recipient; naming one in Connection has a hop take it away. */
static bool is_end_to_end(struct pen_str option)
{
    const enum pen_wire_id id = pen_wire_identify(option);
    return id == PEN_FIELD_AUTHORIZATION || id == PEN_FIELD_CONTENT_ENCODING
           || id == PEN_FIELD_CONTENT_LENGTH || id == PEN_FIELD_CONTENT_TYPE
           || id == PEN_FIELD_EXPECT || id == PEN_FIELD_HOST || id == PEN_FIELD_TRANSFER_ENCODING;
}

enum pen_wire_reason pen_wire_read_connection(const struct pen_wire_seen *seen,
                                              struct pen_wire_head *head)
{
    head->keep_alive = head->minor == 1;
    if (!pen_wire_has(seen->once, PEN_FIELD_CONNECTION)) return PEN_REASON_NONE;

    bool close = false;
    for (uint32_t i = 0; i < head->field_count; i++) {
        if (head->ids[i] != PEN_FIELD_CONNECTION) continue;

        struct pen_str rest = head->fields[i].value;
        struct pen_str option;
        while (pen_wire_list_next(&rest, &option)) {
            if (!pen_wire_is_token(option) || is_end_to_end(option)) return PEN_REASON_CONNECTION;
            if (pen_str_equal_fold(option, PEN_S("close"))) close = true;
            if (pen_str_equal_fold(option, PEN_S("keep-alive"))) head->keep_alive = true;
        }
    }
    if (close) head->keep_alive = false;
    return PEN_REASON_NONE;
}
