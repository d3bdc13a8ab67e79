/** One function a place. */
#include "filters/xss_places.h"

#include <string.h>

#include "filters/html_lexer.h"
#include "filters/xss_names.h"
#include "filters/xss_script.h"
#include "filters/xss_words.h"

#define PLAIN_LEAD   64  /* bytes before a break-out, beyond which it is inside a longer text */
#define CODE_SCORE   65  /* most for a break-out behind what looks like a program */
#define SHORT_WORD   32  /* of a value that a program's text goes on from */
#define CLOSER_RUN   32  /* bytes in which a text closes whatever may be open */
#define LONG_ADDRESS 256 /* bytes of an address that are read for what it does */
#define SPLICE_LEAD  8   /* bytes before a template literal's expression */

static const char quotes[] = "\"'`";

static struct pen_xss_evidence found(const char *rule, uint32_t score, size_t start, size_t end)
{
    return (struct pen_xss_evidence){.rule = rule, .score = score, .span = {start, end}};
}

static size_t skip_to_graphic(struct pen_str text, size_t at)
{
    while (at < text.len && (unsigned char)text.ptr[at] <= ' ') {
        at++;
    }
    return at;
}

/* A value as people or programs write one: no program's line, no markup. */
static bool is_plain(struct pen_str lead)
{
    if (lead.len > PLAIN_LEAD) return false;
    for (size_t i = 0; i < lead.len; i++) {
        if (memchr("(){};<\n=", lead.ptr[i], 8) != NULL) return false;
    }
    return true;
}

/* What follows the closed string joins on to it, or ends its statement. */
static bool joins(char c)
{
    return memchr(";-+*/,)}]|&^%?:<>=.\n", c, 20) != NULL;
}

/* The rest of the page's line is cut off, or its quote is closed again. */
static bool is_closed_off(struct pen_str text, char quote)
{
    const struct pen_str body = pen_str_trim(text);
    if (body.len == 0) return false;
    const char last = body.ptr[body.len - 1];
    return last == quote || pen_str_find_str(body, PEN_S("//")) < body.len
           || pen_str_find_str(body, PEN_S("<!--")) < body.len || pen_str_ends(body, PEN_S("/*"))
           || pen_str_ends(body, PEN_S("*"));
}

/* Whether a sink is called right here: "alert(", "(prompt)`", "top[". */
static bool calls_here(struct pen_str text, size_t at, bool joined)
{
    char word[SHORT_WORD];
    size_t length = 0;
    while (at < text.len && text.ptr[at] == '(') {
        at++;
    }
    while (at < text.len && pen_is_script_name_char(text.ptr[at]) && length < SHORT_WORD - 1) {
        word[length++] = pen_to_lower(text.ptr[at++]);
    }
    word[length] = '\0';
    const enum pen_js_word kind = pen_js_word_of(word);
    while (at < text.len && memchr(")?.", text.ptr[at], 3) != NULL) {
        at++;
    }
    if (at == text.len) return false;
    if (kind == PEN_JS_WORD_WINDOW || kind == PEN_JS_WORD_PAGE) return text.ptr[at] == '[';
    const bool sink = kind == PEN_JS_WORD_SINK || (joined && kind == PEN_JS_WORD_METHOD);
    return sink && (text.ptr[at] == '(' || text.ptr[at] == '`');
}

/* ';alert(1)// and "-alert(1)-": behind the quote stands a program. */
static struct pen_xss_evidence script_string(struct pen_str text, size_t quote)
{
    const struct pen_xss_evidence none = {.rule = NULL};
    const size_t at = skip_to_graphic(text, quote + 1);
    const bool new_line = memchr(text.ptr + quote + 1, '\n', at - quote - 1) != NULL;
    if (at == text.len || !(joins(text.ptr[at]) || (new_line && calls_here(text, at, true)))) {
        return none;
    }

    const struct pen_str rest = pen_str_slice(text, at, text.len);
    if (pen_js_power(rest) != PEN_JS_HARMS) return none;
    const bool plain = is_plain(pen_str_slice(text, 0, quote));
    const uint32_t score = is_closed_off(rest, text.ptr[quote]) ? 92 : 80;
    return found("xss.script_string", plain ? score : CODE_SCORE, quote, text.len);
}

/* The first quote of each kind: it closes the value or string that the text is put into. */
static struct pen_xss_evidence behind_quote(struct pen_str text, char quote)
{
    struct pen_xss_evidence best = {.rule = NULL};
    const size_t at = pen_str_find(text, quote, 0);
    if (at == text.len) return best;

    const bool plain = is_plain(pen_str_slice(text, 0, at));
    struct pen_xss_evidence attributes = pen_xss_attributes(text, at + 1, true);
    if (attributes.rule != NULL && !plain && attributes.score > CODE_SCORE) {
        attributes.score = CODE_SCORE;
    }
    return pen_xss_stronger(attributes, script_string(text, at));
}

