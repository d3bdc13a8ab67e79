/** Short tables, searched in order; only names of tags that the text has come here. */
#include "filters/xss_names.h"

#include <string.h>

static bool is_listed(const char *word, const char *const *list, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (strcmp(word, list[i]) == 0) return true;
    }
    return false;
}

enum pen_xss_element pen_xss_element_of(const struct pen_html_name *name)
{
    static const struct {
        const char *name;
        enum pen_xss_element element;
    } elements[] = {
        {"script", PEN_XSS_ELEMENT_SCRIPT},
        {"style", PEN_XSS_ELEMENT_STYLE},
        {"iframe", PEN_XSS_ELEMENT_EMBED},
        {"frame", PEN_XSS_ELEMENT_EMBED},
        {"object", PEN_XSS_ELEMENT_EMBED},
        {"embed", PEN_XSS_ELEMENT_EMBED},
        {"applet", PEN_XSS_ELEMENT_OLD},
        {"layer", PEN_XSS_ELEMENT_OLD},
        {"ilayer", PEN_XSS_ELEMENT_OLD},
        {"import", PEN_XSS_ELEMENT_OLD},
        {"portal", PEN_XSS_ELEMENT_EMBED},
        {"fencedframe", PEN_XSS_ELEMENT_EMBED},
        {"animate", PEN_XSS_ELEMENT_ANIMATE},
        {"set", PEN_XSS_ELEMENT_ANIMATE},
        {"animatetransform", PEN_XSS_ELEMENT_ANIMATE},
        {"animatemotion", PEN_XSS_ELEMENT_ANIMATE},
        {"animatecolor", PEN_XSS_ELEMENT_ANIMATE},
        {"t:set", PEN_XSS_ELEMENT_ANIMATE},
        {"t:animate", PEN_XSS_ELEMENT_ANIMATE},
        {"use", PEN_XSS_ELEMENT_USE},
        {"feimage", PEN_XSS_ELEMENT_USE},
        {"base", PEN_XSS_ELEMENT_BASE},
        {"meta", PEN_XSS_ELEMENT_META},
        {"link", PEN_XSS_ELEMENT_LINK},
        {"param", PEN_XSS_ELEMENT_PARAM},
        {"frameset", PEN_XSS_ELEMENT_ACTIVE},
        {"svg", PEN_XSS_ELEMENT_ACTIVE},
        {"math", PEN_XSS_ELEMENT_ACTIVE},
        {"form", PEN_XSS_ELEMENT_ACTIVE},
        {"input", PEN_XSS_ELEMENT_ACTIVE},
        {"button", PEN_XSS_ELEMENT_ACTIVE},
        {"isindex", PEN_XSS_ELEMENT_ACTIVE},
        {"img", PEN_XSS_ELEMENT_ACTIVE},
        {"image", PEN_XSS_ELEMENT_ACTIVE},
        {"video", PEN_XSS_ELEMENT_ACTIVE},
        {"audio", PEN_XSS_ELEMENT_ACTIVE},
        {"body", PEN_XSS_ELEMENT_ACTIVE},
        {"html", PEN_XSS_ELEMENT_ACTIVE},
        {"details", PEN_XSS_ELEMENT_ACTIVE},
        {"marquee", PEN_XSS_ELEMENT_ACTIVE},
        {"a", PEN_XSS_ELEMENT_ACTIVE},
        {"xml", PEN_XSS_ELEMENT_OLD},
        {"template", PEN_XSS_ELEMENT_ACTIVE},
        {"h1", PEN_XSS_ELEMENT_ACTIVE},
        {"div", PEN_XSS_ELEMENT_ACTIVE},
        {"bgsound", PEN_XSS_ELEMENT_ACTIVE},
        {"table", PEN_XSS_ELEMENT_ACTIVE},
    };
    const char *word = name->text;
    if (name->length >= PEN_HTML_NAME) word = "";
    if (pen_html_name_starts(name, "svg:")) word += 4;
    if (pen_html_name_starts(name, "html:")) word += 5;
    for (size_t i = 0; i < PEN_COUNT_OF(elements); i++) {
        if (strcmp(word, elements[i].name) == 0) return elements[i].element;
    }
    const size_t colon = pen_str_find(pen_str_from_c(word), ':', 0);
    if (word[0] != '\0' && word[colon] == ':' && strcmp(word + colon + 1, "script") == 0) {
        return PEN_XSS_ELEMENT_SCRIPT; /* XHTML's in a name space of its own */
    }
    /* "script~", "script\x0a": what is dropped from it differs between readers. */
    const bool odd = pen_html_name_starts(name, "script") && name->length > 6
                     && !pen_is_alpha(name->text[6]) && name->text[6] != '-' && name->text[6] != '_'
                     && name->text[6] != ':' && name->text[6] != '.';
    return odd ? PEN_XSS_ELEMENT_SCRIPT : PEN_XSS_ELEMENT_OTHER;
}

