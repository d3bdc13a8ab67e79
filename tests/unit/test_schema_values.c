/** Texts by name as values: what each type makes of a text, and what it leaves. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdio.h>

#include "gateway/schema/values.h"

static struct pen_arena *arena;

static int set_up(void **state)
{
    (void)state;
    return pen_arena_create(1 << 20, 4096, &arena) == PEN_OK ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    pen_arena_destroy(arena);
    return 0;
}

static struct pen_typed schema(const char *text)
{
    const struct pen_json *root = NULL;
    if (pen_json_read(pen_str_from_c(text), NULL, arena, &root, NULL) != PEN_OK)
        fail_msg("%s", text);
    return (struct pen_typed){root, root};
}

static void put(const struct pen_json *value, struct pen_buf *buf)
{
    if (value->name.ptr != NULL) {
        pen_buf_put(buf, value->name);
        pen_buf_byte(buf, '=');
    }
    switch (value->type) {
    case PEN_JSON_NULL:
        pen_buf_put(buf, PEN_S("null"));
        return;
    case PEN_JSON_FALSE:
        pen_buf_put(buf, PEN_S("false"));
        return;
    case PEN_JSON_TRUE:
        pen_buf_put(buf, PEN_S("true"));
        return;
    case PEN_JSON_NUMBER:
        pen_buf_put(buf, value->text);
        return;
    case PEN_JSON_STRING:
        pen_buf_format(buf, "'%.*s'", PEN_STR_ARGS(value->text));
        return;
    case PEN_JSON_ARRAY:
    case PEN_JSON_OBJECT:
        break;
    }
    uint32_t count = 0;
    pen_buf_byte(buf, value->type == PEN_JSON_ARRAY ? '[' : '{');
    for (const struct pen_json *child = value->first; child != NULL; child = child->next) {
        assert_ptr_equal(child->parent, value);
        assert_int_equal(child->index, count);
        if (count++ > 0) pen_buf_byte(buf, ' ');
        put(child, buf);
    }
    assert_int_equal(value->count, count);
    pen_buf_byte(buf, value->type == PEN_JSON_ARRAY ? ']' : '}');
}

static void assert_read(const char *why, const char *query, const char *text, const char *wanted)
{
    char memory[512];
    struct pen_buf buf = pen_buf_over(memory, sizeof(memory) - 1);
    struct pen_named_text *texts = NULL;
    size_t count = 0;
    const struct pen_json *object = NULL;
    assert_int_equal(pen_values_split(pen_str_from_c(query), arena, &texts, &count), PEN_OK);
    assert_int_equal(pen_values_object(texts, count, schema(text), arena, &object), PEN_OK);
    put(object, &buf);
    memory[buf.len] = '\0';
    if (!pen_str_equal(pen_buf_str(&buf), pen_str_from_c(wanted))) {
        fail_msg("%s: %s, not %s", why, memory, wanted);
    }
}

static void becomes_what_the_type_says(void **state)
{
    (void)state;
    const struct {
        const char *why;
        const char *query;
        const char *type; /* of "a" */
        const char *wanted;
    } rows[] = {
        {"no type: a text", "a=1", "{}", "{a='1'}"},
        {"an integer", "a=12", "{\"type\":\"integer\"}", "{a=12}"},
        {"a number", "a=-1.5e3", "{\"type\":\"number\"}", "{a=-1.5e3}"},
        {"one as a text, where both may be", "a=12", "{\"type\":[\"integer\",\"string\"]}",
         "{a='12'}"},
        {"no number", "a=12x", "{\"type\":\"integer\"}", "{a='12x'}"},
        {"hexadecimal", "a=0x10", "{\"type\":\"integer\"}", "{a='0x10'}"},
        {"a leading zero", "a=012", "{\"type\":\"integer\"}", "{a='012'}"},
        {"a plus is a space", "a=+1", "{\"type\":\"integer\"}", "{a=' 1'}"},
        {"nothing", "a=", "{\"type\":\"integer\"}", "{a=''}"},
        {"no fraction", "a=1.", "{\"type\":\"number\"}", "{a='1.'}"},
        {"no exponent", "a=1e", "{\"type\":\"number\"}", "{a='1e'}"},
        {"true", "a=true", "{\"type\":\"boolean\"}", "{a=true}"},
        {"false", "a=false", "{\"type\":\"boolean\"}", "{a=false}"},
        {"no boolean", "a=True", "{\"type\":\"boolean\"}", "{a='True'}"},
        {"null", "a=", "{\"type\":[\"null\",\"integer\"]}", "{a=null}"},
        {"a list of one", "a=1", "{\"type\":\"array\",\"items\":{\"type\":\"integer\"}}",
         "{a=[1]}"},
        {"a list of texts", "a=1&a=2", "{\"type\":\"array\"}", "{a=['1' '2']}"},
        {"in the order in which they came", "a=2&b=3&a=1",
         "{\"type\":\"array\",\"items\":{\"type\":\"integer\"}}", "{a=[2 1] b='3'}"},
        {"a list, whatever was asked for", "a=1&a=2", "{\"type\":\"integer\"}", "{a=['1' '2']}"},
        {"decoded first", "%61=%31%32", "{\"type\":\"integer\"}", "{a=12}"},
        {"a name alone", "a", "{}", "{a=''}"},
        {"empty pairs are none", "&&a=1&", "{}", "{a='1'}"},
    };
    for (size_t i = 0; i < PEN_COUNT_OF(rows); i++) {
        char text[256];
        (void)snprintf(text, sizeof(text), "{\"properties\":{\"a\":%s}}", rows[i].type);
        assert_read(rows[i].why, rows[i].query, text, rows[i].wanted);
    }
}

