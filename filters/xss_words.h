/** What words of a page's program mean for its safety. A table; any thread. */
#ifndef PEN_FILTERS_XSS_WORDS_H
#define PEN_FILTERS_XSS_WORDS_H

#include "filters/core/str.h"

/** What a word of JavaScript can do. */
enum pen_js_word {
    PEN_JS_WORD_OTHER,
    PEN_JS_WORD_SINK,    /* called it runs or shows something: alert, eval */
    PEN_JS_WORD_METHOD,  /* called it runs, fetches, sends or spells: fetch, atob, setTimeout */
    PEN_JS_WORD_WRITER,  /* called on the page it writes markup: write */
    PEN_JS_WORD_WINDOW,  /* through it every name can be spelled: window["al"+"ert"] */
    PEN_JS_WORD_PAGE,    /* document */
    PEN_JS_WORD_SECRET,  /* cookie, localStorage */
    PEN_JS_WORD_PLACE,   /* assigned to it is markup or an address: location, innerHTML */
    PEN_JS_WORD_MAKER,   /* constructor: makes functions of texts */
    PEN_JS_WORD_BINDER,  /* call, apply, bind: the word before it is what is called */
    PEN_JS_WORD_KEYWORD, /* begins a statement */
};

/** `word` in any case. */
enum pen_js_word pen_js_word_of(struct pen_str word);

#endif
