/**
 * What a leaf's text holds besides itself: a document, or the same text encoded.
 *
 * Each layer that a function may undo is undone here, too, and gives leaves of its own behind the
 * one it was found in; that one stays. What only looks like an encoding costs a look and no
 * refusal; what the format declares is held to it. docs/events/decoding.md has the table.
 */
#ifndef PEN_CORE_OPENING_H
#define PEN_CORE_OPENING_H

#include "filters/core/codec/look.h"
#include "filters/core/event_leaves.h"
#include "filters/core/graphql.h"

/** pen_leaf_open, when pen_look found `seen`. */
PEN_MUST_USE enum pen_status pen_leaf_open_seen(struct pen_leaves *leaves,
                                                const struct pen_leaf *leaf, enum pen_expect expect,
                                                unsigned seen, uint32_t layer);

/**
 * Add to `leaves` what `leaf`, one of them, holds; and what that holds, down to the layer limit.
 *
 * Encodings of several kinds in one text are undone in every order; each different text is a leaf
 * once.
 *
 * @param expect  how the format encodes the text
 * @param layer   how many encodings were undone to reach `leaf`
 *
 * Errors: PEN_ERR_LIMIT    "event.layers", "event.opened", "event.forms", "event.ratio",
 *                          "event.leaves" and those limits of a document within
 *         PEN_ERR_INVALID  no JSON where PEN_EXPECT_JSON says so; its reader's code
 *         PEN_ERR_SYNTAX   JSON that is read in two ways: "json.duplicate_name",
 *                          "json.surrogate", "json.number_range"
 *         PEN_ERR_NOMEM    "event.memory"
 * Cost:   linear in what is opened
 */
PEN_MUST_USE static inline enum pen_status pen_leaf_open(struct pen_leaves *leaves,
                                                         const struct pen_leaf *leaf,
                                                         enum pen_expect expect, uint32_t layer)
{
    const unsigned seen = pen_look(leaf->text);
    if (expect == PEN_EXPECT_NOTHING && seen == 0 && !pen_graphql_begins(leaf->text)) {
        return PEN_OK;
    }
    return pen_leaf_open_seen(leaves, leaf, expect, seen, layer);
}

#endif
