/** Files read and remembered; the compiler's questions answered; its errors put into words. */
#include "gateway/schema/files.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "gateway/config/yaml.h"
#include "gateway/file.h"

#define NODES_MOST 1000000 /* subschemas of one document: GitHub's API has a fifth */

/* A compiled schema and what it was made of. */
struct pen_schema_made {
    struct pen_schema_source source;
    const struct pen_schema *schema;
};

static enum pen_status no_memory(struct pen_error *err)
{
    pen_error_set(err, "not enough memory for schemas");
    return PEN_ERR_NOMEM;
}

static enum pen_status fail_at(const struct pen_schema_file *file, size_t offset,
                               struct pen_error *err, const char *format, va_list args)
    __attribute__((format(printf, 4, 0)));

static enum pen_status fail_at(const struct pen_schema_file *file, size_t offset,
                               struct pen_error *err, const char *format, va_list args)
{
    char sentence[sizeof(err->text)];
    size_t line = 0;
    size_t column = 0;
    (void)vsnprintf(sentence, sizeof(sentence), format, args);
    pen_yaml_place(file->text, offset, &line, &column);
    pen_error_set(err, "%.*s:%zu:%zu: %s", PEN_STR_ARGS(file->path), line, column, sentence);
    return PEN_ERR_INVALID;
}

static enum pen_status fail_offset(const struct pen_schema_file *file, size_t offset,
                                   struct pen_error *err, const char *format, ...) PEN_PRINTF(4, 5);

static enum pen_status fail_offset(const struct pen_schema_file *file, size_t offset,
                                   struct pen_error *err, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    const enum pen_status status = fail_at(file, offset, err, format, args);
    va_end(args);
    return status;
}

enum pen_status pen_schema_files_fail(const struct pen_schema_file *file,
                                      const struct pen_json *value, struct pen_error *err,
                                      const char *format, ...)
{
    va_list args;
    va_start(args, format);
    const enum pen_status status = fail_at(file, value->place.start, err, format, args);
    va_end(args);
    return status;
}

static bool is_yaml(struct pen_str path)
{
    return pen_str_ends_fold(path, PEN_S(".yaml")) || pen_str_ends_fold(path, PEN_S(".yml"));
}

static enum pen_status parse(struct pen_schema_file *file, struct pen_arena *arena,
                             struct pen_error *err)
{
    if (is_yaml(file->path)) {
        struct pen_error why = {.text = "no YAML"};
        const enum pen_status status = pen_yaml_read(file->text, arena, &file->root, &why);
        if (status == PEN_OK || status == PEN_ERR_NOMEM) return status;
        pen_error_set(err, "%.*s:%zu:%zu: %s", PEN_STR_ARGS(file->path), why.line, why.column,
                      why.text);
        return PEN_ERR_INVALID;
    }
    struct pen_json_error why = {.code = "json.syntax"};
    const struct pen_json_limits limits = {.any_number = true}; /* a bound may be any */
    const enum pen_status status = pen_json_read(file->text, &limits, arena, &file->root, &why);
    if (status == PEN_OK || status == PEN_ERR_NOMEM) return status;
    return fail_offset(file, why.offset, err, "no JSON as it is read here: %s", why.code);
}

static enum pen_status remember(struct pen_schema_files *files, const struct pen_schema_file *file)
{
    const struct pen_schema_file **const all = pen_lookup_grow(
        files->files, sizeof(*all), files->file_count, &files->file_room, files->arena);
    if (all == NULL) return PEN_ERR_NOMEM;
    files->files = all;
    all[files->file_count] = file;
    return pen_lookup_add(&files->by_path, files->arena, pen_lookup_hash(file->path),
                          files->file_count++);
}

static enum pen_status read_file(struct pen_schema_files *files, struct pen_str path,
                                 const struct pen_schema_file **out, struct pen_error *err)
{
    struct pen_schema_file *const file = pen_arena_calloc(files->arena, 1, sizeof(*file));
    if (file == NULL) return no_memory(err);

    struct pen_str text;
    PEN_TRY(pen_file_read(path, PEN_SCHEMA_FILE_BYTES, &text, err));
    enum pen_status status = pen_arena_copy(files->arena, text, &file->text);
    pen_file_wipe(&text);
    if (status == PEN_OK) status = pen_arena_copy(files->arena, path, &file->path);
    if (status == PEN_OK) {
        status = pen_schema_mappings_uri(&files->mappings, files->config, files->arena, file->path,
                                         &file->uri);
    }
    if (status != PEN_OK) return no_memory(err);

    status = parse(file, files->arena, err);
    if (status == PEN_ERR_NOMEM) return no_memory(err);
    PEN_TRY(status);
    if (remember(files, file) != PEN_OK) return no_memory(err);
    *out = file;
    return PEN_OK;
}

