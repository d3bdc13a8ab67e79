#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>
#include <jansson.h>

#include "gateway/problem.h"
#include "gateway/wire/wire.h"

static const struct pen_str id = PEN_STR("6f1c0f0a5b6c7d8e9fa0b1c2d3e4f506");

/* The document as another reader sees it; duplicates would be refused. */
static json_t *read_body(const struct pen_problem *problem, struct pen_str request_id)
{
    char memory[PEN_PROBLEM_BODY + PEN_PROBLEM_ERRORS];
    const size_t room = problem->violations != NULL ? sizeof(memory) : PEN_PROBLEM_BODY;
    struct pen_buf buf = pen_buf_over(memory, room);
    pen_problem_body(&buf, problem, request_id);
    assert_false(buf.full);
    json_error_t error;
    json_t *document = json_loadb(buf.ptr, buf.len, JSON_REJECT_DUPLICATES, &error);
    if (document == NULL) fail_msg("%s: %.*s", error.text, PEN_STR_ARGS(pen_buf_str(&buf)));
    return document;
}

static const char *text_of(const json_t *document, const char *member)
{
    const char *text = json_string_value(json_object_get(document, member));
    if (text == NULL) fail_msg("no %s", member);
    return text;
}

static void says_what_was_refused_without_our_insides(void **state)
{
    (void)state;
    const struct {
        const char *why;
        struct pen_problem problem;
        const char *type;
        const char *detail;
    } rows[] = {
        {"malformed HTTP",
         {.status = 400, .reason = "wire.bare_lf"},
         "urn:penstock:problem:wire",
         "The request is not the strict HTTP/1.1 that is accepted here."},
        {"a bad token: which check failed stays in the record",
         {.status = 401, .reason = "token.invalid", .record_reason = "token.expired"},
         "urn:penstock:problem:token",
         "The bearer token is not accepted."},
        {"a finding",
         {.status = 403, .reason = "sqli.tautology"},
         "urn:penstock:problem:filter",
         "The event was refused by the function's filters."},
        {"a filter whose name is also a family",
         {.status = 403, .reason = "path.climbs"},
         "urn:penstock:problem:filter",
         "The event was refused by the function's filters."},
        {"the family itself",
         {.status = 400, .reason = "path.syntax"},
         "urn:penstock:problem:path",
         "The request's path was refused."},
        {"an object with one name twice",
         {.status = 400, .reason = "json.duplicate_name"},
         "urn:penstock:problem:json",
         "An object of the body has one name twice."},
        {"policy",
         {.status = 403, .reason = "allow.scope"},
         "urn:penstock:problem:allow",
         "The caller is known but may not call this function."},
        {"another event than the function's",
         {.status = 422, .reason = "event.shape"},
         "urn:penstock:problem:event",
         "The event is not of the kind this function takes."},
        {"base64 that is none",
         {.status = 422, .reason = "event.base64"},
         "urn:penstock:problem:event",
         "A text that must be base64 is not canonical base64."},
        {"too many texts",
         {.status = 400, .reason = "event.leaves"},
         "urn:penstock:problem:event",
         "The event has more texts than are accepted."},
        {"an answer withheld",
         {.status = 502, .reason = "response.traces"},
         "urn:penstock:problem:response",
         "The function's answer holds what must not leave, and was withheld."},
        {"an answer that nobody could look at",
         {.status = 502, .reason = "response.unread"},
         "urn:penstock:problem:response",
         "The function's answer could not be looked at, and was withheld."},
        {"a coding, not a type",
         {.status = 415, .reason = "type.coding"},
         "urn:penstock:problem:type",
         "The function does not take this content coding."},
        {"a family that nobody wrote down",
         {.status = 400, .reason = "unheard.of"},
         "urn:penstock:problem:refused",
         "The request was refused."},
        {"a reason without a dot",
         {.status = 500, .reason = "odd"},
         "urn:penstock:problem:refused",
         "The request was refused."},
    };
    for (size_t i = 0; i < PEN_COUNT_OF(rows); i++) {
        json_t *document = read_body(&rows[i].problem, id);
        if (strcmp(text_of(document, "type"), rows[i].type) != 0
            || strcmp(text_of(document, "detail"), rows[i].detail) != 0
            || strcmp(text_of(document, "reason"), rows[i].problem.reason) != 0
            || strlen(text_of(document, "title")) == 0
            || strcmp(text_of(document, "request_id"), id.ptr) != 0
            || json_integer_value(json_object_get(document, "status")) != rows[i].problem.status) {
            fail_msg("%s", rows[i].why);
        }
        assert_int_equal(json_object_size(document), 6);
        json_decref(document);
    }
}

