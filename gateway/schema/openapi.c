/** The document's lists, read into structs; each schema compiled where it stands. */
#include "gateway/schema/openapi.h"

#include <string.h>

#include "gateway/schema/openapi_path.h"

#define HOPS_MOST 16 /* references, one leading to the next */

struct pen_openapi {
    const struct pen_schema_file *file;
    struct pen_openapi_paths paths;
};

/* A schema that is yet to be compiled. */
struct pending {
    struct pen_str pointer;
    const struct pen_schema **schema;
    struct pending *next;
};

struct reading {
    struct pen_schema_files *files;
    struct pending *pending;
    uint32_t pending_count;
    const struct pen_schema_file *file;
    bool annotate;
    struct pen_error *err;
};

#define FAIL(reading, value, ...) \
    pen_schema_files_fail((reading)->file, value, (reading)->err, __VA_ARGS__)

static enum pen_status no_memory(const struct reading *reading)
{
    pen_error_set(reading->err, "not enough memory for %.*s", PEN_STR_ARGS(reading->file->path));
    return PEN_ERR_NOMEM;
}

/* What a Reference Object leads to; the value itself when it is none. */
static enum pen_status dereference(const struct reading *reading, const struct pen_json *value,
                                   const struct pen_json **out)
{
    const struct pen_json *at = value;
    for (int hops = 0; hops < HOPS_MOST; hops++) {
        const struct pen_json *const ref = pen_json_member(at, PEN_S("$ref"));
        if (at->type != PEN_JSON_OBJECT) return FAIL(reading, at, "expected an object");
        if (ref == NULL) {
            *out = at;
            return PEN_OK;
        }
        if (!pen_str_starts(ref->text, PEN_S("#/"))) {
            return FAIL(reading, ref, "references to parts of OpenAPI lead into the same document");
        }
        const struct pen_json *const next =
            pen_json_resolve(reading->file->root, pen_str_slice(ref->text, 1, ref->text.len));
        if (next == NULL) {
            return FAIL(reading, ref, "nothing is at '%.*s'", PEN_STR_ARGS(ref->text));
        }
        at = next;
    }
    return FAIL(reading, value, "a reference that leads in a circle");
}

/* Later, with all others: they refer to the same components. */
static enum pen_status compile(struct reading *reading, const struct pen_json *schema,
                               struct pen_openapi_schema *out)
{
    char memory[2048];
    struct pen_buf buf = pen_buf_over(memory, sizeof(memory));
    struct pen_arena *const arena = reading->files->arena;
    if (schema == NULL) return PEN_OK;

    pen_json_pointer(schema, &buf);
    if (buf.full) return FAIL(reading, schema, "this schema lies too deep");
    struct pending *const pending = pen_arena_calloc(arena, 1, sizeof(*pending));
    out->schema = pen_arena_calloc(arena, 1, sizeof(const struct pen_schema *));
    if (pending == NULL || out->schema == NULL
        || pen_arena_copy(arena, pen_buf_str(&buf), &pending->pointer) != PEN_OK) {
        return no_memory(reading);
    }
    out->typed = (struct pen_typed){reading->file->root, schema};
    pending->schema = out->schema;
    pending->next = reading->pending;
    reading->pending = pending;
    reading->pending_count++;
    return PEN_OK;
}

/* In the document's order, so that the first mistake is the one that is told. */
static enum pen_status compile_pending(struct reading *reading)
{
    struct pen_arena *const arena = reading->files->arena;
    const uint32_t count = reading->pending_count;
    const struct pen_schema_source source = {.file = reading->file, .annotate = reading->annotate};
    struct pen_str *const pointers = pen_arena_calloc(arena, (size_t)count + 1, sizeof(*pointers));
    const struct pen_schema **const schemas =
        pen_arena_calloc(arena, (size_t)count + 1, sizeof(*schemas));
    if (pointers == NULL || schemas == NULL) return no_memory(reading);

    uint32_t i = count;
    for (const struct pending *p = reading->pending; p != NULL; p = p->next) {
        pointers[--i] = p->pointer;
    }
    PEN_TRY(pen_schema_files_compile_parts(reading->files, &source, pointers, count, schemas,
                                           reading->err));
    i = count;
    for (const struct pending *p = reading->pending; p != NULL; p = p->next) {
        *p->schema = schemas[--i];
    }
    return PEN_OK;
}