enum pen_status pen_schema_files_open(struct pen_schema_files *files, struct pen_str path,
                                      const struct pen_schema_file **out, struct pen_error *err)
{
    const uint64_t hash = pen_lookup_hash(path);
    size_t at = 0;
    uint32_t found;
    while ((found = pen_lookup_next(&files->by_path, hash, &at)) != PEN_NONE) {
        if (!pen_str_equal(files->files[found]->path, path)) continue;
        *out = files->files[found];
        return PEN_OK;
    }
    return read_file(files, path, out, err);
}

/* The compiler asks for a document. */
static enum pen_status find_document(void *context, struct pen_str uri, const struct pen_json **out)
{
    struct pen_schema_files *const files = context;
    struct pen_str path;
    const struct pen_schema_file *file = NULL;
    PEN_TRY(pen_schema_mappings_path(&files->mappings, files->config, files->arena, uri, &path));
    const enum pen_status status = pen_schema_files_open(files, path, &file, files->err);
    if (status == PEN_ERR_IO) {
        /* The compiler knows who asked for it. */
        files->err->text[0] = '\0';
        return PEN_ERR_NOT_FOUND;
    }
    PEN_TRY(status);
    *out = file->root;
    return PEN_OK;
}

struct pen_schema_documents pen_schema_files_documents(struct pen_schema_files *files)
{
    return (struct pen_schema_documents){.find = find_document, .context = files};
}

/* The file that a schema's path ("https://example.com/order.json#/properties") is about. */
static const struct pen_schema_file *file_of(const struct pen_schema_files *files,
                                             struct pen_str path,
                                             const struct pen_schema_file *otherwise)
{
    const struct pen_str uri = pen_str_slice(path, 0, pen_str_find(path, '#', 0));
    /* Most often it is the one at hand: thousands are not gone through for each doubt. */
    if (uri.len == 0 || pen_str_equal(otherwise->uri, uri)) return otherwise;
    for (uint32_t i = files->file_count; i > 0; i--) {
        const struct pen_schema_file *const file = files->files[i - 1];
        if (pen_str_equal(file->uri, uri)) return file;
        const struct pen_str id =
            pen_json_string_or(pen_json_member(file->root, PEN_S("$id")), PEN_S(""));
        if (pen_str_equal(id, uri)) return file;
    }
    return otherwise;
}

static enum pen_status say(const struct pen_schema_files *files,
                           const struct pen_schema_source *source,
                           const struct pen_schema_error *error, struct pen_error *err)
{
    const struct pen_str path = pen_str_from_c(error->path);
    const struct pen_str keyword = pen_str_from_c(error->keyword);
    const struct pen_schema_file *const file = file_of(files, path, source->file);
    const bool named = keyword.len == 0 || pen_str_ends(path, keyword);
    return fail_offset(file, error->place.start, err, "%s: %s%s%s", error->path,
                       named ? "" : error->keyword, named ? "" : " ", error->sentence);
}

/* What a compilation came to, in words. */
static enum pen_status conclude(const struct pen_schema_files *files,
                                const struct pen_schema_source *source, enum pen_status status,
                                const struct pen_schema_error *error, struct pen_error *err)
{
    if (status == PEN_OK) return PEN_OK;
    if (status == PEN_ERR_NOMEM) return no_memory(err);
    /* A document that was asked for is none: what is wrong with it was told. */
    if (err->text[0] != '\0') return PEN_ERR_INVALID;
    return say(files, source, error, err);
}

/* While one is compiled: where its doubts go. */
struct listening {
    struct pen_schema_files *files;
    const struct pen_schema_source *source;
};

/* Several schemas of a document speak of the same definitions. */
static bool was_told(const struct pen_schema_files *files, struct pen_str text)
{
    const struct pen_schema_doubt *known = files->doubts;
    while (known != NULL && !pen_str_equal(known->text, text)) {
        known = known->next;
    }
    return known != NULL;
}

