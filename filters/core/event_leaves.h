/** The list of leaves while an event is taken apart: shared by the readers of its parts. */
#ifndef PEN_CORE_EVENT_LEAVES_H
#define PEN_CORE_EVENT_LEAVES_H

#include "filters/core/event.h"
#include "filters/core/known_names.h"

/** What the format says of how a text is encoded. */
enum pen_expect {
    PEN_EXPECT_NOTHING,
    PEN_EXPECT_FORM,    /* percent-encoding in which '+' is a space */
    PEN_EXPECT_PERCENT, /* percent-encoding */
    PEN_EXPECT_BASE64,  /* of text, of data, of what is compressed; whatever is none stays */
    PEN_EXPECT_JSON,    /* a JSON document; anything else is refused */
    PEN_EXPECT_FIELDS,  /* form-encoded fields: "a=1&b=2" */
};

struct pen_leaves {
    struct pen_arena *arena;
    uint32_t limit;                     /* leaves in all */
    const struct pen_json_limits *json; /* of documents in texts */
    uint32_t layers;                    /* encodings undone, one in the other */
    uint32_t fields;                    /* of one form, query or multipart body */
    size_t opened_limit;                /* bytes that undoing may give in all */
    size_t opened_bytes;
    struct pen_leaf **blocks; /* leaves never move: decoded forms point back */
    size_t *ends;             /* of their texts in the buffer; as many as the blocks have leaves */
    struct pen_leaf *place;   /* of the next leaf, if `count` is below `ready` */
    struct pen_event_repeat **repeats;    /* as many blocks at most as there are of leaves */
    struct pen_event_repeat *next_repeat; /* in the last one, unless that is full: */
    struct pen_event_repeat *repeats_end;
    uint32_t repeat_blocks;
    size_t repeat_bytes;           /* of their texts, gaps included */
    struct pen_known_names *names; /* NULL in the first block: one record's seldom repeat */
    uint32_t block_count;
    uint32_t block_room;
    uint32_t count;
    uint32_t ready; /* leaves that there is room for, the limit's included */
    char *text; /* each leaf's text is put here while a cache holds it, until there is no room */
    size_t text_room;
    size_t text_bytes;                    /* of all texts, gaps included */
    struct pen_graphql_document *graphql; /* the first; see graphql_leaves.h */
    struct pen_graphql_document *last_graphql;
    const char *code; /* of the error */

    /* Envelopes. */
    const struct pen_event_input *input; /* its fields tell some; what is expected; may be NULL */
    const struct pen_envelope *envelope; /* of the outermost document */
    bool met;                            /* it is what is expected */
    bool is_graphql; /* a request is expected, and to be held to pen_graphql_require */
    const struct pen_event_document *documents;
    struct pen_event_document *last_document;
};

/**
 * Make room for the texts of what was received. More, decoded, costs a second buffer at the end.
 *
 * Errors: PEN_ERR_NOMEM "event.memory"
 */
PEN_MUST_USE enum pen_status pen_leaves_begin(struct pen_leaves *leaves, size_t received);

/** Hand list and texts over. Errors: PEN_ERR_NOMEM "event.memory" */
PEN_MUST_USE enum pen_status pen_leaves_end(struct pen_leaves *leaves, struct pen_event *event);

/** Room for more leaves. Errors: PEN_ERR_LIMIT "event.leaves", PEN_ERR_NOMEM "event.memory" */
PEN_MUST_USE enum pen_status pen_leaves_add_block(struct pen_leaves *leaves);

/** Is there room for one more leaf? Then it can be written at leaves->place. */
static inline bool pen_leaves_has_room(const struct pen_leaves *leaves)
{
    return leaves->count < leaves->ready;
}

/** Errors as above. */
PEN_MUST_USE static inline enum pen_status pen_leaves_make_room(struct pen_leaves *leaves)
{
    return pen_leaves_has_room(leaves) ? PEN_OK : pen_leaves_add_block(leaves);
}

/** The leaf at leaves->place is written. Its text ends at `end` of all texts. */
static inline void pen_leaves_count(struct pen_leaves *leaves, size_t end)
{
    leaves->ends[leaves->count++] = end;
    leaves->place++;
}

/** Add a leaf alone; it stays where `out` says. Errors as below. */
PEN_MUST_USE enum pen_status pen_leaves_push(struct pen_leaves *leaves, const struct pen_leaf *leaf,
                                             const struct pen_leaf **out);

/**
 * One more layer is undone behind `layer` others, and gives so many bytes.
 *
 * Errors: PEN_ERR_LIMIT "event.layers", "event.opened"
 */
PEN_MUST_USE enum pen_status pen_leaves_deepen(struct pen_leaves *leaves, size_t bytes,
                                               uint32_t layer);

/**
 * Add a leaf and behind it what it holds (filters/core/opening.h).
 *
 * @param leaf    its first form; copied
 * @param expect  how the format encodes it
 *
 * Errors: PEN_ERR_LIMIT "event.leaves" and those of pen_leaf_open, PEN_ERR_NOMEM "event.memory"
 */
PEN_MUST_USE enum pen_status pen_leaves_add(struct pen_leaves *leaves, const struct pen_leaf *leaf,
                                            enum pen_expect expect);

/** As above for a leaf that `layer` encodings were undone to reach. */
PEN_MUST_USE enum pen_status pen_leaves_add_within(struct pen_leaves *leaves,
                                                   const struct pen_leaf *leaf,
                                                   enum pen_expect expect, uint32_t layer);

/**
 * Add the names and strings of a JSON document, in its order, each with what it holds. Its envelope
 * is recognised.
 *
 * @param holder  the leaf whose text the document is; NULL for the body
 * @param layer   how many encodings were undone to reach them
 *
 * Errors also: PEN_ERR_INVALID "event.shape", "event.base64": not the envelope that is expected of
 *              the body; PEN_ERR_LIMIT "event.envelopes": the shape of too many at once
 */
PEN_MUST_USE enum pen_status pen_leaves_add_tree(struct pen_leaves *leaves,
                                                 const struct pen_json *root,
                                                 const struct pen_leaf *holder, uint32_t layer);

#endif
