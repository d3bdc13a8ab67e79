/** URIs and IRIs: which texts are some, their parts, and what references mean. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <string.h>

#include "filters/core/uri.h"

static bool reads(const char *text, enum pen_uri_letters letters)
{
    struct pen_uri uri;
    return pen_uri_read(pen_str_from_c(text), letters, &uri) == PEN_OK;
}

static void takes_every_form_of_the_grammar(void **state)
{
    (void)state;
    static const char *const good[] = {
        "",
        "#",
        "?",
        "//",
        "/",
        "a",
        "a/b:c",
        "./a:b",
        "a:",
        "a:b",
        "a:b:c@d/e?f?g/h#i?j/k",
        "A+b-c.1:",
        "file:///etc/hosts",
        "file:/etc/hosts",
        "http://a:80",
        "http://a:",
        "http://:80",
        "http://u@h",
        "http://u:p:q@h:1/",
        "http://%41@%42:3/%43?%44#%45",
        "http://[::1]:80/",
        "http://u@[1:2:3:4:5:6:1.2.3.4]",
        "http://[v7.a:b;c]",
        "http://[VFF.x]/",
        "http://1.2.3.999/",
        "http://a!$&'()*+,;=b/",
        /* RFC 3986 section 1.1.2 */
        "ftp://ftp.is.co.za/rfc/rfc1808.txt",
        "http://www.ietf.org/rfc/rfc2396.txt",
        "ldap://[2001:db8::7]/c=GB?objectClass?one",
        "mailto:John.Doe@example.com",
        "news:comp.infosystems.www.servers.unix",
        "tel:+1-816-555-1212",
        "telnet://192.0.2.16:80/",
        "urn:oasis:names:specification:docbook:dtd:xml:4.1.2",
    };
    static const char *const bad[] = {
        "%",
        "%4",
        "%4g",
        "a%",
        ":",
        ":a",
        "1:",
        "1a:b",
        "a_b:c",
        "a b",
        " a",
        "a\n",
        "a\t",
        "a\x7f",
        "[",
        "a]",
        "/[::1]",
        "?[",
        "#[",
        "##",
        "#a#",
        "a\\b",
        "a^b",
        "a`b",
        "a|b",
        "a\"b",
        "<a>",
        "{a}",
        "http://[",
        "http://[]",
        "http://[::1",
        "http://[::1]a",
        "http://[::1]:a",
        "http://a[::1]",
        "http://[1.2.3.4]",
        "http://[fe80::1%25en0]", /* RFC 6874, withdrawn */
        "http://[v.a]",
        "http://[v1.]",
        "http://[v1]",
        "http://[vg.a]",
        "http://[v1.a/b]",
        "http://a:b",
        "http://a:1:2",
        "http://a@b@c",
        "http://a@b:c@d",
        "http://a%zz",
        "http://u%@h",
        "//a:b/",
        "http://\xc3\xa9/", /* letters are an IRI's */
    };
    for (size_t i = 0; i < PEN_COUNT_OF(good); i++) {
        if (!reads(good[i], PEN_URI_ASCII)) fail_msg("refused: %s", good[i]);
        if (!reads(good[i], PEN_URI_INTERNATIONAL)) fail_msg("refused as IRI: %s", good[i]);
    }
    for (size_t i = 0; i < PEN_COUNT_OF(bad); i++) {
        if (reads(bad[i], PEN_URI_ASCII)) fail_msg("taken: %s", bad[i]);
    }
    struct pen_uri uri;
    assert_int_equal(pen_uri_read(PEN_S("a\0b"), PEN_URI_ASCII, &uri), PEN_ERR_SYNTAX);
    assert_int_equal(pen_uri_read((struct pen_str){NULL, 0}, PEN_URI_ASCII, &uri), PEN_OK);
}

