/** UTF-8: every scalar value there and back, and nothing else. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "filters/core/utf8.h"

static void reads_back_every_scalar_that_it_writes(void **state)
{
    (void)state;
    size_t count = 0;
    for (uint32_t scalar = 0; scalar <= 0x110000; scalar++) {
        char bytes[4];
        const size_t length = pen_utf8_encode(scalar, bytes);
        if (length == 0) continue;
        count++;
        uint32_t back = 0;
        if (pen_utf8_decode(bytes, length, &back) != length || back != scalar
            || pen_utf8_decode(bytes, length - 1, &back) != 0) {
            fail_msg("U+%04X", scalar);
        }
    }
    assert_int_equal(count, 0x110000 - 0x800); /* all but the surrogates */
}

/* Whatever four bytes begin with is a sequence exactly when writing its scalar gives it again. */
static void reads_nothing_that_it_does_not_write(void **state)
{
    (void)state;
    static const unsigned char edges[] = {0x00, 0x41, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf,
                                          0xc0, 0xc1, 0xc2, 0xdf, 0xe0, 0xe1, 0xec, 0xed, 0xee,
                                          0xef, 0xf0, 0xf1, 0xf3, 0xf4, 0xf5, 0xff};
    const size_t n = sizeof(edges);
    for (size_t number = 0; number < n * n * n * n; number++) {
        const char bytes[4] = {(char)edges[number % n], (char)edges[number / n % n],
                               (char)edges[number / n / n % n], (char)edges[number / n / n / n]};
        uint32_t scalar = 0;
        char again[4];
        const size_t length = pen_utf8_decode(bytes, 4, &scalar);
        if (length > 0) {
            assert_int_equal(pen_utf8_encode(scalar, again), length);
            assert_memory_equal(bytes, again, length);
        } else {
            assert_int_equal(pen_utf8_valid_prefix((struct pen_str){bytes, 4}), 0);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_back_every_scalar_that_it_writes),
        cmocka_unit_test(reads_nothing_that_it_does_not_write),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
