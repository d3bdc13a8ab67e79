/** The JSON reader: what it reads, what it refuses and with which code, and where things stand. */
#include "tests/unit/json_case.h"

#include <math.h>
#include <stdlib.h>

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
        {"only a comma", PEN_STR("[,]"), "json.syntax", 1},
        {"comment", PEN_STR("[1/**/]"), "json.syntax", 2},
        {"comment before", PEN_STR("//x\n{}"), "json.syntax", 0},
        {"comment behind", PEN_STR("{}//x"), "json.trailing", 2},
        {"comment as Python writes it", PEN_STR("#x\n{}"), "json.syntax", 0},
        {"single quotes", PEN_STR("{'a':1}"), "json.syntax", 1},
        {"single quotes around a value", PEN_STR("['a']"), "json.syntax", 1},
        {"a name without quotes", PEN_STR("{a:1}"), "json.syntax", 1},
        {"NaN", PEN_STR("[NaN]"), "json.syntax", 1},
        {"Infinity", PEN_STR("[Infinity]"), "json.syntax", 1},
        {"minus Infinity", PEN_STR("[-Infinity]"), "json.syntax", 2},
        {"a word in capitals", PEN_STR("[True]"), "json.syntax", 1},
        {"undefined", PEN_STR("[undefined]"), "json.syntax", 1},
        {"hexadecimal", PEN_STR("[0x1F]"), "json.syntax", 2},
        {"a point without digits", PEN_STR("[1.]"), "json.syntax", 3},
        {"a point first", PEN_STR("[.5]"), "json.syntax", 1},
        {"documents on two lines", PEN_STR("{\"a\":1}\n{\"a\":2}"), "json.trailing", 8},
        {"values without a comma", PEN_STR("[1 2]"), "json.syntax", 3},
        {"a space of Unicode", PEN_STR("[\xc2\xa0]"), "json.syntax", 1},
        {"a form feed", PEN_STR("\f[]"), "json.syntax", 0},
        {"a vertical tab among spaces", PEN_STR("[  \v  1]"), "json.syntax", 3},
        {"beyond a double", PEN_STR("[1e400]"), "json.number_range", 1},
        {"beyond a double, negative", PEN_STR("[7,-1E+400]"), "json.number_range", 3},
        {"an exponent beyond all", PEN_STR("1e99999999999999999999"), "json.number_range", 0},
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
        {"too small for a double", PEN_STR("1e-400"), PEN_STR("1e-400")},
        {"zero, however written", PEN_STR("0.00e999"), PEN_STR("0.00e999")},
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

static void put_digits(struct pen_buf *buf, char digit, size_t count)
{
    while (count-- > 0) {
        pen_buf_byte(buf, digit);
    }
}

static void refuses_exactly_what_rounds_to_infinity(void **state)
{
    (void)state;
    /* 2^1024 - 2^970 begins with these; the largest double is 1.7976931348623157...e308. */
    const struct {
        const char *why;
        struct pen_str head;
        size_t zeros; /* behind it */
        struct pen_str tail;
    } rows[] = {
        {"the largest double", PEN_STR("1.7976931348623157e308"), 0, PEN_STR("")},
        {"rounds down to it", PEN_STR("1.7976931348623158e308"), 0, PEN_STR("")},
        {"rounds up", PEN_STR("1.7976931348623159e308"), 0, PEN_STR("")},
        {"negative, rounds up", PEN_STR("-1.7976931348623159e+308"), 0, PEN_STR("")},
        {"309 digits, small enough", PEN_STR("1"), 308, PEN_STR("")},
        {"309 digits, too large", PEN_STR("2"), 308, PEN_STR("")},
        {"310 digits", PEN_STR("1"), 309, PEN_STR("")},
        {"400 digits", PEN_STR("1"), 399, PEN_STR("")},
        {"400 digits, made small", PEN_STR("1"), 399, PEN_STR("e-92")},
        {"400 digits, nearly made small", PEN_STR("1"), 399, PEN_STR("e-90")},
        {"a fraction made large", PEN_STR("0."), 400, PEN_STR("1e709")},
        {"a fraction made too large", PEN_STR("0."), 400, PEN_STR("1e711")},
        {"the exponent has leading zeros", PEN_STR("1e0000000000000000000000000000000001"), 0,
         PEN_STR("")},
        {"short and too large", PEN_STR("9e308"), 0, PEN_STR("")},
        {"short and large", PEN_STR("1e308"), 0, PEN_STR("")},
        {"two digits of exponent behind many", PEN_STR("1"), 240, PEN_STR("e99")},
        {"two digits of exponent behind fewer", PEN_STR("1"), 196, PEN_STR("e99")},
    };
    char memory[512];
    for (size_t i = 0; i < PEN_COUNT_OF(rows); i++) {
        struct pen_buf number = pen_buf_over(memory, sizeof(memory) - 1);
        pen_buf_put(&number, rows[i].head);
        put_digits(&number, '0', rows[i].zeros);
        pen_buf_put(&number, rows[i].tail);
        memory[number.len] = '\0';
        const bool finite = isfinite(strtod(memory, NULL)) != 0;
        const struct pen_json *root = NULL;
        struct pen_json_error error = {.code = "none"};
        const bool read = pen_json_read(pen_buf_str(&number), NULL, arena, &root, &error) == PEN_OK;
        if (read != finite) fail_msg("%s: %s", rows[i].why, error.code);
        if (!read) assert_string_equal(error.code, "json.number_range");
    }
}

