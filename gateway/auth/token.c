/**
 * The order of proof: cache, front end, issuer, key, signature, claims, second reader.
 *
 * Nothing that a token says is believed before its signature is checked, but for two names that
 * choose what it is checked with: `iss` picks among the issuers that the function allows, `kid`
 * among that issuer's keys.
 */
#include "gateway/auth/token.h"

#include <stdlib.h>

#include "gateway/auth/claims.h"
#include "gateway/auth/jws.h"
#include "gateway/auth/prover.h"
#include "gateway/auth/second_reader.h"
#include "gateway/auth/token_cache.h"
#include "gateway/auth/unknown_kids.h"

struct pen_verifier {
    struct pen_sha256 *sha;
    struct pen_prover *prover;
    struct pen_token_cache *cache;
    struct pen_unknown_kids unknown;
};

const char *pen_token_result_code(enum pen_token_result result)
{
    switch (result) {
    case PEN_TOKEN_OK:
        return "ok";
    case PEN_TOKEN_MALFORMED:
        return "token.malformed";
    case PEN_TOKEN_TOO_LARGE:
        return "token.too_large";
    case PEN_TOKEN_ENCRYPTED:
        return "token.encrypted";
    case PEN_TOKEN_BAD_HEADER:
        return "token.header";
    case PEN_TOKEN_FORBIDDEN_HEADER:
        return "token.forbidden_header";
    case PEN_TOKEN_ALGORITHM:
        return "token.algorithm";
    case PEN_TOKEN_UNKNOWN_ISSUER:
        return "token.issuer";
    case PEN_TOKEN_NO_KEYS:
        return "token.no_keys";
    case PEN_TOKEN_UNKNOWN_KEY:
        return "token.unknown_key";
    case PEN_TOKEN_SIGNATURE:
        return "token.signature";
    case PEN_TOKEN_BAD_CLAIMS:
        return "token.claims";
    case PEN_TOKEN_EXPIRED:
        return "token.expired";
    case PEN_TOKEN_NOT_YET:
        return "token.not_yet";
    case PEN_TOKEN_LIFETIME:
        return "token.lifetime";
    case PEN_TOKEN_AUDIENCE:
        return "token.audience";
    case PEN_TOKEN_TYPE:
        return "token.type";
    case PEN_TOKEN_BINDING:
        return "token.binding";
    case PEN_TOKEN_DISAGREEMENT:
        return "token.disagreement";
    case PEN_TOKEN_INTERNAL:
        return "token.internal";
    }
    return "token.internal";
}

enum pen_status pen_verifier_create(size_t entries, struct pen_verifier **out)
{
    struct pen_verifier *verifier = calloc(1, sizeof(*verifier));
    if (verifier == NULL) return PEN_ERR_NOMEM;

    enum pen_status status = pen_sha256_create(&verifier->sha);
    if (status == PEN_OK) status = pen_prover_create(&verifier->prover);
    if (status == PEN_OK) status = pen_token_cache_create(entries, &verifier->cache);
    if (status != PEN_OK) {
        pen_verifier_destroy(verifier);
        return status;
    }
    *out = verifier;
    return PEN_OK;
}

void pen_verifier_destroy(struct pen_verifier *verifier)
{
    if (verifier == NULL) return;

    pen_sha256_destroy(verifier->sha);
    pen_prover_destroy(verifier->prover);
    pen_token_cache_destroy(verifier->cache);
    free(verifier);
}

static struct pen_caller caller_of(const struct pen_config_issuer *issuer,
                                   const struct pen_json *claims, int64_t expires)
{
    return (struct pen_caller){
        .issuer = issuer,
        .subject = pen_json_string_or(pen_json_member(claims, PEN_S("sub")), PEN_S("")),
        .claims = claims,
        .expires = expires,
    };
}

/* What one call of verify works on. */
struct proving {
    struct pen_verifier *verifier;
    const struct pen_keyring *ring;
    int64_t now;
    struct pen_arena *arena;
    struct pen_jws jws;
    const struct pen_json *claims;
    const struct pen_config_issuer **unknown;
};

static const struct pen_keyset *keys_of(const struct pen_keyring *ring,
                                        const struct pen_config_issuer *issuer)
{
    return issuer->index < ring->count ? ring->sets[issuer->index] : NULL;
}

/* The key that the token names, fit for its algorithm and allowed for the issuer. */
static enum pen_token_result choose_key(struct proving *proving,
                                        const struct pen_config_issuer *issuer,
                                        const struct pen_key **out)
{
    const struct pen_jws *const jws = &proving->jws;
    if ((issuer->algorithms & (uint32_t)jws->alg) == 0) return PEN_TOKEN_ALGORITHM;

    const struct pen_keyset *const keys = keys_of(proving->ring, issuer);
    if (keys == NULL) {
        *proving->unknown = issuer;
        return PEN_TOKEN_NO_KEYS;
    }
    *out = pen_keyset_find(keys, jws->kid, jws->alg);
    if (*out != NULL) return PEN_TOKEN_OK;
    if (jws->kid.ptr != NULL && pen_keyset_has_kid(keys, jws->kid)) return PEN_TOKEN_ALGORITHM;

    struct pen_verifier *const verifier = proving->verifier;
    if (pen_unknown_kids_ask(&verifier->unknown, verifier->sha, issuer->index, jws->kid,
                             proving->now)) {
        *proving->unknown = issuer;
    }
    return PEN_TOKEN_UNKNOWN_KEY;
}

