/** Schemas from files: each read and compiled once, found by the URIs that are mapped, and no other
 * file is ever opened. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "gateway/file.h"
#include "gateway/schema/files.h"

static char folder[64];
static struct pen_arena *arena;
static struct pen_config config;
static struct pen_config_mapping mappings[2];

static struct pen_str path_of(const char *name)
{
    char *const memory = pen_arena_bytes(arena, 256);
    assert_non_null(memory);
    const int length = snprintf(memory, 256, "%s/%s", folder, name);
    assert_true(length > 0 && length < 256);
    return (struct pen_str){memory, (size_t)length};
}

static void put(const char *name, const char *text)
{
    struct pen_error err = {.text = ""};
    if (pen_file_write(path_of(name), 0600, true, pen_str_from_c(text), &err) != PEN_OK) {
        fail_msg("%s", err.text);
    }
}

static int set_up(void **state)
{
    (void)state;
    struct pen_error err = {.text = ""};
    (void)snprintf(folder, sizeof(folder), "/tmp/penstock-schemas-XXXXXX");
    if (mkdtemp(folder) == NULL) return -1;
    if (pen_arena_create((size_t)64 << 20, 65536, &arena) != PEN_OK) return -1;
    if (pen_file_make_folder(path_of("s/deep"), &err) != PEN_OK) return -1;
    mappings[0] = (struct pen_config_mapping){
        .uri = PEN_STR("https://example.com/s/"), .path = path_of("s"), .is_folder = true};
    mappings[1] = (struct pen_config_mapping){.uri = PEN_STR("urn:example:item"),
                                              .path = path_of("item.yaml")};
    config = (struct pen_config){.mappings = mappings, .mapping_count = 2};
    put("item.yaml", "type: integer\n");
    put("s/a.json", "{\"type\":\"string\"}");
    put("s/deep/b.json", "{}");
    put("s/deep/note.txt", "no schema");
    put("s/.hidden.json", "{}");
    put("secret.json", "{}");
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    const char *const names[] = {"item.yaml",
                                 "s/a.json",
                                 "s/deep/b.json",
                                 "s/deep/note.txt",
                                 "s/.hidden.json",
                                 "secret.json",
                                 "t.json",
                                 "s/deep",
                                 "s",
                                 ""};
    for (size_t i = 0; i < PEN_COUNT_OF(names); i++) {
        (void)remove(path_of(names[i]).ptr);
    }
    pen_arena_destroy(arena);
    return 0;
}

static enum pen_status compile(struct pen_schema_files *files, const char *text,
                               const struct pen_schema **out, struct pen_error *err)
{
    struct pen_schema_source source = {.file = NULL};
    files->by_path = (struct pen_lookup){.count = 0}; /* the same name has another text each time */
    put("t.json", text);
    PEN_TRY(pen_schema_files_open(files, path_of("t.json"), &source.file, err));
    return pen_schema_files_compile(files, &source, out, err);
}

static void references_lead_to_mapped_files_and_nowhere_else(void **state)
{
    (void)state;
    const struct {
        const char *uri;
        bool found;
    } rows[] = {
        {"https://example.com/s/a.json", true},
        {"https://example.com/s/deep/b.json", true},
        {"https://example.com/s/a.json#", true},
        {"urn:example:item", true},
        {"https://example.com/s/none.json", false},
        {"https://example.com/s/", false},
        {"https://example.com/s/../secret.json", false},
        {"https://example.com/s/%2e%2e/secret.json", false},
        {"https://example.com/s/deep/../../secret.json", false},
        {"https://example.com/s/.hidden.json", false},
        {"https://example.com/s//a.json", false},
        {"https://example.com/s/a.json?x", false},
        {"https://example.com/secret.json", false},
        {"http://example.com/s/a.json", false},
        {"file:///etc/passwd", false},
        {"urn:example:items", false},
    };
    for (size_t i = 0; i < PEN_COUNT_OF(rows); i++) {
        struct pen_schema_files files = {.arena = arena, .config = &config};
        const struct pen_schema *schema = NULL;
        struct pen_error err = {.text = ""};
        char text[256];
        (void)snprintf(text, sizeof(text), "{\"$ref\":\"%s\"}", rows[i].uri);
        const enum pen_status status = compile(&files, text, &schema, &err);
        if ((status == PEN_OK) != rows[i].found) fail_msg("%s: %s", rows[i].uri, err.text);
        if (status != PEN_OK && strstr(err.text, "/t.json:1:9: ") == NULL) fail_msg("%s", err.text);
    }
}

static void a_file_is_read_and_compiled_once(void **state)
{
    (void)state;
    struct pen_schema_files files = {.arena = arena, .config = &config};
    struct pen_error err = {.text = ""};
    const struct pen_schema_file *first = NULL;
    const struct pen_schema_file *second = NULL;
    assert_int_equal(pen_schema_files_open(&files, path_of("s/a.json"), &first, &err), PEN_OK);
    assert_int_equal(pen_schema_files_open(&files, path_of("s/a.json"), &second, &err), PEN_OK);
    assert_ptr_equal(first, second);
    assert_true(pen_str_equal(first->uri, PEN_S("https://example.com/s/a.json")));

    const struct pen_schema_source asserted = {.file = first};
    const struct pen_schema_source annotated = {.file = first, .annotate = true};
    const struct pen_schema *schemas[3] = {NULL};
    assert_int_equal(pen_schema_files_compile(&files, &asserted, &schemas[0], &err), PEN_OK);
    assert_int_equal(pen_schema_files_compile(&files, &asserted, &schemas[1], &err), PEN_OK);
    assert_int_equal(pen_schema_files_compile(&files, &annotated, &schemas[2], &err), PEN_OK);
    assert_ptr_equal(schemas[0], schemas[1]);
    assert_ptr_not_equal(schemas[0], schemas[2]);
}

