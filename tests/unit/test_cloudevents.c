/** CloudEvents over HTTP: the specification's examples in all three modes, and what is none. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <string.h>

#include "filters/core/cloudevents.h"
#include "gateway/file.h"

#define FIELDS_MOST 16
#define REQUIRED    "\"specversion\":\"1.0\",\"id\":\"1\",\"source\":\"/s\",\"type\":\"t\""
#define EVENT       "{" REQUIRED "}"

static struct pen_arena *arena;

static int set_up(void **state)
{
    (void)state;
    return pen_arena_create((size_t)4 << 20, 4096, &arena) == PEN_OK ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    pen_arena_destroy(arena);
    return 0;
}

/* NULL when it is a CloudEvent in this mode, else the reason why not. */
static const char *judge(struct pen_cloudevents_fields fields, struct pen_str body,
                         enum pen_cloudevents_mode *mode)
{
    struct pen_json_error error = {0};
    const struct pen_json *root = NULL;
    if (pen_cloudevents_mode(fields, mode, &error.code) != PEN_OK) return error.code;
    if (*mode == PEN_CLOUDEVENTS_NONE) return "none";
    if (*mode == PEN_CLOUDEVENTS_BINARY) {
        const enum pen_status status = pen_cloudevents_check_fields(fields, arena, &error.code);
        return status == PEN_OK ? NULL : error.code;
    }
    if (pen_json_read(body, NULL, arena, &root, &error) != PEN_OK) return error.code;
    const enum pen_status status =
        pen_cloudevents_check_tree(*mode, root, fields, 3, arena, &error);
    assert_true(status == PEN_OK || error.offset < body.len);
    return status == PEN_OK ? NULL : error.code;
}

static void expect(const char *why, struct pen_cloudevents_fields fields, struct pen_str body,
                   const char *reason)
{
    enum pen_cloudevents_mode mode;
    const char *const said = judge(fields, body, &mode);
    if (said == NULL && reason == NULL) return;
    if (said == NULL || reason == NULL || strcmp(said, reason) != 0) {
        fail_msg("%s: %s, not %s", why, said == NULL ? "an event" : said,
                 reason == NULL ? "an event" : reason);
    }
}

static enum pen_cloudevents_mode mode_named(struct pen_str name)
{
    if (pen_str_equal(name, PEN_S("binary"))) return PEN_CLOUDEVENTS_BINARY;
    if (pen_str_equal(name, PEN_S("structured"))) return PEN_CLOUDEVENTS_STRUCTURED;
    if (pen_str_equal(name, PEN_S("batch"))) return PEN_CLOUDEVENTS_BATCH_MODE;
    return PEN_CLOUDEVENTS_NONE;
}

static void takes_every_example_of_the_specification(void **state)
{
    (void)state;
    struct pen_str text;
    struct pen_error err;
    const struct pen_json *root;
    assert_int_equal(pen_file_read(PEN_S(PEN_SOURCE_DIR "/tests/cloudevents/examples.json"),
                                   1 << 20, &text, &err),
                     PEN_OK);
    assert_int_equal(pen_json_read(text, NULL, arena, &root, NULL), PEN_OK);
    const struct pen_json *const examples = pen_json_member(root, PEN_S("examples"));
    assert_true(examples->count >= 11);
    for (const struct pen_json *one = examples->first; one != NULL; one = one->next) {
        const struct pen_str name = pen_json_member(one, PEN_S("name"))->text;
        const struct pen_json *const written = pen_json_member(one, PEN_S("fields"));
        struct pen_event_field list[FIELDS_MOST];
        assert_true(written->count <= FIELDS_MOST);
        for (const struct pen_json *f = written->first; f != NULL; f = f->next) {
            list[f->index] = (struct pen_event_field){f->name, f->text};
        }
        enum pen_cloudevents_mode mode = PEN_CLOUDEVENTS_NONE;
        const char *const reason = judge((struct pen_cloudevents_fields){list, written->count},
                                         pen_json_member(one, PEN_S("body"))->text, &mode);
        if (reason != NULL) fail_msg("%.*s: %s", PEN_STR_ARGS(name), reason);
        assert_int_equal(mode, mode_named(pen_json_member(one, PEN_S("mode"))->text));
    }
    pen_file_wipe(&text);
}

