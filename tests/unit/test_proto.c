/** Prototype pollution: names and paths that reach a prototype, and texts that only say so. */
#include "tests/unit/filter_alone.h"

static void blocks_names_and_paths_that_reach_a_prototype(void **state)
{
    (void)state;
    static const struct {
        const char *why;
        struct pen_event_input input;
        const char *path;
    } rows[] = {
        {"a member",
         {.body = PEN_STR("{\"a\":{\"__proto__\":{\"b\":1}}}"), .body_kind = PEN_BODY_JSON},
         "/a/__proto__#"},
        {"escaped",
         {.body = PEN_STR("{\"__pr\\u006fto__\":{}}"), .body_kind = PEN_BODY_JSON},
         "/__proto__#"},
        {"the longer way",
         {.body = PEN_STR("{\"constructor\":{\"prototype\":{\"a\":1}}}"),
          .body_kind = PEN_BODY_JSON},
         "/constructor/prototype#"},
        {"a path for a name",
         {.body = PEN_STR("{\"a.constructor.prototype.b\":1}"), .body_kind = PEN_BODY_JSON},
         "/a.constructor.prototype.b#"},
        {"JSON in a text",
         {.body = PEN_STR("{\"a\":\"{\\\"__proto__\\\":{}}\"}"), .body_kind = PEN_BODY_JSON},
         "/a|json/__proto__#"},
        {"a field of a form",
         {.body = PEN_STR("a%5B__proto__%5D%5Bb%5D=1"), .body_kind = PEN_BODY_FORM},
         "form:/a[__proto__][b]#"},
        {"a parameter",
         {.query = PEN_STR("constructor[prototype][a]=1")},
         "query:/constructor[prototype][a]#"},
        {"globals of Python",
         {.body = PEN_STR("{\"__init__\":{\"__globals__\":{\"a\":1}}}"),
          .body_kind = PEN_BODY_JSON},
         "/__init__/__globals__#"},
        {"the loader of a class",
         {.body = PEN_STR("class.module.classLoader.resources.context.parent.x=1"),
          .body_kind = PEN_BODY_FORM},
         "form:/class.module.classLoader.resources.context.parent.x#"},
        {"the loader, in brackets",
         {.query = PEN_STR("class%5B%27classLoader%27%5D%5Bx%5D=1")},
         "query:/class['classLoader'][x]#"},
        {"a loader in a text",
         {.body = PEN_STR("[\"class.classLoader.URLs[0]=jar:http://a.example/a.jar!/\"]"),
          .body_kind = PEN_BODY_JSON},
         "/0"},
        {"an element of a list in a text",
         {.body = PEN_STR("[\"x[__proto__][]=1\"]"), .body_kind = PEN_BODY_JSON},
         "/0"},
        {"a text", {.body = PEN_STR("[\"a.__proto__.b = c\"]"), .body_kind = PEN_BODY_JSON}, "/0"},
        {"an argument of GraphQL",
         {.body = PEN_STR("{a(b:{__proto__:{c:1}})}"), .body_kind = PEN_BODY_GRAPHQL},
         "graphql:/query/a/(b)/__proto__#"},
    };
    for (size_t i = 0; i < PEN_COUNT_OF(rows); i++) {
        const struct pen_judgement judgement = filter_case_event(&it, &rows[i].input);
        char text[64] = "";
        struct pen_buf path = pen_buf_over(text, sizeof(text) - 1);
        if (judgement.finding != NULL) pen_leaf_path(judgement.finding->leaf, &path);
        text[path.len] = '\0';
        if (judgement.verdict != PEN_BLOCK || strcmp(text, rows[i].path) != 0) {
            fail_msg("%s: %s at %s", rows[i].why, judgement.reason, text);
        }
    }
}

