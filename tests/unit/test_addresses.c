/** Connections by address: what is counted together, what apart, and that counts go back. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <arpa/inet.h>
#include <cmocka.h>
#include <string.h>

#include "gateway/edge/addresses.h"

static struct pen_address v6(const char *text)
{
    struct pen_address address = {{0}};
    assert_int_equal(inet_pton(AF_INET6, text, address.bytes), 1);
    return address;
}

static int set_up(void **state)
{
    struct pen_addresses *addresses = NULL;
    if (pen_addresses_create(&addresses) != PEN_OK) return -1;
    *state = addresses;
    return 0;
}

static int tear_down(void **state)
{
    pen_addresses_destroy(*state);
    return 0;
}

static void lets_in_as_many_as_may_be(void **state)
{
    const struct pen_address address = v6("::ffff:192.0.2.1");
    for (int i = 0; i < 3; i++) {
        assert_true(pen_addresses_enter(*state, &address, 3));
    }
    assert_false(pen_addresses_enter(*state, &address, 3));
    assert_false(pen_addresses_enter(*state, &address, 3));
    pen_addresses_leave(*state, &address);
    assert_true(pen_addresses_enter(*state, &address, 3));
    assert_false(pen_addresses_enter(*state, &address, 3));
}

static void tells_addresses_apart(void **state)
{
    const struct {
        const char *why;
        const char *one;
        const char *other;
        bool together;
    } rows[] = {
        {"IPv4 neighbours", "::ffff:192.0.2.1", "::ffff:192.0.2.2", false},
        {"IPv4 with the same low bytes", "::ffff:192.0.2.1", "::ffff:10.0.2.1", false},
        {"one network of 64 bits", "2001:db8:1:2::1", "2001:db8:1:2:ffff::9", true},
        {"neighbouring networks", "2001:db8:1:3::1", "2001:db8:1:4::1", false},
        {"loopback and an IPv4", "::1", "::ffff:127.0.0.1", false},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        const struct pen_address one = v6(rows[i].one);
        const struct pen_address other = v6(rows[i].other);
        assert_true(pen_addresses_enter(*state, &one, 1));
        const bool entered = pen_addresses_enter(*state, &other, 1);
        if (entered == rows[i].together) fail_msg("%s", rows[i].why);
        if (entered) pen_addresses_leave(*state, &other);
        pen_addresses_leave(*state, &one);
    }
}

static void keeps_room_for_one_among_ten_thousand_busy_ones(void **state)
{
    struct pen_address address = v6("::ffff:10.0.0.0");
    size_t crowded_out = 0;
    for (unsigned i = 0; i < 10000; i++) {
        address.bytes[14] = (unsigned char)(i >> 8);
        address.bytes[15] = (unsigned char)i;
        if (!pen_addresses_enter(*state, &address, 1)) crowded_out++;
    }
    /* All four counters shared: (10,000 / 32,768)^4 of them, and far fewer while it fills. */
    assert_in_range(crowded_out, 0, 50);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(lets_in_as_many_as_may_be, set_up, tear_down),
        cmocka_unit_test_setup_teardown(tells_addresses_apart, set_up, tear_down),
        cmocka_unit_test_setup_teardown(keeps_room_for_one_among_ten_thousand_busy_ones, set_up,
                                        tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
