/** Structural bounds: each at its limit and one beyond, and its settings. */
#include "tests/unit/filter_case.h"

static const struct pen_json *settings(struct pen_arena *arena, struct pen_str text)
{
    const struct pen_json *root = NULL;
    assert_int_equal(pen_json_read(text, NULL, arena, &root, NULL), PEN_OK);
    return root;
}

static void blocks_one_beyond_each_bound(void **state)
{
    (void)state;
    struct pen_arena *arena = NULL;
    assert_int_equal(pen_arena_create(65536, 4096, &arena), PEN_OK);
    const struct {
        const char *rule;
        struct pen_str config;
        struct pen_str within;
        struct pen_str beyond;
    } rows[] = {
        {"structure.depth", PEN_STR("{\"depth\":2}"), PEN_STR("[[1]]"), PEN_STR("[[[]]]")},
        {"structure.leaves", PEN_STR("{\"leaves\":2}"), PEN_STR("[\"a\",\"b\"]"),
         PEN_STR("[\"a\",\"b\",\"c\"]")},
        {"structure.string", PEN_STR("{\"string\":2}"), PEN_STR("[\"ab\"]"), PEN_STR("[\"abc\"]")},
        {"structure.name", PEN_STR("{\"name\":2}"), PEN_STR("{\"ab\":1}"), PEN_STR("{\"abc\":1}")},
        {"structure.members", PEN_STR("{\"members\":1}"), PEN_STR("{\"a\":1}"),
         PEN_STR("{\"a\":1,\"b\":2}")},
        {"structure.elements", PEN_STR("{\"elements\":1}"), PEN_STR("[1]"), PEN_STR("[1,2]")},
        {"structure.number", PEN_STR("{\"number\":3}"), PEN_STR("[123]"), PEN_STR("[1234]")},
        /* Of what the event's tree does not show. */
        {"structure.depth", PEN_STR("{\"depth\":4}"), PEN_STR("[[[[]]]]"), PEN_STR("[[[[[]]]]]")},
        {"structure.elements", PEN_STR("{\"elements\":2}"), PEN_STR("[[[[[],[]]]]]"),
         PEN_STR("[[[[[],[],[]]]]]")},
        {"structure.number", PEN_STR("{\"number\":3}"), PEN_STR("[1,123]"), PEN_STR("[1,1234]")},
    };
    for (size_t i = 0; i < PEN_COUNT_OF(rows); i++) {
        struct pen_policy policy = {0};
        policy.configs[pen_registry_find(PEN_S("structure"))] = settings(arena, rows[i].config);
        struct filter_case it;
        filter_case_open(&it, &policy);
        struct pen_event_input input = {.body = rows[i].within, .body_kind = PEN_BODY_JSON};
        assert_int_equal(filter_case_event(&it, &input).verdict, PEN_PASS);
        input.body = rows[i].beyond;
        const struct pen_judgement judgement = filter_case_event(&it, &input);
        if (judgement.verdict != PEN_BLOCK || strcmp(judgement.reason, rows[i].rule) != 0) {
            fail_msg("%s: %s", rows[i].rule, judgement.reason);
        }
        filter_case_close(&it);
    }
    pen_arena_destroy(arena);
}

