/**
 * `mix`: kinds of events, what each consists of, and the answer that it is to get.
 *
 *   mix:
 *     order:     { weight: 95, path: /function/orders, token: shop, body: { file: order.json } }
 *     injection: { weight: 5, path: /function/orders, token: shop, expect: 403,
 *                  body: { text: '{"note":"1'' OR 1=1 --"}' } }
 */
#include "bench/load/reading.h"

#define KIND(field, is) PEN_FIELD(struct load_kind, field, is)
#define PACE_MOST       1000000000
#define BODY_MOST       ((uint64_t)64 << 20)
#define FIELDS_MOST     24

/* A kind while it is read. */
struct wish {
    struct load_kind kind; /* first: the table's offsets are its fields' */
    struct load_reading *reading;
    struct pen_str fields[FIELDS_MOST];
    size_t field_count;
    struct pen_str type;
};

struct body {
    const struct pen_json *file;
    const struct pen_json *lines;
    const struct pen_json *text;
    uint64_t items_bytes;
};

#define WISH(field, is) PEN_FIELD(struct wish, field, is)
#define BODY(field, is) PEN_FIELD(struct body, field, is)

static enum pen_status read_body_file(struct pen_reader *reader, const struct pen_json *value,
                                      void *target)
{
    (void)reader;
    ((struct body *)target)->file = value;
    return PEN_OK;
}

static enum pen_status read_body_lines(struct pen_reader *reader, const struct pen_json *value,
                                       void *target)
{
    (void)reader;
    ((struct body *)target)->lines = value;
    return PEN_OK;
}

/* As it stands there, line breaks and all: what a caller may send is not for us to judge. */
static enum pen_status read_body_text(struct pen_reader *reader, const struct pen_json *value,
                                      void *target)
{
    (void)reader;
    ((struct body *)target)->text = value;
    return PEN_OK;
}

static const struct pen_key body_keys[] = {
    {PEN_STR("file"), .kind = PEN_KEY_READ, .read = read_body_file},
    {PEN_STR("lines"), .kind = PEN_KEY_READ, .read = read_body_lines},
    {PEN_STR("text"), .kind = PEN_KEY_READ, .read = read_body_text},
    {PEN_STR("items"), .kind = PEN_KEY_SIZE, .offset = BODY(items_bytes, uint64_t), .least = 1,
     .most = BODY_MOST},
};

static const struct pen_shape body_shape = {
    .schema = "",
    .keys = body_keys,
    .key_count = PEN_COUNT_OF(body_keys),
};

/* {"items":[event,event,...]}: as many as fit into `bytes`, and one at least. */
static enum pen_status repeat(struct pen_reader *reader, uint64_t bytes, struct pen_str *event)
{
    const size_t room = (bytes > event->len ? (size_t)bytes : event->len) + 16;
    char *const memory = pen_arena_bytes(reader->arena, room);
    if (memory == NULL) return pen_reader_no_memory(reader);

    struct pen_buf buf = pen_buf_over(memory, room);
    const struct pen_str one = *event;
    pen_buf_put(&buf, PEN_S("{\"items\":["));
    pen_buf_put(&buf, one);
    while (buf.len + 1 + one.len + 2 <= bytes) {
        pen_buf_byte(&buf, ',');
        pen_buf_put(&buf, one);
    }
    pen_buf_put(&buf, PEN_S("]}"));
    *event = pen_buf_str(&buf);
    return PEN_OK;
}

static enum pen_status read_body(struct pen_reader *reader, const struct pen_json *value,
                                 void *target)
{
    struct load_kind *const kind = target;
    struct body body = {.file = NULL};
    PEN_TRY(pen_reader_mapping(reader, value, &body_shape, &body));
    if ((body.file != NULL) + (body.lines != NULL) + (body.text != NULL) != 1) {
        return pen_reader_fail_name(reader, value,
                                    "say one of `file` (one event), `lines` (a file with an event "
                                    "a line) and `text`");
    }
    struct pen_str *const one = pen_arena_calloc(reader->arena, 1, sizeof(*one));
    if (one == NULL) return pen_reader_no_memory(reader);
    kind->bodies = one;
    kind->body_count = 1;
    if (body.lines != NULL) {
        PEN_TRY(load_read_file(reader, body.lines, one));
        PEN_TRY(load_split_lines(reader, body.lines, *one, &kind->bodies, &kind->body_count));
    } else if (body.file != NULL) {
        PEN_TRY(load_read_file(reader, body.file, one));
        *one = pen_str_trim(*one);
        while (one->len > 0 && one->ptr[one->len - 1] == '\n') {
            one->len--;
        }
    } else {
        *one = body.text->text;
    }
    if (body.items_bytes == 0) return PEN_OK;
    if (body.lines != NULL) {
        return pen_reader_fail(reader, pen_json_member(value, PEN_S("items")),
                               "`items` repeats one event; it does not go with `lines`");
    }
    return repeat(reader, body.items_bytes, one);
}

