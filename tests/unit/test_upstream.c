/** A pool over time: keeping, sharing, repeating, cancelling, and what stays open. */
#include "gateway/upstream/upstream.h"

#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "gateway/upstream/pool.h"
#include "tests/support/upstream_case.h"

static void keeps_a_connection_for_the_next_exchange(void **state)
{
    (void)state;
    struct upstream_case s = case_prepare(&(struct peer_options){.script = case_say_hello});
    case_open(&s);
    struct outcome outcome = {.appetite = 0};
    for (int i = 0; i < 5; i++) {
        case_post(&s, &outcome);
        case_expect_hello(&outcome);
        const struct pen_exchange_times *const times = pen_exchange_times(outcome.exchange);
        assert_int_equal(times->reused, i > 0);
        assert_true(times->started_us <= times->connected_us);
        assert_true(times->connected_us <= times->sent_us);
        assert_true(times->sent_us <= times->first_byte_us);
        assert_int_equal(pen_upstream_pool_active(s.pool), 0);
        assert_int_equal(pen_upstream_pool_open(s.pool), 1);
        pen_exchange_cancel(outcome.exchange);
    }
    assert_int_equal(peer_connections(s.peer), 1);
    assert_true(pen_str_equal(peer_request(s.peer), PEN_S(CASE_POST "12345")));
    case_finish(&s);
}

static void opens_connections_up_to_the_limit_and_then_says_busy(void **state)
{
    (void)state;
    struct upstream_case s = case_prepare(&(struct peer_options){.script = case_say_hello});
    s.upstream.connections = 2;
    case_open(&s);
    struct outcome outcomes[3] = {{.status = 0}};
    for (size_t i = 0; i < 3; i++) {
        case_start(&s, &outcomes[i], PEN_S("GET"), PEN_S(CASE_GET), PEN_S(""));
    }
    assert_int_equal(pen_upstream_pool_active(s.pool), 3);
    for (size_t i = 0; i < 3; i++)
        case_wait(&s, &outcomes[i]);
    case_expect_hello(&outcomes[0]);
    case_expect_hello(&outcomes[1]);
    case_expect_failure(&outcomes[2], PEN_UPSTREAM_BUSY, "in use");
    assert_int_equal(pen_upstream_pool_open(s.pool), 2);
    case_finish(&s);
}

/* More than libcurl is given to make in one place. */
static void many_connections_serve_at_once_and_again(void **state)
{
    (void)state;
    enum { MANY = 40, TURNS = 3 };
    struct upstream_case s = case_prepare(
        &(struct peer_options){.script = case_say_hello, .pki = &case_pki, .identity = "function"});
    s.upstream.connections = MANY;
    case_open(&s);
    for (int turn = 0; turn < TURNS; turn++) {
        struct outcome outcomes[MANY] = {{.status = 0}};
        for (size_t i = 0; i < MANY; i++)
            case_start(&s, &outcomes[i], PEN_S("GET"), PEN_S(CASE_GET), PEN_S(""));
        /* Half of them end before they have begun in earnest, others in any order. */
        for (size_t i = 0; turn == 0 && i < MANY; i += 2)
            pen_exchange_cancel(outcomes[i].exchange);
        for (size_t i = turn == 0; i < MANY; i += turn == 0 ? 2 : 1) {
            case_wait(&s, &outcomes[i]);
            case_expect_hello(&outcomes[i]);
        }
    }
    assert_int_equal(pen_upstream_pool_open(s.pool), MANY);
    case_finish(&s);
}

static void reaches_a_function_at_a_unix_socket(void **state)
{
    (void)state;
    const struct pen_str path = pki_path(&case_pki, "socket");
    struct upstream_case s =
        case_prepare(&(struct peer_options){.script = case_say_hello, .unix_path = path.ptr});
    case_open(&s);
    struct outcome outcome = {.appetite = 0};
    case_get(&s, &outcome);
    case_expect_hello(&outcome);
    case_get(&s, &outcome);
    case_expect_hello(&outcome);
    assert_int_equal(peer_connections(s.peer), 1);
    case_finish(&s);
}

/* Answer the first request of the first connection; then read the second and go without a word. */
static void go_silently(struct peer_talk *talk)
{
    if (!peer_read(talk) || !peer_send(talk, PEN_S(CASE_HELLO))) return;
    if (peer_number(talk) == 1) {
        (void)peer_read(talk);
        return;
    }
    case_say_hello(talk);
}

