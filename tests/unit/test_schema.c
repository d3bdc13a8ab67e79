/** JSON Schema by behaviour: what the suite does not ask, and what is ours to decide. */
#include "schema_case.h"

#include <stdlib.h>

static void a_reference_may_lead_anywhere_in_its_document(void **state)
{
    struct schema_case *const c = *state;
    schema_case_compile(c, "{\"$ref\":\"#/odd%20place/a~1b/0\",\"odd place\":{\"a/b\":[{\"type\":"
                           "\"integer\"}]}}");
    schema_case_takes(c, "1");
    schema_case_refuses(c, "\"1\"");
}

static void a_schema_inside_of_another_document_is_chosen_by_its_pointer(void **state)
{
    struct schema_case *const c = *state;
    const struct pen_schema_options options = {.at = PEN_STR("/components/schemas/Pet")};
    schema_case_with(c,
                     "{\"openapi\":\"3.1.0\",\"components\":{\"schemas\":{"
                     "\"Pet\":{\"type\":\"object\",\"properties\":{\"owner\":{\"$ref\":"
                     "\"#/components/schemas/Owner\"}}},\"Owner\":{\"type\":\"string\"}}}}",
                     &options);
    schema_case_takes(c, "{\"owner\":\"Ada\"}");
    schema_case_refuses(c, "{\"owner\":3}");
}

static void parts_of_a_document_have_in_common_what_they_refer_to(void **state)
{
    struct schema_case *const c = *state;
    const struct pen_schema_options options = {.assert_format = true};
    const struct pen_json *const document = schema_case_json(
        c->arena, "{\"a\":[{\"$ref\":\"#/b\"},{\"items\":{\"$ref\":\"#/b\"}},true],\"b\":{"
                  "\"type\":\"integer\"},\"c\":{\"type\":7}}");
    const struct pen_str ats[] = {PEN_STR("/a/0"), PEN_STR("/a/1"), PEN_STR("/b"), PEN_STR("/a/2"),
                                  PEN_STR("/a/0")};
    const struct pen_schema *parts[PEN_COUNT_OF(ats)] = {NULL};
    assert_int_equal(pen_schema_compile_parts(document, &options, ats, PEN_COUNT_OF(ats), c->arena,
                                              parts, &c->error),
                     PEN_OK);
    const struct {
        const char *instance;
        bool valid[PEN_COUNT_OF(ats)];
    } rows[] = {
        {"1", {true, true, true, true, true}},
        {"\"x\"", {false, true, false, true, false}},
        {"[1]", {false, true, false, true, false}},
        {"[\"x\"]", {false, false, false, true, false}},
    };
    for (size_t i = 0; i < PEN_COUNT_OF(rows); i++) {
        for (size_t k = 0; k < PEN_COUNT_OF(ats); k++) {
            c->schema = parts[k];
            if (rows[i].valid[k]) {
                schema_case_takes(c, rows[i].instance);
            } else {
                schema_case_refuses(c, rows[i].instance);
            }
        }
    }
    const struct pen_str wrong[] = {PEN_STR("/b"), PEN_STR("/c")};
    assert_int_equal(
        pen_schema_compile_parts(document, &options, wrong, 2, c->arena, parts, &c->error),
        PEN_ERR_INVALID);
    assert_string_equal(c->error.path, "#/c/type");
    const struct pen_str nowhere[] = {PEN_STR("/b"), PEN_STR("/d")};
    assert_int_equal(
        pen_schema_compile_parts(document, &options, nowhere, 2, c->arena, parts, &c->error),
        PEN_ERR_NOT_FOUND);
    assert_int_equal(
        pen_schema_compile_parts(document, &options, NULL, 0, c->arena, parts, &c->error), PEN_OK);
}

static enum pen_status find_document(void *context, struct pen_str uri, const struct pen_json **out)
{
    struct schema_case *const c = context;
    if (!pen_str_equal(uri, PEN_S("https://example.com/name"))) return PEN_ERR_NOT_FOUND;
    *out = schema_case_json(c->arena, "{\"$schema\":\"http://json-schema.org/draft-07/schema#\","
                                      "\"definitions\":{\"n\":{\"$id\":\"#name\",\"minLength\":2}},"
                                      "\"items\":[{\"type\":\"string\"}]}");
    return PEN_OK;
}

