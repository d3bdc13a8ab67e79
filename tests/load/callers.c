/**
 * Callers by the thousand: TLS connections that ask, wait, drip, or leave at the worst moment.
 *
 * One thread, one epoll, OpenSSL. What becomes of each connection is counted and printed as one
 * JSON object; tests/load/run starts a gateway, plays its scenarios with this, and judges the
 * counts.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "tests/load/counts.h"
#include "tests/load/options.h"

#define SESSIONS   64   /* kept for resumption */
#define IN_BYTES   4096 /* of an answer's head */
#define OUT_BYTES  8192 /* of a request */
#define SCAN_MS    20   /* between two looks at who is due */
#define PER_SOURCE 20000

/* Where a caller that leaves early does so. */
enum leave { STAY, AT_CONNECT, IN_HELLO, AT_HANDSHAKE, IN_HEAD, IN_BODY, AT_ANSWER, LEAVES };

enum state { FREE, CONNECTING, SHAKING, SENDING, READING, HOLDING, DRIPPING };

struct caller {
    int fd;
    SSL *ssl;
    enum state state;
    enum leave leave;
    bool by_reset;
    bool resumes;
    uint32_t requests; /* answered over this connection */
    size_t sent;
    size_t due;    /* bytes of the request that are to be sent */
    size_t in_len; /* bytes of the answer's head so far */
    uint64_t body_left;
    bool in_body;
    bool last; /* the answer says so */
    int status;
    uint64_t began_us; /* of the connection */
    uint64_t asked_us; /* of the request */
    uint64_t due_us;   /* next drip, or patience's end */
    char in[IN_BYTES];
};

static struct options options;
static struct counts counts;
static SSL_CTX *context;
static SSL_SESSION *sessions[SESSIONS];
static uint32_t session_count;
static int epoll_fd;
static char request[OUT_BYTES];
static size_t request_len;
static size_t head_len;
static uint64_t random_state;
static uint32_t active;
static uint32_t unshaken; /* of the active ones */
static uint64_t asked;    /* requests given out (steady) */

static uint64_t now_us(void)
{
    struct timespec now;
    if (clock_gettime(CLOCK_MONOTONIC, &now) != 0) give_up("clock");
    return (uint64_t)now.tv_sec * 1000000 + (uint64_t)now.tv_nsec / 1000;
}

static uint32_t random_below(uint32_t n)
{
    random_state = random_state * 6364136223846793005U + 1442695040888963407U;
    return (uint32_t)((random_state >> 33) % n);
}

/* Sessions for those that resume: the latest ones. */
static int keep_session(SSL *ssl, SSL_SESSION *session)
{
    (void)ssl;
    const uint32_t slot = session_count < SESSIONS ? session_count++ : random_below(SESSIONS);
    SSL_SESSION_free(sessions[slot]);
    sessions[slot] = session;
    return 1;
}

static void watch(struct caller *c, uint32_t events, bool fresh)
{
    struct epoll_event event = {.events = events, .data.ptr = c};
    if (epoll_ctl(epoll_fd, fresh ? EPOLL_CTL_ADD : EPOLL_CTL_MOD, c->fd, &event) != 0) {
        give_up("epoll_ctl");
    }
}

static void finish(struct caller *c)
{
    if (c->by_reset) {
        const struct linger reset = {.l_onoff = 1};
        if (setsockopt(c->fd, SOL_SOCKET, SO_LINGER, &reset, sizeof(reset)) != 0) give_up("linger");
    }
    if (c->state == CONNECTING || c->state == SHAKING) unshaken--;
    /* Without it OpenSSL takes the session of a connection that was cut for spoilt. */
    SSL_set_shutdown(c->ssl, SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN);
    SSL_free(c->ssl);
    close(c->fd);
    c->ssl = NULL;
    c->state = FREE;
    active--;
}

static void leave(struct caller *c)
{
    counts.left++;
    finish(c);
}

/* The gateway ended the connection. */
static void ended(struct caller *c)
{
    const bool owed = c->state == SENDING || (c->state == READING && c->asked_us != 0);
    const uint64_t lasted_ms = (now_us() - c->began_us) / 1000;
    if (c->state == SHAKING || c->state == CONNECTING) {
        counts.no_handshake++;
    } else if (owed && c->requests > 0 && c->in_len == 0 && !c->in_body) {
        counts.repeated++;
        asked--;
    } else if (owed) {
        counts.lost++;
    } else {
        counts.ended++;
    }
    if (lasted_ms > counts.slowest_end_ms) counts.slowest_end_ms = lasted_ms;
    finish(c);
}

