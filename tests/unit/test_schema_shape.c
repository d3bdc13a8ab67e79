/** The quick way of an expression says what the engine says. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "filters/core/pattern.h"
#include "filters/schema/ecma.h"
#include "filters/schema/shape.h"

static void agrees_with_the_engine(void **state)
{
    (void)state;
    static const char *const expressions[] = {
        "^",
        "^$",
        "^a",
        "^abc$",
        "^[a-c]+$",
        "^[a-c]*x?$",
        "^\\d{2,3}-\\d+$",
        "^[0-9a-f]{4}$",
        "^[-a.]+$",
        "^[a\\-c]{2}",
        "^\\.\\$\\/$",
        "^\\w+@\\w+$",
        "^a{2,}b{0}c?$",
        "^[]a]$",
        "^a[]?b$",
        "^x[a-c]{0,2}y*$",
        "^-?[0-9]+$",
    };
    static const char *const texts[] = {
        "",      "a",    "b",     "abc",   "abcd",     "aabbcc", "12-3", "123-45", "1234-5",
        "0af9",  "0afg", "-a.-",  "a-",    "ac",       ".$/",    "ab@c", "@c",     "aac",
        "aa",    "aab",  "x",     "xaby",  "xabc",     "-12",    "12",   "--1",    "a]",
        "]a]",   "ab\n", "abc\n", "xyyy",  "\xc3\xa4", "1-2",    "x-y",  "0123",   "aaac",
        "xaayy", "ax",   "_@_",   "a@b@c", "-",        "12-",    "\0a",
    };
    struct pen_arena *arena = NULL;
    struct pen_patterns *none = NULL;
    struct pen_scratch *scratch = NULL;
    assert_int_equal(pen_arena_create((size_t)1 << 20, 4096, &arena), PEN_OK);
    assert_int_equal(pen_patterns_create(NULL, 0, &none, NULL), PEN_OK);
    assert_int_equal(pen_patterns_scratch(none, &scratch), PEN_OK);
    size_t taken = 0;
    for (size_t i = 0; i < PEN_COUNT_OF(expressions); i++) {
        const struct pen_str source = pen_str_from_c(expressions[i]);
        struct pen_str translated;
        struct pen_regex *regex = NULL;
        struct pen_error err = {0};
        struct pen_shape shape;
        assert_int_equal(pen_ecma_translate(source, arena, &translated, &err), PEN_OK);
        assert_int_equal(pen_regex_create_text(translated, &regex, &err), PEN_OK);
        if (pen_shape_read(source, &shape)) {
            taken++;
            for (size_t t = 0; t < PEN_COUNT_OF(texts); t++) {
                bool matches = false;
                uint64_t steps = 100000;
                const struct pen_str text = pen_str_from_c(texts[t]);
                assert_int_equal(pen_regex_matches(regex, scratch, text, &steps, &matches), PEN_OK);
                if (pen_shape_matches(&shape, text) != matches) {
                    fail_msg("%s of \"%s\"", expressions[i], texts[t]);
                }
            }
        }
        pen_regex_destroy(regex);
    }
    assert_true(taken > 12);
    pen_patterns_scratch_destroy(scratch);
    pen_patterns_destroy(none);
    pen_arena_destroy(arena);
}

static void leaves_to_the_engine_what_would_have_to_turn_back(void **state)
{
    (void)state;
    static const struct {
        const char *why;
        struct pen_str expression;
    } rows[] = {
        {"not tied to the beginning", PEN_STR("a+$")},
        {"what repeats may follow itself", PEN_STR("^a*ab$")},
        {"an optional part between", PEN_STR("^a+b?a$")},
        {"alternatives", PEN_STR("^a|b$")},
        {"a group", PEN_STR("^(ab)+$")},
        {"any character", PEN_STR("^.$")},
        {"a class of all others", PEN_STR("^[^a]$")},
        {"beyond ASCII", PEN_STR("^\xc3\xa4$")},
        {"a boundary", PEN_STR("^a\\b$")},
        {"a class in a range", PEN_STR("^[\\d-a]$")},
        {"an end that is not the last", PEN_STR("^a$b")},
        {"a brace that is no count", PEN_STR("^a{,3}$")},
        {"lazy", PEN_STR("^a+?$")},
    };
    for (size_t i = 0; i < PEN_COUNT_OF(rows); i++) {
        struct pen_shape shape;
        if (pen_shape_read(rows[i].expression, &shape)) fail_msg("taken: %s", rows[i].why);
    }
}

static void knows_which_texts_are_plain(void **state)
{
    (void)state;
    struct pen_shape shape;
    assert_true(pen_shape_read(PEN_S("^[A-Za-z0-9_.:-]+$"), &shape));
    assert_true(shape.is_plain);
    assert_true(pen_shape_read(PEN_S("^[a-z]+"), &shape));
    assert_false(shape.is_plain); /* anything may follow */
    assert_true(pen_shape_read(PEN_S("^[a-z]+/$"), &shape));
    assert_false(shape.is_plain);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(agrees_with_the_engine),
        cmocka_unit_test(leaves_to_the_engine_what_would_have_to_turn_back),
        cmocka_unit_test(knows_which_texts_are_plain),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
