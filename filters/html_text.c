/** Character references, names, URL schemes and style sheets, each read in one pass. */
#include "filters/html_text.h"

#include <string.h>

#define LONGEST_NAME   16 /* of a reference that stands for an ASCII character */
#define LONGEST_DIGITS 12 /* leading zeros beyond this are not read as a reference */
#define SCHEME_BYTES   96 /* of a value, in which its scheme must show */
#define STYLE_WINDOW   20 /* the longest phrase below, and what stands before it */

struct reference {
    const char *name;
    char means;
};

/* The references that spell ASCII punctuation and white space, sorted. (WHATWG 13.5) */
static const struct reference references[] = {
    {"AMP", '&'},      {"DiacriticalGrave", '`'},
    {"GT", '>'},       {"Hat", '^'},
    {"LT", '<'},       {"NewLine", '\n'},
    {"QUOT", '"'},     {"Tab", '\t'},
    {"UnderBar", '_'}, {"amp", '&'},
    {"apos", '\''},    {"ast", '*'},
    {"bsol", '\\'},    {"colon", ':'},
    {"comma", ','},    {"commat", '@'},
    {"dollar", '$'},   {"equals", '='},
    {"excl", '!'},     {"grave", '`'},
    {"gt", '>'},       {"lbrace", '{'},
    {"lbrack", '['},   {"lcub", '{'},
    {"lowbar", '_'},   {"lpar", '('},
    {"lsqb", '['},     {"lt", '<'},
    {"midast", '*'},   {"nbsp", ' '},
    {"num", '#'},      {"percnt", '%'},
    {"period", '.'},   {"plus", '+'},
    {"quest", '?'},    {"quot", '"'},
    {"rbrace", '}'},   {"rbrack", ']'},
    {"rcub", '}'},     {"rpar", ')'},
    {"rsqb", ']'},     {"semi", ';'},
    {"shy", 0},        {"sol", '/'},
    {"verbar", '|'},   {"vert", '|'},
    {"zwj", 0},        {"zwnj", 0},
};

/* "#x6A;" and "#106": the semicolon may be left out. Returns the bytes behind '&', 0 for none. */
static size_t numeric(struct pen_str rest, int *means)
{
    const bool hex = rest.len > 2 && (rest.ptr[1] == 'x' || rest.ptr[1] == 'X');
    size_t at = hex ? 2 : 1;
    const size_t first = at;
    unsigned int value = 0;
    while (at < rest.len && at - first < LONGEST_DIGITS) {
        const int digit = pen_hex_value(rest.ptr[at]);
        if (digit < 0 || (!hex && digit > 9)) break;
        if (value < 0x110000) value = value * (hex ? 16 : 10) + (unsigned int)digit;
        at++;
    }
    if (at == first) return 0;
    *means = value < 0x80 ? (int)value : 0x80;
    return at < rest.len && rest.ptr[at] == ';' ? at + 1 : at;
}

/* Not strncmp(): most names part at the first letter. */
static int compare_name(const char *name, const char *bytes, size_t length)
{
    size_t i = 0;
    while (i < length && name[i] == bytes[i]) {
        i++;
    }
    return (unsigned char)name[i] - (i < length ? (unsigned char)bytes[i] : 0);
}

