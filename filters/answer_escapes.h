/**
 * The escapes of JSON undone, with the way back to where each byte came from.
 *
 * A '/' may be written "\/", and any letter "\u0041": undone what is looked at is what a caller
 * reads. Those that end a word or a line ("\n", "\"") stay: the look knows them. Pure; any thread.
 */
#ifndef PEN_FILTERS_ANSWER_ESCAPES_H
#define PEN_FILTERS_ANSWER_ESCAPES_H

#include "filters/core/arena.h"

struct pen_answer_plain {
    struct pen_str text;
    const unsigned char *widths; /* of each byte of the text, in the body; NULL: all are one */
    const uint32_t *blocks;      /* where in the body each block of the text begins */
};

/**
 * @param body  JSON of less than 4 GiB; not changed
 * @param out   the body itself where nothing is escaped
 *
 * Ownership: `out` lives as long as `arena` and `body`; the way back does not look at the body.
 * Errors:    PEN_ERR_NOMEM  `out` is untouched
 * Cost:      linear; of the arena a little more than twice the body
 */
PEN_MUST_USE enum pen_status pen_answer_unescape(struct pen_str body, struct pen_arena *arena,
                                                 struct pen_answer_plain *out);

/** Where in the body the bytes of a span of the text stand. */
struct pen_span pen_answer_place(const struct pen_answer_plain *plain, struct pen_span span);

#endif
