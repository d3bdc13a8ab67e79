/**
 * Envelopes: each is recognised by its sample, its deepest leaf is found where it stands, and a
 * function that declares one gets nothing else. Samples: tests/events/README.md.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "filters/core/envelope/envelope.h"
#include "filters/core/envelope/list.h"

#define SAMPLES      PEN_SOURCE_DIR "/tests/events/"
#define SAMPLES_MOST 128
#define FIELDS_MOST  4

static struct pen_arena *arena;

static int set_up(void **state)
{
    (void)state;
    return pen_arena_create((size_t)64 << 20, 65536, &arena) == PEN_OK ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    pen_arena_destroy(arena);
    return 0;
}

static struct pen_str read_file(const char *name)
{
    char path[512];
    assert_true(snprintf(path, sizeof(path), "%s%s", SAMPLES, name) < (int)sizeof(path));
    FILE *const file = fopen(path, "rb");
    if (file == NULL) fail_msg("%s", path);
    const size_t room = 1 << 16;
    char *const memory = pen_arena_bytes(arena, room);
    assert_non_null(memory);
    const size_t length = fread(memory, 1, room, file);
    assert_int_equal(fclose(file), 0);
    assert_true(length > 0 && length < room);
    pen_arena_trim(arena, memory, room, length);
    return (struct pen_str){memory, length};
}

/* A line of leaves.tsv. */
struct sample {
    struct pen_str name;
    struct pen_str envelope;
    bool alike; /* another envelope has the same shape: told apart by the declaration alone */
    struct pen_str kind;
    struct pen_event_field fields[FIELDS_MOST];
    size_t field_count;
    struct pen_str path; /* "-": nobody but the service writes anything */
    struct pen_str codings;
    struct pen_str text;
};

static struct pen_str take(struct pen_str *rest, char separator)
{
    const size_t end = pen_str_find(*rest, separator, 0);
    const struct pen_str part = pen_str_slice(*rest, 0, end);
    *rest = pen_str_slice(*rest, end + 1, rest->len);
    return part;
}

static size_t read_samples(struct sample samples[SAMPLES_MOST])
{
    size_t count = 0;
    struct pen_str rest = read_file("leaves.tsv");
    while (rest.len > 0) {
        struct pen_str line = take(&rest, '\n');
        if (line.len == 0 || line.ptr[0] == '#') continue;
        assert_true(count < SAMPLES_MOST);
        struct sample *const sample = &samples[count++];
        sample->name = take(&line, '\t');
        sample->envelope = take(&line, '\t');
        sample->alike = pen_str_starts(sample->envelope, PEN_S("="));
        if (sample->alike) {
            sample->envelope = pen_str_slice(sample->envelope, 1, sample->envelope.len);
        }
        sample->kind = take(&line, '\t');
        struct pen_str fields = take(&line, '\t');
        sample->field_count = 0;
        while (fields.len > 1) {
            struct pen_str field = take(&fields, '|');
            assert_true(sample->field_count < FIELDS_MOST);
            struct pen_event_field *const out = &sample->fields[sample->field_count++];
            out->name = take(&field, ':');
            out->value = pen_str_trim(field);
        }
        sample->path = take(&line, '\t');
        sample->codings = take(&line, '\t');
        sample->text = line;
    }
    return count;
}

static struct pen_event_input input_of(const struct sample *sample)
{
    char name[128];
    assert_true(snprintf(name, sizeof(name), "%.*s.json", PEN_STR_ARGS(sample->name)) > 0);
    const bool form = pen_str_equal(sample->kind, PEN_S("form"));
    return (struct pen_event_input){
        .body = read_file(name),
        .body_kind = form                                         ? PEN_BODY_FORM
                     : pen_str_equal(sample->kind, PEN_S("text")) ? PEN_BODY_TEXT
                                                                  : PEN_BODY_JSON,
        .fields = sample->fields,
        .field_count = sample->field_count,
    };
}

static const struct pen_event *decode(const struct pen_event_input *input, struct pen_str name)
{
    struct pen_json_error error = {0};
    struct pen_event *const event = pen_arena_alloc(arena, sizeof(*event));
    assert_non_null(event);
    if (pen_event_decode(input, NULL, arena, event, &error) != PEN_OK) {
        fail_msg("%.*s: %s at %zu", PEN_STR_ARGS(name), error.code, error.offset);
    }
    return event;
}

