/** What a GraphQL document asks for, in numbers. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <string.h>

#include "filters/graphql_cost.h"

static struct pen_arena *arena;

static int set_up(void **state)
{
    (void)state;
    return pen_arena_create((size_t)64 << 20, 4096, &arena) == PEN_OK ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    pen_arena_destroy(arena);
    return 0;
}

static const struct pen_json *read_ok(struct pen_str source)
{
    struct pen_graphql graphql = {0};
    assert_int_equal(pen_graphql_read(source, NULL, arena, &graphql, NULL), PEN_OK);
    return graphql.root;
}

static void counts_what_is_written_and_what_it_expands_to(void **state)
{
    (void)state;
    static const struct {
        const char *why;
        struct pen_str document;
        uint64_t depth;
        uint64_t fields;
        uint64_t expanded;
        uint64_t aliases;
        uint64_t directives;
    } rows[] = {
        {"one field", PEN_STR("{a}"), 1, 1, 1, 0, 0},
        {"siblings are not deeper", PEN_STR("{a{b}c{d}e}"), 2, 5, 5, 0, 0},
        {"values are no fields", PEN_STR("query($a:T={b:{c:1}}){a(b:{c:{d:[{e:1}]}})}"), 1, 1, 1, 0,
         0},
        {"an alias is one wherever it stands", PEN_STR("{a:b{c:d}...{e:f}}"), 2, 3, 3, 3, 0},
        {"an argument called 'alias' is none", PEN_STR("{a(alias:1)}"), 1, 1, 1, 0, 0},
        {"inline fragments add no depth", PEN_STR("{...{...{a{...{b}}}}}"), 2, 2, 2, 0, 0},
        {"a fragment stands where it is spread", PEN_STR("{a{b{...F}}}fragment F on T{c{d}}"), 4, 4,
         4, 0, 0},
        {"and each time", PEN_STR("{...F a{...F}}fragment F on T{b}"), 2, 2, 3, 0, 0},
        {"a fragment before its use, in another",
         PEN_STR("fragment G on T{c}fragment F on T{b{...G}...G}{a{...F}}"), 3, 3, 4, 0, 0},
        {"one that nothing spreads costs nothing", PEN_STR("{a}fragment F on T{b{c{d}}}"), 1, 4, 1,
         0, 0},
        {"one that is not there", PEN_STR("{a{...F}}"), 1, 1, 1, 0, 0},
        {"the costliest operation counts", PEN_STR("query A{a}query B{b{c}}query C{d e f}"), 2, 6,
         3, 0, 0},
        {"directives count at one place",
         PEN_STR("query @a @b {c @d e @f @g @h(i:J) {k @l} ...@m @n{o}}"), 2, 4, 4, 0, 3},
        {"those of a variable, too", PEN_STR("query($a:T @b @c){d}"), 1, 1, 1, 0, 2},
    };
    for (size_t i = 0; i < PEN_COUNT_OF(rows); i++) {
        struct pen_graphql_cost cost;
        assert_int_equal(pen_graphql_count(read_ok(rows[i].document), arena, &cost), PEN_OK);
        if (cost.depth.value != rows[i].depth || cost.fields.value != rows[i].fields
            || cost.expanded.value != rows[i].expanded || cost.aliases.value != rows[i].aliases
            || cost.directives.value != rows[i].directives || cost.cycle != NULL
            || cost.twice != NULL || cost.schema != NULL) {
            fail_msg("%s: depth %llu, fields %llu, expanded %llu, aliases %llu, directives %llu",
                     rows[i].why, (unsigned long long)cost.depth.value,
                     (unsigned long long)cost.fields.value, (unsigned long long)cost.expanded.value,
                     (unsigned long long)cost.aliases.value,
                     (unsigned long long)cost.directives.value);
        }
    }
}

static void circles_end(void **state)
{
    (void)state;
    static const struct {
        struct pen_str document;
        struct pen_str spread; /* through which the circle closes; empty: there is none */
    } rows[] = {
        {PEN_STR("{...A}fragment A on T{...A}"), PEN_STR("...A")},
        {PEN_STR("{a}fragment A on T{...B}fragment B on T{...A}"), PEN_STR("...A")},
        {PEN_STR("{...A}fragment A on T{b{...B}}fragment B on T{c ...C}fragment C on T{...B}"),
         PEN_STR("...B")},
        {PEN_STR("{...A ...A ...B}fragment A on T{...B}fragment B on T{c}"), PEN_STR("")},
        {PEN_STR("{...A}fragment A on T{...B ...C}fragment B on T{...C}fragment C on T{d}"),
         PEN_STR("")},
    };
    for (size_t i = 0; i < PEN_COUNT_OF(rows); i++) {
        struct pen_graphql_cost cost;
        assert_int_equal(pen_graphql_count(read_ok(rows[i].document), arena, &cost), PEN_OK);
        const struct pen_str spread = cost.cycle == NULL ? PEN_S("") : cost.cycle->name;
        if (!pen_str_equal(spread, rows[i].spread)) {
            fail_msg("%.*s: '%.*s'", PEN_STR_ARGS(rows[i].document), PEN_STR_ARGS(spread));
        }
    }
}

