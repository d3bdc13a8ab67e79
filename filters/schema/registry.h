/**
 * Schemas by their URIs: documents, the resources in them, their anchors, and where references
 * lead.
 *
 * A document is read through when something leads to it: every "$id" in a place where a schema
 * stands opens a resource with a base URI and perhaps a dialect of its own, every anchor gets a
 * name in its resource. What stands in unknown keywords is no schema until a JSON Pointer leads
 * there. Used while compiling and no longer.
 *
 * Source: JSON Schema 2020-12, sections 8.2 and 9; draft-07, section 8
 */
#ifndef PEN_SCHEMA_REGISTRY_H
#define PEN_SCHEMA_REGISTRY_H

#include "filters/core/lookup.h"
#include "filters/schema/dialect.h"
#include "filters/schema/schema.h"

/** Schemas that share a base URI: a document or a part of it that has an "$id". */
struct pen_resource {
    struct pen_str uri; /* absolute where anything says so; without fragment */
    const struct pen_json *root;
    struct pen_dialect dialect;
    bool is_mixed;  /* a resource of another dialect is inside: no one meta-schema holds for all */
    uint32_t outer; /* the resource around it; PEN_NONE = a document */
};

struct pen_anchor {
    uint32_t resource;
    struct pen_str name;
    const struct pen_json *schema;
    bool dynamic; /* "$dynamicAnchor" */
};

/** A place where a schema stands that no walk from another one came by: to be checked as a whole.
 */
struct pen_entry {
    const struct pen_json *schema;
    uint32_t resource;
};

struct pen_registry {
    struct pen_arena *arena;  /* of what stays: texts, documents */
    struct pen_arena *making; /* of what is needed meanwhile: all lists and tables */
    const struct pen_schema_options *options;
    struct pen_schema_error *error; /* may be NULL */
    struct pen_resource *resources;
    uint32_t resource_count;
    uint32_t resource_room;
    struct pen_anchor *anchors;
    uint32_t anchor_count;
    uint32_t anchor_room;
    struct pen_entry *entries;
    uint32_t entry_count;
    uint32_t entry_room;
    struct pen_entry *pending; /* schemas that are yet to be walked through */
    uint32_t pending_count;
    uint32_t pending_room;
    struct pen_lookup by_uri;    /* resources */
    struct pen_lookup by_root;   /* resources, by the node at their root */
    struct pen_lookup by_anchor; /* anchors */
    struct pen_lookup walked;    /* nodes that were walked through; the entry is the resource */
    struct pen_lookup aliases;   /* URIs from which documents were fetched */
    struct pen_str *alias_uris;
    uint32_t *alias_resources;
    uint32_t alias_count;
    uint32_t alias_room;
    uint32_t alias_resource_room;
    uint32_t documents; /* that were fetched */
};

/** Where a reference leads. */
struct pen_target {
    const struct pen_json *schema;
    uint32_t resource;
    struct pen_str dynamic_name; /* it is a dynamic anchor of this name; ptr NULL = it is not */
};

/** The first document, and the schema at `options->at` in it. Errors: as pen_schema_compile(). */
PEN_MUST_USE enum pen_status pen_registry_begin(struct pen_registry *registry,
                                                const struct pen_json *document,
                                                struct pen_target *out);

/** One more schema of the first document, at a JSON Pointer. Errors: as above. */
PEN_MUST_USE enum pen_status pen_registry_part(struct pen_registry *registry,
                                               const struct pen_json *document, struct pen_str at,
                                               struct pen_target *out);

/**
 * @param reference  the value of "$ref" or "$dynamicRef" in `resource`
 *
 * Errors: as pen_schema_compile()
 */
PEN_MUST_USE enum pen_status pen_registry_resolve(struct pen_registry *registry, uint32_t resource,
                                                  const struct pen_json *reference,
                                                  struct pen_target *out);

/** The resource of a schema that was walked through. */
uint32_t pen_registry_resource_of(const struct pen_registry *registry,
                                  const struct pen_json *schema);

/** Describe what is wrong with `at`, of whatever resource, and give back `status`. */
enum pen_status pen_registry_fail(const struct pen_registry *registry, const struct pen_json *at,
                                  struct pen_str keyword, enum pen_status status,
                                  const char *format, ...) PEN_PRINTF(5, 6);

#endif
