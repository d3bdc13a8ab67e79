/** Scenarios of the load generator: what they come to, and what is said about mistakes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "bench/load/arrivals.h"
#include "bench/load/exchange.h"
#include "bench/load/scenario.h"

static void reads_a_whole_scenario(void **state)
{
    (void)state;
    const struct pen_str text = PEN_STR("target: https://127.0.0.1:8443/\n"
                                        "rate: 250\n"
                                        "arrivals: constant\n"
                                        "connections: 7\n"
                                        "connection: resumed\n"
                                        "duration: 5s\n"
                                        "warmup: 500ms\n"
                                        "mix:\n"
                                        "  order:\n"
                                        "    weight: 3\n"
                                        "    path: /function/orders\n"
                                        "    body: { text: '{\"a\":1}', items: 30B }\n"
                                        "    headers: { X-Kind: b }\n"
                                        "    expect: [200, 429]\n"
                                        "  list: { path: /function/orders?page=1 }\n");
    struct load_scenario scenario;
    struct pen_error err = {.text = ""};
    if (load_scenario_parse(text, PEN_S("."), false, &scenario, &err) != PEN_OK) {
        fail_msg("%s", err.text);
    }
    assert_true(pen_str_equal(scenario.target, PEN_S("https://127.0.0.1:8443")));
    assert_int_equal(scenario.rate, 250);
    assert_int_equal(scenario.arrival, LOAD_CONSTANT);
    assert_int_equal(scenario.connection, LOAD_RESUMED);
    assert_int_equal(scenario.at_once, 7);
    assert_int_equal(scenario.duration_ms, 5000);
    assert_int_equal(scenario.warmup_ms, 500);
    assert_int_equal(scenario.kind_count, 2);
    assert_int_equal(scenario.weight_sum, 4);
    const struct load_kind *const order = &scenario.kinds[0];
    assert_true(pen_str_equal(order->method, PEN_S("POST")));
    assert_true(pen_str_equal(order->bodies[0], PEN_S("{\"items\":[{\"a\":1},{\"a\":1}]}")));
    assert_int_equal(order->expected_count, 2);
    assert_int_equal(order->expected[1], 429);
    assert_int_equal(order->field_count, 2);
    assert_string_equal(order->fields[0].ptr, "X-Kind: b");
    assert_string_equal(order->fields[1].ptr, "Content-Type: application/json");
    const struct load_kind *const list = &scenario.kinds[1];
    assert_true(pen_str_equal(list->method, PEN_S("GET")));
    assert_int_equal(list->expected[0], 200);
    assert_int_equal(list->body_count, 0);
    load_scenario_release(&scenario);
}

/* The part of the mix that a kind gets is its weight's, at the borders too. */
static void draws_kinds_by_their_weights(void **state)
{
    (void)state;
    const struct load_kind kinds[] = {{.weight = 3}, {.weight = 1}, {.weight = 2}};
    const struct load_scenario scenario = {.kinds = kinds, .kind_count = 3, .weight_sum = 6};
    const size_t expected[] = {0, 0, 0, 1, 2, 2};
    for (size_t draw = 0; draw < 6; draw++) {
        assert_int_equal(load_kind_drawn(&scenario, draw), expected[draw]);
    }
}

#define HEAD "target: http://127.0.0.1:1\n"
#define MIX  "mix: { a: { path: / } }\n"

