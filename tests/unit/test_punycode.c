/** Punycode: the RFC's samples there and back, and what is none. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "filters/core/utf8.h"
#include "filters/schema/punycode.h"

#define MOST 64

static size_t scalars_of(const char *text, uint32_t out[MOST])
{
    const struct pen_str s = pen_str_from_c(text);
    size_t count = 0;
    for (size_t at = 0; at < s.len; count++) {
        assert_true(count < MOST);
        const size_t length = pen_utf8_decode(s.ptr + at, s.len - at, &out[count]);
        assert_true(length > 0);
        at += length;
    }
    return count;
}

/* RFC 3492 section 7.1, with the letters that the encoder writes: lower ones. */
static void agrees_with_the_samples_of_the_rfc(void **state)
{
    (void)state;
    static const char *const rows[][2] = {
        {"\u0644\u064a\u0647\u0645\u0627\u0628\u062a\u0643\u0644\u0645\u0648\u0634\u0639\u0631"
         "\u0628"
         "\u064a\u061f",
         "egbpdaj6bu4bxfgehfvwxn"},
        {"\u4ed6\u4eec\u4e3a\u4ec0\u4e48\u4e0d\u8bf4\u4e2d\u6587", "ihqwcrb4cv8a8dqg056pqjye"},
        {"\u4ed6\u5011\u7232\u4ec0\u9ebd\u4e0d\u8aaa\u4e2d\u6587", "ihqwctvzc91f659drss3x8bo0yb"},
        {"Pro\u010dprost\u011bnemluv\u00ed\u010desky", "Proprostnemluvesky-uyb24dma41a"},
        {"\u306a\u305c\u307f\u3093\u306a\u65e5\u672c\u8a9e\u3092\u8a71\u3057\u3066\u304f\u308c"
         "\u306a"
         "\u3044\u306e\u304b",
         "n8jok5ay5dzabd5bym9f0cm5685rrjetr6pdxa"},
        {"\u043f\u043e\u0447\u0435\u043c\u0443\u0436\u0435\u043e\u043d\u0438\u043d\u0435\u0433"
         "\u043e"
         "\u0432\u043e\u0440\u044f\u0442\u043f\u043e\u0440\u0443\u0441\u0441\u043a\u0438",
         "b1abfaaepdrnnbgefbadotcwatmq2g4l"},
        {"3\u5e74B\u7d44\u91d1\u516b\u5148\u751f", "3B-ww4c5e180e575a65lsy2b"},
        {"Hello-Another-Way-\u305d\u308c\u305e\u308c\u306e\u5834\u6240",
         "Hello-Another-Way--fc4qua05auwb3674vfr0b"},
        {"\u30d1\u30d5\u30a3\u30fcde\u30eb\u30f3\u30d0", "de-jg4avhby1noc0d"},
        {"\u305d\u306e\u30b9\u30d4\u30fc\u30c9\u3067", "d9juau41awczczp"},
        {"-> $1.00 <-", "-> $1.00 <--"},
        {"\U0010ffff", "dn32g"},
    };
    for (size_t i = 0; i < PEN_COUNT_OF(rows); i++) {
        uint32_t scalars[MOST];
        const size_t count = scalars_of(rows[i][0], scalars);
        char bytes[MOST];
        struct pen_buf buf = pen_buf_over(bytes, sizeof(bytes));
        pen_punycode_encode(scalars, count, &buf);
        const struct pen_str code = pen_str_from_c(rows[i][1]);
        if (!pen_str_equal(pen_buf_str(&buf), code)) {
            fail_msg("%s is not %.*s", rows[i][1], PEN_STR_ARGS(pen_buf_str(&buf)));
        }

        uint32_t back[MOST];
        size_t back_count = 0;
        if (!pen_punycode_decode(code, back, MOST, &back_count)) fail_msg("%s", rows[i][1]);
        assert_int_equal(back_count, count);
        assert_memory_equal(back, scalars, count * sizeof(*scalars));
        assert_false(pen_punycode_decode(code, back, count - 1, &back_count));
    }
}

static void refuses_what_is_none(void **state)
{
    (void)state;
    static const struct pen_str rows[] = {
        PEN_STR("9"),          /* the number goes on */
        PEN_STR("a-9"),        /* here too */
        PEN_STR("!"),          /* no digit */
        PEN_STR("\xc3\xa9-a"), /* beyond ASCII in front */
        PEN_STR("99999999"),   /* too large for 32 bits */
        PEN_STR("en32g"),      /* U+110000 */
        PEN_STR("a a"),        PEN_STR("ab\0"),
    };
    for (size_t i = 0; i < PEN_COUNT_OF(rows); i++) {
        uint32_t out[MOST];
        size_t count;
        if (pen_punycode_decode(rows[i], out, MOST, &count)) fail_msg("row %zu", i);
    }
}

static void writes_no_more_than_fits(void **state)
{
    (void)state;
    uint32_t scalars[MOST];
    const size_t count = scalars_of("b\u00fccher", scalars);
    for (size_t room = 0; room <= 9; room++) { /* "bcher-kva" */
        char bytes[9];
        struct pen_buf buf = pen_buf_over(bytes, room);
        pen_punycode_encode(scalars, count, &buf);
        assert_int_equal(buf.full, room < 9);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(agrees_with_the_samples_of_the_rfc),
        cmocka_unit_test(refuses_what_is_none),
        cmocka_unit_test(writes_no_more_than_fits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
