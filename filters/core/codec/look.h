/**
 * The cheap look at a text that tells which codecs could apply: an ordinary text has none of the
 * bytes that encodings begin with, and this is all it costs. Pure; any thread.
 */
#ifndef PEN_CORE_CODEC_LOOK_H
#define PEN_CORE_CODEC_LOOK_H

#include "filters/core/str.h"

#define PEN_LOOK_DIGITS  16 /* of base64 or hexadecimal; shorter words are words */
#define PEN_LOOK_LITERAL 8  /* hexadecimal digits behind "0x" */

/** Bytes that units of encodings begin with. */
enum pen_look {
    PEN_LOOK_PERCENT = 1,
    PEN_LOOK_AND = 2,
    PEN_LOOK_BACKSLASH = 4,
    PEN_LOOK_PLUS = 8,
    PEN_LOOK_HIGH = 16, /* beyond ASCII */
};

/** Which of them there are, or'ed. Linear. */
unsigned pen_look(struct pen_str text);

/** Begins with as many digits of base64 or hexadecimal as such a text has at least. */
bool pen_look_digits(struct pen_str text);

/** Begins as a document, or with white space. */
bool pen_look_document(struct pen_str text);

/** Nothing to open; `seen` is what pen_look found. */
static inline bool pen_look_ordinary(struct pen_str text, unsigned seen)
{
    return seen == 0 && !pen_look_document(text) && !pen_look_digits(text);
}

#endif