static void documents_come_from_whoever_compiles(void **state)
{
    struct schema_case *const c = *state;
    const struct pen_schema_documents documents = {.find = find_document, .context = c};
    const struct pen_schema_options options = {.base_uri = PEN_STR("https://example.com/root"),
                                               .documents = &documents};
    schema_case_with(c, "{\"items\":{\"$ref\":\"name#name\"}}", &options);
    schema_case_takes(c, "[\"Ada\"]");
    schema_case_refuses(c, "[\"A\"]");
    /* Each document in its own draft: "items" as an array is draft-07's. */
    schema_case_with(c, "{\"$ref\":\"name\"}", &options);
    schema_case_takes(c, "[\"a\",1]");
    schema_case_refuses(c, "[1,1]");

    assert_int_equal(schema_case_try(c, "{\"$ref\":\"other\"}", &options), PEN_ERR_NOT_FOUND);
    assert_string_equal(c->error.path, "https://example.com/root#/$ref");
    assert_string_equal(c->error.keyword, "$ref");
}

static void an_empty_match_at_the_end_is_a_match(void **state)
{
    struct schema_case *const c = *state;
    schema_case_compile(c, "{\"pattern\":\"^$\"}");
    schema_case_takes(c, "\"\"");
    schema_case_refuses(c, "\"a\"");
    schema_case_compile(c, "{\"pattern\":\"b*$\"}");
    schema_case_takes(c, "\"aaa\"");
}

static void numbers_are_exact(void **state)
{
    struct schema_case *const c = *state;
    schema_case_compile(c, "{\"maximum\":9007199254740992}");
    schema_case_takes(c, "9007199254740992");
    schema_case_takes(c, "9007199254740992.0");
    schema_case_refuses(c, "9007199254740993");
    schema_case_refuses(c, "9007199254740992.0000000000000000001");
    schema_case_compile(c, "{\"type\":\"integer\",\"multipleOf\":0.01}");
    schema_case_takes(c, "1e400");
    schema_case_takes(c, "-3.00");
    schema_case_refuses(c, "0.5");
    schema_case_compile(c, "{\"enum\":[1,20e-1,[3.0]]}");
    schema_case_takes(c, "1.0");
    schema_case_takes(c, "2");
    schema_case_takes(c, "[3]");
    schema_case_refuses(c, "[3,3]");
    schema_case_refuses(c, "true");
}

static void large_enums_are_searched(void **state)
{
    struct schema_case *const c = *state;
    schema_case_compile(c, "{\"enum\":[0,1,2,3,4,5,6,7,8,9,{\"a\":1,\"b\":[2]},[],\"x\",null]}");
    schema_case_takes(c, "7.0");
    schema_case_takes(c, "{\"b\":[2.0],\"a\":1}");
    schema_case_takes(c, "[]");
    schema_case_takes(c, "\"x\"");
    schema_case_takes(c, "null");
    schema_case_refuses(c, "10");
    schema_case_refuses(c, "{\"b\":[2],\"a\":2}");
    schema_case_refuses(c, "\"y\"");
    schema_case_refuses(c, "false");
}

static void names_of_every_length_are_told_apart(void **state)
{
    struct schema_case *const c = *state;
    char schema[4096];
    struct pen_buf buf = pen_buf_over(schema, sizeof(schema) - 1);
    pen_buf_put(&buf, PEN_S("{\"additionalProperties\":false,\"properties\":{\"\":true"));
    for (int length = 1; length < 40; length++) {
        pen_buf_format(&buf, ",\"%.*s\":true", length,
                       "abcdefghijklmnopqrstuvwxyzabcdefghijklmnop");
    }
    pen_buf_put(&buf, PEN_S("}}"));
    schema[buf.len] = '\0';
    schema_case_compile(c, schema);
    for (int length = 0; length < 41; length++) {
        for (int changed = -1; changed < length; changed++) {
            char name[48] = "abcdefghijklmnopqrstuvwxyzabcdefghijklmnop";
            char instance[64];
            name[length] = '\0';
            if (changed >= 0) name[changed] = '-';
            struct pen_buf out = pen_buf_over(instance, sizeof(instance) - 1);
            pen_buf_format(&out, "{\"%s\":1}", name);
            instance[out.len] = '\0';
            assert_int_equal(schema_case_valid(c, instance), changed < 0 && length < 40);
        }
    }
}

