/**
 * The forms of all triggers, by what texts are searched for: used by the prefilter alone.
 *
 * A mark leads to its forms by the kinds of the bytes beside it, a word by its first three bytes, a
 * literal by three letters of it, or by the id that the pattern engine gives back where it has too
 * few. Immutable once built.
 */
#ifndef PEN_FILTERS_PREFILTER_INDEX_H
#define PEN_FILTERS_PREFILTER_INDEX_H

#include "filters/core/pattern.h"
#include "filters/trigger.h"

#define PEN_WATCHES_MOST 8192 /* forms of all triggers together */

/* Kinds of bytes: a letter in either case, digits, a space, the gap between texts, each mark of
   ASCII, line breaks and the tab, other controls, bytes beyond ASCII. One bit each. */
#define PEN_BYTE_KINDS 64

#define PEN_BESIDE 4 /* bytes on either side: enough to tell "' or" from "' on" */
#define PEN_NEAR   2 /* of these in a first look at a mark */

/** A form, and what fires when it stands. */
struct pen_watch {
    struct pen_trigger_form form;
    uint64_t bit;
    uint64_t before[PEN_BESIDE]; /* kinds that can precede the factor, nearest first */
    uint64_t behind[PEN_BESIDE]; /* and that can follow it */
    bool told;                   /* these are all that the form asks for */
};

/**
 * The bytes of a word's factor as pen_index_letters reads them. In front of those of one beginning
 * stands one that only has `letters`: a bit for each byte that is the fourth of one of them, by its
 * lowest five bits. Behind them stands an empty one.
 */
struct pen_index_word {
    uint32_t letters;
    uint32_t mask; /* which of the four are asked for */
    uint32_t fold; /* 0x20 where either case will do */
    uint32_t watch;
    uint64_t before; /* kinds of the byte before it */
};

/** Forms that one factor leads to. */
struct pen_watch_range {
    uint32_t first;
    uint32_t count;
    uint32_t length; /* of the literal */
};

/**
 * Three letters of a literal, which are looked for at every other place: each literal has two such
 * pieces, an even number of bytes behind its beginning and an odd one. Both lie within four
 * letters.
 */
struct pen_index_piece {
    uint32_t letters; /* the literal's first four bytes as pen_index_letters reads them; 0 = none */
    uint32_t fold;    /* 0x20 where either case will do */
    uint32_t literal;
    uint32_t at; /* bytes of the literal before the piece */
};

#define PEN_MARK_LANES ((size_t)2 * PEN_NEAR * PEN_BYTE_KINDS)
#define PEN_MARK_TABLE ((size_t)2 * PEN_BESIDE * PEN_BYTE_KINDS)

/**
 * Watches of a mark: bit b of word w is that at `first` + 64 w + b. Which of them can have a byte
 * beside the mark is said by its kind, once for each place beside it: the PEN_NEAR nearest before
 * it, nearest first, and as many behind it, then the others before it and behind it.
 */
struct pen_mark {
    uint32_t first;
    uint32_t words;
    const uint64_t *tables; /* PEN_MARK_TABLE for each word */
    const uint64_t *lanes;  /* the near ones of all words together, PEN_MARK_LANES: for a first look
                               in which no bit in common says that nothing can stand */
    uint64_t direct;        /* fires without a look around */
};

#define PEN_WORD_BITS   14 /* some hundred beginnings leave nearly all of so many empty */
#define PEN_WORD_HASHES (1 << PEN_WORD_BITS)
#define PEN_SIEVE_PIECE 0x80 /* the highest bit: the classes have the others */

struct pen_index {
    struct pen_watch *watches; /* by factor */
    uint32_t watch_count;
    uint8_t kinds[UINT8_MAX + 1]; /* of bytes */
    struct pen_mark marks[UINT8_MAX + 1];
    const uint64_t *looks[UINT8_MAX + 1]; /* their `lanes`; of those that fire directly all bits */
    uint8_t classes[UINT8_MAX + 1];       /* of bytes before a word: 0 to 6, fewer than kinds */
    /* By pen_index_hash of three letters: a bit for each class before a word that begins with them,
       and one more where a piece of a literal is these. What is asked of most letters of a text is
       small enough to stay near. */
    uint8_t sieve[PEN_WORD_HASHES];
    uint16_t beginnings[PEN_WORD_HASHES];   /* likewise: where in `words`; 0 = none */
    struct pen_index_word *words;           /* by their beginnings */
    uint16_t piece_places[PEN_WORD_HASHES]; /* by pen_index_hash: where in `pieces`; 0 = none */
    struct pen_index_piece *pieces;   /* by their letters; the last of each is followed by 0 */
    struct pen_watch_range *literals; /* by the pattern's id */
    struct pen_patterns *patterns;
};

/** Up to four bytes, the first in the lowest bits. */
static inline uint32_t pen_index_letters(const char *p, size_t count)
{
    const unsigned char *const byte = (const unsigned char *)p;
    if (count >= 4) {
        return byte[0] | (uint32_t)byte[1] << 8 | (uint32_t)byte[2] << 16 | (uint32_t)byte[3] << 24;
    }
    uint32_t letters = 0;
    for (size_t i = 0; i < count; i++) {
        letters |= (uint32_t)byte[i] << 8 * i;
    }
    return letters;
}

/** Of a word's first three bytes, the first in the lowest bits; what its letters' case is is lost.
 */
static inline uint32_t pen_index_hash(uint32_t word)
{
    return (word & 0x1f1f1fU) * 0x9e3779b1U >> (32 - PEN_WORD_BITS);
}

/** What stands around its factor, from its form. */
void pen_watch_make(const uint8_t kinds[UINT8_MAX + 1], const struct pen_trigger_form *form,
                    uint64_t bit, struct pen_watch *out);

void pen_index_kinds(uint8_t kinds[UINT8_MAX + 1]);

/**
 * Sort `watches` by their factors into `out`, whose `kinds` are filled.
 *
 * Ownership: `out` lives as long as `arena`; its patterns are the caller's to destroy, on errors,
 *            too.
 * Errors:    PEN_ERR_INVALID, PEN_ERR_LIMIT, PEN_ERR_NOMEM
 */
PEN_MUST_USE enum pen_status pen_index_build(struct pen_watch *watches, size_t count,
                                             struct pen_arena *arena, struct pen_index *out,
                                             struct pen_error *err);

#endif
