/** Parts of events: each value that a schema is held against, by its path, and what is missing. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "gateway/schema/part.h"

static struct pen_arena *arena;

static int set_up(void **state)
{
    (void)state;
    return pen_arena_create((size_t)16 << 20, 65536, &arena) == PEN_OK ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    pen_arena_destroy(arena);
    return 0;
}

/* "PATH:text" of what is there, "!PATH" of what is not. */
static enum pen_status put(void *context, const struct pen_instance *instance)
{
    struct pen_buf *const buf = context;
    if (buf->len > 0) pen_buf_byte(buf, ' ');
    if (instance->value == NULL) {
        pen_buf_byte(buf, '!');
        pen_part_path(instance->holder, instance->nearest, buf);
        return PEN_OK;
    }
    pen_part_path(instance->holder, instance->value, buf);
    pen_buf_byte(buf, ':');
    pen_buf_put(buf, instance->value->text);
    return PEN_OK;
}

static void assert_parts(const char *why, const struct pen_event_input *input, enum pen_part part,
                         const char *at, const char *wanted)
{
    char memory[1024];
    struct pen_buf buf = pen_buf_over(memory, sizeof(memory) - 1);
    struct pen_event event;
    struct pen_json_error error = {.code = ""};
    pen_arena_reset(arena);
    if (pen_event_decode(input, NULL, arena, &event, &error) != PEN_OK) {
        fail_msg("%s: %s", why, error.code);
    }
    struct pen_part_walk walk = {
        .event = &event,
        .arena = arena,
        .is_lines = input->body_kind == PEN_BODY_NDJSON,
        .visit = put,
        .context = &buf,
    };
    assert_int_equal(pen_part_each(&walk, part, pen_str_from_c(at)), PEN_OK);
    memory[buf.len] = '\0';
    if (!pen_str_equal(pen_buf_str(&buf), pen_str_from_c(wanted))) {
        fail_msg("%s: '%s', not '%s'", why, memory, wanted);
    }
}

static struct pen_event_input json(const char *body)
{
    return (struct pen_event_input){
        .body = pen_str_from_c(body), .body_kind = PEN_BODY_JSON, .whole = true};
}

static void follows_a_path(void **state)
{
    (void)state;
    const struct {
        const char *why;
        const char *body;
        const char *at;
        const char *wanted;
    } rows[] = {
        {"a member", "{\"a\":{\"b\":1}}", "/a/b", "/a/b:1"},
        {"a name with a slash and a tilde", "{\"a/~\":1}", "/a~1~0", "/a~1~0:1"},
        {"an element", "[[1,2]]", "/0/1", "/0/1:2"},
        {"all elements", "[1,2]", "/*", "/0:1 /1:2"},
        {"all members", "{\"a\":1,\"b\":2}", "/*", "/a:1 /b:2"},
        {"none of none", "[]", "/*", ""},
        {"no such member", "{\"a\":1}", "/b", "!"},
        {"nothing below a number", "{\"a\":1}", "/a/b", "!/a"},
        {"no members of a text", "{\"a\":\"x\"}", "/a/*", "!/a"},
        {"one element lacks it", "[{\"a\":1},{}]", "/*/a", "/0/a:1 !/1"},
        {"no place in a list", "[1]", "/x", "!"},
        {"a document in a text", "{\"a\":\"{\\\"b\\\":1}\"}", "/a|json/b", "/a|json/b:1"},
        {"one in one", "{\"a\":\"{\\\"b\\\":\\\"[7]\\\"}\"}", "/a|json/b|json/0",
         "/a|json/b|json/0:7"},
        {"of several texts", "[\"[1]\",\"[2]\"]", "/*|json/0", "/0|json/0:1 /1|json/0:2"},
        {"a text that is none", "[\"x\",\"[2]\"]", "/*|json/0", "!/0 /1|json/0:2"},
        {"an empty text", "[\"\"]", "/*|json", "!/0"},
        {"no text", "[1]", "/*|json", "!/0"},
        {"a number in a text", "[\"12\"]", "/*|json", "/0|json:12"},
        {"base64", "[\"eyJhIjoxfQ==\"]", "/*|json/a", "/0|json/a:1"},
        {"base64 of base64", "[\"ZXlKaElqb3hMQ0ppSWpvaVlTQnNiMjVuWlhJZ2RHVjRkQ0o5\"]", "/*|json/a",
         "/0|json/a:1"},
        {"base64 in lines", "[\"eyJh\\r\\nIjoxfQ==\\r\\n\"]", "/*|json/a", "/0|json/a:1"},
        {"digits of YAML are no base64",
         "[\"{\\\"eyJhIjoxLCAibm90ZSI6ICIg\\\":\\\"de\\\",\\\"a\\\":\\\"all\\\",\\\"VdIiB9\\\":[],}"
         "\"]",
         "/*|json/a", "!/0"},
        {"nor digits behind a comment", "[\"/**/[\\\"eyJhIjoxLCJiIjoieHgifQ==\\\",]\"]",
         "/*|json/a", "!/0"},
        {"nor what some decoders stop at", "[\"eyJhIjoxLCJiIjoieHgifQ==!\"]", "/*|json/a", "!/0"},
        {"nor two of them", "[\"eyJhIjoxfQ==eyJhIjoyfQ==\"]", "/*|json/a", "!/0"},
        {"nor what is two documents, with '-' for a digit and without",
         "[\"eyJhIjoxLCJiIjoiaN2-W-S-nV5-dGV4dCJ9\"]", "/*|json/a", "!/0"},
        {"only JSON as everybody reads it", "[\"{a:1}\"]", "/*|json/a", "!/0"},
        {"a name with a bar", "{\"a|b\":1}", "/a|b", "/a|b:1"},
    };
    for (size_t i = 0; i < PEN_COUNT_OF(rows); i++) {
        const struct pen_event_input input = json(rows[i].body);
        assert_parts(rows[i].why, &input, PEN_PART_AT, rows[i].at, rows[i].wanted);
    }
}

