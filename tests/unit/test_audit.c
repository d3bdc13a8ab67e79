/** The audit record: a valid line whatever a caller sent, no secret in it, and nobody blocked. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "gateway/record/audit_line.h"

static struct pen_arena *arena;

static int set_up(void **state)
{
    (void)state;
    return pen_arena_create((size_t)4 << 20, 65536, &arena) == PEN_OK ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    pen_arena_destroy(arena);
    return 0;
}

static const struct pen_json *line_of(const struct pen_config_audit *config,
                                      const struct pen_audit_entry *entry, struct pen_str *text)
{
    char *const memory = pen_arena_bytes(arena, PEN_AUDIT_LINE);
    assert_non_null(memory);
    struct pen_buf line = pen_buf_over(memory, PEN_AUDIT_LINE);
    pen_audit_line(&line, config, entry);
    assert_false(line.full);
    *text = pen_buf_str(&line);
    assert_int_equal(text->ptr[text->len - 1], '\n');
    assert_int_equal(pen_str_find(*text, '\n', 0), text->len - 1);
    const struct pen_json *root = NULL;
    struct pen_json_error error = {0};
    if (pen_json_read(pen_str_slice(*text, 0, text->len - 1), NULL, arena, &root, &error)
        != PEN_OK) {
        fail_msg("%s at %zu: %.*s", error.code, error.offset, PEN_STR_ARGS(*text));
    }
    return root;
}

static struct pen_str member(const struct pen_json *root, struct pen_str pointer)
{
    const struct pen_json *value = pen_json_resolve(root, pointer);
    return value == NULL ? PEN_S("(none)") : value->text;
}

static void writes_one_json_object_whatever_the_caller_sent(void **state)
{
    (void)state;
    const struct pen_config_audit config = {.file = PEN_STR("-")};
    const struct pen_audit_entry entry = {
        .wall_ms = 1700000000123,
        .request_id = PEN_STR("0123"),
        .remote = PEN_STR("[::1]:80"),
        .method = PEN_STR("PO\"ST"),
        .authority = PEN_STR("a\\b"),
        .path = PEN_STR("/a\x01\x7f\xff\n{}\"/b"),
        .status = 400,
        .reason = "wire.bare_lf",
        .verdict = PEN_BLOCK,
    };
    struct pen_str text;
    const struct pen_json *root = line_of(&config, &entry, &text);
    assert_true(pen_str_equal(member(root, PEN_S("/time")), PEN_S("2023-11-14T22:13:20.123Z")));
    assert_true(pen_str_equal(member(root, PEN_S("/status")), PEN_S("400")));
    assert_true(pen_str_equal(member(root, PEN_S("/reason")), PEN_S("wire.bare_lf")));
    assert_true(pen_str_equal(member(root, PEN_S("/verdict")), PEN_S("block")));
    assert_true(pen_str_equal(member(root, PEN_S("/host")), PEN_S("a\\b")));
}

static void shows_the_name_that_a_certificate_was_let_in_by(void **state)
{
    (void)state;
    const struct pen_config_audit config = {.file = PEN_STR("-")};
    const struct pen_tls_name names[] = {{PEN_TLS_NAME_DNS, PEN_STR("a.example")},
                                         {PEN_TLS_NAME_URI, PEN_STR("spiffe://prod/\"a")}};
    const struct pen_tls_identity identity = {
        .names = names, .name_count = 2, .fingerprint = {0x0f, 0xa0}};
    const struct pen_tls_identity nameless = {.name_count = 0};
    struct pen_audit_entry entry = {.reason = "ok", .identity = &identity, .name = &names[1]};
    struct pen_str text;
    const struct pen_json *root = line_of(&config, &entry, &text);
    assert_true(
        pen_str_equal(member(root, PEN_S("/certificate/name")), PEN_S("uri:spiffe://prod/\"a")));
    assert_true(pen_str_starts(member(root, PEN_S("/certificate/sha256")), PEN_S("0fa000")));
    assert_int_equal(member(root, PEN_S("/certificate/sha256")).len, 64);

    entry.name = NULL;
    root = line_of(&config, &entry, &text);
    assert_true(pen_str_equal(member(root, PEN_S("/certificate/name")), PEN_S("dns:a.example")));
    entry.identity = &nameless;
    root = line_of(&config, &entry, &text);
    assert_non_null(pen_json_resolve(root, PEN_S("/certificate/sha256")));
    assert_null(pen_json_resolve(root, PEN_S("/certificate/name")));
    entry.identity = NULL;
    root = line_of(&config, &entry, &text);
    assert_null(pen_json_resolve(root, PEN_S("/certificate")));
}

static void cuts_texts_of_any_length(void **state)
{
    (void)state;
    static char huge[1 << 20];
    memset(huge, '"', sizeof(huge));
    const struct pen_config_audit config = {.file = PEN_STR("-")};
    const struct pen_str text = {huge, sizeof(huge)};
    const struct pen_audit_entry entry = {
        .method = text, .authority = text, .path = text, .function = text, .reason = "x"};
    struct pen_str line;
    (void)line_of(&config, &entry, &line);
    assert_true(line.len < PEN_AUDIT_LINE);
}

static void shows_findings_with_their_place_and_excerpt(void **state)
{
    (void)state;
    const struct pen_str paths[] = {PEN_STR("query:/card")};
    const struct pen_config_audit config = {
        .file = PEN_STR("-"), .redact = paths, .redact_count = 1};
    const struct pen_leaf plain = {
        .text = PEN_STR("x' or 1=1\x01--"), .name = PEN_STR("id"), .origin = PEN_ORIGIN_QUERY};
    const struct pen_leaf cookie = {.text = PEN_STR("sid=4711secret' or 1=1--"),
                                    .name = PEN_STR("Cookie"),
                                    .origin = PEN_ORIGIN_HEADER};
    const struct pen_leaf card = {.text = PEN_STR("4111111111111111' or 1=1"),
                                  .name = PEN_STR("card"),
                                  .origin = PEN_ORIGIN_QUERY};
    const struct pen_exception exception = {.filter = PEN_STR("sqli")};
    const struct pen_scan scan = {
        .findings =
            {
                {.filter = "sqli",
                 .rule = "sqli.tautology",
                 .sentence = "says what",
                 .leaf = &plain,
                 .span = {3, 9},
                 .score = 95},
                {.filter = "sqli",
                 .rule = "sqli.tautology",
                 .leaf = &cookie,
                 .span = {15, 21},
                 .score = 95,
                 .excused = &exception},
                {.filter = "sqli",
                 .rule = "sqli.tautology",
                 .leaf = &card,
                 .span = {17, 23},
                 .score = 95,
                 .held_back = true},
                {.filter = "structure", .rule = "structure.depth", .score = 100},
            },
        .finding_count = 4};
    const struct pen_audit_entry entry = {
        .reason = "sqli.tautology", .scan = &scan, .inspected = true};
    struct pen_str text;
    const struct pen_json *root = line_of(&config, &entry, &text);
    assert_true(pen_str_equal(member(root, PEN_S("/findings/0/path")), PEN_S("query:/id")));
    assert_true(pen_str_equal(member(root, PEN_S("/findings/0/start")), PEN_S("3")));
    assert_true(
        pen_str_equal(member(root, PEN_S("/findings/0/excerpt")), PEN_S("x' or 1=1\x01--")));
    assert_true(pen_str_equal(member(root, PEN_S("/findings/0/message")), PEN_S("says what")));
    for (uint32_t i = 0; i < scan.finding_count; i++) {
        char memory[40];
        struct pen_buf path = pen_buf_over(memory, sizeof(memory));
        pen_buf_format(&path, "/findings/%u/excused", (unsigned)i);
        assert_true((pen_json_resolve(root, pen_buf_str(&path)) != NULL) == (i == 1));
        path.len = 0;
        pen_buf_format(&path, "/findings/%u/held_back", (unsigned)i);
        assert_true((pen_json_resolve(root, pen_buf_str(&path)) != NULL) == (i == 2));
    }
    assert_true(pen_str_starts(member(root, PEN_S("/findings/1/excerpt")), PEN_S("sha256:")));
    assert_true(pen_str_starts(member(root, PEN_S("/findings/2/excerpt")), PEN_S("sha256:")));
    assert_int_equal(pen_str_find_str(text, PEN_S("4711")), text.len);
    assert_int_equal(pen_str_find_str(text, PEN_S("4111")), text.len);
}

static void leaves_out_findings_that_do_not_fit_and_counts_them(void **state)
{
    (void)state;
    static char huge[512];
    memset(huge, '\x01', sizeof(huge));
    const struct pen_config_audit config = {.file = PEN_STR("-")};
    const struct pen_leaf leaf = {
        .text = {huge, sizeof(huge)}, .name = {huge, sizeof(huge)}, .origin = PEN_ORIGIN_QUERY};
    struct pen_scan scan = {.finding_count = PEN_SCAN_FINDINGS};
    for (size_t i = 0; i < PEN_SCAN_FINDINGS; i++) {
        scan.findings[i] = (struct pen_finding){
            .filter = "sqli", .rule = "sqli.union", .leaf = &leaf, .span = {0, 400}, .score = 90};
    }
    const struct pen_audit_entry entry = {.reason = "x", .scan = &scan};
    struct pen_str text;
    const struct pen_json *root = line_of(&config, &entry, &text);
    assert_non_null(pen_json_resolve(root, PEN_S("/findings_left_out")));
}

static void fits_whatever_the_lengths_of_what_callers_sent(void **state)
{
    (void)state;
    static char text[1024];
    memset(text, '\x01', sizeof(text));
    const struct pen_config_audit config = {.file = PEN_STR("-")};
    for (size_t length = 0; length <= sizeof(text); length += 16) {
        const struct pen_leaf leaf = {
            .text = {text, length}, .name = {text, length}, .origin = PEN_ORIGIN_QUERY};
        const struct pen_finding finding = {
            .filter = "sqli", .rule = "sqli.union", .leaf = &leaf, .score = 90};
        const struct pen_scan scan = {.findings = {finding, finding, finding, finding},
                                      .finding_count = 4};
        const struct pen_audit_entry entry = {
            .reason = "x", .path = {text, length}, .authority = {text, length / 2}, .scan = &scan};
        struct pen_str line;
        const struct pen_json *root = line_of(&config, &entry, &line);
        assert_non_null(pen_json_resolve(root, PEN_S("/findings")));
    }
}

static void tells_violations_of_schemas_within_a_part_of_the_line(void **state)
{
    (void)state;
    const struct pen_config_audit config = {.file = PEN_STR("-")};
    static char long_name[PEN_VIOLATION_PATH];
    struct pen_violations violations = {.reason = "schema.violation", .count = 1, .more = true};
    violations.list[0] = (struct pen_violation){.pointer = PEN_STR("/a\"b"),
                                                .keyword = PEN_STR("minimum"),
                                                .schema = PEN_STR("#/properties/a/minimum"),
                                                .file = PEN_STR("s.json")};
    struct pen_audit_entry entry = {.reason = "schema.violation", .violations = &violations};
    struct pen_str text;
    const struct pen_json *root = line_of(&config, &entry, &text);
    assert_true(pen_str_equal(member(root, PEN_S("/violations/0/pointer")), PEN_S("/a\"b")));
    assert_true(pen_str_equal(member(root, PEN_S("/violations/0/keyword")), PEN_S("minimum")));
    assert_true(pen_str_equal(member(root, PEN_S("/violations/0/file")), PEN_S("s.json")));
    assert_int_equal(pen_json_resolve(root, PEN_S("/more_violations"))->type, PEN_JSON_TRUE);
    assert_null(pen_json_resolve(root, PEN_S("/violations/0/value")));

    /* Names of control characters: six times as long. */
    memset(long_name, 1, sizeof(long_name));
    violations.count = PEN_VIOLATIONS;
    for (size_t i = 0; i < PEN_VIOLATIONS; i++) {
        violations.list[i].pointer = (struct pen_str){long_name, sizeof(long_name)};
    }
    root = line_of(&config, &entry, &text);
    const struct pen_json *const list = pen_json_member(root, PEN_S("violations"));
    assert_in_range(list->count, 1, 3);
    assert_true(text.len < 8192);
}

