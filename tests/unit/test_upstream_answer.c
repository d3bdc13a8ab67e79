/** Answers, good and bad: what comes out of scripted bytes, and whether the connection is kept. */
#include "gateway/upstream/upstream.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "gateway/upstream/pool.h"
#include "tests/support/upstream_case.h"

static struct pen_str fixed_answer;

static void say_fixed(struct peer_talk *talk)
{
    while (peer_read(talk) && peer_send(talk, fixed_answer)) {
    }
}

static void say_fixed_and_close(struct peer_talk *talk)
{
    if (peer_read(talk)) (void)peer_send(talk, fixed_answer);
}

static void reads_answers_of_every_framing(void **state)
{
    (void)state;
    const struct {
        const char *why;
        const char *method;
        const char *answer;
        const char *body;
        int status;
        size_t kept; /* connections afterwards */
        bool close;
    } rows[] = {
        {"a length", "GET", CASE_HELLO, "hello", 200, 1, false},
        {"no body by length", "GET", "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", "", 200, 1,
         false},
        {"no body by status", "GET", "HTTP/1.1 204 No Content\r\n\r\n", "", 204, 1, false},
        {"HEAD", "HEAD", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n", "", 200, 1, false},
        {"304 with a length", "GET", "HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n", "",
         304, 1, false},
        {"chunks", "GET",
         "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhe\r\n3;x=y\r\nllo\r\n0\r\nT: "
         "v\r\n\r\n",
         "hello", 200, 1, false},
        {"until close", "GET", "HTTP/1.1 200 OK\r\n\r\nhello", "hello", 200, 0, true},
        {"HTTP/1.0 until close", "GET", "HTTP/1.0 200 OK\r\n\r\nhello", "hello", 200, 0, true},
        {"asks to close", "GET",
         "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 5\r\n\r\nhello", "hello", 200, 0,
         false},
        {"interim heads", "GET",
         "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n" CASE_HELLO,
         "hello", 200, 1, false},
        {"an error of the function's own", "GET",
         "HTTP/1.1 500 Oops\r\nContent-Length: 5\r\n\r\nhello", "hello", 500, 1, false},
    };
    for (size_t i = 0; i < PEN_COUNT_OF(rows); i++) {
        fixed_answer = pen_str_from_c(rows[i].answer);
        struct upstream_case s = case_prepare(
            &(struct peer_options){.script = rows[i].close ? say_fixed_and_close : say_fixed});
        case_open(&s);
        struct outcome outcome = {.appetite = 0};
        case_start(&s, &outcome, pen_str_from_c(rows[i].method), PEN_S(CASE_GET), PEN_S(""));
        case_wait(&s, &outcome);
        if (!outcome.ended) fail_msg("%s: %s", rows[i].why, outcome.detail);
        const struct pen_str body = {outcome.body, outcome.body_len};
        if (outcome.status != rows[i].status
            || !pen_str_equal(body, pen_str_from_c(rows[i].body))) {
            fail_msg("%s: %d '%.*s'", rows[i].why, outcome.status, PEN_STR_ARGS(body));
        }
        if (pen_upstream_pool_open(s.pool) != rows[i].kept) fail_msg("kept: %s", rows[i].why);
        case_finish(&s);
    }
}

static void refuses_answers_that_mean_two_things(void **state)
{
    (void)state;
#define INTERIM "HTTP/1.1 102 Processing\r\n\r\n"
    const struct {
        const char *why;
        const char *answer;
        enum pen_upstream_failure failure;
        const char *detail;
        int heads;
    } rows[] = {
        {"no HTTP", "SSH-2.0-OpenSSH_9.2\r\n\r\n", PEN_UPSTREAM_MALFORMED, "wire.status_line", 0},
        {"bare LF", "HTTP/1.1 200 OK\nContent-Length: 5\n\nhello", PEN_UPSTREAM_MALFORMED,
         "wire.bare_lf", 0},
        {"a length and chunks",
         "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
         PEN_UPSTREAM_MALFORMED, "wire.length_and_chunked", 0},
        {"two lengths", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 5\r\n\r\nhello",
         PEN_UPSTREAM_MALFORMED, "wire.length_repeated", 0},
        {"an upgrade nobody asked for",
         "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n",
         PEN_UPSTREAM_MALFORMED, "upstream.unasked_upgrade", 0},
        {"nine interim heads",
         INTERIM INTERIM INTERIM INTERIM INTERIM INTERIM INTERIM INTERIM INTERIM CASE_HELLO,
         PEN_UPSTREAM_MALFORMED, "upstream.interim_heads", 0},
        {"a broken chunk", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n",
         PEN_UPSTREAM_MALFORMED, "wire.chunk_size", 1},
        {"a byte after the end", CASE_HELLO "x", PEN_UPSTREAM_MALFORMED, "upstream.surplus", 1},
        {"a second answer", CASE_HELLO CASE_HELLO, PEN_UPSTREAM_MALFORMED, "upstream.surplus", 1},
        {"bytes after the last chunk",
         "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\nHTTP",
         PEN_UPSTREAM_MALFORMED, "upstream.surplus", 1},
        {"a body after no content", "HTTP/1.1 204 No Content\r\n\r\nhello", PEN_UPSTREAM_MALFORMED,
         "upstream.surplus", 1},
        {"a length above the limit", "HTTP/1.1 200 OK\r\nContent-Length: 11\r\n\r\nhello",
         PEN_UPSTREAM_TOO_LARGE, "Content-Length", 0},
        {"chunks above the limit",
         "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n6\r\nhello \r\n5\r\nworld\r\n",
         PEN_UPSTREAM_TOO_LARGE, "arrived", 1},
        {"a body until close above the limit", "HTTP/1.1 200 OK\r\n\r\nhello world",
         PEN_UPSTREAM_TOO_LARGE, "arrived", 1},
    };
    for (size_t i = 0; i < PEN_COUNT_OF(rows); i++) {
        fixed_answer = pen_str_from_c(rows[i].answer);
        struct upstream_case s = case_prepare(&(struct peer_options){.script = say_fixed});
        s.upstream.response_bytes = 10;
        case_open(&s);
        struct outcome outcome = {.appetite = 0};
        case_get(&s, &outcome);
        if (!outcome.failed || outcome.failure != rows[i].failure
            || strstr(outcome.detail, rows[i].detail) == NULL || outcome.heads != rows[i].heads) {
            fail_msg("%s: %s (%s), %d heads", rows[i].why,
                     pen_upstream_failure_code(outcome.failure),
                     outcome.failed ? outcome.detail : "answered", outcome.heads);
        }
        assert_int_equal(pen_upstream_pool_open(s.pool), 0);
        case_finish(&s);
    }
#undef INTERIM
}

static void refuses_a_body_that_head_did_not_ask_for(void **state)
{
    (void)state;
    fixed_answer = PEN_S(CASE_HELLO);
    struct upstream_case s = case_prepare(&(struct peer_options){.script = say_fixed});
    case_open(&s);
    struct outcome outcome = {.appetite = 0};
    case_start(&s, &outcome, PEN_S("HEAD"), PEN_S(CASE_GET), PEN_S(""));
    case_wait(&s, &outcome);
    case_expect_failure(&outcome, PEN_UPSTREAM_MALFORMED, "upstream.surplus");
    assert_int_equal(outcome.body_len, 0);
    assert_int_equal(pen_upstream_pool_open(s.pool), 0);
    case_finish(&s);
}

/* TLS's goodbye in the same read as the answer is no byte of it. */
static void takes_a_goodbye_behind_the_answer_for_what_it_is(void **state)
{
    (void)state;
    fixed_answer = PEN_S(CASE_HELLO);
    for (int i = 0; i < 20; i++) {
        struct upstream_case s = case_prepare(&(struct peer_options){
            .script = say_fixed_and_close, .pki = &case_pki, .identity = "function"});
        case_open(&s);
        struct outcome outcome = {.appetite = 0};
        case_get(&s, &outcome);
        case_expect_hello(&outcome);
        case_finish(&s);
    }
}

static void refuses_a_head_without_end(void **state)
{
    (void)state;
    const size_t len = (size_t)200 * 1024;
    char *text = malloc(len);
    assert_non_null(text);
    memset(text, 'a', len);
    memcpy(text, "HTTP/1.1 200 OK\r\nX: ", 20);
    fixed_answer = (struct pen_str){text, len};
    struct upstream_case s = case_prepare(&(struct peer_options){.script = say_fixed});
    case_open(&s);
    struct outcome outcome = {.appetite = 0};
    case_get(&s, &outcome);
    case_expect_failure(&outcome, PEN_UPSTREAM_MALFORMED, "wire.");
    case_finish(&s);
    free(text);
}

static void gives_the_same_answer_cut_at_every_byte(void **state)
{
    (void)state;
    const char *const answers[] = {
        "HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
    };
    for (size_t i = 0; i < PEN_COUNT_OF(answers); i++) {
        const struct pen_str whole = pen_str_from_c(answers[i]);
        for (size_t cut = 0; cut < whole.len; cut++) {
            fixed_answer = pen_str_slice(whole, 0, cut);
            struct upstream_case s =
                case_prepare(&(struct peer_options){.script = say_fixed_and_close});
            case_open(&s);
            struct outcome outcome = {.appetite = 0};
            case_post(&s, &outcome);
            case_expect_failure(&outcome, PEN_UPSTREAM_CLOSED,
                                outcome.heads > 0 ? "within the body"
                                : cut > 0         ? "within the head"
                                                  : "before the answer");
            assert_int_equal(pen_upstream_pool_open(s.pool), 0);
            case_finish(&s);
        }
    }
}

static void send_in_drops(struct peer_talk *talk)
{
    while (peer_read(talk)) {
        for (size_t i = 0; i < fixed_answer.len; i++) {
            if (!peer_send(talk, pen_str_slice(fixed_answer, i, i + 1))) return;
        }
    }
}

static void reads_an_answer_that_comes_in_drops(void **state)
{
    (void)state;
    fixed_answer = PEN_S("HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 200 OK\r\nTransfer-Encoding: "
                         "chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n");
    for (int tls = 0; tls < 2; tls++) {
        struct upstream_case s = case_prepare(&(struct peer_options){
            .script = send_in_drops, .pki = &case_pki, .identity = tls ? "function" : NULL});
        case_open(&s);
        struct outcome outcome = {.appetite = 0};
        for (int i = 0; i < 2; i++) {
            case_get(&s, &outcome);
            case_expect_hello(&outcome);
        }
        assert_int_equal(peer_connections(s.peer), 1);
        case_finish(&s);
    }
}

static void cut_short(struct peer_talk *talk)
{
    if (!peer_read(talk)) return;
    (void)peer_send(talk, PEN_S("HTTP/1.1 200 OK\r\n\r\nhello"));
    peer_cut(talk);
}

/* RFC 9112 section 9.8: without TLS's goodbye nobody knows that this was all. */
static void does_not_take_a_cut_tls_connection_for_the_end(void **state)
{
    (void)state;
    const int versions[] = {12, 13};
    for (size_t i = 0; i < PEN_COUNT_OF(versions); i++) {
        struct upstream_case s = case_prepare(&(struct peer_options){.pki = &case_pki,
                                                                     .identity = "function",
                                                                     .max_version = versions[i],
                                                                     .script = cut_short});
        case_open(&s);
        struct outcome outcome = {.appetite = 0};
        case_get(&s, &outcome);
        case_expect_failure(&outcome, PEN_UPSTREAM_CLOSED, "");
        case_finish(&s);
    }
}

static void say_half(struct peer_talk *talk)
{
    if (peer_read(talk) && peer_send(talk, fixed_answer)) peer_wait_end(talk);
}

static void gives_up_at_each_deadline(void **state)
{
    (void)state;
    const struct {
        const char *why;
        const char *half;
        uint32_t first_byte_ms;
        uint32_t total_ms;
        enum pen_upstream_failure failure;
        const char *detail;
    } rows[] = {
        {"no answer", "", 500, 20000, PEN_UPSTREAM_FIRST_BYTE_TIMEOUT, "no answer"},
        {"half a head", "HTTP/1.1 200 OK\r\nX:", 500, 20000, PEN_UPSTREAM_FIRST_BYTE_TIMEOUT,
         "within the head"},
        {"an interim head only", "HTTP/1.1 102 Processing\r\n\r\n", 500, 20000,
         PEN_UPSTREAM_FIRST_BYTE_TIMEOUT, "within the head"},
        {"no answer within all", "", 20000, 500, PEN_UPSTREAM_TIMEOUT, "whole"},
        {"half a body", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhe", 20000, 500,
         PEN_UPSTREAM_TIMEOUT, "whole"},
    };
    for (size_t i = 0; i < PEN_COUNT_OF(rows); i++) {
        fixed_answer = pen_str_from_c(rows[i].half);
        struct upstream_case s = case_prepare(
            &(struct peer_options){.script = fixed_answer.len > 0 ? say_half : case_say_nothing});
        s.upstream.first_byte_timeout_ms = rows[i].first_byte_ms;
        s.upstream.timeout_ms = rows[i].total_ms;
        case_open(&s);
        struct outcome outcome = {.appetite = 0};
        case_get(&s, &outcome);
        if (!outcome.failed || outcome.failure != rows[i].failure
            || strstr(outcome.detail, rows[i].detail) == NULL) {
            fail_msg("%s: %s (%s)", rows[i].why, pen_upstream_failure_code(outcome.failure),
                     outcome.failed ? outcome.detail : "answered");
        }
        assert_int_equal(peer_requests(s.peer), 1);
        assert_int_equal(pen_upstream_pool_open(s.pool), 0);
        case_finish(&s);
    }
}

static void a_request_may_shorten_the_deadline(void **state)
{
    (void)state;
    struct upstream_case s = case_prepare(&(struct peer_options){.script = case_say_nothing});
    case_open(&s);
    struct outcome outcome = {.appetite = 0};
    const struct pen_exchange_request request = {
        .head = PEN_STR(CASE_GET), .method = PEN_STR("GET"), .timeout_ms = 30};
    assert_int_equal(
        pen_upstream_start(s.pool, &request, &case_events, &outcome, s.arena, &outcome.exchange),
        PEN_OK);
    case_wait(&s, &outcome);
    case_expect_failure(&outcome, PEN_UPSTREAM_TIMEOUT, "");
    case_finish(&s);
}

static void holds_a_large_answer_back_while_its_owner_is_full(void **state)
{
    (void)state;
    for (int tls = 0; tls < 2; tls++) {
        struct upstream_case s = case_prepare(&(struct peer_options){
            .script = case_say_big, .pki = &case_pki, .identity = tls ? "function" : NULL});
        case_open(&s);
        struct outcome outcome = {.appetite = 1000};
        case_start(&s, &outcome, PEN_S("GET"), PEN_S(CASE_GET), PEN_S(""));
        while (!outcome.exchange->paused)
            case_turn(&s);
        const size_t taken = outcome.body_len;
        /* Nothing more comes, however long the loop runs, and the function is held up. */
        for (int i = 0; i < 100; i++)
            assert_int_equal(pen_loop_turn(s.loop, 1), PEN_OK);
        assert_int_equal(outcome.body_len, taken);
        assert_true(peer_sent(s.peer) < CASE_BIG);

        const size_t used = pen_arena_used(s.arena);
        while (!outcome.ended && !outcome.failed) {
            if (outcome.body_len > 300000) outcome.appetite = 0;
            pen_exchange_resume(outcome.exchange);
            case_turn(&s);
        }
        if (!outcome.ended) fail_msg("%s", outcome.detail);
        assert_int_equal(outcome.body_len, CASE_BIG);
        for (size_t i = 0; i < CASE_KEPT; i++)
            assert_int_equal(outcome.body[i], 'a' + i % 26);
        assert_true(outcome.largest <= PEN_CONNECTION_BUFFER);
        assert_int_equal(pen_arena_used(s.arena), used);
        assert_int_equal(pen_upstream_pool_open(s.pool), 1);
        case_finish(&s);
    }
}

static void pauses_within_chunks_and_at_the_end(void **state)
{
    (void)state;
    fixed_answer = PEN_S("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
                         "2\r\nhe\r\n3\r\nllo\r\n0\r\n\r\n");
    struct upstream_case s = case_prepare(&(struct peer_options){.script = say_fixed});
    case_open(&s);
    struct outcome outcome = {.appetite = 1};
    case_start(&s, &outcome, PEN_S("GET"), PEN_S(CASE_GET), PEN_S(""));
    while (!outcome.ended && !outcome.failed) {
        case_turn(&s);
        if (!outcome.ended) pen_exchange_resume(outcome.exchange);
    }
    case_expect_hello(&outcome);
    assert_int_equal(pen_upstream_pool_open(s.pool), 1);
    case_finish(&s);
}

static void sends_a_large_body_in_pieces(void **state)
{
    (void)state;
    const size_t len = 600000;
    char *text = malloc(len);
    assert_non_null(text);
    for (size_t i = 0; i < len; i++)
        text[i] = (char)('A' + i % 23);
    const struct pen_str head =
        PEN_STR("POST /f HTTP/1.1\r\nHost: f\r\nContent-Length: 600000\r\n\r\n");
    for (int tls = 0; tls < 2; tls++) {
        struct upstream_case s = case_prepare(&(struct peer_options){
            .script = case_say_hello, .pki = &case_pki, .identity = tls ? "function" : NULL});
        case_open(&s);
        for (int i = 0; i < 2; i++) {
            struct outcome outcome = {.appetite = 0};
            case_start(&s, &outcome, PEN_S("POST"), head, (struct pen_str){text, len});
            case_wait(&s, &outcome);
            case_expect_hello(&outcome);
        }
        const struct pen_str seen = peer_request(s.peer);
        assert_int_equal(seen.len, head.len + len);
        assert_true(pen_str_starts(seen, head));
        assert_memory_equal(seen.ptr + head.len, text, len);
        case_finish(&s);
    }
    free(text);
}

/* The head alone is enough to say no; the rest of the body is never read. */
static void refuse_early(struct peer_talk *talk)
{
    (void)peer_send(talk, PEN_S("HTTP/1.1 413 Content Too Large\r\nContent-Length: 0\r\n\r\n"));
    peer_wait_end(talk);
}

static void passes_on_an_answer_that_comes_before_the_request_is_sent(void **state)
{
    (void)state;
    const size_t length = (size_t)64 << 20; /* more than TCP on loopback takes at once */
    char *text = calloc(1, length);
    assert_non_null(text);
    struct upstream_case s = case_prepare(&(struct peer_options){.script = refuse_early});
    case_open(&s);
    struct outcome outcome = {.appetite = 0};
    case_start(&s, &outcome, PEN_S("POST"),
               PEN_S("POST /f HTTP/1.1\r\nHost: f\r\nContent-Length: 67108864\r\n\r\n"),
               (struct pen_str){text, length});
    case_wait(&s, &outcome);
    assert_true(outcome.ended);
    assert_int_equal(outcome.status, 413);
    assert_int_equal(pen_upstream_pool_open(s.pool), 0);
    case_finish(&s);
    free(text);
}

static void reset_after_reading(struct peer_talk *talk)
{
    if (peer_read(talk)) peer_reset(talk);
}

static void says_closed_when_the_function_resets(void **state)
{
    (void)state;
    for (int tls = 0; tls < 2; tls++) {
        struct upstream_case s = case_prepare(&(struct peer_options){
            .script = reset_after_reading, .pki = &case_pki, .identity = tls ? "function" : NULL});
        case_open(&s);
        struct outcome outcome = {.appetite = 0};
        case_post(&s, &outcome);
        case_expect_failure(&outcome, PEN_UPSTREAM_CLOSED, "");
        case_finish(&s);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_answers_of_every_framing),
        cmocka_unit_test(refuses_answers_that_mean_two_things),
        cmocka_unit_test(refuses_a_body_that_head_did_not_ask_for),
        cmocka_unit_test(takes_a_goodbye_behind_the_answer_for_what_it_is),
        cmocka_unit_test(refuses_a_head_without_end),
        cmocka_unit_test(gives_the_same_answer_cut_at_every_byte),
        cmocka_unit_test(reads_an_answer_that_comes_in_drops),
        cmocka_unit_test(does_not_take_a_cut_tls_connection_for_the_end),
        cmocka_unit_test(gives_up_at_each_deadline),
        cmocka_unit_test(a_request_may_shorten_the_deadline),
        cmocka_unit_test(holds_a_large_answer_back_while_its_owner_is_full),
        cmocka_unit_test(pauses_within_chunks_and_at_the_end),
        cmocka_unit_test(sends_a_large_body_in_pieces),
        cmocka_unit_test(passes_on_an_answer_that_comes_before_the_request_is_sent),
        cmocka_unit_test(says_closed_when_the_function_resets),
    };
    return cmocka_run_group_tests_name("upstream_answer", tests, case_make_certificates,
                                       case_remove_certificates);
}