static void finds_where_rounding_turns_to_the_digit(void **state)
{
    (void)state;
    /* All digits of 2^1024 - 2^970; one less is finite. */
    char digits[] =
        "1797693134862315807937289714053034150799341327100378269361737789804449682927647509466490"
        "1797758720709633028641669288791094655554785194040263065748867150582068190890200070838367"
        "6273854845817711531764475730270069855571366959622842914819860834936475292719074168444365"
        "510704342711559699508093042880177904174497792";
    const struct pen_str number = {digits, sizeof(digits) - 1};
    const struct pen_json *root = NULL;
    struct pen_json_error error = {0};
    assert_int_equal(pen_json_read(number, NULL, arena, &root, &error), PEN_ERR_SYNTAX);
    assert_string_equal(error.code, "json.number_range");
    digits[sizeof(digits) - 2] = '9';
    digits[sizeof(digits) - 3] = '7';
    assert_int_equal(pen_json_read(number, NULL, arena, &root, &error), PEN_OK);
}

static void skips_white_space_of_every_length(void **state)
{
    (void)state;
    char memory[128];
    for (size_t length = 0; length < 70; length++) {
        for (size_t at = 0; at <= length; at++) {
            struct pen_buf buf = pen_buf_over(memory, sizeof(memory));
            for (size_t i = 0; i < length; i++) {
                pen_buf_byte(&buf, " \n\r\t"[i % 4]);
            }
            pen_buf_put(&buf, PEN_S("7"));
            const struct pen_json *root = read_ok(pen_buf_str(&buf));
            assert_int_equal(root->place.start, length);
            if (at == length) continue;

            /* Anything else among it is none. */
            memory[at] = '\x0b';
            struct pen_json_error error = {0};
            assert_int_equal(pen_json_read(pen_buf_str(&buf), NULL, arena, &root, &error),
                             PEN_ERR_SYNTAX);
            assert_int_equal(error.offset, at);
        }
        pen_arena_reset(arena);
    }
}

static void stops_at_every_place_of_a_string(void **state)
{
    (void)state;
    /* What ends a run of plain bytes, at each offset within the blocks that are read at once. */
    const struct {
        struct pen_str text;
        const char *code; /* NULL: read */
    } rows[] = {
        {PEN_STR("\""), "json.syntax"},    {PEN_STR("\\"), "json.syntax"},
        {PEN_STR("\x1f"), "json.control"}, {PEN_STR("\0"), "json.control"},
        {PEN_STR("\x80"), "json.utf8"},    {PEN_STR("\xed\xa0\x80"), "json.utf8"},
        {PEN_STR("\xc3\xa9"), NULL},       {PEN_STR("\xf0\x9f\x98\x80"), NULL},
        {PEN_STR("\x7f"), NULL},           {PEN_STR("\\u00e9"), NULL},
    };
    char memory[128];
    for (size_t r = 0; r < PEN_COUNT_OF(rows); r++) {
        for (size_t at = 0; at < 48; at++) {
            struct pen_buf buf = pen_buf_over(memory, sizeof(memory));
            pen_buf_put(&buf, PEN_S("[\""));
            put_digits(&buf, 'a', at);
            pen_buf_put(&buf, rows[r].text);
            put_digits(&buf, '(', 48 - at);
            pen_buf_put(&buf, PEN_S("\"]"));
            const struct pen_json *root = NULL;
            struct pen_json_error error = {.code = "none"};
            const bool read =
                pen_json_read(pen_buf_str(&buf), NULL, arena, &root, &error) == PEN_OK;
            if (read != (rows[r].code == NULL)) fail_msg("row %zu at %zu: %s", r, at, error.code);
            if (!read) assert_string_equal(error.code, rows[r].code);
        }
        pen_arena_reset(arena);
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
        {PEN_STR("1e308"), PEN_ERR_LIMIT, 0},
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
        cmocka_unit_test_setup_teardown(refuses_exactly_what_rounds_to_infinity, set_up, tear_down),
        cmocka_unit_test_setup_teardown(finds_where_rounding_turns_to_the_digit, set_up, tear_down),
        cmocka_unit_test_setup_teardown(skips_white_space_of_every_length, set_up, tear_down),
        cmocka_unit_test_setup_teardown(stops_at_every_place_of_a_string, set_up, tear_down),
        cmocka_unit_test_setup_teardown(keeps_its_limits, set_up, tear_down),
        cmocka_unit_test_setup_teardown(refuses_every_truncation, set_up, tear_down),
        cmocka_unit_test_setup_teardown(survives_every_shortage_of_memory, set_up, tear_down),
        cmocka_unit_test_setup_teardown(turns_numbers_into_seconds_exactly, set_up, tear_down),
        cmocka_unit_test_setup_teardown(writes_and_follows_pointers, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
