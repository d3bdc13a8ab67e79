/** Tables in order, searched by halves: a text may be nothing but names. */
#include "filters/xss_names.h"

#include <string.h>

static bool is_listed(const char *word, const char *const *list, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (word[0] == list[i][0] && strcmp(word, list[i]) == 0) return true;
    }
    return false;
}

struct element {
    const char *name;
    enum pen_xss_element element;
};

/* In the order of strcmp, for a search by halves. */
static const struct element elements[] = {
    {"a", PEN_XSS_ELEMENT_ACTIVE},
    {"animate", PEN_XSS_ELEMENT_ANIMATE},
    {"animatecolor", PEN_XSS_ELEMENT_ANIMATE},
    {"animatemotion", PEN_XSS_ELEMENT_ANIMATE},
    {"animatetransform", PEN_XSS_ELEMENT_ANIMATE},
    {"applet", PEN_XSS_ELEMENT_OLD},
    {"audio", PEN_XSS_ELEMENT_ACTIVE},
    {"base", PEN_XSS_ELEMENT_BASE},
    {"bgsound", PEN_XSS_ELEMENT_ACTIVE},
    {"body", PEN_XSS_ELEMENT_ACTIVE},
    {"button", PEN_XSS_ELEMENT_ACTIVE},
    {"details", PEN_XSS_ELEMENT_ACTIVE},
    {"div", PEN_XSS_ELEMENT_ACTIVE},
    {"embed", PEN_XSS_ELEMENT_EMBED},
    {"feimage", PEN_XSS_ELEMENT_USE},
    {"fencedframe", PEN_XSS_ELEMENT_EMBED},
    {"form", PEN_XSS_ELEMENT_ACTIVE},
    {"frame", PEN_XSS_ELEMENT_EMBED},
    {"frameset", PEN_XSS_ELEMENT_ACTIVE},
    {"h1", PEN_XSS_ELEMENT_ACTIVE},
    {"html", PEN_XSS_ELEMENT_ACTIVE},
    {"iframe", PEN_XSS_ELEMENT_EMBED},
    {"ilayer", PEN_XSS_ELEMENT_OLD},
    {"image", PEN_XSS_ELEMENT_ACTIVE},
    {"img", PEN_XSS_ELEMENT_ACTIVE},
    {"import", PEN_XSS_ELEMENT_OLD},
    {"input", PEN_XSS_ELEMENT_ACTIVE},
    {"isindex", PEN_XSS_ELEMENT_ACTIVE},
    {"layer", PEN_XSS_ELEMENT_OLD},
    {"link", PEN_XSS_ELEMENT_LINK},
    {"marquee", PEN_XSS_ELEMENT_ACTIVE},
    {"math", PEN_XSS_ELEMENT_MATH},
    {"meta", PEN_XSS_ELEMENT_META},
    {"object", PEN_XSS_ELEMENT_EMBED},
    {"param", PEN_XSS_ELEMENT_PARAM},
    {"portal", PEN_XSS_ELEMENT_EMBED},
    {"script", PEN_XSS_ELEMENT_SCRIPT},
    {"set", PEN_XSS_ELEMENT_ANIMATE},
    {"style", PEN_XSS_ELEMENT_STYLE},
    {"svg", PEN_XSS_ELEMENT_ACTIVE},
    {"t:animate", PEN_XSS_ELEMENT_ANIMATE},
    {"t:set", PEN_XSS_ELEMENT_ANIMATE},
    {"table", PEN_XSS_ELEMENT_ACTIVE},
    {"template", PEN_XSS_ELEMENT_ACTIVE},
    {"use", PEN_XSS_ELEMENT_USE},
    {"video", PEN_XSS_ELEMENT_ACTIVE},
    {"xml", PEN_XSS_ELEMENT_OLD},
};

