/** The chain: thresholds, modes, running text, and failing closed. */
#include "filters/exception.h"
#include "filters/prose.h"
#include "filters/registry.h"
#include "tests/unit/filter_case.h"

#define INJECTION "x' or 1=1--"               /* certain */
#define CLIMB     "../../x"                   /* a hint, unless the function opens files */
#define QUOTED    "1 and ascii(user())>64 --" /* likely */

static void tells_prose_from_payloads(void **state)
{
    (void)state;
    const struct {
        bool prose;
        struct pen_str text;
    } rows[] = {
        {true, PEN_STR("Please select the best option from the list, and tell us why.")},
        {true,
         PEN_STR("fix: quote names in the query\n\nThe old code did not, so O'Brien failed.")},
        {false, PEN_STR("' OR 1=1 UNION SELECT 1,2,3,4,5,6,7,8,9 FROM t WHERE a=1 AND b=2 -- ")},
        {false, PEN_STR("x'\nor\nexists\n(select\nname\nfrom\nusers\nwhere\nname\nlike\n'a")},
        {false, PEN_STR("select name, mail, town, street, phone, born from people order by name")},
        {false, PEN_STR("short text.")},
        {false, PEN_STR("")},
        {false, PEN_STR("1 2 3 4 5 6 7 8 9, 10 11 12.")},
    };
    for (size_t i = 0; i < PEN_COUNT_OF(rows); i++) {
        if (pen_prose_is(rows[i].text) != rows[i].prose) {
            fail_msg("%.*s", PEN_STR_ARGS(rows[i].text));
        }
    }
}

static struct pen_judgement under(const struct pen_policy *policy, struct pen_str text)
{
    struct filter_case it;
    filter_case_open(&it, policy);
    struct pen_judgement judgement = filter_case_text(&it, text);
    /* The finding dies with the arena. */
    judgement.finding = NULL;
    filter_case_close(&it);
    return judgement;
}

static void the_strongest_finding_decides(void **state)
{
    (void)state;
    struct filter_case it;
    filter_case_open(&it, NULL);
    const struct pen_event_input input = {
        .body = PEN_STR("{\"a\":\"" CLIMB "\",\"b\":\"" INJECTION "\",\"c\":\"" CLIMB "\"}"),
        .body_kind = PEN_BODY_JSON};
    const struct pen_judgement judgement = filter_case_event(&it, &input);
    assert_int_equal(judgement.verdict, PEN_BLOCK);
    assert_string_equal(judgement.reason, "sqli.tautology");
    assert_ptr_equal(judgement.reason, judgement.finding->rule);
    assert_true(it.scan.finding_count > 1);
    filter_case_close(&it);
}

static void hints_do_not_add_up(void **state)
{
    (void)state;
    struct filter_case it;
    filter_case_open(&it, NULL);
    char memory[4096];
    struct pen_buf body = pen_buf_over(memory, sizeof(memory));
    pen_buf_put(&body, PEN_S("[\"" CLIMB "\""));
    for (size_t i = 0; i < 100; i++) {
        pen_buf_put(&body, PEN_S(",\"" CLIMB "\""));
    }
    pen_buf_put(&body, PEN_S("]"));
    assert_false(body.full);
    const struct pen_event_input input = {.body = pen_buf_str(&body), .body_kind = PEN_BODY_JSON};
    assert_int_equal(filter_case_event(&it, &input).verdict, PEN_FLAG);
    assert_int_equal(it.scan.finding_count, PEN_SCAN_FINDINGS);
    assert_true(it.scan.dropped > 0);
    filter_case_close(&it);
}