static enum pen_status add_field(struct pen_reader *reader, const struct pen_json *value,
                                 struct wish *wish, struct pen_str name, struct pen_str text)
{
    if (wish->field_count == FIELDS_MOST) {
        return pen_reader_fail(reader, value, "expected at most %d header fields", FIELDS_MOST - 1);
    }
    const size_t room = name.len + text.len + 3;
    char *const memory = pen_arena_bytes(reader->arena, room);
    if (memory == NULL) return pen_reader_no_memory(reader);
    struct pen_buf buf = pen_buf_over(memory, room);
    pen_buf_put(&buf, name);
    pen_buf_put(&buf, PEN_S(": "));
    pen_buf_put(&buf, text);
    pen_buf_byte(&buf, '\0');
    wish->fields[wish->field_count++] = (struct pen_str){memory, buf.len - 1};
    return PEN_OK;
}

static enum pen_status read_headers(struct pen_reader *reader, const struct pen_json *value,
                                    void *target)
{
    struct wish *const wish = target;
    for (const struct pen_json *field = value->first; field != NULL; field = field->next) {
        struct pen_str text;
        size_t at = 0;
        if (pen_str_take_token(field->name, &at).len != field->name.len || field->name.len == 0) {
            return pen_reader_fail_name(reader, field, "'%s' is no name of a header field",
                                        pen_reader_excerpt(field->name).text);
        }
        PEN_TRY(pen_reader_text(reader, field, PEN_KEY_REFERENCE, &text));
        PEN_TRY(add_field(reader, field, wish, field->name, text));
    }
    return PEN_OK;
}

static enum pen_status read_token(struct pen_reader *reader, const struct pen_json *value,
                                  void *target)
{
    struct wish *const wish = target;
    struct pen_str name;
    struct pen_nearest nearest;
    PEN_TRY(pen_reader_text(reader, value, 0, &name));
    pen_nearest_init(&nearest, name);
    for (size_t i = 0; i < wish->reading->token_count; i++) {
        if (pen_str_equal(wish->reading->tokens[i].name, name)) {
            wish->kind.tokens = &wish->reading->tokens[i];
            return PEN_OK;
        }
        pen_nearest_consider(&nearest, wish->reading->tokens[i].name);
    }
    return pen_reader_fail(reader, value, "there are no `tokens` called '%s'%s",
                           pen_reader_excerpt(name).text, pen_nearest_hint(&nearest));
}

static enum pen_status read_expect(struct pen_reader *reader, const struct pen_json *value,
                                   void *target)
{
    struct load_kind *const kind = target;
    const bool list = value->type == PEN_JSON_ARRAY;
    kind->expected_count = 0;
    for (const struct pen_json *one = list ? value->first : value; one != NULL;
         one = list ? one->next : NULL) {
        uint64_t status;
        if (pen_json_to_u64(one, &status) != PEN_OK || kind->expected_count == LOAD_EXPECTED_MOST) {
            return pen_reader_expected(reader, one, "a status from 200 to 599");
        }
        kind->expected[kind->expected_count++] = (uint16_t)status;
    }
    return PEN_OK;
}

static enum pen_status read_path(struct pen_reader *reader, const struct pen_json *value,
                                 void *target)
{
    struct load_kind *const kind = target;
    PEN_TRY(pen_reader_text(reader, value, PEN_KEY_REFERENCE, &kind->path));
    if (kind->path.ptr[0] == '/' && pen_str_find(kind->path, ' ', 0) == kind->path.len) {
        return PEN_OK;
    }
    return pen_reader_expected(reader, value, "a path that begins with / and has no space in it");
}

static const struct pen_word fault_words[] = {
    {PEN_STR("slow-body"), LOAD_SLOW_BODY},
    {PEN_STR("abort-body"), LOAD_ABORT_BODY},
    {PEN_STR("abort-answer"), LOAD_ABORT_ANSWER},
};

