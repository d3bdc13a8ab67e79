/** The states of WHATWG's tokenizer as functions, one for each kind of thing. */
#include "filters/html_lexer.h"

#include <string.h>

#include "filters/core/words.h"

/* What a byte can be; a byte may be several. */
enum {
    SPACE = 1,
    NAME_START = 2, /* or a byte that passes for a letter */
    TAG_END = 4,    /* what ends a tag's name */
    LOOSE_END = 8,  /* what ends it for a reader that trusts nothing */
    ATTRIBUTE_END = 16,
    CLOSE = 32,
    HINT = 64, /* what a reader that trusts nothing looks at */
};

static unsigned int kind_of(char c)
{
    static const unsigned char kinds[256] = {
        ['\t'] = SPACE | TAG_END,
        ['\n'] = SPACE | TAG_END,
        ['\f'] = SPACE | TAG_END,
        ['\r'] = SPACE | TAG_END,
        [' '] = SPACE | TAG_END,
        ['/'] = TAG_END | ATTRIBUTE_END | HINT,
        ['>'] = TAG_END | ATTRIBUTE_END | CLOSE,
        ['<'] = HINT,
        ['+'] = HINT,
        ['='] = LOOSE_END | ATTRIBUTE_END,
        ['"'] = LOOSE_END,
        ['\''] = LOOSE_END,
        ['['] = LOOSE_END,
        ['('] = LOOSE_END,
        [','] = LOOSE_END,
        [';'] = LOOSE_END,
        ['%'] = LOOSE_END,
        ['.'] = LOOSE_END,
        [0xc4] = NAME_START,
        [0xc5] = NAME_START,
        [0xe2] = NAME_START,
    };
    return kinds[(unsigned char)c];
}

/* What is looked at beside these kinds: nothing more once a browser's reader knows that others
   would see something else. */
static inline unsigned int watched(const struct pen_html *html, unsigned int kinds)
{
    return html->loose || !html->doubtful ? kinds | HINT : kinds;
}

/* What separates names and values of this text. */
static inline bool separates(const struct pen_html *html, char c)
{
    return (kind_of(c) & SPACE) != 0 || (html->plus && c == '+');
}

static inline bool begins_name(struct pen_str text, size_t at)
{
    if (at >= text.len) return false;

    const char c = text.ptr[at];
    if (pen_is_alpha(c)) return true;
    if (c == '\0') return at + 1 < text.len && pen_is_alpha(text.ptr[at + 1]);
    return (kind_of(c) & NAME_START) != 0;
}

bool pen_html_tag_starts(struct pen_str text, size_t at)
{
    return at < text.len && text.ptr[at] == '<' && begins_name(text, at + 1);
}

/* Where a reader that trusts nothing sees the next thing begin. A browser goes on there, and notes
   that others would not. */
static inline bool interrupts(struct pen_html *html, size_t at)
{
    const struct pen_str text = html->text;
    if (text.ptr[at] != '<') return false;
    html->doubtful = true;
    if (!html->loose) return false;
    return begins_name(text, at + 1)
           || (at + 1 < text.len && text.ptr[at + 1] == '/' && begins_name(text, at + 2));
}

struct pen_html pen_html_at(struct pen_str text, size_t from, bool in_tag, bool loose)
{
    const bool no_space = pen_str_find(text, ' ', 0) == text.len;
    return (struct pen_html){.text = text,
                             .at = from,
                             .in_tag = in_tag,
                             .loose = loose,
                             .plus = loose && no_space,
                             .doubtful = no_space && pen_str_find(text, '+', 0) < text.len};
}

/* [start, end) of the text: start may be beyond its end, end is not. */
static struct pen_str slice(const struct pen_html *html, size_t start, size_t end)
{
    if (start > end) start = end;
    return (struct pen_str){html->text.ptr + start, end - start};
}

/* The elements whose content is of another kind; readers that trust nothing take only the first two
   for such. */
enum { SHEETS = 1, TEXTS };

#define RAW_I(W) W("iframe", TEXTS)
#define RAW_N(W) W("noembed", TEXTS) W("noframes", TEXTS) W("noscript", TEXTS)
#define RAW_P(W) W("plaintext", TEXTS)
#define RAW_S(W) W("script", SHEETS) W("style", SHEETS)
#define RAW_T(W) W("textarea", TEXTS) W("title", TEXTS)
#define RAW_X(W) W("xmp", TEXTS)

static const struct pen_word_group raw_elements[PEN_WORD_LETTERS] = {
    ['i' - 'a'] = PEN_WORDS(RAW_I), ['n' - 'a'] = PEN_WORDS(RAW_N), ['p' - 'a'] = PEN_WORDS(RAW_P),
    ['s' - 'a'] = PEN_WORDS(RAW_S), ['t' - 'a'] = PEN_WORDS(RAW_T), ['x' - 'a'] = PEN_WORDS(RAW_X),
};

