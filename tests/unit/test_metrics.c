/** Metrics: what workers count comes out once, added up, in Prometheus' format. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/metrics/metrics.h"

static char *render(const struct pen_metrics *metrics)
{
    char *text = NULL;
    size_t length = 0;
    assert_int_equal(pen_metrics_render(metrics, &text, &length), PEN_OK);
    assert_int_equal(strlen(text), length);
    return text;
}

static void assert_has(const char *text, const char *line)
{
    const char *at = strstr(text, line);
    if (at == NULL) fail_msg("missing: %s\nin:\n%s", line, text);
    assert_true(at == text || at[-1] == '\n');
}

static void adds_up_what_all_workers_counted(void **state)
{
    (void)state;
    struct pen_metrics *metrics = NULL;
    uint32_t orders = 0;
    uint32_t again = 0;
    assert_int_equal(pen_metrics_create(2, &metrics), PEN_OK);
    assert_int_equal(pen_metrics_slot(metrics, PEN_S("orders"), &orders), PEN_OK);
    assert_int_equal(pen_metrics_slot(metrics, PEN_S("orders"), &again), PEN_OK);
    assert_int_equal(orders, again);
    assert_int_not_equal(orders, 0);

    pen_metrics_request(metrics, 0, orders, 200, 0, 900);
    pen_metrics_request(metrics, 1, orders, 200, 0, 99000000);
    pen_metrics_request(metrics, 1, orders, 403, 2, 10);
    pen_metrics_request(metrics, 0, 0, 0, 2, 10);
    pen_metrics_add(metrics, 0, PEN_COUNTER_BYTES_IN, 5);
    pen_metrics_add(metrics, 1, PEN_COUNTER_BYTES_IN, 7);
    pen_metrics_gauge(metrics, 0, PEN_GAUGE_CONNECTIONS, 3);
    pen_metrics_gauge(metrics, 1, PEN_GAUGE_CONNECTIONS, 4);
    pen_metrics_violation(metrics, 0, orders);
    pen_metrics_violation(metrics, 1, orders);
    pen_metrics_reason(metrics, 0, "json.syntax");
    pen_metrics_reason(metrics, 1, "json.syntax");
    pen_metrics_info(metrics, "penstock_config_generation", 3);

    char *const text = render(metrics);
    assert_has(text, "penstock_received_bytes_total 12\n");
    assert_has(text, "penstock_connections 7\n");
    assert_has(text,
               "penstock_requests_total{function=\"orders\",status=\"2xx\",verdict=\"pass\"} 2\n");
    assert_has(text,
               "penstock_requests_total{function=\"orders\",status=\"4xx\",verdict=\"block\"} 1\n");
    assert_has(text,
               "penstock_requests_total{function=\"\",status=\"gone\",verdict=\"block\"} 1\n");
    assert_has(text, "penstock_refusals_total{reason=\"json.syntax\"} 2\n");
    assert_null(strstr(strstr(text, "reason=\"json.syntax\"") + 1, "reason=\"json.syntax\""));
    assert_has(text, "penstock_schema_violations_total{function=\"orders\"} 2\n");
    assert_has(text, "penstock_config_generation 3\n");
    assert_has(text,
               "gateway_function_invocation_total{function_name=\"orders\",code=\"2xx\"} 2\n");
    /* Cumulative buckets: 10 us, 900 us and 99 s. */
    assert_has(text, "gateway_functions_seconds_bucket{function_name=\"orders\",le=\"5e-05\"} 1\n");
    assert_has(text, "gateway_functions_seconds_bucket{function_name=\"orders\",le=\"0.001\"} 2\n");
    assert_has(text, "gateway_functions_seconds_bucket{function_name=\"orders\",le=\"10\"} 2\n");
    assert_has(text, "gateway_functions_seconds_bucket{function_name=\"orders\",le=\"+Inf\"} 3\n");
    assert_has(text, "gateway_functions_seconds_count{function_name=\"orders\"} 3\n");
    free(text);
    pen_metrics_destroy(metrics);
}

static void announces_every_series_with_help_and_type(void **state)
{
    (void)state;
    struct pen_metrics *metrics = NULL;
    assert_int_equal(pen_metrics_create(1, &metrics), PEN_OK);
    char *const text = render(metrics);
    char *rest = text;
    for (char *line; (line = strsep(&rest, "\n")) != NULL && *line != '\0';) {
        if (line[0] == '#') {
            assert_true(strncmp(line, "# HELP ", 7) == 0 || strncmp(line, "# TYPE ", 7) == 0);
            continue;
        }
        assert_non_null(strchr(line, ' '));
    }
    free(text);
    pen_metrics_destroy(metrics);
}