static void more_than_64_children_are_tracked(void **state)
{
    struct schema_case *const c = *state;
    schema_case_compile(c,
                        "{\"anyOf\":[{\"patternProperties\":{\"^a\":true}},{\"patternProperties\":"
                        "{\"^b\":{\"type\":\"string\"}}}],\"unevaluatedProperties\":false}");
    char instance[4096];
    for (int odd = 0; odd < 2; odd++) {
        struct pen_buf buf = pen_buf_over(instance, sizeof(instance) - 1);
        pen_buf_byte(&buf, '{');
        for (int i = 0; i < 150; i++) {
            pen_buf_format(&buf, "%s\"%c%d\":%s", i > 0 ? "," : "", i % 2 == 0 ? 'a' : 'b', i,
                           i == 149 && odd == 1 ? "3" : "\"\"");
        }
        pen_buf_byte(&buf, '}');
        instance[buf.len] = '\0';
        /* One "b" that is no string makes the branch fail, and what it evaluated with it. */
        assert_int_equal(schema_case_valid(c, instance), odd == 0);
    }
}

static void cousins_do_not_see_each_other(void **state)
{
    struct schema_case *const c = *state;
    schema_case_compile(c, "{\"allOf\":[{\"properties\":{\"a\":true}},"
                           "{\"unevaluatedProperties\":false}]}");
    schema_case_takes(c, "{}");
    schema_case_refuses(c, "{\"a\":1}");
    schema_case_compile(c, "{\"allOf\":[{\"properties\":{\"a\":true},\"unevaluatedProperties\":{"
                           "\"type\":\"string\"}}],\"unevaluatedProperties\":false}");
    schema_case_takes(c, "{\"a\":1,\"b\":\"\"}");
    schema_case_refuses(c, "{\"a\":1,\"b\":2}");
}

static void work_is_bounded(void **state)
{
    struct schema_case *const c = *state;
    /* Each level tries the one below it twice: 2^20 evaluations. */
    char schema[4096];
    struct pen_buf buf = pen_buf_over(schema, sizeof(schema) - 1);
    pen_buf_put(&buf, PEN_S("{\"$ref\":\"#/$defs/20\",\"$defs\":{\"0\":{\"minimum\":5}"));
    for (int i = 1; i <= 20; i++) {
        pen_buf_format(&buf,
                       ",\"%d\":{\"anyOf\":[{\"$ref\":\"#/$defs/%d\"},{\"$ref\":\"#/$defs/%d"
                       "\"}]}",
                       i, i - 1, i - 1);
    }
    pen_buf_put(&buf, PEN_S("}}"));
    schema[buf.len] = '\0';
    schema_case_compile(c, schema);
    bool valid = false;
    const struct pen_schema_unit *unit = NULL;
    const struct pen_json *const value = schema_case_json(c->work, "1");
    c->steps = 100000;
    assert_int_equal(pen_schema_is_valid(c->schema, value, &c->run, &valid), PEN_ERR_LIMIT);
    assert_int_equal(c->steps, 0);
    c->steps = 100000;
    assert_int_equal(pen_schema_evaluate(c->schema, value, &c->run, &unit), PEN_ERR_LIMIT);
}

