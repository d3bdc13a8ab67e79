#include "tests/unit/wire_cases.h"

#define STATUS(line)    PEN_STR(line "\r\nContent-Length: 0\r\n\r\n")
#define WITH(lines)     PEN_STR("HTTP/1.1 200 OK\r\n" lines "\r\n")
#define OF(code, lines) PEN_STR("HTTP/1.1 " code " x\r\n" lines "\r\n")

static const struct wire_case rows[] = {
    {"the plain case", "9112 4", STATUS("HTTP/1.1 200 OK"), NULL},
    {"no phrase, but its space", "9112 4", STATUS("HTTP/1.1 200 "), NULL},
    {"a phrase of several words", "9112 4", STATUS("HTTP/1.1 404 not\there \xe9"), NULL},
    {"HTTP/1.0", "9112 2.3", STATUS("HTTP/1.0 200 OK"), NULL},
    {"an unknown status of a known class", "9110 15", STATUS("HTTP/1.1 599 x"), NULL},
    {"an interim answer", "9110 15.2", PEN_STR("HTTP/1.1 103 Early Hints\r\nLink: <a>\r\n\r\n"),
     NULL},
    {"100 Continue", "9110 15.2.1", PEN_STR("HTTP/1.1 100 Continue\r\n\r\n"), NULL},
    {"101 parses; the caller refuses it", "9110 15.2.2",
     PEN_STR("HTTP/1.1 101 x\r\nUpgrade: h2c\r\nConnection: upgrade\r\n\r\n"), NULL},
    {"no space behind the status", "9112 4", STATUS("HTTP/1.1 200"), "wire.status_line"},
    {"two digits", "9112 4", STATUS("HTTP/1.1 20 OK"), "wire.status_line"},
    {"four digits", "9112 4", STATUS("HTTP/1.1 2000 OK"), "wire.status_line"},
    {"status 099", "9110 15", STATUS("HTTP/1.1 099 OK"), "wire.status_line"},
    {"status 600", "9110 15", STATUS("HTTP/1.1 600 OK"), "wire.status_line"},
    {"status 000", "9110 15", STATUS("HTTP/1.1 000 OK"), "wire.status_line"},
    {"a sign", "9112 4", STATUS("HTTP/1.1 +20 OK"), "wire.status_line"},
    {"letters", "9112 4", STATUS("HTTP/1.1 2OO OK"), "wire.status_line"},
    {"two spaces", "9112 4", STATUS("HTTP/1.1  200 OK"), "wire.status_line"},
    {"HTAB for a space", "9112 4", STATUS("HTTP/1.1\t200 OK"), "wire.status_line"},
    {"no status", "9112 4", STATUS("HTTP/1.1 OK now"), "wire.status_line"},
    {"a space first", "9112 4", STATUS(" HTTP/1.1 200 OK"), "wire.status_line"},
    {"small letters", "9112 2.3", STATUS("http/1.1 200 OK"), "wire.status_line"},
    {"another protocol", "9112 2.3", STATUS("ICY 200 OK, really"), "wire.status_line"},
    {"HTTP/0.9: a body at once", "9112 3", PEN_STR("<html>hello</html>\r\n\r\n"),
     "wire.status_line"},
    {"version 2.0", "9112 2.3", STATUS("HTTP/2.0 200 OK"), "wire.version"},
    {"version 1.2", "9112 2.3", STATUS("HTTP/1.2 200 OK"), "wire.version"},
    {"a version of two digits", "9112 2.3", STATUS("HTTP/1.10 200 OK"), "wire.status_line"},
    {"an empty line before", "9112 2.2", PEN_STR("\r\nHTTP/1.1 200 OK\r\n\r\n"), "wire.empty_line"},
    {"an underscore in a name is a function's own matter", "9110 5.1", WITH("X_A: b\r\n"), NULL},
    {"several cookies", "6265 4.1", WITH("Set-Cookie: a=b\r\nSet-Cookie: c=d\r\n"), NULL},
    {"until the connection closes", "9112 6.3", WITH(""), NULL},
    {"a length", "9112 6.3", WITH("Content-Length: 5\r\n"), NULL},
    {"chunked", "9112 6.3", WITH("Transfer-Encoding: chunked\r\n"), NULL},
    {"two lengths", "9112 6.3", WITH("Content-Length: 5\r\nContent-Length: 6\r\n"),
     "wire.length_repeated"},
    {"two equal lengths", "9112 6.3", WITH("Content-Length: 5\r\nContent-Length: 5\r\n"),
     "wire.length_repeated"},
    {"a list of lengths", "9112 6.3", WITH("Content-Length: 5, 5\r\n"), "wire.length"},
    {"a negative length", "9110 8.6", WITH("Content-Length: -1\r\n"), "wire.length"},
    {"length and chunked", "9112 6.3", WITH("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n"),
     "wire.length_and_chunked"},
    {"a coding not asked for", "9112 6.1", WITH("Transfer-Encoding: gzip, chunked\r\n"),
     "wire.coding_unknown"},
    {"a coding until close", "9112 6.3", WITH("Transfer-Encoding: gzip\r\n"),
     "wire.coding_unknown"},
    {"chunked, then something", "9112 6.3", WITH("Transfer-Encoding: chunked, x\r\n"),
     "wire.coding"},
    {"chunked in two fields", "9112 6.1",
     WITH("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n"), "wire.coding_repeated"},
    {"chunked in HTTP/1.0", "9112 6.1",
     PEN_STR("HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"), "wire.coding_http10"},
    {"204 with a length", "9110 8.6", OF("204", "Content-Length: 5\r\n"), "wire.bodyless"},
    {"204 with a length of 0 says nothing", "9110 8.6", OF("204", "Content-Length: 0\r\n"), NULL},
    {"204 chunked", "9112 6.1", OF("204", "Transfer-Encoding: chunked\r\n"), "wire.bodyless"},
    {"100 with a length", "9110 8.6", OF("100", "Content-Length: 5\r\n"), "wire.bodyless"},
    {"103 chunked", "9112 6.1", OF("103", "Transfer-Encoding: chunked\r\n"), "wire.bodyless"},
    {"304 with the length it would have", "9110 8.6", OF("304", "Content-Length: 5\r\n"), NULL},
    {"304 chunked", "9112 6.1", OF("304", "Transfer-Encoding: chunked\r\n"), NULL},
    {"two Content-Type", "9110 8.3", WITH("Content-Type: a/b\r\nContent-Type: c/d\r\n"),
     "wire.field_repeated"},
    {"a fold", "9112 5.2", WITH("X-A: b\r\n c\r\n"), "wire.fold"},
    {"a space before the colon", "9112 5.1", WITH("X-A : b\r\n"), "wire.field_space"},
    {"an empty name", "9110 5.1", WITH(": b\r\n"), "wire.field_name"},
    {"no colon", "9112 5", WITH("X-A\r\n"), "wire.field_colon"},
    {"NUL", "9110 5.5", WITH("X-A: b\0c\r\n"), "wire.nul"},
    {"bare LF", "9112 2.2", PEN_STR("HTTP/1.1 200 OK\nX-A: b\n\n"), "wire.bare_lf"},
    {"bare CR", "9112 2.2", WITH("X-A: b\rc\r\n"), "wire.bare_cr"},
    {"a control byte in the phrase", "9112 4", STATUS("HTTP/1.1 200 O\x08K"), "wire.control"},
    {"an option that is no token", "9110 7.6.1", WITH("Connection: a/b\r\n"), "wire.connection"},
    {"Content-Type named hop-by-hop", "9110 7.6.1", WITH("Connection: content-type\r\n"),
     "wire.connection"},
};

