/**
 * Hashes, message authentication, random bytes, and forgetting secrets: OpenSSL behind small calls.
 */
#ifndef PEN_GATEWAY_DIGEST_H
#define PEN_GATEWAY_DIGEST_H

#include "filters/core/str.h"

#define PEN_SHA256_BYTES   32
#define PEN_HMAC_MAX_BYTES 64

/**
 * SHA-256 without set-up cost: OpenSSL 3 looks an algorithm up by name on every one-shot call,
 * which costs more than hashing a kilobyte, so it is looked up once, here. One thread at a time.
 */
struct pen_sha256;

/** Errors: PEN_ERR_NOMEM, PEN_ERR_INTERNAL */
PEN_MUST_USE enum pen_status pen_sha256_create(struct pen_sha256 **out);
void pen_sha256_destroy(struct pen_sha256 *sha);

/**
 * The hash of `count` texts, one after the other. No allocation.
 *
 * Errors: PEN_ERR_INTERNAL
 */
PEN_MUST_USE enum pen_status pen_sha256_of(struct pen_sha256 *sha, const struct pen_str *parts,
                                           size_t count, unsigned char out[PEN_SHA256_BYTES]);

/** The hash of one text, for places that are not hot. Any thread. Errors: PEN_ERR_INTERNAL */
PEN_MUST_USE enum pen_status pen_sha256_once(struct pen_str text,
                                             unsigned char out[PEN_SHA256_BYTES]);

/**
 * HMAC with SHA-2 (RFC 2104). Any thread.
 *
 * @param bits  256, 384 or 512; `bits` / 8 bytes are written
 *
 * Errors: PEN_ERR_UNSUPPORTED  another `bits`
 *         PEN_ERR_INTERNAL
 */
PEN_MUST_USE enum pen_status pen_hmac(unsigned bits, struct pen_str key, struct pen_str text,
                                      unsigned char out[PEN_HMAC_MAX_BYTES]);

/** Unpredictable bytes. Any thread. Errors: PEN_ERR_INTERNAL, and then nothing may be made of them.
 */
PEN_MUST_USE enum pen_status pen_random(void *out, size_t size);

/** Overwrite a secret; the compiler cannot leave it out. */
void pen_wipe(void *secret, size_t size);

#endif
