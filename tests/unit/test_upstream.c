/** Exchanges against scripted functions: every good end, every bad one, and what stays open. */
#include "gateway/upstream/upstream.h"

#include <netinet/in.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "filters/core/arena.h"
#include "gateway/upstream/pool.h"
#include "tests/support/peer.h"

#define GET      "GET /f HTTP/1.1\r\nHost: f\r\n\r\n"
#define POST     "POST /f HTTP/1.1\r\nHost: f\r\nContent-Length: 5\r\n\r\n"
#define OK_HELLO "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"
#define KEPT     (64 * 1024)        /* bytes of an answer that a test looks at */
#define BIG      ((size_t)10 << 20) /* more than all buffers on the way hold */

static struct pki pki;
static struct pki strangers;

/* What the owner of an exchange heard. */
struct outcome {
    int status;
    int heads;
    char body[KEPT];
    size_t body_len;
    size_t largest;  /* most bytes given at once */
    size_t appetite; /* taken at once; 0 = all */
    bool cancel_in_head;
    bool cancel_in_body;
    bool ended;
    bool failed;
    enum pen_upstream_failure failure;
    const char *detail;
    struct pen_exchange *exchange;
};

struct setting {
    struct pen_loop *loop;
    struct pen_arena *arena;
    struct pen_config_upstream upstream;
    struct pen_upstream_pool *pool;
    struct peer *peer;
    size_t descriptors;
};

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
    for (size_t i = 0; i < taken && outcome->body_len + i < KEPT; i++) {
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

static const struct pen_exchange_events events = {
    .head = heard_head,
    .body = heard_body,
    .ended = heard_end,
    .failed = heard_failure,
};

static int make_certificates(void **state)
{
    (void)state;
    /* As the process does: a write to a closed connection is an error, not a signal. */
    assert_true(signal(SIGPIPE, SIG_IGN) != SIG_ERR);
    pki_init(&pki);
    pki_issue(&pki, "function", &(struct pki_wish){.name = "localhost"});
    pki_issue(&pki, "elsewhere", &(struct pki_wish){.name = "elsewhere.example"});
    pki_issue(&pki, "expired",
              &(struct pki_wish){.name = "localhost", .from_s = -7200, .until_s = -3600});
    pki_issue(&pki, "gateway", &(struct pki_wish){.name = "gateway", .client = true});
    pki_init(&strangers);
    pki_issue(&strangers, "function", &(struct pki_wish){.name = "localhost"});
    return 0;
}

static int remove_certificates(void **state)
{
    (void)state;
    pki_deinit(&pki);
    pki_deinit(&strangers);
    return 0;
}

/* A plain function on loopback, until the test says otherwise. */
static struct setting prepare(const struct peer_options *options)
{
    struct setting s = {.descriptors = peer_count_descriptors()};
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
        s.upstream.ca = pki_path(&pki, "ca.pem");
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

static void open_pool(struct setting *s)
{
    struct pen_error err;
    if (pen_upstream_pool_create(s->loop, &s->upstream, &s->pool, &err) != PEN_OK) {
        fail_msg("%s", err.text);
    }
}

static void finish(struct setting *s)
{
    pen_upstream_pool_destroy(s->pool);
    peer_stop(s->peer);
    pen_loop_destroy(s->loop);
    pen_arena_destroy(s->arena);
    assert_int_equal(peer_count_descriptors(), s->descriptors);
}

static void turn(struct setting *s)
{
    assert_int_equal(pen_loop_turn(s->loop, -1), PEN_OK);
}

static void start(struct setting *s, struct outcome *outcome, struct pen_str method,
                  struct pen_str head, struct pen_str body)
{
    const struct pen_exchange_request request = {.head = head, .body = body, .method = method};
    assert_int_equal(
        pen_upstream_start(s->pool, &request, &events, outcome, s->arena, &outcome->exchange),
        PEN_OK);
    assert_false(outcome->ended || outcome->failed);
}

static void wait_for(struct setting *s, const struct outcome *outcome)
{
    while (!outcome->ended && !outcome->failed)
        turn(s);
}

static void get(struct setting *s, struct outcome *outcome)
{
    *outcome = (struct outcome){.appetite = outcome->appetite};
    start(s, outcome, PEN_S("GET"), PEN_S(GET), PEN_S(""));
    wait_for(s, outcome);
}

static void post(struct setting *s, struct outcome *outcome)
{
    *outcome = (struct outcome){.appetite = 0};
    start(s, outcome, PEN_S("POST"), PEN_S(POST), PEN_S("12345"));
    wait_for(s, outcome);
}

static void expect_hello(const struct outcome *outcome)
{
    if (!outcome->ended) {
        fail_msg("%s: %s", pen_upstream_failure_code(outcome->failure), outcome->detail);
    }
    assert_int_equal(outcome->status, 200);
    assert_int_equal(outcome->heads, 1);
    assert_int_equal(outcome->body_len, 5);
    assert_memory_equal(outcome->body, "hello", 5);
}

static void expect_failure(const struct outcome *outcome, enum pen_upstream_failure failure,
                           const char *detail)
{
    if (!outcome->failed || outcome->failure != failure) {
        fail_msg("expected %s, got %s (%s)", pen_upstream_failure_code(failure),
                 outcome->failed ? pen_upstream_failure_code(outcome->failure) : "an answer",
                 outcome->failed ? outcome->detail : "");
    }
    if (strstr(outcome->detail, detail) == NULL) fail_msg("detail: %s", outcome->detail);
}

/* Scripts. */

static void say_hello(struct peer_talk *talk)
{
    while (peer_read(talk) && peer_send(talk, PEN_S(OK_HELLO))) {
    }
}

static void keeps_a_connection_for_the_next_exchange(void **state)
{
    (void)state;
    struct setting s = prepare(&(struct peer_options){.script = say_hello});
    open_pool(&s);
    struct outcome outcome = {.appetite = 0};
    for (int i = 0; i < 5; i++) {
        post(&s, &outcome);
        expect_hello(&outcome);
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
    assert_true(pen_str_equal(peer_request(s.peer), PEN_S(POST "12345")));
    finish(&s);
}

static void opens_connections_up_to_the_limit_and_then_says_busy(void **state)
{
    (void)state;
    struct setting s = prepare(&(struct peer_options){.script = say_hello});
    s.upstream.connections = 2;
    open_pool(&s);
    struct outcome outcomes[3] = {{.status = 0}};
    for (size_t i = 0; i < 3; i++) {
        start(&s, &outcomes[i], PEN_S("GET"), PEN_S(GET), PEN_S(""));
    }
    assert_int_equal(pen_upstream_pool_active(s.pool), 3);
    for (size_t i = 0; i < 3; i++)
        wait_for(&s, &outcomes[i]);
    expect_hello(&outcomes[0]);
    expect_hello(&outcomes[1]);
    expect_failure(&outcomes[2], PEN_UPSTREAM_BUSY, "in use");
    assert_int_equal(pen_upstream_pool_open(s.pool), 2);
    finish(&s);
}

static void reaches_a_function_at_a_unix_socket(void **state)
{
    (void)state;
    const struct pen_str path = pki_path(&pki, "socket");
    struct setting s = prepare(&(struct peer_options){.script = say_hello, .unix_path = path.ptr});
    open_pool(&s);
    struct outcome outcome = {.appetite = 0};
    get(&s, &outcome);
    expect_hello(&outcome);
    get(&s, &outcome);
    expect_hello(&outcome);
    assert_int_equal(peer_connections(s.peer), 1);
    finish(&s);
}

/* TLS. */

static void proves_both_ends_and_keeps_the_connection(void **state)
{
    (void)state;
    const int versions[] = {12, 13};
    for (size_t i = 0; i < PEN_COUNT_OF(versions); i++) {
        struct setting s = prepare(&(struct peer_options){.pki = &pki,
                                                          .identity = "function",
                                                          .ask_client = true,
                                                          .max_version = versions[i],
                                                          .script = say_hello});
        s.upstream.identity = (struct pen_config_identity){
            pki_path(&pki, "gateway.pem"),
            pki_path(&pki, "gateway.key"),
        };
        s.upstream.pin = pki_pin(&pki, "function");
        open_pool(&s);
        struct outcome outcome = {.appetite = 0};
        for (int j = 0; j < 3; j++) {
            post(&s, &outcome);
            expect_hello(&outcome);
        }
        assert_int_equal(peer_connections(s.peer), 1);
        finish(&s);
    }
}

static void refuses_functions_that_cannot_prove_themselves(void **state)
{
    (void)state;
    const struct {
        const char *why;
        struct pki *pki;
        const char *identity;
        const char *pin;
        int min_version;
        enum pen_upstream_failure failure;
        const char *detail;
    } rows[] = {
        {"another authority", &strangers, "function", NULL, 12, PEN_UPSTREAM_CERTIFICATE,
         "unable to get local issuer"},
        {"another name", &pki, "elsewhere", NULL, 12, PEN_UPSTREAM_CERTIFICATE,
         "no alternative certificate subject name"},
        {"expired", &pki, "expired", NULL, 12, PEN_UPSTREAM_CERTIFICATE, "expired"},
        {"a client's certificate", &pki, "gateway", NULL, 12, PEN_UPSTREAM_CERTIFICATE, "purpose"},
        {"another key than the pinned one", &pki, "function", "elsewhere", 12,
         PEN_UPSTREAM_CERTIFICATE, "pinned"},
        {"an old version of TLS", &pki, "function", NULL, 13, PEN_UPSTREAM_TLS, "version"},
    };
    for (size_t i = 0; i < PEN_COUNT_OF(rows); i++) {
        struct setting s =
            prepare(&(struct peer_options){.pki = rows[i].pki,
                                           .identity = rows[i].identity,
                                           .max_version = rows[i].min_version == 13 ? 12 : 13,
                                           .script = say_hello});
        s.upstream.min_version = rows[i].min_version;
        if (rows[i].pin != NULL) s.upstream.pin = pki_pin(&pki, rows[i].pin);
        open_pool(&s);
        struct outcome outcome = {.appetite = 0};
        post(&s, &outcome);
        expect_failure(&outcome, rows[i].failure, rows[i].detail);
        assert_int_equal(peer_requests(s.peer), 0);
        assert_int_equal(pen_upstream_pool_open(s.pool), 0);
        finish(&s);
    }
}

static void is_told_when_its_own_certificate_is_missing(void **state)
{
    (void)state;
    const int versions[] = {12, 13};
    for (size_t i = 0; i < PEN_COUNT_OF(versions); i++) {
        struct setting s = prepare(&(struct peer_options){.pki = &pki,
                                                          .identity = "function",
                                                          .ask_client = true,
                                                          .max_version = versions[i],
                                                          .script = say_hello});
        open_pool(&s);
        struct outcome outcome = {.appetite = 0};
        post(&s, &outcome);
        expect_failure(&outcome, PEN_UPSTREAM_TLS, "alert");
        finish(&s);
    }
}

static void speaks_no_tls_to_a_plain_function(void **state)
{
    (void)state;
    struct setting s = prepare(&(struct peer_options){.script = say_hello});
    s.upstream.scheme = PEN_UPSTREAM_HTTPS;
    s.upstream.connect_timeout_ms = 50;
    s.upstream.ca = pki_path(&pki, "ca.pem");
    open_pool(&s);
    struct outcome outcome = {.appetite = 0};
    post(&s, &outcome);
    expect_failure(&outcome, PEN_UPSTREAM_CONNECT_TIMEOUT, "shaking hands");
    finish(&s);
}

static void names_the_file_that_does_not_load(void **state)
{
    (void)state;
    struct setting s =
        prepare(&(struct peer_options){.pki = &pki, .identity = "function", .script = say_hello});
    s.upstream.ca = pki_path(&pki, "none.pem");
    struct pen_error err;
    assert_int_equal(pen_upstream_pool_create(s.loop, &s.upstream, &s.pool, &err), PEN_ERR_IO);
    assert_non_null(strstr(err.text, "none.pem"));
    s.upstream.ca = pki_path(&pki, "ca.pem");
    s.upstream.identity =
        (struct pen_config_identity){pki_path(&pki, "gateway.pem"), pki_path(&pki, "function.key")};
    assert_int_equal(pen_upstream_pool_create(s.loop, &s.upstream, &s.pool, &err), PEN_ERR_INVALID);
    assert_non_null(strstr(err.text, "is not the key of"));
    assert_null(s.pool);
    finish(&s);
}

/* Connecting. */

static void says_refused_when_nobody_listens(void **state)
{
    (void)state;
    struct setting s = prepare(&(struct peer_options){.script = say_hello});
    const int fd = socket(AF_INET, SOCK_STREAM, 0);
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t len = sizeof(address);
    /* Bound and not listening: the port is ours, and nobody answers there. */
    assert_int_equal(bind(fd, (struct sockaddr *)&address, len), 0);
    assert_int_equal(getsockname(fd, (struct sockaddr *)&address, &len), 0);
    s.upstream.port = ntohs(address.sin_port);
    open_pool(&s);
    struct outcome outcome = {.appetite = 0};
    post(&s, &outcome);
    expect_failure(&outcome, PEN_UPSTREAM_REFUSED, "Connection refused");
    close(fd);
    finish(&s);
}

static void says_refused_when_there_is_no_unix_socket(void **state)
{
    (void)state;
    struct setting s = prepare(&(struct peer_options){.script = say_hello});
    s.upstream.scheme = PEN_UPSTREAM_UNIX;
    s.upstream.host = PEN_S("localhost");
    s.upstream.unix_path = pki_path(&pki, "nobody");
    open_pool(&s);
    struct outcome outcome = {.appetite = 0};
    post(&s, &outcome);
    expect_failure(&outcome, PEN_UPSTREAM_REFUSED, "");
    finish(&s);
}

static void says_dns_when_the_name_means_nothing(void **state)
{
    (void)state;
    struct setting s = prepare(&(struct peer_options){.script = say_hello});
    /* RFC 6761 section 6.4: never resolved; the label is too long for a resolver to ask about. */
    s.upstream.host = PEN_S("an-endless-label-an-endless-label-an-endless-label-an-endless-label-"
                            "an-endless-label.invalid");
    open_pool(&s);
    struct outcome outcome = {.appetite = 0};
    post(&s, &outcome);
    expect_failure(&outcome, PEN_UPSTREAM_DNS, "resolve");
    finish(&s);
}

static void gives_up_a_handshake_that_never_ends(void **state)
{
    (void)state;
    struct setting s = prepare(&(struct peer_options){
        .pki = &pki, .identity = "function", .mute = true, .script = say_hello});
    s.upstream.connect_timeout_ms = 40;
    open_pool(&s);
    struct outcome outcome = {.appetite = 0};
    post(&s, &outcome);
    expect_failure(&outcome, PEN_UPSTREAM_CONNECT_TIMEOUT, "shaking hands");
    assert_int_equal(pen_upstream_pool_open(s.pool), 0);
    finish(&s);
}

static void gives_up_a_full_backlog(void **state)
{
    (void)state;
    struct setting s = prepare(&(struct peer_options){.script = say_hello});
    const int fd = socket(AF_INET, SOCK_STREAM, 0);
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t len = sizeof(address);
    assert_int_equal(bind(fd, (struct sockaddr *)&address, len), 0);
    assert_int_equal(getsockname(fd, (struct sockaddr *)&address, &len), 0);
    assert_int_equal(listen(fd, 0), 0);
    int waiting[4];
    for (size_t i = 0; i < PEN_COUNT_OF(waiting); i++) {
        waiting[i] = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
        (void)connect(waiting[i], (struct sockaddr *)&address, len);
    }
    s.upstream.port = ntohs(address.sin_port);
    s.upstream.connect_timeout_ms = 40;
    open_pool(&s);
    struct outcome outcome = {.appetite = 0};
    post(&s, &outcome);
    expect_failure(&outcome, PEN_UPSTREAM_CONNECT_TIMEOUT, "connecting");
    for (size_t i = 0; i < PEN_COUNT_OF(waiting); i++)
        close(waiting[i]);
    close(fd);
    finish(&s);
}

/* Answers, good and bad: what comes out of fixed bytes, and whether the connection is kept. */

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
        {"a length", "GET", OK_HELLO, "hello", 200, 1, false},
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
         "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n" OK_HELLO,
         "hello", 200, 1, false},
        {"bytes after the end", "GET", OK_HELLO "x", "hello", 200, 0, false},
        {"a second answer", "GET", OK_HELLO OK_HELLO, "hello", 200, 0, false},
        {"bytes after the last chunk", "GET",
         "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\nHTTP",
         "hello", 200, 0, false},
        {"a body for HEAD", "HEAD", OK_HELLO, "", 200, 0, false},
        {"an error of the function's own", "GET",
         "HTTP/1.1 500 Oops\r\nContent-Length: 5\r\n\r\nhello", "hello", 500, 1, false},
    };
    for (size_t i = 0; i < PEN_COUNT_OF(rows); i++) {
        fixed_answer = pen_str_from_c(rows[i].answer);
        struct setting s = prepare(
            &(struct peer_options){.script = rows[i].close ? say_fixed_and_close : say_fixed});
        open_pool(&s);
        struct outcome outcome = {.appetite = 0};
        start(&s, &outcome, pen_str_from_c(rows[i].method), PEN_S(GET), PEN_S(""));
        wait_for(&s, &outcome);
        if (!outcome.ended) fail_msg("%s: %s", rows[i].why, outcome.detail);
        const struct pen_str body = {outcome.body, outcome.body_len};
        if (outcome.status != rows[i].status
            || !pen_str_equal(body, pen_str_from_c(rows[i].body))) {
            fail_msg("%s: %d '%.*s'", rows[i].why, outcome.status, PEN_STR_ARGS(body));
        }
        if (pen_upstream_pool_open(s.pool) != rows[i].kept) fail_msg("kept: %s", rows[i].why);
        finish(&s);
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
         INTERIM INTERIM INTERIM INTERIM INTERIM INTERIM INTERIM INTERIM INTERIM OK_HELLO,
         PEN_UPSTREAM_MALFORMED, "upstream.interim_heads", 0},
        {"a broken chunk", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n",
         PEN_UPSTREAM_MALFORMED, "wire.chunk_size", 1},
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
        struct setting s = prepare(&(struct peer_options){.script = say_fixed});
        s.upstream.response_bytes = 10;
        open_pool(&s);
        struct outcome outcome = {.appetite = 0};
        get(&s, &outcome);
        if (!outcome.failed || outcome.failure != rows[i].failure
            || strstr(outcome.detail, rows[i].detail) == NULL || outcome.heads != rows[i].heads) {
            fail_msg("%s: %s (%s), %d heads", rows[i].why,
                     pen_upstream_failure_code(outcome.failure),
                     outcome.failed ? outcome.detail : "answered", outcome.heads);
        }
        assert_int_equal(pen_upstream_pool_open(s.pool), 0);
        finish(&s);
    }
