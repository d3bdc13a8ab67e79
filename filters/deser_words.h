/**
 * Words by which data for readers of objects is known, wherever they stand in a text: all are
 * looked for in one pass, by a byte of each that is rare in texts.
 */
#ifndef PEN_FILTERS_DESER_WORDS_H
#define PEN_FILTERS_DESER_WORDS_H

#include "filters/core/arena.h"
#include "filters/core/str.h"

enum pen_deser_kind {
    PEN_DESER_MAGIC,    /* at the head of a stream, which stands apart from other text */
    PEN_DESER_GADGET,   /* a class that the public gadget chains are made of */
    PEN_DESER_CHOICE,   /* a name whose value chooses a type */
    PEN_DESER_ASSEMBLY, /* part of a type's name in .NET */
    PEN_DESER_WORD,     /* says it alone */
};

struct pen_deser_word {
    struct pen_str text;
    char sign; /* looked for where it stands first in `text` */
    enum pen_deser_kind kind;
    const char *rule; /* of magics and words */
    uint32_t score;   /* likewise */
    size_t least;     /* bytes that the shortest stream with this magic has */
};

#define PEN_DESER_WORDS 98

extern const struct pen_deser_word pen_deser_words[PEN_DESER_WORDS];

/** The words by their signs. Const once it is made; any thread. */
struct pen_deser_index;

/** Errors: PEN_ERR_NOMEM */
PEN_MUST_USE enum pen_status pen_deser_index_create(struct pen_arena *arena,
                                                    struct pen_deser_index **out);

/**
 * Where each word stands first; `text.len` where it does not. Of a magic: where it stands apart,
 * with as much behind it as it needs. Linear.
 */
void pen_deser_find(const struct pen_deser_index *index, struct pen_str text,
                    size_t places[PEN_DESER_WORDS]);

#endif