static struct pen_str spell(const struct pen_leaf *leaf,
                            void (*how)(const struct pen_leaf *, struct pen_buf *))
{
    struct pen_buf buf = {.ptr = pen_arena_bytes(arena, 512), .cap = 512};
    assert_non_null(buf.ptr);
    how(leaf, &buf);
    assert_false(buf.full);
    return pen_buf_str(&buf);
}

static const struct pen_leaf *find_leaf(const struct pen_event *event, const struct sample *sample)
{
    const struct pen_str codings =
        pen_str_equal(sample->codings, PEN_S("-")) ? PEN_S("") : sample->codings;
    for (uint32_t i = 0; i < event->leaf_count; i++) {
        const struct pen_leaf *const leaf = pen_event_leaf(event, i);
        if (!leaf->is_name && pen_str_equal(leaf->text, sample->text)
            && pen_str_equal(spell(leaf, pen_leaf_path), sample->path)
            && pen_str_equal(spell(leaf, pen_leaf_codings), codings)) {
            return leaf;
        }
    }
    return NULL;
}

static void recognises_every_sample_and_finds_its_deepest_leaf(void **state)
{
    (void)state;
    struct sample samples[SAMPLES_MOST];
    const size_t count = read_samples(samples);
    for (size_t i = 0; i < count; i++) {
        const struct sample *const sample = &samples[i];
        const struct pen_event_input input = input_of(sample);
        const struct pen_event *const event = decode(&input, sample->name);
        if (event->envelope == NULL) fail_msg("%.*s: unknown", PEN_STR_ARGS(sample->name));
        if (!sample->alike && !pen_str_equal(event->envelope->name, sample->envelope)) {
            fail_msg("%.*s: taken for %.*s", PEN_STR_ARGS(sample->name),
                     PEN_STR_ARGS(event->envelope->name));
        }
        if (pen_str_equal(sample->path, PEN_S("-"))) continue;
        if (find_leaf(event, sample) == NULL) {
            fail_msg("%.*s: no %.*s", PEN_STR_ARGS(sample->name), PEN_STR_ARGS(sample->path));
        }
    }
}

static void has_a_sample_of_every_envelope(void **state)
{
    (void)state;
    struct sample samples[SAMPLES_MOST];
    const size_t count = read_samples(samples);
    const struct pen_envelope *entry = NULL;
    for (size_t i = 0; (entry = pen_envelope_entry(i)) != NULL; i++) {
        bool found = false;
        for (size_t s = 0; s < count && !found; s++) {
            const struct pen_event_input input = input_of(&samples[s]);
            if (!pen_str_equal(samples[s].envelope, entry->name)) continue;
            const struct pen_event_input declared = {.body = input.body,
                                                     .body_kind = input.body_kind,
                                                     .fields = input.fields,
                                                     .field_count = input.field_count,
                                                     .expected = &entry,
                                                     .expected_count = 1};
            found = decode(&declared, samples[s].name)->envelope == entry;
        }
        if (!found) {
            fail_msg("entry %zu of %.*s: no sample, or it does not fit what is required", i,
                     PEN_STR_ARGS(entry->name));
        }
    }
}

static bool stands_at(const struct pen_envelope *envelope, const struct pen_json *node,
                      const struct pen_json *base)
{
    for (size_t i = 0; i < envelope->coded_count; i++) {
        if (pen_envelope_path_matches(envelope->coded[i].path, node, base)) return true;
    }
    for (size_t i = 0; envelope->written != NULL && envelope->written[i] != NULL; i++) {
        if (pen_envelope_path_matches(pen_str_from_c(envelope->written[i]), node, base)) {
            return true;
        }
    }
    return false;
}

/* Is the node, or one that holds it, one of those that the envelope says an attacker writes? */
static bool is_written(const struct pen_envelope *envelope, const struct pen_json *node)
{
    for (const struct pen_json *base = node; base != NULL; base = base->parent) {
        if (stands_at(envelope, node, base)) return true;
    }
    return false;
}

/* The same for a field of a form. */
static bool is_written_field(const struct pen_envelope *envelope, struct pen_str name)
{
    for (size_t i = 0; envelope->written[i] != NULL; i++) {
        const struct pen_str path = pen_str_from_c(envelope->written[i]);
        if (pen_str_equal(pen_str_slice(path, 1, path.len), name)) return true;
    }
    return false;
}