static bool is_said(const struct pen_json *object, struct pen_str name, bool otherwise)
{
    const struct pen_json *const value = pen_json_member(object, name);
    return value == NULL ? otherwise : value->type == PEN_JSON_TRUE;
}

static enum pen_status lower(const struct reading *reading, struct pen_str text,
                             struct pen_str *out)
{
    char *const memory = pen_arena_bytes(reading->files->arena, text.len + 1);
    if (memory == NULL) return no_memory(reading);
    for (size_t i = 0; i < text.len; i++) {
        memory[i] = pen_to_lower(text.ptr[i]);
    }
    *out = (struct pen_str){memory, text.len};
    return PEN_OK;
}

/* Section 4.8.12.4: these are said elsewhere. */
static bool is_said_elsewhere(struct pen_str name)
{
    return pen_str_equal_fold(name, PEN_S("accept"))
           || pen_str_equal_fold(name, PEN_S("content-type"))
           || pen_str_equal_fold(name, PEN_S("authorization"));
}

/* How lists are written: the default styles, of which "form" may be joined by commas. */
static enum pen_status read_style(const struct reading *reading, const struct pen_json *value,
                                  struct pen_openapi_parameter *parameter)
{
    const bool query = parameter->in == PEN_OPENAPI_QUERY;
    const struct pen_json *const style = pen_json_member(value, PEN_S("style"));
    const struct pen_str usual = query ? PEN_S("form") : PEN_S("simple");
    if (style != NULL && !pen_str_equal(style->text, usual)) {
        return FAIL(reading, style, "the style '%.*s' is not read; '%.*s' is",
                    PEN_STR_ARGS(style->text), PEN_STR_ARGS(usual));
    }
    const struct pen_typed typed = parameter->schema.typed;
    const bool list = pen_typed_is(typed, PEN_S("array"));
    if (pen_typed_is(typed, PEN_S("object"))) {
        return FAIL(reading, value, "a parameter that is an object is not read");
    }
    parameter->is_joined = list && !is_said(value, PEN_S("explode"), query);
    return PEN_OK;
}

/* False: nothing that is looked at. */
static enum pen_status read_parameter(struct reading *reading, const struct pen_json *value,
                                      struct pen_openapi_parameter *out, bool *counts)
{
    static const struct {
        struct pen_str word;
        enum pen_openapi_in in;
    } places[] = {
        {PEN_STR("query"), PEN_OPENAPI_QUERY},
        {PEN_STR("header"), PEN_OPENAPI_HEADER},
        {PEN_STR("path"), PEN_OPENAPI_PATH},
    };
    const struct pen_json *parameter;
    PEN_TRY(dereference(reading, value, &parameter));
    const struct pen_str name =
        pen_json_string_or(pen_json_member(parameter, PEN_S("name")), PEN_S(""));
    const struct pen_str in =
        pen_json_string_or(pen_json_member(parameter, PEN_S("in")), PEN_S(""));
    size_t place = 0;
    while (place < PEN_COUNT_OF(places) && !pen_str_equal(places[place].word, in)) {
        place++;
    }
    if (name.len == 0) return FAIL(reading, parameter, "a parameter has a 'name'");
    const bool cookie = pen_str_equal(in, PEN_S("cookie"));
    if (place == PEN_COUNT_OF(places) && !cookie) {
        return FAIL(reading, parameter, "'in' is query, header, path or cookie");
    }
    *counts = !cookie && !(pen_str_equal(in, PEN_S("header")) && is_said_elsewhere(name));
    if (!*counts) return PEN_OK;

    *out = (struct pen_openapi_parameter){
        .node = parameter,
        .name = name,
        .in = places[place].in,
        .required = is_said(parameter, PEN_S("required"), false),
    };
    if (out->in == PEN_OPENAPI_HEADER) PEN_TRY(lower(reading, name, &out->name));
    const struct pen_json *const content = pen_json_member(parameter, PEN_S("content"));
    if (content != NULL) return FAIL(reading, content, "a parameter by 'content' is not read");
    PEN_TRY(compile(reading, pen_json_member(parameter, PEN_S("schema")), &out->schema));
    return read_style(reading, parameter, out);
}

