/** GraphQL documents that ask for too much, and those that clients send all day. */
#include "tests/unit/filter_alone.h"

static struct pen_judgement judge(struct filter_case *c, struct pen_str document)
{
    const struct pen_event_input input = {.body = document, .body_kind = PEN_BODY_GRAPHQL};
    return filter_case_event(c, &input);
}

/* `before`, `again` so many times with "%d" numbered, `after`. */
static struct pen_str repeat(char *memory, size_t room, const char *before, const char *again,
                             size_t times, const char *after)
{
    struct pen_buf buf = pen_buf_over(memory, room);
    pen_buf_put(&buf, pen_str_from_c(before));
    for (size_t i = 0; i < times; i++) {
        const struct pen_str text = pen_str_from_c(again);
        const size_t number = pen_str_find(text, '%', 0);
        pen_buf_put(&buf, pen_str_slice(text, 0, number));
        pen_buf_u64(&buf, i);
        pen_buf_put(&buf, pen_str_slice(text, number + 2, text.len));
    }
    pen_buf_put(&buf, pen_str_from_c(after));
    assert_false(buf.full);
    return pen_buf_str(&buf);
}

/* {a{a{...a...}}} */
static struct pen_str nested(char *memory, size_t room, size_t depth)
{
    struct pen_buf buf = pen_buf_over(memory, room);
    for (size_t i = 0; i < depth; i++) {
        pen_buf_put(&buf, PEN_S("{a"));
    }
    for (size_t i = 0; i < depth; i++) {
        pen_buf_byte(&buf, '}');
    }
    assert_false(buf.full);
    return pen_buf_str(&buf);
}

static void a_default_flags_beyond_it_and_blocks_beyond_twice(void **state)
{
    (void)state;
    static char memory[3][65536];
    enum { ROOM = sizeof(memory[0]) };
    const struct {
        const char *rule;
        struct pen_str within;
        struct pen_str beyond;
        struct pen_str far;
    } rows[] = {
        {"graphql.depth", nested(memory[0], 256, 10), nested(memory[1], 256, 11),
         nested(memory[2], 256, 21)},
        {"graphql.aliases", repeat(memory[0] + 256, 2048, "{", "a%d:b ", 15, "}"),
         repeat(memory[1] + 256, 2048, "{", "a%d:b ", 16, "}"),
         repeat(memory[2] + 256, 2048, "{", "a%d:b ", 31, "}")},
        {"graphql.fields", repeat(memory[0] + 4096, 8192, "{", "a%d ", 200, "}"),
         repeat(memory[1] + 4096, 8192, "{", "a%d ", 201, "}"),
         repeat(memory[2] + 4096, 8192, "{", "a%d ", 401, "}")},
        {"graphql.directives", repeat(memory[0] + 16384, 4096, "{a", "@b%d ", 10, "}"),
         repeat(memory[1] + 16384, 4096, "{a", "@b%d ", 11, "}"),
         repeat(memory[2] + 16384, 4096, "query($c:D", "@b%d ", 21, "){a}")},
        {"graphql.cost",
         repeat(memory[0] + 24576, 4096, "fragment F on T{a b c d e f g h i j}{", "...F #%d\n", 100,
                "}"),
         repeat(memory[1] + 24576, 4096, "fragment F on T{a b c d e f g h i j}{", "...F #%d\n", 101,
                "}"),
         repeat(memory[2] + 24576, 4096, "fragment F on T{a b c d e f g h i j}{", "...F #%d\n", 201,
                "}")},
    };
    for (size_t i = 0; i < PEN_COUNT_OF(rows); i++) {
        (void)judge(&it, rows[i].within);
        assert_int_equal(filter_case_score(&it, "graphql"), 0);
        const struct pen_judgement beyond = judge(&it, rows[i].beyond);
        assert_int_equal(beyond.verdict, PEN_FLAG);
        assert_string_equal(beyond.reason, rows[i].rule);
        const struct pen_judgement far = judge(&it, rows[i].far);
        assert_int_equal(far.verdict, PEN_BLOCK);
        assert_string_equal(far.reason, rows[i].rule);
    }
}

