/**
 * Named formats: which texts are of one. Beside these rows, test_schema_format_suite.c holds all of
 * them against the public suite.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "filters/schema/format.h"

static const char *const names[] = {
    "date-time",    "date",          "time",
    "duration",     "uuid",          "email",
    "idn-email",    "hostname",      "ipv4",
    "idn-hostname", "ipv6",          "uri",
    "iri",          "uri-reference", "iri-reference",
    "uri-template", "json-pointer",  "relative-json-pointer",
    "regex",
};

static bool is(const char *name, struct pen_str text)
{
    const struct pen_format *format = pen_format_find(pen_str_from_c(name), false);
    assert_non_null(format);
    return pen_format_matches(format, text);
}

/* `good` and `bad` end with NULL. A good text with a NUL, a line end or a blank behind is none. */
static void divides(const char *name, const char *const *good, const char *const *bad)
{
    for (; *good != NULL; good++) {
        if (!is(name, pen_str_from_c(*good))) fail_msg("%s refuses: %s", name, *good);
        const size_t length = strlen(*good);
        char *longer = malloc(length + 1);
        assert_non_null(longer);
        memcpy(longer, *good, length);
        for (size_t i = 0; i < 3; i++) {
            longer[length] = "\0\n "[i];
            const bool taken = is(name, (struct pen_str){longer, length + 1});
            if (taken && strstr(name, "pointer") == NULL) fail_msg("%s: more than %s", name, *good);
        }
        free(longer);
    }
    for (; *bad != NULL; bad++) {
        if (is(name, pen_str_from_c(*bad))) fail_msg("%s takes: %s", name, *bad);
    }
}

#define LIST(...)         \
    (const char *const[]) \
    {                     \
        __VA_ARGS__, NULL \
    }

static void knows_the_formats_of_each_draft(void **state)
{
    (void)state;
    for (size_t i = 0; i < PEN_COUNT_OF(names); i++) {
        const struct pen_str name = pen_str_from_c(names[i]);
        const struct pen_format *format = pen_format_find(name, false);
        assert_non_null(format);
        assert_true(pen_str_equal(pen_format_name(format), name));
        const bool is_new = strcmp(names[i], "duration") == 0 || strcmp(names[i], "uuid") == 0;
        assert_int_equal(pen_format_find(name, true) == NULL, is_new);
    }
    static const char *const others[] = {"", "Date", "color", "date-tim", "date-times", "phone"};
    for (size_t i = 0; i < PEN_COUNT_OF(others); i++) {
        assert_null(pen_format_find(pen_str_from_c(others[i]), false));
    }
}

static void takes_no_empty_text_but_few(void **state)
{
    (void)state;
    for (size_t i = 0; i < PEN_COUNT_OF(names); i++) {
        const bool may = strstr(names[i], "-reference") != NULL
                         || strcmp(names[i], "json-pointer") == 0
                         || strcmp(names[i], "uri-template") == 0 || strcmp(names[i], "regex") == 0;
        assert_int_equal(is(names[i], PEN_S("")), may);
        assert_int_equal(is(names[i], (struct pen_str){NULL, 0}), may);
    }
}

/* Whatever is harmless holds none of these, be it valid otherwise or not. */
static void calls_nothing_harmless_that_holds_a_mark(void **state)
{
    (void)state;
    static const char marks[] = "'\"`<>(){}[];|&$%#@!\\/*=,?^~ \t\r\n";
    static const char *const texts[] = {"2024-02-29T23:59:60.5+00:00",
                                        "2024-02-29",
                                        "23:59:59Z",
                                        "P1Y2M3DT4H5M6S",
                                        "2eb8aa08-aa98-11ea-b4aa-73b441d16380",
                                        "192.0.2.1",
                                        "2001:db8::1:192.0.2.1"};
    size_t harmless = 0;
    for (size_t i = 0; i < PEN_COUNT_OF(names); i++) {
        const struct pen_format *format = pen_format_find(pen_str_from_c(names[i]), false);
        if (!pen_format_is_harmless(format)) continue;
        harmless++;
        size_t matched = 0;
        for (size_t t = 0; t < PEN_COUNT_OF(texts); t++) {
            char text[64];
            const size_t length = strlen(texts[t]);
            memcpy(text, texts[t], length);
            matched += pen_format_matches(format, (struct pen_str){text, length});
            for (size_t at = 0; at < length; at++) {
                for (size_t mark = 0; mark < sizeof(marks); mark++) { /* the NUL too */
                    text[at] = marks[mark];
                    assert_false(pen_format_matches(format, (struct pen_str){text, length}));
                }
                text[at] = texts[t][at];
            }
        }
        assert_int_equal(matched, 1);
    }
    assert_int_equal(harmless, 7);
}

