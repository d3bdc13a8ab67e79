/** Tables by letter and length: a text may be nothing but names. */
#include "filters/xss_names.h"

#include <string.h>

#include "filters/core/words.h"

static bool is_listed(const char *word, const char *const *list, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (word[0] == list[i][0] && strcmp(word, list[i]) == 0) return true;
    }
    return false;
}

enum {
    ACTIVE = PEN_XSS_ELEMENT_ACTIVE,
    ANIMATE = PEN_XSS_ELEMENT_ANIMATE,
    BASE = PEN_XSS_ELEMENT_BASE,
    EMBED = PEN_XSS_ELEMENT_EMBED,
    LINK = PEN_XSS_ELEMENT_LINK,
    MATH = PEN_XSS_ELEMENT_MATH,
    META = PEN_XSS_ELEMENT_META,
    OLD = PEN_XSS_ELEMENT_OLD,
    PARAM = PEN_XSS_ELEMENT_PARAM,
    SCRIPT = PEN_XSS_ELEMENT_SCRIPT,
    STYLE = PEN_XSS_ELEMENT_STYLE,
    USE = PEN_XSS_ELEMENT_USE,
};

/* clang-format off */
#define ELEMENTS_A(W) \
    W("a", ACTIVE) W("animate", ANIMATE) W("animatecolor", ANIMATE) W("animatemotion", ANIMATE) \
    W("animatetransform", ANIMATE) W("applet", OLD) W("audio", ACTIVE)
#define ELEMENTS_B(W) W("base", BASE) W("bgsound", ACTIVE) W("body", ACTIVE) W("button", ACTIVE)
#define ELEMENTS_D(W) W("details", ACTIVE) W("div", ACTIVE)
#define ELEMENTS_E(W) W("embed", EMBED)
#define ELEMENTS_F(W) \
    W("feimage", USE) W("fencedframe", EMBED) W("form", ACTIVE) W("frame", EMBED) \
    W("frameset", ACTIVE)
#define ELEMENTS_H(W) W("h1", ACTIVE) W("html", ACTIVE)
#define ELEMENTS_I(W) \
    W("iframe", EMBED) W("ilayer", OLD) W("image", ACTIVE) W("img", ACTIVE) W("import", OLD) \
    W("input", ACTIVE) W("isindex", ACTIVE)
#define ELEMENTS_L(W) W("layer", OLD) W("link", LINK)
#define ELEMENTS_M(W) W("marquee", ACTIVE) W("math", MATH) W("meta", META)
#define ELEMENTS_O(W) W("object", EMBED)
#define ELEMENTS_P(W) W("param", PARAM) W("portal", EMBED)
#define ELEMENTS_S(W) W("script", SCRIPT) W("set", ANIMATE) W("style", STYLE) W("svg", ACTIVE)
#define ELEMENTS_T(W) \
    W("t:animate", ANIMATE) W("t:set", ANIMATE) W("table", ACTIVE) W("template", ACTIVE)
#define ELEMENTS_U(W) W("use", USE)
#define ELEMENTS_V(W) W("video", ACTIVE)
#define ELEMENTS_X(W) W("xml", OLD)
/* clang-format on */

static const struct pen_word_group elements[PEN_WORD_LETTERS] = {
    ['a' - 'a'] = PEN_WORDS(ELEMENTS_A), ['b' - 'a'] = PEN_WORDS(ELEMENTS_B),
    ['d' - 'a'] = PEN_WORDS(ELEMENTS_D), ['e' - 'a'] = PEN_WORDS(ELEMENTS_E),
    ['f' - 'a'] = PEN_WORDS(ELEMENTS_F), ['h' - 'a'] = PEN_WORDS(ELEMENTS_H),
    ['i' - 'a'] = PEN_WORDS(ELEMENTS_I), ['l' - 'a'] = PEN_WORDS(ELEMENTS_L),
    ['m' - 'a'] = PEN_WORDS(ELEMENTS_M), ['o' - 'a'] = PEN_WORDS(ELEMENTS_O),
    ['p' - 'a'] = PEN_WORDS(ELEMENTS_P), ['s' - 'a'] = PEN_WORDS(ELEMENTS_S),
    ['t' - 'a'] = PEN_WORDS(ELEMENTS_T), ['u' - 'a'] = PEN_WORDS(ELEMENTS_U),
    ['v' - 'a'] = PEN_WORDS(ELEMENTS_V), ['x' - 'a'] = PEN_WORDS(ELEMENTS_X),
};