static void thresholds_and_sinks_are_the_policys(void **state)
{
    (void)state;
    const struct pen_str path[] = {PEN_STR("html"), PEN_STR("path")};
    const struct pen_str sql[] = {PEN_STR("sql")};
    const struct {
        const char *why;
        struct pen_policy policy;
        struct pen_str text;
        enum pen_verdict verdict;
    } rows[] = {
        {"the default", {.block_score = 0}, PEN_STR(CLIMB), PEN_FLAG},
        {"its sink is declared", {.sinks = path, .sink_count = 2}, PEN_STR(CLIMB), PEN_BLOCK},
        {"another sink is", {.sinks = sql, .sink_count = 1}, PEN_STR(CLIMB), PEN_FLAG},
        {"a lower threshold", {.block_score = 60}, PEN_STR(CLIMB), PEN_BLOCK},
        {"a higher one", {.block_score = 96}, PEN_STR(INJECTION), PEN_FLAG},
        {"a higher one, whatever its sink",
         {.block_score = 96, .sinks = sql, .sink_count = 1},
         PEN_STR(INJECTION),
         PEN_FLAG},
        {"above what a sink has that says nothing",
         {.block_score = 66, .sinks = path, .sink_count = 2},
         PEN_STR(CLIMB),
         PEN_FLAG},
        {"between that and the score",
         {.block_score = 65, .sinks = path, .sink_count = 2},
         PEN_STR(CLIMB),
         PEN_BLOCK},
        {"only the other threshold is given",
         {.flag_score = 30, .sinks = path, .sink_count = 2},
         PEN_STR(CLIMB),
         PEN_BLOCK},
        {"too weak to be flagged", {.flag_score = 66}, PEN_STR(CLIMB), PEN_PASS},
    };
    for (size_t i = 0; i < PEN_COUNT_OF(rows); i++) {
        if (under(&rows[i].policy, rows[i].text).verdict != rows[i].verdict) {
            fail_msg("%s", rows[i].why);
        }
    }
}

static void running_text_needs_certainty_unless_the_sink_is_declared(void **state)
{
    (void)state;
    const struct pen_str talk =
        PEN_STR("1 and ascii(user())>64 -- was the text that our scanner found in the field, and "
                "nobody knows who had sent it or why.");
    const struct pen_str sql[] = {PEN_STR("sql")};
    const struct pen_policy declared = {.sinks = sql, .sink_count = 1};
    assert_true(pen_prose_is(talk));
    assert_int_equal(under(NULL, PEN_S(QUOTED)).verdict, PEN_BLOCK);
    assert_int_not_equal(under(NULL, talk).verdict, PEN_BLOCK);
    assert_int_equal(under(&declared, talk).verdict, PEN_BLOCK);
}

static void a_filters_own_thresholds_are_taken_as_they_are(void **state)
{
    (void)state;
    const size_t sqli = pen_registry_find(PEN_S("sqli"));
    const size_t path = pen_registry_find(PEN_S("path"));
    const struct pen_str sql[] = {PEN_STR("sql")};
    struct pen_policy policy = {.sinks = sql, .sink_count = 1};
    policy.filter_block_scores[sqli] = 96;
    policy.filter_block_scores[path] = 60;
    assert_int_equal(under(&policy, PEN_S(INJECTION)).verdict, PEN_FLAG);
    assert_int_equal(under(&policy, PEN_S(CLIMB)).verdict, PEN_BLOCK);
    policy.filter_flag_scores[sqli] = 96;
    assert_int_equal(under(&policy, PEN_S(INJECTION)).verdict, PEN_PASS);
}

/* The finding of this rule in the last event. */
static const struct pen_finding *found(const struct filter_case *it, const char *rule)
{
    for (uint32_t i = 0; i < it->scan.finding_count; i++) {
        if (strcmp(it->scan.findings[i].rule, rule) == 0) return &it->scan.findings[i];
    }
    fail_msg("no %s", rule);
    return NULL;
}

static void findings_tell_what_they_were_held_against(void **state)
{
    (void)state;
    const size_t sqli = pen_registry_find(PEN_S("sqli"));
    const struct pen_str sinks[] = {PEN_STR("html"), PEN_STR("sql")};
    const struct pen_str talk =
        PEN_STR("x' or 1=1-- was the text that our scanner found in the field, and nobody knows "
                "who had sent it or why.");
    const struct {
        struct pen_policy policy;
        uint32_t own; /* the filter's */
        struct pen_str text;
        uint32_t blocks_from;
        enum pen_measure measure;
    } rows[] = {
        {{.sink_count = 0}, 0, PEN_STR(INJECTION), 70, PEN_MEASURE_DEFAULT},
        {{.block_score = 70}, 0, PEN_STR(INJECTION), 70, PEN_MEASURE_FUNCTION},
        {{.block_score = 80}, 60, PEN_STR(INJECTION), 60, PEN_MEASURE_FILTER},
        {{.sinks = sinks, .sink_count = 2}, 0, PEN_STR(INJECTION), 50, PEN_MEASURE_SINK},
        {{.sinks = sinks, .sink_count = 2, .block_score = 80},
         0,
         PEN_STR(INJECTION),
         80,
         PEN_MEASURE_FUNCTION},
        {{.sinks = sinks, .sink_count = 1}, 0, PEN_STR(INJECTION), 70, PEN_MEASURE_DEFAULT},
        {{.sink_count = 0}, 0, talk, 90, PEN_MEASURE_PROSE},
        {{.block_score = 95}, 0, talk, 95, PEN_MEASURE_FUNCTION},
    };
    for (size_t i = 0; i < PEN_COUNT_OF(rows); i++) {
        struct pen_policy policy = rows[i].policy;
        policy.filter_block_scores[sqli] = rows[i].own;
        struct filter_case it;
        filter_case_open(&it, &policy);
        (void)filter_case_text(&it, rows[i].text);
        const struct pen_finding *const finding = found(&it, "sqli.tautology");
        if (finding->blocks_from != rows[i].blocks_from || finding->measure != rows[i].measure) {
            fail_msg("row %zu: %u by %d", i, (unsigned)finding->blocks_from, (int)finding->measure);
        }
        assert_true(finding->measure != PEN_MEASURE_SINK
                    || pen_str_equal(finding->sink, PEN_S("sql")));
        assert_true(finding->refuses == (finding->score >= finding->blocks_from));
        filter_case_close(&it);
    }
}

