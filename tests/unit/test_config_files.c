/** The typed configuration and the files that it names: what must exist, and who may read it. */
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

#include "gateway/config/config.h"

static char folder[64];

static char *path_of(const char *name, char *memory, size_t size)
{
    const int length = snprintf(memory, size, "%s/%s", folder, name);
    assert_true(length > 0 && (size_t)length < size);
    return memory;
}

static void write_file(const char *name, const char *contents, mode_t mode)
{
    char path[128];
    FILE *file = fopen(path_of(name, path, sizeof(path)), "wb");
    assert_non_null(file);
    assert_int_not_equal(fputs(contents, file), EOF);
    assert_int_equal(fclose(file), 0);
    assert_int_equal(chmod(path, mode), 0);
}

static int set_up(void **state)
{
    (void)state;
    memcpy(folder, "/tmp/penstock-config-XXXXXX", sizeof("/tmp/penstock-config-XXXXXX"));
    if (mkdtemp(folder) == NULL) return -1;

    write_file("cert.pem", "certificate\n", 0644);
    write_file("key.pem", "key\n", 0600);
    write_file("open.pem", "key\n", 0644);
    write_file("jwks.json", "{}\n", 0644);
    write_file("audience", "functions\n", 0600);
    write_file("crlf", "functions\r\n", 0600);
    write_file("empty", "\n", 0600);
    char path[128];
    if (mkfifo(path_of("fifo", path, sizeof(path)), 0600) != 0) return -1;
    return mkdir(path_of("folder", path, sizeof(path)), 0700);
}

static int tear_down(void **state)
{
    (void)state;
    static const char *const names[] = {"cert.pem", "key.pem", "open.pem",  "jwks.json",
                                        "audience", "crlf",    "empty",     "fifo",
                                        "large",    "p.yaml",  "large.yaml"};
    char path[128];
    for (size_t i = 0; i < PEN_COUNT_OF(names); i++) {
        (void)unlink(path_of(names[i], path, sizeof(path)));
    }
    (void)rmdir(path_of("folder", path, sizeof(path)));
    return rmdir(folder);
}

static enum pen_status parse(const char *certificate, const char *key, const char *issuer,
                             struct pen_config **config, struct pen_error *err)
{
    char yaml[1024];
    const int length =
        snprintf(yaml, sizeof(yaml),
                 "listen: [{ address: 0.0.0.0:0, tls: { certificate: %s, key: %s } }]\n"
                 "issuers:\n"
                 "  i: { issuer: me, %s }\n"
                 "upstreams: { u: { url: https://h } }\n"
                 "functions: { f: { route: /f, upstream: u } }\n",
                 certificate, key, issuer);
    assert_true(length > 0 && (size_t)length < sizeof(yaml));
    *config = NULL;
    return pen_config_parse((struct pen_str){yaml, (size_t)length}, pen_str_from_c(folder), config,
                            err);
}

#define KEYS "audience: a, jwks: { file: jwks.json }"

static void relative_names_start_at_the_file_s_folder(void **state)
{
    (void)state;
    struct pen_config *config;
    struct pen_error err = {.text = ""};
    if (parse("cert.pem", "key.pem", KEYS, &config, &err) != PEN_OK) fail_msg("%s", err.text);
    assert_true(pen_str_starts(config->listens[0].certificates[0].key, pen_str_from_c(folder)));
    assert_true(pen_str_ends(config->listens[0].certificates[0].key, PEN_S("/key.pem")));
    pen_config_destroy(config);
}

