/** The tree that `penstock scan --explain` prints, line by line. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "filters/core/envelope/envelope.h"
#include "gateway/cli/explain.h"

static struct pen_ruleset *ruleset;
static struct pen_scratch *scratch;
static struct pen_arena *chain_arena;
static struct pen_arena *arena;
static const struct pen_chain *chain;

static int set_up(void **state)
{
    (void)state;
    struct pen_error err = {0};
    return pen_ruleset_create(&ruleset, &err) == PEN_OK
                   && pen_scratch_create(ruleset, &scratch) == PEN_OK
                   && pen_arena_create(1 << 20, 4096, &chain_arena) == PEN_OK
                   && pen_arena_create((size_t)16 << 20, 65536, &arena) == PEN_OK
                   && pen_chain_create(ruleset, NULL, chain_arena, &chain, &err) == PEN_OK
               ? 0
               : -1;
}

static int tear_down(void **state)
{
    (void)state;
    pen_arena_destroy(arena);
    pen_arena_destroy(chain_arena);
    pen_scratch_destroy(scratch);
    pen_ruleset_release(ruleset);
    return 0;
}

/* What is printed of the event; to be freed. */
static char *explain_input(const struct pen_event_input *input, struct pen_explain_view view,
                           struct pen_str title)
{
    const struct pen_inspect_limits limits = pen_inspect_default_limits();
    static struct pen_scan scan;
    struct pen_inspection inspection;
    char *text = NULL;
    size_t length = 0;
    view.out = open_memstream(&text, &length);
    assert_non_null(view.out);
    pen_inspect(&(struct pen_inspect_rules){.chain = chain}, scratch, input, &limits, 0, arena,
                &scan, &inspection);
    pen_explain(&view, title, input->body, &inspection, &scan);
    assert_int_equal(fclose(view.out), 0);
    pen_arena_reset(arena);
    return text;
}

static char *explain(struct pen_str body, struct pen_explain_view view)
{
    const struct pen_event_input input = {.body = body, .body_kind = PEN_BODY_JSON};
    return explain_input(&input, view, PEN_S(""));
}

static void expect(struct pen_str body, struct pen_explain_view view, const char *lines)
{
    char *const text = explain(body, view);
    assert_string_equal(text, lines);
    free(text);
}

static const struct pen_explain_view plain = {.width = 80};

static void shows_each_text_with_the_way_to_it(void **state)
{
    (void)state;
    expect(PEN_S("{\"name\":\"Siobhan O'Brien\",\"tags\":[\"a\",7,null,\"b\"],\"none\":\"\"}"),
           plain,
           "event, 60 bytes, 6 leaves\n"
           "/name                           \"Siobhan O'Brien\"\n"
           "/tags/0                         \"a\"\n"
           "/tags/3                         \"b\"\n"
           "pass (200, none)\n");
}

static void says_what_the_function_takes_when_the_event_is_none_of_that(void **state)
{
    (void)state;
    const struct pen_envelope *const expected[] = {pen_envelope_find(PEN_S("aws.s3")),
                                                   pen_envelope_find(PEN_S("aws.sqs")),
                                                   pen_envelope_find(PEN_S("cloudevents"))};
    const struct pen_event_input input = {.body = PEN_STR("{\"a\":1}"),
                                          .body_kind = PEN_BODY_JSON,
                                          .expected = expected,
                                          .expected_count = PEN_COUNT_OF(expected)};
    struct pen_explain_view view = plain;
    view.expected = expected;
    view.expected_count = PEN_COUNT_OF(expected);
    char *const text = explain_input(&input, view, PEN_S(""));
    const char *const verdict =
        "block (422, event.shape), the function takes aws.s3, aws.sqs or cloudevents\n";
    if (strstr(text, verdict) == NULL) fail_msg("%s", text);
    free(text);
}

static void shows_names_when_asked_or_when_there_is_something_to_them(void **state)
{
    (void)state;
    struct pen_explain_view all = plain;
    all.all = true;
    expect(PEN_S("{\"name\":\"x\"}"), all,
           "event, 12 bytes, 2 leaves\n"
           "/name#                          \"name\"\n"
           "/name                           \"x\"\n"
           "pass (200, none)\n");
    expect(PEN_S("{\"a%41\":\"x\"}"), plain,
           "event, 12 bytes, 3 leaves\n"
           "/a%41#                          \"a%41\"\n"
           "  percent                       \"aA\"\n"
           "/a%41                           \"x\"\n"
           "pass (200, none)\n");
}

