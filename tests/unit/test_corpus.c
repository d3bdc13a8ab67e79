/**
 * Every filter against its own texts: tests/corpus/<filter>/attacks.txt and benign.txt.
 *
 * Both rates are printed and held against floors. A filter without a folder has no texts of its
 * own (structure judges shapes); a folder without a filter is a mistake.
 */
#include "tests/unit/filter_case.h"

#include <dirent.h>
#include <stdlib.h>

#define FILE_BYTES     ((size_t)1 << 20)
#define LEAST_BLOCKED  97 /* percent of the attacks */
#define MOST_REFUSED   0  /* of the benign texts */
#define BLOCK_SCORE    70 /* of the default policy */
#define LEAST_ROWS     20 /* fewer texts say nothing */
#define CORPUS_FOLDERS PEN_SOURCE_DIR "/tests/corpus"

struct rate {
    size_t rows;
    size_t blocked;
};

static char *read_file(const char *filter, const char *kind, size_t *size)
{
    char path[512];
    const int length = snprintf(path, sizeof(path), CORPUS_FOLDERS "/%s/%s.txt", filter, kind);
    assert_true(length > 0 && (size_t)length < sizeof(path));
    FILE *const file = fopen(path, "rb");
    if (file == NULL) fail_msg("%s: cannot be read", path);
    char *const data = malloc(FILE_BYTES);
    assert_non_null(data);
    *size = fread(data, 1, FILE_BYTES, file);
    assert_true(*size < FILE_BYTES);
    assert_int_equal(fclose(file), 0);
    return data;
}

/* Attacks by this filter alone: another one that blocks the text proves nothing about it. Benign
   texts must pass all of them. */
static bool is_blocked(struct filter_case *it, const char *filter, struct pen_str text, bool attack)
{
    const bool blocked = filter_case_text(it, text).verdict == PEN_BLOCK;
    return blocked && (!attack || filter_case_score(it, filter) >= BLOCK_SCORE);
}

static struct rate measure(struct filter_case *it, const char *filter, const char *kind,
                           bool attack)
{
    size_t size = 0;
    char *const data = read_file(filter, kind, &size);
    const struct pen_str all = {data, size};
    struct rate rate = {0};
    for (size_t start = 0; start < all.len;) {
        const size_t end = pen_str_find(all, '\n', start);
        const struct pen_str line = pen_str_slice(all, start, end);
        start = end + 1;
        if (line.len == 0 || pen_str_starts(line, PEN_S("# "))) continue;

        const bool blocked = is_blocked(it, filter, line, attack);
        if (blocked != attack) print_message("%s %s: %.*s\n", filter, kind, PEN_STR_ARGS(line));
        rate.blocked += blocked;
        rate.rows++;
    }
    free(data);
    print_message("%s %s: %zu of %zu blocked\n", filter, kind, rate.blocked, rate.rows);
    assert_true(rate.rows >= LEAST_ROWS);
    return rate;
}

static void each_filter_keeps_its_floors(void **state)
{
    (void)state;
    struct filter_case it;
    filter_case_open(&it, NULL);
    DIR *const folder = opendir(CORPUS_FOLDERS);
    assert_non_null(folder);
    size_t filters = 0;
    for (struct dirent *entry; (entry = readdir(folder)) != NULL;) {
        if (entry->d_name[0] == '.') continue;
        if (pen_registry_find(pen_str_from_c(entry->d_name)) == pen_registry_count()) {
            fail_msg("%s: no such filter", entry->d_name);
        }
        const struct rate attacks = measure(&it, entry->d_name, "attacks", true);
        const struct rate benign = measure(&it, entry->d_name, "benign", false);
        assert_true(attacks.blocked * 100 >= attacks.rows * LEAST_BLOCKED);
        assert_true(benign.blocked <= MOST_REFUSED);
        filters++;
    }
    assert_int_equal(closedir(folder), 0);
    assert_true(filters > 0);
    filter_case_close(&it);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_filter_keeps_its_floors),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
