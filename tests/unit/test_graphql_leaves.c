/** GraphQL documents within events: where they are found, and what their leaves are. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <string.h>

#include "filters/core/envelope/envelope.h"
#include "filters/core/graphql_leaves.h"

static struct pen_arena *arena;

static int set_up(void **state)
{
    (void)state;
    return pen_arena_create((size_t)64 << 20, 4096, &arena) == PEN_OK ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    pen_arena_destroy(arena);
    return 0;
}

static void decode(const struct pen_event_input *input, struct pen_event *event)
{
    struct pen_json_error error = {0};
    if (pen_event_decode(input, NULL, arena, event, &error) != PEN_OK) {
        fail_msg("%s at %zu", error.code, error.offset);
    }
}

/* "path=text" of the leaf, or nothing when there is none with this path. */
static bool has(const struct pen_event *event, struct pen_str path, struct pen_str text)
{
    for (uint32_t i = 0; i < event->leaf_count; i++) {
        char memory[256];
        struct pen_buf buf = pen_buf_over(memory, sizeof(memory));
        pen_leaf_path(pen_event_leaf(event, i), &buf);
        if (pen_str_equal(pen_buf_str(&buf), path)
            && pen_str_equal(pen_event_leaf(event, i)->text, text)) {
            return true;
        }
    }
    return false;
}

static void finds_documents_where_they_travel(void **state)
{
    (void)state;
    static const struct {
        const char *why;
        struct pen_event_input input;
        struct pen_str path;
        struct pen_str text;
    } rows[] = {
        {"a body of its own type",
         {.body = PEN_STR("{ user(id: \"o'b\") }"), .body_kind = PEN_BODY_GRAPHQL},
         PEN_STR("graphql:/query/user/(id)"),
         PEN_STR("o'b")},
        {"a JSON request",
         {.body = PEN_STR("{\"query\":\"mutation { buy(note: \\\"a\\\\u0027b\\\") { ok } }\"}"),
          .body_kind = PEN_BODY_JSON},
         PEN_STR("/query|graphql/mutation/buy/(note)"),
         PEN_STR("a'b")},
        {"a batch",
         {.body = PEN_STR("[{\"query\":\"{a}\"},{\"query\":\"{b(c:D)}\"}]"),
          .body_kind = PEN_BODY_JSON},
         PEN_STR("/1/query|graphql/query/b/(c)"),
         PEN_STR("D")},
        {"a query parameter",
         {.query = PEN_STR("query=%7Bb(c%3A%22x+y%22)%7D")},
         PEN_STR("query:/query|graphql/query/b/(c)"),
         PEN_STR("x y")},
        {"a form field",
         {.body = PEN_STR("query=query+A+%7Bb(c%3A%22x+y%22)%7D"), .body_kind = PEN_BODY_FORM},
         PEN_STR("form:/query|graphql/query/b/(c)"),
         PEN_STR("x y")},
        {"within a message within a record",
         {.body = PEN_STR("{\"Records\":[{\"body\":\"{\\\"query\\\":\\\"{a(b:C)}\\\"}\"}]}"),
          .body_kind = PEN_BODY_JSON},
         PEN_STR("/Records/0/body|json/query|graphql/query/a/(b)"),
         PEN_STR("C")},
        {"a document in an argument",
         {.body = PEN_STR("{ run(json: \"{\\\"cmd\\\":\\\"ls\\\"}\") }"),
          .body_kind = PEN_BODY_GRAPHQL},
         PEN_STR("graphql:/query/run/(json)|json/cmd"),
         PEN_STR("ls")},
        {"a GraphQL document in an argument",
         {.body = PEN_STR("{ run(graphql: \"{ a(b: C) }\") }"), .body_kind = PEN_BODY_GRAPHQL},
         PEN_STR("graphql:/query/run/(graphql)|graphql/query/a/(b)"),
         PEN_STR("C")},
        {"what stands between tokens is in the text itself",
         {.body = PEN_STR("{a}#b"), .body_kind = PEN_BODY_GRAPHQL},
         PEN_STR("graphql:"),
         PEN_STR("{a}#b")},
    };
    for (size_t i = 0; i < PEN_COUNT_OF(rows); i++) {
        struct pen_event event;
        decode(&rows[i].input, &event);
        if (!has(&event, rows[i].path, rows[i].text)) fail_msg("%s", rows[i].why);
        assert_non_null(event.graphql);
    }
}

