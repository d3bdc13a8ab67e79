/** What was found out, in the standard's forms; and which values a schema makes harmless. */
#include "schema_case.h"

#include <stdio.h>

/* The example of the standard's section 12, with a member that is not allowed and a missing one. */
static const char polygon[] =
    "{\"$id\":\"https://example.com/polygon\",\"$schema\":\"https://json-schema.org/draft/2020-12/"
    "schema\",\"$defs\":{\"point\":{\"type\":\"object\",\"properties\":{\"x\":{\"type\":\"number\"}"
    ","
    "\"y\":{\"type\":\"number\"}},\"additionalProperties\":false,\"required\":[\"x\",\"y\"]}},"
    "\"type\":\"array\",\"items\":{\"$ref\":\"#/$defs/point\"},\"minItems\":3}";
static const char line[] = "[{\"x\":2.5,\"y\":1.3},{\"x\":1,\"z\":6.7}]";

static const struct pen_schema_unit *evaluate(struct schema_case *c, const char *instance)
{
    const struct pen_schema_unit *unit = NULL;
    assert_int_equal(
        pen_schema_evaluate(c->schema, schema_case_json(c->work, instance), &c->run, &unit),
        PEN_OK);
    return unit;
}

static void writes(const struct pen_schema_unit *unit, enum pen_schema_form form, const char *text)
{
    static char memory[65536];
    struct pen_buf buf = pen_buf_over(memory, sizeof(memory) - 1);
    pen_schema_output(unit, form, &buf);
    assert_false(buf.full);
    memory[buf.len] = '\0';
    assert_string_equal(memory, text);
}

static void flag_is_the_verdict(void **state)
{
    struct schema_case *const c = *state;
    schema_case_compile(c, polygon);
    writes(evaluate(c, line), PEN_SCHEMA_FLAG, "{\"valid\":false}");
    writes(evaluate(c, "[{\"x\":1,\"y\":1},{\"x\":1,\"y\":2},{\"x\":2,\"y\":2}]"), PEN_SCHEMA_FLAG,
           "{\"valid\":true}");
}

static void basic_is_a_list_of_what_failed(void **state)
{
    struct schema_case *const c = *state;
    schema_case_compile(c, polygon);
    writes(evaluate(c, line), PEN_SCHEMA_BASIC,
           "{\"valid\":false,\"errors\":["
           "{\"valid\":false,\"keywordLocation\":\"/minItems\",\"absoluteKeywordLocation\":"
           "\"https://example.com/polygon#/minItems\",\"instanceLocation\":\"\",\"error\":"
           "\"must have at least 3 elements\"},"
           "{\"valid\":false,\"keywordLocation\":\"/items/$ref/required\","
           "\"absoluteKeywordLocation\":\"https://example.com/polygon#/$defs/point/required\","
           "\"instanceLocation\":\"/1\",\"error\":\"must have the member \\\"y\\\"\"},"
           "{\"valid\":false,\"keywordLocation\":\"/items/$ref/additionalProperties\","
           "\"absoluteKeywordLocation\":"
           "\"https://example.com/polygon#/$defs/point/additionalProperties\","
           "\"instanceLocation\":\"/1/z\",\"error\":\"is not allowed here\"}]}");
}

static void detailed_leaves_out_what_says_nothing_of_its_own(void **state)
{
    struct schema_case *const c = *state;
    schema_case_compile(c, polygon);
    writes(evaluate(c, line), PEN_SCHEMA_DETAILED,
           "{\"valid\":false,\"keywordLocation\":\"\",\"absoluteKeywordLocation\":"
           "\"https://example.com/polygon#\",\"instanceLocation\":\"\",\"errors\":["
           "{\"valid\":false,\"keywordLocation\":\"/minItems\",\"absoluteKeywordLocation\":"
           "\"https://example.com/polygon#/minItems\",\"instanceLocation\":\"\",\"error\":"
           "\"must have at least 3 elements\"},"
           "{\"valid\":false,\"keywordLocation\":\"/items/$ref\",\"absoluteKeywordLocation\":"
           "\"https://example.com/polygon#/$defs/point\",\"instanceLocation\":\"/1\",\"errors\":["
           "{\"valid\":false,\"keywordLocation\":\"/items/$ref/required\","
           "\"absoluteKeywordLocation\":\"https://example.com/polygon#/$defs/point/required\","
           "\"instanceLocation\":\"/1\",\"error\":\"must have the member \\\"y\\\"\"},"
           "{\"valid\":false,\"keywordLocation\":\"/items/$ref/additionalProperties\","
           "\"absoluteKeywordLocation\":"
           "\"https://example.com/polygon#/$defs/point/additionalProperties\","
           "\"instanceLocation\":\"/1/z\",\"error\":\"is not allowed here\"}]}]}");
}

