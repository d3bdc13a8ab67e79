/**
 * An event: what a caller sent, taken apart into leaves.
 *
 * One pass over the body, then the query, the fields and the path. Decoded forms of a leaf follow
 * it. All leaf texts that a filter may have to look at lie in one buffer (`text`), each followed by
 * PEN_EVENT_GAP, so that the prefilter scans once and maps a match back by its offset. Names that
 * repeat lie there once.
 */
#ifndef PEN_CORE_EVENT_H
#define PEN_CORE_EVENT_H

#include "filters/core/leaf.h"

/* Separates texts in the scan buffer: 0xFF occurs in no valid UTF-8, so no trigger spans two. */
#define PEN_EVENT_GAP '\xff'

/* Leaves that lie side by side: an ordinary event's. As many repeats do. */
#define PEN_EVENT_BLOCK 128

struct pen_envelope;

struct pen_event_field {
    struct pen_str name;
    struct pen_str value;
};

/** How the body is to be read. The content type decides, sniffing never does. */
enum pen_body_kind {
    PEN_BODY_NONE,
    PEN_BODY_JSON,
    PEN_BODY_FORM,
    PEN_BODY_NDJSON,    /* one document a line, or RFC 7464 */
    PEN_BODY_MULTIPART, /* form-data, by `boundary` */
    PEN_BODY_XML,
    PEN_BODY_GRAPHQL, /* one executable document */
    PEN_BODY_TEXT,    /* one leaf, UTF-8 */
    PEN_BODY_OPAQUE,  /* declared by the function: bounded, forwarded, not looked into */
};

/** Whether a request is a CloudEvent, and how it carries it (filters/core/cloudevents.h). */
enum pen_cloudevents_mode {
    PEN_CLOUDEVENTS_NONE,
    PEN_CLOUDEVENTS_BINARY,     /* attributes in ce- fields, the body is the data */
    PEN_CLOUDEVENTS_STRUCTURED, /* application/cloudevents+json */
    PEN_CLOUDEVENTS_BATCH_MODE, /* application/cloudevents-batch+json */
};

/** A request as received; everything is borrowed. */
struct pen_event_input {
    struct pen_str method;
    struct pen_str path;  /* raw, without '?' */
    struct pen_str query; /* raw, without '?'; empty when there is none */
    const struct pen_event_field *fields;
    size_t field_count;
    struct pen_str body;
    enum pen_body_kind body_kind;
    struct pen_str boundary; /* of a multipart body */
    bool is_ascii;           /* the type says that no byte of the body is above 0x7f */
    bool whole;              /* somebody asks more of a JSON body than its texts: no sparse tree */
    /* What the function declares that its events are: one of these (filters/core/envelope/). */
    const struct pen_envelope *const *expected;
    size_t expected_count; /* 0 = anything */
};

/** A JSON document of an event whose envelope is known. */
struct pen_event_document {
    const struct pen_json *root;
    const struct pen_leaf *holder; /* the leaf whose text it is; NULL for the body */
    const struct pen_envelope *envelope;
    const struct pen_event_document *next;
};

struct pen_event_limits {
    struct pen_json_limits json;
    uint32_t leaves; /* names and values in all forms; 0 = 100,000 */
    uint32_t layers; /* encodings undone, one in the other; 0 = 6 */
    uint32_t fields; /* of a form, a query, or parts of a multipart body; 0 = 256 */
};

/** A name that is the same as the one of an earlier leaf. Its own leaf is not written before
 * somebody asks for it: half of a batch's leaves are names that nobody looks at again. */
struct pen_event_repeat {
    const struct pen_json *node;
    const struct pen_leaf *holder; /* the leaf whose text the document is; NULL for the body */
    uint32_t leaf;
    uint32_t first; /* the one whose text is laid out */
};

struct pen_graphql_document; /* filters/core/graphql_leaves.h */

