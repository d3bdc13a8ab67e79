/** ECMA-262's expressions: what they match, which are none, and which are refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <string.h>

#include "filters/core/pattern.h"
#include "filters/schema/ecma.h"

#define STEPS     1000000
#define MEMORY    ((size_t)16 << 20)
#define DRAGON    "\xf0\x9f\x90\xb2" /* U+1F432 */
#define FEFF      "\xef\xbb\xbf"
#define LINE_SEP  "\xe2\x80\xa8" /* U+2028 */
#define PARA_SEP  "\xe2\x80\xa9" /* U+2029 */
#define E_ACUTE   "\xc3\xa9"
#define NKO_ZERO  "\xdf\x80"     /* U+07C0, a digit elsewhere */
#define LONG_S    "\xc5\xbf"     /* U+017F, folds to "s" */
#define OGHAM     "\xe1\x9a\x80" /* U+1680, a space */
#define MONGOLIAN "\xe1\xa0\x8e" /* U+180E, a space no more */

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

static bool matches(struct engine *e, struct pen_str source, struct pen_str text)
{
    struct pen_error err = {.text = ""};
    struct pen_str expression;
    struct pen_regex *regex = NULL;
    if (pen_ecma_translate(source, e->arena, &expression, &err) != PEN_OK
        || pen_regex_create_text(expression, &regex, &err) != PEN_OK) {
        fail_msg("%.*s: %s", PEN_STR_ARGS(source), err.text);
    }
    uint64_t steps = STEPS;
    bool found = false;
    assert_int_equal(pen_regex_matches(regex, e->scratch, text, &steps, &found), PEN_OK);
    pen_regex_destroy(regex);
    return found;
}

struct row {
    struct pen_str source;
    struct pen_str text;
    bool found;
};

static void check(const struct row *rows, size_t count)
{
    struct engine e = engine_open();
    for (size_t i = 0; i < count; i++) {
        if (matches(&e, rows[i].source, rows[i].text) != rows[i].found) {
            fail_msg("/%.*s/ in \"%.*s\"", PEN_STR_ARGS(rows[i].source),
                     PEN_STR_ARGS(rows[i].text));
        }
    }
    engine_close(&e);
}

static void anchors_hold_at_the_ends_of_the_text_alone(void **state)
{
    (void)state;
    static const struct row rows[] = {
        {PEN_STR("^abc$"), PEN_STR("abc"), true},     {PEN_STR("^abc$"), PEN_STR("abc\n"), false},
        {PEN_STR("b$"), PEN_STR("b\na"), false},      {PEN_STR("^b"), PEN_STR("a\nb"), false},
        {PEN_STR("es"), PEN_STR("expression"), true}, {PEN_STR(""), PEN_STR("anything"), true},
        {PEN_STR("$"), PEN_STR("A"), true},           {PEN_STR("[a-z]*$"), PEN_STR("ABC"), true},
        {PEN_STR("^$"), PEN_STR(""), true},           {PEN_STR("^$"), PEN_STR("\n"), false},
        {PEN_STR("a^b"), PEN_STR("a^b"), false},      {PEN_STR("|a"), PEN_STR("b"), true},
    };
    check(rows, PEN_COUNT_OF(rows));
}

static void a_dot_is_any_character_but_four(void **state)
{
    (void)state;
    static const struct row rows[] = {
        {PEN_STR("^.$"), PEN_STR("a"), true},        {PEN_STR("^.$"), PEN_STR("\0"), true},
        {PEN_STR("^.$"), PEN_STR(DRAGON), true},     {PEN_STR("^.$"), PEN_STR("\n"), false},
        {PEN_STR("^.$"), PEN_STR("\r"), false},      {PEN_STR("^.$"), PEN_STR(LINE_SEP), false},
        {PEN_STR("^.$"), PEN_STR(PARA_SEP), false},  {PEN_STR("^.$"), PEN_STR("\xc2\x85"), true},
        {PEN_STR("^[^]$"), PEN_STR("\n"), true},     {PEN_STR("^[^]$"), PEN_STR(DRAGON), true},
        {PEN_STR("[]"), PEN_STR("anything"), false}, {PEN_STR("^[]?$"), PEN_STR(""), true},
    };
    check(rows, PEN_COUNT_OF(rows));
}

