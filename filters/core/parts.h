/**
 * What of a decoded form is to be looked at, when it differs from the text that it was made of in a
 * few places only.
 *
 * A manual has one "%27" as an example, and each of its forms would be read whole by every filter:
 * four times the work for four letters. Pure; any thread.
 */
#ifndef PEN_CORE_PARTS_H
#define PEN_CORE_PARTS_H

#include "filters/core/str.h"

/* A shorter form is looked at whole: it costs little. */
#define PEN_PARTS_LEAST 8192

/* Bytes on either side of what differs. No attack of the corpus, nor a statement that anybody would
   write down, is as long; what stands farther apart is not read as one by the filters either. */
#define PEN_PARTS_REACH 1024

#define PEN_PARTS_MOST 64

struct pen_parts {
    struct pen_span spans[PEN_PARTS_MOST]; /* of the form, ascending, apart from each other */
    size_t count;
};

/**
 * Find the parts of `form` that differ from `text`, with PEN_PARTS_REACH bytes on either side and
 * whole words: any stretch of as many bytes of `form` lies in one of them, or stands in `text`,
 * too.
 *
 * Returns whether they serve: not when `form` is short, when they are half of it or more, or when
 * it cannot be told. It is to be looked at whole then.
 *
 * Cost: linear
 */
bool pen_parts_find(struct pen_str text, struct pen_str form, struct pen_parts *out);

#endif
