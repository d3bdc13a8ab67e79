/** Rows, whose names the reader expects from the row before, and names that stand twice. */
#include "tests/unit/json_case.h"

static void finds_every_duplicate_whatever_its_distance(void **state)
{
    (void)state;
    /* Around the number of members from which on a table is used, and where it doubles. */
    const int counts[] = {2, 3, 15, 16, 17, 18, 31, 32, 33, 64, 65, 300};
    char memory[16384];
    for (size_t n = 0; n < PEN_COUNT_OF(counts); n++) {
        for (int twice = 0; twice < counts[n]; twice++) {
            struct pen_buf buf = pen_buf_over(memory, sizeof(memory));
            pen_buf_put(&buf, PEN_S("{\"\":0"));
            for (int i = 1; i < counts[n]; i++) {
                pen_buf_format(&buf, ",\"a name of length %d\":[{\"x\":1}]", i);
            }
            const struct pen_json *root = NULL;
            struct pen_json_error error = {0};
            const size_t all_differ = buf.len;
            pen_buf_byte(&buf, '}');
            assert_false(buf.full);
            assert_int_equal(pen_json_read(pen_buf_str(&buf), NULL, arena, &root, &error), PEN_OK);
            buf.len = all_differ;
            if (twice == 0) {
                pen_buf_put(&buf, PEN_S(",\"\":7}"));
            } else {
                pen_buf_format(&buf, ",\"\\u0061 name of length %d\":7}", twice);
            }
            assert_int_equal(pen_json_read(pen_buf_str(&buf), NULL, arena, &root, &error),
                             PEN_ERR_SYNTAX);
            assert_string_equal(error.code, "json.duplicate_name");
            assert_int_equal(error.offset, all_differ + 1);
            pen_arena_reset(arena);
        }
    }
}

static void takes_a_name_for_a_duplicate_in_its_own_object_only(void **state)
{
    (void)state;
    read_ok(PEN_S("{\"a\":{\"a\":{\"a\":[{\"a\":1},{\"a\":2}],\"b\":3}},\"b\":{\"b\":4}}"));
    const struct pen_str outer = PEN_STR("{\"a\":{\"b\":1,\"c\":[{\"d\":2}]},\"a\":0}");
    const struct pen_json *root = NULL;
    struct pen_json_error error = {0};
    assert_int_equal(pen_json_read(outer, NULL, arena, &root, &error), PEN_ERR_SYNTAX);
    assert_int_equal(error.offset, 27);
}

static const char *const records[] = {
    "{}",
    "{\"a\":1}",
    "{\"a\":\"x\"}",
    "{\"ab\":1}",
    "{\"a\":1,\"b\":2}",
    "{\"b\":2,\"a\":1}",
    "{\"a\":1,\"b\":2,\"c\":3}",
    "{ \"a\" : 1 , \"b\" : 2 }",
    "{\"\\u0061\":1,\"b\":2}",
    "{\"a\":1,\"\\u0062\":2}",
    "{\"\":0,\"\\\"\":1}",
    "{\"\xc3\xa9\":1,\"50%\":2}",
    "{\"a\":{\"b\":1,\"c\":[{\"d\":1},{\"d\":2,\"e\":3}]},\"b\":{}}",
    "{\"a\":{\"b\":1,\"d\":[{\"d\":1},{\"e\":2,\"d\":3}]},\"b\":[{\"d\":1}]}",
    "{\"a\":[[{\"d\":1}],[{\"d\":2},{}]],\"b\":[[{\"d\":1}],7]}",
    "{\"name of 14 or15\":1,\"name of 16 bytes\":2,\"name of 17 bytes.\":3}",
    "{\"name of 14 or15\":1,\"name of 16 byteS\":2,\"name of 17 bytes.\":3}",
    "{\"name of 14 or1\":1,\"name of 16 bytes\":2,\"name of 17 bytes_\":3}",
    "[{\"a\":1},{\"a\":2}]",
    "7",
};

static void require_same_tree(const struct pen_json *a, const struct pen_json *b, size_t shift)
{
    assert_int_equal(a->type, b->type);
    assert_int_equal(a->count, b->count);
    assert_int_equal(a->place.start - shift, b->place.start);
    assert_int_equal(a->place.end - shift, b->place.end);
    assert_true(pen_str_equal(a->text, b->text));
    const struct pen_json *n = b->first;
    for (const struct pen_json *m = a->first; m != NULL; m = m->next, n = n->next) {
        assert_non_null(n);
        assert_ptr_equal(m->parent, a);
        assert_int_equal(m->index, n->index);
        assert_true(pen_str_equal(m->name, n->name));
        assert_int_equal(m->plain_name, n->plain_name);
        if (a->type == PEN_JSON_OBJECT) {
            assert_int_equal(m->name_place.start - shift, n->name_place.start);
            assert_int_equal(m->name_place.end - shift, n->name_place.end);
        }
        require_same_tree(m, n, shift);
    }
    assert_null(n);
}