static void tells_the_mode_by_content_type_and_then_by_specversion(void **state)
{
    (void)state;
    const struct {
        const char *type;
        bool version;
        enum pen_cloudevents_mode mode;
        const char *code;
    } rows[] = {
        {"application/cloudevents+json", false, PEN_CLOUDEVENTS_STRUCTURED, NULL},
        {"Application/CloudEvents+JSON ;charset=utf-8", false, PEN_CLOUDEVENTS_STRUCTURED, NULL},
        {"application/cloudevents+json", true, PEN_CLOUDEVENTS_STRUCTURED, NULL},
        {"application/cloudevents-batch+json", true, PEN_CLOUDEVENTS_BATCH_MODE, NULL},
        {"application/cloudevents+xml", true, PEN_CLOUDEVENTS_NONE, "cloudevents.format"},
        {"application/cloudevents", false, PEN_CLOUDEVENTS_NONE, "cloudevents.format"},
        {"application/json", true, PEN_CLOUDEVENTS_BINARY, NULL},
        {"application/json", false, PEN_CLOUDEVENTS_NONE, NULL},
        {"text/cloudevents+json", false, PEN_CLOUDEVENTS_NONE, NULL},
    };
    for (size_t i = 0; i < PEN_COUNT_OF(rows); i++) {
        const struct pen_event_field list[] = {
            {PEN_STR("content-TYPE"), pen_str_from_c(rows[i].type)},
            {PEN_STR("CE-SpecVersion"), PEN_STR("1.0")},
        };
        enum pen_cloudevents_mode mode = PEN_CLOUDEVENTS_NONE;
        const char *code = NULL;
        const enum pen_status status = pen_cloudevents_mode(
            (struct pen_cloudevents_fields){list, rows[i].version ? 2 : 1}, &mode, &code);
        if ((status == PEN_OK) != (rows[i].code == NULL) || mode != rows[i].mode) {
            fail_msg("%s", rows[i].type);
        }
        if (status != PEN_OK) {
            assert_int_equal(status, PEN_ERR_UNSUPPORTED);
            assert_string_equal(code, rows[i].code);
        }
    }
    enum pen_cloudevents_mode mode = PEN_CLOUDEVENTS_BINARY;
    const char *code = NULL;
    assert_int_equal(pen_cloudevents_mode((struct pen_cloudevents_fields){NULL, 0}, &mode, &code),
                     PEN_OK);
    assert_int_equal(mode, PEN_CLOUDEVENTS_NONE);
}