#undef INTERIM
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
    struct setting s = prepare(&(struct peer_options){.script = say_fixed});
    open_pool(&s);
    struct outcome outcome = {.appetite = 0};
    get(&s, &outcome);
    expect_failure(&outcome, PEN_UPSTREAM_MALFORMED, "wire.");
    finish(&s);
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
            struct setting s = prepare(&(struct peer_options){.script = say_fixed_and_close});
            open_pool(&s);
            struct outcome outcome = {.appetite = 0};
            post(&s, &outcome);
            expect_failure(&outcome, PEN_UPSTREAM_CLOSED,
                           outcome.heads > 0 ? "within the body"
                           : cut > 0         ? "within the head"
                                             : "before the answer");
            assert_int_equal(pen_upstream_pool_open(s.pool), 0);
            finish(&s);
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
        struct setting s = prepare(&(struct peer_options){
            .script = send_in_drops, .pki = &pki, .identity = tls ? "function" : NULL});
        open_pool(&s);
        struct outcome outcome = {.appetite = 0};
        for (int i = 0; i < 2; i++) {
            get(&s, &outcome);
            expect_hello(&outcome);
        }
        assert_int_equal(peer_connections(s.peer), 1);
        finish(&s);
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
        struct setting s = prepare(&(struct peer_options){
            .pki = &pki, .identity = "function", .max_version = versions[i], .script = cut_short});
        open_pool(&s);
        struct outcome outcome = {.appetite = 0};
        get(&s, &outcome);
        expect_failure(&outcome, PEN_UPSTREAM_CLOSED, "");
        finish(&s);
    }
}

