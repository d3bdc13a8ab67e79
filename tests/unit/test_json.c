/** The JSON reader: what it reads, what it refuses and with which code, and where things stand. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "filters/core/json.h"

static struct pen_arena *arena;

static int set_up(void **state)
{
    (void)state;
    return pen_arena_create((size_t)16 << 20, 4096, &arena) == PEN_OK ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    pen_arena_destroy(arena);
    return 0;
}

static const struct pen_json *read_ok(struct pen_str source)
{
    const struct pen_json *root = NULL;
    struct pen_json_error error = {0};
    if (pen_json_read(source, NULL, arena, &root, &error) != PEN_OK) {
        fail_msg("%.*s: %s at %zu", PEN_STR_ARGS(source), error.code, error.offset);
    }
    return root;
}

static void refuses_with_a_stable_code_and_place(void **state)
{
    (void)state;
    const struct {
        const char *why;
        struct pen_str source;
        const char *code;
        size_t offset;
    } rows[] = {
        {"nothing", PEN_STR(""), "json.empty", 0},
        {"only space", PEN_STR(" \n"), "json.empty", 2},
        {"byte-order mark", PEN_STR("\xef\xbb\xbf{}"), "json.bom", 0},
        {"two documents", PEN_STR("{} {}"), "json.trailing", 3},
        {"a name twice", PEN_STR("{\"a\":1,\"a\":2}"), "json.duplicate_name", 7},
        {"a name twice, once escaped", PEN_STR("{\"data\":1,\"d\\u0061ta\":2}"),
         "json.duplicate_name", 10},
        {"a name twice, deep", PEN_STR("[{\"x\":{\"b\":1,\"b\":1}}]"), "json.duplicate_name", 13},
        {"trailing comma in an array", PEN_STR("[1,]"), "json.syntax", 3},
        {"trailing comma in an object", PEN_STR("{\"a\":1,}"), "json.syntax", 7},
        {"comment", PEN_STR("[1/**/]"), "json.syntax", 2},
        {"single quotes", PEN_STR("{'a':1}"), "json.syntax", 1},
        {"NaN", PEN_STR("[NaN]"), "json.syntax", 1},
        {"leading zero", PEN_STR("[01]"), "json.syntax", 2},
        {"plus sign", PEN_STR("[+1]"), "json.syntax", 1},
        {"lone high surrogate", PEN_STR("[\"\\ud800\"]"), "json.surrogate", 8},
        {"lone low surrogate", PEN_STR("[\"\\udc00\"]"), "json.surrogate", 8},
        {"overlong slash", PEN_STR("[\"\xc0\xaf\"]"), "json.utf8", 2},
        {"surrogate as bytes", PEN_STR("[\"\xed\xa0\x80\"]"), "json.utf8", 2},
        {"raw line break in a string", PEN_STR("[\"a\nb\"]"), "json.control", 3},
        {"NUL byte in a string", PEN_STR("[\"a\0b\"]"), "json.control", 3},
        {"NUL byte behind", PEN_STR("1\0"), "json.trailing", 1},
        {"bad escape", PEN_STR("[\"\\x41\"]"), "json.syntax", 3},
        {"mixed brackets", PEN_STR("[1}"), "json.syntax", 2},
        {"no colon", PEN_STR("{\"a\" 1}"), "json.syntax", 5},
    };
    for (size_t i = 0; i < PEN_COUNT_OF(rows); i++) {
        const struct pen_json *root = NULL;
        struct pen_json_error error = {0};
        if (pen_json_read(rows[i].source, NULL, arena, &root, &error) == PEN_OK) {
            fail_msg("read: %s", rows[i].why);
        }
        if (strcmp(error.code, rows[i].code) != 0 || error.offset != rows[i].offset) {
            fail_msg("%s: %s at %zu", rows[i].why, error.code, error.offset);
        }
    }
}

static void decodes_strings_and_keeps_numbers_as_text(void **state)
{
    (void)state;
    const struct {
        const char *why;
        struct pen_str source;
        struct pen_str text;
    } rows[] = {
        {"plain", PEN_STR("\"abc\""), PEN_STR("abc")},
        {"empty", PEN_STR("\"\""), PEN_STR("")},
        {"every short escape", PEN_STR("\"\\\"\\\\\\/\\b\\f\\n\\r\\t\""),
         PEN_STR("\"\\/\b\f\n\r\t")},
        {"escape behind a long plain run", PEN_STR("\"0123456789abcdef\\u0041z\""),
         PEN_STR("0123456789abcdefAz")},
        {"NUL is data", PEN_STR("\"a\\u0000b\""), PEN_STR("a\0b")},
        {"surrogate pair", PEN_STR("\"\\ud83d\\ude00\""), PEN_STR("\xf0\x9f\x98\x80")},
        {"bytes above ASCII", PEN_STR("\"\xc3\xa9t\xc3\xa9\""), PEN_STR("\xc3\xa9t\xc3\xa9")},
        {"number with more digits than a double", PEN_STR("123456789012345678901234567890.5e+7"),
         PEN_STR("123456789012345678901234567890.5e+7")},
        {"minus zero", PEN_STR("-0"), PEN_STR("-0")},
    };
    for (size_t i = 0; i < PEN_COUNT_OF(rows); i++) {
        const struct pen_json *root = read_ok(rows[i].source);
        if (!pen_str_equal(root->text, rows[i].text)) fail_msg("%s", rows[i].why);
    }
}

