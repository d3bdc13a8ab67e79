#include "tests/unit/wire_cases.h"

#define X16  "0123456789abcdef"
#define X64  X16 X16 X16 X16
#define X256 X64 X64 X64 X64

static const struct {
    struct wire_case row;
    struct pen_str body; /* when accepted */
} cases[] = {
    {{"one chunk", "9112 7.1", PEN_STR("5\r\nhello\r\n0\r\n\r\n"), NULL}, PEN_STR("hello")},
    {{"two chunks", "9112 7.1", PEN_STR("5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n"), NULL},
     PEN_STR("hello world")},
    {{"an empty body", "9112 7.1", PEN_STR("0\r\n\r\n"), NULL}, PEN_STR("")},
    {{"hexadecimal", "9112 7.1", PEN_STR("0A\r\n0123456789\r\n0\r\n\r\n"), NULL},
     PEN_STR("0123456789")},
    {{"small letters", "9112 7.1", PEN_STR("a\r\n0123456789\r\n0\r\n\r\n"), NULL},
     PEN_STR("0123456789")},
    {{"several zeros end it", "9112 7.1", PEN_STR("000\r\n\r\n"), NULL}, PEN_STR("")},
    {{"sixteen digits", "9112 7.1", PEN_STR("0000000000000001\r\nx\r\n0\r\n\r\n"), NULL},
     PEN_STR("x")},
    {{"line ends are data within", "9112 7.1", PEN_STR("6\r\n\r\n0\r\n\r\r\n0\r\n\r\n"), NULL},
     PEN_STR("\r\n0\r\n\r")},
    {{"NUL is data within", "9112 7.1", PEN_STR("3\r\na\0b\r\n0\r\n\r\n"), NULL}, PEN_STR("a\0b")},
    {{"an extension", "9112 7.1.1", PEN_STR("1;a\r\nx\r\n0\r\n\r\n"), NULL}, PEN_STR("x")},
    {{"with a value", "9112 7.1.1", PEN_STR("1;a=b\r\nx\r\n0\r\n\r\n"), NULL}, PEN_STR("x")},
    {{"in quotes", "9112 7.1.1", PEN_STR("1;a=\"b;\\\"c\\\\\"\r\nx\r\n0\r\n\r\n"), NULL},
     PEN_STR("x")},
    {{"several", "9112 7.1.1", PEN_STR("1;a;b=c;d=\"\"\r\nx\r\n0;e\r\n\r\n"), NULL}, PEN_STR("x")},
    {{"256 bytes of extensions", "limits",
      PEN_STR("1;" X64 X64 X64 X16 X16 X16 "0123456789abcde"
              "\r\nx\r\n0\r\n\r\n"),
      NULL},
     PEN_STR("x")},
    {{"a trailer", "9112 7.1.2", PEN_STR("1\r\nx\r\n0\r\nDigest: abc\r\n\r\n"), NULL},
     PEN_STR("x")},
    {{"two trailers", "9112 7.1.2", PEN_STR("0\r\nX-A: b\r\nDate:\r\n\r\n"), NULL}, PEN_STR("")},
    {{"a long name", "9112 7.1.2", PEN_STR("0\r\nTransfer-Encoding-Of-Something-Else: 1\r\n\r\n"),
      NULL},
     PEN_STR("")},

    {{"no size", "9112 7.1", PEN_STR("\r\n"), "wire.bare_cr"}, PEN_STR("")},
    {{"an extension without size", "9112 7.1", PEN_STR(";a\r\n"), "wire.chunk_size"}, PEN_STR("")},
    {{"a plus sign", "9112 7.1", PEN_STR("+5\r\n"), "wire.chunk_size"}, PEN_STR("")},
    {{"a minus sign", "9112 7.1", PEN_STR("-5\r\n"), "wire.chunk_size"}, PEN_STR("")},
    {{"a prefix", "9112 7.1", PEN_STR("0x5\r\n"), "wire.chunk_size"}, PEN_STR("")},
    {{"a foreign letter", "9112 7.1", PEN_STR("5g\r\n"), "wire.chunk_size"}, PEN_STR("")},
    {{"an underscore", "9112 7.1", PEN_STR("1_0\r\n"), "wire.chunk_size"}, PEN_STR("")},
    {{"a space before", "9112 7.1", PEN_STR(" 5\r\n"), "wire.chunk_size"}, PEN_STR("")},
    {{"a space behind", "9112 7.1", PEN_STR("5 \r\n"), "wire.chunk_size"}, PEN_STR("")},
    {{"HTAB behind", "9112 7.1", PEN_STR("5\t\r\n"), "wire.chunk_size"}, PEN_STR("")},
    {{"a space before the extension", "9112 7.1.1", PEN_STR("5 ;a\r\n"), "wire.chunk_size"},
     PEN_STR("")},
    {{"beyond 63 bits", "9112 7.1", PEN_STR("8000000000000000\r\n"), "wire.chunk_size"},
     PEN_STR("")},
    {{"beyond 64 bits", "9112 7.1", PEN_STR("10000000000000005\r\n"), "wire.chunk_size"},
     PEN_STR("")},
    {{"seventeen digits", "limits", PEN_STR("00000000000000001\r\n"), "wire.chunk_size"},
     PEN_STR("")},
    {{"NUL in the size", "9112 7.1", PEN_STR("5\0\r\n"), "wire.nul"}, PEN_STR("")},
    {{"bare LF behind the size", "9112 2.2", PEN_STR("5\nhello\r\n"), "wire.bare_lf"}, PEN_STR("")},
    {{"bare CR behind the size", "9112 2.2", PEN_STR("5\rhello\r\n"), "wire.bare_cr"}, PEN_STR("")},
    {{"two CR behind the size", "9112 2.2", PEN_STR("5\r\r\nhello"), "wire.bare_cr"}, PEN_STR("")},
    {{"data longer than the size", "9112 7.1", PEN_STR("4\r\nhello\r\n0\r\n\r\n"),
      "wire.chunk_end"},
     PEN_STR("")},
    {{"data shorter than the size", "9112 7.1", PEN_STR("6\r\nhello\r\n0\r\n\r\n"),
      "wire.chunk_end"},
     PEN_STR("")},
    {{"LF behind the data", "9112 7.1", PEN_STR("5\r\nhello\n0\r\n\r\n"), "wire.chunk_end"},
     PEN_STR("")},
    {{"CR alone behind the data", "9112 7.1", PEN_STR("5\r\nhello\r0\r\n\r\n"), "wire.chunk_end"},
     PEN_STR("")},
    {{"nothing behind the data", "9112 7.1", PEN_STR("5\r\nhello0\r\n\r\n"), "wire.chunk_end"},
     PEN_STR("")},
    {{"an empty line between chunks", "9112 7.1", PEN_STR("1\r\nx\r\n\r\n0\r\n\r\n"),
      "wire.bare_cr"},
     PEN_STR("")},

    {{"an empty extension", "9112 7.1.1", PEN_STR("1;\r\n"), "wire.bare_cr"}, PEN_STR("")},
    {{"two semicolons", "9112 7.1.1", PEN_STR("1;;a\r\n"), "wire.chunk_extension"}, PEN_STR("")},
    {{"a value without name", "9112 7.1.1", PEN_STR("1;=b\r\n"), "wire.chunk_extension"},
     PEN_STR("")},
    {{"an empty value", "9112 7.1.1", PEN_STR("1;a=;b\r\n"), "wire.chunk_extension"}, PEN_STR("")},
    {{"two equal signs", "9112 7.1.1", PEN_STR("1;a=b=c\r\n"), "wire.chunk_extension"},
     PEN_STR("")},
    {{"a space behind the semicolon", "9112 7.1.1", PEN_STR("1; a\r\n"), "wire.chunk_extension"},
     PEN_STR("")},
    {{"text behind the quotes", "9112 7.1.1", PEN_STR("1;a=\"b\"c\r\n"), "wire.chunk_extension"},
     PEN_STR("")},
    {{"a quote within a token", "9112 7.1.1", PEN_STR("1;a=b\"c\"\r\n"), "wire.chunk_extension"},
     PEN_STR("")},
    {{"a high byte in the name", "9112 7.1.1", PEN_STR("1;\xe9\r\n"), "wire.chunk_extension"},
     PEN_STR("")},
    {{"bare LF in the extension", "9112 7.1.1", PEN_STR("1;a\nx\r\n"), "wire.bare_lf"},
     PEN_STR("")},
    {{"bare LF within quotes", "9112 7.1.1", PEN_STR("1;a=\"\n\"\r\n"), "wire.bare_lf"},
     PEN_STR("")},
    {{"CRLF within quotes", "9112 7.1.1", PEN_STR("1;a=\"\r\n\"\r\n"), "wire.bare_cr"},
     PEN_STR("")},
    {{"an escaped LF", "9110 5.6.4", PEN_STR("1;a=\"\\\n\"\r\n"), "wire.bare_lf"}, PEN_STR("")},
    {{"NUL within quotes", "9110 5.6.4", PEN_STR("1;a=\"\0\"\r\n"), "wire.nul"}, PEN_STR("")},
    {{"DEL in the extension", "9112 7.1.1", PEN_STR("1;a\x7f\r\n"), "wire.control"}, PEN_STR("")},
    {{"257 bytes of extensions", "9112 7.1.1", PEN_STR("1;" X256 "0\r\n"),
      "wire.chunk_extension_size"},
     PEN_STR("")},
    {{"many small extensions", "9112 7.1.1",
      PEN_STR("1;" X64 X64 X64 "\r\nx\r\n1;" X64 X64 X64 "\r\nx\r\n1;" X64 X64 X64
              "\r\nx\r\n1;" X64 X64 X64 "\r\nx\r\n1;" X64 X64 X64 "\r\nx\r\n1;" X64 X64 "\r\n"),
      "wire.chunk_extension_size"},
     PEN_STR("")},

    {{"a trailer without colon", "9112 5", PEN_STR("0\r\nX-A\r\n\r\n"), "wire.bare_cr"},
     PEN_STR("")},
    {{"a trailer without name", "9110 5.1", PEN_STR("0\r\n: a\r\n\r\n"), "wire.trailer"},
     PEN_STR("")},
    {{"a space before the colon", "9112 5.1", PEN_STR("0\r\nX-A : b\r\n\r\n"), "wire.trailer"},
     PEN_STR("")},
    {{"a slash in the name", "9110 5.1", PEN_STR("0\r\nX/A: b\r\n\r\n"), "wire.trailer"},
     PEN_STR("")},
    {{"a folded trailer", "9112 5.2", PEN_STR("0\r\nX-A: b\r\n c\r\n\r\n"), "wire.fold"},
     PEN_STR("")},
    {{"a space first", "9112 5.2", PEN_STR("0\r\n X-A: b\r\n\r\n"), "wire.fold"}, PEN_STR("")},
    {{"NUL in a trailer", "9110 5.5", PEN_STR("0\r\nX-A: \0\r\n\r\n"), "wire.nul"}, PEN_STR("")},
    {{"NUL first", "9110 5.5", PEN_STR("0\r\n\0X-A: b\r\n\r\n"), "wire.nul"}, PEN_STR("")},
    {{"bare LF in a trailer", "9112 2.2", PEN_STR("0\r\nX-A: b\nX-B: c\r\n\r\n"), "wire.bare_lf"},
     PEN_STR("")},
    {{"bare CR in a trailer", "9112 2.2", PEN_STR("0\r\nX-A: b\rc\r\n\r\n"), "wire.bare_cr"},
     PEN_STR("")},
    {{"bare LF at the end", "9112 2.2", PEN_STR("0\r\n\n"), "wire.bare_lf"}, PEN_STR("")},
    {{"bare CR at the end", "9112 2.2", PEN_STR("0\r\n\rG"), "wire.bare_cr"}, PEN_STR("")},
    {{"a request instead of the end", "9112 7.1.2", PEN_STR("0\r\nGET / HTTP/1.1\r\n"),
      "wire.trailer"},
     PEN_STR("")},
    {{"a late length", "9110 6.5.1", PEN_STR("0\r\nContent-Length: 5\r\n\r\n"),
      "wire.trailer_field"},
     PEN_STR("")},
    {{"a late coding", "9110 6.5.1", PEN_STR("0\r\ntransfer-ENCODING: chunked\r\n\r\n"),
      "wire.trailer_field"},
     PEN_STR("")},
    {{"a late host", "9110 6.5.1", PEN_STR("0\r\nHost: b\r\n\r\n"), "wire.trailer_field"},
     PEN_STR("")},
    {{"late credentials", "9110 6.5.1", PEN_STR("0\r\nAuthorization: x\r\n\r\n"),
      "wire.trailer_field"},
     PEN_STR("")},
    {{"a late cookie", "9110 6.5.1", PEN_STR("0\r\nCookie: a=b\r\n\r\n"), "wire.trailer_field"},
     PEN_STR("")},
    {{"a cookie set late", "9110 6.5.1", PEN_STR("0\r\nSet-Cookie: a=b\r\n\r\n"),
      "wire.trailer_field"},
     PEN_STR("")},
    {{"a late type", "9110 6.5.1", PEN_STR("0\r\nContent-Type: a/b\r\n\r\n"), "wire.trailer_field"},
     PEN_STR("")},
    {{"a late origin", "9110 6.5.1", PEN_STR("0\r\nX-Forwarded-For-Some-Reason: ::1\r\n\r\n"),
      "wire.trailer_field"},
     PEN_STR("")},
    {{"seventeen trailers", "limits",
      PEN_STR("0\r\na:\r\na:\r\na:\r\na:\r\na:\r\na:\r\na:\r\na:\r\na:\r\na:\r\na:\r\na:\r\na:\r\n"
              "a:\r\na:\r\na:\r\na:\r\n\r\n"),
      "wire.trailer_size"},
     PEN_STR("")},
};