static void reads_moments(void **state)
{
    (void)state;
    divides("date-time",
            /* RFC 3339 section 5.8, and leap seconds of every side of the date line */
            LIST("1985-04-12T23:20:50.52Z", "1996-12-19T16:39:57-08:00", "1990-12-31T23:59:60Z",
                 "1990-12-31T15:59:60-08:00", "1937-01-01T12:00:27.87+00:20",
                 "2017-01-01T00:59:60+01:00", "2017-01-01T08:59:60+09:00",
                 "2016-12-31T23:59:60-00:00", "2015-06-30t23:59:60.999z",
                 "2015-07-01T05:29:60+05:30", "0000-02-29T00:00:00Z", "2024-02-29T23:59:60Z"),
            LIST("2016-12-30T23:59:60Z", "2017-01-01T23:59:60Z", "2017-01-02T00:59:60+01:00",
                 "2016-12-30T15:59:60-08:00", "2023-02-29T23:59:60Z", "2016-12-31T23:59:60+01:00",
                 "2016-12-31T23:59:61Z", "1990-12-31 23:59:59Z", "1990-12-31T23:59:59",
                 "1990-12-31T23:59Z", "1990-12-31T23:59:59.Z", "1990-12-31T23:59:59,5Z",
                 "1990-12-31T23:59:59+0100", "1990-12-31T23:59:59+01", "1990-12-31",
                 "\uff11990-12-31T23:59:59Z"));
    divides("date", LIST("2024-02-29", "2000-02-29", "9999-12-31"),
            LIST("2023-02-29", "1900-02-29", "2024-04-31", "2024-00-01", "2024-01-00", "24-01-01",
                 "2024/01/01", "2024-1-1", "20240101", "2024-W01", "2024-001"));
    divides("time",
            LIST("00:00:00Z", "23:59:59.000000000000000000001+23:59", "08:59:60+09:00",
                 "00:59:60+01:00"),
            LIST("24:00:00Z", "23:60:00Z", "23:59:60+00:01", "23:59:59", "2:00:00Z", "12:00Z",
                 "12:00:00+24:00", "12:00:00 Z", "12:00:00ZZ"));
}

static void reads_durations(void **state)
{
    (void)state;
    divides("duration",
            LIST("P1Y", "P1M", "P1D", "P1Y2M", "P2M3D", "P1Y2M3D", "PT1H", "PT1M", "PT1S", "PT1H2M",
                 "PT2M3S", "PT1H2M3S", "P1DT1S", "P1Y2M3DT4H5M6S", "P52W", "P0D", "p1dt2h"),
            LIST("P", "PT", "P1", "1D", "P1H", "PT1D", "PT1Y", "P1DT", "P1Y3D", "PT1H3S", "P1D1M",
                 "PT1S1M", "P1W1D", "P1D1W", "PT1W", "P1.5D", "P-1D", "+P1D", "P1DT1", "PP1D",
                 "P1D1D", "PT1MT1S", "P1MT1D"));
}

