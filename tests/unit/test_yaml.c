/** YAML: what becomes of it, where it stands, and what is refused because it has two readings. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <string.h>

#include "gateway/config/yaml.h"

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

static const struct pen_json *read_ok(struct pen_str source)
{
    const struct pen_json *root = NULL;
    struct pen_error err = {.text = ""};
    if (pen_yaml_read(source, arena, &root, &err) != PEN_OK) {
        fail_msg("%.*s: %zu:%zu: %s", PEN_STR_ARGS(source), err.line, err.column, err.text);
    }
    return root;
}

static void types_plain_scalars_by_the_json_schema(void **state)
{
    (void)state;
    const struct {
        const char *why;
        struct pen_str source;
        enum pen_json_type type;
        struct pen_str text;
    } rows[] = {
        {"text", PEN_STR("a: hello"), PEN_JSON_STRING, PEN_STR("hello")},
        {"text with spaces", PEN_STR("a: two words # comment"), PEN_JSON_STRING,
         PEN_STR("two words")},
        {"true", PEN_STR("a: true"), PEN_JSON_TRUE, PEN_STR("")},
        {"false", PEN_STR("a: false"), PEN_JSON_FALSE, PEN_STR("")},
        {"null", PEN_STR("a: null"), PEN_JSON_NULL, PEN_STR("")},
        {"nothing is null", PEN_STR("a:"), PEN_JSON_NULL, PEN_STR("")},
        {"integer", PEN_STR("a: 42"), PEN_JSON_NUMBER, PEN_STR("42")},
        {"negative", PEN_STR("a: -1"), PEN_JSON_NUMBER, PEN_STR("-1")},
        {"fraction keeps its digits", PEN_STR("a: 1.20"), PEN_JSON_NUMBER, PEN_STR("1.20")},
        {"exponent", PEN_STR("a: 1e3"), PEN_JSON_NUMBER, PEN_STR("1e3")},
        {"leading zero is text", PEN_STR("a: 0123"), PEN_JSON_STRING, PEN_STR("0123")},
        {"YAML 1.1's yes is text", PEN_STR("a: yes"), PEN_JSON_STRING, PEN_STR("yes")},
        {"True is text", PEN_STR("a: True"), PEN_JSON_STRING, PEN_STR("True")},
        {"a tilde is text", PEN_STR("a: ~"), PEN_JSON_STRING, PEN_STR("~")},
        {"base 60 is text", PEN_STR("a: 1:30"), PEN_JSON_STRING, PEN_STR("1:30")},
        {"a date is text", PEN_STR("a: 2027-01-01"), PEN_JSON_STRING, PEN_STR("2027-01-01")},
        {"quoted true is text", PEN_STR("a: \"true\""), PEN_JSON_STRING, PEN_STR("true")},
        {"quoted number is text", PEN_STR("a: '42'"), PEN_JSON_STRING, PEN_STR("42")},
        {"quoted nothing is text", PEN_STR("a: ''"), PEN_JSON_STRING, PEN_STR("")},
        {"escapes", PEN_STR("a: \"\\u00e9\\n\\0\""), PEN_JSON_STRING, PEN_STR("\xc3\xa9\n\0")},
        {"block text", PEN_STR("a: |\n  x\n  y\n"), PEN_JSON_STRING, PEN_STR("x\ny\n")},
        {"a URL", PEN_STR("a: https://h:8/p"), PEN_JSON_STRING, PEN_STR("https://h:8/p")},
        {"a variable", PEN_STR("a: ${X}"), PEN_JSON_STRING, PEN_STR("${X}")},
    };
    for (size_t i = 0; i < PEN_COUNT_OF(rows); i++) {
        const struct pen_json *const value = pen_json_member(read_ok(rows[i].source), PEN_S("a"));
        if (value == NULL || value->type != rows[i].type
            || !pen_str_equal(value->text, rows[i].text)) {
            fail_msg("%s: type %d", rows[i].why, value == NULL ? -1 : (int)value->type);
        }
    }
}

static void links_the_tree_as_the_json_reader_does(void **state)
{
    (void)state;
    const struct pen_json *const root = read_ok(PEN_S("a: [1, {b: two}]\nc: {d: []}\n"));
    char memory[64];
    struct pen_buf pointer = pen_buf_over(memory, sizeof(memory));
    const struct pen_json *const two = pen_json_resolve(root, PEN_S("/a/1/b"));

    assert_non_null(two);
    assert_true(pen_str_equal(two->text, PEN_S("two")));
    pen_json_pointer(two, &pointer);
    assert_true(pen_str_equal(pen_buf_str(&pointer), PEN_S("/a/1/b")));
    assert_int_equal(root->count, 2);
    assert_null(root->parent);
    assert_null(root->name.ptr);
    assert_int_equal(pen_json_resolve(root, PEN_S("/c/d"))->count, 0);
    assert_int_equal(pen_json_resolve(root, PEN_S("/a/1"))->index, 1);
}

static void places_are_bytes_even_behind_wide_characters(void **state)
{
    (void)state;
    const struct pen_str source =
        PEN_S("\xef\xbb\xbf# \xe2\x82\xac \xf0\x9f\x9a\xb0\r\n'n\xc3\xa4me': "
              "\"v\xc3\xa4lue\"\nnext: plain");
    const struct pen_json *const root = read_ok(source);
    const struct pen_json *const first = root->first;
    const struct pen_json *const second = first->next;
    const struct {
        struct pen_place place;
        struct pen_str written;
    } rows[] = {
        {first->name_place, PEN_STR("'n\xc3\xa4me'")},
        {first->place, PEN_STR("\"v\xc3\xa4lue\"")},
        {second->name_place, PEN_STR("next")},
        {second->place, PEN_STR("plain")},
    };
    for (size_t i = 0; i < PEN_COUNT_OF(rows); i++) {
        const struct pen_str found = pen_str_slice(source, rows[i].place.start, rows[i].place.end);
        if (!pen_str_equal(found, rows[i].written)) {
            fail_msg("read %.*s, not %.*s", PEN_STR_ARGS(found), PEN_STR_ARGS(rows[i].written));
        }
    }
    size_t line;
    size_t column;
    pen_yaml_place(source, second->place.start, &line, &column);
    assert_int_equal(line, 3);
    assert_int_equal(column, 7);
    assert_false(pen_yaml_is_plain(source, first->place.start));
    assert_true(pen_yaml_is_plain(source, second->place.start));
}

static void texts_are_followed_by_a_nul(void **state)
{
    (void)state;
    const struct pen_json *const value = read_ok(PEN_S("name: value"))->first;
    assert_int_equal(value->text.ptr[value->text.len], '\0');
    assert_int_equal(value->name.ptr[value->name.len], '\0');
}

static void reads_json_as_what_it_is(void **state)
{
    (void)state;
    const struct pen_json *const root =
        read_ok(PEN_S("{\"listen\": [{\"address\": \"127.0.0.1:0\"}], \"workers\": 2}\n"));
    assert_true(pen_str_equal(pen_json_resolve(root, PEN_S("/listen/0/address"))->text,
                              PEN_S("127.0.0.1:0")));
    assert_int_equal(pen_json_resolve(root, PEN_S("/workers"))->type, PEN_JSON_NUMBER);
}

static void refuses_what_has_two_readings_and_says_where(void **state)
{
    (void)state;
    const struct {
        const char *why;
        struct pen_str source;
        enum pen_status status;
        size_t line;
        size_t column;
        const char *says;
    } rows[] = {
        {"empty", PEN_STR(""), PEN_ERR_INVALID, 1, 1, "is empty"},
        {"only a comment", PEN_STR("# nothing\n"), PEN_ERR_INVALID, 1, 1, "is empty"},
        {"a key twice", PEN_STR("a: 1\nb: 2\na: 3\n"), PEN_ERR_INVALID, 3, 1,
         "'a' is given twice in one mapping, first on line 1"},
        {"a key twice, deep and quoted", PEN_STR("x:\n  - k: 1\n    'k': 2\n"), PEN_ERR_INVALID, 3,
         5, "first on line 2"},
        {"a key twice in braces", PEN_STR("{a: 1, b: 2, \"a\": 3}"), PEN_ERR_INVALID, 1, 14,
         "'a' is given twice"},
        {"anchor", PEN_STR("a: &x 1\n"), PEN_ERR_INVALID, 1, 4, "anchors"},
        {"anchor on a mapping", PEN_STR("a: &x\n  b: 1\n"), PEN_ERR_INVALID, 1, 4, "anchors"},
        {"anchor on a key", PEN_STR("&x a: 1\n"), PEN_ERR_INVALID, 1, 1, "anchors"},
        {"alias", PEN_STR("a: *x\n"), PEN_ERR_INVALID, 1, 4, "aliases"},
        {"merge key", PEN_STR("a:\n  <<: {b: 1}\n"), PEN_ERR_INVALID, 2, 3, "merge keys"},
        {"tag", PEN_STR("a: !!str 1\n"), PEN_ERR_INVALID, 1, 4, "tags"},
        {"own tag", PEN_STR("a: !secret x\n"), PEN_ERR_INVALID, 1, 4, "tags"},
        {"the tag '!'", PEN_STR("a: ! 1\n"), PEN_ERR_INVALID, 1, 4, "tags"},
        {"second document", PEN_STR("a: 1\n---\nb: 2\n"), PEN_ERR_INVALID, 2, 1, "second document"},
        {"directive", PEN_STR("%YAML 1.1\n---\na: 1\n"), PEN_ERR_INVALID, 1, 1, "%YAML"},
        {"list as key", PEN_STR("? [a]\n: 1\n"), PEN_ERR_INVALID, 1, 3, "a key must be text"},
        {"null as key", PEN_STR("?\n: 1\n"), PEN_ERR_INVALID, 1, 2, "a key is missing"},
        {"tab", PEN_STR("a:\n\tb: 1\n"), PEN_ERR_SYNTAX, 2, 1, "not with tabs"},
        {"unclosed list", PEN_STR("a: [1, 2\nb: 3\n"), PEN_ERR_SYNTAX, 2, 2, "not YAML"},
        {"bad indentation", PEN_STR("a:\n  b: 1\n c: 2\n"), PEN_ERR_SYNTAX, 3, 2, "not YAML"},
        {"unquoted variable in braces", PEN_STR("a: { b: ${X} }\n"), PEN_ERR_SYNTAX, 1, 10,
         "must stand in quotes"},
        {"text with a colon", PEN_STR("a: b: c\n"), PEN_ERR_SYNTAX, 1, 5,
         "a text with ': ' in it must stand in quotes"},
        {"too much indentation", PEN_STR("a: b\n c: d\n"), PEN_ERR_SYNTAX, 2, 3,
         "indented further than the one above it?"},
        {"unquoted IPv6 address", PEN_STR("a:\n  b: [::1]:80\n"), PEN_ERR_SYNTAX, 2, 7,
         "IPv6 address"},
        {"invalid UTF-8", PEN_STR("a: b\nc: \xff\n"), PEN_ERR_SYNTAX, 2, 4, "not UTF-8"},
        {"UTF-16", PEN_STR("\xff\xfe\x61\0"), PEN_ERR_SYNTAX, 1, 1, "not UTF-8"},
        {"NUL", PEN_STR("a: \0"), PEN_ERR_SYNTAX, 1, 4, "not UTF-8 text"},
    };
    for (size_t i = 0; i < PEN_COUNT_OF(rows); i++) {
        const struct pen_json *root = NULL;
        struct pen_error err = {.text = ""};
        const enum pen_status status = pen_yaml_read(rows[i].source, arena, &root, &err);
        if (status != rows[i].status || err.line != rows[i].line || err.column != rows[i].column
            || strstr(err.text, rows[i].says) == NULL || root != NULL) {
            fail_msg("%s: %s at %zu:%zu: %s", rows[i].why, pen_status_name(status), err.line,
                     err.column, err.text);
        }
    }
}

static void bounds_depth_and_size(void **state)
{
    (void)state;
    char deep[2 * (PEN_YAML_DEPTH + 1)];
    const struct pen_json *root;
    struct pen_error err;
    memset(deep, '[', PEN_YAML_DEPTH);
    memset(deep + PEN_YAML_DEPTH, ']', PEN_YAML_DEPTH);
    assert_int_equal(
        pen_yaml_read((struct pen_str){deep, (size_t)2 * PEN_YAML_DEPTH}, arena, &root, &err),
        PEN_OK);
    memset(deep, '[', sizeof(deep));
    assert_int_equal(pen_yaml_read((struct pen_str){deep, sizeof(deep)}, arena, &root, &err),
                     PEN_ERR_LIMIT);
    assert_int_equal(err.column, PEN_YAML_DEPTH + 1);

    char *large = test_malloc(PEN_YAML_BYTES + 1);
    memset(large, '#', PEN_YAML_BYTES + 1);
    assert_int_equal(pen_yaml_read((struct pen_str){large, PEN_YAML_BYTES + 1}, arena, &root, &err),
                     PEN_ERR_LIMIT);
    test_free(large);
}

static const char sample[] = "listen:\n"
                             "  - address: \"[::1]:8443\"   # comment \xe2\x82\xac\n"
                             "    tls: { certificate: a.pem, key: 'a.key' }\n"
                             "text: >-\n"
                             "  folded\n"
                             "  text\n"
                             "list: [1, -2.5e3, null, true, \"\\u20ac\"]\n";

static void every_truncation_is_read_or_refused_within_the_text(void **state)
{
    (void)state;
    for (size_t length = 0; length < sizeof(sample); length++) {
        /* A copy of exactly this size, so that the sanitizer sees a read past the end. */
        char *bytes = test_malloc(length + 1);
        memcpy(bytes, sample, length);
        const struct pen_json *root = NULL;
        struct pen_error err = {.text = ""};
        const struct pen_str source = {bytes, length};
        const enum pen_status status = pen_yaml_read(source, arena, &root, &err);
        if (status == PEN_OK) {
            assert_non_null(root);
        } else {
            size_t lines = 1;
            for (size_t i = 0; i < length; i++) {
                if (bytes[i] == '\n') lines++;
            }
            assert_in_range(err.line, 1, lines);
            assert_true(err.text[0] != '\0');
        }
        test_free(bytes);
    }
}

