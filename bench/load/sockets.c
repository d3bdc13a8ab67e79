/** curl_multi_socket_action() over epoll. */
#include "bench/load/sockets.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#define EVENTS 256 /* a turn */

/* What epoll was told about a descriptor, and what libcurl wants of it. */
struct watched {
    uint8_t told; /* EPOLLIN, EPOLLOUT */
    uint8_t wanted;
    bool registered;
};

struct load_sockets {
    CURLM *multi;
    int epoll_fd;
    bool broken;
    bool timer_set;
    uint64_t timer_ns;
    size_t size; /* of the table, by descriptor */
    struct watched *table;
};

uint64_t load_now_ns(void)
{
    struct timespec now;
    if (clock_gettime(CLOCK_MONOTONIC, &now) != 0) abort();
    return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

static struct watched *watched_of(struct load_sockets *sockets, curl_socket_t fd)
{
    if (fd < 0 || (size_t)fd >= sockets->size) {
        sockets->broken = true;
        return NULL;
    }
    return &sockets->table[fd];
}

static void tell(struct load_sockets *sockets, curl_socket_t fd, struct watched *watched)
{
    struct epoll_event event = {.events = watched->wanted, .data.fd = fd};
    const int what = watched->registered ? EPOLL_CTL_MOD : EPOLL_CTL_ADD;
    if (epoll_ctl(sockets->epoll_fd, what, fd, &event) != 0) sockets->broken = true;
    watched->told = watched->wanted;
    watched->registered = true;
}

static void forget(struct load_sockets *sockets, curl_socket_t fd, struct watched *watched)
{
    if (epoll_ctl(sockets->epoll_fd, EPOLL_CTL_DEL, fd, NULL) != 0) sockets->broken = true;
    watched->registered = false;
}

/* CURLMOPT_SOCKETFUNCTION */
static int want(CURL *easy, curl_socket_t fd, int what, void *context, void *of_socket)
{
    (void)easy;
    (void)of_socket;
    struct load_sockets *const sockets = context;
    struct watched *const watched = watched_of(sockets, fd);
    if (watched == NULL) return 0;

    const bool in = what == CURL_POLL_IN || what == CURL_POLL_INOUT;
    const bool out = what == CURL_POLL_OUT || what == CURL_POLL_INOUT;
    watched->wanted = (uint8_t)((in ? EPOLLIN : 0) | (out ? EPOLLOUT : 0));
    if (what == CURL_POLL_REMOVE) return 0; /* the next event wants the same again */
    if (!watched->registered || watched->told != watched->wanted) tell(sockets, fd, watched);
    return 0;
}

/* CURLMOPT_TIMERFUNCTION */
static int set_timer(CURLM *multi, long ms, void *context)
{
    (void)multi;
    struct load_sockets *const sockets = context;
    sockets->timer_set = ms >= 0;
    if (ms >= 0) sockets->timer_ns = load_now_ns() + (uint64_t)ms * 1000000;
    return 0;
}

/* CURLOPT_OPENSOCKETFUNCTION: whatever the table says of this number was about another socket, for
 * libcurl closes those that were never connected without close_socket(). */
static curl_socket_t open_socket(void *context, curlsocktype purpose, struct curl_sockaddr *address)
{
    (void)purpose;
    struct load_sockets *const sockets = context;
    const int fd = socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
    if (fd < 0) return CURL_SOCKET_BAD;

    struct watched *const watched = watched_of(sockets, fd);
    if (watched != NULL) *watched = (struct watched){.told = 0};
    return fd;
}

/* CURLOPT_CLOSESOCKETFUNCTION: epoll forgets it by itself. */
static int close_socket(void *context, curl_socket_t fd)
{
    struct load_sockets *const sockets = context;
    struct watched *const watched = watched_of(sockets, fd);
    if (watched != NULL) *watched = (struct watched){.told = 0};
    return close(fd);
}

void load_sockets_adopt(struct load_sockets *sockets, CURL *easy)
{
    (void)curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, open_socket);
    (void)curl_easy_setopt(easy, CURLOPT_OPENSOCKETDATA, sockets);
    (void)curl_easy_setopt(easy, CURLOPT_CLOSESOCKETFUNCTION, close_socket);
    (void)curl_easy_setopt(easy, CURLOPT_CLOSESOCKETDATA, sockets);
}

