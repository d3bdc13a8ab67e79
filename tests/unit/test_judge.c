/** The published schema at work: that it compiles, and which of several failures it tells how. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <string.h>

#include "gateway/config/judge.h"
#include "gateway/file.h"

#define LISTEN    "listen: [{ address: 127.0.0.1:8080 }]\n"
#define UPSTREAMS "upstreams: { faas: { url: http://127.0.0.1:1 } }\n"
#define FUNCTIONS "functions: { f: { route: /f, upstream: faas } }\n"

static enum pen_status parse(struct pen_str yaml, struct pen_error *err)
{
    const struct pen_config_options options = {.look_at_files = false};
    struct pen_config *config = NULL;
    const enum pen_status status = pen_config_parse_with(yaml, PEN_S("/x"), &options, &config, err);
    pen_config_destroy(config);
    return status;
}

static struct pen_str read_file(const char *name)
{
    struct pen_str text;
    char memory[512];
    struct pen_error err = {.text = ""};
    struct pen_buf path = pen_buf_over(memory, sizeof(memory) - 1);
    pen_buf_put(&path, PEN_S(PEN_SOURCE_DIR "/conf/"));
    pen_buf_put(&path, pen_str_from_c(name));
    memory[path.len] = '\0';
    if (pen_file_read(pen_buf_str(&path), 1 << 20, &text, &err) != PEN_OK) {
        fail_msg("%s: %s", name, err.text);
    }
    return text;
}

static void the_program_has_the_published_text(void **state)
{
    (void)state;
    struct pen_str text = read_file("penstock.schema.json");
    assert_true(pen_str_equal(text, pen_judge_schema_text()));
    pen_file_wipe(&text);
}

/* What editors look for: the first line of each file names its schema, beside it. */
static void examples_name_their_schemas(void **state)
{
    (void)state;
    const struct {
        const char *file;
        struct pen_str line;
    } rows[] = {
        {"edge.yaml", PEN_STR("# yaml-language-server: $schema=penstock.schema.json\n")},
        {"events.yaml", PEN_STR("# yaml-language-server: $schema=penstock.schema.json\n")},
        {"minimal.yaml", PEN_STR("# yaml-language-server: $schema=penstock.schema.json\n")},
        {"sidecar.yaml", PEN_STR("# yaml-language-server: $schema=penstock.schema.json\n")},
        {"patches.yaml", PEN_STR("# yaml-language-server: $schema=patches.schema.json\n")},
    };
    for (size_t i = 0; i < PEN_COUNT_OF(rows); i++) {
        struct pen_str text = read_file(rows[i].file);
        if (!pen_str_starts(text, rows[i].line)) fail_msg("%s", rows[i].file);
        pen_file_wipe(&text);
    }
}

/* A file of patches is held against a part of the schema, which has a file of its own for editors.
 */
static void the_schema_of_patches_is_a_part_of_it(void **state)
{
    (void)state;
    struct pen_arena *arena;
    const struct pen_json *whole;
    const struct pen_json *patches;
    struct pen_str text = read_file("patches.schema.json");
    assert_int_equal(pen_arena_create(4 << 20, 4096, &arena), PEN_OK);
    assert_int_equal(pen_json_read(text, NULL, arena, &patches, NULL), PEN_OK);
    assert_int_equal(pen_json_read(pen_judge_schema_text(), NULL, arena, &whole, NULL), PEN_OK);
    const struct pen_str reference =
        pen_json_string_or(pen_json_member(patches, PEN_S("$ref")), PEN_S(""));
    assert_true(pen_str_equal(reference, PEN_S("penstock.schema.json#" PEN_JUDGE_PATCHES)));
    assert_non_null(pen_json_resolve(whole, PEN_S(PEN_JUDGE_PATCHES)));
    pen_arena_destroy(arena);
    pen_file_wipe(&text);
}