static void says_who_writes_the_deepest_leaf(void **state)
{
    (void)state;
    struct sample samples[SAMPLES_MOST];
    const size_t count = read_samples(samples);
    for (size_t i = 0; i < count; i++) {
        const struct pen_event_input input = input_of(&samples[i]);
        const struct pen_event *const event = decode(&input, samples[i].name);
        const struct pen_envelope *const envelope = event->envelope;
        if (envelope == NULL || envelope->written == NULL) continue;
        bool found = false;
        for (const struct pen_leaf *leaf = find_leaf(event, &samples[i]); leaf != NULL && !found;
             leaf = leaf->from) {
            found = leaf->node != NULL ? is_written(envelope, leaf->node)
                                       : is_written_field(envelope, leaf->name);
        }
        if (!found) fail_msg("%.*s: not in the table", PEN_STR_ARGS(samples[i].name));
    }
}

static void keeps_the_list_in_order(void **state)
{
    (void)state;
    for (size_t i = 1; i < pen_envelope_member_count; i++) {
        const struct pen_str before = pen_envelope_members[i - 1].name;
        const struct pen_str name = pen_envelope_members[i].name;
        const bool sorted =
            before.len < name.len || (before.len == name.len && pen_str_compare(before, name) <= 0);
        if (!sorted) fail_msg("%.*s stands too late", PEN_STR_ARGS(name));
    }
    assert_non_null(pen_envelope_find(PEN_S("aws.s3")));
    assert_null(pen_envelope_find(PEN_S("aws.s4")));
}

static void matches_paths_with_asterisks(void **state)
{
    (void)state;
    const struct pen_str source = PEN_S("{\"a\":{\"b\":[{\"c\":\"x\"}]},\"a/b\":1}");
    const struct pen_json *root = NULL;
    assert_int_equal(pen_json_read(source, NULL, arena, &root, NULL), PEN_OK);
    const struct {
        struct pen_str path;
        struct pen_str node;
        bool matches;
    } rows[] = {
        {PEN_STR("/a/b/*/c"), PEN_STR("/a/b/0/c"), true},
        {PEN_STR("/a/b/c"), PEN_STR("/a/b/0/c"), false},
        {PEN_STR("/*/*/*/*"), PEN_STR("/a/b/0/c"), true},
        {PEN_STR("/*/*/*"), PEN_STR("/a/b/0/c"), false},
        {PEN_STR("/a/**/c"), PEN_STR("/a/b/0/c"), true},
        {PEN_STR("/a/b/*/**/c"), PEN_STR("/a/b/0/c"), true},
        {PEN_STR("/a/b/*/c/**/c"), PEN_STR("/a/b/0/c"), false},
        {PEN_STR("/a/**"), PEN_STR("/a/b/0/c"), true},
        {PEN_STR("/a/**"), PEN_STR("/a"), true},
        {PEN_STR("/b/**"), PEN_STR("/a/b/0/c"), false},
        {PEN_STR("/a/b"), PEN_STR("/a~1b"), false},
        {PEN_STR("/a"), PEN_STR(""), false},
    };
    for (size_t i = 0; i < PEN_COUNT_OF(rows); i++) {
        const struct pen_json *const node = pen_json_resolve(root, rows[i].node);
        assert_non_null(node);
        if (pen_envelope_path_matches(rows[i].path, node, root) != rows[i].matches) {
            fail_msg("%.*s at %.*s", PEN_STR_ARGS(rows[i].path), PEN_STR_ARGS(rows[i].node));
        }
    }
    /* What is not below the base matches nothing. */
    assert_false(
        pen_envelope_path_matches(PEN_S("/**"), root, pen_json_resolve(root, PEN_S("/a"))));
}

/* Declared events. */

#define S3_RECORD(source, key)                                                                \
    "{\"eventSource\":\"" source "\",\"eventName\":\"ObjectCreated:Put\",\"s3\":{\"bucket\":" \
    "{\"name\":\"b\"},\"object\":{\"key\":" key "}}}"
#define KINESIS(data)                                                                              \
    "{\"Records\":[{\"eventSource\":\"aws:kinesis\",\"kinesis\":{\"partitionKey\":\"1\",\"data\":" \
    "\"" data "\"}}]}"

