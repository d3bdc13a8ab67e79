/** A worklist over subschemas; numbers are given when a schema is first spoken of. */
#include "filters/schema/compile.h"

#include <string.h>

#define DEFAULT_NODES 100000

void *pen_compiler_keep(struct pen_arena *arena, const void *items, size_t item_bytes,
                        uint32_t count)
{
    void *const kept = pen_arena_calloc(arena, count, item_bytes);
    if (kept != NULL && count > 0) memcpy(kept, items, count * item_bytes);
    return kept;
}

enum pen_status pen_compiler_subschema(struct pen_compiler *compiler, const struct pen_json *source,
                                       uint32_t resource, uint32_t *out)
{
    struct pen_compiler *const c = compiler;
    const uint64_t hash = pen_lookup_hash_pointer(source);
    size_t at = 0;
    const uint32_t known = pen_lookup_next(&c->by_source, hash, &at);
    if (known != PEN_NONE) {
        *out = known;
        return PEN_OK;
    }
    if (c->count == c->most) {
        return pen_registry_fail(&c->registry, source, PEN_S(""), PEN_ERR_LIMIT,
                                 "there are more than %u subschemas", c->most);
    }
    struct pen_subschema *const all =
        pen_lookup_grow(c->subschemas, sizeof(*all), c->count, &c->room, c->making);
    if (all == NULL) return PEN_ERR_NOMEM;
    c->subschemas = all;
    /* The schema itself may open a resource inside of the one that speaks of it. */
    const uint32_t own = pen_registry_resource_of(&c->registry, source);
    all[c->count] =
        (struct pen_subschema){.source = source, .resource = own != PEN_NONE ? own : resource};
    PEN_TRY(pen_lookup_add(&c->by_source, c->making, hash, c->count));
    *out = c->count++;
    return PEN_OK;
}

static bool is_mere_reference(const struct pen_json *schema, struct pen_dialect dialect)
{
    return dialect.old
           && pen_json_string_or(pen_json_member(schema, PEN_S("$ref")), (struct pen_str){0}).ptr
                  != NULL;
}

/* By rank, otherwise as written: a handful, so by insertion. */
static void insert(struct pen_use *uses, uint32_t count, const struct pen_use *use)
{
    const unsigned rank = pen_keyword_rank(use->keyword);
    uint32_t at = count;
    for (; at > 0 && pen_keyword_rank(uses[at - 1].keyword) > rank; at--) {
        uses[at] = uses[at - 1];
    }
    uses[at] = *use;
}

static void doubt(const struct pen_compiler *c, struct pen_dialect dialect,
                  const struct pen_json *member)
{
    const struct pen_schema_doubts *const doubts = c->registry.options->doubts;
    if (doubts == NULL || c->is_meta) return;
    const enum pen_keyword meant = pen_keyword_meant(dialect, member->name);
    if (meant == PEN_KEYWORD_UNKNOWN) return;

    const struct pen_str keyword = pen_keyword_name(meant);
    struct pen_schema_error error = {.keyword = ""};
    struct pen_registry registry = c->registry; /* an error of its own: this one ends nothing */
    registry.error = &error;
    (void)(pen_str_equal(keyword, member->name)
               ? pen_registry_fail(&registry, member, PEN_S(""), PEN_OK,
                                   "is no keyword of draft %s and holds nothing",
                                   dialect.old ? "07" : "2020-12")
               : pen_registry_fail(&registry, member, PEN_S(""), PEN_OK,
                                   "is no keyword and holds nothing; did you mean '%.*s'?",
                                   PEN_STR_ARGS(keyword)));
    doubts->tell(doubts->context, &error);
}

static enum pen_status compile_subschema(struct pen_compiler *c, uint32_t number)
{
    const struct pen_json *const source = c->subschemas[number].source;
    const uint32_t resource = c->subschemas[number].resource;
    if (source->type != PEN_JSON_OBJECT) return PEN_OK;

