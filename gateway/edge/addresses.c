/** Four rows of counters; the least of an address's four is its count. */
#include "gateway/edge/addresses.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#define ROWS     4
#define ROW_BITS 15 /* 512 KiB in all: ten thousand busy addresses leave most counters free */

struct pen_addresses {
    uint64_t keys[ROWS][3];
    atomic_uint_least32_t counts[ROWS][1 << ROW_BITS];
};

struct halves {
    uint64_t high;
    uint64_t low;
};

static struct halves halve(const struct pen_address *address)
{
    struct halves halves;
    memcpy(&halves.high, address->bytes, sizeof(halves.high));
    memcpy(&halves.low, address->bytes + sizeof(halves.high), sizeof(halves.low));
    if (!pen_address_is_ipv4(address)) halves.low = 0;
    return halves;
}

/* Multilinear over two words: universal, so that only the keys decide who shares a counter. */
static atomic_uint_least32_t *counter(struct pen_addresses *addresses, size_t row,
                                      struct halves halves)
{
    const uint64_t *const key = addresses->keys[row];
    const uint64_t mixed = (halves.high ^ (halves.high >> 32)) * (key[0] | 1)
                           + (halves.low ^ (halves.low >> 32)) * (key[1] | 1) + key[2];
    return &addresses->counts[row][mixed >> (64 - ROW_BITS)];
}

enum pen_status pen_addresses_create(struct pen_addresses **out)
{
    struct pen_addresses *addresses = calloc(1, sizeof(*addresses));
    if (addresses == NULL) return PEN_ERR_NOMEM;

    if (getrandom(addresses->keys, sizeof(addresses->keys), 0) != sizeof(addresses->keys)) {
        free(addresses);
        return PEN_ERR_IO;
    }
    *out = addresses;
    return PEN_OK;
}

void pen_addresses_destroy(struct pen_addresses *addresses)
{
    free(addresses);
}

bool pen_addresses_enter(struct pen_addresses *addresses, const struct pen_address *address,
                         uint32_t most)
{
    const struct halves halves = halve(address);
    uint32_t least = UINT32_MAX;
    for (size_t row = 0; row < ROWS; row++) {
        const uint32_t before = (uint32_t)atomic_fetch_add_explicit(counter(addresses, row, halves),
                                                                    1, memory_order_relaxed);
        if (before < least) least = before;
    }
    if (least < most) return true;

    pen_addresses_leave(addresses, address);
    return false;
}

void pen_addresses_leave(struct pen_addresses *addresses, const struct pen_address *address)
{
    const struct halves halves = halve(address);
    for (size_t row = 0; row < ROWS; row++) {
        (void)atomic_fetch_sub_explicit(counter(addresses, row, halves), 1, memory_order_relaxed);
    }
}
