/**
 * Issuers, keys and tokens for tests: keys made once for a test program, a verifier that knows
 * them. Every function fails the running test when something does not work.
 */
#ifndef PEN_TESTS_TOKENS_H
#define PEN_TESTS_TOKENS_H

#include "gateway/auth/mint.h"
#include "gateway/auth/token.h"

#define TOKENS_NOW      1800000000 /* Unix seconds; nothing here looks at a clock */
#define TOKENS_ISSUER   "https://id.example.com/"
#define TOKENS_AUDIENCE "functions"
/** Claims that are accepted, without the braces. */
#define TOKENS_CLAIMS \
    "\"iss\":\"" TOKENS_ISSUER "\",\"aud\":\"functions\",\"sub\":\"ann\",\"exp\":1800000600"

/** Algorithms of an issuer that says nothing about them. */
#define TOKENS_DEFAULT_ALGORITHMS                                                \
    ((uint32_t)PEN_JWS_RS256 | (uint32_t)PEN_JWS_ES256 | (uint32_t)PEN_JWS_PS256 \
     | (uint32_t)PEN_JWS_EDDSA)

struct tokens {
    struct pen_arena *arena; /* reset it at will */
    struct pen_signer *rs256;
    struct pen_signer *ps256;
    struct pen_signer *es256;
    struct pen_signer *eddsa;
    struct pen_config_issuer issuer; /* index 0; change at will, with a new generation */
    const struct pen_config_issuer *issuers[1];
    struct pen_keyring *ring; /* one set: kids "rs256", "ps256", "es256", "eddsa" */
    struct pen_verifier *verifier;
};

void tokens_init(struct tokens *tokens);
void tokens_deinit(struct tokens *tokens);

/** An issuer with every default filled in. */
struct pen_config_issuer tokens_issuer(void);

/** A ring of one set; `set` is taken over and may be NULL. Free with tokens_free_ring. */
struct pen_keyring *tokens_ring(struct pen_keyset *set);
void tokens_free_ring(struct pen_keyring *ring);

/** Verify with the issuer and ring of `tokens`; a refused token leaves `caller` untouched. */
enum pen_token_result tokens_verify(struct tokens *tokens, struct pen_str token, int64_t now,
                                    struct pen_caller *caller);

/** Sign a header and a payload as they are. */
struct pen_str tokens_sign(struct tokens *tokens, const struct pen_signer *signer,
                           struct pen_str header, struct pen_str payload);

/** Texts joined, in the arena. */
struct pen_str tokens_join(struct tokens *tokens, const struct pen_str *parts, size_t count);

/** base64url, in the arena. */
struct pen_str tokens_encode(struct tokens *tokens, struct pen_str bytes);

#endif
