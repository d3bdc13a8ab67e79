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
        {"mail", PEN_STR("a@b.example%0aBcc:c@d.example")},
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
        {"a trailer alone", PEN_STR("fix a bug\n\nSigned-off-by: A <a@example.com>")},
    };
    filter_case_passes(&it, "crlf", rows, PEN_COUNT_OF(rows));
}

static void weighs_these_only_for_the_sink(void **state)
{
    (void)state;
    static const struct filter_row rows[] = {
        {"a field", PEN_STR("x\r\nSet-Cookie: a=b")},
        {"an answer", PEN_STR("x\r\n\r\nHTTP/1.1 200 OK\r\n")},
    };
    filter_case_needs_sink("crlf", PEN_S("header"), rows, PEN_COUNT_OF(rows));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(blocks_breaks_that_were_hidden),
        cmocka_unit_test(stays_silent_on_lines),
        cmocka_unit_test(weighs_these_only_for_the_sink),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
