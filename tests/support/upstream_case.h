/**
 * What the tests of exchanges share: a loop, a pool, a scripted function, and an owner that writes
 * down what it hears.
 */
#ifndef PEN_TESTS_UPSTREAM_CASE_H
#define PEN_TESTS_UPSTREAM_CASE_H

#include "filters/core/arena.h"
#include "gateway/upstream/upstream.h"
#include "tests/support/peer.h"

#define CASE_GET   "GET /f HTTP/1.1\r\nHost: f\r\n\r\n"
#define CASE_POST  "POST /f HTTP/1.1\r\nHost: f\r\nContent-Length: 5\r\n\r\n"
#define CASE_HELLO "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"
#define CASE_KEPT  (64 * 1024)        /* bytes of an answer that a test looks at */
#define CASE_BIG   ((size_t)10 << 20) /* more than all buffers on the way hold */

/** The authority that functions and gateway are proven by, and one that nobody trusts. */
extern struct pki case_pki;
extern struct pki case_strangers;
extern const struct pen_exchange_events case_events;

/* What the owner of an exchange heard. */
struct outcome {
    int status;
    int heads;
    char body[CASE_KEPT];
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

struct upstream_case {
    struct pen_loop *loop;
    struct pen_arena *arena;
    struct pen_config_upstream upstream;
    struct pen_upstream_pool *pool;
    struct peer *peer;
    size_t descriptors;
};

int case_make_certificates(void **state);
int case_remove_certificates(void **state);
struct upstream_case case_prepare(const struct peer_options *options);
void case_open(struct upstream_case *s);
void case_finish(struct upstream_case *s);
void case_turn(struct upstream_case *s);
void case_start(struct upstream_case *s, struct outcome *outcome, struct pen_str method,
                struct pen_str head, struct pen_str body);
void case_wait(struct upstream_case *s, const struct outcome *outcome);
void case_get(struct upstream_case *s, struct outcome *outcome);
void case_post(struct upstream_case *s, struct outcome *outcome);
void case_expect_hello(const struct outcome *outcome);
void case_expect_failure(const struct outcome *outcome, enum pen_upstream_failure failure,
                         const char *detail);
void case_say_hello(struct peer_talk *talk);
void case_say_nothing(struct peer_talk *talk);
void case_say_big(struct peer_talk *talk);

#endif
