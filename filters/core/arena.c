/**
 * A chain of blocks with a bump pointer.
 *
 * The first block stays over resets; later blocks double up to a ceiling, or fit one large
 * allocation exactly (a body). Deferred calls are a list in the arena itself.
 */
#include "filters/core/arena.h"

#include <stdalign.h>
#include <stdlib.h>
#include <string.h>

#define MAX_BLOCK \
    ((size_t)1 << 20) /* beyond 1 MiB a block fits its allocation: no doubling waste */

struct block {
    struct block *next;
    size_t size; /* bytes after this header */
    size_t used;
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

/* Make a block with at least `size` bytes the current one. */
static bool grow(struct pen_arena *arena, size_t size)
{
    if (arena->held > arena->limit || size > arena->limit - arena->held) return false;

    size_t want = arena->current->size;
    want = want > MAX_BLOCK / 2 ? MAX_BLOCK : want * 2;
    if (want > arena->limit - arena->held) want = arena->limit - arena->held;
    if (want < size) want = size;

    struct block *block = new_block(want);
    if (block == NULL) return false;

    arena->held += want;
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

void pen_arena_reset(struct pen_arena *arena)
{
    for (struct deferred *d = arena->deferred; d != NULL; d = d->next) {
        d->fn(d->handle);
    }
    struct block *block = arena->first->next;
    while (block != NULL) {
        struct block *const next = block->next;
        free(block);
        block = next;
    }
    arena->first->next = NULL;
    arena->first->used = 0;
    arena->current = arena->first;
    arena->deferred = NULL;
    arena->held = arena->first->size;
    arena->used = 0;
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