static void shows_documents_within_texts_and_findings_where_they_are(void **state)
{
    (void)state;
    expect(PEN_S("{\"body\":\"{\\\"Message\\\":\\\"{\\\\\\\"key\\\\\\\":\\\\\\\"x%27 OR 1%3D1 --"
                 "\\\\\\\"}\\\"}\",\"id\":\"1\"}"),
           plain,
           "event, 76 bytes, 9 leaves\n"
           "/body                           "
           "\"{\\\"Message\\\":\\\"{\\\\\\\"key\\\\\\\":\\\\\\\"x%\u2026\" (44 bytes)\n"
           "  json\n"
           "  /Message                      \"{\\\"key\\\":\\\"x%27 OR 1%3D1 --\\\"}\"\n"
           "    json\n"
           "    /key                        \"x%27 OR 1%3D1 --\"\n"
           "      percent                   \"x' OR 1=1 --\"\n"
           "        ! sqli.tautology 95 (blocks from 70), bytes 3-9 \"OR 1=1\"\n"
           "          the value is closed and a condition that is always true or false follows\n"
           "/id                             \"1\"\n"
           "block (403, sqli.tautology)\n"
           "with these it would pass:\n"
           "  exceptions:\n"
           "    - { rule: sqli.tautology, path: \"/body|json/Message|json/key\", reason: \"\" }\n");
}

static void names_envelopes_and_marks_what_anybody_writes(void **state)
{
    (void)state;
    expect(PEN_S("{\"Records\":["
                 "{\"eventSource\":\"aws:sqs\",\"body\":\"{\\\"update_id\\\":7,\\\"message\\\":"
                 "{\\\"text\\\":\\\"hi\\\",\\\"date\\\":\\\"now\\\"}}\"},"
                 "{\"EventSource\":\"aws:sns\",\"body\":\"no member of SNS\"},"
                 "{\"eventSource\":\"aws:kinesis\",\"kinesis\":{\"data\":\"aGVsbG8=\"}}]}"),
           plain,
           "event, aws.sqs, 225 bytes, 21 leaves\n"
           "/Records/0/eventSource          \"aws:sqs\"\n"
           "/Records/0/body *               "
           "\"{\\\"update_id\\\":7,\\\"message\\\":{\\\"te\u2026\" (52 bytes)\n"
           "  json, telegram\n"
           "  /message/text *               \"hi\"\n"
           "  /message/date                 \"now\"\n"
           "/Records/1/EventSource          \"aws:sns\"\n"
           "/Records/1/body                 \"no member of SNS\"\n"
           "/Records/2/eventSource          \"aws:kinesis\"\n"
           "/Records/2/kinesis/data *       \"aGVsbG8=\"\n"
           "  base64                        \"hello\"\n"
           "* is written by whoever causes the event\n"
           "pass (200, none)\n");
    expect(PEN_S("[{\"specversion\":\"1.0\",\"type\":\"t\",\"source\":\"s\",\"id\":\"1\"},"
                 "{\"specversion\":\"1.0\",\"type\":\"t\",\"source\":\"s\",\"data\":\"x\"}]"),
           plain,
           "event, cloudevents, 113 bytes, 16 leaves\n"
           "/0/specversion                  \"1.0\"\n"
           "/0/type                         \"t\"\n"
           "/0/source                       \"s\"\n"
           "/0/id *                         \"1\"\n"
           "/1/specversion                  \"1.0\"\n"
           "/1/type                         \"t\"\n"
           "/1/source                       \"s\"\n"
           "/1/data *                       \"x\"\n"
           "* is written by whoever causes the event\n"
           "pass (200, none)\n");
}

