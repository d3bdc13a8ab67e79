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

static struct pen_scan scan;

static const struct pen_scan *with(const struct pen_finding *found)
{
    scan.veil_count = 0;
    scan.veils_all = false;
    scan.findings[0] = *found;
    scan.finding_count = 1;
    return &scan;
}

static void expect(const struct pen_finding *of, const struct pen_leaf *in, size_t start,
                   size_t end, const char *shown)
{
    char memory[64];
    const struct pen_span span = {start, end};
    const struct pen_str piece = pen_mask_piece(with(of), in, span, memory);
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
    assert_true(pen_mask_applies(with(&finding), &form));
    assert_false(pen_mask_applies(with(&finding), &other));
    struct pen_finding of_form = finding;
    of_form.leaf = &form;
    expect(&of_form, &leaf, 0, 3, "***");
}

static void leaves_what_is_no_secret_alone(void **state)
{
    (void)state;
    struct pen_finding attack = finding;
    attack.filter = "sqli";
    assert_false(pen_mask_applies(with(&attack), &leaf));
    expect(&attack, &leaf, 4, 8, "ABCD");
}

/* Found, and nothing of it among the findings: there was no room. */
static void shows_nothing_of_what_had_no_room(void **state)
{
    (void)state;
    const struct pen_leaf late = {.text = PEN_STR("dop_v1_9f83")};
    const struct pen_leaf form = {.text = PEN_STR("ZG9w"), .from = &late};
    const struct pen_leaf other = {.text = PEN_STR("x' or 1=1")};
    char memory[16];
    (void)with(&finding);
    scan.leaf = &late;
    pen_scan_veil(&scan);
    const struct pen_span all = {0, 16};
    assert_true(pen_mask_applies(&scan, &late) && pen_mask_applies(&scan, &form));
    assert_false(pen_mask_applies(&scan, &other));
    assert_true(pen_str_equal(pen_mask_piece(&scan, &late, all, memory), PEN_S("***********")));
    assert_true(pen_str_equal(pen_mask_piece(&scan, &form, all, memory), PEN_S("****")));
    assert_true(pen_str_equal(pen_mask_piece(&scan, &other, all, memory), other.text));
}

static void shows_nothing_where_one_of_two_has_no_place(void **state)
{
    (void)state;
    char memory[32];
    (void)with(&finding);
    scan.leaf = &leaf;
    pen_scan_veil(&scan);
    const struct pen_span key = {0, 8};
    assert_true(pen_str_equal(pen_mask_piece(&scan, &leaf, key, memory), PEN_S("key ABCD")));
    pen_scan_veil(&scan);
    assert_true(pen_str_equal(pen_mask_piece(&scan, &leaf, key, memory), PEN_S("********")));
}

static void shows_nothing_once_there_are_too_many_to_tell(void **state)
{
    (void)state;
    static struct pen_leaf leaves[PEN_SCAN_VEILS + 1];
    (void)with(&finding);
    for (size_t i = 0; i < PEN_COUNT_OF(leaves); i++) {
        scan.leaf = &leaves[i];
        pen_scan_veil(&scan);
    }
    const struct pen_leaf other = {.text = PEN_STR("x")};
    assert_true(pen_mask_applies(&scan, &other));
}

static void masks_names_that_are_secrets_in_a_path(void **state)
{
    (void)state;
    static const struct pen_leaf name = {.text = PEN_STR("a/strange~name"), .is_name = true};
    static const struct pen_leaf form = {.text = PEN_STR("AKIA"), .from = &name};
    struct pen_finding in_name = finding;
    in_name.leaf = &form;
    static const struct {
        const char *path;
        const char *shown; /* NULL: as it is */
    } rows[] = {
        {"/a/dop"
         "_v1_9f83c1d07b2e4a659f83c1d07b2e4a659f83c1d07b2e4a659f83c1d07b2e4a65/n",
         "/a/dop_*******************************************************************/n"},
        {"/dop"
         "_v1_9f83c1d07b2e4a659f83c1d07b2e4a659f83c1d07b2e4a659f83c1d07b2e4a65#",
         "/dop_********************************************************************"},
        {"/a~1strange~0name|json/x", "/****************|json/x"},
        {"/cards/4539578763621486", "/cards/4539************"},
        {"query:/mysql:~1~1root:Tr0ub4dorX9@db.internal",
         "query:/mysq**********************************"},
        {"/Records/0/body|json/Message", NULL},
        {"xml:/order/item[2]/@id", NULL},
        {"", NULL},
    };
    for (size_t i = 0; i < PEN_COUNT_OF(rows); i++) {
        char memory[256];
        struct pen_buf path = pen_buf_over(memory, sizeof(memory));
        pen_buf_put(&path, pen_str_from_c(rows[i].path));
        const char *const want = rows[i].shown == NULL ? rows[i].path : rows[i].shown;
        const bool masked = pen_mask_path(with(&in_name), &path);
        if (masked != (rows[i].shown != NULL)
            || !pen_str_equal(pen_buf_str(&path), pen_str_from_c(want))) {
            fail_msg("%.*s instead of %s", PEN_STR_ARGS(pen_buf_str(&path)), want);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(shows_the_first_four_and_the_last_two),
        cmocka_unit_test(shows_nothing_of_a_short_one),
        cmocka_unit_test(shows_nothing_of_a_form_of_it),
        cmocka_unit_test(leaves_what_is_no_secret_alone),
        cmocka_unit_test(shows_nothing_of_what_had_no_room),
        cmocka_unit_test(shows_nothing_where_one_of_two_has_no_place),
        cmocka_unit_test(shows_nothing_once_there_are_too_many_to_tell),
        cmocka_unit_test(masks_names_that_are_secrets_in_a_path),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
