/** A worklist walks through schemas; references fetch documents as they come up. */
#include "filters/schema/registry_names.h"

#include "filters/core/codec.h"
#include "filters/core/uri.h"
#include "filters/schema/meta.h"

#define MAX_DOCUMENTS 1000 /* that references lead to; more is a mistake in the map */

static enum pen_status push(struct pen_entry **list, uint32_t *count, uint32_t *room,
                            struct pen_arena *arena, struct pen_entry entry)
{
    struct pen_entry *const all = pen_lookup_grow(*list, sizeof(*all), *count, room, arena);
    if (all == NULL) return PEN_ERR_NOMEM;
    *list = all;
    all[(*count)++] = entry;
    return PEN_OK;
}

static enum pen_status later(struct pen_registry *r, const struct pen_json *schema,
                             uint32_t resource)
{
    return push(&r->pending, &r->pending_count, &r->pending_room, r->making,
                (struct pen_entry){schema, resource});
}

static enum pen_status later_all(struct pen_registry *r, const struct pen_json *several,
                                 uint32_t resource)
{
    for (const struct pen_json *one = several->first; one != NULL; one = one->next) {
        PEN_TRY(later(r, one, resource));
    }
    return PEN_OK;
}

/* Subschemas of one keyword. What has the wrong shape the compiler finds. */
static enum pen_status later_inside(struct pen_registry *r, const struct pen_json *member,
                                    enum pen_keyword keyword, uint32_t resource)
{
    const enum pen_keyword_form form = pen_keyword_form(keyword);
    const bool is_array = member->type == PEN_JSON_ARRAY;
    if (form == PEN_FORM_SCHEMA || (form == PEN_FORM_ITEMS && !is_array)) {
        return later(r, member, resource);
    }
    if (form == PEN_FORM_SCHEMAS || form == PEN_FORM_ITEMS) {
        return is_array ? later_all(r, member, resource) : PEN_OK;
    }
    if (form == PEN_FORM_PLAIN || member->type != PEN_JSON_OBJECT) return PEN_OK;
    return later_all(r, member, resource);
}

static struct pen_str fragment_of(struct pen_str uri, struct pen_str *rest)
{
    const size_t hash = pen_str_find(uri, '#', 0);
    *rest = pen_str_slice(uri, 0, hash);
    return pen_str_slice(uri, hash + 1, uri.len);
}

static enum pen_status load(struct pen_registry *r, struct pen_str uri,
                            const struct pen_json *reference, uint32_t *out);

/* Why a URI could not be read: it is none, or there is no memory. */
static enum pen_status fail_reference(const struct pen_registry *r, const struct pen_json *at,
                                      struct pen_str keyword, enum pen_status status)
{
    if (status == PEN_ERR_NOMEM) return status;
    return pen_registry_fail(r, at, keyword, PEN_ERR_INVALID, "must be a URI reference");
}

/* A meta-schema of somebody's own: which vocabularies does it list? */
static enum pen_status read_vocabularies(struct pen_registry *r, const struct pen_json *schema_name,
                                         const struct pen_json *meta, struct pen_dialect *out)
{
    const struct pen_json *const list = pen_json_member(meta, PEN_S("$vocabulary"));
    if (out->old || list == NULL || list->type != PEN_JSON_OBJECT) return PEN_OK;

    uint8_t bits = PEN_VOCABULARY_CORE;
    for (const struct pen_json *v = list->first; v != NULL; v = v->next) {
        const uint8_t known = pen_vocabulary_find(v->name);
        bits |= known;
        if (known == 0 && v->type == PEN_JSON_TRUE) {
            return pen_registry_fail(r, schema_name, PEN_S("$schema"), PEN_ERR_UNSUPPORTED,
                                     "its meta-schema requires the vocabulary \"%.*s\", which is "
                                     "not known here",
                                     PEN_STR_ARGS(v->name));
        }
    }
    out->vocabularies = bits;
    return PEN_OK;
}

