/**
 * Tables of words in lower case, by their first letter: most texts hold none of them, which the
 * lengths that a letter's words have tell before any word is compared.
 *
 *     #define WORDS_A(W) W("alert", SINK) W("apply", BINDER)
 *     static const struct pen_word_group words[PEN_WORD_LETTERS] = {
 *         ['a' - 'a'] = PEN_WORDS(WORDS_A)};
 *
 * The words of one letter stand in the order of strcmp. Constant data; any thread.
 */
#ifndef PEN_CORE_WORDS_H
#define PEN_CORE_WORDS_H

#include <stddef.h>
#include <stdint.h>

#include "filters/core/ascii.h"

#define PEN_WORD_LETTERS 26
#define PEN_WORD_LONGEST 63 /* bytes: a bit for each length */

struct pen_word {
    const char *text;
    uint8_t length;
    uint8_t kind; /* as the table's owner means it */
};

struct pen_word_group {
    const struct pen_word *words;
    size_t count;
    uint64_t lengths; /* bit by length */
};

#define PEN_WORD_ENTRY(text, kind)  {text, sizeof(text) - 1, kind},
#define PEN_WORD_LENGTH(text, kind) | UINT64_C(1) << (sizeof(text) - 1)
#define PEN_WORDS(list)                                                                        \
    {                                                                                          \
        (const struct pen_word[]){list(PEN_WORD_ENTRY)},                                       \
            sizeof((const struct pen_word[]){list(PEN_WORD_ENTRY)}) / sizeof(struct pen_word), \
            0 list(PEN_WORD_LENGTH)                                                            \
    }

/* As strcmp; the first letters are the same. */
static inline int pen_word_order(const char *text, size_t length, const struct pen_word *word,
                                 bool fold)
{
    for (size_t i = 1; i < length && i < word->length; i++) {
        const char c = fold ? pen_to_lower(text[i]) : text[i];
        if (c != word->text[i]) return (unsigned char)c - (unsigned char)word->text[i];
    }
    return (int)length - word->length;
}

/** The word that the text is, as it stands or (`fold`) in any case; NULL: none. */
static inline const struct pen_word *pen_word_find(const struct pen_word_group *groups,
                                                   const char *text, size_t length, bool fold)
{
    if (length == 0 || length > PEN_WORD_LONGEST) return NULL;
    const char first = fold ? pen_to_lower(text[0]) : text[0];
    if (first < 'a' || first > 'z') return NULL;

    const struct pen_word_group *const group = &groups[first - 'a'];
    if ((group->lengths >> length & 1) == 0) return NULL;
    size_t low = 0;
    size_t high = group->count;
    while (low < high) {
        const size_t middle = (low + high) / 2;
        const int order = pen_word_order(text, length, &group->words[middle], fold);
        if (order == 0) return &group->words[middle];
        if (order < 0) {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    return NULL;
}

#endif
