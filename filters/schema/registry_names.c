/** Lookups by hash: of resources by their URI and by the node at their root, of anchors. */
#include "filters/schema/registry_names.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static uint32_t resource_at(const struct pen_registry *registry, const struct pen_json *node)
{
    size_t at = 0;
    uint32_t found = PEN_NONE;
    const uint64_t hash = pen_lookup_hash_pointer(node);
    while ((found = pen_lookup_next(&registry->by_root, hash, &at)) != PEN_NONE) {
        if (registry->resources[found].root == node) return found;
    }
    return PEN_NONE;
}

uint32_t pen_registry_resource_of(const struct pen_registry *registry,
                                  const struct pen_json *schema)
{
    for (const struct pen_json *node = schema; node != NULL; node = node->parent) {
        const uint32_t found = resource_at(registry, node);
        if (found != PEN_NONE) return found;
    }
    return PEN_NONE;
}

static void put_c(char *memory, size_t room, struct pen_str text)
{
    const size_t length = text.len < room - 1 ? text.len : room - 1;
    if (length > 0) memcpy(memory, text.ptr, length);
    memory[length] = '\0';
}

enum pen_status pen_registry_fail(const struct pen_registry *registry, const struct pen_json *at,
                                  struct pen_str keyword, enum pen_status status,
                                  const char *format, ...)
{
    struct pen_schema_error *const error = registry->error;
    if (error == NULL) return status;

    const struct pen_json *document = at;
    while (document->parent != NULL) {
        document = document->parent;
    }
    const uint32_t resource = resource_at(registry, document);
    struct pen_buf buf = pen_buf_over(error->path, sizeof(error->path) - 1);
    if (resource != PEN_NONE) pen_buf_put(&buf, registry->resources[resource].uri);
    pen_buf_byte(&buf, '#');
    pen_json_pointer(at, &buf);
    error->path[buf.len] = '\0';
    put_c(error->keyword, sizeof(error->keyword), keyword);
    error->place = at->place;
    va_list values;
    va_start(values, format);
    /* A sentence that does not fit is cut. */
    (void)vsnprintf(error->sentence, sizeof(error->sentence), format, values);
    va_end(values);
    return status;
}

uint32_t pen_registry_resource(const struct pen_registry *registry, struct pen_str uri)
{
    const uint64_t hash = pen_lookup_hash(uri);
    size_t at = 0;
    uint32_t found = PEN_NONE;
    while ((found = pen_lookup_next(&registry->by_uri, hash, &at)) != PEN_NONE) {
        if (pen_str_equal(registry->resources[found].uri, uri)) return found;
    }
    at = 0;
    while ((found = pen_lookup_next(&registry->aliases, hash, &at)) != PEN_NONE) {
        if (pen_str_equal(registry->alias_uris[found], uri)) {
            return registry->alias_resources[found];
        }
    }
    return PEN_NONE;
}

enum pen_status pen_registry_add_alias(struct pen_registry *r, struct pen_str uri,
                                       uint32_t resource)
{
    struct pen_str *const uris =
        pen_lookup_grow(r->alias_uris, sizeof(*uris), r->alias_count, &r->alias_room, r->making);
    if (uris == NULL) return PEN_ERR_NOMEM;
    r->alias_uris = uris;
    uint32_t *const resources = pen_lookup_grow(r->alias_resources, sizeof(*resources),
                                                r->alias_count, &r->alias_resource_room, r->making);
    if (resources == NULL) return PEN_ERR_NOMEM;
    r->alias_resources = resources;
    uris[r->alias_count] = uri;
    resources[r->alias_count] = resource;
    return pen_lookup_add(&r->aliases, r->making, pen_lookup_hash(uri), r->alias_count++);
}

enum pen_status pen_registry_add(struct pen_registry *r, struct pen_resource resource,
                                 uint32_t *out)
{
    if (resource.uri.len > 0 && pen_registry_resource(r, resource.uri) != PEN_NONE) {
        return pen_registry_fail(r, resource.root, PEN_S("$id"), PEN_ERR_INVALID,
                                 "\"%.*s\" is the name of another schema, too",
                                 PEN_STR_ARGS(resource.uri));
    }
    struct pen_resource *const all = pen_lookup_grow(r->resources, sizeof(*all), r->resource_count,
                                                     &r->resource_room, r->making);
    if (all == NULL) return PEN_ERR_NOMEM;
    r->resources = all;
    const uint32_t number = r->resource_count++;
    all[number] = resource;
    for (uint32_t outer = resource.outer; outer != PEN_NONE; outer = all[outer].outer) {
        if (all[outer].dialect.old != resource.dialect.old) all[outer].is_mixed = true;
    }
    PEN_TRY(pen_lookup_add(&r->by_uri, r->making, pen_lookup_hash(resource.uri), number));
    PEN_TRY(pen_lookup_add(&r->by_root, r->making, pen_lookup_hash_pointer(resource.root), number));
    *out = number;
    return PEN_OK;
}

static uint64_t hash_anchor(uint32_t resource, struct pen_str name)
{
    return pen_lookup_hash(name) ^ ((uint64_t)resource * UINT64_C(0x9e3779b97f4a7c15));
}

struct pen_anchor *pen_registry_anchor(const struct pen_registry *r, uint32_t resource,
                                       struct pen_str name)
{
    const uint64_t hash = hash_anchor(resource, name);
    size_t at = 0;
    uint32_t found = PEN_NONE;
    while ((found = pen_lookup_next(&r->by_anchor, hash, &at)) != PEN_NONE) {
        struct pen_anchor *const anchor = &r->anchors[found];
        if (anchor->resource == resource && pen_str_equal(anchor->name, name)) return anchor;
    }
    return NULL;
}

enum pen_status pen_registry_add_anchor(struct pen_registry *r, struct pen_anchor anchor)
{
    struct pen_anchor *const same = pen_registry_anchor(r, anchor.resource, anchor.name);
    if (same != NULL && same->schema == anchor.schema) {
        same->dynamic = same->dynamic || anchor.dynamic;
        return PEN_OK;
    }
    if (same != NULL) {
        return pen_registry_fail(r, anchor.schema, PEN_S("$anchor"), PEN_ERR_INVALID,
                                 "another schema is called \"#%.*s\", too",
                                 PEN_STR_ARGS(anchor.name));
    }
    struct pen_anchor *const all =
        pen_lookup_grow(r->anchors, sizeof(*all), r->anchor_count, &r->anchor_room, r->making);
    if (all == NULL) return PEN_ERR_NOMEM;
    r->anchors = all;
    all[r->anchor_count] = anchor;
    return pen_lookup_add(&r->by_anchor, r->making, hash_anchor(anchor.resource, anchor.name),
                          r->anchor_count++);
}
