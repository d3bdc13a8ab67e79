/** Trees that leave out what holds no text, and the list of nodes that somebody has to look at. */

#include "filters/core/json_texts.h"
#include "tests/support/sparse_tree.h"
#include "tests/unit/arena_case.h"

static const struct pen_json *read_whole(struct pen_str source)
{
    const struct pen_json *root = NULL;
    assert_int_equal(pen_json_read(source, NULL, arena, &root, NULL), PEN_OK);
    return root;
}

static const struct pen_json *read_sparse(struct pen_str source, struct pen_json_left_out *left_out)
{
    const struct pen_json *root = NULL;
    assert_int_equal(pen_json_read_sparse(source, NULL, arena, &root, left_out, NULL), PEN_OK);
    return root;
}

static size_t count_nodes(const struct pen_json *node)
{
    size_t count = 1;
    for (const struct pen_json *child = node->first; child != NULL; child = child->next) {
        count += count_nodes(child);
    }
    return count;
}

static void leaves_out_what_holds_no_text(void **state)
{
    (void)state;
    const struct {
        const char *why;
        struct pen_str source;
        size_t kept;
        struct pen_json_left_out left_out;
    } rows[] = {
        {"a number alone", PEN_STR("7"), 1, {0}},
        {"numbers behind the first", PEN_STR("[1,22,-3.5,4]"), 2, {.number_bytes = 4}},
        {"words and empty strings", PEN_STR("[true,false,null,\"\"]"), 2, {0}},
        {"texts stay", PEN_STR("[1,2,\"a\",3,\"b\"]"), 4, {.number_bytes = 1}},
        {"members stay", PEN_STR("{\"a\":1,\"\":2,\"b\":null}"), 4, {0}},
        {"arrays of nothing", PEN_STR("[[],[[]],{}]"), 1, {.depth = 3, .children = 1}},
        {"the root stays", PEN_STR("[[[[],[[]]]]]"), 1, {.depth = 5, .children = 2}},
        {"objects", PEN_STR("[[[{},{}]]]"), 1, {.depth = 4, .children = 2}},
        {"what stands at a name", PEN_STR("{\"a\":[{},[]]}"), 2, {.depth = 3}},
        {"unless they have members", PEN_STR("[[[{\"\":0},{}]]]"), 5, {.depth = 4}},
        {"what follows keeps its place", PEN_STR("[[[[],[],\"x\",[]]]]"), 4, {.depth = 4}},
        {"a text deep inside",
         PEN_STR("[[[[[[[\"x\"]]]],[[[[]]]]]]]"),
         8,
         {.depth = 7, .children = 1}},
    };
    for (size_t i = 0; i < PEN_COUNT_OF(rows); i++) {
        struct pen_json_left_out left_out;
        const struct pen_json *const sparse = read_sparse(rows[i].source, &left_out);
        if (!pen_tree_is_sparse_of(sparse, read_whole(rows[i].source))) fail_msg("%s", rows[i].why);
        if (count_nodes(sparse) != rows[i].kept || left_out.depth != rows[i].left_out.depth
            || left_out.children != rows[i].left_out.children
            || left_out.number_bytes != rows[i].left_out.number_bytes) {
            fail_msg("%s: %zu nodes; depth %u, children %u, number %zu", rows[i].why,
                     count_nodes(sparse), left_out.depth, left_out.children, left_out.number_bytes);
        }
    }
}

static void counts_what_it_leaves_out(void **state)
{
    (void)state;
    const struct pen_json_limits limits = {.nodes = 5, .depth = 4};
    const struct {
        struct pen_str source;
        enum pen_status status;
    } rows[] = {
        {PEN_STR("[1,2,3,4]"), PEN_OK},
        {PEN_STR("[1,2,3,4,5]"), PEN_ERR_LIMIT},
        {PEN_STR("[[[[]]]]"), PEN_OK},
        {PEN_STR("[[[[[]]]]]"), PEN_ERR_LIMIT},
    };
    for (size_t i = 0; i < PEN_COUNT_OF(rows); i++) {
        const struct pen_json *root = NULL;
        struct pen_json_left_out left_out;
        assert_int_equal(
            pen_json_read_sparse(rows[i].source, &limits, arena, &root, &left_out, NULL),
            rows[i].status);
    }
}

/* Long enough to be read by blocks, with numbers, nests and texts where a block of nodes ends. */
static void counts_values_without_a_node_up_to_the_limit(void **state)
{
    (void)state;
    char memory[1024];
    struct pen_buf buf = pen_buf_over(memory, sizeof(memory));
    pen_buf_put(&buf, PEN_S("[0"));
    uint32_t values = 2;
    for (uint32_t i = 0; i < 40; i++) {
        pen_buf_put(&buf, i % 9 == 4 ? PEN_S(",[[],[1.5]],\"t\"") : PEN_S(",7,12.25"));
        values += i % 9 == 4 ? 5 : 2;
    }
    pen_buf_byte(&buf, ']');
    assert_false(buf.full);
    for (uint32_t most = 1; most <= values + 1; most++) {
        const struct pen_json_limits limits = {.nodes = most};
        const enum pen_status expected = most < values ? PEN_ERR_LIMIT : PEN_OK;
        const struct pen_json *root = NULL;
        struct pen_json_left_out left_out;
        const struct pen_str source = pen_buf_str(&buf);
        assert_int_equal(pen_json_read(source, &limits, arena, &root, NULL), expected);
        assert_int_equal(pen_json_read_sparse(source, &limits, arena, &root, &left_out, NULL),
                         expected);
    }
}

