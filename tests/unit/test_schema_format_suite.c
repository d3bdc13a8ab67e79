/**
 * The public JSON Schema suite's optional/format: every text of every named format, both drafts.
 * The suite lies outside the project: without it this test is skipped, and says so.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "filters/core/json.h"
#include "filters/schema/format.h"

struct tally {
    size_t count;
    size_t wrong;
    size_t unknown; /* texts of formats that the draft does not know: valid, all of them */
};

static const struct pen_json *member(const struct pen_json *object, const char *name)
{
    const struct pen_json *value = pen_json_member(object, pen_str_from_c(name));
    assert_non_null(value);
    return value;
}

static void check_test(const struct pen_json *test, struct pen_str name, bool old,
                       struct tally *tally)
{
    const struct pen_json *data = member(test, "data");
    if (data->type != PEN_JSON_STRING) return; /* a format says nothing about others */
    const bool is_valid = member(test, "valid")->type == PEN_JSON_TRUE;
    const struct pen_format *format = pen_format_find(name, old);
    if (format == NULL) {
        assert_true(is_valid);
        tally->unknown++;
        return;
    }
    tally->count++;
    if (pen_format_matches(format, data->text) == is_valid) return;
    tally->wrong++;
    const struct pen_str why = member(test, "description")->text;
    printf("wrong: %.*s, draft-07 %d: %.*s (%.*s)\n", PEN_STR_ARGS(name), old,
           PEN_STR_ARGS(data->text), PEN_STR_ARGS(why));
}

static void check_groups(const struct pen_json *groups, bool old, struct tally *tally)
{
    for (const struct pen_json *group = groups->first; group != NULL; group = group->next) {
        const struct pen_str name = member(member(group, "schema"), "format")->text;
        for (const struct pen_json *test = member(group, "tests")->first; test != NULL;
             test = test->next) {
            check_test(test, name, old, tally);
        }
    }
}

static void check_file(const char *folder, const char *name, bool old, struct tally *tally)
{
    static char bytes[1 << 20];
    char path[4096];
    assert_true(snprintf(path, sizeof(path), "%s/%s", folder, name) < (int)sizeof(path));
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    const size_t length = fread(bytes, 1, sizeof(bytes), file);
    assert_int_equal(fclose(file), 0);
    assert_true(length < sizeof(bytes));

    struct pen_arena *arena = NULL;
    assert_int_equal(pen_arena_create((size_t)64 << 20, 65536, &arena), PEN_OK);
    const struct pen_json *groups = NULL;
    assert_int_equal(pen_json_read((struct pen_str){bytes, length}, NULL, arena, &groups, NULL),
                     PEN_OK);
    check_groups(groups, old, tally);
    pen_arena_destroy(arena);
}

static void agrees_with_the_suite(const char *draft, bool old, size_t least)
{
    const char *const set = getenv("PEN_SUITES");
    char folder[4096];
    assert_true(snprintf(folder, sizeof(folder), "%s/json-schema/tests/%s/optional/format",
                         set != NULL ? set : PEN_SOURCE_DIR "/../shared/suites", draft)
                < (int)sizeof(folder));
    DIR *files = opendir(folder);
    if (files == NULL) {
        printf("skipped: the JSON Schema suite is not at %s\n", folder);
        skip();
    }
    struct tally tally = {0};
    for (struct dirent *entry; (entry = readdir(files)) != NULL;) {
        if (entry->d_name[0] != '.') check_file(folder, entry->d_name, old, &tally);
    }
    assert_int_equal(closedir(files), 0);
    printf("%s: %zu texts of known formats, %zu of others\n", draft, tally.count, tally.unknown);
    assert_int_equal(tally.wrong, 0);
    assert_true(tally.count >= least);
}

static void agrees_with_draft_2020_12(void **state)
{
    (void)state;
    agrees_with_the_suite("draft2020-12", false, 550);
}

static void agrees_with_draft_7(void **state)
{
    (void)state;
    agrees_with_the_suite("draft7", true, 450);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(agrees_with_draft_2020_12),
        cmocka_unit_test(agrees_with_draft_7),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
