/**
 * A request held against the schemas of its function.
 *
 * What violates one is kept as evidence: where, which keyword, which place of the schema. Values
 * that a schema makes harmless are noted on the event, so that filters need not look at them. One
 * thread per event.
 */
#ifndef PEN_GATEWAY_SCHEMA_CHECK_H
#define PEN_GATEWAY_SCHEMA_CHECK_H

#include "gateway/schema/schemas.h"

#define PEN_VIOLATIONS      16  /* that are told; more say nothing new */
#define PEN_VIOLATION_PATH  512 /* bytes of a path or place; the rest is cut */
#define PEN_VIOLATION_VALUE 64  /* likewise of a value */

/** One place where one schema is violated. */
struct pen_violation {
    struct pen_str pointer; /* "/items/0/qty", "/Records/0/body|json/qty", "query:/page" */
    struct pen_str keyword; /* "minimum"; "at" where what the schema is about is not there */
    struct pen_str schema;  /* "#/properties/items/items/properties/qty/minimum" */
    struct pen_str file;    /* for records */
    const char *sentence;   /* or NULL */
    struct pen_str value;   /* a text, number or word; ptr NULL: not to be shown */
    bool is_text;           /* it is a text */
};

/** Why an event, or an answer, is not what its schemas say. */
struct pen_violations {
    const char *reason; /* "schema.violation", or what kept it from being known */
    struct pen_violation list[PEN_VIOLATIONS];
    uint32_t count;
    bool more; /* there are others */
};

/** A request to be held against schemas. */
struct pen_check {
    const struct pen_function_schemas *schemas;
    const struct pen_openapi_match *operation; /* NULL: without OpenAPI */
    const struct pen_event_input *input;
    struct pen_event *event; /* taken apart; its harmless texts are noted here */
    const struct pen_json_limits *limits;
    struct pen_arena *arena;
    struct pen_scratch *scratch;
    size_t room; /* that the arena is to have for what follows a violation; 0 = as it is */
};

/**
 * Hold it against all of them.
 *
 * Work is bounded by what the request has in bytes: beyond it the reason is "schema.limit".
 *
 * @return NULL: it is what they say. Else why not; also for want of memory ("schema.memory").
 */
const struct pen_violations *pen_check_event(const struct pen_check *check);

/** An answer of a function to be held against a schema, or what an operation lists. */
struct pen_check_answer {
    const struct pen_held *held;               /* NULL: none */
    const struct pen_openapi_match *operation; /* NULL: none */
    int status;
    struct pen_str type; /* Content-Type; empty = none */
    struct pen_str body; /* decoded */
    struct pen_arena *arena;
    struct pen_scratch *scratch;
    size_t room; /* as above */
};

/** As pen_check_event. */
const struct pen_violations *pen_check_answer(const struct pen_check_answer *check);

/** Violations as the inside of a JSON list, as many as fit, with or without files. */
void pen_violations_put(const struct pen_violations *violations, bool files, struct pen_buf *buf);

#endif