static enum pen_xss_element find_element(const char *name, size_t length)
{
    const struct pen_word *const found = pen_word_find(elements, name, length, false);
    return found != NULL ? (enum pen_xss_element)found->kind : PEN_XSS_ELEMENT_OTHER;
}

/* Letters only: without backslashes, percent signs and digits. */
static const char *without_escapes(const char *word, char *out)
{
    size_t length = 0;
    for (; *word != '\0'; word++) {
        if (pen_is_alpha(*word) && (word[0] != 'x' || !pen_is_digit(word[1])))
            out[length++] = *word;
    }
    out[length] = '\0';
    return out;
}

enum pen_xss_element pen_xss_element_of(const struct pen_html_name *name)
{
    const bool is_whole = name->length < PEN_HTML_NAME;
    const char *word = is_whole ? name->text : "";
    if (is_whole && pen_html_name_starts(name, "svg:")) word += 4;
    if (is_whole && pen_html_name_starts(name, "html:")) word += 5;
    const enum pen_xss_element found = find_element(word, strlen(word));
    if (found != PEN_XSS_ELEMENT_OTHER) return found;
    const char *colon = NULL;
    bool escaped = false;
    for (const char *at = word; *at != '\0'; at++) {
        if (*at == ':' && colon == NULL) colon = at;
        escaped = escaped || *at == '\\' || *at == '%';
    }
    if (colon != NULL && strcmp(colon + 1, "script") == 0) {
        return PEN_XSS_ELEMENT_SCRIPT; /* XHTML's in a name space of its own */
    }
    /* "scr\\0ipt", "scr%00ipt": the escape is undone by somebody. */
    char plain[PEN_HTML_NAME];
    if (escaped && strcmp(without_escapes(word, plain), "script") == 0) {
        return PEN_XSS_ELEMENT_SCRIPT;
    }
    /* "script~", "script\x0a": what is dropped from it differs between readers. */
    const bool odd = pen_html_name_starts(name, "script") && name->length > 6
                     && !pen_is_alpha(name->text[6]) && name->text[6] != '-' && name->text[6] != '_'
                     && name->text[6] != ':' && name->text[6] != '.';
    return odd ? PEN_XSS_ELEMENT_SCRIPT : PEN_XSS_ELEMENT_OTHER;
}

/* Handlers of HTML, SVG and old browsers, without "on", in order. (WHATWG 8.1.8.2, MDN,
   html5sec.org) */
/* clang-format off */
#define EVENTS_A(W) \
    W("abort", 0) W("activate", 0) W("afterprint", 0) W("afterscriptexecute", 0) \
    W("afterupdate", 0) W("animationcancel", 0) W("animationend", 0) W("animationiteration", 0) \
    W("animationstart", 0) W("auxclick", 0)
#define EVENTS_B(W) \
    W("beforeactivate", 0) W("beforecopy", 0) W("beforecut", 0) W("beforedeactivate", 0) \
    W("beforeeditfocus", 0) W("beforeinput", 0) W("beforematch", 0) W("beforepaste", 0) \
    W("beforeprint", 0) W("beforescriptexecute", 0) W("beforetoggle", 0) W("beforeunload", 0) \
    W("beforeupdate", 0) W("begin", 0) W("blur", 0) W("bounce", 0)
#define EVENTS_C(W) \
    W("cancel", 0) W("canplay", 0) W("canplaythrough", 0) W("cellchange", 0) W("change", 0) \
    W("click", 0) W("close", 0) W("command", 0) W("contentvisibilityauto", 0) W("contextmenu", 0) \
    W("controlselect", 0) W("copy", 0) W("cuechange", 0) W("cut", 0)
