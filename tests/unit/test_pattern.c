/** The two engines: what they report, and that a search beyond its limits is known as such. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <string.h>

#include "filters/core/pattern.h"

struct hits {
    size_t count;
    uint32_t ids[16];
    size_t ends[16];
};

static void remember(void *context, uint32_t id, size_t end)
{
    struct hits *const hits = context;
    assert_true(hits->count < PEN_COUNT_OF(hits->ids));
    hits->ids[hits->count] = id;
    hits->ends[hits->count++] = end;
}

static struct hits scan(const struct pen_pattern *patterns, size_t count, struct pen_str text)
{
    struct pen_patterns *compiled = NULL;
    struct pen_scratch *scratch = NULL;
    struct pen_error err = {.text = ""};
    struct hits hits = {0};
    assert_int_equal(pen_patterns_create(patterns, count, &compiled, &err), PEN_OK);
    assert_int_equal(pen_patterns_scratch(compiled, &scratch), PEN_OK);
    assert_int_equal(pen_patterns_scan(compiled, scratch, text, remember, &hits), PEN_OK);
    pen_patterns_scratch_destroy(scratch);
    pen_patterns_destroy(compiled);
    return hits;
}

static void reports_each_match_by_id_and_end(void **state)
{
    (void)state;
    const struct pen_pattern patterns[] = {
        {PEN_STR("ab"), false, 7}, {PEN_STR("AB"), true, 9}, {PEN_STR("\xff"), false, 3}};
    const struct hits hits = scan(patterns, PEN_COUNT_OF(patterns), PEN_S("ab-AB-\xff"));
    assert_int_equal(hits.count, 4);
    size_t seven = 0;
    for (size_t i = 0; i < hits.count; i++) {
        if (hits.ids[i] == 7) assert_int_equal(hits.ends[i], 2);
        if (hits.ids[i] == 9) assert_true(hits.ends[i] == 2 || hits.ends[i] == 5);
        if (hits.ids[i] == 3) assert_int_equal(hits.ends[i], 7);
        seven += hits.ids[i] == 7;
    }
    assert_int_equal(seven, 1);
}

static void no_patterns_and_no_text_match_nothing(void **state)
{
    (void)state;
    const struct pen_pattern one = {PEN_STR("a"), false, 1};
    assert_int_equal(scan(NULL, 0, PEN_S("abc")).count, 0);
    assert_int_equal(scan(&one, 1, PEN_S("")).count, 0);
    assert_int_equal(scan(&one, 1, (struct pen_str){NULL, 0}).count, 0);
}

static void an_empty_literal_does_not_compile(void **state)
{
    (void)state;
    const struct pen_pattern patterns[] = {{PEN_STR("fine"), false, 0}, {PEN_STR(""), false, 1}};
    struct pen_patterns *compiled = NULL;
    struct pen_error err = {.text = ""};
    assert_int_equal(pen_patterns_create(patterns, 2, &compiled, &err), PEN_ERR_INVALID);
    assert_null(compiled);
    assert_non_null(strstr(err.text, "\"\" does not compile"));
}

struct searcher {
    struct pen_patterns *patterns;
    struct pen_scratch *scratch;
    struct pen_regex *regex;
};

static struct searcher open_searcher(struct pen_str expression, bool caseless)
{
    struct searcher s = {0};
    struct pen_error err = {.text = ""};
    assert_int_equal(pen_patterns_create(NULL, 0, &s.patterns, &err), PEN_OK);
    assert_int_equal(pen_patterns_scratch(s.patterns, &s.scratch), PEN_OK);
    assert_int_equal(pen_regex_create(expression, caseless, &s.regex, &err), PEN_OK);
    return s;
}

static void close_searcher(struct searcher *s)
{
    pen_regex_destroy(s->regex);
    pen_patterns_scratch_destroy(s->scratch);
    pen_patterns_destroy(s->patterns);
}

static void finds_the_first_match_from_a_place_on(void **state)
{
    (void)state;
    struct searcher s = open_searcher(PEN_S("a.c"), true);
    static const struct {
        const char *why;
        struct pen_str text;
        size_t from;
        struct pen_span found;
    } rows[] = {
        {"at the start", PEN_STR("abc abc"), 0, {0, 3}},
        {"the second", PEN_STR("abc abc"), 1, {4, 7}},
        {"whatever the case", PEN_STR("--ABC"), 0, {2, 5}},
        {"across a NUL", PEN_STR("xa\0cx"), 0, {1, 4}},
        {"across a line", PEN_STR("a\nc"), 0, {0, 3}},
        {"bytes, not characters",
         PEN_STR("a\xff"
                 "c"),
         0,
         {0, 3}},
        {"none", PEN_STR("ac"), 0, {2, 2}},
        {"empty", PEN_STR(""), 0, {0, 0}},
        {"from the end", PEN_STR("abc"), 3, {3, 3}},
        {"from beyond the end", PEN_STR("abc"), 9, {3, 3}},
    };
    for (size_t i = 0; i < PEN_COUNT_OF(rows); i++) {
        struct pen_span found = {99, 99};
        uint64_t steps = 1000;
        assert_int_equal(
            pen_regex_find(s.regex, s.scratch, rows[i].text, rows[i].from, &steps, &found), PEN_OK);
        if (found.start != rows[i].found.start || found.end != rows[i].found.end) {
            fail_msg("%s: %zu to %zu", rows[i].why, found.start, found.end);
        }
    }
    close_searcher(&s);
}

static void a_search_beyond_its_budget_is_a_refusal(void **state)
{
    (void)state;
    static char text[65536];
    memset(text, 'a', sizeof(text));
    static const struct {
        const char *why;
        struct pen_str expression;
    } rows[] = {
        {"doubles its ways with each byte", PEN_STR("^(a+)+$")},
        {"the same by alternatives", PEN_STR("^(a|a)*[b-d]")},
        {"the same by lengths", PEN_STR("^(a|aa|aaa)+$")},
        {"goes back from each byte, once a place", PEN_STR("a.*a.*[bc]")},
        {"the same, and the engine counts no step", PEN_STR("a[^}]*a[^}]*a[^}]*[bc]")},
        {"looks back from each place", PEN_STR("(?<=a)a*[bc]")},
    };
    text[sizeof(text) - 1] = 'X';
    for (size_t i = 0; i < PEN_COUNT_OF(rows); i++) {
        struct searcher s = open_searcher(rows[i].expression, false);
        struct pen_span found;
        uint64_t steps = 1 << 20;
        const struct pen_str whole = {text, sizeof(text)};
        if (pen_regex_find(s.regex, s.scratch, whole, 0, &steps, &found) != PEN_ERR_LIMIT) {
            fail_msg("%s", rows[i].why);
        }
        /* The scratch is as good as new afterwards. */
        steps = 1000;
        assert_int_equal(pen_regex_find(s.regex, s.scratch, PEN_S("zzz"), 0, &steps, &found),
                         PEN_OK);
        close_searcher(&s);
    }
}

