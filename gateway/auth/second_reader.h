/**
 * libjwt as a second reader: what it makes of a proven token must be what we made of it.
 *
 * It decides nothing about signatures (its own check accepts public keys as HMAC secrets and
 * spellings that we refuse); it sees only tokens that the strict front end and OpenSSL have passed,
 * and never without a bound on their size. Any thread.
 */
#ifndef PEN_GATEWAY_SECOND_READER_H
#define PEN_GATEWAY_SECOND_READER_H

#include "gateway/auth/jws.h"

/**
 * Does libjwt read the same header and the same claims, every value of them?
 *
 * @param arena  for its copy and its text
 *
 * PEN_TOKEN_OK, _DISAGREEMENT, or _INTERNAL (memory)
 */
PEN_MUST_USE enum pen_token_result pen_second_reader_agrees(const struct pen_jws *jws,
                                                            const struct pen_json *claims,
                                                            struct pen_arena *arena);

#endif
