/** The document's lists, read into structs; each schema compiled where it stands. */
#include "gateway/schema/openapi.h"

#include <string.h>

#include "gateway/schema/openapi_path.h"
#include "gateway/schema/openapi_reading.h"

struct pen_openapi {
    const struct pen_schema_file *file;
    struct pen_openapi_paths paths;
};

/* What "text/" and an asterisk begins with, "text/"; of all types, "". */
static struct pen_str before_asterisk(struct pen_str type, bool *is_range)
{
    *is_range = pen_str_ends(type, PEN_S("/*"));
    if (pen_str_equal(type, PEN_S("*/*"))) return PEN_S("");
    return pen_str_slice(type, 0, *is_range ? type.len - 1 : type.len);
}

static enum pen_status read_contents(struct pen_openapi_reading *reading,
                                     const struct pen_json *value,
                                     const struct pen_openapi_content **out, size_t *count)
{
    if (value == NULL) return PEN_OK;
    if (value->type != PEN_JSON_OBJECT)
        return PEN_OPENAPI_FAIL(reading, value, "'content' is a mapping");

    struct pen_openapi_content *const list =
        pen_arena_calloc(reading->files->arena, value->count + 1, sizeof(*list));
    if (list == NULL) return pen_openapi_no_memory(reading);
    for (const struct pen_json *item = value->first; item != NULL; item = item->next) {
        struct pen_openapi_content *const one = &list[item->index];
        const struct pen_json *media;
        const size_t end = pen_str_find(item->name, ';', 0);
        PEN_TRY(pen_openapi_lower(reading, pen_str_trim(pen_str_slice(item->name, 0, end)),
                                  &one->type));
        one->type = before_asterisk(one->type, &one->is_range);
        PEN_TRY(pen_openapi_dereference(reading, item, &media));
        PEN_TRY(pen_openapi_later(reading, pen_json_member(media, PEN_S("schema")), &one->schema));
    }
    *out = list;
    *count = value->count;
    return PEN_OK;
}

static enum pen_status read_body(struct pen_openapi_reading *reading, const struct pen_json *value,
                                 struct pen_openapi_operation *operation)
{
    const struct pen_json *body = pen_json_member(value, PEN_S("requestBody"));
    if (body == NULL) return PEN_OK;

    PEN_TRY(pen_openapi_dereference(reading, body, &body));
    operation->has_body = true;
    operation->needs_body = pen_openapi_is_said(body, PEN_S("required"), false);
    return read_contents(reading, pen_json_member(body, PEN_S("content")), &operation->contents,
                         &operation->content_count);
}

static enum pen_status read_answers(struct pen_openapi_reading *reading,
                                    const struct pen_json *value,
                                    struct pen_openapi_operation *operation)
{
    const struct pen_json *const answers = pen_json_member(value, PEN_S("responses"));
    struct pen_openapi_answer *const list =
        pen_arena_calloc(reading->files->arena, pen_openapi_count(answers) + 1, sizeof(*list));
    if (list == NULL) return pen_openapi_no_memory(reading);

    operation->answers = list;
    for (const struct pen_json *item = answers == NULL ? NULL : answers->first; item != NULL;
         item = item->next) {
        if (pen_str_starts(item->name, PEN_S("x-"))) continue;
        struct pen_openapi_answer *const one = &list[operation->answer_count++];
        const struct pen_json *answer;
        PEN_TRY(pen_openapi_dereference(reading, item, &answer));
        one->status = item->name;
        PEN_TRY(read_contents(reading, pen_json_member(answer, PEN_S("content")), &one->contents,
                              &one->content_count));
    }
    return PEN_OK;
}

static const struct {
    struct pen_str key;
    struct pen_str method;
} methods[] = {
    {PEN_STR("get"), PEN_STR("GET")},         {PEN_STR("put"), PEN_STR("PUT")},
    {PEN_STR("post"), PEN_STR("POST")},       {PEN_STR("delete"), PEN_STR("DELETE")},
    {PEN_STR("options"), PEN_STR("OPTIONS")}, {PEN_STR("head"), PEN_STR("HEAD")},
    {PEN_STR("patch"), PEN_STR("PATCH")},     {PEN_STR("trace"), PEN_STR("TRACE")},
};