struct decoded {
    enum pen_wire_result result;
    struct pen_wire_refusal refusal;
    size_t consumed;
    char body[8192];
    size_t body_len;
};

/* Feed pieces of `step` bytes, each from memory of its own. */
static void decode(struct pen_str in, size_t step, struct decoded *out)
{
    struct pen_wire_chunks chunks = {0};
    *out = (struct decoded){.result = PEN_WIRE_MORE};
    while (out->consumed < in.len && out->result == PEN_WIRE_MORE) {
        const struct pen_str piece = pen_str_slice(in, out->consumed, out->consumed + step);
        char *copy = wire_exact(piece);
        for (size_t at = 0; at < piece.len && out->result == PEN_WIRE_MORE;) {
            struct pen_str data = {0};
            size_t consumed = 0;
            const struct pen_str rest = {copy + at, piece.len - at};
            out->result = pen_wire_chunks_next(&chunks, rest, &consumed, &data, &out->refusal);
            assert_true(consumed <= rest.len && data.len <= consumed);
            assert_true(consumed > 0 || out->result != PEN_WIRE_MORE);
            assert_true(out->body_len + data.len <= sizeof(out->body));
            if (data.len > 0) memcpy(out->body + out->body_len, data.ptr, data.len);
            out->body_len += data.len;
            out->consumed += consumed;
            at += consumed;
        }
        free(copy);
    }
}

