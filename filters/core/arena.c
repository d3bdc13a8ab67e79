/**
 * A chain of blocks with a bump pointer.
 *
 * The first block stays over resets; later blocks double up to a ceiling, or fit one large
 * allocation exactly (a body). Fresh memory of a megabyte costs some hundred page faults, more time
 * than reading a document of that size takes: hence the stock. Deferred calls are a list in the
 * arena itself.
 */
#include "filters/core/arena.h"

#include <stdalign.h>
#include <stdlib.h>
#include <string.h>

#define MAX_BLOCK \
    ((size_t)1 << 20) /* beyond 1 MiB a block fits its allocation: no doubling waste */
#define STOCK_BLOCKS \
    32 /* looked through for each block; 16 of 1 MiB are more than one event takes */

struct block {
    struct block *next;
    size_t size; /* bytes after this header */
    size_t used;
};

struct pen_stock {
    struct block *blocks[STOCK_BLOCKS]; /* oldest first */
    size_t count;
    size_t bytes;
    size_t keep;
    bool needed; /* since pen_stock_rest was called */
};

struct deferred {
    struct deferred *next;
    void (*fn)(void *);
    void *handle;
};

struct pen_arena {
    struct block *first;
    struct block *current;
    struct deferred *deferred;
    struct pen_stock *stock; /* NULL: the heap */
    size_t limit;
    size_t held; /* bytes of all blocks: what the limit bounds */
    size_t used;
};

#define HEADER                                                                \
    ((sizeof(struct block) + alignof(max_align_t) - 1) / alignof(max_align_t) \
     * alignof(max_align_t))

static char *block_bytes(struct block *block)
{
    return (char *)block + HEADER;
}

static struct block *new_block(size_t size)
{
    if (size > SIZE_MAX - HEADER) return NULL;

    struct block *block = malloc(HEADER + size);
    if (block == NULL) return NULL;

    block->next = NULL;
    block->size = size;
    block->used = 0;
    return block;
}

static struct block *leave_stock(struct pen_stock *stock, size_t index)
{
    struct block *const block = stock->blocks[index];
    stock->needed = true;
    stock->count--;
    stock->bytes -= block->size;
    memmove(&stock->blocks[index], &stock->blocks[index + 1],
            (stock->count - index) * sizeof(struct block *));
    block->next = NULL;
    block->used = 0;
    return block;
}

/* The newest that is large enough and within the limit: it is the likeliest to be in a cache. */
static struct block *from_stock(struct pen_stock *stock, size_t least, size_t most)
{
    for (size_t i = stock->count; i-- > 0;) {
        const size_t size = stock->blocks[i]->size;
        if (size >= least && size <= most) return leave_stock(stock, i);
    }
    return NULL;
}

static void give_back(struct pen_stock *stock, struct block *block)
{
    if (stock == NULL || block->size > stock->keep) {
        free(block);
        return;
    }
    while (stock->count == STOCK_BLOCKS || block->size > stock->keep - stock->bytes) {
        free(leave_stock(stock, 0));
    }
    stock->needed = true;
    stock->blocks[stock->count++] = block;
    stock->bytes += block->size;
}

/* Make a block with at least `size` bytes the current one. */
static bool grow(struct pen_arena *arena, size_t size)
{
    if (arena->held > arena->limit || size > arena->limit - arena->held) return false;

    const size_t left = arena->limit - arena->held;
    size_t want = arena->current->size;
    want = want > MAX_BLOCK / 2 ? MAX_BLOCK : want * 2;
    if (want > left) want = left;
    if (want < size) want = size;

    struct block *block = arena->stock != NULL ? from_stock(arena->stock, want, left) : NULL;
    if (block == NULL) block = new_block(want);
    if (block == NULL) return false;

    arena->held += block->size;
    arena->current->next = block;
    arena->current = block;
    return true;
}

static void *take(struct pen_arena *arena, size_t size, size_t align)
{
    struct block *block = arena->current;
    size_t start = (block->used + align - 1) / align * align;
    if (start > block->size || size > block->size - start) {
        if (!grow(arena, size)) return NULL;
        block = arena->current;
        start = 0;
    }
    block->used = start + size;
    arena->used += size;
    return block_bytes(block) + start;
}

enum pen_status pen_stock_create(size_t keep_bytes, struct pen_stock **out)
{
    struct pen_stock *const stock = calloc(1, sizeof(*stock));
    if (stock == NULL) return PEN_ERR_NOMEM;

    stock->keep = keep_bytes;
    *out = stock;
    return PEN_OK;
}