/* What "$schema" makes of a resource; without one it is `inherited`. */
static enum pen_status read_dialect(struct pen_registry *r, const struct pen_json *root,
                                    struct pen_dialect inherited, uint32_t depth,
                                    struct pen_dialect *out)
{
    const struct pen_json *const name = pen_json_member(root, PEN_S("$schema"));
    *out = inherited;
    if (name == NULL) return PEN_OK;
    if (name->type != PEN_JSON_STRING) {
        return pen_registry_fail(r, name, PEN_S("$schema"), PEN_ERR_INVALID, "must be a URI");
    }
    if (pen_dialect_find(name->text, out)) return PEN_OK;
    if (pen_dialect_is_foreign(name->text)) {
        return pen_registry_fail(r, name, PEN_S("$schema"), PEN_ERR_UNSUPPORTED,
                                 "\"%.*s\" is not supported; drafts 2020-12 and 07 are",
                                 PEN_STR_ARGS(name->text));
    }
    /* A meta-schema names one of its own, and so on, until one of ours: a handful is much. */
    if (depth == 4) {
        return pen_registry_fail(r, name, PEN_S("$schema"), PEN_ERR_UNSUPPORTED,
                                 "meta-schemas of meta-schemas lead to none that is known");
    }
    struct pen_str uri;
    (void)fragment_of(name->text, &uri);
    const struct pen_json *meta = NULL;
    const uint32_t known = pen_registry_resource(r, uri);
    if (known != PEN_NONE) {
        meta = r->resources[known].root;
    } else if (r->options->documents != NULL) {
        const enum pen_status status =
            r->options->documents->find(r->options->documents->context, uri, &meta);
        if (status != PEN_OK && status != PEN_ERR_NOT_FOUND) return status;
    }
    if (meta == NULL) {
        return pen_registry_fail(r, name, PEN_S("$schema"), PEN_ERR_NOT_FOUND,
                                 "no document is mapped for the meta-schema \"%.*s\"",
                                 PEN_STR_ARGS(name->text));
    }
    if (meta == root) return PEN_OK; /* it describes itself */
    PEN_TRY(read_dialect(r, meta, pen_dialect_2020_12, depth + 1, out));
    PEN_TRY(read_vocabularies(r, name, meta, out));
    out->meta = meta;
    out->meta_uri = uri;
    return PEN_OK;
}

/* In draft-07 what stands beside "$ref" does not count. */
static bool is_mere_reference(struct pen_dialect dialect, const struct pen_json *schema)
{
    if (!dialect.old) return false;
    const struct pen_json *const reference = pen_json_member(schema, PEN_S("$ref"));
    return reference != NULL && reference->type == PEN_JSON_STRING;
}

static enum pen_status add_old_anchor(struct pen_registry *r, const struct pen_json *schema,
                                      uint32_t resource, struct pen_str name)
{
    if (name.len == 0) return PEN_OK;
    return pen_registry_add_anchor(
        r, (struct pen_anchor){.resource = resource, .name = name, .schema = schema});
}

/* A schema with "$id" opens a resource, unless the name is but an anchor of draft-07. */
static enum pen_status open_resource(struct pen_registry *r, const struct pen_json *schema,
                                     uint32_t *resource)
{
    const struct pen_json *const id = pen_json_member(schema, PEN_S("$id"));
    if (id == NULL || id->type != PEN_JSON_STRING) return PEN_OK;

    const struct pen_resource outer = r->resources[*resource];
    struct pen_dialect dialect;
    PEN_TRY(read_dialect(r, schema, outer.dialect, 0, &dialect));
    if (is_mere_reference(dialect, schema)) return PEN_OK;

    struct pen_str name;
    const struct pen_str fragment = fragment_of(id->text, &name);
    if (outer.root == schema) {
        return dialect.old ? add_old_anchor(r, schema, *resource, fragment) : PEN_OK;
    }
    if (dialect.old && name.len == 0) return add_old_anchor(r, schema, *resource, fragment);

    struct pen_str uri;
    const enum pen_status status = pen_uri_resolve(outer.uri, name, r->arena, &uri);
    if (status != PEN_OK) return fail_reference(r, id, PEN_S("$id"), status);
    PEN_TRY(pen_registry_add(
        r,
        (struct pen_resource){.uri = uri, .root = schema, .dialect = dialect, .outer = *resource},
        resource));
    return dialect.old ? add_old_anchor(r, schema, *resource, fragment) : PEN_OK;
}

static enum pen_status read_anchor(struct pen_registry *r, const struct pen_json *schema,
                                   uint32_t resource, struct pen_str keyword, bool dynamic)
{
    const struct pen_json *const name = pen_json_member(schema, keyword);
    if (name == NULL || name->type != PEN_JSON_STRING) return PEN_OK;
    return pen_registry_add_anchor(
        r, (struct pen_anchor){
               .resource = resource, .name = name->text, .schema = schema, .dynamic = dynamic});
}

