/** `penstock check`: its summary, what it warns about, and its exit status. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/cli/check_command.h"

#define JANUARY_2027 INT64_C(1798761600)

static char *dated_summary_of(const char *yaml, int64_t now, bool with_dates)
{
    const struct pen_config_options options = {.look_at_files = false};
    struct pen_config *config;
    struct pen_error err = {.text = ""};
    if (pen_config_parse_with(pen_str_from_c(yaml), PEN_S("/x"), &options, &config, &err)
        != PEN_OK) {
        fail_msg("%zu:%zu: %s", err.line, err.column, err.text);
    }
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    assert_non_null(out);
    const struct pen_tls_date list[] = {
        {PEN_STR("/x/old.pem"), PEN_TLS_DATE_CERTIFICATE, JANUARY_2027 - 2 * 86400},
        {PEN_STR("/x/day.ocsp"), PEN_TLS_DATE_OCSP, JANUARY_2027 + 86400},
        {PEN_STR("/x/near.pem"), PEN_TLS_DATE_CA, JANUARY_2027 + 29 * 86400},
        {PEN_STR("/x/far.pem"), PEN_TLS_DATE_CERTIFICATE, JANUARY_2027 + 30 * 86400},
    };
    const struct pen_check_dates dates = {list, with_dates ? PEN_COUNT_OF(list) : 0};
    assert_int_equal(pen_check_summary(config, NULL, &dates, now, out), PEN_OK);
    assert_int_equal(fclose(out), 0);
    pen_config_destroy(config);
    return text;
}

static char *summary_of(const char *yaml, int64_t now)
{
    return dated_summary_of(yaml, now, false);
}

static const char everything[] =
    "listen:\n"
    "  - { address: 0.0.0.0:443, tls: { certificate: c, key: k, min_version: \"1.3\", client_ca: "
    "a } }\n"
    "  - { address: 0.0.0.0:80, plaintext: true }\n"
    "issuers:\n"
    "  corp: { issuer: https://id/, audience: [a, b], algorithms: [HS256], jwks: { file: j } }\n"
    "upstreams:\n"
    "  faas: { url: https://h:8443/base, mtls: { certificate: c, key: k } }\n"
    "  near: { url: unix:/run/f.sock }\n"
    "  far: { url: http://h, plaintext: true, timeout: 90s }\n"
    "functions:\n"
    "  closed: { route: /closed, upstream: faas }\n"
    "  open: { route: /open, upstream: near, allow: anyone, bodies: [opaque],\n"
    "    content_codings: [gzip] }\n"
    "  queue: { route: /q, upstream: near, event: [aws.sqs, graphql],\n"
    "    webhook: { confirm: true }, allow: { issuer: corp } }\n"
    "  orders:\n"
    "    host: fn.example\n"
    "    route: /o/{id}\n"
    "    target: /orders/{id}\n"
    "    upstream: far\n"
    "    methods: [POST, PUT]\n"
    "    filters: { sqli: detect, path: off }\n"
    "    allow: { issuer: corp, scopes: [r, w], subjects: [s], claims: { tenant: acme } }\n"
    "    exceptions: [{ filter: sqli, path: /note, reason: r, until: 2027-01-01 }]\n";

static void says_what_the_file_comes_to(void **state)
{
    (void)state;
    const char *const lines[] = {
        "\nListeners\n  0.0.0.0:443  TLS 1.3 or later, client certificate required\n"
        "  0.0.0.0:80   plain HTTP\n",
        "\nIssuers\n  corp  https://id/  a, b  keys from /x/j\n",
        "\nUpstreams\n  faas  https://h:8443/base  mutual TLS  at most 1m\n"
        "  near  unix:/run/f.sock     plain HTTP  at most 1m\n"
        "  far   http://h             plain HTTP  at most 90s\n",
        "  closed  POST /closed                 -> faas",
        " nobody ",
        "  json: aws.sqs, graphql ",
        "POST, PUT fn.example/o/{id}  -> far /orders/{id}  corp, scope r and w, one of 1 subject, "
        "claim tenant  json                    enforce, sqli detect, path off, secrets detect; 1 "
        "exception\n",
    };
    char *const text = summary_of(everything, 0);
    for (size_t i = 0; i < PEN_COUNT_OF(lines); i++) {
        if (strstr(text, lines[i]) == NULL) fail_msg("missing: %s\nin:\n%s", lines[i], text);
    }
    free(text);
}

static const char two_filters[] =
    "listen: [{ address: 127.0.0.1:0 }]\n"
    "upstreams: { u: { url: http://127.0.0.1:1 } }\n"
    "functions:\n"
    "  quiet: { route: /a, upstream: u }\n"
    "  keys: { route: /b, upstream: u, filters: { secrets: { kinds: [card] } } }\n"
    "  scores: { route: /c, upstream: u, filters: { secrets: { thresholds: { flag: 20 } } } }\n"
    "  named: { route: /d, upstream: u, filters: { secrets: { mode: enforce, kinds: [card] } } }\n"
    "  word: { route: /e, upstream: u, filters: enforce }\n"
    "  none: { route: /f, upstream: u, filters: off }\n"
    "  full:\n"
    "    route: /g\n"
    "    upstream: u\n"
    "    sinks: [sql, html]\n"
    "    thresholds: { block: 90, flag: 30 }\n"
    "    filters: { xss: { thresholds: { block: 60 } }, graphql: { depth: 8, cost: 500 } }\n"
    "    response: { secrets: redact, errors: detect }\n"
    "    exceptions: [{ filter: sqli, path: /a, reason: r }, { filter: xss, path: /b, reason: r "
    "}]\n";

static void says_what_each_functions_policy_is(void **state)
{
    (void)state;
    const char *const lines[] = {
        "  json  enforce, secrets detect\n",
        "  json  enforce, secrets detect; secrets with kinds\n",
        "  json  enforce, secrets detect; secrets flag 20\n",
        "  json  enforce; secrets with kinds\n",
        "  json  off\n",
        "  json  enforce, secrets detect; sinks sql and html; block 90 and flag 30; xss block 60; "
        "graphql with depth and cost; response secrets redact and errors detect; 2 exceptions\n",
    };
    char *const text = summary_of(two_filters, 0);
    for (size_t i = 0; i < PEN_COUNT_OF(lines); i++) {
        if (strstr(text, lines[i]) == NULL) fail_msg("missing: %s\nin:\n%s", lines[i], text);
    }
    free(text);
}

static void settings_do_not_switch_on_a_filter_that_only_detects(void **state)
{
    (void)state;
    char *const text = summary_of(two_filters, 0);
    const char *const told =
        ": filter secrets has settings, but records only (detect) without 'mode: enforce'\n";
    const struct {
        const char *function;
        bool is_told;
    } rows[] = {{"quiet", false}, {"keys", true},  {"scores", true},
                {"named", false}, {"word", false}, {"none", false}};
    for (size_t i = 0; i < PEN_COUNT_OF(rows); i++) {
        char memory[160];
        struct pen_buf line = pen_buf_over(memory, sizeof(memory) - 1);
        pen_buf_format(&line, "  function %s%s", rows[i].function, told);
        memory[line.len] = '\0';
        if ((strstr(text, memory) != NULL) != rows[i].is_told) {
            fail_msg("%s\nin:\n%s", rows[i].function, text);
        }
    }
    free(text);
}

static void warns_of_what_deserves_a_second_look(void **state)
{
    (void)state;
    const char *const lines[] = {
        "0.0.0.0:80: tokens cross the network in the clear",
        "issuer corp: whoever knows its shared secret can sign tokens",
        "upstream far: events cross the network in the clear",
        "no audit: nothing is recorded",
        "function closed: unreachable, it has no 'allow'",
        "function open: anyone may call it",
        "function open: opaque bodies pass without being looked into",
        "function queue: it has no webhook topics, so none is confirmed",
        "function orders: filter sqli records only (detect)",
        "function orders: filter path is off",
    };
    char *text = summary_of(everything, JANUARY_2027 - 1);
    for (size_t i = 0; i < PEN_COUNT_OF(lines); i++) {
        if (strstr(text, lines[i]) == NULL) fail_msg("missing: %s\nin:\n%s", lines[i], text);
    }
    assert_null(strstr(text, "has ended"));
    free(text);
    text = summary_of(everything, JANUARY_2027);
    assert_non_null(strstr(text, "the exception of sqli at /note has ended"));
    free(text);
}

static void says_what_ends_and_when(void **state)
{
    (void)state;
    char *const text = dated_summary_of(everything, JANUARY_2027, true);
    const char *const lines[] = {
        "\nCertificates\n  /x/old.pem   certificate    ended 2 days ago\n"
        "  /x/day.ocsp  OCSP response  1 day left\n"
        "  /x/near.pem  authority      29 days left\n"
        "  /x/far.pem   certificate    30 days left\n",
        "  /x/old.pem: this certificate has ended\n",
        "  /x/near.pem: this authority ends in 29 days\n",
    };
    for (size_t i = 0; i < PEN_COUNT_OF(lines); i++) {
        if (strstr(text, lines[i]) == NULL) fail_msg("missing: %s\nin:\n%s", lines[i], text);
    }
    assert_null(strstr(text, "/x/day.ocsp: "));
    assert_null(strstr(text, "/x/far.pem: "));
    free(text);
}

static void says_nothing_where_nothing_is_odd(void **state)
{
    (void)state;
    char *const text = summary_of("listen: [{ address: 127.0.0.1:0 }]\n"
                                  "issuers: { i: { issuer: a, audience: b, jwks: { file: k } } }\n"
                                  "upstreams: { u: { url: http://127.0.0.1:1 } }\n"
                                  "functions: { f: { route: /f, upstream: u, allow: { issuer: i } "
                                  "} }\n"
                                  "audit: { file: \"-\" }\n",
                                  0);
    assert_null(strstr(text, "Look twice"));
    free(text);
}

static int run(const char *first, const char *second)
{
    char name[] = "check";
    char one[128] = "";
    char other[128] = "";
    assert_true(strlen(first) < sizeof(one) && strlen(second) < sizeof(other));
    memcpy(one, first, strlen(first));
    memcpy(other, second, strlen(second));
    char *arguments[] = {name, one, other, NULL};
    optind = 1;
    return pen_cli_check(second[0] == '\0' ? 2 : 3, arguments);
}

static void ends_with_a_status_that_scripts_can_use(void **state)
{
    (void)state;
    assert_int_equal(run("--help", ""), 0);
    assert_int_equal(run("-c", "/nonexistent/penstock.yaml"), 2);
    assert_int_equal(run("-c", "/dev/null"), 2);
    assert_int_equal(run("--nonsense", ""), 2);
    assert_int_equal(run("file.yaml", ""), 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(says_what_the_file_comes_to),
        cmocka_unit_test(says_what_each_functions_policy_is),
        cmocka_unit_test(settings_do_not_switch_on_a_filter_that_only_detects),
        cmocka_unit_test(warns_of_what_deserves_a_second_look),
        cmocka_unit_test(says_what_ends_and_when),
        cmocka_unit_test(says_nothing_where_nothing_is_odd),
        cmocka_unit_test(ends_with_a_status_that_scripts_can_use),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
