/**
 * The wire codec under foreign bytes: request heads, response heads, chunked bodies.
 *
 * The first byte picks the reader. What must hold: the answer does not depend on how the bytes are
 * cut; an accepted head, written again from its parts, is read as the same head; no control byte
 * sits in anything that was accepted.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/wire/wire.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* An assertion that also holds when NDEBUG is set. */
static void must(bool holds)
{
    if (!holds) abort();
}

static bool has_control(struct pen_str text)
{
    for (size_t i = 0; i < text.len; i++) {
        const unsigned char c = (unsigned char)text.ptr[i];
        if ((c < 0x20 && c != '\t') || c == 0x7f) return true;
    }
    return false;
}

static const struct pen_str get = PEN_STR("GET");

static enum pen_wire_result parse(struct pen_str bytes, bool response, struct pen_wire_head *head,
                                  struct pen_wire_refusal *refusal)
{
    const struct pen_wire_limits limits = pen_wire_default_limits();
    return response ? pen_wire_parse_response(bytes, get, &limits, head, refusal)
                    : pen_wire_parse_request(bytes, &limits, head, refusal);
}

static enum pen_wire_result find_end(struct pen_str bytes, size_t step, bool response,
                                     size_t *head_len, struct pen_wire_refusal *refusal)
{
    const struct pen_wire_limits limits = pen_wire_default_limits();
    struct pen_wire_scan scan = {0};
    enum pen_wire_result result = PEN_WIRE_MORE;
    for (size_t end = 0; result == PEN_WIRE_MORE && end < bytes.len;) {
        end = bytes.len - end < step ? bytes.len : end + step;
        result = pen_wire_find_end(&scan, pen_str_slice(bytes, 0, end), &limits, response, head_len,
                                   refusal);
    }
    return result;
}

static void write_again(const struct pen_wire_head *head, bool response, struct pen_buf *buf)
{
    if (response) {
        pen_buf_format(buf, "HTTP/1.%d %d x\r\n", head->minor, head->status);
    } else {
        pen_buf_put(buf, head->method);
        pen_buf_byte(buf, ' ');
        pen_buf_put(buf, head->target);
        pen_buf_format(buf, " HTTP/1.%d\r\n", head->minor);
    }
    for (uint32_t i = 0; i < head->field_count; i++) {
        pen_buf_put(buf, head->fields[i].name);
        pen_buf_put(buf, PEN_S(": "));
        pen_buf_put(buf, head->fields[i].value);
        pen_buf_put(buf, PEN_S("\r\n"));
    }
    pen_buf_put(buf, PEN_S("\r\n"));
}

static bool same(const struct pen_wire_head *a, const struct pen_wire_head *b)
{
    if (!pen_str_equal(a->method, b->method) || !pen_str_equal(a->target, b->target)) return false;
    if (!pen_str_equal(a->path, b->path) || !pen_str_equal(a->query, b->query)) return false;
    if (a->status != b->status || a->minor != b->minor || a->framing != b->framing) return false;
    if (a->content_length != b->content_length || a->keep_alive != b->keep_alive) return false;
    if (a->has_query != b->has_query || a->expect_continue != b->expect_continue) return false;
    if (a->field_count != b->field_count) return false;
    for (uint32_t i = 0; i < a->field_count; i++) {
        if (a->ids[i] != b->ids[i] || !pen_str_equal(a->fields[i].name, b->fields[i].name)
            || !pen_str_equal(a->fields[i].value, b->fields[i].value)) {
            return false;
        }
    }
    return true;
}

