/** Patterns of schemas: the same answer from every machine, bounded, and harmless or not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <string.h>

#include "filters/schema/automaton.h"
#include "filters/schema/ecma.h"
#include "filters/schema/expression.h"
#include "filters/schema/repeated_set.h"

#define STEPS   1000000
#define MEMORY  ((size_t)64 << 20)
#define E_ACUTE "\xc3\xa9"
#define DRAGON  "\xf0\x9f\x90\xb2"

struct engine {
    struct pen_patterns *patterns;
    struct pen_scratch *scratch;
    struct pen_arena *arena;
};

static struct engine engine_open(void)
{
    struct engine e = {0};
    assert_int_equal(pen_patterns_create(NULL, 0, &e.patterns, NULL), PEN_OK);
    assert_int_equal(pen_patterns_scratch(e.patterns, &e.scratch), PEN_OK);
    assert_int_equal(pen_arena_create(MEMORY, 1024, &e.arena), PEN_OK);
    return e;
}

static void engine_close(struct engine *e)
{
    pen_arena_destroy(e->arena);
    pen_patterns_scratch_destroy(e->scratch);
    pen_patterns_destroy(e->patterns);
}

static const struct pen_ecma_tree *parse(struct engine *e, struct pen_str source)
{
    const struct pen_ecma_tree *tree = NULL;
    assert_int_equal(pen_ecma_parse(source, e->arena, &tree, NULL), PEN_OK);
    return tree;
}

static bool matches(struct engine *e, struct pen_str source, struct pen_str text)
{
    const struct pen_expression *expression;
    struct pen_error err = {.text = ""};
    if (pen_expression_create(source, e->arena, &expression, &err) != PEN_OK) {
        fail_msg("%s", err.text);
    }
    uint64_t steps = STEPS;
    bool found = false;
    assert_int_equal(pen_expression_matches(expression, text, e->scratch, &steps, &found), PEN_OK);
    return found;
}

struct row {
    struct pen_str source;
    struct pen_str text;
    bool found;
};

static const struct row regular[] = {
    {PEN_STR("^abc$"), PEN_STR("abc"), true},
    {PEN_STR("^abc$"), PEN_STR("abc\n"), false},
    {PEN_STR("^foo"), PEN_STR("foobar"), true},
    {PEN_STR("^foo"), PEN_STR("a foo"), false},
    {PEN_STR("bar$"), PEN_STR("barbar"), true},
    {PEN_STR("cole"), PEN_STR("l'ecole"), true},
    {PEN_STR("aab"), PEN_STR("aaab"), true},
    {PEN_STR("^[a-z]+(-[a-z]+)*$"), PEN_STR("a-bc-d"), true},
    {PEN_STR("^[a-z]+(-[a-z]+)*$"), PEN_STR("a--d"), false},
    {PEN_STR("^(a|ab)(c|bcd)$"), PEN_STR("abcd"), true},
    {PEN_STR("^(a+)+$"), PEN_STR("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab"), false},
    {PEN_STR("^(?:|a)+$"), PEN_STR("aaa"), true},
    {PEN_STR("^a{2,3}$"), PEN_STR("a"), false},
    {PEN_STR("^a{2,3}$"), PEN_STR("aaa"), true},
    {PEN_STR("^a{2,3}$"), PEN_STR("aaaa"), false},
    {PEN_STR("^a{2,}$"), PEN_STR("aaaa"), true},
    {PEN_STR("^a{0}b$"), PEN_STR("b"), true},
    {PEN_STR("^.." E_ACUTE "$"), PEN_STR(DRAGON "x" E_ACUTE), true},
    {PEN_STR("^[^" E_ACUTE "]x"), PEN_STR(E_ACUTE "x"), false},
    {PEN_STR("^[^" E_ACUTE "]x"), PEN_STR("\xc3\xaax"), true},
    {PEN_STR("$"), PEN_STR("a"), true},
    {PEN_STR("^$"), PEN_STR(""), true},
    {PEN_STR("^$"), PEN_STR("a"), false},
    {PEN_STR("$^"), PEN_STR(""), true},
    {PEN_STR("a$b"), PEN_STR("ab"), false},
    {PEN_STR("a|^b"), PEN_STR("cb"), false},
    {PEN_STR("(^|x)b"), PEN_STR("axb"), true},
    {PEN_STR(""), PEN_STR(""), true},
    {PEN_STR("[]"), PEN_STR("a"), false},
    {PEN_STR("\\1(a)b"), PEN_STR("ab"), true},
};

static void regular_expressions_become_automata(void **state)
{
    (void)state;
    struct engine e = engine_open();
    for (size_t i = 0; i < PEN_COUNT_OF(regular); i++) {
        const struct pen_automaton *automaton = NULL;
        assert_int_equal(
            pen_automaton_make(parse(&e, regular[i].source), e.arena, e.arena, &automaton), PEN_OK);
        if (pen_automaton_matches(automaton, regular[i].text) != regular[i].found
            || matches(&e, regular[i].source, regular[i].text) != regular[i].found) {
            fail_msg("/%.*s/ in \"%.*s\"", PEN_STR_ARGS(regular[i].source),
                     PEN_STR_ARGS(regular[i].text));
        }
    }
    engine_close(&e);
}

static void what_is_not_regular_goes_to_pcre2(void **state)
{
    (void)state;
    static const struct row rows[] = {
        {PEN_STR("^(?!xn--)[a-z-]+$"), PEN_STR("xn--a"), false},
        {PEN_STR("^(?!xn--)[a-z-]+$"), PEN_STR("a-xn--a"), true},
        {PEN_STR("\\bfoo\\b"), PEN_STR("a foo b"), true},
        {PEN_STR("^\\p{L}+$"), PEN_STR(E_ACUTE "a"), true},
        {PEN_STR("^[\\p{L}\\d]+$"), PEN_STR(E_ACUTE "a1-"), false},
        {PEN_STR("^(.)\\1$"), PEN_STR(DRAGON DRAGON), true},
        {PEN_STR("[]|\\p{L}"), PEN_STR("a"), true},
        {PEN_STR("(?<=" E_ACUTE ")x"), PEN_STR(E_ACUTE "x"), true},
    };
    struct engine e = engine_open();
    for (size_t i = 0; i < PEN_COUNT_OF(rows); i++) {
        const struct pen_automaton *automaton = NULL;
        assert_int_equal(
            pen_automaton_make(parse(&e, rows[i].source), e.arena, e.arena, &automaton),
            PEN_ERR_UNSUPPORTED);
        if (matches(&e, rows[i].source, rows[i].text) != rows[i].found) {
            fail_msg("/%.*s/", PEN_STR_ARGS(rows[i].source));
        }
    }
    engine_close(&e);
}

static void a_class_alone_is_counted(void **state)
{
    (void)state;
    static const struct pen_str shapes[] = {PEN_STR("^[a-z0-9]{2,4}$"),
                                            PEN_STR("^(?:[a-f]|[g-z]|\\d){2,4}$"),
                                            PEN_STR("^([a-z]|(?:\\d)){2,4}$")};
    static const struct pen_str others[] = {PEN_STR("^[a-z]{2,4}"),
                                            PEN_STR("[a-z]{2,4}$"),
                                            PEN_STR("^[a-z]{2}[0-9]$"),
                                            PEN_STR("^(?:ab|c){2}$"),
                                            PEN_STR("^(?:a+|c){2}$"),
                                            PEN_STR("^[a-z]$|^b$"),
                                            PEN_STR("^(?:a||c){2}$"),
                                            PEN_STR("^\\p{L}{2}$"),
                                            PEN_STR("^(?=a)$"),
                                            PEN_STR("^$"),
                                            PEN_STR("")};
    struct engine e = engine_open();
    const struct pen_repeated_set *repeated = NULL;
    for (size_t i = 0; i < PEN_COUNT_OF(shapes); i++) {
        assert_int_equal(pen_repeated_set_make(parse(&e, shapes[i]), e.arena, &repeated), PEN_OK);
        assert_non_null(repeated);
        assert_false(pen_repeated_set_matches(repeated, PEN_S("a")));
        assert_true(pen_repeated_set_matches(repeated, PEN_S("a1")));
        assert_true(pen_repeated_set_matches(repeated, PEN_S("a1z9")));
        assert_false(pen_repeated_set_matches(repeated, PEN_S("a1z9a")));
        assert_false(pen_repeated_set_matches(repeated, PEN_S("a1-")));
        assert_false(pen_repeated_set_matches(repeated, PEN_S("a1" E_ACUTE)));
    }
    for (size_t i = 0; i < PEN_COUNT_OF(others); i++) {
        assert_int_equal(pen_repeated_set_make(parse(&e, others[i]), e.arena, &repeated), PEN_OK);
        assert_null(repeated);
    }
    /* Characters are counted, not bytes, and as many as schemas like. */
    assert_true(matches(&e, PEN_S("^.{2}$"), PEN_S(DRAGON E_ACUTE)));
    assert_false(matches(&e, PEN_S("^(.|\\s){3,262144}$"), PEN_S(DRAGON "\n")));
    assert_true(matches(&e, PEN_S("^(.|\\s){2,262144}$"), PEN_S(DRAGON "\n")));
    engine_close(&e);
}