static void begin_request(struct caller *c)
{
    c->state = SENDING;
    c->sent = 0;
    c->in_len = 0;
    c->in_body = false;
    c->last = false;
    c->asked_us = now_us();
    c->due_us = c->asked_us + (uint64_t)options.patience_ms * 1000;
    c->due = c->leave == IN_HEAD   ? 1 + random_below((uint32_t)head_len - 1)
             : c->leave == IN_BODY ? head_len + random_below((uint32_t)(request_len - head_len))
                                   : request_len;
    watch(c, EPOLLOUT | EPOLLIN, false);
}

/* A handshake is through: what this caller came for. */
static void shaken(struct caller *c)
{
    unshaken--;
    c->state = HOLDING;
    if (SSL_session_reused(c->ssl)) {
        counts.resumed++;
    } else {
        counts.full++;
    }
    if (c->leave == AT_HANDSHAKE) {
        leave(c);
        return;
    }
    if (options.mode == SLOW_HEAD || options.mode == SLOW_BODY) {
        c->state = DRIPPING;
        c->sent = 0;
        c->due_us = now_us();
        watch(c, EPOLLIN, false);
        return;
    }
    if (options.mode == IDLE && options.requests == 0) {
        c->state = HOLDING;
        watch(c, EPOLLIN, false);
        return;
    }
    asked++;
    begin_request(c);
}

static void shake(struct caller *c)
{
    ERR_clear_error();
    const int result = SSL_connect(c->ssl);
    if (result == 1) {
        shaken(c);
        return;
    }
    switch (SSL_get_error(c->ssl, result)) {
    case SSL_ERROR_WANT_READ:
        watch(c, EPOLLIN, false);
        return;
    case SSL_ERROR_WANT_WRITE:
        watch(c, EPOLLOUT, false);
        return;
    default:
        ended(c);
    }
}

static void connected(struct caller *c)
{
    int error = 0;
    socklen_t size = sizeof(error);
    if (getsockopt(c->fd, SOL_SOCKET, SO_ERROR, &error, &size) != 0 || error != 0) {
        ended(c);
        return;
    }
    if (c->leave == AT_CONNECT) {
        leave(c);
        return;
    }
    if (c->leave == IN_HELLO) {
        static const char hello[] = "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03";
        if (send(c->fd, hello, 1 + random_below(sizeof(hello) - 2), MSG_NOSIGNAL) < 0) errno = 0;
        leave(c);
        return;
    }
    c->state = SHAKING;
    shake(c);
}

/* A copy: OpenSSL lets a session be used no more once its server has sent another ticket. */
static void resume(struct caller *c)
{
    SSL_SESSION *const copy = SSL_SESSION_dup(sessions[random_below(session_count)]);
    if (copy == NULL || SSL_set_session(c->ssl, copy) != 1) give_up("SSL_set_session");
    SSL_SESSION_free(copy);
}

static void begin(struct caller *c)
{
    *c = (struct caller){.fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)};
    if (c->fd < 0) give_up("socket");

    const int on = 1;
    if (setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on)) != 0) give_up("setsockopt");
    if (options.sources > 1) {
        const uint32_t source = (uint32_t)(counts.begun / PER_SOURCE % options.sources);
        const struct sockaddr_in from = {.sin_family = AF_INET,
                                         .sin_addr.s_addr = htonl(0x7f000001 + source)};
        if (bind(c->fd, (const struct sockaddr *)&from, sizeof(from)) != 0) give_up("bind");
    }
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(options.port)};
    if (inet_pton(AF_INET, options.address, &to.sin_addr) != 1) give_up("address");

    c->began_us = now_us();
    c->due_us = c->began_us + (uint64_t)options.patience_ms * 1000;
    c->leave = options.leave_percent > random_below(100)
                   ? (enum leave)(1 + random_below(LEAVES - 1))
                   : STAY;
    c->by_reset = c->leave != STAY && random_below(2) == 0;
    c->resumes = session_count > 0 && options.resume_percent > random_below(100);
    c->ssl = SSL_new(context);
    char host[] = "localhost"; /* OpenSSL wants it without const */
    if (c->ssl == NULL || SSL_set_fd(c->ssl, c->fd) != 1
        || SSL_set_tlsext_host_name(c->ssl, host) != 1) {
        give_up("SSL_new");
    }
    if (c->resumes) resume(c);
    counts.begun++;
    active++;
    unshaken++;
    c->state = CONNECTING;
    if (connect(c->fd, (const struct sockaddr *)&to, sizeof(to)) != 0 && errno != EINPROGRESS) {
        give_up("connect");
    }
    watch(c, EPOLLOUT, true);
}