static void takes_letters_of_all_languages_in_an_iri(void **state)
{
    (void)state;
    const struct {
        const char *why;
        const char *text;
        bool is_iri;
    } rows[] = {
        {"every part", "http://\xc3\xbc@\xc3\xa9.\xe4\xb8\xad:1/\xd1\x8f?\xc3\xa9#\xf0\x90\x8c\x80",
         true},
        {"not in a scheme", "\xc3\xa9:x", false},
        {"not in a port", "//a:\xd9\xa1", false},
        {"U+009F is a control", "\xc2\x9f", false},
        {"U+00A0 is the first", "\xc2\xa0", true},
        {"U+D7FF", "\xed\x9f\xbf", true},
        {"U+E000 is private: not in a path", "\xee\x80\x80", false},
        {"nor in a fragment", "#\xee\x80\x80", false},
        {"but in a query", "?\xee\x80\x80", true},
        {"U+F900", "\xef\xa4\x80", true},
        {"U+FDCF", "\xef\xb7\x8f", true},
        {"U+FDD0 is none", "\xef\xb7\x90", false},
        {"U+FDEF is none", "\xef\xb7\xaf", false},
        {"U+FDF0", "\xef\xb7\xb0", true},
        {"U+FFEF", "\xef\xbf\xaf", true},
        {"U+FFF0", "\xef\xbf\xb0", false},
        {"U+FFFD", "\xef\xbf\xbd", false},
        {"U+1FFFD", "\xf0\x9f\xbf\xbd", true},
        {"U+1FFFE", "\xf0\x9f\xbf\xbe", false},
        {"U+DFFFD", "\xf3\x9f\xbf\xbd", true},
        {"U+E0FFF", "\xf3\xa0\xbf\xbf", false},
        {"U+E1000", "\xf3\xa1\x80\x80", true},
        {"U+F0000 in a path", "\xf3\xb0\x80\x80", false},
        {"U+F0000 in a query", "?\xf3\xb0\x80\x80", true},
        {"U+10FFFD in a query", "?\xf4\x8f\xbf\xbd", true},
        {"U+10FFFE in a query", "?\xf4\x8f\xbf\xbe", false},
        {"a surrogate", "\xed\xa0\x80", false},
        {"overlong", "\xc0\xaf", false},
        {"a cut sequence", "\xe4\xb8", false},
    };
    for (size_t i = 0; i < PEN_COUNT_OF(rows); i++) {
        if (reads(rows[i].text, PEN_URI_INTERNATIONAL) != rows[i].is_iri)
            fail_msg("%s", rows[i].why);
        if (reads(rows[i].text, PEN_URI_ASCII)) fail_msg("taken as URI: %s", rows[i].why);
    }
}

static void is_text(struct pen_str part, const char *text)
{
    if (!pen_str_equal(part, pen_str_from_c(text))) {
        fail_msg("%.*s is not %s", PEN_STR_ARGS(part), text);
    }
}

static void tells_the_parts(void **state)
{
    (void)state;
    struct pen_uri uri;
    assert_int_equal(pen_uri_read(PEN_S("x+y://u:p@h.z:81/a/b;c?q=1?#f/?"), PEN_URI_ASCII, &uri),
                     PEN_OK);
    is_text(uri.scheme, "x+y");
    is_text(uri.authority, "u:p@h.z:81");
    is_text(uri.userinfo, "u:p");
    is_text(uri.host, "h.z");
    is_text(uri.port, "81");
    is_text(uri.path, "/a/b;c");
    is_text(uri.query, "q=1?");
    is_text(uri.fragment, "f/?");
    assert_true(uri.has_authority && uri.has_userinfo && uri.has_port && uri.has_query
                && uri.has_fragment);

    assert_int_equal(pen_uri_read(PEN_S("//[::1]:#"), PEN_URI_ASCII, &uri), PEN_OK);
    is_text(uri.scheme, "");
    is_text(uri.host, "[::1]");
    assert_true(uri.has_port && uri.port.len == 0);
    assert_true(uri.has_fragment && uri.fragment.len == 0);
    assert_false(uri.has_query || uri.has_userinfo);

    assert_int_equal(pen_uri_read(PEN_S("urn:a:b"), PEN_URI_ASCII, &uri), PEN_OK);
    is_text(uri.scheme, "urn");
    is_text(uri.path, "a:b");
    assert_false(uri.has_authority || uri.has_fragment);
}

static void resolves_to(const char *base, const char *reference, const char *expected)
{
    struct pen_arena *arena = NULL;
    assert_int_equal(pen_arena_create(65536, 4096, &arena), PEN_OK);
    struct pen_str out = {0};
    const enum pen_status status =
        pen_uri_resolve(pen_str_from_c(base), pen_str_from_c(reference), arena, &out);
    if (status != PEN_OK) fail_msg("<%s> in <%s>: %s", reference, base, pen_status_name(status));
    if (!pen_str_equal(out, pen_str_from_c(expected))) {
        fail_msg("<%s> in <%s> is <%.*s>, not <%s>", reference, base, PEN_STR_ARGS(out), expected);
    }
    pen_arena_destroy(arena);
}

