/**
 * Results of an evaluation as JSON: the four output forms of JSON Schema 2020-12, section 12.4.
 *
 * Pure; any thread.
 */
#ifndef PEN_SCHEMA_OUTPUT_H
#define PEN_SCHEMA_OUTPUT_H

#include "filters/schema/schema.h"

enum pen_schema_form {
    PEN_SCHEMA_FLAG,     /* {"valid":false} */
    PEN_SCHEMA_BASIC,    /* a flat list of what failed, or of what annotates */
    PEN_SCHEMA_DETAILED, /* a tree, without results that say nothing of their own */
    PEN_SCHEMA_VERBOSE,  /* a tree of all results */
};

/** Write one form; look at `buf->full`. No value of the instance is in it. */
void pen_schema_output(const struct pen_schema_unit *root, enum pen_schema_form form,
                       struct pen_buf *buf);

/** "/properties/name/minLength": the way through the schema, references included. */
void pen_schema_unit_location(const struct pen_schema_unit *unit, struct pen_buf *buf);

/** "https://example.com/order#/properties/name/minLength": the place, no way. */
void pen_schema_unit_absolute(const struct pen_schema_unit *unit, struct pen_buf *buf);

/** The keyword at which a unit failed; of a subschema the one that applied it. */
struct pen_str pen_schema_unit_keyword(const struct pen_schema_unit *unit);

/**
 * The next unit that says by itself why the instance is not valid, in the schema's order; NULL at
 * the end. Begin with `last` NULL. Units below one that did not fail are left out.
 */
const struct pen_schema_unit *pen_schema_next_failure(const struct pen_schema_unit *root,
                                                      const struct pen_schema_unit *last);

#endif