    struct pen_use *const uses =
        pen_arena_calloc(c->arena, (size_t)source->count + 1, sizeof(*uses));
    if (uses == NULL) return PEN_ERR_NOMEM;
    uint32_t count = 0;
    const struct pen_dialect dialect = c->registry.resources[resource].dialect;
    const bool mere = is_mere_reference(source, dialect);
    for (const struct pen_json *m = source->first; m != NULL; m = m->next) {
        struct pen_use use = {.keyword = pen_keyword_find(dialect, m->name), .member = m};
        if (mere && use.keyword != PEN_KEYWORD_REF) continue;
        if (use.keyword == PEN_KEYWORD_UNKNOWN) doubt(c, dialect, m);
        PEN_TRY(pen_keyword_read(c, resource, &use));
        insert(uses, count++, &use);
    }
    c->subschemas[number].uses = uses;
    c->subschemas[number].use_count = count;
    return PEN_OK;
}

/* Every resource that has the anchor may be the outermost one that somebody came through. */
static enum pen_status find_targets(struct pen_compiler *c, struct pen_dynamic *dynamic)
{
    const struct pen_registry *const r = &c->registry;
    if (dynamic->same != NULL) {
        dynamic->count = dynamic->same->count;
        dynamic->resources = dynamic->same->resources;
        dynamic->targets = dynamic->same->targets;
        return PEN_OK;
    }
    dynamic->count = 0;
    dynamic->resources = pen_arena_calloc(c->arena, (size_t)r->anchor_count + 1, sizeof(uint32_t));
    dynamic->targets = pen_arena_calloc(c->arena, (size_t)r->anchor_count + 1, sizeof(uint32_t));
    if (dynamic->resources == NULL || dynamic->targets == NULL) return PEN_ERR_NOMEM;
    for (uint32_t i = 0; i < r->anchor_count; i++) {
        const struct pen_anchor *const anchor = &r->anchors[i];
        if (!anchor->dynamic || !pen_str_equal(anchor->name, dynamic->name)) continue;
        dynamic->resources[dynamic->count] = anchor->resource;
        PEN_TRY(pen_compiler_subschema(c, anchor->schema, anchor->resource,
                                       &dynamic->targets[dynamic->count]));
        dynamic->count++;
    }
    return PEN_OK;
}

static enum pen_status compile_all(struct pen_compiler *c)
{
    uint32_t done = 0;
    uint32_t anchors = 0;
    uint32_t dynamics = 0;
    for (;;) {
        while (done < c->count) {
            PEN_TRY(compile_subschema(c, done));
            done++;
        }
        /* Documents that were fetched meanwhile may have brought more anchors. */
        if (anchors == c->registry.anchor_count && dynamics == c->dynamic_count) return PEN_OK;
        anchors = c->registry.anchor_count;
        dynamics = c->dynamic_count;
        for (uint32_t i = 0; i < c->dynamic_count; i++) {
            PEN_TRY(find_targets(c, c->dynamics[i]));
        }
    }
}

static enum pen_status check_entries(struct pen_compiler *c, uint32_t *checked)
{
    for (; !c->is_meta && *checked < c->registry.entry_count; (*checked)++) {
        const struct pen_entry entry = c->registry.entries[*checked];
        PEN_TRY(pen_schema_check(c, entry.schema, entry.resource));
    }
    return PEN_OK;
}

static enum pen_status add_root(struct pen_compiler *c, const struct pen_target *target,
                                struct pen_schema *schema)
{
    const enum pen_json_type type = target->schema->type;
    PEN_TRY(pen_compiler_subschema(c, target->schema, target->resource, &schema->root));
    if (type == PEN_JSON_OBJECT || type == PEN_JSON_TRUE || type == PEN_JSON_FALSE) return PEN_OK;
    return pen_registry_fail(&c->registry, target->schema, PEN_S(""), PEN_ERR_INVALID,
                             "must be an object, true or false");
}

