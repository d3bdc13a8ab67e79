/**
 * The part of an event that a schema speaks about: body, a CloudEvent's data, an envelope's
 * records, or what a path leads to.
 *
 * Documents in texts are read once more here, whole and strictly: what filters look at is only
 * their texts, and includes readings that no JSON reader has. One thread per event.
 */
#ifndef PEN_GATEWAY_SCHEMA_PART_H
#define PEN_GATEWAY_SCHEMA_PART_H

#include "filters/core/event.h"
#include "gateway/config/config.h"

/** A value to be held against a schema. */
struct pen_instance {
    const struct pen_json *value;   /* NULL: what should be there is not */
    const struct pen_leaf *holder;  /* whose text the value's document is; NULL = the body */
    const struct pen_json *nearest; /* without a value: the last one on the way to it, or NULL */
};

/** What is done with each, in the event's order. Any status other than PEN_OK ends the walk. */
typedef enum pen_status pen_part_visit(void *context, const struct pen_instance *instance);

struct pen_part_walk {
    const struct pen_event *event;
    const struct pen_json_limits *limits; /* of documents in texts */
    struct pen_arena *arena;
    bool is_lines; /* the body is NDJSON: each of its documents is one */
    pen_part_visit *visit;
    void *context;
    uint32_t cursor;     /* the walk's own: the leaf that was found last */
    uint64_t looks_left; /* likewise: at leaves */
};

/**
 * Visit each value of a part. A step of the way that is not there is visited as an instance
 * without a value; an asterisk stands for all members and elements, be it none.
 *
 * @param part  one of the body's
 * @param at    the path of PEN_PART_AT
 *
 * Errors: those of `visit`, PEN_ERR_NOMEM, PEN_ERR_LIMIT (too many texts to be looked for)
 */
PEN_MUST_USE enum pen_status pen_part_each(struct pen_part_walk *walk, enum pen_part part,
                                           struct pen_str at);

/**
 * The same for the data of one CloudEvent.
 *
 * @param event  of a structured one or a batch; NULL = in binary mode the body
 */
PEN_MUST_USE enum pen_status pen_part_data(struct pen_part_walk *walk,
                                           const struct pen_json *event);

/** The path of a value as records name it: "/Records/0/body|json/qty". */
void pen_part_path(const struct pen_leaf *holder, const struct pen_json *value,
                   struct pen_buf *buf);

#endif
