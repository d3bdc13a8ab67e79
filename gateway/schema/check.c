/** The parts of a request, one after the other, each held against what is said of it. */
#include "gateway/schema/check.h"

#include "filters/core/cloudevents.h"
#include "gateway/schema/check_openapi.h"
#include "gateway/schema/evidence.h"
#include "gateway/schema/part.h"

/* At work on one request. */
struct checking {
    const struct pen_check *check;
    struct pen_evidence evidence;
    struct pen_part_walk walk;
    const struct pen_schema *schema; /* at work */
};

static enum pen_status visit(void *context, const struct pen_instance *instance)
{
    struct checking *const c = context;
    c->evidence.holder = instance->holder;
    const enum pen_status status =
        instance->value != NULL
            ? pen_evidence_hold(&c->evidence, c->schema, instance->value)
            : pen_evidence_add(&c->evidence, "schema.violation", instance->nearest, "at", NULL);
    c->evidence.holder = NULL;
    return status;
}

/* RFC 9110 section 9.3: a body of these means nothing, and so does its absence. */
static bool may_lack_body(struct pen_str method)
{
    static const struct pen_str methods[] = {PEN_STR("GET"), PEN_STR("HEAD"), PEN_STR("DELETE"),
                                             PEN_STR("OPTIONS")};
    return pen_str_is_among(method, methods, PEN_COUNT_OF(methods));
}

static enum pen_status hold_texts(struct checking *c, const struct pen_held *held,
                                  const struct pen_named_text *texts, size_t count,
                                  struct pen_str origin)
{
    const struct pen_json *object = NULL;
    PEN_TRY(pen_values_object(texts, count, held->typed, c->check->arena, &object));
    c->evidence.origin = origin;
    const enum pen_status status = pen_evidence_hold(&c->evidence, held->schema, object);
    c->evidence.origin = PEN_S("");
    return status;
}

static enum pen_status hold_pairs(struct checking *c, const struct pen_held *held,
                                  struct pen_str pairs, struct pen_str origin)
{
    struct pen_named_text *texts = NULL;
    size_t count = 0;
    PEN_TRY(pen_values_split(pairs, c->check->arena, &texts, &count));
    return hold_texts(c, held, texts, count, origin);
}

static enum pen_status hold(struct checking *c, const struct pen_held *held)
{
    const struct pen_event_input *const input = c->check->input;
    struct pen_named_text *texts = NULL;
    c->schema = held->schema;
    c->evidence.file = held->file;
    switch (held->part) {
    case PEN_PART_QUERY:
        return hold_pairs(c, held, input->query, PEN_S("query:"));
    case PEN_PART_HEADERS:
        PEN_TRY(pen_values_fields(input->fields, input->field_count, c->check->arena, &texts));
        return hold_texts(c, held, texts, input->field_count, PEN_S("header:"));
    case PEN_PART_BODY:
        if (input->body_kind == PEN_BODY_FORM) {
            return hold_pairs(c, held, input->body, PEN_S("form:"));
        }
        break;
    case PEN_PART_DATA:
    case PEN_PART_RECORDS:
    case PEN_PART_AT:
        break;
    }
    if (input->body_kind == PEN_BODY_NONE && may_lack_body(input->method)) return PEN_OK;
    return pen_part_each(&c->walk, held->part, held->at);
}

/* The schema that one CloudEvent names, and its data. `event` NULL: in binary mode. */
static enum pen_status hold_named(struct checking *c, const struct pen_json *event,
                                  struct pen_str uri)
{
    const struct pen_function_schemas *const schemas = c->check->schemas;
    const struct pen_str plain =
        pen_str_ends(uri, PEN_S("#")) ? pen_str_slice(uri, 0, uri.len - 1) : uri;
    const struct pen_held *const held = pen_schemas_named(schemas, plain);
    if (held == NULL) {
        if (schemas->policy->dataschema != PEN_DATASCHEMA_REQUIRE) return PEN_OK;
        c->evidence.file = PEN_S("");
        return pen_evidence_add(&c->evidence, "schema.unmapped", event, "dataschema", NULL);
    }
    c->schema = held->schema;
    c->evidence.file = held->file;
    return pen_part_data(&c->walk, event);
}