/* Deadlines. */

static void say_nothing(struct peer_talk *talk)
{
    if (peer_read(talk)) peer_wait_end(talk);
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
        {"no answer", "", 30, 5000, PEN_UPSTREAM_FIRST_BYTE_TIMEOUT, "no answer"},
        {"half a head", "HTTP/1.1 200 OK\r\nX:", 30, 5000, PEN_UPSTREAM_FIRST_BYTE_TIMEOUT,
         "within the head"},
        {"an interim head only", "HTTP/1.1 102 Processing\r\n\r\n", 30, 5000,
         PEN_UPSTREAM_FIRST_BYTE_TIMEOUT, "within the head"},
        {"no answer within all", "", 5000, 30, PEN_UPSTREAM_TIMEOUT, "whole"},
        {"half a body", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhe", 20, 60,
         PEN_UPSTREAM_TIMEOUT, "whole"},
    };
    for (size_t i = 0; i < PEN_COUNT_OF(rows); i++) {
        fixed_answer = pen_str_from_c(rows[i].half);
        struct setting s = prepare(
            &(struct peer_options){.script = fixed_answer.len > 0 ? say_half : say_nothing});
        s.upstream.first_byte_timeout_ms = rows[i].first_byte_ms;
        s.upstream.timeout_ms = rows[i].total_ms;
        open_pool(&s);
        struct outcome outcome = {.appetite = 0};
        get(&s, &outcome);
        if (!outcome.failed || outcome.failure != rows[i].failure
            || strstr(outcome.detail, rows[i].detail) == NULL) {
            fail_msg("%s: %s (%s)", rows[i].why, pen_upstream_failure_code(outcome.failure),
                     outcome.failed ? outcome.detail : "answered");
        }
        assert_int_equal(peer_requests(s.peer), 1);
        assert_int_equal(pen_upstream_pool_open(s.pool), 0);
        finish(&s);
    }
}

