/** Documents of lenient readers as JSON, and what is none of them. */
#include <string.h>

#include "filters/core/json.h"
#include "filters/core/json_mend.h"
#include "tests/unit/arena_case.h"

static const struct {
    const char *why;
    struct pen_str text;
    struct pen_str json;
} documents[] = {
    {"JSON stays", PEN_STR("{\"a\":[1,-2.5e3,true,null,\"b\\u0027\\n\"]}"),
     PEN_STR("{\"a\":[1,-2.5e3,true,null,\"b\\u0027\\n\"]}")},
    {"trailing commas", PEN_STR("{\"a\":[1,],}"), PEN_STR("{\"a\":[1]}")},
    {"comments", PEN_STR("/* a */[1,// b\n2]# c"), PEN_STR("[1,2]")},
    {"a comment that does not end", PEN_STR("[1]/*"), PEN_STR("[1]")},
    {"comment marks in a string stay", PEN_STR("[\"/*\",'//#']"), PEN_STR("[\"/*\",\"//#\"]")},
    {"quotes in quotes", PEN_STR("['\"',\"'\"]"), PEN_STR("[\"\\\"\",\"'\"]")},
    {"names without quotes", PEN_STR("{a_$:1,b-c :2,3:4,\xc3\xa9:5}"),
     PEN_STR("{\"a_$\":1,\"b-c\":2,\"3\":4,\"\xc3\xa9\":5}")},
    {"a name that is a constant", PEN_STR("{null:null}"), PEN_STR("{\"null\":null}")},
    {"numbers that are none of JSON's", PEN_STR("[0x1F,+1,.5,5.,-.5,-0xa,NaN,-Infinity]"),
     PEN_STR("[0,0,0,0,0,0,null,null]")},
    {"Python's words", PEN_STR("[None,True,u'a',rb\"b\"]"), PEN_STR("[null,null,\"a\",\"b\"]")},
    {"escapes", PEN_STR("['\\x41\\'\\v\\0\\a\\u12\\\r\n\\\n\\/']"),
     PEN_STR("[\"\\u0041'\\u000b\\u0000au12/\"]")},
    {"line breaks and control bytes in strings", PEN_STR("['a\nb\x01']"),
     PEN_STR("[\"a\\u000ab\\u0001\"]")},
    {"white space of Unicode", PEN_STR("\xef\xbb\xbf[\v1\xc2\xa0,\xe2\x80\xa9\f2]"),
     PEN_STR("[1,2]")},
};

static void writes_them_as_json(void **state)
{
    (void)state;
    for (size_t i = 0; i < PEN_COUNT_OF(documents); i++) {
        struct pen_str json = {0};
        if (pen_json_mend(documents[i].text, arena, &json) != PEN_OK) {
            fail_msg("%s", documents[i].why);
        }
        if (!pen_str_equal(json, documents[i].json)) {
            fail_msg("%s: %.*s", documents[i].why, PEN_STR_ARGS(json));
        }
        const struct pen_json *root = NULL;
        if (pen_json_read(json, NULL, arena, &root, NULL) != PEN_OK) {
            fail_msg("%s: no JSON", documents[i].why);
        }
    }
}

static void refuses_other_texts(void **state)
{
    (void)state;
    static const struct pen_str texts[] = {
        PEN_STR("{ return a + \"b\"; }"),
        PEN_STR("[see below]"),
        PEN_STR("{a: b}"),
        PEN_STR("{\"a\": \"b}"),
        PEN_STR("['a]"),
        PEN_STR("{a(b: 1)}"),
        PEN_STR("[1; 2]"),
        PEN_STR("[~/x, ../y]"),
        PEN_STR("{% if a %}"),
        PEN_STR("{color: red; top: 1px}"),
        PEN_STR("[<a>\"b\"</a>]"),
        PEN_STR("['\\"),
    };
    for (size_t i = 0; i < PEN_COUNT_OF(texts); i++) {
        struct pen_str json = {0};
        if (pen_json_mend(texts[i], arena, &json) != PEN_ERR_SYNTAX) {
            fail_msg("%.*s: %.*s", PEN_STR_ARGS(texts[i]), PEN_STR_ARGS(json));
        }
    }
}

/* What is cut is read to its end and not beyond, from memory of its own length. */
static void stays_within_a_text_that_is_cut(void **state)
{
    (void)state;
    for (size_t i = 0; i < PEN_COUNT_OF(documents); i++) {
        for (size_t length = 0; length < documents[i].text.len; length++) {
            char *const cut = pen_arena_bytes(arena, length + 1);
            assert_non_null(cut);
            memcpy(cut, documents[i].text.ptr, length);
            struct pen_str json = {0};
            const enum pen_status status =
                pen_json_mend((struct pen_str){cut, length}, arena, &json);
            assert_true(status == PEN_OK || status == PEN_ERR_SYNTAX);
            assert_true(json.len <= 6 * length);
        }
    }
}

static void says_so_when_memory_ends(void **state)
{
    (void)state;
    struct pen_arena *small = NULL;
    assert_int_equal(pen_arena_create(1, 1, &small), PEN_OK);
    struct pen_str json = {0};
    assert_int_equal(pen_json_mend(PEN_S("['a']"), small, &json), PEN_ERR_NOMEM);
    assert_null(json.ptr);
    pen_arena_destroy(small);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(writes_them_as_json, set_up, tear_down),
        cmocka_unit_test_setup_teardown(refuses_other_texts, set_up, tear_down),
        cmocka_unit_test_setup_teardown(stays_within_a_text_that_is_cut, set_up, tear_down),
        cmocka_unit_test(says_so_when_memory_ends),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
