/** Tables of words by letter and length. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "filters/core/words.h"
#include "filters/shell_names.h"
#include "filters/xss_words.h"

#define LIST_A(W) W("a", 1) W("ab", 2) W("abc", 3) W("abd", 4) W("az", 5)
#define LIST_Z(W) W("zip", 6)

static const struct pen_word_group list[PEN_WORD_LETTERS] = {
    ['a' - 'a'] = PEN_WORDS(LIST_A),
    ['z' - 'a'] = PEN_WORDS(LIST_Z),
};

static int kind_of(const char *text, size_t length, bool fold)
{
    const struct pen_word *const found = pen_word_find(list, text, length, fold);
    return found != NULL ? found->kind : 0;
}

static void finds_each_word_and_no_other(void **state)
{
    (void)state;
    assert_int_equal(kind_of("a", 1, false), 1);
    assert_int_equal(kind_of("abc", 3, false), 3);
    assert_int_equal(kind_of("abc", 2, false), 2);
    assert_int_equal(kind_of("abd", 3, false), 4);
    assert_int_equal(kind_of("az", 2, false), 5);
    assert_int_equal(kind_of("zip", 3, false), 6);
    assert_int_equal(kind_of("ZIP", 3, true), 6);
    assert_int_equal(kind_of("aBd", 3, true), 4);
    assert_int_equal(kind_of("aBd", 3, false), 0);
    assert_int_equal(kind_of("ZIP", 3, false), 0);
    assert_int_equal(kind_of("ac", 2, false), 0);
    assert_int_equal(kind_of("abe", 3, false), 0);
    assert_int_equal(kind_of("ab\0", 3, false), 0);
    assert_int_equal(kind_of("", 0, false), 0);
    assert_int_equal(kind_of("mmm", 3, false), 0);
    assert_int_equal(kind_of("{ab", 3, true), 0);
    assert_int_equal(kind_of("\xe1zz", 3, true), 0);
}

/* The tables are in order: a word out of its place would not be found. */
static void the_tables_are_searched_to_their_ends(void **state)
{
    (void)state;
    assert_int_equal(pen_js_word_of(PEN_S("XMLHttpRequest")), PEN_JS_WORD_METHOD);
    assert_int_equal(pen_js_word_of(PEN_S("alert")), PEN_JS_WORD_SINK);
    assert_int_equal(pen_js_word_of(PEN_S("await")), PEN_JS_WORD_KEYWORD);
    assert_int_equal(pen_js_word_of(PEN_S("a")), PEN_JS_WORD_OTHER);
    assert_int_equal(pen_shell_command_of("adduser"), PEN_SHELL_TOOL);
    assert_int_equal(pen_shell_command_of("az"), PEN_SHELL_BUILD);
    assert_int_equal(pen_shell_command_of("zsh"), PEN_SHELL_RUN);
    assert_int_equal(pen_shell_command_of("ID"), PEN_SHELL_UNKNOWN);
    assert_int_equal(pen_shell_command_of("XCopy.EXE"), PEN_SHELL_TOOL);
    assert_int_equal(pen_shell_command_of("dir.com"), PEN_SHELL_PROBE);
    assert_int_equal(pen_shell_command_of("python3.11"), PEN_SHELL_RUN);
    assert_int_equal(pen_shell_command_of("Perl5"), PEN_SHELL_RUN);
    assert_int_equal(pen_shell_command_of("w"), PEN_SHELL_WORDY);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_each_word_and_no_other),
        cmocka_unit_test(the_tables_are_searched_to_their_ends),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
