/**
 * Secrets are never shown: of a text that holds one, what may be printed.
 *
 * A secret is what the filter `secrets` reports. Of it the first four letters and the last two
 * stay, which tell its owner which one it is; of one shorter than sixteen nothing. Pure; any
 * thread.
 */
#ifndef PEN_GATEWAY_MASK_H
#define PEN_GATEWAY_MASK_H

#include "filters/core/scan.h"

/** A secret masked into `room` bytes and a NUL: of a long one asterisks are left out. */
void pen_mask_short(char *out, size_t room, struct pen_str secret);

/**
 * Is a secret found in this text, or in one that it was made of or that was made of it? Also one
 * that had no room among the findings.
 */
bool pen_mask_applies(const struct pen_scan *scan, const struct pen_leaf *leaf);

/**
 * A piece of the leaf's text, its secrets under asterisks; all of it where only a form of it is
 * known to hold one, or not all of them are known by their places.
 *
 * @param memory  holds span.end - span.start bytes
 * @return the piece, in `memory`
 */
struct pen_str pen_mask_piece(const struct pen_scan *scan, const struct pen_leaf *leaf,
                              struct pen_span span, char *memory);

/**
 * A path as pen_leaf_path writes it, in place: of a name that is a secret the first four letters
 * stay.
 *
 * @return whether there was one: then it names no place any more
 */
bool pen_mask_path(const struct pen_scan *scan, struct pen_buf *path);

#endif
