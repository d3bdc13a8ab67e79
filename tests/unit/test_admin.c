/** The admin listener: its three pages, and nothing else. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <curl/curl.h>
#include <stdio.h>
#include <string.h>

#include "gateway/admin/admin.h"

static struct pen_metrics *metrics;
static struct pen_admin *admin;
static const char *not_ready;
static char body[65536];
static size_t body_len;

static bool ready(void *owner, struct pen_buf *why)
{
    (void)owner;
    if (not_ready == NULL) return true;
    pen_buf_put(why, pen_str_from_c(not_ready));
    return false;
}

static int set_up(void **state)
{
    (void)state;
    const struct pen_config_listen listen = {
        .address = PEN_STR("127.0.0.1:0"), .host = PEN_STR("127.0.0.1"), .plaintext = true};
    const struct pen_admin_hooks hooks = {.ready = ready};
    struct pen_error err = {0};
    not_ready = NULL;
    if (pen_metrics_create(1, &metrics) != PEN_OK) return -1;
    return pen_admin_start(&listen, metrics, &hooks, &admin, &err) == PEN_OK ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    pen_admin_stop(admin);
    pen_metrics_destroy(metrics);
    return 0;
}

static size_t collect(char *bytes, size_t size, size_t count, void *context)
{
    (void)context;
    const size_t length = size * count;
    if (length > sizeof(body) - 1 - body_len) return 0;
    memcpy(body + body_len, bytes, length);
    body_len += length;
    body[body_len] = '\0';
    return length;
}

static long ask(const char *method, const char *path)
{
    char url[128];
    long status = 0;
    body_len = 0;
    body[0] = '\0';
    assert_true(snprintf(url, sizeof(url), "http://127.0.0.1:%u%s", pen_admin_port(admin), path)
                < (int)sizeof(url));
    CURL *curl = curl_easy_init();
    assert_non_null(curl);
    assert_int_equal(curl_easy_setopt(curl, CURLOPT_URL, url), CURLE_OK);
    assert_int_equal(curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, method), CURLE_OK);
    assert_int_equal(curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, collect), CURLE_OK);
    assert_int_equal(curl_easy_setopt(curl, CURLOPT_NOPROXY, "*"), CURLE_OK);
    assert_int_equal(curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, 10000L), CURLE_OK);
    assert_int_equal(curl_easy_perform(curl), CURLE_OK);
    assert_int_equal(curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status), CURLE_OK);
    curl_easy_cleanup(curl);
    return status;
}

static void shows_metrics_health_and_readiness(void **state)
{
    (void)state;
    assert_int_equal(ask("GET", "/metrics"), 200);
    assert_non_null(strstr(body, "# TYPE penstock_requests_total counter\n"));
    assert_int_equal(ask("GET", "/healthz"), 200);
    assert_int_equal(ask("GET", "/readyz"), 200);
    assert_string_equal(body, "ready\n");
}

static void says_why_it_is_not_ready_and_stays_healthy(void **state)
{
    (void)state;
    not_ready = "draining";
    assert_int_equal(ask("GET", "/readyz"), 503);
    assert_string_equal(body, "draining\n");
    assert_int_equal(ask("GET", "/healthz"), 200);
}

static void has_no_other_pages_and_takes_no_other_methods(void **state)
{
    (void)state;
    assert_int_equal(ask("GET", "/"), 404);
    assert_int_equal(ask("GET", "/metrics/../etc"), 404);
    assert_int_equal(ask("POST", "/metrics"), 405);
    assert_int_equal(ask("DELETE", "/healthz"), 405);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(shows_metrics_health_and_readiness, set_up, tear_down),
        cmocka_unit_test_setup_teardown(says_why_it_is_not_ready_and_stays_healthy, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(has_no_other_pages_and_takes_no_other_methods, set_up,
                                        tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