static enum pen_token_result prove_for(struct proving *proving,
                                       const struct pen_config_issuer *issuer,
                                       struct pen_caller *out)
{
    const struct pen_jws *const jws = &proving->jws;
    if (!pen_claims_typ_fits(issuer->profile, jws->typ)) return PEN_TOKEN_TYPE;

    const struct pen_key *key;
    enum pen_token_result result = choose_key(proving, issuer, &key);
    if (result != PEN_TOKEN_OK) return result;
    const enum pen_status status = pen_prover_check(proving->verifier->prover, key, jws->alg,
                                                    jws->signed_text, jws->signature);
    if (status == PEN_ERR_INVALID) return PEN_TOKEN_SIGNATURE;
    if (status != PEN_OK) return PEN_TOKEN_INTERNAL;

    int64_t expires;
    result = pen_claims_check(proving->claims, issuer, proving->now, &expires);
    if (result == PEN_TOKEN_OK) {
        result = pen_second_reader_agrees(jws, proving->claims, proving->arena);
    }
    if (result == PEN_TOKEN_OK) *out = caller_of(issuer, proving->claims, expires);
    return result;
}

static bool find_cached(struct proving *proving, const unsigned char hash[PEN_SHA256_BYTES],
                        const struct pen_config_issuer *const *issuers, size_t issuer_count,
                        struct pen_caller *out)
{
    for (size_t i = 0; i < issuer_count; i++) {
        struct pen_token_proof proof;
        if (pen_token_cache_get(proving->verifier->cache, hash, issuers[i]->index, proving->now,
                                proving->arena, &proof)
            == PEN_OK) {
            *out = caller_of(issuers[i], proof.claims, proof.expires);
            return true;
        }
    }
    return false;
}

static void remember(struct proving *proving, const unsigned char hash[PEN_SHA256_BYTES],
                     const struct pen_caller *caller)
{
    const int64_t end = caller->expires + (int64_t)caller->issuer->leeway_s;
    const int64_t soon = proving->now + PEN_TOKEN_CACHE_TTL_S;
    const struct pen_token_proof proof = {
        .issuer = caller->issuer->index,
        .expires = caller->expires,
        .until = end < soon ? end : soon,
        .claims = caller->claims,
    };
    pen_token_cache_put(proving->verifier->cache, hash, &proof, proving->now);
}

/* RFC 8725 section 3.8: the issuer must be the one that the keys belong to, so it picks the keys.
 */
static enum pen_token_result prove(struct proving *proving, struct pen_str token,
                                   const struct pen_config_issuer *const *issuers,
                                   size_t issuer_count, struct pen_caller *out)
{
    enum pen_token_result result = pen_jws_read(token, proving->arena, &proving->jws);
    if (result != PEN_TOKEN_OK) return result;

    result = pen_claims_read(proving->jws.payload, proving->arena, &proving->claims);
    if (result != PEN_TOKEN_OK) return result;

    const struct pen_json *const iss = pen_json_member(proving->claims, PEN_S("iss"));
    if (iss == NULL || iss->type != PEN_JSON_STRING) return PEN_TOKEN_BAD_CLAIMS;

    result = PEN_TOKEN_UNKNOWN_ISSUER;
    for (size_t i = 0; i < issuer_count; i++) {
        if (!pen_str_equal(issuers[i]->issuer, iss->text)) continue;

        const enum pen_token_result one = prove_for(proving, issuers[i], out);
        if (one == PEN_TOKEN_OK) return one;
        if (result == PEN_TOKEN_UNKNOWN_ISSUER) result = one;
    }
    return result;
}

enum pen_token_result pen_verifier_verify(struct pen_verifier *verifier, struct pen_str token,
                                          const struct pen_config_issuer *const *issuers,
                                          size_t issuer_count, const struct pen_keyring *ring,
                                          int64_t now, struct pen_arena *arena,
                                          struct pen_caller *out,
                                          const struct pen_config_issuer **unknown)
{
    *unknown = NULL;
    if (token.len > PEN_TOKEN_MAX_BYTES) return PEN_TOKEN_TOO_LARGE;

    unsigned char hash[PEN_SHA256_BYTES];
    if (pen_sha256_of(verifier->sha, &token, 1, hash) != PEN_OK) return PEN_TOKEN_INTERNAL;

    struct proving proving = {
        .verifier = verifier,
        .ring = ring,
        .now = now,
        .arena = arena,
        .unknown = unknown,
    };
    pen_token_cache_generation(verifier->cache, ring->generation);
    if (find_cached(&proving, hash, issuers, issuer_count, out)) return PEN_TOKEN_OK;

    const enum pen_token_result result = prove(&proving, token, issuers, issuer_count, out);
    if (result == PEN_TOKEN_OK) remember(&proving, hash, out);
    return result;
}