static void what_grows_too_large_for_a_table_is_matched_all_the_same(void **state)
{
    (void)state;
    static const struct row rows[] = {
        /* The states say which of the last twenty characters were an "a". */
        {PEN_STR("a.{20}$"), PEN_STR("xxabbbbbbbbbbbbbbbbbbbb"), true},
        {PEN_STR("a.{20}$"), PEN_STR("xxabbbbbbbbbbbbbbbbbbb"), false},
        {PEN_STR("a.{18}b"), PEN_STR("aabbbbbbbbbbbbbbbbbb"), true},
    };
    struct engine e = engine_open();
    for (size_t i = 0; i < PEN_COUNT_OF(rows); i++) {
        const struct pen_automaton *automaton = NULL;
        assert_int_equal(
            pen_automaton_make(parse(&e, rows[i].source), e.arena, e.arena, &automaton),
            PEN_ERR_LIMIT);
        assert_int_equal(matches(&e, rows[i].source, rows[i].text), rows[i].found);
    }
    engine_close(&e);
}

static void searches_are_bounded_and_say_so(void **state)
{
    (void)state;
    static const struct pen_str sources[] = {
        PEN_STR("^(?!x)(a+)+$"),     PEN_STR("^(?=a)(?:a|a)*$"),   PEN_STR("^(?!x)(.*)*b$"),
        PEN_STR("\\b(\\w+\\s?)+x$"), PEN_STR("(a*)(?!b)(?:\\1c)"),
    };
    char text[4096];
    memset(text, 'a', sizeof(text));
    text[sizeof(text) - 1] = '!';
    struct engine e = engine_open();
    for (size_t i = 0; i < PEN_COUNT_OF(sources); i++) {
        const struct pen_expression *expression;
        assert_int_equal(pen_expression_create(sources[i], e.arena, &expression, NULL), PEN_OK);
        uint64_t steps = STEPS;
        bool found = true;
        const enum pen_status status = pen_expression_matches(
            expression, (struct pen_str){text, sizeof(text)}, e.scratch, &steps, &found);
        if (status != PEN_ERR_LIMIT) fail_msg("%.*s ends", PEN_STR_ARGS(sources[i]));
        assert_true(found); /* untouched */
    }
    /* The automaton's work is the text's length. */
    const struct pen_expression *expression;
    assert_int_equal(pen_expression_create(PEN_S("^(a+)+$"), e.arena, &expression, NULL), PEN_OK);
    uint64_t steps = sizeof(text);
    bool found = true;
    assert_int_equal(pen_expression_matches(expression, (struct pen_str){text, sizeof(text)},
                                            e.scratch, &steps, &found),
                     PEN_OK);
    assert_false(found);
    assert_int_equal(steps, 0);
    assert_int_equal(pen_expression_matches(expression, PEN_S("a"), e.scratch, &steps, &found),
                     PEN_ERR_LIMIT);
    engine_close(&e);
}