static void reads_identifiers(void **state)
{
    (void)state;
    divides("uuid",
            LIST("f81d4fae-7dec-11d0-a765-00a0c91e6bf6", "F81D4FAE-7DEC-11D0-A765-00A0C91E6BF6",
                 "00000000-0000-0000-0000-000000000000", "ffffffff-ffff-ffff-ffff-ffffffffffff"),
            LIST("f81d4fae-7dec-11d0-a765-00a0c91e6bf", "f81d4fae-7dec-11d0-a765-00a0c91e6bf6a",
                 "f81d4fae07dec-11d0-a765-00a0c91e6bf6", "f81d4fae-7dec-11d0-a765-00a0c91e6bfg",
                 "-81d4fae-7dec-11d0-a765-00a0c91e6bf6", "{f81d4fae-7dec-11d0-a765-00a0c91e6bf6}",
                 "f81d4fae7dec11d0a76500a0c91e6bf6"));
    divides("json-pointer",
            LIST("/", "//", "/a~1b", "/c%d", "/e^f", "/g|h", "/i\\j", "/k\"l", "/ ", "/m~0n",
                 "/~00~11"),
            LIST("a", "#/a", "/~", "/~2", "/a~", "~0", " /"));
    divides("relative-json-pointer",
            LIST("0", "1", "10", "0#", "1/a", "2/~0/~1", "0+1", "0-1", "0-1#", "2+10/a"),
            LIST("/a", "#", "00", "01", "-1", "1a", "0##", "1#/a", "0+", "0+0", "0-01", "0+1-1",
                 "0/~", "1 /a"));
    const struct pen_format *old = pen_format_find(PEN_S("relative-json-pointer"), true);
    assert_true(pen_format_matches(old, PEN_S("1/a")) && pen_format_matches(old, PEN_S("0#")));
    assert_false(pen_format_matches(old, PEN_S("0+1")));
}

static void reads_mailboxes(void **state)
{
    (void)state;
    static const char *const good[] = {
        "a@b",
        "a.b.c@d.e",
        "!#$%&'*+-/=?^_`{|}~@x",
        "\"\"@x",
        "\" \"@x",
        "\"a\\\"b\\\\c\"@x",
        "\"\\ \"@x",
        "a@1",
        "a@1.2.3.4",
        "a@a--b",
        "a@[1.2.3.4]",
        "a@[IPv6:::1]",
        "a@[ipv6:1:2:3:4:5:6:7:8]",
        "a@[IPv6:::ffff:1.2.3.4]",
        "1234567890123456789012345678901234567890123456789012345678901234@x",
        "a@123456789012345678901234567890123456789012345678901234567890123.x",
        NULL};
    static const char *const bad[] = {
        "a",
        "@",
        "@b",
        "a@",
        "a@b@c",
        ".a@b",
        "a.@b",
        "a..b@c",
        "a b@c",
        "a@b c",
        "a@b.",
        "a@.b",
        "a@b..c",
        "a@-b",
        "a@b-",
        "a@b-.c",
        "a@b_c",
        "a@b/c",
        "\"@b",
        "\"a@b",
        "\"a\"b@c",
        "a\"b\"@c",
        "\"a\"\"b\"@c",
        "\"\\\"@b",
        "\"\t\"@b",
        "\"\\\t\"@b",
        "a@[",
        "a@[]",
        "a@[1.2.3]",
        "a@[1.2.3.4",
        "a@1.2.3.4]",
        "a@[1.2.3.04]",
        "a@[::1]",
        "a@[IPv6:]",
        "a@[IPv6:1.2.3.4]",
        "a@[IPv6:::1%eth0]",
        "a@[tag:x]",
        "(c)a@b",
        "a@b(c)",
        "<a@b>",
        "A <a@b>",
        "a,b@c",
        "a:b@c",
        "12345678901234567890123456789012345678901234567890123456789012345@x",
        "a@1234567890123456789012345678901234567890123456789012345678901234.x",
        NULL};
    divides("email", good, bad);
    divides("idn-email", good, bad);
    static const char *const wide[] = {"\u00fc@b",      "\u7532@\u9ed1\u5ddd.\u65e5\u672c",
                                       "\"\u00fc \"@b", "a.\u00e9.b@\u0440\u0444",
                                       "\U0001f600@b",  NULL};
    divides("idn-email", wide, LIST("\u00fc", "\u00fc..a@b", "\u00fc@\u00fc-", "\xff@b", "a@\xc3"));
    for (size_t i = 0; wide[i] != NULL; i++) {
        assert_false(is("email", pen_str_from_c(wide[i])));
    }
}

