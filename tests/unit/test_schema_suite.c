/**
 * The official JSON Schema test suite, drafts 2020-12 and 07, with both evaluators: every verdict
 * is the suite's, but for the cases listed here with their reasons, and those must differ. The
 * suite lies outside the project: without it this test is skipped, and says so.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "filters/schema/output.h"
#include "filters/schema/schema.h"

#define MEMORY ((size_t)256 << 20)

/* The same list, with the same reasons, is in docs/schema.md. */
static const struct {
    const char *file;
    const char *group;
    const char *why;
} exceptions[] = {
    {"draft2020-12/optional/cross-draft.json",
     "refs to historic drafts are processed as historic drafts", "draft 2019-09 is not supported"},
    {"draft7/optional/cross-draft.json", "refs to future drafts are processed as future drafts",
     "draft 2019-09 is not supported"},
};
static bool excepted[PEN_COUNT_OF(exceptions)];

struct suite {
    char root[4096];
    struct pen_arena *arena; /* of the documents, for all of the suite */
    struct pen_arena *work;  /* of one group */
    struct pen_patterns *patterns;
    struct pen_scratch *scratch;
    enum pen_schema_draft draft;
    const char *file; /* "draft7/optional/id.json" */
    size_t cases;
    size_t wrong;
};

static const struct pen_json *read_json(struct suite *suite, const char *path)
{
    FILE *const file = fopen(path, "rb");
    if (file == NULL) return NULL;
    const size_t room = (size_t)1 << 20;
    char *const bytes = pen_arena_bytes(suite->arena, room);
    assert_non_null(bytes);
    const size_t length = fread(bytes, 1, room, file);
    assert_true(length < room);
    assert_int_equal(fclose(file), 0);
    pen_arena_trim(suite->arena, bytes, room, length);
    const struct pen_json *root = NULL;
    const struct pen_json_limits limits = {.any_number = true};
    assert_int_equal(
        pen_json_read((struct pen_str){bytes, length}, &limits, suite->arena, &root, NULL), PEN_OK);
    return root;
}

static enum pen_status find_remote(void *context, struct pen_str uri, const struct pen_json **out)
{
    struct suite *const suite = context;
    const struct pen_str host = PEN_S("http://localhost:1234/");
    if (!pen_str_starts(uri, host)) return PEN_ERR_NOT_FOUND;
    char path[8192];
    assert_true(snprintf(path, sizeof(path), "%s/remotes/%.*s", suite->root,
                         PEN_STR_ARGS(pen_str_slice(uri, host.len, uri.len)))
                < (int)sizeof(path));
    *out = read_json(suite, path);
    return *out != NULL ? PEN_OK : PEN_ERR_NOT_FOUND;
}

static bool is_excepted(const struct suite *suite, struct pen_str group)
{
    for (size_t i = 0; i < PEN_COUNT_OF(exceptions); i++) {
        if (strcmp(exceptions[i].file, suite->file) != 0) continue;
        if (!pen_str_equal(pen_str_from_c(exceptions[i].group), group)) continue;
        excepted[i] = true;
        return true;
    }
    return false;
}

/* All forms of output are well-formed JSON. */
static void check_output(struct suite *suite, const struct pen_schema_unit *unit)
{
    static char text[1 << 20];
    for (int form = PEN_SCHEMA_FLAG; form <= PEN_SCHEMA_VERBOSE; form++) {
        struct pen_buf buf = pen_buf_over(text, sizeof(text));
        pen_schema_output(unit, (enum pen_schema_form)form, &buf);
        assert_false(buf.full);
        const struct pen_json *root = NULL;
        const struct pen_json_limits limits = {.any_number = true, .depth = 1000};
        if (pen_json_read(pen_buf_str(&buf), &limits, suite->work, &root, NULL) != PEN_OK) {
            fail_msg("no JSON: %.*s", PEN_STR_ARGS(pen_buf_str(&buf)));
        }
        const struct pen_json *const valid = pen_json_member(root, PEN_S("valid"));
        assert_int_equal(valid->type, unit->valid ? PEN_JSON_TRUE : PEN_JSON_FALSE);
    }
}

static bool decides(struct suite *suite, const struct pen_schema *schema,
                    const struct pen_json *data, bool wanted, char why[static 200])
{
    uint64_t steps = UINT64_C(100000000);
    const struct pen_schema_run run = {
        .arena = suite->work, .scratch = suite->scratch, .steps_left = &steps};
    bool valid = false;
    const struct pen_schema_unit *unit = NULL;
    const enum pen_status status = pen_schema_is_valid(schema, data, &run, &valid);
    if (status != PEN_OK || pen_schema_evaluate(schema, data, &run, &unit) != PEN_OK) {
        (void)snprintf(why, 200, "status %s", pen_status_name(status));
        return false;
    }
    (void)snprintf(why, 200, "%s, collected %s", valid ? "valid" : "invalid",
                   unit->valid ? "valid" : "invalid");
    check_output(suite, unit);
    assert_true(unit->valid || pen_schema_next_failure(unit, NULL) != NULL);
    return valid == wanted && unit->valid == wanted;
}

