/** Virtual patches in the chain: what each condition means, expiry, actions, and their budget. */
#include "filters/exception.h"
#include "filters/patch.h"
#include "tests/unit/filter_case.h"

static void open_with(struct filter_case *it, const struct pen_patch_rule *rules, size_t count,
                      const struct pen_policy *policy)
{
    struct pen_error err = {.text = ""};
    struct pen_ruleset *ruleset = NULL;
    memset(it, 0, sizeof(*it));
    if (pen_ruleset_create_patched(rules, count, &ruleset, &err) != PEN_OK)
        fail_msg("%s", err.text);
    it->ruleset = ruleset;
    assert_int_equal(pen_scratch_create(ruleset, &it->scratch), PEN_OK);
    assert_int_equal(pen_arena_create((size_t)8 << 20, 65536, &it->arena), PEN_OK);
    assert_int_equal(pen_arena_create((size_t)1 << 20, 4096, &it->chain_arena), PEN_OK);
    assert_int_equal(pen_chain_create(ruleset, policy, it->chain_arena, &it->chain, &err), PEN_OK);
}

static struct pen_judgement judge_json(struct filter_case *it, struct pen_str body)
{
    const struct pen_event_input input = {
        .method = PEN_STR("POST"), .path = PEN_STR("/f"), .body = body, .body_kind = PEN_BODY_JSON};
    return filter_case_event(it, &input);
}

static void a_leaf_is_a_value_or_a_name_in_any_form(void **state)
{
    (void)state;
    const struct pen_patch_rule rule = {
        .id = PEN_STR("x"), .title = PEN_STR("a hole"), .leaf = PEN_STR("zqx-[0-9]+!")};
    const struct {
        bool found;
        struct pen_str body;
    } rows[] = {
        {true, PEN_STR("{\"a\":\"-zqx-12!-\"}")},        {true, PEN_STR("{\"zqx-12!\":1}")},
        {true, PEN_STR("{\"a\":\"enF4LTEyISEhISE=\"}")}, {true, PEN_STR("{\"a\":\"zqx%2D12%21\"}")},
        {false, PEN_STR("{\"a\":\"zqx-!\"}")},           {false, PEN_STR("{\"a\":\"ZQX-12!\"}")},
        {false, PEN_STR("[\"zqx-\",\"12!\"]")},
    };
    struct filter_case it;
    open_with(&it, &rule, 1, NULL);
    for (size_t i = 0; i < PEN_COUNT_OF(rows); i++) {
        const struct pen_judgement judgement = judge_json(&it, rows[i].body);
        if ((judgement.verdict == PEN_BLOCK) != rows[i].found) {
            fail_msg("%.*s", PEN_STR_ARGS(rows[i].body));
        }
        if (rows[i].found) {
            assert_string_equal(judgement.reason, "patch.x");
            assert_string_equal(judgement.finding->sentence, "a hole");
        }
    }
    filter_case_close(&it);
}

