/**
 * Counts, no dictionary: the shape of a sentence is the same in most languages. Bytes above ASCII
 * are letters here.
 */
#include "filters/prose.h"

#define LEAST_WORDS    8
#define LETTER_PERCENT 60

static bool is_letter(char c)
{
    return pen_is_alpha(c) || (unsigned char)c >= 0x80;
}

bool pen_prose_is(struct pen_str text)
{
    size_t letters = 0;
    size_t words = 0;
    size_t sentence_ends = 0;
    size_t run = 0; /* letters of the word at hand */
    for (size_t i = 0; i < text.len; i++) {
        const char c = text.ptr[i];
        if (is_letter(c)) {
            letters++;
            run++;
            continue;
        }
        const bool ends_word = c == ' ' || c == '\n' || c == ',' || c == '.' || c == '!' || c == '?'
                               || c == ':' || c == ';' || c == ')';
        if (run > 0 && ends_word) words++;
        /* A full stop, comma or the like behind a word and before space or the end. */
        if (run > 1 && ends_word && c != ' ' && c != ')' && c != ';'
            && (i + 1 == text.len || text.ptr[i + 1] == ' ' || text.ptr[i + 1] == '\n'
                || c == '\n')) {
            sentence_ends++;
        }
        run = 0;
    }
    if (run > 0) words++;
    return words >= LEAST_WORDS && sentence_ends > 0 && letters * 100 > text.len * LETTER_PERCENT;
}
