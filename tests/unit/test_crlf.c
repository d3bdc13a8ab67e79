/** Line breaks that begin fields, and lines that are only lines. */
#include "tests/unit/filter_alone.h"

static void blocks_breaks_that_were_hidden(void **state)
{
    (void)state;
    static const struct filter_row rows[] = {
        {"encoded", PEN_STR("%0d%0aLocation:%20https://evil.example/")},
        {"in a URL", PEN_STR("https://a.example/?l=en%0d%0aSet-Cookie:%20a=b")},
        {"a whole answer", PEN_STR("x%0d%0a%0d%0aHTTP/1.1 200 OK")},
        {"LF alone", PEN_STR("x%0aContent-Type: text/html")},
        {"high bytes", PEN_STR("%E5%98%8A%E5%98%8DSet-Cookie:x=1")},
        {"raw high bytes", PEN_STR("x\xe5\x98\x8a\xe5\x98\x8dLocation: y")},
        {"a record", PEN_STR("guest%0a2026-03-02 10:00:00 INFO login of admin")},
        {"a level", PEN_STR("guest%0d%0aINFO: login of admin succeeded")},
        {"an access", PEN_STR("x%0a127.0.0.1 - - [02/Mar/2026:10:00:00 +0000] \"GET / HTTP/1.1\"")},
        {"syslog", PEN_STR("x%0aMar  2 10:00:00 host sshd[1]: Accepted password for root")},
        {"twice", PEN_STR("%250d%250aLocation: x")},
        {"X- field", PEN_STR("%0d%0aX-Forwarded-Host: evil.example")},
        {"a request", PEN_STR("%0d%0a%0d%0aGET%20/admin%20HTTP/1.1")},
        {"letters of two bytes", PEN_STR("x%c4%8d%c4%8aSet-Cookie:%20a=b")},
        {"a policy", PEN_STR("x%0AStrict-Transport-Security: max-age=0")},
    };
    filter_case_blocks(&it, "crlf", rows, PEN_COUNT_OF(rows));
}

static void blocks_fields_behind_a_value_of_one_word(void **state)
{
    (void)state;
    static const struct filter_row rows[] = {
        {"a cookie", PEN_STR("x\r\nSet-Cookie: a=b")},
        {"behind a path", PEN_STR("/a?b\r\nSet-Cookie: a=b")},
        {"a record behind a name", PEN_STR("admin\nINFO: login of root")},
        {"a record behind another", PEN_STR("jane@a.example\r\n[ERROR] disk is full")},
        {"any name at the start", PEN_STR("\r\nInjected-Header: x")},
        {"any name, encoded", PEN_STR("%23%0dinjected:true")},
        {"any name, indented", PEN_STR("%0A%20Header-Test:x")},
        {"any name, spelled", PEN_STR("\\r\\nInjected-Header:x")},
        {"at the start", PEN_STR("\r\nSet-Cookie: a=b")},
        {"spelled with letters", PEN_STR("\\r\\nSet-Cookie: a=b")},
        {"LF alone", PEN_STR("en-US\nSet-Cookie:a=b;Domain=.example.com")},
        {"CR alone", PEN_STR("x\rSet-Cookie: a=b")},
        {"a type", PEN_STR("text\r\nContent-Type: text/html\r\n\r\n<b>hi</b>")},
        {"a length", PEN_STR("x\r\nContent-Length: 0\r\n\r\n")},
        {"chunks", PEN_STR("a.example\r\nTransfer-Encoding: chunked")},
        {"a caller's address", PEN_STR("en\r\nX-Forwarded-For: 127.0.0.1")},
        {"a token", PEN_STR("x\r\nAuthorization: Basic YTpi")},
        {"a policy", PEN_STR("x\r\nContent-Security-Policy: default-src *")},
        {"the rest of a request line", PEN_STR("x HTTP/1.1\r\nHost: evil.example\r\n\r\nGET /")},
        {"a request behind the last chunk", PEN_STR("0\r\n\r\nGET /admin HTTP/1.1\r\nHost: x")},
        {"another protocol", PEN_STR("test\r\nUpgrade: h2c")},
        {"a page", PEN_STR("next?a=b\r\nRefresh: 0;url=http://evil.example")},
    };
    filter_case_blocks(&it, "crlf", rows, PEN_COUNT_OF(rows));
}