static void finds_the_type_where_it_is_said(void **state)
{
    (void)state;
    assert_read("by a reference", "a=1",
                "{\"properties\":{\"a\":{\"$ref\":\"#/$defs/n\"}},\"$defs\":{\"n\":{\"type\":"
                "\"integer\"}}}",
                "{a=1}");
    assert_read("the object itself by one", "a=1",
                "{\"$ref\":\"#/$defs/o\",\"$defs\":{\"o\":{\"properties\":{\"a\":{\"type\":"
                "\"integer\"}}}}}",
                "{a=1}");
    assert_read("in one of all", "a=1",
                "{\"allOf\":[{},{\"properties\":{\"a\":{\"allOf\":[{\"type\":\"integer\"}]}}}]}",
                "{a=1}");
    assert_read("a circle ends", "a=1", "{\"properties\":{\"a\":{\"$ref\":\"#/properties/a\"}}}",
                "{a='1'}");
    assert_read("a circle of all", "a=1", "{\"allOf\":[{\"$ref\":\"#\"}]}", "{a='1'}");
    assert_read("no schema but true", "a=1", "true", "{a='1'}");
    assert_read("types that are none", "a=1", "{\"properties\":{\"a\":{\"type\":7}}}", "{a='1'}");
}

/* Eight ways from each of fifteen to the next: nobody counts them to the end. */
static void searches_no_further_than_schemas_are_written(void **state)
{
    (void)state;
    char text[4096];
    struct pen_buf buf = pen_buf_over(text, sizeof(text) - 1);
    pen_buf_put(&buf, PEN_S("{\"$ref\":\"#/$defs/0\",\"$defs\":{"));
    for (int i = 0; i < 15; i++) {
        pen_buf_format(&buf, "\"%d\":{\"allOf\":[", i);
        for (int k = 0; k < 8; k++) {
            pen_buf_format(&buf, "%s{\"$ref\":\"#/$defs/%d\"}", k > 0 ? "," : "", i + 1);
        }
        pen_buf_put(&buf, PEN_S("]},"));
    }
    pen_buf_put(&buf, PEN_S("\"15\":{\"properties\":{\"b\":{\"type\":\"integer\"}}}}}"));
    assert_false(buf.full);
    text[buf.len] = '\0';
    assert_read("what is there is found at once", "b=1", text, "{b=1}");
    assert_read("what is not is given up", "a=1", text, "{a='1'}");
}

static void fields_have_small_letters(void **state)
{
    (void)state;
    const struct pen_event_field fields[] = {
        {PEN_STR("X-B"), PEN_STR("1")},
        {PEN_STR("Accept"), PEN_STR("a")},
        {PEN_STR("x-b"), PEN_STR("2")},
    };
    char memory[128];
    struct pen_buf buf = pen_buf_over(memory, sizeof(memory));
    struct pen_named_text *texts = NULL;
    const struct pen_json *object = NULL;
    assert_int_equal(pen_values_fields(fields, PEN_COUNT_OF(fields), arena, &texts), PEN_OK);
    assert_int_equal(pen_values_object(texts, PEN_COUNT_OF(fields), schema("{}"), arena, &object),
                     PEN_OK);
    put(object, &buf);
    assert_true(pen_str_equal(pen_buf_str(&buf), PEN_S("{accept='a' x-b=['1' '2']}")));
}

static void bytes_that_are_no_utf8_are_replaced(void **state)
{
    (void)state;
    const struct {
        const char *why;
        struct pen_str value;
        const char *wanted;
    } rows[] = {
        {"UTF-8", PEN_STR("\xc3\xa9"), "{x='\xc3\xa9'}"},
        {"Latin-1", PEN_STR("caf\xe9!"), "{x='caf\xef\xbf\xbd!'}"},
        {"a beginning, at the end", PEN_STR("a\xf0"), "{x='a\xef\xbf\xbd'}"},
        {"nothing else", PEN_STR("\xff\xff"), "{x='\xef\xbf\xbd\xef\xbf\xbd'}"},
        {"a surrogate", PEN_STR("\xed\xa0\x80"), "{x='\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd'}"},
    };
    for (size_t i = 0; i < PEN_COUNT_OF(rows); i++) {
        const struct pen_event_field field = {PEN_STR("X"), rows[i].value};
        char memory[64];
        struct pen_buf buf = pen_buf_over(memory, sizeof(memory) - 1);
        struct pen_named_text *texts = NULL;
        const struct pen_json *object = NULL;
        assert_int_equal(pen_values_fields(&field, 1, arena, &texts), PEN_OK);
        assert_int_equal(pen_values_object(texts, 1, schema("{}"), arena, &object), PEN_OK);
        put(object, &buf);
        memory[buf.len] = '\0';
        if (!pen_str_equal(pen_buf_str(&buf), pen_str_from_c(rows[i].wanted))) {
            fail_msg("%s: %s, not %s", rows[i].why, memory, rows[i].wanted);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(becomes_what_the_type_says),
        cmocka_unit_test(finds_the_type_where_it_is_said),
        cmocka_unit_test(searches_no_further_than_schemas_are_written),
        cmocka_unit_test(fields_have_small_letters),
        cmocka_unit_test(bytes_that_are_no_utf8_are_replaced),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