static void a_request_may_shorten_the_deadline(void **state)
{
    (void)state;
    struct setting s = prepare(&(struct peer_options){.script = say_nothing});
    open_pool(&s);
    struct outcome outcome = {.appetite = 0};
    const struct pen_exchange_request request = {
        .head = PEN_STR(GET), .method = PEN_STR("GET"), .timeout_ms = 30};
    assert_int_equal(
        pen_upstream_start(s.pool, &request, &events, &outcome, s.arena, &outcome.exchange),
        PEN_OK);
    wait_for(&s, &outcome);
    expect_failure(&outcome, PEN_UPSTREAM_TIMEOUT, "");
    finish(&s);
}

/* Large bodies. */

static void say_big(struct peer_talk *talk)
{
    char *const text = malloc(BIG);
    if (text == NULL) abort();
    for (size_t i = 0; i < BIG; i++)
        text[i] = (char)('a' + i % 26);
    while (peer_read(talk)) {
        if (!peer_send(talk, PEN_S("HTTP/1.1 200 OK\r\nContent-Length: 10485760\r\n\r\n"))
            || !peer_send(talk, (struct pen_str){text, BIG})) {
            break;
        }
    }
    free(text);
}

static void holds_a_large_answer_back_while_its_owner_is_full(void **state)
{
    (void)state;
    for (int tls = 0; tls < 2; tls++) {
        struct setting s = prepare(&(struct peer_options){
            .script = say_big, .pki = &pki, .identity = tls ? "function" : NULL});
        open_pool(&s);
        struct outcome outcome = {.appetite = 1000};
        start(&s, &outcome, PEN_S("GET"), PEN_S(GET), PEN_S(""));
        while (!outcome.exchange->paused) turn(&s);
        const size_t taken = outcome.body_len;
        /* Nothing more comes, however long the loop runs, and the function is held up. */
        for (int i = 0; i < 100; i++)
            assert_int_equal(pen_loop_turn(s.loop, 1), PEN_OK);
        assert_int_equal(outcome.body_len, taken);
        assert_true(peer_sent(s.peer) < BIG);

        const size_t used = pen_arena_used(s.arena);
        while (!outcome.ended && !outcome.failed) {
            if (outcome.body_len > 300000) outcome.appetite = 0;
            pen_exchange_resume(outcome.exchange);
            turn(&s);
        }
        if (!outcome.ended) fail_msg("%s", outcome.detail);
        assert_int_equal(outcome.body_len, BIG);
        for (size_t i = 0; i < KEPT; i++)
            assert_int_equal(outcome.body[i], 'a' + i % 26);
        assert_true(outcome.largest <= PEN_CONNECTION_BUFFER);
        assert_int_equal(pen_arena_used(s.arena), used);
        assert_int_equal(pen_upstream_pool_open(s.pool), 1);
        finish(&s);
    }
}