static void a_bound_that_was_set_is_a_bound(void **state)
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
        {"graphql.depth", PEN_STR("{\"depth\":2}"), PEN_STR("{\"query\":\"{a{b}}\"}"),
         PEN_STR("{\"query\":\"{a{b{c}}}\"}")},
        {"graphql.depth", PEN_STR("{\"depth\":2}"), PEN_STR("{\"query\":\"{a{...on T{...{b}}}}\"}"),
         PEN_STR("{\"query\":\"{a{b{...F}}}fragment F on T{c}\"}")},
        {"graphql.aliases", PEN_STR("{\"aliases\":1}"), PEN_STR("{\"query\":\"{a:b c}\"}"),
         PEN_STR("{\"query\":\"{a:b c{d:e}}\"}")},
        {"graphql.fields", PEN_STR("{\"fields\":2}"), PEN_STR("{\"query\":\"{a(b:{c:{d:1}}) e}\"}"),
         PEN_STR("{\"query\":\"{a b c}\"}")},
        {"graphql.cost", PEN_STR("{\"cost\":3}"),
         PEN_STR("{\"query\":\"{a ...F}fragment F on T{b c}\"}"),
         PEN_STR("{\"query\":\"{...F ...F}fragment F on T{b c}\"}")},
        {"graphql.directives", PEN_STR("{\"directives\":1}"),
         PEN_STR("{\"query\":\"query @a {b @c d @e}\"}"),
         PEN_STR("{\"query\":\"{a @b(c:D) @b}\"}")},
        {"graphql.batch", PEN_STR("{\"batch\":2}"),
         PEN_STR("[{\"query\":\"{a}\"},{\"query\":\"{a}\"}]"),
         PEN_STR("[{\"query\":\"{a}\"},{\"query\":\"{a}\"},{\"query\":\"{a}\"}]")},
        {"graphql.introspection", PEN_STR("{\"introspection\":false}"),
         PEN_STR("{\"query\":\"{a{__typename}}\"}"),
         PEN_STR("{\"query\":\"{__type(name:\\\"A\\\"){name}}\"}")},
    };
    for (size_t i = 0; i < PEN_COUNT_OF(rows); i++) {
        const struct pen_json *config = NULL;
        assert_int_equal(pen_json_read(rows[i].config, NULL, arena, &config, NULL), PEN_OK);
        struct pen_policy policy = {0};
        policy.configs[pen_registry_find(PEN_S("graphql"))] = config;
        struct filter_case set;
        filter_case_open(&set, &policy);
        struct pen_event_input input = {.body = rows[i].within, .body_kind = PEN_BODY_JSON};
        if (filter_case_event(&set, &input).verdict != PEN_PASS) {
            fail_msg("%s within, row %zu", rows[i].rule, i);
        }
        input.body = rows[i].beyond;
        const struct pen_judgement judgement = filter_case_event(&set, &input);
        if (judgement.verdict != PEN_BLOCK || strcmp(judgement.reason, rows[i].rule) != 0) {
            fail_msg("%s beyond: %s", rows[i].rule, judgement.reason);
        }
        filter_case_close(&set);
    }
    pen_arena_destroy(arena);
}

static void names_the_part_that_is_too_much(void **state)
{
    (void)state;
    static char memory[1024];
    const struct {
        struct pen_event_input input;
        const char *path;
    } rows[] = {
        {{.body = PEN_STR("{\"query\":\"{ a { __schema { types { name } } } }\"}"),
          .body_kind = PEN_BODY_JSON},
         "/query|graphql/query/a/__schema#"},
        {{.body = repeat(memory, sizeof(memory), "mutation {", "a%d: b ", 31, "}"),
          .body_kind = PEN_BODY_GRAPHQL},
         "graphql:/mutation/b/alias:"},
        {{.body = PEN_STR("[{\"query\":\"{...A} fragment A on T { b { ...A } }\"}]"),
          .body_kind = PEN_BODY_JSON},
         "/0/query|graphql/...A/b/...A#"},
        {{.query = PEN_STR("query=%7Ba(b%3A1%2Cb%3A2)%7D")}, "query:/query|graphql/query/a/(b)#"},
    };
    for (size_t i = 0; i < PEN_COUNT_OF(rows); i++) {
        const struct pen_judgement judgement = filter_case_event(&it, &rows[i].input);
        assert_int_equal(judgement.verdict, PEN_BLOCK);
        char text[128];
        struct pen_buf path = pen_buf_over(text, sizeof(text) - 1);
        pen_leaf_path(judgement.finding->leaf, &path);
        text[path.len] = '\0';
        assert_string_equal(text, rows[i].path);
    }
}

static void blocks_what_no_client_writes(void **state)
{
    (void)state;
    static const struct {
        const char *rule;
        struct pen_str document;
    } rows[] = {
        {"graphql.cycle", PEN_STR("{...A}fragment A on T{...A}")},
        {"graphql.cycle", PEN_STR("{...A}fragment A on T{b{...B}}fragment B on T{c{...A}}")},
        {"graphql.cycle", PEN_STR("{a}fragment A on T{...B}fragment B on T{...C}fragment C on "
                                  "T{...A}")},
        {"graphql.duplicate", PEN_STR("{a(b:1 b:2)}")},
        {"graphql.duplicate", PEN_STR("query A{a}query A{b}")},
        {"graphql.duplicate", PEN_STR("{a}{b}")},
        {"graphql.duplicate", PEN_STR("{...A}fragment A on T{b}fragment A on T{c}")},
        {"graphql.introspection", PEN_STR("query IntrospectionQuery{__schema{types{name}}}")},
        {"graphql.introspection", PEN_STR("{x:__schema{types{name}}}")},
        {"graphql.introspection", PEN_STR("{...A}fragment A on Query{__type(name:\"B\"){name}}")},
    };
    for (size_t i = 0; i < PEN_COUNT_OF(rows); i++) {
        const struct pen_judgement judgement = judge(&it, rows[i].document);
        if (judgement.verdict != PEN_BLOCK || strcmp(judgement.reason, rows[i].rule) != 0) {
            fail_msg("%.*s: %s", PEN_STR_ARGS(rows[i].document), judgement.reason);
        }
    }
}

