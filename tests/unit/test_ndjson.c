/** JSON documents one after the other: lines, sequences, and where their values stand. */
#include <stdlib.h>
#include <string.h>

#include "filters/core/event.h"
#include "tests/unit/arena_case.h"

static enum pen_status decode(struct pen_str body, const struct pen_event_limits *limits,
                              struct pen_event *event, struct pen_json_error *error)
{
    const struct pen_event_input input = {.body = body, .body_kind = PEN_BODY_NDJSON};
    return pen_event_decode(&input, limits, arena, event, error);
}

static void gives_each_document_as_an_element(void **state)
{
    (void)state;
    const struct {
        const char *why;
        struct pen_str body;
        struct pen_str leaves; /* "path=text;" */
        uint32_t count;
    } rows[] = {
        {"two lines", PEN_STR("{\"a\":\"x\"}\n[\"y\"]\n"), PEN_STR("/0/a#=a;/0/a=x;/1/0=y;"), 2},
        {"no line end behind the last", PEN_STR("\"x\"\n\"y\""), PEN_STR("/0=x;/1=y;"), 2},
        {"one line", PEN_STR("\"x\""), PEN_STR("/0=x;"), 1},
        {"CR LF", PEN_STR("\"x\"\r\n\"y\"\r\n"), PEN_STR("/0=x;/1=y;"), 2},
        {"empty lines are passed over", PEN_STR("\n\"x\"\n \t\r\n\n\"y\"\n\n"),
         PEN_STR("/0=x;/1=y;"), 2},
        {"scalars count", PEN_STR("1\ntrue\n\"x\"\nnull\n"), PEN_STR("/2=x;"), 4},
        {"the same name on two lines", PEN_STR("{\"a\":\"x\"}\n{\"a\":\"y\"}"),
         PEN_STR("/0/a#=a;/0/a=x;/1/a#=a;/1/a=y;"), 2},
        {"JSON in a string", PEN_STR("\"[\\\"x\\\"]\"\n1\n"), PEN_STR("/0=[\"x\"];/0|json/0=x;"),
         2},
        {"a sequence", PEN_STR("\x1e{\"a\":\"x\"}\n\x1e\"y\"\n"), PEN_STR("/0/a#=a;/0/a=x;/1=y;"),
         2},
        {"lines within a sequence", PEN_STR("\x1e[\n\"x\",\n\"y\"\n]\n"), PEN_STR("/0/0=x;/0/1=y;"),
         1},
        {"RS on RS", PEN_STR("\x1e\x1e\n\x1e\"x\"\n\x1e"), PEN_STR("/0=x;"), 1},
    };
    for (size_t i = 0; i < PEN_COUNT_OF(rows); i++) {
        struct pen_event event;
        struct pen_json_error error = {0};
        if (decode(rows[i].body, NULL, &event, &error) != PEN_OK) {
            fail_msg("%s: %s at %zu", rows[i].why, error.code, error.offset);
        }
        char memory[1024];
        struct pen_buf buf = pen_buf_over(memory, sizeof(memory));
        for (uint32_t leaf = 0; leaf < event.leaf_count; leaf++) {
            pen_leaf_path(pen_event_leaf(&event, leaf), &buf);
            pen_buf_byte(&buf, '=');
            pen_buf_put(&buf, pen_event_leaf(&event, leaf)->text);
            pen_buf_byte(&buf, ';');
        }
        if (!pen_str_equal(pen_buf_str(&buf), rows[i].leaves)) {
            fail_msg("%s: %.*s", rows[i].why, PEN_STR_ARGS(pen_buf_str(&buf)));
        }
        assert_int_equal(event.root->type, PEN_JSON_ARRAY);
        assert_int_equal(event.root->count, rows[i].count);
    }
}

static void refuses_with_a_stable_code_and_place(void **state)
{
    (void)state;
    const struct {
        const char *why;
        struct pen_str body;
        const char *code;
        size_t offset;
    } rows[] = {
        {"nothing", PEN_STR(""), "ndjson.empty", 0},
        {"empty lines alone", PEN_STR("\r\n \n"), "ndjson.empty", 4},
        {"RS alone", PEN_STR("\x1e\n"), "ndjson.empty", 2},
        {"two on a line", PEN_STR("1\n1 2\n"), "json.trailing", 4},
        {"one on two lines", PEN_STR("1\n[2,\n3]\n"), "json.truncated", 5},
        {"a string over a line end", PEN_STR("\"a\nb\""), "json.truncated", 2},
        {"a comma behind", PEN_STR("1,\n2"), "json.trailing", 1},
        {"an array around it", PEN_STR("[\n1\n]"), "json.truncated", 1},
        {"CR alone ends no line", PEN_STR("1\r2"), "json.trailing", 2},
        {"a name twice", PEN_STR("1\n{\"a\":1,\"a\":2}\n"), "json.duplicate_name", 9},
        {"a byte-order mark", PEN_STR("\xef\xbb\xbf{}\n"), "json.bom", 0},
        {"and on the second line", PEN_STR("1\n\xef\xbb\xbf{}\n"), "json.bom", 2},
        {"RS within lines",
         PEN_STR("1\n\x1e"
                 "2\n"),
         "json.syntax", 2},
        {"a sequence's text without its end",
         PEN_STR("\x1e"
                 "1\n\x1e"
                 "2"),
         "ndjson.truncated", 5},
        {"half a number of a sequence",
         PEN_STR("\x1e"
                 "12\x1e"
                 "3\n"),
         "ndjson.truncated", 3},
        {"two documents in one text",
         PEN_STR("\x1e"
                 "1\n2\n"),
         "json.trailing", 3},
    };
    for (size_t i = 0; i < PEN_COUNT_OF(rows); i++) {
        struct pen_event event;
        struct pen_json_error error = {0};
        if (decode(rows[i].body, NULL, &event, &error) != PEN_ERR_SYNTAX) {
            fail_msg("not refused: %s", rows[i].why);
        }
        if (strcmp(error.code, rows[i].code) != 0 || error.offset != rows[i].offset) {
            fail_msg("%s: %s at %zu", rows[i].why, error.code, error.offset);
        }
    }
}

