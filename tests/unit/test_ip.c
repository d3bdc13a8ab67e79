/** Addresses: which texts are some. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <arpa/inet.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "filters/core/ip.h"

static void takes_one_spelling_of_ipv4(void **state)
{
    (void)state;
    const struct {
        const char *text;
        bool is_address;
    } rows[] = {
        {"0.0.0.0", true},
        {"255.255.255.255", true},
        {"10.200.3.99", true},
        {"", false},
        {"1", false},
        {"1.2.3", false},
        {"1.2.3.4.", false},
        {"1.2.3.4.5", false},
        {".1.2.3.4", false},
        {"1..3.4", false},
        {"256.1.1.1", false},
        {"1.1.1.256", false},
        {"01.1.1.1", false},
        {"1.1.1.00", false},
        {"1.1.1.1000", false},
        {" 1.1.1.1", false},
        {"1.1.1.1\n", false},
        {"0x1.1.1.1", false},
        {"+1.1.1.1", false},
        {"1.1.1.-1", false},
        {"99999999999.1.1", false},
        {"1.1.1.1/8", false},
    };
    for (size_t i = 0; i < PEN_COUNT_OF(rows); i++) {
        if (pen_ip_is_v4(pen_str_from_c(rows[i].text)) != rows[i].is_address) {
            fail_msg("%s", rows[i].text);
        }
    }
    assert_false(pen_ip_is_v4((struct pen_str)PEN_STR("1.1.1.1\0")));
    assert_false(pen_ip_is_v4((struct pen_str){NULL, 0}));
}

static void takes_all_spellings_of_ipv6(void **state)
{
    (void)state;
    static const char *const good[] = {
        "::",
        "::1",
        "1::",
        "fe80::a",
        "1:2:3:4:5:6:7:8",
        "1:2:3:4:5:6:7::", /* "::" for one group: RFC 5952 advises against it, the grammar has it */
        "::2:3:4:5:6:7:8",
        "1::3:4:5:6:7:8",
        "ABCD:EF01:2345:6789:ABCD:EF01:2345:6789",
        "::ffff:192.168.0.1",
        "1:2:3:4:5:6:1.2.3.4",
        "::1.2.3.4",
        "1:2:3:4:5::1.2.3.4",
    };
    static const char *const bad[] = {
        "",
        ":",
        ":::",
        "1",
        "1:",
        ":1",
        "1:2",
        "1:2:3:4:5:6:7",
        "1:2:3:4:5:6:7:",
        "1:2:3:4:5:6:7:8:",
        "1:2:3:4:5:6:7:8:9",
        "1:2:3:4:5:6:7:8::",
        "::1:2:3:4:5:6:7:8",
        "1::2::3",
        "1:::2",
        "12345::",
        "g::",
        "1.2.3.4",
        "::1.2.3",
        "::1.2.3.256",
        "::01.2.3.4",
        "::1.2.3.4:5",
        "1.2.3.4::",
        "1:2:3:4:5:6:7:1.2.3.4",
        "1:2:3:4:5:6::1.2.3.4",
        "::1%eth0",
        "[::1]",
        "::1/64",
        "::1 ",
    };
    for (size_t i = 0; i < PEN_COUNT_OF(good); i++) {
        if (!pen_ip_is_v6(pen_str_from_c(good[i]))) fail_msg("refused: %s", good[i]);
    }
    for (size_t i = 0; i < PEN_COUNT_OF(bad); i++) {
        if (pen_ip_is_v6(pen_str_from_c(bad[i]))) fail_msg("taken: %s", bad[i]);
    }
}

/* Every text of up to 9 bytes over "1:." and every one of groups and gaps, against the C library.
 */
static void agrees_with_the_system(void **state)
{
    (void)state;
    static const char letters[] = "1:.";
    size_t taken = 0;
    for (unsigned number = 0; number < 3U * 3 * 3 * 3 * 3 * 3 * 3 * 3 * 3; number++) {
        char text[10];
        unsigned rest = number;
        for (size_t i = 0; i < 9; i++) {
            text[i] = letters[rest % 3];
            rest /= 3;
        }
        for (size_t length = 1; length <= 9; length++) {
            char copy[10] = {0};
            memcpy(copy, text, length);
            unsigned char address[16];
            const struct pen_str s = {copy, length};
            if (pen_ip_is_v4(s) != (inet_pton(AF_INET, copy, address) == 1)) fail_msg("%s", copy);
            const bool six = pen_ip_is_v6(s);
            if (six != (inet_pton(AF_INET6, copy, address) == 1)) fail_msg("%s", copy);
            taken += six;
        }
    }
    assert_true(taken > 100);
    for (unsigned gaps = 0; gaps < 1U << 10; gaps++) {
        char text[64];
        size_t length = 0;
        for (unsigned i = 0; i < 10; i++) {
            if (i > 0) text[length++] = ':';
            if (gaps >> i & 1) text[length++] = 'a';
        }
        for (size_t start = 0; start < length; start++) {
            char copy[64] = {0};
            memcpy(copy, text + start, length - start);
            unsigned char address[16];
            if (pen_ip_is_v6(pen_str_from_c(copy)) != (inet_pton(AF_INET6, copy, address) == 1)) {
                fail_msg("%s", copy);
            }
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(takes_one_spelling_of_ipv4),
        cmocka_unit_test(takes_all_spellings_of_ipv6),
        cmocka_unit_test(agrees_with_the_system),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