static void findings_tell_why_they_do_not_refuse(void **state)
{
    (void)state;
    const struct pen_exception exception = {.filter = PEN_STR("sqli"), .path = PEN_STR("/note")};
    struct pen_policy policy = {.exceptions = &exception, .exception_count = 1};
    policy.modes[pen_registry_find(PEN_S("path"))] = PEN_MODE_DETECT;
    const struct pen_event_input input = {
        .body =
            PEN_STR("{\"note\":\"" INJECTION "\",\"f\":\"../../../../etc/passwd\",\"g\":\"" CLIMB
                    "\",\"h\":\"<script>a()</script>\"}"),
        .body_kind = PEN_BODY_JSON};
    struct filter_case it;
    filter_case_open(&it, &policy);
    (void)filter_case_event(&it, &input);
    assert_ptr_equal(found(&it, "sqli.tautology")->excused, &exception);
    assert_false(found(&it, "sqli.tautology")->refuses);
    size_t held_back = 0;
    for (uint32_t i = 0; i < it.scan.finding_count; i++) {
        const struct pen_finding *const one = &it.scan.findings[i];
        const bool likely = one->score >= one->blocks_from;
        if (strcmp(one->filter, "sqli") == 0) continue;
        assert_null(one->excused);
        assert_true(one->held_back == (likely && strcmp(one->filter, "path") == 0));
        assert_true(one->refuses == (likely && strcmp(one->filter, "path") != 0));
        held_back += one->held_back;
    }
    assert_true(held_back > 0);
    filter_case_close(&it);
}

/* A window around what was decoded would not hold both: forms are looked at whole. */
static void what_is_decoded_is_read_together_with_all_behind_it(void **state)
{
    (void)state;
    static const struct {
        struct pen_str before;
        struct pen_str behind;
    } rows[] = {
        {PEN_STR("x%27/*"), PEN_STR("*/ OR 1=1 -- ")},
        {PEN_STR("x&#39;;/*"), PEN_STR("*/system('id');//")},
        {PEN_STR("%22;/*"), PEN_STR("*/alert(document.cookie);//")},
    };
    static char text[16384];
    struct filter_case it;
    filter_case_open(&it, NULL);
    for (size_t i = 0; i < PEN_COUNT_OF(rows); i++) {
        struct pen_buf buf = pen_buf_over(text, sizeof(text));
        pen_buf_put(&buf, rows[i].before);
        for (size_t n = 0; n < 1500; n++) {
            pen_buf_byte(&buf, (char)('a' + n * n % 23));
        }
        pen_buf_put(&buf, rows[i].behind);
        while (buf.len < sizeof(text)) {
            pen_buf_byte(&buf, (char)('a' + buf.len * buf.len % 23));
        }
        if (filter_case_text(&it, pen_buf_str(&buf)).verdict != PEN_BLOCK) fail_msg("row %zu", i);
    }
    filter_case_close(&it);
}

