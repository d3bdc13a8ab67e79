/** Numbers as they are written: read, compared, divided, exactly. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "filters/schema/number.h"

#define STEPS 1000000 /* more than any row needs */

static struct pen_number read_number(const char *text)
{
    struct pen_number number = {0};
    if (pen_number_read(pen_str_from_c(text), &number) != PEN_OK) fail_msg("%s is refused", text);
    return number;
}

static void reads_what_rfc_8259_calls_a_number(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "",    "-",     "+1",   "01",   "-01",  ".5",    "5.",       "1.e3", "1e",
        "1e+", "1e-",   "1ee1", "1e1.", "0x10", "1_000", "1 ",       " 1",   "NaN",
        "--1", "1.2.3", "1,5",  "1e1e", "00",   "1e+-1", "Infinity",
    };
    static const char *const good[] = {
        "0",
        "-0",
        "0.0",
        "-0.0e-7",
        "1",
        "10",
        "1.50",
        "0.001",
        "1e5",
        "1E+05",
        "1e-000000000000000000000000001",
        "123456789012345678901234567890.123456789012345678901234567890e-17",
    };
    struct pen_number number;
    for (size_t i = 0; i < PEN_COUNT_OF(bad); i++) {
        if (pen_number_read(pen_str_from_c(bad[i]), &number) != PEN_ERR_SYNTAX) {
            fail_msg("\"%s\" is no number", bad[i]);
        }
    }
    for (size_t i = 0; i < PEN_COUNT_OF(good); i++) {
        (void)read_number(good[i]);
    }
}

static void refuses_exponents_that_nobody_computes_with(void **state)
{
    (void)state;
    struct pen_number number;
    static const char *const far[] = {"1e99999999999999999999", "1e-99999999999999999999",
                                      "1e1000000000000000001", "-5E18446744073709551617"};
    for (size_t i = 0; i < PEN_COUNT_OF(far); i++) {
        assert_int_equal(pen_number_read(pen_str_from_c(far[i]), &number), PEN_ERR_LIMIT);
    }
    /* Whatever the exponent, this is zero. */
    number = read_number("0.000e99999999999999999999");
    const struct pen_number zero = read_number("-0");
    assert_true(pen_number_equal(&number, &zero));
    number = read_number("1e1000000000000000000");
    assert_true(pen_number_is_integer(&number));
}

static void compares_values_and_not_spellings(void **state)
{
    (void)state;
    static const struct {
        const char *why;
        const char *a;
        const char *b;
        int order;
    } rows[] = {
        {"the same", "1", "1", 0},
        {"a fraction of nothing", "1.0", "1", 0},
        {"an exponent instead of places", "10e-1", "1.00", 0},
        {"small with an exponent", "1e-7", "0.0000001", 0},
        {"zero has no sign", "-0.0", "0", 0},
        {"beyond what a double tells apart", "9007199254740993", "9007199254740992", 1},
        {"below what a double tells apart", "0.1", "0.10000000000000000001", -1},
        {"nineteen digits to eighteen", "1234567890123456789", "1234567890123456780", 1},
        {"long ones alike", "1234567890123456789012345e-5", "12345678901234567890.12345", 0},
        {"long ones apart in the last place", "12345678901234567890.12345",
         "12345678901234567890.12346", -1},
        {"by sign", "-1", "1", -1},
        {"negative ones the other way round", "-2", "-1", -1},
        {"zero above a negative", "0", "-0.001", 1},
        {"zero below a positive", "0", "1e-300", -1},
        {"by order", "1e400", "9e399", 1},
        {"as digits, not as text", "9", "10", -1},
        {"a prefix", "1.2", "1.23", -1},
    };
    for (size_t i = 0; i < PEN_COUNT_OF(rows); i++) {
        const struct pen_number a = read_number(rows[i].a);
        const struct pen_number b = read_number(rows[i].b);
        if (pen_number_compare(&a, &b) != rows[i].order
            || pen_number_compare(&b, &a) != -rows[i].order
            || pen_number_equal(&a, &b) != (rows[i].order == 0)) {
            fail_msg("%s: %s and %s", rows[i].why, rows[i].a, rows[i].b);
        }
        if (rows[i].order == 0 && pen_number_hash(&a) != pen_number_hash(&b)) {
            fail_msg("%s: hashes differ", rows[i].why);
        }
    }
}

static void hashes_tell_neighbours_apart(void **state)
{
    (void)state;
    static const char *const texts[] = {"1",
                                        "-1",
                                        "10",
                                        "0.1",
                                        "0",
                                        "1234567890123456789",
                                        "1234567890123456788",
                                        "123456789012345678.9"};
    for (size_t i = 0; i < PEN_COUNT_OF(texts); i++) {
        for (size_t j = 0; j < i; j++) {
            const struct pen_number a = read_number(texts[i]);
            const struct pen_number b = read_number(texts[j]);
            assert_true(pen_number_hash(&a) != pen_number_hash(&b));
        }
    }
}

static void integers_are_so_by_value(void **state)
{
    (void)state;
    static const char *const whole[] = {"0",        "-0.0",  "1.0",  "1e400",
                                        "-12.50e1", "10e-1", "0e-5", "123456789012345678901.000"};
    static const char *const broken[] = {"0.5", "1e-1", "-12.55e1", "1e-400",
                                         "123456789012345678901.0001"};
    for (size_t i = 0; i < PEN_COUNT_OF(whole); i++) {
        const struct pen_number number = read_number(whole[i]);
        if (!pen_number_is_integer(&number)) fail_msg("%s is an integer", whole[i]);
    }
    for (size_t i = 0; i < PEN_COUNT_OF(broken); i++) {
        const struct pen_number number = read_number(broken[i]);
        if (pen_number_is_integer(&number)) fail_msg("%s is no integer", broken[i]);
    }
}