static void records_where_values_and_names_stand(void **state)
{
    (void)state;
    const struct pen_str source = PEN_STR(" {\"a\" : [1, \"x\"] ,\"b\":{}}");
    const struct pen_json *root = read_ok(source);
    assert_int_equal(root->count, 2);
    assert_int_equal(root->place.start, 1);
    assert_int_equal(root->place.end, source.len);
    const struct pen_json *a = root->first;
    assert_int_equal(a->name_place.start, 2);
    assert_int_equal(a->name_place.end, 5);
    assert_int_equal(a->place.start, 8);
    assert_int_equal(a->place.end, 16);
    assert_int_equal(a->first->next->index, 1);
    assert_int_equal(a->first->next->place.start, 12);
    assert_ptr_equal(a->next->parent, root);
    assert_int_equal(a->next->type, PEN_JSON_OBJECT);
}

static void finds_a_duplicate_among_many_names(void **state)
{
    (void)state;
    char memory[65536];
    for (int twice = 0; twice < 2; twice++) {
        struct pen_buf buf = pen_buf_over(memory, sizeof(memory));
        pen_buf_byte(&buf, '{');
        for (int i = 0; i < 2000; i++) {
            pen_buf_format(&buf, "%s\"key%d\":%d", i > 0 ? "," : "", twice && i == 1999 ? 7 : i, i);
        }
        pen_buf_byte(&buf, '}');
        assert_false(buf.full);
        const struct pen_json *root = NULL;
        struct pen_json_error error = {0};
        const enum pen_status status = pen_json_read(pen_buf_str(&buf), NULL, arena, &root, &error);
        assert_int_equal(status, twice ? PEN_ERR_SYNTAX : PEN_OK);
        if (twice) assert_string_equal(error.code, "json.duplicate_name");
    }
}

static void keeps_its_limits(void **state)
{
    (void)state;
    const struct {
        const char *why;
        struct pen_json_limits limits;
        struct pen_str source;
        const char *code; /* NULL: read */
    } rows[] = {
        {"as deep as allowed", {.depth = 2}, PEN_STR("[[1]]"), NULL},
        {"one deeper", {.depth = 2}, PEN_STR("[[[]]]"), "json.depth"},
        {"as many values as allowed", {.nodes = 3}, PEN_STR("[1,2]"), NULL},
        {"one more", {.nodes = 3}, PEN_STR("[1,2,3]"), "json.nodes"},
        {"string as long as allowed", {.string_bytes = 3}, PEN_STR("\"abc\""), NULL},
        {"one byte longer", {.string_bytes = 3}, PEN_STR("\"abcd\""), "json.string"},
        {"long name", {.string_bytes = 3}, PEN_STR("{\"abcd\":1}"), "json.string"},
        {"decoded length counts", {.string_bytes = 3}, PEN_STR("\"\\u0041\""), NULL},
        {"long number", {.number_bytes = 4}, PEN_STR("12345"), "json.number"},
    };
    for (size_t i = 0; i < PEN_COUNT_OF(rows); i++) {
        const struct pen_json *root = NULL;
        struct pen_json_error error = {0};
        const enum pen_status status =
            pen_json_read(rows[i].source, &rows[i].limits, arena, &root, &error);
        if ((status == PEN_OK) != (rows[i].code == NULL)) fail_msg("%s", rows[i].why);
        if (rows[i].code != NULL && strcmp(error.code, rows[i].code) != 0) {
            fail_msg("%s: %s", rows[i].why, error.code);
        }
    }
}

static void refuses_every_truncation(void **state)
{
    (void)state;
    const struct pen_str whole = PEN_STR(
        "{\"a\":[true,false,null,-1.5e+7],\"b\\u0041\\ud83d\\ude00\":{\"c\":\"\xc3\xa9\"}}");
    assert_non_null(read_ok(whole));
    for (size_t length = 0; length < whole.len; length++) {
        /* On the heap, so that the sanitizer sees a read past the end. */
        char *part = malloc(length > 0 ? length : 1);
        assert_non_null(part);
        memcpy(part, whole.ptr, length);
        const struct pen_json *root = NULL;
        struct pen_json_error error = {0};
        const struct pen_str source = {part, length};
        if (pen_json_read(source, NULL, arena, &root, &error) == PEN_OK) {
            fail_msg("read at %zu", length);
        }
        assert_non_null(error.code);
        free(part);
    }
}