static bool was_walked(const struct pen_registry *r, const struct pen_json *schema)
{
    size_t at = 0;
    /* The hash of a pointer is a permutation of it but for the last step: compare nothing else. */
    return pen_lookup_next(&r->walked, pen_lookup_hash_pointer(schema), &at) != PEN_NONE;
}

static enum pen_status walk_one(struct pen_registry *r, const struct pen_json *schema,
                                uint32_t resource)
{
    if (was_walked(r, schema)) return PEN_OK;
    if (schema->type == PEN_JSON_OBJECT) PEN_TRY(open_resource(r, schema, &resource));
    PEN_TRY(pen_lookup_add(&r->walked, r->making, pen_lookup_hash_pointer(schema), resource));
    if (schema->type != PEN_JSON_OBJECT) return PEN_OK;

    const struct pen_dialect dialect = r->resources[resource].dialect;
    if (!dialect.old) {
        PEN_TRY(read_anchor(r, schema, resource, PEN_S("$anchor"), false));
        PEN_TRY(read_anchor(r, schema, resource, PEN_S("$dynamicAnchor"), true));
    }
    const bool mere = is_mere_reference(dialect, schema);
    for (const struct pen_json *m = schema->first; m != NULL; m = m->next) {
        const enum pen_keyword keyword = pen_keyword_find(dialect, m->name);
        if (keyword == PEN_KEYWORD_UNKNOWN) continue;
        /* Definitions are read all the same: a reference may lead into them by a name. */
        if (mere && keyword != PEN_KEYWORD_DEFINITIONS) continue;
        PEN_TRY(later_inside(r, m, keyword, resource));
    }
    return PEN_OK;
}

static enum pen_status walk(struct pen_registry *r, const struct pen_json *schema,
                            uint32_t resource)
{
    if (was_walked(r, schema)) return PEN_OK;
    PEN_TRY(push(&r->entries, &r->entry_count, &r->entry_room, r->making,
                 (struct pen_entry){schema, resource}));
    PEN_TRY(later(r, schema, resource));
    while (r->pending_count > 0) {
        const struct pen_entry next = r->pending[--r->pending_count];
        PEN_TRY(walk_one(r, next.schema, next.resource));
    }
    return PEN_OK;
}

static enum pen_status add_document(struct pen_registry *r, const struct pen_json *root,
                                    struct pen_str uri, struct pen_dialect dialect, uint32_t *out)
{
    struct pen_resource resource = {.uri = uri, .root = root, .outer = PEN_NONE};
    PEN_TRY(read_dialect(r, root, dialect, 0, &resource.dialect));
    const struct pen_json *const id = pen_json_member(root, PEN_S("$id"));
    if (id != NULL && id->type == PEN_JSON_STRING && !is_mere_reference(resource.dialect, root)) {
        struct pen_str name;
        (void)fragment_of(id->text, &name);
        const enum pen_status status = pen_uri_resolve(uri, name, r->arena, &resource.uri);
        if (status != PEN_OK) return fail_reference(r, id, PEN_S("$id"), status);
    }
    const uint32_t same = resource.uri.len > 0 ? pen_registry_resource(r, resource.uri) : PEN_NONE;
    if (same != PEN_NONE) {
        *out = same; /* fetched by another name */
    } else {
        PEN_TRY(pen_registry_add(r, resource, out));
    }
    return pen_str_equal(uri, resource.uri) ? PEN_OK : pen_registry_add_alias(r, uri, *out);
}

static enum pen_status read_meta(struct pen_registry *r, struct pen_str text,
                                 const struct pen_json **out)
{
    const enum pen_status status = pen_json_read(text, NULL, r->arena, out, NULL);
    return status == PEN_ERR_SYNTAX ? PEN_ERR_INTERNAL : status;
}

