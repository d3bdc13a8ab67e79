/** Names that records repeat: found again, kept only where one text may stand for all. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdio.h>

#include "filters/core/known_names.h"

static void put(struct pen_known_names *known, struct pen_str name, uint32_t leaf)
{
    uint8_t *head = NULL;
    assert_null(pen_known_find(known, name, &head));
    if (head != NULL) pen_known_put(known, head, name, leaf);
}

static bool is_known(struct pen_known_names *known, struct pen_str name)
{
    uint8_t *head = NULL;
    const struct pen_known_name *const found = pen_known_find(known, name, &head);
    if (found != NULL) assert_true(pen_str_equal(found->text, name));
    return found != NULL;
}

static void finds_each_name_by_all_of_its_bytes(void **state)
{
    (void)state;
    static struct pen_known_names known;
    static const struct pen_str names[] = {
        PEN_STR("i"),
        PEN_STR("id"),
        PEN_STR("ids"),
        PEN_STR("name"),
        PEN_STR("names"),
        PEN_STR("eventName"),
        PEN_STR("eventTime"),
        PEN_STR("sourceIPAddr"),
        PEN_STR("x-amz-request-id"),
        PEN_STR("configurationIdentifierOfRecords"),
    };
    pen_known_begin(&known);
    for (uint32_t i = 0; i < PEN_COUNT_OF(names); i++) {
        put(&known, names[i], i);
    }
    for (uint32_t i = 0; i < PEN_COUNT_OF(names); i++) {
        uint8_t *head = NULL;
        const struct pen_known_name *const found = pen_known_find(&known, names[i], &head);
        assert_non_null(found);
        assert_int_equal(found->leaf, i);
    }
    /* The same ends, or the same beginning. */
    assert_false(is_known(&known, PEN_S("eventGame")));
    assert_false(is_known(&known, PEN_S("evenName")));
    assert_false(is_known(&known, PEN_S("x-amz-bequest-id")));
    assert_false(is_known(&known, PEN_S("configurationIdentifiersOfRecord")));
    pen_known_begin(&known);
    assert_false(is_known(&known, PEN_S("id")));
}

static void keeps_no_name_that_may_hold_what_is_looked_for_in_all(void **state)
{
    (void)state;
    static struct pen_known_names known;
    static const struct pen_str names[] = {
        PEN_STR("a@b.example"),                       /* a person */
        PEN_STR("n12345678901"),                      /* eleven digits: an account's, a card's */
        PEN_STR("configurationIdentifierOfRecords1"), /* 33 bytes */
    };
    pen_known_begin(&known);
    for (uint32_t i = 0; i < PEN_COUNT_OF(names); i++) {
        put(&known, names[i], i);
        assert_false(is_known(&known, names[i]));
    }
    put(&known, PEN_S("n1234567890"), 9);
    assert_true(is_known(&known, PEN_S("n1234567890")));
    assert_int_equal(known.count, 1);
}

static void is_full_at_some_time_and_knows_what_it_knew(void **state)
{
    (void)state;
    static struct pen_known_names known;
    static char names[4 * PEN_KNOWN_NAMES][16];
    size_t found = 0;
    pen_known_begin(&known);
    for (uint32_t i = 0; i < PEN_COUNT_OF(names); i++) {
        assert_true(snprintf(names[i], sizeof(names[i]), "name%u", i) > 0);
        put(&known, pen_str_from_c(names[i]), i);
    }
    for (uint32_t i = 0; i < PEN_COUNT_OF(names); i++) {
        found += is_known(&known, pen_str_from_c(names[i]));
    }
    assert_int_equal(known.count, PEN_KNOWN_NAMES);
    assert_int_equal(found, PEN_KNOWN_NAMES);
}

static void remembers_what_the_reader_calls_a_name(void **state)
{
    (void)state;
    static struct pen_known_names known;
    uint8_t *head = NULL;
    pen_known_begin(&known);
    put(&known, PEN_S("sku"), 3);
    const struct pen_known_name *const name = pen_known_find(&known, PEN_S("sku"), &head);
    pen_known_as(&known, 0, name); /* of many: not to be remembered */
    assert_int_equal(known.by_id[0], 0);
    pen_known_as(&known, 255, name);
    assert_int_equal(known.by_id[255], name->leaf);
    pen_known_begin(&known);
    assert_int_equal(known.by_id[255], 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_each_name_by_all_of_its_bytes),
        cmocka_unit_test(keeps_no_name_that_may_hold_what_is_looked_for_in_all),
        cmocka_unit_test(is_full_at_some_time_and_knows_what_it_knew),
        cmocka_unit_test(remembers_what_the_reader_calls_a_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