/* The value has no quotes: white space ends it. */
static struct pen_xss_evidence unquoted(struct pen_str text)
{
    return pen_xss_attributes(text, skip_to_graphic(text, 0), false);
}

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
    const bool quoted = at > 0 && strchr(quotes, text.ptr[at - 1]) != NULL;
    /* A quotation in a sentence has its opening quote before it. */
    const bool paired = quoted && pen_str_find(text, text.ptr[at - 1], 0) + 1 < at;
    const bool first = at == 0 && text.ptr[0] == '>';
    if ((!quoted && !first) || paired) return none;

    struct pen_html html = pen_html_at(text, tag, false, false);
    struct pen_html_token token;
    struct pen_html_name name;
    if (!pen_html_next(&html, &token)) return none;
    pen_html_name_read(token.name, &name);
    const bool active = pen_xss_element_of(&name) != PEN_XSS_ELEMENT_OTHER;
    return found("xss.closed_tag", quoted && active ? 75 : 50, at, token.span.end);
}

/* </textarea>: the text ends the raw content that it is put into. */
static struct pen_xss_evidence closed_raw(struct pen_str text)
{
    size_t at = 0;
    while (at < text.len && at < SHORT_WORD
           && memchr("\"'`>-*/;)} \n\t", text.ptr[at], 13) != NULL) {
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
    return found("xss.closed_raw", alone ? 72 : 60, at, token.span.end);
}

/* A sequence that ends strings of all kinds and a comment or CDATA section besides. */
static struct pen_xss_evidence closers(struct pen_str text)
{
    unsigned int kinds = 0; /* bit by kind */
    size_t start = 0;
    for (size_t i = 0; i < text.len; i++) {
        const char c = text.ptr[i];
        const char *const quote = c == '\0' ? NULL : strchr(quotes, c);
        const bool sign = c != '\0' && strchr("])}>-*/;:\\,(+ ", c) != NULL;
        if ((quote == NULL && !sign) || i - start > CLOSER_RUN) {
            kinds = 0;
            start = i + 1;
            continue;
        }
        if (quote != NULL) kinds |= 1U << (quote - quotes);
        const struct pen_str seen = pen_str_slice(text, start, i + 1);
        /* Not the head of an arrow. */
        if (pen_str_ends(seen, PEN_S("-->")) && !pen_str_ends(seen, PEN_S("--->"))) kinds |= 8;
        if (pen_str_ends(seen, PEN_S("]]>"))) kinds |= 16;
        const unsigned int ends = (kinds >> 3 & 1) + (kinds >> 4 & 1);
        const unsigned int strings = (kinds & 1) + (kinds >> 1 & 1) + (kinds >> 2 & 1);
        if (ends > 0 && strings > 1) return found("xss.closers", 75, start, i + 1);
    }
    return (struct pen_xss_evidence){.rule = NULL};
}

/* [text](javascript:alert(1)), url: "javascript:...": an address within a text of another kind. */
static struct pen_xss_evidence address(struct pen_str text)
{
    const struct pen_str scheme = PEN_STR("javascript");
    struct pen_xss_evidence best = {.rule = NULL};
    for (size_t at = pen_str_find(text, ':', 0); at < text.len;
         at = pen_str_find(text, ':', at + 1)) {
        if (at <= scheme.len) continue;
        const size_t start = at - scheme.len;
        if (!pen_str_equal_fold(pen_str_slice(text, start, at), scheme)) continue;

        const char before = text.ptr[start - 1];
        size_t end = at + 1;
        while (end < text.len && end - at < LONG_ADDRESS && (unsigned char)text.ptr[end] > ' ') {
            end++;
        }
        const enum pen_js_power power = pen_js_power(pen_str_slice(text, at + 1, end));
        if (memchr("(\"'=<?[`", before, 8) == NULL || power < PEN_JS_NAMES) continue;
        const bool linked = before == '(' && start > 1 && text.ptr[start - 2] == ']';
        best = pen_xss_stronger(best, found("xss.url", linked ? 85 : 72, start, end));
    }
    return best;
}

/* The text as a link: javascript:alert(1), data:text/html,... */
static struct pen_xss_evidence link(struct pen_str text)
{
    const struct pen_xss_evidence none = {.rule = NULL};
    size_t start = skip_to_graphic(text, 0);
    if (start < text.len && memchr(quotes, text.ptr[start], 3) != NULL) start++;
    const struct pen_str value = pen_str_slice(text, start, text.len);
    struct pen_str program = {NULL, 0};
    const enum pen_html_url url = pen_html_url(value, false, &program);
    const size_t colon = pen_str_find(value, ':', 0);
    if (url == PEN_HTML_URL_PAGE && pen_str_find(value, ' ', 0) > colon) {
        return found("xss.data_url", 92, start, text.len);
    }
    if (url != PEN_HTML_URL_SCRIPT) return none;
    /* "see javascript: ..." is a sentence. */
    if (memchr(value.ptr, ' ', value.len - program.len) != NULL) return none;