static void lets_fields_in_texts_pass(void **state)
{
    (void)state;
    static const struct pen_str texts[] = {
        PEN_STR("Standup\nLocation: https://meet.example/abc\nHost: Jane"),
        PEN_STR("Subject\nContent-Type: text/plain is wrong here"),
        PEN_STR("Crash\nERROR: null pointer"),
        PEN_STR("build\nERROR: one\nERROR: two"),
        PEN_STR("Dear Jane,%0ANote: call me"),
        PEN_STR("\nNote: call me"),
        PEN_STR("Priority\nX-Priority: 1 means high"),
        PEN_STR("Wifi\nConnection: close to the router"),
        PEN_STR("Name: Jane%0ALocation: Berlin"),
        PEN_STR("Dear all,\nContent-Type: text/html is what we send."),
        PEN_STR("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nSet-Cookie: a=b"),
        PEN_STR("HTTP/2\nContent-Type: text/html"),
        PEN_STR("Headers\nAuthorization: Bearer abc"),
        PEN_STR("```http\nContent-Type: application/json\n```"),
        PEN_STR("Content-Type: text/html\nX-Powered-By: PHP"),
        PEN_STR("> GET / HTTP/1.1\n> Host: a.example"),
        PEN_STR("Upgrade\nUpgrade: from 1.2 to 1.3\nStatus: done"),
        PEN_STR("Doctor\nRefresh: twice a day\nConnection: by train"),
        PEN_STR("Request:\nX-Forwarded-For: 10.0.0.1"),
        PEN_STR("curl\n\nSet-Cookie: a=b"),
        PEN_STR("po\xc4\x8d\xc3\xadta\xc4\x8d: Status: x"),
        PEN_STR("list\nGET /a\nPOST /b"),
        PEN_STR("GET /a HTTP/1.1\r\nHost: a.example"),
        PEN_STR("Example:\r\n\r\nGET /a HTTP/1.1\r\nHost: a.example"),
    };
    for (size_t i = 0; i < PEN_COUNT_OF(texts); i++) {
        assert_int_not_equal(filter_case_text(&it, texts[i]).verdict, PEN_BLOCK);
    }
}

static void stays_silent_on_lines(void **state)
{
    (void)state;
    static const struct filter_row rows[] = {
        {"prose", PEN_STR("Dear all,\nsee you on Monday.\n")},
        {"encoded prose", PEN_STR("Dear%20all%2C%0Asee you")},
        {"a list", PEN_STR("a:\nb:\nc: d\n")},
        {"code", PEN_STR("switch (x) {\ncase 1:\n}")},
        {"a time", PEN_STR("at\n10:30")},
        {"encoded words in capitals", PEN_STR("Hello%0AINFORMATION%0AWARNINGS")},
        {"an encoded date", PEN_STR("due%0A2026-03-02")},
        {"a trailer alone", PEN_STR("fix a bug\n\nSigned-off-by: A <a@example.com>")},
    };
    filter_case_passes(&it, "crlf", rows, PEN_COUNT_OF(rows));
}

static void weighs_these_only_for_the_sink(void **state)
{
    (void)state;
    static const struct filter_row rows[] = {
        {"a field", PEN_STR("some words\r\nSet-Cookie: a=b")},
        {"a request", PEN_STR("a b\r\n\r\nGET /admin HTTP/1.1\r\nHost: x")},
        {"a place", PEN_STR("x\r\nLocation: https://evil.example/")},
        {"a record", PEN_STR("Guest list\n2026-03-02T10:00:00Z login of admin")},
        {"a level in brackets", PEN_STR("The output\n[ERROR] disk is full")},
        {"an access", PEN_STR("X\n10.0.0.1 - admin [02/Mar/2026:10:00:00 +0000] \"GET /\" 200")},
        {"an answer", PEN_STR("x\r\n\r\nHTTP/1.1 200 OK\r\n")},
        {"a body, encoded", PEN_STR("x%0d%0a%0d%0a<html>x</html>")},
    };
    filter_case_needs_sink("crlf", PEN_S("header"), rows, PEN_COUNT_OF(rows));
}

/* The lines were there before anything was decoded. */
static void takes_no_line_for_hidden_that_was_there(void **state)
{
    (void)state;
    const struct pen_str text = PEN_STR("see\nhttps://a.example/a%20b\nHost: x\nthe one I meant");
    assert_int_not_equal(filter_case_text(&it, text).verdict, PEN_BLOCK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(blocks_breaks_that_were_hidden),
        cmocka_unit_test(blocks_fields_behind_a_value_of_one_word),
        cmocka_unit_test(lets_fields_in_texts_pass),
        cmocka_unit_test(stays_silent_on_lines),
        cmocka_unit_test(takes_no_line_for_hidden_that_was_there),
        cmocka_unit_test(weighs_these_only_for_the_sink),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
