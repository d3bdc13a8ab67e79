/** Encoded words in the headers of mails. */
#ifndef PEN_CORE_ENVELOPE_WORDS_H
#define PEN_CORE_ENVELOPE_WORDS_H

#include "filters/core/arena.h"

/**
 * Undo encoded words: "=?utf-8?Q?caf=C3=A9?=" becomes "cafe" with its accent; so does white space
 * between two of them.
 *
 * Words in another charset than UTF-8, US-ASCII and ISO-8859-1, and what is no word, stay as they
 * are.
 *
 * @param out  the same memory as `in` when there was no word; valid UTF-8 when `in` is
 *
 * Errors: PEN_ERR_NOMEM; `out` is untouched
 * Source: RFC 2047
 */
PEN_MUST_USE enum pen_status pen_words_decode(struct pen_str in, struct pen_arena *arena,
                                              struct pen_str *out);

#endif
