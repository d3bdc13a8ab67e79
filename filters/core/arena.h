/**
 * Memory that dies together: one arena holds all of one request, another all of one snapshot.
 *
 * Allocation moves a pointer; nothing is freed one by one. `reset` runs the deferred functions,
 * gives large blocks back and keeps the first block, so a request of ordinary size costs no heap
 * call once its arena is warm. One thread at a time.
 *
 * Where they are given back to: the heap, or a stock that the arenas of one thread share. A stock
 * is bounded by what it keeps, not by how many arenas there are: an arena at rest costs its first
 * block, whatever its last request was.
 */
#ifndef PEN_CORE_ARENA_H
#define PEN_CORE_ARENA_H

#include "filters/core/str.h"

struct pen_arena;
struct pen_stock;

/**
 * @param keep_bytes  the most that is kept for the next arena that grows; beyond it the oldest
 *                    blocks go back to the heap
 *
 * Errors: PEN_ERR_NOMEM
 */
PEN_MUST_USE enum pen_status pen_stock_create(size_t keep_bytes, struct pen_stock **out);

/** Give everything that is kept to the heap: memory is wanted elsewhere. */
void pen_stock_empty(struct pen_stock *stock);

/**
 * Empty the stock when no arena took from it or left anything in it since the last call: to be
 * called from time to time, while it keeps something. False: it was needed, and stays.
 */
bool pen_stock_rest(struct pen_stock *stock);

/** Free what is kept. Its arenas are to be destroyed before. NULL is fine. */
void pen_stock_destroy(struct pen_stock *stock);

/** Bytes kept now. */
size_t pen_stock_bytes(const struct pen_stock *stock);

/**
 * @param limit_bytes  hard limit on what the arena ever holds at once
 * @param block_bytes  size of the first block, kept over resets; allocated now
 *
 * Errors: PEN_ERR_NOMEM
 */
PEN_MUST_USE enum pen_status pen_arena_create(size_t limit_bytes, size_t block_bytes,
                                              struct pen_arena **out);

/** Take blocks from `stock` and give them back there from now on. The stock outlives the arena. */
void pen_arena_share(struct pen_arena *arena, struct pen_stock *stock);

/** Run what was deferred and free everything. NULL is fine. */
void pen_arena_destroy(struct pen_arena *arena);

/** Run what was deferred, newest first, and forget every allocation. */
void pen_arena_reset(struct pen_arena *arena);

/** A point in an arena's life, to go back to. */
struct pen_arena_mark {
    void *block; /* the newest one */
    size_t block_used;
    size_t used;
    void *deferred;
};

struct pen_arena_mark pen_arena_mark(const struct pen_arena *arena);

/**
 * Forget everything that was allocated or deferred since `mark`, as reset does with all of it. The
 * mark is of this arena, and was neither passed by an earlier one nor by a reset.
 */
void pen_arena_rewind(struct pen_arena *arena, struct pen_arena_mark mark);

/** `size` bytes aligned for any type, not cleared; NULL at the limit. A size of 0 gives a pointer.
 */
PEN_MUST_USE void *pen_arena_alloc(struct pen_arena *arena, size_t size);

/** `count` * `size` zeroed bytes, the product checked; NULL at the limit or on overflow. */
PEN_MUST_USE void *pen_arena_calloc(struct pen_arena *arena, size_t count, size_t size);

/** As alloc without alignment, for text. */
PEN_MUST_USE char *pen_arena_bytes(struct pen_arena *arena, size_t size);

/** Give back the unused tail of the newest `bytes` allocation: it shrinks from `size` to `used`. */
void pen_arena_trim(struct pen_arena *arena, const char *bytes, size_t size, size_t used);

/** A copy, followed by a NUL that is not counted, for libraries that want C strings. */
PEN_MUST_USE enum pen_status pen_arena_copy(struct pen_arena *arena, struct pen_str text,
                                            struct pen_str *out);

/** Call `fn(handle)` at reset or destroy. Errors: PEN_ERR_NOMEM, and then `fn` was called at once.
 */
PEN_MUST_USE enum pen_status pen_arena_defer(struct pen_arena *arena, void (*fn)(void *),
                                             void *handle);

/** Bytes handed out since the last reset. */
size_t pen_arena_used(const struct pen_arena *arena);

/** Change the hard limit from now on (a function's own body limit, known only after routing). */
void pen_arena_limit(struct pen_arena *arena, size_t limit_bytes);

#endif