static void files_must_be_readable_and_keys_must_not_be_open_to_all(void **state)
{
    (void)state;
    const struct {
        const char *why;
        const char *certificate;
        const char *key;
        const char *issuer;
        size_t line;
        const char *says;
    } rows[] = {
        {"no certificate", "none.pem", "key.pem", KEYS, 1, "/none.pem' cannot be read: No such"},
        {"no key", "cert.pem", "none.pem", KEYS, 1, "/none.pem' cannot be read"},
        {"key for all", "cert.pem", "open.pem", KEYS, 1, "chmod 600"},
        {"a folder", "folder", "key.pem", KEYS, 1, "is no regular file"},
        {"a FIFO does not make us wait", "fifo", "key.pem", KEYS, 1, "is no regular file"},
        {"no key set", "cert.pem", "key.pem", "audience: a, jwks: { file: none.json }", 3,
         "/issuers/i/jwks/file: the file"},
        {"shared secret for all", "cert.pem", "key.pem",
         "audience: a, algorithms: [HS256], jwks: { file: jwks.json }", 3, "chmod 600"},
        {"value from no file", "cert.pem", "key.pem",
         "audience: \"file:none\", jwks: { file: jwks.json }", 3, "cannot be read"},
        {"value from an open file", "cert.pem", "key.pem",
         "audience: file:jwks.json, jwks: { file: jwks.json }", 3, "open to everyone"},
        {"value from an empty file", "cert.pem", "key.pem",
         "audience: file:empty, jwks: { file: jwks.json }", 3, "read an empty one"},
    };
    for (size_t i = 0; i < PEN_COUNT_OF(rows); i++) {
        struct pen_config *config;
        struct pen_error err = {.text = ""};
        const enum pen_status status =
            parse(rows[i].certificate, rows[i].key, rows[i].issuer, &config, &err);
        if (status != PEN_ERR_INVALID || err.line != rows[i].line
            || strstr(err.text, rows[i].says) == NULL) {
            fail_msg("%s: %zu: %s", rows[i].why, err.line, err.text);
        }
    }
}

static enum pen_status parse_audit(const char *file, struct pen_error *err)
{
    char yaml[512];
    struct pen_config *config = NULL;
    const int length = snprintf(yaml, sizeof(yaml),
                                "listen: [{ address: 127.0.0.1:0 }]\n"
                                "upstreams: { u: { url: http://127.0.0.1:1 } }\n"
                                "functions: { f: { route: /f, upstream: u } }\n"
                                "audit: { file: \"%s\" }\n",
                                file);
    assert_true(length > 0 && (size_t)length < sizeof(yaml));
    const enum pen_status status = pen_config_parse((struct pen_str){yaml, (size_t)length},
                                                    pen_str_from_c(folder), &config, err);
    if (status == PEN_OK) pen_config_destroy(config);
    return status;
}

static void the_audit_record_must_have_a_file_that_can_be_written(void **state)
{
    (void)state;
    const char *const good[] = {"-", "new.jsonl", "empty", "fifo", "folder/new.jsonl", "/dev/null"};
    const char *const bad[] = {"none/a.jsonl", "/nope/a.jsonl", "folder", "folder/",
                               "empty/a.jsonl"};
    for (size_t i = 0; i < PEN_COUNT_OF(good); i++) {
        struct pen_error err = {.text = ""};
        if (parse_audit(good[i], &err) != PEN_OK) fail_msg("%s: %s", good[i], err.text);
    }
    for (size_t i = 0; i < PEN_COUNT_OF(bad); i++) {
        struct pen_error err = {.text = ""};
        const enum pen_status status = parse_audit(bad[i], &err);
        if (status != PEN_ERR_INVALID || err.line != 4 || err.column != 16
            || strstr(err.text, "/audit/file: the file '") == NULL
            || strstr(err.text, "cannot be written: ") == NULL) {
            fail_msg("%s: %zu:%zu: %s", bad[i], err.line, err.column, err.text);
        }
    }
    /* It was only looked at. */
    char path[128];
    assert_int_equal(access(path_of("new.jsonl", path, sizeof(path)), F_OK), -1);
}