static void every_name_and_text_is_a_leaf(void **state)
{
    (void)state;
    static const struct {
        struct pen_str path;
        struct pen_str text;
    } rows[] = {
        {PEN_STR("graphql:/query/name:"), PEN_STR("Q")},
        {PEN_STR("graphql:/query/$v#"), PEN_STR("v")},
        {PEN_STR("graphql:/query/$v/type:"), PEN_STR("T")},
        {PEN_STR("graphql:/query/$v/default:"), PEN_STR("d")},
        {PEN_STR("graphql:/query/@dir#"), PEN_STR("dir")},
        {PEN_STR("graphql:/query/@dir/(x)#"), PEN_STR("x")},
        {PEN_STR("graphql:/query/@dir/(x)"), PEN_STR("E")},
        {PEN_STR("graphql:/query/f#"), PEN_STR("f")},
        {PEN_STR("graphql:/query/f/alias:"), PEN_STR("al")},
        {PEN_STR("graphql:/query/f/(arg)#"), PEN_STR("arg")},
        {PEN_STR("graphql:/query/f/(arg)/k#"), PEN_STR("k")},
        {PEN_STR("graphql:/query/f/(arg)/k/0"), PEN_STR("s")},
        {PEN_STR("graphql:/query/f/.../on:"), PEN_STR("U")},
        {PEN_STR("graphql:/query/f/...P#"), PEN_STR("P")},
        {PEN_STR("graphql:/...P#"), PEN_STR("P")},
        {PEN_STR("graphql:/...P/on:"), PEN_STR("W")},
        {PEN_STR("graphql:/...P/g#"), PEN_STR("g")},
    };
    const struct pen_event_input input = {
        .body = PEN_STR("query Q($v: [T!] = \"d\") @dir(x: E) {\n"
                        "  al: f(arg: {k: [\"s\", 1, true, null, $v]}) { ... on U { ...P } ...P }\n"
                        "}\nfragment P on W { g }"),
        .body_kind = PEN_BODY_GRAPHQL,
    };
    struct pen_event event;
    decode(&input, &event);
    for (size_t i = 0; i < PEN_COUNT_OF(rows); i++) {
        if (!has(&event, rows[i].path, rows[i].text)) {
            fail_msg("no %.*s", PEN_STR_ARGS(rows[i].path));
        }
    }
    /* The rows, the second name leaf of P, and the document itself: the variable's use is none. */
    assert_int_equal(event.leaf_count, PEN_COUNT_OF(rows) + 2);
}

static void a_leaf_of_a_body_knows_its_place(void **state)
{
    (void)state;
    const struct pen_event_input input = {.body = PEN_STR("{ user(id: \"x\") }"),
                                          .body_kind = PEN_BODY_GRAPHQL};
    struct pen_event event;
    decode(&input, &event);
    size_t seen = 0;
    for (uint32_t i = 1; i < event.leaf_count; i++) {
        const struct pen_leaf *const leaf = pen_event_leaf(&event, i);
        const struct pen_str at = pen_str_slice(input.body, leaf->place.start, leaf->place.end);
        const struct pen_str value = PEN_STR("\"x\"");
        assert_true(pen_str_equal(at, leaf->is_name ? leaf->text : value));
        seen++;
    }
    assert_int_equal(seen, 3);
}