static void check_accepted(const struct pen_wire_head *head, bool response)
{
    must(!has_control(head->method) && !has_control(head->target) && !has_control(head->authority));
    must(head->path.len + head->query.len + (head->has_query ? 1 : 0) == head->target.len);
    for (uint32_t i = 0; i < head->field_count; i++) {
        must(pen_wire_is_token(head->fields[i].name));
        must(pen_wire_is_value(head->fields[i].value));
        must(!has_control(head->fields[i].value));
    }

    char memory[40000]; /* above the limit of a head */
    struct pen_buf buf = pen_buf_over(memory, sizeof(memory));
    write_again(head, response, &buf);
    must(!buf.full);
    struct pen_wire_head again;
    struct pen_wire_refusal refusal;
    size_t head_len = 0;
    const struct pen_str bytes = pen_buf_str(&buf);
    /* A space after each colon may be what exceeds the limit of the head or of a line. */
    if (find_end(bytes, bytes.len, response, &head_len, &refusal) == PEN_WIRE_REFUSED) {
        must(strcmp(refusal.code, "wire.head_size") == 0);
        return;
    }
    must(head_len == bytes.len);
    if (parse(bytes, response, &again, &refusal) == PEN_WIRE_REFUSED) {
        must(strcmp(refusal.code, "wire.field_size") == 0);
        return;
    }
    must(same(head, &again));
}

static void read_head(struct pen_str bytes, bool response)
{
    size_t whole_len = 0;
    size_t cut_len = 0;
    struct pen_wire_refusal whole = {0};
    struct pen_wire_refusal cut = {0};
    const enum pen_wire_result result = find_end(bytes, bytes.len, response, &whole_len, &whole);
    must(find_end(bytes, 1, response, &cut_len, &cut) == result);
    must(whole_len == cut_len && whole.code == cut.code && whole.status == cut.status);
    must(whole_len <= bytes.len);

    /* Also what no head was found in: the parser must not rely on having been told where. */
    const size_t length = result == PEN_WIRE_DONE ? whole_len : bytes.len;
    char *exact = malloc(length > 0 ? length : 1);
    must(exact != NULL);
    if (length > 0) memcpy(exact, bytes.ptr, length);
    struct pen_wire_head head;
    struct pen_wire_refusal refusal = {0};
    if (parse((struct pen_str){exact, length}, response, &head, &refusal) == PEN_WIRE_DONE) {
        must(result == PEN_WIRE_DONE);
        check_accepted(&head, response);
    } else {
        must(refusal.code != NULL && refusal.status >= 400);
    }
    free(exact);
}

struct decoded {
    enum pen_wire_result result;
    struct pen_wire_refusal refusal;
    size_t consumed;
    char *body; /* as large as the input: data is a part of it */
    size_t body_len;
};

static void decode(struct pen_str in, size_t step, struct decoded *out)
{
    struct pen_wire_chunks chunks = {0};
    *out = (struct decoded){.result = PEN_WIRE_MORE, .body = malloc(in.len + 1)};
    must(out->body != NULL);
    while (out->consumed < in.len && out->result == PEN_WIRE_MORE) {
        struct pen_str data = {0};
        size_t consumed = 0;
        const struct pen_str piece = pen_str_slice(in, out->consumed, out->consumed + step);
        out->result = pen_wire_chunks_next(&chunks, piece, &consumed, &data, &out->refusal);
        must(consumed <= piece.len && data.len <= consumed);
        must(consumed > 0 || out->result != PEN_WIRE_MORE);
        if (data.len > 0) memcpy(out->body + out->body_len, data.ptr, data.len);
        out->body_len += data.len;
        out->consumed += consumed;
    }
}

static void read_chunks(struct pen_str bytes)
{
    struct decoded whole;
    struct decoded cut;
    decode(bytes, bytes.len, &whole);
    decode(bytes, 1, &cut);
    must(whole.result == cut.result && whole.consumed == cut.consumed);
    must(whole.refusal.code == cut.refusal.code && whole.body_len == cut.body_len);
    must(memcmp(whole.body, cut.body, whole.body_len) == 0);
    free(whole.body);
    free(cut.body);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0) return 0;

    const struct pen_str bytes = {(const char *)data + 1, size - 1};
    switch (data[0] % 3) {
    case 0:
        read_head(bytes, false);
        break;
    case 1:
        read_head(bytes, true);
        break;
    default:
        read_chunks(bytes);
        break;
    }
    return 0;
}