static bool set_up(struct load_sockets *sockets, size_t connections)
{
    sockets->multi = curl_multi_init();
    if (sockets->multi == NULL) return false;
    const long most = (long)connections;
    return curl_multi_setopt(sockets->multi, CURLMOPT_SOCKETFUNCTION, want) == CURLM_OK
           && curl_multi_setopt(sockets->multi, CURLMOPT_SOCKETDATA, sockets) == CURLM_OK
           && curl_multi_setopt(sockets->multi, CURLMOPT_TIMERFUNCTION, set_timer) == CURLM_OK
           && curl_multi_setopt(sockets->multi, CURLMOPT_TIMERDATA, sockets) == CURLM_OK
           && curl_multi_setopt(sockets->multi, CURLMOPT_MAXCONNECTS, most) == CURLM_OK
           && curl_multi_setopt(sockets->multi, CURLMOPT_PIPELINING, (long)CURLPIPE_NOTHING)
                  == CURLM_OK;
}

enum pen_status load_sockets_create(size_t connections, struct load_sockets **out)
{
    /* Beside the connections: our own files, and those that end while others begin. */
    const size_t wanted = 2 * connections + 64;
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return PEN_ERR_IO;
    if (limit.rlim_cur < wanted) {
        limit.rlim_cur = limit.rlim_max < wanted ? limit.rlim_max : wanted;
        if (setrlimit(RLIMIT_NOFILE, &limit) != 0) return PEN_ERR_IO;
    }
    struct load_sockets *const sockets = calloc(1, sizeof(*sockets));
    if (sockets == NULL) return PEN_ERR_NOMEM;
    sockets->size = (size_t)limit.rlim_cur < wanted ? wanted : (size_t)limit.rlim_cur;
    if (sockets->size > (size_t)1 << 20) sockets->size = (size_t)1 << 20;
    sockets->table = calloc(sockets->size, sizeof(*sockets->table));
    sockets->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
    if (sockets->table == NULL || sockets->epoll_fd < 0 || !set_up(sockets, connections)) {
        load_sockets_destroy(sockets);
        return PEN_ERR_NOMEM;
    }
    *out = sockets;
    return PEN_OK;
}

void load_sockets_destroy(struct load_sockets *sockets)
{
    if (sockets == NULL) return;
    if (sockets->multi != NULL) (void)curl_multi_cleanup(sockets->multi);
    if (sockets->epoll_fd >= 0) (void)close(sockets->epoll_fd);
    free(sockets->table);
    free(sockets);
}

CURLM *load_sockets_multi(struct load_sockets *sockets)
{
    return sockets->multi;
}

static enum pen_status act(struct load_sockets *sockets, curl_socket_t fd, int what)
{
    int running;
    return curl_multi_socket_action(sockets->multi, fd, what, &running) == CURLM_OK
               ? PEN_OK
               : PEN_ERR_INTERNAL;
}

static enum pen_status ready(struct load_sockets *sockets, const struct epoll_event *event)
{
    struct watched *const watched = watched_of(sockets, event->data.fd);
    if (watched == NULL || !watched->registered) return PEN_OK; /* closed within this turn */
    if (watched->wanted == 0) {
        forget(sockets, event->data.fd, watched);
        return PEN_OK;
    }
    const uint32_t happened = event->events;
    const int what = ((happened & EPOLLIN) != 0 ? CURL_CSELECT_IN : 0)
                     | ((happened & EPOLLOUT) != 0 ? CURL_CSELECT_OUT : 0)
                     | ((happened & (EPOLLERR | EPOLLHUP)) != 0 ? CURL_CSELECT_ERR : 0);
    return act(sockets, event->data.fd, what);
}

enum pen_status load_sockets_turn(struct load_sockets *sockets, uint64_t most_ns)
{
    const uint64_t now = load_now_ns();
    if (sockets->timer_set) {
        const uint64_t left = sockets->timer_ns > now ? sockets->timer_ns - now : 0;
        if (left < most_ns) most_ns = left;
    }
    const struct timespec wait = {.tv_sec = (time_t)(most_ns / 1000000000),
                                  .tv_nsec = (long)(most_ns % 1000000000)};
    struct epoll_event events[EVENTS];
    const int count = epoll_pwait2(sockets->epoll_fd, events, EVENTS, &wait, NULL);
    if (count < 0 && errno != EINTR) return PEN_ERR_IO;
    for (int i = 0; i < count; i++) {
        PEN_TRY(ready(sockets, &events[i]));
    }
    if (sockets->timer_set && load_now_ns() >= sockets->timer_ns) {
        sockets->timer_set = false;
        PEN_TRY(act(sockets, CURL_SOCKET_TIMEOUT, 0));
    }
    return sockets->broken ? PEN_ERR_INTERNAL : PEN_OK;
}