static void says_where_it_could_not_read_on(void **state)
{
    (void)state;
    expect(PEN_S("{\"a\":1,\"a\":2}"), plain,
           "event, 13 bytes\n"
           "  stopped at byte 7, behind \"{\\\"a\\\":1,\", before \"\\\"a\\\":2}\"\n"
           "block (400, json.duplicate_name)\n");
    expect(PEN_S("[\"\x1b\"]"), plain,
           "event, 5 bytes\n"
           "  stopped at byte 2, behind \"[\\\"\", before \"\\u001b\\\"]\"\n"
           "block (400, json.control)\n");
}

static void lets_no_line_be_wider_than_asked_for(void **state)
{
    (void)state;
    char body[2048];
    struct pen_buf buf = pen_buf_over(body, sizeof(body));
    pen_buf_put(&buf,
                PEN_S("{\"a name that is quite long and goes on and on and on\":{\"and on\":\""));
    for (int i = 0; i < 100; i++) {
        pen_buf_put(&buf, PEN_S("words "));
    }
    pen_buf_put(&buf, PEN_S("\"}}"));
    for (size_t width = 40; width < 200; width += 10) {
        char *const text = explain(pen_buf_str(&buf), (struct pen_explain_view){.width = width});
        const struct pen_str all = pen_str_from_c(text);
        for (size_t start = 0; start < all.len;) {
            const size_t end = pen_str_find(all, '\n', start);
            size_t columns = 0;
            for (size_t i = start; i < end; i++) {
                columns += ((unsigned char)text[i] & 0xc0) != 0x80;
            }
            if (columns > width) {
                fail_msg("%zu columns, asked for %zu: %.*s", columns, width,
                         PEN_STR_ARGS(pen_str_slice(all, start, end)));
            }
            start = end + 1;
        }
        free(text);
    }
}

static void shows_other_parts_of_a_request_by_their_origin(void **state)
{
    (void)state;
    const struct pen_event_field field = {PEN_STR("X-Note"), PEN_STR("hello")};
    const struct pen_event_input input = {.path = PEN_STR("/a"),
                                          .query = PEN_STR("q=1%2B1"),
                                          .fields = &field,
                                          .field_count = 1,
                                          .body = PEN_STR("plain text"),
                                          .body_kind = PEN_BODY_TEXT};
    char *const text = explain_input(&input, plain, PEN_S("request"));
    const char *const parts[] = {
        "request: event, 10 bytes, ",
        "\n(whole)                         \"plain text\"\n",
        "\nquery:/q                        \"1%2B1\"\n",
        " \"1+1\"\n",
        "\nheader:/x-note                  \"hello\"\n",
        "\npath:/1                         \"a\"\n",
    };
    for (size_t i = 0; i < PEN_COUNT_OF(parts); i++) {
        if (strstr(text, parts[i]) == NULL) fail_msg("no '%s' in:\n%s", parts[i], text);
    }
    free(text);
}

/* `lines` are in what is printed of the event for a function with this policy. */
static void expect_under(const struct pen_policy *policy, struct pen_str body, const char *lines)
{
    const struct pen_chain *const usual = chain;
    struct pen_error err = {0};
    assert_int_equal(pen_chain_create(ruleset, policy, chain_arena, &chain, &err), PEN_OK);
    char *const text = explain(body, plain);
    chain = usual;
    if (strstr(text, lines) == NULL) fail_msg("no '%s' in:\n%s", lines, text);
    free(text);
}

static void says_what_a_score_was_held_against(void **state)
{
    (void)state;
    const struct pen_str body = PEN_STR("{\"q\":\"x' OR 1=1 --\"}");
    const struct pen_str sink = PEN_STR("sql");
    const size_t sqli = pen_registry_find(PEN_S("sqli"));
    const struct pen_policy declared = {.sinks = &sink, .sink_count = 1};
    expect_under(&declared, body,
                 "  ! sqli.tautology 95 (blocks from 50: sink sql), bytes 3-9 \"OR 1=1\"\n");
    const struct pen_policy given = {.sinks = &sink, .sink_count = 1, .block_score = 96};
    expect_under(&given, body, " (blocks from 96: the function's threshold), bytes");
    struct pen_policy own = {.block_score = 96};
    own.filter_block_scores[sqli] = 60;
    expect_under(&own, body, " (blocks from 60: the filter's threshold), bytes");
    const struct pen_policy none = {.sink_count = 0};
    expect_under(
        &none,
        PEN_S("[\"x' or 1=1-- was the text that our scanner found in the field, and nobody "
              "knows who had sent it or why.\"]"),
        " (blocks from 90: running text), bytes");
}