static void judges_attributes_in_fields(void **state)
{
    (void)state;
    const struct {
        const char *why;
        struct pen_event_field field; /* beside the four that must be there */
        const char *reason;
    } rows[] = {
        {"an extension", {PEN_STR("ce-partitionkey"), PEN_STR("a")}, NULL},
        {"names in any case", {PEN_STR("Ce-Subject"), PEN_STR("a")}, NULL},
        {"a field of somebody else", {PEN_STR("Cell"), PEN_STR("\xff")}, NULL},
        {"a quoted string", {PEN_STR("ce-subject"), PEN_STR("\"a \\\"b\\\" c\"")}, NULL},
        {"a field twice", {PEN_STR("CE-ID"), PEN_STR("2")}, "cloudevents.duplicate"},
        {"a hyphen in a name", {PEN_STR("ce-my-ext"), PEN_STR("2")}, "cloudevents.name"},
        {"no name", {PEN_STR("ce-"), PEN_STR("2")}, "cloudevents.name"},
        {"the reserved name", {PEN_STR("ce-data"), PEN_STR("2")}, "cloudevents.name"},
        {"a name that never ends",
         {PEN_STR("ce-aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"),
          PEN_STR("2")},
         "cloudevents.name"},
        {"the content type's attribute",
         {PEN_STR("ce-datacontenttype"), PEN_STR("application/json")},
         "cloudevents.datacontenttype"},
        {"an empty subject", {PEN_STR("ce-subject"), PEN_STR("")}, "cloudevents.subject"},
        {"an empty quoted subject",
         {PEN_STR("ce-subject"), PEN_STR("\"\"")},
         "cloudevents.subject"},
        {"no time", {PEN_STR("ce-time"), PEN_STR("yesterday")}, "cloudevents.time"},
        {"a relative schema", {PEN_STR("ce-dataschema"), PEN_STR("/s")}, "cloudevents.dataschema"},
        {"a broken escape", {PEN_STR("ce-subject"), PEN_STR("50%")}, "cloudevents.encoding"},
        {"overlong UTF-8", {PEN_STR("ce-subject"), PEN_STR("%C0%A0")}, "cloudevents.encoding"},
        {"Latin-1", {PEN_STR("ce-subject"), PEN_STR("\xe4")}, "cloudevents.encoding"},
        {"UTF-8 as it is", {PEN_STR("ce-subject"), PEN_STR("\xc3\xa4")}, "cloudevents.encoding"},
        {"an open quote", {PEN_STR("ce-subject"), PEN_STR("\"abc")}, "cloudevents.encoding"},
        {"a quote alone", {PEN_STR("ce-subject"), PEN_STR("\"")}, "cloudevents.encoding"},
        {"a quoted end", {PEN_STR("ce-subject"), PEN_STR("\"abc\\\"")}, "cloudevents.encoding"},
        {"text behind a quote", {PEN_STR("ce-subject"), PEN_STR("\"a\"b")}, "cloudevents.encoding"},
        {"an encoded line break", {PEN_STR("ce-subject"), PEN_STR("a%0Ab")}, "cloudevents.subject"},
        {"an encoded NUL", {PEN_STR("ce-x"), PEN_STR("a%00b")}, "cloudevents.extension"},
    };
    for (size_t i = 0; i < PEN_COUNT_OF(rows); i++) {
        const struct pen_event_field list[] = {
            {PEN_STR("ce-specversion"), PEN_STR("1.0")},
            {PEN_STR("ce-id"), PEN_STR("1")},
            {PEN_STR("ce-source"), PEN_STR("/s")},
            {PEN_STR("ce-type"), PEN_STR("t")},
            rows[i].field,
        };
        expect(rows[i].why, (struct pen_cloudevents_fields){list, PEN_COUNT_OF(list)}, PEN_S(""),
               rows[i].reason);
    }
}

static void asks_for_the_four_required_attributes_in_fields(void **state)
{
    (void)state;
    static const char *const reasons[] = {"cloudevents.id", "cloudevents.source",
                                          "cloudevents.type"};
    for (size_t left_out = 0; left_out < 3; left_out++) {
        struct pen_event_field list[] = {
            {PEN_STR("ce-id"), PEN_STR("1")},
            {PEN_STR("ce-source"), PEN_STR("/s")},
            {PEN_STR("ce-type"), PEN_STR("t")},
            {PEN_STR("ce-specversion"), PEN_STR("1.0")},
        };
        list[left_out].name = PEN_S("x-other");
        expect(reasons[left_out], (struct pen_cloudevents_fields){list, 4}, PEN_S(""),
               reasons[left_out]);
    }
    static const char *const versions[] = {"", "1", "1.0.2", "0.3", "1.1", " 1.0", "%31.1"};
    for (size_t i = 0; i < PEN_COUNT_OF(versions); i++) {
        const struct pen_event_field list[] = {
            {PEN_STR("ce-id"), PEN_STR("1")},
            {PEN_STR("ce-source"), PEN_STR("/s")},
            {PEN_STR("ce-type"), PEN_STR("t")},
            {PEN_STR("ce-specversion"), pen_str_from_c(versions[i])},
        };
        expect(versions[i], (struct pen_cloudevents_fields){list, 4}, PEN_S(""),
               "cloudevents.specversion");
    }
}

