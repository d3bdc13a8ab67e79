/** JavaScript's words that attacks end in, and those that begin statements. */
#include "filters/xss_words.h"

#include <string.h>

#include "filters/core/str.h"

enum pen_js_word pen_js_word_of(const char *word)
{
    static const struct {
        const char *word;
        enum pen_js_word kind;
    } words[] = {
        {"alert", PEN_JS_WORD_SINK},
        {"confirm", PEN_JS_WORD_SINK},
        {"prompt", PEN_JS_WORD_SINK},
        {"eval", PEN_JS_WORD_SINK},
        {"execscript", PEN_JS_WORD_SINK},
        {"settimeout", PEN_JS_WORD_METHOD},
        {"setinterval", PEN_JS_WORD_METHOD},
        {"setimmediate", PEN_JS_WORD_METHOD},
        {"fetch", PEN_JS_WORD_METHOD},
        {"import", PEN_JS_WORD_METHOD},
        {"importscripts", PEN_JS_WORD_METHOD},
        {"atob", PEN_JS_WORD_METHOD},
        {"fromcharcode", PEN_JS_WORD_METHOD},
        {"fromcodepoint", PEN_JS_WORD_METHOD},
        {"sendbeacon", PEN_JS_WORD_METHOD},
        {"xmlhttprequest", PEN_JS_WORD_METHOD},
        {"websocket", PEN_JS_WORD_METHOD},
        {"eventsource", PEN_JS_WORD_METHOD},
        {"getscript", PEN_JS_WORD_METHOD},
        {"write", PEN_JS_WORD_WRITER},
        {"writeln", PEN_JS_WORD_WRITER},
        {"insertadjacenthtml", PEN_JS_WORD_METHOD},
        {"createcontextualfragment", PEN_JS_WORD_METHOD},
        {"showmodaldialog", PEN_JS_WORD_METHOD},
        {"unescape", PEN_JS_WORD_METHOD},
        {"decodeuricomponent", PEN_JS_WORD_METHOD},
        {"postmessage", PEN_JS_WORD_METHOD},
        {"msgbox", PEN_JS_WORD_SINK},
        {"mssetimmediate", PEN_JS_WORD_METHOD},
        {"window", PEN_JS_WORD_WINDOW},
        {"self", PEN_JS_WORD_WINDOW},
        {"top", PEN_JS_WORD_WINDOW},
        {"parent", PEN_JS_WORD_WINDOW},
        {"frames", PEN_JS_WORD_WINDOW},
        {"globalthis", PEN_JS_WORD_WINDOW},
        {"this", PEN_JS_WORD_WINDOW},
        {"opener", PEN_JS_WORD_WINDOW},
        {"content", PEN_JS_WORD_WINDOW},
        {"document", PEN_JS_WORD_PAGE},
        {"cookie", PEN_JS_WORD_SECRET},
        {"localstorage", PEN_JS_WORD_SECRET},
        {"sessionstorage", PEN_JS_WORD_SECRET},
        {"indexeddb", PEN_JS_WORD_SECRET},
        {"location", PEN_JS_WORD_PLACE},
        {"innerhtml", PEN_JS_WORD_PLACE},
        {"outerhtml", PEN_JS_WORD_PLACE},
        {"srcdoc", PEN_JS_WORD_PLACE},
        {"domain", PEN_JS_WORD_PLACE},
        {"onerror", PEN_JS_WORD_PLACE},
        {"constructor", PEN_JS_WORD_MAKER},
        {"__proto__", PEN_JS_WORD_MAKER},
        {"call", PEN_JS_WORD_BINDER},
        {"apply", PEN_JS_WORD_BINDER},
        {"bind", PEN_JS_WORD_BINDER},
        {"var", PEN_JS_WORD_KEYWORD},
        {"let", PEN_JS_WORD_KEYWORD},
        {"const", PEN_JS_WORD_KEYWORD},
        {"if", PEN_JS_WORD_KEYWORD},
        {"for", PEN_JS_WORD_KEYWORD},
        {"while", PEN_JS_WORD_KEYWORD},
        {"with", PEN_JS_WORD_KEYWORD},
        {"new", PEN_JS_WORD_KEYWORD},
        {"function", PEN_JS_WORD_KEYWORD},
        {"throw", PEN_JS_WORD_KEYWORD},
        {"return", PEN_JS_WORD_KEYWORD},
        {"delete", PEN_JS_WORD_KEYWORD},
        {"void", PEN_JS_WORD_KEYWORD},
        {"typeof", PEN_JS_WORD_KEYWORD},
        {"try", PEN_JS_WORD_KEYWORD},
        {"do", PEN_JS_WORD_KEYWORD},
        {"class", PEN_JS_WORD_KEYWORD},
        {"async", PEN_JS_WORD_KEYWORD},
        {"await", PEN_JS_WORD_KEYWORD},
        {"switch", PEN_JS_WORD_KEYWORD},
    };
    for (size_t i = 0; i < PEN_COUNT_OF(words); i++) {
        if (word[0] == words[i].word[0] && strcmp(word, words[i].word) == 0) return words[i].kind;
    }
    return PEN_JS_WORD_OTHER;
}