    const bool prose = pen_js_reads_as_prose(program);
    switch (pen_js_power(program)) {
    case PEN_JS_IDLE:
        return found("xss.url", prose ? 20 : 40, start, text.len);
    case PEN_JS_ACTS:
        return found("xss.url", prose ? 40 : 72, start, text.len);
    case PEN_JS_NAMES:
        return found("xss.url", prose ? 40 : 85, start, text.len);
    case PEN_JS_HARMS:
        return found("xss.url", prose ? 60 : 95, start, text.len);
    }
    return none;
}

static bool only_brackets(struct pen_str text)
{
    size_t signs = 0;
    for (size_t i = 0; i < text.len; i++) {
        if (memchr("[]()!+{}", text.ptr[i], 8) == NULL) return false;
        signs++;
    }
    return signs > SHORT_WORD;
}

/* A program's text, in the place of a number or behind one: 1;alert(1)//, alert(1), -eval(x)-. */
static struct pen_xss_evidence program(struct pen_str text)
{
    const struct pen_xss_evidence none = {.rule = NULL};
    const struct pen_str body = pen_str_trim(text);
    if (only_brackets(body)) return found("xss.program", 85, 0, text.len);

    const size_t start = skip_to_graphic(text, 0);
    size_t word = start;
    bool letters = false;
    while (word < text.len && word - start < SHORT_WORD
           && pen_is_script_name_char(text.ptr[word])) {
        letters = letters || (!pen_is_digit(text.ptr[word]) && word == start);
        word++;
    }
    size_t at = word;
    while (at < text.len && (joins(text.ptr[at]) || text.ptr[at] == ' ' || text.ptr[at] == '{')) {
        at++;
    }
    const bool whole = calls_here(text, start, false);
    const bool joined = at > word && calls_here(text, at, true)
                        && !(letters
                             && (text.ptr[word] == '-' || text.ptr[word] == ' '
                                 || text.ptr[word] == '.' || text.ptr[word] == ':'));
    if ((!whole && !joined) || pen_js_power(text) != PEN_JS_HARMS) return none;

    /* A snippet that only defines or shows something is longer than one line. */
    const bool lines = pen_str_find(body, '\n', 0) < body.len;
    const char last = body.ptr[body.len - 1];
    const bool ends = is_closed_off(text, last == '`' ? '`' : ')') || last == ';' || last == '-'
                      || last == '>' || last == '}' || strchr(quotes, last) != NULL;
    return found("xss.program", lines || !ends ? 60 : joined ? 82 : 75, start, text.len);
}

/* {{constructor.constructor('alert(1)')()}}: run by a front-end framework. */
static struct pen_xss_evidence expression(struct pen_str text)
{
    struct pen_xss_evidence best = {.rule = NULL};
    bool open[2] = {false, false}; /* no end of this kind follows any more */
    for (size_t at = pen_str_find(text, '{', 0); at + 1 < text.len;
         at = pen_str_find(text, '{', at + 1)) {
        const bool splice = at > 0 && text.ptr[at - 1] == '$' && text.ptr[at + 1] != '{';
        if ((text.ptr[at + 1] != '{' && !splice) || open[splice]) continue;
        const size_t inside = at + (splice ? 1 : 2);
        const struct pen_str rest = pen_str_slice(text, inside, text.len);
        const size_t close = pen_str_find_str(rest, splice ? PEN_S("}") : PEN_S("}}"));
        open[splice] = close == rest.len;
        if (open[splice]) continue;

        const bool harms = pen_js_power(pen_str_slice(rest, 0, close)) == PEN_JS_HARMS;
        const bool first = at <= SPLICE_LEAD;
        const size_t end = inside + close + (splice ? 1 : 2);
        if (harms) {
            best = pen_xss_stronger(
                best,
                found("xss.expression", splice ? (first ? 80 : 50) : (first ? 90 : 85), at, end));
        }
        at = inside + close;
    }
    return best;
}

struct pen_xss_evidence pen_xss_places(struct pen_str text)
{
    struct pen_xss_evidence best = {.rule = NULL};
    for (size_t i = 0; i < sizeof(quotes) - 1; i++) {
        best = pen_xss_stronger(best, behind_quote(text, quotes[i]));
    }
    best = pen_xss_stronger(best, unquoted(text));
    best = pen_xss_stronger(best, closed_tag(text));
    best = pen_xss_stronger(best, closed_raw(text));
    best = pen_xss_stronger(best, closers(text));
    best = pen_xss_stronger(best, link(text));
    best = pen_xss_stronger(best, address(text));
    best = pen_xss_stronger(best, program(text));
    return pen_xss_stronger(best, expression(text));
}
