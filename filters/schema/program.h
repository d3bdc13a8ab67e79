/**
 * What a schema is compiled to, in two forms that share their operands.
 *
 * The plain form follows the text: each subschema with its keywords, one by one; the collecting
 * evaluation reads it, since it must name them. The program is made from it for speed: types as
 * bits, keywords of one kind fused into one instruction, references and "allOf" drawn in, and only
 * what can concern a value of the type at hand is run. Both are arrays; numbers lead from one part
 * to the other. Immutable once made; any thread.
 */
#ifndef PEN_SCHEMA_PROGRAM_H
#define PEN_SCHEMA_PROGRAM_H

#include "filters/schema/checks.h"
#include "filters/schema/dialect.h"

struct pen_format;

/** Where "$dynamicRef" leads: to the outermost resource on the way that has the anchor. */
struct pen_dynamic {
    struct pen_str name;
    uint32_t fallback;              /* where it leads by itself */
    const struct pen_dynamic *same; /* an earlier one of this name: the arrays are its; or NULL */
    uint32_t count;
    uint32_t *resources; /* that have the anchor */
    uint32_t *targets;   /* and where */
};

/** One keyword of one subschema. Which fields it uses follows from the keyword. */
struct pen_use {
    enum pen_keyword keyword;
    pen_types types;               /* "type" */
    uint32_t node;                 /* a subschema; PEN_NONE = none */
    uint32_t count;                /* of nodes or expressions */
    const struct pen_json *member; /* the keyword's name and value */
    uint32_t *nodes;               /* subschemas, in the order of the value's children */
    const struct pen_expression **expressions; /* "pattern", "patternProperties" */
    uint64_t limit;                            /* of what counts something; of a flag 0 or 1 */
    union {
        const struct pen_bound *bound;
        const struct pen_enum *values;
        const struct pen_format *format; /* NULL = it only annotates */
        const struct pen_dynamic *dynamic;
        struct pen_content content;
    };
};

struct pen_subschema {
    const struct pen_json *source;
    uint32_t resource;
    uint32_t use_count;
    struct pen_use *uses; /* by rank, otherwise as written */
};

enum pen_operation {
    PEN_OP_ENUM,
    PEN_OP_OBJECT,
    PEN_OP_ARRAY,
    PEN_OP_LENGTH,
    PEN_OP_PATTERN,
    PEN_OP_FORMAT,
    PEN_OP_CONTENT,
    PEN_OP_BOUNDS,
    PEN_OP_MULTIPLE,
    PEN_OP_CALL,
    PEN_OP_DYNAMIC,
    PEN_OP_ANY_OF,
    PEN_OP_ONE_OF,
    PEN_OP_NOT,
    PEN_OP_IF,
    PEN_OP_UNEVALUATED,
};

struct pen_instruction {
    enum pen_operation operation;
    bool for_items; /* "unevaluatedItems"; else "unevaluatedProperties" */
    uint32_t node;  /* a subschema, or how many of them */
    union {
        const void *operand;
        const struct pen_enum *values;
        const struct pen_object_rule *object;
        const struct pen_array_rule *array;
        const struct pen_length_rule *length;
        const struct pen_expression *expression;
        const struct pen_format *format;
        struct pen_content content;
        const struct pen_bounds_rule *bounds;
        const struct pen_bound *bound;
        const struct pen_dynamic *dynamic;
        const uint32_t *nodes; /* "if": then and else */
    };
};

/** One member that an object rule knows by name. */
struct pen_property {
    uint32_t node; /* PEN_NONE = none: it is only required, or others depend on it */
    bool required;
};

/** "If this member is there, then": each of these, or the schema. */
struct pen_dependency {
    uint32_t property; /* of the rule's names */
    uint32_t node;     /* PEN_NONE = none */
    uint32_t *names;   /* of the rule */
    uint32_t count;
};

/** All keywords about members: one walk decides them. */
struct pen_object_rule {
    struct pen_names names;
    struct pen_property *properties;
    uint32_t required;
    uint32_t pattern_count;
    const struct pen_expression **patterns;
    const uint32_t *pattern_nodes;
    uint32_t additional;     /* PEN_NONE = anything */
    uint32_t property_names; /* PEN_NONE = anything */
    struct pen_dependency *dependencies;
    uint32_t dependency_count;
    bool is_brief; /* a name or two and nothing else about members: looked for, not walked to */
    uint64_t least;
    uint64_t most;
};

struct pen_array_rule {
    const uint32_t *prefix;
    uint32_t prefix_count;
    uint32_t items;    /* behind the prefix; PEN_NONE = anything */
    uint32_t contains; /* PEN_NONE = none */
    bool contains_marks;
    bool unique;
    uint64_t least_contained;
    uint64_t most_contained;
    uint64_t least;
    uint64_t most;
};

struct pen_length_rule {
    uint64_t least;
    uint64_t most;
};

struct pen_bounds_rule {
    const struct pen_bound *least; /* NULL = none */
    const struct pen_bound *most;
    const struct pen_bound *above;
    const struct pen_bound *below;
};

/** Instructions of a subschema stand in this order; only the groups of a value's type are run. */
enum pen_group {
    PEN_GROUP_EARLY, /* any type: quick */
    PEN_GROUP_NUMBER,
    PEN_GROUP_STRING,
    PEN_GROUP_ARRAY,
    PEN_GROUP_OBJECT,
    PEN_GROUP_LATE, /* any type: other subschemas */
    PEN_GROUP_LAST, /* unevaluated */
    PEN_GROUP_END,
};

struct pen_node {
    pen_types types;
    uint8_t busy;     /* types for which there is an instruction */
    uint8_t tracks;   /* types whose children it asks about: unevaluated */
    uint8_t harmless; /* types that are harmless when they fit */
    uint32_t resource;
    uint32_t first[PEN_GROUP_END + 1]; /* instruction of each group, and the end */
};

struct pen_schema {
    const struct pen_node *nodes;
    const struct pen_instruction *instructions;
    const struct pen_subschema *subschemas; /* as many as nodes */
    const struct pen_resource *resources;
    uint32_t count;
    uint32_t root;
    bool is_dynamic; /* it matters through which resources one comes */
};

#endif