static void classes_are_those_of_ecma(void **state)
{
    (void)state;
    static const struct row rows[] = {
        {PEN_STR("^\\d$"), PEN_STR("0"), true},
        {PEN_STR("^\\d$"), PEN_STR(NKO_ZERO), false},
        {PEN_STR("^\\D$"), PEN_STR(NKO_ZERO), true},
        {PEN_STR("^\\w$"), PEN_STR(E_ACUTE), false},
        {PEN_STR("^\\w$"), PEN_STR(LONG_S), false},
        {PEN_STR("^\\W$"), PEN_STR(E_ACUTE), true},
        {PEN_STR("^\\s$"), PEN_STR(FEFF), true},
        {PEN_STR("^\\s$"), PEN_STR("\xc2\xa0"), true},
        {PEN_STR("^\\s$"), PEN_STR(OGHAM), true},
        {PEN_STR("^\\s$"), PEN_STR(MONGOLIAN), false},
        {PEN_STR("^\\s$"), PEN_STR("\v"), true},
        {PEN_STR("^\\s$"), PEN_STR(PARA_SEP), true},
        {PEN_STR("^\\s$"), PEN_STR("\xc2\x85"), false},
        {PEN_STR("^\\S$"), PEN_STR(FEFF), false},
        {PEN_STR("^\\S$"), PEN_STR(DRAGON), true},
        {PEN_STR("^[\\S\\n]$"), PEN_STR("\n"), true},
        {PEN_STR("^[^\\S\\n]$"), PEN_STR("\n"), false},
        {PEN_STR("^[^\\S\\n]$"), PEN_STR("\t"), true},
        {PEN_STR("^[\\d\\-x]+$"), PEN_STR("1-x"), true},
        {PEN_STR("^[\\b]$"), PEN_STR("\b"), true},
        {PEN_STR("^[[^]$"), PEN_STR("^"), true},
        {PEN_STR("^[+--]+$"), PEN_STR("+,-"), true},
        {PEN_STR("\\bb"), PEN_STR("a b"), true},
        {PEN_STR("\\bb"), PEN_STR(E_ACUTE "b"), true},
        {PEN_STR("\\Bb"), PEN_STR("ab"), true},
        {PEN_STR("\\Bb"), PEN_STR(E_ACUTE "b"), false},
        {PEN_STR("s"), PEN_STR(LONG_S), false},
    };
    check(rows, PEN_COUNT_OF(rows));
}

static void escapes_stand_for_one_character(void **state)
{
    (void)state;
    static const struct row rows[] = {
        {PEN_STR("^\\cC\\cc$"), PEN_STR("\3\3"), true},
        {PEN_STR("^\\0$"), PEN_STR("\0"), true},
        {PEN_STR("^\\t\\n\\v\\f\\r$"), PEN_STR("\t\n\v\f\r"), true},
        {PEN_STR("^\\x41\\u0041\\u{41}\\u{000041}$"), PEN_STR("AAAA"), true},
        {PEN_STR("^\\ud83d\\udc32$"), PEN_STR(DRAGON), true},
        {PEN_STR("^[\\ud83d\\udc32]$"), PEN_STR(DRAGON), true},
        {PEN_STR("^\\u{1F432}*$"), PEN_STR(DRAGON DRAGON), true},
        {PEN_STR("^" DRAGON "*$"), PEN_STR(DRAGON DRAGON), true},
        {PEN_STR("^" DRAGON "*$"), PEN_STR("D"), false},
        {PEN_STR("\\ud83d"), PEN_STR(DRAGON), false},
        {PEN_STR("[\\ud83d\\udfff]"), PEN_STR(DRAGON), false},
        {PEN_STR("^[\\ud000-\\ue000]$"), PEN_STR("\xee\x80\x80"), true},
        {PEN_STR("^[^\\ud83d]$"), PEN_STR(DRAGON), true},
        {PEN_STR("^\\^\\$\\\\\\.\\*\\+\\?\\(\\)\\[\\]\\{\\}\\|\\/$"), PEN_STR("^$\\.*+?()[]{}|/"),
         true},
        {PEN_STR("#x "), PEN_STR("#x "), true},
        {PEN_STR("^~`!@%&\"';:<>,=-$"), PEN_STR("~`!@%&\"';:<>,=-"), true},
    };
    check(rows, PEN_COUNT_OF(rows));
}

