/** conf/: every example loads beside the files that `penstock certs` makes, and check accepts it.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "gateway/auth/mint.h"
#include "gateway/cli/check_command.h"
#include "gateway/config/route.h"
#include "gateway/devcerts.h"
#include "gateway/file.h"

static const char *const examples[] = {"minimal.yaml", "edge.yaml",    "sidecar.yaml",
                                       "events.yaml",  "patches.yaml", "schemas/order.json"};
#define CONFIGURATIONS (PEN_COUNT_OF(examples) - 2) /* the last two are named by others */
static const char *const made[] = {
    "certs/dev/ca.pem",       "certs/dev/ca.key",       "certs/dev/server.pem",
    "certs/dev/server.key",   "certs/dev/client.pem",   "certs/dev/client.key",
    "certs/dev/function.pem", "certs/dev/function.key", "certs/dev/jwks.json",
    "certs/dev/signing.key",
};
static const char *const folders[] = {"conf", "conf/schemas", "certs", "certs/dev"};

static char root[64];

static char *path_of(const char *name, char *memory, size_t size)
{
    const int length = snprintf(memory, size, "%s/%s", root, name);
    assert_true(length > 0 && (size_t)length < size);
    return memory;
}

static void write_file(const char *name, struct pen_str contents)
{
    char path[128];
    FILE *file = fopen(path_of(name, path, sizeof(path)), "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(contents.ptr, 1, contents.len, file), contents.len);
    assert_int_equal(fclose(file), 0);
    assert_int_equal(chmod(path, 0600), 0);
}

static char *example_path(size_t index, char *memory, size_t size)
{
    char name[64];
    const int length = snprintf(name, sizeof(name), "conf/%s", examples[index]);
    assert_true(length > 0 && (size_t)length < sizeof(name));
    return path_of(name, memory, size);
}

static void copy_example(size_t index)
{
    char path[512];
    char name[64];
    struct pen_str text;
    struct pen_error err = {.text = ""};
    int length = snprintf(path, sizeof(path), "%s/conf/%s", PEN_SOURCE_DIR, examples[index]);
    assert_true(length > 0 && (size_t)length < sizeof(path));
    if (pen_file_read(pen_str_from_c(path), 1 << 20, &text, &err) != PEN_OK) {
        fail_msg("%s", err.text);
    }
    length = snprintf(name, sizeof(name), "conf/%s", examples[index]);
    assert_true(length > 0 && (size_t)length < sizeof(name));
    write_file(name, text);
    pen_file_wipe(&text);
}

/* What `penstock certs` and `penstock token --init` would make. */
static bool make_certificates(void)
{
    static const char *const names[] = {"localhost"};
    char folder[128];
    struct pen_signer *signer = NULL;
    struct pen_error err = {.text = ""};
    const struct pen_devcerts_wish wish = {.folder = path_of("certs/dev", folder, sizeof(folder)),
                                           .names = names,
                                           .name_count = 1,
                                           .days = 1};
    bool made_all =
        pen_devcerts_make(&wish, &err) == PEN_OK
        && pen_signer_generate(PEN_JWS_ES256, &signer) == PEN_OK
        && pen_mint_write_keys(signer, pen_str_from_c(folder), PEN_S("dev"), false, &err) == PEN_OK;
    pen_signer_destroy(signer);
    if (!made_all) printf("%s\n", err.text);
    return made_all;
}

static int set_up(void **state)
{
    (void)state;
    char path[128];
    memcpy(root, "/tmp/penstock-examples-XXXXXX", sizeof("/tmp/penstock-examples-XXXXXX"));
    if (mkdtemp(root) == NULL) return -1;
    for (size_t i = 0; i < PEN_COUNT_OF(folders); i++) {
        if (mkdir(path_of(folders[i], path, sizeof(path)), 0700) != 0) return -1;
    }
    if (!make_certificates()) return -1;
    for (size_t i = 0; i < PEN_COUNT_OF(examples); i++) {
        copy_example(i);
    }
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    char path[128];
    for (size_t i = 0; i < PEN_COUNT_OF(examples); i++) {
        (void)unlink(example_path(i, path, sizeof(path)));
    }
    for (size_t i = 0; i < PEN_COUNT_OF(made); i++) {
        (void)unlink(path_of(made[i], path, sizeof(path)));
    }
    for (size_t i = PEN_COUNT_OF(folders); i-- > 0;) {
        (void)rmdir(path_of(folders[i], path, sizeof(path)));
    }
    return rmdir(root);
}

static void every_example_loads_and_routes(void **state)
{
    (void)state;
    for (size_t i = 0; i < CONFIGURATIONS; i++) {
        char path[128];
        struct pen_config *config;
        const struct pen_router *router;
        struct pen_error err = {.text = ""};
        if (pen_config_load(pen_str_from_c(example_path(i, path, sizeof(path))), &config, &err)
            != PEN_OK) {
            fail_msg("%s:%zu:%zu: %s", examples[i], err.line, err.column, err.text);
        }
        assert_int_equal(pen_router_create(config, config->arena, &router, &err), PEN_OK);
        pen_config_destroy(config);
    }
}

static void check_accepts_them(void **state)
{
    (void)state;
    for (size_t i = 0; i < CONFIGURATIONS; i++) {
        char command[] = "check";
        char option[] = "-c";
        char path[128];
        char *arguments[] = {command, option, example_path(i, path, sizeof(path)), NULL};
        optind = 1;
        assert_int_equal(pen_cli_check(3, arguments), 0);
    }
}

static void the_smallest_has_ten_lines(void **state)
{
    (void)state;
    char path[128];
    struct pen_str text;
    size_t lines = 0;
    assert_int_equal(
        pen_file_read(pen_str_from_c(example_path(0, path, sizeof(path))), 1 << 20, &text, NULL),
        PEN_OK);
    for (size_t at = 0; at < text.len;) {
        const size_t end = pen_str_find(text, '\n', at);
        if (text.ptr[at] != '#' && end > at) lines++;
        at = end + 1;
    }
    pen_file_wipe(&text);
    assert_int_equal(lines, 10);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_example_loads_and_routes),
        cmocka_unit_test(check_accepts_them),
        cmocka_unit_test(the_smallest_has_ten_lines),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
