/** Pieces without a tag: one function a kind. */
#include "filters/xss_fragments.h"

#include <string.h>

#include "filters/xss_names.h"

#define PIECE_SCORE 75  /* what has lost its place may have had another one */
#define LONG_VALUE  256 /* bytes of a handler's value that are read for what it does */
#define SHORT_TEXT  160 /* a statement that stands alone is no file of a program */
#define GAP         32  /* white space between the letters of a scheme */

static const struct pen_xss_evidence none = {.rule = NULL};

static bool is_event_name(struct pen_str text, size_t start, size_t end)
{
    struct pen_html_name name;
    pen_html_name_read(pen_str_slice(text, start, end), &name);
    return name.length > 4 && pen_xss_meaning_of(&name).kind == PEN_XSS_ATTRIBUTE_EVENT;
}

/* Behind the name: "=", or what a document type says of it: CDATA. Returns where the value begins,
   0 for neither. */
static size_t value_of(struct pen_str text, size_t end)
{
    size_t at = pen_html_skip_space(text, end);
    if (at == text.len) return 0;
    if (text.ptr[at] == '=') return pen_html_skip_space(text, at + 1);
    if (at == end || !pen_str_starts_fold(pen_str_slice(text, at, text.len), PEN_S("CDATA")))
        return 0;
    at = pen_html_skip_space(text, at + 5);
    return at < text.len && pen_is_script_quote(text.ptr[at]) ? at : 0;
}

/* visibility:hidden onload=alert(1)></div>: the tag was ended by something between. */
static struct pen_xss_evidence stray_handler(struct pen_str text, size_t harmed_at)
{
    for (size_t at = 1; at + 6 < text.len && at < harmed_at; at++) {
        if ((text.ptr[at] | 0x20) != 'o' || (text.ptr[at + 1] | 0x20) != 'n') continue;
        const char before = text.ptr[at - 1];
        if ((unsigned char)before > ' ' && !pen_is_script_quote(before) && before != '/') continue;

        size_t end = at;
        while (end < text.len && pen_is_alpha(text.ptr[end])) {
            end++;
        }
        const size_t value = is_event_name(text, at, end) ? value_of(text, end) : 0;
        if (value == 0 || value >= text.len || text.ptr[value] == '{') {
            at = end - 1;
            continue;
        }
        size_t stop = value;
        while (stop < text.len && stop - value < LONG_VALUE && text.ptr[stop] != '>') {
            stop++;
        }
        const bool closed = stop < text.len && text.ptr[stop] == '>';
        const bool declared = pen_to_lower(text.ptr[pen_html_skip_space(text, end)]) == 'c';
        if ((closed || declared)
            && pen_js_power(pen_str_slice(text, value, stop)) == PEN_JS_HARMS) {
            return pen_xss_found("xss.handler", PIECE_SCORE, at, stop);
        }
        at = stop - 1;
    }
    return none;
}

/* -1scriptalert(1)/script, [a]script>alert(1);[a]/script>: somebody took the brackets away. */
static struct pen_xss_evidence bare_script(struct pen_str text)
{
    const struct pen_str word = PEN_STR("script");
    if (text.len > LONG_VALUE) return none;
    for (size_t slash = text.len; slash-- > 0;) {
        if (text.ptr[slash] != '/') continue;
        const struct pen_str rest = pen_str_slice(text, slash + 1, text.len);
        if (!pen_str_starts_fold(rest, word)) continue;
        if (rest.len > word.len && rest.ptr[word.len] != '>' && rest.ptr[word.len] != ' ') continue;

        for (size_t at = 0; at + word.len < slash; at++) {
            if (!pen_str_starts_fold(pen_str_slice(text, at, slash), word)) continue;
            const struct pen_str inside = pen_str_slice(text, at + word.len, slash);
            if (pen_js_power(inside) != PEN_JS_HARMS) return none;
            return pen_xss_found("xss.script", PIECE_SCORE, at, slash + 1 + word.len);
        }
        return none;
    }
    return none;
}

/* &{alert(1)};: Netscape's script macros, and the empty one of every probe. */
static struct pen_xss_evidence macro(struct pen_str text, const struct pen_js_sight *sight)
{
    size_t at = pen_str_find(text, '&', 0);
    while (at + 1 < text.len && text.ptr[at + 1] != '{') {
        at = pen_str_find(text, '&', at + 1);
    }
    if (at + 1 >= text.len) return none;

    const size_t end = pen_str_find(text, '}', at);
    const struct pen_str inside = pen_str_slice(text, at + 2, end);
    const bool probe = pen_str_equal(inside, PEN_S("()"));
    if (end == text.len || (!probe && sight->named_at == SIZE_MAX)) return none;
    if (!probe && pen_js_power(inside) < PEN_JS_NAMES) return none;
    return pen_xss_found("xss.program", PIECE_SCORE, at, end + 1);
}

