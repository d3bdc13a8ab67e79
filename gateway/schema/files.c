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
    struct pen_schema_made *next;
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

/* "https://example.com/schemas/" and "orders/order.json". */
static enum pen_status join(struct pen_arena *arena, struct pen_str a, struct pen_str b,
                            struct pen_str *out)
{
    char *const memory = pen_arena_bytes(arena, a.len + b.len + 1);
    if (memory == NULL) return PEN_ERR_NOMEM;
    memcpy(memory, a.ptr, a.len);
    memcpy(memory + a.len, b.ptr, b.len);
    memory[a.len + b.len] = '\0';
    *out = (struct pen_str){memory, a.len + b.len};
    return PEN_OK;
}

/* What of a path is below the mapped folder; ptr NULL: it is not. */
static struct pen_str below(const struct pen_config_mapping *mapping, struct pen_str path)
{
    struct pen_str folder = mapping->path;
    while (folder.len > 0 && folder.ptr[folder.len - 1] == '/') {
        folder.len--;
    }
    if (!pen_str_starts(path, folder) || !pen_str_stands(path, folder.len, PEN_S("/"))) {
        return (struct pen_str){NULL, 0};
    }
    return pen_str_slice(path, folder.len + 1, path.len);
}

/* The URI under which a file is mapped, if it is. */
static enum pen_status uri_of(const struct pen_schema_files *files, struct pen_str path,
                              struct pen_str *out)
{
    *out = PEN_S("");
    for (size_t i = 0; i < files->config->mapping_count; i++) {
        const struct pen_config_mapping *const mapping = &files->config->mappings[i];
        if (!mapping->is_folder) {
            if (!pen_str_equal(mapping->path, path)) continue;
            *out = mapping->uri;
            return PEN_OK;
        }
        const struct pen_str rest = below(mapping, path);
        if (rest.ptr != NULL) return join(files->arena, mapping->uri, rest, out);
    }
    return PEN_OK;
}

/* No way out of the folder, and nothing that a URI would spell otherwise. */
static bool is_plain_path(struct pen_str rest)
{
    if (rest.len == 0) return false;
    for (size_t start = 0; start <= rest.len;) {
        const size_t end = pen_str_find(rest, '/', start);
        const struct pen_str segment = pen_str_slice(rest, start, end);
        if (segment.len == 0 || segment.ptr[0] == '.') return false;
        start = end + 1;
    }
    return pen_str_find(rest, '%', 0) == rest.len && pen_str_find(rest, '?', 0) == rest.len
           && pen_str_find(rest, '\0', 0) == rest.len;
}

/* The path of what a URI is mapped to: by its whole, or else by the longest folder. */
static enum pen_status path_of(const struct pen_schema_files *files, struct pen_str uri,
                               struct pen_str *out)
{
    const struct pen_config_mapping *best = NULL;
    for (size_t i = 0; i < files->config->mapping_count; i++) {
        const struct pen_config_mapping *const mapping = &files->config->mappings[i];
        if (!mapping->is_folder && pen_str_equal(mapping->uri, uri)) {
            *out = mapping->path;
            return PEN_OK;
        }
        if (!mapping->is_folder || !pen_str_starts(uri, mapping->uri)) continue;
        if (best == NULL || mapping->uri.len > best->uri.len) best = mapping;
    }
    if (best == NULL) return PEN_ERR_NOT_FOUND;

    const struct pen_str rest = pen_str_slice(uri, best->uri.len, uri.len);
    if (!is_plain_path(rest)) return PEN_ERR_NOT_FOUND;
    struct pen_str folder = best->path;
    if (folder.ptr[folder.len - 1] != '/') {
        PEN_TRY(join(files->arena, folder, PEN_S("/"), &folder));
    }
    return join(files->arena, folder, rest, out);
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

static enum pen_status read_file(struct pen_schema_files *files, struct pen_str path,
                                 struct pen_schema_file **out, struct pen_error *err)
{
    struct pen_schema_file *const file = pen_arena_calloc(files->arena, 1, sizeof(*file));
    if (file == NULL) return no_memory(err);

    struct pen_str text;
    PEN_TRY(pen_file_read(path, PEN_SCHEMA_FILE_BYTES, &text, err));
    enum pen_status status = pen_arena_copy(files->arena, text, &file->text);
    pen_file_wipe(&text);
    if (status == PEN_OK) status = pen_arena_copy(files->arena, path, &file->path);
    if (status == PEN_OK) status = uri_of(files, file->path, &file->uri);
    if (status != PEN_OK) return no_memory(err);

    status = parse(file, files->arena, err);
    if (status == PEN_ERR_NOMEM) return no_memory(err);
    PEN_TRY(status);
    file->next = files->files;
    files->files = file;
    *out = file;
    return PEN_OK;
}

enum pen_status pen_schema_files_open(struct pen_schema_files *files, struct pen_str path,
                                      const struct pen_schema_file **out, struct pen_error *err)
{
    struct pen_schema_file *file = files->files;
    while (file != NULL && !pen_str_equal(file->path, path)) {
        file = file->next;
    }
    if (file == NULL) PEN_TRY(read_file(files, path, &file, err));
    *out = file;
    return PEN_OK;
}

/* The compiler asks for a document. */
static enum pen_status find_document(void *context, struct pen_str uri, const struct pen_json **out)
{
    struct pen_schema_files *const files = context;
    struct pen_str path;
    const struct pen_schema_file *file = NULL;
    PEN_TRY(path_of(files, uri, &path));
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
    for (const struct pen_schema_file *file = files->files; file != NULL && uri.len > 0;
         file = file->next) {
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

static struct pen_schema_options options_for(const struct pen_schema_source *source,
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
    const struct pen_schema_options options = options_for(source, &documents, &doubts);
    struct pen_schema_error error = {.sentence = ""};
    err->text[0] = '\0';
    files->err = err;
    const enum pen_status status = pen_schema_compile_parts(source->file->root, &options, pointers,
                                                            count, files->arena, out, &error);
    return conclude(files, source, status, &error, err);
}

enum pen_status pen_schema_files_compile(struct pen_schema_files *files,
                                         const struct pen_schema_source *source,
                                         const struct pen_schema **out, struct pen_error *err)
{
    for (const struct pen_schema_made *made = files->made; made != NULL; made = made->next) {
        if (made->source.file != source->file || made->source.annotate != source->annotate
            || made->source.draft != source->draft
            || !pen_str_equal(made->source.pointer, source->pointer)) {
            continue;
        }
        *out = made->schema;
        return PEN_OK;
    }
    const struct pen_schema_documents documents = pen_schema_files_documents(files);
    struct listening listening = {.files = files, .source = source};
    const struct pen_schema_doubts doubts = {.tell = note_doubt, .context = &listening};
    const struct pen_schema_options options = options_for(source, &documents, &doubts);
    struct pen_schema_made *const made = pen_arena_calloc(files->arena, 1, sizeof(*made));
    if (made == NULL) return no_memory(err);

    struct pen_schema_error error = {.sentence = ""};
    err->text[0] = '\0';
    files->err = err;
    const enum pen_status status =
        pen_schema_compile(source->file->root, &options, files->arena, &made->schema, &error);
    PEN_TRY(conclude(files, source, status, &error, err));
    made->source = *source;
    made->next = files->made;
    files->made = made;
    *out = made->schema;
    return PEN_OK;
}
