/**
 * The characters as an expression tells them apart: two that are in the same of its sets are one
 * letter of its alphabet.
 *
 * Immutable once made; any thread.
 */
#ifndef PEN_SCHEMA_ALPHABET_H
#define PEN_SCHEMA_ALPHABET_H

#include "filters/schema/ecma_set.h"

#define PEN_ALPHABET_SETS    128 /* different ones: every ASCII character alone would still fit */
#define PEN_ALPHABET_LETTERS 255

/** From `first` to where the next interval begins all characters are the same letter. */
struct pen_alphabet_interval {
    uint32_t first;
    uint32_t letter;
};

struct pen_alphabet {
    const struct pen_alphabet_interval *intervals; /* ascending, the first from U+0000 on */
    uint32_t interval_count;
    uint32_t letter_count;
    uint8_t ascii[128];
};

/** Bits by set, of which a letter is a member. */
struct pen_alphabet_letter {
    uint64_t sets[PEN_ALPHABET_SETS / 64];
};

/**
 * @param sets     sealed and without members that only Unicode knows
 * @param letters  the sets that each letter is in; lives as long as `scratch`
 * @param scratch  for what is needed meanwhile
 *
 * Errors: PEN_ERR_LIMIT  more than PEN_ALPHABET_LETTERS, or so many sets
 *         PEN_ERR_NOMEM
 */
PEN_MUST_USE enum pen_status pen_alphabet_make(const struct pen_ecma_set *const *sets, size_t count,
                                               struct pen_arena *arena, struct pen_arena *scratch,
                                               struct pen_alphabet *out,
                                               const struct pen_alphabet_letter **letters);

/** The letter of a code point. */
uint32_t pen_alphabet_find(const struct pen_alphabet *alphabet, uint32_t code);

#endif