static void bad_expressions_are_refused_with_a_sentence(void **state)
{
    (void)state;
    struct engine e = engine_open();
    const struct pen_expression *expression = NULL;
    struct pen_error err = {.text = ""};
    assert_int_equal(pen_expression_create(PEN_S("^[a-z"), e.arena, &expression, &err),
                     PEN_ERR_SYNTAX);
    assert_non_null(strstr(err.text, "\"^[a-z\", at 1: a class without its ']'"));
    assert_int_equal(pen_expression_create(PEN_S("(?<=a*)b"), e.arena, &expression, &err),
                     PEN_ERR_UNSUPPORTED);
    assert_non_null(strstr(err.text, "PCRE2 looks behind only"));
    assert_int_equal(pen_expression_create(PEN_S("^(?:ab){0,20000}$"), e.arena, &expression, &err),
                     PEN_ERR_LIMIT);
    assert_string_equal(err.text, "expression \"^(?:ab){0,20000}$\" is too large");
    assert_null(expression);
    engine_close(&e);
}

static void plain_expressions_match_nothing_that_could_do_harm(void **state)
{
    (void)state;
    static const struct {
        const char *why;
        struct pen_str source;
        bool plain;
    } rows[] = {
        {"a word", PEN_STR("^[a-z]{1,12}$"), false /* "constructor" */},
        {"a shorter word", PEN_STR("^[A-Za-z]{1,8}$"), true},
        {"one of some words", PEN_STR("^(?:created|deleted|in_progress)$"), true},
        {"a number of an account", PEN_STR("^\\d{12}$"), true},
        {"a day", PEN_STR("^\\d{4}-\\d{2}-\\d{2}$"), true},
        {"nothing", PEN_STR("^$"), true},
        {"no text at all", PEN_STR("^[]$"), true},
        {"dashes between words", PEN_STR("^[a-z]{1,3}(-[a-z]{1,2}){0,3}$"), true},
        {"of fifteen characters", PEN_STR("^[a-f]{15}$"), true},
        {"of sixteen, which may be hexadecimal", PEN_STR("^[a-f]{16}$"), false},
        {"of any length", PEN_STR("^[0-9]+$"), false},
        {"not to the end", PEN_STR("^[a-z]{1,8}"), false},
        {"not from the start", PEN_STR("[a-z]{1,8}$"), false},
        {"one branch is open", PEN_STR("^[a-z]{1,8}$|^foo"), false},
        {"a dash at the start", PEN_STR("^[a-z-]{1,8}$"), false},
        {"two dashes", PEN_STR("^a[a-z-]{1,8}$"), false},
        {"two underscores", PEN_STR("^[a-z_]{2}$"), false},
        {"one underscore", PEN_STR("^[a-z_]$"), true},
        {"a dot", PEN_STR("^\\d\\.\\d$"), false},
        {"a colon", PEN_STR("^\\d:\\d$"), false},
        {"a space", PEN_STR("^[\\w ]{1,3}$"), false},
        {"a quote", PEN_STR("^[a-z']{1,3}$"), false},
        {"beyond ASCII", PEN_STR("^[a-z" E_ACUTE "]{1,3}$"), false},
        {"all but a quote", PEN_STR("^[^']$"), false},
        {"that one name", PEN_STR("^(?:prototype|x)$"), false},
        {"PCRE2 knows, we do not", PEN_STR("^(?!x)[a-z]{3}$"), false},
    };
    struct engine e = engine_open();
    for (size_t i = 0; i < PEN_COUNT_OF(rows); i++) {
        const struct pen_expression *expression;
        assert_int_equal(pen_expression_create(rows[i].source, e.arena, &expression, NULL), PEN_OK);
        if (pen_expression_is_plain(expression) != rows[i].plain) fail_msg("%s", rows[i].why);
    }
    engine_close(&e);
}