static void verbose_has_every_result(void **state)
{
    struct schema_case *const c = *state;
    schema_case_compile(c, "{\"anyOf\":[{\"type\":\"string\"},{\"minimum\":3}],\"title\":\"t\"}");
    writes(evaluate(c, "4"), PEN_SCHEMA_VERBOSE,
           "{\"valid\":true,\"keywordLocation\":\"\",\"instanceLocation\":\"\",\"annotations\":["
           "{\"valid\":true,\"keywordLocation\":\"/title\",\"instanceLocation\":\"\","
           "\"annotation\":\"t\"},"
           "{\"valid\":true,\"keywordLocation\":\"/anyOf\",\"instanceLocation\":\"\","
           "\"annotations\":["
           "{\"valid\":false,\"keywordLocation\":\"/anyOf/0\",\"instanceLocation\":\"\","
           "\"errors\":[{\"valid\":false,\"keywordLocation\":\"/anyOf/0/type\","
           "\"instanceLocation\":\"\",\"error\":\"must be of type string\"}]},"
           "{\"valid\":true,\"keywordLocation\":\"/anyOf/1\",\"instanceLocation\":\"\","
           "\"annotations\":[{\"valid\":true,\"keywordLocation\":\"/anyOf/1/minimum\","
           "\"instanceLocation\":\"\"}]}]}]}");
}

static void annotations_of_what_failed_are_dropped(void **state)
{
    struct schema_case *const c = *state;
    schema_case_compile(c, "{\"properties\":{\"a~\\u0022/\":{\"x-own\":[1,{\"b\":null}]}},\"if\":{"
                           "\"required\":[\"q\"],\"title\":\"no\"},\"else\":{\"default\":7},"
                           "\"not\":{\"not\":{\"title\":\"no\"}}}");
    writes(evaluate(c, "{\"a~\\u0022/\":1,\"c\":2}"), PEN_SCHEMA_BASIC,
           "{\"valid\":true,\"annotations\":["
           "{\"valid\":true,\"keywordLocation\":\"/properties\",\"instanceLocation\":\"\","
           "\"annotation\":[\"a~\\\"/\"]},"
           "{\"valid\":true,\"keywordLocation\":\"/properties/a~0\\\"~1/x-own\","
           "\"instanceLocation\":\"/a~0\\\"~1\",\"annotation\":[1,{\"b\":null}]},"
           "{\"valid\":true,\"keywordLocation\":\"/else/default\",\"instanceLocation\":\"\","
           "\"annotation\":7}]}");
}

static void failures_are_found_one_by_one(void **state)
{
    struct schema_case *const c = *state;
    schema_case_compile(c,
                        "{\"properties\":{\"a\":{\"minLength\":2},\"b\":{\"anyOf\":[{\"const\":1},"
                        "{\"const\":2}]},\"c\":{\"contains\":{\"type\":\"null\"}}}}");
    static const struct {
        const char *keyword;
        const char *instance;
    } wanted[] = {
        {"minLength", "/a"}, {"anyOf", "/b"}, {"const", "/b"}, {"const", "/b"}, {"contains", "/c"}};
    const struct pen_schema_unit *const root = evaluate(c, "{\"a\":\"x\",\"b\":3,\"c\":[1,2]}");
    const struct pen_schema_unit *unit = NULL;
    for (size_t i = 0; i < PEN_COUNT_OF(wanted); i++) {
        unit = pen_schema_next_failure(root, unit);
        assert_non_null(unit);
        char text[64];
        struct pen_buf buf = pen_buf_over(text, sizeof(text));
        pen_json_pointer(unit->instance, &buf);
        assert_true(pen_str_equal(pen_buf_str(&buf), pen_str_from_c(wanted[i].instance)));
        assert_true(
            pen_str_equal(pen_schema_unit_keyword(unit), pen_str_from_c(wanted[i].keyword)));
    }
    assert_null(pen_schema_next_failure(root, unit));
}

