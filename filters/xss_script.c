/** Words and what follows them, one character at a time. */
#include "filters/xss_script.h"

#include <string.h>

#include "filters/html_text.h"
#include "filters/xss_words.h"

#define WORD_BYTES   28 /* longer words mean nothing here */
#define SYMBOL_RUN   24 /* brackets and signs in a row: a program written without letters */
#define KNOWN_BYTES  64 /* of a value: reading a shorter one again is cheaper than to keep it */
#define SPELLED_LEAD 2  /* escapes in one word that spell it out */

struct reader {
    struct pen_html_chars chars;
    struct pen_js_sight sight;
    char word[WORD_BYTES];
    size_t length;
    size_t escapes;          /* of the word's characters */
    char before;             /* the character before the word */
    char last_char;          /* of the text so far, white space left out */
    bool capital;            /* the word begins with one: Function, Image */
    enum pen_js_word last;   /* the word that what follows belongs to */
    enum pen_js_word object; /* the word before its dot */
    bool picks;              /* window[...]: any name may stand in the brackets */
    bool of_object;          /* the word at hand stands behind a dot */
    size_t no_comment;       /* before this byte no comment is skipped: one was not to be trusted */
    bool word_before;        /* some word stands before the character at hand */
    size_t symbols;          /* brackets and signs since the last letter or space */
    bool brackets;           /* square ones among them */
};

static void raise_to(struct reader *r, enum pen_js_power power)
{
    if (power > r->sight.power) r->sight.power = power;
    if (power >= PEN_JS_NAMES && r->chars.at < r->sight.named_at) r->sight.named_at = r->chars.at;
    if (power == PEN_JS_HARMS) r->sight.harmed_at = r->chars.at;
}

static bool is_word_char(int c)
{
    return c == '_' || c == '$' || c >= 0x80 || pen_is_alpha((char)c) || pen_is_digit((char)c);
}

/* Behind a backslash: \u0061, \u{61}, \x61 stand for a character, anything else for itself. */
static int escaped_char(struct reader *r)
{
    const struct pen_str text = r->chars.text;
    size_t at = r->chars.at;
    if (at >= text.len) return '\\';
    const char kind = text.ptr[at++];
    if (kind != 'u' && kind != 'x') return '\\';

    const bool braced = at < text.len && text.ptr[at] == '{';
    if (braced) at++;
    const size_t most = braced ? 8 : kind == 'u' ? 4 : 2;
    unsigned int value = 0;
    size_t digits = 0;
    while (digits < most && at < text.len && pen_hex_value(text.ptr[at]) >= 0) {
        value = value * 16 + (unsigned int)pen_hex_value(text.ptr[at++]);
        digits++;
    }
    if (digits == 0) return '\\';
    if (braced && at < text.len && text.ptr[at] == '}') at++;
    r->chars.at = at;
    r->escapes++;
    return value < 0x80 ? (int)value : 0x80;
}

static void add_to_word(struct reader *r, int c)
{
    if (r->length == 0) {
        r->before = r->last_char;
        r->capital = c >= 'A' && c <= 'Z';
    }
    if (r->length < WORD_BYTES - 1) r->word[r->length] = pen_to_lower((char)c);
    r->length++;
}

/* The word's characters that stand for themselves, all at once: most of a text is made of them. */
static void rest_of_word(struct reader *r)
{
    const struct pen_str text = r->chars.text;
    size_t at = r->chars.at;
    size_t length = r->length;
    while (at < text.len && is_word_char((unsigned char)text.ptr[at])) {
        if (length < WORD_BYTES - 1) r->word[length] = pen_to_lower(text.ptr[at]);
        length++;
        at++;
    }
    if (at > r->chars.at) r->last_char = text.ptr[at - 1];
    r->length = length;
    r->chars.at = at;
}

static bool is_sink(enum pen_js_word kind)
{
    return kind == PEN_JS_WORD_SINK || kind == PEN_JS_WORD_METHOD;
}

