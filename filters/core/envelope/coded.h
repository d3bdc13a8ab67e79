/** Texts that an envelope encodes: added as its row says. */
#ifndef PEN_CORE_ENVELOPE_CODED_H
#define PEN_CORE_ENVELOPE_CODED_H

#include "filters/core/envelope/envelope.h"
#include "filters/core/event_leaves.h"

/**
 * Add `leaf`, and behind it what its row says that it holds.
 *
 * @param leaf    the leaf of a string, or of an array whose row says PEN_AS_BYTES; `node` is set
 * @param strict  the function declared the envelope: then base64 has to be base64
 *
 * Errors: PEN_ERR_INVALID "event.base64"; those of filters/core/body/multipart.h, of
 *         pen_leaves_add_words and of pen_leaves_add
 */
PEN_MUST_USE enum pen_status pen_envelope_add_leaf(struct pen_leaves *leaves,
                                                   const struct pen_leaf *leaf,
                                                   const struct pen_envelope_leaf *row, bool strict,
                                                   uint32_t layer);

/**
 * Add `leaf`, and its encoded words undone (filters/core/envelope/words.h).
 *
 * Errors: PEN_ERR_SYNTAX "event.charset": a word in a charset that nobody writes mail in; as
 *         pen_leaves_add
 */
PEN_MUST_USE enum pen_status pen_leaves_add_words(struct pen_leaves *leaves,
                                                  const struct pen_leaf *leaf, uint32_t layer);

#endif
