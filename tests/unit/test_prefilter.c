/** The prefilter: which filter is shown which leaf. */
#include "filters/prefilter.h"
#include "tests/unit/filter_case.h"

static uint64_t bit(const char *filter)
{
    return (uint64_t)1 << pen_registry_find(pen_str_from_c(filter));
}

/* Leaves of the event's values, in their order, after the chain has run. */
static uint64_t wake_of(struct filter_case *it, struct pen_str text)
{
    (void)filter_case_text(it, text);
    assert_true(it->event.leaf_count > 0);
    return it->event.wake[0];
}

static void every_attack_wakes_its_filter(void **state)
{
    (void)state;
    struct filter_case it;
    filter_case_open(&it, NULL);
    const struct {
        const char *filter;
        struct pen_str text;
    } rows[] = {
        {"sqli", PEN_STR("x' or 1=1--")},        {"sqli", PEN_STR("1 UNION SELECT @@version")},
        {"sqli", PEN_STR("1e0union(select 1)")}, {"sqli", PEN_STR("\\Nunion select 1")},
        {"sqli", PEN_STR("admin'--")},           {"sqli", PEN_STR("'='")},
        {"sqli", PEN_STR("x' LIKE '%")},         {"path", PEN_STR("../x")},
        {"path", PEN_STR("/etc/passwd")},        {"path", PEN_STR("php://input")},
        {"path", PEN_STR("0x2e0x2e0x2fx")},      {"path", PEN_STR("./././x")},
    };
    for (size_t i = 0; i < PEN_COUNT_OF(rows); i++) {
        if ((wake_of(&it, rows[i].text) & bit(rows[i].filter)) == 0) {
            fail_msg("%.*s", PEN_STR_ARGS(rows[i].text));
        }
    }
    filter_case_close(&it);
}

static void ordinary_values_wake_nothing_with_triggers(void **state)
{
    (void)state;
    struct filter_case it;
    filter_case_open(&it, NULL);
    static const struct pen_str rows[] = {
        PEN_STR("Conan O'Brien"),
        PEN_STR("black and white"),
        PEN_STR("conan@example.com"),
        PEN_STR("https://shop.example.com/cart?step=2&ref=mail"),
        PEN_STR("2026-03-02T10:00:00Z"),
        PEN_STR("6f1c0f0a-5b6c-7d8e-9fa0-b1c2d3e4f506"),
        PEN_STR(
            "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0"),
        PEN_STR("Please leave it at the door; ring twice."),
    };
    for (size_t i = 0; i < PEN_COUNT_OF(rows); i++) {
        if ((wake_of(&it, rows[i]) & (bit("sqli") | bit("path"))) != 0) {
            fail_msg("%.*s", PEN_STR_ARGS(rows[i]));
        }
    }
    filter_case_close(&it);
}

/* Of names that repeat one text is searched. All of them are shown, whatever was inspected before.
 */
static void wakes_for_each_of_the_names_that_repeat(void **state)
{
    (void)state;
    enum { RECORDS = 200 };
    static char body[16384];
    struct filter_case it;
    filter_case_open(&it, NULL);
    struct pen_buf buf = pen_buf_over(body, sizeof(body));
    for (int i = 0; i < RECORDS; i++) {
        pen_buf_format(&buf, "%s{\"id\":\"plain\",\"../x\":\"a\",\"n\":\"b\"}", i == 0 ? "[" : ",");
    }
    pen_buf_byte(&buf, ']');
    assert_false(buf.full);
    const struct pen_event_input input = {.body = pen_buf_str(&buf), .body_kind = PEN_BODY_JSON};
    (void)filter_case_event(&it, &input);
    assert_true(it.event.repeat_count > 400);
    for (int round = 0; round < 2; round++) {
        struct pen_judgement judgement = {0};
        uint32_t names = 0;
        for (uint32_t k = 0; k < it.event.awake_count; k++) {
            const uint32_t i = it.event.awake[k];
            const struct pen_leaf *const leaf = pen_event_leaf(&it.event, i);
            assert_true(k == 0 || it.event.awake[k - 1] < i);
            if (!pen_str_equal(leaf->text, PEN_S("../x"))) continue;
            assert_true((it.event.wake[i] & bit("path")) != 0);
            names++;
        }
        assert_int_equal(names, RECORDS);
        it.scan.finding_count = 0;
        assert_int_equal(pen_chain_inspect(it.chain, &it.event, 0, &it.scan, &judgement), PEN_OK);
    }
    filter_case_close(&it);
}

