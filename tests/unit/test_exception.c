/** Exceptions: what they cover, when they end, and those that are suggested. */
#include "filters/exception.h"
#include "tests/unit/filter_case.h"

#define INJECTION "x' or 1=1--" /* certain */
#define CLIMB     "../../x"     /* a hint, unless the function opens files */

static void covers_exactly_the_path_and_filter_of_an_exception(void **state)
{
    (void)state;
    struct pen_arena *arena = NULL;
    const struct pen_json *root = NULL;
    assert_int_equal(pen_arena_create(65536, 4096, &arena), PEN_OK);
    assert_int_equal(
        pen_json_read(PEN_S("{\"items\":[{\"note\":\"x\"}]}"), NULL, arena, &root, NULL), PEN_OK);
    const struct pen_leaf leaf = {.node = pen_json_resolve(root, PEN_S("/items/0/note"))};
    const struct pen_finding finding = {.filter = "sqli", .rule = "sqli.union", .leaf = &leaf};
    const struct {
        const char *why;
        struct pen_exception exception;
        bool covers;
    } rows[] = {
        {"same path", {.filter = PEN_STR("sqli"), .path = PEN_STR("/items/0/note")}, true},
        {"any index", {.filter = PEN_STR("sqli"), .path = PEN_STR("/items/*/note")}, true},
        {"other filter", {.filter = PEN_STR("path"), .path = PEN_STR("/items/*/note")}, false},
        {"its rule", {.rule = PEN_STR("sqli.union"), .path = PEN_STR("/items/*/note")}, true},
        {"another rule", {.rule = PEN_STR("sqli.uni"), .path = PEN_STR("/items/*/note")}, false},
        {"parent only", {.filter = PEN_STR("sqli"), .path = PEN_STR("/items/0")}, false},
        {"deeper", {.filter = PEN_STR("sqli"), .path = PEN_STR("/items/0/note/x")}, false},
        {"over",
         {.filter = PEN_STR("sqli"), .path = PEN_STR("/items/*/note"), .until = 100},
         false},
        {"not yet over",
         {.filter = PEN_STR("sqli"), .path = PEN_STR("/items/*/note"), .until = 101},
         true},
    };
    for (size_t i = 0; i < PEN_COUNT_OF(rows); i++) {
        const struct pen_exception *const one = &rows[i].exception;
        if (pen_exception_for(one, 1, &finding, 100) != (rows[i].covers ? one : NULL)) {
            fail_msg("%s", rows[i].why);
        }
    }
    pen_arena_destroy(arena);
}

static void fits_paths_segment_by_segment(void **state)
{
    (void)state;
    const struct {
        bool fits;
        struct pen_str path;
        struct pen_str whole;
    } rows[] = {
        {true, PEN_STR("/a/b"), PEN_STR("/a/b")},
        {true, PEN_STR("/a/*"), PEN_STR("/a/b")},
        {false, PEN_STR("/a/*"), PEN_STR("/a/b/c")},
        {false, PEN_STR("/a/*"), PEN_STR("/a")},
        {false, PEN_STR("/a/b*"), PEN_STR("/a/bc")},
        {true, PEN_STR("/*/body|json/Message"), PEN_STR("/0/body|json/Message")},
        {true, PEN_STR("query:/q"), PEN_STR("query:/q")},
        {false, PEN_STR("query:/q"), PEN_STR("form:/q")},
        {false, PEN_STR("/q"), PEN_STR("query:/q")},
        {true, PEN_STR("xml:/order/item[*]/@id"), PEN_STR("xml:/order/item[12]/@id")},
        {true, PEN_STR("xml:/order/item[*]/@id"), PEN_STR("xml:/order/item/@id")},
        {false, PEN_STR("xml:/order/item[*]/@id"), PEN_STR("xml:/order/items[2]/@id")},
        {true, PEN_STR("/note#"), PEN_STR("/note#")},
        {false, PEN_STR("/note"), PEN_STR("/note#")},
    };
    for (size_t i = 0; i < PEN_COUNT_OF(rows); i++) {
        if (pen_exception_path_fits(rows[i].path, rows[i].whole) != rows[i].fits) {
            fail_msg("%.*s, %.*s", PEN_STR_ARGS(rows[i].path), PEN_STR_ARGS(rows[i].whole));
        }
    }
}

