/**
 * What a proven token must say before its bearer is a caller (RFC 7519 section 4.1, RFC 8725
 * section 3, RFC 9068 section 2.2). Pure; any thread.
 */
#ifndef PEN_GATEWAY_CLAIMS_H
#define PEN_GATEWAY_CLAIMS_H

#include "filters/core/json.h"
#include "gateway/auth/token.h"

/** Read the payload: one JSON object without duplicate names. _OK, _BAD_CLAIMS or _INTERNAL. */
PEN_MUST_USE enum pen_token_result pen_claims_read(struct pen_str payload, struct pen_arena *arena,
                                                   const struct pen_json **out);

/** Is this `typ` (empty = none) one that the profile takes for an access token? */
bool pen_claims_typ_fits(enum pen_token_profile profile, struct pen_str typ);

/**
 * Check everything but `iss`, by which `issuer` was chosen.
 *
 * @param now      Unix seconds
 * @param expires  `exp`
 */
PEN_MUST_USE enum pen_token_result pen_claims_check(const struct pen_json *claims,
                                                    const struct pen_config_issuer *issuer,
                                                    int64_t now, int64_t *expires);

#endif
