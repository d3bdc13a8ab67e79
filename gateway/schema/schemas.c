/** Each function's schemas, compiled and put side by side. */
#include "gateway/schema/schemas.h"

#include <stdlib.h>

#define ARENA_BYTES         ((size_t)512 << 20) /* a thousand documents, compiled */
#define BLOCK_BYTES         ((size_t)64 << 10)
#define PROGRAM_BLOCK_BYTES ((size_t)8 << 10) /* of a handful of schemas; it grows by doubling */

struct pen_schemas {
    struct pen_arena *arena;
    struct pen_arena *programs; /* of schemas: what is read for each event, side by side */
    struct pen_function_schemas *functions; /* without any: policy NULL */
    size_t count;
    bool any; /* has one */
    struct pen_schemas_doubts doubts;
};

/* While they are made. */
struct making {
    struct pen_schema_files files;
    struct pen_named_schema *named[2]; /* by whether formats only annotate; NULL = not made yet */
    size_t named_count;
    size_t *documents; /* by a function's index: which of the OpenAPI documents is its */
    const struct pen_openapi **openapis; /* of each document; NULL = not made yet */
    struct pen_error *err;
};

static enum pen_status no_memory(const struct making *making)
{
    pen_error_set(making->err, "not enough memory for schemas");
    return PEN_ERR_NOMEM;
}

static enum pen_status hold(struct making *making, const struct pen_config_schema_use *use,
                            bool annotate, struct pen_held *out)
{
    struct pen_schema_source source = {.pointer = use->pointer, .annotate = annotate};
    PEN_TRY(pen_schema_files_open(&making->files, use->file, &source.file, making->err));
    PEN_TRY(pen_schema_files_compile(&making->files, &source, &out->schema, making->err));
    out->typed =
        (struct pen_typed){source.file->root, pen_json_resolve(source.file->root, use->pointer)};
    out->file = use->file;
    out->part = use->part;
    out->at = use->at;
    return PEN_OK;
}

static int by_uri(const void *left, const void *right)
{
    return pen_str_compare(((const struct pen_named_schema *)left)->uri,
                           ((const struct pen_named_schema *)right)->uri);
}

/* All that events could name: none is read later. */
static enum pen_status make_named(struct making *making, bool annotate)
{
    const struct pen_schema_mapped *mapped = NULL;
    PEN_TRY(pen_schema_files_mapped(making->files.config, making->files.arena, &mapped,
                                    &making->named_count, making->err));
    struct pen_named_schema *const list =
        pen_arena_calloc(making->files.arena, making->named_count + 1, sizeof(*list));
    if (list == NULL) return no_memory(making);

    for (size_t i = 0; i < making->named_count; i++) {
        const struct pen_config_schema_use use = {.file = mapped[i].path, .part = PEN_PART_DATA};
        list[i].uri = mapped[i].uri;
        PEN_TRY(hold(making, &use, annotate, &list[i].held));
    }
    qsort(list, making->named_count, sizeof(*list), by_uri);
    making->named[annotate] = list;
    return PEN_OK;
}

static bool is_of_body(enum pen_part part)
{
    return part != PEN_PART_QUERY && part != PEN_PART_HEADERS;
}

static enum pen_status make_held(struct making *making, const struct pen_config_schema *policy,
                                 struct pen_function_schemas *out)
{
    struct pen_held *const held =
        pen_arena_calloc(making->files.arena, policy->use_count + 1, sizeof(*held));
    if (held == NULL) return no_memory(making);

    for (size_t i = 0; i < policy->use_count; i++) {
        PEN_TRY(pen_config_placed(hold(making, &policy->uses[i], policy->annotate, &held[i]),
                                  policy->uses[i].place, making->err));
        out->whole = out->whole || is_of_body(policy->uses[i].part);
    }
    out->held = held;
    out->held_count = policy->use_count;
    return PEN_OK;
}

static enum pen_status make_answer(struct making *making,
                                   const struct pen_config_function *function,
                                   struct pen_function_schemas *out)
{
    const struct pen_config_schema_use *const use = &function->response_schema.use;
    if (use->file.len == 0) return PEN_OK;

    struct pen_held *const held = pen_arena_calloc(making->files.arena, 1, sizeof(*held));
    if (held == NULL) return no_memory(making);
    out->answer = held;
    return pen_config_placed(hold(making, use, function->schema.annotate, held), use->place,
                             making->err);
}

/* The order in which functions of one document stand together. */
static int by_document(const void *left, const void *right)
{
    const struct pen_config_function *const a = *(const struct pen_config_function *const *)left;
    const struct pen_config_function *const b = *(const struct pen_config_function *const *)right;
    const int files = pen_str_compare(a->openapi.file, b->openapi.file);
    if (files != 0) return files;
    if (a->openapi.has_base != b->openapi.has_base) return a->openapi.has_base ? 1 : -1;
    const int bases = pen_str_compare(a->openapi.base, b->openapi.base);
    if (bases != 0) return bases;
    return (int)a->schema.annotate - (int)b->schema.annotate;
}

