/** Reading and writing traceparent: "00-" trace id "-" parent id "-" flags. */
#include "gateway/trace.h"

#define TRACEPARENT 55 /* 2, 32, 16 and 2 digits and three dashes */

static const char hex[] = "0123456789abcdef";

/* Lower case only: capitals are malformed by the specification. */
static bool is_hex(struct pen_str text)
{
    for (size_t i = 0; i < text.len; i++) {
        const char c = text.ptr[i];
        if (!pen_is_digit(c) && (c < 'a' || c > 'f')) return false;
    }
    return true;
}

static bool is_id(struct pen_str text)
{
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] != '0') return is_hex(text);
    }
    return false;
}

/* A version above 00 may say more behind another dash; what is known of it stays in its place. */
static bool is_traceparent(struct pen_str value)
{
    if (value.len < TRACEPARENT) return false;
    if (value.ptr[2] != '-' || value.ptr[35] != '-' || value.ptr[52] != '-') return false;

    const struct pen_str version = pen_str_slice(value, 0, 2);
    if (!is_hex(version) || pen_str_equal(version, PEN_S("ff"))) return false;
    if (value.len > TRACEPARENT) {
        const bool later = !pen_str_equal(version, PEN_S("00"));
        if (!later || value.ptr[TRACEPARENT] != '-') return false;
    }
    return is_id(pen_str_slice(value, 3, 35)) && is_id(pen_str_slice(value, 36, 52))
           && is_hex(pen_str_slice(value, 53, 55));
}

bool pen_trace_read(const struct pen_wire_head *head, struct pen_trace *out)
{
    const struct pen_event_field *field = pen_wire_field(head, PEN_FIELD_TRACEPARENT);
    if (field == NULL || pen_wire_field_count(head, PEN_FIELD_TRACEPARENT) != 1) return false;
    if (!is_traceparent(field->value)) return false;

    out->id = pen_str_slice(field->value, 3, 35);
    out->sampled = (pen_hex_value(field->value.ptr[54]) & 1) != 0;
    return true;
}

struct pen_str pen_trace_id(const struct pen_wire_head *head, struct pen_str own)
{
    struct pen_trace trace;
    return pen_trace_read(head, &trace) ? trace.id : own;
}

uint64_t pen_trace_next(uint64_t *series)
{
    /* splitmix64 */
    uint64_t z = (*series += 0x9e3779b97f4a7c15U);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9U;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebU;
    return z ^ (z >> 31);
}

void pen_trace_hex(char into[16], uint64_t number)
{
    for (int i = 15; i >= 0; i--) {
        into[i] = hex[number & 15];
        number >>= 4;
    }
}

void pen_trace_write(struct pen_buf *buf, const struct pen_wire_head *head, struct pen_str own,
                     uint64_t span_id)
{
    struct pen_trace trace = {.id = own, .sampled = false};
    (void)pen_trace_read(head, &trace); /* leaves our own as it is when there is none */

    const uint64_t span = span_id == 0 ? 1 : span_id;
    pen_buf_put(buf, PEN_S("00-"));
    pen_buf_put(buf, trace.id);
    pen_buf_byte(buf, '-');
    for (int shift = 60; shift >= 0; shift -= 4) {
        pen_buf_byte(buf, hex[span >> shift & 15]);
    }
    pen_buf_put(buf, trace.sampled ? PEN_S("-01") : PEN_S("-00"));
}
