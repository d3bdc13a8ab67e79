/**
 * Tokens already proven, by the SHA-256 of their bytes: the signature is checked once a minute, not
 * once an event.
 *
 * Only successes are kept, for a failure is free to make and would push them out. Least recently
 * used entries leave first. All memory is taken at creation but only used as entries come, and
 * there is no heap call afterwards. One thread.
 */
#ifndef PEN_GATEWAY_TOKEN_CACHE_H
#define PEN_GATEWAY_TOKEN_CACHE_H

#include "filters/core/arena.h"
#include "filters/core/json.h"
#include "gateway/digest.h"

#define PEN_TOKEN_CACHE_ENTRIES 4096
#define PEN_TOKEN_CACHE_MOST    ((size_t)1 << 20)
#define PEN_TOKEN_CACHE_TTL_S   60 /* until a proven token is proven again */

struct pen_token_cache;

/** What a token was proven as. */
struct pen_token_proof {
    uint32_t issuer;               /* pen_config_issuer.index */
    int64_t expires;               /* `exp` */
    int64_t until;                 /* not used at or after this; Unix seconds */
    const struct pen_json *claims; /* copied in and out */
};

/**
 * @param entries  at most this many; 1 KiB each is set aside, shared by all: a token with twenty
 *                 claims takes 1 KiB, one with a hundred pushes out a few others
 *
 * Errors: PEN_ERR_LIMIT (more than PEN_TOKEN_CACHE_MOST), PEN_ERR_NOMEM
 */
PEN_MUST_USE enum pen_status pen_token_cache_create(size_t entries, struct pen_token_cache **out);
void pen_token_cache_destroy(struct pen_token_cache *cache);

/** Tell which keys and settings count now: another generation than before forgets everything. */
void pen_token_cache_generation(struct pen_token_cache *cache, uint64_t generation);

/**
 * Look a token up.
 *
 * An entry counts from the second in which it was put to before `until`; outside it is dropped (a
 * clock set back cannot revive it).
 *
 * @return PEN_OK, PEN_ERR_NOT_FOUND, PEN_ERR_NOMEM (`arena`)
 */
PEN_MUST_USE enum pen_status pen_token_cache_get(struct pen_token_cache *cache,
                                                 const unsigned char hash[PEN_SHA256_BYTES],
                                                 uint32_t issuer, int64_t now,
                                                 struct pen_arena *arena,
                                                 struct pen_token_proof *out);

/** Keep a proof. One that does not fit is not kept: the next event proves it again. */
void pen_token_cache_put(struct pen_token_cache *cache, const unsigned char hash[PEN_SHA256_BYTES],
                         const struct pen_token_proof *proof, int64_t now);

size_t pen_token_cache_count(const struct pen_token_cache *cache);

#endif
