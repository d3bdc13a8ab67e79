/** Parameters by where they stand, the body by its media type. */
#include "gateway/schema/check_openapi.h"

#include "filters/core/codec.h"
#include "gateway/schema/part.h"

/* The texts of a request by where they stand. */
struct texts {
    struct pen_named_text *list;
    size_t count;
};

struct matching {
    const struct pen_check *check;
    struct pen_evidence *evidence;
    const struct pen_openapi_operation *operation;
    struct texts by_place[3];        /* by enum pen_openapi_in */
    const struct pen_schema *schema; /* of the body */
};

static const struct pen_str origins[] = {
    [PEN_OPENAPI_QUERY] = PEN_STR("query:"),
    [PEN_OPENAPI_HEADER] = PEN_STR("header:"),
    [PEN_OPENAPI_PATH] = PEN_STR("path:"),
};

static enum pen_status collect(struct matching *m)
{
    const struct pen_check *const check = m->check;
    const struct pen_openapi_match *const match = check->operation;
    struct texts *const query = &m->by_place[PEN_OPENAPI_QUERY];
    struct texts *const header = &m->by_place[PEN_OPENAPI_HEADER];
    struct texts *const path = &m->by_place[PEN_OPENAPI_PATH];
    PEN_TRY(pen_values_split(check->input->query, check->arena, &query->list, &query->count));
    PEN_TRY(pen_values_fields(check->input->fields, check->input->field_count, check->arena,
                              &header->list));
    header->count = check->input->field_count;
    path->list = pen_arena_calloc(check->arena, match->capture_count + 1, sizeof(*path->list));
    if (path->list == NULL) return PEN_ERR_NOMEM;
    path->count = match->capture_count;
    for (size_t i = 0; i < match->capture_count; i++) {
        struct pen_str decoded;
        path->list[i].name = match->captures[i].name;
        PEN_TRY(pen_codec_percent_lenient(match->captures[i].text, false, check->arena, &decoded));
        /* What stands beside a name in a template may have the half of a character. */
        PEN_TRY(pen_values_text(decoded, check->arena, &path->list[i].text));
    }
    return PEN_OK;
}

/* Those of one name stand together. */
static struct texts named(struct texts all, struct pen_str name)
{
    size_t start = 0;
    while (start < all.count && !pen_str_equal(all.list[start].name, name)) {
        start++;
    }
    size_t end = start;
    while (end < all.count && pen_str_equal(all.list[end].name, name)) {
        end++;
    }
    return (struct texts){all.list + start, end - start};
}

/* "a,b,c" of one text, and of each where a name comes several times. */
static enum pen_status part(struct pen_arena *arena, struct texts joined, struct texts *out)
{
    size_t most = 0;
    for (size_t i = 0; i < joined.count; i++) {
        const struct pen_str text = joined.list[i].text;
        most++;
        for (size_t k = pen_str_find(text, ',', 0); k < text.len;
             k = pen_str_find(text, ',', k + 1)) {
            most++;
        }
    }
    out->list = pen_arena_calloc(arena, most + 1, sizeof(*out->list));
    out->count = 0;
    if (out->list == NULL) return PEN_ERR_NOMEM;

    for (size_t i = 0; i < joined.count; i++) {
        const struct pen_str text = joined.list[i].text;
        for (size_t start = 0; start <= text.len;) {
            const size_t end = pen_str_find(text, ',', start);
            out->list[out->count++] = (struct pen_named_text){
                .name = joined.list[i].name,
                .text = pen_str_trim(pen_str_slice(text, start, end)),
            };
            start = end + 1;
        }
    }
    return PEN_OK;
}

static enum pen_status hold_parameter(struct matching *m,
                                      const struct pen_openapi_parameter *parameter)
{
    struct texts texts = named(m->by_place[parameter->in], parameter->name);
    /* What a path to it would lead through. */
    const struct pen_json around = {.type = PEN_JSON_OBJECT};
    m->evidence->origin = origins[parameter->in];
    if (texts.count == 0) {
        const struct pen_json absent = {.name = parameter->name, .parent = &around};
        if (!parameter->required) return PEN_OK;
        return pen_evidence_add(m->evidence, "schema.violation", &absent, "required",
                                parameter->node);
    }
    if (parameter->schema.schema == NULL) return PEN_OK;

    struct pen_json *value = NULL;
    if (parameter->is_joined) PEN_TRY(part(m->check->arena, texts, &texts));
    PEN_TRY(
        pen_values_one(texts.list, texts.count, parameter->schema.typed, m->check->arena, &value));
    value->name = parameter->name;
    value->parent = &around;
    return pen_evidence_hold(m->evidence, *parameter->schema.schema, value);
}