/* Handlers of HTML, SVG and old browsers, without "on". (WHATWG 8.1.8.2, MDN, html5sec.org) */
static const char *const events[] = {
    "abort",
    "activate",
    "afterprint",
    "afterscriptexecute",
    "afterupdate",
    "animationcancel",
    "animationend",
    "animationiteration",
    "animationstart",
    "auxclick",
    "beforeactivate",
    "beforecopy",
    "beforecut",
    "beforedeactivate",
    "beforeeditfocus",
    "beforeinput",
    "beforematch",
    "beforepaste",
    "beforeprint",
    "beforescriptexecute",
    "beforetoggle",
    "beforeunload",
    "beforeupdate",
    "begin",
    "blur",
    "bounce",
    "cancel",
    "canplay",
    "canplaythrough",
    "cellchange",
    "change",
    "click",
    "close",
    "command",
    "contentvisibilityauto",
    "contextmenu",
    "controlselect",
    "copy",
    "cuechange",
    "cut",
    "dataavailable",
    "datasetchanged",
    "datasetcomplete",
    "dblclick",
    "deactivate",
    "drag",
    "dragend",
    "dragenter",
    "dragexit",
    "dragleave",
    "dragover",
    "dragstart",
    "drop",
    "durationchange",
    "emptied",
    "end",
    "ended",
    "error",
    "errorupdate",
    "filterchange",
    "finish",
    "focus",
    "focusin",
    "focusout",
    "formchange",
    "forminput",
    "formdata",
    "fullscreenchange",
    "gotpointercapture",
    "hashchange",
    "help",
    "input",
    "invalid",
    "keydown",
    "keypress",
    "keyup",
    "layoutcomplete",
    "load",
    "loadeddata",
    "loadedmetadata",
    "loadend",
    "loadstart",
    "losecapture",
    "lostpointercapture",
    "message",
    "mousedown",
    "mouseenter",
    "mouseleave",
    "mousemove",
    "mouseout",
    "mouseover",
    "mouseup",
    "mousewheel",
    "move",
    "moveend",
    "movestart",
    "offline",
    "online",
    "pagehide",
    "pagereveal",
    "pageshow",
    "pageswap",
    "paste",
    "pause",
    "play",
    "playing",
    "pointercancel",
    "pointerdown",
    "pointerenter",
    "pointerleave",
    "pointermove",
    "pointerout",
    "pointerover",
    "pointerrawupdate",
    "pointerup",
    "popstate",
    "progress",
    "propertychange",
    "ratechange",
    "readystatechange",
    "repeat",
    "reset",
    "resize",
    "resizeend",
    "resizestart",
    "rowdelete",
    "rowenter",
    "rowexit",
    "rowinserted",
    "rowsdelete",
    "rowsinserted",
    "scroll",
    "scrollend",
    "scrollsnapchange",
    "search",
    "securitypolicyviolation",
    "seeked",
    "seeking",
    "select",
    "selectionchange",
    "selectstart",
    "show",
    "slotchange",
    "stalled",
    "start",
    "stop",
    "storage",
    "submit",
    "suspend",
    "timeupdate",
    "timeerror",
    "toggle",
    "touchcancel",
    "touchend",
    "touchmove",
    "touchstart",
    "transitioncancel",
    "transitionend",
    "transitionrun",
    "transitionstart",
    "unload",
    "unhandledrejection",
    "volumechange",
    "waiting",
    "webkitanimationend",
    "webkitmouseforcedown",
    "webkittransitionend",
    "webkitplaybacktargetavailabilitychanged",
    "wheel",
    "zoom",
};