static void pauses_within_chunks_and_at_the_end(void **state)
{
    (void)state;
    fixed_answer = PEN_S("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
                         "2\r\nhe\r\n3\r\nllo\r\n0\r\n\r\n");
    struct setting s = prepare(&(struct peer_options){.script = say_fixed});
    open_pool(&s);
    struct outcome outcome = {.appetite = 1};
    start(&s, &outcome, PEN_S("GET"), PEN_S(GET), PEN_S(""));
    while (!outcome.ended && !outcome.failed) {
        turn(&s);
        if (!outcome.ended) pen_exchange_resume(outcome.exchange);
    }
    expect_hello(&outcome);
    assert_int_equal(pen_upstream_pool_open(s.pool), 1);
    finish(&s);
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
        struct setting s = prepare(&(struct peer_options){
            .script = say_hello, .pki = &pki, .identity = tls ? "function" : NULL});
        open_pool(&s);
        for (int i = 0; i < 2; i++) {
            struct outcome outcome = {.appetite = 0};
            start(&s, &outcome, PEN_S("POST"), head, (struct pen_str){text, len});
            wait_for(&s, &outcome);
            expect_hello(&outcome);
        }
        const struct pen_str seen = peer_request(s.peer);
        assert_int_equal(seen.len, head.len + len);
        assert_true(pen_str_starts(seen, head));
        assert_memory_equal(seen.ptr + head.len, text, len);
        finish(&s);
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
    char *text = calloc(1, BIG);
    assert_non_null(text);
    struct setting s = prepare(&(struct peer_options){.script = refuse_early});
    open_pool(&s);
    struct outcome outcome = {.appetite = 0};
    start(&s, &outcome, PEN_S("POST"),
          PEN_S("POST /f HTTP/1.1\r\nHost: f\r\nContent-Length: 10485760\r\n\r\n"),
          (struct pen_str){text, BIG});
    wait_for(&s, &outcome);
    assert_true(outcome.ended);
    assert_int_equal(outcome.status, 413);
    assert_int_equal(pen_upstream_pool_open(s.pool), 0);
    finish(&s);
    free(text);
}