static void run_group(struct suite *suite, const struct pen_json *group)
{
    const struct pen_str name =
        pen_json_string_or(pen_json_member(group, PEN_S("description")), PEN_S(""));
    const struct pen_schema_documents documents = {.find = find_remote, .context = suite};
    const struct pen_schema_options options = {
        .draft = suite->draft,
        .assert_format = strstr(suite->file, "/optional/") != NULL,
        .assert_content = strstr(suite->file, "/optional/content") != NULL,
        .documents = &documents,
    };
    const struct pen_schema *schema = NULL;
    struct pen_schema_error error = {0};
    pen_arena_reset(suite->work);
    const enum pen_status status = pen_schema_compile(pen_json_member(group, PEN_S("schema")),
                                                      &options, suite->work, &schema, &error);
    bool all = status == PEN_OK;
    const bool is_exception = is_excepted(suite, name);
    if (!all && !is_exception) {
        printf("%s: %.*s: not compiled, %s: %s %s: %s\n", suite->file, PEN_STR_ARGS(name),
               pen_status_name(status), error.path, error.keyword, error.sentence);
    }
    const struct pen_json *const tests = pen_json_member(group, PEN_S("tests"));
    for (const struct pen_json *t = tests->first; t != NULL; t = t->next) {
        suite->cases++;
        char why[200] = "";
        const bool wanted = pen_json_member(t, PEN_S("valid"))->type == PEN_JSON_TRUE;
        if (status == PEN_OK
            && decides(suite, schema, pen_json_member(t, PEN_S("data")), wanted, why)) {
            continue;
        }
        all = false;
        if (is_exception) continue;
        suite->wrong++;
        printf(
            "%s: %.*s: %.*s: %s\n", suite->file, PEN_STR_ARGS(name),
            PEN_STR_ARGS(pen_json_string_or(pen_json_member(t, PEN_S("description")), PEN_S(""))),
            why);
    }
    if (is_exception && all) {
        suite->wrong++;
        printf("%s: %.*s: passes, though it is listed as an exception\n", suite->file,
               PEN_STR_ARGS(name));
    }
}

static void run_folder(struct suite *suite, const char *folder)
{
    char path[8192];
    assert_true(snprintf(path, sizeof(path), "%s/tests/%s", suite->root, folder)
                < (int)sizeof(path));
    DIR *const files = opendir(path);
    assert_non_null(files);
    for (struct dirent *entry; (entry = readdir(files)) != NULL;) {
        if (!pen_str_ends(pen_str_from_c(entry->d_name), PEN_S(".json"))) continue;
        char file[8192];
        assert_true(
            snprintf(path, sizeof(path), "%s/tests/%s/%s", suite->root, folder, entry->d_name)
            < (int)sizeof(path));
        assert_true(snprintf(file, sizeof(file), "%s/%s", folder, entry->d_name)
                    < (int)sizeof(file));
        suite->file = file;
        const struct pen_json *const groups = read_json(suite, path);
        assert_non_null(groups);
        for (const struct pen_json *g = groups->first; g != NULL; g = g->next) {
            run_group(suite, g);
        }
    }
    assert_int_equal(closedir(files), 0);
}

static void begin(struct suite *suite)
{
    assert_int_equal(pen_arena_create(MEMORY, 65536, &suite->arena), PEN_OK);
    assert_int_equal(pen_arena_create(MEMORY, 65536, &suite->work), PEN_OK);
    assert_int_equal(pen_patterns_create(NULL, 0, &suite->patterns, NULL), PEN_OK);
    assert_int_equal(pen_patterns_scratch(suite->patterns, &suite->scratch), PEN_OK);
}

static void end(struct suite *suite)
{
    pen_patterns_scratch_destroy(suite->scratch);
    pen_patterns_destroy(suite->patterns);
    pen_arena_destroy(suite->work);
    pen_arena_destroy(suite->arena);
}

static void decides_every_case_of_the_suite(void **state)
{
    (void)state;
    struct suite suite = {.draft = PEN_SCHEMA_2020_12};
    const char *const set = getenv("PEN_SUITES");
    assert_true(snprintf(suite.root, sizeof(suite.root), "%s/json-schema",
                         set != NULL ? set : PEN_SOURCE_DIR "/../shared/suites")
                < (int)sizeof(suite.root));
    DIR *const there = opendir(suite.root);
    if (there == NULL) {
        printf("skipped: the JSON Schema suite is not at %s\n", suite.root);
        skip();
    }
    assert_int_equal(closedir(there), 0);
    begin(&suite);
    run_folder(&suite, "draft2020-12");
    run_folder(&suite, "draft2020-12/optional");
    run_folder(&suite, "draft2020-12/optional/format");
    suite.draft = PEN_SCHEMA_DRAFT_7;
    run_folder(&suite, "draft7");
    run_folder(&suite, "draft7/optional");
    run_folder(&suite, "draft7/optional/format");
    end(&suite);
    printf("%zu cases of the suite, %zu wrong\n", suite.cases, suite.wrong);
    for (size_t i = 0; i < PEN_COUNT_OF(exceptions); i++) {
        if (!excepted[i]) fail_msg("no such case: %s", exceptions[i].group);
    }
    assert_true(suite.cases > 2500);
    assert_int_equal(suite.wrong, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(decides_every_case_of_the_suite)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
