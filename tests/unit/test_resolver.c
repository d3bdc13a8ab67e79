/** Names of upstreams: who waits, who does not, and which answer is in force. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <poll.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "gateway/upstream/resolver.h"
#include "names.h"

#define KEEP_MS 60000
#define LONG_MS 20000 /* that something happens; never a measure of how soon */

struct asker {
    struct pen_resolver *resolver;
    struct pen_resolver_wait wait;
    struct pen_resolved found;
    const char *why;
};

static int set_up(void **state)
{
    static struct asker asker;
    asker = (struct asker){.wait = {.event_fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)}};
    if (asker.wait.event_fd < 0 || pen_resolver_create(&asker.resolver) != PEN_OK) return -1;
    *state = &asker;
    return 0;
}

static int tear_down(void **state)
{
    struct asker *const asker = *state;
    pen_resolver_forget(asker->resolver, &asker->wait);
    pen_resolver_destroy(asker->resolver);
    close(asker->wait.event_fd);
    names_mean(NULL); /* lets go those that hang */
    return 0;
}

static enum pen_resolver_answer ask(struct asker *asker, const char *host, uint32_t keep_ms)
{
    return pen_resolver_ask(asker->resolver, pen_str_from_c(host), keep_ms, &asker->wait,
                            &asker->found, &asker->why);
}

static void await_news(struct asker *asker)
{
    struct pollfd wanted = {.fd = asker->wait.event_fd, .events = POLLIN};
    eventfd_t count;
    assert_int_equal(poll(&wanted, 1, LONG_MS), 1);
    assert_int_equal(eventfd_read(asker->wait.event_fd, &count), 0);
}

static void await_asked(unsigned count)
{
    for (int i = 0; i < LONG_MS && names_asked() < count; i++) {
        (void)poll(NULL, 0, 1);
    }
    assert_int_equal(names_asked(), count);
}

static void pass_time(int ms)
{
    assert_int_equal(poll(NULL, 0, ms), 0);
}

static enum pen_resolver_answer ask_until_answered(struct asker *asker, const char *host)
{
    enum pen_resolver_answer answer = ask(asker, host, KEEP_MS);
    while (answer == PEN_RESOLVER_WAIT) {
        await_news(asker);
        answer = ask(asker, host, KEEP_MS);
    }
    return answer;
}

static void tells_names_from_addresses(void **state)
{
    (void)state;
    static const struct {
        const char *host;
        bool name;
        const char *why;
    } rows[] = {
        {"functions.internal", true, "a name"},
        {"1.2.3.4.internal", true, "begins as an address"},
        {"mylocalhost", true, "only ends as localhost does"},
        {"127.1", true, "no address in the form that a URL has"},
        {"192.0.2.1", false, "IPv4"},
        {"2001:db8::1", false, "IPv6"},
        {"localhost", false, "RFC 6761 6.3: never asked of anybody"},
        {"LOCALHOST", false, "in any case"},
        {"a.localhost", false, "RFC 6761 6.3: and what is under it"},
        {"", false, "nothing"},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        if (pen_resolver_is_name(pen_str_from_c(rows[i].host)) != rows[i].name) {
            fail_msg("%s: %s", rows[i].host, rows[i].why);
        }
    }
}

static void gives_every_address_in_the_order_found(void **state)
{
    names_mean("many.test=192.0.2.7,2001:db8::1,192.0.2.8");
    assert_int_equal(ask_until_answered(*state, "many.test"), PEN_RESOLVER_FOUND);
    assert_string_equal(((struct asker *)*state)->found.text, "192.0.2.7,[2001:db8::1],192.0.2.8");
}

static void leaves_out_addresses_that_have_no_room_and_halves_none(void **state)
{
    struct asker *const asker = *state;
    static char names[2000];
    struct pen_buf text = pen_buf_over(names, sizeof(names) - 1);
    pen_buf_put(&text, PEN_S("many.test=2001:db8:1111:2222:3333:4444:5555:0"));
    for (unsigned i = 1; i < 20; i++) {
        pen_buf_format(&text, ",2001:db8:1111:2222:3333:4444:5555:%x", i);
    }
    names_mean(names);
    assert_int_equal(ask_until_answered(asker, "many.test"), PEN_RESOLVER_FOUND);
    const size_t length = strlen(asker->found.text);
    assert_true(length < PEN_RESOLVED_BYTES && length > PEN_RESOLVED_BYTES - 50);
    assert_int_equal(asker->found.text[length - 1], ']');
}

static void asks_once_for_all_that_wait_and_wakes_each(void **state)
{
    struct asker *const first = *state;
    struct asker second = {.resolver = first->resolver,
                           .wait = {.event_fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)}};
    const unsigned before = names_asked();
    names_mean("one.test=hang");
    assert_int_equal(ask(first, "one.test", KEEP_MS), PEN_RESOLVER_WAIT);
    assert_int_equal(ask(&second, "ONE.test", KEEP_MS), PEN_RESOLVER_WAIT);
    await_asked(before + 1);
    names_mean("one.test=192.0.2.7");
    await_news(first);
    await_news(&second);
    assert_int_equal(ask(first, "one.test", KEEP_MS), PEN_RESOLVER_FOUND);
    assert_int_equal(ask(&second, "one.test", KEEP_MS), PEN_RESOLVER_FOUND);
    assert_int_equal(names_asked(), before + 1);
    close(second.wait.event_fd);
}

static void a_name_that_hangs_holds_up_no_other(void **state)
{
    struct asker *const asker = *state;
    struct asker other = {.resolver = asker->resolver,
                          .wait = {.event_fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)}};
    names_mean("slow.test=hang one.test=192.0.2.7");
    assert_int_equal(ask(asker, "slow.test", KEEP_MS), PEN_RESOLVER_WAIT);
    assert_int_equal(ask_until_answered(&other, "one.test"), PEN_RESOLVER_FOUND);
    assert_int_equal(ask(asker, "slow.test", KEEP_MS), PEN_RESOLVER_WAIT);
    close(other.wait.event_fd);
}