static void has_a_sentence_for_every_family_of_reasons(void **state)
{
    (void)state;
    const char *const reasons[] = {
        "allow.scope",       "body.too_large",   "credential.missing",
        "edge.head_timeout", "event.leaves",     "form.syntax",
        "header.utf8",       "json.syntax",      "method.not_allowed",
        "overload.memory",   "path.syntax",      "query.syntax",
        "response.secrets",  "route.unknown",    "text.utf8",
        "token.invalid",     "type.unsupported", "upstream.connect_timeout",
        "wire.nul",
    };
    for (size_t i = 0; i < PEN_COUNT_OF(reasons); i++) {
        const struct pen_problem problem = {.status = 400, .reason = reasons[i]};
        json_t *document = read_body(&problem, id);
        if (strcmp(text_of(document, "title"), "Refused") == 0) fail_msg("%s", reasons[i]);
        json_decref(document);
    }
}

static void escapes_what_it_did_not_write_itself(void **state)
{
    (void)state;
    const struct pen_problem problem = {.status = 400, .reason = "json.syntax"};
    json_t *document = read_body(&problem, PEN_S("a\"b\\c\n\x01"));
    assert_string_equal(text_of(document, "request_id"), "a\"b\\c\n\x01");
    json_decref(document);
}

static const struct pen_event_field *find(const struct pen_event_field *fields, size_t count,
                                          struct pen_str name)
{
    const struct pen_event_field *found = NULL;
    for (size_t i = 0; i < count; i++) {
        if (!pen_str_equal(fields[i].name, name)) continue;
        assert_null(found); /* never twice */
        found = &fields[i];
    }
    return found;
}

