/** A table with one place for each name, by hash: no order to keep, nothing to make room for. */
#include "gateway/auth/unknown_kids.h"

#include <string.h>

bool pen_unknown_kids_ask(struct pen_unknown_kids *kids, struct pen_sha256 *sha, uint32_t issuer,
                          struct pen_str kid, int64_t now)
{
    const struct pen_str parts[] = {{(const char *)&issuer, sizeof(issuer)}, kid};
    unsigned char hash[PEN_SHA256_BYTES];
    if (pen_sha256_of(sha, parts, PEN_COUNT_OF(parts), hash) != PEN_OK) return false;

    uint64_t tag;
    uint64_t place;
    memcpy(&tag, hash, sizeof(tag));
    memcpy(&place, hash + sizeof(tag), sizeof(place));
    struct pen_unknown_kid *const slot = &kids->slots[place % PEN_UNKNOWN_KIDS];
    /* A clock set back ends the memory too, or a key could stay unknown for hours. */
    const bool fresh = now >= slot->since && now - slot->since < PEN_UNKNOWN_KID_MEMORY_S;
    if (slot->tag == tag && fresh) return false;

    *slot = (struct pen_unknown_kid){.tag = tag, .since = now};
    return true;
}
