/** Addresses to listen on and URLs of upstreams. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <string.h>

#include "gateway/config/endpoint.h"

static void reads_numeric_addresses_and_unix_sockets(void **state)
{
    (void)state;
    const struct {
        struct pen_str text;
        struct pen_str host;
        uint16_t port;
        struct pen_str unix_path;
    } rows[] = {
        {PEN_STR("127.0.0.1:8080"), PEN_STR("127.0.0.1"), 8080, PEN_STR("")},
        {PEN_STR("0.0.0.0:0"), PEN_STR("0.0.0.0"), 0, PEN_STR("")},
        {PEN_STR("[::1]:8443"), PEN_STR("::1"), 8443, PEN_STR("")},
        {PEN_STR("[::]:65535"), PEN_STR("::"), 65535, PEN_STR("")},
        {PEN_STR("unix:/run/p.sock"), PEN_STR(""), 0, PEN_STR("/run/p.sock")},
    };
    for (size_t i = 0; i < PEN_COUNT_OF(rows); i++) {
        struct pen_endpoint endpoint;
        const char *problem;
        if (pen_endpoint_address(rows[i].text, &endpoint, &problem) != PEN_OK) {
            fail_msg("%.*s: %s", PEN_STR_ARGS(rows[i].text), problem);
        }
        assert_true(pen_str_equal(endpoint.host, rows[i].host));
        assert_int_equal(endpoint.port, rows[i].port);
        assert_true(pen_str_equal(endpoint.unix_path, rows[i].unix_path));
    }
}

static void refuses_addresses_that_a_resolver_would_decide(void **state)
{
    (void)state;
    const struct {
        struct pen_str text;
        const char *says;
    } rows[] = {
        {PEN_STR(""), "name the address"},
        {PEN_STR(":8080"), "0.0.0.0:8443"},
        {PEN_STR("*:8080"), "0.0.0.0:8443"},
        {PEN_STR("localhost:8080"), "numeric address"},
        {PEN_STR("127.0.0.1"), "port"},
        {PEN_STR("127.0.0.1:"), "port"},
        {PEN_STR("127.0.0.1:65536"), "port"},
        {PEN_STR("127.0.0.1:080x"), "port"},
        {PEN_STR("127.0.0.1:000080"), "port"},
        {PEN_STR("127.1:80"), "numeric address"},
        {PEN_STR("::1:80"), "brackets"},
        {PEN_STR("[::1"), "IPv6"},
        {PEN_STR("[::1]"), "port"},
        {PEN_STR("[::1]80"), "':'"},
        {PEN_STR("[127.0.0.1]:80"), "IPv6"},
        {PEN_STR("unix:run/p.sock"), "absolute"},
        {PEN_STR("unix:"), "absolute"},
        {PEN_STR("unix:/123456789012345678901234567890123456789012345678901234567890123456789012345"
                 "67890123456789012345678901234567890"),
         "107"},
    };
    for (size_t i = 0; i < PEN_COUNT_OF(rows); i++) {
        struct pen_endpoint endpoint;
        const char *problem = "";
        if (pen_endpoint_address(rows[i].text, &endpoint, &problem) != PEN_ERR_INVALID
            || strstr(problem, rows[i].says) == NULL) {
            fail_msg("%.*s: %s", PEN_STR_ARGS(rows[i].text), problem);
        }
    }
}

static void takes_urls_apart(void **state)
{
    (void)state;
    const struct {
        struct pen_str text;
        enum pen_upstream_scheme scheme;
        struct pen_str host;
        uint16_t port;
        struct pen_str authority;
        struct pen_str path;
    } rows[] = {
        {PEN_STR("https://fn.internal"), PEN_UPSTREAM_HTTPS, PEN_STR("fn.internal"), 443,
         PEN_STR("fn.internal"), PEN_STR("")},
        {PEN_STR("http://127.0.0.1:8080/base/"), PEN_UPSTREAM_HTTP, PEN_STR("127.0.0.1"), 8080,
         PEN_STR("127.0.0.1:8080"), PEN_STR("/base/")},
        {PEN_STR("https://[::1]:9443/a"), PEN_UPSTREAM_HTTPS, PEN_STR("::1"), 9443,
         PEN_STR("[::1]:9443"), PEN_STR("/a")},
        {PEN_STR("http://of_watchdog"), PEN_UPSTREAM_HTTP, PEN_STR("of_watchdog"), 80,
         PEN_STR("of_watchdog"), PEN_STR("")},
        {PEN_STR("unix:/run/fn.sock"), PEN_UPSTREAM_UNIX, PEN_STR(""), 0, PEN_STR(""), PEN_STR("")},
    };
    for (size_t i = 0; i < PEN_COUNT_OF(rows); i++) {
        struct pen_endpoint url;
        const char *problem;
        if (pen_endpoint_url(rows[i].text, &url, &problem) != PEN_OK) {
            fail_msg("%.*s: %s", PEN_STR_ARGS(rows[i].text), problem);
        }
        assert_int_equal(url.scheme, rows[i].scheme);
        assert_int_equal(url.port, rows[i].port);
        assert_true(pen_str_equal(url.host, rows[i].host));
        assert_true(pen_str_equal(url.authority, rows[i].authority));
        assert_true(pen_str_equal(url.path, rows[i].path));
    }
}

static void refuses_urls_with_more_than_a_place(void **state)
{
    (void)state;
    const struct {
        struct pen_str text;
        const char *says;
    } rows[] = {
        {PEN_STR(""), "expected a URL"},
        {PEN_STR("fn.internal"), "expected a URL"},
        {PEN_STR("HTTPS://fn"), "expected a URL"},
        {PEN_STR("ftp://fn"), "expected a URL"},
        {PEN_STR("https://"), "no host"},
        {PEN_STR("https:///path"), "no host"},
        {PEN_STR("https://user:secret@fn"), "password"},
        {PEN_STR("https://fn?x=1"), "query"},
        {PEN_STR("https://fn/#x"), "fragment"},
        {PEN_STR("https://fn:0"), "port"},
        {PEN_STR("https://fn:"), "port"},
        {PEN_STR("https://fn:99999"), "port"},
        {PEN_STR("https://f n"), "no host"},
        {PEN_STR("https://a..b"), "no host"},
        {PEN_STR("https://-a"), "no host"},
        {PEN_STR("https://[fn]"), "IPv6"},
        {PEN_STR("https://::1"), "brackets"},
    };
    for (size_t i = 0; i < PEN_COUNT_OF(rows); i++) {
        struct pen_endpoint url;
        const char *problem = "";
        if (pen_endpoint_url(rows[i].text, &url, &problem) != PEN_ERR_INVALID
            || strstr(problem, rows[i].says) == NULL) {
            fail_msg("%.*s: %s", PEN_STR_ARGS(rows[i].text), problem);
        }
    }
}

static void knows_what_never_leaves_the_machine(void **state)
{
    (void)state;
    assert_true(pen_endpoint_is_loopback(PEN_S("127.0.0.1")));
    assert_true(pen_endpoint_is_loopback(PEN_S("127.255.255.254")));
    assert_true(pen_endpoint_is_loopback(PEN_S("::1")));
    assert_true(pen_endpoint_is_loopback(PEN_S("LocalHost")));
    assert_false(pen_endpoint_is_loopback(PEN_S("127.evil.example")));
    assert_false(pen_endpoint_is_loopback(PEN_S("0.0.0.0")));
    assert_false(pen_endpoint_is_loopback(PEN_S("::")));
    assert_false(pen_endpoint_is_loopback(PEN_S("::ffff:127.0.0.1")));
    assert_false(pen_endpoint_is_loopback(PEN_S("localhost.evil.example")));
    assert_false(pen_endpoint_is_loopback(PEN_S("")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_numeric_addresses_and_unix_sockets),
        cmocka_unit_test(refuses_addresses_that_a_resolver_would_decide),
        cmocka_unit_test(takes_urls_apart),
        cmocka_unit_test(refuses_urls_with_more_than_a_place),
        cmocka_unit_test(knows_what_never_leaves_the_machine),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