static void an_event_may_be_inspected_again(void **state)
{
    (void)state;
    struct filter_case it;
    filter_case_open(&it, NULL);
    const struct pen_event_input input = {.body = PEN_STR("[\"" INJECTION "\",\"plain\"]"),
                                          .body_kind = PEN_BODY_JSON};
    (void)filter_case_event(&it, &input);
    const uint64_t wake[] = {it.event.wake[0], it.event.wake[1]};
    struct pen_judgement judgement;
    pen_scan_init(&it.scan, it.arena, it.scratch, 1 << 20);
    assert_int_equal(pen_chain_inspect(it.chain, &it.event, 0, &it.scan, &judgement), PEN_OK);
    assert_int_equal(judgement.verdict, PEN_BLOCK);
    assert_true(wake[0] == it.event.wake[0] && wake[1] == it.event.wake[1]);
    assert_true(wake[0] != wake[1]);
    filter_case_close(&it);
}

static void refuses_when_memory_is_gone(void **state)
{
    (void)state;
    struct pen_ruleset *ruleset = NULL;
    struct pen_error err = {.text = ""};
    assert_int_equal(pen_ruleset_create(&ruleset, &err), PEN_OK);
    enum pen_status status = PEN_ERR_NOMEM;
    size_t failures = 0;
    for (size_t limit = 1; status == PEN_ERR_NOMEM; limit *= 2) {
        struct pen_arena *arena = NULL;
        const struct pen_chain *chain = NULL;
        assert_true(limit < (size_t)1 << 24);
        assert_int_equal(pen_arena_create(limit, 64, &arena), PEN_OK);
        status = pen_chain_create(ruleset, NULL, arena, &chain, &err);
        assert_true((status == PEN_OK) == (chain != NULL));
        failures += status != PEN_OK;
        pen_arena_destroy(arena);
    }
    assert_int_equal(status, PEN_OK);
    assert_true(failures > 0);
    pen_ruleset_release(ruleset);
}

/* What wakes the filters is searched for on the same budget. */
static void names_the_filter_that_could_not_finish(void **state)
{
    (void)state;
    static const struct {
        uint64_t steps;
        const char *reason;
    } rows[] = {{0, "chain.limit"}, {16, "path.limit"}};
    struct filter_case it;
    filter_case_open(&it, NULL);
    const struct pen_event_input input = {.body = PEN_STR("[\"../../../x\"]"),
                                          .body_kind = PEN_BODY_JSON};
    struct pen_judgement judgement;
    assert_int_equal(pen_event_decode(&input, NULL, it.arena, &it.event, NULL), PEN_OK);
    for (size_t i = 0; i < PEN_COUNT_OF(rows); i++) {
        pen_scan_init(&it.scan, it.arena, it.scratch, rows[i].steps);
        assert_int_equal(pen_chain_inspect(it.chain, &it.event, 0, &it.scan, &judgement),
                         PEN_ERR_LIMIT);
        assert_int_equal(judgement.verdict, PEN_BLOCK);
        assert_string_equal(judgement.reason, rows[i].reason);
        assert_null(judgement.finding);
    }
    filter_case_close(&it);
}

static void nothing_is_woken_where_no_filter_looks_at_leaves(void **state)
{
    (void)state;
    struct pen_policy off = {.block_score = 0};
    pen_policy_set_modes(&off, PEN_MODE_OFF);
    struct pen_policy events = off;
    events.modes[pen_registry_find(PEN_S("structure"))] = PEN_MODE_ENFORCE;
    struct pen_policy leaves = off;
    leaves.modes[pen_registry_find(PEN_S("path"))] = PEN_MODE_ENFORCE;
    const struct {
        const struct pen_policy *policy;
        enum pen_status status;
    } rows[] = {{&off, PEN_OK}, {&events, PEN_OK}, {&leaves, PEN_ERR_LIMIT}};
    const struct pen_event_input input = {.body = PEN_STR("[\"../../../x\"]"),
                                          .body_kind = PEN_BODY_JSON};
    for (size_t i = 0; i < PEN_COUNT_OF(rows); i++) {
        struct filter_case it;
        struct pen_judgement judgement;
        filter_case_open(&it, rows[i].policy);
        assert_int_equal(pen_event_decode(&input, NULL, it.arena, &it.event, NULL), PEN_OK);
        pen_scan_init(&it.scan, it.arena, it.scratch, 0); /* a search would not finish */
        assert_int_equal(pen_chain_inspect(it.chain, &it.event, 0, &it.scan, &judgement),
                         rows[i].status);
        assert_int_equal(it.event.awake_count, 0);
        filter_case_close(&it);
    }
}