static void a_search_pays_for_what_it_looks_at(void **state)
{
    (void)state;
    struct searcher s = open_searcher(PEN_S("ab+c"), false);
    struct pen_span found;
    const struct pen_str text = PEN_STR("xxxxxxxxxxxxxxxxxxxxxxxabbbbbbbbbc");
    uint64_t steps = 1000;
    assert_int_equal(pen_regex_find(s.regex, s.scratch, text, 0, &steps, &found), PEN_OK);
    assert_int_equal(found.end, text.len);
    assert_in_range(1000 - steps, text.len, 200);
    steps = text.len - 1;
    assert_int_equal(pen_regex_find(s.regex, s.scratch, text, 0, &steps, &found), PEN_ERR_LIMIT);
    close_searcher(&s);
}

static void names_the_place_where_an_expression_is_wrong(void **state)
{
    (void)state;
    struct pen_regex *regex = NULL;
    struct pen_error err = {.text = ""};
    assert_int_equal(pen_regex_create(PEN_S("ab[c"), false, &regex, &err), PEN_ERR_INVALID);
    assert_null(regex);
    assert_non_null(strstr(err.text, "\"ab[c\" does not compile at 4"));
}

static void destroyers_accept_null(void **state)
{
    (void)state;
    pen_regex_destroy(NULL);
    pen_patterns_destroy(NULL);
    pen_patterns_scratch_destroy(NULL);
}