static void judges_events_in_the_body(void **state)
{
    (void)state;
    const struct {
        const char *why;
        const char *body;
        const char *reason;
    } rows[] = {
        {"the least", EVENT, NULL},
        {"extensions of each type", "{" REQUIRED ",\"a\":\"\",\"b\":true,\"c\":-2147483648}", NULL},
        {"null is as if it were not there", "{" REQUIRED ",\"subject\":null,\"time\":null}", NULL},
        {"data of any type", "{" REQUIRED ",\"data\":[null]}", NULL},
        {"data that is null", "{" REQUIRED ",\"data\":null}", NULL},
        {"base64", "{" REQUIRED ",\"data_base64\":\"YWI=\"}", NULL},
        {"base64 of nothing", "{" REQUIRED ",\"data_base64\":\"\"}", NULL},
        {"an IRI", "{\"specversion\":\"1.0\",\"id\":\"1\",\"source\":\"/\xc3\xa4\",\"type\":\"t\"}",
         NULL},
        {"an array", "[" EVENT "]", "cloudevents.event"},
        {"a text", "\"x\"", "cloudevents.event"},
        {"no id", "{\"specversion\":\"1.0\",\"source\":\"/s\",\"type\":\"t\"}", "cloudevents.id"},
        {"a null id", "{\"specversion\":\"1.0\",\"id\":null,\"source\":\"/s\",\"type\":\"t\"}",
         "cloudevents.id"},
        {"a number as id", "{\"specversion\":\"1.0\",\"id\":1,\"source\":\"/s\",\"type\":\"t\"}",
         "cloudevents.id"},
        {"a number as version",
         "{\"specversion\":1.0,\"id\":\"1\",\"source\":\"/s\",\"type\":\"t\"}",
         "cloudevents.specversion"},
        {"a source with a space",
         "{\"specversion\":\"1.0\",\"id\":\"1\",\"source\":\"/a b\",\"type\":\"t\"}",
         "cloudevents.source"},
        {"two fragments",
         "{\"specversion\":\"1.0\",\"id\":\"1\",\"source\":\"/a#b#c\",\"type\":\"t\"}",
         "cloudevents.source"},
        {"an object as extension", "{" REQUIRED ",\"a\":{}}", "cloudevents.extension"},
        {"a fraction", "{" REQUIRED ",\"a\":1.5}", "cloudevents.extension"},
        {"an integer too large", "{" REQUIRED ",\"a\":2147483648}", "cloudevents.extension"},
        {"an upper-case name", "{" REQUIRED ",\"Subject\":\"a\"}", "cloudevents.name"},
        {"an empty name", "{" REQUIRED ",\"\":\"a\"}", "cloudevents.name"},
        {"a data type that is none", "{" REQUIRED ",\"datacontenttype\":\"json\"}",
         "cloudevents.datacontenttype"},
        {"an unknown data type", "{" REQUIRED ",\"datacontenttype\":\"image/png\"}", NULL},
        {"both data", "{" REQUIRED ",\"data\":1,\"data_base64\":\"\"}", "cloudevents.data"},
        {"both data the other way", "{" REQUIRED ",\"data_base64\":\"\",\"data\":null}",
         "cloudevents.data"},
        {"base64url", "{" REQUIRED ",\"data_base64\":\"-_-_\"}", "cloudevents.data_base64"},
        {"no padding", "{" REQUIRED ",\"data_base64\":\"YWI\"}", "cloudevents.data_base64"},
        {"spare bits", "{" REQUIRED ",\"data_base64\":\"YWJ=\"}", "cloudevents.data_base64"},
        {"a line break", "{" REQUIRED ",\"data_base64\":\"YW\\nI=\"}", "cloudevents.data_base64"},
        {"base64 that is no text", "{" REQUIRED ",\"data_base64\":null}",
         "cloudevents.data_base64"},
        {"a noncharacter", "{" REQUIRED ",\"subject\":\"\\uFFFF\"}", "cloudevents.subject"},
        {"a C1 control", "{" REQUIRED ",\"subject\":\"\\u0085\"}", "cloudevents.subject"},
    };
    const struct pen_event_field type = {PEN_STR("Content-Type"),
                                         PEN_STR("application/cloudevents+json")};
    for (size_t i = 0; i < PEN_COUNT_OF(rows); i++) {
        expect(rows[i].why, (struct pen_cloudevents_fields){&type, 1}, pen_str_from_c(rows[i].body),
               rows[i].reason);
    }
}