static void says_where_a_mistake_stands_and_what_to_do(void **state)
{
    (void)state;
    const struct {
        struct pen_str text;
        size_t line;
        const char *says;
    } rows[] = {
        {PEN_STR(MIX), 1, "the key 'target' is missing"},
        {PEN_STR("target: ftp://127.0.0.1\n" MIX), 1, "expected https:// or http://"},
        {PEN_STR("target: http://127.0.0.1/path\n" MIX), 1, "paths stand in `mix`"},
        {PEN_STR(HEAD "rte: 5\n" MIX), 2, "did you mean 'rate'"},
        {PEN_STR(HEAD "rate: 0\n" MIX), 2, "from 1 to 1000000"},
        {PEN_STR(HEAD "duration: 10\n" MIX), 2, "add its unit"},
        {PEN_STR(HEAD "mix:\n  a: { path: /, pace: 100 }\n"), 3,
         "expected a rate such as 100B/s or 64KiB/s, read the number 100; add its unit"},
        {PEN_STR(HEAD "duration: 2h\n" MIX), 2, "1h"},
        {PEN_STR(HEAD "arrivals: random\n" MIX), 2, "poisson or constant"},
        {PEN_STR(HEAD "mix: {}\n"), 2, "empty mapping"},
        {PEN_STR(HEAD "mix:\n  a: { path: x }\n"), 3, "begins with /"},
        {PEN_STR(HEAD "mix:\n  a: { path: /, token: shop }\n"), 3, "no `tokens` called 'shop'"},
        {PEN_STR(HEAD "mix:\n  a: { path: /, expect: 99 }\n"), 3, "a status from 200 to 599"},
        {PEN_STR(HEAD "mix:\n  a: { path: /, fault: slow-body }\n"), 3, "needs a `body`"},
        {PEN_STR(HEAD "mix:\n  a:\n    path: /\n    body: { text: x }\n    fault: slow-body\n"), 3,
         "`pace: 100B/s` go together"},
        {PEN_STR(HEAD "mix:\n  a: { path: /, pace: 5B/s }\n"), 3, "go together"},
        {PEN_STR(HEAD "mix:\n  a: { path: /, fault: slow }\n"), 3, "slow-body"},
        {PEN_STR(HEAD "mix:\n  a: { path: /, body: {} }\n"), 3, "say one of `file`"},
        {PEN_STR(HEAD "mix:\n  a: { path: /, method: 'GET /' }\n"), 3, "a method such as POST"},
        {PEN_STR(HEAD "mix:\n  a: { path: /, headers: { 'a b': c } }\n"), 3, "no name of a header"},
        {PEN_STR(HEAD "tokens:\n  t: { scope: a }\n" MIX), 3, "say one of `key`"},
        {PEN_STR(HEAD "tokens:\n  t: { spoil: u }\n" MIX), 3, "no tokens 'u' above"},
        {PEN_STR(HEAD "tokens:\n  t: { key: k }\n" MIX), 3, "needs `issuer`"},
        {PEN_STR(HEAD "certificate: x\n" MIX), 1, "given both or not at all"},
    };
    for (size_t i = 0; i < PEN_COUNT_OF(rows); i++) {
        struct load_scenario scenario = {.arena = NULL};
        struct pen_error err = {.text = ""};
        const enum pen_status status =
            load_scenario_parse(rows[i].text, PEN_S("."), false, &scenario, &err);
        if (status == PEN_OK || err.line != rows[i].line
            || strstr(err.text, rows[i].says) == NULL) {
            fail_msg("%.*s\nexpected line %zu: %s\ngot line %zu: %s", PEN_STR_ARGS(rows[i].text),
                     rows[i].line, rows[i].says, err.line, err.text);
        }
    }
}

static void knows_what_is_this_machine(void **state)
{
    (void)state;
    const struct {
        const char *why;
        struct load_scenario scenario;
        bool local;
    } rows[] = {
        {"loopback", {.target = PEN_STR("https://127.0.0.1:8443")}, true},
        {"all of it", {.target = PEN_STR("http://127.1.2.3")}, true},
        {"by name", {.target = PEN_STR("https://LocalHost:1")}, true},
        {"IPv6", {.target = PEN_STR("https://[::1]:8443")}, true},
        {"IPv6 without port", {.target = PEN_STR("https://[::1]")}, true},
        {"a Unix socket", {.target = PEN_STR("http://any"), .unix_socket = PEN_STR("/s")}, true},
        {"another address", {.target = PEN_STR("https://192.0.2.7")}, false},
        {"a name", {.target = PEN_STR("https://gateway.example")}, false},
        {"a name that looks so", {.target = PEN_STR("http://127.0.0.1.example.com")}, false},
        {"a longer name", {.target = PEN_STR("http://localhost.example.com")}, false},
        {"a user before a host", {.target = PEN_STR("http://127.0.0.1:1@evil.example")}, false},
        {"another IPv6", {.target = PEN_STR("https://[::1:2]:8443")}, false},
    };
    for (size_t i = 0; i < PEN_COUNT_OF(rows); i++) {
        if (load_scenario_is_local(&rows[i].scenario) != rows[i].local) fail_msg("%s", rows[i].why);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_a_whole_scenario),
        cmocka_unit_test(draws_kinds_by_their_weights),
        cmocka_unit_test(says_where_a_mistake_stands_and_what_to_do),
        cmocka_unit_test(knows_what_is_this_machine),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