static bool text_matches(struct pen_str expression, struct pen_str text)
{
    struct searcher s = open_searcher(PEN_S("."), false);
    struct pen_regex *regex = NULL;
    assert_int_equal(pen_regex_create_text(expression, &regex, NULL), PEN_OK);
    uint64_t steps = 1000;
    bool matches = false;
    assert_int_equal(pen_regex_matches(regex, s.scratch, text, &steps, &matches), PEN_OK);
    assert_true(steps < 1000 || text.len == 0);
    pen_regex_destroy(regex);
    close_searcher(&s);
    return matches;
}

static void expressions_over_text_see_characters(void **state)
{
    (void)state;
    assert_true(text_matches(PEN_S("\\A.\\z"), PEN_S("\xf0\x9f\x90\xb2")));
    assert_true(text_matches(PEN_S("\\A\\p{L}[\\x{e9}]\\z"), PEN_S("\xc3\xa9\xc3\xa9")));
    assert_false(text_matches(PEN_S("\\A\\w\\z"), PEN_S("\xc3\xa9")));
    assert_true(text_matches(PEN_S(""), (struct pen_str){NULL, 0}));
    assert_true(text_matches((struct pen_str){NULL, 0}, PEN_S("a")));
    /* An empty match at the end is one. */
    assert_true(text_matches(PEN_S("[a-z]{0,}\\z"), PEN_S("A")));
    assert_true(text_matches(PEN_S("(a)?\\g{1}b"), PEN_S("b")));
    assert_true(text_matches(PEN_S("(?=ba)a{0,1}b"), PEN_S("ba")));
}

static void an_expression_too_large_is_told_from_a_bad_one(void **state)
{
    (void)state;
    struct pen_regex *regex = NULL;
    struct pen_error err = {.text = ""};
    assert_int_equal(pen_regex_create_text(PEN_S("((a{1000}){1000}){1000}"), &regex, &err),
                     PEN_ERR_LIMIT);
    assert_int_equal(pen_regex_create_text(PEN_S("(a"), &regex, &err), PEN_ERR_INVALID);
    assert_non_null(strstr(err.text, "\"(a\" does not compile"));
    assert_null(regex);
}

static uint64_t steps_of(struct pen_str expression, struct pen_str text)
{
    struct searcher s = open_searcher(PEN_S("."), false);
    struct pen_regex *regex = NULL;
    assert_int_equal(pen_regex_create_text(expression, &regex, NULL), PEN_OK);
    uint64_t steps = 1000000;
    bool matches = true;
    assert_int_equal(pen_regex_matches(regex, s.scratch, text, &steps, &matches), PEN_OK);
    assert_false(matches);
    pen_regex_destroy(regex);
    close_searcher(&s);
    return 1000000 - steps;
}

static void a_reference_is_paid_by_what_its_group_holds(void **state)
{
    (void)state;
    char text[2001];
    memset(text, 'a', sizeof(text));
    text[1000] = 'b';
    text[2000] = 'c'; /* the reference fails at its last character */
    const struct pen_str all = {text, sizeof(text)};
    assert_true(steps_of(PEN_S("\\A(a{1000})b(?C1)\\g{1}"), all)
                >= steps_of(PEN_S("\\A(a{1000})b\\g{1}"), all) + 1000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reports_each_match_by_id_and_end),
        cmocka_unit_test(no_patterns_and_no_text_match_nothing),
        cmocka_unit_test(an_empty_literal_does_not_compile),
        cmocka_unit_test(finds_the_first_match_from_a_place_on),
        cmocka_unit_test(a_search_beyond_its_budget_is_a_refusal),
        cmocka_unit_test(a_search_pays_for_what_it_looks_at),
        cmocka_unit_test(names_the_place_where_an_expression_is_wrong),
        cmocka_unit_test(destroyers_accept_null),
        cmocka_unit_test(expressions_over_text_see_characters),
        cmocka_unit_test(an_expression_too_large_is_told_from_a_bad_one),
        cmocka_unit_test(a_reference_is_paid_by_what_its_group_holds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
