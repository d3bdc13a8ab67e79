/** JavaScript's words that attacks end in, and those that begin statements. */
#include "filters/xss_words.h"

#include <string.h>

#include "filters/html_text.h"

struct word {
    const char *word;
    enum pen_js_word kind;
};

/* In the order of strcmp, for a search by halves. */
static const struct word words[] = {
    {"__proto__", PEN_JS_WORD_MAKER},
    {"alert", PEN_JS_WORD_SINK},
    {"apply", PEN_JS_WORD_BINDER},
    {"async", PEN_JS_WORD_KEYWORD},
    {"atob", PEN_JS_WORD_METHOD},
    {"await", PEN_JS_WORD_KEYWORD},
    {"bind", PEN_JS_WORD_BINDER},
    {"call", PEN_JS_WORD_BINDER},
    {"class", PEN_JS_WORD_KEYWORD},
    {"confirm", PEN_JS_WORD_SINK},
    {"const", PEN_JS_WORD_KEYWORD},
    {"constructor", PEN_JS_WORD_MAKER},
    {"content", PEN_JS_WORD_WINDOW},
    {"cookie", PEN_JS_WORD_SECRET},
    {"createcontextualfragment", PEN_JS_WORD_METHOD},
    {"decodeuricomponent", PEN_JS_WORD_METHOD},
    {"delete", PEN_JS_WORD_KEYWORD},
    {"do", PEN_JS_WORD_KEYWORD},
    {"document", PEN_JS_WORD_PAGE},
    {"domain", PEN_JS_WORD_PLACE},
    {"eval", PEN_JS_WORD_SINK},
    {"eventsource", PEN_JS_WORD_METHOD},
    {"execscript", PEN_JS_WORD_SINK},
    {"fetch", PEN_JS_WORD_METHOD},
    {"for", PEN_JS_WORD_KEYWORD},
    {"frames", PEN_JS_WORD_WINDOW},
    {"fromcharcode", PEN_JS_WORD_METHOD},
    {"fromcodepoint", PEN_JS_WORD_METHOD},
    {"function", PEN_JS_WORD_KEYWORD},
    {"getscript", PEN_JS_WORD_METHOD},
    {"globalthis", PEN_JS_WORD_WINDOW},
    {"if", PEN_JS_WORD_KEYWORD},
    {"import", PEN_JS_WORD_METHOD},
    {"importscripts", PEN_JS_WORD_METHOD},
    {"indexeddb", PEN_JS_WORD_SECRET},
    {"innerhtml", PEN_JS_WORD_PLACE},
    {"insertadjacenthtml", PEN_JS_WORD_METHOD},
    {"let", PEN_JS_WORD_KEYWORD},
    {"localstorage", PEN_JS_WORD_SECRET},
    {"location", PEN_JS_WORD_PLACE},
    {"msgbox", PEN_JS_WORD_SINK},
    {"mssetimmediate", PEN_JS_WORD_METHOD},
    {"new", PEN_JS_WORD_KEYWORD},
    {"onerror", PEN_JS_WORD_PLACE},
    {"opener", PEN_JS_WORD_WINDOW},
    {"outerhtml", PEN_JS_WORD_PLACE},
    {"parent", PEN_JS_WORD_WINDOW},
    {"postmessage", PEN_JS_WORD_METHOD},
    {"prompt", PEN_JS_WORD_SINK},
    {"return", PEN_JS_WORD_KEYWORD},
    {"self", PEN_JS_WORD_WINDOW},
    {"sendbeacon", PEN_JS_WORD_METHOD},
    {"sessionstorage", PEN_JS_WORD_SECRET},
    {"setimmediate", PEN_JS_WORD_METHOD},
    {"setinterval", PEN_JS_WORD_METHOD},
    {"settimeout", PEN_JS_WORD_METHOD},
    {"showmodaldialog", PEN_JS_WORD_METHOD},
    {"srcdoc", PEN_JS_WORD_PLACE},
    {"switch", PEN_JS_WORD_KEYWORD},
    {"this", PEN_JS_WORD_WINDOW},
    {"throw", PEN_JS_WORD_KEYWORD},
    {"top", PEN_JS_WORD_WINDOW},
    {"try", PEN_JS_WORD_KEYWORD},
    {"typeof", PEN_JS_WORD_KEYWORD},
    {"unescape", PEN_JS_WORD_METHOD},
    {"var", PEN_JS_WORD_KEYWORD},
    {"void", PEN_JS_WORD_KEYWORD},
    {"websocket", PEN_JS_WORD_METHOD},
    {"while", PEN_JS_WORD_KEYWORD},
    {"window", PEN_JS_WORD_WINDOW},
    {"with", PEN_JS_WORD_KEYWORD},
    {"write", PEN_JS_WORD_WRITER},
    {"writeln", PEN_JS_WORD_WRITER},
    {"xmlhttprequest", PEN_JS_WORD_METHOD},
};

/* Where the words of each letter begin, and the end of all. */
static const unsigned char letters[] = {1,  6,  7,  15, 20, 23, 29, 31, 31, 37, 37, 37, 40, 42,
                                        43, 46, 49, 49, 50, 59, 64, 65, 67, 73, 74, 74, 74};
_Static_assert(PEN_COUNT_OF(words) == 74, "a word more: letters[] wants another look");

enum pen_js_word pen_js_word_of(const char *word)
{
    if (word[0] < 'a' || word[0] > 'z' || word[1] == '\0') return PEN_JS_WORD_OTHER;
    size_t low = letters[word[0] - 'a'];
    size_t high = letters[word[0] - 'a' + 1];
    while (low < high) {
        const size_t middle = (low + high) / 2;
        const int order = pen_html_name_order(word, words[middle].word);
        if (order == 0) return words[middle].kind;
        if (order < 0) {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    return PEN_JS_WORD_OTHER;
}
