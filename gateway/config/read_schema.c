/**
 * `schema`, `response_schema`, `openapi` and `schemas`: which files say what events look like.
 *
 * Here they only have to be there. What they say is compiled with the snapshot (schema/schemas.h),
 * and what is wrong in one is told at the place that names it.
 */
#include <string.h>
#include <sys/stat.h>

#include "filters/core/nearest.h"
#include "filters/exception.h"
#include "gateway/config/reference.h"
#include "gateway/config/route_text.h"
#include "gateway/config/shapes.h"

#define SCHEMA(field, is) PEN_FIELD(struct pen_config_schema, field, is)

/* While one `schema` is read. */
struct uses {
    struct pen_config_schema schema; /* first: the table's offsets are its */
    struct pen_config_schema_use list[PEN_CONFIG_SCHEMAS];
};

static struct pen_config_place place_of(const struct pen_reader *reader,
                                        const struct pen_json *value)
{
    return pen_reader_place(reader, value, PEN_S(""));
}

/* "schemas/order.json", or a schema within a file: "schemas/all.json#/$defs/order". */
static enum pen_status read_file(struct pen_reader *reader, const struct pen_json *value,
                                 struct pen_config_schema_use *use)
{
    struct pen_str text;
    PEN_TRY(pen_reader_text(reader, value, 0, &text));
    const size_t mark = pen_str_find_str(text, PEN_S("#/"));
    struct pen_str name;
    if (pen_arena_copy(reader->arena, pen_str_slice(text, 0, mark), &name) != PEN_OK) {
        return pen_reader_no_memory(reader);
    }
    if (name.len == 0) return pen_reader_expected(reader, value, "a file before the '#'");
    PEN_TRY(pen_reference_resolve(reader, name, &use->file));
    use->pointer = pen_str_slice(text, mark + 1, text.len);
    use->place = place_of(reader, value);
    return pen_reference_check_file(reader, value, use->file, false);
}

static enum pen_status read_use_file(struct pen_reader *reader, const struct pen_json *value,
                                     void *target)
{
    return read_file(reader, value, target);
}

/* Behind a bar stands "json", or a name goes on. These are no names: they stand so in records. */
static bool is_wrong_step(struct pen_str step)
{
    static const struct pen_str steps[] = {PEN_STR("base64"), PEN_STR("gzip"), PEN_STR("xml"),
                                           PEN_STR("form"), PEN_STR("graphql")};
    for (size_t i = 0; i < PEN_COUNT_OF(steps); i++) {
        if (pen_str_equal(step, steps[i])) return true;
    }
    return pen_nearest_distance(step, PEN_S("json")) == 1;
}

static struct pen_str wrong_step(struct pen_str path)
{
    while (path.len > 0) {
        path = pen_str_slice(path, pen_str_find(path, '|', 0) + 1, path.len);
        const struct pen_str segment = pen_str_slice(path, 0, pen_str_find(path, '/', 0));
        const struct pen_str step = pen_str_slice(segment, 0, pen_str_find(segment, '|', 0));
        if (is_wrong_step(step)) return step;
    }
    return PEN_S("");
}

static enum pen_status read_at(struct pen_reader *reader, const struct pen_json *value,
                               void *target)
{
    static const struct {
        struct pen_str word;
        enum pen_part part;
    } words[] = {
        {PEN_STR("body"), PEN_PART_BODY},
        {PEN_STR("data"), PEN_PART_DATA},
        {PEN_STR("record"), PEN_PART_RECORDS},
        {PEN_STR("records"), PEN_PART_RECORDS},
    };
    struct pen_config_schema_use *const use = target;
    PEN_TRY(pen_reader_text(reader, value, 0, &use->at));
    for (size_t i = 0; i < PEN_COUNT_OF(words); i++) {
        if (!pen_str_equal(use->at, words[i].word)) continue;
        use->part = words[i].part;
        return PEN_OK;
    }
    use->part = PEN_PART_AT;
    if (use->at.ptr[0] != '/' && use->at.ptr[0] != '|') {
        return pen_reader_expected(reader, value,
                                   "body, data, records or a path such as /Records/*/body|json");
    }
    const struct pen_str step = wrong_step(use->at);
    if (step.len > 0) {
        return pen_reader_fail(reader, value,
                               "'|%.*s' leads nowhere: '|json' leads into the document in a text, "
                               "in one that is base64 or gzip, too",
                               PEN_STR_ARGS(step));
    }
    const char *const problem = pen_exception_path_problem(use->at);
    if (problem == NULL) return PEN_OK;
    return pen_reader_fail(reader, value, "the path '%s' %s", pen_reader_excerpt(use->at).text,
                           problem);
}