/* How many of the letters of "javascript" stand before `at`, blanks between them or not. */
static size_t scheme_start(struct pen_str text, size_t at)
{
    const struct pen_str scheme = PEN_STR("javascript");
    size_t gap = 0;
    for (size_t left = scheme.len; left > 0; at--) {
        if (at == 0 || gap > GAP) return SIZE_MAX;
        const char c = text.ptr[at - 1];
        if ((unsigned char)c <= ' ' || c == '\\') {
            gap++;
            continue;
        }
        if (pen_to_lower(c) != scheme.ptr[left - 1]) return SIZE_MAX;
        left--;
    }
    return gap > 0 ? at : SIZE_MAX;
}

/* action=j a vas c r ipt:alert(1): the blanks were control characters once. */
static struct pen_xss_evidence split_scheme(struct pen_str text, const struct pen_js_sight *sight)
{
    if (sight->named_at == SIZE_MAX) return none;
    for (size_t at = pen_str_find(text, ':', 1); at < text.len && at < sight->harmed_at;
         at = pen_str_find(text, ':', at + 1)) {
        const size_t start = scheme_start(text, at);
        if (start == SIZE_MAX) continue;
        const bool placed = start == 0 || memchr("=\"'`(: \\", text.ptr[start - 1], 8) != NULL;
        if (placed) return pen_xss_found("xss.url", 80, start, at + 1);
    }
    return none;
}

/* location="http://h.example", document.body.innerHTML="<h1>...": alone, and led elsewhere. */
static struct pen_xss_evidence statement(struct pen_str text, const struct pen_js_sight *sight)
{
    static const struct pen_str leads[] = {PEN_STR("location"),  PEN_STR("window."),
                                           PEN_STR("document."), PEN_STR("self."),
                                           PEN_STR("top."),      PEN_STR("parent.")};
    const size_t start = pen_html_skip_space(text, 0);
    const struct pen_str body = pen_str_slice(text, start, text.len);
    bool leading = false;
    for (size_t i = 0; i < PEN_COUNT_OF(leads); i++) {
        leading = leading || pen_str_starts(body, leads[i]);
    }
    if (!leading || text.len > SHORT_TEXT * 2 || sight->power != PEN_JS_HARMS) return none;

    const size_t equals = pen_str_find(body, '=', 0);
    const size_t value = pen_html_skip_space(body, equals + 1);
    if (equals == body.len || value + 1 >= body.len) return none;
    const struct pen_str target = pen_str_slice(body, 0, equals);
    const bool place = pen_str_find_str(target, PEN_S("location")) < target.len;
    const bool markup = pen_str_find_str(target, PEN_S("HTML")) < target.len
                        || pen_str_find_str(target, PEN_S("html")) < target.len;
    if (!pen_is_script_quote(body.ptr[value])) return none;

    const struct pen_str string = pen_str_slice(body, value + 1, body.len);
    const bool away = pen_str_starts_fold(string, PEN_S("http"))
                      || pen_str_starts(string, PEN_S("//"))
                      || pen_str_starts_fold(string, PEN_S("javascript"))
                      || pen_str_starts_fold(string, PEN_S("data:"));
    const char last = body.ptr[body.len - 1];
    const bool alone = last == ';' || last == body.ptr[value];
    const bool led = (place && away) || (markup && string.ptr[0] == '<');
    return led && alone ? pen_xss_found("xss.program", markup ? 90 : 72, start, text.len) : none;
}

/* "alert(1)">: the value holds a program, then it and its tag end. */
static struct pen_xss_evidence value_end(struct pen_str text, const struct pen_js_sight *sight)
{
    if (text.len < 6 || sight->harmed_at == 0) return none;
    const bool quoted = pen_is_script_quote(text.ptr[0]);
    const size_t end = quoted ? pen_str_find(text, text.ptr[0], 1) : pen_str_find(text, '>', 0);
    if (end >= text.len || end > LONG_VALUE) return none;
    if (quoted && (end + 1 == text.len || text.ptr[end + 1] != '>')) return none;
    if (quoted && sight->harmed_at < end + 2 && pen_str_find(text, '<', 0) > end) {
        return pen_xss_found("xss.closed_tag", PIECE_SCORE, 0, end + 2);
    }
    return none;
}