static void names_the_command_that_makes_the_files_of_the_examples(void **state)
{
    (void)state;
    struct pen_config *config;
    struct pen_error err = {.text = ""};
    assert_int_equal(parse("certs/dev/server.pem", "key.pem", KEYS, &config, &err),
                     PEN_ERR_INVALID);
    if (strstr(err.text, "; `penstock certs` makes it") == NULL) fail_msg("%s", err.text);
    assert_int_equal(parse("cert.pem", "key.pem",
                           "audience: a, jwks: { file: certs/dev/jwks.json }", &config, &err),
                     PEN_ERR_INVALID);
    if (strstr(err.text, "; `penstock token --init` makes it") == NULL) fail_msg("%s", err.text);
    assert_int_equal(parse("none.pem", "key.pem", KEYS, &config, &err), PEN_ERR_INVALID);
    assert_null(strstr(err.text, "makes it"));
}

static void values_come_from_files_without_their_line_end(void **state)
{
    (void)state;
    const char *const issuers[] = {"audience: file:audience, jwks: { file: jwks.json }",
                                   "audience: [\"file:crlf\"], jwks: { file: jwks.json }"};
    for (size_t i = 0; i < PEN_COUNT_OF(issuers); i++) {
        struct pen_config *config;
        struct pen_error err = {.text = ""};
        if (parse("cert.pem", "key.pem", issuers[i], &config, &err) != PEN_OK) {
            fail_msg("%s", err.text);
        }
        assert_true(pen_str_equal(config->issuers[0].audiences[0], PEN_S("functions")));
        assert_int_equal(config->issuers[0].audiences[0].ptr[9], '\0');
        pen_config_destroy(config);
    }
}

static void a_value_of_64_kib_is_none(void **state)
{
    (void)state;
    char *const large = malloc(70000);
    assert_non_null(large);
    memset(large, 'a', 69999);
    large[69999] = '\0';
    write_file("large", large, 0600);
    free(large);
    struct pen_config *config;
    struct pen_error err = {.text = ""};
    assert_int_equal(parse("cert.pem", "key.pem", "audience: file:large, jwks: { file: jwks.json }",
                           &config, &err),
                     PEN_ERR_INVALID);
    assert_non_null(strstr(err.text, "is larger than 64 KiB"));
}

static void loads_a_file_and_remembers_its_name(void **state)
{
    (void)state;
    char path[128];
    struct pen_config *config = NULL;
    struct pen_error err = {.text = ""};
    write_file("p.yaml",
               "listen: [{ address: 0.0.0.0:0, tls: { certificate: cert.pem, key: key.pem } }]\n"
               "upstreams: { u: { url: https://h } }\n"
               "functions: { f: { route: /f, upstream: u } }\n",
               0644);
    const struct pen_str name = pen_str_from_c(path_of("p.yaml", path, sizeof(path)));
    if (pen_config_load(name, &config, &err) != PEN_OK) fail_msg("%s", err.text);
    assert_true(pen_str_equal(config->file, name));
    pen_config_destroy(config);
}

static void says_why_a_file_cannot_be_loaded(void **state)
{
    (void)state;
    char path[128];
    struct pen_config *config = NULL;
    struct pen_error err = {.text = ""};
    assert_int_equal(
        pen_config_load(pen_str_from_c(path_of("none", path, sizeof(path))), &config, &err),
        PEN_ERR_IO);
    assert_int_equal(err.line, 0);
    assert_true(err.text[0] != '\0');
    assert_int_equal(
        pen_config_load(pen_str_from_c(path_of("folder", path, sizeof(path))), &config, &err),
        PEN_ERR_IO);
    assert_null(config);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(relative_names_start_at_the_file_s_folder),
        cmocka_unit_test(files_must_be_readable_and_keys_must_not_be_open_to_all),
        cmocka_unit_test(the_audit_record_must_have_a_file_that_can_be_written),
        cmocka_unit_test(names_the_command_that_makes_the_files_of_the_examples),
        cmocka_unit_test(values_come_from_files_without_their_line_end),
        cmocka_unit_test(a_value_of_64_kib_is_none),
        cmocka_unit_test(loads_a_file_and_remembers_its_name),
        cmocka_unit_test(says_why_a_file_cannot_be_loaded),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
