/** Plain scalars: what older readers of YAML would make of them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <string.h>

#include "gateway/config/scalar.h"

static void knows_what_older_readers_take_text_for(void **state)
{
    (void)state;
    const struct {
        struct pen_str text;
        const char *trap; /* NULL = all agree that it is text */
    } rows[] = {
        {PEN_STR("yes"), "true"},
        {PEN_STR("Y"), "true"},
        {PEN_STR("On"), "true"},
        {PEN_STR("TRUE"), "true"},
        {PEN_STR("no"), "false"},
        {PEN_STR("off"), "false"},
        {PEN_STR("False"), "false"},
        {PEN_STR("~"), "null"},
        {PEN_STR("NULL"), "null"},
        {PEN_STR("0123"), "an octal number"},
        {PEN_STR("08"), "an octal number"},
        {PEN_STR("0o17"), "a number"},
        {PEN_STR("0x1F"), "a number"},
        {PEN_STR("-0b1"), "a number"},
        {PEN_STR("+1"), "a number"},
        {PEN_STR("1_000"), "a number"},
        {PEN_STR(".5"), "a number"},
        {PEN_STR("5."), "a number"},
        {PEN_STR(".inf"), "a number"},
        {PEN_STR(".NaN"), "a number"},
        {PEN_STR("1:30"), "a number in base 60"},
        {PEN_STR("22:22:22"), "a number in base 60"},
        {PEN_STR("norway"), NULL},
        {PEN_STR("one"), NULL},
        {PEN_STR("-"), NULL},
        {PEN_STR("."), NULL},
        {PEN_STR("_1"), NULL},
        {PEN_STR("0x"), NULL},
        {PEN_STR("0xyz"), NULL},
        {PEN_STR("1.2.3"), NULL},
        {PEN_STR("10.0.0.1:80"), NULL},
        {PEN_STR("a:30"), NULL},
        {PEN_STR("1:300"), NULL},
        {PEN_STR("1:"), NULL},
        {PEN_STR("2027-01-01"), NULL},
        {PEN_STR("30s"), NULL},
        {PEN_STR("1MiB"), NULL},
        {PEN_STR(""), NULL},
    };
    for (size_t i = 0; i < PEN_COUNT_OF(rows); i++) {
        const char *const trap = pen_scalar_trap(rows[i].text);
        const bool same = trap == NULL || rows[i].trap == NULL ? trap == rows[i].trap
                                                               : strcmp(trap, rows[i].trap) == 0;
        if (!same) {
            fail_msg("%.*s: %s", PEN_STR_ARGS(rows[i].text), trap == NULL ? "text" : trap);
        }
    }
}

static void tells_json_numbers_from_text(void **state)
{
    (void)state;
    const struct {
        struct pen_str text;
        bool number;
    } rows[] = {
        {PEN_STR("0"), true},       {PEN_STR("-0"), true},   {PEN_STR("10"), true},
        {PEN_STR("1.5"), true},     {PEN_STR("1e9"), true},  {PEN_STR("1E-9"), true},
        {PEN_STR("-1.5e+3"), true}, {PEN_STR("-"), false},   {PEN_STR("01"), false},
        {PEN_STR("-01"), false},    {PEN_STR("1."), false},  {PEN_STR(".1"), false},
        {PEN_STR("1e"), false},     {PEN_STR("1e+"), false}, {PEN_STR("1 "), false},
        {PEN_STR("1a"), false},     {PEN_STR("--1"), false},
    };
    for (size_t i = 0; i < PEN_COUNT_OF(rows); i++) {
        const enum pen_json_type type = pen_scalar_type(rows[i].text);
        if ((type == PEN_JSON_NUMBER) != rows[i].number) {
            fail_msg("%.*s: %d", PEN_STR_ARGS(rows[i].text), (int)type);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(knows_what_older_readers_take_text_for),
        cmocka_unit_test(tells_json_numbers_from_text),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
