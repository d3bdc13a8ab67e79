/** Bytes with a length: classes of characters, words at a place, lists of words. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "filters/core/str.h"

static size_t count_of(bool (*is)(char))
{
    size_t count = 0;
    for (int c = 0; c < 256; c++) {
        if (is((char)c)) count++;
    }
    return count;
}

static void a_class_holds_what_its_grammar_lists(void **state)
{
    (void)state;
    assert_int_equal(count_of(pen_is_blank), 2);
    assert_int_equal(count_of(pen_is_space), 4);
    assert_int_equal(count_of(pen_is_html_space), 5);
    assert_int_equal(count_of(pen_is_alnum), 62);
    assert_int_equal(count_of(pen_is_name_char), 63);
    assert_int_equal(count_of(pen_is_script_name_char), 64);
    assert_int_equal(count_of(pen_is_script_quote), 3);
    assert_int_equal(count_of(pen_is_tchar), 77); /* RFC 9110: 15 marks, DIGIT, ALPHA */
    assert_false(pen_is_tchar('\0'));
    assert_false(pen_is_space('\v'));
}

static void a_word_stands_only_where_it_is_whole(void **state)
{
    (void)state;
    const struct pen_str text = PEN_STR("<!DOCTYPE x");
    assert_true(pen_str_stands(text, 2, PEN_S("DOC")));
    assert_false(pen_str_stands(text, 2, PEN_S("doc")));
    assert_true(pen_str_stands_fold(text, 2, PEN_S("doc")));
    assert_false(pen_str_stands(text, 10, PEN_S("xy")));
    assert_false(pen_str_stands(text, 99, PEN_S("x")));
    assert_true(pen_str_stands(text, 99, PEN_S("")));
    assert_true(pen_str_ends_fold(text, PEN_S("E X")));
    assert_false(pen_str_ends_fold(PEN_S("x"), PEN_S("xx")));
    assert_true(pen_str_contains_fold(text, PEN_S("type X")));
    assert_false(pen_str_contains_fold(text, PEN_S("types")));
    assert_false(pen_str_contains_fold(PEN_S(""), PEN_S("t")));
}

static void a_sorted_list_is_searched_in_any_case(void **state)
{
    (void)state;
    static const struct pen_str words[] = {
        PEN_STR("a"), PEN_STR("ab"), PEN_STR("b-c"), PEN_STR("b_c"), PEN_STR("z"),
    };
    for (size_t count = 0; count <= PEN_COUNT_OF(words); count++) {
        for (size_t i = 0; i < PEN_COUNT_OF(words); i++) {
            assert_int_equal(pen_str_is_among_sorted(words[i], words, count), i < count);
        }
    }
    assert_true(pen_str_is_among_sorted(PEN_S("B_C"), words, PEN_COUNT_OF(words)));
    assert_true(pen_str_is_among_fold(PEN_S("B_C"), words, PEN_COUNT_OF(words)));
    assert_false(pen_str_is_among(PEN_S("B_C"), words, PEN_COUNT_OF(words)));
    assert_true(pen_str_is_among(PEN_S("b_c"), words, PEN_COUNT_OF(words)));
    assert_false(pen_str_is_among_sorted(PEN_S("abc"), words, PEN_COUNT_OF(words)));
    assert_false(pen_str_is_among_sorted(PEN_S(""), words, PEN_COUNT_OF(words)));
}

static void what_stands_in_front_is_skipped_to_the_end_at_most(void **state)
{
    (void)state;
    const struct pen_str text = PEN_STR(" \t\n\rx \t");
    assert_int_equal(pen_str_skip_blank(text, 0), 2);
    assert_int_equal(pen_str_skip_space(text, 0), 4);
    assert_int_equal(pen_str_skip_space(text, 5), text.len);
    assert_int_equal(pen_str_skip_space((struct pen_str){NULL, 0}, 0), 0);
    assert_true(pen_str_equal(pen_str_trim(text), PEN_S("\n\rx")));
    assert_int_equal(pen_str_trim(PEN_S(" \t ")).len, 0);
    assert_int_equal(pen_str_trim((struct pen_str){NULL, 0}).len, 0);
}

static void a_token_ends_before_what_is_none(void **state)
{
    (void)state;
    const struct pen_str text = PEN_STR("text/x-y;q");
    size_t at = 0;
    assert_true(pen_str_equal(pen_str_take_token(text, &at), PEN_S("text")));
    assert_int_equal(at, 4);
    assert_int_equal(pen_str_take_token(text, &at).len, 0);
    assert_int_equal(at, 4);
    at = 5;
    assert_true(pen_str_equal(pen_str_take_token(text, &at), PEN_S("x-y")));
    at = 9;
    assert_true(pen_str_equal(pen_str_take_token(text, &at), PEN_S("q")));
    assert_int_equal(at, text.len);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_class_holds_what_its_grammar_lists),
        cmocka_unit_test(a_word_stands_only_where_it_is_whole),
        cmocka_unit_test(a_sorted_list_is_searched_in_any_case),
        cmocka_unit_test(what_stands_in_front_is_skipped_to_the_end_at_most),
        cmocka_unit_test(a_token_ends_before_what_is_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