static enum pen_status hold_binary(struct checking *c)
{
    const struct pen_event_input *const input = c->check->input;
    struct pen_str uri = PEN_STR("");
    for (size_t i = 0; i < input->field_count; i++) {
        if (!pen_str_equal_fold(input->fields[i].name, PEN_S("ce-dataschema"))) continue;
        PEN_TRY(pen_cloudevents_decode(input->fields[i].value, c->check->arena, &uri));
    }
    return hold_named(c, NULL, uri);
}

static struct pen_str dataschema_of(const struct pen_json *event)
{
    return pen_json_string_or(pen_json_member(event, PEN_S("dataschema")), PEN_S(""));
}

static enum pen_status hold_dataschemas(struct checking *c)
{
    const struct pen_json *const root = c->check->event->root;
    switch (c->check->event->cloudevents) {
    case PEN_CLOUDEVENTS_NONE:
        return hold_named(c, root, PEN_S(""));
    case PEN_CLOUDEVENTS_BINARY:
        return hold_binary(c);
    case PEN_CLOUDEVENTS_STRUCTURED:
        return hold_named(c, root, dataschema_of(root));
    case PEN_CLOUDEVENTS_BATCH_MODE:
        break;
    }
    for (const struct pen_json *event = root->first; event != NULL; event = event->next) {
        PEN_TRY(hold_named(c, event, dataschema_of(event)));
    }
    return PEN_OK;
}

static enum pen_status check_all(struct checking *c)
{
    const struct pen_check *const check = c->check;
    for (size_t i = 0; i < check->schemas->held_count; i++) {
        PEN_TRY(hold(c, &check->schemas->held[i]));
    }
    if (check->schemas->policy->dataschema != PEN_DATASCHEMA_IGNORE) PEN_TRY(hold_dataschemas(c));
    return check->operation == NULL ? PEN_OK : pen_check_openapi(check, &c->evidence);
}

static size_t bytes_of(const struct pen_event_input *input)
{
    size_t bytes = input->path.len + input->query.len + input->body.len;
    for (size_t i = 0; i < input->field_count; i++) {
        bytes += input->fields[i].name.len + input->fields[i].value.len;
    }
    return bytes;
}

const struct pen_violations *pen_check_event(const struct pen_check *check)
{
    struct checking c = {
        .check = check,
        .walk = {.event = check->event,
                 .limits = check->limits,
                 .arena = check->arena,
                 .is_lines = check->input->body_kind == PEN_BODY_NDJSON,
                 .visit = visit,
                 .context = &c},
    };
    pen_evidence_begin(&c.evidence, check->arena, check->scratch, bytes_of(check->input),
                       check->room);
    c.evidence.shows_values = check->schemas->policy->shows_values;
    const struct pen_violations *const found = pen_evidence_end(&c.evidence, check_all(&c));
    check->event->harmless = c.evidence.harmless;
    check->event->harmless_count = c.evidence.harmless_count;
    return found;
}

void pen_violations_put(const struct pen_violations *violations, bool files, struct pen_buf *buf)
{
    for (uint32_t i = 0; i < violations->count; i++) {
        const struct pen_violation *const one = &violations->list[i];
        const size_t before = buf->len;
        pen_buf_put(buf, i > 0 ? PEN_S(",{\"pointer\":\"") : PEN_S("{\"pointer\":\""));
        pen_buf_json(buf, one->pointer);
        pen_buf_put(buf, PEN_S("\",\"keyword\":\""));
        pen_buf_json(buf, one->keyword);
        pen_buf_put(buf, PEN_S("\",\"schema\":\""));
        pen_buf_json(buf, one->schema);
        pen_buf_byte(buf, '"');
        if (files && one->file.len > 0) {
            pen_buf_put(buf, PEN_S(",\"file\":\""));
            pen_buf_json(buf, one->file);
            pen_buf_byte(buf, '"');
        }
        if (one->value.ptr != NULL) {
            pen_buf_put(buf, one->is_text ? PEN_S(",\"value\":\"") : PEN_S(",\"value\":"));
            pen_buf_json(buf, one->value);
            if (one->is_text) pen_buf_byte(buf, '"');
        }
        pen_buf_byte(buf, '}');
        if (!buf->full) continue;
        buf->len = before;
        buf->full = false;
        return;
    }
}
