/** Addresses and networks: which texts are ones, and which address is in which network. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <string.h>

#include "gateway/net.h"

static void reads_addresses_in_one_spelling(void **state)
{
    (void)state;
    const struct {
        struct pen_str text;
        const char *written; /* NULL: refused */
    } rows[] = {
        {PEN_STR("192.0.2.1"), "192.0.2.1"},
        {PEN_STR("0.0.0.0"), "0.0.0.0"},
        {PEN_STR("2001:db8::1"), "[2001:db8::1]"},
        {PEN_STR("2001:DB8:0:0:0:0:0:1"), "[2001:db8::1]"},
        {PEN_STR("::"), "[::]"},
        {PEN_STR("::ffff:192.0.2.1"), "192.0.2.1"},
        {PEN_STR(""), NULL},
        {PEN_STR("192.0.2"), NULL},
        {PEN_STR("192.0.2.1.1"), NULL},
        {PEN_STR("192.0.2.01"), NULL},
        {PEN_STR("192.0.2.256"), NULL},
        {PEN_STR("0xc0000201"), NULL},
        {PEN_STR("3221225985"), NULL},
        {PEN_STR("192.0.2.1 "), NULL},
        {PEN_STR("192.0.2.1\0x"), NULL},
        {PEN_STR("[::1]"), NULL},
        {PEN_STR("fe80::1%eth0"), NULL},
        {PEN_STR("localhost"), NULL},
        {PEN_STR("1111:2222:3333:4444:5555:6666:7777:8888:9999:aaaa"), NULL},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct pen_address address;
        char memory[64] = "";
        struct pen_buf buf = pen_buf_over(memory, sizeof(memory) - 1);
        const bool read = pen_address_read(rows[i].text, &address) == PEN_OK;
        if (read != (rows[i].written != NULL)) fail_msg("%.*s", PEN_STR_ARGS(rows[i].text));
        if (!read) continue;
        pen_address_put(&buf, &address);
        assert_string_equal(memory, rows[i].written);
    }
}

static void reads_networks_and_says_what_is_wrong(void **state)
{
    (void)state;
    const struct {
        struct pen_str text;
        const char *problem; /* part of it; NULL: fine */
    } rows[] = {
        {PEN_STR("10.0.0.0/8"), NULL},
        {PEN_STR("0.0.0.0/0"), NULL},
        {PEN_STR("192.0.2.1"), NULL},
        {PEN_STR("192.0.2.1/32"), NULL},
        {PEN_STR("2001:db8::/32"), NULL},
        {PEN_STR("::/0"), NULL},
        {PEN_STR("::1/128"), NULL},
        {PEN_STR("10.0.0.1/8"), "first address"},
        {PEN_STR("2001:db8::1/64"), "first address"},
        {PEN_STR("10.0.0.0/33"), "0 to 32"},
        {PEN_STR("10.0.0.0/"), "0 to 32"},
        {PEN_STR("10.0.0.0/08"), "0 to 32"},
        {PEN_STR("10.0.0.0/-1"), "0 to 32"},
        {PEN_STR("10.0.0.0/8/8"), "0 to 32"},
        {PEN_STR("::/129"), "0 to 128"},
        {PEN_STR("10.0.0/8"), "such as"},
        {PEN_STR("/8"), "such as"},
        {PEN_STR("all"), "such as"},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct pen_network network;
        const char *problem = "";
        const bool read = pen_network_read(rows[i].text, &network, &problem) == PEN_OK;
        if (read != (rows[i].problem == NULL)) fail_msg("%.*s", PEN_STR_ARGS(rows[i].text));
        if (!read) assert_non_null(strstr(problem, rows[i].problem));
    }
}

static void knows_what_a_network_holds(void **state)
{
    (void)state;
    const struct {
        struct pen_str network;
        struct pen_str address;
        bool held;
    } rows[] = {
        {PEN_STR("10.0.0.0/8"), PEN_STR("10.255.255.255"), true},
        {PEN_STR("10.0.0.0/8"), PEN_STR("11.0.0.0"), false},
        {PEN_STR("10.0.0.0/8"), PEN_STR("::ffff:10.1.2.3"), true},
        {PEN_STR("192.0.2.128/25"), PEN_STR("192.0.2.127"), false},
        {PEN_STR("192.0.2.128/25"), PEN_STR("192.0.2.255"), true},
        {PEN_STR("0.0.0.0/0"), PEN_STR("203.0.113.9"), true},
        {PEN_STR("0.0.0.0/0"), PEN_STR("2001:db8::1"), false},
        {PEN_STR("::/0"), PEN_STR("203.0.113.9"), true},
        {PEN_STR("2001:db8::/33"), PEN_STR("2001:db8:7fff::"), true},
        {PEN_STR("2001:db8::/33"), PEN_STR("2001:db8:8000::"), false},
        {PEN_STR("::1"), PEN_STR("::1"), true},
        {PEN_STR("::1"), PEN_STR("127.0.0.1"), false},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct pen_network network;
        struct pen_address address;
        const char *problem;
        assert_int_equal(pen_network_read(rows[i].network, &network, &problem), PEN_OK);
        assert_int_equal(pen_address_read(rows[i].address, &address), PEN_OK);
        const struct pen_networks networks = {.list = &network, .count = 1};
        if (pen_networks_hold(&networks, &address) != rows[i].held) {
            fail_msg("%.*s in %.*s", PEN_STR_ARGS(rows[i].address), PEN_STR_ARGS(rows[i].network));
        }
        assert_false(pen_networks_hold(&networks, NULL));
    }
    assert_true(pen_networks_hold(&(struct pen_networks){.unix_socket = true}, NULL));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_addresses_in_one_spelling),
        cmocka_unit_test(reads_networks_and_says_what_is_wrong),
        cmocka_unit_test(knows_what_a_network_holds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
