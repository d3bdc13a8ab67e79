/** Forms and queries: the one way that the standard gives, and what others read in other ways. */
#include "tests/unit/body_case.h"

static struct pen_arena *arena;

static int set_up(void **state)
{
    (void)state;
    return pen_arena_create((size_t)4 << 20, 4096, &arena) == PEN_OK ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    pen_arena_destroy(arena);
    return 0;
}

static void reads_names_and_values(void **state)
{
    (void)state;
    const struct {
        const char *why;
        struct pen_str body;
        struct pen_str leaves;
    } rows[] = {
        {"one field", PEN_STR("a=b"), PEN_STR("form:/a#=a;form:/a=b;")},
        {"no value", PEN_STR("a"), PEN_STR("form:/a#=a;")},
        {"an empty value", PEN_STR("a="), PEN_STR("form:/a#=a;")},
        {"no name", PEN_STR("=b"), PEN_STR("form:/=b;")},
        {"empty pairs", PEN_STR("&&a=b&"), PEN_STR("form:/a#=a;form:/a=b;")},
        {"a second '=' is part of the value", PEN_STR("a=b=c"), PEN_STR("form:/a#=a;form:/a=b=c;")},
        {"a name twice: ticked boxes", PEN_STR("c=1&c=2"),
         PEN_STR("form:/c#=c;form:/c=1;form:/c#=c;form:/c=2;")},
        {"with brackets and without", PEN_STR("c=1&c[]=2"),
         PEN_STR("form:/c#=c;form:/c=1;form:/c[]#=c[];form:/c[]=2;")},
        {"'+' and an encoded '+'", PEN_STR("a=b+c%2Bd"),
         PEN_STR("form:/a#=a;form:/a=b+c%2Bd;form:/a=b c+d|form;")},
        {"an encoded '&' parts nothing", PEN_STR("a=b%26c"),
         PEN_STR("form:/a#=a;form:/a=b%26c;form:/a=b&c|form;")},
        {"a ';' that parts no pair", PEN_STR("note=one; two"),
         PEN_STR("form:/note#=note;form:/note=one; two;")},
        {"an encoded ';' and '='", PEN_STR("a=1%3Bb=2"),
         PEN_STR("form:/a#=a;form:/a=1%3Bb=2;form:/a=1;b=2|form;")},
        {"UTF-8, encoded and not", PEN_STR("a=%C3%A4\xc3\xa4"),
         PEN_STR("form:/a#=a;form:/a=%C3%A4\xc3\xa4;form:/a=\xc3\xa4\xc3\xa4|form;")},
        {"a charset that is this one", PEN_STR("_charset_=UTF-8"),
         PEN_STR("form:/_charset_#=_charset_;form:/_charset_=UTF-8;")},
        {"one more layer is no fault of the form", PEN_STR("a=%2500"),
         PEN_STR("form:/a#=a;form:/a=%2500;form:/a=%00|form;form:/a=\0|form|percent;")},
    };
    for (size_t i = 0; i < PEN_COUNT_OF(rows); i++) {
        const struct pen_event_input input = {.body = rows[i].body, .body_kind = PEN_BODY_FORM};
        expect_leaves(rows[i].why, &input, rows[i].leaves, arena);
    }
}

