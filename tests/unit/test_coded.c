/** Texts that an envelope encodes, as the members beside them say. */
#include <string.h>

#include "filters/core/event.h"
#include "tests/unit/arena_case.h"

static bool has_leaf(const struct pen_event *event, struct pen_str path, struct pen_str codings,
                     struct pen_str text)
{
    for (uint32_t i = 0; i < event->leaf_count; i++) {
        const struct pen_leaf *const leaf = pen_event_leaf(event, i);
        char memory[256];
        struct pen_buf buf = pen_buf_over(memory, sizeof(memory));
        pen_leaf_path(leaf, &buf);
        const size_t length = buf.len;
        pen_leaf_codings(leaf, &buf);
        const struct pen_str both = pen_buf_str(&buf);
        if (pen_str_equal(leaf->text, text) && pen_str_equal(pen_str_slice(both, 0, length), path)
            && pen_str_equal(pen_str_slice(both, length, both.len), codings)) {
            return true;
        }
    }
    return false;
}

#define PARTS \
    "--b\\r\\nContent-Disposition: form-data; name=\\\"note\\\"\\r\\n\\r\\n' or 1=1--\\r\\n--b--"

/* A form with files, as API Gateway and the like hand it over. */
static void takes_the_parts_of_a_body_apart(void **state)
{
    (void)state;
#define GATEWAY(type, body, flag)                                                             \
    PEN_STR("{\"httpMethod\":\"POST\",\"resource\":\"/\",\"requestContext\":{},\"headers\":{" \
            "\"Content-Type\":\"" type "\"},\"body\":\"" body "\",\"isBase64Encoded\":" flag "}")
    static const struct {
        const char *why;
        struct pen_str body;
        struct pen_str codings;
        const char *code;
    } rows[] = {
        {"as it is", GATEWAY("multipart/form-data; boundary=b", PARTS, "false"),
         PEN_STR("multipart"), NULL},
        {"in base64",
         GATEWAY("multipart/form-data; boundary=b",
                 "LS1iDQpDb250ZW50LURpc3Bvc2l0aW9uOiBmb3JtLWRhdGE7IG5hbWU9Im5vdGUiDQoNCicgb3IgMT0x"
                 "LS0NCi0tYi0t",
                 "true"),
         PEN_STR("base64|multipart"), NULL},
        {"beside a file in base64",
         GATEWAY("multipart/form-data; boundary=b",
                 "LS1iDQpDb250ZW50LURpc3Bvc2l0aW9uOiBmb3JtLWRhdGE7IG5hbWU9ImYiOyBmaWxlbmFtZT0iZiIN"
                 "Cg0K/9j/4AAQAP8NCi0tYg0KQ29udGVudC1EaXNwb3NpdGlvbjogZm9ybS1kYXRhOyBuYW1lPSJub3Rl"
                 "Ig0KDQonIG9yIDE9MS0tDQotLWItLQ==",
                 "true"),
         PEN_STR("base64|multipart"), NULL},
        {"with a line break that parts readers",
         GATEWAY("multipart/form-data; boundary=b", "--b\\n\\n' or 1=1--\\n--b--", "false"),
         {0},
         "multipart.line_break"},
        {"of two types, the other one first",
         GATEWAY("text/plain\",\"content-type\":\"multipart/form-data; boundary=b", PARTS, "false"),
         PEN_STR("multipart"), NULL},
        {"of two boundaries",
         GATEWAY(
             "multipart/form-data; boundary=a\",\"content-type\":\"multipart/form-data; boundary=b",
             PARTS, "false"),
         PEN_STR("multipart"), NULL},
        {"of two types in one field",
         GATEWAY("text/plain, multipart/form-data; boundary=b", PARTS, "false"),
         PEN_STR("multipart"), NULL},
        {"of two types in a list",
         GATEWAY("text/plain\"},\"multiValueHeaders\":{\"content-type\":[\"text/plain\","
                 "\"multipart/form-data; boundary=b\"],\"x\":\"",
                 PARTS, "false"),
         PEN_STR("multipart"), NULL},
        {"of more types than anybody has",
         GATEWAY("multipart/form-data; boundary=a,multipart/form-data; boundary=c,"
                 "multipart/form-data; boundary=d,multipart/form-data; boundary=e,"
                 "multipart/form-data; boundary=b",
                 PARTS, "false"),
         {0},
         "event.forms"},
        {"without its boundary",
         GATEWAY("multipart/form-data; boundary=b", "x", "false"),
         {0},
         NULL},
    };
    for (size_t i = 0; i < PEN_COUNT_OF(rows); i++) {
        const struct pen_event_input input = {.body = rows[i].body, .body_kind = PEN_BODY_JSON};
        struct pen_event event;
        struct pen_json_error error = {0};
        const enum pen_status status = pen_event_decode(&input, NULL, arena, &event, &error);
        if (rows[i].code != NULL) {
            assert_true(status == PEN_ERR_SYNTAX || status == PEN_ERR_LIMIT);
            assert_string_equal(error.code, rows[i].code);
            continue;
        }
        if (status != PEN_OK) fail_msg("%s: %s", rows[i].why, error.code);
        const bool found =
            has_leaf(&event, PEN_S("/body|multipart/note"), rows[i].codings, PEN_S("' or 1=1--"));
        if (found != (rows[i].codings.len > 0)) fail_msg("%s", rows[i].why);
    }
}

/* "if event["isBase64Encoded"]" is how functions ask. */
static void takes_a_flag_as_functions_ask_for_it(void **state)
{
    (void)state;
    static const struct {
        const char *flag;
        bool decoded;
    } rows[] = {{"true", true},  {"\"true\"", true}, {"\"True\"", true},  {"1", true},
                {"\"1\"", true}, {"\"no\"", true},   {"{\"a\":1}", true}, {"false", false},
                {"null", false}, {"0", false},       {"\"\"", false}};
    for (size_t i = 0; i < PEN_COUNT_OF(rows); i++) {
        struct pen_buf body = {.ptr = pen_arena_bytes(arena, 512), .cap = 512};
        assert_non_null(body.ptr);
        pen_buf_put(&body, PEN_S("{\"httpMethod\":\"GET\",\"resource\":\"/\",\"requestContext\":{},"
                                 "\"body\":\"J29yIDE9MS0t\",\"isBase64Encoded\":"));
        pen_buf_put(&body, pen_str_from_c(rows[i].flag));
        pen_buf_byte(&body, '}');
        const struct pen_event_input input = {.body = pen_buf_str(&body),
                                              .body_kind = PEN_BODY_JSON};
        struct pen_event event;
        assert_int_equal(pen_event_decode(&input, NULL, arena, &event, NULL), PEN_OK);
        const bool decoded = has_leaf(&event, PEN_S("/body"), PEN_S("base64"), PEN_S("'or 1=1--"));
        if (decoded != rows[i].decoded) fail_msg("%s", rows[i].flag);
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(takes_the_parts_of_a_body_apart),
        TEST(takes_a_flag_as_functions_ask_for_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
