/**
 * The three modes, each brought to the same question: attribute, text, does it fit?
 */
#include "filters/core/cloudevents.h"

#include "filters/core/cloudevents_attribute.h"
#include "filters/core/codec.h"
#include "filters/core/utf8.h"

#define PREFIX PEN_S("ce-")

/* The required attributes that were seen, one bit each. */
#define ALL_REQUIRED ((1U << PEN_CLOUDEVENTS_REQUIRED_COUNT) - 1)

bool pen_cloudevents_is_field(struct pen_str name)
{
    return pen_str_starts_fold(name, PREFIX);
}

static struct pen_str attribute_of(struct pen_str field_name)
{
    return pen_str_slice(field_name, PREFIX.len, field_name.len);
}

static const struct pen_event_field *find_field(struct pen_cloudevents_fields fields,
                                                struct pen_str name)
{
    for (size_t i = 0; i < fields.count; i++) {
        if (pen_str_equal_fold(fields.list[i].name, name)) return &fields.list[i];
    }
    return NULL;
}

enum pen_status pen_cloudevents_mode(struct pen_cloudevents_fields fields,
                                     enum pen_cloudevents_mode *out, const char **code)
{
    const struct pen_event_field *const type = find_field(fields, PEN_S("content-type"));
    const struct pen_str value = type == NULL ? PEN_S("") : type->value;
    const struct pen_str essence =
        pen_str_trim(pen_str_slice(value, 0, pen_str_find(value, ';', 0)));
    if (pen_str_equal_fold(essence, PEN_S("application/cloudevents+json"))) {
        *out = PEN_CLOUDEVENTS_STRUCTURED;
    } else if (pen_str_equal_fold(essence, PEN_S("application/cloudevents-batch+json"))) {
        *out = PEN_CLOUDEVENTS_BATCH_MODE;
    } else if (pen_str_starts_fold(essence, PEN_S("application/cloudevents"))) {
        *code = "cloudevents.format";
        return PEN_ERR_UNSUPPORTED;
    } else {
        *out = find_field(fields, PEN_S("ce-specversion")) != NULL ? PEN_CLOUDEVENTS_BINARY
                                                                   : PEN_CLOUDEVENTS_NONE;
    }
    return PEN_OK;
}

enum pen_status pen_cloudevents_unquote(struct pen_str value, struct pen_arena *arena,
                                        struct pen_str *out)
{
    char *const memory = pen_arena_bytes(arena, value.len);
    if (memory == NULL) return PEN_ERR_NOMEM;

    struct pen_buf text = pen_buf_over(memory, value.len);
    for (size_t i = 1; i < value.len; i++) {
        if (value.ptr[i] == '"') {
            *out = pen_buf_str(&text);
            return i + 1 == value.len ? PEN_OK : PEN_ERR_SYNTAX;
        }
        if (value.ptr[i] == '\\' && ++i == value.len) break;
        pen_buf_byte(&text, value.ptr[i]);
    }
    return PEN_ERR_SYNTAX;
}

enum pen_status pen_cloudevents_decode(struct pen_str value, struct pen_arena *arena,
                                       struct pen_str *out)
{
    /* Bytes beyond ASCII are Latin-1 to one function's server and UTF-8 to another's. */
    for (size_t i = 0; i < value.len; i++) {
        if ((unsigned char)value.ptr[i] >= 0x80) return PEN_ERR_SYNTAX;
    }
    struct pen_str text = value;
    if (value.len > 0 && value.ptr[0] == '"') {
        PEN_TRY(pen_cloudevents_unquote(value, arena, &text));
    }
    PEN_TRY(pen_codec_percent(text, false, arena, &text));
    if (pen_utf8_valid_prefix(text) < text.len) return PEN_ERR_SYNTAX;
    *out = text;
    return PEN_OK;
}

static enum pen_status fail(enum pen_status status, const char *reason, const char **code)
{
    *code = reason;
    return status;
}

static enum pen_status decode_failed(enum pen_status status, const char **code)
{
    return fail(status, status == PEN_ERR_NOMEM ? "event.memory" : "cloudevents.encoding", code);
}

static const char *first_missing(unsigned seen)
{
    for (int i = 0; i < PEN_CLOUDEVENTS_REQUIRED_COUNT; i++) {
        if ((seen & (1U << i)) == 0) {
            return pen_cloudevents_attribute_code((enum pen_cloudevents_attribute)i);
        }
    }
    return NULL;
}