static void judges_each_event_of_a_batch(void **state)
{
    (void)state;
    const struct {
        const char *why;
        const char *body;
        const char *reason;
    } rows[] = {
        {"empty", "[]", NULL},
        {"as many as may be", "[" EVENT "," EVENT "," EVENT "]", NULL},
        {"one too many", "[" EVENT "," EVENT "," EVENT "," EVENT "]", "cloudevents.batch"},
        {"no array", EVENT, "cloudevents.batch"},
        {"one that is none", "[" EVENT ",1]", "cloudevents.event"},
        {"one of another version",
         "[" EVENT ",{\"specversion\":\"0.3\",\"id\":\"1\",\"source\":\"/s\",\"type\":\"t\"}]",
         "cloudevents.specversion"},
        {"a batch in a batch", "[[]]", "cloudevents.event"},
    };
    const struct pen_event_field type = {PEN_STR("Content-Type"),
                                         PEN_STR("application/cloudevents-batch+json")};
    for (size_t i = 0; i < PEN_COUNT_OF(rows); i++) {
        expect(rows[i].why, (struct pen_cloudevents_fields){&type, 1}, pen_str_from_c(rows[i].body),
               rows[i].reason);
    }
}

static void takes_no_field_that_contradicts_the_body(void **state)
{
    (void)state;
    const struct {
        const char *why;
        struct pen_event_field field;
        const char *reason;
    } rows[] = {
        {"the same", {PEN_STR("ce-id"), PEN_STR("1")}, NULL},
        {"the same, encoded", {PEN_STR("CE-ID"), PEN_STR("%31")}, NULL},
        {"an integer", {PEN_STR("ce-n"), PEN_STR("5")}, NULL},
        {"a boolean", {PEN_STR("ce-b"), PEN_STR("true")}, NULL},
        {"another id", {PEN_STR("ce-id"), PEN_STR("2")}, "cloudevents.contradiction"},
        {"an attribute more", {PEN_STR("ce-x"), PEN_STR("2")}, "cloudevents.contradiction"},
        {"one that is unset", {PEN_STR("ce-subject"), PEN_STR("")}, "cloudevents.contradiction"},
        {"the data", {PEN_STR("ce-data"), PEN_STR("d")}, "cloudevents.contradiction"},
        {"no encoding", {PEN_STR("ce-id"), PEN_STR("%")}, "cloudevents.encoding"},
    };
    const struct pen_str body =
        PEN_S("{" REQUIRED ",\"n\":5,\"b\":true,\"subject\":null,\"data\":\"d\"}");
    for (size_t i = 0; i < PEN_COUNT_OF(rows); i++) {
        const struct pen_event_field list[] = {
            {PEN_STR("Content-Type"), PEN_STR("application/cloudevents+json")}, rows[i].field};
        expect(rows[i].why, (struct pen_cloudevents_fields){list, 2}, body, rows[i].reason);
    }
    const struct pen_event_field twice[] = {
        {PEN_STR("Content-Type"), PEN_STR("application/cloudevents+json")},
        {PEN_STR("ce-id"), PEN_STR("1")},
        {PEN_STR("ce-id"), PEN_STR("1")},
    };
    expect("the same twice", (struct pen_cloudevents_fields){twice, 3}, body,
           "cloudevents.duplicate");
    const struct pen_event_field batch[] = {
        {PEN_STR("Content-Type"), PEN_STR("application/cloudevents-batch+json")},
        {PEN_STR("ce-id"), PEN_STR("1")},
    };
    expect("one event's field beside a batch", (struct pen_cloudevents_fields){batch, 2},
           PEN_S("[" EVENT "]"), "cloudevents.contradiction");
}

