/** Path traversal: names that leave their folder, and paths that are only mentioned. */
#include "tests/unit/filter_alone.h"

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
        {"drive", PEN_STR("C:\\Windows\\win.ini")},
        {"drive without a slash", PEN_STR("c:windows/system32/x")},
        {"path parameters", PEN_STR("..;/..;/x")},
        {"control bytes", PEN_STR("..%01/..%01/..%01/x")},
        {"five bytes for a dot", PEN_STR("%f8%80%80%80%ae%f8%80%80%80%ae/x")},
        {"digits beyond f", PEN_STR("..%c0%9v..%c0%9vx")},
        {"half encoded twice", PEN_STR("%%32%65%%32%65/x")},
        {"above the root", PEN_STR("/../x")},
        {"a parameter of a URL", PEN_STR("https://a.example/get?f=../../../x&b=1")},
        {"settings of a server", PEN_STR("/etc/httpd/conf/httpd.conf")},
        {"a process", PEN_STR("/proc/1/environ")},
        {"a log", PEN_STR("/var/log/httpd/access_log")},
        {"wrapper", PEN_STR("php://filter/convert.base64-encode/resource=index")},
        {"NUL before a suffix", PEN_STR("report.php%00.jpg")},
        {"a stream of NTFS", PEN_STR("web.config::$DATA")},
        {"a segment that ASP.NET drops", PEN_STR("/a/(S(x))/../(S(x))/b.aspx")},
        {"slashes that were dropped", PEN_STR("file:........................etcpasswd")},
        {"joined to a folder", PEN_STR("in//etc/httpd/httpd.conf")},
        {"a page above", PEN_STR("../config.inc.php")},
        {"a step up behind a name", PEN_STR("x/../../../y")},
        {"slashes twice", PEN_STR("..///x")},
        {"a line break that is dropped", PEN_STR("..%0d/..%0d/etc/passwd")},
        {"a key at home", PEN_STR("~/.ssh/id_rsa")},
        {"a pod's token", PEN_STR("/var/run/secrets/kubernetes.io/serviceaccount/token")},
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
        PEN_STR("github.com/example/tool/..."),
        PEN_STR("config/php.ini"),
        PEN_STR("/dev/termination-log"),
        PEN_STR("C:\\Windows\\System32\\svchost.exe"),
        PEN_STR("\\\\server\\share\\a.txt"),
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

static void a_log_record_names_its_file(void **state)
{
    (void)state;
    const struct {
        enum pen_verdict verdict;
        struct pen_str body;
    } rows[] = {
        {PEN_BLOCK, PEN_STR("{\"file\":\"/var/log/messages.log\"}")},
        {PEN_FLAG, PEN_STR("{\"logGroup\":\"/var/log/messages.log\"}")},
        {PEN_FLAG, PEN_STR("{\"log\":{\"file\":{\"path\":\"/var/log/nginx/error.log\"}}}")},
        {PEN_BLOCK, PEN_STR("{\"logGroup\":\"/etc/passwd\"}")},
    };
    for (size_t i = 0; i < PEN_COUNT_OF(rows); i++) {
        const struct pen_event_input input = {.body = rows[i].body, .body_kind = PEN_BODY_JSON};
        if (filter_case_event(&it, &input).verdict != rows[i].verdict) {
            fail_msg("%.*s", PEN_STR_ARGS(rows[i].body));
        }
    }
}

