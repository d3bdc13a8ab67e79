/** Encoded words in the headers of mails. */
#ifndef PEN_CORE_ENVELOPE_WORDS_H
#define PEN_CORE_ENVELOPE_WORDS_H

#include "filters/core/arena.h"

/**
 * Undo encoded words: "=?utf-8?Q?caf=C3=A9?=" becomes "cafe" with its accent; so does white space
 * between two of them.
 *
 * Of whatever charset the letters of ASCII are read, since nothing else does harm: bytes that are
 * no UTF-8 count as ISO-8859-1, UTF-16 and UTF-32 as what they are. What is no word stays.
 *
 * @param out  the same memory as `in` when there was no word; valid UTF-8 when `in` is
 *
 * Errors: PEN_ERR_SYNTAX  a word in EBCDIC, which would have to be read in every code page of it
 *         PEN_ERR_NOMEM   `out` is untouched on every error
 * Source: RFC 2047
 */
PEN_MUST_USE enum pen_status pen_words_decode(struct pen_str in, struct pen_arena *arena,
                                              struct pen_str *out);

#endif