static void every_sink_that_a_filter_guards_can_be_declared(void **state)
{
    (void)state;
    for (size_t i = 0; i < pen_registry_count(); i++) {
        const struct pen_filter *const filter = pen_registry_at(i);
        const struct pen_str all = pen_str_from_c(filter->sinks == NULL ? "" : filter->sinks);
        for (size_t start = 0; start < all.len;) {
            const size_t end = pen_str_find(all, ' ', start);
            const struct pen_str sink = pen_str_slice(all, start, end);
            if (!pen_registry_knows_sink(sink)) {
                fail_msg("%s: %.*s", filter->name, PEN_STR_ARGS(sink));
            }
            start = end + 1;
        }
    }
}

/* A hundred values that are `crowd`, and one that is an attack of a lower score. */
static struct pen_judgement judge_in_a_crowd(struct filter_case *c, const char *crowd,
                                             const char *attack)
{
    static char memory[65536];
    struct pen_buf body = pen_buf_over(memory, sizeof(memory));
    pen_buf_put(&body, PEN_S("{\"items\":["));
    for (size_t i = 0; i < 100; i++) {
        pen_buf_format(&body, "%s{\"note\":\"%s\"}", i > 0 ? "," : "", crowd);
    }
    pen_buf_format(&body, "],\"x\":\"%s\"}", attack);
    const struct pen_event_input input = {.body = pen_buf_str(&body), .body_kind = PEN_BODY_JSON};
    return filter_case_event(c, &input);
}

static void what_refuses_nothing_keeps_out_nothing_that_refuses(void **state)
{
    (void)state;
    static const char prose[] =
        "In our manual the security team explains to new people what such a text looks like, for "
        "example this one: 1 union select 1,2,3 and then they tell everybody that it must never be "
        "sent to a real system.";
    const struct pen_exception excused[] = {
        {.filter = PEN_STR("sqli"), .path = PEN_STR("/items/*/note"), .reason = PEN_STR("known")}};
    struct pen_policy detecting = pen_policy_default();
    detecting.modes[pen_registry_find(PEN_S("xss"))] = PEN_MODE_DETECT;
    struct pen_policy excusing = pen_policy_default();
    excusing.exceptions = excused;
    excusing.exception_count = PEN_COUNT_OF(excused);
    const struct {
        const char *why;
        const struct pen_policy *policy;
        const char *crowd;
    } rows[] = {
        {"running text", NULL, prose},
        {"a filter that only detects", &detecting, "<svg onload=alert(7)>"},
        {"excused ones", &excusing, "x' OR 1=1 -- a"},
    };
    for (size_t i = 0; i < PEN_COUNT_OF(rows); i++) {
        struct filter_case c;
        filter_case_open(&c, rows[i].policy);
        const struct pen_judgement crowd = judge_in_a_crowd(&c, rows[i].crowd, "hello");
        assert_true(c.scan.dropped > 0);
        const struct pen_judgement attacked = judge_in_a_crowd(&c, rows[i].crowd, "`id`");
        if (crowd.verdict == PEN_BLOCK || attacked.verdict != PEN_BLOCK) {
            fail_msg("%s: %s, with an attack %s", rows[i].why, pen_verdict_name(crowd.verdict),
                     pen_verdict_name(attacked.verdict));
        }
        filter_case_close(&c);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_strongest_finding_decides),
        cmocka_unit_test(hints_do_not_add_up),
        cmocka_unit_test(thresholds_and_sinks_are_the_policys),
        cmocka_unit_test(running_text_needs_certainty_unless_the_sink_is_declared),
        cmocka_unit_test(every_sink_that_a_filter_guards_can_be_declared),
        cmocka_unit_test(a_filters_own_thresholds_are_taken_as_they_are),
        cmocka_unit_test(findings_tell_what_they_were_held_against),
        cmocka_unit_test(findings_tell_why_they_do_not_refuse),
        cmocka_unit_test(what_is_decoded_is_read_together_with_all_behind_it),
        cmocka_unit_test(an_event_may_be_inspected_again),
        cmocka_unit_test(refuses_when_memory_is_gone),
        cmocka_unit_test(names_the_filter_that_could_not_finish),
        cmocka_unit_test(nothing_is_woken_where_no_filter_looks_at_leaves),
        cmocka_unit_test(tells_prose_from_payloads),
        cmocka_unit_test(what_refuses_nothing_keeps_out_nothing_that_refuses),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