/* RFC 3986 section 5.4, all of it. */
static void resolves_the_examples_of_the_rfc(void **state)
{
    (void)state;
    static const char *const rows[][2] = {
        {"g:h", "g:h"},
        {"g", "http://a/b/c/g"},
        {"./g", "http://a/b/c/g"},
        {"g/", "http://a/b/c/g/"},
        {"/g", "http://a/g"},
        {"//g", "http://g"},
        {"?y", "http://a/b/c/d;p?y"},
        {"g?y", "http://a/b/c/g?y"},
        {"#s", "http://a/b/c/d;p?q#s"},
        {"g#s", "http://a/b/c/g#s"},
        {"g?y#s", "http://a/b/c/g?y#s"},
        {";x", "http://a/b/c/;x"},
        {"g;x", "http://a/b/c/g;x"},
        {"g;x?y#s", "http://a/b/c/g;x?y#s"},
        {"", "http://a/b/c/d;p?q"},
        {".", "http://a/b/c/"},
        {"./", "http://a/b/c/"},
        {"..", "http://a/b/"},
        {"../", "http://a/b/"},
        {"../g", "http://a/b/g"},
        {"../..", "http://a/"},
        {"../../", "http://a/"},
        {"../../g", "http://a/g"},
        {"../../../g", "http://a/g"},
        {"../../../../g", "http://a/g"},
        {"/./g", "http://a/g"},
        {"/../g", "http://a/g"},
        {"g.", "http://a/b/c/g."},
        {".g", "http://a/b/c/.g"},
        {"g..", "http://a/b/c/g.."},
        {"..g", "http://a/b/c/..g"},
        {"./../g", "http://a/b/g"},
        {"./g/.", "http://a/b/c/g/"},
        {"g/./h", "http://a/b/c/g/h"},
        {"g/../h", "http://a/b/c/h"},
        {"g;x=1/./y", "http://a/b/c/g;x=1/y"},
        {"g;x=1/../y", "http://a/b/c/y"},
        {"g?y/./x", "http://a/b/c/g?y/./x"},
        {"g?y/../x", "http://a/b/c/g?y/../x"},
        {"g#s/./x", "http://a/b/c/g#s/./x"},
        {"g#s/../x", "http://a/b/c/g#s/../x"},
        {"http:g", "http:g"}, /* strict */
    };
    for (size_t i = 0; i < PEN_COUNT_OF(rows); i++) {
        resolves_to("http://a/b/c/d;p?q", rows[i][0], rows[i][1]);
    }
}

static void resolves_against_every_kind_of_base(void **state)
{
    (void)state;
    resolves_to("", "", "");
    resolves_to("", "#f", "#f");
    resolves_to("", "a/./b", "a/b");
    resolves_to("", "http://a/../b", "http://a/b");
    resolves_to("http://a", "b", "http://a/b");
    resolves_to("http://a?q", "", "http://a?q");
    resolves_to("http://a?q", "b", "http://a/b");
    resolves_to("http://a/b#f", "", "http://a/b");
    resolves_to("http://a/b#f", "#", "http://a/b#");
    resolves_to("http://a/x/../b", "#f", "http://a/b#f");
    resolves_to("http://u@h:1/a", "//g", "http://g");
    resolves_to("urn:example:a", "#/$defs/x", "urn:example:a#/$defs/x");
    resolves_to("urn:uuid:deadbeef", "", "urn:uuid:deadbeef");
    resolves_to("urn:example:a", "?q", "urn:example:a?q");
    resolves_to("urn:example:a", "b", "urn:b");
    resolves_to("urn:example:a/b", "c", "urn:example:a/c");
    resolves_to("tag:e,2026:x", "//a/b", "tag://a/b");
    resolves_to("file:///a/b", "c", "file:///a/c");
    resolves_to("http://\xc3\xa9/a", "\xe4\xb8\xad", "http://\xc3\xa9/\xe4\xb8\xad");
}

static void keeps_a_relative_base_relative(void **state)
{
    (void)state;
    resolves_to("a/b", "c", "a/c");
    resolves_to("a/b", "../c", "c");
    resolves_to("a/b", "../../../c", "c");
    resolves_to("/a/b", "../c", "/c");
    resolves_to("a/b?q", "#f", "a/b?q#f");
    resolves_to("//h/a", "b", "//h/b");
    resolves_to("a/b", "../", "./"); /* not "", which is the document itself */
    resolves_to("a", ".", "./");
}