#define EVENTS_D(W) \
    W("dataavailable", 0) W("datasetchanged", 0) W("datasetcomplete", 0) W("dblclick", 0) \
    W("deactivate", 0) W("drag", 0) W("dragend", 0) W("dragenter", 0) W("dragexit", 0) \
    W("dragleave", 0) W("dragover", 0) W("dragstart", 0) W("drop", 0) W("durationchange", 0)
#define EVENTS_E(W) W("emptied", 0) W("end", 0) W("ended", 0) W("error", 0) W("errorupdate", 0)
#define EVENTS_F(W) \
    W("filterchange", 0) W("finish", 0) W("focus", 0) W("focusin", 0) W("focusout", 0) \
    W("formchange", 0) W("formdata", 0) W("forminput", 0) W("fullscreenchange", 0)
#define EVENTS_G(W) W("gotpointercapture", 0)
#define EVENTS_H(W) W("hashchange", 0) W("help", 0)
#define EVENTS_I(W) W("input", 0) W("invalid", 0)
#define EVENTS_K(W) W("keydown", 0) W("keypress", 0) W("keyup", 0)
#define EVENTS_L(W) \
    W("layoutcomplete", 0) W("load", 0) W("loadeddata", 0) W("loadedmetadata", 0) W("loadend", 0) \
    W("loadstart", 0) W("losecapture", 0) W("lostpointercapture", 0)
#define EVENTS_M(W) \
    W("message", 0) W("mousedown", 0) W("mouseenter", 0) W("mouseleave", 0) W("mousemove", 0) \
    W("mouseout", 0) W("mouseover", 0) W("mouseup", 0) W("mousewheel", 0) W("move", 0) \
    W("moveend", 0) W("movestart", 0)
#define EVENTS_O(W) W("offline", 0) W("online", 0)
#define EVENTS_P(W) \
    W("pagehide", 0) W("pagereveal", 0) W("pageshow", 0) W("pageswap", 0) W("paste", 0) \
    W("pause", 0) W("play", 0) W("playing", 0) W("pointercancel", 0) W("pointerdown", 0) \
    W("pointerenter", 0) W("pointerleave", 0) W("pointermove", 0) W("pointerout", 0) \
    W("pointerover", 0) W("pointerrawupdate", 0) W("pointerup", 0) W("popstate", 0) \
    W("progress", 0) W("propertychange", 0)
#define EVENTS_R(W) \
    W("ratechange", 0) W("readystatechange", 0) W("repeat", 0) W("reset", 0) W("resize", 0) \
    W("resizeend", 0) W("resizestart", 0) W("rowdelete", 0) W("rowenter", 0) W("rowexit", 0) \
    W("rowinserted", 0) W("rowsdelete", 0) W("rowsinserted", 0)
#define EVENTS_S(W) \
    W("scroll", 0) W("scrollend", 0) W("scrollsnapchange", 0) W("search", 0) \
    W("securitypolicyviolation", 0) W("seeked", 0) W("seeking", 0) W("select", 0) \
    W("selectionchange", 0) W("selectstart", 0) W("show", 0) W("slotchange", 0) W("stalled", 0) \
    W("start", 0) W("stop", 0) W("storage", 0) W("submit", 0) W("suspend", 0)
#define EVENTS_T(W) \
    W("timeerror", 0) W("timeupdate", 0) W("toggle", 0) W("touchcancel", 0) W("touchend", 0) \
    W("touchmove", 0) W("touchstart", 0) W("transitioncancel", 0) W("transitionend", 0) \
    W("transitionrun", 0) W("transitionstart", 0)
#define EVENTS_U(W) W("unhandledrejection", 0) W("unload", 0)
#define EVENTS_V(W) W("volumechange", 0)
#define EVENTS_W(W) \
    W("waiting", 0) W("webkitanimationend", 0) W("webkitmouseforcedown", 0) \
    W("webkitplaybacktargetavailabilitychanged", 0) W("webkittransitionend", 0) W("wheel", 0)
#define EVENTS_Z(W) W("zoom", 0)
/* clang-format on */

