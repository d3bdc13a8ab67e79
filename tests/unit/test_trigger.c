/** Triggers taken apart: what stands where the whole expression stands, and nowhere misses it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "filters/core/pattern.h"
#include "filters/registry.h"
#include "filters/trigger.h"

#define MOST_FORMS 512
#define TEXT_BYTES 48

struct forms {
    struct pen_trigger_form list[MOST_FORMS];
    size_t count;
};

static struct pen_arena *arena;

static enum pen_status take(void *context, const struct pen_trigger_form *form)
{
    struct forms *const forms = context;
    assert_true(forms->count < MOST_FORMS);
    forms->list[forms->count++] = *form;
    return PEN_OK;
}

static enum pen_status compile(const char *expression, bool caseless, struct forms *forms,
                               struct pen_error *err)
{
    forms->count = 0;
    return pen_trigger_compile(pen_str_from_c(expression), caseless, arena, take, forms, err);
}

static bool factor_stands(const struct pen_trigger_form *form, struct pen_str text, size_t at)
{
    if (form->literal.len == 0) {
        return pen_trigger_has(&form->items[form->at], (unsigned char)text.ptr[at]);
    }
    const struct pen_str here = pen_str_slice(text, at, at + form->literal.len);
    return form->caseless ? pen_str_equal_fold(here, form->literal)
                          : pen_str_equal(here, form->literal);
}

static bool fires(const struct forms *forms, struct pen_str text)
{
    uint64_t steps = 0;
    for (size_t i = 0; i < forms->count; i++) {
        for (size_t at = 0; at < text.len; at++) {
            if (factor_stands(&forms->list[i], text, at)
                && pen_trigger_stands(&forms->list[i], text, at, &steps)) {
                return true;
            }
        }
    }
    return false;
}

/* The whole expression on the text alone, or as a leaf between others. */
static bool expression_stands(const struct pen_regex *regex, struct pen_scratch *scratch,
                              struct pen_str text)
{
    char wrapped[TEXT_BYTES + 2];
    memset(wrapped, PEN_TRIGGER_GAP, sizeof(wrapped));
    memcpy(wrapped + 1, text.ptr, text.len);
    struct pen_span place;
    uint64_t steps = 1000000;
    assert_int_equal(pen_regex_find(regex, scratch, text, 0, &steps, &place), PEN_OK);
    if (place.start < text.len) return true;

    const struct pen_str leaf = {wrapped, text.len + 2};
    assert_int_equal(pen_regex_find(regex, scratch, leaf, 0, &steps, &place), PEN_OK);
    return place.start < leaf.len;
}

/* A text of pieces of the expression itself, so that much of it nearly stands. */
static struct pen_str random_text(struct pen_str expression, char memory[TEXT_BYTES])
{
    static const char others[] = " \n\r\t'\"(){}[]<>=;:/\\|&$%#@!?*+-._,aeox019\x80\xe2";
    size_t len = 0;
    const size_t want = 1 + (size_t)rand() % (TEXT_BYTES - 1);
    while (len < want) {
        if (rand() % 3 == 0) {
            memory[len++] = others[(size_t)rand() % (sizeof(others) - 1)];
            continue;
        }
        const size_t start = (size_t)rand() % expression.len;
        for (size_t i = start, n = 1 + (size_t)rand() % 8; i < expression.len && n > 0; i++, n--) {
            if (expression.ptr[i] == '\\' && rand() % 4 != 0) continue;
            if (len < want) memory[len++] = expression.ptr[i];
        }
    }
    return (struct pen_str){memory, len};
}

