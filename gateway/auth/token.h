/**
 * Bearer tokens: a JWT in compact serialisation, proven against the key set of its issuer.
 *
 * Order: strict front end (RFC 7515 compact form, RFC 8725), issuer by exact `iss`, key by kid and
 * algorithm, signature by OpenSSL, claims by our own reader, then libjwt as a second reader that
 * must agree. Verified tokens are kept in a cache per worker. A verifier belongs to one thread.
 */
#ifndef PEN_GATEWAY_TOKEN_H
#define PEN_GATEWAY_TOKEN_H

#include "gateway/auth/keys.h"

/** Stable reason codes for the audit record; the caller only learns invalid_token. */
enum pen_token_result {
    PEN_TOKEN_OK,
    PEN_TOKEN_MALFORMED,  /* "token.malformed" */
    PEN_TOKEN_TOO_LARGE,  /* "token.too_large" */
    PEN_TOKEN_ENCRYPTED,  /* "token.encrypted": five segments */
    PEN_TOKEN_BAD_HEADER, /* "token.header" : no object, alg missing, typ or crit refused ... */
    PEN_TOKEN_FORBIDDEN_HEADER, /* "token.forbidden_header": jku, x5u, jwk, x5c */
    PEN_TOKEN_ALGORITHM,        /* "token.algorithm": not allowed for the issuer or the key */
    PEN_TOKEN_UNKNOWN_ISSUER,   /* "token.issuer" */
    PEN_TOKEN_NO_KEYS,          /* "token.no_keys": never loaded: 503, we cannot know */
    PEN_TOKEN_UNKNOWN_KEY,      /* "token.unknown_key": a refresh may help */
    PEN_TOKEN_SIGNATURE,        /* "token.signature" */
    PEN_TOKEN_BAD_CLAIMS,   /* "token.claims": no object, a claim of the wrong type or missing */
    PEN_TOKEN_EXPIRED,      /* "token.expired" */
    PEN_TOKEN_NOT_YET,      /* "token.not_yet": nbf or iat in the future */
    PEN_TOKEN_LIFETIME,     /* "token.lifetime": exp - iat above max_lifetime */
    PEN_TOKEN_AUDIENCE,     /* "token.audience" */
    PEN_TOKEN_TYPE,         /* "token.type": typ or profile */
    PEN_TOKEN_BINDING,      /* "token.binding": bound to a key (cnf) that is not checked here */
    PEN_TOKEN_DISAGREEMENT, /* "token.disagreement": libjwt read something else */
    PEN_TOKEN_INTERNAL,     /* "token.internal": memory or a library: 503, we cannot know */
};

const char *pen_token_result_code(enum pen_token_result result);

/** A proven caller. Strings live as long as the arena given to verify. */
struct pen_caller {
    const struct pen_config_issuer *issuer;
    struct pen_str subject;        /* "sub"; empty when absent */
    const struct pen_json *claims; /* the whole claims object */
    int64_t expires;               /* Unix seconds */
};

struct pen_verifier;

/** @param entries  size of the cache of verified tokens; 0 = 4,096 */
PEN_MUST_USE enum pen_status pen_verifier_create(size_t entries, struct pen_verifier **out);
void pen_verifier_destroy(struct pen_verifier *verifier);

/**
 * Prove a token.
 *
 * @param issuers  those that the function allows; when several have the same `issuer` string, the
 *                 first that accepts the token is the caller's
 * @param ring     key sets; a cached token counts only under the generation it was proven in, so a
 *                 generation also stands for the issuers' settings
 * @param now      Unix seconds
 * @param unknown  the issuer whose keys should be fetched now: on PEN_TOKEN_NO_KEYS always, on
 *                 PEN_TOKEN_UNKNOWN_KEY only when no token with this kid was seen within 60 s;
 *                 else NULL
 *
 * Cost:      a cache hit is one SHA-256 of the token, a look-up and a copy of the claims: at most
 *            1 us
 * Ownership: `out` lives as long as `arena`; nothing of it points into the cache or the token.
 *            Places in the claims tree are those of the decoded payload
 */
PEN_MUST_USE enum pen_token_result pen_verifier_verify(
    struct pen_verifier *verifier, struct pen_str token,
    const struct pen_config_issuer *const *issuers, size_t issuer_count,
    const struct pen_keyring *ring, int64_t now, struct pen_arena *arena, struct pen_caller *out,
    const struct pen_config_issuer **unknown);

#endif
