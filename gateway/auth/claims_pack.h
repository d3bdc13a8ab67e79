/**
 * A claims tree as a run of bytes without pointers, a third of its size, so that the token cache
 * can keep it in pieces and give out copies that outlive it. Pure; any thread.
 */
#ifndef PEN_GATEWAY_CLAIMS_PACK_H
#define PEN_GATEWAY_CLAIMS_PACK_H

#include "filters/core/json.h"

/** What the largest tree that the front end passes takes, packed. */
#define PEN_CLAIMS_PACK_MAX 36864

/**
 * @param out  at least PEN_CLAIMS_PACK_MAX bytes
 *
 * Errors: PEN_ERR_LIMIT  larger than any tree that pen_claims_read gives
 */
PEN_MUST_USE enum pen_status pen_claims_pack(const struct pen_json *claims, void *out,
                                             size_t *size);

/**
 * @param bytes  what pen_claims_pack wrote, in the arena: strings of the tree point into it
 *
 * Errors: PEN_ERR_NOMEM
 */
PEN_MUST_USE enum pen_status pen_claims_unpack(const void *bytes, struct pen_arena *arena,
                                               const struct pen_json **out);

#endif
