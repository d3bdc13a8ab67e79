/**
 * Private keys for making tokens: development keys, tests, the demo. The gateway never signs with
 * one while it serves.
 */
#ifndef PEN_GATEWAY_SIGNER_H
#define PEN_GATEWAY_SIGNER_H

#include "filters/core/arena.h"
#include "gateway/auth/keys.h"

/** A private key or a secret, and the one algorithm that it signs with. One thread. */
struct pen_signer;

/**
 * Make a new key: RSA of 2048 bits, or the algorithm's curve, or a secret as long as its hash.
 *
 * Errors: PEN_ERR_UNSUPPORTED, PEN_ERR_NOMEM, PEN_ERR_INTERNAL
 */
PEN_MUST_USE enum pen_status pen_signer_generate(enum pen_jws_alg alg, struct pen_signer **out);

/**
 * Read a PEM private key, not encrypted, that fits the algorithm. HS* has no PEM form.
 *
 * @param alg  PEN_JWS_NONE_KNOWN = the usual one for the key: RS256, EdDSA, or its curve's
 *
 * Errors: PEN_ERR_IO, PEN_ERR_INVALID (no key, or of another kind), PEN_ERR_UNSUPPORTED,
 *         PEN_ERR_NOMEM, PEN_ERR_INTERNAL; `err` says which
 */
PEN_MUST_USE enum pen_status pen_signer_load(struct pen_str file, enum pen_jws_alg alg,
                                             struct pen_signer **out, struct pen_error *err);

/** The same from a secret's bytes, for HS*. */
PEN_MUST_USE enum pen_status pen_signer_from_secret(struct pen_str secret, enum pen_jws_alg alg,
                                                    struct pen_signer **out);

/** Wipes the key. NULL is fine. */
void pen_signer_destroy(struct pen_signer *signer);

enum pen_jws_alg pen_signer_alg(const struct pen_signer *signer);
bool pen_signer_is_secret(const struct pen_signer *signer);

/** The private key as PEM (PKCS #8), or the secret's bytes. Lives as long as the signer. */
struct pen_str pen_signer_private(const struct pen_signer *signer);

/**
 * The public JWK, or for HS* the secret one, into `buf`; look at `buf->full`.
 *
 * @param kid  empty = the key's thumbprint (RFC 7638)
 *
 * Errors: PEN_ERR_INTERNAL
 */
PEN_MUST_USE enum pen_status pen_signer_jwk(const struct pen_signer *signer, struct pen_str kid,
                                            struct pen_buf *buf);

/** RFC 7638: base64url of the SHA-256 of the key's required members; 43 characters. */
PEN_MUST_USE enum pen_status pen_signer_thumbprint(const struct pen_signer *signer,
                                                   struct pen_buf *buf);

/**
 * Sign: raw as in a JWS, for ES* r and s side by side.
 *
 * Errors: PEN_ERR_NOMEM (arena), PEN_ERR_INTERNAL
 */
PEN_MUST_USE enum pen_status pen_signer_sign(const struct pen_signer *signer, struct pen_str text,
                                             struct pen_arena *arena, struct pen_str *out);

#endif