static void suggests_the_exceptions_that_would_have_let_it_pass(void **state)
{
    (void)state;
    const struct pen_config_audit config = {.file = PEN_STR("-")};
    const struct pen_leaf leaf = {
        .text = PEN_STR("x' or 1=1--"), .name = PEN_STR("id"), .origin = PEN_ORIGIN_QUERY};
    struct pen_scan scan = {
        .findings =
            {
                {.filter = "sqli",
                 .rule = "sqli.tautology",
                 .leaf = &leaf,
                 .score = 95,
                 .refuses = true},
                {.filter = "sqli",
                 .rule = "sqli.tautology",
                 .leaf = &leaf,
                 .score = 90,
                 .refuses = true},
                {.filter = "xss", .rule = "xss.tag", .leaf = &leaf, .score = 45},
                {.filter = "sqli",
                 .rule = "sqli.union",
                 .leaf = &leaf,
                 .score = 95,
                 .refuses = true},
            },
        .finding_count = 4};
    struct pen_audit_entry entry = {
        .reason = "sqli.tautology", .scan = &scan, .verdict = PEN_BLOCK, .inspected = true};
    struct pen_str text;
    const struct pen_json *root = line_of(&config, &entry, &text);
    const struct pen_json *const list = pen_json_member(root, PEN_S("exceptions"));
    assert_int_equal(list->count, 2);
    assert_true(pen_str_equal(member(list, PEN_S("/0/rule")), PEN_S("sqli.tautology")));
    assert_true(pen_str_equal(member(list, PEN_S("/0/path")), PEN_S("query:/id")));
    assert_true(pen_str_equal(member(list, PEN_S("/1/rule")), PEN_S("sqli.union")));

    /* One that no exception can be about, and an event that passes anyway. */
    scan.findings[2] = (struct pen_finding){.rule = "structure.depth", .refuses = true};
    assert_null(pen_json_member(line_of(&config, &entry, &text), PEN_S("exceptions")));
    scan.finding_count = 2;
    entry.verdict = PEN_FLAG;
    assert_null(pen_json_member(line_of(&config, &entry, &text), PEN_S("exceptions")));
}

