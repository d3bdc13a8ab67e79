/** Secrets under asterisks, wherever the piece that is shown begins and ends. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <string.h>

#include "gateway/mask.h"

static const struct pen_leaf leaf = {.text = PEN_STR("key ABCDEFGHIJKLMNOPQRST end")};
static const struct pen_finding finding = {
    .filter = "secrets", .rule = "secrets.service_key", .leaf = &leaf, .span = {4, 24}};

static void expect(const struct pen_finding *of, const struct pen_leaf *in, size_t start,
                   size_t end, const char *shown)
{
    char memory[64];
    const struct pen_span span = {start, end};
    const struct pen_str piece = pen_mask_piece(of, 1, in, span, memory);
    if (!pen_str_equal(piece, pen_str_from_c(shown))) {
        fail_msg("%.*s instead of %s", PEN_STR_ARGS(piece), shown);
    }
}

static void shows_the_first_four_and_the_last_two(void **state)
{
    (void)state;
    expect(&finding, &leaf, 0, 28, "key ABCD**************ST end");
    expect(&finding, &leaf, 10, 20, "**********");
    expect(&finding, &leaf, 6, 10, "CD**");
    expect(&finding, &leaf, 0, 100, "key ABCD**************ST end");
}

static void shows_nothing_of_a_short_one(void **state)
{
    (void)state;
    struct pen_finding one = finding;
    one.span = (struct pen_span){4, 19};
    expect(&one, &leaf, 0, 28, "key ***************PQRST end");
    char shown[25];
    pen_mask_short(shown, 24, PEN_S("123456789"));
    assert_string_equal(shown, "*********");
    pen_mask_short(shown, 24, PEN_S("ABCD567890123456789012345678YZ"));
    assert_string_equal(shown, "ABCD******************YZ");
}

static void shows_nothing_of_a_form_of_it(void **state)
{
    (void)state;
    const struct pen_leaf form = {.text = PEN_STR("a2V5"), .from = &leaf};
    const struct pen_leaf other = {.text = PEN_STR("a2V5")};
    expect(&finding, &form, 0, 4, "****");
    expect(&finding, &other, 0, 4, "a2V5");
    assert_true(pen_mask_applies(&finding, 1, &form));
    assert_false(pen_mask_applies(&finding, 1, &other));
    struct pen_finding of_form = finding;
    of_form.leaf = &form;
    expect(&of_form, &leaf, 0, 3, "***");
}

static void leaves_what_is_no_secret_alone(void **state)
{
    (void)state;
    struct pen_finding attack = finding;
    attack.filter = "sqli";
    assert_false(pen_mask_applies(&attack, 1, &leaf));
    expect(&attack, &leaf, 4, 8, "ABCD");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(shows_the_first_four_and_the_last_two),
        cmocka_unit_test(shows_nothing_of_a_short_one),
        cmocka_unit_test(shows_nothing_of_a_form_of_it),
        cmocka_unit_test(leaves_what_is_no_secret_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