static void reads_host_names(void **state)
{
    (void)state;
#define LABEL63 "a23456789012345678901234567890123456789012345678901234567890123"
    static const char *const good[] = {
        "a",
        "A.b.C",
        "1",
        "1.2",
        "a-b",
        "a--b",
        "ab--c",
        "0a.1b",
        "1.2.3.4.5",
        "1.2.3",
        "1.2.3.a",
        LABEL63,
        LABEL63 "." LABEL63 "." LABEL63 "."
                "1234567890123456789012345678901234567890123456789012345678901",
        "xn--bcher-kva.example",
        "XN--BCHER-KVA",
        "xn--nxasmm1c",
        "xn--4dbcagdahymbxekheh6e0a7fei0b",
        "xn--ihqwcrb4cv8a8dqg056pqjye",
        NULL};
    static const char *const bad[] = {
        ".",
        "a.",
        ".a",
        "a..b",
        "-a",
        "a-",
        "a.-b",
        "a-.b",
        "a_b",
        "a b",
        "a/b",
        "a:80",
        "*.a",
        "a\u3002b.",
        "1.2.3.4",
        "[::1]",
        LABEL63 "4",
        LABEL63 "." LABEL63 "." LABEL63 "."
                "12345678901234567890123456789012345678901234567890123456789012",
        "xn--",
        "xn---",
        "xn--a",
        "xn--a-",
        "xn--abc-",
        "xn--!",
        "xn--99999999",
        "xn--bcher-kv",
        "xn--bcher-kva-",
        "xn--BUcher-",
        "xn--a-ecp",
        NULL};
    divides("hostname", good, bad);
    divides("idn-hostname", good, bad);
    static const char *const wide[] = {"b\u00fccher.example",
                                       "\u4ed6\u4eec",
                                       "a\u3002b\uff0ec\uff61d",
                                       "fa\u00df.de",
                                       "\u03b2\u03cc\u03bb\u03bf\u03c2",
                                       "\u05d0\u05d1.example",
                                       "\u0646\u0627\u0645\u0647\u200c\u0627\u06cc",
                                       "\u0dc1\u0dca\u200d\u0dbb\u0dd3",
                                       NULL};
    divides("idn-hostname", wide,
            LIST("B\u00fccher", "bu\u0308cher", "\u00fc-", "-\u00fc", "\u00fc..a", "\u00fc.",
                 "\u3002", "\u00fc\u3002", "ab--\u00fc", "\u0308a", "\u2665", "\u00fc_", "\uff41",
                 "\u00ad\u00fc", "\u05d0.1a", "1\u05d0", "a\u05d0", "\u05d0a", "\u05d01\u0660",
                 "\u05d0-", "\xc3", "\u0378", "\u1100", "a\u200cb"));
    for (size_t i = 0; wide[i] != NULL; i++) {
        assert_false(is("hostname", pen_str_from_c(wide[i])));
    }
    /* RFC 5893: the first label is sound but for its neighbour, in either spelling. */
    assert_true(is("idn-hostname", PEN_S("1a.b")));
    assert_false(is("idn-hostname", PEN_S("1a.\u05d0\u05d1")));
    assert_true(is("hostname", PEN_S("a1.xn--4dbc")));
    assert_false(is("hostname", PEN_S("1a.xn--4dbc")));
}

static void reads_references(void **state)
{
    (void)state;
    divides("uri", LIST("a:", "http://a/b?c#d", "urn:a:b", "mailto:a@b"),
            LIST("a", "//a", "/a", "#a", "http://\u00e9", "a:b c", "a:%", ":a"));
    divides("uri-reference", LIST("a", "//a", "/a", "#a", "?a", "a:b"),
            LIST("a:b c", "%", ":a", "\u00e9", "1:a"));
    divides("iri", LIST("a:", "http://\u00e9/\u4e2d?\ue000", "a:\U0001f600"),
            LIST("\u00e9", "\u00e9:a", "a:\ue000", "a:\ufdd0", "//\u00e9"));
    divides("iri-reference", LIST("\u00e9", "//\u00e9", "#\u00e9", "a"),
            LIST("\u00e9:a", "\ue000", "a b", "\xe9"));
}

