/**
 * Tokens in compact form: a JWS is `header.claims.signature`, a JWE has five parts of which the
 * header can be read (RFC 7515 section 7.1, RFC 7516 section 7.1). Pure; any thread.
 */
#ifndef PEN_CORE_CODEC_TOKEN_H
#define PEN_CORE_CODEC_TOKEN_H

#include "filters/core/str.h"

#define PEN_TOKEN_PARTS 2 /* that can be read */

/** The parts of a text that may be a token, each base64url of what is JSON in one. */
struct pen_token {
    struct pen_str parts[PEN_TOKEN_PARTS];
    size_t count; /* 0: it is none */
};

/** May be a token: `text` or what stands behind its first blank ("Bearer eyJ...") begins as one. */
bool pen_token_begins(struct pen_str text);

/** Take a token apart. Linear. */
struct pen_token pen_token(struct pen_str text);

#endif