/* d="alert(1)"; : one of several variables that are put together and run. */
static struct pen_xss_evidence spelled_program(struct pen_str text,
                                               const struct pen_js_sight *sight)
{
    if (text.len > SHORT_TEXT || sight->harmed_at == 0) return none;
    size_t at = 0;
    while (at < text.len && pen_is_script_name_char(text.ptr[at])) {
        at++;
    }
    const bool assigned =
        at > 0 && at + 8 < text.len && text.ptr[at] == '=' && pen_is_script_quote(text.ptr[at + 1]);
    const char last = text.ptr[text.len - 1];
    if (!assigned || (last != ';' && last != text.ptr[at + 1])) return none;
    return pen_xss_found("xss.program", 72, 0, text.len);
}

/* <if expr="new ActiveXObject(...)...">: old browsers' way out of the page. */
static struct pen_xss_evidence plug_in(struct pen_str text, const struct pen_js_sight *sight)
{
    if (sight->harmed_at == 0 || text.ptr[0] != '<') return none;
    const size_t at = pen_str_find_str(text, PEN_S("new ActiveXObject("));
    return at < text.len ? pen_xss_found("xss.program", 72, at, text.len) : none;
}

/* ex/ ** /pression(alert(1))'>: the rest of a style whose start another line holds. */
static struct pen_xss_evidence style_end(struct pen_str text, const struct pen_js_sight *sight)
{
    if (text.len > LONG_VALUE || sight->harmed_at == 0 || pen_str_find(text, '<', 0) < text.len) {
        return none;
    }
    size_t name = 0;
    while (name < text.len && (pen_is_alpha(text.ptr[name]) || text.ptr[name] == '-')) {
        name++;
    }
    const bool begins = name > 0 && text.ptr[name < text.len ? name : 0] == ':';
    const bool ends = pen_str_ends(text, PEN_S("'>")) || pen_str_ends(text, PEN_S("\">"));
    if (!(ends || (begins && text.ptr[text.len - 1] == ')')) || !pen_html_style_runs(text))
        return none;
    return pen_xss_found("xss.style", PIECE_SCORE, 0, text.len);
}

/* A script element made by hand, a function made by its constructor: short, and nothing else. */
static struct pen_xss_evidence maker(struct pen_str text, const struct pen_js_sight *sight)
{
    static const struct pen_str elements[] = {PEN_STR("createElement(\"script"),
                                              PEN_STR("createElement('script"),
                                              PEN_STR("createElement(`script")};
    if (text.len > SHORT_TEXT) return none;
    for (size_t i = 0; i < PEN_COUNT_OF(elements); i++) {
        const size_t at = pen_str_find_str(text, elements[i]);
        if (at < text.len && pen_str_find_str(text, PEN_S(".src")) < text.len) {
            return pen_xss_found("xss.program", 75, at, text.len);
        }
    }
    const size_t at = pen_str_find_str(text, PEN_S(".constructor("));
    const bool called = pen_str_ends(text, PEN_S(")()")) || pen_str_ends(text, PEN_S(")();"));
    return at < text.len && called && sight->harmed_at > at
               ? pen_xss_found("xss.program", PIECE_SCORE, 0, text.len)
               : none;
}

/* x/#alert(1): run by a page that evaluates its address. */
static struct pen_xss_evidence hash_program(struct pen_str text, const struct pen_js_sight *sight)
{
    static const struct pen_str sinks[] = {PEN_STR("alert("), PEN_STR("confirm("),
                                           PEN_STR("prompt("), PEN_STR("eval(")};
    if (sight->harmed_at == 0 || text.len > SHORT_TEXT) return none;
    const size_t hash = pen_str_find(text, '#', 0);
    for (size_t i = 0; i < PEN_COUNT_OF(sinks); i++) {
        if (hash < text.len && pen_str_starts(pen_str_slice(text, hash + 1, text.len), sinks[i])) {
            return pen_xss_found("xss.program", 72, hash, text.len);
        }
    }
    return none;
}

struct pen_xss_evidence pen_xss_fragments(struct pen_str text, const struct pen_js_sight *sight)
{
    struct pen_xss_evidence best = stray_handler(text, sight->harmed_at);
    best = pen_xss_stronger(best, bare_script(text));
    best = pen_xss_stronger(best, macro(text, sight));
    best = pen_xss_stronger(best, split_scheme(text, sight));
    best = pen_xss_stronger(best, statement(text, sight));
    best = pen_xss_stronger(best, value_end(text, sight));
    best = pen_xss_stronger(best, spelled_program(text, sight));
    best = pen_xss_stronger(best, plug_in(text, sight));
    best = pen_xss_stronger(best, maker(text, sight));
    best = pen_xss_stronger(best, style_end(text, sight));
    return pen_xss_stronger(best, hash_program(text, sight));
}
