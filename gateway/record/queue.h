/**
 * A bounded queue of bytes from one worker to the writer thread; never blocks either side.
 *
 * Single producer, single consumer, lock-free: two atomic positions over a power-of-two ring. A
 * record is a length and its bytes, contiguous. When full the producer is told, and counts.
 */
#ifndef PEN_GATEWAY_QUEUE_H
#define PEN_GATEWAY_QUEUE_H

#include "filters/core/str.h"

struct pen_queue;

/** @param bytes  ring size, rounded up to a power of two */
PEN_MUST_USE enum pen_status pen_queue_create(size_t bytes, struct pen_queue **out);
void pen_queue_destroy(struct pen_queue *queue);

/** Producer: memory for a record of at most `size` bytes, or NULL when the ring is too full. */
char *pen_queue_reserve(struct pen_queue *queue, size_t size);

/** Producer: publish the first `used` bytes of what was reserved. */
void pen_queue_commit(struct pen_queue *queue, size_t used);

/** Consumer: the oldest record, or false when there is none. */
bool pen_queue_peek(struct pen_queue *queue, struct pen_str *out);

/** Consumer: give the record of the last peek back. */
void pen_queue_drop(struct pen_queue *queue);

/** Either side: bytes waiting, for watermarks. */
size_t pen_queue_waiting(const struct pen_queue *queue);

#endif
