/** Durations, sizes, rates and dates. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "gateway/config/units.h"

struct row {
    struct pen_str text;
    enum pen_status status;
    uint64_t value;
};

static void check_rows(enum pen_status (*read)(struct pen_str, uint64_t *), const struct row *rows,
                       size_t count)
{
    for (size_t i = 0; i < count; i++) {
        uint64_t value = 0;
        const enum pen_status status = read(rows[i].text, &value);
        if (status != rows[i].status || value != rows[i].value) {
            fail_msg("%.*s: %s, %llu", PEN_STR_ARGS(rows[i].text), pen_status_name(status),
                     (unsigned long long)value);
        }
    }
}

static void reads_durations_with_their_unit(void **state)
{
    (void)state;
    const struct row rows[] = {
        {PEN_STR("250ms"), PEN_OK, 250},
        {PEN_STR("30s"), PEN_OK, 30000},
        {PEN_STR("5m"), PEN_OK, 300000},
        {PEN_STR("24h"), PEN_OK, 86400000},
        {PEN_STR("7d"), PEN_OK, 604800000},
        {PEN_STR("0s"), PEN_OK, 0},
        {PEN_STR("30"), PEN_ERR_SYNTAX, 0},
        {PEN_STR("s"), PEN_ERR_SYNTAX, 0},
        {PEN_STR(""), PEN_ERR_SYNTAX, 0},
        {PEN_STR("30 s"), PEN_ERR_SYNTAX, 0},
        {PEN_STR("-1s"), PEN_ERR_SYNTAX, 0},
        {PEN_STR("1.5s"), PEN_ERR_SYNTAX, 0},
        {PEN_STR("1m30s"), PEN_ERR_SYNTAX, 0},
        {PEN_STR("30S"), PEN_ERR_SYNTAX, 0},
        {PEN_STR("18446744073709551615d"), PEN_ERR_LIMIT, 0},
        {PEN_STR("99999999999999999999s"), PEN_ERR_LIMIT, 0},
    };
    check_rows(pen_units_duration, rows, PEN_COUNT_OF(rows));
}

static void reads_sizes_with_their_unit(void **state)
{
    (void)state;
    const struct row rows[] = {
        {PEN_STR("512B"), PEN_OK, 512},       {PEN_STR("64KiB"), PEN_OK, 65536},
        {PEN_STR("1MiB"), PEN_OK, 1048576},   {PEN_STR("2GiB"), PEN_OK, (uint64_t)2 << 30},
        {PEN_STR("1MB"), PEN_ERR_SYNTAX, 0},  {PEN_STR("1m"), PEN_ERR_SYNTAX, 0},
        {PEN_STR("1024"), PEN_ERR_SYNTAX, 0}, {PEN_STR("17179869184GiB"), PEN_ERR_LIMIT, 0},
    };
    check_rows(pen_units_size, rows, PEN_COUNT_OF(rows));
}

static void reads_rates_of_bytes(void **state)
{
    (void)state;
    const struct row rows[] = {
        {PEN_STR("500B/s"), PEN_OK, 500},    {PEN_STR("1KiB/s"), PEN_OK, 1024},
        {PEN_STR("500"), PEN_ERR_SYNTAX, 0}, {PEN_STR("500/s"), PEN_ERR_SYNTAX, 0},
        {PEN_STR("/s"), PEN_ERR_SYNTAX, 0},
    };
    check_rows(pen_units_rate, rows, PEN_COUNT_OF(rows));
}

static void reads_days_of_the_calendar(void **state)
{
    (void)state;
    const struct {
        struct pen_str text;
        enum pen_status status;
        int64_t seconds;
    } rows[] = {
        {PEN_STR("1970-01-01"), PEN_OK, 0},
        {PEN_STR("2000-02-29"), PEN_OK, 951782400},
        {PEN_STR("2000-03-01"), PEN_OK, 951868800},
        {PEN_STR("2027-01-01"), PEN_OK, 1798761600},
        {PEN_STR("2024-12-31"), PEN_OK, 1735603200},
        {PEN_STR("2100-02-29"), PEN_ERR_SYNTAX, 0},
        {PEN_STR("2027-02-29"), PEN_ERR_SYNTAX, 0},
        {PEN_STR("2027-13-01"), PEN_ERR_SYNTAX, 0},
        {PEN_STR("2027-00-01"), PEN_ERR_SYNTAX, 0},
        {PEN_STR("2027-01-00"), PEN_ERR_SYNTAX, 0},
        {PEN_STR("1969-12-31"), PEN_ERR_SYNTAX, 0},
        {PEN_STR("2027-1-1"), PEN_ERR_SYNTAX, 0},
        {PEN_STR("2027/01/01"), PEN_ERR_SYNTAX, 0},
        {PEN_STR("2027-01-01T00:00:00Z"), PEN_ERR_SYNTAX, 0},
        {PEN_STR("20x7-01-01"), PEN_ERR_SYNTAX, 0},
    };
    for (size_t i = 0; i < PEN_COUNT_OF(rows); i++) {
        int64_t seconds = 0;
        const enum pen_status status = pen_units_date(rows[i].text, &seconds);
        if (status != rows[i].status || seconds != rows[i].seconds) {
            fail_msg("%.*s: %s, %lld", PEN_STR_ARGS(rows[i].text), pen_status_name(status),
                     (long long)seconds);
        }
    }
}

static void writes_what_it_would_read_back(void **state)
{
    (void)state;
    const uint64_t values[] = {0, 1, 999, 1000, 1024, 1500, 60000, 90000, 65536, 86400000, 1048577};
    for (size_t i = 0; i < PEN_COUNT_OF(values); i++) {
        char memory[40];
        uint64_t back = 1;
        struct pen_buf buf = pen_buf_over(memory, sizeof(memory));
        pen_units_put_duration(&buf, values[i]);
        assert_int_equal(pen_units_duration(pen_buf_str(&buf), &back), PEN_OK);
        assert_int_equal(back, values[i]);

        buf = pen_buf_over(memory, sizeof(memory));
        pen_units_put_size(&buf, values[i]);
        assert_int_equal(pen_units_size(pen_buf_str(&buf), &back), PEN_OK);
        assert_int_equal(back, values[i]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_durations_with_their_unit),
        cmocka_unit_test(reads_sizes_with_their_unit),
        cmocka_unit_test(reads_rates_of_bytes),
        cmocka_unit_test(reads_days_of_the_calendar),
        cmocka_unit_test(writes_what_it_would_read_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
