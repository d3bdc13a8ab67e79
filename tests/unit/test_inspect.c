/** One event through decoding and chain as the gateway does it: answers, and room for the chain. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <string.h>

#include "filters/core/envelope/envelope.h"
#include "gateway/inspect.h"

static struct pen_ruleset *ruleset;
static struct pen_scratch *scratch;
static struct pen_arena *chain_arena;
static struct pen_arena *arena;
static const struct pen_chain *chain;
static struct pen_scan scan;
static struct pen_arena_mark before;

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

static struct pen_inspection inspect(struct pen_str body)
{
    const struct pen_inspect_limits limits = pen_inspect_default_limits();
    const struct pen_event_input input = {.body = body, .body_kind = PEN_BODY_JSON};
    struct pen_inspection inspection;
    pen_arena_reset(arena); /* of the last event, whose reason may lie in it */
    before = pen_arena_mark(arena);
    pen_inspect(&(struct pen_inspect_rules){.chain = chain}, scratch, &input, &limits, 0, arena,
                &scan, &inspection);
    return inspection;
}

static void answers_by_what_was_wrong(void **state)
{
    (void)state;
    const struct {
        const char *why;
        struct pen_str body;
        int status;
        const char *reason;
    } rows[] = {
        {"clean", PEN_STR("{\"note\":\"see you on Monday\"}"), 200, "none"},
        {"an attack", PEN_STR("{\"note\":\"x' OR 1=1 --\"}"), 403, "sqli.tautology"},
        {"two readings", PEN_STR("{\"a\":1,\"a\":2}"), 400, "json.duplicate_name"},
        {"a number beyond a double", PEN_STR("{\"total\":1e400}"), 400, "json.number_range"},
    };
    for (size_t i = 0; i < PEN_COUNT_OF(rows); i++) {
        const struct pen_inspection inspection = inspect(rows[i].body);
        if (inspection.status != rows[i].status || strcmp(inspection.reason, rows[i].reason) != 0) {
            fail_msg("%s: %d %s", rows[i].why, inspection.status, inspection.reason);
        }
    }
}

static void has_room_for_many_texts_that_wake_a_filter(void **state)
{
    (void)state;
    const struct pen_str texts[] = {
        PEN_STR("${name"), PEN_STR("{{user"),    PEN_STR("<b>now"), PEN_STR("a.b(c"),
        PEN_STR("=1"),     PEN_STR("O'Brien 1"), PEN_STR("a|b"),    PEN_STR("x and y"),
    };
    static char body[65536];
    for (size_t t = 0; t < PEN_COUNT_OF(texts); t++) {
        struct pen_buf buf = pen_buf_over(body, sizeof(body));
        for (int i = 0; i < 1000; i++) {
            pen_buf_put(&buf, i == 0 ? PEN_S("[\"") : PEN_S(",\""));
            pen_buf_put(&buf, texts[t]);
            pen_buf_byte(&buf, '"');
        }
        pen_buf_byte(&buf, ']');
        assert_false(buf.full);
        const struct pen_inspection inspection = inspect(pen_buf_str(&buf));
        if (inspection.unfinished) {
            fail_msg("%.*s: %s", PEN_STR_ARGS(texts[t]), inspection.reason);
        }
    }
}

static void keeps_of_a_clean_event_what_a_record_says(void **state)
{
    (void)state;
    const struct pen_str notice = PEN_STR(
        "{\"Records\":[{\"messageId\":\"1\",\"eventSource\":\"aws:sqs\",\"body\":\"{\\\"Type\\\":"
        "\\\"Notification\\\",\\\"MessageId\\\":\\\"2\\\",\\\"TopicArn\\\":\\\"arn:aws:sns:eu:1:"
        "t\\\","
        "\\\"Timestamp\\\":\\\"2026-01-01T00:00:00Z\\\",\\\"Message\\\":\\\"see you\\\"}\"}]}");
    struct pen_inspection inspection = inspect(notice);
    assert_int_equal(inspection.status, 200);
    const size_t used = pen_arena_used(arena);

    pen_inspect_forget(arena, before, &scan, &inspection);
    assert_true(pen_arena_used(arena) < used / 4);
    assert_int_equal(inspection.event.leaf_count, 0);
    assert_non_null(inspection.event.envelope);
    assert_true(pen_str_equal(inspection.event.envelope->name, PEN_S("aws.sqs")));
    const struct pen_event_document *const inner = inspection.event.documents;
    assert_non_null(inner);
    assert_true(pen_str_equal(inner->envelope->name, PEN_S("aws.sns.http")));
    assert_null(inner->next);

    /* Nothing is known of this one, so nothing is kept. */
    inspection = inspect(PEN_S("{\"note\":\"see you on Monday\"}"));
    pen_inspect_forget(arena, before, &scan, &inspection);
    assert_int_equal(pen_arena_used(arena), 0);
    assert_null(inspection.event.documents);
}

static void keeps_an_event_in_which_something_was_found(void **state)
{
    (void)state;
    struct pen_inspection inspection = inspect(PEN_S("{\"note\":\"x' OR 1=1 --\"}"));
    const size_t used = pen_arena_used(arena);
    pen_inspect_forget(arena, before, &scan, &inspection);
    assert_int_equal(pen_arena_used(arena), used);
    assert_true(scan.finding_count > 0);
    assert_non_null(scan.findings[0].leaf);
    assert_true(pen_str_equal(scan.findings[0].leaf->text, PEN_S("x' OR 1=1 --")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(answers_by_what_was_wrong),
        cmocka_unit_test(has_room_for_many_texts_that_wake_a_filter),
        cmocka_unit_test(keeps_of_a_clean_event_what_a_record_says),
        cmocka_unit_test(keeps_an_event_in_which_something_was_found),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