static void the_first_failure_of_the_file_is_told(void **state)
{
    (void)state;
    const struct {
        const char *why;
        const char *yaml;
        size_t line;
        const char *says;
    } rows[] = {
        {"order of the file, not of the schema", "wrokers: 1\n" FUNCTIONS UPSTREAMS "listen: 1\n",
         1, "unknown key 'wrokers'"},
        {"the other way round", "listen: 1\n" FUNCTIONS UPSTREAMS "wrokers: 1\n", 1,
         "expected a list of listeners"},
        {"a misspelt key rather than the one that it leaves missing",
         "listen: [{ adress: 127.0.0.1:8080 }]\n" UPSTREAMS FUNCTIONS, 1,
         "unknown key 'adress'; did you mean 'address'?"},
        {"a list within a list", LISTEN UPSTREAMS FUNCTIONS "trusted_proxies: [[unix]]\n", 4,
         "/trusted_proxies/0: expected text, read a list"},
        {"one element too many of a kind",
         LISTEN UPSTREAMS FUNCTIONS "trusted_proxies: [unix, 10.0.0.1, unix]\n", 4,
         "/trusted_proxies/2: 'unix' stands twice in this list"},
        {"neither text nor list", LISTEN UPSTREAMS FUNCTIONS "trusted_proxies: {}\n", 4,
         "expected text or a list of texts, read an empty mapping"},
        {"a text that is empty", LISTEN UPSTREAMS FUNCTIONS "trusted_proxies: ['']\n", 4,
         "expected text, read an empty one"},
        {"the keys of two alternatives",
         "listen:\n  - address: 0.0.0.0:80\n"
         "    tls: { certificate: c, key: k, certificates: [{ certificate: c, key: k }] "
         "}\n" UPSTREAMS FUNCTIONS,
         3, "/listen/0/tls: expected only one of 'certificate' and 'certificates'"},
        {"the alternative that is nearer",
         "listen: [{ address: 0.0.0.0:80, tls: { key: k } }]\n" UPSTREAMS FUNCTIONS, 1,
         "/listen/0/tls: the key 'certificate' is missing"},
        {"a quantity that is a boolean", LISTEN UPSTREAMS FUNCTIONS "memory: true\n", 4,
         "expected a size such as 512B, 64KiB, 1MiB or 2GiB, read the boolean true"},
        {"a quantity too large for its unit",
         LISTEN UPSTREAMS FUNCTIONS "hsts: 99999999999999999d\n", 4,
         "expected a duration such as 500ms, 30s, 5m, 24h or 7d from 0ms to 3650d"},
        {"a number in quotes", LISTEN UPSTREAMS FUNCTIONS "workers: '1'\n", 4,
         "expected a whole number from 0 to 1024, without quotes, read the text '1'"},
        {"a whole number by its value only", LISTEN UPSTREAMS FUNCTIONS "workers: 1.0\n", 4,
         "/workers: expected a whole number in digits alone, read the number 1.0"},
        {"a number too long to be read", LISTEN UPSTREAMS FUNCTIONS "workers: 1e999\n", 4,
         "/workers: expected a whole number from 0 to 1024"},
        {"a word that is a list",
         LISTEN UPSTREAMS "functions: { f: { route: /f, upstream: faas, "
                          "authorization: [strip] } }\n",
         3, "expected strip or forward, read a list"},
        {"a filter's mode", LISTEN UPSTREAMS FUNCTIONS "defaults: { filters: { sqli: block } }\n",
         4, "/defaults/filters/sqli: expected enforce, detect or off, read the text 'block'"},
    };
    size_t bad = 0;
    for (size_t i = 0; i < PEN_COUNT_OF(rows); i++) {
        struct pen_error err = {.text = ""};
        const enum pen_status status = parse(pen_str_from_c(rows[i].yaml), &err);
        if (status == PEN_ERR_INVALID && err.line == rows[i].line
            && strstr(err.text, rows[i].says) != NULL) {
            continue;
        }
        print_error("%s: %s %zu:%zu: %s\n", rows[i].why, pen_status_name(status), err.line,
                    err.column, err.text);
        bad++;
    }
    assert_int_equal(bad, 0);
}

static void a_list_of_more_than_is_compared_is_refused(void **state)
{
    (void)state;
    static char memory[64 << 10];
    struct pen_error err = {.text = ""};
    struct pen_buf yaml = pen_buf_over(memory, sizeof(memory));
    pen_buf_put(&yaml, PEN_S(LISTEN UPSTREAMS FUNCTIONS "trusted_proxies: ["));
    for (unsigned i = 0; i <= 1000; i++) {
        pen_buf_format(&yaml, "10.0.%u.%u, ", i / 256, i % 256);
    }
    pen_buf_put(&yaml, PEN_S("]\n"));
    assert_false(yaml.full);
    assert_int_equal(parse(pen_buf_str(&yaml), &err), PEN_ERR_INVALID);
    assert_string_equal(err.text, "/trusted_proxies: expected at most 1000 elements, read 1001");
}

/* What references stand for is not known before they are resolved. */
static void references_pass(void **state)
{
    (void)state;
    struct pen_error err = {.text = ""};
    const struct pen_str yaml =
        PEN_S(LISTEN "upstreams: { faas: { url: https://h, tls: { pin: \"${PIN:-sha256//"
                     "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=}\" } } }\n" FUNCTIONS);
    if (parse(yaml, &err) != PEN_OK) fail_msg("%zu:%zu: %s", err.line, err.column, err.text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_program_has_the_published_text),
        cmocka_unit_test(examples_name_their_schemas),
        cmocka_unit_test(the_schema_of_patches_is_a_part_of_it),
        cmocka_unit_test(the_first_failure_of_the_file_is_told),
        cmocka_unit_test(a_list_of_more_than_is_compared_is_refused),
        cmocka_unit_test(references_pass),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