/* The name of an attribute in lower case; empty when it is none. */
static struct pen_str lower_name(struct pen_str field_name, char *memory, size_t size)
{
    const struct pen_str name = attribute_of(field_name);
    if (name.len > size) return PEN_S("");
    for (size_t i = 0; i < name.len; i++) {
        memory[i] = pen_to_lower(name.ptr[i]);
    }
    return (struct pen_str){memory, name.len};
}

/* Binary mode. */

#define NAME_BYTES 64 /* the specification asks for 20 at most */

static enum pen_status check_field(const struct pen_event_field *field, struct pen_arena *arena,
                                   unsigned *seen, const char **code)
{
    char memory[NAME_BYTES];
    const struct pen_str name = lower_name(field->name, memory, sizeof(memory));
    if (!pen_cloudevents_is_name(name)) return fail(PEN_ERR_SYNTAX, "cloudevents.name", code);

    const enum pen_cloudevents_attribute attribute = pen_cloudevents_attribute_named(name);
    struct pen_str text;
    const enum pen_status status = pen_cloudevents_decode(field->value, arena, &text);
    if (status != PEN_OK) return decode_failed(status, code);

    /* Section 3.1.1: "a ce-datacontenttype HTTP header MUST NOT also be present". */
    if (attribute == PEN_CLOUDEVENTS_DATACONTENTTYPE
        || !pen_cloudevents_attribute_fits(attribute, text)) {
        return fail(PEN_ERR_SYNTAX, pen_cloudevents_attribute_code(attribute), code);
    }
    if (attribute < PEN_CLOUDEVENTS_REQUIRED_COUNT) *seen |= 1U << attribute;
    return PEN_OK;
}

static bool is_repeated(struct pen_cloudevents_fields fields, size_t index)
{
    for (size_t i = 0; i < index; i++) {
        if (pen_str_equal_fold(fields.list[i].name, fields.list[index].name)) return true;
    }
    return false;
}

enum pen_status pen_cloudevents_check_fields(struct pen_cloudevents_fields fields,
                                             struct pen_arena *arena, const char **code)
{
    unsigned seen = 0;
    for (size_t i = 0; i < fields.count; i++) {
        if (!pen_cloudevents_is_field(fields.list[i].name)) continue;
        if (is_repeated(fields, i)) return fail(PEN_ERR_SYNTAX, "cloudevents.duplicate", code);
        PEN_TRY(check_field(&fields.list[i], arena, &seen, code));
    }
    const char *const missing = first_missing(seen);
    return missing == NULL ? PEN_OK : fail(PEN_ERR_SYNTAX, missing, code);
}

/* Structured mode, and a batch's elements. */

static enum pen_status refuse(struct pen_json_error *error, const struct pen_json *at,
                              const char *code)
{
    error->code = code;
    error->offset = at->place.start;
    return PEN_ERR_SYNTAX;
}

/* CloudEvents section 3.1, Integer: -2,147,483,648 to 2,147,483,647, without fraction. */
static bool is_integer(struct pen_str number)
{
    const bool negative = pen_str_starts(number, PEN_S("-"));
    uint64_t value = 0;
    const struct pen_str digits = pen_str_slice(number, negative ? 1 : 0, number.len);
    return pen_str_to_u64(digits, &value) == PEN_OK
           && value <= (uint64_t)INT32_MAX + (negative ? 1 : 0);
}

static bool fits(const struct pen_json *member, enum pen_cloudevents_attribute attribute)
{
    switch (member->type) {
    case PEN_JSON_STRING:
        return pen_cloudevents_attribute_fits(attribute, member->text);
    case PEN_JSON_NUMBER:
        return attribute == PEN_CLOUDEVENTS_EXTENSION && is_integer(member->text);
    case PEN_JSON_TRUE:
    case PEN_JSON_FALSE:
        return attribute == PEN_CLOUDEVENTS_EXTENSION;
    case PEN_JSON_NULL: /* section 2.2: as if it were not there */
    case PEN_JSON_ARRAY:
    case PEN_JSON_OBJECT:
        break;
    }
    return false;
}