static void sets_the_fields_that_belong_to_a_status(void **state)
{
    (void)state;
    const struct {
        const char *why;
        struct pen_problem problem;
        struct pen_str name;
        struct pen_str value; /* empty: must not be there */
    } rows[] = {
        {"every refusal is a problem document",
         {.status = 400, .reason = "wire.nul"},
         PEN_STR("Content-Type"),
         PEN_STR("application/problem+json")},
        {"no cache keeps it",
         {.status = 404, .reason = "route.unknown"},
         PEN_STR("Cache-Control"),
         PEN_STR("no-store")},
        {"a challenge",
         {.status = 401, .reason = "token.invalid", .challenge = PEN_STR("Bearer realm=\"p\"")},
         PEN_STR("WWW-Authenticate"),
         PEN_STR("Bearer realm=\"p\"")},
        {"no challenge without one",
         {.status = 403, .reason = "sqli.union"},
         PEN_STR("WWW-Authenticate"),
         PEN_STR("")},
        {"the methods of the function",
         {.status = 405, .reason = "method.not_allowed", .allow = PEN_STR("POST, PUT")},
         PEN_STR("Allow"),
         PEN_STR("POST, PUT")},
        {"a 405 always has an Allow",
         {.status = 405, .reason = "wire.method"},
         PEN_STR("Allow"),
         PEN_STR("GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS")},
        {"and nothing else has",
         {.status = 404, .reason = "route.unknown"},
         PEN_STR("Allow"),
         PEN_STR("")},
        {"what would have been taken",
         {.status = 415, .reason = "type.unsupported", .accept = PEN_STR("application/json")},
         PEN_STR("Accept"),
         PEN_STR("application/json")},
        {"when to come back",
         {.status = 503, .reason = "overload.memory", .retry_after_s = 4294967295},
         PEN_STR("Retry-After"),
         PEN_STR("4294967295")},
        {"what the function did",
         {.status = 504, .reason = "upstream.timeout", .proxy_error = "http_response_timeout"},
         PEN_STR("Proxy-Status"),
         PEN_STR("penstock; error=http_response_timeout")},
        {"HTTPS only",
         {.status = 404, .reason = "route.unknown", .strict_transport = PEN_STR("max-age=1")},
         PEN_STR("Strict-Transport-Security"),
         PEN_STR("max-age=1")},
        {"not over plain HTTP",
         {.status = 404, .reason = "route.unknown"},
         PEN_STR("Strict-Transport-Security"),
         PEN_STR("")},
        {"the id", {.status = 400, .reason = "json.syntax"}, PEN_STR("X-Request-Id"), id},
    };
    for (size_t i = 0; i < PEN_COUNT_OF(rows); i++) {
        char memory[PEN_PROBLEM_MEMORY];
        struct pen_buf buf = pen_buf_over(memory, sizeof(memory));
        struct pen_event_field fields[PEN_PROBLEM_FIELDS];
        const size_t count = pen_problem_fields(&rows[i].problem, id, &buf, fields);
        assert_in_range(count, 3, PEN_PROBLEM_FIELDS);
        assert_false(buf.full);
        const struct pen_event_field *field = find(fields, count, rows[i].name);
        const bool there = field != NULL;
        if (there != (rows[i].value.len > 0)) fail_msg("%s", rows[i].why);
        if (there && !pen_str_equal(field->value, rows[i].value)) fail_msg("%s", rows[i].why);
        for (size_t j = 0; j < count; j++) {
            assert_int_equal(fields[j].value.ptr[fields[j].value.len], '\0');
        }
    }
}

static void holds_all_fields_at_once(void **state)
{
    (void)state;
    const struct pen_problem problem = {.status = 405,
                                        .reason = "method.not_allowed",
                                        .challenge = PEN_STR("Bearer"),
                                        .allow = PEN_STR("GET"),
                                        .accept = PEN_STR("a/b"),
                                        .accept_encoding = PEN_STR("gzip"),
                                        .retry_after_s = 1,
                                        .date_s = 784111777,
                                        .strict_transport = PEN_STR("max-age=31536000"),
                                        .proxy_error = "http_response_header_section_size"};
    char memory[PEN_PROBLEM_MEMORY];
    struct pen_buf buf = pen_buf_over(memory, sizeof(memory));
    struct pen_event_field fields[PEN_PROBLEM_FIELDS];
    assert_int_equal(pen_problem_fields(&problem, id, &buf, fields), PEN_PROBLEM_FIELDS);
    assert_false(buf.full);
}