/* A chain of fragments as long as may be: nothing recurses, and each is walked once. */
static void a_long_chain_of_fragments_costs_its_length(void **state)
{
    (void)state;
    enum { LINKS = 20000, ROOM = LINKS * 48 };
    char *const memory = pen_arena_bytes(arena, ROOM);
    assert_non_null(memory);
    struct pen_buf buf = pen_buf_over(memory, ROOM);
    pen_buf_put(&buf, PEN_S("{...F0}"));
    for (int i = 0; i < LINKS; i++) {
        pen_buf_format(&buf, "fragment F%d on T{a ...F%d}", i, i + 1);
    }
    assert_false(buf.full);
    struct pen_graphql_cost cost;
    assert_int_equal(pen_graphql_count(read_ok(pen_buf_str(&buf)), arena, &cost), PEN_OK);
    assert_int_equal(cost.expanded.value, LINKS);
    assert_int_equal(cost.depth.value, 1);
    assert_null(cost.cycle);
    assert_true(cost.steps < 10 * LINKS);
}

static void a_number_too_large_stays_the_largest(void **state)
{
    (void)state;
    char memory[8192];
    struct pen_buf buf = pen_buf_over(memory, sizeof(memory));
    pen_buf_put(&buf, PEN_S("{...F0}fragment F99 on T{a}"));
    for (int i = 0; i < 99; i++) {
        pen_buf_format(&buf, "fragment F%d on T{...F%d b{...F%d}}", i, i + 1, i + 1);
    }
    assert_false(buf.full);
    struct pen_graphql_cost cost;
    assert_int_equal(pen_graphql_count(read_ok(pen_buf_str(&buf)), arena, &cost), PEN_OK);
    assert_true(cost.expanded.value == UINT64_MAX);
    assert_int_equal(cost.depth.value, 100);
}

static void gives_up_cleanly_without_memory(void **state)
{
    (void)state;
    const struct pen_json *const root =
        read_ok(PEN_S("query A{...F}query B{a}fragment F on T{...G}fragment G on T{b}"));
    enum pen_status status = PEN_ERR_NOMEM;
    for (size_t limit = 0; status != PEN_OK; limit += 64) {
        struct pen_arena *small = NULL;
        struct pen_graphql_cost cost;
        if (pen_arena_create(limit, 64, &small) != PEN_OK) continue;
        status = pen_graphql_count(root, small, &cost);
        if (status != PEN_OK) assert_int_equal(status, PEN_ERR_NOMEM);
        pen_arena_destroy(small);
        assert_true(limit < 65536);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(counts_what_is_written_and_what_it_expands_to, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(circles_end, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_long_chain_of_fragments_costs_its_length, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_number_too_large_stays_the_largest, set_up, tear_down),
        cmocka_unit_test_setup_teardown(gives_up_cleanly_without_memory, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
