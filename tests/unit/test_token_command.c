/** `penstock token`: what it prints, what it refuses, and its exit status. */
#include "gateway/cli/token_command.h"

#include <fcntl.h>
#include <getopt.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "filters/core/codec.h"
#include "filters/core/json.h"
#include "gateway/file.h"
#include "tests/support/pki.h"

#define MAX_ARGUMENTS 16

static struct pki pki;

static int make_folder(void **state)
{
    (void)state;
    pki_init(&pki);
    return 0;
}

static int remove_folder(void **state)
{
    (void)state;
    pki_deinit(&pki);
    return 0;
}

/* Run with standard output or error (`stream`) going to a file; its contents live as long as pki.
 */
static int run(int stream, struct pen_str *said, const char *const *arguments)
{
    char copies[MAX_ARGUMENTS][256];
    char *argv[MAX_ARGUMENTS + 1] = {NULL};
    int argc = 0;
    for (; arguments[argc] != NULL; argc++) {
        assert_true(argc < MAX_ARGUMENTS);
        assert_in_range(snprintf(copies[argc], sizeof(copies[0]), "%s", arguments[argc]), 0,
                        sizeof(copies[0]) - 1);
        argv[argc] = copies[argc];
    }
    const struct pen_str path = pki_path(&pki, "said");
    const int file = open(path.ptr, O_CREAT | O_TRUNC | O_RDWR, 0600);
    const int saved = dup(stream);
    assert_true(file >= 0 && saved >= 0);
    assert_int_equal(fflush(NULL), 0);
    assert_int_equal(dup2(file, stream), stream);
    optind = 0; /* GNU: start over */
    const int status = pen_cli_token(argc, argv);
    assert_int_equal(fflush(NULL), 0);
    assert_int_equal(dup2(saved, stream), stream);
    assert_int_equal(close(saved), 0);
    assert_int_equal(close(file), 0);

    struct pen_str contents;
    assert_int_equal(pen_file_read(path, 65536, &contents, NULL), PEN_OK);
    assert_int_equal(pen_arena_copy(pki.arena, contents, said), PEN_OK);
    pen_file_wipe(&contents);
    return status;
}

static void makes_keys_and_then_tokens_with_them(void **state)
{
    (void)state;
    struct pen_str said;
    const char *const folder = pki.folder;
    char key[160];
    assert_in_range(snprintf(key, sizeof(key), "%s/signing.key", folder), 1, sizeof(key) - 1);
    const char *const init[] = {"token", "--init", "--alg", "EdDSA", folder, NULL};
    assert_int_equal(run(1, &said, init), 0);
    assert_non_null(strstr(said.ptr, "EdDSA"));
    assert_int_equal(run(2, &said, init), 1);
    assert_non_null(strstr(said.ptr, "there already"));

    const char *const sign[] = {"token",     "--key",      key,  "-S",     "r w",
                                "-c",        "tenant=a=b", "-c", "n:=[1]", "--audience",
                                "elsewhere", "-e",         "2h", NULL};
    assert_int_equal(run(1, &said, sign), 0);
    const size_t first = pen_str_find(said, '.', 0);
    const size_t second = pen_str_find(said, '.', first + 1);
    struct pen_str payload;
    const struct pen_json *claims;
    assert_int_equal(
        pen_codec_base64url(pen_str_slice(said, first + 1, second), pki.arena, &payload), PEN_OK);
    assert_int_equal(pen_json_read(payload, NULL, pki.arena, &claims, NULL), PEN_OK);
    const struct {
        struct pen_str name;
        struct pen_str text;
    } rows[] = {
        {PEN_STR("iss"), PEN_STR("https://issuer.dev.invalid/")},
        {PEN_STR("aud"), PEN_STR("elsewhere")},
        {PEN_STR("sub"), PEN_STR("developer")},
        {PEN_STR("scope"), PEN_STR("r w")},
        {PEN_STR("tenant"), PEN_STR("a=b")},
    };
    for (size_t i = 0; i < PEN_COUNT_OF(rows); i++) {
        const struct pen_str text =
            pen_json_string_or(pen_json_member(claims, rows[i].name), PEN_S(""));
        if (!pen_str_equal(text, rows[i].text)) fail_msg("%s", rows[i].name.ptr);
    }
    assert_non_null(pen_json_resolve(claims, PEN_S("/n/0")));
    int64_t issued;
    int64_t expires;
    assert_int_equal(pen_json_to_seconds(pen_json_member(claims, PEN_S("iat")), &issued), PEN_OK);
    assert_int_equal(pen_json_to_seconds(pen_json_member(claims, PEN_S("exp")), &expires), PEN_OK);
    assert_int_equal(expires - issued, 7200);
}

static void says_what_is_wrong_with_how_it_is_used(void **state)
{
    (void)state;
    const struct {
        const char *arguments[6];
        int status;
        const char *said;
    } rows[] = {
        {{"token", "--alg", "none"}, 2, "'none'"},
        {{"token", "--alg", "rs256"}, 2, "'rs256'"},
        {{"token", "--alg", "HS256"}, 2, "'HS256'"},
        {{"token", "--claim", "novalue"}, 2, "'novalue'"},
        {{"token", "--claim", "=x"}, 2, "'=x'"},
        {{"token", "--claim", ":=1"}, 2, "':=1'"},
        {{"token", "--expires-in", "1"}, 2, "'1'"},
        {{"token", "--expires-in", "10ms"}, 2, "'10ms'"},
        {{"token", "stray"}, 2, "'stray'"},
        {{"token", "--init", "a", "b"}, 2, "'b'"},
        {{"token", "--bogus"}, 2, "bogus"},
        {{"token", "--key", "/nonexistent/key"}, 1, "/nonexistent/key"},
    };
    for (size_t i = 0; i < PEN_COUNT_OF(rows); i++) {
        struct pen_str said;
        const int status = run(2, &said, rows[i].arguments);
        if (status != rows[i].status || strstr(said.ptr, rows[i].said) == NULL) {
            fail_msg("%s %s: %d, %s", rows[i].arguments[1],
                     rows[i].arguments[2] != NULL ? rows[i].arguments[2] : "", status, said.ptr);
        }
    }
}

static void teaches_in_its_help(void **state)
{
    (void)state;
    struct pen_str said;
    const char *const help[] = {"token", "--help", NULL};
    assert_int_equal(run(1, &said, help), 0);
    assert_non_null(strstr(said.ptr, "Try it:"));
    assert_non_null(strstr(said.ptr, "Exit status:"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(makes_keys_and_then_tokens_with_them),
        cmocka_unit_test(says_what_is_wrong_with_how_it_is_used),
        cmocka_unit_test(teaches_in_its_help),
    };
    return cmocka_run_group_tests_name("token_command", tests, make_folder, remove_folder);
}
