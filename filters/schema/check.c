/** A schema is itself a value, and its meta-schema says which ones are schemas. */
#include "filters/schema/compile.h"
#include "filters/schema/meta.h"
#include "filters/schema/output.h"

/* What compiling a meta-schema, and a look at a schema of any size, may take: results of a schema
 * of a hundred thousand subschemas. */
#define MEMORY ((size_t)256 << 20)
#define BLOCK  ((size_t)64 << 10)
#define STEPS  UINT64_MAX /* whoever wrote the schema waits for it */

void pen_checker_end(struct pen_checker *checker)
{
    pen_patterns_scratch_destroy(checker->scratch);
    pen_patterns_destroy(checker->patterns);
    pen_arena_destroy(checker->work);
    pen_arena_destroy(checker->arena);
}

static enum pen_status begin(struct pen_checker *checker)
{
    if (checker->scratch != NULL) return PEN_OK;
    PEN_TRY(pen_arena_create(MEMORY, BLOCK, &checker->arena));
    PEN_TRY(pen_arena_create(MEMORY, BLOCK, &checker->work));
    PEN_TRY(pen_patterns_create(NULL, 0, &checker->patterns, NULL));
    return pen_patterns_scratch(checker->patterns, &checker->scratch);
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
    struct pen_arena *const arena = c->checker.arena;
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

/* Compiled once for all schemas of a dialect. */
static enum pen_status find_meta(struct pen_compiler *c, struct pen_dialect dialect,
                                 const struct pen_schema **out)
{
    struct pen_checker *const checker = &c->checker;
    for (uint32_t i = 0; i < checker->count; i++) {
        if (checker->metas[i].document == dialect.meta && checker->metas[i].old == dialect.old) {
            *out = checker->metas[i].schema;
            return PEN_OK;
        }
    }
    PEN_TRY(compile_meta(c, dialect, out));
    if (checker->count < PEN_COUNT_OF(checker->metas)) {
        checker->metas[checker->count++] =
            (struct pen_meta){.document = dialect.meta, .old = dialect.old, .schema = *out};
    }
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
    struct pen_checker *const checker = &compiler->checker;
    PEN_TRY(begin(checker));
    PEN_TRY(find_meta(compiler, r->dialect, &meta));
    uint64_t steps = STEPS;
    const struct pen_schema_run run = {
        .arena = checker->work, .scratch = checker->scratch, .steps_left = &steps};
    bool valid = false;
    pen_arena_reset(checker->work);
    enum pen_status status = pen_schema_is_valid(meta, schema, &run, &valid);
    if (status == PEN_ERR_LIMIT) return too_deep(compiler, schema);
    if (status != PEN_OK || valid) return status;

    const struct pen_schema_unit *root = NULL;
    status = pen_schema_evaluate(meta, schema, &run, &root);
    if (status == PEN_ERR_LIMIT) return too_deep(compiler, schema);
    return status == PEN_OK ? report(compiler, schema, root) : status;
}