static struct pen_str content_type(const struct pen_event_input *input)
{
    for (size_t i = 0; i < input->field_count; i++) {
        if (pen_str_equal_fold(input->fields[i].name, PEN_S("content-type"))) {
            return input->fields[i].value;
        }
    }
    return PEN_S("");
}

static enum pen_status visit(void *context, const struct pen_instance *instance)
{
    struct matching *const m = context;
    m->evidence->holder = instance->holder;
    const enum pen_status status = instance->value != NULL
                                       ? pen_evidence_hold(m->evidence, m->schema, instance->value)
                                       : pen_evidence_add(m->evidence, "schema.violation", NULL,
                                                          "content", m->operation->node);
    m->evidence->holder = NULL;
    return status;
}

static enum pen_status hold_form(struct matching *m, const struct pen_openapi_schema *schema)
{
    struct texts texts = {NULL, 0};
    const struct pen_json *object = NULL;
    PEN_TRY(pen_values_split(m->check->input->body, m->check->arena, &texts.list, &texts.count));
    PEN_TRY(pen_values_object(texts.list, texts.count, schema->typed, m->check->arena, &object));
    m->evidence->origin = PEN_S("form:");
    return pen_evidence_hold(m->evidence, *schema->schema, object);
}

static enum pen_status hold_content(struct matching *m, const struct pen_openapi_schema *schema)
{
    const struct pen_check *const check = m->check;
    struct pen_part_walk walk = {
        .event = check->event,
        .limits = check->limits,
        .arena = check->arena,
        .is_lines = check->input->body_kind == PEN_BODY_NDJSON,
        .visit = visit,
        .context = m,
    };
    switch (check->input->body_kind) {
    case PEN_BODY_FORM:
        return hold_form(m, schema);
    case PEN_BODY_JSON:
    case PEN_BODY_NDJSON:
        m->schema = *schema->schema;
        return pen_part_each(&walk, PEN_PART_BODY, PEN_S(""));
    case PEN_BODY_NONE:
    case PEN_BODY_MULTIPART:
    case PEN_BODY_XML:
    case PEN_BODY_GRAPHQL:
    case PEN_BODY_TEXT:
    case PEN_BODY_OPAQUE:
        break; /* no tree that the schema could speak about */
    }
    return PEN_OK;
}

static enum pen_status hold_body(struct matching *m)
{
    const struct pen_openapi_operation *const operation = m->operation;
    const bool empty = m->check->input->body_kind == PEN_BODY_NONE;
    m->evidence->origin = PEN_S("");
    if (empty ? operation->needs_body : !operation->has_body) {
        return pen_evidence_add(m->evidence, "schema.violation", NULL, "requestBody",
                                operation->node);
    }
    if (empty || operation->content_count == 0) return PEN_OK;

    const struct pen_openapi_content *const content = pen_openapi_content(
        operation->contents, operation->content_count, content_type(m->check->input));
    if (content == NULL) {
        return pen_evidence_add(m->evidence, "schema.violation", NULL, "content", operation->node);
    }
    return content->schema.schema == NULL ? PEN_OK : hold_content(m, &content->schema);
}

enum pen_status pen_check_openapi(const struct pen_check *check, struct pen_evidence *evidence)
{
    struct matching m = {
        .check = check, .evidence = evidence, .operation = check->operation->operation};
    evidence->file = pen_openapi_file(check->operation->openapi);
    if (m.operation == NULL) {
        const bool path = check->operation->knows_path;
        evidence->origin = PEN_S("path:");
        const enum pen_status told = pen_evidence_add(
            evidence, path ? "openapi.method" : "openapi.path", NULL, "paths", NULL);
        evidence->origin = PEN_S("");
        return told;
    }
    enum pen_status status = collect(&m);
    for (size_t i = 0; i < m.operation->parameter_count && status == PEN_OK; i++) {
        status = hold_parameter(&m, &m.operation->parameters[i]);
    }
    if (status == PEN_OK) status = hold_body(&m);
    evidence->origin = PEN_S("");
    return status;
}