static void send_more(struct caller *c)
{
    while (c->sent < c->due) {
        size_t put = 0;
        ERR_clear_error();
        if (SSL_write_ex(c->ssl, request + c->sent, c->due - c->sent, &put) == 1) {
            c->sent += put;
            continue;
        }
        const int error = SSL_get_error(c->ssl, 0);
        if (error != SSL_ERROR_WANT_WRITE && error != SSL_ERROR_WANT_READ) ended(c);
        return;
    }
    if (c->leave == IN_HEAD || c->leave == IN_BODY || c->leave == AT_ANSWER) {
        leave(c);
        return;
    }
    c->state = READING;
    watch(c, EPOLLIN, false);
}

/* One answer is whole. */
static void answered(struct caller *c)
{
    counts.answered++;
    counts.status[c->status]++;
    observe(&counts, now_us() - c->asked_us);
    c->requests++;
    c->asked_us = 0;
    const bool more = options.mode == STEADY && asked < options.requests && !c->last;
    if (more) {
        asked++;
        begin_request(c);
    } else if (options.mode == IDLE) {
        c->state = HOLDING;
    } else if (!options.closes && !c->last) {
        (void)SSL_shutdown(c->ssl);
        finish(c);
    } else {
        c->state = HOLDING; /* the gateway is to end it */
    }
}

/* The head is in `in`: what it says. False: that is none. */
static bool read_head(struct caller *c, size_t end)
{
    c->in[end] = '\0';
    if (strncmp(c->in, "HTTP/1.1 ", 9) != 0) return false;

    c->status = (int)strtol(c->in + 9, NULL, 10);
    const char *const length = strcasestr(c->in, "\r\ncontent-length: ");
    if (c->status < 100 || c->status > 599 || length == NULL) return false;

    c->body_left = strtoull(length + 18, NULL, 10);
    c->last = strcasestr(c->in, "\r\nconnection: close") != NULL;
    c->in_body = true;
    return true;
}

/* Use bytes of an answer. False: they are none that we understand. */
static bool use(struct caller *c, const char *bytes, size_t len)
{
    if (c->in_body) {
        if (len > c->body_left) return false;
        c->body_left -= len;
    } else {
        if (len > sizeof(c->in) - 1 - c->in_len) return false;
        memcpy(c->in + c->in_len, bytes, len);
        c->in_len += len;
        const char *const end = memmem(c->in, c->in_len, "\r\n\r\n", 4);
        if (end == NULL) return true;

        const size_t head = (size_t)(end - c->in) + 4;
        const size_t rest = c->in_len - head;
        if (!read_head(c, head - 1) || rest > c->body_left) return false;
        c->body_left -= rest;
    }
    if (c->body_left == 0) answered(c);
    return true;
}

static void receive(struct caller *c)
{
    char bytes[16384];
    for (;;) {
        size_t got = 0;
        ERR_clear_error();
        if (SSL_read_ex(c->ssl, bytes, sizeof(bytes), &got) != 1) {
            const int error = SSL_get_error(c->ssl, 0);
            if (error != SSL_ERROR_WANT_READ && error != SSL_ERROR_WANT_WRITE) ended(c);
            return;
        }
        if (c->state == DRIPPING) {
            /* An answer to a request that was never whole: remember what it says, and the end. */
            if (c->in_len == 0 && got > 12) counts.status[strtol(bytes + 9, NULL, 10) % 600]++;
            c->in_len += got;
            continue;
        }
        if (c->state == HOLDING || !use(c, bytes, got)) {
            fprintf(stderr, "callers: not an answer: %.*s\n", (int)(got < 80 ? got : 80), bytes);
            counts.lost++;
            finish(c);
            return;
        }
        if (c->state == FREE || c->state == SENDING) return;
    }
}

/* A byte every now and then, and never the last one. */
static void drip(struct caller *c, uint64_t now)
{
    const size_t begin = options.mode == SLOW_BODY && c->sent == 0 ? head_len : 1;
    const size_t most = options.mode == SLOW_BODY ? request_len - 1 : head_len - 1;
    if (c->sent + begin <= most) {
        size_t put = 0;
        ERR_clear_error();
        if (SSL_write_ex(c->ssl, request + c->sent, begin, &put) == 1) c->sent += put;
    }
    c->due_us = now + 500000;
}

