/**
 * A table of names under one lock, and a detached thread for each that is being looked up.
 *
 * The table outlives its owner as long as a thread is in getaddrinfo: each holds a reference. Names
 * come from configurations; those that nobody has asked for within an hour make room.
 */
#include "gateway/upstream/resolver.h"

#include <arpa/inet.h>
#include <net/if.h>
#include <netdb.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>

#include "gateway/clock.h"

#define HANG_MS  500     /* an ordinary look-up is over by then */
#define RETRY_MS 1000    /* between a failed look-up and the next */
#define OLD_MS   3600000 /* an answer or a name that is good for nothing any more */
#define HOST     256

struct pen_resolver_name {
    struct pen_resolver_name *next;
    struct pen_resolver *resolver;
    char host[HOST];
    struct pen_resolved found;
    uint64_t found_ms; /* 0 = no answer */
    const char *why;   /* the latest look-up failed; NULL = it did not */
    uint64_t failed_ms;
    uint64_t started_ms;
    uint64_t asked_ms;
    bool running;
    struct pen_resolver_wait *waits;
};

struct pen_resolver {
    pthread_mutex_t lock;
    struct pen_resolver_name *names;
    size_t references; /* the owner's, and one of each thread */
};

static uint64_t now_ms(void)
{
    return pen_clock_us() / 1000;
}

static void lock(struct pen_resolver *resolver)
{
    if (pthread_mutex_lock(&resolver->lock) != 0) abort();
}

static void unlock(struct pen_resolver *resolver)
{
    if (pthread_mutex_unlock(&resolver->lock) != 0) abort();
}

static void release(struct pen_resolver *resolver)
{
    lock(resolver);
    const size_t left = --resolver->references;
    unlock(resolver);
    if (left > 0) return;

    while (resolver->names != NULL) {
        struct pen_resolver_name *const name = resolver->names;
        resolver->names = name->next;
        free(name);
    }
    (void)pthread_mutex_destroy(&resolver->lock);
    free(resolver);
}

/* Looking up, in a thread of its own. */

static void put_address(struct pen_buf *buf, const struct sockaddr *address, socklen_t length)
{
    char host[INET6_ADDRSTRLEN + IF_NAMESIZE + 2];
    if (getnameinfo(address, length, host, sizeof(host), NULL, 0, NI_NUMERICHOST) != 0) return;

    const struct pen_buf before = *buf;
    const bool ipv6 = address->sa_family == AF_INET6;
    pen_buf_format(buf, "%s%s%s%s", buf->len > 0 ? "," : "", ipv6 ? "[" : "", host,
                   ipv6 ? "]" : "");
    if (buf->full) *buf = before;
}

/* What makes a later look-up worth its while, and the old answer good for so long. */
static bool is_passing(int error)
{
    return error == EAI_AGAIN || error == EAI_FAIL || error == EAI_MEMORY || error == EAI_SYSTEM;
}

static int find(const char *host, struct pen_resolved *out)
{
    const struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_ADDRCONFIG};
    struct addrinfo *list = NULL;
    const int error = getaddrinfo(host, NULL, &hints, &list);
    if (error != 0) return error;

    struct pen_buf text = pen_buf_over(out->text, sizeof(out->text) - 1);
    for (const struct addrinfo *one = list; one != NULL; one = one->ai_next) {
        put_address(&text, one->ai_addr, one->ai_addrlen);
    }
    out->text[text.len] = '\0';
    freeaddrinfo(list);
    return text.len > 0 ? 0 : EAI_NONAME;
}

static void wake_all(struct pen_resolver_name *name)
{
    while (name->waits != NULL) {
        struct pen_resolver_wait *const wait = name->waits;
        name->waits = wait->next;
        wait->name = NULL;
        /* Fails only when it is full of news already. */
        (void)eventfd_write(wait->event_fd, 1);
    }
}

static void *look_up(void *argument)
{
    struct pen_resolver_name *const name = argument;
    struct pen_resolver *const resolver = name->resolver;
    struct pen_resolved found;
    const int error = find(name->host, &found);

    lock(resolver);
    name->running = false;
    if (error == 0) {
        name->found = found;
        name->found_ms = now_ms();
        name->why = NULL;
    } else {
        name->failed_ms = now_ms();
        name->why = gai_strerror(error);
        if (!is_passing(error)) name->found_ms = 0;
    }
    wake_all(name);
    unlock(resolver);
    release(resolver);
    return NULL;
}

static void start(struct pen_resolver_name *name)
{
    pthread_attr_t detached;
    pthread_t thread;
    if (pthread_attr_init(&detached) != 0) abort();
    if (pthread_attr_setdetachstate(&detached, PTHREAD_CREATE_DETACHED) != 0) abort();
    name->running = true;
    name->started_ms = now_ms();
    name->resolver->references++;
    if (pthread_create(&thread, &detached, look_up, name) != 0) {
        name->resolver->references--;
        name->running = false;
        name->failed_ms = name->started_ms;
        name->why = "there is no thread to look the name up";
    }
    (void)pthread_attr_destroy(&detached);
}