static const struct pen_word_group events[PEN_WORD_LETTERS] = {
    ['a' - 'a'] = PEN_WORDS(EVENTS_A), ['b' - 'a'] = PEN_WORDS(EVENTS_B),
    ['c' - 'a'] = PEN_WORDS(EVENTS_C), ['d' - 'a'] = PEN_WORDS(EVENTS_D),
    ['e' - 'a'] = PEN_WORDS(EVENTS_E), ['f' - 'a'] = PEN_WORDS(EVENTS_F),
    ['g' - 'a'] = PEN_WORDS(EVENTS_G), ['h' - 'a'] = PEN_WORDS(EVENTS_H),
    ['i' - 'a'] = PEN_WORDS(EVENTS_I), ['k' - 'a'] = PEN_WORDS(EVENTS_K),
    ['l' - 'a'] = PEN_WORDS(EVENTS_L), ['m' - 'a'] = PEN_WORDS(EVENTS_M),
    ['o' - 'a'] = PEN_WORDS(EVENTS_O), ['p' - 'a'] = PEN_WORDS(EVENTS_P),
    ['r' - 'a'] = PEN_WORDS(EVENTS_R), ['s' - 'a'] = PEN_WORDS(EVENTS_S),
    ['t' - 'a'] = PEN_WORDS(EVENTS_T), ['u' - 'a'] = PEN_WORDS(EVENTS_U),
    ['v' - 'a'] = PEN_WORDS(EVENTS_V), ['w' - 'a'] = PEN_WORDS(EVENTS_W),
    ['z' - 'a'] = PEN_WORDS(EVENTS_Z),
};

static enum pen_xss_attribute handler(const struct pen_html_name *name)
{
    const char *const event = name->text + 2;
    size_t letters = 0;
    while (pen_is_alpha(event[letters])) {
        letters++;
    }
    if (event[letters] == '\0' && name->length < PEN_HTML_NAME) {
        if (letters < 3) return PEN_XSS_ATTRIBUTE_OTHER;
        return pen_word_find(events, event, letters, false) != NULL ? PEN_XSS_ATTRIBUTE_EVENT
                                                                    : PEN_XSS_ATTRIBUTE_ON;
    }
    /* "onerror\x0c", "onload!": old readers cut the name there. */
    if (event[letters] == '-' || event[letters] == '_' || letters < 3) {
        return PEN_XSS_ATTRIBUTE_OTHER;
    }
    const bool known =
        event[letters] != '\0' && pen_word_find(events, event, letters, false) != NULL;
    return known ? PEN_XSS_ATTRIBUTE_EVENT : PEN_XSS_ATTRIBUTE_ON;
}

/* What an attribute is together with what it says: the kinds of the table below. */
enum {
    TEXT,
    URL,
    SIZE,
    PLUGIN,
    ATTRIBUTE_NAME,
    URL_SOURCE,
    CHARSET,
    URL_PLUGIN,
    TEXT_CONTENT,
    FORMAT,
    URL_HANDLER,
    FRAMEWORK,
    HTTP_EQUIV,
    REL,
    SRCDOC,
    DECLARATIONS,
    TYPE,
    SOURCE,
    NAMESPACE,
};