static void a_key_is_a_name_and_with_a_leaf_that_leafs_name(void **state)
{
    (void)state;
    const struct pen_patch_rule rules[] = {
        {.id = PEN_STR("key"), .title = PEN_STR("t"), .key = PEN_STR("^zq#")},
        {.id = PEN_STR("pair"),
         .title = PEN_STR("t"),
         .key = PEN_STR("^@type$"),
         .leaf = PEN_STR("evil\\.Class")},
    };
    const struct {
        const char *rule;
        struct pen_str body;
    } rows[] = {
        {"patch.key", PEN_STR("{\"zq#a\":\"b\"}")},
        {"none", PEN_STR("{\"a\":\"zq#a\"}")},
        {"patch.pair", PEN_STR("{\"@type\":\"evil.Class\"}")},
        {"patch.pair", PEN_STR("{\"@type\":[\"a\",\"evil.Class\"]}")},
        {"patch.pair", PEN_STR("{\"a\":\"{\\\"@type\\\":\\\"evil.Class\\\"}\"}")},
        {"none", PEN_STR("{\"type\":\"evil.Class\"}")},
        {"none", PEN_STR("{\"@type\":\"a\",\"b\":\"evil.Class\"}")},
        {"none", PEN_STR("{\"@type\":{\"b\":\"evil.Class\"}}")},
        {"none", PEN_STR("{\"evil.Class\":\"@type\"}")},
    };
    struct filter_case it;
    open_with(&it, rules, 2, NULL);
    for (size_t i = 0; i < PEN_COUNT_OF(rows); i++) {
        const struct pen_judgement judgement = judge_json(&it, rows[i].body);
        if (strcmp(judgement.reason, rows[i].rule) != 0) {
            fail_msg("%.*s: %s", PEN_STR_ARGS(rows[i].body), judgement.reason);
        }
    }
    const struct pen_event_input query = {.query = PEN_STR("zq%23=1&@type=evil.Class")};
    assert_int_equal(filter_case_event(&it, &query).verdict, PEN_BLOCK);
    assert_int_equal(it.scan.finding_count, 2);
    filter_case_close(&it);
}

static void a_url_is_the_whole_path_as_it_came_and_decoded(void **state)
{
    (void)state;
    const struct pen_patch_rule rule = {
        .id = PEN_STR("u"), .title = PEN_STR("t"), .url = PEN_STR("/admin/\\.\\./x")};
    const struct {
        bool found;
        struct pen_event_input input;
    } rows[] = {
        {true, {.path = PEN_STR("/api/admin/../x")}},
        {true, {.path = PEN_STR("/api/admin/%2e%2e/x")}},
        {false, {.path = PEN_STR("/api/admin/x")}},
        {false, {.path = PEN_STR("/api"), .query = PEN_STR("a=/admin/../x")}},
    };
    struct filter_case it;
    open_with(&it, &rule, 1, NULL);
    for (size_t i = 0; i < PEN_COUNT_OF(rows); i++) {
        (void)filter_case_event(&it, &rows[i].input);
        assert_true((filter_case_score(&it, "patch") > 0) == rows[i].found);
    }
    filter_case_close(&it);
}

static void a_header_is_looked_at_even_where_it_is_no_leaf(void **state)
{
    (void)state;
    const struct pen_patch_rule rules[] = {
        {.id = PEN_STR("there"), .title = PEN_STR("t"), .header = PEN_STR("x-evil")},
        {.id = PEN_STR("value"),
         .title = PEN_STR("t"),
         .header = PEN_STR("content-type"),
         .value = PEN_STR("%\\{")},
    };
    const struct {
        const char *rule;
        struct pen_event_field field;
    } rows[] = {
        {"patch.there", {PEN_STR("X-Evil"), PEN_STR("")}},
        {"patch.there", {PEN_STR("x-evil"), PEN_STR("1")}},
        {"patch.value", {PEN_STR("Content-Type"), PEN_STR("a/b;%{x}")}},
        {"none", {PEN_STR("Content-Type"), PEN_STR("application/json")}},
        {"none", {PEN_STR("x-evil2"), PEN_STR("%{")}},
    };
    struct filter_case it;
    open_with(&it, rules, 2, NULL);
    for (size_t i = 0; i < PEN_COUNT_OF(rows); i++) {
        const struct pen_event_input input = {.fields = &rows[i].field, .field_count = 1};
        const struct pen_judgement judgement = filter_case_event(&it, &input);
        assert_string_equal(judgement.reason, rows[i].rule);
        if (judgement.verdict == PEN_PASS) continue;
        char memory[64];
        struct pen_buf path = pen_buf_over(memory, sizeof(memory));
        pen_leaf_path(judgement.finding->leaf, &path);
        assert_true(pen_str_starts(pen_buf_str(&path), PEN_S("header:/")));
    }
    filter_case_close(&it);
}