/* The table. */

static void forget_old(struct pen_resolver *resolver)
{
    for (struct pen_resolver_name **link = &resolver->names; *link != NULL;) {
        struct pen_resolver_name *const name = *link;
        if (name->running || name->waits != NULL || now_ms() - name->asked_ms < OLD_MS) {
            link = &name->next;
            continue;
        }
        *link = name->next;
        free(name);
    }
}

static struct pen_resolver_name *find_name(struct pen_resolver *resolver, struct pen_str host)
{
    for (struct pen_resolver_name *name = resolver->names; name != NULL; name = name->next) {
        if (pen_str_equal_fold(pen_str_from_c(name->host), host)) return name;
    }
    forget_old(resolver);
    struct pen_resolver_name *const name = calloc(1, sizeof(*name));
    if (name == NULL || host.len >= sizeof(name->host)) {
        free(name);
        return NULL;
    }
    memcpy(name->host, host.ptr, host.len);
    name->resolver = resolver;
    name->next = resolver->names;
    resolver->names = name;
    return name;
}

static bool is_recent(uint64_t at_ms, uint64_t now, uint64_t within_ms)
{
    return at_ms != 0 && now - at_ms < within_ms;
}

/* Ask anew, unless that is going on or has just failed. */
static void renew(struct pen_resolver_name *name, uint64_t now)
{
    const bool just_failed = name->why != NULL && is_recent(name->failed_ms, now, RETRY_MS);
    if (!name->running && !just_failed) start(name);
}

static enum pen_resolver_answer answer(struct pen_resolver_name *name, uint32_t keep_ms,
                                       uint64_t now)
{
    if (!is_recent(name->found_ms, now, keep_ms / 2)) renew(name, now);
    if (is_recent(name->found_ms, now, keep_ms)) return PEN_RESOLVER_FOUND;

    const bool still_good = is_recent(name->found_ms, now, OLD_MS);
    if (name->running) {
        const bool hangs = now - name->started_ms >= HANG_MS;
        return hangs && still_good ? PEN_RESOLVER_FOUND : PEN_RESOLVER_WAIT;
    }
    return still_good ? PEN_RESOLVER_FOUND : PEN_RESOLVER_FAILED;
}

static void wait_for_news(struct pen_resolver_name *name, struct pen_resolver_wait *wait)
{
    if (wait->name != NULL) return;

    wait->name = name;
    wait->next = name->waits;
    name->waits = wait;
}

enum pen_resolver_answer pen_resolver_ask(struct pen_resolver *resolver, struct pen_str host,
                                          uint32_t keep_ms, struct pen_resolver_wait *wait,
                                          struct pen_resolved *out, const char **why)
{
    const uint64_t now = now_ms();
    enum pen_resolver_answer result = PEN_RESOLVER_FAILED;
    *why = "not enough memory";
    lock(resolver);
    struct pen_resolver_name *const name = find_name(resolver, host);
    if (name != NULL) {
        name->asked_ms = now;
        result = answer(name, keep_ms, now);
        *why = name->why;
        if (result == PEN_RESOLVER_WAIT) wait_for_news(name, wait);
        if (result == PEN_RESOLVER_FOUND) *out = name->found;
    }
    unlock(resolver);
    return result;
}

void pen_resolver_forget(struct pen_resolver *resolver, struct pen_resolver_wait *wait)
{
    lock(resolver);
    if (wait->name != NULL) {
        struct pen_resolver_wait **link = &wait->name->waits;
        while (*link != wait) {
            link = &(*link)->next;
        }
        *link = wait->next;
        wait->name = NULL;
    }
    unlock(resolver);
}

bool pen_resolver_is_name(struct pen_str host)
{
    const struct pen_str local = PEN_STR("localhost");
    char text[HOST];
    unsigned char address[16];
    if (host.len == 0 || host.len >= sizeof(text)) return false;

    memcpy(text, host.ptr, host.len);
    text[host.len] = '\0';
    const bool is_local =
        host.len >= local.len
        && pen_str_equal_fold(pen_str_slice(host, host.len - local.len, host.len), local)
        && (host.len == local.len || host.ptr[host.len - local.len - 1] == '.');
    return !is_local && inet_pton(AF_INET, text, address) != 1
           && inet_pton(AF_INET6, text, address) != 1;
}

enum pen_status pen_resolver_create(struct pen_resolver **out)
{
    struct pen_resolver *const resolver = calloc(1, sizeof(*resolver));
    if (resolver == NULL) return PEN_ERR_NOMEM;

    if (pthread_mutex_init(&resolver->lock, NULL) != 0) {
        free(resolver);
        return PEN_ERR_NOMEM;
    }
    resolver->references = 1;
    *out = resolver;
    return PEN_OK;
}

void pen_resolver_destroy(struct pen_resolver *resolver)
{
    if (resolver != NULL) release(resolver);
}