static bool is_raw_element(struct pen_str name, bool loose)
{
    struct pen_html_name plain;
    if (name.len < 3) return false;
    /* What begins with a plain letter begins so for every reader. */
    const char first = pen_to_lower(name.ptr[0]);
    if (pen_is_alpha(first) && raw_elements[first - 'a'].count == 0) return false;
    pen_html_name_read(name, &plain);
    if (plain.length >= PEN_HTML_NAME) return false;
    const struct pen_word *const found =
        pen_word_find(raw_elements, plain.text, plain.length, false);
    return found != NULL && (found->kind == SHEETS || !loose);
}

/* Up to the end tag of the element, or the text's end. */
static void read_raw(struct pen_html *html, struct pen_html_token *out)
{
    const struct pen_str text = html->text;
    const size_t start = html->at;
    size_t end = start;
    for (end = pen_str_find(text, '<', end); end < text.len;
         end = pen_str_find(text, '<', end + 1)) {
        if (interrupts(html, end)) break;
        if (end + 1 == text.len || text.ptr[end + 1] != '/') continue;
        if (pen_str_starts_fold(slice(html, end + 2, text.len), html->raw)) break;
    }
    *out = (struct pen_html_token){.kind = PEN_HTML_RAW,
                                   .span = {start, end},
                                   .name = html->raw,
                                   .value = slice(html, start, end),
                                   .cut = end == text.len};
    html->raw = (struct pen_str){NULL, 0};
    html->at = end;
}

/* "id=x///onload=...": a slash ends a value for some. */
static inline bool slips_in(struct pen_html *html, size_t at)
{
    const struct pen_str text = html->text;
    if (text.ptr[at] != '/' || at + 2 >= text.len || pen_to_lower(text.ptr[at + 1]) != 'o'
        || pen_to_lower(text.ptr[at + 2]) != 'n') {
        return false;
    }
    html->doubtful = true;
    return html->loose;
}

/* Where the value ends that goes on from `at`: at its other quote, or where it is interrupted. */
static size_t quoted_end(struct pen_html *html, size_t at, char quote)
{
    const struct pen_str value = slice(html, at, pen_str_find(html->text, quote, at));
    if (html->doubtful && !html->loose) return at + value.len;

    for (size_t i = pen_str_find(value, '<', 0); i < value.len;
         i = pen_str_find(value, '<', i + 1)) {
        if (interrupts(html, at + i)) return at + i;
        if (!html->loose) break;
    }
    return at + value.len;
}

/* A value behind the equals sign. */
static void read_value(struct pen_html *html, struct pen_html_token *out)
{
    const struct pen_str text = html->text;
    while (html->at < text.len && separates(html, text.ptr[html->at])) {
        html->at++;
    }
    size_t end = html->at;
    if (end == text.len) {
        out->value = slice(html, end, end);
        return;
    }
    /* Old readers take back-ticks for quotes. */
    const char first = text.ptr[end];
    html->doubtful = html->doubtful || first == '`';
    if (first == '"' || first == '\'' || (html->loose && first == '`')) {
        out->quote = first;
        html->at = ++end;
        end = quoted_end(html, end, first);
        out->value = slice(html, html->at, end);
        out->open = end == text.len;
        html->at = end < text.len && text.ptr[end] == first ? end + 1 : end;
        return;
    }
    unsigned int stops = watched(html, SPACE | CLOSE);
    for (; end < text.len; end++) {
        if ((kind_of(text.ptr[end]) & stops) == 0) continue;
        if (separates(html, text.ptr[end]) || text.ptr[end] == '>' || interrupts(html, end)
            || slips_in(html, end)) {
            break;
        }
        stops = watched(html, SPACE | CLOSE);
    }
    out->value = slice(html, html->at, end);
    html->at = end;
}

/* An attribute, or the end of its tag. */
static void read_in_tag(struct pen_html *html, struct pen_html_token *out)
{
    const struct pen_str text = html->text;
    while (html->at < text.len
           && (separates(html, text.ptr[html->at]) || text.ptr[html->at] == '/')) {
        html->at++;
    }
    const size_t start = html->at;
    if (start == text.len || text.ptr[start] == '>' || interrupts(html, start)) {
        html->in_tag = false;
        if (start < text.len && text.ptr[start] == '>') html->at++;
        *out = (struct pen_html_token){
            .kind = PEN_HTML_OPEN_END, .span = {start, html->at}, .cut = start == text.len};
        return;
    }
    size_t end = start + 1; /* a name may begin with '=' */
    const unsigned int stops = watched(html, ATTRIBUTE_END | SPACE);
    for (; end < text.len; end++) {
        const char c = text.ptr[end];
        if ((kind_of(c) & stops) == 0) continue;
        if ((kind_of(c) & ATTRIBUTE_END) != 0 || separates(html, c) || interrupts(html, end)) break;
    }
    *out = (struct pen_html_token){.kind = PEN_HTML_ATTRIBUTE, .name = slice(html, start, end)};
    html->at = end;
    while (end < text.len && separates(html, text.ptr[end])) {
        end++;
    }
    if (end < text.len && text.ptr[end] == '=') {
        out->has_value = true;
        html->at = end + 1;
        read_value(html, out);
    }
    out->span = (struct pen_span){start, html->at};
}

