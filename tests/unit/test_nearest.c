/** Did you mean ...? */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "filters/core/nearest.h"

static void counts_edits(void **state)
{
    (void)state;
    const struct {
        struct pen_str a;
        struct pen_str b;
        size_t distance;
    } rows[] = {
        {PEN_STR(""), PEN_STR(""), 0},
        {PEN_STR("a"), PEN_STR(""), 1},
        {PEN_STR("route"), PEN_STR("route"), 0},
        {PEN_STR("Route"), PEN_STR("route"), 0},
        {PEN_STR("rotue"), PEN_STR("route"), 1},
        {PEN_STR("rout"), PEN_STR("route"), 1},
        {PEN_STR("routes"), PEN_STR("route"), 1},
        {PEN_STR("rouhe"), PEN_STR("route"), 1},
        {PEN_STR("kitten"), PEN_STR("sitting"), 3},
        {PEN_STR("ca"), PEN_STR("abc"), 3},
    };
    for (size_t i = 0; i < PEN_COUNT_OF(rows); i++) {
        assert_int_equal(pen_nearest_distance(rows[i].a, rows[i].b), rows[i].distance);
        assert_int_equal(pen_nearest_distance(rows[i].b, rows[i].a), rows[i].distance);
    }
}

static const char *hint(struct pen_nearest *nearest, struct pen_str word)
{
    pen_nearest_init(nearest, word);
    pen_nearest_consider(nearest, PEN_S("certificate"));
    pen_nearest_consider(nearest, PEN_S("key"));
    pen_nearest_consider(nearest, PEN_S("client_ca"));
    return pen_nearest_hint(nearest);
}

static void suggests_the_closest_or_names_them_all(void **state)
{
    (void)state;
    const char *const all = "; known: certificate, key, client_ca";
    struct pen_nearest nearest;
    char long_word[200] = {0};
    assert_string_equal(hint(&nearest, PEN_S("certifcate")), "; did you mean 'certificate'?");
    assert_string_equal(hint(&nearest, PEN_S("cert")), "; did you mean 'certificate'?");
    assert_string_equal(hint(&nearest, PEN_S("keys")), "; did you mean 'key'?");
    assert_string_equal(hint(&nearest, PEN_S("clientca")), "; did you mean 'client_ca'?");
    assert_string_equal(hint(&nearest, PEN_S("password")), all);
    assert_string_equal(hint(&nearest, PEN_S("")), all);
    assert_string_equal(hint(&nearest, (struct pen_str){long_word, sizeof(long_word)}), all);
}

static void says_nothing_when_there_is_nothing_to_say(void **state)
{
    (void)state;
    struct pen_nearest nearest;
    pen_nearest_init(&nearest, PEN_S("word"));
    assert_string_equal(pen_nearest_hint(&nearest), "");
    for (size_t i = 0; i < 50; i++) {
        pen_nearest_consider(&nearest, PEN_S("something-else"));
    }
    assert_string_equal(pen_nearest_hint(&nearest), "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(counts_edits),
        cmocka_unit_test(suggests_the_closest_or_names_them_all),
        cmocka_unit_test(says_nothing_when_there_is_nothing_to_say),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