static void holds_an_event_to_what_is_declared(void **state)
{
    (void)state;
    const struct {
        const char *why;
        const char *envelope;
        const char *body;
        const char *code; /* NULL: taken */
    } rows[] = {
        {"what it is", "aws.s3", "{\"Records\":[" S3_RECORD("aws:s3", "\"k\"") "]}", NULL},
        {"a variant", "aws.s3",
         "{\"Service\":\"Amazon S3\",\"Event\":\"s3:TestEvent\",\"Bucket\":\"b\"}", NULL},
        {"no records", "aws.s3", "{\"Records\":[]}", NULL},
        {"an empty array that nothing calls a batch", "cloudevents", "[]", "event.shape"},
        {"another one", "aws.sqs", "{\"Records\":[" S3_RECORD("aws:s3", "\"k\"") "]}",
         "event.shape"},
        {"a foreign record behind", "aws.s3",
         "{\"Records\":[" S3_RECORD("aws:s3", "\"k\"") "," S3_RECORD("aws:sqs", "\"k\"") "]}",
         "event.shape"},
        {"a record that is none", "aws.s3", "{\"Records\":[" S3_RECORD("aws:s3", "\"k\"") ",7]}",
         "event.shape"},
        {"what is required is no text", "aws.s3", "{\"Records\":[" S3_RECORD("aws:s3", "[1]") "]}",
         "event.shape"},
        {"an array for an object", "aws.s3", "[]", "event.shape"},
        {"an object without batch", "aws.s3", "{}", "event.shape"},
        {"a lone text", "aws.s3", "\"x\"", "event.shape"},
        {"base64", "aws.kinesis", KINESIS("YQ=="), NULL},
        {"base64 without padding", "aws.kinesis", KINESIS("YQ"), "event.base64"},
        {"no base64", "aws.kinesis", KINESIS("a b"), "event.base64"},
        {"not even declared by a field", "twilio", "{}", "event.shape"},
        {"version 2 of CloudEvents", "cloudevents",
         "{\"specversion\":\"2.0\",\"id\":\"1\",\"type\":\"t\",\"source\":\"s\"}", "event.shape"},
    };
    for (size_t i = 0; i < PEN_COUNT_OF(rows); i++) {
        const struct pen_envelope *const expected =
            pen_envelope_find(pen_str_from_c(rows[i].envelope));
        assert_non_null(expected);
        const struct pen_event_input input = {.body = pen_str_from_c(rows[i].body),
                                              .body_kind = PEN_BODY_JSON,
                                              .expected = &expected,
                                              .expected_count = 1};
        struct pen_event event;
        struct pen_json_error error = {0};
        const enum pen_status status = pen_event_decode(&input, NULL, arena, &event, &error);
        if (status != (rows[i].code == NULL ? PEN_OK : PEN_ERR_INVALID)
            || (rows[i].code != NULL && strcmp(error.code, rows[i].code) != 0)) {
            fail_msg("%s: %s %s", rows[i].why, pen_status_name(status), error.code);
        }
    }
}

static void takes_one_of_several_that_are_declared(void **state)
{
    (void)state;
    const struct pen_envelope *const expected[] = {pen_envelope_find(PEN_S("aws.sqs")),
                                                   pen_envelope_find(PEN_S("aws.s3"))};
    const struct pen_event_input input = {
        .body = PEN_STR("{\"Records\":[" S3_RECORD("aws:s3", "\"k\"") "]}"),
        .body_kind = PEN_BODY_JSON,
        .expected = expected,
        .expected_count = PEN_COUNT_OF(expected)};
    assert_ptr_equal(decode(&input, PEN_S("two"))->envelope, expected[1]);
}