static void never_sends_a_post_twice(void **state)
{
    (void)state;
    for (int tls = 0; tls < 2; tls++) {
        struct upstream_case s = case_prepare(&(struct peer_options){
            .script = go_silently, .pki = &case_pki, .identity = tls ? "function" : NULL});
        case_open(&s);
        struct outcome outcome = {.appetite = 0};
        case_post(&s, &outcome);
        case_expect_hello(&outcome);
        case_post(&s, &outcome);
        case_expect_failure(&outcome, PEN_UPSTREAM_CLOSED, "closed before the answer");
        assert_int_equal(peer_requests(s.peer), 2);
        assert_int_equal(peer_connections(s.peer), 1);
        case_finish(&s);
    }
}

static void repeats_a_get_once_when_the_connection_was_stale(void **state)
{
    (void)state;
    for (int tls = 0; tls < 2; tls++) {
        struct upstream_case s = case_prepare(&(struct peer_options){
            .script = go_silently, .pki = &case_pki, .identity = tls ? "function" : NULL});
        case_open(&s);
        struct outcome outcome = {.appetite = 0};
        case_get(&s, &outcome);
        case_get(&s, &outcome);
        case_expect_hello(&outcome);
        assert_false(pen_exchange_times(outcome.exchange)->reused);
        assert_int_equal(peer_requests(s.peer), 3);
        assert_int_equal(peer_connections(s.peer), 2);
        assert_int_equal(pen_upstream_pool_open(s.pool), 1);
        case_finish(&s);
    }
}

static void leave_after_reading(struct peer_talk *talk)
{
    if (peer_number(talk) == 1 && peer_read(talk)) (void)peer_send(talk, PEN_S(CASE_HELLO));
    (void)peer_read(talk);
}

static void repeats_a_get_no_more_than_once(void **state)
{
    (void)state;
    struct upstream_case s = case_prepare(&(struct peer_options){.script = leave_after_reading});
    case_open(&s);
    struct outcome outcome = {.appetite = 0};
    case_get(&s, &outcome);
    case_get(&s, &outcome);
    case_expect_failure(&outcome, PEN_UPSTREAM_CLOSED, "closed before the answer");
    assert_int_equal(peer_connections(s.peer), 2);
    case_finish(&s);
}

static void serve_one(struct peer_talk *talk)
{
    if (peer_read(talk)) (void)peer_send(talk, PEN_S(CASE_HELLO));
}

/* Until the peer's goodbye is in our socket, without the loop seeing it. Read together with the
 * answer it has ended the connection already. */
static void wait_for_goodbye(const struct upstream_case *s)
{
    if (s->pool->idle == NULL) return;

    struct pollfd wait = {.fd = s->pool->idle->watch.fd, .events = POLLIN | POLLRDHUP};
    assert_int_equal(poll(&wait, 1, -1), 1);
}

static void a_post_takes_a_new_connection_when_the_idle_one_is_closed(void **state)
{
    (void)state;
    for (int tls = 0; tls < 2; tls++) {
        struct upstream_case s = case_prepare(&(struct peer_options){
            .script = serve_one, .pki = &case_pki, .identity = tls ? "function" : NULL});
        case_open(&s);
        struct outcome outcome = {.appetite = 0};
        for (size_t i = 1; i <= 3; i++) {
            case_post(&s, &outcome);
            case_expect_hello(&outcome);
            assert_int_equal(peer_connections(s.peer), i);
            wait_for_goodbye(&s);
        }
        case_finish(&s);
    }
}

static void notices_that_an_idle_connection_was_closed(void **state)
{
    (void)state;
    struct upstream_case s = case_prepare(&(struct peer_options){.script = serve_one});
    case_open(&s);
    struct outcome outcome = {.appetite = 0};
    case_post(&s, &outcome);
    case_expect_hello(&outcome);
    while (pen_upstream_pool_open(s.pool) > 0)
        case_turn(&s);
    case_finish(&s);
}

static void speak_unasked(struct peer_talk *talk)
{
    while (peer_read(talk) && peer_send(talk, PEN_S(CASE_HELLO))) {
        /* Poison for whoever comes next. */
        if (peer_number(talk) == 1) (void)peer_send(talk, PEN_S("HTTP/1.1 200 OK\r\n\r\nevil"));
    }
}

