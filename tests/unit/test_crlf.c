/** Line breaks that begin fields, and lines that are only lines. */
#include "tests/unit/filter_case.h"

static struct filter_case it;

static int set_up(void **state)
{
    (void)state;
    filter_case_open(&it, NULL);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    filter_case_close(&it);
    return 0;
}

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
    };
    filter_case_blocks(&it, "crlf", rows, PEN_COUNT_OF(rows));
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
        {"a field", PEN_STR("x\r\nSet-Cookie: a=b")},
        {"a record", PEN_STR("guest\n2026-03-02T10:00:00Z login of admin")},
        {"a level in brackets", PEN_STR("guest\n[ERROR] disk is full")},
        {"an access", PEN_STR("x\n10.0.0.1 - admin [02/Mar/2026:10:00:00 +0000] \"GET /\" 200")},
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
        cmocka_unit_test(stays_silent_on_lines),
        cmocka_unit_test(takes_no_line_for_hidden_that_was_there),
        cmocka_unit_test(weighs_these_only_for_the_sink),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