static enum pen_xss_attribute handler(const struct pen_html_name *name)
{
    const char *const event = name->text + 2;
    size_t letters = 0;
    while (pen_is_alpha(event[letters])) {
        letters++;
    }
    if (event[letters] == '\0' && name->length < PEN_HTML_NAME) {
        return is_listed(event, events, PEN_COUNT_OF(events)) ? PEN_XSS_ATTRIBUTE_EVENT
               : letters > 2                                  ? PEN_XSS_ATTRIBUTE_ON
                                                              : PEN_XSS_ATTRIBUTE_OTHER;
    }
    /* "onerror\x0c", "onload!": old readers cut the name there. */
    if (event[letters] == '-' || event[letters] == '_' || letters < 3) {
        return PEN_XSS_ATTRIBUTE_OTHER;
    }
    for (size_t i = 0; i < PEN_COUNT_OF(events); i++) {
        if (strlen(events[i]) == letters && strncmp(event, events[i], letters) == 0) {
            return event[letters] == '\0' ? PEN_XSS_ATTRIBUTE_ON : PEN_XSS_ATTRIBUTE_EVENT;
        }
    }
    return PEN_XSS_ATTRIBUTE_ON;
}

enum pen_xss_attribute pen_xss_attribute_of(const struct pen_html_name *name)
{
    static const char *const urls[] = {
        "href",   "src",      "action",  "formaction", "data",    "xlink:href",     "background",
        "lowsrc", "dynsrc",   "poster",  "ping",       "code",    "codebase",       "cite",
        "from",   "to",       "values",  "by",         "folder",  "handler",        "manifest",
        "srcset", "longdesc", "profile", "classid",    "archive", "implementation",
    };
    static const char *const texts[] = {"alt",  "title", "placeholder", "label",   "class",
                                        "name", "id",    "value",       "content", "summary",
                                        "abbr", "lang",  "description", "text"};
    static const char *const prefixes[] = {"ng-", "data-ng-", "x-ng-",     "v-",    "@",   "x-",
                                           ":",   "hx-on",    "data-bind", "wire:", "on:", "(",
                                           "*ng", "[",        "_",         "bind:"};
    const char *const word = name->length < PEN_HTML_NAME ? name->text : "";
    /* A quote or sign before the name is part of it, but not for readers of old. */
    size_t lead = 0;
    while (lead < 3 && name->text[lead] != '\0' && strchr("\"'`.\\,;", name->text[lead]) != NULL) {
        lead++;
    }
    if (lead > 0 && strncmp(name->text + lead, "on", 2) == 0 && name->length < PEN_HTML_NAME) {
        struct pen_html_name bare;
        pen_html_name_read(pen_str_from_c(name->text + lead), &bare);
        return pen_xss_attribute_of(&bare);
    }
    if (name->text[0] == 'o' && name->text[1] == 'n' && pen_is_alpha(name->text[2])) {
        return handler(name);
    }
    if (strcmp(word, "style") == 0) return PEN_XSS_ATTRIBUTE_STYLE;
    if (strcmp(word, "srcdoc") == 0) return PEN_XSS_ATTRIBUTE_SRCDOC;
    if (is_listed(word, urls, PEN_COUNT_OF(urls))) return PEN_XSS_ATTRIBUTE_URL;
    if (is_listed(word, texts, PEN_COUNT_OF(texts)) || pen_html_name_starts(name, "aria-")) {
        return PEN_XSS_ATTRIBUTE_TEXT;
    }
    for (size_t i = 0; i < PEN_COUNT_OF(prefixes); i++) {
        if (pen_html_name_starts(name, prefixes[i])) return PEN_XSS_ATTRIBUTE_FRAMEWORK;
    }
    return PEN_XSS_ATTRIBUTE_OTHER;
}

bool pen_xss_ends_raw(const struct pen_html_name *name)
{
    static const char *const names[] = {"script", "style",   "textarea", "title",
                                        "xmp",    "noembed", "noframes", "noscript",
                                        "iframe", "select",  "comment",  "template"};
    return is_listed(name->text, names, PEN_COUNT_OF(names));
}