/* A document that nobody has named so far. */
static enum pen_status load(struct pen_registry *r, struct pen_str uri,
                            const struct pen_json *reference, uint32_t *out)
{
    const struct pen_json *root = NULL;
    enum pen_status status = PEN_ERR_NOT_FOUND;
    const struct pen_str meta = pen_meta_find(uri);
    if (meta.len > 0) {
        status = read_meta(r, meta, &root);
    } else if (r->options->documents != NULL) {
        status = r->options->documents->find(r->options->documents->context, uri, &root);
    }
    if (status == PEN_ERR_NOT_FOUND) {
        return pen_registry_fail(r, reference, reference->name, status,
                                 "\"%.*s\" leads to no document that is mapped", PEN_STR_ARGS(uri));
    }
    if (status != PEN_OK) {
        return pen_registry_fail(r, reference, reference->name, status,
                                 "the document at \"%.*s\" cannot be read", PEN_STR_ARGS(uri));
    }
    if (r->documents++ == MAX_DOCUMENTS) {
        return pen_registry_fail(r, reference, reference->name, PEN_ERR_LIMIT,
                                 "references lead to more than %d documents", MAX_DOCUMENTS);
    }
    const struct pen_dialect dialect =
        r->options->draft == PEN_SCHEMA_DRAFT_7 ? pen_dialect_draft_7 : pen_dialect_2020_12;
    PEN_TRY(add_document(r, root, uri, dialect, out));
    return walk(r, r->resources[*out].root, *out);
}

static enum pen_status find_in(struct pen_registry *r, uint32_t resource, struct pen_str fragment,
                               const struct pen_json *reference, struct pen_target *out)
{
    const struct pen_json *const root = r->resources[resource].root;
    *out = (struct pen_target){.schema = root, .resource = resource};
    if (fragment.len == 0) return walk(r, root, resource);

    if (fragment.ptr[0] == '/') {
        out->schema = pen_json_resolve(root, fragment);
    } else {
        const struct pen_anchor *const anchor = pen_registry_anchor(r, resource, fragment);
        out->schema = anchor != NULL ? anchor->schema : NULL;
        if (anchor != NULL && anchor->dynamic) out->dynamic_name = anchor->name;
    }
    if (out->schema == NULL) {
        return pen_registry_fail(r, reference, reference->name, PEN_ERR_NOT_FOUND,
                                 "\"%.*s\" leads nowhere", PEN_STR_ARGS(reference->text));
    }
    PEN_TRY(walk(r, out->schema, pen_registry_resource_of(r, out->schema)));
    out->resource = pen_registry_resource_of(r, out->schema);
    return PEN_OK;
}

enum pen_status pen_registry_resolve(struct pen_registry *registry, uint32_t resource,
                                     const struct pen_json *reference, struct pen_target *out)
{
    struct pen_registry *const r = registry;
    if (reference->type != PEN_JSON_STRING) {
        return pen_registry_fail(r, reference, reference->name, PEN_ERR_INVALID,
                                 "must be a URI reference");
    }
    struct pen_str full;
    const struct pen_str base = r->resources[resource].uri;
    enum pen_status status = pen_uri_resolve(base, reference->text, r->arena, &full);
    if (status != PEN_OK) return fail_reference(r, reference, reference->name, status);
    struct pen_str uri;
    struct pen_str fragment = fragment_of(full, &uri);
    status = pen_codec_percent(fragment, false, r->arena, &fragment);
    if (status != PEN_OK) return fail_reference(r, reference, reference->name, status);
    uint32_t found = pen_str_equal(uri, base) ? resource : pen_registry_resource(r, uri);
    if (found == PEN_NONE) PEN_TRY(load(r, uri, reference, &found));
    return find_in(r, found, fragment, reference, out);
}

enum pen_status pen_registry_part(struct pen_registry *registry, const struct pen_json *document,
                                  struct pen_str at, struct pen_target *out)
{
    struct pen_registry *const r = registry;
    const struct pen_json *const schema = pen_json_resolve(document, at);
    if (schema == NULL) {
        return pen_registry_fail(r, document, PEN_S(""), PEN_ERR_NOT_FOUND,
                                 "nothing is at \"%.*s\"", PEN_STR_ARGS(at));
    }
    PEN_TRY(walk(r, schema, 0)); /* the first document's own resource is the first */
    *out = (struct pen_target){.schema = schema, .resource = pen_registry_resource_of(r, schema)};
    return PEN_OK;
}

enum pen_status pen_registry_begin(struct pen_registry *registry, const struct pen_json *document,
                                   struct pen_target *out)
{
    struct pen_registry *const r = registry;
    const struct pen_dialect dialect =
        r->options->draft == PEN_SCHEMA_DRAFT_7 ? pen_dialect_draft_7 : pen_dialect_2020_12;
    uint32_t resource = 0;
    struct pen_str base;
    (void)fragment_of(r->options->base_uri, &base);
    PEN_TRY(add_document(r, document, base, dialect, &resource));
    return pen_registry_part(r, document, r->options->at, out);
}