static const struct pen_str get = PEN_STR("GET");
static const struct pen_str head = PEN_STR("HEAD");

static void accepts_and_refuses_as_the_rfc_says(void **state)
{
    (void)state;
    const struct pen_wire_limits limits = pen_wire_default_limits();
    for (size_t i = 0; i < PEN_COUNT_OF(rows); i++) {
        char *copy = wire_exact(rows[i].bytes);
        struct wire_reading reading;
        wire_read((struct pen_str){copy, rows[i].bytes.len}, rows[i].bytes.len, &get, &limits,
                  &reading);
        wire_check(&rows[i], &reading);
        if (reading.result == PEN_WIRE_REFUSED) assert_int_equal(reading.refusal.status, 502);
        free(copy);
    }
}

static void gives_the_same_answer_byte_by_byte(void **state)
{
    (void)state;
    const struct pen_wire_limits limits = pen_wire_default_limits();
    for (size_t i = 0; i < PEN_COUNT_OF(rows); i++) {
        struct wire_reading reading;
        wire_read(rows[i].bytes, 1, &get, &limits, &reading);
        wire_check(&rows[i], &reading);
    }
}

static void never_accepts_a_truncated_head(void **state)
{
    (void)state;
    const struct pen_wire_limits limits = pen_wire_default_limits();
    for (size_t i = 0; i < PEN_COUNT_OF(rows); i++) {
        for (size_t length = 0; length < rows[i].bytes.len; length++) {
            char *copy = wire_exact(pen_str_slice(rows[i].bytes, 0, length));
            struct wire_reading cut;
            wire_read((struct pen_str){copy, length}, 1, &get, &limits, &cut);
            if (cut.result == PEN_WIRE_DONE) fail_msg("%s: at %zu", rows[i].why, length);

            struct pen_wire_refusal refusal = {0};
            if (pen_wire_parse_response((struct pen_str){copy, length}, get, &limits, &cut.head,
                                        &refusal)
                != PEN_WIRE_REFUSED) {
                fail_msg("%s: parsed when cut at %zu", rows[i].why, length);
            }
            free(copy);
        }
    }
}