/* "<img"src=x", "<button.onclick=": a reader that trusts nothing ends the name at any sign. */
static inline bool ends_tag_name(struct pen_html *html, char c)
{
    const unsigned int kind = kind_of(c);
    if ((kind & TAG_END) != 0 || (html->plus && c == '+')) return true;
    if ((kind & LOOSE_END) == 0) return false;
    html->doubtful = true;
    return html->loose;
}

static void read_tag(struct pen_html *html, bool closes, struct pen_html_token *out)
{
    const struct pen_str text = html->text;
    const size_t start = html->at;
    const size_t name = start + (closes ? 2 : 1);
    size_t end = name;
    unsigned int stops = html->loose || !html->doubtful ? TAG_END | LOOSE_END | HINT : TAG_END;
    for (; end < text.len; end++) {
        const char c = text.ptr[end];
        if ((kind_of(c) & stops) == 0) continue;
        if (ends_tag_name(html, c) || (end > name && interrupts(html, end))) break;
        if (html->doubtful && !html->loose) stops = TAG_END;
    }
    *out = (struct pen_html_token){.kind = closes ? PEN_HTML_CLOSE : PEN_HTML_OPEN,
                                   .span = {start, end},
                                   .name = slice(html, name, end)};
    html->at = end;
    html->in_tag = true;
    if (!closes && is_raw_element(out->name, html->loose)) html->raw = out->name;
}

/* Two dashes stand before `mark`; those of the comment's begin, which ends before `at`, count:
   "<!-->" and "<!--->" are whole comments. */
static bool stand_dashes(struct pen_str text, size_t at, size_t mark)
{
    return (mark < at + 1 || text.ptr[mark - 1] == '-')
           && (mark < at + 2 || text.ptr[mark - 2] == '-');
}

/* Where the comment that began before `at` ends; `next` is behind its end mark. */
static size_t comment_end(struct pen_str text, size_t at, size_t *next)
{
    for (size_t end = pen_str_find(text, '>', at); end < text.len;
         end = pen_str_find(text, '>', end + 1)) {
        const size_t mark = end > at && text.ptr[end - 1] == '!' ? end - 1 : end;
        if (!stand_dashes(text, at, mark)) continue;
        *next = end + 1;
        return mark;
    }
    *next = text.len;
    return text.len;
}

/* "<!-- -->", "<!doctype>", "<?name ?>", "</ >". A reader that trusts nothing goes on inside. */
static void read_comment(struct pen_html *html, struct pen_html_token *out)
{
    const struct pen_str text = html->text;
    const size_t start = html->at;
    const bool dashes = text.ptr[start + 1] == '!' && pen_str_stands(text, start, PEN_S("<!--"));
    html->doubtful = true;
    const size_t inside = start + (dashes ? 4 : 2);
    size_t end = inside;
    html->at = inside;
    if (dashes && !html->loose) {
        end = comment_end(text, inside, &html->at);
    } else if (!html->loose) {
        end = pen_str_find(text, '>', inside);
        html->at = end < text.len ? end + 1 : end;
    }
    *out = (struct pen_html_token){
        .kind = PEN_HTML_COMMENT, .span = {start, html->at}, .value = slice(html, inside, end)};
}

/* The next '<' that begins something. */
static bool read_markup(struct pen_html *html, struct pen_html_token *out)
{
    const struct pen_str text = html->text;
    for (; html->at + 1 < text.len; html->at++) {
        if (text.ptr[html->at] != '<') {
            html->at = pen_str_find(text, '<', html->at);
            if (html->at + 1 >= text.len) break;
        }
        const char next = text.ptr[html->at + 1];
        if (begins_name(text, html->at + 1)) {
            read_tag(html, false, out);
            return true;
        }
        if (next == '/' && begins_name(text, html->at + 2)) {
            read_tag(html, true, out);
            return true;
        }
        if (next == '!' || next == '?' || (next == '/' && html->at + 2 < text.len)) {
            read_comment(html, out);
            return true;
        }
    }
    html->at = text.len;
    *out = (struct pen_html_token){.kind = PEN_HTML_EOF, .span = {text.len, text.len}};
    return false;
}

bool pen_html_next(struct pen_html *html, struct pen_html_token *out)
{
    if (html->in_tag) {
        read_in_tag(html, out);
        return true;
    }
    if (html->raw.len > 0) {
        read_raw(html, out);
        return true;
    }
    return read_markup(html, out);
}