static void an_exception_ends_when_it_says(void **state)
{
    (void)state;
    const struct pen_exception exception = {
        .filter = PEN_STR("sqli"), .path = PEN_STR("/note"), .until = 1000};
    const struct pen_policy policy = {.exceptions = &exception, .exception_count = 1};
    const struct pen_event_input input = {.body = PEN_STR("{\"note\":\"" INJECTION "\"}"),
                                          .body_kind = PEN_BODY_JSON};
    struct filter_case it;
    filter_case_open(&it, &policy);
    struct pen_judgement judgement;
    for (int64_t now = 999; now <= 1000; now++) {
        pen_arena_reset(it.arena);
        assert_int_equal(pen_event_decode(&input, NULL, it.arena, &it.event, NULL), PEN_OK);
        pen_scan_init(&it.scan, it.arena, it.scratch, 1 << 20);
        assert_int_equal(pen_chain_inspect(it.chain, &it.event, now, &it.scan, &judgement), PEN_OK);
        assert_int_equal(judgement.verdict, now < 1000 ? PEN_PASS : PEN_BLOCK);
        /* It is recorded all the same. */
        assert_true(it.scan.finding_count > 0);
    }
    filter_case_close(&it);
}

/* All of them in one line: "rule path; rule path". */
static void suggestions(const struct filter_case *it, struct pen_buf *out)
{
    char memory[PEN_EXCEPTION_PATH];
    struct pen_buf path = pen_buf_over(memory, sizeof(memory));
    const char *rule = NULL;
    uint32_t at = 0;
    out->len = 0;
    while (pen_exception_suggest(&it->scan, &at, &rule, &path)) {
        pen_buf_put(out, out->len > 0 ? PEN_S("; ") : PEN_S(""));
        pen_buf_put(out, pen_str_from_c(rule));
        pen_buf_byte(out, ' ');
        pen_buf_put(out, pen_buf_str(&path));
    }
}

static void suggests_what_is_refused_and_no_more(void **state)
{
    (void)state;
    const struct {
        enum pen_body_kind kind;
        struct pen_str body;
        struct pen_str query;
        struct pen_str suggested;
    } rows[] = {
        {PEN_BODY_JSON, PEN_STR("{\"a\":\"" INJECTION "\",\"b\":\"" CLIMB "\"}"), PEN_STR(""),
         PEN_STR("sqli.tautology /a")},
        {PEN_BODY_JSON, PEN_STR("{\"a\":[{\"n\":\"" INJECTION "\"},{\"n\":\"" INJECTION "\"}]}"),
         PEN_STR(""), PEN_STR("sqli.tautology /a/*/n")},
        {PEN_BODY_JSON, PEN_STR("[\"x\",\"" INJECTION "\"]"), PEN_STR(""),
         PEN_STR("sqli.tautology /1")},
        {PEN_BODY_JSON, PEN_STR("{\"a\":\"[{\\\"b\\\":\\\"" INJECTION "\\\"}]\"}"), PEN_STR(""),
         PEN_STR("sqli.tautology /a|json/*/b")},
        {PEN_BODY_XML, PEN_STR("<o><i>1</i><i>" INJECTION "</i></o>"), PEN_STR(""),
         PEN_STR("sqli.tautology xml:/o/i[*]")},
        {PEN_BODY_NONE, PEN_STR(""), PEN_STR("7=x%27%20or%201=1--"),
         PEN_STR("sqli.tautology query:/7")},
        {PEN_BODY_JSON, PEN_STR("[\"fine\"]"), PEN_STR(""), PEN_STR("")},
        /* Of the whole body and of the empty name: RFC 6901 section 5. */
        {PEN_BODY_TEXT, PEN_STR(INJECTION), PEN_STR(""), PEN_STR("sqli.tautology ")},
        {PEN_BODY_JSON, PEN_STR("\"" INJECTION "\""), PEN_STR(""), PEN_STR("sqli.tautology ")},
        {PEN_BODY_JSON, PEN_STR("{\"\":\"" INJECTION "\"}"), PEN_STR(""),
         PEN_STR("sqli.tautology /")},
        /* What would be wider, or what no configuration holds. */
        {PEN_BODY_JSON, PEN_STR("{\"*\":\"" INJECTION "\"}"), PEN_STR(""), PEN_STR("")},
        {PEN_BODY_JSON, PEN_STR("{\"a\\u0001\":\"" INJECTION "\"}"), PEN_STR(""), PEN_STR("")},
        {PEN_BODY_JSON, PEN_STR("{\"${a}\":\"" INJECTION "\"}"), PEN_STR(""), PEN_STR("")},
    };
    struct filter_case it;
    char memory[1024];
    struct pen_buf suggested = pen_buf_over(memory, sizeof(memory));
    filter_case_open(&it, NULL);
    for (size_t i = 0; i < PEN_COUNT_OF(rows); i++) {
        const struct pen_event_input input = {
            .body = rows[i].body, .body_kind = rows[i].kind, .query = rows[i].query};
        (void)filter_case_event(&it, &input);
        suggestions(&it, &suggested);
        if (!pen_str_equal(pen_buf_str(&suggested), rows[i].suggested)) {
            fail_msg("%.*s instead of %.*s", PEN_STR_ARGS(pen_buf_str(&suggested)),
                     PEN_STR_ARGS(rows[i].suggested));
        }
    }
    filter_case_close(&it);
}

