/**
 * A set of small numbers, most of which are not in it: emptied and read without a look at each.
 *
 * A word is written when its first bit is set; a bit in `filled` says that it has been. So a set
 * may lie on the stack, and a leaf that wakes one rule in ten thousand does not pay for the others.
 */
#ifndef PEN_FILTERS_PATCH_BITS_H
#define PEN_FILTERS_PATCH_BITS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define PEN_PATCH_BITS 65536 /* numbers below it */

struct pen_patch_bits {
    uint64_t filled[PEN_PATCH_BITS / 64 / 64];
    uint64_t words[PEN_PATCH_BITS / 64]; /* those that are filled */
};

static inline void pen_patch_bits_clear(struct pen_patch_bits *bits)
{
    memset(bits->filled, 0, sizeof(bits->filled));
}

/** False: it was among them already. */
static inline bool pen_patch_bits_add(struct pen_patch_bits *bits, uint32_t number)
{
    const uint32_t word = number / 64;
    const uint64_t bit = (uint64_t)1 << number % 64;
    if ((bits->filled[word / 64] >> word % 64 & 1) == 0) {
        bits->filled[word / 64] |= (uint64_t)1 << word % 64;
        bits->words[word] = 0;
    }
    if ((bits->words[word] & bit) != 0) return false;
    bits->words[word] |= bit;
    return true;
}

/** Take the smallest out. False: there is none. */
static inline bool pen_patch_bits_take(struct pen_patch_bits *bits, uint32_t *number)
{
    for (uint32_t i = 0; i < sizeof(bits->filled) / sizeof(bits->filled[0]); i++) {
        if (bits->filled[i] == 0) continue;
        const uint32_t word = i * 64 + (uint32_t)__builtin_ctzll(bits->filled[i]);
        *number = word * 64 + (uint32_t)__builtin_ctzll(bits->words[word]);
        bits->words[word] &= bits->words[word] - 1;
        if (bits->words[word] == 0) bits->filled[i] &= bits->filled[i] - 1;
        return true;
    }
    return false;
}

#endif
