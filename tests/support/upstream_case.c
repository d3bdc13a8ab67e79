/** The owner that writes down what it hears, and the settings that most tests start from. */
#include "tests/support/upstream_case.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

struct pki case_pki;
struct pki case_strangers;

static void heard_head(void *owner, const struct pen_wire_head *head)
{
    struct outcome *const outcome = owner;
    outcome->status = head->status;
    outcome->heads++;
    if (outcome->cancel_in_head) pen_exchange_cancel(outcome->exchange);
}

static size_t heard_body(void *owner, struct pen_str bytes)
{
    struct outcome *const outcome = owner;
    if (outcome->cancel_in_body) {
        pen_exchange_cancel(outcome->exchange);
        return bytes.len;
    }
    if (bytes.len > outcome->largest) outcome->largest = bytes.len;
    size_t taken = bytes.len;
    if (outcome->appetite != 0 && taken > outcome->appetite) taken = outcome->appetite;
    for (size_t i = 0; i < taken && outcome->body_len + i < CASE_KEPT; i++) {
        outcome->body[outcome->body_len + i] = bytes.ptr[i];
    }
    outcome->body_len += taken;
    return taken;
}

static void heard_end(void *owner)
{
    struct outcome *const outcome = owner;
    assert_false(outcome->ended || outcome->failed);
    outcome->ended = true;
}

static void heard_failure(void *owner, enum pen_upstream_failure failure, const char *detail)
{
    struct outcome *const outcome = owner;
    assert_false(outcome->ended || outcome->failed);
    outcome->failed = true;
    outcome->failure = failure;
    outcome->detail = detail;
}

const struct pen_exchange_events case_events = {
    .head = heard_head,
    .body = heard_body,
    .ended = heard_end,
    .failed = heard_failure,
};

int case_make_certificates(void **state)
{
    (void)state;
    /* As the process does: a write to a closed connection is an error, not a signal. */
    assert_true(signal(SIGPIPE, SIG_IGN) != SIG_ERR);
    pki_init(&case_pki);
    pki_issue(&case_pki, "function", &(struct pki_wish){.name = "localhost"});
    pki_issue(&case_pki, "elsewhere", &(struct pki_wish){.name = "elsewhere.example"});
    pki_issue(&case_pki, "expired",
              &(struct pki_wish){.name = "localhost", .from_s = -7200, .until_s = -3600});
    pki_issue(&case_pki, "gateway", &(struct pki_wish){.name = "gateway", .client = true});
    pki_init(&case_strangers);
    pki_issue(&case_strangers, "function", &(struct pki_wish){.name = "localhost"});
    return 0;
}

int case_remove_certificates(void **state)
{
    (void)state;
    pki_deinit(&case_pki);
    pki_deinit(&case_strangers);
    return 0;
}

/* A plain function on loopback, until the test says otherwise. */
struct upstream_case case_prepare(const struct peer_options *options)
{
    struct upstream_case s = {.descriptors = peer_count_descriptors()};
    s.peer = peer_start(options);
    assert_int_equal(pen_loop_create(&s.loop), PEN_OK);
    assert_int_equal(pen_arena_create((size_t)1 << 20, 32768, &s.arena), PEN_OK);
    s.upstream = (struct pen_config_upstream){
        .name = PEN_STR("f"),
        .scheme = options->identity != NULL ? PEN_UPSTREAM_HTTPS : PEN_UPSTREAM_HTTP,
        .host = options->identity != NULL ? PEN_S("localhost") : PEN_S("127.0.0.1"),
        .port = peer_port(s.peer),
        .min_version = 12,
        .connect_timeout_ms = 5000,
        .first_byte_timeout_ms = 10000,
        .timeout_ms = 20000,
        .idle_ms = 30000,
        .connections = 8,
    };
    if (options->identity != NULL) {
        s.upstream.ca = pki_path(&case_pki, "ca.pem");
        /* "localhost" may also mean [::1], where another test's peer could listen. */
        s.upstream.host = PEN_S("127.0.0.1");
        s.upstream.server_name = PEN_S("localhost");
    }
    if (options->unix_path != NULL) {
        s.upstream.scheme = PEN_UPSTREAM_UNIX;
        s.upstream.host = PEN_S("localhost");
        s.upstream.unix_path = pen_str_from_c(options->unix_path);
    }
    return s;
}