static void reads_templates(void **state)
{
    (void)state;
    divides("uri-template",
            /* RFC 6570 sections 1.2 and 3.2, and what its grammar has beside them */
            LIST("http://example.com/~{username}/", "http://example.com/search{?q,lang}",
                 "http://www.example.com/foo{?query,number}", "{+path:6}/here", "{#path:6}here",
                 "X{.list*}", "{/list*,path:4}", "{;keys*}", "{?x,y,empty}", "{&x,y,empty}",
                 "?fixed=yes{&x}", "{semi:2}", "{a.b_c%20}", "{1}", "{v:9999}", "it's", "a%20b",
                 "https://api.example.com/repos/a_b/c-d/gists{/gist_id}/a/longer/way{?q}",
                 "\u00e9{x}", "\ue000", "{=x}", "{,x}", "{!x}", "{|x}", "[a]@!$&'()*+,;=~"),
            LIST("{", "}", "{}", "{x", "x}", "{{x}}", "{x{y}}", "{x y}", "{ x}", "{x }", "{+}",
                 "{,,x}", "{x,}", "{x,,y}", "{x.}", "{.x.}", "{x..y}", "{..x}", "{x:}", "{x:0}",
                 "{x:01}", "{x:10000}", "{x:1*}", "{x*:1}", "{x**}", "{x-y}", "{\u00e9}", "{%2}",
                 "{%}", "{*x}", "{^x}", "a b", "a\"b", "a<b", "a>b", "a\\b", "a^b", "a`b", "a|b",
                 "a%2", "%", "\x7f", "\x01", "\ufdd0", "\xff", "{x}{",
                 "https://api.example.com/repos/a_b/c-d/gists{/gist_id}/a/longer w/ay",
                 "https://api.example.com/repos/a_b/{c", "https://api.example.com/repos}"));
}

/* The reader of expressions has tests of its own: test_ecma.c. */
static void asks_the_reader_of_expressions(void **state)
{
    (void)state;
    assert_true(is("regex", PEN_S("^a(?<n>b|c)\\k<n>[^]\\p{L}$")));
    assert_false(is("regex", PEN_S("a(b")));
    assert_false(is("regex", PEN_S("(?P<n>a)")));
}

/* Each piece again and again, behind each beginning, for every format: the square of 256 KiB would
 * not end within the test's time. */
static void is_linear_where_it_could_be_quadratic(void **state)
{
    (void)state;
    static const char *const begins[] = {
        "", "P", "\"", "a@", "a:", "//", "//[", "{", "/", "xn--", "2024-02-29T23:59:59."};
    static const struct pen_str pieces[] = {
        PEN_STR("9"),  PEN_STR("a."), PEN_STR("1Y"),       PEN_STR("\\\""), PEN_STR("%41"),
        PEN_STR("::"), PEN_STR("a,"), PEN_STR("\u0301"),   PEN_STR("~0"),   PEN_STR("@"),
        PEN_STR("-"),  PEN_STR("("),  PEN_STR("xn--a-a."),
    };
    static char text[1 << 18];
    size_t taken = 0;
    for (size_t i = 0; i < PEN_COUNT_OF(begins) * PEN_COUNT_OF(pieces); i++) {
        struct pen_buf buf = pen_buf_over(text, sizeof(text));
        pen_buf_put(&buf, pen_str_from_c(begins[i % PEN_COUNT_OF(begins)]));
        while (!buf.full) {
            pen_buf_put(&buf, pieces[i / PEN_COUNT_OF(begins)]);
        }
        for (size_t n = 0; n < PEN_COUNT_OF(names); n++) {
            taken += is(names[n], pen_buf_str(&buf));
        }
    }
    assert_true(taken > 0); /* references, pointers, templates */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(knows_the_formats_of_each_draft),
        cmocka_unit_test(takes_no_empty_text_but_few),
        cmocka_unit_test(calls_nothing_harmless_that_holds_a_mark),
        cmocka_unit_test(reads_moments),
        cmocka_unit_test(reads_durations),
        cmocka_unit_test(reads_identifiers),
        cmocka_unit_test(reads_mailboxes),
        cmocka_unit_test(reads_host_names),
        cmocka_unit_test(reads_references),
        cmocka_unit_test(reads_templates),
        cmocka_unit_test(asks_the_reader_of_expressions),
        cmocka_unit_test(is_linear_where_it_could_be_quadratic),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