static void the_name_of_a_stored_object_never_climbs(void **state)
{
    (void)state;
    const struct {
        enum pen_verdict verdict;
        struct pen_str body;
    } rows[] = {
        {PEN_BLOCK, PEN_STR("{\"s3\":{\"object\":{\"key\":\"../x.png\"}}}")},
        {PEN_BLOCK, PEN_STR("{\"s3\":{\"object\":{\"key\":\"in/../../x.png\"}}}")},
        {PEN_BLOCK, PEN_STR("{\"subject\":\"/blobServices/default/containers/c/blobs/../../x\"}")},
        {PEN_BLOCK, PEN_STR("{\"subject\":\"objects/../x\"}")},
        {PEN_BLOCK, PEN_STR("{\"resource\":\"arn:aws:s3:::b/a/../../x\"}")},
        {PEN_BLOCK, PEN_STR("{\"from\":\"gs://b/../x\"}")},
        {PEN_FLAG, PEN_STR("{\"s3\":{\"object\":{\"key\":\"in/../x.png\"}}}")},
        {PEN_FLAG, PEN_STR("{\"key\":\"../x.png\"}")},
        {PEN_FLAG, PEN_STR("{\"file\":\"/app/vendor/composer/../../app/x.php\"}")},
        {PEN_PASS, PEN_STR("{\"s3\":{\"object\":{\"key\":\"in/x..png\"}}}")},
        {PEN_PASS, PEN_STR("{\"subject\":\"/blobServices/default/containers/c/blobs/a/x\"}")},
    };
    for (size_t i = 0; i < PEN_COUNT_OF(rows); i++) {
        const struct pen_event_input input = {.body = rows[i].body, .body_kind = PEN_BODY_JSON};
        if (filter_case_event(&it, &input).verdict != rows[i].verdict) {
            fail_msg("%.*s", PEN_STR_ARGS(rows[i].body));
        }
    }
}

static void a_declared_sink_refuses_absolute_names(void **state)
{
    (void)state;
    const struct pen_str sinks[] = {PEN_STR("path")};
    const struct pen_policy policy = {.sinks = sinks, .sink_count = 1};
    struct filter_case strict;
    filter_case_open(&strict, &policy);
    static const struct pen_str rows[] = {PEN_STR("/etc/ssl/private"),
                                          PEN_STR("../../x"),
                                          PEN_STR("\\\\server\\share\\a.txt"),
                                          PEN_STR("../x"),
                                          PEN_STR("E:\\x.txt"),
                                          PEN_STR("PROGRA~1\\x"),
                                          PEN_STR(".../x"),
                                          PEN_STR("a/../b"),
                                          PEN_STR("/opt/app/x.yml"),
                                          PEN_STR(".git/config")};
    for (size_t i = 0; i < PEN_COUNT_OF(rows); i++) {
        assert_int_equal(filter_case_text(&it, rows[i]).verdict, PEN_FLAG);
        assert_int_equal(filter_case_text(&strict, rows[i]).verdict, PEN_BLOCK);
    }
    assert_int_equal(filter_case_text(&strict, PEN_S("photos/cat.jpg")).verdict, PEN_PASS);
    filter_case_close(&strict);
}

static void a_long_name_is_read_to_its_end(void **state)
{
    (void)state;
    static char text[60000];
    struct pen_buf buf = pen_buf_over(text, sizeof(text));
    for (size_t i = 0; i < 9000; i++) {
        pen_buf_put(&buf, PEN_S("a/"));
    }
    for (size_t i = 0; i < 9003; i++) {
        pen_buf_put(&buf, PEN_S("../"));
    }
    pen_buf_put(&buf, PEN_S("etc/passwd"));
    assert_false(buf.full);
    const struct pen_judgement judgement = filter_case_text(&it, pen_buf_str(&buf));
    assert_int_equal(judgement.verdict, PEN_BLOCK);
    assert_int_equal(judgement.finding->score, 95);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(blocks_names_that_leave_their_folder, set_up, tear_down),
        cmocka_unit_test_setup_teardown(stays_silent_on_ordinary_paths_and_texts, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_log_record_names_its_file, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_name_of_a_stored_object_never_climbs, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_declared_sink_refuses_absolute_names, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_long_name_is_read_to_its_end, set_up, tear_down),
        cmocka_unit_test_setup_teardown(names_the_leaf_that_was_decoded, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