/* Functions that share a document share what was made of it: a place for each document. */
static enum pen_status number_documents(struct making *making)
{
    const struct pen_config *const config = making->files.config;
    struct pen_arena *const arena = making->files.arena;
    const size_t room = config->function_count + 1;
    const struct pen_config_function **const sorted =
        pen_arena_calloc(arena, room, sizeof(*sorted));
    making->documents = pen_arena_calloc(arena, room, sizeof(*making->documents));
    making->openapis = pen_arena_calloc(arena, room, sizeof(*making->openapis));
    if (sorted == NULL || making->documents == NULL || making->openapis == NULL) {
        return no_memory(making);
    }
    size_t count = 0;
    for (size_t i = 0; i < config->function_count; i++) {
        if (config->functions[i].openapi.file.len > 0) sorted[count++] = &config->functions[i];
    }
    qsort(sorted, count, sizeof(*sorted), by_document);
    size_t document = 0;
    for (size_t i = 0; i < count; i++) {
        if (i > 0 && by_document(&sorted[i - 1], &sorted[i]) != 0) document++;
        making->documents[sorted[i]->index] = document;
    }
    return PEN_OK;
}

static enum pen_status make(struct making *making, const struct pen_config_function *function,
                            struct pen_function_schemas *out)
{
    const struct pen_config_schema *const policy = &function->schema;
    PEN_TRY(make_held(making, policy, out));
    PEN_TRY(make_answer(making, function, out));
    if (policy->dataschema != PEN_DATASCHEMA_IGNORE) {
        if (making->named[policy->annotate] == NULL) {
            PEN_TRY(pen_config_placed(make_named(making, policy->annotate), policy->place,
                                      making->err));
        }
        out->named = making->named[policy->annotate];
        out->named_count = making->named_count;
        out->whole = true;
    }
    if (function->openapi.file.len > 0) {
        out->whole = true;
        out->openapi = making->openapis[making->documents[function->index]];
    }
    if (function->openapi.file.len > 0 && out->openapi == NULL) {
        PEN_TRY(pen_config_placed(
            pen_openapi_compile(&making->files, function, &out->openapi, making->err),
            function->openapi.place, making->err));
        making->openapis[making->documents[function->index]] = out->openapi;
    }
    const bool any = out->held_count > 0 || out->answer != NULL || out->openapi != NULL
                     || policy->dataschema != PEN_DATASCHEMA_IGNORE;
    if (any) out->policy = policy;
    return PEN_OK;
}

static enum pen_status make_all(struct pen_schemas *schemas, const struct pen_config *config,
                                struct pen_schema_workshop *workshop, struct pen_error *err)
{
    struct making making = {.files = {.arena = schemas->arena,
                                      .programs = schemas->programs,
                                      .workshop = workshop,
                                      .config = config},
                            .err = err};
    schemas->count = config->function_count;
    schemas->functions =
        pen_arena_calloc(schemas->arena, config->function_count, sizeof(*schemas->functions));
    if (schemas->functions == NULL) return no_memory(&making);

    PEN_TRY(number_documents(&making));
    for (size_t i = 0; i < config->function_count; i++) {
        PEN_TRY(make(&making, &config->functions[i], &schemas->functions[i]));
        if (schemas->functions[i].policy != NULL) schemas->any = true;
    }
    schemas->doubts = (struct pen_schemas_doubts){making.files.doubts, making.files.doubt_count};
    return PEN_OK;
}

enum pen_status pen_schemas_create(const struct pen_config *config, struct pen_schemas **out,
                                   struct pen_error *err)
{
    struct pen_schemas *const schemas = calloc(1, sizeof(*schemas));
    *err = (struct pen_error){.text = "not enough memory for schemas"};
    if (schemas == NULL) return PEN_ERR_NOMEM;

    struct pen_schema_workshop *workshop = NULL;
    enum pen_status status = pen_arena_create(ARENA_BYTES, BLOCK_BYTES, &schemas->arena);
    if (status == PEN_OK) {
        status = pen_arena_create(ARENA_BYTES, PROGRAM_BLOCK_BYTES, &schemas->programs);
    }
    if (status == PEN_OK) status = pen_schema_workshop_create(&workshop);
    if (status == PEN_OK) status = make_all(schemas, config, workshop, err);
    pen_schema_workshop_destroy(workshop);
    if (status != PEN_OK) {
        pen_schemas_destroy(schemas);
        return status;
    }
    *out = schemas;
    return PEN_OK;
}

void pen_schemas_destroy(struct pen_schemas *schemas)
{
    if (schemas == NULL) return;

    pen_arena_destroy(schemas->programs);
    pen_arena_destroy(schemas->arena);
    free(schemas);
}

struct pen_schemas_doubts pen_schemas_doubts(const struct pen_schemas *schemas)
{
    return schemas == NULL ? (struct pen_schemas_doubts){0} : schemas->doubts;
}

const struct pen_function_schemas *pen_schemas_of(const struct pen_schemas *schemas, size_t index)
{
    if (schemas == NULL || !schemas->any || schemas->functions[index].policy == NULL) return NULL;
    return &schemas->functions[index];
}

const struct pen_held *pen_schemas_named(const struct pen_function_schemas *schemas,
                                         struct pen_str uri)
{
    const struct pen_named_schema key = {.uri = uri};
    if (schemas->named_count == 0) return NULL;
    const struct pen_named_schema *const found =
        bsearch(&key, schemas->named, schemas->named_count, sizeof(key), by_uri);
    return found == NULL ? NULL : &found->held;
}