static void says_where_how_much_and_which_key_raises_it(void **state)
{
    (void)state;
    struct pen_arena *arena = NULL;
    assert_int_equal(pen_arena_create(65536, 4096, &arena), PEN_OK);
    const struct {
        struct pen_str config;
        struct pen_str body;
        const char *sentence;
    } rows[] = {
        {PEN_STR("{\"members\":1}"), PEN_STR("{\"o\":[{\"a\":1,\"b\":2}]}"),
         "the object at /o/0 has 2 members, the bound is 1: filters: { structure: { members: 2 } } "
         "raises it"},
        {PEN_STR("{\"members\":1}"), PEN_STR("{\"4539578763621486\":{\"a\":1,\"b\":2}}"),
         "the object has 2 members, the bound is 1: filters: { structure: { members: 2 } } raises "
         "it"},
        {PEN_STR("{\"elements\":1}"), PEN_STR("[1,2,\"x\"]"),
         "the array has 3 elements, the bound is 1: filters: { structure: { elements: 3 } } raises "
         "it"},
        {PEN_STR("{\"name\":1}"), PEN_STR("{\"a\\u0000\":1}"),
         "the name of /a\\u0000 has 2 bytes, the bound is 1: filters: { structure: { name: 2 } } "
         "raises it"},
        {PEN_STR("{\"leaves\":1}"), PEN_STR("[\"a\",\"b\"]"),
         "the event has 2 texts, the bound is 1: filters: { structure: { leaves: 2 } } raises it"},
    };
    for (size_t i = 0; i < PEN_COUNT_OF(rows); i++) {
        struct pen_policy policy = {0};
        policy.configs[pen_registry_find(PEN_S("structure"))] = settings(arena, rows[i].config);
        struct filter_case it;
        filter_case_open(&it, &policy);
        const struct pen_event_input input = {.body = rows[i].body, .body_kind = PEN_BODY_JSON};
        assert_int_equal(filter_case_event(&it, &input).verdict, PEN_BLOCK);
        assert_string_equal(it.scan.findings[0].sentence, rows[i].sentence);
        filter_case_close(&it);
    }
    pen_arena_destroy(arena);
}

/* A picture in base64: whoever raised limits.string has said enough. */
static void leaves_lengths_and_depths_to_the_functions_limits(void **state)
{
    (void)state;
    static char body[300000];
    memset(body, 'x', sizeof(body));
    memcpy(body, "[\"", 2);
    memcpy(body + sizeof(body) - 2, "\"]", 2);
    static char deep[200];
    memset(deep, '[', 100);
    memset(deep + 100, ']', 100);
    const struct pen_policy policy = {0};
    struct filter_case it;
    filter_case_open(&it, &policy);
    struct pen_event_input input = {.body = {body, sizeof(body)}, .body_kind = PEN_BODY_JSON};
    assert_int_equal(filter_case_event(&it, &input).verdict, PEN_PASS);
    input.body = (struct pen_str){deep, sizeof(deep)};
    assert_int_equal(filter_case_event(&it, &input).verdict, PEN_PASS);
    filter_case_close(&it);
}

static void refuses_settings_that_it_does_not_know(void **state)
{
    (void)state;
    struct pen_arena *arena = NULL;
    struct pen_ruleset *ruleset = NULL;
    struct pen_error err = {0};
    assert_int_equal(pen_arena_create(1 << 20, 4096, &arena), PEN_OK);
    assert_int_equal(pen_ruleset_create(&ruleset, &err), PEN_OK);
    const struct {
        struct pen_str config;
        const char *says;
    } rows[] = {
        {PEN_STR("{\"dept\":2}"), "did you mean 'depth'"},
        {PEN_STR("{\"depth\":0}"), "above 0"},
        {PEN_STR("{\"depth\":\"2\"}"), "whole number"},
    };
    for (size_t i = 0; i < PEN_COUNT_OF(rows); i++) {
        struct pen_policy policy = {0};
        const struct pen_chain *chain = NULL;
        policy.configs[pen_registry_find(PEN_S("structure"))] = settings(arena, rows[i].config);
        assert_int_equal(pen_chain_create(ruleset, &policy, arena, &chain, &err), PEN_ERR_INVALID);
        if (strstr(err.text, rows[i].says) == NULL) fail_msg("%s", err.text);
    }
    pen_ruleset_release(ruleset);
    pen_arena_destroy(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(blocks_one_beyond_each_bound),
        cmocka_unit_test(says_where_how_much_and_which_key_raises_it),
        cmocka_unit_test(leaves_lengths_and_depths_to_the_functions_limits),
        cmocka_unit_test(refuses_settings_that_it_does_not_know),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