static void check(size_t i, size_t step)
{
    const struct wire_case *row = &cases[i].row;
    struct decoded got;
    decode(row->bytes, step, &got);
    const struct wire_reading reading = {.result = got.result, .refusal = got.refusal};
    wire_check(row, &reading);
    if (row->code != NULL) return;

    if (!pen_str_equal((struct pen_str){got.body, got.body_len}, cases[i].body)) {
        fail_msg("%s: another body", row->why);
    }
    assert_int_equal(got.consumed, row->bytes.len);
}

static void accepts_and_refuses_as_the_rfc_says(void **state)
{
    (void)state;
    for (size_t i = 0; i < PEN_COUNT_OF(cases); i++) {
        check(i, cases[i].row.bytes.len);
    }
}

static void gives_the_same_answer_in_pieces(void **state)
{
    (void)state;
    for (size_t step = 1; step < 8; step++) {
        for (size_t i = 0; i < PEN_COUNT_OF(cases); i++) {
            check(i, step);
        }
    }
}

static void asks_for_more_when_truncated(void **state)
{
    (void)state;
    for (size_t i = 0; i < PEN_COUNT_OF(cases); i++) {
        const struct wire_case *row = &cases[i].row;
        for (size_t length = 0; length < row->bytes.len; length++) {
            struct decoded got;
            decode(pen_str_slice(row->bytes, 0, length), row->bytes.len, &got);
            if (got.result == PEN_WIRE_DONE) fail_msg("%s: done at %zu", row->why, length);
            if (row->code == NULL) assert_int_equal(got.result, PEN_WIRE_MORE);
        }
    }
}