static void knows_where_the_body_ends(void **state)
{
    (void)state;
    const struct {
        const char *why;
        const struct pen_str *method;
        struct pen_str bytes;
        enum pen_wire_framing framing;
        bool keep_alive;
    } cases[] = {
        {"a length", &get, WITH("Content-Length: 5\r\n"), PEN_FRAMING_LENGTH, true},
        {"chunked", &get, WITH("Transfer-Encoding: chunked\r\n"), PEN_FRAMING_CHUNKED, true},
        {"neither", &get, WITH(""), PEN_FRAMING_CLOSE, false},
        {"neither, though keep-alive", &get, WITH("Connection: keep-alive\r\n"), PEN_FRAMING_CLOSE,
         false},
        {"to HEAD with a length", &head, WITH("Content-Length: 5\r\n"), PEN_FRAMING_NONE, true},
        {"to HEAD, chunked", &head, WITH("Transfer-Encoding: chunked\r\n"), PEN_FRAMING_NONE, true},
        {"to HEAD, neither", &head, WITH(""), PEN_FRAMING_NONE, true},
        {"204", &get, OF("204", ""), PEN_FRAMING_NONE, true},
        {"304 with a length", &get, OF("304", "Content-Length: 5\r\n"), PEN_FRAMING_NONE, true},
        {"100", &get, OF("100", ""), PEN_FRAMING_NONE, true},
        {"close", &get, WITH("Content-Length: 5\r\nConnection: close\r\n"), PEN_FRAMING_LENGTH,
         false},
        {"HTTP/1.0", &get, PEN_STR("HTTP/1.0 200 OK\r\nContent-Length: 5\r\n\r\n"),
         PEN_FRAMING_LENGTH, false},
    };
    const struct pen_wire_limits limits = pen_wire_default_limits();
    for (size_t i = 0; i < PEN_COUNT_OF(cases); i++) {
        struct wire_reading reading;
        wire_read(cases[i].bytes, 1, cases[i].method, &limits, &reading);
        if (reading.result != PEN_WIRE_DONE || reading.head.framing != cases[i].framing
            || reading.head.keep_alive != cases[i].keep_alive) {
            fail_msg("%s", cases[i].why);
        }
    }
}

static void keeps_the_informative_length(void **state)
{
    (void)state;
    const struct pen_wire_limits limits = pen_wire_default_limits();
    struct wire_reading reading;
    wire_read(PEN_S("HTTP/1.1 200 OK\r\nContent-Length: 512\r\n\r\n"), 500, &head, &limits,
              &reading);
    assert_int_equal(reading.result, PEN_WIRE_DONE);
    assert_int_equal(reading.head.status, 200);
    assert_int_equal(reading.head.content_length, 512);
    assert_int_equal(reading.head.target.len, 0);
}

static void refuses_a_head_without_end(void **state)
{
    (void)state;
    struct pen_wire_limits limits = pen_wire_default_limits();
    limits.head_bytes = 64;
    struct wire_reading reading;
    wire_read(PEN_S("HTTP/1.1 200 OK, and a phrase that does not stop where it should have "
                    "stopped long ago"),
              7, &get, &limits, &reading);
    assert_int_equal(reading.result, PEN_WIRE_REFUSED);
    assert_string_equal(reading.refusal.code, "wire.head_size");
    assert_int_equal(reading.refusal.status, 502);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(accepts_and_refuses_as_the_rfc_says),
        cmocka_unit_test(gives_the_same_answer_byte_by_byte),
        cmocka_unit_test(never_accepts_a_truncated_head),
        cmocka_unit_test(knows_where_the_body_ends),
        cmocka_unit_test(keeps_the_informative_length),
        cmocka_unit_test(refuses_a_head_without_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
