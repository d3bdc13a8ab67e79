/** A caller that reads its answer slowly: what counts against it, and what does not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "gateway/edge/connection.h"

#define RATE 500

static void gives_it_five_seconds(void **state)
{
    (void)state;
    struct pen_edge_pace pace = {0};
    pen_edge_pace_block(&pace, 1000);
    assert_false(pen_edge_pace_is_slow(&pace, 5999, RATE));
    assert_true(pen_edge_pace_is_slow(&pace, 6000, RATE));
}

static void is_content_with_the_least_rate(void **state)
{
    (void)state;
    struct pen_edge_pace pace = {0};
    pen_edge_pace_block(&pace, 0);
    for (uint64_t second = 1; second <= 60; second++) {
        pen_edge_pace_take(&pace, second * 1000, RATE, false);
        assert_false(pen_edge_pace_is_slow(&pace, second * 1000, RATE));
    }
    for (uint64_t second = 61; second <= 65; second++) {
        pen_edge_pace_take(&pace, second * 1000, RATE - 1, false);
        assert_int_equal(pen_edge_pace_is_slow(&pace, second * 1000, RATE), second == 65);
    }
}

static void lets_a_fast_beginning_buy_nothing(void **state)
{
    (void)state;
    struct pen_edge_pace pace = {0};
    pen_edge_pace_block(&pace, 0);
    pen_edge_pace_take(&pace, 4000, 100 << 20, false);
    assert_false(pen_edge_pace_is_slow(&pace, 5000, RATE));
    assert_false(pen_edge_pace_is_slow(&pace, 9999, RATE));
    assert_true(pen_edge_pace_is_slow(&pace, 10000, RATE));
}

static void does_not_count_the_time_a_function_takes(void **state)
{
    (void)state;
    struct pen_edge_pace pace = {0};
    for (uint64_t minute = 1; minute <= 60; minute++) {
        /* A second of a full socket, in which 1,000 bytes go; then a minute without anything. */
        pen_edge_pace_block(&pace, minute * 60000);
        assert_false(pen_edge_pace_is_slow(&pace, minute * 60000 + 1000, RATE));
        pen_edge_pace_take(&pace, minute * 60000 + 1000, 1000, true);
    }
}

static void adds_up_full_times_between_pauses(void **state)
{
    (void)state;
    struct pen_edge_pace pace = {0};
    for (uint64_t i = 0; i < 4; i++) {
        pen_edge_pace_block(&pace, i * 10000);
        pen_edge_pace_take(&pace, i * 10000 + 1000, 10, true);
    }
    pen_edge_pace_block(&pace, 90000);
    assert_false(pen_edge_pace_is_slow(&pace, 90999, RATE));
    assert_true(pen_edge_pace_is_slow(&pace, 91000, RATE));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gives_it_five_seconds),
        cmocka_unit_test(is_content_with_the_least_rate),
        cmocka_unit_test(lets_a_fast_beginning_buy_nothing),
        cmocka_unit_test(does_not_count_the_time_a_function_takes),
        cmocka_unit_test(adds_up_full_times_between_pauses),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