struct pen_event {
    struct pen_str body;
    struct pen_str method;
    const struct pen_event_field *fields; /* as they came, those that are no leaves, too */
    size_t field_count;
    const struct pen_json *root;       /* of a JSON body, sparse unless `whole`; NULL otherwise */
    struct pen_json_left_out left_out; /* what `root` does not show of the body */
    enum pen_cloudevents_mode cloudevents;
    const struct pen_graphql_document *graphql; /* in the body or a text; NULL when there is none */
    struct pen_leaf *const *blocks;             /* of PEN_EVENT_BLOCK leaves each: pen_event_leaf */
    const struct pen_envelope *envelope;        /* what the body is; NULL = nothing known */
    const struct pen_event_document *documents; /* known ones, outer before inner */
    uint32_t leaf_count;
    struct pen_str text;     /* all leaf texts, gaps between: what the prefilter scans */
    const size_t *text_ends; /* end offset in `text` of leaf i, ascending; leaf_count entries. Of a
                                repeat: that of the leaf before, as nothing of it lies there */
    struct pen_event_repeat *const *repeats; /* of PEN_EVENT_BLOCK each, ascending by leaf */
    uint32_t repeat_count;
    bool *written;     /* are the leaves of all repeats? NULL = there are no repeats */
    size_t leaf_bytes; /* of all texts, gaps included: `text` and what repeats */
    /* For leaf i: bit f = filter f of the registry is to look at it. The prefilter sets them. */
    uint64_t *wake;
    uint64_t *touched;    /* the prefilter's: a bit for each leaf, all of them 0 */
    uint64_t woken;       /* all of `wake` together */
    uint32_t *awake;      /* leaves that have any, ascending; room for leaf_count */
    uint32_t awake_count; /* 0 until the prefilter has looked */
    /* Texts that can do nothing wherever a function puts them, as its schema has found, in the
     * order of their addresses: filters of injections do not look at leaves that are these. */
    const struct pen_str *harmless;
    size_t harmless_count;
};

static inline const struct pen_event_repeat *pen_event_repeat(const struct pen_event *event,
                                                              uint32_t index)
{
    return &event->repeats[index / PEN_EVENT_BLOCK][index % PEN_EVENT_BLOCK];
}

/** Does leaf `index` repeat the name of another one? */
static inline bool pen_event_is_repeat(const struct pen_event *event, uint32_t index)
{
    return index > 0 && event->text_ends[index] == event->text_ends[index - 1];
}

/** Write the leaf of one repeat, or of all: pen_event_leaf does where it has to. */
void pen_event_write_repeat(const struct pen_event *event, const struct pen_event_repeat *repeat);
void pen_event_write_repeats(const struct pen_event *event);

/** The place of leaf `index` < leaf_count, where nothing may be written yet if it is a repeat that
 * is not awake. */
static inline const struct pen_leaf *pen_event_place(const struct pen_event *event, uint32_t index)
{
    return &event->blocks[index / PEN_EVENT_BLOCK][index % PEN_EVENT_BLOCK];
}

/** Leaf `index` < leaf_count: where it was put when it was found, so that `from` leads to it. */
static inline const struct pen_leaf *pen_event_leaf(const struct pen_event *event, uint32_t index)
{
    const bool all_are_written = event->written == NULL || *event->written;
    if (!all_are_written && pen_event_is_repeat(event, index)) pen_event_write_repeats(event);
    return pen_event_place(event, index);
}

/**
 * Take a request apart.
 *
 * Fields that no function reads as data (framing, content negotiation, credentials: the list is in
 * event.c) are not leaves.
 *
 * @param error  reason code and offset when the body or the query is refused; may be NULL. Codes
 *               are those of pen_json_error, of the body's reader (filters/core/body/), of
 *               filters/core/cloudevents.h, of filters/core/body/charset.h and "query.syntax",
 *               "query.semicolon", "query.utf8", "query.nul", "query.charset", "query.fields",
 *               "event.leaves", "event.layers", "event.opened", "event.forms", "event.ratio",
 *               "event.memory", "event.shape", "event.base64", "event.charset", "event.envelopes".
 *               docs/events/reasons.md has them all
 *
 * Ownership: `out` lives as long as `arena` and everything that `input` borrows.
 * Errors:    PEN_ERR_SYNTAX, PEN_ERR_UNSUPPORTED, PEN_ERR_LIMIT, PEN_ERR_NOMEM, PEN_ERR_INVALID
 *            (not what is expected); each refuses the event
 */
PEN_MUST_USE enum pen_status pen_event_decode(const struct pen_event_input *input,
                                              const struct pen_event_limits *limits,
                                              struct pen_arena *arena, struct pen_event *out,
                                              struct pen_json_error *error);

#define PEN_EVENT_ENVELOPES 9 /* that are told: nobody nests as many, and a record stays a line */

/**
 * The envelopes of an event from the outermost in, each once where one follows another of its kind:
 * a batch of a hundred notices holds a hundred times the same.
 */
size_t pen_event_envelopes(const struct pen_event *event,
                           const struct pen_envelope *list[PEN_EVENT_ENVELOPES]);

#endif
