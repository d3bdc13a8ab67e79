/** Patterns of file names, held against what a shell makes of them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "filters/shell_globs.h"

static bool fits(const char *pattern, const char *name)
{
    return pen_shell_glob_fits(pen_str_from_c(pattern), pen_str_from_c(name));
}

static void a_sign_stands_for_what_a_shell_takes_it_for(void **state)
{
    (void)state;
    assert_true(fits("c?t", "cat"));
    assert_true(fits("c*", "cat"));
    assert_true(fits("*a*", "cat"));
    assert_true(fits("c[ab]t", "cat"));
    assert_true(fits("c[!x-z]t", "cat"));
    assert_true(fits("[]c]at", "cat"));
    assert_true(fits("/e*/p*d", "/etc/passwd"));
    assert_true(fits("", ""));
    assert_false(fits("c?t", "ct"));
    assert_false(fits("c[!a]t", "cat"));
    assert_false(fits("c[a", "ca"));
    assert_false(fits("*", "a/b"));
    assert_false(fits("?etc", "/etc"));
    assert_false(fits("cat", "cats"));
    assert_false(fits("cats", "cat"));
}

static void a_pattern_without_letters_names_nothing(void **state)
{
    (void)state;
    assert_int_equal(pen_shell_globbed_command(PEN_S("c?t")), PEN_SHELL_TOOL);
    assert_int_equal(pen_shell_globbed_command(PEN_S("i*")), PEN_SHELL_PROBE);
    assert_int_equal(pen_shell_globbed_command(PEN_S("?\?\?")), PEN_SHELL_UNKNOWN);
    assert_int_equal(pen_shell_globbed_command(PEN_S("*")), PEN_SHELL_UNKNOWN);
    assert_int_equal(pen_shell_globbed_command(PEN_S("main*.c")), PEN_SHELL_UNKNOWN);
    assert_true(pen_shell_globbed_secret(PEN_S("/etc/pa?swd")));
    assert_true(pen_shell_globbed_secret(PEN_S("/e*/s*w")));
    assert_false(pen_shell_globbed_secret(PEN_S("/etc/*")));
    assert_false(pen_shell_globbed_secret(PEN_S("/etc/*.conf")));
    assert_false(pen_shell_globbed_secret(PEN_S("src/p*")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_sign_stands_for_what_a_shell_takes_it_for),
        cmocka_unit_test(a_pattern_without_letters_names_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