static void too_little_memory_is_said(void **state)
{
    (void)state;
    static const struct pen_str sources[] = {PEN_STR("^[a-z]+(-[a-z" E_ACUTE "]+)*$"),
                                             PEN_STR("^[a-z]{3}$"), PEN_STR("(?!a)b")};
    for (size_t i = 0; i < PEN_COUNT_OF(sources); i++) {
        enum pen_status status = PEN_ERR_NOMEM;
        for (size_t limit = 16; status != PEN_OK; limit += 16) {
            struct pen_arena *arena = NULL;
            const struct pen_expression *expression;
            assert_true(limit < MEMORY);
            assert_int_equal(pen_arena_create(limit, 16, &arena), PEN_OK);
            status = pen_expression_create(sources[i], arena, &expression, NULL);
            assert_true(status == PEN_OK || status == PEN_ERR_NOMEM);
            pen_arena_destroy(arena);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(regular_expressions_become_automata),
        cmocka_unit_test(what_is_not_regular_goes_to_pcre2),
        cmocka_unit_test(a_class_alone_is_counted),
        cmocka_unit_test(what_grows_too_large_for_a_table_is_matched_all_the_same),
        cmocka_unit_test(searches_are_bounded_and_say_so),
        cmocka_unit_test(bad_expressions_are_refused_with_a_sentence),
        cmocka_unit_test(plain_expressions_match_nothing_that_could_do_harm),
        cmocka_unit_test(too_little_memory_is_said),
    };
    return cmocka_run_group_tests_name("expression", tests, NULL, NULL);
}