static void takes_a_field_value_out_of_its_wrapping(void **state)
{
    (void)state;
    const struct {
        struct pen_str value;
        struct pen_str text;
    } rows[] = {
        {PEN_STR(""), PEN_STR("")},
        {PEN_STR("plain"), PEN_STR("plain")},
        {PEN_STR("Euro%20%E2%82%AC%20%F0%9F%98%80"), PEN_STR("Euro \xe2\x82\xac \xf0\x9f\x98\x80")},
        {PEN_STR("%2527"), PEN_STR("%27")},
        {PEN_STR("a+b"), PEN_STR("a+b")},
        {PEN_STR("\"a%20\\\\ \\\"\""), PEN_STR("a \\ \"")},
        {PEN_STR("say \"hi\""), PEN_STR("say \"hi\"")},
    };
    for (size_t i = 0; i < PEN_COUNT_OF(rows); i++) {
        struct pen_str text;
        assert_int_equal(pen_cloudevents_decode(rows[i].value, arena, &text), PEN_OK);
        if (!pen_str_equal(text, rows[i].text)) fail_msg("%.*s", PEN_STR_ARGS(rows[i].value));
    }
}

static void says_so_when_memory_ends(void **state)
{
    (void)state;
    const struct pen_event_field list[] = {
        {PEN_STR("ce-specversion"), PEN_STR("\"1.0\"")},
        {PEN_STR("ce-id"), PEN_STR("%31")},
        {PEN_STR("ce-source"), PEN_STR("/s")},
        {PEN_STR("ce-type"), PEN_STR("\"%74\"")},
    };
    const struct pen_cloudevents_fields fields = {list, PEN_COUNT_OF(list)};
    struct pen_arena *small;
    assert_int_equal(pen_arena_create(1 << 20, 1, &small), PEN_OK);
    size_t limit = 0;
    enum pen_status status;
    do {
        const char *code = NULL;
        pen_arena_reset(small);
        pen_arena_limit(small, limit++);
        status = pen_cloudevents_check_fields(fields, small, &code);
        if (status != PEN_OK) {
            assert_int_equal(status, PEN_ERR_NOMEM);
            assert_string_equal(code, "event.memory");
        }
    } while (status != PEN_OK && limit < 100000);
    assert_int_equal(status, PEN_OK);
    assert_true(limit > 1);
    pen_arena_destroy(small);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(takes_every_example_of_the_specification, set_up,
                                        tear_down),
        cmocka_unit_test(tells_the_mode_by_content_type_and_then_by_specversion),
        cmocka_unit_test_setup_teardown(judges_attributes_in_fields, set_up, tear_down),
        cmocka_unit_test_setup_teardown(asks_for_the_four_required_attributes_in_fields, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(judges_events_in_the_body, set_up, tear_down),
        cmocka_unit_test_setup_teardown(judges_each_event_of_a_batch, set_up, tear_down),
        cmocka_unit_test_setup_teardown(takes_no_field_that_contradicts_the_body, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(takes_a_field_value_out_of_its_wrapping, set_up, tear_down),
        cmocka_unit_test(says_so_when_memory_ends),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