/* A parameter that no path has would be missing in every request. */
static enum pen_status check_names(const struct pen_openapi_reading *reading, struct pen_str path,
                                   const struct pen_openapi_operation *operation)
{
    for (size_t i = 0; i < operation->parameter_count; i++) {
        const struct pen_openapi_parameter *const one = &operation->parameters[i];
        if (one->in != PEN_OPENAPI_PATH) continue;
        char memory[256];
        struct pen_buf wanted = pen_buf_over(memory, sizeof(memory));
        pen_buf_format(&wanted, "{%.*s}", PEN_STR_ARGS(one->name));
        if (!wanted.full && pen_str_find_str(path, pen_buf_str(&wanted)) < path.len) continue;
        return PEN_OPENAPI_FAIL(reading, one->node, "the path '%.*s' has no '{%.*s}'",
                                PEN_STR_ARGS(path), PEN_STR_ARGS(one->name));
    }
    return PEN_OK;
}

static enum pen_status read_path(struct pen_openapi_reading *reading, const struct pen_json *value,
                                 struct pen_openapi_path *path)
{
    const struct pen_json *item;
    const char *problem = NULL;
    if (!pen_openapi_path_read(value->name, path, &problem)) {
        return PEN_OPENAPI_FAIL(reading, value, "the path '%.*s' %s", PEN_STR_ARGS(value->name),
                                problem);
    }
    PEN_TRY(pen_openapi_dereference(reading, value, &item));
    struct pen_openapi_operation *const list =
        pen_arena_calloc(reading->files->arena, PEN_COUNT_OF(methods), sizeof(*list));
    if (list == NULL) return pen_openapi_no_memory(reading);

    path->operations = list;
    for (size_t i = 0; i < PEN_COUNT_OF(methods); i++) {
        const struct pen_json *const operation = pen_json_member(item, methods[i].key);
        if (operation == NULL) continue;
        struct pen_openapi_operation *const one = &list[path->operation_count++];
        one->method = methods[i].method;
        one->path = path->text;
        one->node = operation;
        PEN_TRY(pen_openapi_read_parameters(reading, item, operation, one));
        PEN_TRY(check_names(reading, path->text, one));
        PEN_TRY(read_body(reading, operation, one));
        PEN_TRY(read_answers(reading, operation, one));
    }
    return PEN_OK;
}

/* What stands before paths: as configured, or the path of the first server's URL. */
static struct pen_str base_of(const struct pen_config_openapi *config, const struct pen_json *root)
{
    const struct pen_json *const servers = pen_json_member(root, PEN_S("servers"));
    if (config->has_base) return config->base;
    if (servers == NULL || servers->first == NULL) return PEN_S("");

    struct pen_str url =
        pen_json_string_or(pen_json_member(servers->first, PEN_S("url")), PEN_S(""));
    const size_t scheme = pen_str_find_str(url, PEN_S("://"));
    if (scheme < url.len) {
        const size_t path = pen_str_find(url, '/', scheme + 3);
        url = pen_str_slice(url, path, url.len);
    }
    if (pen_str_ends(url, PEN_S("/"))) url.len--;
    return url;
}

static enum pen_status check_version(const struct pen_openapi_reading *reading)
{
    const struct pen_json *const version = pen_json_member(reading->file->root, PEN_S("openapi"));
    if (pen_str_starts(pen_json_string_or(version, PEN_S("")), PEN_S("3.1."))) return PEN_OK;
    return PEN_OPENAPI_FAIL(
        reading, version != NULL ? version : reading->file->root,
        "expected \"openapi\": \"3.1.x\"; other versions have schemas of their own");
}