/* A folder for one test's output. */
static struct pen_config_audit config_in(char *folder, char *path, size_t path_size)
{
    assert_non_null(mkdtemp(folder));
    assert_true(snprintf(path, path_size, "%s/audit.jsonl", folder) < (int)path_size);
    return (struct pen_config_audit){.file = pen_str_from_c(path)};
}

static size_t lines_in(const char *path)
{
    FILE *file = fopen(path, "r");
    if (file == NULL) return 0;
    size_t count = 0;
    for (int c; (c = fgetc(file)) != EOF;) {
        if (c == '\n') count++;
    }
    assert_int_equal(fclose(file), 0);
    return count;
}

static const struct pen_audit_entry simple = {.reason = "ok", .status = 200};

static void writes_every_record_before_it_ends(void **state)
{
    (void)state;
    char folder[] = "/tmp/penstock-audit-XXXXXX";
    char path[128];
    const struct pen_config_audit config = config_in(folder, path, sizeof(path));
    struct pen_audit *audit = NULL;
    struct pen_error err = {0};
    assert_int_equal(pen_audit_create(&config, 1, &audit, &err), PEN_OK);
    for (int i = 0; i < 5000; i++) {
        assert_true(pen_audit_write(audit, &config, &simple));
    }
    assert_true(pen_audit_has_room(audit, 0));
    pen_audit_destroy(audit, 1000);
    assert_int_equal(lines_in(path), 5000);
    struct stat info;
    assert_int_equal(stat(path, &info), 0);
    assert_int_equal(info.st_mode & 0777, 0600);
    assert_int_equal(unlink(path), 0);
    assert_int_equal(rmdir(folder), 0);
}

