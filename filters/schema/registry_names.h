/**
 * What has which name in a registry: resources by their URIs, anchors within a resource. Used by
 * the registry's walk alone; as it is, while compiling and by one thread.
 */
#ifndef PEN_SCHEMA_REGISTRY_NAMES_H
#define PEN_SCHEMA_REGISTRY_NAMES_H

#include "filters/schema/registry.h"

/** By its own URI or by one from which it was fetched; PEN_NONE = nobody has it. */
uint32_t pen_registry_resource(const struct pen_registry *registry, struct pen_str uri);

/** `uri` leads to the resource, too. It lives as long as the registry. Errors: PEN_ERR_NOMEM */
PEN_MUST_USE enum pen_status pen_registry_add_alias(struct pen_registry *registry,
                                                    struct pen_str uri, uint32_t resource);

/** Errors: PEN_ERR_INVALID (another one has its URI, which is told), PEN_ERR_NOMEM */
PEN_MUST_USE enum pen_status pen_registry_add(struct pen_registry *registry,
                                              struct pen_resource resource, uint32_t *out);

/** NULL = the resource has none of that name. */
struct pen_anchor *pen_registry_anchor(const struct pen_registry *registry, uint32_t resource,
                                       struct pen_str name);

/** Errors: PEN_ERR_INVALID (another schema has its name, which is told), PEN_ERR_NOMEM */
PEN_MUST_USE enum pen_status pen_registry_add_anchor(struct pen_registry *registry,
                                                     struct pen_anchor anchor);

#endif
