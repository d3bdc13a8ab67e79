/** A request against schemas: what is told of it, what is noted as harmless, and what bounds it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "gateway/schema/check.h"

static struct pen_arena *schema_arena;
static struct pen_arena *arena;
static struct pen_patterns *patterns;
static struct pen_scratch *scratch;

static int set_up(void **state)
{
    (void)state;
    return pen_arena_create((size_t)16 << 20, 65536, &schema_arena) == PEN_OK
                   && pen_arena_create((size_t)16 << 20, 65536, &arena) == PEN_OK
                   && pen_patterns_create(NULL, 0, &patterns, NULL) == PEN_OK
                   && pen_patterns_scratch(patterns, &scratch) == PEN_OK
               ? 0
               : -1;
}

static int tear_down(void **state)
{
    (void)state;
    pen_patterns_scratch_destroy(scratch);
    pen_patterns_destroy(patterns);
    pen_arena_destroy(arena);
    pen_arena_destroy(schema_arena);
    return 0;
}

static struct pen_held held_to(const char *schema, enum pen_part part, const char *at)
{
    const struct pen_schema_options options = {.assert_format = true};
    struct pen_held held = {.file = PEN_STR("s.json"), .part = part, .at = pen_str_from_c(at)};
    const struct pen_json *root = NULL;
    struct pen_schema_error error = {.sentence = ""};
    if (pen_json_read(pen_str_from_c(schema), NULL, schema_arena, &root, NULL) != PEN_OK
        || pen_schema_compile(root, &options, schema_arena, &held.schema, &error) != PEN_OK) {
        fail_msg("%s: %s", schema, error.sentence);
    }
    held.typed = (struct pen_typed){root, root};
    return held;
}

static const struct pen_violations *check(const struct pen_held *held, size_t count,
                                          struct pen_event_input input, struct pen_event *event)
{
    static const struct pen_config_schema policy = {.shows_values = false};
    static struct pen_function_schemas schemas;
    struct pen_json_error error = {.code = ""};
    schemas = (struct pen_function_schemas){.policy = &policy, .held = held, .held_count = count};
    input.whole = true;
    pen_arena_reset(arena);
    if (pen_event_decode(&input, NULL, arena, event, &error) != PEN_OK) fail_msg("%s", error.code);
    const struct pen_check one = {
        .schemas = &schemas,
        .input = &input,
        .event = event,
        .arena = arena,
        .scratch = scratch,
    };
    return pen_check_event(&one);
}

static struct pen_event_input json(const char *body)
{
    return (struct pen_event_input){
        .method = PEN_STR("POST"), .body = pen_str_from_c(body), .body_kind = PEN_BODY_JSON};
}

/* Is a leaf of this path and text known by its address? */
static bool is_noted(const struct pen_event *event, const char *path, const char *text)
{
    for (uint32_t i = 0; i < event->leaf_count; i++) {
        const struct pen_leaf *const leaf = pen_event_leaf(event, i);
        char memory[256];
        struct pen_buf buf = pen_buf_over(memory, sizeof(memory));
        pen_leaf_path(leaf, &buf);
        if (leaf->is_name || !pen_str_equal(pen_buf_str(&buf), pen_str_from_c(path))
            || !pen_str_equal(leaf->text, pen_str_from_c(text))) {
            continue;
        }
        for (size_t k = 0; k < event->harmless_count; k++) {
            if (event->harmless[k].ptr == leaf->text.ptr) {
                return event->harmless[k].len == leaf->text.len;
            }
        }
        return false;
    }
    fail_msg("no leaf %s '%s'", path, text);
    return false;
}

#define WORDS "{\"properties\":{\"a\":{\"enum\":[\"x'y\"]},\"b\":{\"type\":\"string\"}}}"

static void harmless_texts_have_the_addresses_of_leaves(void **state)
{
    (void)state;
    struct pen_event event;
    const struct pen_held body = held_to(WORDS, PEN_PART_BODY, "");
    assert_null(check(&body, 1, json("{\"a\":\"x'y\",\"b\":\"x'y\"}"), &event));
    assert_true(is_noted(&event, "/a", "x'y"));
    assert_false(is_noted(&event, "/b", "x'y"));

    /* Spelled otherwise, it is the same word. */
    assert_null(check(&body, 1, json("{\"a\":\"x\\u0027y\"}"), &event));
    assert_true(is_noted(&event, "/a", "x'y"));

    const struct pen_held deep = held_to(WORDS, PEN_PART_AT, "/m|json/n|json");
    assert_null(check(&deep, 1,
                      json("{\"m\":\"{\\\"n\\\":\\\"{\\\\\\\"a\\\\\\\":\\\\\\\"x'y\\\\\\\","
                           "\\\\\\\"b\\\\\\\":\\\\\\\"x'y\\\\\\\"}\\\"}\"}"),
                      &event));
    assert_true(is_noted(&event, "/m|json/n|json/a", "x'y"));
    assert_false(is_noted(&event, "/m|json/n|json/b", "x'y"));

    const struct pen_held query = held_to(WORDS, PEN_PART_QUERY, "");
    struct pen_event_input input = json("{}");
    input.query = PEN_S("a=x'y&b=x'y");
    assert_null(check(&query, 1, input, &event));
    assert_true(is_noted(&event, "query:/a", "x'y"));
    assert_false(is_noted(&event, "query:/b", "x'y"));

    const struct pen_event_field fields[] = {{PEN_STR("A"), PEN_STR("x'y")}};
    const struct pen_held headers = held_to(WORDS, PEN_PART_HEADERS, "");
    input = json("{}");
    input.fields = fields;
    input.field_count = 1;
    assert_null(check(&headers, 1, input, &event));
    assert_true(is_noted(&event, "header:/a", "x'y"));
}

