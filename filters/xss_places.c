/** Places that markup goes on from: one function a place. */
#include "filters/xss_places.h"

#include <string.h>

#include "filters/html_lexer.h"
#include "filters/xss_lines.h"
#include "filters/xss_names.h"

#define SHORT_WORD 32 /* of a value that a program's text goes on from */
#define CLOSER_RUN 32 /* bytes in which a text closes whatever may be open */

/* "><h1>: the value and its tag are closed, and another tag begins. */
static struct pen_xss_evidence closed_tag(struct pen_str text)
{
    const size_t tag = pen_str_find(text, '<', 0);
    const struct pen_xss_evidence none = {.rule = NULL};
    if (!pen_html_tag_starts(text, tag)) return none;

    size_t at = tag;
    while (at > 0 && (unsigned char)text.ptr[at - 1] <= ' ') {
        at--;
    }
    if (at < 2 || text.ptr[at - 1] != '>') return none;
    at--;
    if (at > 0 && text.ptr[at - 1] == '/') at--;
    const bool quoted = at > 0 && pen_is_script_quote(text.ptr[at - 1]);
    /* A quotation in a sentence has its opening quote before it. */
    const bool paired = quoted && pen_str_find(text, text.ptr[at - 1], 0) + 1 < at;
    const bool first = at == 0 && text.ptr[0] == '>';
    /* Only payloads put the focus where they are. */
    if (pen_str_ends(pen_str_slice(text, 0, at), PEN_S(" autofocus"))) {
        return pen_xss_found("xss.closed_tag", 72, 0, tag);
    }
    if ((!quoted && !first) || paired) return none;

    struct pen_html html = pen_html_at(text, tag, false, false);
    struct pen_html_token token;
    struct pen_html_name name;
    if (!pen_html_next(&html, &token)) return none;
    pen_html_name_read(token.name, &name);
    const bool active = pen_xss_element_of(&name) != PEN_XSS_ELEMENT_OTHER;
    return pen_xss_found("xss.closed_tag", quoted && active ? 75 : 50, at, token.span.end);
}

/* </textarea>: the text ends the raw content that it is put into. */
static struct pen_xss_evidence closed_raw(struct pen_str text, enum pen_js_power power)
{
    size_t at = 0;
    while (at < text.len && at < SHORT_WORD
           && memchr("\"'`>-*/;)}] \n\t", text.ptr[at], 14) != NULL) {
        at++;
    }
    struct pen_html html = pen_html_at(text, at, false, false);
    struct pen_html_token token;
    const struct pen_xss_evidence none = {.rule = NULL};
    if (at >= text.len || text.ptr[at] != '<' || !pen_html_next(&html, &token)
        || token.kind != PEN_HTML_CLOSE || token.span.start != at) {
        return none;
    }
    struct pen_html_name name;
    pen_html_name_read(token.name, &name);
    if (!pen_xss_ends_raw(&name)) return none;
    /* Alone, or with nothing but signs behind it; a line of a page has more tags. */
    const bool alone = pen_str_find(text, '<', token.span.end) == text.len;
    const uint32_t score = power == PEN_JS_HARMS && at > 0 ? 75 : alone ? 72 : 60;
    return pen_xss_found("xss.closed_raw", score, at, token.span.end);
}

/* What quotes, comments and sections end with. */
static bool is_closing_sign(char c)
{
    switch (c) {
    case ']':
    case ')':
    case '}':
    case '>':
    case '-':
    case '*':
    case '/':
    case ';':
    case ':':
    case '\\':
    case ',':
    case '(':
    case '+':
    case ' ':
        return true;
    default:
        return false;
    }
}

/* "]]>" or "-->" */
static bool has_end_mark(struct pen_str text)
{
    for (size_t at = pen_str_find(text, '>', 0); at < text.len;
         at = pen_str_find(text, '>', at + 1)) {
        if (at < 2 || text.ptr[at - 1] != text.ptr[at - 2]) continue;
        if (text.ptr[at - 1] == ']' || text.ptr[at - 1] == '-') return true;
    }
    return false;
}

/* A sequence that ends strings of all kinds and a comment or CDATA section besides. */
static struct pen_xss_evidence closers(struct pen_str text)
{
    const struct pen_xss_evidence none = {.rule = NULL};
    if (!has_end_mark(text)) return none;
    unsigned int strings = 0; /* bit by kind of quote */
    bool ends = false;
    size_t start = 0;
    for (size_t i = 0; i < text.len; i++) {
        const char c = text.ptr[i];
        const bool quote = pen_is_script_quote(c);
        if ((!quote && !is_closing_sign(c)) || i - start > CLOSER_RUN) {
            strings = 0;
            ends = false;
            start = i + 1;
            continue;
        }
        if (quote) strings |= c == '"' ? 1U : c == '\'' ? 2U : 4U;
        if (c == '>' && i - start >= 2) {
            const char *const last = text.ptr + i - 2;
            /* Not the head of an arrow. */
            const bool arrow = i - start >= 3 && last[-1] == '-';
            ends = ends || memcmp(last, "]]", 2) == 0 || (memcmp(last, "--", 2) == 0 && !arrow);
        }
        const bool several = (strings & (strings - 1)) != 0;
        if (ends && several) return pen_xss_found("xss.closers", 75, start, i + 1);
    }
    return none;
}

/* The first quote of each kind, or white space, ends the value that the text is put into. */
struct pen_xss_exits pen_xss_exits_of(struct pen_str text)
{
    struct pen_xss_exits exits = {.count = 0};
    for (size_t i = 0; i < PEN_HTML_QUOTE_COUNT; i++) {
        const size_t at = pen_str_find(text, PEN_HTML_QUOTES[i], 0);
        if (at == text.len) continue;
        const bool value = pen_xss_is_value(pen_str_slice(text, 0, at));
        const uint32_t most = value ? 95 : PEN_XSS_CODE_SCORE;
        exits.exit[exits.count++] = (struct pen_xss_exit){at + 1, most, most};
    }
    /* Without quotes it is a sentence's word as well, or a program's line. */
    exits.exit[exits.count++] =
        (struct pen_xss_exit){pen_html_skip_space(text, 0), 85, PEN_XSS_CODE_SCORE};
    return exits;
}

/* --><b>: the comment that the text is put into is closed. */
static struct pen_xss_evidence closed_comment(struct pen_str text)
{
    const struct pen_xss_evidence none = {.rule = NULL};
    const bool closes = text.len > 4 && memcmp(text.ptr, "-->", 3) == 0 && text.ptr[3] == '<';
    return closes ? pen_xss_found("xss.closers", 72, 0, 4) : none;
}

struct pen_xss_evidence pen_xss_places(struct pen_str text, const struct pen_js_sight *sight)
{
    struct pen_xss_evidence best = closed_tag(text);
    best = pen_xss_stronger(best, closed_raw(text, sight->power));
    best = pen_xss_stronger(best, closed_comment(text));
    return pen_xss_stronger(best, closers(text));
}
