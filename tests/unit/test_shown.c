/** What is shown of strangers' texts: escaped, measured, cut. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <string.h>

#include "gateway/cli/shown.h"

static void escapes_what_a_terminal_would_obey_or_hide(void **state)
{
    (void)state;
    const struct {
        const char *why;
        struct pen_str text;
        struct pen_str shown;
    } rows[] = {
        {"ordinary", PEN_STR("Siobhan O'Brien"), PEN_STR("\"Siobhan O'Brien\"")},
        {"empty", PEN_STR(""), PEN_STR("\"\"")},
        {"quote and backslash", PEN_STR("a\"b\\c"), PEN_STR("\"a\\\"b\\\\c\"")},
        {"lines", PEN_STR("a\r\n\tb"), PEN_STR("\"a\\r\\n\\tb\"")},
        {"a colour", PEN_STR("\x1b[31m"), PEN_STR("\"\\u001b[31m\"")},
        {"NUL and DEL", PEN_STR("\0\x7f"), PEN_STR("\"\\u0000\\u007f\"")},
        {"CSI in one byte of Latin-1", PEN_STR("\xc2\x9b"), PEN_STR("\"\\u009b\"")},
        {"right to left", PEN_STR("a\u202eb"), PEN_STR("\"a\\u202eb\"")},
        {"no width", PEN_STR("a\u200bb\ufeff"), PEN_STR("\"a\\u200bb\\ufeff\"")},
        {"tags", PEN_STR("\U000e0041"), PEN_STR("\"\\udb40\\udc41\"")},
        {"names of the world", PEN_STR("\u540d\u524d caf\u00e9"),
         PEN_STR("\"\u540d\u524d caf\u00e9\"")},
        {"no UTF-8", PEN_STR("a\xff\xc3"), PEN_STR("\"a\\xff\\xc3\"")},
        {"cut within a character", PEN_STR("\xf0\x9f\x98"), PEN_STR("\"\\xf0\\x9f\\x98\"")},
    };
    for (size_t i = 0; i < PEN_COUNT_OF(rows); i++) {
        char memory[128];
        struct pen_buf buf = pen_buf_over(memory, sizeof(memory));
        assert_true(pen_shown_quoted(&buf, rows[i].text, 80));
        if (!pen_str_equal(pen_buf_str(&buf), rows[i].shown)) {
            fail_msg("%s: %.*s", rows[i].why, PEN_STR_ARGS(pen_buf_str(&buf)));
        }
    }
}

static void cuts_by_columns_and_never_within_an_escape(void **state)
{
    (void)state;
    const struct {
        const char *why;
        struct pen_str text;
        size_t columns;
        struct pen_str shown;
    } rows[] = {
        {"fits exactly", PEN_STR("abcdef"), 8, PEN_STR("\"abcdef\"")},
        {"one too many", PEN_STR("abcdefg"), 8, PEN_STR("\"abcde\u2026\"")},
        {"wide ones take two", PEN_STR("\u540d\u524d\u540d\u524d"), 8,
         PEN_STR("\"\u540d\u524d\u2026\"")},
        {"marks take none", PEN_STR("e\u0301e\u0301e\u0301e\u0301e\u0301e\u0301"), 8,
         PEN_STR("\"e\u0301e\u0301e\u0301e\u0301e\u0301e\u0301\"")},
        {"an escape does not fit",
         PEN_STR("abc\x1b"
                 "d"),
         8, PEN_STR("\"abc\u2026\"")},
        {"no room at all", PEN_STR("abc"), 0, PEN_STR("\"a\u2026\"")},
    };
    for (size_t i = 0; i < PEN_COUNT_OF(rows); i++) {
        char memory[128];
        struct pen_buf buf = pen_buf_over(memory, sizeof(memory));
        (void)pen_shown_quoted(&buf, rows[i].text, rows[i].columns);
        if (!pen_str_equal(pen_buf_str(&buf), rows[i].shown)) {
            fail_msg("%s: %.*s", rows[i].why, PEN_STR_ARGS(pen_buf_str(&buf)));
        }
    }
}

static void keeps_the_end_of_a_path(void **state)
{
    (void)state;
    char memory[64];
    struct pen_buf buf = pen_buf_over(memory, sizeof(memory));
    assert_int_equal(pen_shown_path(&buf, PEN_S("/Records/0/s3/object/key"), 40), 24);
    assert_true(pen_str_equal(pen_buf_str(&buf), PEN_S("/Records/0/s3/object/key")));
    buf.len = 0;
    assert_int_equal(pen_shown_path(&buf, PEN_S("/Records/0/s3/object/key"), 12), 12);
    assert_true(pen_str_equal(pen_buf_str(&buf), PEN_S("\u2026/object/key")));
    buf.len = 0;
    pen_shown_path(&buf, PEN_S("/a\x1b[1m\n"), 40);
    assert_true(pen_str_equal(pen_buf_str(&buf), PEN_S("/a\\u001b[1m\\n")));
}

static void groups_digits_by_three(void **state)
{
    (void)state;
    const struct {
        uint64_t count;
        struct pen_str shown;
    } rows[] = {
        {0, PEN_STR("0")},
        {999, PEN_STR("999")},
        {1000, PEN_STR("1,000")},
        {1048576, PEN_STR("1,048,576")},
        {UINT64_MAX, PEN_STR("18,446,744,073,709,551,615")},
    };
    for (size_t i = 0; i < PEN_COUNT_OF(rows); i++) {
        char memory[64];
        struct pen_buf buf = pen_buf_over(memory, sizeof(memory));
        pen_shown_count(&buf, rows[i].count);
        assert_true(pen_str_equal(pen_buf_str(&buf), rows[i].shown));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(escapes_what_a_terminal_would_obey_or_hide),
        cmocka_unit_test(cuts_by_columns_and_never_within_an_escape),
        cmocka_unit_test(keeps_the_end_of_a_path),
        cmocka_unit_test(groups_digits_by_three),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