static const struct pen_str functions[] = {PEN_STR("orders")};
static const struct pen_str envelopes[] = {PEN_STR("aws.sqs")};
static const struct pen_str methods[] = {PEN_STR("PUT")};
static const struct pen_str paths[] = {PEN_STR("/items/*/note"), PEN_STR("query:/q")};

static void all_conditions_hold_together(void **state)
{
    (void)state;
    const struct pen_patch_rule rules[] = {
        {.id = PEN_STR("all"),
         .title = PEN_STR("t"),
         .leaf = PEN_STR("zqx1"),
         .url = PEN_STR("^/hole"),
         .header = PEN_STR("x-mark"),
         .value = PEN_STR("^1$"),
         .methods = methods,
         .method_count = 1,
         .paths = paths,
         .path_count = 2},
    };
    const struct pen_event_field marked = {PEN_STR("X-Mark"), PEN_STR("1")};
    const struct pen_event_field other = {PEN_STR("X-Mark"), PEN_STR("2")};
    const struct pen_event_input whole = {.method = PEN_STR("PUT"),
                                          .path = PEN_STR("/hole"),
                                          .fields = &marked,
                                          .field_count = 1,
                                          .body = PEN_STR("{\"items\":[{\"note\":\"zqx1\"}]}"),
                                          .body_kind = PEN_BODY_JSON};
    struct filter_case it;
    open_with(&it, rules, 1, NULL);
    assert_int_equal(filter_case_event(&it, &whole).verdict, PEN_BLOCK);
    struct pen_event_input input = whole;
    input.method = PEN_S("POST");
    assert_int_equal(filter_case_event(&it, &input).verdict, PEN_PASS);
    input = whole;
    input.path = PEN_S("/other");
    assert_int_equal(filter_case_event(&it, &input).verdict, PEN_PASS);
    input = whole;
    input.fields = &other;
    assert_int_equal(filter_case_event(&it, &input).verdict, PEN_PASS);
    input = whole;
    input.body = PEN_S("{\"items\":[{\"text\":\"zqx1\"}]}");
    assert_int_equal(filter_case_event(&it, &input).verdict, PEN_PASS);
    input.query = PEN_S("q=zqx1");
    assert_int_equal(filter_case_event(&it, &input).verdict, PEN_BLOCK);
    filter_case_close(&it);
}

static void a_function_has_the_patches_that_name_it_or_none(void **state)
{
    (void)state;
    const struct pen_patch_rule rule = {.id = PEN_STR("x"),
                                        .title = PEN_STR("t"),
                                        .leaf = PEN_STR("zqx1"),
                                        .functions = functions,
                                        .function_count = 1};
    const struct pen_policy orders = {.function = PEN_STR("orders")};
    const struct pen_policy others = {.function = PEN_STR("order")};
    struct filter_case it;
    open_with(&it, &rule, 1, &orders);
    assert_int_equal(judge_json(&it, PEN_S("[\"zqx1\"]")).verdict, PEN_BLOCK);
    filter_case_close(&it);
    open_with(&it, &rule, 1, &others);
    assert_int_equal(judge_json(&it, PEN_S("[\"zqx1\"]")).verdict, PEN_PASS);
    filter_case_close(&it);
}

static void an_envelope_is_one_that_the_event_comes_in(void **state)
{
    (void)state;
    const struct pen_patch_rule rule = {.id = PEN_STR("x"),
                                        .title = PEN_STR("t"),
                                        .leaf = PEN_STR("zqx1"),
                                        .envelopes = envelopes,
                                        .envelope_count = 1};
    struct filter_case it;
    open_with(&it, &rule, 1, NULL);
    assert_int_equal(judge_json(&it, PEN_S("{\"Records\":[{\"messageId\":\"1\",\"body\":\"zqx1\","
                                           "\"eventSource\":\"aws:sqs\"}]}"))
                         .verdict,
                     PEN_BLOCK);
    assert_int_equal(judge_json(&it, PEN_S("[\"zqx1\"]")).verdict, PEN_PASS);
    filter_case_close(&it);
}

