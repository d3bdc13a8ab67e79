/** Findings and the budget of one inspection. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "filters/core/scan.h"

static const struct pen_rule rules[] = {{"demo.one", "the first"}, {"demo.two", "the second"}};
static const struct pen_reporter reporter = {
    .name = "demo", .summary = "a filter for tests", .rules = rules, .rule_count = 2};

static void a_report_is_signed_and_explained(void **state)
{
    (void)state;
    const struct pen_leaf leaf = {.text = PEN_STR("some text")};
    struct pen_scan scan;
    pen_scan_init(&scan, NULL, NULL, 10);
    scan.filter = reporter;
    scan.leaf = &leaf;
    pen_scan_report(&scan, "demo.two", (struct pen_span){5, 9}, 80);
    scan.leaf = NULL;
    pen_scan_report(&scan, "demo.unlisted", (struct pen_span){0, 0}, 10);

    assert_int_equal(scan.finding_count, 2);
    assert_string_equal(scan.findings[0].filter, "demo");
    assert_string_equal(scan.findings[0].rule, "demo.two");
    assert_string_equal(scan.findings[0].sentence, "the second");
    assert_ptr_equal(scan.findings[0].leaf, &leaf);
    assert_int_equal(scan.findings[0].span.start, 5);
    assert_int_equal(scan.findings[0].span.end, 9);
    assert_int_equal(scan.findings[0].score, 80);
    assert_null(scan.findings[1].leaf);
    assert_string_equal(scan.findings[1].sentence, "a filter for tests");
}

static void the_strongest_are_kept_when_it_is_full(void **state)
{
    (void)state;
    struct pen_scan scan;
    pen_scan_init(&scan, NULL, NULL, 0);
    scan.filter = reporter;
    for (uint32_t i = 0; i < PEN_SCAN_FINDINGS; i++) {
        pen_scan_report(&scan, "demo.one", (struct pen_span){0, 0}, 20);
    }
    assert_int_equal(scan.dropped, 0);
    pen_scan_report(&scan, "demo.one", (struct pen_span){0, 0}, 10);
    pen_scan_report(&scan, "demo.two", (struct pen_span){0, 0}, 90);

    assert_int_equal(scan.finding_count, PEN_SCAN_FINDINGS);
    assert_int_equal(scan.dropped, 2);
    size_t strong = 0;
    for (uint32_t i = 0; i < scan.finding_count; i++) {
        assert_true(scan.findings[i].score != 10);
        strong += scan.findings[i].score == 90;
    }
    assert_int_equal(strong, 1);
}

static void the_budget_is_spent_to_the_last_step_and_not_beyond(void **state)
{
    (void)state;
    struct pen_scan scan;
    pen_scan_init(&scan, NULL, NULL, 10);
    assert_int_equal(pen_scan_spend(&scan, 4), PEN_OK);
    assert_int_equal(pen_scan_spend(&scan, 6), PEN_OK);
    assert_int_equal(pen_scan_spend(&scan, 0), PEN_OK);
    assert_int_equal(pen_scan_spend(&scan, 1), PEN_ERR_LIMIT);

    /* Whoever asked for too much leaves nothing for the next. */
    pen_scan_init(&scan, NULL, NULL, 10);
    assert_int_equal(pen_scan_spend(&scan, UINT64_MAX), PEN_ERR_LIMIT);
    assert_int_equal(pen_scan_spend(&scan, 1), PEN_ERR_LIMIT);
}

static void init_forgets_the_last_inspection(void **state)
{
    (void)state;
    struct pen_scan scan;
    pen_scan_init(&scan, NULL, NULL, 1);
    scan.filter = reporter;
    pen_scan_report(&scan, "demo.one", (struct pen_span){0, 0}, 50);
    pen_scan_init(&scan, NULL, NULL, 7);
    assert_int_equal(scan.finding_count, 0);
    assert_int_equal(scan.dropped, 0);
    assert_int_equal(scan.steps_left, 7);
    assert_null(scan.filter.name);
    assert_null(scan.leaf);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_report_is_signed_and_explained),
        cmocka_unit_test(the_strongest_are_kept_when_it_is_full),
        cmocka_unit_test(the_budget_is_spent_to_the_last_step_and_not_beyond),
        cmocka_unit_test(init_forgets_the_last_inspection),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