static void note_doubt(void *context, const struct pen_schema_error *error)
{
    const struct listening *const listening = context;
    struct pen_schema_files *const files = listening->files;
    struct pen_error said;
    (void)say(files, listening->source, error, &said);
    if (was_told(files, pen_str_from_c(said.text))) return;
    files->doubt_count++;
    if (files->doubt_count > PEN_SCHEMA_DOUBTS) return;

    /* Without memory for it there is none for the schema either. */
    struct pen_schema_doubt *const doubt = pen_arena_calloc(files->arena, 1, sizeof(*doubt));
    if (doubt == NULL
        || pen_arena_copy(files->arena, pen_str_from_c(said.text), &doubt->text) != PEN_OK) {
        return;
    }
    if (files->last_doubt == NULL) {
        files->doubts = doubt;
    } else {
        files->last_doubt->next = doubt;
    }
    files->last_doubt = doubt;
}

static struct pen_schema_options options_for(const struct pen_schema_files *files,
                                             const struct pen_schema_source *source,
                                             const struct pen_schema_documents *documents,
                                             const struct pen_schema_doubts *doubts)
{
    return (struct pen_schema_options){
        .draft = source->draft,
        .assert_format = !source->annotate,
        .base_uri = source->file->uri,
        .at = source->pointer,
        .documents = documents,
        .doubts = doubts,
        .nodes = NODES_MOST,
        .workshop = files->workshop,
        .program = files->programs,
    };
}

enum pen_status pen_schema_files_compile_parts(struct pen_schema_files *files,
                                               const struct pen_schema_source *source,
                                               const struct pen_str *pointers, uint32_t count,
                                               const struct pen_schema **out, struct pen_error *err)
{
    const struct pen_schema_documents documents = pen_schema_files_documents(files);
    struct listening listening = {.files = files, .source = source};
    const struct pen_schema_doubts doubts = {.tell = note_doubt, .context = &listening};
    const struct pen_schema_options options = options_for(files, source, &documents, &doubts);
    struct pen_schema_error error = {.sentence = ""};
    err->text[0] = '\0';
    files->err = err;
    const enum pen_status status = pen_schema_compile_parts(source->file->root, &options, pointers,
                                                            count, files->arena, out, &error);
    return conclude(files, source, status, &error, err);
}

static uint64_t hash_source(const struct pen_schema_source *source)
{
    return pen_lookup_hash_pointer(source->file) ^ pen_lookup_hash(source->pointer);
}

static uint32_t find_made(const struct pen_schema_files *files,
                          const struct pen_schema_source *source)
{
    const uint64_t hash = hash_source(source);
    size_t at = 0;
    uint32_t found;
    while ((found = pen_lookup_next(&files->by_source, hash, &at)) != PEN_NONE) {
        const struct pen_schema_source *const one = &files->made[found].source;
        if (one->file == source->file && one->annotate == source->annotate
            && one->draft == source->draft && pen_str_equal(one->pointer, source->pointer)) {
            break;
        }
    }
    return found;
}

static enum pen_status remember_made(struct pen_schema_files *files,
                                     const struct pen_schema_source *source,
                                     const struct pen_schema *schema)
{
    struct pen_schema_made *const all = pen_lookup_grow(
        files->made, sizeof(*all), files->made_count, &files->made_room, files->arena);
    if (all == NULL) return PEN_ERR_NOMEM;
    files->made = all;
    all[files->made_count] = (struct pen_schema_made){*source, schema};
    return pen_lookup_add(&files->by_source, files->arena, hash_source(source),
                          files->made_count++);
}

enum pen_status pen_schema_files_compile(struct pen_schema_files *files,
                                         const struct pen_schema_source *source,
                                         const struct pen_schema **out, struct pen_error *err)
{
    const struct pen_schema *schema = NULL;
    const uint32_t known = find_made(files, source);
    if (known != PEN_NONE) {
        *out = files->made[known].schema;
        return PEN_OK;
    }
    const struct pen_schema_documents documents = pen_schema_files_documents(files);
    struct listening listening = {.files = files, .source = source};
    const struct pen_schema_doubts doubts = {.tell = note_doubt, .context = &listening};
    const struct pen_schema_options options = options_for(files, source, &documents, &doubts);
    struct pen_schema_error error = {.sentence = ""};
    err->text[0] = '\0';
    files->err = err;
    const enum pen_status status =
        pen_schema_compile(source->file->root, &options, files->arena, &schema, &error);
    PEN_TRY(conclude(files, source, status, &error, err));
    if (remember_made(files, source, schema) != PEN_OK) return no_memory(err);
    *out = schema;
    return PEN_OK;
}