static void properties_have_long_and_short_names(void **state)
{
    (void)state;
    static const struct row rows[] = {
        {PEN_STR("^\\p{Letter}\\p{L}\\p{gc=L}\\p{General_Category=Letter}$"),
         PEN_STR(E_ACUTE "a" E_ACUTE "b"), true},
        {PEN_STR("^\\p{digit}+$"), PEN_STR("\xe0\xa7\xaa\xe0\xa7\xa8"), true},
        {PEN_STR("^\\P{digit}+$"), PEN_STR("4"), false},
        {PEN_STR("^[^\\p{L}]$"), PEN_STR("1"), true},
        {PEN_STR("^[^\\p{L}1]$"), PEN_STR("1"), false},
        {PEN_STR("^[\\P{L}x]$"), PEN_STR("x"), true},
        {PEN_STR("^\\p{Script=Greek}$"), PEN_STR("\xce\xb1"), true},
        {PEN_STR("^\\p{sc=Grek}$"), PEN_STR("a"), false},
        /* U+0342 is of script Inherited and used in Greek. */
        {PEN_STR("^\\p{sc=Grek}$"), PEN_STR("\xcd\x82"), false},
        {PEN_STR("^\\p{scx=Greek}$"), PEN_STR("\xcd\x82"), true},
        {PEN_STR("^\\p{ASCII}$"), PEN_STR("\x7f"), true},
        {PEN_STR("^\\p{ASCII}$"), PEN_STR(E_ACUTE), false},
        {PEN_STR("^\\p{Any}$"), PEN_STR("\n"), true},
        {PEN_STR("^\\p{Assigned}$"), PEN_STR("\xcd\xb8"), false},
        {PEN_STR("^\\p{Emoji}$"), PEN_STR(DRAGON), true},
        {PEN_STR("^\\p{LC}$"), PEN_STR("a"), true},
    };
    check(rows, PEN_COUNT_OF(rows));
}

static void groups_and_references_work_as_in_ecma(void **state)
{
    (void)state;
    char three_hundred[300];
    memset(three_hundred, 'a', sizeof(three_hundred));
    const struct row rows[] = {
        {PEN_STR("^(a|b)\\1$"), PEN_STR("bb"), true},
        {PEN_STR("^(a|b)\\1$"), PEN_STR("ba"), false},
        {PEN_STR("^(?<x>a)(?:b)(?<y>c)\\k<y>\\k<x>$"), PEN_STR("abcca"), true},
        {PEN_STR("^(?:(a)|b)\\1$"), PEN_STR("b"), true},
        {PEN_STR("^(?:(a)|b)\\1$"), PEN_STR("a"), false},
        {PEN_STR("^(a)?\\1+$"), PEN_STR(""), true},
        {PEN_STR("^\\1(a)$"), PEN_STR("a"), true},
        {PEN_STR("^(a\\1)$"), PEN_STR("a"), true},
        {PEN_STR("^(?:(a)|\\1b)$"), PEN_STR("b"), true},
        {PEN_STR("^(?!(b))\\1a$"), PEN_STR("a"), true},
        {PEN_STR("^(?=(a+))\\1b$"), PEN_STR("aab"), true},
        {PEN_STR("^(?=(a+))a*b\\1$"), PEN_STR("baaabac"), false},
        {PEN_STR("^(?:(\\w)\\1)+$"), PEN_STR("aabb"), true},
        {PEN_STR("^(?:(\\w)\\1)+$"), PEN_STR("aaba"), false},
        {PEN_STR("^(a|b)+\\1$"), PEN_STR("abb"), true},
        {PEN_STR("^(a){0}\\1b$"), PEN_STR("b"), true},
        {PEN_STR("(?=ba)a?b"), PEN_STR("ba"), true},
        {PEN_STR("^(?!b)a{300}$"), {three_hundred, 300}, true},
        {PEN_STR("^(?!b)a{300}$"), {three_hundred, 299}, false},
        {PEN_STR("^(?!b)a{256}$"), {three_hundred, 256}, true},
        {PEN_STR("^(?!b)a{256,}$"), {three_hundred, 255}, false},
        {PEN_STR("^(?!b)a{256,257}$"), {three_hundred, 257}, true},
        {PEN_STR("^(?!b)a{256,257}$"), {three_hundred, 258}, false},
        {PEN_STR("^(?!b)a{290,}?$"), {three_hundred, 300}, true},
        {PEN_STR("(?<=\\$)\\d+"), PEN_STR("$42"), true},
        {PEN_STR("(?<=^|, )b"), PEN_STR("a, b"), true},
        {PEN_STR("(?<!a)b"), PEN_STR("ab"), false},
        {PEN_STR("^(?!.*--)[a-z-]+$"), PEN_STR("a--b"), false},
        {PEN_STR("^(?:|a)+$"), PEN_STR("aaa"), true},
        {PEN_STR("^a{2}b{1,}c{0,1}?$"), PEN_STR("aab"), true},
    };
    check(rows, PEN_COUNT_OF(rows));
}

