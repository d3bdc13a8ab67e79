/**
 * Identifiers, hashes, dates and names begin with as many digits as base64 or hexadecimal does, in
 * an ordinary event a dozen of them. This tells the most of them at once, without memory.
 *
 * Pure; any thread.
 */
#ifndef PEN_CORE_CODEC_DIGITS_H
#define PEN_CORE_CODEC_DIGITS_H

#include "filters/core/str.h"

/** Printable characters in a row that are a text where it is a guess that data is encoded. */
#define PEN_DIGITS_RUN 8

/**
 * Is it sure that nobody decodes `text`, as hexadecimal or as base64 of any kind, strictly or
 * skipping what is foreign, to a text, an object, anything compressed, or bytes with a run of
 * PEN_DIGITS_RUN? False = perhaps. A UUID is nothing, too: none that means anything is spelled so.
 *
 * Cost: constant; a text too long to be seen through at once is a "perhaps"
 */
bool pen_digits_hold_nothing(struct pen_str text);

/**
 * Do the first digits of base64 in `text`, whatever stands between them, give what a text may begin
 * with, or a known kind of data? PHP's base64_decode, Python's b64decode and Node's Buffer pass
 * over any number of other characters. Prose does not: six of its letters in ten give what is in
 * none.
 *
 * Cost: constant
 */
bool pen_digits_are_scattered(struct pen_str text);

#endif
