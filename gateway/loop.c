/**
 * epoll with intrusive watches and a binary heap of timers.
 *
 * A watch that is removed while its event waits in the current batch is struck out of the batch, so
 * that freed memory is never called. Timers are few thousands at most: a heap is simple and enough.
 */
#include "gateway/loop.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

#define BATCH 256 /* events a turn; more wait for the next one, which keeps timers punctual */

struct pen_loop {
    int epoll_fd;
    struct pen_watch wake;
    struct pen_timer **heap;
    size_t heap_count;
    size_t heap_size;
    uint64_t now_ms;
    struct epoll_event batch[BATCH];
    int batch_count;
    int batch_at;
};

static uint64_t monotonic_ms(void)
{
    struct timespec now;
    if (clock_gettime(CLOCK_MONOTONIC, &now) != 0) abort();
    return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

static void place(struct pen_loop *loop, struct pen_timer *timer, size_t at)
{
    loop->heap[at] = timer;
    timer->slot = at + 1;
}

static void sift_up(struct pen_loop *loop, size_t at)
{
    struct pen_timer *const timer = loop->heap[at];
    while (at > 0 && loop->heap[(at - 1) / 2]->due_ms > timer->due_ms) {
        place(loop, loop->heap[(at - 1) / 2], at);
        at = (at - 1) / 2;
    }
    place(loop, timer, at);
}

static void sift_down(struct pen_loop *loop, size_t at)
{
    struct pen_timer *const timer = loop->heap[at];
    for (;;) {
        size_t child = at * 2 + 1;
        if (child >= loop->heap_count) break;
        if (child + 1 < loop->heap_count
            && loop->heap[child + 1]->due_ms < loop->heap[child]->due_ms) {
            child++;
        }
        if (loop->heap[child]->due_ms >= timer->due_ms) break;
        place(loop, loop->heap[child], at);
        at = child;
    }
    place(loop, timer, at);
}

static void drain_wake(struct pen_watch *watch, uint32_t events)
{
    (void)events;
    uint64_t count;
    /* EAGAIN only says that another turn has already drained it. */
    if (read(watch->fd, &count, sizeof(count)) < 0 && errno != EAGAIN && errno != EINTR) abort();
}

enum pen_status pen_loop_create(struct pen_loop **out)
{
    struct pen_loop *loop = calloc(1, sizeof(*loop));
    if (loop == NULL) return PEN_ERR_NOMEM;

    loop->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
    loop->wake =
        (struct pen_watch){.fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC), .ready = drain_wake};
    loop->now_ms = monotonic_ms();
    if (loop->epoll_fd < 0 || loop->wake.fd < 0
        || pen_loop_watch(loop, &loop->wake, EPOLLIN) != PEN_OK) {
        pen_loop_destroy(loop);
        return PEN_ERR_IO;
    }
    *out = loop;
    return PEN_OK;
}

void pen_loop_destroy(struct pen_loop *loop)
{
    if (loop == NULL) return;

    if (loop->wake.fd >= 0) close(loop->wake.fd);
    if (loop->epoll_fd >= 0) close(loop->epoll_fd);
    free(loop->heap);
    free(loop);
}

enum pen_status pen_loop_watch(struct pen_loop *loop, struct pen_watch *watch, uint32_t events)
{
    if (events == watch->events) return PEN_OK;
    if (events == 0) {
        pen_loop_unwatch(loop, watch);
        return PEN_OK;
    }
    struct epoll_event event = {.events = events, .data.ptr = watch};
    const int operation = watch->events == 0 ? EPOLL_CTL_ADD : EPOLL_CTL_MOD;
    if (epoll_ctl(loop->epoll_fd, operation, watch->fd, &event) != 0) return PEN_ERR_IO;

    watch->events = events;
    return PEN_OK;
}

void pen_loop_unwatch(struct pen_loop *loop, struct pen_watch *watch)
{
    if (watch->events == 0) return;

    /* Fails only for a descriptor that is already closed, which epoll has then forgotten itself. */
    (void)epoll_ctl(loop->epoll_fd, EPOLL_CTL_DEL, watch->fd, NULL);
    pen_loop_forget(loop, watch);
}

void pen_loop_forget(struct pen_loop *loop, struct pen_watch *watch)
{
    if (watch->events == 0) return;

    watch->events = 0;
    for (int i = loop->batch_at; i < loop->batch_count; i++) {
        if (loop->batch[i].data.ptr == watch) loop->batch[i].data.ptr = NULL;
    }
}

enum pen_status pen_loop_arm(struct pen_loop *loop, struct pen_timer *timer, uint64_t due_ms)
{
    if (timer->slot != 0) {
        timer->due_ms = due_ms;
        sift_up(loop, timer->slot - 1);
        sift_down(loop, timer->slot - 1);
        return PEN_OK;
    }
    if (loop->heap_count == loop->heap_size) {
        const size_t size = loop->heap_size == 0 ? 1024 : loop->heap_size * 2;
        struct pen_timer **heap = reallocarray(loop->heap, size, sizeof(*heap));
        if (heap == NULL) return PEN_ERR_NOMEM;
        loop->heap = heap;
        loop->heap_size = size;
    }
    timer->due_ms = due_ms;
    loop->heap[loop->heap_count] = timer;
    sift_up(loop, loop->heap_count++);
    return PEN_OK;
}

void pen_loop_disarm(struct pen_loop *loop, struct pen_timer *timer)
{
    if (timer->slot == 0) return;

    const size_t at = timer->slot - 1;
    timer->slot = 0;
    struct pen_timer *const last = loop->heap[--loop->heap_count];
    if (last == timer) return;

    place(loop, last, at);
    sift_up(loop, at);
    sift_down(loop, last->slot - 1);
}

uint64_t pen_loop_now_ms(const struct pen_loop *loop)
{
    return loop->now_ms;
}

static void fire_due(struct pen_loop *loop)
{
    while (loop->heap_count > 0 && loop->heap[0]->due_ms <= loop->now_ms) {
        struct pen_timer *const timer = loop->heap[0];
        pen_loop_disarm(loop, timer);
        timer->fired(timer);
    }
}

enum pen_status pen_loop_turn(struct pen_loop *loop, int max_wait_ms)
{
    int wait_ms = max_wait_ms;
    if (loop->heap_count > 0) {
        const uint64_t due = loop->heap[0]->due_ms;
        const uint64_t left = due > loop->now_ms ? due - loop->now_ms : 0;
        if (wait_ms < 0 || left < (uint64_t)wait_ms) {
            wait_ms = left > 60000 ? 60000 : (int)left;
        }
    }
    const int count = epoll_wait(loop->epoll_fd, loop->batch, BATCH, wait_ms);
    loop->now_ms = monotonic_ms();
    if (count < 0 && errno != EINTR) return PEN_ERR_IO;

    loop->batch_count = count < 0 ? 0 : count;
    for (loop->batch_at = 0; loop->batch_at < loop->batch_count;) {
        const struct epoll_event event = loop->batch[loop->batch_at++];
        struct pen_watch *const watch = event.data.ptr;
        if (watch != NULL) watch->ready(watch, event.events);
    }
    loop->batch_count = 0;
    fire_due(loop);
    return PEN_OK;
}

void pen_loop_wake(struct pen_loop *loop)
{
    const uint64_t one = 1;
    /* A full counter (EAGAIN) already wakes the loop. */
    if (write(loop->wake.fd, &one, sizeof(one)) < 0 && errno != EAGAIN && errno != EINTR) abort();
}