/* Our own strict reader takes the raw reply, and nothing is left over. */
static void writes_a_whole_reply_for_the_edge(void **state)
{
    (void)state;
    const struct pen_problem problem = {
        .status = 431, .reason = "wire.head_size", .date_s = 784111777};
    char memory[2048];
    struct pen_buf buf = pen_buf_over(memory, sizeof(memory));
    pen_problem_raw(&buf, &problem, id);
    assert_false(buf.full);

    const struct pen_wire_limits limits = pen_wire_default_limits();
    struct pen_wire_scan scan = {0};
    struct pen_wire_refusal refusal;
    struct pen_wire_head head;
    size_t length = 0;
    const struct pen_str reply = pen_buf_str(&buf);
    assert_int_equal(pen_wire_find_end(&scan, reply, &limits, true, &length, &refusal),
                     PEN_WIRE_DONE);
    assert_int_equal(pen_wire_parse_response(pen_str_slice(reply, 0, length), PEN_S("POST"),
                                             &limits, &head, &refusal),
                     PEN_WIRE_DONE);
    assert_true(pen_str_starts(reply, PEN_S("HTTP/1.1 431 Request Header Fields Too Large\r\n")));
    assert_false(head.keep_alive);
    assert_int_equal(head.framing, PEN_FRAMING_LENGTH);
    assert_int_equal(head.content_length, reply.len - length);
    /* The example of RFC 9110 section 5.6.7. */
    assert_true(pen_str_equal(pen_wire_field(&head, PEN_FIELD_DATE)->value,
                              PEN_S("Sun, 06 Nov 1994 08:49:37 GMT")));
    json_t *document = json_loadb(reply.ptr + length, reply.len - length, 0, NULL);
    assert_non_null(document);
    assert_string_equal(text_of(document, "reason"), "wire.head_size");
    json_decref(document);
}

static void says_when_there_is_no_room(void **state)
{
    (void)state;
    const struct pen_problem problem = {.status = 400, .reason = "wire.nul"};
    char memory[1024];
    size_t room = 0;
    for (; room < sizeof(memory); room++) {
        struct pen_buf buf = pen_buf_over(memory, room);
        pen_problem_raw(&buf, &problem, id);
        if (!buf.full) break;
    }
    assert_in_range(room, 300, sizeof(memory) - 1);
}

static void tells_violations_without_files_and_values_only_when_shown(void **state)
{
    (void)state;
    static char long_name[PEN_VIOLATION_PATH];
    struct pen_violations violations = {.reason = "schema.violation", .count = 2};
    violations.list[0] = (struct pen_violation){.pointer = PEN_STR("/items/0/qty"),
                                                .keyword = PEN_STR("minimum"),
                                                .schema = PEN_STR("#/properties/items"),
                                                .file = PEN_STR("/etc/secret/s.json")};
    violations.list[1] = violations.list[0];
    violations.list[1].value = PEN_S("a\"b");
    violations.list[1].is_text = true;
    const struct pen_problem problem = {
        .status = 422, .reason = "schema.violation", .violations = &violations};
    json_t *document = read_body(&problem, id);
    const json_t *const errors = json_object_get(document, "errors");
    assert_int_equal(json_array_size(errors), 2);
    assert_string_equal(text_of(json_array_get(errors, 0), "pointer"), "/items/0/qty");
    assert_string_equal(text_of(json_array_get(errors, 0), "keyword"), "minimum");
    assert_null(json_object_get(json_array_get(errors, 0), "value"));
    assert_null(json_object_get(json_array_get(errors, 0), "file"));
    assert_string_equal(text_of(json_array_get(errors, 1), "value"), "a\"b");
    json_decref(document);

    /* What does not fit is left out, and the document stays one. */
    memset(long_name, '"', sizeof(long_name));
    violations.count = PEN_VIOLATIONS;
    for (size_t i = 0; i < PEN_VIOLATIONS; i++) {
        violations.list[i] = (struct pen_violation){.pointer = {long_name, sizeof(long_name)},
                                                    .schema = {long_name, sizeof(long_name)}};
    }
    document = read_body(&problem, id);
    const size_t told = json_array_size(json_object_get(document, "errors"));
    assert_in_range(told, 1, PEN_VIOLATIONS - 1);
    json_decref(document);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tells_violations_without_files_and_values_only_when_shown),
        cmocka_unit_test(says_what_was_refused_without_our_insides),
        cmocka_unit_test(has_a_sentence_for_every_family_of_reasons),
        cmocka_unit_test(escapes_what_it_did_not_write_itself),
        cmocka_unit_test(sets_the_fields_that_belong_to_a_status),
        cmocka_unit_test(holds_all_fields_at_once),
        cmocka_unit_test(writes_a_whole_reply_for_the_edge),
        cmocka_unit_test(says_when_there_is_no_room),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