/* Every expression of every filter against PCRE2. */
static void fires_wherever_the_expression_stands(void **state)
{
    (void)state;
    static struct forms forms;
    struct pen_patterns *none = NULL;
    struct pen_scratch *scratch = NULL;
    struct pen_error err = {.text = ""};
    size_t stood = 0;
    size_t fired = 0;
    srand(1);
    assert_int_equal(pen_patterns_create(NULL, 0, &none, &err), PEN_OK);
    assert_int_equal(pen_patterns_scratch(none, &scratch), PEN_OK);
    for (size_t f = 0; f < pen_registry_count(); f++) {
        const struct pen_filter *const filter = pen_registry_at(f);
        for (size_t t = 0; t < filter->trigger_count; t++) {
            const struct pen_trigger *const trigger = &filter->triggers[t];
            const struct pen_str expression = pen_str_from_c(trigger->pattern);
            struct pen_regex *regex = NULL;
            pen_arena_reset(arena);
            assert_int_equal(pen_regex_create(expression, trigger->caseless, &regex, &err), PEN_OK);
            assert_int_equal(compile(trigger->pattern, trigger->caseless, &forms, &err), PEN_OK);
            for (size_t round = 0; round < 3000; round++) {
                char memory[TEXT_BYTES];
                const struct pen_str text = random_text(expression, memory);
                const bool stands = expression_stands(regex, scratch, text);
                const bool fire = fires(&forms, text);
                if (stands && !fire) {
                    fail_msg("%s: %s misses \"%.*s\"", filter->name, trigger->pattern,
                             PEN_STR_ARGS(text));
                }
                stood += stands;
                fired += fire;
            }
            pen_regex_destroy(regex);
        }
    }
    pen_patterns_scratch_destroy(scratch);
    pen_patterns_destroy(none);
    /* What fires for more than it must wakes lexers for nothing. */
    assert_true(stood > 10000);
    assert_in_range(fired, stood, stood + stood / 50);
}

static void spells_alternatives_out_and_finds_what_costs_least(void **state)
{
    (void)state;
    static struct forms forms;
    struct pen_error err = {.text = ""};
    const struct {
        const char *expression;
        size_t forms;
        enum pen_trigger_factor factor; /* of the first form */
        struct pen_str literal;         /* likewise */
        char byte;                      /* likewise, of a mark */
    } rows[] = {
        {"union", 1, PEN_TRIGGER_LITERAL, PEN_STR("union"), 0},
        {"(a|b(c|d))xyz", 3, PEN_TRIGGER_LITERAL, PEN_STR("axyz"), 0},
        {"down(load|s)?ed", 3, PEN_TRIGGER_LITERAL, PEN_STR("downed"), 0},
        {"[a-z]{2,9}\\s*\\(", 1, PEN_TRIGGER_MARK, PEN_STR(""), '('},
        {"['\"`]", 1, PEN_TRIGGER_MARK, PEN_STR(""), '`'},
        {"[ +]-[a-z]", 1, PEN_TRIGGER_MARK, PEN_STR(""), '-'},
        {"(\\.[/\\\\]+){2}", 1, PEN_TRIGGER_MARK, PEN_STR(""), '/'},
        {"x{3}", 1, PEN_TRIGGER_LITERAL, PEN_STR("xxx"), 0},
        {"\\x00abcd", 1, PEN_TRIGGER_WORD, PEN_STR("abcd"), 0},
        {"<%", 1, PEN_TRIGGER_MARK, PEN_STR(""), '<'},
        {"[^a-zA-Z]union", 1, PEN_TRIGGER_WORD, PEN_STR("unio"), 0},
        {"\\bx2y", 1, PEN_TRIGGER_WORD, PEN_STR("x2y"), 0},
        {"[a-f]union", 1, PEN_TRIGGER_LITERAL, PEN_STR("union"), 0},
        {"[^a-zA-Z]?union", 1, PEN_TRIGGER_LITERAL, PEN_STR("union"), 0},
    };
    for (size_t i = 0; i < PEN_COUNT_OF(rows); i++) {
        assert_int_equal(compile(rows[i].expression, false, &forms, &err), PEN_OK);
        const struct pen_trigger_form *const form = &forms.list[0];
        if (forms.count != rows[i].forms || form->factor != rows[i].factor
            || !pen_str_equal(form->literal, rows[i].literal)) {
            fail_msg("%s: %zu forms, \"%.*s\"", rows[i].expression, forms.count,
                     PEN_STR_ARGS(form->literal));
        }
        if (form->factor == PEN_TRIGGER_MARK) {
            assert_true(pen_trigger_has(&form->items[form->at], (unsigned char)rows[i].byte));
        }
    }
}

