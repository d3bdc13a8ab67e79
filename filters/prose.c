/**
 * Counts, no dictionary: the shape of a sentence is the same in most languages. Bytes above ASCII
 * are letters here. What stands within a tag is no sentence, however many words its attributes
 * have.
 */
#include "filters/prose.h"

#include "filters/core/block16.h"

#define LEAST_WORDS    8
#define LETTER_PERCENT 60
#define LINE_WORDS     4
#define TAG_BYTES      1024 /* longer ones are no tags: the '<' meant something else */

static bool is_letter(char c)
{
    return pen_is_alpha(c) || (unsigned char)c >= 0x80;
}

static bool ends_word(char c)
{
    return c == ' ' || c == '\n' || c == ',' || c == '.' || c == '!' || c == '?' || c == ':'
           || c == ';' || c == ')';
}

/* A full stop or the like behind a word and before a space or the end; the end of a line that is
   long enough to have been one. Commas stand in lists of columns too. */
static bool ends_sentence(struct pen_str text, size_t i, size_t line_words)
{
    const char c = text.ptr[i];
    if (c == '\n') return line_words >= LINE_WORDS;
    if (c != '.' && c != '!' && c != '?' && c != ':') return false;
    return i + 1 == text.len || text.ptr[i + 1] == ' ' || text.ptr[i + 1] == '\n';
}

/* The end of the tag that begins at `at`; `at` when none does. `end` is the next '>' as far as it
   was looked for, so that no byte is searched twice. */
static size_t skip_tag(struct pen_str text, size_t at, size_t *end)
{
    const size_t name = at + 1 < text.len && text.ptr[at + 1] == '/' ? at + 2 : at + 1;
    if (name >= text.len || !pen_is_alpha(text.ptr[name])) return at;

    if (*end <= at) *end = pen_str_find(text, '>', at);
    return *end < text.len && *end - at < TAG_BYTES ? *end : at;
}

#define STRIDE (4 * (size_t)PEN_BLOCK) /* a bit of a word for each byte */

/* From `at` on, as far as there is no '<', `STRIDE` bytes at a time: the letters. */
static size_t count_letters(struct pen_str text, size_t *at)
{
    size_t letters = 0;
    for (; text.len - *at >= STRIDE; *at += STRIDE) {
        const char *const p = text.ptr + *at;
        uint64_t bits = 0;
        bool tag = false;
        for (size_t i = 0; i < STRIDE; i += PEN_BLOCK) {
            unsigned ascii = 0;
            unsigned marks = 0;
            pen_block_kinds(p + i, &ascii, &marks);
            bits |= (uint64_t)(ascii | pen_block_high(p + i)) << i;
            tag = tag || pen_block_has(p + i, '<');
        }
        if (tag) break;
        letters += pen_block_count(bits);
    }
    return letters;
}

/* Words and sentences are counted up to what is asked for; from there on letters alone. */
bool pen_prose_is(struct pen_str text)
{
    size_t letters = 0;
    size_t tags = 0; /* bytes */
    size_t tag_end = 0;
    size_t words = 0;
    size_t line_words = 0;
    size_t sentence_ends = 0;
    size_t run = 0;       /* letters of the word at hand */
    size_t look_from = 0; /* behind what was seen to have a tag */
    for (size_t i = 0; i < text.len; i++) {
        if (words >= LEAST_WORDS && sentence_ends > 0 && i >= look_from) {
            letters += count_letters(text, &i);
            look_from = i + STRIDE;
            if (i == text.len) break;
        }
        const char c = text.ptr[i];
        if (is_letter(c)) {
            letters++;
            run++;
            continue;
        }
        if (run > 0 && ends_word(c)) {
            words++;
            line_words++;
        }
        if (run > 1 && ends_sentence(text, i, line_words)) sentence_ends++;
        if (c == '\n') line_words = 0;
        run = 0;
        if (c == '<') {
            const size_t end = skip_tag(text, i, &tag_end);
            tags += end - i;
            i = end;
        }
    }
    if (run > 0) words++;
    return words >= LEAST_WORDS && sentence_ends > 0
           && letters * 100 > (text.len - tags) * LETTER_PERCENT;
}