static void stops_where_the_next_message_begins(void **state)
{
    (void)state;
    const struct pen_str body = PEN_STR("1\r\nx\r\n0\r\n\r\n");
    const struct pen_str both = PEN_STR("1\r\nx\r\n0\r\n\r\nGET / HTTP/1.1\r\n");
    struct decoded got;
    decode(both, both.len, &got);
    assert_int_equal(got.result, PEN_WIRE_DONE);
    assert_int_equal(got.consumed, body.len);
}

static void bounds_the_trailer_section(void **state)
{
    (void)state;
    char bytes[5000];
    struct pen_buf buf = pen_buf_over(bytes, sizeof(bytes));
    pen_buf_put(&buf, PEN_S("0\r\nX-A: "));
    while (buf.len < 4600) {
        pen_buf_byte(&buf, 'x');
    }
    struct decoded got;
    decode(pen_buf_str(&buf), sizeof(bytes), &got);
    assert_int_equal(got.result, PEN_WIRE_REFUSED);
    assert_string_equal(got.refusal.code, "wire.trailer_size");
    assert_int_equal(got.refusal.status, 431);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(accepts_and_refuses_as_the_rfc_says),
        cmocka_unit_test(gives_the_same_answer_in_pieces),
        cmocka_unit_test(asks_for_more_when_truncated),
        cmocka_unit_test(stops_where_the_next_message_begins),
        cmocka_unit_test(bounds_the_trailer_section),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