static void says_why_a_finding_does_not_refuse(void **state)
{
    (void)state;
    const struct pen_str body = PEN_STR("{\"q\":\"x' OR 1=1 --\"}");
    const struct pen_exception exception = {
        .filter = PEN_STR("sqli"), .path = PEN_STR("/q"), .reason = PEN_STR("a bound parameter")};
    const struct pen_policy excusing = {.exceptions = &exception, .exception_count = 1};
    expect_under(&excusing, body,
                 "  ! sqli.tautology 95 (excused), bytes 3-9 \"OR 1=1\"\n"
                 "    the value is closed and a condition that is always true or false follows\n"
                 "    excused: \"a bound parameter\"\n"
                 "pass (200, none)\n");
    struct pen_policy detecting = {.sink_count = 0};
    pen_policy_set_modes(&detecting, PEN_MODE_DETECT);
    expect_under(&detecting, body, " 95 (blocks from 70, but detect only records), bytes 3-9 ");
}

static void says_when_no_exception_can_name_a_place(void **state)
{
    (void)state;
    const struct pen_policy none = {.sink_count = 0};
    expect_under(&none, PEN_S("\"x' OR 1=1 --\""),
                 "    - { rule: sqli.tautology, path: \"\", reason: \"\" }\n");
    const char *const told = "block (403, sqli.tautology)\n"
                             "no exception can name the place of sqli.tautology; 'filters: { sqli: "
                             "detect }' records it only\n";
    expect_under(&none, PEN_S("{\"*\":\"x' OR 1=1 --\"}"), told);
    expect_under(&none, PEN_S("{\"\\u0001\":\"x' OR 1=1 --\"}"), told);
}

static void names_the_steps_between_two_texts(void **state)
{
    (void)state;
    /* gzip of "hello, compressed world" within base64: the step between them is no text. */
    char *const text =
        explain(PEN_S("[\"H4sIAAAAAAACA8tIzcnJ11FIzs8tKEotLk5NUSjPL8pJAQAInjQ1FwAAAA==\"]"), plain);
    if (strstr(text, "\n  base64|gzip                   \"hello, compressed world\"\n") == NULL) {
        fail_msg("%s", text);
    }
    free(text);
}

static void uses_colours_only_on_a_terminal(void **state)
{
    (void)state;
    FILE *const file = tmpfile();
    assert_non_null(file);
    const struct pen_explain_view view = pen_explain_view_for(file);
    assert_false(view.colour);
    assert_true(view.width >= 40 && view.width <= 400);
    assert_int_equal(fclose(file), 0);

    const struct pen_str body = PEN_STR("{\"q\":\"x' OR 1=1 --\",\"p\":\"%41\"}");
    char *const bare = explain(body, plain);
    assert_null(strchr(bare, '\033'));
    free(bare);
    struct pen_explain_view coloured = plain;
    coloured.colour = true;
    char *const text = explain(body, coloured);
    assert_non_null(strstr(text, "\033[1;31mblock\033[0m (403, "));
    assert_non_null(strstr(text, "\033[1;31m! sqli.tautology 95\033[0m"));
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(shows_each_text_with_the_way_to_it),
        cmocka_unit_test(says_what_the_function_takes_when_the_event_is_none_of_that),
        cmocka_unit_test(shows_names_when_asked_or_when_there_is_something_to_them),
        cmocka_unit_test(shows_documents_within_texts_and_findings_where_they_are),
        cmocka_unit_test(names_envelopes_and_marks_what_anybody_writes),
        cmocka_unit_test(says_where_it_could_not_read_on),
        cmocka_unit_test(lets_no_line_be_wider_than_asked_for),
        cmocka_unit_test(shows_other_parts_of_a_request_by_their_origin),
        cmocka_unit_test(says_what_a_score_was_held_against),
        cmocka_unit_test(says_why_a_finding_does_not_refuse),
        cmocka_unit_test(says_when_no_exception_can_name_a_place),
        cmocka_unit_test(names_the_steps_between_two_texts),
        cmocka_unit_test(uses_colours_only_on_a_terminal),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