/* The word is whole: what it is, and what it is of. */
static void end_word(struct reader *r)
{
    r->word[r->length < WORD_BYTES ? r->length : WORD_BYTES - 1] = '\0';
    enum pen_js_word kind = r->length < WORD_BYTES ? pen_js_word_of(r->word) : PEN_JS_WORD_OTHER;
    if (r->capital && kind == PEN_JS_WORD_KEYWORD && strcmp(r->word, "function") == 0)
        kind = PEN_JS_WORD_SINK;
    if (kind == PEN_JS_WORD_BINDER && is_sink(r->last)) kind = PEN_JS_WORD_SINK;
    if (r->escapes > 0 && (is_sink(kind) || r->escapes >= SPELLED_LEAD)) {
        raise_to(r, is_sink(kind) ? PEN_JS_HARMS : PEN_JS_NAMES);
    }
    if (is_sink(kind)) raise_to(r, PEN_JS_NAMES);
    if (kind == PEN_JS_WORD_SECRET && (r->before == '.' || r->length > 6)) {
        raise_to(r, r->last == PEN_JS_WORD_PAGE || r->length > 6 ? PEN_JS_HARMS : PEN_JS_NAMES);
    }
    r->of_object = r->before == '.';
    r->object = r->last;
    r->last = kind;
    r->word_before = true;
    r->length = 0;
    r->escapes = 0;
}

static int peek(const struct reader *r)
{
    struct pen_html_chars ahead = r->chars;
    return pen_html_char(&ahead);
}

/* location, or what belongs to it: location.href, location.assign */
static bool is_place(const struct reader *r)
{
    return r->last == PEN_JS_WORD_PLACE || (r->of_object && r->object == PEN_JS_WORD_PLACE);
}

/* "alert(s)", "confirm(ed)", "eval(uation)": a word's ending, as sentences have it. */
static bool is_ending(const struct reader *r)
{
    static const struct pen_str endings[] = {PEN_STR("s)"),  PEN_STR("es)"),  PEN_STR("ed)"),
                                             PEN_STR("er)"), PEN_STR("ing)"), PEN_STR("uation)")};
    const struct pen_str rest = pen_str_slice(r->chars.text, r->chars.at, r->chars.text.len);
    for (size_t i = 0; i < PEN_COUNT_OF(endings); i++) {
        if (pen_str_starts(rest, endings[i])) return true;
    }
    return false;
}

static void called(struct reader *r)
{
    const bool harms =
        r->last == PEN_JS_WORD_SINK || r->last == PEN_JS_WORD_MAKER || r->picks || is_place(r);
    if (harms) {
        if (!is_ending(r)) raise_to(r, PEN_JS_HARMS);
    } else if (r->word_before && r->last != PEN_JS_WORD_KEYWORD) {
        raise_to(r, PEN_JS_ACTS);
    }
}

static bool is_comparison(char c)
{
    return c == '=' || c == '!' || c == '<' || c == '>';
}

static void assigned(struct reader *r)
{
    if (is_place(r)) {
        raise_to(r, PEN_JS_HARMS);
    } else if (r->word_before) {
        raise_to(r, PEN_JS_ACTS);
    }
}

/* A sign behind a word: what it does to it, and whether the word is still the one at hand. */
static void sign(struct reader *r, int c)
{
    int next = 0;
    r->symbols++;
    if (c == '[') r->brackets = true;
    if (r->symbols >= SYMBOL_RUN && r->brackets) raise_to(r, PEN_JS_HARMS);
    switch (c) {
    case '(':
        called(r);
        r->last = PEN_JS_WORD_OTHER;
        r->word_before = false;
        return;
    case '`':
        /* `alert` in Markdown is no call. */
        if (r->last_char != '`' && r->before != '`') called(r);
        return;
    case '[':
        if (r->last == PEN_JS_WORD_WINDOW || r->last == PEN_JS_WORD_PAGE) {
            raise_to(r, PEN_JS_NAMES);
            r->picks = true;
        }
        return;
    case '=':
        if (is_comparison(r->last_char)) return;
        next = peek(r);
        if (next == '=' || next == '>') return;
        assigned(r);
        r->last = PEN_JS_WORD_OTHER;
        return;
    case '/':
    case '*':
        /* The marks of a comment that was not skipped. */
        if (r->last_char == '/' || r->last_char == '*') return;
        next = peek(r);
        if (next == '*' || next == '/') return;
        r->last = PEN_JS_WORD_OTHER;
        r->of_object = false;
        return;
    case '.': /* location.href = ... is the place still */
    case ')': /* (alert)(1), window['alert'](1), alert?.(1) */
    case ']':
    case '\'':
    case '"':
    case '?':
        return;
    default:
        r->last = PEN_JS_WORD_OTHER;
        r->of_object = false;
        if (c == ';' || c == ',' || c == '{' || c == '}') r->picks = r->word_before = false;
        return;
    }
}