static void says_why_a_name_means_nothing_and_does_not_ask_again_at_once(void **state)
{
    struct asker *const asker = *state;
    names_mean("gone.test=gone");
    assert_int_equal(ask_until_answered(asker, "gone.test"), PEN_RESOLVER_FAILED);
    assert_non_null(asker->why);
    const unsigned asked = names_asked();
    assert_int_equal(ask(asker, "gone.test", KEEP_MS), PEN_RESOLVER_FAILED);
    assert_int_equal(names_asked(), asked);
}

/* An answer that is as good as old at once: kept for a millisecond. */
static void let_grow_old(struct asker *asker, const char *host)
{
    assert_int_equal(ask_until_answered(asker, host), PEN_RESOLVER_FOUND);
    pass_time(5);
}

static void an_old_answer_outlives_servers_that_are_down(void **state)
{
    struct asker *const asker = *state;
    names_mean("one.test=192.0.2.7");
    let_grow_old(asker, "one.test");
    names_mean("one.test=down");
    assert_int_equal(ask(asker, "one.test", 1), PEN_RESOLVER_WAIT);
    await_news(asker);
    assert_int_equal(ask(asker, "one.test", 1), PEN_RESOLVER_FOUND);
    assert_string_equal(asker->found.text, "192.0.2.7");
}

static void an_old_answer_serves_while_a_look_up_hangs(void **state)
{
    struct asker *const asker = *state;
    names_mean("one.test=192.0.2.7");
    let_grow_old(asker, "one.test");
    names_mean("one.test=hang");
    while (ask(asker, "one.test", 1) == PEN_RESOLVER_WAIT)
        pass_time(20);
    assert_int_equal(ask(asker, "one.test", 1), PEN_RESOLVER_FOUND);
}

static void an_old_answer_does_not_outlive_the_name(void **state)
{
    struct asker *const asker = *state;
    names_mean("one.test=192.0.2.7");
    let_grow_old(asker, "one.test");
    names_mean("one.test=gone");
    assert_int_equal(ask(asker, "one.test", 1), PEN_RESOLVER_WAIT);
    await_news(asker);
    assert_int_equal(ask(asker, "one.test", 1), PEN_RESOLVER_FAILED);
}

static void a_changed_name_is_seen_when_its_answer_is_old(void **state)
{
    struct asker *const asker = *state;
    names_mean("one.test=192.0.2.7");
    let_grow_old(asker, "one.test");
    names_mean("one.test=192.0.2.8");
    assert_int_equal(ask(asker, "one.test", KEEP_MS), PEN_RESOLVER_FOUND);
    assert_string_equal(asker->found.text, "192.0.2.7");
    assert_int_equal(ask(asker, "one.test", 1), PEN_RESOLVER_WAIT);
    await_news(asker);
    assert_int_equal(ask(asker, "one.test", KEEP_MS), PEN_RESOLVER_FOUND);
    assert_string_equal(asker->found.text, "192.0.2.8");
}

static void whoever_is_forgotten_is_woken_no_more(void **state)
{
    struct asker *const asker = *state;
    struct pollfd wanted = {.fd = asker->wait.event_fd, .events = POLLIN};
    names_mean("one.test=hang two.test=192.0.2.7");
    assert_int_equal(ask(asker, "one.test", KEEP_MS), PEN_RESOLVER_WAIT);
    pen_resolver_forget(asker->resolver, &asker->wait);
    names_mean("one.test=192.0.2.7 two.test=192.0.2.7");
    /* Another that waits for the same name: it is woken last, being asked for first. */
    struct asker other = {.resolver = asker->resolver,
                          .wait = {.event_fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)}};
    assert_int_equal(ask_until_answered(&other, "one.test"), PEN_RESOLVER_FOUND);
    assert_int_equal(poll(&wanted, 1, 0), 0);
    close(other.wait.event_fd);
}

static void can_be_destroyed_while_a_look_up_hangs(void **state)
{
    struct asker *const asker = *state;
    const unsigned before = names_asked();
    names_mean("slow.test=hang");
    assert_int_equal(ask(asker, "slow.test", KEEP_MS), PEN_RESOLVER_WAIT);
    await_asked(before + 1);
    pen_resolver_forget(asker->resolver, &asker->wait);
    pen_resolver_destroy(asker->resolver);
    asker->resolver = NULL;
    assert_int_equal(pen_resolver_create(&asker->resolver), PEN_OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tells_names_from_addresses),
        cmocka_unit_test_setup_teardown(gives_every_address_in_the_order_found, set_up, tear_down),
        cmocka_unit_test_setup_teardown(leaves_out_addresses_that_have_no_room_and_halves_none,
                                        set_up, tear_down),
        cmocka_unit_test_setup_teardown(asks_once_for_all_that_wait_and_wakes_each, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_name_that_hangs_holds_up_no_other, set_up, tear_down),
        cmocka_unit_test_setup_teardown(
            says_why_a_name_means_nothing_and_does_not_ask_again_at_once, set_up, tear_down),
        cmocka_unit_test_setup_teardown(an_old_answer_outlives_servers_that_are_down, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(an_old_answer_serves_while_a_look_up_hangs, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(an_old_answer_does_not_outlive_the_name, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_changed_name_is_seen_when_its_answer_is_old, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(whoever_is_forgotten_is_woken_no_more, set_up, tear_down),
        cmocka_unit_test_setup_teardown(can_be_destroyed_while_a_look_up_hangs, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
