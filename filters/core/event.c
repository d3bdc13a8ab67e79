/**
 * A request taken apart: body, query, fields, path, in this order, into one list of leaves and one
 * buffer of their texts.
 *
 * Only strings are leaves of a JSON body: a number, boolean or null cannot carry a text. Empty
 * texts are left out; they hold nothing to look at.
 */
#include "filters/core/event.h"

#include <string.h>

#include "filters/core/body/body.h"
#include "filters/core/body/charset.h"
#include "filters/core/cloudevents.h"
#include "filters/core/envelope/marks.h"
#include "filters/core/graphql_leaves.h"
#include "filters/core/opening.h"

#define DEFAULT_LEAVES 100000
#define DEFAULT_LAYERS 6
#define DEFAULT_FIELDS 256
#define OPENED_FACTOR  4 /* bytes that undoing encodings may give, by what was received */
#define OPENED_MORE    ((size_t)1 << 20)

/* Fields that frame, negotiate or authenticate, and that no function takes for data. Sorted. */
static const struct pen_str not_leaves[] = {
    PEN_STR("accept"),
    PEN_STR("accept-charset"),
    PEN_STR("accept-encoding"),
    PEN_STR("accept-language"),
    PEN_STR("authorization"),
    PEN_STR("cache-control"),
    PEN_STR("connection"),
    PEN_STR("content-encoding"),
    PEN_STR("content-length"),
    PEN_STR("content-type"),
    PEN_STR("date"),
    PEN_STR("expect"),
    PEN_STR("host"),
    PEN_STR("if-modified-since"),
    PEN_STR("if-none-match"),
    PEN_STR("keep-alive"),
    PEN_STR("pragma"),
    PEN_STR("proxy-authorization"),
    PEN_STR("proxy-connection"),
    PEN_STR("range"),
    PEN_STR("sec-fetch-dest"),
    PEN_STR("sec-fetch-mode"),
    PEN_STR("sec-fetch-site"),
    PEN_STR("te"),
    PEN_STR("traceparent"),
    PEN_STR("trailer"),
    PEN_STR("transfer-encoding"),
    PEN_STR("upgrade"),
    PEN_STR("via"),
};

static bool is_leaf_field(struct pen_str name)
{
    return !pen_str_is_among_sorted(name, not_leaves, PEN_COUNT_OF(not_leaves));
}

/* A body that is one text from end to end. Of marks JSON's and XML's readers know more. */
static enum pen_status check_charset(struct pen_leaves *leaves, const struct pen_event_input *input,
                                     size_t *offset)
{
    const bool is_marked = pen_str_starts(input->body, PEN_S("\xef\xbb\xbf"));
    bool check = true;
    switch (input->body_kind) {
    case PEN_BODY_NONE:
    case PEN_BODY_OPAQUE:
    case PEN_BODY_MULTIPART:
        return PEN_OK;
    case PEN_BODY_JSON:
    case PEN_BODY_NDJSON:
        check = !is_marked;
        break;
    case PEN_BODY_XML:
        check = !is_marked && input->is_ascii;
        break;
    case PEN_BODY_FORM:
    case PEN_BODY_GRAPHQL:
    case PEN_BODY_TEXT:
        break;
    }
    return check ? pen_charset_check(input->body, input->is_ascii, &leaves->code, offset) : PEN_OK;
}

/* Where each element of the root has to be something, those that hold no text are asked, too. */
static bool wants_all(const struct pen_event_input *input)
{
    if (input->whole) return true;

    const size_t start = pen_str_skip_space(input->body, 0);
    if (start == input->body.len || input->body.ptr[start] != '[') return false;

    const struct pen_cloudevents_fields fields = {input->fields, input->field_count};
    enum pen_cloudevents_mode mode = PEN_CLOUDEVENTS_NONE;
    const char *code = NULL;
    return input->expected_count > 0 || pen_cloudevents_mode(fields, &mode, &code) != PEN_OK
           || mode == PEN_CLOUDEVENTS_BATCH_MODE;
}

static enum pen_status add_body(struct pen_leaves *leaves, const struct pen_event_input *input,
                                struct pen_event *event, size_t *offset)
{
    PEN_TRY(check_charset(leaves, input, offset));
    switch (input->body_kind) {
    case PEN_BODY_NONE:
    case PEN_BODY_OPAQUE:
        return PEN_OK;
    case PEN_BODY_JSON:
        return pen_body_add_json(leaves, input->body, &event->root,
                                 wants_all(input) ? NULL : &event->left_out, offset);
    case PEN_BODY_FORM:
        return pen_body_add_pairs(leaves, input->body, PEN_ORIGIN_FORM, offset);
    case PEN_BODY_MULTIPART:
        return pen_body_add_multipart(leaves, input->body, input->boundary, NULL, 0, offset);
    case PEN_BODY_NDJSON:
        return pen_body_add_ndjson(leaves, input->body, &event->root, offset);
    case PEN_BODY_XML:
        return pen_body_add_xml(leaves, input->body, offset);
    case PEN_BODY_GRAPHQL:
        return pen_body_add_graphql(leaves, input->body, offset);
    case PEN_BODY_TEXT:
        return pen_body_add_text(leaves, input->body, offset);
    }
    return PEN_ERR_UNSUPPORTED;
}

