/**
 * Key names that were asked for lately and not found, so that a token that names one costs its
 * issuer a fetch only once a minute. One thread.
 */
#ifndef PEN_GATEWAY_UNKNOWN_KIDS_H
#define PEN_GATEWAY_UNKNOWN_KIDS_H

#include "gateway/digest.h"

#define PEN_UNKNOWN_KIDS         1024
#define PEN_UNKNOWN_KID_MEMORY_S 60

struct pen_unknown_kid {
    uint64_t tag;  /* of issuer and kid; 0 = never used */
    int64_t since; /* Unix seconds */
};

/** Zeroed is empty. 16 KiB. */
struct pen_unknown_kids {
    struct pen_unknown_kid slots[PEN_UNKNOWN_KIDS];
};

/**
 * Should keys be fetched for this kid now? Remembers that it was asked.
 *
 * Two names that share a slot push each other out: then a fetch is asked for too often, never too
 * seldom; how often one really happens is limited by whoever fetches.
 *
 * @param issuer  its index
 * @param kid     empty for a token without one
 */
bool pen_unknown_kids_ask(struct pen_unknown_kids *kids, struct pen_sha256 *sha, uint32_t issuer,
                          struct pen_str kid, int64_t now);

#endif