static size_t named(struct pen_str rest, int *means)
{
    const size_t most = rest.len < LONGEST_NAME + 1 ? rest.len : LONGEST_NAME + 1;
    size_t length = 0;
    while (length < most && pen_is_alnum(rest.ptr[length])) {
        length++;
    }
    if (length == 0 || length == rest.len || rest.ptr[length] != ';') return 0;

    size_t low = 0;
    size_t high = PEN_COUNT_OF(references);
    while (low < high) {
        const size_t middle = (low + high) / 2;
        const int order = compare_name(references[middle].name, rest.ptr, length);
        if (order == 0) {
            *means = references[middle].means;
            return length + 1;
        }
        if (order < 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return 0;
}

int pen_html_reference(struct pen_html_chars *chars)
{
    const struct pen_str rest = {chars->text.ptr + chars->at, chars->text.len - chars->at};
    int means = '&';
    if (rest.len > 1 && rest.ptr[0] == '#') {
        chars->at += numeric(rest, &means);
    } else {
        chars->at += named(rest, &means);
    }
    return means;
}

/* A letter beyond ASCII whose upper or lower case is one of ASCII: its bytes, 0 for none. */
static size_t folded(const char *at, size_t left, char *means)
{
    if (left < 2) return 0;
    const unsigned char first = (unsigned char)at[0];
    const unsigned char second = (unsigned char)at[1];
    if (first == 0xc4 && (second == 0xb0 || second == 0xb1)) {
        *means = 'i';
        return 2;
    }
    if (first == 0xc5 && second == 0xbf) {
        *means = 's';
        return 2;
    }
    if (first == 0xe2 && second == 0x84 && left > 2 && (unsigned char)at[2] == 0xaa) {
        *means = 'k';
        return 3;
    }
    return 0;
}

void pen_html_name_read(struct pen_str raw, struct pen_html_name *out)
{
    size_t length = 0;
    for (size_t i = 0; i < raw.len && length < PEN_HTML_NAME; i++) {
        char c = raw.ptr[i];
        if (c >= ' ' && c < 0x7f) {
            c = pen_to_lower(c);
        } else if ((unsigned char)c < ' ' || c == 0x7f) {
            continue;
        } else if ((unsigned char)c >= 0xc4) {
            const size_t bytes = folded(raw.ptr + i, raw.len - i, &c);
            if (bytes > 0) i += bytes - 1;
        }
        out->text[length++] = c;
    }
    out->text[length < PEN_HTML_NAME ? length : PEN_HTML_NAME - 1] = '\0';
    out->length = length;
}

/* The start of a value without what browsers drop from a URL, and where each character ended. */
struct scheme {
    char text[SCHEME_BYTES];
    size_t ends[SCHEME_BYTES];
    size_t length;
};

/* `first`: only a scheme that the value begins with is of interest. */
static void scheme_read(struct pen_str value, bool first, struct scheme *out)
{
    bool colon = false;
    struct pen_html_chars chars = {value, 0};
    out->length = 0;
    for (int c = pen_html_char(&chars); c != PEN_HTML_END && out->length < SCHEME_BYTES;
         c = pen_html_char(&chars)) {
        if (c <= 0x20) continue;
        /* No scheme stands behind these; a type does behind the slash of "data:text/html". */
        if (first && (c == '?' || c == '#' || c == '=' || c == '@' || (c == '/' && !colon))) break;
        colon = colon || c == ':';
        out->ends[out->length] = chars.at;
        out->text[out->length++] = pen_to_lower((char)c);
    }
}

/* Nothing before the scheme that makes it part of an address: "/find?q=javascript:". */
static bool may_precede(struct pen_str lead)
{
    for (size_t i = 0; i < lead.len; i++) {
        if (!pen_is_alpha(lead.ptr[i]) && memchr("/?#=,@", lead.ptr[i], 6) != NULL) return false;
    }
    return true;
}

static enum pen_html_url data_kind(struct pen_str type)
{
    static const struct {
        struct pen_str start;
        enum pen_html_url kind;
    } kinds[] = {
        {PEN_STR("text/html"), PEN_HTML_URL_PAGE},
        {PEN_STR("text/xml"), PEN_HTML_URL_PAGE},
        {PEN_STR("application/xhtml"), PEN_HTML_URL_PAGE},
        {PEN_STR("application/xml"), PEN_HTML_URL_PAGE},
        {PEN_STR("text/xsl"), PEN_HTML_URL_PAGE},
        {PEN_STR("image/svg"), PEN_HTML_URL_DRAWING},
    };
    for (size_t i = 0; i < PEN_COUNT_OF(kinds); i++) {
        if (pen_str_starts(type, kinds[i].start)) return kinds[i].kind;
    }
    return PEN_HTML_URL_RESOURCE;
}

enum pen_html_url pen_html_url(struct pen_str value, bool anywhere, struct pen_str *rest)
{
    static const struct pen_str scripts[] = {
        PEN_STR("javascript:"), PEN_STR("vbscript:"), PEN_STR("livescript:"),
        PEN_STR("jscript:"),    PEN_STR("mocha:"),
    };
    /* A colon may be spelled by a reference. */
    if (value.len < 5
        || (memchr(value.ptr, ':', value.len) == NULL
            && memchr(value.ptr, '&', value.len) == NULL)) {
        return PEN_HTML_URL_PLAIN;
    }
    struct scheme scheme;
    scheme_read(value, !anywhere, &scheme);
    const struct pen_str text = {scheme.text, scheme.length};
    size_t data = text.len;
    for (size_t colon = pen_str_find(text, ':', 0); colon < text.len;
         colon = pen_str_find(text, ':', colon + 1)) {
        const struct pen_str seen = pen_str_slice(text, 0, colon + 1);
        for (size_t i = 0; i < PEN_COUNT_OF(scripts); i++) {
            if (colon == 0 || text.ptr[colon - 1] != scripts[i].ptr[scripts[i].len - 2]
                || !pen_str_ends(seen, scripts[i]))
                continue;
            if (!anywhere && !may_precede(pen_str_slice(seen, 0, seen.len - scripts[i].len)))
                continue;
            *rest = pen_str_slice(value, scheme.ends[colon], value.len);
            return PEN_HTML_URL_SCRIPT;
        }
        if (data == text.len && pen_str_ends(seen, PEN_S("data:"))
            && (anywhere || may_precede(pen_str_slice(seen, 0, colon - 4)))) {
            data = colon;
        }
    }
    return data == text.len ? PEN_HTML_URL_PLAIN
                            : data_kind(pen_str_slice(text, data + 1, text.len));
}

/* The last characters of a style sheet as a browser sees them. */
struct window {
    char text[2 * STYLE_WINDOW];
    size_t length;
};

static void window_add(struct window *window, char c)
{
    if (window->length == sizeof(window->text)) {
        memcpy(window->text, window->text + STYLE_WINDOW, STYLE_WINDOW);
        window->length = STYLE_WINDOW;
    }
    window->text[window->length++] = c;
}

static bool window_runs(const struct window *window)
{
    static const struct pen_str phrases[] = {
        PEN_STR("expression("),   PEN_STR("behavior:url("), PEN_STR("behaviour:url("),
        PEN_STR("-moz-binding:"), PEN_STR("binding:url("),  PEN_STR("javascript:"),
        PEN_STR("vbscript:"),     PEN_STR("livescript:"),   PEN_STR("data:text/html"),
    };
    const struct pen_str text = {window->text, window->length};
    if (text.len < 2) return false;
    for (size_t i = 0; i < PEN_COUNT_OF(phrases); i++) {
        const struct pen_str phrase = phrases[i];
        if (text.ptr[text.len - 1] != phrase.ptr[phrase.len - 1]
            || text.ptr[text.len - 2] != phrase.ptr[phrase.len - 2] || !pen_str_ends(text, phrase))
            continue;
        const size_t lead = text.len - phrase.len;
        /* "scroll-behavior", "regularexpression(" are other words. */
        if (lead == 0 || !(pen_is_alpha(text.ptr[lead - 1]) || text.ptr[lead - 1] == '-')) {
            return true;
        }
    }
    return false;
}

/* Behind a backslash: up to six hexadecimal digits and a space, or the next character. */
static int css_escape(struct pen_html_chars *chars)
{
    const size_t start = chars->at;
    unsigned int value = 0;
    while (chars->at < chars->text.len && chars->at - start < 6
           && pen_hex_value(chars->text.ptr[chars->at]) >= 0) {
        value = value * 16 + (unsigned int)pen_hex_value(chars->text.ptr[chars->at++]);
    }
    if (chars->at == start) return pen_html_char(chars);
    return value < 0x80 ? (int)value : 0x80;
}

/* `strings`: a comment's mark within quotes is none. */
static bool style_runs(struct pen_str text, bool strings)
{
    int quote = 0;
    struct pen_html_chars chars = {text, 0};
    struct window window = {.length = 0};
    bool comment = false;
    int before = 0;
    for (int c = pen_html_char(&chars); c != PEN_HTML_END; c = pen_html_char(&chars)) {
        const bool star = before == '*';
        const bool slash = before == '/';
        before = c;
        if (comment) {
            if (star && c == '/') comment = false;
            continue;
        }
        if (strings && quote == 0 && (c == '"' || c == '\'')) {
            quote = c;
        } else if (c == quote) {
            quote = 0;
        }
        if (c == '*' && slash && quote == 0) {
            comment = true;
            before = 0;
            if (window.length > 0) window.length--; /* the slash */
            continue;
        }
        if (c == '\\') c = css_escape(&chars);
        if (c <= 0x20) continue; /* the end as well: the loop comes to it again */
        window_add(&window, pen_to_lower((char)c));
        if ((c == '(' || c == ':' || c == 'l' || c == 'L') && window_runs(&window)) return true;
    }
    return false;
}

bool pen_html_style_runs(struct pen_str text)
{
    /* A value that the text's own quotes cut has an odd one: read without strings too. */
    if (style_runs(text, false)) return true;
    return pen_str_find(text, '*', 0) < text.len && pen_str_find_str(text, PEN_S("/*")) < text.len
           && style_runs(text, true);
}

bool pen_html_style_escapes(struct pen_str text)
{
    size_t signs = 0;
    const size_t star = pen_str_find(text, '*', 0);
    if (star < text.len) {
        const size_t open = pen_str_find_str(text, PEN_S("/*"));
        const size_t close = pen_str_find_str(text, PEN_S("*/"));
        if (close < text.len && close <= open) return true;
    }
    for (size_t at = pen_str_find(text, '\\', 0); at < text.len;
         at = pen_str_find(text, '\\', at + 1)) {
        struct pen_html_chars chars = {text, at + 1};
        if (at + 1 >= text.len || pen_hex_value(text.ptr[at + 1]) < 0) continue;
        const int c = css_escape(&chars);
        if (c > ' ' && c < 0x80 && memchr("\"'/*;{}<>()", c, 11) != NULL) signs++;
    }
    return signs > 1;
}
