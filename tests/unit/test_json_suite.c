/**
 * The public JSON parsing suite: every y_ file is read, every n_ file refused, each i_ file as the
 * table says. The suite lies outside the project: without it this test is skipped, and says so.
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

/* What RFC 8259 leaves to the reader. The same table, with reasons, is in docs/events/json.md. */
static const char *const read_anyway[] = {
    "i_number_double_huge_neg_exp.json",   "i_number_real_underflow.json",
    "i_number_too_big_neg_int.json",       "i_number_too_big_pos_int.json",
    "i_number_very_big_negative_int.json",
};

/* Valid by RFC 8259's grammar, which only says that names SHOULD differ; two readers of it may take
   different members for the one that counts, so RFC 7493 forbids them and so do we. */
static bool has_duplicate_names(const char *name)
{
    return strncmp(name, "y_object_duplicated_key", 23) == 0;
}

static bool is_to_be_read(const char *name)
{
    if (name[0] != 'i') return name[0] == 'y' && !has_duplicate_names(name);
    for (size_t i = 0; i < PEN_COUNT_OF(read_anyway); i++) {
        if (strcmp(name, read_anyway[i]) == 0) return true;
    }
    return false;
}

static bool reads(const char *folder, const char *name)
{
    char path[4096];
    static char bytes[1 << 20];
    assert_true(snprintf(path, sizeof(path), "%s/%s", folder, name) < (int)sizeof(path));
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    const size_t length = fread(bytes, 1, sizeof(bytes), file);
    assert_int_equal(fclose(file), 0);

    struct pen_arena *arena = NULL;
    assert_int_equal(pen_arena_create((size_t)64 << 20, 65536, &arena), PEN_OK);
    const struct pen_json *root = NULL;
    struct pen_json_error error = {0};
    const bool read =
        pen_json_read((struct pen_str){bytes, length}, NULL, arena, &root, &error) == PEN_OK;
    if (!read) {
        assert_non_null(error.code);
        assert_true(error.offset <= length);
    }
    pen_arena_destroy(arena);
    return read;
}

static void decides_every_file_of_the_suite(void **state)
{
    (void)state;
    const char *const set = getenv("PEN_SUITES");
    char folder[4096];
    assert_true(snprintf(folder, sizeof(folder), "%s/json/cases",
                         set != NULL ? set : PEN_SOURCE_DIR "/../shared/suites")
                < (int)sizeof(folder));
    DIR *cases = opendir(folder);
    if (cases == NULL) {
        printf("skipped: the JSON parsing suite is not at %s\n", folder);
        skip();
    }
    size_t count = 0;
    size_t wrong = 0;
    for (struct dirent *entry; (entry = readdir(cases)) != NULL;) {
        if (entry->d_name[0] == '.') continue;
        count++;
        if (reads(folder, entry->d_name) == is_to_be_read(entry->d_name)) continue;
        printf("wrong: %s\n", entry->d_name);
        wrong++;
    }
    assert_int_equal(closedir(cases), 0);
    printf("%zu files of the suite\n", count);
    assert_true(count > 300);
    assert_int_equal(wrong, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(decides_every_file_of_the_suite)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
