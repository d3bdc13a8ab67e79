/**
 * Sets of characters, as classes of ECMA-262 expressions make them: ranges of code points, and
 * properties that only Unicode's tables know the members of.
 *
 * Texts are valid UTF-8, so that no surrogate ever occurs in one: a set leaves them out.
 */
#ifndef PEN_SCHEMA_ECMA_SET_H
#define PEN_SCHEMA_ECMA_SET_H

#include "filters/core/arena.h"

#define PEN_LAST_CODE_POINT UINT32_C(0x10ffff)

struct pen_ecma_range {
    uint32_t first;
    uint32_t last; /* included */
};

/** A property as PCRE2 names it: \p{prefix written}. */
struct pen_ecma_member {
    struct pen_str prefix;
    struct pen_str written;
    const struct pen_ecma_member *next;
    bool negated; /* \P */
};

struct pen_ecma_set {
    struct pen_ecma_range *ranges; /* once sealed: ascending, apart, without surrogates */
    size_t count;
    size_t room;
    const struct pen_ecma_member *members;
    bool negated; /* only with members; otherwise the ranges say it */
};

/* All of these do nothing with a set that is NULL, for a reader that only looks at the syntax. */

/** Errors: PEN_ERR_NOMEM */
PEN_MUST_USE enum pen_status pen_ecma_set_add(struct pen_ecma_set *set, uint32_t first,
                                              uint32_t last, struct pen_arena *arena);

/** @param letter  of \d \D \w \W \s \S. Errors: PEN_ERR_NOMEM */
PEN_MUST_USE enum pen_status pen_ecma_set_add_class(struct pen_ecma_set *set, char letter,
                                                    struct pen_arena *arena);

/**
 * \p{inside}, or \P{inside} when `negated`.
 *
 * Errors: PEN_ERR_SYNTAX  no such property; this one is said without a set, too
 *         PEN_ERR_NOMEM
 */
PEN_MUST_USE enum pen_status pen_ecma_set_add_property(struct pen_ecma_set *set,
                                                       struct pen_str inside, bool negated,
                                                       struct pen_arena *arena);

/** All but line terminators: '.'. Errors: PEN_ERR_NOMEM */
PEN_MUST_USE enum pen_status pen_ecma_set_add_dot(struct pen_ecma_set *set,
                                                  struct pen_arena *arena);

/** Nothing is added any more. Errors: PEN_ERR_NOMEM */
PEN_MUST_USE enum pen_status pen_ecma_set_seal(struct pen_ecma_set *set, bool negated,
                                               struct pen_arena *arena);

/** Of a sealed set without members. */
bool pen_ecma_set_is_equal(const struct pen_ecma_set *a, const struct pen_ecma_set *b);

/** The code point at `p`, of two bytes or more and valid; returns what is behind it. */
static inline const unsigned char *pen_ecma_take_wide(const unsigned char *p, uint32_t *code)
{
    const unsigned lead = *p;
    const unsigned more = lead >= 0xf0 ? 3 : lead >= 0xe0 ? 2 : 1;
    uint32_t value = lead & (0x3fU >> more);
    for (unsigned i = 1; i <= more; i++) {
        value = value << 6 | (p[i] & 0x3fU);
    }
    *code = value;
    return p + more + 1;
}

#endif