static void what_only_annex_b_knows_is_taken(void **state)
{
    (void)state;
    static const struct row rows[] = {
        {PEN_STR("^[\\w-.]+$"), PEN_STR("a-."), true},
        {PEN_STR("^[a-z\\-\\_]+\\-\\_\\@\\ $"), PEN_STR("a-_-_@ "), true},
        {PEN_STR("^{$"), PEN_STR("{"), true},
        {PEN_STR("^a{,5}$"), PEN_STR("a{,5}"), true},
        {PEN_STR("^a{1$"), PEN_STR("a{1"), true},
        {PEN_STR("^}]$"), PEN_STR("}]"), true},
        {PEN_STR("^(?=a)*b$"), PEN_STR("b"), true},
        {PEN_STR("^(?=a)+b$"), PEN_STR("b"), false},
        {PEN_STR("^\\012\\0101[\\101]$"), PEN_STR("\n\b1A"), true},
        {PEN_STR("^[\\c_]$"), PEN_STR("\x1f"), true},
    };
    check(rows, PEN_COUNT_OF(rows));
    for (size_t i = 0; i < PEN_COUNT_OF(rows); i++) {
        if (pen_ecma_is_expression(rows[i].source)) {
            fail_msg("%.*s is one with \"u\"", PEN_STR_ARGS(rows[i].source));
        }
    }
}