/* The first is at the options' place, the others at `ats`, which has a place for the first, too. */
static enum pen_status compile(struct pen_compiler *c, const struct pen_json *document,
                               const struct pen_str *ats, uint32_t count,
                               const struct pen_schema **out)
{
    struct pen_schema *const schemas = pen_arena_calloc(c->program, count, sizeof(*schemas));
    struct pen_schema made = {.root = 0};
    struct pen_target target;
    uint32_t checked = 0;
    if (schemas == NULL) return PEN_ERR_NOMEM;
    for (uint32_t i = 0; i < count; i++) {
        PEN_TRY(i == 0 ? pen_registry_begin(&c->registry, document, &target)
                       : pen_registry_part(&c->registry, document, ats[i], &target));
        PEN_TRY(add_root(c, &target, &schemas[i]));
        PEN_TRY(check_entries(c, &checked));
    }
    PEN_TRY(compile_all(c));
    PEN_TRY(check_entries(c, &checked));
    PEN_TRY(pen_schema_lower(c, &made));
    made.subschemas = pen_compiler_keep(c->arena, c->subschemas, sizeof(*c->subschemas), c->count);
    made.resources = pen_compiler_keep(c->arena, c->registry.resources,
                                       sizeof(*c->registry.resources), c->registry.resource_count);
    if (made.subschemas == NULL || made.resources == NULL) return PEN_ERR_NOMEM;
    made.count = c->count;
    for (uint32_t i = 0; i < count; i++) {
        made.root = schemas[i].root;
        schemas[i] = made;
        out[i] = &schemas[i];
    }
    return PEN_OK;
}

static struct pen_compiler begin(const struct pen_schema_options *options, struct pen_arena *arena,
                                 struct pen_arena *making, struct pen_schema_error *error)
{
    return (struct pen_compiler){
        .arena = arena,
        .program = options->program != NULL ? options->program : arena,
        .making = making,
        .most = options->nodes != 0 ? options->nodes : DEFAULT_NODES,
        .registry = {.arena = arena, .making = making, .options = options, .error = error},
    };
}

static enum pen_status compile_in(struct pen_schema_workshop *workshop,
                                  const struct pen_json *document,
                                  const struct pen_schema_options *options,
                                  const struct pen_str *ats, uint32_t count,
                                  struct pen_arena *arena, const struct pen_schema **out,
                                  struct pen_schema_error *error)
{
    pen_arena_reset(workshop->making);
    struct pen_compiler compiler = begin(options, arena, workshop->making, error);
    compiler.workshop = workshop;
    return compile(&compiler, document, ats, count, out);
}

static enum pen_status compile_checked(const struct pen_json *document,
                                       const struct pen_schema_options *options,
                                       const struct pen_str *ats, uint32_t count,
                                       struct pen_arena *arena, const struct pen_schema **out,
                                       struct pen_schema_error *error)
{
    if (error != NULL) *error = (struct pen_schema_error){.path = ""};
    if (options->workshop != NULL) {
        return compile_in(options->workshop, document, options, ats, count, arena, out, error);
    }
    struct pen_schema_workshop *own = NULL;
    PEN_TRY(pen_schema_workshop_create(&own));
    const enum pen_status status =
        compile_in(own, document, options, ats, count, arena, out, error);
    pen_schema_workshop_destroy(own);
    return status;
}

enum pen_status pen_schema_compile(const struct pen_json *document,
                                   const struct pen_schema_options *options,
                                   struct pen_arena *arena, const struct pen_schema **out,
                                   struct pen_schema_error *error)
{
    static const struct pen_schema_options defaults = {.draft = PEN_SCHEMA_2020_12};
    return compile_checked(document, options != NULL ? options : &defaults, NULL, 1, arena, out,
                           error);
}

enum pen_status pen_schema_compile_parts(const struct pen_json *document,
                                         const struct pen_schema_options *options,
                                         const struct pen_str *ats, uint32_t count,
                                         struct pen_arena *arena, const struct pen_schema **out,
                                         struct pen_schema_error *error)
{
    struct pen_schema_options first = *options;
    if (count == 0) return PEN_OK;

    first.at = ats[0];
    return compile_checked(document, &first, ats, count, arena, out, error);
}

enum pen_status pen_schema_compile_meta(const struct pen_json *document,
                                        const struct pen_schema_options *options,
                                        struct pen_arena *arena, const struct pen_schema **out,
                                        struct pen_schema_error *error)
{
    struct pen_compiler compiler = begin(options, arena, arena, error);
    compiler.is_meta = true;
    return compile(&compiler, document, NULL, 1, out);
}