static void nothing_of_what_violates_is_harmless(void **state)
{
    (void)state;
    struct pen_event event;
    const struct pen_held body =
        held_to("{\"properties\":{\"a\":{\"enum\":[\"x'y\"]},\"c\":{\"type\":\"integer\"}}}",
                PEN_PART_BODY, "");
    const struct pen_violations *const found =
        check(&body, 1, json("{\"a\":\"x'y\",\"c\":\"no\"}"), &event);
    assert_non_null(found);
    assert_int_equal(found->count, 1);
    assert_true(pen_str_equal(found->list[0].pointer, PEN_S("/c")));
    assert_int_equal(event.harmless_count, 0);
}

static void all_schemas_are_asked_and_sixteen_answers_told(void **state)
{
    (void)state;
    struct pen_event event;
    const struct pen_held both[] = {
        held_to("{\"items\":{\"maximum\":0}}", PEN_PART_BODY, ""),
        held_to("{\"required\":[\"page\"]}", PEN_PART_QUERY, ""),
    };
    const struct pen_violations *found = check(both, 2, json("[1]"), &event);
    assert_int_equal(found->count, 2);
    assert_string_equal(found->reason, "schema.violation");
    assert_true(pen_str_equal(found->list[0].pointer, PEN_S("/0")));
    assert_true(pen_str_equal(found->list[0].schema, PEN_S("#/items/maximum")));
    assert_true(pen_str_equal(found->list[1].pointer, PEN_S("query:")));
    assert_null(found->list[0].value.ptr);
    found = check(both, 2, json("[1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1]"), &event);
    assert_int_equal(found->count, PEN_VIOLATIONS);
    assert_true(found->more);
}

/* Header fields may hold any byte, and expressions read characters as long as they say they are. */
static void a_character_that_is_cut_off_is_none(void **state)
{
    (void)state;
    struct pen_event event;
    /* One for each machine that matches expressions. */
    const char *const expressions[] = {"^[^c]*$", "^[^c]+d?$", "(?=a)^[^c]*$"};
    for (size_t i = 0; i < PEN_COUNT_OF(expressions); i++) {
        char schema[128];
        char value[] = {'a', 'b', '\xf0'}; /* the sanitizer sees what is read behind it */
        const struct pen_event_field field = {PEN_STR("X-A"), {value, sizeof(value)}};
        struct pen_event_input input = json("{}");
        (void)snprintf(schema, sizeof(schema), "{\"properties\":{\"x-a\":{\"pattern\":\"%s\"}}}",
                       expressions[i]);
        const struct pen_held held = held_to(schema, PEN_PART_HEADERS, "");
        input.fields = &field;
        input.field_count = 1;
        assert_null(check(&held, 1, input, &event));
    }
}

/* Whatever is missing, the answer is no, and never a look at nothing. */
static void without_memory_it_is_refused(void **state)
{
    (void)state;
    static char text[8192];
    struct pen_buf buf = pen_buf_over(text, sizeof(text) - 1);
    pen_buf_put(&buf, PEN_S("{\"a\":[\"x\",\"x\"],\"m\":\"[1"));
    for (size_t i = 0; i < 2000; i++) {
        pen_buf_put(&buf, PEN_S(",1"));
    }
    pen_buf_put(&buf, PEN_S("]\"}"));
    const struct pen_held held[] = {
        held_to("{\"properties\":{\"a\":{\"items\":{\"maxLength\":0}}}}", PEN_PART_BODY, ""),
        held_to("{\"items\":{\"maximum\":0}}", PEN_PART_AT, "/m|json"),
    };
    static const struct pen_config_schema policy = {.shows_values = true};
    const struct pen_function_schemas schemas = {
        .policy = &policy, .held = held, .held_count = 2, .whole = true};
    struct pen_event_input input = json(text);
    input.whole = true;
    size_t refusals = 0;
    for (size_t more = 0; more < 1000000; more += 9973) {
        struct pen_arena *small = NULL;
        struct pen_event event;
        assert_int_equal(pen_arena_create((size_t)16 << 20, 64, &small), PEN_OK);
        assert_int_equal(pen_event_decode(&input, NULL, small, &event, NULL), PEN_OK);
        pen_arena_limit(small, pen_arena_used(small) + more);
        const struct pen_check one = {
            .schemas = &schemas,
            .input = &input,
            .event = &event,
            .arena = small,
            .scratch = scratch,
        };
        const struct pen_violations *const found = pen_check_event(&one);
        assert_non_null(found);
        assert_true(strcmp(found->reason, "schema.violation") == 0
                    || strcmp(found->reason, "schema.memory") == 0);
        refusals += strcmp(found->reason, "schema.memory") == 0;
        pen_arena_destroy(small);
    }
    assert_true(refusals > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(harmless_texts_have_the_addresses_of_leaves),
        cmocka_unit_test(nothing_of_what_violates_is_harmless),
        cmocka_unit_test(all_schemas_are_asked_and_sixteen_answers_told),
        cmocka_unit_test(a_character_that_is_cut_off_is_none),
        cmocka_unit_test(without_memory_it_is_refused),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
