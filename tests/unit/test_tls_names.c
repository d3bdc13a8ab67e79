/** Names in certificates, and the rules that admit them. */
#include "gateway/tls/names.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static struct pen_tls_name of(const char *text)
{
    struct pen_tls_name name;
    if (!pen_tls_name_split(pen_str_from_c(text), &name)) fail_msg("no kind: %s", text);
    return name;
}

static void takes_only_names_with_one_reading(void **state)
{
    (void)state;
    const struct {
        const char *why;
        const char *text;
        bool sound;
    } rows[] = {
        {"a host", "dns:a.example.com", true},
        {"one label", "dns:localhost", true},
        {"an underscore, as services have", "dns:_sip.example.com", true},
        {"a trailing dot", "dns:example.com.", false},
        {"a leading dot", "dns:.example.com", false},
        {"an empty label", "dns:a..b", false},
        {"a wildcard is many names", "dns:*.example.com", false},
        {"a blank", "dns:a b", false},
        {"a slash", "dns:a/b", false},
        {"an umlaut", "dns:\xc3\xbc.example", false},
        {"a label of 64", "dns:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.b",
         false},
        {"nothing", "dns:", false},
        {"a SPIFFE ID", "uri:spiffe://prod/orders", true},
        {"a URN", "uri:urn:uuid:6ba7b810-9dad-11d1-80b4-00c04fd430c8", true},
        {"no scheme", "uri:prod/orders", false},
        {"a scheme alone", "uri:spiffe:", false},
        {"a digit first", "uri:1x:y", false},
        {"a line end", "uri:spiffe://prod/a\r\nX: y", false},
        {"a mailbox", "email:a@example.com", true},
        {"no mailbox", "email:@example.com", false},
        {"no domain", "email:a@", false},
        {"two domains", "email:a@b@c", false},
        {"no at", "email:a.example.com", false},
    };
    for (size_t i = 0; i < PEN_COUNT_OF(rows); i++) {
        if (pen_tls_name_is_sound(of(rows[i].text)) != rows[i].sound) fail_msg("%s", rows[i].why);
    }
    const struct pen_tls_name nul = {PEN_TLS_NAME_DNS, PEN_STR("good.example\0.evil.example")};
    assert_false(pen_tls_name_is_sound(nul));
    const struct pen_tls_name del = {PEN_TLS_NAME_URI, PEN_STR("spiffe://prod/a\x7f")};
    assert_false(pen_tls_name_is_sound(del));
}

static void splits_a_kind_from_its_name(void **state)
{
    (void)state;
    struct pen_tls_name name;
    assert_true(pen_tls_name_split(PEN_S("uri:spiffe://a/b"), &name));
    assert_int_equal(name.kind, PEN_TLS_NAME_URI);
    assert_true(pen_str_equal(name.text, PEN_S("spiffe://a/b")));
    assert_false(pen_tls_name_split(PEN_S("URI:spiffe://a/b"), &name));
    assert_false(pen_tls_name_split(PEN_S("ip:127.0.0.1"), &name));
    assert_false(pen_tls_name_split(PEN_S("example.com"), &name));
    assert_false(pen_tls_name_split(PEN_S(""), &name));
    const enum pen_tls_name_kind kinds[] = {PEN_TLS_NAME_URI, PEN_TLS_NAME_DNS, PEN_TLS_NAME_EMAIL};
    const char *const words[] = {"uri", "dns", "email"};
    for (size_t i = 0; i < PEN_COUNT_OF(kinds); i++) {
        assert_true(pen_str_equal(pen_tls_name_word(kinds[i]), pen_str_from_c(words[i])));
    }
}