static void reads_past_utf_8_s_mark_at_the_beginning(void **state)
{
    (void)state;
    const struct pen_str source = PEN_STR("\xEF\xBB\xBF"
                                          "a: 1\n\xC3\xA4: 2\n");
    const struct pen_json *root = NULL;
    struct pen_error err = {.text = ""};
    if (pen_yaml_read(source, arena, &root, &err) != PEN_OK) fail_msg("%s", err.text);
    assert_int_equal(root->count, 2);
    assert_int_equal(root->first->name_place.start, 3);
    assert_int_equal(root->first->next->name_place.start, 8);
    size_t line;
    size_t column;
    pen_yaml_place(source, 3, &line, &column);
    assert_int_equal(line, 1);
    assert_int_equal(column, 1);

    const struct pen_str twice = PEN_STR("\xEF\xBB\xBF"
                                         "a: 1\na: 2\n");
    assert_int_equal(pen_yaml_read(twice, arena, &root, &err), PEN_ERR_INVALID);
    assert_int_equal(err.line, 2);
    assert_int_equal(err.column, 1);
    const struct pen_str foreign = PEN_STR("\xEF\xBB\xBF"
                                           "a: \xFF\n");
    assert_int_equal(pen_yaml_read(foreign, arena, &root, &err), PEN_ERR_SYNTAX);
    assert_int_equal(err.column, 4);
}

