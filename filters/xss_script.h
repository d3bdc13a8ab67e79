/**
 * How much a text could do if it were run as JavaScript.
 *
 * Not a parser: payloads are cut and glued, so quotes are not trusted and every word counts, inside
 * of strings too. What a word is worth is told by what stands behind it. One pass; pure.
 */
#ifndef PEN_FILTERS_XSS_SCRIPT_H
#define PEN_FILTERS_XSS_SCRIPT_H

#include "filters/core/str.h"
#include "filters/xss_words.h"

enum pen_js_power {
    PEN_JS_IDLE,  /* nothing happens: words, numbers, void(0) */
    PEN_JS_ACTS,  /* some function is called or something assigned */
    PEN_JS_NAMES, /* a function is named that attacks end in, not visibly called */
    PEN_JS_HARMS, /* it is called, or secrets are read, or names are spelled out to hide them */
};

/** What a text could do as a whole, and where: its parts need not be read again. */
struct pen_js_sight {
    enum pen_js_power power;
    size_t named_at;  /* the first byte behind a name that attacks end in; SIZE_MAX: none */
    size_t harmed_at; /* the last byte behind something that harms; 0: none */
};

/** What a reader keeps in mind behind a sign: all that the rest of a text depends on. */
struct pen_js_context {
    size_t no_comment;       /* before this byte no comment is skipped: one was not to be trusted */
    size_t symbols;          /* brackets and signs since the last letter or space */
    size_t escapes;          /* since the last word */
    enum pen_js_word last;   /* the word that what follows belongs to */
    enum pen_js_word object; /* the word before its dot */
    char before;             /* the character before the last word */
    char last_char;          /* of the text so far, white space left out */
    bool brackets;           /* square ones among the symbols */
    bool picks;              /* window[...]: any name may stand in the brackets */
    bool of_object;          /* the word at hand stands behind a dot */
    bool word_before;        /* some word stands before the character at hand */
};

struct pen_js_step {
    size_t at;
    struct pen_js_context context;
    enum pen_js_power power; /* the most that shows between this step and the next */
};

#define PEN_JS_STEPS 32 /* a part of the text is read again for two distances between them */

/** How the reader of a whole text went through it: readers of its parts, of which a text may have
 * several that are long, soon stand as it stood, and need not read what it has. */
struct pen_js_trail {
    struct pen_str text;
    size_t stride;
    size_t count;
    struct pen_js_step steps[PEN_JS_STEPS];
};

#define PEN_JS_KNOWN 4 /* readers that are at work on one text at a time come to as many values */

/** What is known of a text's program: its trail, and what the long values could do that were read
 * last. Begins with `next` and `trail.count` 0 and empty texts. */
struct pen_js_known {
    struct pen_str text[PEN_JS_KNOWN];
    enum pen_js_power power[PEN_JS_KNOWN];
    size_t next;
    struct pen_js_trail trail;
};

/** Character references are undone on the way; the trail is left in `known`. */
struct pen_js_sight pen_js_sight(struct pen_str text, struct pen_js_known *known);

/** The same, read only as far as to know it. */
enum pen_js_power pen_js_power(struct pen_str text);

/** The same of a part of the text that `known` is about, not read again while it is known. */
enum pen_js_power pen_js_power_known(struct pen_str text, struct pen_js_known *known);

/** The text begins as a sentence does: two words with a space between, the first no key word. */
bool pen_js_reads_as_prose(struct pen_str text);

#endif
