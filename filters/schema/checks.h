/**
 * Assertions about one value: what both evaluators ask, compiled from a keyword's value.
 *
 * Immutable once made; any thread.
 */
#ifndef PEN_SCHEMA_CHECKS_H
#define PEN_SCHEMA_CHECKS_H

#include "filters/schema/expression.h"
#include "filters/schema/names.h"
#include "filters/schema/number.h"
#include "filters/schema/work.h"

/** A set of types: bit n is enum pen_json_type n; numbers may have to be integers. */
typedef uint8_t pen_types;

#define PEN_TYPES_ALL     0x7f
#define PEN_TYPES_INTEGER 0x80 /* of numbers only integers */
#define PEN_TYPE(type)    ((uint8_t)(1U << (type)))
#define PEN_TYPES_BOOLEAN (PEN_TYPE(PEN_JSON_FALSE) | PEN_TYPE(PEN_JSON_TRUE))

/** A number to compare with, also as a word when it is one. */
struct pen_bound {
    struct pen_number exact;
    int64_t small;
    bool is_small;
};

/** The values of "enum" or of "const". */
struct pen_enum {
    pen_types types; /* of the values */
    struct pen_names strings;
    const struct pen_json **others; /* numbers, arrays and objects, by ascending hash */
    uint64_t *hashes;
    uint32_t other_count;
};

/** contentEncoding and contentMediaType of one schema, as far as they can be checked. */
struct pen_content {
    bool base64;
    bool json;
};

bool pen_types_have(struct pen_schema_work *work, pen_types types, const struct pen_json *value);

bool pen_value_is_integer(struct pen_schema_work *work, const struct pen_json *number);

/** Where a number stands: less than, equal to or greater than 0. 0, too, on trouble. */
int pen_bound_compare(struct pen_schema_work *work, const struct pen_bound *bound,
                      const struct pen_json *number);

bool pen_bound_divides(struct pen_schema_work *work, const struct pen_bound *bound,
                       const struct pen_json *number);

/** Is the length, in code points, within [least, most]? */
bool pen_length_within(struct pen_schema_work *work, struct pen_str text, uint64_t least,
                       uint64_t most);

bool pen_pattern_holds(struct pen_schema_work *work, const struct pen_expression *pattern,
                       struct pen_str text);

bool pen_enum_has(struct pen_schema_work *work, const struct pen_enum *list,
                  const struct pen_json *value);

bool pen_content_fits(struct pen_schema_work *work, struct pen_content content,
                      struct pen_str text);

#endif
