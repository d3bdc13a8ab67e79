/**
 * Running text: commit messages, tickets, mails. They talk about attacks without being any, so only
 * what is certain on its own counts in them. Pure; any thread.
 */
#ifndef PEN_FILTERS_PROSE_H
#define PEN_FILTERS_PROSE_H

#include "filters/core/str.h"

/** At least eight words, a sentence's punctuation, and more than 60 % letters. Linear. */
bool pen_prose_is(struct pen_str text);

#endif