/* Stale connections. */

/* Answer the first request of the first connection; then read the second and go without a word. */
static void go_silently(struct peer_talk *talk)
{
    if (!peer_read(talk) || !peer_send(talk, PEN_S(OK_HELLO))) return;
    if (peer_number(talk) == 1) {
        (void)peer_read(talk);
        return;
    }
    say_hello(talk);
}

static void never_sends_a_post_twice(void **state)
{
    (void)state;
    for (int tls = 0; tls < 2; tls++) {
        struct setting s = prepare(&(struct peer_options){
            .script = go_silently, .pki = &pki, .identity = tls ? "function" : NULL});
        open_pool(&s);
        struct outcome outcome = {.appetite = 0};
        post(&s, &outcome);
        expect_hello(&outcome);
        post(&s, &outcome);
        expect_failure(&outcome, PEN_UPSTREAM_CLOSED, "closed before the answer");
        assert_int_equal(peer_requests(s.peer), 2);
        assert_int_equal(peer_connections(s.peer), 1);
        finish(&s);
    }
}

static void repeats_a_get_once_when_the_connection_was_stale(void **state)
{
    (void)state;
    for (int tls = 0; tls < 2; tls++) {
        struct setting s = prepare(&(struct peer_options){
            .script = go_silently, .pki = &pki, .identity = tls ? "function" : NULL});
        open_pool(&s);
        struct outcome outcome = {.appetite = 0};
        get(&s, &outcome);
        get(&s, &outcome);
        expect_hello(&outcome);
        assert_false(pen_exchange_times(outcome.exchange)->reused);
        assert_int_equal(peer_requests(s.peer), 3);
        assert_int_equal(peer_connections(s.peer), 2);
        assert_int_equal(pen_upstream_pool_open(s.pool), 1);
        finish(&s);
    }
}

static void leave_after_reading(struct peer_talk *talk)
{
    if (peer_number(talk) == 1 && peer_read(talk)) (void)peer_send(talk, PEN_S(OK_HELLO));
    (void)peer_read(talk);
}