static void a_flag_refuses_nothing_and_exceptions_and_modes_count(void **state)
{
    (void)state;
    struct pen_patch_rule rule = {
        .id = PEN_STR("x"), .title = PEN_STR("t"), .leaf = PEN_STR("zqx1"), .flags_only = true};
    const struct pen_exception exception = {.rule = PEN_STR("patch.x"), .path = PEN_STR("/a")};
    struct pen_policy policy = {.exceptions = &exception, .exception_count = 1};
    struct filter_case it;
    open_with(&it, &rule, 1, NULL);
    assert_int_equal(judge_json(&it, PEN_S("[\"zqx1\"]")).verdict, PEN_FLAG);
    filter_case_close(&it);

    rule.flags_only = false;
    open_with(&it, &rule, 1, &policy);
    assert_int_equal(judge_json(&it, PEN_S("{\"a\":\"zqx1\"}")).verdict, PEN_PASS);
    assert_int_equal(judge_json(&it, PEN_S("{\"b\":\"zqx1\"}")).verdict, PEN_BLOCK);
    filter_case_close(&it);

    policy = (struct pen_policy){.exception_count = 0};
    policy.modes[pen_registry_find(PEN_S("patch"))] = PEN_MODE_DETECT;
    open_with(&it, &rule, 1, &policy);
    assert_int_equal(judge_json(&it, PEN_S("{\"b\":\"zqx1\"}")).verdict, PEN_FLAG);
    filter_case_close(&it);
}

static void it_ends_when_it_says(void **state)
{
    (void)state;
    const struct pen_patch_rule rule = {
        .id = PEN_STR("x"), .title = PEN_STR("t"), .leaf = PEN_STR("zqx1"), .until = 1000};
    const struct pen_event_input input = {.body = PEN_STR("[\"zqx1\"]"),
                                          .body_kind = PEN_BODY_JSON};
    struct filter_case it;
    open_with(&it, &rule, 1, NULL);
    for (int64_t now = 999; now <= 1000; now++) {
        struct pen_judgement judgement;
        pen_arena_reset(it.arena);
        assert_int_equal(pen_event_decode(&input, NULL, it.arena, &it.event, NULL), PEN_OK);
        pen_scan_init(&it.scan, it.arena, it.scratch, 1 << 20);
        assert_int_equal(pen_chain_inspect(it.chain, &it.event, now, &it.scan, &judgement), PEN_OK);
        assert_int_equal(judgement.verdict, now < 1000 ? PEN_BLOCK : PEN_PASS);
    }
    filter_case_close(&it);
}

static void an_endless_search_is_refused_by_its_own_name(void **state)
{
    (void)state;
    const struct pen_patch_rule rule = {
        .id = PEN_STR("x"), .title = PEN_STR("t"), .leaf = PEN_STR("zq(?:[a-z]+)+$")};
    static char body[60000];
    memset(body, 'a', sizeof(body));
    memcpy(body, "[\"zq", 4);
    memcpy(body + sizeof(body) - 4, "!!\"]", 4);
    const struct pen_event_input input = {.body = {body, sizeof(body)}, .body_kind = PEN_BODY_JSON};
    struct pen_judgement judgement;
    struct filter_case it;
    open_with(&it, &rule, 1, NULL);
    assert_int_equal(pen_event_decode(&input, NULL, it.arena, &it.event, NULL), PEN_OK);
    pen_scan_init(&it.scan, it.arena, it.scratch, pen_scan_steps(it.event.leaf_bytes));
    assert_int_equal(pen_chain_inspect(it.chain, &it.event, 0, &it.scan, &judgement),
                     PEN_ERR_LIMIT);
    assert_int_equal(judgement.verdict, PEN_BLOCK);
    assert_string_equal(judgement.reason, "patch.limit");
    /* The next event is judged as if nothing had been. */
    assert_int_equal(judge_json(&it, PEN_S("[\"zqab\"]")).verdict, PEN_BLOCK);
    assert_int_equal(judge_json(&it, PEN_S("[\"zq1\"]")).verdict, PEN_PASS);
    filter_case_close(&it);
}

