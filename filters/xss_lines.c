/** Programs as texts: one function for each place that a program can stand in. */
#include "filters/xss_lines.h"

#include <string.h>

#include "filters/html_text.h"
#include "filters/xss_words.h"

#define PLAIN_LEAD   64  /* bytes before a break-out, beyond which it is inside a longer text */
#define SHORT_WORD   32  /* of a value that a program's text goes on from */
#define LONG_ADDRESS 256 /* bytes of an address that are read for what it does */
#define SPLICE_LEAD  8   /* bytes before a template literal's expression */

/* A value as people or programs write one: no program's line, no markup. */
bool pen_xss_is_value(struct pen_str lead)
{
    if (lead.len > PLAIN_LEAD) return false;
    /* ![a](x: the address of a link in Markdown. */
    const size_t link = pen_str_find_str(lead, PEN_S("]("));
    const bool linked = link < lead.len && pen_str_find(lead, '[', 0) < 2;
    if (linked) lead = pen_str_slice(lead, link + 2, lead.len);
    for (size_t i = 0; i < lead.len; i++) {
        if (memchr("(){};<\n=", lead.ptr[i], 8) != NULL) return false;
    }
    return true;
}

/* What follows the closed string joins on to it, or ends its statement. */
static bool joins(char c)
{
    static const bool signs[128] = {
        [';'] = true, ['-'] = true, ['+'] = true, ['*'] = true, ['/'] = true,
        [','] = true, [')'] = true, ['}'] = true, [']'] = true, ['|'] = true,
        ['&'] = true, ['^'] = true, ['%'] = true, ['?'] = true, [':'] = true,
        ['<'] = true, ['>'] = true, ['='] = true, ['.'] = true, ['\n'] = true,
    };
    return (unsigned char)c < 128 && signs[(unsigned char)c];
}

/* The rest of the page's line is cut off, or its quote is closed again. */
static bool is_closed_off(struct pen_str text, char quote)
{
    const struct pen_str body = pen_str_trim(text);
    if (body.len == 0) return false;
    const char last = body.ptr[body.len - 1];
    return last == quote || last == '*' || pen_str_find_str(body, PEN_S("//")) < body.len
           || pen_str_find_str(body, PEN_S("<!--")) < body.len;
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
    const enum pen_js_word kind = pen_js_word_of((struct pen_str){word, length});
    while (at < text.len && memchr(")?.", text.ptr[at], 3) != NULL) {
        at++;
    }
    if (at == text.len) return false;
    if (kind == PEN_JS_WORD_WINDOW || kind == PEN_JS_WORD_PAGE) return text.ptr[at] == '[';
    const bool sink = kind == PEN_JS_WORD_SINK || (joined && kind == PEN_JS_WORD_METHOD);
    return sink && (text.ptr[at] == '(' || text.ptr[at] == '`');
}

/* ';alert(1)// and "-alert(1)-": behind the quote stands a program. */
static struct pen_xss_evidence script_string(struct pen_str text, char mark,
                                             const struct pen_js_sight *sight)
{
    const struct pen_xss_evidence none = {.rule = NULL};
    const size_t quote = pen_str_find(text, mark, 0);
    if (quote == text.len || sight->power < PEN_JS_NAMES) return none;

    const size_t at = pen_html_skip_space(text, quote + 1);
    const bool new_line = memchr(text.ptr + quote + 1, '\n', at - quote - 1) != NULL;
    if (at == text.len || !(joins(text.ptr[at]) || (new_line && calls_here(text, at, true)))) {
        return none;
    }

    size_t call = at;
    while (call < text.len && (joins(text.ptr[call]) || text.ptr[call] == ' ')) {
        call++;
    }
    const bool plain = pen_xss_is_value(pen_str_slice(text, 0, quote));
    if (sight->harmed_at <= quote + 1 && !calls_here(text, call, true)) {
        /* ';a=prompt,a()// is cut off in earnest, whatever it calls. */
        const bool cut = plain && pen_str_ends(text, PEN_S("//")) && call > at;
        return cut ? pen_xss_found("xss.script_string", 72, quote, text.len) : none;
    }
    const struct pen_str rest = pen_str_slice(text, at, text.len);
    const uint32_t score = is_closed_off(rest, text.ptr[quote]) ? 92 : 80;
    return pen_xss_found("xss.script_string", plain ? score : PEN_XSS_CODE_SCORE, quote, text.len);
}

