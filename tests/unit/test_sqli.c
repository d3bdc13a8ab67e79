/** SQL injection: what leaves its place in a query, and what only talks like SQL. */
#include "tests/unit/filter_alone.h"

static void blocks_what_goes_on_as_sql(void **state)
{
    (void)state;
    const struct {
        const char *rule;
        struct pen_str text;
    } rows[] = {
        {"sqli.tautology", PEN_STR("x' OR 'a'='a")},
        {"sqli.tautology", PEN_STR("' or 1=1--")},
        {"sqli.tautology", PEN_STR("admin') or ('1'='1'/*")},
        {"sqli.tautology", PEN_STR("7 or 7=7")},
        {"sqli.tautology", PEN_STR("7)) or ((7=7")},
        {"sqli.tautology", PEN_STR("\" || 2>1 || \"")},
        {"sqli.tautology", PEN_STR("x' oR/**/2/**/lIkE/**/2#")},
        {"sqli.tautology", PEN_STR("'='")},
        {"sqli.union", PEN_STR("3 UNION SELECT name, pass FROM users")},
        {"sqli.union", PEN_STR("3 /*!50000union*/ all select null,null")},
        {"sqli.union", PEN_STR("x' union(select(1),2)#")},
        {"sqli.stacked", PEN_STR("1; DROP TABLE orders")},
        {"sqli.stacked", PEN_STR("x'; exec xp_cmdshell 'dir'--")},
        {"sqli.order_by", PEN_STR("1' ORDER BY 7-- ")},
        {"sqli.cut", PEN_STR("admin'-- ")},
        {"sqli.cut", PEN_STR("admin';#")},
        {"sqli.subquery", PEN_STR("x'+(select password from users limit 1)+'")},
        {"sqli.delay", PEN_STR("1 waitfor delay '0:0:5'")},
        {"sqli.delay", PEN_STR("1' and sleep(5)#")},
        {"sqli.delay", PEN_STR("1-sleep(5)")},
        {"sqli.condition", PEN_STR("nobody' or name like 'a%'--")},
        {"sqli.clause", PEN_STR("x' having 1=1--")},
        {"sqli.catalogue", PEN_STR("select * from sysusers")},
        {"sqli.catalogue", PEN_STR("select @@version")},
        {"sqli.spelled", PEN_STR("concat(0x41,0x42)")},
        {"sqli.function", PEN_STR("extractvalue(1,version())")},
        {"sqli.file", PEN_STR("1' into outfile '/tmp/x'#")},
        {"sqli.stacked", PEN_STR("1; DROP members--")},
        {"sqli.stacked", PEN_STR("1';begin declare @x int end--")},
        {"sqli.condition", PEN_STR("' or a is not null or a = '")},
        {"sqli.condition", PEN_STR("?id=1 and ascii(lower(substr(version(),1,1)))=51")},
        {"sqli.tautology", PEN_STR("1' or 1.e(1) or '1'='1")},
        {"sqli.cut", PEN_STR("user: x'--")},
        {"sqli.tautology", PEN_STR("x' or '{\"a\":1}'::jsonb @> '{\"a\":1}'")},
    };
    for (size_t i = 0; i < PEN_COUNT_OF(rows); i++) {
        const struct pen_judgement judgement = filter_case_text(&it, rows[i].text);
        if (judgement.verdict != PEN_BLOCK || strcmp(judgement.reason, rows[i].rule) != 0) {
            fail_msg("%.*s: %s %s", PEN_STR_ARGS(rows[i].text), pen_verdict_name(judgement.verdict),
                     judgement.reason);
        }
    }
}