static void an_empty_path_excuses_the_whole_body_and_nothing_in_it(void **state)
{
    (void)state;
    const struct pen_exception exception = {.filter = PEN_STR("sqli"), .path = PEN_STR("")};
    const struct pen_policy policy = {.exceptions = &exception, .exception_count = 1};
    const struct {
        enum pen_body_kind kind;
        struct pen_str body;
        enum pen_verdict verdict;
    } rows[] = {
        {PEN_BODY_TEXT, PEN_STR(INJECTION), PEN_PASS},
        {PEN_BODY_JSON, PEN_STR("\"" INJECTION "\""), PEN_PASS},
        {PEN_BODY_JSON, PEN_STR("[\"" INJECTION "\"]"), PEN_BLOCK},
        {PEN_BODY_JSON, PEN_STR("{\"\":\"" INJECTION "\"}"), PEN_BLOCK},
    };
    struct filter_case it;
    filter_case_open(&it, &policy);
    for (size_t i = 0; i < PEN_COUNT_OF(rows); i++) {
        const struct pen_event_input input = {.body = rows[i].body, .body_kind = rows[i].kind};
        if (filter_case_event(&it, &input).verdict != rows[i].verdict) fail_msg("row %zu", i);
    }
    filter_case_close(&it);
}

static void what_it_suggests_lets_the_event_pass(void **state)
{
    (void)state;
    const struct pen_event_input input = {
        .body = PEN_STR("{\"rows\":[{\"q\":\"" INJECTION "\"},"
                        "{\"q\":\"1 union select a from b--\",\"h\":\"<script>a()</script>\"}]}"),
        .body_kind = PEN_BODY_JSON};
    struct pen_exception exceptions[8];
    char paths[8][PEN_EXCEPTION_PATH];
    struct filter_case it;
    size_t count = 0;
    uint32_t at = 0;
    const char *rule = NULL;
    filter_case_open(&it, NULL);
    assert_int_equal(filter_case_event(&it, &input).verdict, PEN_BLOCK);
    for (;; count++) {
        assert_true(count < PEN_COUNT_OF(exceptions));
        struct pen_buf path = pen_buf_over(paths[count], sizeof(paths[count]));
        if (!pen_exception_suggest(&it.scan, &at, &rule, &path)) break;
        assert_null(pen_exception_path_problem(pen_buf_str(&path)));
        exceptions[count] =
            (struct pen_exception){.rule = pen_str_from_c(rule), .path = pen_buf_str(&path)};
    }
    filter_case_close(&it);
    assert_true(count >= 3);
    for (size_t missing = 0; missing <= count; missing++) {
        const size_t used = missing < count ? count - 1 : count;
        struct pen_exception some[8];
        for (size_t i = 0, k = 0; i < count; i++) {
            if (i != missing) some[k++] = exceptions[i];
        }
        const struct pen_policy policy = {.exceptions = some, .exception_count = used};
        filter_case_open(&it, &policy);
        const enum pen_verdict verdict = filter_case_event(&it, &input).verdict;
        assert_true((verdict == PEN_BLOCK) == (missing < count));
        filter_case_close(&it);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_exception_ends_when_it_says),
        cmocka_unit_test(fits_paths_segment_by_segment),
        cmocka_unit_test(suggests_what_is_refused_and_no_more),
        cmocka_unit_test(an_empty_path_excuses_the_whole_body_and_nothing_in_it),
        cmocka_unit_test(what_it_suggests_lets_the_event_pass),
        cmocka_unit_test(covers_exactly_the_path_and_filter_of_an_exception),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