static void goes_on_in_a_new_file_after_reopening(void **state)
{
    (void)state;
    char folder[] = "/tmp/penstock-audit-XXXXXX";
    char path[128];
    char moved[128];
    const struct pen_config_audit config = config_in(folder, path, sizeof(path));
    struct pen_audit *audit = NULL;
    struct pen_error err = {0};
    assert_true(snprintf(moved, sizeof(moved), "%s.1", path) < (int)sizeof(moved));
    assert_int_equal(pen_audit_create(&config, 1, &audit, &err), PEN_OK);
    assert_true(pen_audit_write(audit, &config, &simple));
    assert_int_equal(rename(path, moved), 0);
    assert_int_equal(pen_audit_reopen(audit, &config, &err), PEN_OK);
    assert_true(pen_audit_write(audit, &config, &simple));
    pen_audit_destroy(audit, 1000);
    assert_int_equal(lines_in(path) + lines_in(moved), 2);
    assert_true(lines_in(path) >= 1);
    assert_int_equal(unlink(path) + unlink(moved) + rmdir(folder), 0);
}

static void begins_a_line_of_its_own_behind_what_was_left(void **state)
{
    (void)state;
    const struct {
        const char *why;
        const char *left;
        size_t lines; /* with one record */
    } rows[] = {
        {"an empty file", "", 1},
        {"whole lines", "{}\n{}\n", 3},
        {"a torn line", "{}\n{\"time\":", 3},
        {"a torn line alone", "{", 2},
    };
    for (size_t i = 0; i < PEN_COUNT_OF(rows); i++) {
        for (int by_reload = 0; by_reload < 2; by_reload++) {
            char folder[] = "/tmp/penstock-audit-XXXXXX";
            char path[128];
            const struct pen_config_audit config = config_in(folder, path, sizeof(path));
            const struct pen_config_audit off = {.file = PEN_STR("")};
            struct pen_audit *audit = NULL;
            struct pen_error err = {0};
            FILE *file = fopen(path, "we");
            assert_non_null(file);
            assert_true(fputs(rows[i].left, file) >= 0);
            assert_int_equal(fclose(file), 0);
            assert_int_equal(pen_audit_create(by_reload ? &off : &config, 1, &audit, &err), PEN_OK);
            if (by_reload) assert_int_equal(pen_audit_reopen(audit, &config, &err), PEN_OK);
            assert_true(pen_audit_write(audit, &config, &simple));
            pen_audit_destroy(audit, 1000);
            if (lines_in(path) != rows[i].lines) {
                fail_msg("%s: %zu lines, by reload: %d", rows[i].why, lines_in(path), by_reload);
            }
            assert_int_equal(unlink(path) + rmdir(folder), 0);
        }
    }
}