void case_open(struct upstream_case *s)
{
    const struct pen_tls_client_options options = {
        .certificate = s->upstream.identity.certificate,
        .key = s->upstream.identity.key,
        .ca = s->upstream.ca,
        .crl = s->upstream.crl,
        .name = pen_config_proven_name(&s->upstream),
    };
    struct pen_tls_client *tls = NULL;
    struct pen_error err;
    if (s->upstream.scheme == PEN_UPSTREAM_HTTPS
        && pen_tls_client_create(&options, &tls, &err) != PEN_OK) {
        fail_msg("%s", err.text);
    }
    if (pen_upstream_pool_create(s->loop, &s->upstream, tls, NULL, &s->pool, &err) != PEN_OK) {
        fail_msg("%s", err.text);
    }
    pen_tls_client_release(tls);
}

void case_finish(struct upstream_case *s)
{
    pen_upstream_pool_destroy(s->pool);
    peer_stop(s->peer);
    pen_loop_destroy(s->loop);
    pen_arena_destroy(s->arena);
    assert_int_equal(peer_count_descriptors(), s->descriptors);
}

void case_turn(struct upstream_case *s)
{
    assert_int_equal(pen_loop_turn(s->loop, -1), PEN_OK);
}

void case_start(struct upstream_case *s, struct outcome *outcome, struct pen_str method,
                struct pen_str head, struct pen_str body)
{
    const struct pen_exchange_request request = {.head = head, .body = body, .method = method};
    assert_int_equal(
        pen_upstream_start(s->pool, &request, &case_events, outcome, s->arena, &outcome->exchange),
        PEN_OK);
    assert_false(outcome->ended || outcome->failed);
}

void case_wait(struct upstream_case *s, const struct outcome *outcome)
{
    while (!outcome->ended && !outcome->failed)
        case_turn(s);
}

void case_get(struct upstream_case *s, struct outcome *outcome)
{
    *outcome = (struct outcome){.appetite = outcome->appetite};
    case_start(s, outcome, PEN_S("GET"), PEN_S(CASE_GET), PEN_S(""));
    case_wait(s, outcome);
}

void case_post(struct upstream_case *s, struct outcome *outcome)
{
    *outcome = (struct outcome){.appetite = 0};
    case_start(s, outcome, PEN_S("POST"), PEN_S(CASE_POST), PEN_S("12345"));
    case_wait(s, outcome);
}

void case_expect_hello(const struct outcome *outcome)
{
    if (!outcome->ended) {
        fail_msg("%s: %s", pen_upstream_failure_code(outcome->failure), outcome->detail);
    }
    assert_int_equal(outcome->status, 200);
    assert_int_equal(outcome->heads, 1);
    assert_int_equal(outcome->body_len, 5);
    assert_memory_equal(outcome->body, "hello", 5);
}

void case_expect_failure(const struct outcome *outcome, enum pen_upstream_failure failure,
                         const char *detail)
{
    if (!outcome->failed || outcome->failure != failure) {
        fail_msg("expected %s, got %s (%s)", pen_upstream_failure_record_code(failure),
                 outcome->failed ? pen_upstream_failure_record_code(outcome->failure) : "an answer",
                 outcome->failed ? outcome->detail : "");
    }
    if (strstr(outcome->detail, detail) == NULL) fail_msg("detail: %s", outcome->detail);
}

void case_say_hello(struct peer_talk *talk)
{
    while (peer_read(talk) && peer_send(talk, PEN_S(CASE_HELLO))) {
    }
}

void case_say_nothing(struct peer_talk *talk)
{
    if (peer_read(talk)) peer_wait_end(talk);
}

void case_say_big(struct peer_talk *talk)
{
    char *const text = malloc(CASE_BIG);
    if (text == NULL) abort();
    for (size_t i = 0; i < CASE_BIG; i++)
        text[i] = (char)('a' + i % 26);
    while (peer_read(talk)) {
        if (!peer_send(talk, PEN_S("HTTP/1.1 200 OK\r\nContent-Length: 10485760\r\n\r\n"))
            || !peer_send(talk, (struct pen_str){text, CASE_BIG})) {
            break;
        }
    }
    free(text);
}