static const struct pen_xss_meaning meanings[] = {
    [TEXT] = {PEN_XSS_ATTRIBUTE_TEXT, PEN_XSS_ROLE_NONE},
    [URL] = {PEN_XSS_ATTRIBUTE_URL, PEN_XSS_ROLE_NONE},
    [SIZE] = {PEN_XSS_ATTRIBUTE_OTHER, PEN_XSS_ROLE_SIZE},
    [PLUGIN] = {PEN_XSS_ATTRIBUTE_OTHER, PEN_XSS_ROLE_PLUGIN},
    [ATTRIBUTE_NAME] = {PEN_XSS_ATTRIBUTE_OTHER, PEN_XSS_ROLE_ATTRIBUTE_NAME},
    [URL_SOURCE] = {PEN_XSS_ATTRIBUTE_URL, PEN_XSS_ROLE_SOURCE},
    [CHARSET] = {PEN_XSS_ATTRIBUTE_OTHER, PEN_XSS_ROLE_CHARSET},
    [URL_PLUGIN] = {PEN_XSS_ATTRIBUTE_URL, PEN_XSS_ROLE_PLUGIN},
    [TEXT_CONTENT] = {PEN_XSS_ATTRIBUTE_TEXT, PEN_XSS_ROLE_CONTENT},
    [FORMAT] = {PEN_XSS_ATTRIBUTE_OTHER, PEN_XSS_ROLE_FORMAT},
    [URL_HANDLER] = {PEN_XSS_ATTRIBUTE_URL, PEN_XSS_ROLE_HANDLER},
    [FRAMEWORK] = {PEN_XSS_ATTRIBUTE_FRAMEWORK, PEN_XSS_ROLE_NONE},
    [HTTP_EQUIV] = {PEN_XSS_ATTRIBUTE_OTHER, PEN_XSS_ROLE_HTTP_EQUIV},
    [REL] = {PEN_XSS_ATTRIBUTE_OTHER, PEN_XSS_ROLE_REL},
    [SRCDOC] = {PEN_XSS_ATTRIBUTE_SRCDOC, PEN_XSS_ROLE_NONE},
    [DECLARATIONS] = {PEN_XSS_ATTRIBUTE_STYLE, PEN_XSS_ROLE_NONE},
    [TYPE] = {PEN_XSS_ATTRIBUTE_OTHER, PEN_XSS_ROLE_TYPE},
    [SOURCE] = {PEN_XSS_ATTRIBUTE_OTHER, PEN_XSS_ROLE_SOURCE},
    [NAMESPACE] = {PEN_XSS_ATTRIBUTE_OTHER, PEN_XSS_ROLE_NAMESPACE},
};

/* clang-format off */
#define ATTRIBUTES_A(W) \
    W("abbr", TEXT) W("action", URL) W("allow", SIZE) W("allowfullscreen", SIZE) \
    W("allowscriptaccess", PLUGIN) W("alt", TEXT) W("archive", URL) \
    W("attributename", ATTRIBUTE_NAME)
#define ATTRIBUTES_B(W) W("background", URL_SOURCE) W("by", URL)
#define ATTRIBUTES_C(W) \
    W("charset", CHARSET) W("cite", URL) W("class", TEXT) W("classid", URL_PLUGIN) \
    W("code", URL_SOURCE) W("codebase", URL) W("content", TEXT_CONTENT)
#define ATTRIBUTES_D(W) \
    W("data", URL_SOURCE) W("dataformatas", FORMAT) W("description", TEXT) W("dynsrc", URL)
#define ATTRIBUTES_E(W) W("ev:handler", URL_HANDLER) W("expr", FRAMEWORK)
#define ATTRIBUTES_F(W) W("folder", URL) W("formaction", URL) W("from", URL)
#define ATTRIBUTES_H(W) \
    W("handler", URL_HANDLER) W("height", SIZE) W("href", URL_SOURCE) W("http-equiv", HTTP_EQUIV)
#define ATTRIBUTES_I(W) W("id", TEXT) W("implementation", URL_PLUGIN)
#define ATTRIBUTES_L(W) \
    W("label", TEXT) W("lang", TEXT) W("loading", SIZE) W("longdesc", URL) W("lowsrc", URL)
#define ATTRIBUTES_M(W) W("manifest", URL)
#define ATTRIBUTES_N(W) W("name", TEXT)
#define ATTRIBUTES_P(W) W("ping", URL) W("placeholder", TEXT) W("poster", URL) W("profile", URL)
#define ATTRIBUTES_R(W) W("rel", REL)
#define ATTRIBUTES_S(W) \
    W("sandbox", SIZE) W("src", URL_SOURCE) W("srcdoc", SRCDOC) W("srcset", URL) \
    W("style", DECLARATIONS) W("summary", TEXT)
#define ATTRIBUTES_T(W) W("text", TEXT) W("title", TEXT) W("to", URL) W("type", TYPE)
#define ATTRIBUTES_V(W) W("value", TEXT) W("values", URL)
#define ATTRIBUTES_W(W) W("width", SIZE)
#define ATTRIBUTES_X(W) W("x:href", SOURCE) W("xlink:href", URL_SOURCE) W("xmlns", NAMESPACE)
/* clang-format on */

