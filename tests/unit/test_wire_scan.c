#include "tests/unit/wire_cases.h"

#include <stdio.h>

#include "gateway/wire/internal.h"

static const char alphanumeric[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

static bool in(const char *set, int c)
{
    return c != 0 && c < 0x80 && strchr(set, c) != NULL;
}

/* Each bit of the table once more, from the words of the grammar. */
static void has_a_table_that_follows_the_grammars(void **state)
{
    (void)state;
    for (int c = 0; c < 256; c++) {
        const bool unreserved = in(alphanumeric, c) || in("-._~", c);
        const bool pchar = unreserved || in("!$&'()*+,;=", c) || in(":@", c);
        const bool value = c == '\t' || (c >= 0x20 && c <= 0x7e) || c >= 0x80;
        const struct {
            enum pen_wire_byte bit;
            bool expected;
        } bits[] = {
            {PEN_BYTE_TOKEN, in(alphanumeric, c) || in("!#$%&'*+-.^_`|~", c)},
            {PEN_BYTE_SEGMENT, pchar},
            {PEN_BYTE_QUERY, pchar || in("/?[]{}|^`", c)},
            {PEN_BYTE_VALUE, value},
            {PEN_BYTE_HOST, unreserved},
            {PEN_BYTE_UNDERSCORE, c == '_'},
            {PEN_BYTE_QUOTED, value && c != '"' && c != '\\'},
        };
        for (size_t i = 0; i < PEN_COUNT_OF(bits); i++) {
            if (pen_wire_byte_is((char)c, bits[i].bit) != bits[i].expected) {
                fail_msg("byte %02x, bit %d", (unsigned)c, bits[i].bit);
            }
        }
    }
}

/* Every control byte at every place of a line as long as several blocks, and every offset. */
static void finds_the_first_control_byte_at_any_place(void **state)
{
    (void)state;
    char line[70];
    for (size_t at = 0; at < sizeof(line); at++) {
        for (int c = 0; c < 256; c++) {
            for (size_t i = 0; i < sizeof(line); i++) {
                line[i] = (char)(i % 5 == 0 ? '\t' : i % 5 == 1 ? 0xff : i % 5 == 2 ? 0x80 : '~');
            }
            line[at] = (char)c;
            const bool control = (c < 0x20 && c != '\t') || c == 0x7f;
            const size_t from = at % 7;
            const struct pen_str text = {line + from, sizeof(line) - from};
            const size_t expected = control ? at - from : text.len;
            if (pen_wire_line_length(text) != expected) fail_msg("%02x at %zu", (unsigned)c, at);
        }
    }
}

static void names_a_control_byte(void **state)
{
    (void)state;
    assert_int_equal(pen_wire_control_reason('\0'), PEN_REASON_NUL);
    assert_int_equal(pen_wire_control_reason('\n'), PEN_REASON_BARE_LF);
    assert_int_equal(pen_wire_control_reason('\r'), PEN_REASON_BARE_CR);
    assert_int_equal(pen_wire_control_reason('\x1b'), PEN_REASON_CONTROL);
}

static void leaves_what_follows_the_head(void **state)
{
    (void)state;
    const struct {
        const char *why;
        bool response;
        struct pen_str head;
        struct pen_str after;
    } rows[] = {
        {"a body", false, PEN_STR("POST / HTTP/1.1\r\nA: b\r\n\r\n"), PEN_STR("\0\x01{}\n")},
        {"another request", false, PEN_STR("GET / HTTP/1.1\r\n\r\n"),
         PEN_STR("GET / HTTP/1.1\r\n")},
        {"with an empty line before", false, PEN_STR("\r\nGET / HTTP/1.1\r\n\r\n"),
         PEN_STR("\r\n")},
        {"of an answer", true, PEN_STR("HTTP/1.1 200 OK\r\nA: b\r\n\r\n"), PEN_STR("\r\n\r\n")},
        {"nothing", true, PEN_STR("HTTP/1.1 200 OK\r\n\r\n"), PEN_STR("")},
    };
    const struct pen_wire_limits limits = pen_wire_default_limits();
    for (size_t i = 0; i < PEN_COUNT_OF(rows); i++) {
        char bytes[200];
        struct pen_buf buf = pen_buf_over(bytes, sizeof(bytes));
        pen_buf_put(&buf, rows[i].head);
        pen_buf_put(&buf, rows[i].after);
        struct pen_wire_scan scan = {0};
        struct pen_wire_refusal refusal;
        size_t head_len = 0;
        const enum pen_wire_result result = pen_wire_find_end(
            &scan, pen_buf_str(&buf), &limits, rows[i].response, &head_len, &refusal);
        if (result != PEN_WIRE_DONE || head_len != rows[i].head.len) fail_msg("%s", rows[i].why);
        /* It is ready for the next head at once. */
        assert_int_equal(scan.at, 0);
        assert_int_equal(scan.state, 0);
        assert_int_equal(scan.lines, 0);
    }
}

static void refuses_at_the_byte_that_nothing_can_mend(void **state)
{
    (void)state;
    const struct {
        const char *why;
        struct pen_str bytes; /* its last byte is the one */
        const char *code;
    } rows[] = {
        {"NUL in the method", PEN_STR("G\0"), "wire.nul"},
        {"bare LF", PEN_STR("GET / HTTP/1.1\n"), "wire.bare_lf"},
        {"bare CR", PEN_STR("GET / HTTP/1.1\rH"), "wire.bare_cr"},
        {"CR before an empty line", PEN_STR("\rG"), "wire.bare_cr"},
        {"a fold", PEN_STR("GET / HTTP/1.1\r\nA: b\r\n "), "wire.fold"},
        {"a second empty line", PEN_STR("\r\n\r"), "wire.empty_line"},
        {"DEL", PEN_STR("GET /\x7f"), "wire.control"},
        {"CR at the end of all", PEN_STR("GET / HTTP/1.1\r\nA: b\r\n\r\r"), "wire.bare_cr"},
    };
    const struct pen_wire_limits limits = pen_wire_default_limits();
    for (size_t i = 0; i < PEN_COUNT_OF(rows); i++) {
        struct pen_wire_scan scan = {0};
        struct pen_wire_refusal refusal = {0};
        size_t head_len = 0;
        for (size_t length = 1; length <= rows[i].bytes.len; length++) {
            const enum pen_wire_result result =
                pen_wire_find_end(&scan, pen_str_slice(rows[i].bytes, 0, length), &limits, false,
                                  &head_len, &refusal);
            const bool last = length == rows[i].bytes.len;
            if (result != (last ? PEN_WIRE_REFUSED : PEN_WIRE_MORE)) {
                fail_msg("%s: after %zu bytes", rows[i].why, length);
            }
        }
        assert_string_equal(refusal.code, rows[i].code);
    }
}

static void recognises_the_fields_it_knows(void **state)
{
    (void)state;
    const struct {
        struct pen_str name;
        enum pen_wire_id id;
    } rows[] = {
        {PEN_STR("Authorization"), PEN_FIELD_AUTHORIZATION},
        {PEN_STR("CONNECTION"), PEN_FIELD_CONNECTION},
        {PEN_STR("Content-Encoding"), PEN_FIELD_CONTENT_ENCODING},
        {PEN_STR("content-length"), PEN_FIELD_CONTENT_LENGTH},
        {PEN_STR("Content-Type"), PEN_FIELD_CONTENT_TYPE},
        {PEN_STR("Date"), PEN_FIELD_DATE},
        {PEN_STR("expect"), PEN_FIELD_EXPECT},
        {PEN_STR("Forwarded"), PEN_FIELD_FORWARDED},
        {PEN_STR("hOsT"), PEN_FIELD_HOST},
        {PEN_STR("Keep-Alive"), PEN_FIELD_KEEP_ALIVE},
        {PEN_STR("Proxy-Authenticate"), PEN_FIELD_PROXY_AUTHENTICATE},
        {PEN_STR("Proxy-Authorization"), PEN_FIELD_PROXY_AUTHORIZATION},
        {PEN_STR("Proxy-Connection"), PEN_FIELD_PROXY_CONNECTION},
        {PEN_STR("Proxy-Status"), PEN_FIELD_PROXY_STATUS},
        {PEN_STR("Server"), PEN_FIELD_SERVER},
        {PEN_STR("TE"), PEN_FIELD_TE},
        {PEN_STR("traceparent"), PEN_FIELD_TRACEPARENT},
        {PEN_STR("tracestate"), PEN_FIELD_TRACESTATE},
        {PEN_STR("Trailer"), PEN_FIELD_TRAILER},
        {PEN_STR("Transfer-Encoding"), PEN_FIELD_TRANSFER_ENCODING},
        {PEN_STR("Upgrade"), PEN_FIELD_UPGRADE},
        {PEN_STR("Via"), PEN_FIELD_VIA},
        {PEN_STR("X-Call-Id"), PEN_FIELD_X_CALL_ID},
        {PEN_STR("X-Forwarded-For"), PEN_FIELD_X_FORWARDED},
        {PEN_STR("x-forwarded-anything"), PEN_FIELD_X_FORWARDED},
        {PEN_STR("X-Forwarded"), PEN_FIELD_X_FORWARDED},
        {PEN_STR("X-Request-ID"), PEN_FIELD_X_REQUEST_ID},
        {PEN_STR("X-Forwarde"), PEN_FIELD_OTHER},
        {PEN_STR("Content-Lengt~"), PEN_FIELD_OTHER},
        {PEN_STR("Content-Lengthy"), PEN_FIELD_OTHER},
        {PEN_STR("h"), PEN_FIELD_OTHER},
        {PEN_STR("Hose"), PEN_FIELD_OTHER},
        {PEN_STR("X-Request-Ip"), PEN_FIELD_OTHER},
        {PEN_STR(""), PEN_FIELD_OTHER},
    };
    for (size_t i = 0; i < PEN_COUNT_OF(rows); i++) {
        if (pen_wire_identify(rows[i].name) != rows[i].id) {
            fail_msg("%.*s", PEN_STR_ARGS(rows[i].name));
        }
    }
}

static void reads_lists(void **state)
{
    (void)state;
    const struct {
        const char *value;
        const char *token;
        bool named;
    } rows[] = {
        {"close", "Close", true},        {"a, close", "close", true},
        {" ,,close\t,", "close", true},  {"closed", "close", false},
        {"a close", "close", false},     {"", "close", false},
        {"keep-alive,x", "keep", false}, {"x,keep-alive", "keep-alive", true},
    };
    for (size_t i = 0; i < PEN_COUNT_OF(rows); i++) {
        const bool named =
            pen_wire_list_names(pen_str_from_c(rows[i].value), pen_str_from_c(rows[i].token));
        if (named != rows[i].named) fail_msg("\"%s\" and %s", rows[i].value, rows[i].token);
    }
}

static void tells_tokens_and_values(void **state)
{
    (void)state;
    const struct {
        struct pen_str text;
        bool token;
        bool value;
    } rows[] = {
        {PEN_STR("a-b_c"), true, true},  {PEN_STR(""), false, true},
        {PEN_STR("a b"), false, true},   {PEN_STR(" a"), false, false},
        {PEN_STR("a\t"), false, false},  {PEN_STR("a\tb"), false, true},
        {PEN_STR("a\r"), false, false},  {PEN_STR("a\nb"), false, false},
        {PEN_STR("a\0"), false, false},  {PEN_STR("caf\xe9"), false, true},
        {PEN_STR("\x7f"), false, false}, {PEN_STR("a:b"), false, true},
    };
    for (size_t i = 0; i < PEN_COUNT_OF(rows); i++) {
        if (pen_wire_is_token(rows[i].text) != rows[i].token
            || pen_wire_is_value(rows[i].text) != rows[i].value) {
            fail_msg("row %zu", i);
        }
    }
}

/* docs/wire.md is what an operator looks a code up in: it must know each with its status. */
static void documents_every_refusal(void **state)
{
    (void)state;
    FILE *file = fopen(PEN_SOURCE_DIR "/docs/wire.md", "rb");
    assert_non_null(file);
    char text[32768];
    const size_t length = fread(text, 1, sizeof(text), file);
    assert_int_equal(fclose(file), 0);
    assert_in_range(length, 1, sizeof(text) - 1);

    const struct {
        const char *code;
        int status;
    } refusals[] = {
#define PEN_WIRE_REASON(name, text, number) {(text), (number)},
#include "gateway/wire/refusals.def"
#undef PEN_WIRE_REASON
    };
    for (size_t i = 0; i < PEN_COUNT_OF(refusals); i++) {
        char row[80];
        struct pen_buf buf = pen_buf_over(row, sizeof(row));
        pen_buf_format(&buf, "\n| `%s` | %d |", refusals[i].code, refusals[i].status);
        assert_false(buf.full);
        if (pen_str_find_str((struct pen_str){text, length}, pen_buf_str(&buf)) == length) {
            fail_msg("not in docs/wire.md: %s, %d", refusals[i].code, refusals[i].status);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(has_a_table_that_follows_the_grammars),
        cmocka_unit_test(finds_the_first_control_byte_at_any_place),
        cmocka_unit_test(names_a_control_byte),
        cmocka_unit_test(leaves_what_follows_the_head),
        cmocka_unit_test(refuses_at_the_byte_that_nothing_can_mend),
        cmocka_unit_test(recognises_the_fields_it_knows),
        cmocka_unit_test(reads_lists),
        cmocka_unit_test(tells_tokens_and_values),
        cmocka_unit_test(documents_every_refusal),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