static void what_is_no_expression_is_refused_with_the_place(void **state)
{
    (void)state;
    static const struct {
        struct pen_str source;
        const char *sentence;
    } rows[] = {
        {PEN_STR("^(abc]"), "at 1: a group without its ')'"},
        {PEN_STR("a)"), "at 1: ')' without its '('"},
        {PEN_STR("[a"), "at 0: a class without its ']'"},
        {PEN_STR("[b-a]"), "at 1: a range that ends before it begins"},
        {PEN_STR("a\\"), "at 1: nothing behind"},
        {PEN_STR("*a"), "at 0: nothing to repeat"},
        {PEN_STR("{2}"), "at 0: nothing to repeat"},
        {PEN_STR("a++"), "at 2: nothing to repeat"},
        {PEN_STR("a{2}{3}"), "at 4: nothing to repeat"},
        {PEN_STR("a{2,1}"), "at 1: the numbers are out of order"},
        {PEN_STR("^*"), "at 1: what stands before cannot be repeated"},
        {PEN_STR("(?<=a)*"), "at 6: what stands before cannot be repeated"},
        {PEN_STR("\\1"), "at 1: a reference to a group that does not exist"},
        {PEN_STR("(a)\\2"), "at 4: a reference"},
        {PEN_STR("\\k<a>"), "at 2: a reference"},
        {PEN_STR("\\k"), "at 2: \\k without"},
        {PEN_STR("(?<a>.)(?<a>.)"), "two groups of the same name"},
        {PEN_STR("(?<1>.)"), "a group's name"},
        {PEN_STR("(?<a"), "a group's name"},
        {PEN_STR("\\p{Foo}"), "at 2: no such Unicode property"},
        {PEN_STR("\\p{letter}"), "no such Unicode property"},
        {PEN_STR("\\p{Script=greek}"), "no such Unicode property"},
        {PEN_STR("\\pL"), "at 2: \\p without"},
        {PEN_STR("\\u{110000}"), "\\u without"},
        {PEN_STR("\\u12"), "\\u without"},
        {PEN_STR("\\x1"), "\\x without"},
        {PEN_STR("\\c1"), "\\c without"},
        {PEN_STR("[[:alpha:]]"), "no classes like [:alpha:]"},
        {PEN_STR("\xff"), "UTF-8"},
        /* Of other dialects. */
        {PEN_STR("\\A"), "an escape"},
        {PEN_STR("x\\Z"), "at 1: an escape"},
        {PEN_STR("\\z"), "an escape"},
        {PEN_STR("\\a"), "an escape"},
        {PEN_STR("\\h"), "an escape"},
        {PEN_STR("\\Qa.b\\E"), "an escape"},
        {PEN_STR("\\K"), "an escape"},
        {PEN_STR("\\R"), "an escape"},
        {PEN_STR("\\X"), "an escape"},
        {PEN_STR("(?i)abc"), "a kind of group"},
        {PEN_STR("(?i:abc)"), "a kind of group"},
        {PEN_STR("(?>a)"), "a kind of group"},
        {PEN_STR("(?#c)a"), "a kind of group"},
        {PEN_STR("(?P<n>a)"), "a kind of group"},
        {PEN_STR("(?P=n)"), "a kind of group"},
        {PEN_STR("(?R)"), "a kind of group"},
        {PEN_STR("(?1)"), "a kind of group"},
        {PEN_STR("(?|a)"), "a kind of group"},
        {PEN_STR("(a)?(?(1)b|c)"), "a kind of group"},
        {PEN_STR("(*FAIL)"), "at 1: nothing to repeat"},
    };
    struct engine e = engine_open();
    for (size_t i = 0; i < PEN_COUNT_OF(rows); i++) {
        struct pen_error err = {.text = ""};
        struct pen_str out;
        if (pen_ecma_translate(rows[i].source, e.arena, &out, &err) != PEN_ERR_SYNTAX
            || strstr(err.text, rows[i].sentence) == NULL) {
            fail_msg("%.*s: \"%s\"", PEN_STR_ARGS(rows[i].source), err.text);
        }
        if (pen_ecma_is_expression(rows[i].source)) {
            fail_msg("%.*s is none", PEN_STR_ARGS(rows[i].source));
        }
    }
    engine_close(&e);
}

static void what_pcre2_would_do_otherwise_is_refused(void **state)
{
    (void)state;
    static const struct {
        struct pen_str source;
        const char *sentence;
    } rows[] = {
        {PEN_STR("(?<=a+)b"), "at 0: PCRE2 looks behind"},
        {PEN_STR("(?<!a|b?)b"), "PCRE2 looks behind"},
        {PEN_STR("(?<=(?:a|bc)d)"), "PCRE2 looks behind"},
        {PEN_STR("(?<=a{256})b"), "PCRE2 looks behind"},
        {PEN_STR("a{65536}"), "65,535"},
        {PEN_STR("(?:(a)|b)*\\1"), "at 10: PCRE2 may remember"},
        {PEN_STR("(?:(a)?b\\1)+"), "PCRE2 may remember"},
        {PEN_STR("(a*)*\\1"), "PCRE2 may remember"},
        {PEN_STR("(?:(?=(a)))?\\1b"), "PCRE2 may remember"},
        {PEN_STR("(?<=(a))\\1"), "PCRE2 may remember"},
        {PEN_STR("(a)(?<=\\1)"), "PCRE2 may remember"},
        {PEN_STR("(?=(?:|a)*(.?))\\1"), "PCRE2 may remember"},
    };
    struct engine e = engine_open();
    for (size_t i = 0; i < PEN_COUNT_OF(rows); i++) {
        struct pen_error err = {.text = ""};
        struct pen_str out;
        if (pen_ecma_translate(rows[i].source, e.arena, &out, &err) != PEN_ERR_UNSUPPORTED
            || strstr(err.text, rows[i].sentence) == NULL) {
            fail_msg("%.*s: \"%s\"", PEN_STR_ARGS(rows[i].source), err.text);
        }
        assert_true(pen_ecma_is_expression(rows[i].source));
    }
    engine_close(&e);
}

