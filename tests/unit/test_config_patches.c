/** Virtual patches as the operator writes them: what is read, and what is refused in which words.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "gateway/config/config.h"

#define AROUND                                    \
    "listen: [{ address: '127.0.0.1:1' }]\n"      \
    "upstreams: { u: { url: 'http://[::1]' } }\n" \
    "functions: { f: { route: /f, upstream: u } }\n"

static const struct pen_config_options options = {.look_at_files = false};

static struct pen_config *read_config(struct pen_str yaml, const struct pen_config_options *how,
                                      struct pen_error *err)
{
    struct pen_config *config = NULL;
    return pen_config_parse_with(yaml, PEN_S("/nowhere"), how, &config, err) == PEN_OK ? config
                                                                                       : NULL;
}

static void reads_all_of_a_rule(void **state)
{
    (void)state;
    struct pen_error err = {.text = ""};
    struct pen_config *const config =
        read_config(PEN_S(AROUND "patches:\n"
                                 "  - id: cve-1\n"
                                 "    title: a hole\n"
                                 "    references: [CVE-1, CVE-2]\n"
                                 "    match:\n"
                                 "      leaf: '\\$\\{x'\n"
                                 "      key: '^k$'\n"
                                 "      url: '/a'\n"
                                 "      header: { name: X-A, value: 'b+' }\n"
                                 "    when:\n"
                                 "      functions: f\n"
                                 "      envelopes: [aws.sqs, aws.s3]\n"
                                 "      methods: [POST]\n"
                                 "      paths: [/a/*, 'query:/*']\n"
                                 "    wake: ['${X']\n"
                                 "    action: flag\n"
                                 "    until: 2027-01-01\n"
                                 "    reason: until it is mended\n"
                                 "    attack: ['${x}', 'a ${x']\n"
                                 "    innocent: '${y}'\n"
                                 "  - { id: b, title: t, match: { leaf: abc } }\n"),
                    &options, &err);
    if (config == NULL) fail_msg("%zu:%zu: %s", err.line, err.column, err.text);
    assert_int_equal(config->patch_count, 2);
    const struct pen_patch_rule *const rule = &config->patches[0];
    assert_true(pen_str_equal(rule->id, PEN_S("cve-1")));
    assert_true(pen_str_equal(rule->leaf, PEN_S("\\$\\{x")));
    assert_true(pen_str_equal(rule->key, PEN_S("^k$")));
    assert_true(pen_str_equal(rule->url, PEN_S("/a")));
    assert_true(pen_str_equal(rule->header, PEN_S("x-a")));
    assert_true(pen_str_equal(rule->value, PEN_S("b+")));
    assert_true(pen_str_equal(rule->wakes[0], PEN_S("${X")));
    assert_int_equal(rule->reference_count, 2);
    assert_int_equal(rule->function_count, 1);
    assert_int_equal(rule->envelope_count, 2);
    assert_int_equal(rule->method_count, 1);
    assert_int_equal(rule->path_count, 2);
    assert_int_equal(rule->until, 1798761600);
    assert_true(rule->flags_only && !rule->wake_any);
    assert_false(config->patches[1].flags_only);
    pen_config_destroy(config);
}

static void says_what_is_wrong_and_where(void **state)
{
    (void)state;
    const struct {
        const char *why;
        const char *patch;
        size_t line;
        size_t column;
        const char *says;
    } rows[] = {
        {"no list", " { id: a }", 5, 3, "expected a list of patches"},
        {"no id", "[{ title: t, match: { leaf: abc } }]", 5, 3, "the key 'id' is missing"},
        {"no title", "[{ id: a, match: { leaf: abc } }]", 5, 3, "the key 'title' is missing"},
        {"no match", "[{ id: a, title: t }]", 5, 3, "the key 'match' is missing"},
        {"empty match", "[{ id: a, title: t, match: {} }]", 5, 22, "one of leaf, key, url and"},
        {"mistyped key", "[{ id: a, title: t, match: { lefa: abc } }]", 5, 31,
         "unknown key 'lefa'; did you mean 'leaf'?"},
        {"mistyped condition", "[{ id: a, title: t, match: { leaf: abc }, when: { function: f } }]",
         5, 52, "did you mean 'functions'?"},
        {"capital letters", "[{ id: CVE-1, title: t, match: { leaf: abc } }]", 5, 9,
         "expected an id of small letters"},
        {"reserved", "[{ id: limit, title: t, match: { leaf: abc } }]", 5, 9,
         "the id 'limit' has a meaning of its own"},
        {"the second wakes for nothing",
         "[{ id: a, title: t, match: { leaf: abc } },\n {id: a, title: t, match: { leaf: d } }]", 6,
         20, "so nothing wakes it"},
        {"the same id",
         "[{ id: a, title: t, match: { leaf: abc } },\n {id: a, title: t, match: { leaf: de } }]",
         6, 2, "there is a patch 'a' already"},
        {"no expression", "[{ id: a, title: t, match: { leaf: 'ab(' } }]", 5, 37,
         "does not compile at 3"},
        {"empty expression", "[{ id: a, title: t, match: { leaf: '' } }]", 5, 37,
         "expected text, read an empty one"},
        {"a number", "[{ id: a, title: t, match: { leaf: 12 } }]", 5, 37,
         "expected text, read the number 12; quote it"},
        {"nothing to wake it", "[{ id: a, title: t, match: { leaf: '[a-z]+' } }]", 5, 22,
         "add 'wake: [...]' with texts of which one does, or 'wake: any'"},
        {"no action", "[{ id: a, title: t, match: { leaf: abc }, action: deny }]", 5, 52,
         "expected block or flag, read the text 'deny'"},
        {"no day", "[{ id: a, title: t, match: { leaf: abc }, until: soon }]", 5, 51,
         "expected a date"},
        {"unknown function", "[{ id: a, title: t, match: { leaf: abc }, when: { functions: g } }]",
         4, 1, "for the function 'g', which there is not; did you mean 'f'?"},
        {"unknown envelope",
         "[{ id: a, title: t, match: { leaf: abc }, when: { envelopes: aws.sq } }]", 5, 63,
         "no event format is called 'aws.sq'"},
        {"no path", "[{ id: a, title: t, match: { leaf: abc }, when: { paths: a } }]", 5, 59,
         "the path 'a' is none as findings name them"},
        {"header without name", "[{ id: a, title: t, match: { header: { value: abc } } }]", 5, 31,
         "the key 'name' is missing"},
        {"its attack passes", "[{ id: a, title: t, match: { leaf: abc }, attack: abd }]", 5, 52,
         "does not match its attack 'abd'"},
        {"an innocent is caught",
         "[{ id: a, title: t, match: { leaf: abc }, innocent: [x, abcd] }]", 5, 54,
         "the expression matches 'abcd', which is innocent"},
        {"its attack wakes nothing",
         "[{ id: a, title: t, match: { leaf: abc }, wake: xyz, attack: abc }]", 5, 63,
         "no text of 'wake' stands in its attack 'abc'"},
        {"endless",
         "[{ id: a, title: t, match: { leaf: 'ab(?:[a-z]+)+$' }, attack: "
         "abaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa1 }]",
         5, 65, "goes back and forth"},
        {"too long a wake",
         "[{ id: a, title: t, match: { leaf: abc }, wake: abcdefghijklmnopqrstuvwxyz }]", 5, 22,
         "texts of 2 to 24 bytes"},
        {"more than the file", "[{ file: p.yaml, id: a }]", 5, 3,
         "a file of patches is named alone"},
    };
    size_t bad = 0;
    for (size_t i = 0; i < PEN_COUNT_OF(rows); i++) {
        char yaml[2048];
        struct pen_buf buf = pen_buf_over(yaml, sizeof(yaml));
        pen_buf_put(&buf, PEN_S(AROUND "patches:\n "));
        pen_buf_put(&buf, pen_str_from_c(rows[i].patch));
        struct pen_error err = {.text = ""};
        assert_null(read_config(pen_buf_str(&buf), &options, &err));
        if (err.line != rows[i].line || err.column != rows[i].column
            || strstr(err.text, rows[i].says) == NULL) {
            print_error("%s: %zu:%zu: %s\n", rows[i].why, err.line, err.column, err.text);
            bad++;
        }
    }
    assert_int_equal(bad, 0);
}

static void exceptions_name_patches_that_there_are(void **state)
{
    (void)state;
    const char *const before =
        "listen: [{ address: '127.0.0.1:1' }]\n"
        "upstreams: { u: { url: 'http://[::1]' } }\n"
        "patches: [{ id: cve-1, title: t, match: { leaf: abc } }]\n"
        "functions: { f: { route: /f, upstream: u, exceptions: [{ rule: patch.";
    const char *const after = ", path: /a, reason: r }] } }\n";
    const char *const names[] = {"cve-1", "cve-2"};
    for (size_t i = 0; i < 2; i++) {
        char yaml[1024];
        struct pen_buf buf = pen_buf_over(yaml, sizeof(yaml));
        struct pen_error err = {.text = ""};
        pen_buf_put(&buf, pen_str_from_c(before));
        pen_buf_put(&buf, pen_str_from_c(names[i]));
        pen_buf_put(&buf, pen_str_from_c(after));
        struct pen_config *const config = read_config(pen_buf_str(&buf), &options, &err);
        assert_true((config != NULL) == (i == 0));
        if (config == NULL) {
            assert_non_null(strstr(err.text, "no patch 'cve-2'; did you mean 'cve-1'?"));
        }
        pen_config_destroy(config);
    }
}

static void a_file_of_patches_has_places_of_its_own(void **state)
{
    (void)state;
    char folder[] = "/tmp/penstock-patches-XXXXXX";
    char file[64];
    char yaml[1024];
    struct pen_error err = {.text = ""};
    const struct pen_config_options looking = {.look_at_files = true};
    assert_non_null(mkdtemp(folder));
    assert_true(snprintf(file, sizeof(file), "%s/p.yaml", folder) > 0);
    for (int good = 0; good < 2; good++) {
        FILE *const out = fopen(file, "we");
        assert_non_null(out);
        fprintf(out, "# ours\n- id: one\n  title: t\n  match: { %s: abc }\n",
                good ? "leaf" : "lefa");
        assert_int_equal(fclose(out), 0);
        struct pen_buf buf = pen_buf_over(yaml, sizeof(yaml));
        pen_buf_format(&buf,
                       AROUND "patches:\n  - file: %s\n  - { id: two, title: t, match: { url: "
                              "abc } }\n",
                       file);
        struct pen_config *const config = read_config(pen_buf_str(&buf), &looking, &err);
        if (good) {
            assert_non_null(config);
            assert_int_equal(config->patch_count, 2);
        } else {
            assert_null(config);
            assert_int_equal(err.line, 5);
            assert_int_equal(err.column, 11);
            assert_non_null(strstr(err.text,
                                   "p.yaml:4:12: /0/match/lefa: unknown key 'lefa'; did you "
                                   "mean 'leaf'?"));
        }
        pen_config_destroy(config);
    }
    assert_int_equal(unlink(file), 0);
    assert_int_equal(rmdir(folder), 0);
}

static void what_is_too_many_is_told_where_it_stands(void **state)
{
    (void)state;
    static char memory[2 << 20];
    struct pen_buf yaml = pen_buf_over(memory, sizeof(memory));
    struct pen_error err = {.text = ""};
    pen_buf_put(&yaml, PEN_S(AROUND "patches:\n"));
    for (int i = 0; i < 16385; i++) {
        pen_buf_format(&yaml, "  - { id: r%d, title: t, match: { leaf: 'zq%dx' } }\n", i, i);
    }
    assert_false(yaml.full);
    assert_null(read_config(pen_buf_str(&yaml), &options, &err));
    assert_string_equal(err.text, "/patches/16384: more than 16384 patches");
    assert_int_equal(err.line, 4 + 16385);
    assert_int_equal(err.column, 5);
}

/* 64 may be tried on all texts: the one that is too many is told. */
static void bounds_how_many_look_at_every_text(void **state)
{
    (void)state;
    static char memory[16384];
    for (uint32_t count = 64; count <= 65; count++) {
        struct pen_buf yaml = pen_buf_over(memory, sizeof(memory));
        struct pen_error err = {.text = ""};
        pen_buf_put(&yaml, PEN_S(AROUND "patches:\n"));
        for (uint32_t i = 0; i < count; i++) {
            pen_buf_format(
                &yaml, "  - { id: a%u, title: t, match: { leaf: '[a-z]+%u' }, wake: any }\n", i, i);
        }
        assert_false(yaml.full);
        struct pen_config *const config = read_config(pen_buf_str(&yaml), &options, &err);
        assert_true((config != NULL) == (count == 64));
        if (config == NULL) {
            assert_int_equal(err.line, 4 + count);
            assert_non_null(strstr(err.text, "more than 64 patches that no text wakes"));
        }
        pen_config_destroy(config);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_too_many_is_told_where_it_stands),
        cmocka_unit_test(reads_all_of_a_rule),
        cmocka_unit_test(says_what_is_wrong_and_where),
        cmocka_unit_test(exceptions_name_patches_that_there_are),
        cmocka_unit_test(a_file_of_patches_has_places_of_its_own),
        cmocka_unit_test(bounds_how_many_look_at_every_text),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
