/**
 * One key and what may be proven with it. Known to the key sets and the prover only.
 *
 * Immutable; any thread.
 */
#ifndef PEN_GATEWAY_KEY_H
#define PEN_GATEWAY_KEY_H

#include "filters/core/json.h"
#include "gateway/auth/keys.h"

struct evp_pkey_st; /* OpenSSL's EVP_PKEY, so that only its users include it */

/** Either a public key or an HMAC secret, never bytes that could pass for both. */
struct pen_key {
    uint32_t algorithms;            /* set of pen_jws_alg that it serves */
    struct evp_pkey_st *public_key; /* NULL for a secret */
    size_t coordinate_bytes;        /* of an EC key; 0 for others */
    char *secret;                   /* NULL for a public key */
    size_t secret_len;
};

/** All algorithms of one family, for keys that name none. */
#define PEN_JWS_RSA                                                              \
    ((uint32_t)PEN_JWS_RS256 | (uint32_t)PEN_JWS_RS384 | (uint32_t)PEN_JWS_RS512 \
     | (uint32_t)PEN_JWS_PS256 | (uint32_t)PEN_JWS_PS384 | (uint32_t)PEN_JWS_PS512)
#define PEN_JWS_HMAC ((uint32_t)PEN_JWS_HS256 | (uint32_t)PEN_JWS_HS384 | (uint32_t)PEN_JWS_HS512)

/**
 * Build a key from a JWK's members, decoded.
 *
 * @param algorithms  what the key may prove, already cut to what fits it; not empty
 * @param why         on PEN_ERR_INVALID: the reason, a string without end of life
 *
 * Errors: PEN_ERR_INVALID  unusable: too small, not on its curve, wrong length ...
 *         PEN_ERR_NOMEM, PEN_ERR_INTERNAL
 */
PEN_MUST_USE enum pen_status pen_key_from_rsa(struct pen_str modulus, struct pen_str exponent,
                                              uint32_t algorithms, struct pen_key **out,
                                              const char **why);
/** The curve follows from `algorithm`: one of ES256, ES384, ES512. */
PEN_MUST_USE enum pen_status pen_key_from_ec(struct pen_str x, struct pen_str y,
                                             enum pen_jws_alg algorithm, struct pen_key **out,
                                             const char **why);
PEN_MUST_USE enum pen_status pen_key_from_ed25519(struct pen_str x, struct pen_key **out,
                                                  const char **why);
PEN_MUST_USE enum pen_status pen_key_from_secret(struct pen_str secret, uint32_t algorithms,
                                                 struct pen_key **out, const char **why);

/**
 * The same from one JWK.
 *
 * @param allowed  the issuer's algorithms
 * @param scratch  for decoding; holds no secret afterwards
 */
PEN_MUST_USE enum pen_status pen_key_from_jwk(const struct pen_json *jwk, uint32_t allowed,
                                              struct pen_arena *scratch, struct pen_key **out,
                                              const char **why);

/** Wipes a secret. NULL is fine. */
void pen_key_destroy(struct pen_key *key);

#endif