static void tears_no_line_of_its_own_by_reopening(void **state)
{
    (void)state;
    char folder[] = "/tmp/penstock-audit-XXXXXX";
    char path[128];
    const struct pen_config_audit config = config_in(folder, path, sizeof(path));
    struct pen_audit *audit = NULL;
    struct pen_error err = {0};
    assert_int_equal(pen_audit_create(&config, 1, &audit, &err), PEN_OK);
    for (int i = 0; i < 200; i++) {
        assert_true(pen_audit_write(audit, &config, &simple));
        assert_int_equal(pen_audit_reopen(audit, &config, &err), PEN_OK);
    }
    pen_audit_destroy(audit, 1000);
    assert_int_equal(lines_in(path), 200);
    assert_int_equal(unlink(path) + rmdir(folder), 0);
}

static void drops_and_counts_when_nobody_reads_and_blocks_nobody(void **state)
{
    (void)state;
    char folder[] = "/tmp/penstock-audit-XXXXXX";
    char path[128];
    const struct pen_config_audit config = config_in(folder, path, sizeof(path));
    struct pen_audit *audit = NULL;
    struct pen_error err = {0};
    assert_int_equal(mkfifo(path, 0600), 0);
    const int reader = open(path, O_RDONLY | O_NONBLOCK);
    assert_true(reader >= 0);
    assert_int_equal(pen_audit_create(&config, 1, &audit, &err), PEN_OK);
    bool dropped = false;
    /* The pipe holds 64 KiB and the queue a few MiB: far less than this. */
    for (int i = 0; i < 200000 && !dropped; i++) {
        dropped = !pen_audit_write(audit, &config, &simple);
    }
    assert_true(dropped);
    assert_false(pen_audit_has_room(audit, 0));
    assert_true(pen_audit_counts(audit).dropped > 0);
    pen_audit_destroy(audit, 0);
    assert_int_equal(close(reader), 0);
    assert_int_equal(unlink(path) + rmdir(folder), 0);
}