static enum pen_status check_graphql(struct pen_leaves *leaves, const struct pen_event *event,
                                     size_t *offset)
{
    struct pen_json_error error = {0};
    const struct pen_event body = {.root = event->root, .graphql = leaves->graphql};
    const enum pen_status status = pen_graphql_require(&body, &error);
    if (status == PEN_OK) return PEN_OK;

    leaves->code = error.code;
    *offset = error.offset;
    return status;
}

/* A body that is no document, or none that was expected, may still be told by its fields. */
static enum pen_status check_expected(struct pen_leaves *leaves,
                                      const struct pen_event_input *input,
                                      const struct pen_event *event, size_t *offset)
{
    if (leaves->is_graphql) return check_graphql(leaves, event, offset);
    if (input->body_kind == PEN_BODY_GRAPHQL
        && pen_envelope_is_expected(&pen_envelope_graphql, input)) {
        leaves->envelope = &pen_envelope_graphql;
        return PEN_OK;
    }
    const bool unmet = input->expected_count > 0 && !leaves->met;
    if (!unmet && (event->root != NULL || leaves->envelope != NULL)) return PEN_OK;

    const struct pen_marks marks = {
        .expected = input->expected,
        .expected_count = input->expected_count,
        .fields = input->fields,
        .field_count = input->field_count,
    };
    leaves->envelope = pen_marks_by_fields(&marks);
    if (!unmet || leaves->envelope != NULL) return PEN_OK;
    leaves->code = "event.shape";
    return PEN_ERR_INVALID;
}

/* What says that it is a CloudEvent must be one. An opaque body is declared not to be looked into.
 */
static enum pen_status check_cloudevent(struct pen_leaves *leaves,
                                        const struct pen_event_input *input,
                                        struct pen_event *event, size_t *offset)
{
    const struct pen_cloudevents_fields fields = {input->fields, input->field_count};
    PEN_TRY(pen_cloudevents_mode(fields, &event->cloudevents, &leaves->code));
    switch (event->cloudevents) {
    case PEN_CLOUDEVENTS_NONE:
        return PEN_OK;
    case PEN_CLOUDEVENTS_BINARY:
        return pen_cloudevents_check_fields(fields, leaves->arena, &leaves->code);
    case PEN_CLOUDEVENTS_STRUCTURED:
    case PEN_CLOUDEVENTS_BATCH_MODE:
        break;
    }
    if (input->body_kind == PEN_BODY_OPAQUE) return PEN_OK;
    if (event->root == NULL) {
        leaves->code = "cloudevents.event";
        return PEN_ERR_SYNTAX;
    }
    struct pen_json_error error = {0};
    const enum pen_status status = pen_cloudevents_check_tree(
        event->cloudevents, event->root, fields, PEN_CLOUDEVENTS_BATCH, leaves->arena, &error);
    leaves->code = error.code;
    *offset = error.offset;
    return status;
}

/* Where nothing else is expected, the shape of a CloudEvent is not enough: its function goes by the
 * content type or by the fields. */
static bool lacks_cloudevent(const struct pen_leaves *leaves, const struct pen_event_input *input,
                             const struct pen_event *event)
{
    const struct pen_str name = PEN_STR("cloudevents");
    if (event->cloudevents != PEN_CLOUDEVENTS_NONE || input->expected_count == 0) return false;
    if (leaves->envelope != NULL && pen_str_equal(leaves->envelope->name, name)) return true;
    for (size_t i = 0; i < input->expected_count; i++) {
        if (!pen_str_equal(input->expected[i]->name, name)) return false;
    }
    return true;
}

static enum pen_status add_expected_body(struct pen_leaves *leaves,
                                         const struct pen_event_input *input,
                                         struct pen_event *event, size_t *offset)
{
    enum pen_status shape = add_body(leaves, input, event, offset);
    if (shape == PEN_OK) shape = check_expected(leaves, input, event, offset);
    if (shape != PEN_OK && shape != PEN_ERR_INVALID) return shape;

    /* What is wrong with a CloudEvent says more than that it is not what is expected. */
    const char *code = leaves->code;
    const size_t at = *offset;
    PEN_TRY(check_cloudevent(leaves, input, event, offset));
    if (shape == PEN_OK && lacks_cloudevent(leaves, input, event)) {
        shape = PEN_ERR_INVALID;
        code = "event.shape";
    }
    leaves->code = code;
    *offset = at;
    return shape;
}