static void finds_data_in_every_mode(void **state)
{
    (void)state;
#define ATTRIBUTES "\"specversion\":\"1.0\",\"id\":\"1\",\"source\":\"/s\",\"type\":\"t\""
    const struct pen_event_field structured[] = {
        {PEN_STR("content-type"), PEN_STR("application/cloudevents+json")}};
    const struct pen_event_field batch[] = {
        {PEN_STR("content-type"), PEN_STR("application/cloudevents-batch+json")}};
    const struct pen_event_field binary[] = {
        {PEN_STR("content-type"), PEN_STR("application/json")},
        {PEN_STR("ce-specversion"), PEN_STR("1.0")},
        {PEN_STR("ce-id"), PEN_STR("1")},
        {PEN_STR("ce-source"), PEN_STR("/s")},
        {PEN_STR("ce-type"), PEN_STR("t")},
    };
    const struct {
        const char *why;
        const char *body;
        const struct pen_event_field *fields;
        size_t field_count;
        const char *wanted;
    } rows[] = {
        {"structured", "{" ATTRIBUTES ",\"data\":5}", structured, 1, "/data:5"},
        {"in base64", "{" ATTRIBUTES ",\"data_base64\":\"WzVd\"}", structured, 1,
         "/data_base64|json:"},
        {"that is no JSON", "{" ATTRIBUTES ",\"data_base64\":\"aGFsbG8=\"}", structured, 1,
         "!/data_base64"},
        {"without data", "{" ATTRIBUTES "}", structured, 1, "!"},
        {"a batch", "[{" ATTRIBUTES ",\"data\":5},{" ATTRIBUTES ",\"data\":6}]", batch, 1,
         "/0/data:5 /1/data:6"},
        {"an empty batch", "[]", batch, 1, ""},
        {"binary", "5", binary, PEN_COUNT_OF(binary), ":5"},
        {"no CloudEvent", "{" ATTRIBUTES ",\"data\":5}", binary, 1, "!"},
    };
#undef ATTRIBUTES
    for (size_t i = 0; i < PEN_COUNT_OF(rows); i++) {
        struct pen_event_input input = json(rows[i].body);
        input.fields = rows[i].fields;
        input.field_count = rows[i].field_count;
        assert_parts(rows[i].why, &input, PEN_PART_DATA, "", rows[i].wanted);
    }
}

static void finds_records_of_envelopes(void **state)
{
    (void)state;
    const struct {
        const char *why;
        const char *body;
        const char *wanted;
    } rows[] = {
        {"Lambda's",
         "{\"Records\":[{\"eventSource\":\"aws:sqs\",\"messageId\":\"1\",\"body\":\"x\"},{"
         "\"eventSource\":\"aws:sqs\",\"messageId\":\"2\",\"body\":\"y\"}]}",
         "/Records/0: /Records/1:"},
        {"Firehose's",
         "{\"invocationId\":\"1\",\"deliveryStreamArn\":\"a\",\"records\":[{\"data\":\"\"}]}",
         "/records/0:"},
        {"of topics",
         "{\"eventSource\":\"aws:kafka\",\"records\":{\"t-0\":[{\"value\":\"\"}],\"t-1\":[{"
         "\"value\":\"\"}]}}",
         "/records/t-0/0: /records/t-1/0:"},
        {"of queues", "{\"eventSource\":\"aws:mq\",\"messages\":[{\"data\":\"\"},{\"data\":\"\"}]}",
         "/messages/0: /messages/1:"},
        {"one that is the whole",
         "{\"detail-type\":\"a\",\"source\":\"b\",\"detail\":{},\"id\":\"1\",\"account\":\"2\"}",
         ":"},
        {"no envelope", "{\"a\":1}", "!"},
    };
    for (size_t i = 0; i < PEN_COUNT_OF(rows); i++) {
        const struct pen_event_input input = json(rows[i].body);
        assert_parts(rows[i].why, &input, PEN_PART_RECORDS, "", rows[i].wanted);
    }
}

static void a_body_is_a_document_or_the_text_of_one(void **state)
{
    (void)state;
    struct pen_event_input input = json("[1]");
    assert_parts("JSON", &input, PEN_PART_BODY, "", ":");
    input.body = PEN_S("{\"a\":1}\n{\"a\":2}\n");
    input.body_kind = PEN_BODY_NDJSON;
    assert_parts("lines", &input, PEN_PART_BODY, "", "/0: /1:");
    input.body = PEN_S("{\"Message\":\"[7]\"}");
    input.body_kind = PEN_BODY_TEXT;
    assert_parts("text", &input, PEN_PART_BODY, "", "|json:");
    assert_parts("a path in a text", &input, PEN_PART_AT, "|json/Message|json/0",
                 "|json/Message|json/0:7");
    input.body = PEN_S("hello");
    assert_parts("a text that is none", &input, PEN_PART_BODY, "", "!");
    input.body_kind = PEN_BODY_NONE;
    assert_parts("no body", &input, PEN_PART_BODY, "", "!");
    assert_parts("no path in no body", &input, PEN_PART_AT, "/a", "!");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(follows_a_path),
        cmocka_unit_test(finds_data_in_every_mode),
        cmocka_unit_test(finds_records_of_envelopes),
        cmocka_unit_test(a_body_is_a_document_or_the_text_of_one),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
