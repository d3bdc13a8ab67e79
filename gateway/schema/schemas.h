/**
 * All schemas of a configuration, compiled: what each function's events and answers are held
 * against.
 *
 * Made with a snapshot and anew when one of the files changes; immutable, any thread.
 */
#ifndef PEN_GATEWAY_SCHEMA_SCHEMAS_H
#define PEN_GATEWAY_SCHEMA_SCHEMAS_H

#include "gateway/schema/openapi.h"

/** A schema and what it is held against. */
struct pen_held {
    const struct pen_schema *schema;
    struct pen_typed typed;
    struct pen_str file; /* for records */
    enum pen_part part;
    struct pen_str at;
};

/** A schema that events may name as their dataschema. */
struct pen_named_schema {
    struct pen_str uri;
    struct pen_held held;
};

/** One function's. */
struct pen_function_schemas {
    const struct pen_config_schema *policy;
    const struct pen_held *held;
    size_t held_count;
    const struct pen_named_schema *named; /* sorted by URI */
    size_t named_count;
    const struct pen_openapi *openapi; /* NULL = none */
    const struct pen_held *answer;     /* NULL = none */
    bool whole;                        /* the whole tree of a body is needed */
};

struct pen_schemas;

/**
 * Read and compile all that a configuration names.
 *
 * @param config  outlives them
 * @param err     the place in the configuration, and file, line, column and path of what is wrong
 *
 * Errors: PEN_ERR_INVALID, PEN_ERR_IO, PEN_ERR_NOMEM
 */
PEN_MUST_USE enum pen_status pen_schemas_create(const struct pen_config *config,
                                                struct pen_schemas **out, struct pen_error *err);

/** NULL is fine. */
void pen_schemas_destroy(struct pen_schemas *schemas);

/** What stands in their files without holding anything. */
struct pen_schemas_doubts {
    const struct pen_schema_doubt *list; /* lives as long as the schemas */
    size_t count;                        /* all of them: the list has PEN_SCHEMA_DOUBTS at most */
};

/** `schemas` may be NULL. */
struct pen_schemas_doubts pen_schemas_doubts(const struct pen_schemas *schemas);

/** Those of a function, by its index; NULL: it has none. */
const struct pen_function_schemas *pen_schemas_of(const struct pen_schemas *schemas, size_t index);

/** The one that is mapped to an event's dataschema, or NULL. */
const struct pen_held *pen_schemas_named(const struct pen_function_schemas *schemas,
                                         struct pen_str uri);

#endif