static void stays_silent_on_ordinary_text(void **state)
{
    (void)state;
    static const struct pen_str rows[] = {
        PEN_STR("O'Brien"),
        PEN_STR("SELECT a FROM t WHERE b IN (SELECT c FROM d)"),
        PEN_STR("WITH t AS (SELECT id, max(ts) AS ts FROM ev GROUP BY id)\nSELECT e.* FROM ev e"),
        PEN_STR("rock 'n' roll"),
        PEN_STR("has(self.spec) && self.spec.replicas <= 5"),
        PEN_STR("We saw \"' OR 1=1 --\" in the logs yesterday. Nothing got through, but keep an "
                "eye on it."),
        PEN_STR("if (x == 'a' or b == c and d == 'e') {"),
        PEN_STR("please drop members -- they left"),
        PEN_STR("see ?page=1 and look at 2"),
        PEN_STR("Please select the best option from the list."),
        PEN_STR("Union Select Committee"),
        PEN_STR("1 or 2 days"),
        PEN_STR("a -- b"),
        PEN_STR("C# and F#"),
        PEN_STR("50% off; today only"),
        PEN_STR("don't and won't"),
        PEN_STR("the 'big' or 'small' one"),
        PEN_STR("if (x == 'a' || y == 'b') return;"),
        PEN_STR("having friends over is nice"),
        PEN_STR("drop the table at 5; update me"),
        PEN_STR("order by Friday"),
        PEN_STR("group by 3 people"),
        PEN_STR("SELECT name FROM users WHERE id = 7"),
        PEN_STR("sleep(5)"),
        PEN_STR("2026-11-24T00:00:00Z"),
        PEN_STR("https://example.com/a?b=1&c=2#d"),
        PEN_STR("Fix: quote names in the query (#12)\n\n'or' was taken for an operator."),
        PEN_STR("it's 5 o'clock; call me"),
        PEN_STR("=SUM(A1:A3)"),
        PEN_STR("L'Oreal and L'Occitane"),
        PEN_STR("Open the app; select all items from the list."),
        PEN_STR("my $e; if ($i % 10 == 0) { next }"),
        PEN_STR("execute(\"insert into t values (?)\", (v,))"),
        PEN_STR("use `--icons` or '#'"),
        PEN_STR("dogs' and cat(s)"),
        PEN_STR("the letters ',' and ';'"),
    };
    for (size_t i = 0; i < PEN_COUNT_OF(rows); i++) {
        const struct pen_judgement judgement = filter_case_text(&it, rows[i]);
        if (judgement.verdict == PEN_BLOCK) {
            fail_msg("%.*s: %s", PEN_STR_ARGS(rows[i]), judgement.reason);
        }
    }
}

static void reports_the_span_in_the_decoded_form(void **state)
{
    (void)state;
    const struct pen_event_input input = {.query = PEN_STR("id=1%27+or+1%3D1--")};
    const struct pen_judgement judgement = filter_case_event(&it, &input);
    assert_int_equal(judgement.verdict, PEN_BLOCK);
    const struct pen_leaf *const leaf = judgement.finding->leaf;
    assert_int_equal(leaf->coding, PEN_CODING_FORM);
    const struct pen_str span =
        pen_str_slice(leaf->text, judgement.finding->span.start, judgement.finding->span.end);
    assert_true(pen_str_equal(span, PEN_S("or 1=1")));
    assert_true(judgement.finding->span.end <= leaf->text.len);
}

static void a_declared_sink_lowers_the_threshold(void **state)
{
    (void)state;
    const struct pen_str sinks[] = {PEN_STR("sql")};
    const struct pen_policy policy = {.sinks = sinks, .sink_count = 1};
    struct filter_case strict;
    filter_case_open(&strict, &policy);
    const struct pen_str text = PEN_STR("users or name = 5");
    assert_int_not_equal(filter_case_text(&it, text).verdict, PEN_BLOCK);
    assert_int_equal(filter_case_text(&strict, text).verdict, PEN_BLOCK);
    filter_case_close(&strict);
}

static void detect_records_and_off_is_silent(void **state)
{
    (void)state;
    struct pen_policy policy = {0};
    policy.modes[pen_registry_find(PEN_S("sqli"))] = PEN_MODE_DETECT;
    struct filter_case detect;
    filter_case_open(&detect, &policy);
    assert_int_equal(filter_case_text(&detect, PEN_S("' or 1=1--")).verdict, PEN_FLAG);
    filter_case_close(&detect);

    policy.modes[pen_registry_find(PEN_S("sqli"))] = PEN_MODE_OFF;
    struct filter_case off;
    filter_case_open(&off, &policy);
    assert_int_equal(filter_case_text(&off, PEN_S("' or 1=1--")).verdict, PEN_PASS);
    assert_int_equal(off.scan.finding_count, 0);
    filter_case_close(&off);
}

static void padding_hides_nothing(void **state)
{
    (void)state;
    static char text[65536];
    /* More tokens than any window of the lexer, in every kind of padding. */
    static const struct pen_str paddings[] = {PEN_STR("1+"), PEN_STR("a "), PEN_STR("''"),
                                              PEN_STR("(1),"), PEN_STR("/**/ x ")};
    static const struct pen_str payload = PEN_STR("1 union select name, pass from users");
    for (size_t i = 0; i < PEN_COUNT_OF(paddings); i++) {
        struct pen_buf buf = pen_buf_over(text, sizeof(text));
        while (buf.len + paddings[i].len + payload.len < sizeof(text)) {
            pen_buf_put(&buf, paddings[i]);
        }
        pen_buf_put(&buf, payload);
        const struct pen_judgement judgement = filter_case_text(&it, pen_buf_str(&buf));
        if (judgement.verdict != PEN_BLOCK) fail_msg("padding %zu", i);
        assert_true(judgement.finding->span.end <= judgement.finding->leaf->text.len);
    }
}