static void repeats_a_get_no_more_than_once(void **state)
{
    (void)state;
    struct setting s = prepare(&(struct peer_options){.script = leave_after_reading});
    open_pool(&s);
    struct outcome outcome = {.appetite = 0};
    get(&s, &outcome);
    get(&s, &outcome);
    expect_failure(&outcome, PEN_UPSTREAM_CLOSED, "closed before the answer");
    assert_int_equal(peer_connections(s.peer), 2);
    finish(&s);
}

static void serve_one(struct peer_talk *talk)
{
    if (peer_read(talk)) (void)peer_send(talk, PEN_S(OK_HELLO));
}

/* Until the peer's goodbye is in our socket, without the loop seeing it. */
static void wait_for_goodbye(const struct setting *s)
{
    assert_non_null(s->pool->idle);
    struct pollfd wait = {.fd = s->pool->idle->watch.fd, .events = POLLIN | POLLRDHUP};
    assert_int_equal(poll(&wait, 1, -1), 1);
}

static void a_post_takes_a_new_connection_when_the_idle_one_is_closed(void **state)
{
    (void)state;
    for (int tls = 0; tls < 2; tls++) {
        struct setting s = prepare(&(struct peer_options){
            .script = serve_one, .pki = &pki, .identity = tls ? "function" : NULL});
        open_pool(&s);
        struct outcome outcome = {.appetite = 0};
        for (size_t i = 1; i <= 3; i++) {
            post(&s, &outcome);
            expect_hello(&outcome);
            assert_int_equal(peer_connections(s.peer), i);
            wait_for_goodbye(&s);
        }
        finish(&s);
    }
}

static void notices_that_an_idle_connection_was_closed(void **state)
{
    (void)state;
    struct setting s = prepare(&(struct peer_options){.script = serve_one});
    open_pool(&s);
    struct outcome outcome = {.appetite = 0};
    post(&s, &outcome);
    expect_hello(&outcome);
    while (pen_upstream_pool_open(s.pool) > 0)
        turn(&s);
    finish(&s);
}

static void speak_unasked(struct peer_talk *talk)
{
    while (peer_read(talk) && peer_send(talk, PEN_S(OK_HELLO))) {
        /* Poison for whoever comes next. */
        if (peer_number(talk) == 1) (void)peer_send(talk, PEN_S("HTTP/1.1 200 OK\r\n\r\nevil"));
    }
}

static void drops_an_idle_connection_that_speaks_unasked(void **state)
{
    (void)state;
    for (int tls = 0; tls < 2; tls++) {
        struct setting s = prepare(&(struct peer_options){
            .script = speak_unasked, .pki = &pki, .identity = tls ? "function" : NULL});
        open_pool(&s);
        struct outcome outcome = {.appetite = 0};
        post(&s, &outcome);
        expect_hello(&outcome);
        if (s.pool->idle != NULL) wait_for_goodbye(&s);
        post(&s, &outcome);
        expect_hello(&outcome);
        assert_int_equal(peer_connections(s.peer), 2);
        finish(&s);
    }
}

static void closes_a_connection_that_idles_too_long(void **state)
{
    (void)state;
    struct setting s = prepare(&(struct peer_options){.script = say_hello});
    s.upstream.idle_ms = 20;
    open_pool(&s);
    struct outcome outcome = {.appetite = 0};
    post(&s, &outcome);
    expect_hello(&outcome);
    while (pen_upstream_pool_open(s.pool) > 0)
        turn(&s);
    finish(&s);
}

static void reset_after_reading(struct peer_talk *talk)
{
    if (peer_read(talk)) peer_reset(talk);
}

static void says_closed_when_the_function_resets(void **state)
{
    (void)state;
    for (int tls = 0; tls < 2; tls++) {
        struct setting s = prepare(&(struct peer_options){
            .script = reset_after_reading, .pki = &pki, .identity = tls ? "function" : NULL});
        open_pool(&s);
        struct outcome outcome = {.appetite = 0};
        post(&s, &outcome);
        expect_failure(&outcome, PEN_UPSTREAM_CLOSED, "");
        finish(&s);
    }
}

/* Cancelling. */

static void can_be_cancelled_in_every_phase(void **state)
{
    (void)state;
    for (int tls = 0; tls < 2; tls++) {
        struct setting s = prepare(&(struct peer_options){
            .script = say_big, .pki = &pki, .identity = tls ? "function" : NULL});
        open_pool(&s);
        /* After 0 turns it connects; then it shakes hands, sends, waits, reads, is paused. */
        for (int turns = 0; turns < 12; turns++) {
            struct outcome outcome = {.appetite = 1};
            start(&s, &outcome, PEN_S("GET"), PEN_S(GET), PEN_S(""));
            for (int i = 0; i < turns && outcome.body_len == 0; i++)
                turn(&s);
            pen_exchange_cancel(outcome.exchange);
            pen_exchange_cancel(outcome.exchange);
            assert_int_equal(pen_upstream_pool_active(s.pool), 0);
            assert_int_equal(pen_upstream_pool_open(s.pool), 0);
            assert_false(outcome.ended || outcome.failed);
        }
        struct outcome in_head = {.cancel_in_head = true};
        start(&s, &in_head, PEN_S("GET"), PEN_S(GET), PEN_S(""));
        while (pen_upstream_pool_active(s.pool) > 0)
            turn(&s);
        struct outcome in_body = {.cancel_in_body = true};
        start(&s, &in_body, PEN_S("GET"), PEN_S(GET), PEN_S(""));
        while (pen_upstream_pool_active(s.pool) > 0)
            turn(&s);
        assert_int_equal(in_head.heads, 1);
        assert_int_equal(in_head.body_len, 0);
        assert_false(in_head.ended || in_head.failed || in_body.ended || in_body.failed);
        assert_int_equal(pen_upstream_pool_open(s.pool), 0);
        finish(&s);
    }
}