static void survives_every_shortage_of_memory(void **state)
{
    (void)state;
    const struct pen_str source = PEN_STR("{\"a\":[1,2,{\"b\\n\":\"c\\td\"}],\"e\":\"f\\u0041\"}");
    for (size_t limit = 0;; limit += 64) {
        struct pen_arena *small = NULL;
        assert_int_equal(pen_arena_create(limit, 64, &small), PEN_OK);
        const struct pen_json *root = NULL;
        struct pen_json_error error = {0};
        const enum pen_status status = pen_json_read(source, NULL, small, &root, &error);
        pen_arena_destroy(small);
        if (status == PEN_OK) break;
        assert_int_equal(status, PEN_ERR_NOMEM);
        assert_string_equal(error.code, "json.memory");
        assert_true(limit < 1 << 20);
    }
}

static void turns_numbers_into_seconds_exactly(void **state)
{
    (void)state;
    const struct {
        struct pen_str source;
        enum pen_status status;
        int64_t seconds;
    } rows[] = {
        {PEN_STR("0"), PEN_OK, 0},
        {PEN_STR("1700000000"), PEN_OK, 1700000000},
        {PEN_STR("1700000000.999"), PEN_OK, 1700000000},
        {PEN_STR("-5.5"), PEN_OK, -5},
        {PEN_STR("1.7e9"), PEN_OK, 1700000000},
        {PEN_STR("17000000005e-1"), PEN_OK, 1700000000},
        {PEN_STR("1e-400"), PEN_OK, 0},
        {PEN_STR("0e999999999"), PEN_OK, 0},
        {PEN_STR("9007199254740991"), PEN_OK, 9007199254740991},
        {PEN_STR("9007199254740992"), PEN_ERR_LIMIT, 0},
        {PEN_STR("1e400"), PEN_ERR_LIMIT, 0},
        {PEN_STR("1e99999999999999999999"), PEN_ERR_LIMIT, 0},
        {PEN_STR("\"1700000000\""), PEN_ERR_INVALID, 0},
        {PEN_STR("null"), PEN_ERR_INVALID, 0},
    };
    for (size_t i = 0; i < PEN_COUNT_OF(rows); i++) {
        int64_t seconds = 0;
        const enum pen_status status = pen_json_to_seconds(read_ok(rows[i].source), &seconds);
        if (status != rows[i].status || seconds != rows[i].seconds) {
            fail_msg("%.*s: %s %lld", PEN_STR_ARGS(rows[i].source), pen_status_name(status),
                     (long long)seconds);
        }
    }
}

static void writes_and_follows_pointers(void **state)
{
    (void)state;
    const struct pen_json *root = read_ok(PEN_S("{\"a/b\":[{\"m~n\":7},8],\"\":9}"));
    const struct {
        struct pen_str pointer;
        struct pen_str text;
    } rows[] = {
        {PEN_STR("/a~1b/0/m~0n"), PEN_STR("7")},
        {PEN_STR("/a~1b/1"), PEN_STR("8")},
        {PEN_STR("/"), PEN_STR("9")},
    };
    for (size_t i = 0; i < PEN_COUNT_OF(rows); i++) {
        const struct pen_json *value = pen_json_resolve(root, rows[i].pointer);
        assert_non_null(value);
        assert_true(pen_str_equal(value->text, rows[i].text));
        char memory[64];
        struct pen_buf buf = pen_buf_over(memory, sizeof(memory));
        pen_json_pointer(value, &buf);
        assert_true(pen_str_equal(pen_buf_str(&buf), rows[i].pointer));
    }
    assert_null(pen_json_resolve(root, PEN_S("/a~1b/00")));
    assert_null(pen_json_resolve(root, PEN_S("/a~1b/2")));
    assert_null(pen_json_resolve(root, PEN_S("/none")));
    assert_null(pen_json_resolve(root, PEN_S("x")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(refuses_with_a_stable_code_and_place, set_up, tear_down),
        cmocka_unit_test_setup_teardown(decodes_strings_and_keeps_numbers_as_text, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(records_where_values_and_names_stand, set_up, tear_down),
        cmocka_unit_test_setup_teardown(finds_a_duplicate_among_many_names, set_up, tear_down),
        cmocka_unit_test_setup_teardown(keeps_its_limits, set_up, tear_down),
        cmocka_unit_test_setup_teardown(refuses_every_truncation, set_up, tear_down),
        cmocka_unit_test_setup_teardown(survives_every_shortage_of_memory, set_up, tear_down),
        cmocka_unit_test_setup_teardown(turns_numbers_into_seconds_exactly, set_up, tear_down),
        cmocka_unit_test_setup_teardown(writes_and_follows_pointers, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