static const struct pen_key use_keys[] = {
    {PEN_STR("file"), .kind = PEN_KEY_READ, .read = read_use_file},
    {PEN_STR("at"), .kind = PEN_KEY_READ, .read = read_at},
};

const struct pen_shape pen_shape_schema_use = {
    .schema = "/$defs/schema_use",
    .keys = use_keys,
    .key_count = PEN_COUNT_OF(use_keys),
};

static enum pen_status add_use(struct pen_reader *reader, const struct pen_json *value,
                               struct uses *uses, enum pen_part part, bool may_have_at)
{
    if (uses->schema.use_count == PEN_CONFIG_SCHEMAS) {
        return pen_reader_fail(reader, value, "a function has at most %d schemas",
                               PEN_CONFIG_SCHEMAS);
    }
    struct pen_config_schema_use *const use = &uses->list[uses->schema.use_count++];
    *use = (struct pen_config_schema_use){.part = part};
    if (!may_have_at || value->type != PEN_JSON_OBJECT) return read_file(reader, value, use);
    return pen_reader_mapping(reader, value, &pen_shape_schema_use, use);
}

static enum pen_status read_body(struct pen_reader *reader, const struct pen_json *value,
                                 void *target)
{
    if (value->type != PEN_JSON_ARRAY) {
        return add_use(reader, value, target, PEN_PART_BODY, true);
    }
    for (const struct pen_json *item = value->first; item != NULL; item = item->next) {
        PEN_TRY(add_use(reader, item, target, PEN_PART_BODY, true));
    }
    return PEN_OK;
}

static enum pen_status read_query(struct pen_reader *reader, const struct pen_json *value,
                                  void *target)
{
    return add_use(reader, value, target, PEN_PART_QUERY, false);
}

static enum pen_status read_headers(struct pen_reader *reader, const struct pen_json *value,
                                    void *target)
{
    return add_use(reader, value, target, PEN_PART_HEADERS, false);
}

static const struct pen_word format_words[] = {{PEN_STR("assert"), 0}, {PEN_STR("annotate"), 1}};
static const struct pen_word mode_words[] = {{PEN_STR("enforce"), 0}, {PEN_STR("detect"), 1}};
static const struct pen_word dataschema_words[] = {
    {PEN_STR("ignore"), PEN_DATASCHEMA_IGNORE},
    {PEN_STR("use"), PEN_DATASCHEMA_USE},
    {PEN_STR("require"), PEN_DATASCHEMA_REQUIRE},
};

static enum pen_status read_format(struct pen_reader *reader, const struct pen_json *value,
                                   void *target)
{
    int word;
    PEN_TRY(pen_reader_word(reader, value, format_words, PEN_COUNT_OF(format_words), &word));
    ((struct pen_config_schema *)target)->annotate = word == 1;
    return PEN_OK;
}

static enum pen_status read_mode(struct pen_reader *reader, const struct pen_json *value,
                                 void *target)
{
    int word;
    PEN_TRY(pen_reader_word(reader, value, mode_words, PEN_COUNT_OF(mode_words), &word));
    ((struct pen_config_schema *)target)->detects = word == 1;
    return PEN_OK;
}

static const struct pen_key schema_keys[] = {
    {PEN_STR("body"), .kind = PEN_KEY_READ, .shape = &pen_shape_schema_use, .read = read_body},
    {PEN_STR("query"), .kind = PEN_KEY_READ, .read = read_query},
    {PEN_STR("headers"), .kind = PEN_KEY_READ, .read = read_headers},
    {PEN_STR("format"), .kind = PEN_KEY_READ, .words = format_words,
     .word_count = PEN_COUNT_OF(format_words), .read = read_format},
    {PEN_STR("mode"), .kind = PEN_KEY_READ, .words = mode_words,
     .word_count = PEN_COUNT_OF(mode_words), .read = read_mode},
    {PEN_STR("values"), .kind = PEN_KEY_FLAG, .offset = SCHEMA(shows_values, bool)},
    {PEN_STR("dataschema"), .kind = PEN_KEY_WORD, .offset = SCHEMA(dataschema, enum pen_dataschema),
     .words = dataschema_words, .word_count = PEN_COUNT_OF(dataschema_words)},
};

static const struct pen_config_schema schema_defaults = {.detects = false};

const struct pen_shape pen_shape_schema = {
    .schema = "/$defs/schema",
    .keys = schema_keys,
    .key_count = PEN_COUNT_OF(schema_keys),
    .defaults = &schema_defaults,
    .size = sizeof(schema_defaults),
};