enum pen_status pen_openapi_compile(struct pen_schema_files *files,
                                    const struct pen_config_function *function,
                                    const struct pen_openapi **out, struct pen_error *err)
{
    struct pen_openapi_reading reading = {
        .files = files, .annotate = function->schema.annotate, .err = err};
    PEN_TRY(pen_schema_files_open(files, function->openapi.file, &reading.file, err));
    PEN_TRY(check_version(&reading));
    const struct pen_json *const paths = pen_json_member(reading.file->root, PEN_S("paths"));
    if (paths == NULL || paths->type != PEN_JSON_OBJECT) {
        return PEN_OPENAPI_FAIL(&reading, reading.file->root, "it has no 'paths'");
    }
    struct pen_openapi *const openapi = pen_arena_calloc(files->arena, 1, sizeof(*openapi));
    struct pen_openapi_path *const list =
        pen_arena_calloc(files->arena, paths->count + 1, sizeof(*list));
    if (openapi == NULL || list == NULL) return pen_openapi_no_memory(&reading);

    openapi->file = reading.file;
    openapi->paths = (struct pen_openapi_paths){
        .base = base_of(&function->openapi, reading.file->root), .list = list};
    for (const struct pen_json *item = paths->first; item != NULL; item = item->next) {
        if (pen_str_starts(item->name, PEN_S("x-"))) continue;
        PEN_TRY(read_path(&reading, item, &list[openapi->paths.count++]));
    }
    PEN_TRY(pen_openapi_compile_pending(&reading));
    if (openapi->paths.count > 0 && !pen_openapi_paths_meet(&openapi->paths, function->route)) {
        return PEN_OPENAPI_FAIL(
            &reading, paths,
            "no path of it is on the route '%.*s': paths stand behind '%s%.*s', and 'base' "
            "says where else",
            PEN_STR_ARGS(function->route), openapi->paths.base.len > 0 ? "" : "/",
            PEN_STR_ARGS(openapi->paths.base));
    }
    PEN_TRY(pen_openapi_paths_ready(&openapi->paths, files->arena));
    *out = openapi;
    return PEN_OK;
}

void pen_openapi_find(const struct pen_openapi *openapi, struct pen_str method, struct pen_str path,
                      struct pen_openapi_match *out)
{
    *out = (struct pen_openapi_match){.openapi = openapi};
    pen_openapi_paths_find(&openapi->paths, method, path, out);
}

const struct pen_openapi_content *pen_openapi_content(const struct pen_openapi_content *contents,
                                                      size_t count, struct pen_str type)
{
    const struct pen_openapi_content *best = NULL;
    const struct pen_str name = pen_str_trim(pen_str_slice(type, 0, pen_str_find(type, ';', 0)));
    for (size_t i = 0; i < count; i++) {
        const bool fits = contents[i].is_range ? pen_str_starts_fold(name, contents[i].type)
                                               : pen_str_equal_fold(name, contents[i].type);
        if (fits && (best == NULL || contents[i].type.len > best->type.len)) best = &contents[i];
    }
    return best;
}

const struct pen_openapi_answer *pen_openapi_answer(const struct pen_openapi_operation *operation,
                                                    int status)
{
    char memory[8];
    struct pen_buf text = pen_buf_over(memory, sizeof(memory));
    const struct pen_openapi_answer *range = NULL;
    const struct pen_openapi_answer *any = NULL;
    pen_buf_u64(&text, (uint64_t)status);
    for (size_t i = 0; i < operation->answer_count; i++) {
        const struct pen_openapi_answer *const one = &operation->answers[i];
        if (pen_str_equal(one->status, pen_buf_str(&text))) return one;
        if (one->status.len == 3 && one->status.ptr[0] == memory[0]
            && pen_str_ends_fold(one->status, PEN_S("XX"))) {
            range = one;
        }
        if (pen_str_equal(one->status, PEN_S("default"))) any = one;
    }
    return range != NULL ? range : any;
}

struct pen_str pen_openapi_file(const struct pen_openapi *openapi)
{
    return openapi->file->path;
}
