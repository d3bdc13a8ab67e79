/** Streams of objects, told by their first bytes or their grammar. Any thread. */
#ifndef PEN_FILTERS_DESER_STREAMS_H
#define PEN_FILTERS_DESER_STREAMS_H

#include "filters/core/scan.h"
#include "filters/deser_words.h"

/** Report what in `text` is such a stream. Linear. */
void pen_deser_streams(struct pen_str text, const size_t *places, struct pen_scan *scan);

#endif