static void keeps_limits_over_the_whole_body(void **state)
{
    (void)state;
    const struct {
        const char *why;
        struct pen_str body;
        const char *code; /* NULL: just fits */
    } rows[] = {
        {"as many values", PEN_STR("1\n2\n3\n"), NULL},
        {"more values", PEN_STR("1\n2\n[3]\n"), "json.nodes"},
        {"more lines", PEN_STR("1\n2\n3\n4\n5\n"), "json.nodes"},
        {"as deep: the body itself is no layer", PEN_STR("[[1]]\n"), NULL},
        {"deeper", PEN_STR("[[[]]]\n"), "json.depth"},
        {"depth ends with its line", PEN_STR("[]\n[]\n[]\n"), NULL},
    };
    const struct pen_event_limits limits = {.json = {.nodes = 4, .depth = 2}};
    for (size_t i = 0; i < PEN_COUNT_OF(rows); i++) {
        struct pen_event event;
        struct pen_json_error error = {.code = "none"};
        const enum pen_status status = decode(rows[i].body, &limits, &event, &error);
        if (status != (rows[i].code == NULL ? PEN_OK : PEN_ERR_LIMIT)
            || (rows[i].code != NULL && strcmp(error.code, rows[i].code) != 0)) {
            fail_msg("%s: %s", rows[i].why, error.code);
        }
    }
}

static void counts_places_from_the_bodys_start(void **state)
{
    (void)state;
    const struct pen_str body = PEN_STR("1\n{\"a\": \"x\"}\r\n");
    struct pen_event event;
    assert_int_equal(decode(body, NULL, &event, NULL), PEN_OK);
    const struct pen_json *const second = event.root->first->next;
    assert_int_equal(event.root->place.end, body.len);
    assert_int_equal(second->place.start, 2);
    assert_int_equal(second->place.end, 12);
    assert_int_equal(second->index, 1);
    assert_ptr_equal(second->parent, event.root);
    assert_null(second->next);
    assert_int_equal(second->first->place.start, 8);
    assert_int_equal(second->first->name_place.start, 3);
}

/* A cut that leaves whole lines leaves a body; any other is refused. */
static void refuses_every_truncation_within_a_document(void **state)
{
    (void)state;
    const struct pen_str body = PEN_STR("{\"a\":[1,\"b\"]}\n\"cd\"\n[true]");
    for (size_t length = 0; length < body.len; length++) {
        char *copy = malloc(length + 1); /* its own memory: a sanitizer sees a byte too far */
        assert_non_null(copy);
        memcpy(copy, body.ptr, length);
        struct pen_event event;
        struct pen_json_error error = {0};
        const bool whole = length == 13 || length == 14 || length == 18 || length == 19;
        const enum pen_status status = decode((struct pen_str){copy, length}, NULL, &event, &error);
        assert_int_equal(status, whole ? PEN_OK : PEN_ERR_SYNTAX);
        assert_true(whole || error.offset <= length);
        free(copy);
    }
}

static void says_so_when_memory_ends(void **state)
{
    (void)state;
    const struct pen_event_input input = {.body = PEN_STR("{\"a\":\"\\u0041\"}\n\"[1]\"\n"),
                                          .body_kind = PEN_BODY_NDJSON};
    enum pen_status status = PEN_ERR_NOMEM;
    for (size_t limit = 0; status != PEN_OK; limit += 64) {
        struct pen_arena *small;
        struct pen_event event;
        struct pen_json_error error = {0};
        assert_int_equal(pen_arena_create(limit, 0, &small), PEN_OK);
        status = pen_event_decode(&input, NULL, small, &event, &error);
        if (status != PEN_OK) {
            assert_int_equal(status, PEN_ERR_NOMEM);
            assert_true(strcmp(error.code, "json.memory") == 0
                        || strcmp(error.code, "event.memory") == 0);
        }
        pen_arena_destroy(small);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gives_each_document_as_an_element),
        cmocka_unit_test(refuses_with_a_stable_code_and_place),
        cmocka_unit_test(keeps_limits_over_the_whole_body),
        cmocka_unit_test(counts_places_from_the_bodys_start),
        cmocka_unit_test(refuses_every_truncation_within_a_document),
        cmocka_unit_test(says_so_when_memory_ends),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