void pen_stock_empty(struct pen_stock *stock)
{
    while (stock->count > 0) {
        free(leave_stock(stock, stock->count - 1));
    }
}

bool pen_stock_rest(struct pen_stock *stock)
{
    const bool needed = stock->needed;
    if (!needed) pen_stock_empty(stock);
    stock->needed = false;
    return !needed;
}

void pen_stock_destroy(struct pen_stock *stock)
{
    if (stock == NULL) return;

    pen_stock_empty(stock);
    free(stock);
}

size_t pen_stock_bytes(const struct pen_stock *stock)
{
    return stock->bytes;
}

enum pen_status pen_arena_create(size_t limit_bytes, size_t block_bytes_wanted,
                                 struct pen_arena **out)
{
    struct pen_arena *arena = calloc(1, sizeof(*arena));
    if (arena == NULL) return PEN_ERR_NOMEM;

    arena->limit = limit_bytes;
    arena->held = block_bytes_wanted < limit_bytes ? block_bytes_wanted : limit_bytes;
    arena->first = new_block(arena->held);
    if (arena->first == NULL) {
        free(arena);
        return PEN_ERR_NOMEM;
    }
    arena->current = arena->first;
    *out = arena;
    return PEN_OK;
}

void pen_arena_share(struct pen_arena *arena, struct pen_stock *stock)
{
    arena->stock = stock;
}

struct pen_arena_mark pen_arena_mark(const struct pen_arena *arena)
{
    return (struct pen_arena_mark){
        .block = arena->current,
        .block_used = arena->current->used,
        .used = arena->used,
        .deferred = arena->deferred,
    };
}

void pen_arena_rewind(struct pen_arena *arena, struct pen_arena_mark mark)
{
    for (struct deferred *d = arena->deferred; d != mark.deferred; d = d->next) {
        d->fn(d->handle);
    }
    struct block *const last = mark.block;
    struct block *block = last->next;
    while (block != NULL) {
        struct block *const next = block->next;
        arena->held -= block->size;
        give_back(arena->stock, block);
        block = next;
    }
    last->next = NULL;
    last->used = mark.block_used;
    arena->current = last;
    arena->deferred = mark.deferred;
    arena->used = mark.used;
}

void pen_arena_reset(struct pen_arena *arena)
{
    pen_arena_rewind(arena, (struct pen_arena_mark){.block = arena->first});
}

void pen_arena_destroy(struct pen_arena *arena)
{
    if (arena == NULL) return;

    pen_arena_reset(arena);
    free(arena->first);
    free(arena);
}

void *pen_arena_alloc(struct pen_arena *arena, size_t size)
{
    return take(arena, size, alignof(max_align_t));
}

void *pen_arena_calloc(struct pen_arena *arena, size_t count, size_t size)
{
    if (size != 0 && count > SIZE_MAX / size) return NULL;

    void *memory = pen_arena_alloc(arena, count * size);
    if (memory != NULL) memset(memory, 0, count * size);
    return memory;
}

char *pen_arena_bytes(struct pen_arena *arena, size_t size)
{
    return take(arena, size, 1);
}

void pen_arena_trim(struct pen_arena *arena, const char *bytes, size_t size, size_t used)
{
    struct block *const block = arena->current;
    if (used > size || bytes + size != block_bytes(block) + block->used) return;

    block->used -= size - used;
    arena->used -= size - used;
}

enum pen_status pen_arena_copy(struct pen_arena *arena, struct pen_str text, struct pen_str *out)
{
    if (text.len == SIZE_MAX) return PEN_ERR_NOMEM;

    char *copy = pen_arena_bytes(arena, text.len + 1);
    if (copy == NULL) return PEN_ERR_NOMEM;

    if (text.len > 0) memcpy(copy, text.ptr, text.len);
    copy[text.len] = '\0';
    *out = (struct pen_str){copy, text.len};
    return PEN_OK;
}

enum pen_status pen_arena_defer(struct pen_arena *arena, void (*fn)(void *), void *handle)
{
    struct deferred *d = pen_arena_alloc(arena, sizeof(*d));
    if (d == NULL) {
        fn(handle);
        return PEN_ERR_NOMEM;
    }
    *d = (struct deferred){.next = arena->deferred, .fn = fn, .handle = handle};
    arena->deferred = d;
    return PEN_OK;
}

size_t pen_arena_used(const struct pen_arena *arena)
{
    return arena->used;
}

void pen_arena_limit(struct pen_arena *arena, size_t limit_bytes)
{
    arena->limit = limit_bytes;
}