static void drops_an_idle_connection_that_speaks_unasked(void **state)
{
    (void)state;
    for (int tls = 0; tls < 2; tls++) {
        struct upstream_case s = case_prepare(&(struct peer_options){
            .script = speak_unasked, .pki = &case_pki, .identity = tls ? "function" : NULL});
        case_open(&s);
        struct outcome outcome = {.appetite = 0};
        case_post(&s, &outcome);
        if (outcome.failed) {
            /* It came in one read with the answer. */
            case_expect_failure(&outcome, PEN_UPSTREAM_MALFORMED, "upstream.surplus");
        } else {
            case_expect_hello(&outcome);
            wait_for_goodbye(&s);
        }
        case_post(&s, &outcome);
        case_expect_hello(&outcome);
        assert_int_equal(peer_connections(s.peer), 2);
        case_finish(&s);
    }
}

static void closes_a_connection_that_idles_too_long(void **state)
{
    (void)state;
    struct upstream_case s = case_prepare(&(struct peer_options){.script = case_say_hello});
    s.upstream.idle_ms = 20;
    case_open(&s);
    struct outcome outcome = {.appetite = 0};
    case_post(&s, &outcome);
    case_expect_hello(&outcome);
    while (pen_upstream_pool_open(s.pool) > 0)
        case_turn(&s);
    case_finish(&s);
}

static void can_be_cancelled_in_every_phase(void **state)
{
    (void)state;
    for (int tls = 0; tls < 2; tls++) {
        struct upstream_case s = case_prepare(&(struct peer_options){
            .script = case_say_big, .pki = &case_pki, .identity = tls ? "function" : NULL});
        case_open(&s);
        /* After 0 turns it connects; then it shakes hands, sends, waits, reads, is paused. */
        for (int turns = 0; turns < 12; turns++) {
            struct outcome outcome = {.appetite = 1};
            case_start(&s, &outcome, PEN_S("GET"), PEN_S(CASE_GET), PEN_S(""));
            for (int i = 0; i < turns && outcome.body_len == 0; i++)
                case_turn(&s);
            pen_exchange_cancel(outcome.exchange);
            pen_exchange_cancel(outcome.exchange);
            assert_int_equal(pen_upstream_pool_active(s.pool), 0);
            assert_int_equal(pen_upstream_pool_open(s.pool), 0);
            assert_false(outcome.ended || outcome.failed);
        }
        struct outcome in_head = {.cancel_in_head = true};
        case_start(&s, &in_head, PEN_S("GET"), PEN_S(CASE_GET), PEN_S(""));
        while (pen_upstream_pool_active(s.pool) > 0)
            case_turn(&s);
        struct outcome in_body = {.cancel_in_body = true};
        case_start(&s, &in_body, PEN_S("GET"), PEN_S(CASE_GET), PEN_S(""));
        while (pen_upstream_pool_active(s.pool) > 0)
            case_turn(&s);
        assert_int_equal(in_head.heads, 1);
        assert_int_equal(in_head.body_len, 0);
        assert_false(in_head.ended || in_head.failed || in_body.ended || in_body.failed);
        assert_int_equal(pen_upstream_pool_open(s.pool), 0);
        case_finish(&s);
    }
}

static void a_refusal_to_come_can_be_cancelled(void **state)
{
    (void)state;
    struct upstream_case s = case_prepare(&(struct peer_options){.script = case_say_hello});
    s.upstream.connections = 0;
    case_open(&s);
    struct outcome outcome = {.appetite = 0};
    case_start(&s, &outcome, PEN_S("GET"), PEN_S(CASE_GET), PEN_S(""));
    pen_exchange_cancel(outcome.exchange);
    assert_int_equal(pen_loop_turn(s.loop, 0), PEN_OK);
    assert_false(outcome.failed);
    case_finish(&s);
}

