/** Signatures checked with keys of a set. */
#ifndef PEN_GATEWAY_PROVER_H
#define PEN_GATEWAY_PROVER_H

#include "gateway/auth/key.h"

/** What checking signatures needs and keeps between uses. One thread. */
struct pen_prover;

/** Errors: PEN_ERR_NOMEM, PEN_ERR_INTERNAL */
PEN_MUST_USE enum pen_status pen_prover_create(struct pen_prover **out);
void pen_prover_destroy(struct pen_prover *prover);

/**
 * Does `signature` (raw, as in a JWS: for ES* r and s side by side) prove `text`?
 *
 * Errors: PEN_ERR_INVALID   it does not, or the key does not serve the algorithm
 *         PEN_ERR_INTERNAL  a library failed, most likely for lack of memory: nothing is known
 */
PEN_MUST_USE enum pen_status pen_prover_check(struct pen_prover *prover, const struct pen_key *key,
                                              enum pen_jws_alg algorithm, struct pen_str text,
                                              struct pen_str signature);

#endif