static void a_refusal_to_come_can_be_cancelled(void **state)
{
    (void)state;
    struct setting s = prepare(&(struct peer_options){.script = say_hello});
    s.upstream.connections = 0;
    open_pool(&s);
    struct outcome outcome = {.appetite = 0};
    start(&s, &outcome, PEN_S("GET"), PEN_S(GET), PEN_S(""));
    pen_exchange_cancel(outcome.exchange);
    assert_int_equal(pen_loop_turn(s.loop, 0), PEN_OK);
    assert_false(outcome.failed);
    finish(&s);
}

static void destroying_the_pool_ends_what_runs(void **state)
{
    (void)state;
    for (int turns = 0; turns < 8; turns++) {
        struct setting s = prepare(
            &(struct peer_options){.script = say_nothing, .pki = &pki, .identity = "function"});
        s.upstream.timeout_ms = 5000;
        open_pool(&s);
        struct outcome outcomes[3] = {{.status = 0}};
        for (size_t i = 0; i < 3; i++) {
            start(&s, &outcomes[i], PEN_S("GET"), PEN_S(GET), PEN_S(""));
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
        finish(&s);
    }
}

static void starts_nothing_when_memory_is_out(void **state)
{
    (void)state;
    struct setting s = prepare(&(struct peer_options){.script = say_hello});
    open_pool(&s);
    struct outcome outcome = {.appetite = 0};
    const struct pen_exchange_request request = {
        .head = PEN_STR(POST), .body = PEN_STR("12345"), .method = PEN_STR("POST")};
    size_t limit = 0;
    for (;; limit += 16) {
        pen_arena_destroy(s.arena);
        assert_int_equal(pen_arena_create(limit, limit, &s.arena), PEN_OK);
        const enum pen_status status =
            pen_upstream_start(s.pool, &request, &events, &outcome, s.arena, &outcome.exchange);
        if (status == PEN_OK) break;
        assert_int_equal(status, PEN_ERR_NOMEM);
        assert_int_equal(pen_upstream_pool_active(s.pool), 0);
        assert_int_equal(pen_upstream_pool_open(s.pool), 0);
    }
    assert_true(limit > 0);
    wait_for(&s, &outcome);
    expect_hello(&outcome);
    finish(&s);
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
        cmocka_unit_test(reaches_a_function_at_a_unix_socket),
        cmocka_unit_test(proves_both_ends_and_keeps_the_connection),
        cmocka_unit_test(refuses_functions_that_cannot_prove_themselves),
        cmocka_unit_test(is_told_when_its_own_certificate_is_missing),
        cmocka_unit_test(speaks_no_tls_to_a_plain_function),
        cmocka_unit_test(names_the_file_that_does_not_load),
        cmocka_unit_test(says_refused_when_nobody_listens),
        cmocka_unit_test(says_refused_when_there_is_no_unix_socket),
        cmocka_unit_test(says_dns_when_the_name_means_nothing),
        cmocka_unit_test(gives_up_a_handshake_that_never_ends),
        cmocka_unit_test(gives_up_a_full_backlog),
        cmocka_unit_test(reads_answers_of_every_framing),
        cmocka_unit_test(refuses_answers_that_mean_two_things),
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
        cmocka_unit_test(never_sends_a_post_twice),
        cmocka_unit_test(repeats_a_get_once_when_the_connection_was_stale),
        cmocka_unit_test(repeats_a_get_no_more_than_once),
        cmocka_unit_test(a_post_takes_a_new_connection_when_the_idle_one_is_closed),
        cmocka_unit_test(notices_that_an_idle_connection_was_closed),
        cmocka_unit_test(drops_an_idle_connection_that_speaks_unasked),
        cmocka_unit_test(closes_a_connection_that_idles_too_long),
        cmocka_unit_test(says_closed_when_the_function_resets),
        cmocka_unit_test(can_be_cancelled_in_every_phase),
        cmocka_unit_test(a_refusal_to_come_can_be_cancelled),
        cmocka_unit_test(destroying_the_pool_ends_what_runs),
        cmocka_unit_test(starts_nothing_when_memory_is_out),
        cmocka_unit_test(every_failure_has_a_status_a_type_and_a_code),
    };
    return cmocka_run_group_tests_name("upstream", tests, make_certificates, remove_certificates);
}