static void texts_that_are_no_documents_stay_as_they_are(void **state)
{
    (void)state;
    static const struct pen_str rows[] = {
        PEN_STR("{\"text\":\"query the database for users\"}"),
        PEN_STR("{\"text\":\"Dear {{name}}\"}"),
        PEN_STR("{\"text\":\"{{name}}\"}"),
        PEN_STR("{\"text\":\"{0} of {1}\"}"),
        PEN_STR("{\"text\":\"{ color: red; }\"}"),
        PEN_STR("{\"text\":\"fragment of a text, on paper\"}"),
        PEN_STR("{\"query\":\"SELECT a FROM b\"}"),
        PEN_STR("{\"query\":{\"match\":{\"a\":\"b\"}}}"),
        PEN_STR("{\"query\":\"{ user(id: 1 }\"}"),
        PEN_STR("{\"query\":\"type A { b: C }\"}"),
    };
    for (size_t i = 0; i < PEN_COUNT_OF(rows); i++) {
        const struct pen_event_input input = {.body = rows[i], .body_kind = PEN_BODY_JSON};
        struct pen_event event;
        decode(&input, &event);
        if (event.graphql != NULL) fail_msg("%.*s", PEN_STR_ARGS(rows[i]));
    }
}

static void a_body_of_its_own_type_has_to_be_one(void **state)
{
    (void)state;
    static const struct {
        struct pen_str body;
        const char *code;
        size_t offset;
    } rows[] = {
        {PEN_STR(""), "graphql.syntax", 0},
        {PEN_STR("{\"query\":\"{a}\"}"), "graphql.syntax", 1},
        {PEN_STR("{ user(id: 1 }"), "graphql.syntax", 13},
        {PEN_STR("{a(b:\"\\q\")}"), "graphql.syntax", 6},
        {PEN_STR("{a}\xff"), "graphql.utf8", 3},
    };
    for (size_t i = 0; i < PEN_COUNT_OF(rows); i++) {
        const struct pen_event_input input = {.body = rows[i].body, .body_kind = PEN_BODY_GRAPHQL};
        struct pen_event event;
        struct pen_json_error error = {0};
        assert_int_equal(pen_event_decode(&input, NULL, arena, &event, &error), PEN_ERR_SYNTAX);
        assert_string_equal(error.code, rows[i].code);
        assert_int_equal(error.offset, rows[i].offset);
    }
}

static void a_declared_event_has_to_be_a_request(void **state)
{
    (void)state;
    static const struct {
        const char *why;
        struct pen_str body;
        enum pen_status status;
        const char *code;
        size_t offset;
    } rows[] = {
        {"a request", PEN_STR("{\"query\":\"{a}\"}"), PEN_OK, NULL, 0},
        {"all members",
         PEN_STR("{\"operationName\":null,\"variables\":{\"q\":\"{b}\"},\"query\":\"query A{a}\","
                 "\"extensions\":{}}"),
         PEN_OK, NULL, 0},
        {"one that the server knows", PEN_STR("{\"id\":\"9f\",\"variables\":{\"a\":\"{b}\"}}"),
         PEN_OK, NULL, 0},
        {"a persisted one", PEN_STR("{\"query\":null,\"extensions\":{\"persistedQuery\":{}}}"),
         PEN_OK, NULL, 0},
        {"a batch", PEN_STR("[{\"query\":\"{a}\"},{\"id\":\"1\"},{\"query\":\"{b}\"}]"), PEN_OK,
         NULL, 0},
        {"a document in a variable does not stand for the query",
         PEN_STR("{\"variables\":{\"a\":\"{b}\"},\"query\":\"{b\"}"), PEN_ERR_SYNTAX,
         "graphql.syntax", 33},
        {"another request's document does not either",
         PEN_STR("[{\"query\":\"a\"},{\"query\":\"{b}\"}]"), PEN_ERR_SYNTAX, "graphql.syntax", 10},
        {"an encoded document is none", PEN_STR("{\"query\":\"%7Ba%7D\"}"), PEN_ERR_SYNTAX,
         "graphql.syntax", 9},
        {"another member", PEN_STR("{\"query\":\"{a}\",\"sql\":1}"), PEN_ERR_INVALID,
         "graphql.request", 0},
        {"an empty object", PEN_STR("{}"), PEN_ERR_INVALID, "graphql.request", 0},
        {"an empty batch", PEN_STR("[]"), PEN_ERR_INVALID, "graphql.request", 0},
        {"a batch of something else", PEN_STR("[{\"query\":\"{a}\"},7]"), PEN_ERR_INVALID,
         "graphql.request", 17},
        {"a query that is an object", PEN_STR("{\"query\":{}}"), PEN_ERR_INVALID, "graphql.request",
         0},
        {"a text", PEN_STR("\"{a}\""), PEN_ERR_INVALID, "graphql.request", 0},
    };
    for (size_t i = 0; i < PEN_COUNT_OF(rows); i++) {
        static const struct pen_envelope *const expected[] = {&pen_envelope_graphql};
        const struct pen_event_input input = {.body = rows[i].body,
                                              .body_kind = PEN_BODY_JSON,
                                              .expected = expected,
                                              .expected_count = 1};
        struct pen_event event;
        struct pen_json_error error = {0};
        const enum pen_status status = pen_event_decode(&input, NULL, arena, &event, &error);
        const bool same_code = rows[i].code == NULL
                                   ? error.code == NULL
                                   : error.code != NULL && strcmp(error.code, rows[i].code) == 0;
        if (status != rows[i].status || !same_code || error.offset != rows[i].offset) {
            fail_msg("%s: %d %s at %zu", rows[i].why, (int)status,
                     error.code == NULL ? "-" : error.code, error.offset);
        }
    }
}