static const struct pen_word_group attributes[PEN_WORD_LETTERS] = {
    ['a' - 'a'] = PEN_WORDS(ATTRIBUTES_A), ['b' - 'a'] = PEN_WORDS(ATTRIBUTES_B),
    ['c' - 'a'] = PEN_WORDS(ATTRIBUTES_C), ['d' - 'a'] = PEN_WORDS(ATTRIBUTES_D),
    ['e' - 'a'] = PEN_WORDS(ATTRIBUTES_E), ['f' - 'a'] = PEN_WORDS(ATTRIBUTES_F),
    ['h' - 'a'] = PEN_WORDS(ATTRIBUTES_H), ['i' - 'a'] = PEN_WORDS(ATTRIBUTES_I),
    ['l' - 'a'] = PEN_WORDS(ATTRIBUTES_L), ['m' - 'a'] = PEN_WORDS(ATTRIBUTES_M),
    ['n' - 'a'] = PEN_WORDS(ATTRIBUTES_N), ['p' - 'a'] = PEN_WORDS(ATTRIBUTES_P),
    ['r' - 'a'] = PEN_WORDS(ATTRIBUTES_R), ['s' - 'a'] = PEN_WORDS(ATTRIBUTES_S),
    ['t' - 'a'] = PEN_WORDS(ATTRIBUTES_T), ['v' - 'a'] = PEN_WORDS(ATTRIBUTES_V),
    ['w' - 'a'] = PEN_WORDS(ATTRIBUTES_W), ['x' - 'a'] = PEN_WORDS(ATTRIBUTES_X),
};

/* By the first letter: most names are none of a framework's. */
static bool is_framework(const struct pen_html_name *name)
{
    switch (name->text[0]) {
    case '@':
    case ':':
    case '(':
    case '[':
    case '_':
        return true;
    case '*':
        return pen_html_name_starts(name, "*ng");
    case 'b':
        return pen_html_name_starts(name, "bind:");
    case 'd':
        return pen_html_name_starts(name, "data-ng-") || pen_html_name_starts(name, "data-bind");
    case 'h':
        return pen_html_name_starts(name, "hx-on");
    case 'n':
        return pen_html_name_starts(name, "ng-");
    case 'o':
        return pen_html_name_starts(name, "on:");
    case 'v':
    case 'x':
        return name->text[1] == '-';
    case 'w':
        return pen_html_name_starts(name, "wire:");
    default:
        return false;
    }
}

struct pen_xss_meaning pen_xss_meaning_of(const struct pen_html_name *name)
{
    /* A quote or sign before the name is part of it, but not for readers of old. */
    size_t lead = 0;
    while (lead < 3 && !pen_is_alpha(name->text[lead]) && name->text[lead] != '\0'
           && strchr("\"'`.\\,;", name->text[lead]) != NULL) {
        lead++;
    }
    const char *const word = name->text + lead;
    if (word[0] == 'o' && word[1] == 'n' && pen_is_alpha(word[2])) {
        struct pen_html_name bare = *name;
        if (lead > 0) memmove(bare.text, word, sizeof(bare.text) - lead);
        bare.length -= lead;
        return (struct pen_xss_meaning){.kind = handler(&bare)};
    }
    const struct pen_word *const known =
        name->length < PEN_HTML_NAME ? pen_word_find(attributes, name->text, name->length, false)
                                     : NULL;
    if (known != NULL) return meanings[known->kind];
    if (pen_html_name_starts(name, "aria-")) {
        return (struct pen_xss_meaning){.kind = PEN_XSS_ATTRIBUTE_TEXT};
    }
    return (struct pen_xss_meaning){.kind = is_framework(name) ? PEN_XSS_ATTRIBUTE_FRAMEWORK
                                                               : PEN_XSS_ATTRIBUTE_OTHER};
}

bool pen_xss_ends_raw(const struct pen_html_name *name)
{
    static const char *const names[] = {"script", "style",   "textarea", "title",
                                        "xmp",    "noembed", "noframes", "noscript",
                                        "iframe", "select",  "comment",  "template"};
    return is_listed(name->text, names, PEN_COUNT_OF(names));
}
