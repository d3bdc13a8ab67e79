/** When load is shed, and when no more. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/pressure.h"

static void judges_by_how_much_is_in_use_and_by_what_was(void **state)
{
    (void)state;
    const struct {
        const char *why;
        uint64_t resident;
        uint64_t limit;
        enum pen_pressure_level before;
        enum pen_pressure_level level;
    } rows[] = {
        {"nothing", 0, 1000, PEN_PRESSURE_NONE, PEN_PRESSURE_NONE},
        {"just below", 899, 1000, PEN_PRESSURE_NONE, PEN_PRESSURE_NONE},
        {"shedding begins", 900, 1000, PEN_PRESSURE_NONE, PEN_PRESSURE_SHED},
        {"and stays for a while", 860, 1000, PEN_PRESSURE_SHED, PEN_PRESSURE_SHED},
        {"and ends", 849, 1000, PEN_PRESSURE_SHED, PEN_PRESSURE_NONE},
        {"closing begins", 950, 1000, PEN_PRESSURE_SHED, PEN_PRESSURE_CLOSE},
        {"at one blow", 990, 1000, PEN_PRESSURE_NONE, PEN_PRESSURE_CLOSE},
        {"closing stays", 910, 1000, PEN_PRESSURE_CLOSE, PEN_PRESSURE_CLOSE},
        {"closing ends, shedding stays", 899, 1000, PEN_PRESSURE_CLOSE, PEN_PRESSURE_SHED},
        {"all at once", 100, 1000, PEN_PRESSURE_CLOSE, PEN_PRESSURE_NONE},
        {"beyond the limit", 5000, 1000, PEN_PRESSURE_CLOSE, PEN_PRESSURE_CLOSE},
        {"no limit to speak of", 0, 0, PEN_PRESSURE_NONE, PEN_PRESSURE_CLOSE},
        {"numbers near the end", UINT64_MAX / 2, UINT64_MAX, PEN_PRESSURE_NONE, PEN_PRESSURE_NONE},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        if (pen_pressure_judge(rows[i].resident, rows[i].limit, rows[i].before) != rows[i].level) {
            fail_msg("%s", rows[i].why);
        }
    }
}

static void sees_this_process(void **state)
{
    (void)state;
    struct pen_pressure *pressure = NULL;
    assert_int_equal(pen_pressure_create(&pressure), PEN_OK);
    pen_pressure_limit(pressure, (uint64_t)1 << 50);
    struct pen_pressure_sample sample = pen_pressure_sample(pressure);
    assert_in_range(sample.resident_bytes, 100000, (uint64_t)1 << 40);
    assert_int_equal(sample.level, PEN_PRESSURE_NONE);
    assert_false(sample.changed);

    pen_pressure_limit(pressure, sample.resident_bytes / 2);
    sample = pen_pressure_sample(pressure);
    assert_int_equal(sample.level, PEN_PRESSURE_CLOSE);
    assert_true(sample.changed);
    assert_int_equal(pen_pressure_level(pressure), PEN_PRESSURE_CLOSE);
    assert_false(pen_pressure_sample(pressure).changed);

    pen_pressure_limit(pressure, 0);
    assert_in_range(pen_pressure_sample(pressure).limit_bytes, (uint64_t)1 << 24,
                    (uint64_t)1 << 50);
    pen_pressure_destroy(pressure);
}

static void gives_free_heap_back_behind_a_storm(void **state)
{
    (void)state;
    enum { PIECES = 12000, BYTES = 16 << 10 };
    static char *pieces[PIECES];
    struct pen_pressure *pressure = NULL;
    assert_int_equal(pen_pressure_create(&pressure), PEN_OK);
    pen_pressure_limit(pressure, (uint64_t)1 << 50);
    for (size_t i = 0; i < PIECES; i++) {
        pieces[i] = malloc(BYTES);
        assert_non_null(pieces[i]);
        memset(pieces[i], 1, BYTES);
    }
    const uint64_t most = pen_pressure_sample(pressure).resident_bytes;
    /* All but the last piece between two kept ones, as sessions lie between buffers. */
    for (size_t i = 0; i < PIECES; i++) {
        if (i % 8 == 7) continue;
        free(pieces[i]);
        pieces[i] = NULL;
    }
    uint64_t least = most;
    for (int i = 0; i < 20; i++) {
        const uint64_t now = pen_pressure_sample(pressure).resident_bytes;
        if (now < least) least = now;
    }
    for (size_t i = 0; i < PIECES; i++) {
        free(pieces[i]);
    }
    pen_pressure_destroy(pressure);
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
    print_message("a sanitizer's heap is its own\n");
    skip();
#endif
    assert_true(most - least > (uint64_t)100 << 20);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(judges_by_how_much_is_in_use_and_by_what_was),
        cmocka_unit_test(sees_this_process),
        cmocka_unit_test(gives_free_heap_back_behind_a_storm),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