enum pen_status pen_read_schema(struct pen_reader *reader, const struct pen_json *value,
                                void *target)
{
    struct pen_config_schema *const schema = &((struct pen_config_function *)target)->schema;
    struct uses uses = {.schema = schema_defaults};
    uses.schema.place = place_of(reader, value);
    if (value->type == PEN_JSON_OBJECT) {
        PEN_TRY(pen_reader_mapping(reader, value, &pen_shape_schema, &uses));
    } else {
        PEN_TRY(add_use(reader, value, &uses, PEN_PART_BODY, false));
    }
    struct pen_config_schema_use *const list =
        pen_arena_calloc(reader->arena, uses.schema.use_count + 1, sizeof(*list));
    if (list == NULL) return pen_reader_no_memory(reader);

    memcpy(list, uses.list, uses.schema.use_count * sizeof(*list));
    *schema = uses.schema;
    schema->uses = list;
    return PEN_OK;
}

static enum pen_status read_response_file(struct pen_reader *reader, const struct pen_json *value,
                                          void *target)
{
    return read_file(reader, value, &((struct pen_config_response_schema *)target)->use);
}

static const struct pen_word response_words[] = {{PEN_STR("detect"), 0}, {PEN_STR("enforce"), 1}};

static enum pen_status read_response_mode(struct pen_reader *reader, const struct pen_json *value,
                                          void *target)
{
    int word;
    PEN_TRY(pen_reader_word(reader, value, response_words, PEN_COUNT_OF(response_words), &word));
    ((struct pen_config_response_schema *)target)->enforces = word == 1;
    return PEN_OK;
}

static const struct pen_key response_keys[] = {
    {PEN_STR("file"), .kind = PEN_KEY_READ, .read = read_response_file},
    {PEN_STR("mode"), .kind = PEN_KEY_READ, .words = response_words,
     .word_count = PEN_COUNT_OF(response_words), .read = read_response_mode},
};

const struct pen_shape pen_shape_response_schema = {
    .schema = "/$defs/response_schema",
    .keys = response_keys,
    .key_count = PEN_COUNT_OF(response_keys),
};

enum pen_status pen_read_response_schema(struct pen_reader *reader, const struct pen_json *value,
                                         void *target)
{
    struct pen_config_response_schema *const schema =
        &((struct pen_config_function *)target)->response_schema;
    if (value->type != PEN_JSON_OBJECT) return read_file(reader, value, &schema->use);
    return pen_reader_mapping(reader, value, &pen_shape_response_schema, schema);
}

static enum pen_status read_base(struct pen_reader *reader, const struct pen_json *value,
                                 void *target)
{
    struct pen_config_openapi *const openapi = target;
    PEN_TRY(pen_reader_text(reader, value, 0, &openapi->base));
    struct pen_route_text route;
    const char *problem;
    if (pen_route_text_read(openapi->base, 0, &route, &problem) != PEN_OK) {
        return pen_reader_fail(reader, value, "the base '%s' %s",
                               pen_reader_excerpt(openapi->base).text, problem);
    }
    /* The document's paths begin with a slash themselves. */
    if (openapi->base.ptr[openapi->base.len - 1] == '/') openapi->base.len--;
    openapi->has_base = true;
    return PEN_OK;
}

static const struct pen_word answer_words[] = {
    {PEN_STR("off"), PEN_RESPONSE_OFF},
    {PEN_STR("detect"), PEN_RESPONSE_DETECT},
    {PEN_STR("enforce"), PEN_RESPONSE_ENFORCE},
};

static const struct pen_key openapi_keys[] = {
    {PEN_STR("file"), .kind = PEN_KEY_FILE,
     .offset = PEN_FIELD(struct pen_config_openapi, file, struct pen_str)},
    {PEN_STR("base"), .kind = PEN_KEY_READ, .read = read_base},
    {PEN_STR("responses"), .kind = PEN_KEY_WORD,
     .offset = PEN_FIELD(struct pen_config_openapi, answers, enum pen_response_mode),
     .words = answer_words, .word_count = PEN_COUNT_OF(answer_words)},
};

const struct pen_shape pen_shape_openapi = {
    .schema = "/$defs/openapi",
    .keys = openapi_keys,
    .key_count = PEN_COUNT_OF(openapi_keys),
};