static void refuses_what_others_read_in_another_way(void **state)
{
    (void)state;
    const struct {
        const char *why;
        struct pen_str text;
        const char *form;
        const char *query;
    } rows[] = {
        {"'%' at the end", PEN_STR("a=%"), "form.syntax", "query.syntax"},
        {"'%' and a digit", PEN_STR("a=%4"), "form.syntax", "query.syntax"},
        {"'%' and no digits", PEN_STR("a=%zz"), "form.syntax", "query.syntax"},
        {"IIS's '%u'", PEN_STR("a=%u0027"), "form.syntax", "query.syntax"},
        {"'%' before '&'", PEN_STR("a=%&b=1"), "form.syntax", "query.syntax"},
        {"';' and another field", PEN_STR("a=1;b=2"), "form.semicolon", "query.semicolon"},
        {"';' in a name", PEN_STR("a;b=2"), "form.semicolon", "query.semicolon"},
        {"';' and '&'", PEN_STR("a=1&b=2;c=3"), "form.semicolon", "query.semicolon"},
        {"NUL in a value", PEN_STR("a=b%00c"), "form.nul", "query.nul"},
        {"NUL in a name", PEN_STR("a%00=1"), "form.nul", "query.nul"},
        {"a raw NUL", PEN_STR("ab=1\0"), "form.nul", "query.nul"},
        {"an overlong '/'", PEN_STR("a=..%c0%af"), "form.utf8", "query.utf8"},
        {"an overlong quote, three bytes", PEN_STR("a=%e0%80%a7"), "form.utf8", "query.utf8"},
        {"a surrogate", PEN_STR("a=%ed%a0%80"), "form.utf8", "query.utf8"},
        {"Latin-1", PEN_STR("a=M%FCller"), "form.utf8", "query.utf8"},
        {"Latin-1 as it is", PEN_STR("a=M\xfcller"), "form.utf8", "query.utf8"},
        {"half a character before '&'", PEN_STR("a=%c3&%a4=b"), "form.utf8", "query.utf8"},
        {"above U+10FFFF", PEN_STR("a=%f4%90%80%80"), "form.utf8", "query.utf8"},
        {"another charset", PEN_STR("_charset_=utf-16&a=1"), "form.charset", "query.charset"},
        {"another charset, its name encoded", PEN_STR("%5fcharset_=utf-7"), "form.charset",
         "query.charset"},
        {"a charset that is not said", PEN_STR("a=1&_charset_"), "form.charset", "query.charset"},
    };
    for (size_t i = 0; i < PEN_COUNT_OF(rows); i++) {
        const struct pen_event_input form = {.body = rows[i].text, .body_kind = PEN_BODY_FORM};
        const struct pen_event_input query = {.query = rows[i].text};
        expect_refusal(rows[i].why, &form, PEN_ERR_SYNTAX, rows[i].form, arena);
        expect_refusal(rows[i].why, &query, PEN_ERR_SYNTAX, rows[i].query, arena);
    }
}

static void refuses_marks_and_wide_characters(void **state)
{
    (void)state;
    const struct pen_event_input mark = {.body = PEN_STR("\xef\xbb\xbf"
                                                         "a=1"),
                                         .body_kind = PEN_BODY_FORM};
    const struct pen_event_input wide = {.body = PEN_STR("a\0=\0"), .body_kind = PEN_BODY_FORM};
    const struct pen_event_input more = {
        .body = PEN_STR("a=\xc3\xa4"), .body_kind = PEN_BODY_FORM, .is_ascii = true};
    expect_refusal("a mark", &mark, PEN_ERR_SYNTAX, "charset.bom", arena);
    expect_refusal("UTF-16", &wide, PEN_ERR_SYNTAX, "charset.utf16", arena);
    expect_refusal("not ASCII", &more, PEN_ERR_SYNTAX, "charset.ascii", arena);
}

static void bounds_the_number_of_fields(void **state)
{
    (void)state;
    char text[1024] = {0};
    struct pen_buf buf = pen_buf_over(text, sizeof(text));
    for (size_t i = 0; i < 256; i++) {
        pen_buf_put(&buf, PEN_S("a&&"));
    }
    struct pen_event_input input = {.body = pen_buf_str(&buf), .body_kind = PEN_BODY_FORM};
    struct pen_event event;
    assert_int_equal(pen_event_decode(&input, NULL, arena, &event, NULL), PEN_OK);
    assert_int_equal(event.leaf_count, 256);

    pen_buf_put(&buf, PEN_S("b"));
    input.body = pen_buf_str(&buf);
    expect_refusal("one too many", &input, PEN_ERR_LIMIT, "form.fields", arena);
    input = (struct pen_event_input){.query = pen_buf_str(&buf)};
    expect_refusal("one too many", &input, PEN_ERR_LIMIT, "query.fields", arena);

    const struct pen_event_limits more = {.fields = 257};
    assert_int_equal(pen_event_decode(&input, &more, arena, &event, NULL), PEN_OK);
    assert_int_equal(event.leaf_count, 257);
}

static void is_cut_anywhere_without_harm(void **state)
{
    (void)state;
    const struct pen_str whole = PEN_STR("a=1&na%C3%A4me=%27x%27+y;z&_charset_=utf-8&p=%7B%7D");
    for (size_t length = 0; length <= whole.len; length++) {
        const struct pen_event_input input = {.body = {whole.ptr, length},
                                              .body_kind = PEN_BODY_FORM};
        struct pen_event event;
        struct pen_json_error error = {0};
        const enum pen_status status = pen_event_decode(&input, NULL, arena, &event, &error);
        assert_true(status == PEN_OK || (status == PEN_ERR_SYNTAX && error.code != NULL));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(reads_names_and_values, set_up, tear_down),
        cmocka_unit_test_setup_teardown(refuses_what_others_read_in_another_way, set_up, tear_down),
        cmocka_unit_test_setup_teardown(refuses_marks_and_wide_characters, set_up, tear_down),
        cmocka_unit_test_setup_teardown(bounds_the_number_of_fields, set_up, tear_down),
        cmocka_unit_test_setup_teardown(is_cut_anywhere_without_harm, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
