/**
 * A ring with two positions that only grow.
 *
 * Each record is preceded by its length. A record never wraps: when the room to the end is too
 * small a skip mark is left there and the record starts at the front, so that a reader sees
 * contiguous bytes.
 */
#include "gateway/record/queue.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#define ALIGN   8
#define HEADER  8          /* the length, and room to keep records aligned */
#define SKIP    UINT64_MAX /* "go on at the front" */
#define LEAST   4096
#define MOST    ((size_t)1 << 30)
#define SPACING 64 /* a cache line between what either side writes */

struct pen_queue {
    char *ring;
    size_t size; /* a power of two */
    char padding0[SPACING];
    atomic_size_t head; /* written by the producer */
    size_t reserved;    /* start of the record being written */
    size_t reserved_size;
    char padding1[SPACING];
    atomic_size_t tail; /* written by the consumer */
    size_t peeked;      /* bytes of the record of the last peek, header included; 0 = none */
};

static size_t round_up(size_t n)
{
    return (n + ALIGN - 1) / ALIGN * ALIGN;
}

static void put_header(struct pen_queue *queue, size_t position, uint64_t value)
{
    memcpy(queue->ring + (position & (queue->size - 1)), &value, sizeof(value));
}

static uint64_t get_header(const struct pen_queue *queue, size_t position)
{
    uint64_t value;
    memcpy(&value, queue->ring + (position & (queue->size - 1)), sizeof(value));
    return value;
}

enum pen_status pen_queue_create(size_t bytes, struct pen_queue **out)
{
    if (bytes > MOST) return PEN_ERR_LIMIT;

    struct pen_queue *queue = calloc(1, sizeof(*queue));
    if (queue == NULL) return PEN_ERR_NOMEM;

    queue->size = LEAST;
    while (queue->size < bytes) {
        queue->size *= 2;
    }
    queue->ring = malloc(queue->size);
    if (queue->ring == NULL) {
        free(queue);
        return PEN_ERR_NOMEM;
    }
    *out = queue;
    return PEN_OK;
}

void pen_queue_destroy(struct pen_queue *queue)
{
    if (queue == NULL) return;

    free(queue->ring);
    free(queue);
}

char *pen_queue_reserve(struct pen_queue *queue, size_t size)
{
    if (size > queue->size / 2) return NULL;

    const size_t need = HEADER + round_up(size);
    size_t head = atomic_load_explicit(&queue->head, memory_order_relaxed);
    const size_t tail = atomic_load_explicit(&queue->tail, memory_order_acquire);
    const size_t to_end = queue->size - (head & (queue->size - 1));
    const size_t skipped = need > to_end ? to_end : 0;
    if (need + skipped > queue->size - (head - tail)) return NULL;

    if (skipped > 0) {
        put_header(queue, head, SKIP);
        head += skipped;
    }
    queue->reserved = head;
    queue->reserved_size = size;
    return queue->ring + (head & (queue->size - 1)) + HEADER;
}

void pen_queue_commit(struct pen_queue *queue, size_t used)
{
    if (used > queue->reserved_size) used = queue->reserved_size;
    put_header(queue, queue->reserved, used);
    atomic_store_explicit(&queue->head, queue->reserved + HEADER + round_up(used),
                          memory_order_release);
}

bool pen_queue_peek(struct pen_queue *queue, struct pen_str *out)
{
    const size_t head = atomic_load_explicit(&queue->head, memory_order_acquire);
    size_t tail = atomic_load_explicit(&queue->tail, memory_order_relaxed);
    if (tail == head) return false;

    uint64_t length = get_header(queue, tail);
    if (length == SKIP) {
        tail += queue->size - (tail & (queue->size - 1));
        atomic_store_explicit(&queue->tail, tail, memory_order_release);
        if (tail == head) return false;
        length = get_header(queue, tail);
    }
    queue->peeked = HEADER + round_up((size_t)length);
    *out = (struct pen_str){queue->ring + (tail & (queue->size - 1)) + HEADER, (size_t)length};
    return true;
}

void pen_queue_drop(struct pen_queue *queue)
{
    const size_t tail = atomic_load_explicit(&queue->tail, memory_order_relaxed);
    atomic_store_explicit(&queue->tail, tail + queue->peeked, memory_order_release);
    queue->peeked = 0;
}

size_t pen_queue_waiting(const struct pen_queue *queue)
{
    const size_t tail = atomic_load_explicit(&queue->tail, memory_order_acquire);
    return atomic_load_explicit(&queue->head, memory_order_acquire) - tail;
}