static void a_function_that_names_graphql_gets_requests_and_nothing_else(void **state)
{
    (void)state;
    static const struct {
        const char *why;
        const char *other; /* named beside graphql; NULL = nothing */
        enum pen_body_kind kind;
        struct pen_str body;
        enum pen_status status;
        const char *says; /* the error's code, or the envelope's name */
    } rows[] = {
        {"a request", NULL, PEN_BODY_JSON, PEN_STR("{\"query\":\"{a}\"}"), PEN_OK, "graphql"},
        {"a batch", NULL, PEN_BODY_JSON, PEN_STR("[{\"query\":\"{a}\"},{\"id\":\"1\"}]"), PEN_OK,
         "graphql"},
        {"a document of its own type", NULL, PEN_BODY_GRAPHQL, PEN_STR("{a}"), PEN_OK, "graphql"},
        {"a search", NULL, PEN_BODY_JSON, PEN_STR("{\"query\":\"cheap pizza\"}"), PEN_ERR_SYNTAX,
         "graphql.syntax"},
        {"another member", NULL, PEN_BODY_JSON, PEN_STR("{\"query\":\"{a}\",\"sql\":1}"),
         PEN_ERR_INVALID, "graphql.request"},
        {"a batch that goes on with something else", "cloudevents", PEN_BODY_JSON,
         PEN_STR("[{\"query\":\"{a}\"},7]"), PEN_ERR_INVALID, "graphql.request"},
        {"a text", NULL, PEN_BODY_TEXT, PEN_STR("{\"query\":\"{a}\"}"), PEN_ERR_INVALID,
         "event.shape"},
        {"no body", NULL, PEN_BODY_NONE, PEN_STR(""), PEN_ERR_INVALID, "event.shape"},
        {"one of two", "telegram", PEN_BODY_JSON, PEN_STR("{\"query\":\"{a}\"}"), PEN_OK,
         "graphql"},
        {"the other one", "telegram", PEN_BODY_JSON, PEN_STR("{\"update_id\":7}"), PEN_OK,
         "telegram"},
        {"neither", "telegram", PEN_BODY_JSON, PEN_STR("{\"sql\":\"{a}\"}"), PEN_ERR_INVALID,
         "event.shape"},
    };
    for (size_t i = 0; i < PEN_COUNT_OF(rows); i++) {
        const struct pen_envelope *const expected[] = {
            pen_envelope_find(PEN_S("graphql")),
            rows[i].other == NULL ? NULL : pen_envelope_find(pen_str_from_c(rows[i].other))};
        const struct pen_event_input input = {.body = rows[i].body,
                                              .body_kind = rows[i].kind,
                                              .expected = expected,
                                              .expected_count = rows[i].other == NULL ? 1 : 2};
        struct pen_event event = {0};
        struct pen_json_error error = {0};
        const enum pen_status status = pen_event_decode(&input, NULL, arena, &event, &error);
        const struct pen_str says = status != PEN_OK         ? pen_str_from_c(error.code)
                                    : event.envelope != NULL ? event.envelope->name
                                                             : PEN_S("nothing");
        if (status != rows[i].status || !pen_str_equal(says, pen_str_from_c(rows[i].says))) {
            fail_msg("%s: %s %.*s", rows[i].why, pen_status_name(status), PEN_STR_ARGS(says));
        }
        pen_arena_reset(arena);
    }
}