/* The names of a row are compared with those of the row before it. */
static void reads_rows_as_it_reads_them_alone(void **state)
{
    (void)state;
    char memory[512];
    for (size_t i = 0; i < PEN_COUNT_OF(records) * PEN_COUNT_OF(records); i++) {
        const char *const first = records[i / PEN_COUNT_OF(records)];
        const char *const second = records[i % PEN_COUNT_OF(records)];
        struct pen_buf buf = pen_buf_over(memory, sizeof(memory));
        pen_buf_format(&buf, "[%s,", first);
        const size_t shift = buf.len;
        pen_buf_format(&buf, "%s]", second);
        assert_false(buf.full);
        const struct pen_json *const root = read_ok(pen_buf_str(&buf));
        require_same_tree(root->first, read_ok((struct pen_str){first, strlen(first)}), 1);
        require_same_tree(root->first->next, read_ok((struct pen_str){second, strlen(second)}),
                          shift);
        pen_arena_reset(arena);
    }
}

/* Ids never say that two names are the same which are not. */
static void tells_names_of_rows_that_are_the_same(void **state)
{
    (void)state;
    const struct pen_json *const root =
        read_ok(PEN_S("[{\"id\":1,\"a\\u0062\":2},{\"id\":3,\"a\\u0062\":4},{\"ab\":5,\"id\":6}]"));
    const struct pen_json *const first = root->first;
    const struct pen_json *const second = first->next;
    const struct pen_json *const third = second->next;
    assert_int_not_equal(first->first->name_id, 0);
    assert_int_equal(first->first->name_id, second->first->name_id);
    assert_int_not_equal(first->first->name_id, first->first->next->name_id);
    assert_int_not_equal(third->first->name_id, first->first->name_id);
    assert_int_equal(first->name_id, 0);
}

static void finds_a_duplicate_in_a_row_like_the_one_before(void **state)
{
    (void)state;
    const struct {
        const char *why;
        struct pen_str source;
        size_t offset;
    } cases[] = {
        {"behind the names of the row before",
         PEN_STR("[{\"a\":1,\"b\":2},{\"a\":1,\"b\":2,\"a\":3}]"), 28},
        {"instead of the last name", PEN_STR("[{\"a\":1,\"b\":2},{\"a\":1,\"a\":2}]"), 22},
        {"escaped", PEN_STR("[{\"a\":1,\"b\":2},{\"a\":1,\"\\u0061\":2}]"), 22},
        {"after another name", PEN_STR("[{\"a\":1,\"b\":2},{\"c\":1,\"b\":2,\"c\":3}]"), 28},
        {"around a container", PEN_STR("[{\"a\":{\"b\":1}},{\"a\":{\"b\":1},\"a\":{}}]"), 28},
        {"in a container", PEN_STR("[{\"a\":{\"b\":1}},{\"a\":{\"b\":1,\"b\":2}}]"), 27},
        {"in a third row", PEN_STR("[{\"a\":1},{\"a\":1},{\"a\":1,\"a\":1}]"), 24},
    };
    for (size_t i = 0; i < PEN_COUNT_OF(cases); i++) {
        const struct pen_json *root = NULL;
        struct pen_json_error error = {0};
        const enum pen_status status = pen_json_read(cases[i].source, NULL, arena, &root, &error);
        if (status != PEN_ERR_SYNTAX) fail_msg("read: %s", cases[i].why);
        assert_string_equal(error.code, "json.duplicate_name");
        if (error.offset != cases[i].offset) {
            fail_msg("at %zu: %s", error.offset, cases[i].why);
        }
    }
}

static void finds_a_duplicate_among_many_names(void **state)
{
    (void)state;
    char memory[65536];
    for (int twice = 0; twice < 2; twice++) {
        struct pen_buf buf = pen_buf_over(memory, sizeof(memory));
        pen_buf_byte(&buf, '{');
        for (int i = 0; i < 2000; i++) {
            pen_buf_format(&buf, "%s\"key%d\":%d", i > 0 ? "," : "", twice && i == 1999 ? 7 : i, i);
        }
        pen_buf_byte(&buf, '}');
        assert_false(buf.full);
        const struct pen_json *root = NULL;
        struct pen_json_error error = {0};
        const enum pen_status status = pen_json_read(pen_buf_str(&buf), NULL, arena, &root, &error);
        assert_int_equal(status, twice ? PEN_ERR_SYNTAX : PEN_OK);
        if (twice) assert_string_equal(error.code, "json.duplicate_name");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(finds_every_duplicate_whatever_its_distance, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(takes_a_name_for_a_duplicate_in_its_own_object_only, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(reads_rows_as_it_reads_them_alone, set_up, tear_down),
        cmocka_unit_test_setup_teardown(tells_names_of_rows_that_are_the_same, set_up, tear_down),
        cmocka_unit_test_setup_teardown(finds_a_duplicate_in_a_row_like_the_one_before, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(finds_a_duplicate_among_many_names, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