static void destroying_the_pool_ends_what_runs(void **state)
{
    (void)state;
    for (int turns = 0; turns < 8; turns++) {
        struct upstream_case s = case_prepare(&(struct peer_options){
            .script = case_say_nothing, .pki = &case_pki, .identity = "function"});
        s.upstream.timeout_ms = 5000;
        case_open(&s);
        struct outcome outcomes[3] = {{.status = 0}};
        for (size_t i = 0; i < 3; i++) {
            case_start(&s, &outcomes[i], PEN_S("GET"), PEN_S(CASE_GET), PEN_S(""));
        }
        for (int i = 0; i < turns; i++)
            assert_int_equal(pen_loop_turn(s.loop, 5), PEN_OK);
        pen_upstream_pool_destroy(s.pool);
        s.pool = NULL;
        assert_int_equal(pen_loop_turn(s.loop, 0), PEN_OK);
        for (size_t i = 0; i < 3; i++) {
            assert_false(outcomes[i].ended || outcomes[i].failed);
            pen_exchange_cancel(outcomes[i].exchange);
        }
        case_finish(&s);
    }
}

static void starts_nothing_when_memory_is_out(void **state)
{
    (void)state;
    struct upstream_case s = case_prepare(&(struct peer_options){.script = case_say_hello});
    case_open(&s);
    struct outcome outcome = {.appetite = 0};
    const struct pen_exchange_request request = {
        .head = PEN_STR(CASE_POST), .body = PEN_STR("12345"), .method = PEN_STR("POST")};
    size_t limit = 0;
    for (;; limit += 16) {
        pen_arena_destroy(s.arena);
        assert_int_equal(pen_arena_create(limit, limit, &s.arena), PEN_OK);
        const enum pen_status status = pen_upstream_start(s.pool, &request, &case_events, &outcome,
                                                          s.arena, &outcome.exchange);
        if (status == PEN_OK) break;
        assert_int_equal(status, PEN_ERR_NOMEM);
        assert_int_equal(pen_upstream_pool_active(s.pool), 0);
        assert_int_equal(pen_upstream_pool_open(s.pool), 0);
    }
    assert_true(limit > 0);
    case_wait(&s, &outcome);
    case_expect_hello(&outcome);
    case_finish(&s);
}

static void every_failure_has_a_status_a_type_and_a_code(void **state)
{
    (void)state;
    for (int failure = PEN_UPSTREAM_DNS; failure <= PEN_UPSTREAM_INTERNAL; failure++) {
        const int status = pen_upstream_failure_status((enum pen_upstream_failure)failure);
        assert_in_range(status, 502, 504);
        const struct pen_str code =
            pen_str_from_c(pen_upstream_failure_code((enum pen_upstream_failure)failure));
        assert_true(pen_str_starts(code, PEN_S("upstream.")));
        const struct pen_str fine =
            pen_str_from_c(pen_upstream_failure_record_code((enum pen_upstream_failure)failure));
        assert_true(pen_str_starts(fine, PEN_S("upstream.")));
        assert_true(strlen(pen_upstream_failure_proxy_error((enum pen_upstream_failure)failure))
                    > 0);
    }
    assert_int_equal(pen_upstream_failure_status(PEN_UPSTREAM_BUSY), 503);
    assert_int_equal(pen_upstream_failure_status(PEN_UPSTREAM_TIMEOUT), 504);
    assert_string_equal(pen_upstream_failure_code(PEN_UPSTREAM_CONNECT_TIMEOUT),
                        "upstream.connect_timeout");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keeps_a_connection_for_the_next_exchange),
        cmocka_unit_test(opens_connections_up_to_the_limit_and_then_says_busy),
        cmocka_unit_test(many_connections_serve_at_once_and_again),
        cmocka_unit_test(reaches_a_function_at_a_unix_socket),
        cmocka_unit_test(never_sends_a_post_twice),
        cmocka_unit_test(repeats_a_get_once_when_the_connection_was_stale),
        cmocka_unit_test(repeats_a_get_no_more_than_once),
        cmocka_unit_test(a_post_takes_a_new_connection_when_the_idle_one_is_closed),
        cmocka_unit_test(notices_that_an_idle_connection_was_closed),
        cmocka_unit_test(drops_an_idle_connection_that_speaks_unasked),
        cmocka_unit_test(closes_a_connection_that_idles_too_long),
        cmocka_unit_test(can_be_cancelled_in_every_phase),
        cmocka_unit_test(a_refusal_to_come_can_be_cancelled),
        cmocka_unit_test(destroying_the_pool_ends_what_runs),
        cmocka_unit_test(starts_nothing_when_memory_is_out),
        cmocka_unit_test(every_failure_has_a_status_a_type_and_a_code),
    };
    return cmocka_run_group_tests_name("upstream", tests, case_make_certificates,
                                       case_remove_certificates);
}
