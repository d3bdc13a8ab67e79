/** JavaScript's words that attacks end in, and those that begin statements. */
#include "filters/xss_words.h"

#include <string.h>

#include "filters/core/words.h"

enum {
    BINDER = PEN_JS_WORD_BINDER,
    KEYWORD = PEN_JS_WORD_KEYWORD,
    MAKER = PEN_JS_WORD_MAKER,
    METHOD = PEN_JS_WORD_METHOD,
    PAGE = PEN_JS_WORD_PAGE,
    PLACE = PEN_JS_WORD_PLACE,
    SECRET = PEN_JS_WORD_SECRET,
    SINK = PEN_JS_WORD_SINK,
    WINDOW = PEN_JS_WORD_WINDOW,
    WRITER = PEN_JS_WORD_WRITER,
};

/* clang-format off */
#define WORDS_A(W) \
    W("alert", SINK) W("apply", BINDER) W("async", KEYWORD) W("atob", METHOD) W("await", KEYWORD)
#define WORDS_B(W) W("bind", BINDER)
#define WORDS_C(W) \
    W("call", BINDER) W("class", KEYWORD) W("confirm", SINK) W("const", KEYWORD) \
    W("constructor", MAKER) W("content", WINDOW) W("cookie", SECRET) \
    W("createcontextualfragment", METHOD)
#define WORDS_D(W) \
    W("decodeuricomponent", METHOD) W("delete", KEYWORD) W("do", KEYWORD) W("document", PAGE) \
    W("domain", PLACE)
#define WORDS_E(W) W("eval", SINK) W("eventsource", METHOD) W("execscript", SINK)
#define WORDS_F(W) \
    W("fetch", METHOD) W("for", KEYWORD) W("frames", WINDOW) W("fromcharcode", METHOD) \
    W("fromcodepoint", METHOD) W("function", KEYWORD)
#define WORDS_G(W) W("getscript", METHOD) W("globalthis", WINDOW)
#define WORDS_I(W) \
    W("if", KEYWORD) W("import", METHOD) W("importscripts", METHOD) W("indexeddb", SECRET) \
    W("innerhtml", PLACE) W("insertadjacenthtml", METHOD)
#define WORDS_L(W) W("let", KEYWORD) W("localstorage", SECRET) W("location", PLACE)
#define WORDS_M(W) W("msgbox", SINK) W("mssetimmediate", METHOD)
#define WORDS_N(W) W("new", KEYWORD)
#define WORDS_O(W) W("onerror", PLACE) W("opener", WINDOW) W("outerhtml", PLACE)
#define WORDS_P(W) W("parent", WINDOW) W("postmessage", METHOD) W("prompt", SINK)
#define WORDS_R(W) W("return", KEYWORD)
#define WORDS_S(W) \
    W("self", WINDOW) W("sendbeacon", METHOD) W("sessionstorage", SECRET) \
    W("setimmediate", METHOD) W("setinterval", METHOD) W("settimeout", METHOD) \
    W("showmodaldialog", METHOD) W("srcdoc", PLACE) W("switch", KEYWORD)
#define WORDS_T(W) \
    W("this", WINDOW) W("throw", KEYWORD) W("top", WINDOW) W("try", KEYWORD) W("typeof", KEYWORD)
#define WORDS_U(W) W("unescape", METHOD)
#define WORDS_V(W) W("var", KEYWORD) W("void", KEYWORD)
#define WORDS_W(W) \
    W("websocket", METHOD) W("while", KEYWORD) W("window", WINDOW) W("with", KEYWORD) \
    W("write", WRITER) W("writeln", WRITER)
#define WORDS_X(W) W("xmlhttprequest", METHOD)
/* clang-format on */

static const struct pen_word_group words[PEN_WORD_LETTERS] = {
    ['a' - 'a'] = PEN_WORDS(WORDS_A), ['b' - 'a'] = PEN_WORDS(WORDS_B),
    ['c' - 'a'] = PEN_WORDS(WORDS_C), ['d' - 'a'] = PEN_WORDS(WORDS_D),
    ['e' - 'a'] = PEN_WORDS(WORDS_E), ['f' - 'a'] = PEN_WORDS(WORDS_F),
    ['g' - 'a'] = PEN_WORDS(WORDS_G), ['i' - 'a'] = PEN_WORDS(WORDS_I),
    ['l' - 'a'] = PEN_WORDS(WORDS_L), ['m' - 'a'] = PEN_WORDS(WORDS_M),
    ['n' - 'a'] = PEN_WORDS(WORDS_N), ['o' - 'a'] = PEN_WORDS(WORDS_O),
    ['p' - 'a'] = PEN_WORDS(WORDS_P), ['r' - 'a'] = PEN_WORDS(WORDS_R),
    ['s' - 'a'] = PEN_WORDS(WORDS_S), ['t' - 'a'] = PEN_WORDS(WORDS_T),
    ['u' - 'a'] = PEN_WORDS(WORDS_U), ['v' - 'a'] = PEN_WORDS(WORDS_V),
    ['w' - 'a'] = PEN_WORDS(WORDS_W), ['x' - 'a'] = PEN_WORDS(WORDS_X),
};

enum pen_js_word pen_js_word_of(struct pen_str word)
{
    if (word.len < 2) return PEN_JS_WORD_OTHER;
    const struct pen_word *const found = pen_word_find(words, word.ptr, word.len, true);
    return found != NULL ? (enum pen_js_word)found->kind : PEN_JS_WORD_OTHER;
}