static void what_has_no_room_is_not_cut_silently(void **state)
{
    struct schema_case *const c = *state;
    schema_case_compile(c, polygon);
    const struct pen_schema_unit *const unit = evaluate(c, line);
    char memory[64];
    struct pen_buf buf = pen_buf_over(memory, sizeof(memory));
    pen_schema_output(unit, PEN_SCHEMA_VERBOSE, &buf);
    assert_true(buf.full);
}

static void is_harmless(struct schema_case *c, const char *schema, const char *instance,
                        const char *pointers)
{
    char text[1024];
    struct pen_buf buf = pen_buf_over(text, sizeof(text) - 1);
    struct pen_schema_values values = {0};
    bool valid = false;
    schema_case_compile(c, schema);
    assert_int_equal(pen_schema_find_harmless(c->schema, schema_case_json(c->work, instance),
                                              &c->run, &valid, &values),
                     PEN_OK);
    for (size_t i = 0; i < values.count; i++) {
        pen_json_pointer(values.values[i], &buf);
        pen_buf_byte(&buf, ' ');
    }
    text[buf.len] = '\0';
    if (strcmp(text, pointers) != 0) fail_msg("%s: %s", schema, text);
}

static void knows_what_a_schema_makes_harmless(void **state)
{
    struct schema_case *const c = *state;
    is_harmless(c, "{\"items\":{\"format\":\"date\"}}", "[\"2026-11-27\",1]", "/0 ");
    is_harmless(c, "{\"items\":{\"format\":\"uri\"}}", "[\"a:b\"]", "");
    is_harmless(c, "{\"items\":{\"type\":[\"number\",\"null\"]}}", "[1,null]", "/0 /1 ");
    is_harmless(c, "{\"items\":{\"type\":\"string\"}}", "[\"x\"]", "");
    is_harmless(c, "{\"items\":{\"enum\":[\"x\",\"'--\"]}}", "[\"x\",\"'--\"]", "/0 /1 ");
    is_harmless(c, "{\"items\":{\"pattern\":\"^[a-z]{2}-[0-9]{1,9}$\"}}", "[\"eu-1\"]", "/0 ");
    is_harmless(c, "{\"items\":{\"pattern\":\"^[a-z]+\"}}", "[\"eu'\"]", "");
    is_harmless(c, "{\"items\":{\"$ref\":\"#/$defs/a\"},\"$defs\":{\"a\":{\"const\":\"k\"}}}",
                "[\"k\"]", "/0 ");
}

static void only_assertions_in_force_make_harmless(void **state)
{
    struct schema_case *const c = *state;
    is_harmless(c, "{\"items\":{\"not\":{\"not\":{\"const\":\"x\"}}}}", "[\"x\"]", "");
    /* The first branch takes the date and then fails; the second one takes any text. */
    is_harmless(c,
                "{\"anyOf\":[{\"properties\":{\"a\":{\"format\":\"date\"},\"b\":false}},"
                "{\"properties\":{\"a\":true}}]}",
                "{\"a\":\"2026-11-27\",\"b\":1}", "");
    is_harmless(c, "{\"oneOf\":[{\"const\":\"a\"},{\"minLength\":3}]}", "\"a\"", " ");
    is_harmless(c, "{\"if\":{\"const\":\"a\"},\"then\":{\"const\":\"b\"}}", "\"c\"", "");
    is_harmless(c, "{\"propertyNames\":{\"enum\":[\"a\"]}}", "{\"a\":\"x\"}", "");
    /* What is not valid has nothing harmless in it. */
    is_harmless(c, "{\"prefixItems\":[{\"const\":1},false]}", "[1,2]", "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SCHEMA_TEST(flag_is_the_verdict),
        SCHEMA_TEST(basic_is_a_list_of_what_failed),
        SCHEMA_TEST(detailed_leaves_out_what_says_nothing_of_its_own),
        SCHEMA_TEST(verbose_has_every_result),
        SCHEMA_TEST(annotations_of_what_failed_are_dropped),
        SCHEMA_TEST(failures_are_found_one_by_one),
        SCHEMA_TEST(what_has_no_room_is_not_cut_silently),
        SCHEMA_TEST(knows_what_a_schema_makes_harmless),
        SCHEMA_TEST(only_assertions_in_force_make_harmless),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