static void refuses_nothing_of_an_undeclared_event(void **state)
{
    (void)state;
    const struct {
        const char *why;
        struct pen_str body;
    } rows[] = {
        {"no base64 where it should be", PEN_STR(KINESIS("a b"))},
        {"the other alphabet", PEN_STR(KINESIS("-_-_"))},
        {"nothing that S3 has", PEN_STR("{\"Records\":[{\"eventSource\":\"aws:s3\"}]}")},
        {"a record that is a number", PEN_STR("{\"Records\":[1]}")},
        {"bytes that are none",
         PEN_STR("{\"eventSource\":\"aws:kafka\",\"records\":{\"t\":[{\"value\":[1],\"headers\":"
                 "[{\"a\":[300,-129,1.5]},{\"b\":\"text\"},{\"c\":[]},{\"d\":[255]}]}]}}")},
    };
    for (size_t i = 0; i < PEN_COUNT_OF(rows); i++) {
        const struct pen_event_input input = {.body = rows[i].body, .body_kind = PEN_BODY_JSON};
        decode(&input, pen_str_from_c(rows[i].why));
    }
}

/* A document may be made to have several shapes: the marks of each hold. */
static void marks_what_any_of_its_shapes_encodes(void **state)
{
    (void)state;
    const struct pen_event_input input = {
        .body = PEN_STR("{\"awslogs\":{\"data\":\"\"},\"subscription\":\"s\",\"message\":{\"data\":"
                        "\"YSc=\"},\"Records\":[" S3_RECORD("aws:sqs", "\"a+b\"") "," S3_RECORD(
                            "aws:s3", "\"c+d\"") "]}"),
        .body_kind = PEN_BODY_JSON};
    const struct pen_event *const event = decode(&input, PEN_S("several"));
    const struct sample wanted[] = {
        {.path = PEN_STR("/message/data"), .codings = PEN_STR("base64"), .text = PEN_STR("a'")},
        {.path = PEN_STR("/Records/1/s3/object/key"),
         .codings = PEN_STR("form"),
         .text = PEN_STR("c d")},
    };
    for (size_t i = 0; i < PEN_COUNT_OF(wanted); i++) {
        assert_non_null(find_leaf(event, &wanted[i]));
    }
    const struct sample unmarked = {.path = PEN_STR("/Records/0/s3/object/key"),
                                    .codings = PEN_STR("form"),
                                    .text = PEN_STR("a b")};
    assert_null(find_leaf(event, &unmarked));
}

static void lists_the_documents_that_it_knows(void **state)
{
    (void)state;
    const struct pen_event_input input = {.body = read_file("s3.in.sns.in.sqs.json"),
                                          .body_kind = PEN_BODY_JSON};
    const struct pen_event_document *document = decode(&input, PEN_S("nested"))->documents;
    const struct pen_str names[] = {PEN_STR("aws.sqs"), PEN_STR("aws.sns.http"), PEN_STR("aws.s3")};
    for (size_t i = 0; i < PEN_COUNT_OF(names); i++) {
        assert_non_null(document);
        assert_true(pen_str_equal(document->envelope->name, names[i]));
        assert_true((document->holder == NULL) == (i == 0));
        document = document->next;
    }
    assert_null(document);
}

static void survives_every_shortage_of_memory(void **state)
{
    (void)state;
    const char *const files[] = {"s3.in.sns.in.sqs.json", "aws.ses.json", "aws.kafka.json",
                                 "aws.apigateway.v1.json"};
    for (size_t i = 0; i < PEN_COUNT_OF(files); i++) {
        const struct pen_event_input input = {.body = read_file(files[i]),
                                              .body_kind = PEN_BODY_JSON};
        for (size_t limit = 0;; limit += 512) {
            struct pen_arena *small = NULL;
            struct pen_event event;
            struct pen_json_error error = {0};
            assert_int_equal(pen_arena_create(limit, 256, &small), PEN_OK);
            const enum pen_status status = pen_event_decode(&input, NULL, small, &event, &error);
            pen_arena_destroy(small);
            if (status == PEN_OK) break;
            assert_int_equal(status, PEN_ERR_NOMEM);
            assert_non_null(error.code);
            assert_true(limit < 1 << 20);
        }
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(recognises_every_sample_and_finds_its_deepest_leaf),
        TEST(has_a_sample_of_every_envelope),
        TEST(says_who_writes_the_deepest_leaf),
        TEST(keeps_the_list_in_order),
        TEST(matches_paths_with_asterisks),
        TEST(holds_an_event_to_what_is_declared),
        TEST(takes_one_of_several_that_are_declared),
        TEST(refuses_nothing_of_an_undeclared_event),
        TEST(marks_what_any_of_its_shapes_encodes),
        TEST(lists_the_documents_that_it_knows),
        TEST(survives_every_shortage_of_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
