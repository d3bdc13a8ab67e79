/** Path traversal: names that leave their folder, and paths that are only mentioned. */
#include "tests/unit/filter_case.h"

static struct filter_case it;

static int set_up(void **state)
{
    (void)state;
    filter_case_open(&it, NULL);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    filter_case_close(&it);
    return 0;
}

static void blocks_names_that_leave_their_folder(void **state)
{
    (void)state;
    static const struct {
        const char *why;
        struct pen_str text;
    } rows[] = {
        {"plain", PEN_STR("../../etc/passwd")},
        {"backslashes", PEN_STR("..\\..\\windows\\win.ini")},
        {"mixed slashes", PEN_STR("..\\../..\\../x")},
        {"behind a harmless start", PEN_STR("img/../../../../etc/shadow")},
        {"percent", PEN_STR("%2e%2e%2f%2e%2e%2fx")},
        {"percent twice", PEN_STR("%252e%252e%252f%252e%252e%252fx")},
        {"overlong UTF-8", PEN_STR("%c0%ae%c0%ae/%c0%ae%c0%ae/x")},
        {"IIS", PEN_STR("..%u2215..%u2215x")},
        {"hex words", PEN_STR("0x2e0x2e0x2f0x2e0x2e0x2fx")},
        {"dots that collapse", PEN_STR("....//....//x")},
        {"absolute", PEN_STR("/etc/passwd")},
        {"drive", PEN_STR("C:\\Windows\\system32\\drivers")},
        {"wrapper", PEN_STR("php://filter/convert.base64-encode/resource=index")},
        {"NUL before a suffix", PEN_STR("report.php%00.jpg")},
    };
    for (size_t i = 0; i < PEN_COUNT_OF(rows); i++) {
        const struct pen_judgement judgement = filter_case_text(&it, rows[i].text);
        if (judgement.verdict != PEN_BLOCK) {
            fail_msg("%s: %s %s", rows[i].why, pen_verdict_name(judgement.verdict),
                     judgement.reason);
        }
    }
}

static void stays_silent_on_ordinary_paths_and_texts(void **state)
{
    (void)state;
    static const struct pen_str rows[] = {
        PEN_STR("../img/a.png"),
        PEN_STR("see ../../docs/x.md and ../y, please"),
        PEN_STR("and/or"),
        PEN_STR("wait..."),
        PEN_STR("1..2"),
        PEN_STR("main...feature"),
        PEN_STR("The file /etc/hosts is read by the resolver."),
        PEN_STR("https://example.com/a/b/../c"),
        PEN_STR("photos/2026/11/24/cat.jpg"),
        PEN_STR("./a/b/c"),
        PEN_STR("100%"),
    };
    for (size_t i = 0; i < PEN_COUNT_OF(rows); i++) {
        const struct pen_judgement judgement = filter_case_text(&it, rows[i]);
        if (judgement.verdict == PEN_BLOCK) {
            fail_msg("%.*s: %s", PEN_STR_ARGS(rows[i]), judgement.reason);
        }
    }
}

static void names_the_leaf_that_was_decoded(void **state)
{
    (void)state;
    const struct pen_event_input input = {
        .body = PEN_STR("{\"Records\":[{\"s3\":{\"object\":{\"key\":\"%2e%2e/%2e%2e/x\"}}}]}"),
        .body_kind = PEN_BODY_JSON};
    const struct pen_judgement judgement = filter_case_event(&it, &input);
    assert_int_equal(judgement.verdict, PEN_BLOCK);
    char memory[128];
    struct pen_buf path = pen_buf_over(memory, sizeof(memory));
    pen_leaf_path(judgement.finding->leaf, &path);
    assert_true(pen_str_equal(pen_buf_str(&path), PEN_S("/Records/0/s3/object/key")));
    assert_int_equal(judgement.finding->leaf->coding, PEN_CODING_PERCENT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(blocks_names_that_leave_their_folder, set_up, tear_down),
        cmocka_unit_test_setup_teardown(stays_silent_on_ordinary_paths_and_texts, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(names_the_leaf_that_was_decoded, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