static const struct pen_key kind_keys[] = {
    {PEN_STR("weight"), .kind = PEN_KEY_NUMBER, .offset = KIND(weight, uint32_t)},
    {PEN_STR("method"), .kind = PEN_KEY_TEXT, .offset = KIND(method, struct pen_str)},
    {PEN_STR("path"), .kind = PEN_KEY_READ, .read = read_path},
    {PEN_STR("token"), .kind = PEN_KEY_READ, .read = read_token},
    {PEN_STR("body"), .kind = PEN_KEY_READ, .read = read_body},
    {PEN_STR("type"), .kind = PEN_KEY_TEXT, .offset = WISH(type, struct pen_str)},
    {PEN_STR("headers"), .kind = PEN_KEY_READ, .read = read_headers},
    {PEN_STR("expect"), .kind = PEN_KEY_READ, .read = read_expect},
    {PEN_STR("fault"), .kind = PEN_KEY_WORD, .offset = KIND(fault, enum load_fault),
     .words = fault_words, .word_count = PEN_COUNT_OF(fault_words)},
    {PEN_STR("pace"), .kind = PEN_KEY_RATE, .offset = KIND(pace, uint32_t), .least = 1,
     .most = PACE_MOST},
};

static const struct pen_shape kind_shape = {
    .schema = "",
    .keys = kind_keys,
    .key_count = PEN_COUNT_OF(kind_keys),
};

/* What needs the whole kind to be judged. */
static enum pen_status check(struct pen_reader *reader, const struct pen_json *value,
                             const struct load_kind *kind)
{
    const bool bodily = kind->fault == LOAD_SLOW_BODY || kind->fault == LOAD_ABORT_BODY;
    for (size_t i = 0; i < kind->method.len; i++) {
        if (!pen_is_alpha(kind->method.ptr[i])) {
            return pen_reader_fail(reader, pen_json_member(value, PEN_S("method")),
                                   "expected a method such as POST");
        }
    }
    if (bodily && kind->body_count == 0) {
        return pen_reader_fail_name(reader, value, "this fault needs a `body` to be sent");
    }
    if ((kind->fault == LOAD_SLOW_BODY) != (pen_json_member(value, PEN_S("pace")) != NULL)) {
        return pen_reader_fail_name(reader, value,
                                    "`fault: slow-body` and `pace: 100B/s` go together");
    }
    return PEN_OK;
}

static enum pen_status read_kind(struct pen_reader *reader, const struct pen_json *value,
                                 struct load_reading *reading, struct load_kind *out)
{
    struct wish wish = {.kind = {.weight = 1, .expected = {200}, .expected_count = 1},
                        .reading = reading};
    struct load_kind *const kind = &wish.kind;
    PEN_TRY(pen_reader_name(reader, value, &kind->name));
    PEN_TRY(pen_reader_mapping(reader, value, &kind_shape, &wish));
    if (kind->method.len == 0) kind->method = kind->body_count > 0 ? PEN_S("POST") : PEN_S("GET");
    PEN_TRY(check(reader, value, kind));
    if (kind->body_count > 0) {
        const struct pen_str type = wish.type.len > 0 ? wish.type : PEN_S("application/json");
        PEN_TRY(add_field(reader, value, &wish, PEN_S("Content-Type"), type));
    }
    struct pen_str *const fields =
        pen_arena_calloc(reader->arena, wish.field_count + 1, sizeof(*fields));
    if (fields == NULL) return pen_reader_no_memory(reader);
    for (size_t i = 0; i < wish.field_count; i++) {
        fields[i] = wish.fields[i];
    }
    kind->fields = fields;
    kind->field_count = wish.field_count;
    *out = *kind;
    return PEN_OK;
}

enum pen_status load_read_mix(struct pen_reader *reader, const struct pen_json *value, void *target)
{
    struct load_reading *const reading = target;
    struct load_scenario *const scenario = &reading->scenario;
    struct load_kind *const kinds = pen_arena_calloc(reader->arena, value->count, sizeof(*kinds));
    if (kinds == NULL) return pen_reader_no_memory(reader);

    for (const struct pen_json *one = value->first; one != NULL; one = one->next) {
        struct load_kind *const kind = &kinds[scenario->kind_count];
        PEN_TRY(read_kind(reader, one, reading, kind));
        scenario->kind_count++;
        scenario->weight_sum += kind->weight;
        for (size_t i = 0; i < kind->body_count; i++) {
            scenario->body_bytes += kind->bodies[i].len;
        }
    }
    scenario->kinds = kinds;
    return PEN_OK;
}