static void says_what_is_wrong_with_a_rule(void **state)
{
    (void)state;
    const struct {
        const char *why;
        const char *rule;
        const char *said; /* NULL: it is good */
    } rows[] = {
        {"exact names", "dns:a.example.com", NULL},
        {"one label", "dns:*.example.com", NULL},
        {"two stars", "dns:*.*.example.com", "whole first label"},
        {"part of a label", "dns:a*.example.com", "whole first label"},
        {"inside", "dns:a.*.com", "whole first label"},
        {"a star alone", "dns:*", "whole first label"},
        {"below a path", "uri:spiffe://prod/*", NULL},
        {"below a longer path", "uri:spiffe://prod/ns/a/*", NULL},
        {"any authority that begins so", "uri:spiffe://prod*", "at the end only"},
        {"any authority", "uri:spiffe://*", "at the end only"},
        {"no authority", "uri:spiffe:///*", "at the end only"},
        {"a part of a segment", "uri:spiffe://prod/a*", "at the end only"},
        {"inside", "uri:spiffe://prod/*/b", "at the end only"},
        {"not a URI", "uri:prod", "no name of its kind"},
        {"any mailbox", "email:*@example.com", NULL},
        {"any domain", "email:a@*", "whole mailbox"},
        {"part of a mailbox", "email:a*@example.com", "whole mailbox"},
        {"a blank", "email:a b@example.com", "printable ASCII"},
        {"nothing", "dns:", "printable ASCII"},
    };
    for (size_t i = 0; i < PEN_COUNT_OF(rows); i++) {
        const char *const problem = pen_tls_rule_problem(of(rows[i].rule));
        if ((problem == NULL) != (rows[i].said == NULL)
            || (problem != NULL && strstr(problem, rows[i].said) == NULL)) {
            fail_msg("%s: %s", rows[i].why, problem == NULL ? "good" : problem);
        }
    }
}

static void admits_what_the_rule_means_and_nothing_near_it(void **state)
{
    (void)state;
    const struct {
        const char *why;
        const char *rule;
        const char *name;
        bool admitted;
    } rows[] = {
        {"the same host", "dns:a.example.com", "dns:A.Example.COM", true},
        {"another host", "dns:a.example.com", "dns:b.example.com", false},
        {"a host that ends alike", "dns:example.com", "dns:evilexample.com", false},
        {"one label", "dns:*.example.com", "dns:shop.EXAMPLE.com", true},
        {"two labels", "dns:*.example.com", "dns:a.b.example.com", false},
        {"no label", "dns:*.example.com", "dns:example.com", false},
        {"another kind", "dns:a.example.com", "uri:a.example.com:x", false},
        {"the same URI", "uri:spiffe://prod/a", "uri:spiffe://prod/a", true},
        {"case of a URI", "uri:spiffe://prod/a", "uri:spiffe://prod/A", false},
        {"a segment below", "uri:spiffe://prod/*", "uri:spiffe://prod/a", true},
        {"two segments below", "uri:spiffe://prod/*", "uri:spiffe://prod/a/b", true},
        {"the path itself", "uri:spiffe://prod/*", "uri:spiffe://prod/", false},
        {"an authority that begins alike", "uri:spiffe://prod/*", "uri:spiffe://prod.evil/a",
         false},
        {"out of the path", "uri:spiffe://prod/a/*", "uri:spiffe://prod/a/../b", false},
        {"a dot segment at the end", "uri:spiffe://prod/*", "uri:spiffe://prod/a/..", false},
        {"an empty segment", "uri:spiffe://prod/*", "uri:spiffe://prod//a", false},
        {"an encoded one", "uri:spiffe://prod/*", "uri:spiffe://prod/%2e%2e/a", false},
        {"a query", "uri:spiffe://prod/*", "uri:spiffe://prod/a?b", false},
        {"the same mailbox", "email:a@example.com", "email:a@EXAMPLE.com", true},
        {"case of a mailbox", "email:a@example.com", "email:A@example.com", false},
        {"any mailbox", "email:*@example.com", "email:who@example.com", true},
        {"of a domain below", "email:*@example.com", "email:who@mail.example.com", false},
    };
    for (size_t i = 0; i < PEN_COUNT_OF(rows); i++) {
        if (pen_tls_rule_admits(of(rows[i].rule), of(rows[i].name)) != rows[i].admitted) {
            fail_msg("%s", rows[i].why);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(takes_only_names_with_one_reading),
        cmocka_unit_test(splits_a_kind_from_its_name),
        cmocka_unit_test(says_what_is_wrong_with_a_rule),
        cmocka_unit_test(admits_what_the_rule_means_and_nothing_near_it),
    };
    return cmocka_run_group_tests_name("tls_names", tests, NULL, NULL);
}