static void depth_and_names_are_bounded(void **state)
{
    (void)state;
    char deep[1 + 2 * 101];
    memset(deep, '(', 101);
    memset(deep + 101, ')', 101);
    struct engine e = engine_open();
    struct pen_str out;
    assert_int_equal(pen_ecma_translate((struct pen_str){deep, 202}, e.arena, &out, NULL),
                     PEN_ERR_LIMIT);
    assert_int_equal(pen_ecma_translate((struct pen_str){deep + 1, 200}, e.arena, &out, NULL),
                     PEN_OK);

    char names[8 * 101 + 1];
    struct pen_buf buf = pen_buf_over(names, sizeof(names));
    for (unsigned i = 0; i < 101; i++) {
        pen_buf_format(&buf, "(?<n%02x>)", i);
    }
    assert_false(buf.full);
    assert_int_equal(pen_ecma_translate(pen_buf_str(&buf), e.arena, &out, NULL), PEN_ERR_LIMIT);
    buf.len -= 8;
    assert_int_equal(pen_ecma_translate(pen_buf_str(&buf), e.arena, &out, NULL), PEN_OK);
    engine_close(&e);
}

static void every_truncation_is_read_or_refused(void **state)
{
    (void)state;
    static const struct pen_str source = PEN_STR(
        "^(?<a>[^\\w\\-\\p{L}\\u{1F432}]{1,3}?|(?:\\x41|\\ud83d\\udc32)*)(?!\\k<a>$)(?<=\\cA)\\1");
    struct engine e = engine_open();
    for (size_t cut = 0; cut <= source.len; cut++) {
        struct pen_str out;
        const enum pen_status status =
            pen_ecma_translate(pen_str_slice(source, 0, cut), e.arena, &out, NULL);
        assert_true(status == PEN_OK || status == PEN_ERR_SYNTAX);
        assert_true(cut < source.len || status == PEN_OK);
        assert_true(status == PEN_OK || !pen_ecma_is_expression(pen_str_slice(source, 0, cut)));
    }
    engine_close(&e);
}

static void too_little_memory_is_said(void **state)
{
    (void)state;
    const struct pen_str source = PEN_S("^(a|[^\\s\\S\\p{L}x])(?=b{2,}|\\1)\\.(?<!c)$");
    enum pen_status status = PEN_ERR_NOMEM;
    for (size_t limit = 64; status != PEN_OK; limit += 16) {
        assert_true(limit < MEMORY);
        struct pen_arena *arena = NULL;
        struct pen_str out;
        assert_int_equal(pen_arena_create(limit, 16, &arena), PEN_OK);
        status = pen_ecma_translate(source, arena, &out, NULL);
        assert_true(status == PEN_OK || status == PEN_ERR_NOMEM);
        pen_arena_destroy(arena);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(anchors_hold_at_the_ends_of_the_text_alone),
        cmocka_unit_test(a_dot_is_any_character_but_four),
        cmocka_unit_test(classes_are_those_of_ecma),
        cmocka_unit_test(escapes_stand_for_one_character),
        cmocka_unit_test(properties_have_long_and_short_names),
        cmocka_unit_test(groups_and_references_work_as_in_ecma),
        cmocka_unit_test(what_only_annex_b_knows_is_taken),
        cmocka_unit_test(what_is_no_expression_is_refused_with_the_place),
        cmocka_unit_test(what_pcre2_would_do_otherwise_is_refused),
        cmocka_unit_test(depth_and_names_are_bounded),
        cmocka_unit_test(every_truncation_is_read_or_refused),
        cmocka_unit_test(too_little_memory_is_said),
    };
    return cmocka_run_group_tests_name("ecma", tests, NULL, NULL);
}