static void keeps_to_the_bounds_of_the_event(void **state)
{
    (void)state;
    static const struct {
        struct pen_event_limits limits;
        struct pen_str body;
        const char *code;
    } rows[] = {
        {{.leaves = 4}, PEN_STR("{\"query\":\"{a b c d}\"}"), "event.leaves"},
        {{.json = {.depth = 4}}, PEN_STR("{\"query\":\"{a{b{c{d}}}}\"}"), "graphql.depth"},
        {{.json = {.nodes = 4}}, PEN_STR("{\"query\":\"{a b c d}\"}"), "graphql.nodes"},
        {{.layers = 1}, PEN_STR("{\"q\":\"{\\\"query\\\":\\\"{a}\\\"}\"}"), "event.layers"},
    };
    for (size_t i = 0; i < PEN_COUNT_OF(rows); i++) {
        const struct pen_event_input input = {.body = rows[i].body, .body_kind = PEN_BODY_JSON};
        struct pen_event event;
        struct pen_json_error error = {0};
        assert_int_equal(pen_event_decode(&input, &rows[i].limits, arena, &event, &error),
                         PEN_ERR_LIMIT);
        assert_string_equal(error.code, rows[i].code);
    }
}

static void gives_up_cleanly_without_memory(void **state)
{
    (void)state;
    static const struct pen_event_input inputs[] = {
        {.body = PEN_STR("[{\"query\":\"{a(b:\\\"\\\\u0041\\\")}\"},{\"query\":\"{c}\"}]"),
         .body_kind = PEN_BODY_JSON},
        {.body = PEN_STR("query A($b:C){d(e:[\"\\u0041\"])}"), .body_kind = PEN_BODY_GRAPHQL},
    };
    for (size_t i = 0; i < PEN_COUNT_OF(inputs); i++) {
        enum pen_status status = PEN_ERR_NOMEM;
        for (size_t limit = 0; status != PEN_OK; limit += 256) {
            struct pen_arena *small = NULL;
            struct pen_event event;
            struct pen_json_error error = {0};
            if (pen_arena_create(limit, 64, &small) != PEN_OK) continue;
            status = pen_event_decode(&inputs[i], NULL, small, &event, &error);
            if (status != PEN_OK) assert_int_equal(status, PEN_ERR_NOMEM);
            pen_arena_destroy(small);
            assert_true(limit < 65536);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(finds_documents_where_they_travel, set_up, tear_down),
        cmocka_unit_test_setup_teardown(every_name_and_text_is_a_leaf, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_leaf_of_a_body_knows_its_place, set_up, tear_down),
        cmocka_unit_test_setup_teardown(texts_that_are_no_documents_stay_as_they_are, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_body_of_its_own_type_has_to_be_one, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_declared_event_has_to_be_a_request, set_up, tear_down),
        cmocka_unit_test_setup_teardown(
            a_function_that_names_graphql_gets_requests_and_nothing_else, set_up, tear_down),
        cmocka_unit_test_setup_teardown(keeps_to_the_bounds_of_the_event, set_up, tear_down),
        cmocka_unit_test_setup_teardown(gives_up_cleanly_without_memory, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