static void ready(struct caller *c)
{
    switch (c->state) {
    case CONNECTING:
        connected(c);
        return;
    case SHAKING:
        shake(c);
        return;
    case SENDING:
        send_more(c);
        return;
    case READING:
    case HOLDING:
    case DRIPPING:
        receive(c);
        return;
    case FREE:
        return;
    }
}

static void look_who_is_due(struct caller *callers, uint64_t now)
{
    for (uint32_t i = 0; i < options.at_once; i++) {
        struct caller *const c = &callers[i];
        if (c->state == FREE || now < c->due_us) continue;
        if (c->state == DRIPPING) {
            drip(c, now);
            if ((now - c->began_us) / 1000 < options.patience_ms) continue;
        }
        if (c->state == HOLDING && options.mode == IDLE) continue;
        counts.timed_out++;
        finish(c);
    }
}

static bool wants_more(void)
{
    if (options.mode == STEADY) return asked < options.requests;
    return counts.begun < options.connections;
}

/* Idle callers are there until standard input ends. */
static bool held_enough(void)
{
    static bool said = false;
    if (!said && counts.full + counts.resumed + counts.no_handshake == counts.begun
        && counts.answered == (options.requests > 0 ? counts.full + counts.resumed : 0)) {
        said = true;
        printf("ready\n");
        fflush(stdout);
    }
    char byte;
    return said && read(STDIN_FILENO, &byte, 1) == 0;
}

static void play(struct caller *callers)
{
    uint64_t looked = 0;
    uint32_t next = 0;
    while (wants_more() || active > 0) {
        for (uint32_t tried = 0; wants_more() && active < options.at_once
                                 && unshaken < options.shaking && tried < options.at_once;
             tried++) {
            struct caller *const c = &callers[next++ % options.at_once];
            if (c->state == FREE) begin(c);
        }
        struct epoll_event events[256];
        const int count = epoll_wait(epoll_fd, events, 256, SCAN_MS);
        for (int i = 0; i < count; i++) {
            ready(events[i].data.ptr);
        }
        const uint64_t now = now_us();
        if (now - looked >= SCAN_MS * 1000) {
            looked = now;
            look_who_is_due(callers, now);
            if (options.mode == IDLE && !wants_more() && held_enough()) return;
        }
    }
}

static void compose(void)
{
    const int head =
        snprintf(request, sizeof(request),
                 "POST %s HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                 "%sContent-Length: %zu\r\n\r\n",
                 options.path, options.closes ? "Connection: close\r\n" : "", options.body_bytes);
    if (head < 0 || options.body_bytes < 2 || (size_t)head + options.body_bytes > sizeof(request)) {
        errno = EINVAL;
        give_up("the request does not fit");
    }
    head_len = (size_t)head;
    request_len = head_len + options.body_bytes;
    memset(request + head_len, ' ', options.body_bytes);
    request[head_len] = '[';
    request[request_len - 1] = ']';
}

static void prepare(void)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0) give_up("getrlimit");
    limit.rlim_cur = limit.rlim_max;
    if (setrlimit(RLIMIT_NOFILE, &limit) != 0 || signal(SIGPIPE, SIG_IGN) == SIG_ERR
        || fcntl(STDIN_FILENO, F_SETFL, O_NONBLOCK) != 0) {
        give_up("prepare");
    }
    context = SSL_CTX_new(TLS_client_method());
    epoll_fd = epoll_create1(EPOLL_CLOEXEC);
    if (context == NULL || epoll_fd < 0) give_up("prepare");

    (void)SSL_CTX_set_session_cache_mode(context,
                                         SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
    SSL_CTX_sess_set_new_cb(context, keep_session);
    (void)SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE
                                        | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
    if (options.tls12 && SSL_CTX_set_max_proto_version(context, TLS1_2_VERSION) != 1) {
        give_up("TLS 1.2");
    }
    random_state = options.seed;
}

int main(int argc, char **argv)
{
    read_options(argc, argv, &options);
    if (options.mode != STEADY && options.mode != CHURN) options.at_once = options.connections;
    if (options.at_once == 0) options.at_once = 1;
    compose();
    prepare();
    struct caller *const callers = calloc(options.at_once, sizeof(*callers));
    if (callers == NULL) give_up("memory");

    const uint64_t began = now_us();
    play(callers);
    print_counts(&counts, mode_name(options.mode), now_us() - began);
    for (uint32_t i = 0; i < options.at_once; i++) {
        if (callers[i].state != FREE) finish(&callers[i]);
    }
    for (uint32_t i = 0; i < SESSIONS; i++) {
        SSL_SESSION_free(sessions[i]);
    }
    SSL_CTX_free(context);
    close(epoll_fd);
    free(callers);
    return 0;
}
