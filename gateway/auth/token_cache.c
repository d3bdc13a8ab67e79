/**
 * A chained hash table, a list by last use, and a slab of small chunks for the packed claims.
 *
 * Chunks because claims differ in size: slots for the largest would take 36 KiB each. The slab is
 * allocated whole and never cleared, so the system gives it memory page by page as it fills.
 */
#include "gateway/auth/token_cache.h"

#include <stdlib.h>
#include <string.h>

#include "gateway/auth/claims_pack.h"

#define CHUNK_BYTES      256
#define CHUNKS_PER_ENTRY 4 /* 1 KiB: about twenty claims */
#define NOTHING          UINT32_MAX

struct entry {
    unsigned char hash[PEN_SHA256_BYTES];
    int64_t since;
    int64_t until;
    int64_t expires;
    uint32_t issuer;
    uint32_t size;  /* of the packed claims */
    uint32_t chunk; /* first of them */
    uint32_t chain; /* next in the bucket; next free entry while unused */
    uint32_t newer; /* list by last use */
    uint32_t older;
};

struct chunk {
    unsigned char bytes[CHUNK_BYTES - sizeof(uint32_t)];
    uint32_t next;
};

struct pen_token_cache {
    uint64_t generation;
    size_t bucket_count; /* a power of two */
    uint32_t *buckets;

    struct entry *entries;
    uint32_t entry_cap;
    uint32_t entry_fresh; /* entries at and above this were never used */
    uint32_t entry_free;
    uint32_t count;
    uint32_t newest;
    uint32_t oldest;

    struct chunk *chunks;
    uint32_t chunk_cap;
    uint32_t chunk_fresh;
    uint32_t chunk_free;
    uint32_t chunk_left;

    _Alignas(max_align_t) unsigned char scratch[PEN_CLAIMS_PACK_MAX];
};

static void forget_all(struct pen_token_cache *cache)
{
    for (size_t i = 0; i < cache->bucket_count; i++) {
        cache->buckets[i] = NOTHING;
    }
    cache->entry_fresh = 0;
    cache->entry_free = NOTHING;
    cache->count = 0;
    cache->newest = NOTHING;
    cache->oldest = NOTHING;
    cache->chunk_fresh = 0;
    cache->chunk_free = NOTHING;
    cache->chunk_left = cache->chunk_cap;
}

enum pen_status pen_token_cache_create(size_t entries, struct pen_token_cache **out)
{
    if (entries == 0) entries = PEN_TOKEN_CACHE_ENTRIES;
    if (entries > PEN_TOKEN_CACHE_MOST) return PEN_ERR_LIMIT;

    struct pen_token_cache *cache = calloc(1, sizeof(*cache));
    if (cache == NULL) return PEN_ERR_NOMEM;

    cache->bucket_count = 1;
    while (cache->bucket_count < entries) {
        cache->bucket_count *= 2;
    }
    /* A cache of one entry must still hold the largest claims. */
    const size_t least = PEN_CLAIMS_PACK_MAX / sizeof(((struct chunk *)0)->bytes) + 1;
    const size_t chunks = entries * CHUNKS_PER_ENTRY > least ? entries * CHUNKS_PER_ENTRY : least;
    cache->entry_cap = (uint32_t)entries;
    cache->chunk_cap = (uint32_t)chunks;
    cache->buckets = malloc(cache->bucket_count * sizeof(*cache->buckets));
    cache->entries = malloc(entries * sizeof(*cache->entries));
    cache->chunks = malloc(chunks * sizeof(*cache->chunks));
    if (cache->buckets == NULL || cache->entries == NULL || cache->chunks == NULL) {
        pen_token_cache_destroy(cache);
        return PEN_ERR_NOMEM;
    }
    forget_all(cache);
    *out = cache;
    return PEN_OK;
}

void pen_token_cache_destroy(struct pen_token_cache *cache)
{
    if (cache == NULL) return;

    free(cache->buckets);
    free(cache->entries);
    free(cache->chunks);
    free(cache);
}

void pen_token_cache_generation(struct pen_token_cache *cache, uint64_t generation)
{
    if (cache->generation == generation) return;

    cache->generation = generation;
    forget_all(cache);
}

size_t pen_token_cache_count(const struct pen_token_cache *cache)
{
    return cache->count;
}

/* The hash's own bytes: nobody chooses those of a token that an issuer has signed. */
static uint32_t *bucket_of(struct pen_token_cache *cache,
                           const unsigned char hash[PEN_SHA256_BYTES])
{
    uint32_t number;
    memcpy(&number, hash, sizeof(number));
    return &cache->buckets[number & (cache->bucket_count - 1)];
}

static void unlink_use(struct pen_token_cache *cache, const struct entry *entry)
{
    if (entry->newer != NOTHING) cache->entries[entry->newer].older = entry->older;
    if (entry->older != NOTHING) cache->entries[entry->older].newer = entry->newer;
    if (entry->newer == NOTHING) cache->newest = entry->older;
    if (entry->older == NOTHING) cache->oldest = entry->newer;
}

static void link_newest(struct pen_token_cache *cache, uint32_t at)
{
    struct entry *const entry = &cache->entries[at];
    entry->newer = NOTHING;
    entry->older = cache->newest;
    if (cache->newest != NOTHING) cache->entries[cache->newest].newer = at;
    cache->newest = at;
    if (cache->oldest == NOTHING) cache->oldest = at;
}

