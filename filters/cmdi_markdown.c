/** Told from a shell's back-ticks by what stands around them. */
#include "filters/cmdi_markdown.h"

#include <string.h>

#define WORDS   2
#define LETTERS 2 /* of a word */

static bool is_one_of(char c, const char *marks, size_t count)
{
    return memchr(marks, c, count) != NULL;
}

bool pen_cmdi_code_opens(struct pen_str text, size_t at)
{
    if (at == 0) return true;
    if (at > 1 && text.ptr[at - 1] == '(' && is_one_of(text.ptr[at - 2], "$<>", 3)) return false;
    return is_one_of(text.ptr[at - 1], " (\n\t*_[|", 8);
}

size_t pen_cmdi_code_end(struct pen_str text, size_t at)
{
    const size_t end = pen_str_find(text, '`', at + 1);
    if (end == text.len || end == at + 1) return 0;
    const size_t behind = end + 1;
    if (behind == text.len || is_one_of(text.ptr[behind], " \n\r\t)]*_|", 9)) return end;
    /* A sentence's mark, and behind it no name: "`id`.h.example". */
    if (!is_one_of(text.ptr[behind], ".,:;!?", 6)) return 0;
    return behind + 1 == text.len || is_one_of(text.ptr[behind + 1], " \n\r\t)", 5) ? end : 0;
}

bool pen_cmdi_prose_follows(struct pen_str text, size_t at)
{
    size_t words = 0;
    size_t letters = 0;
    for (; at < text.len && words < WORDS; at++) {
        const char c = text.ptr[at];
        if (is_one_of(c, ";|&<>$`\\\n", 9)) break;
        if (pen_is_alpha(c)) {
            letters++;
            continue;
        }
        if (letters >= LETTERS && is_one_of(c, " ,.:!?", 6)) words++;
        letters = 0;
    }
    return words + (letters >= LETTERS ? 1 : 0) >= WORDS;
}

bool pen_cmdi_is_code(struct pen_str text)
{
    const struct pen_str code = pen_str_trim(text);
    return code.len > 2 && code.ptr[0] == '`' && pen_str_find(code, '`', 1) == code.len - 1;
}
