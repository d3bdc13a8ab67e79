/** Encoded words of mail headers, in whatever charset. */
#include <string.h>

#include "filters/core/envelope/words.h"
#include "tests/unit/arena_case.h"

static void undoes_encoded_words(void **state)
{
    (void)state;
    const struct {
        const char *why;
        struct pen_str in;
        struct pen_str out;
    } rows[] = {
        {"no word", PEN_STR("a =? b"), PEN_STR("a =? b")},
        {"Q", PEN_STR("=?utf-8?Q?a=27_b?="), PEN_STR("a' b")},
        {"B, in the middle", PEN_STR("x =?UTF-8?b?YSc=?= y"), PEN_STR("x a' y")},
        {"space between two", PEN_STR("=?utf-8?q?a?= \r\n =?utf-8?q?b?="), PEN_STR("ab")},
        {"space before the first", PEN_STR(" =?utf-8?q?a?="), PEN_STR(" a")},
        {"Latin 1", PEN_STR("=?iso-8859-1*de?q?=FC?="), PEN_STR("\xc3\xbc")},
        {"no UTF-8", PEN_STR("=?utf-8?q?=FC=27?="), PEN_STR("\xc3\xbc'")},
        {"more than ASCII", PEN_STR("=?us-ascii?q?=27=FC?="), PEN_STR("'\xc3\xbc")},
        {"another charset", PEN_STR("=?koi8-r?q?a=C1=27?="), PEN_STR("a\xc3\x81'")},
        {"UTF-16 with a mark", PEN_STR("=?utf-16?b?//4nACAATwBSAA==?="), PEN_STR("' OR")},
        {"UTF-16 without", PEN_STR("=?UTF-16BE?b?ACcAIABPAFI=?="), PEN_STR("' OR")},
        {"its letters beyond ASCII", PEN_STR("=?utf-16le?b?5gAnAE9g?="),
         PEN_STR("\xc3\xa6'\xe6\x81\x8f")},
        {"UTF-32", PEN_STR("=?utf-32le?q?=27=00=00=00O=00=00=00R=00=00=00?="), PEN_STR("'OR")},
        {"a question mark within", PEN_STR("=?utf-8?q?a?b?="), PEN_STR("a?b")},
        {"base64 with a blank in it", PEN_STR("=?utf-8?b?Y Sc=?="), PEN_STR("a'")},
        {"cut", PEN_STR("=?utf-8?q?a?"), PEN_STR("=?utf-8?q?a?")},
        {"no such encoding", PEN_STR("=?utf-8?x?a?="), PEN_STR("=?utf-8?x?a?=")},
    };
    for (size_t i = 0; i < PEN_COUNT_OF(rows); i++) {
        struct pen_str out;
        assert_int_equal(pen_words_decode(rows[i].in, arena, &out), PEN_OK);
        if (!pen_str_equal(out, rows[i].out)) {
            fail_msg("%s: %.*s", rows[i].why, PEN_STR_ARGS(out));
        }
        for (size_t length = 0; length < rows[i].in.len; length++) {
            assert_int_equal(pen_words_decode(pen_str_slice(rows[i].in, 0, length), arena, &out),
                             PEN_OK);
        }
    }
}

/* "' or 1=1" in code page 37. */
static void refuses_mail_in_ebcdic(void **state)
{
    (void)state;
    static const char *const charsets[] = {"cp037", "IBM037",   "037",      "ebcdic-cp-us",
                                           "cp500", "IBM01140", "x-ibm1047"};
    static const char *const others[] = {"cp1252", "ibm850", "cp437", "windows-1250",
                                         "iso-8859-15"};
    struct pen_str out;
    char memory[64];
    for (size_t i = 0; i < PEN_COUNT_OF(charsets) + PEN_COUNT_OF(others); i++) {
        const bool refused = i < PEN_COUNT_OF(charsets);
        const char *const name = refused ? charsets[i] : others[i - PEN_COUNT_OF(charsets)];
        struct pen_buf text = pen_buf_over(memory, sizeof(memory));
        pen_buf_format(&text, "=?%s?q?=7D=40=96=99=40=F1?=", name);
        const enum pen_status status = pen_words_decode(pen_buf_str(&text), arena, &out);
        if (status != (refused ? PEN_ERR_SYNTAX : PEN_OK)) fail_msg("%s", name);
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(undoes_encoded_words),
        TEST(refuses_mail_in_ebcdic),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