/* Readings behind different quotes end where they meet another one: none of them is the only one
   to see what stands there. */
static void finds_it_behind_whatever_quotes_a_long_text_has(void **state)
{
    (void)state;
    static const struct pen_str leads[] = {
        PEN_STR("it's "),         PEN_STR("5\" and 6' "), PEN_STR("`x` it's \"y "),
        PEN_STR("'a' \"b\" `c "), PEN_STR("'\"`"),        PEN_STR("\\' it's "),
        PEN_STR("# it's\n\"y' "), PEN_STR("/*! it's"),
    };
    static const char quotes[] = "'\"`";
    static char text[8192];
    for (size_t i = 0; i < PEN_COUNT_OF(leads); i++) {
        for (size_t q = 0; q < 3; q++) {
            struct pen_buf buf = pen_buf_over(text, sizeof(text));
            pen_buf_put(&buf, leads[i]);
            while (buf.len < 4000) {
                pen_buf_put(&buf, PEN_S("word,"));
            }
            pen_buf_byte(&buf, quotes[q]);
            pen_buf_put(&buf, PEN_S(" union select password from users -- "));
            const struct pen_judgement judgement = filter_case_text(&it, pen_buf_str(&buf));
            if (judgement.verdict != PEN_BLOCK) fail_msg("%zu %c", i, quotes[q]);
        }
    }
}

static void stays_within_its_budget_on_hostile_text(void **state)
{
    (void)state;
    static char text[65536];
    /* Each opens something that is never closed, or restarts a search. */
    static const struct pen_str rows[] = {
        PEN_STR("'"),  PEN_STR("\""), PEN_STR("`"),   PEN_STR("["),       PEN_STR("$a$"),
        PEN_STR("/*"), PEN_STR("("),  PEN_STR("''"),  PEN_STR("or (("),   PEN_STR("--\n"),
        PEN_STR("x'"), PEN_STR(";"),  PEN_STR("if("), PEN_STR("select "),
    };
    for (size_t i = 0; i < PEN_COUNT_OF(rows); i++) {
        struct pen_buf buf = pen_buf_over(text, sizeof(text));
        pen_buf_put(&buf, PEN_S("' or "));
        while (buf.len + rows[i].len <= sizeof(text)) {
            pen_buf_put(&buf, rows[i]);
        }
        const struct pen_event_input input = {.body = pen_buf_str(&buf),
                                              .body_kind = PEN_BODY_TEXT};
        struct pen_judgement judgement = {0};
        pen_arena_reset(it.arena);
        assert_int_equal(pen_event_decode(&input, NULL, it.arena, &it.event, NULL), PEN_OK);
        pen_scan_init(&it.scan, it.arena, it.scratch, (uint64_t)it.event.leaf_bytes * 32);
        if (pen_chain_inspect(it.chain, &it.event, 0, &it.scan, &judgement) != PEN_OK) {
            fail_msg("%.*s: over budget", PEN_STR_ARGS(rows[i]));
        }
    }
}

static void refuses_when_its_budget_is_gone(void **state)
{
    (void)state;
    const struct pen_event_input input = {.body = PEN_STR("' or 1=1--"),
                                          .body_kind = PEN_BODY_TEXT};
    struct pen_judgement judgement = {0};
    pen_arena_reset(it.arena);
    assert_int_equal(pen_event_decode(&input, NULL, it.arena, &it.event, NULL), PEN_OK);
    pen_scan_init(&it.scan, it.arena, it.scratch, 24);
    assert_int_equal(pen_chain_inspect(it.chain, &it.event, 0, &it.scan, &judgement),
                     PEN_ERR_LIMIT);
    assert_int_equal(judgement.verdict, PEN_BLOCK);
    assert_string_equal(judgement.reason, "sqli.limit");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(blocks_what_goes_on_as_sql, set_up, tear_down),
        cmocka_unit_test_setup_teardown(stays_silent_on_ordinary_text, set_up, tear_down),
        cmocka_unit_test_setup_teardown(reports_the_span_in_the_decoded_form, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_declared_sink_lowers_the_threshold, set_up, tear_down),
        cmocka_unit_test(detect_records_and_off_is_silent),
        cmocka_unit_test_setup_teardown(padding_hides_nothing, set_up, tear_down),
        cmocka_unit_test_setup_teardown(finds_it_behind_whatever_quotes_a_long_text_has, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(stays_within_its_budget_on_hostile_text, set_up, tear_down),
        cmocka_unit_test_setup_teardown(refuses_when_its_budget_is_gone, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