static void stays_silent_on_texts_that_mention_it(void **state)
{
    (void)state;
    static const struct {
        const char *why;
        enum pen_verdict most;
        struct pen_str text;
    } rows[] = {
        {"a mention", PEN_PASS, PEN_STR("__proto__ is deprecated")},
        {"a commit", PEN_PASS, PEN_STR("skip __proto__ and constructor keys in merge")},
        {"a method of a prototype", PEN_PASS, PEN_STR("Array.prototype.slice.call(a)")},
        {"a definition", PEN_PASS, PEN_STR("Foo.prototype.bar = function () {};")},
        {"a builder", PEN_PASS, PEN_STR("{\"constructor\":{\"team\":\"x\"}}")},
        {"a sample", PEN_PASS, PEN_STR("{\"prototype\":{\"version\":1}}")},
        {"a longer word", PEN_PASS, PEN_STR("my__proto__type.a = 1")},
        {"a protocol", PEN_PASS, PEN_STR("__protocol__.x = 1")},
        {"a class", PEN_PASS, PEN_STR("this.constructor.name")},
        {"old code", PEN_FLAG, PEN_STR("child.__proto__ = parent;")},
        {"a path in a sentence", PEN_FLAG, PEN_STR("see a.__proto__.b for that")},
        {"a loader in code", PEN_PASS, PEN_STR("ClassLoader cl = x.class.classLoader;")},
        {"a loader in a sentence", PEN_PASS, PEN_STR("class.classLoader is null = a bug")},
        {"a loader of Java's", PEN_PASS, PEN_STR("Foo.class.getClassLoader()")},
        {"globals of Python in code", PEN_PASS, PEN_STR("{\"name\":\"__globals__ of f\"}")},
        {"rights that are a user's", PEN_PASS, PEN_STR("{\"isAdmin\":true}")},
    };
    for (size_t i = 0; i < PEN_COUNT_OF(rows); i++) {
        const struct pen_judgement judgement = filter_case_text(&it, rows[i].text);
        if (judgement.verdict > rows[i].most) fail_msg("%s: %s", rows[i].why, judgement.reason);
    }
}

static void hints_at_rights_that_are_granted(void **state)
{
    (void)state;
    static const struct {
        struct pen_str text;
        uint32_t score;
    } rows[] = {
        {PEN_STR("{\"isAdmin\":true}"), 20},  {PEN_STR("{\"a\":{\"is_staff\":1}}"), 20},
        {PEN_STR("{\"isAdmin\":false}"), 0},  {PEN_STR("{\"is_admin\":null}"), 0},
        {PEN_STR("{\"a\":\"isAdmin\"}"), 0},  {PEN_STR("{\"isAdministrator\":true}"), 0},
        {PEN_STR("{\"role\":\"admin\"}"), 0},
    };
    for (size_t i = 0; i < PEN_COUNT_OF(rows); i++) {
        assert_int_equal(filter_case_text(&it, rows[i].text).verdict, PEN_PASS);
        assert_int_equal(filter_case_score(&it, "proto"), rows[i].score);
    }
}

static void a_declared_sink_refuses_replaced_prototypes(void **state)
{
    (void)state;
    const struct pen_str sinks[] = {PEN_STR("object")};
    const struct pen_policy policy = {.sinks = sinks, .sink_count = 1};
    struct filter_case strict;
    filter_case_open(&strict, &policy);
    const struct pen_str text = PEN_STR("child.__proto__ = parent;");
    assert_int_equal(filter_case_text(&it, text).verdict, PEN_FLAG);
    assert_int_equal(filter_case_text(&strict, text).verdict, PEN_BLOCK);
    assert_int_equal(filter_case_text(&strict, PEN_S("__proto__ is deprecated")).verdict, PEN_PASS);
    filter_case_close(&strict);
}

static void is_linear_where_it_could_be_quadratic(void **state)
{
    (void)state;
    static const struct pen_str pieces[] = {
        PEN_STR("x.__proto__;"), PEN_STR("constructor.prototype "), PEN_STR("__proto__ = ")};
    filter_case_endures(&it, pieces, PEN_COUNT_OF(pieces));
}

static void a_path_travels_as_a_pointer_or_a_list(void **state)
{
    (void)state;
    static const struct filter_row attacks[] = {
        {"a pointer", PEN_STR("/a/__proto__/b")},
        {"a pointer to the constructor", PEN_STR("/constructor/prototype/x")},
        {"a step alone", PEN_STR("__proto__")},
        {"JSON Patch", PEN_STR("[{\"op\":\"add\",\"path\":\"/__proto__/x\",\"value\":1}]")},
        {"an accessor", PEN_STR("{\"__defineGetter__\":1}")},
    };
    static const struct filter_row benign[] = {
        {"a page about it", PEN_STR("https://a.example/docs/__proto__")},
        {"a word within", PEN_STR("x __proto__ y")},
        {"a pointer to a member", PEN_STR("/constructor/x")},
    };
    filter_case_blocks(&it, "proto", attacks, PEN_COUNT_OF(attacks));
    filter_case_passes(&it, "proto", benign, PEN_COUNT_OF(benign));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_path_travels_as_a_pointer_or_a_list, set_up, tear_down),
        cmocka_unit_test_setup_teardown(blocks_names_and_paths_that_reach_a_prototype, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(stays_silent_on_texts_that_mention_it, set_up, tear_down),
        cmocka_unit_test_setup_teardown(hints_at_rights_that_are_granted, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_declared_sink_refuses_replaced_prototypes, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(is_linear_where_it_could_be_quadratic, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