/* Jumps over a comment whose slash has been read. One that holds quotes may be a string's end and a
   program for whoever reads the text in another place: its inside is read. */
static bool skip_comment(struct reader *r)
{
    const struct pen_str text = r->chars.text;
    const size_t start = r->chars.at;
    if (start >= text.len || text.ptr[start] != '*' || start < r->no_comment) return false;

    const struct pen_str rest = pen_str_slice(text, start + 1, text.len);
    const size_t length = pen_str_find_str(rest, PEN_S("*/"));
    r->no_comment = start + 1 + length;
    if (length == rest.len || memchr(rest.ptr, '\'', length) != NULL
        || memchr(rest.ptr, '"', length) != NULL || memchr(rest.ptr, '`', length) != NULL) {
        return false;
    }
    r->chars.at = start + 1 + length + 2;
    return true;
}

/* Up to its end, or as far as to know the most that a text can do. */
static struct pen_js_sight read_program(struct pen_str text, bool whole)
{
    struct reader r = {.chars = {text, 0}, .sight = {.named_at = SIZE_MAX}};
    for (int c = pen_html_char(&r.chars); c != PEN_HTML_END; c = pen_html_char(&r.chars)) {
        if (c == '\\') c = escaped_char(&r);
        if (is_word_char(c)) {
            add_to_word(&r, c);
            r.symbols = 0;
            r.brackets = false;
            r.last_char = (char)c;
            rest_of_word(&r);
            continue;
        }
        if (r.length > 0) end_word(&r);
        if (c <= 0x20 || (c == '/' && skip_comment(&r))) continue;
        sign(&r, c);
        r.last_char = (char)c;
        if (!whole && r.sight.power == PEN_JS_HARMS) break;
    }
    if (r.length > 0) end_word(&r);
    return r.sight;
}

struct pen_js_sight pen_js_sight(struct pen_str text)
{
    return read_program(text, true);
}

enum pen_js_power pen_js_power(struct pen_str text)
{
    return read_program(text, false).power;
}

enum pen_js_power pen_js_power_known(struct pen_str text, struct pen_js_known *known)
{
    if (text.len < KNOWN_BYTES) return pen_js_power(text);
    for (size_t i = 0; i < PEN_JS_KNOWN; i++) {
        const struct pen_str other = known->text[i];
        if (other.ptr == text.ptr && other.len == text.len) return known->power[i];
    }
    const size_t slot = known->next;
    known->next = (slot + 1) % PEN_JS_KNOWN;
    known->text[slot] = text;
    known->power[slot] = pen_js_power(text);
    return known->power[slot];
}

bool pen_js_reads_as_prose(struct pen_str text)
{
    size_t at = 0;
    while (at < text.len && (unsigned char)text.ptr[at] <= 0x20) {
        at++;
    }
    char word[WORD_BYTES];
    size_t length = 0;
    while (
        at + length < text.len && length < WORD_BYTES - 1
        && (pen_is_alpha(text.ptr[at + length]) || (unsigned char)text.ptr[at + length] >= 0x80)) {
        word[length] = pen_to_lower(text.ptr[at + length]);
        length++;
    }
    word[length] = '\0';
    at += length;
    if (length == 0 || at + 1 >= text.len || text.ptr[at] != ' ') return false;
    const enum pen_js_word kind = pen_js_word_of(word);
    return kind != PEN_JS_WORD_KEYWORD && pen_is_alpha(text.ptr[at + 1]);
}