static void finds_introspection_in_texts_that_are_no_document(void **state)
{
    (void)state;
    static const struct pen_str rows[] = {
        PEN_STR("/graphql?query={__schema{types{name}}}"),
        PEN_STR("/graphql?query=query+A+%7B+__schema+%7B+types+%7B+name+%7D+%7D+%7D"),
        PEN_STR("\"query\": \"{ __schema { queryType { name } } }\","),
        PEN_STR("__schema{...F}"),
        PEN_STR("curl -d '{__type(name: \"User\") { fields { name } }}'"),
    };
    for (size_t i = 0; i < PEN_COUNT_OF(rows); i++) {
        const struct pen_judgement judgement = filter_case_text(&it, rows[i]);
        if (judgement.verdict != PEN_BLOCK) fail_msg("%.*s", PEN_STR_ARGS(rows[i]));
    }
}

/* A document of 40 fragments, each of which spreads the next one twice: 2^40 fields. */
static void judges_an_exponential_document_in_no_time(void **state)
{
    (void)state;
    static char memory[8192];
    struct pen_buf buf = pen_buf_over(memory, sizeof(memory));
    pen_buf_put(&buf, PEN_S("{...F0}"));
    for (int i = 0; i < 70; i++) {
        pen_buf_format(&buf, "fragment F%d on T{...F%d ...F%d}", i, i + 1, i + 1);
    }
    pen_buf_put(&buf, PEN_S("fragment F70 on T{a}"));
    const struct pen_judgement judgement = judge(&it, pen_buf_str(&buf));
    assert_int_equal(judgement.verdict, PEN_BLOCK);
    assert_string_equal(judgement.reason, "graphql.cost");
    /* Within the budget, or it would be "graphql.unfinished"; test_graphql_cost counts the steps.
     */
}

static void stays_silent_on_what_clients_send(void **state)
{
    (void)state;
    static const struct {
        const char *why;
        struct pen_str document;
    } rows[] = {
        {"as Apollo sends it, with __typename everywhere",
         PEN_STR("query GetDogs($breed: String!, $first: Int = 10) {\n  dogs(breed: $breed, first: "
                 "$first) {\n    id\n    breed\n    owner { id name __typename }\n    "
                 "__typename\n  }\n}")},
        {"as Relay sends it: fragments, connections, deferred parts",
         PEN_STR(
             "query AppQuery($id: ID!, $count: Int!, $cursor: String) {\n  node(id: $id) {\n    "
             "__typename\n    ...List_items_1G22uz\n    id\n  }\n}\nfragment "
             "List_items_1G22uz on User {\n  items(first: $count, after: $cursor) {\n    "
             "edges { node { id ...Item_item __typename } cursor }\n    pageInfo { endCursor "
             "hasNextPage }\n  }\n  id\n}\nfragment Item_item on Item { id text "
             "complete small: picture(size: 32) { uri } large: picture(size: 256) { uri } }")},
        {"an API's example: issues with labels of a repository",
         PEN_STR(
             "query { repository(owner: \"example\", name: \"hello\") { issues(last: 20, states: "
             "CLOSED) { edges { node { title url labels(first: 5) { edges { node { name } } } } "
             "} } } }")},
        {"a mutation with an input object",
         PEN_STR("mutation AddReaction { addReaction(input: {subjectId: \"MDU6SXNz\", content: "
                 "HOORAY}) { reaction { content } subject { id } } }")},
        {"a subscription", PEN_STR("subscription OnComment($id: ID!) { commentAdded(postId: $id) { "
                                   "id content } }")},
        {"several operations in one document",
         PEN_STR("query A { a } query B { b ...F } mutation C { c } fragment F on T { d }")},
        {"a fragment spread at several places",
         PEN_STR("{ a { ...F } b { ...F } c { ...F ...G } } fragment F on T { x ...G } fragment G "
                 "on T { y }")},
        {"conditions", PEN_STR("query ($a: Boolean!, $b: Boolean!) { hero { name @include(if: $a) "
                               "@skip(if: $b) friends @connection(key: \"f\", filter: []) { id } } "
                               "}")},
        {"a spread of a fragment that is not there", PEN_STR("{ a { ...Missing } }")},
        {"fields that only sound like it",
         PEN_STR("{ schema { type } _type { a } __types { b } }")},
    };
    for (size_t i = 0; i < PEN_COUNT_OF(rows); i++) {
        const struct pen_judgement judgement = judge(&it, rows[i].document);
        if (judgement.verdict != PEN_PASS) fail_msg("%s: %s", rows[i].why, judgement.reason);
    }
    static const struct pen_str texts[] = {
        PEN_STR("the __schema field is what tools ask for"),
        PEN_STR("__type: string"),
        PEN_STR("{\"__type\":\"Point\",\"x\":1}"),
        PEN_STR("__schema__ { a }"),
        PEN_STR("Dear {name}, your order {order} is on its way."),
        PEN_STR("{{greeting}}"),
        PEN_STR("{a{b{c{d{e{f{g{h}}}}}}}}"),
        PEN_STR("query the database for all users"),
        PEN_STR("An introspection query is `{ __schema { types { name } } }`. Tools send it when "
                "they start, so that they know what the server has."),
    };
    for (size_t i = 0; i < PEN_COUNT_OF(texts); i++) {
        const struct pen_judgement judgement = filter_case_text(&it, texts[i]);
        if (judgement.verdict == PEN_BLOCK) {
            fail_msg("%.*s: %s", PEN_STR_ARGS(texts[i]), judgement.reason);
        }
    }
}

