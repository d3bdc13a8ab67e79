/**
 * The collecting evaluation, from inside: the plain form, keyword by keyword, every result kept.
 *
 * collect.c goes through subschemas and what they apply to the same value, collect_children.c to
 * members and elements, collect_values.c says what a value itself must be.
 */
#ifndef PEN_SCHEMA_COLLECT_H
#define PEN_SCHEMA_COLLECT_H

#include "filters/schema/program.h"
#include "filters/schema/registry.h"

/** The resources that one came through, innermost first. */
struct pen_scope {
    const struct pen_scope *outer;
    uint32_t resource;
};

struct pen_collecting {
    struct pen_schema_work work;
    const struct pen_schema *schema;
};

/** One keyword at work. */
struct pen_collect {
    struct pen_collecting *all;
    const struct pen_subschema *schema;
    const struct pen_use *use;
    const struct pen_json *value;
    struct pen_schema_unit *unit; /* of the keyword */
    struct pen_marks *marks;      /* of the subschema's value */
    const struct pen_scope *scope;
};

/** A new result below `parent`, which is the last one so far. NULL: no memory (in status). */
struct pen_schema_unit *pen_collect_unit(struct pen_collecting *all, struct pen_schema_unit *parent,
                                         struct pen_str step, const struct pen_json *source,
                                         const struct pen_json *instance);

/** Evaluate a subschema into `unit`; marks of a valid one go to `marks`, which may be NULL. */
bool pen_collect_into(struct pen_collecting *all, uint32_t number, struct pen_schema_unit *unit,
                      struct pen_marks *marks, const struct pen_scope *scope);

/** Evaluate a subschema as a new result below the keyword's. */
bool pen_collect_below(const struct pen_collect *c, uint32_t number, struct pen_str step,
                       const struct pen_json *instance, struct pen_marks *marks);

/** The keyword is not fulfilled: say why. Always false. */
bool pen_collect_fail(const struct pen_collect *c, const char *format, ...) PEN_PRINTF(2, 3);

/** The use of another keyword in the same schema object; NULL = it is not there. */
const struct pen_use *pen_collect_other(const struct pen_collect *c, enum pen_keyword keyword);

/** Each keyword has one of these. True: fulfilled. */
typedef bool pen_collector(const struct pen_collect *c);

pen_collector pen_collect_properties;
pen_collector pen_collect_pattern_properties;
pen_collector pen_collect_additional_properties;
pen_collector pen_collect_property_names;
pen_collector pen_collect_dependencies;
pen_collector pen_collect_unevaluated;
pen_collector pen_collect_prefix_items;
pen_collector pen_collect_items;
pen_collector pen_collect_additional_items;
pen_collector pen_collect_contains;

pen_collector pen_collect_type;
pen_collector pen_collect_enum;
pen_collector pen_collect_bound;
pen_collector pen_collect_multiple;
pen_collector pen_collect_length;
pen_collector pen_collect_pattern;
pen_collector pen_collect_format;
pen_collector pen_collect_content;
pen_collector pen_collect_count;
pen_collector pen_collect_unique;
pen_collector pen_collect_required;
pen_collector pen_collect_dependent_required;

#endif