/* The patches are shown every leaf when one of them says "any": test_patch.c. */
static void a_filter_of_whole_events_is_woken_for_no_leaf(void **state)
{
    (void)state;
    struct filter_case it;
    filter_case_open(&it, NULL);
    assert_true(wake_of(&it, PEN_S("plain")) == 0);
    filter_case_close(&it);
}

/* The right one of many leaves, whatever their lengths, first and last among them. */
static void wakes_the_leaf_in_which_it_matched(void **state)
{
    (void)state;
    struct filter_case it;
    filter_case_open(&it, NULL);
    for (uint32_t place = 0; place < 40; place++) {
        char memory[4096];
        struct pen_buf body = pen_buf_over(memory, sizeof(memory));
        for (uint32_t i = 0; i < 40; i++) {
            pen_buf_put(&body, i == 0 ? PEN_S("[\"") : PEN_S("\",\""));
            pen_buf_put(&body, pen_str_slice(PEN_S("abcdefghijklm"), 0, 1 + i % 13));
            if (i == place) pen_buf_put(&body, PEN_S("../x"));
        }
        pen_buf_put(&body, PEN_S("\"]"));
        assert_false(body.full);
        const struct pen_event_input input = {.body = pen_buf_str(&body),
                                              .body_kind = PEN_BODY_JSON};
        (void)filter_case_event(&it, &input);
        assert_int_equal(it.event.leaf_count, 40);
        for (uint32_t i = 0; i < 40; i++) {
            assert_int_equal((it.event.wake[i] & bit("path")) != 0, i == place);
        }
    }
    filter_case_close(&it);
}

/* A quote in one leaf and a word in the next are no condition of either. */
static void groups_meet_within_one_leaf_only(void **state)
{
    (void)state;
    struct filter_case it;
    filter_case_open(&it, NULL);
    const struct pen_event_input input = {.body = PEN_STR("[\"a'\",\"or\",\".\",\"./\",\".\"]"),
                                          .body_kind = PEN_BODY_JSON};
    (void)filter_case_event(&it, &input);
    for (uint32_t i = 0; i < it.event.leaf_count; i++) {
        assert_int_equal(it.event.wake[i] & (bit("sqli") | bit("path")), 0);
    }
    filter_case_close(&it);
}

static void an_event_without_leaves_is_fine(void **state)
{
    (void)state;
    struct pen_prefilter *prefilter = NULL;
    struct pen_scratch *scratch = NULL;
    struct pen_error err = {.text = ""};
    struct pen_event event = {.leaf_count = 0};
    assert_int_equal(pen_prefilter_create(NULL, &prefilter, &err), PEN_OK);
    assert_int_equal(pen_prefilter_scratch(prefilter, &scratch), PEN_OK);
    uint64_t steps_left = 0;
    assert_int_equal(pen_prefilter_wake(prefilter, &event, scratch, &steps_left), PEN_OK);
    pen_scratch_destroy(scratch);
    pen_prefilter_destroy(prefilter);
    pen_prefilter_destroy(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_attack_wakes_its_filter),
        cmocka_unit_test(ordinary_values_wake_nothing_with_triggers),
        cmocka_unit_test(wakes_for_each_of_the_names_that_repeat),
        cmocka_unit_test(a_filter_of_whole_events_is_woken_for_no_leaf),
        cmocka_unit_test(wakes_the_leaf_in_which_it_matched),
        cmocka_unit_test(groups_meet_within_one_leaf_only),
        cmocka_unit_test(an_event_without_leaves_is_fine),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
