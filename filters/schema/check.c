/** A schema is itself a value, and its meta-schema says which ones are schemas. */
#include "filters/schema/compile.h"
#include "filters/schema/meta.h"
#include "filters/schema/output.h"

/* What compiling a meta-schema and a look at a schema of any size may take: 64 MiB is a schema of
 * more than a hundred thousand subschemas. */
#define MEMORY ((size_t)256 << 20)
#define BLOCK  ((size_t)64 << 10)
#define STEPS  UINT64_MAX /* whoever wrote the schema waits for it */

struct checking {
    struct pen_arena *arena;
    struct pen_scratch *scratch;
    struct pen_patterns *patterns;
};

static void end(struct checking *checking)
{
    pen_patterns_scratch_destroy(checking->scratch);
    pen_patterns_destroy(checking->patterns);
    pen_arena_destroy(checking->arena);
}

static enum pen_status begin(struct checking *checking)
{
    PEN_TRY(pen_arena_create(MEMORY, BLOCK, &checking->arena));
    PEN_TRY(pen_patterns_create(NULL, 0, &checking->patterns, NULL));
    return pen_patterns_scratch(checking->patterns, &checking->scratch);
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
        if (depth <= best_depth) continue;
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

static enum pen_status compile_meta(struct checking *checking, const struct pen_compiler *c,
                                    struct pen_dialect dialect, const struct pen_schema **out)
{
    const struct pen_json *document = dialect.meta;
    if (document == NULL) {
        const struct pen_str text =
            pen_meta_find(dialect.old ? PEN_S(PEN_META_DRAFT_7) : PEN_S(PEN_META_2020_12));
        if (pen_json_read(text, NULL, checking->arena, &document, NULL) != PEN_OK) {
            return PEN_ERR_INTERNAL;
        }
    }
    const struct pen_schema_options options = {
        .draft = c->registry.options->draft,
        .base_uri = dialect.meta_uri,
        .documents = c->registry.options->documents,
    };
    return pen_schema_compile_meta(document, &options, checking->arena, out, c->registry.error);
}

static enum pen_status check(struct checking *checking, struct pen_compiler *c,
                             const struct pen_json *schema, uint32_t resource)
{
    const struct pen_schema *meta = NULL;
    PEN_TRY(begin(checking));
    PEN_TRY(compile_meta(checking, c, c->registry.resources[resource].dialect, &meta));
    uint64_t steps = STEPS;
    const struct pen_schema_run run = {
        .arena = checking->arena, .scratch = checking->scratch, .steps_left = &steps};
    bool valid = false;
    PEN_TRY(pen_schema_is_valid(meta, schema, &run, &valid));
    if (valid) return PEN_OK;
    const struct pen_schema_unit *root = NULL;
    PEN_TRY(pen_schema_evaluate(meta, schema, &run, &root));
    return report(c, schema, root);
}

enum pen_status pen_schema_check(struct pen_compiler *compiler, const struct pen_json *schema,
                                 uint32_t resource)
{
    /* One that holds schemas of the other draft is none by the meta-schema of either. What the
     * compiler demands of each keyword holds all the same. */
    if (compiler->registry.resources[resource].is_mixed) return PEN_OK;
    struct checking checking = {0};
    const enum pen_status status = check(&checking, compiler, schema, resource);
    end(&checking);
    return status;
}