static void survives_memory_running_out_anywhere(void **state)
{
    (void)state;
    bool succeeded = false;
    for (size_t limit = 1; limit < 65536 && !succeeded; limit += 64) {
        struct pen_arena *small;
        const struct pen_json *root = NULL;
        struct pen_error err = {.text = ""};
        assert_int_equal(pen_arena_create(limit, 64, &small), PEN_OK);
        const enum pen_status status =
            pen_yaml_read((struct pen_str)PEN_STR(sample), small, &root, &err);
        succeeded = status == PEN_OK;
        if (!succeeded) assert_int_equal(status, PEN_ERR_NOMEM);
        pen_arena_destroy(small);
    }
    assert_true(succeeded);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(types_plain_scalars_by_the_json_schema, set_up, tear_down),
        cmocka_unit_test_setup_teardown(links_the_tree_as_the_json_reader_does, set_up, tear_down),
        cmocka_unit_test_setup_teardown(places_are_bytes_even_behind_wide_characters, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(texts_are_followed_by_a_nul, set_up, tear_down),
        cmocka_unit_test_setup_teardown(reads_json_as_what_it_is, set_up, tear_down),
        cmocka_unit_test_setup_teardown(refuses_what_has_two_readings_and_says_where, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(bounds_depth_and_size, set_up, tear_down),
        cmocka_unit_test_setup_teardown(every_truncation_is_read_or_refused_within_the_text, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(reads_past_utf_8_s_mark_at_the_beginning, set_up,
                                        tear_down),
        cmocka_unit_test(survives_memory_running_out_anywhere),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