static enum pen_xss_element find_element(const char *name)
{
    size_t low = 0;
    size_t high = PEN_COUNT_OF(elements);
    while (low < high) {
        const size_t middle = (low + high) / 2;
        const int order = pen_html_name_order(name, elements[middle].name);
        if (order == 0) return elements[middle].element;
        if (order < 0) {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    return PEN_XSS_ELEMENT_OTHER;
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
    const enum pen_xss_element found = find_element(word);
    if (found != PEN_XSS_ELEMENT_OTHER) return found;
    const size_t colon = pen_str_find(pen_str_from_c(word), ':', 0);
    if (word[0] != '\0' && word[colon] == ':' && strcmp(word + colon + 1, "script") == 0) {
        return PEN_XSS_ELEMENT_SCRIPT; /* XHTML's in a name space of its own */
    }
    /* "scr\\0ipt", "scr%00ipt": the escape is undone by somebody. */
    char plain[PEN_HTML_NAME];
    if (strpbrk(word, "\\%") != NULL && strcmp(without_escapes(word, plain), "script") == 0) {
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
static const char *const events[] = {
    "abort", "activate", "afterprint", "afterscriptexecute", "afterupdate", "animationcancel",
    "animationend", "animationiteration", "animationstart", "auxclick", "beforeactivate",
    "beforecopy", "beforecut", "beforedeactivate", "beforeeditfocus", "beforeinput", "beforematch",
    "beforepaste", "beforeprint", "beforescriptexecute", "beforetoggle", "beforeunload",
    "beforeupdate", "begin", "blur", "bounce", "cancel", "canplay", "canplaythrough", "cellchange",
    "change", "click", "close", "command", "contentvisibilityauto", "contextmenu", "controlselect",
    "copy", "cuechange", "cut", "dataavailable", "datasetchanged", "datasetcomplete", "dblclick",
    "deactivate", "drag", "dragend", "dragenter", "dragexit", "dragleave", "dragover", "dragstart",
    "drop", "durationchange", "emptied", "end", "ended", "error", "errorupdate", "filterchange",
    "finish", "focus", "focusin", "focusout", "formchange", "formdata", "forminput",
    "fullscreenchange", "gotpointercapture", "hashchange", "help", "input", "invalid", "keydown",
    "keypress", "keyup", "layoutcomplete", "load", "loadeddata", "loadedmetadata", "loadend",
    "loadstart", "losecapture", "lostpointercapture", "message", "mousedown", "mouseenter",
    "mouseleave", "mousemove", "mouseout", "mouseover", "mouseup", "mousewheel", "move", "moveend",
    "movestart", "offline", "online", "pagehide", "pagereveal", "pageshow", "pageswap", "paste",
    "pause", "play", "playing", "pointercancel", "pointerdown", "pointerenter", "pointerleave",
    "pointermove", "pointerout", "pointerover", "pointerrawupdate", "pointerup", "popstate",
    "progress", "propertychange", "ratechange", "readystatechange", "repeat", "reset", "resize",
    "resizeend", "resizestart", "rowdelete", "rowenter", "rowexit", "rowinserted", "rowsdelete",
    "rowsinserted", "scroll", "scrollend", "scrollsnapchange", "search", "securitypolicyviolation",
    "seeked", "seeking", "select", "selectionchange", "selectstart", "show", "slotchange",
    "stalled", "start", "stop", "storage", "submit", "suspend", "timeerror", "timeupdate", "toggle",
    "touchcancel", "touchend", "touchmove", "touchstart", "transitioncancel", "transitionend",
    "transitionrun", "transitionstart", "unhandledrejection", "unload", "volumechange", "waiting",
    "webkitanimationend", "webkitmouseforcedown", "webkitplaybacktargetavailabilitychanged",
    "webkittransitionend", "wheel", "zoom",
};
/* clang-format on */

/* Is it the first `length` letters of the word? */
static bool is_event(const char *word, size_t length)
{
    size_t low = 0;
    size_t high = PEN_COUNT_OF(events);
    while (low < high) {
        const size_t middle = (low + high) / 2;
        const int first = word[0] - events[middle][0];
        const int order = first != 0 ? first : strncmp(word, events[middle], length);
        if (order == 0 && events[middle][length] == '\0') return true;
        /* A longer event that begins so stands behind the word itself. */
        if (order <= 0) {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    return false;
}

static enum pen_xss_attribute handler(const struct pen_html_name *name)
{
    const char *const event = name->text + 2;
    size_t letters = 0;
    while (pen_is_alpha(event[letters])) {
        letters++;
    }
    if (event[letters] == '\0' && name->length < PEN_HTML_NAME) {
        if (letters < 3) return PEN_XSS_ATTRIBUTE_OTHER;
        return is_event(event, letters) ? PEN_XSS_ATTRIBUTE_EVENT : PEN_XSS_ATTRIBUTE_ON;
    }
    /* "onerror\x0c", "onload!": old readers cut the name there. */
    if (event[letters] == '-' || event[letters] == '_' || letters < 3) {
        return PEN_XSS_ATTRIBUTE_OTHER;
    }
    const bool known = event[letters] != '\0' && is_event(event, letters);
    return known ? PEN_XSS_ATTRIBUTE_EVENT : PEN_XSS_ATTRIBUTE_ON;
}

struct known {
    const char *name;
    struct pen_xss_meaning meaning;
};

/* In the order of strcmp, for a search by halves. */
static const struct known attributes[] = {
    {"abbr", {PEN_XSS_ATTRIBUTE_TEXT, PEN_XSS_ROLE_NONE}},
    {"action", {PEN_XSS_ATTRIBUTE_URL, PEN_XSS_ROLE_NONE}},
    {"allow", {PEN_XSS_ATTRIBUTE_OTHER, PEN_XSS_ROLE_SIZE}},
    {"allowfullscreen", {PEN_XSS_ATTRIBUTE_OTHER, PEN_XSS_ROLE_SIZE}},
    {"allowscriptaccess", {PEN_XSS_ATTRIBUTE_OTHER, PEN_XSS_ROLE_PLUGIN}},
    {"alt", {PEN_XSS_ATTRIBUTE_TEXT, PEN_XSS_ROLE_NONE}},
    {"archive", {PEN_XSS_ATTRIBUTE_URL, PEN_XSS_ROLE_NONE}},
    {"attributename", {PEN_XSS_ATTRIBUTE_OTHER, PEN_XSS_ROLE_ATTRIBUTE_NAME}},
    {"background", {PEN_XSS_ATTRIBUTE_URL, PEN_XSS_ROLE_SOURCE}},
    {"by", {PEN_XSS_ATTRIBUTE_URL, PEN_XSS_ROLE_NONE}},
    {"charset", {PEN_XSS_ATTRIBUTE_OTHER, PEN_XSS_ROLE_CHARSET}},
    {"cite", {PEN_XSS_ATTRIBUTE_URL, PEN_XSS_ROLE_NONE}},
    {"class", {PEN_XSS_ATTRIBUTE_TEXT, PEN_XSS_ROLE_NONE}},
    {"classid", {PEN_XSS_ATTRIBUTE_URL, PEN_XSS_ROLE_PLUGIN}},
    {"code", {PEN_XSS_ATTRIBUTE_URL, PEN_XSS_ROLE_SOURCE}},
    {"codebase", {PEN_XSS_ATTRIBUTE_URL, PEN_XSS_ROLE_NONE}},
    {"content", {PEN_XSS_ATTRIBUTE_TEXT, PEN_XSS_ROLE_CONTENT}},
    {"data", {PEN_XSS_ATTRIBUTE_URL, PEN_XSS_ROLE_SOURCE}},
    {"dataformatas", {PEN_XSS_ATTRIBUTE_OTHER, PEN_XSS_ROLE_FORMAT}},
    {"description", {PEN_XSS_ATTRIBUTE_TEXT, PEN_XSS_ROLE_NONE}},
    {"dynsrc", {PEN_XSS_ATTRIBUTE_URL, PEN_XSS_ROLE_NONE}},
    {"ev:handler", {PEN_XSS_ATTRIBUTE_URL, PEN_XSS_ROLE_HANDLER}},
    {"expr", {PEN_XSS_ATTRIBUTE_FRAMEWORK, PEN_XSS_ROLE_NONE}},
    {"folder", {PEN_XSS_ATTRIBUTE_URL, PEN_XSS_ROLE_NONE}},
    {"formaction", {PEN_XSS_ATTRIBUTE_URL, PEN_XSS_ROLE_NONE}},
    {"from", {PEN_XSS_ATTRIBUTE_URL, PEN_XSS_ROLE_NONE}},
    {"handler", {PEN_XSS_ATTRIBUTE_URL, PEN_XSS_ROLE_HANDLER}},
    {"height", {PEN_XSS_ATTRIBUTE_OTHER, PEN_XSS_ROLE_SIZE}},
    {"href", {PEN_XSS_ATTRIBUTE_URL, PEN_XSS_ROLE_SOURCE}},
    {"http-equiv", {PEN_XSS_ATTRIBUTE_OTHER, PEN_XSS_ROLE_HTTP_EQUIV}},
    {"id", {PEN_XSS_ATTRIBUTE_TEXT, PEN_XSS_ROLE_NONE}},
    {"implementation", {PEN_XSS_ATTRIBUTE_URL, PEN_XSS_ROLE_PLUGIN}},
    {"label", {PEN_XSS_ATTRIBUTE_TEXT, PEN_XSS_ROLE_NONE}},
    {"lang", {PEN_XSS_ATTRIBUTE_TEXT, PEN_XSS_ROLE_NONE}},
    {"loading", {PEN_XSS_ATTRIBUTE_OTHER, PEN_XSS_ROLE_SIZE}},
    {"longdesc", {PEN_XSS_ATTRIBUTE_URL, PEN_XSS_ROLE_NONE}},
    {"lowsrc", {PEN_XSS_ATTRIBUTE_URL, PEN_XSS_ROLE_NONE}},
    {"manifest", {PEN_XSS_ATTRIBUTE_URL, PEN_XSS_ROLE_NONE}},
    {"name", {PEN_XSS_ATTRIBUTE_TEXT, PEN_XSS_ROLE_NONE}},
    {"ping", {PEN_XSS_ATTRIBUTE_URL, PEN_XSS_ROLE_NONE}},
    {"placeholder", {PEN_XSS_ATTRIBUTE_TEXT, PEN_XSS_ROLE_NONE}},
    {"poster", {PEN_XSS_ATTRIBUTE_URL, PEN_XSS_ROLE_NONE}},
    {"profile", {PEN_XSS_ATTRIBUTE_URL, PEN_XSS_ROLE_NONE}},
    {"rel", {PEN_XSS_ATTRIBUTE_OTHER, PEN_XSS_ROLE_REL}},
    {"sandbox", {PEN_XSS_ATTRIBUTE_OTHER, PEN_XSS_ROLE_SIZE}},
    {"src", {PEN_XSS_ATTRIBUTE_URL, PEN_XSS_ROLE_SOURCE}},
    {"srcdoc", {PEN_XSS_ATTRIBUTE_SRCDOC, PEN_XSS_ROLE_NONE}},
    {"srcset", {PEN_XSS_ATTRIBUTE_URL, PEN_XSS_ROLE_NONE}},
    {"style", {PEN_XSS_ATTRIBUTE_STYLE, PEN_XSS_ROLE_NONE}},
    {"summary", {PEN_XSS_ATTRIBUTE_TEXT, PEN_XSS_ROLE_NONE}},
    {"text", {PEN_XSS_ATTRIBUTE_TEXT, PEN_XSS_ROLE_NONE}},
    {"title", {PEN_XSS_ATTRIBUTE_TEXT, PEN_XSS_ROLE_NONE}},
    {"to", {PEN_XSS_ATTRIBUTE_URL, PEN_XSS_ROLE_NONE}},
    {"type", {PEN_XSS_ATTRIBUTE_OTHER, PEN_XSS_ROLE_TYPE}},
    {"value", {PEN_XSS_ATTRIBUTE_TEXT, PEN_XSS_ROLE_NONE}},
    {"values", {PEN_XSS_ATTRIBUTE_URL, PEN_XSS_ROLE_NONE}},
    {"width", {PEN_XSS_ATTRIBUTE_OTHER, PEN_XSS_ROLE_SIZE}},
    {"x:href", {PEN_XSS_ATTRIBUTE_OTHER, PEN_XSS_ROLE_SOURCE}},
    {"xlink:href", {PEN_XSS_ATTRIBUTE_URL, PEN_XSS_ROLE_SOURCE}},
    {"xmlns", {PEN_XSS_ATTRIBUTE_OTHER, PEN_XSS_ROLE_NAMESPACE}},
};

static const struct known *find_attribute(const char *name)
{
    size_t low = 0;
    size_t high = PEN_COUNT_OF(attributes);
    while (low < high) {
        const size_t middle = (low + high) / 2;
        const int order = pen_html_name_order(name, attributes[middle].name);
        if (order == 0) return &attributes[middle];
        if (order < 0) {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    return NULL;
}

static bool is_framework(const struct pen_html_name *name)
{
    static const char *const prefixes[] = {"ng-",       "data-ng-", "x-ng-", "v-",  "x-",   "hx-on",
                                           "data-bind", "wire:",    "on:",   "*ng", "bind:"};
    if (memchr("@:([_", name->text[0], 5) != NULL) return true;
    for (size_t i = 0; i < PEN_COUNT_OF(prefixes); i++) {
        if (name->text[0] == prefixes[i][0] && pen_html_name_starts(name, prefixes[i])) return true;
    }
    return false;
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
    const struct known *const known =
        name->length < PEN_HTML_NAME ? find_attribute(name->text) : NULL;
    if (known != NULL) return known->meaning;
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
