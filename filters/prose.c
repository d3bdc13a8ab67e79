/**
 * Counts, no dictionary: the shape of a sentence is the same in most languages. Bytes above ASCII
 * are letters here. What stands within a tag is no sentence, however many words its attributes
 * have.
 */
#include "filters/prose.h"

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

bool pen_prose_is(struct pen_str text)
{
    size_t letters = 0;
    size_t tags = 0; /* bytes */
    size_t tag_end = 0;
    size_t words = 0;
    size_t line_words = 0;
    size_t sentence_ends = 0;
    size_t run = 0; /* letters of the word at hand */
    for (size_t i = 0; i < text.len; i++) {
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