static void escapes_names_and_bounds_reasons(void **state)
{
    (void)state;
    struct pen_metrics *metrics = NULL;
    uint32_t slot = 0;
    assert_int_equal(pen_metrics_create(1, &metrics), PEN_OK);
    assert_int_equal(pen_metrics_slot(metrics, PEN_S("a\"b\\c\nd"), &slot), PEN_OK);
    pen_metrics_request(metrics, 0, slot, 200, 0, 1);
    for (int i = 0; i < 1000; i++) {
        char reason[32];
        struct pen_buf buf = pen_buf_over(reason, sizeof(reason));
        pen_buf_format(&buf, "made.up_%d", i);
        pen_buf_byte(&buf, '\0');
        pen_metrics_reason(metrics, 0, reason);
    }
    char *const text = render(metrics);
    assert_has(text, "penstock_requests_total{function=\"a\\\"b\\\\c\\nd\",status=\"2xx\"");
    assert_non_null(strstr(text, "penstock_refusals_total{reason=\"other\"}"));
    free(text);
    pen_metrics_destroy(metrics);
}

static void says_what_each_value_means_and_when_to_alarm(void **state)
{
    (void)state;
    struct pen_metrics *metrics = NULL;
    assert_int_equal(pen_metrics_create(1, &metrics), PEN_OK);
    pen_metrics_info(metrics, "penstock_tls_reload_failed", 0);
    pen_metrics_info(metrics, "penstock_certificate_expiry_seconds{file=\"a\"}", 1);
    char *const text = render(metrics);
    assert_has(text, "# HELP penstock_tls_reload_failed 1: changed TLS files could not be taken "
                     "over, the ones before are in force. Alarm at 1.\n");
    assert_has(text, "# HELP penstock_certificate_expiry_seconds When a certificate");
    free(text);
    pen_metrics_destroy(metrics);
}

static void takes_thousands_of_functions(void **state)
{
    (void)state;
    struct pen_metrics *metrics = NULL;
    assert_int_equal(pen_metrics_create(2, &metrics), PEN_OK);
    for (uint32_t i = 0; i < 1000; i++) {
        char name[32];
        struct pen_buf buf = pen_buf_over(name, sizeof(name));
        uint32_t slot = 0;
        pen_buf_format(&buf, "f%u", i);
        assert_int_equal(pen_metrics_slot(metrics, pen_buf_str(&buf), &slot), PEN_OK);
        pen_metrics_request(metrics, i % 2, slot, 200, 0, 1);
    }
    char *const text = render(metrics);
    assert_has(text,
               "penstock_requests_total{function=\"f999\",status=\"2xx\",verdict=\"pass\"} 1\n");
    free(text);
    pen_metrics_destroy(metrics);
}

static void shows_values_by_name_and_forgets_them(void **state)
{
    (void)state;
    struct pen_metrics *metrics = NULL;
    assert_int_equal(pen_metrics_create(1, &metrics), PEN_OK);
    pen_metrics_info(metrics, "ends_seconds{file=\"a\"}", 1);
    pen_metrics_info(metrics, "ends_seconds_of_others", 2);
    pen_metrics_info(metrics, "ends_seconds{file=\"b\"}", 3);
    pen_metrics_info(metrics, "ends_seconds{file=\"a\"}", 4);
    for (int i = 0; i < 1000; i++) {
        char series[64];
        (void)snprintf(series, sizeof(series), "many{number=\"%d\"}", i);
        pen_metrics_info(metrics, series, i);
    }
    char *text = render(metrics);
    assert_has(text, "# TYPE ends_seconds gauge\nends_seconds{file=\"a\"} 4\n"
                     "ends_seconds{file=\"b\"} 3\n");
    assert_has(text, "many{number=\"999\"} 999\n");
    free(text);

    pen_metrics_forget(metrics, "ends_seconds");
    text = render(metrics);
    assert_null(strstr(text, "ends_seconds{"));
    assert_has(text, "ends_seconds_of_others 2\n");
    free(text);
    pen_metrics_destroy(metrics);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(adds_up_what_all_workers_counted),
        cmocka_unit_test(announces_every_series_with_help_and_type),
        cmocka_unit_test(escapes_names_and_bounds_reasons),
        cmocka_unit_test(says_what_each_value_means_and_when_to_alarm),
        cmocka_unit_test(takes_thousands_of_functions),
        cmocka_unit_test(shows_values_by_name_and_forgets_them),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
