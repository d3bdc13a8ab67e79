/**
 * phpggc, ysoserial, ysoserial.net and marshalsec are told apart by what follows their names: a
 * chain's name, by itself or behind an option. A line that only names the tool, asks it for help or
 * lists chains makes nothing.
 */
#include "filters/deser_tools.h"

#define MOST_WORDS 16 /* options before the chain's name */

/* What stands up to the next blank; empty at the end. */
static struct pen_str take_word(struct pen_str text, size_t *at)
{
    const size_t start = pen_str_skip_blank(text, *at);
    size_t end = start;
    while (end < text.len && (unsigned char)text.ptr[end] > ' ') {
        end++;
    }
    *at = end;
    return pen_str_slice(text, start, end);
}

/* The tool, as the last part of a path, whatever is appended to it: ysoserial-all.jar, phpggc.php
 */
static bool is_tool(struct pen_str word)
{
    static const struct pen_str tools[] = {PEN_STR("phpggc"), PEN_STR("ysoserial"),
                                           PEN_STR("marshalsec")};
    size_t start = word.len;
    while (start > 0 && word.ptr[start - 1] != '/' && word.ptr[start - 1] != '\\') {
        start--;
    }
    const struct pen_str name = pen_str_slice(word, start, word.len);
    for (size_t i = 0; i < PEN_COUNT_OF(tools); i++) {
        if (pen_str_starts_fold(name, tools[i])) return true;
    }
    return false;
}

/* CommonsCollections6, Monolog/RCE2, marshalsec.Jackson: begins with a capital, has another one or
   a digit, and no sign of a sentence. */
static bool is_chain(struct pen_str word)
{
    size_t start = word.len;
    while (start > 0 && word.ptr[start - 1] != '.') {
        start--;
    }
    if (start == word.len || word.ptr[start] < 'A' || word.ptr[start] > 'Z') return false;
    size_t marks = 0;
    for (size_t i = start + 1; i < word.len; i++) {
        const char c = word.ptr[i];
        if (!pen_is_alpha(c) && !pen_is_digit(c) && c != '/' && c != '_') return false;
        if (pen_is_digit(c) || (c >= 'A' && c <= 'Z')) marks++;
    }
    return marks > 0 || start > 0;
}

static bool runs_programs(struct pen_str word)
{
    static const struct pen_str programs[] = {PEN_STR("java"), PEN_STR("php"), PEN_STR("mono"),
                                              PEN_STR("sudo"), PEN_STR("$"),   PEN_STR("wine")};
    return pen_str_is_among_fold(word, programs, PEN_COUNT_OF(programs));
}

bool pen_deser_is_tool_line(struct pen_str text)
{
    size_t at = 0;
    bool tool = false;
    bool option = false; /* the word before is one, and this may be its value */
    for (size_t i = 0; i < MOST_WORDS; i++) {
        const struct pen_str word = take_word(text, &at);
        if (word.len == 0) return false;
        if (tool && is_chain(word)) return true;
        if (is_tool(word)) {
            tool = true;
            option = false;
        } else if (word.ptr[0] == '-') {
            option = true;
        } else if (option || (!tool && runs_programs(word))) {
            option = false;
        } else {
            return false;
        }
    }
    return false;
}