static void looks_at_what_stands_around(void **state)
{
    (void)state;
    static struct forms forms;
    struct pen_error err = {.text = ""};
    const struct {
        const char *expression;
        struct pen_str text;
        bool fires;
    } rows[] = {
        {"^//", PEN_STR("//x"), true},
        {"^//", PEN_STR("a//x"), false},
        {"^//", PEN_STR("a\xff//x"), true},
        {"\\bdb\\.", PEN_STR("(db.x"), true},
        {"\\bdb\\.", PEN_STR("adb.x"), false},
        {"limit\\b", PEN_STR("limit 1"), true},
        {"limit\\b", PEN_STR("limits"), false},
        {"[^a-z_]or", PEN_STR("or"), true},
        {"[^a-z_]or", PEN_STR("for"), false},
        {"a[^b]{0,3}=", PEN_STR("a123="), true},
        {"a[^b]{0,3}=", PEN_STR("a12b="), false},
        {"a[^b]{0,3}=", PEN_STR("a1234="), false},
        {"[a-z]{3,}=", PEN_STR("ab="), false},
        {"[a-z]{3,}=", PEN_STR("abc="), true},
        {"(\\.[/\\\\]+){2}", PEN_STR("a.//./b"), true},
        {"(\\.[/\\\\]+){2}", PEN_STR("a.//b./"), false},
        {"x[yz]*!", PEN_STR("xyzzy!"), true},
        {"x[yz]*!", PEN_STR("xyazy!"), false},
        {".!", PEN_STR("a!"), true},
    };
    for (size_t i = 0; i < PEN_COUNT_OF(rows); i++) {
        assert_int_equal(compile(rows[i].expression, false, &forms, &err), PEN_OK);
        if (fires(&forms, rows[i].text) != rows[i].fires) {
            fail_msg("%s in \"%.*s\"", rows[i].expression, PEN_STR_ARGS(rows[i].text));
        }
    }
}

static void cases_are_told_apart_unless_it_is_caseless(void **state)
{
    (void)state;
    static struct forms forms;
    struct pen_error err = {.text = ""};
    assert_int_equal(compile("Or[x]", false, &forms, &err), PEN_OK);
    assert_false(fires(&forms, PEN_S("OR:orx:ORX")));
    assert_true(fires(&forms, PEN_S("Orx")));
    assert_int_equal(compile("Or[x]", true, &forms, &err), PEN_OK);
    assert_true(fires(&forms, PEN_S("oRX")));
    assert_int_equal(compile("[^a-z]or", true, &forms, &err), PEN_OK);
    assert_false(fires(&forms, PEN_S("door DOOR")));
    assert_true(fires(&forms, PEN_S("do OR")));
}

/* Where a look around would go on too far it says yes: the lexer decides. */
static void long_surroundings_fire(void **state)
{
    (void)state;
    static struct forms forms;
    struct pen_error err = {.text = ""};
    char text[4096];
    memset(text, 'a', sizeof(text));
    text[0] = '=';
    assert_int_equal(compile("=[a-z]+!", false, &forms, &err), PEN_OK);
    assert_true(fires(&forms, (struct pen_str){text, sizeof(text)}));
    assert_false(fires(&forms, (struct pen_str){text, 8}));
}

static void says_what_it_does_not_understand(void **state)
{
    (void)state;
    static struct forms forms;
    const struct {
        const char *expression;
        const char *message;
    } rows[] = {
        {"ab$", "understood"},     {"a{2", "count"},          {"a{9,2}", "count"},
        {"[a-z]+", "rare enough"}, {"(abc)*", "rare enough"}, {"", "rare enough"},
        {"*a", "understood"},      {"ab\\xg1", "escape"},     {"ab\\x4", "escape"},
        {"ab\\q", "escape"},       {"ab\\", "escape"},        {"ab[cd", "closed"},
    };
    for (size_t i = 0; i < PEN_COUNT_OF(rows); i++) {
        struct pen_error err = {.text = ""};
        if (compile(rows[i].expression, false, &forms, &err) != PEN_ERR_INVALID
            || strstr(err.text, rows[i].message) == NULL) {
            fail_msg("%s: %s", rows[i].expression, err.text);
        }
    }
}

static int open_arena(void **state)
{
    (void)state;
    return pen_arena_create((size_t)8 << 20, 4096, &arena) == PEN_OK ? 0 : -1;
}

static int close_arena(void **state)
{
    (void)state;
    pen_arena_destroy(arena);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fires_wherever_the_expression_stands),
        cmocka_unit_test(spells_alternatives_out_and_finds_what_costs_least),
        cmocka_unit_test(looks_at_what_stands_around),
        cmocka_unit_test(cases_are_told_apart_unless_it_is_caseless),
        cmocka_unit_test(long_surroundings_fire),
        cmocka_unit_test(says_what_it_does_not_understand),
    };
    return cmocka_run_group_tests(tests, open_arena, close_arena);
}