static void keeps_a_result_from_being_read_as_another(void **state)
{
    (void)state;
    resolves_to("file:/a", "/.//b", "file:/.//b");
    resolves_to("file:/.//b", "", "file:/.//b");
    resolves_to("urn:x", "urn:a/..//b", "urn:/.//b");
    resolves_to("", "./b:c", "./b:c");
    resolves_to("a/b", "../c:d", "./c:d");
    resolves_to("", "a/..//b", ".//b");
    resolves_to("", ".//b", ".//b");
    resolves_to("", "/.//b", "/.//b");
}

/* Long texts are read in blocks: each byte at each place in and around some of them. */
static void judges_a_byte_alike_wherever_it_stands(void **state)
{
    (void)state;
    static const char *const begins[] = {"", "h:", "h:?", "h:#"};
    for (size_t b = 0; b < PEN_COUNT_OF(begins); b++) {
        for (unsigned byte = 0; byte < 256; byte++) {
            char text[64];
            struct pen_uri uri;
            struct pen_buf buf = pen_buf_over(text, sizeof(text));
            pen_buf_format(&buf, "%saa%caa", begins[b], (int)byte);
            const bool expected = pen_uri_read(pen_buf_str(&buf), PEN_URI_ASCII, &uri) == PEN_OK;
            for (size_t place = 1; place < 40; place++) {
                buf = pen_buf_over(text, sizeof(text));
                pen_buf_format(&buf, "%s", begins[b]);
                for (size_t i = 0; i < 48; i++) {
                    pen_buf_byte(&buf, i == place ? (char)byte : 'a');
                }
                const bool taken = pen_uri_read(pen_buf_str(&buf), PEN_URI_ASCII, &uri) == PEN_OK;
                if (taken != expected) fail_msg("byte %u at %zu behind %s", byte, place, begins[b]);
            }
        }
    }
}

static void skips_to_what_may_be_no_path(void **state)
{
    (void)state;
    const struct pen_str text = PEN_S("/repos/octo_cat/Hello-World/a.b:c/gists{/gist_id}/more");
    const size_t brace = pen_str_find(text, '{', 0);
    for (size_t at = 0; at <= text.len; at++) {
        const size_t skipped = pen_uri_skip(text, at);
        if (at <= brace) assert_true(skipped <= brace);
        assert_true(skipped >= at && skipped <= text.len);
    }
    assert_int_equal(pen_uri_skip(text, 0), brace);
    assert_int_equal(pen_uri_skip(PEN_S("a"), 0), 0); /* less than a block is left to the caller */
    assert_int_equal(pen_uri_skip(PEN_S("/0123456789/abcdef"), 3), 18);
}

static void refuses_what_is_no_reference_and_what_does_not_fit(void **state)
{
    (void)state;
    struct pen_arena *arena = NULL;
    assert_int_equal(pen_arena_create(64, 64, &arena), PEN_OK);
    struct pen_str out = PEN_STR("untouched");
    assert_int_equal(pen_uri_resolve(PEN_S("a b"), PEN_S("c"), arena, &out), PEN_ERR_SYNTAX);
    assert_int_equal(pen_uri_resolve(PEN_S("a"), PEN_S("%"), arena, &out), PEN_ERR_SYNTAX);
    static char long_text[4096];
    memset(long_text, 'a', sizeof(long_text));
    assert_int_equal(
        pen_uri_resolve(PEN_S("a"), (struct pen_str){long_text, sizeof(long_text)}, arena, &out),
        PEN_ERR_NOMEM);
    assert_true(pen_str_equal(out, PEN_S("untouched")));
    pen_arena_destroy(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(takes_every_form_of_the_grammar),
        cmocka_unit_test(takes_letters_of_all_languages_in_an_iri),
        cmocka_unit_test(tells_the_parts),
        cmocka_unit_test(resolves_the_examples_of_the_rfc),
        cmocka_unit_test(resolves_against_every_kind_of_base),
        cmocka_unit_test(keeps_a_relative_base_relative),
        cmocka_unit_test(keeps_a_result_from_being_read_as_another),
        cmocka_unit_test(judges_a_byte_alike_wherever_it_stands),
        cmocka_unit_test(skips_to_what_may_be_no_path),
        cmocka_unit_test(refuses_what_is_no_reference_and_what_does_not_fit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