static void what_wakes_is_taken_or_said(void **state)
{
    (void)state;
    const struct pen_str wakes[] = {PEN_STR("ZQX")};
    const struct pen_patch_rule nothing = {
        .id = PEN_STR("x"), .title = PEN_STR("t"), .leaf = PEN_STR("[a-z]+[0-9]{9}")};
    struct pen_patch_rule said = nothing;
    struct pen_patch_rule any = nothing;
    struct pen_ruleset *made = NULL;
    struct pen_error err = {.text = ""};
    assert_int_equal(pen_ruleset_create_patched(&nothing, 1, &made, &err), PEN_ERR_INVALID);
    assert_non_null(strstr(err.text, "add 'wake: [...]'"));
    assert_non_null(strstr(err.text, "'wake: any'"));

    struct filter_case it;
    said.wakes = wakes;
    said.wake_count = 1;
    open_with(&it, &said, 1, NULL);
    assert_int_equal(judge_json(&it, PEN_S("[\"zqx123456789\"]")).verdict, PEN_BLOCK);
    assert_int_equal(judge_json(&it, PEN_S("[\"abc123456789\"]")).verdict, PEN_PASS);
    filter_case_close(&it);

    any.wake_any = true;
    open_with(&it, &any, 1, NULL);
    assert_int_equal(judge_json(&it, PEN_S("[\"abc123456789\"]")).verdict, PEN_BLOCK);
    filter_case_close(&it);
}

static void equal_rules_share_what_is_compiled(void **state)
{
    (void)state;
    const struct pen_str wakes[] = {PEN_STR("zqx1"), PEN_STR("zqx2")};
    const struct pen_patch_rule rule = {.id = PEN_STR("x"),
                                        .title = PEN_STR("t"),
                                        .leaf = PEN_STR("zqx[0-9]"),
                                        .wakes = wakes,
                                        .wake_count = 2,
                                        .until = 5};
    struct pen_patch_set *set = NULL;
    struct pen_error err = {.text = ""};
    assert_int_equal(pen_patch_set_create(&rule, 1, &set, &err), PEN_OK);
    struct pen_patch_rule other = rule;
    assert_true(pen_patch_set_is(set, &other, 1));
    assert_false(pen_patch_set_is(set, NULL, 0));
    other.until = 6;
    assert_false(pen_patch_set_is(set, &other, 1));
    other = rule;
    other.wake_count = 1;
    assert_false(pen_patch_set_is(set, &other, 1));
    other = rule;
    other.leaf = PEN_S("zqx[0-8]");
    assert_false(pen_patch_set_is(set, &other, 1));
    other = rule;
    other.flags_only = true;
    assert_false(pen_patch_set_is(set, &other, 1));
    pen_patch_set_destroy(set);
    pen_patch_set_destroy(NULL);
}

#define MANY 10000

