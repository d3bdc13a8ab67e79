/** The chain: prefilter, thresholds, modes, exceptions, and failing closed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <string.h>

#include "filters/chain.h"
#include "filters/exception.h"
#include "filters/prose.h"

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

static void covers_exactly_the_path_and_filter_of_an_exception(void **state)
{
    (void)state;
    struct pen_arena *arena = NULL;
    const struct pen_json *root = NULL;
    assert_int_equal(pen_arena_create(65536, 4096, &arena), PEN_OK);
    assert_int_equal(
        pen_json_read(PEN_S("{\"items\":[{\"note\":\"x\"}]}"), NULL, arena, &root, NULL), PEN_OK);
    const struct pen_leaf leaf = {.node = pen_json_resolve(root, PEN_S("/items/0/note"))};
    const struct pen_finding finding = {.filter = "sqli", .leaf = &leaf};
    const struct {
        const char *why;
        struct pen_exception exception;
        bool covers;
    } rows[] = {
        {"same path", {.filter = PEN_STR("sqli"), .path = PEN_STR("/items/0/note")}, true},
        {"any index", {.filter = PEN_STR("sqli"), .path = PEN_STR("/items/*/note")}, true},
        {"other filter", {.filter = PEN_STR("path"), .path = PEN_STR("/items/*/note")}, false},
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
        if (pen_exception_covers(&rows[i].exception, 1, &finding, 100) != rows[i].covers) {
            fail_msg("%s", rows[i].why);
        }
    }
    pen_arena_destroy(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tells_prose_from_payloads),
        cmocka_unit_test(covers_exactly_the_path_and_filter_of_an_exception),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