static enum pen_status check_base64(const struct pen_json *member, struct pen_arena *arena,
                                    struct pen_json_error *error)
{
    struct pen_str ignored;
    if (member->type != PEN_JSON_STRING) return refuse(error, member, "cloudevents.data_base64");

    const enum pen_status status = pen_codec_base64(member->text, arena, &ignored);
    if (status == PEN_OK) return PEN_OK;
    if (status == PEN_ERR_SYNTAX) return refuse(error, member, "cloudevents.data_base64");
    error->code = "event.memory";
    return status;
}

static enum pen_status check_event(const struct pen_json *event, struct pen_arena *arena,
                                   struct pen_json_error *error)
{
    if (event->type != PEN_JSON_OBJECT) return refuse(error, event, "cloudevents.event");

    unsigned seen = 0;
    for (const struct pen_json *member = event->first; member != NULL; member = member->next) {
        if (pen_str_equal(member->name, PEN_S("data"))) continue;
        if (pen_str_equal(member->name, PEN_S("data_base64"))) {
            /* JSON format section 3.1.1: they exclude each other. */
            if (pen_json_member(event, PEN_S("data")) != NULL) {
                return refuse(error, member, "cloudevents.data");
            }
            PEN_TRY(check_base64(member, arena, error));
            continue;
        }
        if (!pen_cloudevents_is_name(member->name)) {
            return refuse(error, member, "cloudevents.name");
        }
        if (member->type == PEN_JSON_NULL) continue;

        const enum pen_cloudevents_attribute attribute =
            pen_cloudevents_attribute_named(member->name);
        if (!fits(member, attribute)) {
            return refuse(error, member, pen_cloudevents_attribute_code(attribute));
        }
        if (attribute < PEN_CLOUDEVENTS_REQUIRED_COUNT) seen |= 1U << attribute;
    }
    const char *const missing = first_missing(seen);
    return missing == NULL ? PEN_OK : refuse(error, event, missing);
}

/* CloudEvents section 3.1: the canonical string representation of an attribute. */
static struct pen_str canonical(const struct pen_json *member)
{
    if (member->type == PEN_JSON_TRUE) return PEN_S("true");
    if (member->type == PEN_JSON_FALSE) return PEN_S("false");
    return member->text;
}

static bool agrees(const struct pen_json *event, struct pen_str name, struct pen_str text)
{
    const struct pen_json *const member = pen_json_member(event, name);
    return pen_cloudevents_is_name(name) && member != NULL && member->type != PEN_JSON_NULL
           && pen_str_equal(canonical(member), text);
}

/* HTTP binding section 3.2.3: the same fields may be there. A function that goes by them must not
 * see another event than one that reads the body. */
static enum pen_status check_agreement(const struct pen_json *event,
                                       struct pen_cloudevents_fields fields,
                                       struct pen_arena *arena, struct pen_json_error *error)
{
    for (size_t i = 0; i < fields.count; i++) {
        const struct pen_event_field *const field = &fields.list[i];
        if (!pen_cloudevents_is_field(field->name)) continue;
        if (is_repeated(fields, i)) return refuse(error, event, "cloudevents.duplicate");

        char memory[NAME_BYTES];
        struct pen_str text;
        const enum pen_status status = pen_cloudevents_decode(field->value, arena, &text);
        if (status != PEN_OK) return decode_failed(status, &error->code);
        if (event->type != PEN_JSON_OBJECT
            || !agrees(event, lower_name(field->name, memory, sizeof(memory)), text)) {
            return refuse(error, event, "cloudevents.contradiction");
        }
    }
    return PEN_OK;
}

enum pen_status pen_cloudevents_check_tree(enum pen_cloudevents_mode mode,
                                           const struct pen_json *root,
                                           struct pen_cloudevents_fields fields, uint32_t most,
                                           struct pen_arena *arena, struct pen_json_error *error)
{
    if (mode == PEN_CLOUDEVENTS_STRUCTURED) {
        PEN_TRY(check_event(root, arena, error));
        return check_agreement(root, fields, arena, error);
    }
    if (root->type != PEN_JSON_ARRAY || root->count > most) {
        return refuse(error, root, "cloudevents.batch");
    }
    for (const struct pen_json *event = root->first; event != NULL; event = event->next) {
        PEN_TRY(check_event(event, arena, error));
    }
    /* Attributes in fields belong to one event, and here are many. */
    return check_agreement(root, fields, arena, error);
}