static void a_declared_sink_holds_to_the_defaults(void **state)
{
    (void)state;
    const struct pen_str sinks[] = {PEN_STR("graphql")};
    const struct pen_policy policy = {.sinks = sinks, .sink_count = 1};
    struct filter_case strict;
    char memory[256];
    filter_case_open(&strict, &policy);
    assert_int_equal(judge(&strict, nested(memory, sizeof(memory), 10)).verdict, PEN_PASS);
    assert_int_equal(judge(&strict, nested(memory, sizeof(memory), 11)).verdict, PEN_BLOCK);
    filter_case_close(&strict);
}

static void introspection_may_be_allowed(void **state)
{
    (void)state;
    struct pen_arena *arena = NULL;
    const struct pen_json *config = NULL;
    assert_int_equal(pen_arena_create(65536, 4096, &arena), PEN_OK);
    assert_int_equal(pen_json_read(PEN_S("{\"introspection\":true}"), NULL, arena, &config, NULL),
                     PEN_OK);
    struct pen_policy policy = {0};
    policy.configs[pen_registry_find(PEN_S("graphql"))] = config;
    struct filter_case open;
    filter_case_open(&open, &policy);
    assert_int_equal(judge(&open, PEN_S("{__schema{types{name}}}")).verdict, PEN_PASS);
    assert_int_equal(filter_case_text(&open, PEN_S("?query={__schema{types{name}}}")).verdict,
                     PEN_PASS);
    filter_case_close(&open);
    pen_arena_destroy(arena);
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
        {PEN_STR("{\"deepness\":2}"), "known: depth, aliases"},
        {PEN_STR("{\"depth\":0}"), "above 0"},
        {PEN_STR("{\"introspection\":1}"), "true or false"},
    };
    for (size_t i = 0; i < PEN_COUNT_OF(rows); i++) {
        struct pen_policy policy = {0};
        const struct pen_chain *chain = NULL;
        const struct pen_json *config = NULL;
        assert_int_equal(pen_json_read(rows[i].config, NULL, arena, &config, NULL), PEN_OK);
        policy.configs[pen_registry_find(PEN_S("graphql"))] = config;
        assert_int_equal(pen_chain_create(ruleset, &policy, arena, &chain, &err), PEN_ERR_INVALID);
        if (strstr(err.text, rows[i].says) == NULL) fail_msg("%s", err.text);
    }
    pen_ruleset_release(ruleset);
    pen_arena_destroy(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_default_flags_beyond_it_and_blocks_beyond_twice, set_up,
                                        tear_down),
        cmocka_unit_test(a_bound_that_was_set_is_a_bound),
        cmocka_unit_test_setup_teardown(names_the_part_that_is_too_much, set_up, tear_down),
        cmocka_unit_test_setup_teardown(blocks_what_no_client_writes, set_up, tear_down),
        cmocka_unit_test_setup_teardown(finds_introspection_in_texts_that_are_no_document, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(judges_an_exponential_document_in_no_time, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(stays_silent_on_what_clients_send, set_up, tear_down),
        cmocka_unit_test(a_declared_sink_holds_to_the_defaults),
        cmocka_unit_test(introspection_may_be_allowed),
        cmocka_unit_test(refuses_settings_that_it_does_not_know),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