static void what_runs_out_of_steps_is_not_valid_by_a_not(void **state)
{
    struct schema_case *const c = *state;
    schema_case_compile(c, "{\"not\":{\"properties\":{\"a\":{\"not\":{\"minProperties\":9}}}}}");
    const struct pen_json *const value = schema_case_json(c->work, "{\"a\":{}}");
    for (uint64_t steps = 0; steps < 8; steps++) {
        bool valid = true;
        c->steps = steps;
        const enum pen_status status = pen_schema_is_valid(c->schema, value, &c->run, &valid);
        if (status == PEN_OK) {
            assert_false(valid);
            return;
        }
        assert_int_equal(status, PEN_ERR_LIMIT);
    }
    fail_msg("never enough steps");
}

static void evaluation_copes_with_any_arena(void **state)
{
    struct schema_case *const c = *state;
    schema_case_compile(c, "{\"uniqueItems\":true,\"items\":{\"type\":\"object\",\"properties\":{"
                           "\"a\":{\"const\":1}}},\"unevaluatedItems\":false}");
    char text[4096];
    struct pen_buf buf = pen_buf_over(text, sizeof(text) - 1);
    for (int i = 0; i < 100; i++) {
        pen_buf_format(&buf, "%c{\"a\":1,\"b\":%d}", i == 0 ? '[' : ',', i);
    }
    pen_buf_byte(&buf, ']');
    text[buf.len] = '\0';
    const struct pen_json *const value = schema_case_json(c->arena, text);
    bool done = false;
    for (size_t limit = 0; !done; limit += 4096) {
        struct pen_arena *arena = NULL;
        assert_int_equal(pen_arena_create(1024 + limit, 512, &arena), PEN_OK);
        const struct pen_schema_run run = {
            .arena = arena, .scratch = c->scratch, .steps_left = &c->steps};
        bool valid = false;
        const struct pen_schema_unit *unit = NULL;
        const enum pen_status flag = pen_schema_is_valid(c->schema, value, &run, &valid);
        assert_true(flag == PEN_OK ? valid : flag == PEN_ERR_NOMEM);
        const enum pen_status all = pen_schema_evaluate(c->schema, value, &run, &unit);
        assert_true(all == PEN_OK || all == PEN_ERR_NOMEM);
        done = flag == PEN_OK && all == PEN_OK;
        pen_arena_destroy(arena);
    }
}

static void unique_elements_are_told_in_linear_time(void **state)
{
    struct schema_case *const c = *state;
    schema_case_compile(c, "{\"uniqueItems\":true}");
    const size_t room = (size_t)2 << 20;
    char *const text = malloc(room);
    assert_non_null(text);
    for (int twice = 0; twice < 2; twice++) {
        struct pen_buf buf = pen_buf_over(text, room - 1);
        for (int i = 0; i < 100000; i++) {
            pen_buf_format(&buf, "%c%d", i == 0 ? '[' : ',', i);
        }
        pen_buf_put(&buf, twice == 1 ? PEN_S(",77.0]") : PEN_S("]"));
        text[buf.len] = '\0';
        c->steps = pen_schema_steps(buf.len);
        bool valid = false;
        assert_int_equal(
            pen_schema_is_valid(c->schema, schema_case_json(c->work, text), &c->run, &valid),
            PEN_OK);
        assert_int_equal(valid, twice == 0);
    }
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SCHEMA_TEST(a_reference_may_lead_anywhere_in_its_document),
        SCHEMA_TEST(a_schema_inside_of_another_document_is_chosen_by_its_pointer),
        SCHEMA_TEST(parts_of_a_document_have_in_common_what_they_refer_to),
        SCHEMA_TEST(documents_come_from_whoever_compiles),
        SCHEMA_TEST(an_empty_match_at_the_end_is_a_match),
        SCHEMA_TEST(numbers_are_exact),
        SCHEMA_TEST(large_enums_are_searched),
        SCHEMA_TEST(names_of_every_length_are_told_apart),
        SCHEMA_TEST(more_than_64_children_are_tracked),
        SCHEMA_TEST(cousins_do_not_see_each_other),
        SCHEMA_TEST(work_is_bounded),
        SCHEMA_TEST(what_runs_out_of_steps_is_not_valid_by_a_not),
        SCHEMA_TEST(evaluation_copes_with_any_arena),
        SCHEMA_TEST(unique_elements_are_told_in_linear_time),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