enum pen_status pen_read_openapi(struct pen_reader *reader, const struct pen_json *value,
                                 void *target)
{
    struct pen_config_openapi *const openapi = &((struct pen_config_function *)target)->openapi;
    openapi->place = place_of(reader, value);
    if (value->type == PEN_JSON_OBJECT) {
        return pen_reader_mapping(reader, value, &pen_shape_openapi, openapi);
    }
    struct pen_config_schema_use use = {.part = PEN_PART_BODY};
    PEN_TRY(read_file(reader, value, &use));
    if (use.pointer.len > 0) return pen_reader_expected(reader, value, "an OpenAPI document");
    openapi->file = use.file;
    return PEN_OK;
}

static enum pen_status read_mapping(struct pen_reader *reader, const struct pen_json *value,
                                    struct pen_config_mapping *mapping)
{
    struct pen_str name;
    mapping->uri = value->name;
    mapping->place = place_of(reader, value);
    mapping->is_folder = pen_str_ends(mapping->uri, PEN_S("/"));
    PEN_TRY(pen_reader_text(reader, value, 0, &name));
    PEN_TRY(pen_reference_resolve(reader, name, &mapping->path));
    if (!mapping->is_folder) return pen_reference_check_file(reader, value, mapping->path, false);
    if (!reader->options->look_at_files) return PEN_OK;

    struct stat seen;
    if (stat(mapping->path.ptr, &seen) == 0 && S_ISDIR(seen.st_mode)) return PEN_OK;
    return pen_reader_fail(reader, value,
                           "'%s' is no folder, and a URI that ends in '/' stands for one",
                           pen_reader_excerpt(mapping->path).text);
}

enum pen_status pen_read_mappings(struct pen_reader *reader, const struct pen_json *value,
                                  void *target)
{
    struct pen_config *const config = target;
    struct pen_config_mapping *const mappings =
        pen_arena_calloc(reader->arena, value->count, sizeof(*mappings));
    if (mappings == NULL) return pen_reader_no_memory(reader);

    for (const struct pen_json *item = value->first; item != NULL; item = item->next) {
        PEN_TRY(read_mapping(reader, item, &mappings[item->index]));
    }
    config->mappings = mappings;
    config->mapping_count = value->count;
    return PEN_OK;
}

static bool has_part(const struct pen_config_schema *schema, enum pen_part part)
{
    for (size_t i = 0; i < schema->use_count; i++) {
        if (schema->uses[i].part == part) return true;
    }
    return false;
}

static bool looks_at_bodies(const struct pen_config_schema *schema)
{
    return has_part(schema, PEN_PART_BODY) || has_part(schema, PEN_PART_DATA)
           || has_part(schema, PEN_PART_RECORDS) || has_part(schema, PEN_PART_AT)
           || schema->dataschema != PEN_DATASCHEMA_IGNORE;
}

/* What is no tree cannot be held to a schema: such a body would be a way around it. */
static enum pen_status check_bodies(struct pen_reader *reader, const struct pen_json *value,
                                    const struct pen_config_function *function)
{
    for (size_t i = 0; i < function->body_count; i++) {
        const enum pen_body_kind kind = function->bodies[i];
        /* A text may be JSON; one that is none violates the schema. */
        if (kind == PEN_BODY_JSON || kind == PEN_BODY_NDJSON || kind == PEN_BODY_TEXT) continue;
        const bool form = kind == PEN_BODY_FORM && has_part(&function->schema, PEN_PART_BODY);
        if (form) continue;
        return pen_reader_fail_name(reader, value,
                                    "this function takes %.*s bodies, and its schema cannot say "
                                    "what they look like",
                                    PEN_STR_ARGS(pen_config_body_name(kind)));
    }
    return PEN_OK;
}

enum pen_status pen_check_schema(struct pen_reader *reader, const struct pen_json *value,
                                 const struct pen_config_function *function)
{
    const struct pen_json *const schema = pen_json_member(value, PEN_S("schema"));
    if (schema == NULL) return PEN_OK;
    if (function->schema.use_count == 0 && function->schema.dataschema == PEN_DATASCHEMA_IGNORE
        && function->openapi.file.len == 0) {
        return pen_reader_fail_name(reader, schema,
                                    "it names no schema: give 'body', 'query', 'headers' or "
                                    "'dataschema'");
    }
    if (function->schema.dataschema != PEN_DATASCHEMA_IGNORE
        && reader->config->mapping_count == 0) {
        return pen_reader_fail_name(reader, pen_json_member(schema, PEN_S("dataschema")),
                                    "no schema is mapped: /schemas says where they are");
    }
    return looks_at_bodies(&function->schema) ? check_bodies(reader, schema, function) : PEN_OK;
}