/* As many that blocks begin and end everywhere among them. */
static void keeps_texts_among_many_others(void **state)
{
    (void)state;
    static char memory[32768];
    struct pen_buf buf = pen_buf_over(memory, sizeof(memory));
    pen_buf_put(&buf, PEN_S("[0"));
    for (uint32_t i = 0; i < 2000; i++) {
        const char *const odd = i % 7 == 0 ? ",[[[[[]]]]]" : i % 5 == 0 ? ",{\"k\":[9]}" : ",8";
        pen_buf_put(&buf, pen_str_from_c(i % 3 == 0 ? ",\"t\"" : odd));
    }
    pen_buf_byte(&buf, ']');
    assert_false(buf.full);
    struct pen_json_left_out left_out;
    const struct pen_json *const sparse = read_sparse(pen_buf_str(&buf), &left_out);
    assert_true(pen_tree_is_sparse_of(sparse, read_whole(pen_buf_str(&buf))));
}

/* Of more arrays than a block has nodes, again and again. */
static void leaves_out_nests_of_any_depth(void **state)
{
    (void)state;
    static char memory[32768];
    struct pen_buf buf = pen_buf_over(memory, sizeof(memory));
    pen_buf_put(&buf, PEN_S("[[]"));
    for (int nest = 0; nest < 100; nest++) {
        pen_buf_byte(&buf, ',');
        for (int n = 0; n < 120; n++) {
            pen_buf_byte(&buf, '[');
        }
        for (int n = 0; n < 120; n++) {
            pen_buf_byte(&buf, ']');
        }
    }
    pen_buf_byte(&buf, ']');
    assert_false(buf.full);
    struct pen_json_left_out left_out;
    const struct pen_json *const sparse = read_sparse(pen_buf_str(&buf), &left_out);
    assert_int_equal(sparse->count, 101);
    assert_null(sparse->first);
    assert_int_equal(left_out.depth, 121);
    assert_true(pen_arena_used(arena) < 32768); /* a few blocks, used again for every nest */
}

static void lists_texts_in_the_order_of_the_document(void **state)
{
    (void)state;
    const struct pen_json *const root = read_whole(PEN_S(
        "{\"a\":1,\"b\":[[[\"c\",\"\",[1,2],[]]]],\"d\":{\"e\":{}},\"\":[],\"\\u007a\":\"x\"}"));
    char memory[256];
    struct pen_buf list = pen_buf_over(memory, sizeof(memory));
    struct pen_json_texts texts = pen_json_texts(root);
    const struct pen_json *node = NULL;
    while ((node = pen_json_texts_next(&texts)) != NULL) {
        pen_buf_put(&list, node->name);
        pen_buf_byte(&list, ':');
        pen_buf_put(&list, node->text);
        if (node->type == PEN_JSON_ARRAY) pen_buf_byte(&list, '[');
        if (node->type == PEN_JSON_OBJECT) pen_buf_byte(&list, '{');
        pen_buf_byte(&list, ' ');
    }
    const struct pen_str found = pen_buf_str(&list);
    if (!pen_str_equal(found, PEN_S(":{ a:1 b:[ :[ :c :[ d:{ e:{ :[ z:x "))) {
        fail_msg("%.*s", PEN_STR_ARGS(found));
    }
}

static void tells_plain_texts(void **state)
{
    (void)state;
    const struct {
        struct pen_str source;
        bool plain;
    } rows[] = {
        {PEN_STR("\"\""), true},
        {PEN_STR("\"an ordinary text of more than thirty-two bytes\""), true},
        {PEN_STR("\"%\""), false},
        {PEN_STR("\"an ordinary text & another of more bytes\""), false},
        {PEN_STR("\"an ordinary text of more than thirty-two +\""), false},
        {PEN_STR("\"\\n\""), false},
        {PEN_STR("\"\xc3\xa9\""), false},
    };
    for (size_t i = 0; i < PEN_COUNT_OF(rows); i++) {
        if (read_whole(rows[i].source)->plain_text != rows[i].plain) {
            fail_msg("%.*s", PEN_STR_ARGS(rows[i].source));
        }
    }
    /* What stands behind a string is not in it. */
    const struct pen_json *const root = read_whole(PEN_S("{\"a\":\"b\",\"%\":\"c\",\"d\":\"&\"}"));
    assert_true(root->first->plain_name && root->first->plain_text);
    assert_false(root->first->next->plain_name);
    assert_true(root->first->next->plain_text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(leaves_out_what_holds_no_text, set_up, tear_down),
        cmocka_unit_test_setup_teardown(counts_what_it_leaves_out, set_up, tear_down),
        cmocka_unit_test_setup_teardown(counts_values_without_a_node_up_to_the_limit, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(keeps_texts_among_many_others, set_up, tear_down),
        cmocka_unit_test_setup_teardown(leaves_out_nests_of_any_depth, set_up, tear_down),
        cmocka_unit_test_setup_teardown(lists_texts_in_the_order_of_the_document, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(tells_plain_texts, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