/* Those of an operation replace the path's of the same name and place. */
static enum pen_status add_parameters(struct reading *reading, const struct pen_json *list,
                                      struct pen_openapi_parameter *into, size_t *count)
{
    if (list == NULL) return PEN_OK;
    if (list->type != PEN_JSON_ARRAY) return FAIL(reading, list, "'parameters' is a list");

    for (const struct pen_json *item = list->first; item != NULL; item = item->next) {
        struct pen_openapi_parameter one;
        bool counts = false;
        PEN_TRY(read_parameter(reading, item, &one, &counts));
        if (!counts) continue;
        size_t i = 0;
        while (i < *count && (into[i].in != one.in || !pen_str_equal(into[i].name, one.name))) {
            i++;
        }
        into[i] = one;
        if (i == *count) (*count)++;
    }
    return PEN_OK;
}

static size_t count_of(const struct pen_json *value)
{
    return value == NULL ? 0 : value->count;
}

static enum pen_status read_parameters(struct reading *reading, const struct pen_json *item,
                                       const struct pen_json *value,
                                       struct pen_openapi_operation *operation)
{
    const struct pen_json *const shared = pen_json_member(item, PEN_S("parameters"));
    const struct pen_json *const own = pen_json_member(value, PEN_S("parameters"));
    struct pen_openapi_parameter *const list = pen_arena_calloc(
        reading->files->arena, count_of(shared) + count_of(own) + 1, sizeof(*list));
    if (list == NULL) return no_memory(reading);

    PEN_TRY(add_parameters(reading, shared, list, &operation->parameter_count));
    PEN_TRY(add_parameters(reading, own, list, &operation->parameter_count));
    operation->parameters = list;
    return PEN_OK;
}

/* What "text/" and an asterisk begins with, "text/"; of all types, "". */
static struct pen_str before_asterisk(struct pen_str type, bool *is_range)
{
    *is_range = pen_str_ends(type, PEN_S("/*"));
    if (pen_str_equal(type, PEN_S("*/*"))) return PEN_S("");
    return pen_str_slice(type, 0, *is_range ? type.len - 1 : type.len);
}

static enum pen_status read_contents(struct reading *reading, const struct pen_json *value,
                                     const struct pen_openapi_content **out, size_t *count)
{
    if (value == NULL) return PEN_OK;
    if (value->type != PEN_JSON_OBJECT) return FAIL(reading, value, "'content' is a mapping");

    struct pen_openapi_content *const list =
        pen_arena_calloc(reading->files->arena, value->count + 1, sizeof(*list));
    if (list == NULL) return no_memory(reading);
    for (const struct pen_json *item = value->first; item != NULL; item = item->next) {
        struct pen_openapi_content *const one = &list[item->index];
        const struct pen_json *media;
        const size_t end = pen_str_find(item->name, ';', 0);
        PEN_TRY(lower(reading, pen_str_trim(pen_str_slice(item->name, 0, end)), &one->type));
        one->type = before_asterisk(one->type, &one->is_range);
        PEN_TRY(dereference(reading, item, &media));
        PEN_TRY(compile(reading, pen_json_member(media, PEN_S("schema")), &one->schema));
    }
    *out = list;
    *count = value->count;
    return PEN_OK;
}

static enum pen_status read_body(struct reading *reading, const struct pen_json *value,
                                 struct pen_openapi_operation *operation)
{
    const struct pen_json *body = pen_json_member(value, PEN_S("requestBody"));
    if (body == NULL) return PEN_OK;

    PEN_TRY(dereference(reading, body, &body));
    operation->has_body = true;
    operation->needs_body = is_said(body, PEN_S("required"), false);
    return read_contents(reading, pen_json_member(body, PEN_S("content")), &operation->contents,
                         &operation->content_count);
}

static enum pen_status read_answers(struct reading *reading, const struct pen_json *value,
                                    struct pen_openapi_operation *operation)
{
    const struct pen_json *const answers = pen_json_member(value, PEN_S("responses"));
    struct pen_openapi_answer *const list =
        pen_arena_calloc(reading->files->arena, count_of(answers) + 1, sizeof(*list));
    if (list == NULL) return no_memory(reading);