static void of_ten_thousand_rules_those_fire_that_are_meant(void **state)
{
    (void)state;
    static struct pen_patch_rule rules[MANY];
    static char ids[MANY][32];
    static char expressions[MANY][32];
    struct filter_case it;
    for (int i = 0; i < MANY; i++) {
        (void)snprintf(ids[i], sizeof(ids[i]), "r%d", i);
        (void)snprintf(expressions[i], sizeof(expressions[i]), "zq%dx-[a-f]{4}", i);
        rules[i] = (struct pen_patch_rule){.id = pen_str_from_c(ids[i]),
                                           .title = PEN_STR("t"),
                                           .leaf = pen_str_from_c(expressions[i])};
    }
    rules[9998].flags_only = true;
    rules[9999].until = 1; /* the case's clock says 0: not ended */
    rules[5000].leaf = (struct pen_str){"", 0};
    rules[5000].header = PEN_S("x-many");
    rules[5000].value = PEN_S("zq5000x");
    rules[1].leaf = rules[0].leaf; /* shares what wakes it */
    open_with(&it, rules, MANY, NULL);
    assert_string_equal(judge_json(&it, PEN_S("[\"zq9999x-abcd\"]")).reason, "patch.r9999");
    assert_string_equal(judge_json(&it, PEN_S("[\"a\",\"zq77x-abcd\"]")).reason, "patch.r77");
    assert_int_equal(judge_json(&it, PEN_S("[\"zq9998x-abcd\"]")).verdict, PEN_FLAG);
    assert_int_equal(judge_json(&it, PEN_S("[\"zq77x-xyz\"]")).verdict, PEN_PASS);
    assert_int_equal(judge_json(&it, PEN_S("[\"zq10000x-abcd\"]")).verdict, PEN_PASS);

    (void)judge_json(&it, PEN_S("[\"zq400x-abcd zq3x-abcd zq0x-abcd\"]"));
    assert_int_equal(it.scan.finding_count, 4);
    assert_string_equal(it.scan.findings[0].rule, "patch.r0");
    assert_string_equal(it.scan.findings[1].rule, "patch.r1");
    assert_string_equal(it.scan.findings[2].rule, "patch.r3");
    assert_string_equal(it.scan.findings[3].rule, "patch.r400");

    const struct pen_event_field field = {PEN_STR("X-Many"), PEN_STR("a zq5000x")};
    const struct pen_event_field other = {PEN_STR("X-Few"), PEN_STR("a zq5000x")};
    struct pen_event_input input = {.path = PEN_STR("/"), .fields = &field, .field_count = 1};
    assert_string_equal(filter_case_event(&it, &input).reason, "patch.r5000");
    input.fields = &other;
    assert_int_equal(filter_case_event(&it, &input).verdict, PEN_PASS);
    filter_case_close(&it);
}

static void more_than_are_taken_are_refused(void **state)
{
    (void)state;
    static struct pen_patch_rule rules[PEN_PATCHES_MOST + 1];
    struct pen_patch_set *set = NULL;
    struct pen_error err = {.text = ""};
    assert_int_equal(pen_patch_set_create(rules, PEN_COUNT_OF(rules), &set, &err), PEN_ERR_INVALID);
    assert_string_equal(err.text, "there are 16385 patches; at most 16384 are taken");
    for (size_t i = 0; i <= PEN_PATCHES_ALWAYS_MOST; i++) {
        rules[i] = (struct pen_patch_rule){
            .id = PEN_STR("x"), .title = PEN_STR("t"), .leaf = PEN_STR("a"), .wake_any = true};
    }
    assert_int_equal(pen_patch_set_create(rules, PEN_PATCHES_ALWAYS_MOST + 1, &set, &err),
                     PEN_ERR_INVALID);
    assert_string_equal(err.text, "65 patches look at every text; at most 64 may");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(of_ten_thousand_rules_those_fire_that_are_meant),
        cmocka_unit_test(more_than_are_taken_are_refused),
        cmocka_unit_test(a_leaf_is_a_value_or_a_name_in_any_form),
        cmocka_unit_test(a_key_is_a_name_and_with_a_leaf_that_leafs_name),
        cmocka_unit_test(a_url_is_the_whole_path_as_it_came_and_decoded),
        cmocka_unit_test(a_header_is_looked_at_even_where_it_is_no_leaf),
        cmocka_unit_test(all_conditions_hold_together),
        cmocka_unit_test(a_function_has_the_patches_that_name_it_or_none),
        cmocka_unit_test(an_envelope_is_one_that_the_event_comes_in),
        cmocka_unit_test(a_flag_refuses_nothing_and_exceptions_and_modes_count),
        cmocka_unit_test(it_ends_when_it_says),
        cmocka_unit_test(an_endless_search_is_refused_by_its_own_name),
        cmocka_unit_test(what_wakes_is_taken_or_said),
        cmocka_unit_test(equal_rules_share_what_is_compiled),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