static uint32_t chunks_for(size_t size)
{
    const size_t room = sizeof(((struct chunk *)0)->bytes);
    return (uint32_t)((size + room - 1) / room);
}

static uint32_t take_chunk(struct pen_token_cache *cache)
{
    cache->chunk_left--;
    if (cache->chunk_free == NOTHING) return cache->chunk_fresh++;

    const uint32_t at = cache->chunk_free;
    cache->chunk_free = cache->chunks[at].next;
    return at;
}

static void give_chunks(struct pen_token_cache *cache, const struct entry *entry)
{
    uint32_t at = entry->chunk;
    for (uint32_t n = chunks_for(entry->size); n > 0; n--) {
        const uint32_t next = cache->chunks[at].next;
        cache->chunks[at].next = cache->chunk_free;
        cache->chunk_free = at;
        cache->chunk_left++;
        at = next;
    }
}

static void drop(struct pen_token_cache *cache, uint32_t at)
{
    struct entry *const entry = &cache->entries[at];
    uint32_t *link = bucket_of(cache, entry->hash);
    while (*link != at) {
        link = &cache->entries[*link].chain;
    }
    *link = entry->chain;
    unlink_use(cache, entry);
    give_chunks(cache, entry);
    entry->chain = cache->entry_free;
    cache->entry_free = at;
    cache->count--;
}

static uint32_t find(struct pen_token_cache *cache, const unsigned char hash[PEN_SHA256_BYTES],
                     uint32_t issuer)
{
    uint32_t at = *bucket_of(cache, hash);
    while (at != NOTHING
           && (cache->entries[at].issuer != issuer
               || memcmp(cache->entries[at].hash, hash, PEN_SHA256_BYTES) != 0)) {
        at = cache->entries[at].chain;
    }
    return at;
}

static void gather(const struct pen_token_cache *cache, const struct entry *entry,
                   unsigned char *out)
{
    uint32_t at = entry->chunk;
    for (size_t done = 0; done < entry->size;) {
        const struct chunk *const chunk = &cache->chunks[at];
        const size_t left = entry->size - done;
        const size_t part = left < sizeof(chunk->bytes) ? left : sizeof(chunk->bytes);
        memcpy(out + done, chunk->bytes, part);
        done += part;
        at = chunk->next;
    }
}

enum pen_status pen_token_cache_get(struct pen_token_cache *cache,
                                    const unsigned char hash[PEN_SHA256_BYTES], uint32_t issuer,
                                    int64_t now, struct pen_arena *arena,
                                    struct pen_token_proof *out)
{
    const uint32_t at = find(cache, hash, issuer);
    if (at == NOTHING) return PEN_ERR_NOT_FOUND;

    const struct entry *const entry = &cache->entries[at];
    if (now < entry->since || now >= entry->until) {
        drop(cache, at);
        return PEN_ERR_NOT_FOUND;
    }
    unsigned char *const bytes = pen_arena_alloc(arena, entry->size);
    if (bytes == NULL) return PEN_ERR_NOMEM;

    gather(cache, entry, bytes);
    const struct pen_json *claims;
    PEN_TRY(pen_claims_unpack(bytes, arena, &claims));
    if (cache->newest != at) {
        unlink_use(cache, entry);
        link_newest(cache, at);
    }
    *out = (struct pen_token_proof){
        .issuer = entry->issuer,
        .expires = entry->expires,
        .until = entry->until,
        .claims = claims,
    };
    return PEN_OK;
}

static uint32_t scatter(struct pen_token_cache *cache, size_t size)
{
    uint32_t first = NOTHING;
    uint32_t *link = &first;
    for (size_t done = 0; done < size;) {
        const uint32_t at = take_chunk(cache);
        struct chunk *const chunk = &cache->chunks[at];
        const size_t left = size - done;
        const size_t part = left < sizeof(chunk->bytes) ? left : sizeof(chunk->bytes);
        memcpy(chunk->bytes, cache->scratch + done, part);
        chunk->next = NOTHING;
        *link = at;
        link = &chunk->next;
        done += part;
    }
    return first;
}

static uint32_t take_entry(struct pen_token_cache *cache)
{
    cache->count++;
    if (cache->entry_free == NOTHING) return cache->entry_fresh++;

    const uint32_t at = cache->entry_free;
    cache->entry_free = cache->entries[at].chain;
    return at;
}

void pen_token_cache_put(struct pen_token_cache *cache, const unsigned char hash[PEN_SHA256_BYTES],
                         const struct pen_token_proof *proof, int64_t now)
{
    size_t size;
    if (now >= proof->until) return;
    if (pen_claims_pack(proof->claims, cache->scratch, &size) != PEN_OK) return;

    const uint32_t known = find(cache, hash, proof->issuer);
    if (known != NOTHING) drop(cache, known);
    while (cache->oldest != NOTHING
           && (cache->count == cache->entry_cap || chunks_for(size) > cache->chunk_left)) {
        drop(cache, cache->oldest);
    }
    const uint32_t at = take_entry(cache);
    struct entry *const entry = &cache->entries[at];
    uint32_t *const bucket = bucket_of(cache, hash);
    *entry = (struct entry){
        .since = now,
        .until = proof->until,
        .expires = proof->expires,
        .issuer = proof->issuer,
        .size = (uint32_t)size,
        .chunk = scatter(cache, size),
        .chain = *bucket,
    };
    memcpy(entry->hash, hash, PEN_SHA256_BYTES);
    *bucket = at;
    link_newest(cache, at);
}