    operation->answers = list;
    for (const struct pen_json *item = answers == NULL ? NULL : answers->first; item != NULL;
         item = item->next) {
        if (pen_str_starts(item->name, PEN_S("x-"))) continue;
        struct pen_openapi_answer *const one = &list[operation->answer_count++];
        const struct pen_json *answer;
        PEN_TRY(dereference(reading, item, &answer));
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
static enum pen_status check_names(const struct reading *reading, struct pen_str path,
                                   const struct pen_openapi_operation *operation)
{
    for (size_t i = 0; i < operation->parameter_count; i++) {
        const struct pen_openapi_parameter *const one = &operation->parameters[i];
        if (one->in != PEN_OPENAPI_PATH) continue;
        char memory[256];
        struct pen_buf wanted = pen_buf_over(memory, sizeof(memory));
        pen_buf_format(&wanted, "{%.*s}", PEN_STR_ARGS(one->name));
        if (!wanted.full && pen_str_find_str(path, pen_buf_str(&wanted)) < path.len) continue;
        return FAIL(reading, one->node, "the path '%.*s' has no '{%.*s}'", PEN_STR_ARGS(path),
                    PEN_STR_ARGS(one->name));
    }
    return PEN_OK;
}

static enum pen_status read_path(struct reading *reading, const struct pen_json *value,
                                 struct pen_openapi_path *path)
{
    const struct pen_json *item;
    const char *problem = NULL;
    if (!pen_openapi_path_read(value->name, path, &problem)) {
        return FAIL(reading, value, "the path '%.*s' %s", PEN_STR_ARGS(value->name), problem);
    }
    PEN_TRY(dereference(reading, value, &item));
    struct pen_openapi_operation *const list =
        pen_arena_calloc(reading->files->arena, PEN_COUNT_OF(methods), sizeof(*list));
    if (list == NULL) return no_memory(reading);

    path->operations = list;
    for (size_t i = 0; i < PEN_COUNT_OF(methods); i++) {
        const struct pen_json *const operation = pen_json_member(item, methods[i].key);
        if (operation == NULL) continue;
        struct pen_openapi_operation *const one = &list[path->operation_count++];
        one->method = methods[i].method;
        one->path = path->text;
        one->node = operation;
        PEN_TRY(read_parameters(reading, item, operation, one));
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

static enum pen_status check_version(const struct reading *reading)
{
    const struct pen_json *const version = pen_json_member(reading->file->root, PEN_S("openapi"));
    if (pen_str_starts(pen_json_string_or(version, PEN_S("")), PEN_S("3.1."))) return PEN_OK;
    return FAIL(reading, version != NULL ? version : reading->file->root,
                "expected \"openapi\": \"3.1.x\"; other versions have schemas of their own");
}

enum pen_status pen_openapi_compile(struct pen_schema_files *files,
                                    const struct pen_config_function *function,
                                    const struct pen_openapi **out, struct pen_error *err)
{
    struct reading reading = {.files = files, .annotate = function->schema.annotate, .err = err};
    PEN_TRY(pen_schema_files_open(files, function->openapi.file, &reading.file, err));
    PEN_TRY(check_version(&reading));
    const struct pen_json *const paths = pen_json_member(reading.file->root, PEN_S("paths"));
    if (paths == NULL || paths->type != PEN_JSON_OBJECT) {
        return FAIL(&reading, reading.file->root, "it has no 'paths'");
    }
    struct pen_openapi *const openapi = pen_arena_calloc(files->arena, 1, sizeof(*openapi));
    struct pen_openapi_path *const list =
        pen_arena_calloc(files->arena, paths->count + 1, sizeof(*list));
    if (openapi == NULL || list == NULL) return no_memory(&reading);

    openapi->file = reading.file;
    openapi->paths = (struct pen_openapi_paths){
        .base = base_of(&function->openapi, reading.file->root), .list = list};
    for (const struct pen_json *item = paths->first; item != NULL; item = item->next) {
        if (pen_str_starts(item->name, PEN_S("x-"))) continue;
        PEN_TRY(read_path(&reading, item, &list[openapi->paths.count++]));
    }
    PEN_TRY(compile_pending(&reading));
    if (openapi->paths.count > 0 && !pen_openapi_paths_meet(&openapi->paths, function->route)) {
        return FAIL(&reading, paths,
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