/* A field's value; and what it is without its quotes, where an attribute may stand in some. */
static enum pen_status add_field(struct pen_leaves *leaves, const struct pen_leaf *leaf,
                                 bool may_be_quoted)
{
    if (!may_be_quoted || leaf->text.ptr[0] != '"') {
        return pen_leaves_add(leaves, leaf, PEN_EXPECT_NOTHING);
    }
    const struct pen_leaf *added = NULL;
    struct pen_leaf inside = *leaf;
    PEN_TRY(pen_leaves_push(leaves, leaf, &added));
    PEN_TRY(pen_leaf_open(leaves, added, PEN_EXPECT_NOTHING, 0));
    const enum pen_status status = pen_cloudevents_unquote(leaf->text, leaves->arena, &inside.text);
    if (status == PEN_ERR_SYNTAX) return PEN_OK; /* beside a body that is not looked into */
    if (status != PEN_OK) {
        leaves->code = "event.memory";
        return status;
    }
    inside.from = added;
    inside.coding = PEN_CODING_ESCAPE;
    PEN_TRY(pen_leaves_push(leaves, &inside, &added));
    return pen_leaf_open(leaves, added, PEN_EXPECT_NOTHING, 1);
}

static enum pen_status add_fields(struct pen_leaves *leaves, const struct pen_event_input *input,
                                  enum pen_cloudevents_mode mode)
{
    for (size_t i = 0; i < input->field_count; i++) {
        const struct pen_event_field *const field = &input->fields[i];
        if (field->value.len == 0 || !is_leaf_field(field->name)) continue;

        const struct pen_leaf leaf = {
            .text = field->value,
            .place = pen_place_of(0, field->value.len),
            .name = field->name,
            .origin = PEN_ORIGIN_HEADER,
        };
        const bool attribute =
            mode != PEN_CLOUDEVENTS_NONE && pen_cloudevents_is_field(field->name);
        PEN_TRY(add_field(leaves, &leaf, attribute));
    }
    return PEN_OK;
}

static enum pen_status add_path(struct pen_leaves *leaves, struct pen_str path)
{
    if (path.len <= 1) return PEN_OK;

    struct pen_leaf leaf = {
        .text = path, .place = pen_place_of(0, path.len), .origin = PEN_ORIGIN_PATH};
    PEN_TRY(pen_leaves_add(leaves, &leaf, PEN_EXPECT_NOTHING));
    for (size_t start = 1, end = 0; start <= path.len; start = end + 1) {
        end = pen_str_find(path, '/', start);
        leaf.place = pen_place_of(start, end);
        leaf.text = pen_str_slice(path, start, end);
        leaf.segment++;
        if (leaf.text.len > 0) PEN_TRY(pen_leaves_add(leaves, &leaf, PEN_EXPECT_NOTHING));
    }
    return PEN_OK;
}

/* Each part lies in memory, so their sum fits many times over. */
static size_t received(const struct pen_event_input *input)
{
    size_t bytes = input->path.len + input->query.len + input->body.len;
    for (size_t i = 0; i < input->field_count; i++) {
        bytes += input->fields[i].value.len;
    }
    return bytes;
}

/* The same without a body that nobody looks into. */
static size_t to_be_read(const struct pen_event_input *input)
{
    return received(input) - (input->body_kind == PEN_BODY_OPAQUE ? input->body.len : 0);
}

static enum pen_status take_apart(struct pen_leaves *leaves, const struct pen_event_input *input,
                                  struct pen_event *event, size_t *offset)
{
    PEN_TRY(pen_leaves_begin(leaves, to_be_read(input)));
    PEN_TRY(add_expected_body(leaves, input, event, offset));
    PEN_TRY(pen_body_add_pairs(leaves, input->query, PEN_ORIGIN_QUERY, offset));
    PEN_TRY(add_fields(leaves, input, event->cloudevents));
    PEN_TRY(add_path(leaves, input->path));
    return pen_leaves_end(leaves, event);
}

enum pen_status pen_event_decode(const struct pen_event_input *input,
                                 const struct pen_event_limits *limits, struct pen_arena *arena,
                                 struct pen_event *out, struct pen_json_error *error)
{
    static const struct pen_event_limits defaults;
    if (limits == NULL) limits = &defaults;

    struct pen_leaves leaves = {
        .arena = arena,
        .input = input,
        .limit = limits->leaves == 0 ? DEFAULT_LEAVES : limits->leaves,
        .json = &limits->json,
        .layers = limits->layers == 0 ? DEFAULT_LAYERS : limits->layers,
        .fields = limits->fields == 0 ? DEFAULT_FIELDS : limits->fields,
        .opened_limit = OPENED_MORE + OPENED_FACTOR * received(input),
    };
    struct pen_event event = {.body = input->body,
                              .method = input->method,
                              .fields = input->fields,
                              .field_count = input->field_count};
    size_t offset = 0;
    const enum pen_status status = take_apart(&leaves, input, &event, &offset);
    if (status == PEN_OK) {
        *out = event;
    } else if (error != NULL) {
        error->code = leaves.code;
        error->offset = offset;
    }
    return status;
}