static void multiples_are_exact(void **state)
{
    (void)state;
    static const struct {
        const char *why;
        const char *number;
        const char *of;
        bool multiple;
    } rows[] = {
        {"decimals that a double has not", "0.0075", "0.0001", true},
        {"and one between", "0.00751", "0.0001", false},
        {"cents", "19.99", "0.01", true},
        {"floating point says 35.00000000000001", "1.05", "0.03", true},
        {"big by small", "1e308", "0.123456789", false},
        {"big by a small one of twos and fives", "1e308", "0.0625", true},
        {"zero of anything", "0.0", "7", true},
        {"anything but zero of zero", "7", "0", false},
        {"signs do not count", "-9", "3", true},
        {"nor of the divisor", "9", "-3", true},
        {"less than it", "2", "4", false},
        {"two of a half", "2", "0.5", true},
        {"trailing zeros of the number", "1000", "8", true},
        {"too few of them", "100", "8", false},
        {"a big integer", "123456789012345678901234567890", "9", true},
        {"a big integer and one more", "123456789012345678901234567891", "9", false},
        {"of a big integer", "246913578024691357802469135780", "123456789012345678901234567890",
         true},
        {"of a big integer, one more", "246913578024691357802469135781",
         "123456789012345678901234567890", false},
        {"a power of ten of a long power of two", "1e64", "18446744073709551616", true},
        {"too low a power of ten for it", "1e63", "18446744073709551616", false},
        {"the highest short divisor", "999999999999999998000000000000000001", "999999999999999999",
         true},
        {"a quintillion of threes", "1e1000000000000000000", "3", false},
        {"powers of ten of each other", "1e1000000000000000000", "1e-1000000000000000000", true},
        {"the other way round", "1e-1000000000000000000", "1e1000000000000000000", false},
    };
    for (size_t i = 0; i < PEN_COUNT_OF(rows); i++) {
        const struct pen_number number = read_number(rows[i].number);
        const struct pen_number of = read_number(rows[i].of);
        uint64_t steps = STEPS;
        bool multiple = !rows[i].multiple;
        assert_int_equal(pen_number_is_multiple(&number, &of, &steps, &multiple), PEN_OK);
        if (multiple != rows[i].multiple) {
            fail_msg("%s: %s of %s", rows[i].why, rows[i].number, rows[i].of);
        }
    }
}

static void division_is_paid_for(void **state)
{
    (void)state;
    char text[PEN_NUMBER_DIVISOR_DIGITS + 1];
    memset(text, '7', sizeof(text));
    struct pen_number longest = {0};
    struct pen_number longer = {0};
    const struct pen_str most = {text, PEN_NUMBER_DIVISOR_DIGITS};
    assert_int_equal(pen_number_read(most, &longest), PEN_OK);
    assert_int_equal(pen_number_read((struct pen_str){text, sizeof(text)}, &longer), PEN_OK);

    bool multiple = false;
    uint64_t steps = STEPS;
    assert_int_equal(pen_number_is_multiple(&longest, &longest, &steps, &multiple), PEN_OK);
    assert_true(multiple);
    const uint64_t spent = STEPS - steps;
    assert_true(spent > PEN_NUMBER_DIVISOR_DIGITS);

    steps = spent - 1;
    assert_int_equal(pen_number_is_multiple(&longest, &longest, &steps, &multiple), PEN_ERR_LIMIT);
    assert_int_equal(steps, 0);

    steps = STEPS;
    assert_int_equal(pen_number_is_multiple(&longest, &longer, &steps, &multiple), PEN_ERR_LIMIT);
}

static void counts_are_capped_and_never_wrap(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        uint64_t count;
    } rows[] = {
        {"0", 0},
        {"-0", 0},
        {"3.0", 3},
        {"12e2", 1200},
        {"18446744073709551614", UINT64_MAX - 1},
        {"18446744073709551615", UINT64_MAX},
        {"18446744073709551616", UINT64_MAX},
        {"1844674407370955161600", UINT64_MAX},
        {"99999999999999999999", UINT64_MAX},
        {"1e400", UINT64_MAX},
    };
    uint64_t count = 0;
    for (size_t i = 0; i < PEN_COUNT_OF(rows); i++) {
        const struct pen_number number = read_number(rows[i].text);
        assert_int_equal(pen_number_to_count(&number, &count), PEN_OK);
        if (count != rows[i].count) fail_msg("%s", rows[i].text);
    }
    const struct pen_number half = read_number("0.5");
    const struct pen_number below = read_number("-1");
    assert_int_equal(pen_number_to_count(&half, &count), PEN_ERR_INVALID);
    assert_int_equal(pen_number_to_count(&below, &count), PEN_ERR_INVALID);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_what_rfc_8259_calls_a_number),
        cmocka_unit_test(refuses_exponents_that_nobody_computes_with),
        cmocka_unit_test(compares_values_and_not_spellings),
        cmocka_unit_test(hashes_tell_neighbours_apart),
        cmocka_unit_test(integers_are_so_by_value),
        cmocka_unit_test(multiples_are_exact),
        cmocka_unit_test(division_is_paid_for),
        cmocka_unit_test(counts_are_capped_and_never_wrap),
    };
    return cmocka_run_group_tests_name("number", tests, NULL, NULL);
}