static void ends_though_nobody_reads_its_standard_output(void **state)
{
    (void)state;
    const struct pen_config_audit config = {.file = PEN_STR("-")};
    struct pen_audit *audit = NULL;
    struct pen_error err = {0};
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    const int before = dup(STDOUT_FILENO);
    assert_true(before >= 0);
    assert_int_equal(dup2(ends[1], STDOUT_FILENO), STDOUT_FILENO);
    const enum pen_status status = pen_audit_create(&config, 1, &audit, &err);
    bool dropped = false;
    for (int i = 0; status == PEN_OK && i < 200000 && !dropped; i++) {
        dropped = !pen_audit_write(audit, &config, &simple);
    }
    pen_audit_destroy(audit, 0);
    assert_int_equal(dup2(before, STDOUT_FILENO), STDOUT_FILENO);
    assert_int_equal(close(before) + close(ends[0]) + close(ends[1]), 0);
    assert_int_equal(status, PEN_OK);
    assert_true(dropped);
}

static void says_which_file_cannot_be_written(void **state)
{
    (void)state;
    const struct pen_config_audit config = {.file = PEN_STR("/nonexistent/audit.jsonl")};
    struct pen_audit *audit = NULL;
    struct pen_error err = {0};
    assert_int_equal(pen_audit_create(&config, 1, &audit, &err), PEN_ERR_IO);
    assert_non_null(strstr(err.text, "/nonexistent/audit.jsonl"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(writes_one_json_object_whatever_the_caller_sent, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(shows_the_name_that_a_certificate_was_let_in_by, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(cuts_texts_of_any_length, set_up, tear_down),
        cmocka_unit_test_setup_teardown(tells_violations_of_schemas_within_a_part_of_the_line,
                                        set_up, tear_down),
        cmocka_unit_test_setup_teardown(suggests_the_exceptions_that_would_have_let_it_pass, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(shows_findings_with_their_place_and_excerpt, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(leaves_out_findings_that_do_not_fit_and_counts_them, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(fits_whatever_the_lengths_of_what_callers_sent, set_up,
                                        tear_down),
        cmocka_unit_test(writes_every_record_before_it_ends),
        cmocka_unit_test(goes_on_in_a_new_file_after_reopening),
        cmocka_unit_test(begins_a_line_of_its_own_behind_what_was_left),
        cmocka_unit_test(tears_no_line_of_its_own_by_reopening),
        cmocka_unit_test(drops_and_counts_when_nobody_reads_and_blocks_nobody),
        cmocka_unit_test(ends_though_nobody_reads_its_standard_output),
        cmocka_unit_test(says_which_file_cannot_be_written),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
