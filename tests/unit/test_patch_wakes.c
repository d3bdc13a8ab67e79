/** Which rules a text wakes, and the set of numbers that they are noted in. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <string.h>

#include "filters/patch_wakes.h"

#define MANY 1000000 /* steps that no test uses up */

struct kit {
    struct pen_arena *arena;
    struct pen_wakes *wakes;
    struct pen_patterns *none; /* a scratch belongs to some patterns first */
    struct pen_scratch *scratch;
};

static const struct pen_wake some[] = {
    {PEN_STR("jndi:"), true, 7},    {PEN_STR("jndi:"), true, 2}, {PEN_STR("JNDI:"), true, 65535},
    {PEN_STR("jndi:"), false, 300}, {PEN_STR("${"), false, 2},
};

static int set_up(void **state)
{
    static struct kit kit;
    static struct pen_wake list[PEN_COUNT_OF(some)];
    struct pen_error err = {.text = ""};
    memcpy(list, some, sizeof(some)); /* it is sorted in place */
    *state = &kit;
    return pen_arena_create((size_t)4 << 20, 4096, &kit.arena) == PEN_OK
                   && pen_wakes_create(list, PEN_COUNT_OF(list), kit.arena, &kit.wakes, &err)
                          == PEN_OK
                   && pen_patterns_create(NULL, 0, &kit.none, &err) == PEN_OK
                   && pen_patterns_scratch(kit.none, &kit.scratch) == PEN_OK
                   && pen_wakes_prepare(kit.wakes, kit.scratch) == PEN_OK
               ? 0
               : -1;
}

static int tear_down(void **state)
{
    const struct kit *const kit = *state;
    pen_patterns_scratch_destroy(kit->scratch);
    pen_patterns_destroy(kit->none);
    pen_arena_destroy(kit->arena);
    return 0;
}

static void expect_rules(const struct kit *kit, struct pen_str text, const uint32_t *rules,
                         size_t count)
{
    struct pen_patch_bits woken;
    uint64_t steps = MANY;
    uint32_t rule = 0;
    pen_patch_bits_clear(&woken);
    assert_int_equal(pen_wakes_rules(kit->wakes, kit->scratch, text, &steps, &woken), PEN_OK);
    for (size_t i = 0; i < count; i++) {
        assert_true(pen_patch_bits_take(&woken, &rule));
        assert_int_equal(rule, rules[i]);
    }
    assert_false(pen_patch_bits_take(&woken, &rule));
}

static void a_literal_wakes_all_rules_that_asked_for_it(void **state)
{
    expect_rules(*state, PEN_S("a jNdI: b"), (const uint32_t[]){2, 7, 65535}, 3);
    expect_rules(*state, PEN_S("a jndi: b"), (const uint32_t[]){2, 7, 300, 65535}, 4);
    expect_rules(*state, PEN_S("${"), (const uint32_t[]){2}, 1);
    expect_rules(*state, PEN_S("jndi ${"), (const uint32_t[]){2}, 1);
    expect_rules(*state, PEN_S("$ {jndi"), NULL, 0);
    expect_rules(*state, PEN_S(""), NULL, 0);
}

static void a_search_ends_when_its_steps_do(void **state)
{
    const struct kit *const kit = *state;
    struct pen_patch_bits woken;
    const struct pen_str text = PEN_STR("${ ${ ${ ${ ${");
    uint64_t steps = 3; /* of the five literals; the rule that the first wakes takes one, too */
    pen_patch_bits_clear(&woken);
    assert_int_equal(pen_wakes_rules(kit->wakes, kit->scratch, text, &steps, &woken),
                     PEN_ERR_LIMIT);
    assert_int_equal(steps, 0);
    steps = 6;
    assert_int_equal(pen_wakes_rules(kit->wakes, kit->scratch, text, &steps, &woken), PEN_OK);
    assert_int_equal(steps, 0);
}

static void marks_the_parts_of_a_text_in_which_a_literal_ends(void **state)
{
    const struct kit *const kit = *state;
    const struct pen_str text = PEN_STR("jndi:" /* 5 */
                                        "--"    /* 7 */
                                        "${"    /* 9 */
                                        "jn"    /* 11 */
                                        "di:"); /* 14 */
    const size_t ends[] = {5, 7, 9, 11, 14};
    uint64_t marks[] = {0, 0, 1, 0, 0};
    uint64_t steps = MANY;
    assert_int_equal(pen_wakes_parts(kit->wakes, kit->scratch, text, ends, 5, &steps, 4, marks),
                     PEN_OK);
    const uint64_t expected[] = {4, 0, 5, 0, 4};
    assert_memory_equal(marks, expected, sizeof(expected));
    assert_int_equal(pen_wakes_parts(kit->wakes, kit->scratch, text, ends, 0, &steps, 4, marks),
                     PEN_OK);
    steps = 1;
    assert_int_equal(pen_wakes_parts(kit->wakes, kit->scratch, text, ends, 5, &steps, 4, marks),
                     PEN_ERR_LIMIT);
}

static void more_texts_than_there_are_numbers_are_refused(void **state)
{
    const struct kit *const kit = *state;
    static struct pen_wake list[PEN_WAKES_MOST + 1];
    struct pen_wakes *wakes = NULL;
    struct pen_error err = {.text = ""};
    for (size_t i = 0; i < PEN_COUNT_OF(list); i++) {
        list[i] = (struct pen_wake){PEN_STR("ab"), false, (uint32_t)(i % PEN_PATCH_BITS)};
    }
    assert_int_equal(pen_wakes_create(list, PEN_COUNT_OF(list), kit->arena, &wakes, &err),
                     PEN_ERR_LIMIT);
    assert_non_null(strstr(err.text, "at most 65536"));
    assert_int_equal(pen_wakes_create(list, PEN_WAKES_MOST, kit->arena, &wakes, &err), PEN_OK);
}

static void a_set_gives_back_each_number_once_in_their_order(void **state)
{
    (void)state;
    static const uint32_t numbers[] = {65535, 0, 64, 63, 4096, 4095, 1, 64, 0};
    static const uint32_t sorted[] = {0, 1, 63, 64, 4095, 4096, 65535};
    struct pen_patch_bits bits;
    uint32_t number = 0;
    memset(&bits, 0xa5, sizeof(bits)); /* as a stack may be */
    pen_patch_bits_clear(&bits);
    for (size_t i = 0; i < PEN_COUNT_OF(numbers); i++) {
        assert_true(pen_patch_bits_add(&bits, numbers[i]) == (i < PEN_COUNT_OF(sorted)));
    }
    for (size_t i = 0; i < PEN_COUNT_OF(sorted); i++) {
        assert_true(pen_patch_bits_take(&bits, &number));
        assert_int_equal(number, sorted[i]);
    }
    assert_false(pen_patch_bits_take(&bits, &number));
    assert_true(pen_patch_bits_add(&bits, 64));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_literal_wakes_all_rules_that_asked_for_it),
        cmocka_unit_test(a_search_ends_when_its_steps_do),
        cmocka_unit_test(marks_the_parts_of_a_text_in_which_a_literal_ends),
        cmocka_unit_test(more_texts_than_there_are_numbers_are_refused),
        cmocka_unit_test(a_set_gives_back_each_number_once_in_their_order),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
