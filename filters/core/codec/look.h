/**
 * The cheap look at a text that tells which codecs could apply: an ordinary text has none of the
 * bytes that encodings begin with, and this is all it costs. Pure; any thread.
 */
#ifndef PEN_CORE_CODEC_LOOK_H
#define PEN_CORE_CODEC_LOOK_H

#include <string.h>

#include "filters/core/str.h"

#define PEN_LOOK_DIGITS  16 /* of base64 or hexadecimal; shorter words are words */
#define PEN_LOOK_LITERAL 8  /* hexadecimal digits behind "0x" */

/** What there is to open. */
enum pen_look {
    /* Bytes that units of encodings begin with. */
    PEN_LOOK_PERCENT = 1,
    PEN_LOOK_AND = 2,
    PEN_LOOK_BACKSLASH = 4,
    PEN_LOOK_PLUS = 8,
    PEN_LOOK_HIGH = 16, /* beyond ASCII */
    PEN_LOOK_ZERO = 64, /* NUL */
    /* How the text begins. */
    PEN_LOOK_OPENS = 32, /* as a document, or with white space */
    /* with as many digits of base64 or hexadecimal as such a text has, and it is not told at once
       that they hold nothing (filters/core/codec/digits.h) */
    PEN_LOOK_CODED = 256,
    PEN_LOOK_DATA = 128, /* as a "data:" URL */
};

/** Which of them there are, or'ed; 0 = nothing to open. Linear. */
unsigned pen_look(struct pen_str text);

/** The same of a text that is known to have no byte that units of encodings begin with. */
unsigned pen_look_plain(struct pen_str text);

enum __attribute__((packed)) pen_look_begin {
    PEN_LOOK_NOTHING,
    PEN_LOOK_KEYWORD,  /* a letter that a keyword of GraphQL begins with */
    PEN_LOOK_SECOND,   /* '/' or '0': the second byte tells */
    PEN_LOOK_DOCUMENT, /* a document of JSON or GraphQL */
};

/** What a text may be by its first byte. */
extern const enum pen_look_begin pen_look_begins[256];

/** By its first four bytes: "query", "mutation", "subscription", "fragment"? */
static inline bool pen_look_is_keyword(struct pen_str text)
{
    if (text.len < 4) return false;
    return memcmp(text.ptr, "quer", 4) == 0 || memcmp(text.ptr, "muta", 4) == 0
           || memcmp(text.ptr, "subs", 4) == 0 || memcmp(text.ptr, "frag", 4) == 0;
}

/** Does it begin with a comment, or with the mark of digits, "0x"? Its first byte is '/' or '0'. */
static inline bool pen_look_is_second(struct pen_str text)
{
    if (text.len < 2) return false;
    return text.ptr[0] == '/' ? text.ptr[1] == '*' || text.ptr[1] == '/'
                              : (text.ptr[1] | 0x20) == 'x';
}

/** Is it sure that no document begins here, nor a digit behind "0x"? */
static inline bool pen_look_begins_plainly(struct pen_str text)
{
    const enum pen_look_begin begin = pen_look_begins[(unsigned char)text.ptr[0]];
    if (begin == PEN_LOOK_NOTHING) return true;
    if (begin == PEN_LOOK_DOCUMENT) return false;
    return !(begin == PEN_LOOK_KEYWORD ? pen_look_is_keyword(text) : pen_look_is_second(text));
}

/** pen_look_passes where PEN_LOOK_DIGITS bytes or more begin as no document does. */
bool pen_look_long_passes(struct pen_str plain);

/** Is there nothing to open in such a text, as in most? False = perhaps. */
static inline bool pen_look_passes(struct pen_str plain)
{
    return pen_look_begins_plainly(plain)
           && (plain.len < PEN_LOOK_DIGITS || pen_look_long_passes(plain));
}

/** The same by the first byte of a short text alone. */
static inline bool pen_look_passes_short(struct pen_str plain)
{
    return plain.len < PEN_LOOK_DIGITS
           && pen_look_begins[(unsigned char)plain.ptr[0]] == PEN_LOOK_NOTHING;
}

#endif