static void lists_what_is_mapped(void **state)
{
    (void)state;
    const struct pen_schema_mapped *list = NULL;
    size_t count = 0;
    struct pen_error err = {.text = ""};
    assert_int_equal(pen_schema_files_mapped(&config, arena, &list, &count, &err), PEN_OK);
    assert_int_equal(count, 3);
    assert_true(pen_str_equal(list[0].uri, PEN_S("https://example.com/s/a.json")));
    assert_true(pen_str_equal(list[1].uri, PEN_S("https://example.com/s/deep/b.json")));
    assert_true(pen_str_equal(list[1].path, path_of("s/deep/b.json")));
    assert_true(pen_str_equal(list[2].uri, PEN_S("urn:example:item")));
}

static void the_first_mapping_of_a_file_names_it(void **state)
{
    (void)state;
    static struct pen_config_mapping many[10000];
    static char names[PEN_COUNT_OF(many)][2][32];
    for (size_t i = 0; i < PEN_COUNT_OF(many); i++) {
        (void)snprintf(names[i][0], sizeof(names[i][0]), "urn:example:%zu", i);
        (void)snprintf(names[i][1], sizeof(names[i][1]), "/nowhere/%zu.json", i / 2);
        many[i].uri = pen_str_from_c(names[i][0]);
        many[i].path = pen_str_from_c(names[i][1]);
    }
    many[7000].is_folder = true;
    many[7000].uri = PEN_S("https://example.com/all/");
    many[7000].path = PEN_S("/nowhere");
    const struct pen_config crowded = {.mappings = many, .mapping_count = PEN_COUNT_OF(many)};
    struct pen_schema_mappings found = {.is_ready = false};
    for (size_t i = 0; i < PEN_COUNT_OF(many); i++) {
        if (i == 7000) continue;
        struct pen_str uri;
        struct pen_str path;
        assert_int_equal(pen_schema_mappings_path(&found, &crowded, arena, many[i].uri, &path),
                         PEN_OK);
        assert_true(pen_str_equal(path, many[i].path));
        assert_int_equal(pen_schema_mappings_uri(&found, &crowded, arena, many[i].path, &uri),
                         PEN_OK);
        if (i < 7000) {
            assert_true(pen_str_equal(uri, many[i - i % 2].uri));
        } else {
            assert_true(pen_str_starts(uri, PEN_S("https://example.com/all/")));
        }
    }
}

static void says_where_a_file_is_wrong(void **state)
{
    (void)state;
    const struct {
        const char *text;
        const char *words;
    } rows[] = {
        {"{\n  \"type\": 7 }", "/t.json:2:11: #/type: "},
        {"{\n  \"type\" }", "/t.json:2:10: "},
        {"", "json.empty"},
    };
    for (size_t i = 0; i < PEN_COUNT_OF(rows); i++) {
        struct pen_schema_files files = {.arena = arena, .config = &config};
        const struct pen_schema *schema = NULL;
        struct pen_error err = {.text = ""};
        assert_int_equal(compile(&files, rows[i].text, &schema, &err), PEN_ERR_INVALID);
        if (strstr(err.text, rows[i].words) == NULL) fail_msg("%s", err.text);
    }
}

static void fails_cleanly_without_memory(void **state)
{
    (void)state;
    put("t.json", "{\"$ref\":\"https://example.com/s/a.json\",\"pattern\":\"^a+$\"}");
    enum pen_status status = PEN_ERR_NOMEM;
    size_t failures = 0;
    for (size_t limit = 64; status == PEN_ERR_NOMEM; limit += limit / 4) {
        struct pen_arena *small = NULL;
        struct pen_error err = {.text = ""};
        struct pen_schema_source source = {.file = NULL};
        const struct pen_schema *schema = NULL;
        assert_true(limit < (size_t)64 << 20);
        assert_int_equal(pen_arena_create(limit, 64, &small), PEN_OK);
        struct pen_schema_files files = {.arena = small, .config = &config};
        status = pen_schema_files_open(&files, path_of("t.json"), &source.file, &err);
        if (status == PEN_OK) status = pen_schema_files_compile(&files, &source, &schema, &err);
        assert_true(status == PEN_OK || status == PEN_ERR_NOMEM);
        assert_true(status == PEN_OK || err.text[0] != '\0');
        failures += status != PEN_OK;
        pen_arena_destroy(small);
    }
    assert_true(failures > 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(references_lead_to_mapped_files_and_nowhere_else),
        cmocka_unit_test(a_file_is_read_and_compiled_once),
        cmocka_unit_test(lists_what_is_mapped),
        cmocka_unit_test(the_first_mapping_of_a_file_names_it),
        cmocka_unit_test(says_where_a_file_is_wrong),
        cmocka_unit_test(fails_cleanly_without_memory),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
