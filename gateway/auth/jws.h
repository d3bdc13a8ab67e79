/**
 * The strict front end: a token's compact serialisation (RFC 7515 section 7.1) taken apart before
 * any library or key sees it.
 *
 * What passes has exactly one reading: three non-empty canonical base64url segments, a header that
 * is one JSON object without duplicate names, an algorithm that we know, and nothing in the header
 * that would need more than that to be understood.
 */
#ifndef PEN_GATEWAY_JWS_H
#define PEN_GATEWAY_JWS_H

#include "filters/core/json.h"
#include "gateway/auth/token.h"

#define PEN_TOKEN_MAX_BYTES  8192
#define PEN_HEADER_MAX_BYTES 2048 /* decoded, as all below */
#define PEN_CLAIMS_MAX_BYTES 6144
#define PEN_KID_MAX_BYTES    256
#define PEN_TOKEN_MAX_DEPTH  16
#define PEN_TOKEN_MAX_NODES  1024 /* values; a member takes six bytes, so long lists only */

struct pen_jws {
    struct pen_str header_segment;  /* as received, base64url */
    struct pen_str payload_segment; /* likewise */
    struct pen_str signed_text;     /* both with their dot: what the signature covers */
    struct pen_str payload;         /* decoded, not looked into */
    struct pen_str signature;       /* decoded, not checked */
    const struct pen_json *header;
    enum pen_jws_alg alg; /* one of ours; not yet allowed for anything */
    struct pen_str kid;   /* ptr NULL when there is none; else 1 to 256 bytes of any value */
    struct pen_str typ;   /* empty when there is none */
};

/**
 * Take a token apart.
 *
 * Ownership: `out` lives as long as `arena` and `token`.
 * Returns PEN_TOKEN_OK, _MALFORMED, _TOO_LARGE, _ENCRYPTED, _BAD_HEADER, _FORBIDDEN_HEADER,
 * _ALGORITHM (unknown, "none", another case), _INTERNAL (the arena's limit)
 */
PEN_MUST_USE enum pen_token_result pen_jws_read(struct pen_str token, struct pen_arena *arena,
                                                struct pen_jws *out);

#endif