/* [text](javascript:alert(1)), url: "javascript:...": an address within a text of another kind. */
static struct pen_xss_evidence address(struct pen_str text)
{
    const struct pen_str scheme = PEN_STR("javascript");
    struct pen_xss_evidence best = {.rule = NULL};
    for (size_t at = pen_str_find(text, ':', scheme.len + 1); at < text.len;
         at = pen_str_find(text, ':', at + 1)) {
        if ((text.ptr[at - 1] | 0x20) != 't') continue;
        const size_t start = at - scheme.len;
        if (!pen_str_equal_fold(pen_str_slice(text, start, at), scheme)) continue;

        const char before = text.ptr[start - 1];
        if (memchr("(\"'=<?[`", before, 8) == NULL) continue;
        size_t end = at + 1;
        while (end < text.len && end - at < LONG_ADDRESS && (unsigned char)text.ptr[end] > ' ') {
            end++;
        }
        const enum pen_js_power power = pen_js_power(pen_str_slice(text, at + 1, end));
        at = end - 1; /* an address within this one is no other */
        if (power < PEN_JS_NAMES) continue;
        const bool linked = before == '(' && start > 1 && text.ptr[start - 2] == ']';
        best = pen_xss_stronger(best, pen_xss_found("xss.url", linked ? 85 : 72, start, end));
    }
    return best;
}

/* The text as a link: javascript:alert(1), data:text/html,... */
static struct pen_xss_evidence link(struct pen_str text)
{
    const struct pen_xss_evidence none = {.rule = NULL};
    size_t start = pen_html_skip_space(text, 0);
    if (start < text.len && pen_is_script_quote(text.ptr[start])) start++;
    const struct pen_str value = pen_str_slice(text, start, text.len);
    struct pen_str program = {NULL, 0};
    const enum pen_html_url url = pen_html_url(value, false, &program);
    const size_t colon = pen_str_find(value, ':', 0);
    if (pen_str_starts_fold(value, PEN_S("mhtml:")) && pen_str_find(value, '!', 0) < value.len) {
        return pen_xss_found("xss.url", 75, start, text.len);
    }
    if (url == PEN_HTML_URL_PAGE && pen_str_find(value, ' ', 0) > colon) {
        return pen_xss_found("xss.data_url", 92, start, text.len);
    }
    if (url != PEN_HTML_URL_SCRIPT) return none;
    /* "see javascript: ..." is a sentence. */
    if (memchr(value.ptr, ' ', value.len - program.len) != NULL) return none;

    const bool prose = pen_js_reads_as_prose(program);
    switch (pen_js_power(program)) {
    case PEN_JS_IDLE:
        return pen_xss_found("xss.url", prose ? 20 : 40, start, text.len);
    case PEN_JS_ACTS:
        return pen_xss_found("xss.url", prose ? 40 : 72, start, text.len);
    case PEN_JS_NAMES:
        return pen_xss_found("xss.url", prose ? 40 : 85, start, text.len);
    case PEN_JS_HARMS:
        return pen_xss_found("xss.url", prose ? 60 : 95, start, text.len);
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
static struct pen_xss_evidence program(struct pen_str text, enum pen_js_power power)
{
    const struct pen_xss_evidence none = {.rule = NULL};
    const struct pen_str body = pen_str_trim(text);
    if (only_brackets(body)) return pen_xss_found("xss.program", 85, 0, text.len);

    const size_t start = pen_html_skip_space(text, 0);
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
    if ((!whole && !joined) || power != PEN_JS_HARMS) return none;

    /* A snippet that only defines or shows something is longer than one line. */
    const bool lines = pen_str_find(text, '\n', start) < text.len;
    const char last = body.ptr[body.len - 1];
    const bool tag = pen_str_find_str(body, PEN_S(")>")) < body.len;
    const bool ends = tag || is_closed_off(text, last == '`' ? '`' : ')') || last == ';'
                      || last == '-' || last == '>' || last == '}' || pen_is_script_quote(last);
    return pen_xss_found("xss.program", lines || !ends ? 60 : joined ? 82 : 75, start, text.len);
}

/* {{constructor.constructor('alert(1)')()}}: run by a front-end framework. */
static struct pen_xss_evidence expression(struct pen_str text, size_t harmed_at)
{
    struct pen_xss_evidence best = {.rule = NULL};
    bool open[2] = {false, false}; /* no end of this kind follows any more */
    for (size_t at = pen_str_find(text, '{', 0); at + 1 < text.len && at < harmed_at;
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
                best, pen_xss_found("xss.expression",
                                    splice ? (first ? 80 : 50) : (first ? 90 : 85), at, end));
        }
        at = inside + close;
    }
    return best;
}

struct pen_xss_evidence pen_xss_lines(struct pen_str text, const struct pen_js_sight *sight)
{
    struct pen_xss_evidence best = {.rule = NULL};
    for (size_t i = 0; i < PEN_HTML_QUOTE_COUNT; i++) {
        best = pen_xss_stronger(best, script_string(text, PEN_HTML_QUOTES[i], sight));
    }
    best = pen_xss_stronger(best, link(text));
    best = pen_xss_stronger(best, address(text));
    best = pen_xss_stronger(best, program(text, sight->power));
    return pen_xss_stronger(best, expression(text, sight->harmed_at));
}
