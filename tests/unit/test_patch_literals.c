/** What is taken from an expression, and that whatever it matches holds one of these texts. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <string.h>

#include "filters/patch_literals.h"

/* "a|b", each text as it is; "-" for nothing. */
static struct pen_str listed(struct pen_str expression, char *memory, size_t room)
{
    struct pen_literals literals;
    struct pen_buf buf = pen_buf_over(memory, room);
    if (!pen_literals_take(expression, &literals)) return PEN_S("-");
    for (size_t i = 0; i < literals.count; i++) {
        if (i > 0) pen_buf_byte(&buf, '|');
        pen_buf_put(&buf, (struct pen_str){literals.list[i].bytes, literals.list[i].len});
    }
    return pen_buf_str(&buf);
}

static void takes_the_best_of_what_must_be_there(void **state)
{
    (void)state;
    const struct {
        const char *why;
        struct pen_str expression;
        struct pen_str taken;
    } rows[] = {
        {"a text", PEN_STR("phar://"), PEN_STR("phar://")},
        {"escapes", PEN_STR("\\$\\{jndi\\x3a\\n"), PEN_STR("${jndi:\n")},
        {"the longer of two", PEN_STR("ab.*cdef"), PEN_STR("cdef")},
        {"alternatives", PEN_STR("abc|defg"), PEN_STR("abc|defg")},
        {"alternatives within", PEN_STR("x(?:ab|cd)y"), PEN_STR("xaby|xcdy")},
        {"a small class", PEN_STR("[%$]\\{"), PEN_STR("%{|${")},
        {"a range", PEN_STR("v[1-3]/"), PEN_STR("v1/|v2/|v3/")},
        {"a large class is unknown", PEN_STR("[a-z]foo"), PEN_STR("foo")},
        {"a class of the others", PEN_STR("bar[^x]"), PEN_STR("bar")},
        {"something that may be missing", PEN_STR("foox?bar"), PEN_STR("fooxbar|foobar")},
        {"something that may be repeated", PEN_STR("fo+bar"), PEN_STR("bar")},
        {"a repeated group", PEN_STR("(?:abc){2,3}"), PEN_STR("abc")},
        {"a group that may be missing", PEN_STR("(?:abcdef)*xy"), PEN_STR("xy")},
        {"places take no room", PEN_STR("^\\bab\\b$"), PEN_STR("ab")},
        {"looking ahead takes no room", PEN_STR("ab(?=cd)(?!x)ef"), PEN_STR("abef")},
        {"looking back", PEN_STR("(?<![\\w])abc"), PEN_STR("abc")},
        {"an option", PEN_STR("(?i)AbC"), PEN_STR("AbC")},
        {"an option for a group", PEN_STR("(?s-m:ab)c"), PEN_STR("abc")},
        {"a named group", PEN_STR("(?<n>ab)c"), PEN_STR("abc")},
        {"a brace that is none", PEN_STR("a{b}c"), PEN_STR("a{b}c")},
        {"a bracket in a class", PEN_STR("[]a]bc"), PEN_STR("]bc|abc")},
        {"a hyphen at the end of one", PEN_STR("[a-]bc"), PEN_STR("abc|-bc")},
        {"NUL is in no text to wake on", PEN_STR("ab\\x00c"), PEN_STR("ab")},
        {"the better branch counts for nothing alone", PEN_STR("abcdef|xy"), PEN_STR("abcdef|xy")},
    };
    for (size_t i = 0; i < PEN_COUNT_OF(rows); i++) {
        char memory[512];
        const struct pen_str taken = listed(rows[i].expression, memory, sizeof(memory));
        if (!pen_str_equal(taken, rows[i].taken)) {
            fail_msg("%s: %.*s", rows[i].why, PEN_STR_ARGS(taken));
        }
    }
}

static void takes_nothing_where_nothing_is_certain(void **state)
{
    (void)state;
    const struct {
        const char *why;
        struct pen_str expression;
    } rows[] = {
        {"empty", PEN_STR("")},
        {"a single byte", PEN_STR("a")},
        {"a class alone", PEN_STR("\\d+")},
        {"everything may be missing", PEN_STR("(?:abc)?")},
        {"one branch promises nothing", PEN_STR("abc|\\w+")},
        {"one branch is empty", PEN_STR("abc|")},
        {"too many branches", PEN_STR("aa|ab|ac|ad|ae|af|ag|ah|ai|aj|ak|al|am|an|ao|ap|aq")},
        {"free spacing", PEN_STR("(?x)ab c")},
        {"a condition", PEN_STR("(?(?=ab)abc|abd)")},
        {"a verb", PEN_STR("(*ACCEPT)abc")},
        {"a call", PEN_STR("(?<n>abc)(?&n)")},
        {"quoting", PEN_STR("\\Qabc\\E")},
        {"a quantifier that later versions know", PEN_STR("abc{,2}")},
        {"zero times", PEN_STR("(?:abc){0}")},
    };
    for (size_t i = 0; i < PEN_COUNT_OF(rows); i++) {
        char memory[512];
        const struct pen_str taken = listed(rows[i].expression, memory, sizeof(memory));
        if (!pen_str_equal(taken, PEN_S("-"))) {
            fail_msg("%s: %.*s", rows[i].why, PEN_STR_ARGS(taken));
        }
    }
}

static void case_counts_unless_it_does_not(void **state)
{
    (void)state;
    struct pen_literals literals;
    assert_true(pen_literals_take(PEN_S("Ab"), &literals));
    assert_true(pen_literals_occur(&literals, PEN_S("xxAb")));
    assert_false(pen_literals_occur(&literals, PEN_S("xxab")));
    /* Wherever the option stands: too much is woken, never too little. */
    assert_true(pen_literals_take(PEN_S("Ab(?i)c"), &literals));
    assert_true(pen_literals_occur(&literals, PEN_S("aBC")));
    assert_false(pen_literals_occur(&literals, PEN_S("")));
}

static void deep_groups_end(void **state)
{
    (void)state;
    char text[4096];
    struct pen_buf buf = pen_buf_over(text, sizeof(text));
    struct pen_literals literals;
    for (size_t i = 0; i < 200; i++) {
        pen_buf_byte(&buf, '(');
    }
    pen_buf_put(&buf, PEN_S("abc"));
    for (size_t i = 0; i < 200; i++) {
        pen_buf_byte(&buf, ')');
    }
    assert_false(pen_literals_take(pen_buf_str(&buf), &literals));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(takes_the_best_of_what_must_be_there),
        cmocka_unit_test(takes_nothing_where_nothing_is_certain),
        cmocka_unit_test(case_counts_unless_it_does_not),
        cmocka_unit_test(deep_groups_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
