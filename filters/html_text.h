/**
 * What an HTML reader makes of the bytes in names, attribute values and style sheets.
 *
 * Character references are undone one character at a time, so that nothing is copied: a value of
 * any length is read in one pass. Pure; any thread.
 */
#ifndef PEN_FILTERS_HTML_TEXT_H
#define PEN_FILTERS_HTML_TEXT_H

#include <string.h>

#include "filters/core/str.h"

/** Reads a text with its character references undone. */
struct pen_html_chars {
    struct pen_str text;
    size_t at;
};

#define PEN_HTML_END (-1)

/** What stands for a character behind the '&' that has just been read. */
int pen_html_reference(struct pen_html_chars *chars);

/** The next character: ASCII as it is, 0x80 for any other that a reference stands for, the bytes
 * of UTF-8 one by one; PEN_HTML_END at the end. (WHATWG 13.2.5.72) */
static inline int pen_html_char(struct pen_html_chars *chars)
{
    if (chars->at >= chars->text.len) return PEN_HTML_END;

    const char c = chars->text.ptr[chars->at++];
    if (c != '&' || chars->at == chars->text.len) return (unsigned char)c;

    const char next = chars->text.ptr[chars->at];
    return pen_is_alpha(next) || next == '#' ? pen_html_reference(chars) : '&';
}

#define PEN_HTML_NAME 24 /* bytes kept of a name; no name that means something is longer */

/** The name of an element or attribute, as a browser or a careless cleaner compares it. */
struct pen_html_name {
    char text[PEN_HTML_NAME]; /* lower case, without control bytes, NUL-terminated */
    size_t length;            /* of the whole name, at most PEN_HTML_NAME: longer than any */
};

/** Lower case; NUL and other control bytes dropped; letters that upper-casing turns into ASCII
 * (dotless i, long s, the Kelvin sign) as those. */
void pen_html_name_read(struct pen_str raw, struct pen_html_name *out);

static inline bool pen_html_name_is(const struct pen_html_name *name, const char *word)
{
    return name->text[0] == word[0] && name->length < PEN_HTML_NAME
           && strcmp(name->text, word) == 0;
}

static inline bool pen_html_name_starts(const struct pen_html_name *name, const char *word)
{
    return name->text[0] == word[0] && strncmp(name->text, word, strlen(word)) == 0;
}

/** As strcmp, for searches in tables of names: most of their steps end at the first letters. */
static inline int pen_html_name_order(const char *a, const char *b)
{
    if (a[0] != b[0] || a[0] == '\0') return (unsigned char)a[0] - (unsigned char)b[0];
    if (a[1] != b[1]) return (unsigned char)a[1] - (unsigned char)b[1];
    return strcmp(a, b);
}

/* What values and strings are put between; old readers take back-ticks for quotes. */
#define PEN_HTML_QUOTES      "\"'`"
#define PEN_HTML_QUOTE_COUNT 3

/** The next byte at or behind `at` that is neither a space nor a control character. */
static inline size_t pen_html_skip_space(struct pen_str text, size_t at)
{
    while (at < text.len && (unsigned char)text.ptr[at] <= ' ') {
        at++;
    }
    return at;
}

enum pen_html_url {
    PEN_HTML_URL_PLAIN,
    PEN_HTML_URL_SCRIPT,   /* javascript: and its relatives: the rest is a program */
    PEN_HTML_URL_PAGE,     /* data: with a document that runs scripts */
    PEN_HTML_URL_DRAWING,  /* data: with SVG: runs scripts where it is loaded as a document */
    PEN_HTML_URL_RESOURCE, /* data: with anything else */
};

/**
 * Where a URL leads that a browser reads out of this value.
 *
 * White space and control bytes within the scheme do not count, nor do schemes that only wrap
 * another (feed:, view-source:).
 *
 * @param anywhere  the URL may stand behind other words ("0;url=...")
 * @param rest      what follows the scheme's colon; only set for PEN_HTML_URL_SCRIPT
 */
enum pen_html_url pen_html_url(struct pen_str value, bool anywhere, struct pen_str *rest);

/** A style sheet or declaration that runs a program: expression(), behavior, -moz-binding, or a
 * script URL, whatever comments and escapes are strewn in. Linear. */
bool pen_html_style_runs(struct pen_str text);

/** A declaration that leaves its place: it ends a comment that it has not begun, or spells quotes
 * and brackets by escapes, which come out when a browser writes the style down. */
bool pen_html_style_escapes(struct pen_str text);

#endif
