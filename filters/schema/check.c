/** A schema is itself a value, and its meta-schema says which ones are schemas. */
#include <stdlib.h>

#include "filters/schema/compile.h"
#include "filters/schema/meta.h"
#include "filters/schema/output.h"

/* What compiling a meta-schema, and a look at a schema of any size, may take: results of a schema
 * of a hundred thousand subschemas. */
#define MEMORY ((size_t)256 << 20)
#define MAKING ((size_t)512 << 20) /* tables of a million subschemas, and what they grew from */
#define BLOCK  ((size_t)64 << 10)
#define STEPS  UINT64_MAX /* whoever wrote the schema waits for it */

enum pen_status pen_schema_workshop_create(struct pen_schema_workshop **out)
{
    struct pen_schema_workshop *const workshop = calloc(1, sizeof(*workshop));
    if (workshop == NULL) return PEN_ERR_NOMEM;
    const enum pen_status status = pen_arena_create(MAKING, BLOCK, &workshop->making);
    if (status != PEN_OK) {
        free(workshop);
        return status;
    }
    *out = workshop;
    return PEN_OK;
}

void pen_schema_workshop_destroy(struct pen_schema_workshop *workshop)
{
    if (workshop == NULL) return;
    pen_patterns_scratch_destroy(workshop->scratch);
    pen_patterns_destroy(workshop->patterns);
    pen_arena_destroy(workshop->work);
    pen_arena_destroy(workshop->arena);
    pen_arena_destroy(workshop->making);
    free(workshop);
}

static enum pen_status begin(struct pen_schema_workshop *workshop)
{
    if (workshop->arena == NULL) PEN_TRY(pen_arena_create(MEMORY, BLOCK, &workshop->arena));
    if (workshop->work == NULL) PEN_TRY(pen_arena_create(MEMORY, BLOCK, &workshop->work));
    if (workshop->patterns == NULL) {
        PEN_TRY(pen_patterns_create(NULL, 0, &workshop->patterns, NULL));
    }
    if (workshop->scratch != NULL) return PEN_OK;
    return pen_patterns_scratch(workshop->patterns, &workshop->scratch);
}

/* "Fits none of the alternatives" says less than one of them does. */
static bool is_about_branches(const struct pen_schema_unit *unit)
{
    return pen_str_equal(unit->step, PEN_S("anyOf")) || pen_str_equal(unit->step, PEN_S("oneOf"));
}

/* The deepest place says most about what is wrong; of equally deep ones the first. */
static const struct pen_schema_unit *deepest(const struct pen_schema_unit *root)
{
    const struct pen_schema_unit *best = NULL;
    uint32_t best_depth = 0;
    const struct pen_schema_unit *unit = NULL;
    while ((unit = pen_schema_next_failure(root, unit)) != NULL) {
        uint32_t depth = 1;
        for (const struct pen_json *v = unit->instance; v->parent != NULL; v = v->parent) {
            depth++;
        }
        const bool says_more = depth == best_depth && is_about_branches(best);
        if (depth <= best_depth && !says_more) continue;
        best = unit;
        best_depth = depth;
    }
    return best;
}

static enum pen_status report(struct pen_compiler *c, const struct pen_json *schema,
                              const struct pen_schema_unit *root)
{
    const struct pen_schema_unit *const unit = deepest(root);
    const struct pen_json *const at = unit != NULL ? unit->instance : schema;
    /* The keyword is the nearest member of a schema object: good enough for a person. */
    const struct pen_json *named = at;
    while (named != schema && named->name.ptr == NULL) {
        named = named->parent;
    }
    return pen_registry_fail(&c->registry, at, named != schema ? named->name : PEN_S(""),
                             PEN_ERR_INVALID, "%s",
                             unit != NULL ? unit->sentence : "is no schema by its meta-schema");
}

static enum pen_status compile_meta(struct pen_compiler *c, struct pen_dialect dialect,
                                    const struct pen_schema **out)
{
    struct pen_arena *const arena = c->workshop->arena;
    const struct pen_json *document = dialect.meta;
    if (document == NULL) {
        const struct pen_str text =
            pen_meta_find(dialect.old ? PEN_S(PEN_META_DRAFT_7) : PEN_S(PEN_META_2020_12));
        if (pen_json_read(text, NULL, arena, &document, NULL) != PEN_OK) return PEN_ERR_INTERNAL;
    }
    const struct pen_schema_options options = {
        .draft = c->registry.options->draft,
        .base_uri = dialect.meta_uri,
        .documents = c->registry.options->documents,
    };
    return pen_schema_compile_meta(document, &options, arena, out, c->registry.error);
}

/* Compiled once for all schemas of a dialect that the workshop sees. */
static enum pen_status find_meta(struct pen_compiler *c, struct pen_dialect dialect,
                                 const struct pen_schema **out)
{
    struct pen_schema_workshop *const workshop = c->workshop;
    const enum pen_schema_draft draft = c->registry.options->draft;
    for (uint32_t i = 0; i < workshop->count; i++) {
        const struct pen_meta *const meta = &workshop->metas[i];
        if (meta->document == dialect.meta && meta->draft == draft && meta->old == dialect.old) {
            *out = meta->schema;
            return PEN_OK;
        }
    }
    if (workshop->count == PEN_COUNT_OF(workshop->metas)) {
        pen_arena_reset(workshop->arena);
        workshop->count = 0;
    }
    PEN_TRY(compile_meta(c, dialect, out));
    workshop->metas[workshop->count++] = (struct pen_meta){
        .document = dialect.meta, .draft = draft, .old = dialect.old, .schema = *out};
    return PEN_OK;
}

static enum pen_status too_deep(struct pen_compiler *c, const struct pen_json *schema)
{
    return pen_registry_fail(&c->registry, schema, PEN_S(""), PEN_ERR_LIMIT,
                             "is too deep to be checked against its meta-schema");
}

enum pen_status pen_schema_check(struct pen_compiler *compiler, const struct pen_json *schema,
                                 uint32_t resource)
{
    /* One that holds schemas of the other draft is none by the meta-schema of either. What the
     * compiler demands of each keyword holds all the same. */
    const struct pen_resource *const r = &compiler->registry.resources[resource];
    if (r->is_mixed) return PEN_OK;

    const struct pen_schema *meta = NULL;
    struct pen_schema_workshop *const workshop = compiler->workshop;
    PEN_TRY(begin(workshop));
    PEN_TRY(find_meta(compiler, r->dialect, &meta));
    uint64_t steps = STEPS;
    const struct pen_schema_run run = {
        .arena = workshop->work, .scratch = workshop->scratch, .steps_left = &steps};
    bool valid = false;
    pen_arena_reset(workshop->work);
    enum pen_status status = pen_schema_is_valid(meta, schema, &run, &valid);
    if (status == PEN_ERR_LIMIT) return too_deep(compiler, schema);
    if (status != PEN_OK || valid) return status;

    const struct pen_schema_unit *root = NULL;
    status = pen_schema_evaluate(meta, schema, &run, &root);
    if (status == PEN_ERR_LIMIT) return too_deep(compiler, schema);
    return status == PEN_OK ? report(compiler, schema, root) : status;
}
