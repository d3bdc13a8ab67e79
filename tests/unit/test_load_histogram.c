/** The load generator's histogram: three digits, whatever the magnitude. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "bench/load/arrivals.h"
#include "bench/load/histogram.h"

static struct load_histogram histogram;
static struct load_histogram other;

static int start_empty(void **state)
{
    (void)state;
    memset(&histogram, 0, sizeof(histogram));
    memset(&other, 0, sizeof(other));
    return 0;
}

static void is_silent_when_nothing_was_recorded(void **state)
{
    (void)state;
    assert_int_equal(load_histogram_percentile(&histogram, 50), 0);
    assert_int_equal(load_histogram_percentile(&histogram, 100), 0);
    assert_true(load_histogram_mean(&histogram) == 0);
}

static void is_exact_for_small_values(void **state)
{
    (void)state;
    for (uint64_t i = 1; i <= 2000; i++) {
        load_histogram_record(&histogram, i);
    }
    assert_int_equal(load_histogram_percentile(&histogram, 50), 1000);
    assert_int_equal(load_histogram_percentile(&histogram, 90), 1800);
    assert_int_equal(load_histogram_percentile(&histogram, 99.9), 1998);
    assert_int_equal(load_histogram_percentile(&histogram, 100), 2000);
    assert_int_equal(load_histogram_percentile(&histogram, 0.0001), 1);
    assert_true(load_histogram_mean(&histogram) == 1000.5);
    assert_int_equal(histogram.least, 1);
}

/* One value below, one far above: the percentile must find it without help of the exact maximum. */
static void keeps_three_digits_at_every_magnitude(void **state)
{
    (void)state;
    for (unsigned bit = 0; bit < 42; bit++) {
        const uint64_t power = (uint64_t)1 << bit;
        const uint64_t values[] = {power, power + power / 3, 2 * power - 1};
        for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
            start_empty(NULL);
            load_histogram_record(&histogram, values[i]);
            load_histogram_record(&histogram, LOAD_HISTOGRAM_MOST);
            const uint64_t found = load_histogram_percentile(&histogram, 50);
            if (found < values[i] || (double)(found - values[i]) > (double)values[i] / 1000) {
                fail_msg("%llu was found as %llu", (unsigned long long)values[i],
                         (unsigned long long)found);
            }
        }
    }
}

static void cuts_what_is_too_long_and_counts_it(void **state)
{
    (void)state;
    load_histogram_record(&histogram, UINT64_MAX);
    assert_int_equal(histogram.total, 1);
    assert_int_equal(load_histogram_percentile(&histogram, 99), LOAD_HISTOGRAM_MOST);
}

static int compare(const void *a, const void *b)
{
    const uint64_t left = *(const uint64_t *)a;
    const uint64_t right = *(const uint64_t *)b;
    return (left > right) - (left < right);
}

/* Against the definition: sort, and take the element at the rank. */
static void agrees_with_sorting(void **state)
{
    (void)state;
    enum { COUNT = 20000 };
    static uint64_t values[COUNT];
    struct load_random random = {7};
    for (size_t i = 0; i < COUNT; i++) {
        values[i] = load_random_next(&random) >> (22 + load_random_below(&random, 40));
        load_histogram_record(i % 2 == 0 ? &histogram : &other, values[i]);
    }
    load_histogram_merge(&histogram, &other);
    qsort(values, COUNT, sizeof(values[0]), compare);
    assert_int_equal(histogram.total, COUNT);
    assert_int_equal(histogram.least, values[0]);
    assert_int_equal(histogram.most, values[COUNT - 1]);
    const double percents[] = {1, 25, 50, 90, 99, 99.9, 100};
    for (size_t i = 0; i < sizeof(percents) / sizeof(percents[0]); i++) {
        const size_t rank = (size_t)(percents[i] / 100 * COUNT + 0.999999);
        const uint64_t exact = values[rank - 1];
        const uint64_t found = load_histogram_percentile(&histogram, percents[i]);
        if (found < exact || (double)(found - exact) > (double)exact / 1000) {
            fail_msg("p%g is %llu and was found as %llu", percents[i], (unsigned long long)exact,
                     (unsigned long long)found);
        }
    }
}

static void plans_a_constant_rate_evenly(void **state)
{
    (void)state;
    struct load_arrivals plan = load_arrivals_start(1000, false, 1);
    for (uint64_t i = 0; i < 5000; i++) {
        assert_int_equal(load_arrivals_next(&plan), i * 1000000);
    }
}

/* Of exponential gaps the deviation is the mean, and e^-1 of them are longer than it. */
static void plans_poisson_arrivals_with_the_rate_asked_for(void **state)
{
    (void)state;
    enum { COUNT = 100000 };
    struct load_arrivals plan = load_arrivals_start(1000, true, 3);
    uint64_t before = load_arrivals_next(&plan);
    uint64_t longer = 0;
    for (size_t i = 0; i < COUNT; i++) {
        const uint64_t now = load_arrivals_next(&plan);
        assert_true(now >= before);
        if (now - before > 1000000) longer++;
        before = now;
    }
    assert_in_range(before / COUNT, 985000, 1015000);
    assert_in_range(longer, COUNT * 0.3579, COUNT * 0.3779);
}

static void plans_the_same_again_from_the_same_seed(void **state)
{
    (void)state;
    struct load_arrivals one = load_arrivals_start(50, true, 9);
    struct load_arrivals same = load_arrivals_start(50, true, 9);
    struct load_arrivals another = load_arrivals_start(50, true, 10);
    bool differs = false;
    for (size_t i = 0; i < 100; i++) {
        const uint64_t due = load_arrivals_next(&one);
        assert_int_equal(due, load_arrivals_next(&same));
        differs = differs || due != load_arrivals_next(&another);
    }
    assert_true(differs);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(is_silent_when_nothing_was_recorded, start_empty),
        cmocka_unit_test_setup(is_exact_for_small_values, start_empty),
        cmocka_unit_test_setup(keeps_three_digits_at_every_magnitude, start_empty),
        cmocka_unit_test_setup(cuts_what_is_too_long_and_counts_it, start_empty),
        cmocka_unit_test_setup(agrees_with_sorting, start_empty),
        cmocka_unit_test(plans_a_constant_rate_evenly),
        cmocka_unit_test(plans_poisson_arrivals_with_the_rate_asked_for),
        cmocka_unit_test(plans_the_same_again_from_the_same_seed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
