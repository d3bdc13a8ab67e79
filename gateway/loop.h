/**
 * One thread's event loop: epoll, timers, and work handed over from other threads.
 *
 * Intrusive: a watch or timer is a member of the caller's struct, which the callback finds with
 * PEN_CONTAINER_OF. One thread, except pen_loop_wake.
 */
#ifndef PEN_GATEWAY_LOOP_H
#define PEN_GATEWAY_LOOP_H

#include <sys/epoll.h>

#include "filters/core/str.h"

#define PEN_CONTAINER_OF(pointer, type, member) \
    ((type *)(void *)((char *)(pointer)-offsetof(type, member)))

struct pen_loop;

struct pen_watch {
    int fd;
    uint32_t events; /* EPOLLIN, EPOLLOUT, EPOLLRDHUP as registered; 0 = not registered */
    void (*ready)(struct pen_watch *watch, uint32_t events);
};

struct pen_timer {
    uint64_t due_ms; /* monotonic, as pen_loop_now_ms */
    size_t slot;     /* heap position + 1; 0 = not armed */
    void (*fired)(struct pen_timer *timer);
};

/** Errors: PEN_ERR_NOMEM, PEN_ERR_IO. */
PEN_MUST_USE enum pen_status pen_loop_create(struct pen_loop **out);
void pen_loop_destroy(struct pen_loop *loop);

/**
 * Register `watch->fd` for `events` (level-triggered), or change what it is registered for; 0
 * unregisters. A watch may be removed and its memory reused inside any callback: events already
 * collected for it in this turn are dropped.
 *
 * Errors: PEN_ERR_IO
 */
PEN_MUST_USE enum pen_status pen_loop_watch(struct pen_loop *loop, struct pen_watch *watch,
                                            uint32_t events);

/** Unregister; never fails, call before closing the descriptor. */
void pen_loop_unwatch(struct pen_loop *loop, struct pen_watch *watch);

/**
 * As pen_loop_unwatch for a descriptor that is closed next and has no copy: the kernel forgets it
 * with the close, which saves a system call.
 */
void pen_loop_forget(struct pen_loop *loop, struct pen_watch *watch);

/** Fire once at `due_ms`, or move it there. Errors: PEN_ERR_NOMEM. */
PEN_MUST_USE enum pen_status pen_loop_arm(struct pen_loop *loop, struct pen_timer *timer,
                                          uint64_t due_ms);
void pen_loop_disarm(struct pen_loop *loop, struct pen_timer *timer);

/** Monotonic milliseconds and microseconds, read once a turn. */
uint64_t pen_loop_now_ms(const struct pen_loop *loop);

/** Wait for events (at most `max_wait_ms`, -1 = until the next timer) and run their callbacks. */
PEN_MUST_USE enum pen_status pen_loop_turn(struct pen_loop *loop, int max_wait_ms);

/** From any thread: make pen_loop_turn return soon. */
void pen_loop_wake(struct pen_loop *loop);

#endif
