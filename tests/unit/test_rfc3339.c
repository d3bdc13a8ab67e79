/** Points in time: which texts are some, and when they were. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <string.h>
#include <time.h>

#include "filters/core/rfc3339.h"

static void knows_dates_that_exist(void **state)
{
    (void)state;
    static const char *const good[] = {
        "2018-04-05T17:31:00Z", "2018-04-05t17:31:00.123456789z", "1985-04-12T23:20:50.52Z",
        "1990-12-31T23:59:60Z", "1937-01-01T12:00:27.87+00:20",   "2000-02-29T00:00:00-08:00",
        "0000-01-01T00:00:00Z",
    };
    static const char *const bad[] = {
        "",
        "2018-04-05",
        "2018-04-05 17:31:00Z",
        "2018-04-05T17:31Z",
        "2018-04-05T17:31:00",
        "2018-04-05T17:31:00.Z",
        "2018-02-29T17:31:00Z",
        "1900-02-29T00:00:00Z",
        "2018-13-05T17:31:00Z",
        "2018-00-05T17:31:00Z",
        "2018-04-31T17:31:00Z",
        "2018-04-05T24:00:00Z",
        "2018-04-05T17:60:00Z",
        "2018-04-05T17:31:61Z",
        "2018-04-05T17:31:00+24:00",
        "2018-04-05T17:31:00+0100",
        "2018-04-05T17:31:00ZZ",
        "+018-04-05T17:31:00Z",
    };
    for (size_t i = 0; i < PEN_COUNT_OF(good); i++) {
        if (pen_rfc3339_read(pen_str_from_c(good[i]), NULL) != PEN_OK) fail_msg("%s", good[i]);
        for (size_t cut = 0; cut < strlen(good[i]); cut++) {
            if (pen_rfc3339_read((struct pen_str){good[i], cut}, NULL) == PEN_OK)
                fail_msg("%s cut at %zu", good[i], cut);
        }
    }
    for (size_t i = 0; i < PEN_COUNT_OF(bad); i++) {
        if (pen_rfc3339_read(pen_str_from_c(bad[i]), NULL) == PEN_OK) fail_msg("%s", bad[i]);
    }
}

static void counts_seconds_as_the_system_does(void **state)
{
    (void)state;
    const struct {
        const char *text;
        int64_t unix_s;
    } rows[] = {
        {"1970-01-01T00:00:00Z", 0},
        {"1970-01-01T00:00:00.999Z", 0},
        {"1969-12-31T23:59:59Z", -1},
        {"2012-04-26T20:45:04.751Z", 1335473104},
        {"2000-03-01T01:00:00+01:00", 951868800},
        {"2000-02-29T23:30:00-00:30", 951868800},
    };
    for (size_t i = 0; i < PEN_COUNT_OF(rows); i++) {
        int64_t unix_s = 7;
        assert_int_equal(pen_rfc3339_read(pen_str_from_c(rows[i].text), &unix_s), PEN_OK);
        if (unix_s != rows[i].unix_s) fail_msg("%s: %lld", rows[i].text, (long long)unix_s);
    }
    /* Every day from the year 0 on, by the system's own calendar. */
    for (int64_t day = -719528; day < 2932896; day += 13) {
        const time_t when = (time_t)(day * 86400);
        struct tm tm;
        char text[32];
        int64_t unix_s = 0;
        assert_non_null(gmtime_r(&when, &tm));
        struct pen_buf buf = pen_buf_over(text, sizeof(text));
        pen_buf_format(&buf, "%04d-%02d-%02dT00:00:00Z", tm.tm_year + 1900, tm.tm_mon + 1,
                       tm.tm_mday);
        assert_int_equal(pen_rfc3339_read(pen_buf_str(&buf), &unix_s), PEN_OK);
        if (unix_s != when) fail_msg("%.*s", PEN_STR_ARGS(pen_buf_str(&buf)));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(knows_dates_that_exist),
        cmocka_unit_test(counts_seconds_as_the_system_does),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
