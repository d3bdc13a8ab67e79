/** Development certificates: what each may be used for, and what is never overwritten. */
#include "gateway/devcerts.h"

#include <dirent.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

static const char *const names[] = {"localhost", "127.0.0.1", "::1", "*.faas.example"};

/* A fresh folder for each test; `inner` does not exist yet. */
struct folder {
    char outer[32];
    char inner[48];
};

static int set_up(void **state)
{
    struct folder *const folder = calloc(1, sizeof(*folder));
    if (folder == NULL) return -1;
    memcpy(folder->outer, "/tmp/pen-certs-XXXXXX", sizeof("/tmp/pen-certs-XXXXXX"));
    if (mkdtemp(folder->outer) == NULL) return -1;
    (void)snprintf(folder->inner, sizeof(folder->inner), "%s/a/b", folder->outer);
    *state = folder;
    return 0;
}

static void remove_files(const char *path)
{
    DIR *const stream = opendir(path);
    if (stream == NULL) return;
    for (const struct dirent *entry = readdir(stream); entry != NULL; entry = readdir(stream)) {
        if (entry->d_name[0] != '.') (void)unlinkat(dirfd(stream), entry->d_name, 0);
    }
    (void)closedir(stream);
    (void)rmdir(path);
}

static int tear_down(void **state)
{
    struct folder *const folder = *state;
    remove_files(folder->inner);
    folder->inner[strlen(folder->inner) - 2] = '\0';
    (void)rmdir(folder->inner);
    const int removed = rmdir(folder->outer);
    free(folder);
    return removed;
}

static struct pen_devcerts_wish ordinary_wish(const struct folder *folder)
{
    return (struct pen_devcerts_wish){
        .folder = folder->inner, .names = names, .name_count = PEN_COUNT_OF(names), .days = 90};
}

static FILE *open_in(const struct folder *folder, const char *file, const char *mode)
{
    char path[96];
    (void)snprintf(path, sizeof(path), "%s/%s", folder->inner, file);
    return fopen(path, mode);
}

static X509 *load(const struct folder *folder, const char *file)
{
    FILE *const stream = open_in(folder, file, "r");
    assert_non_null(stream);
    X509 *const certificate = PEM_read_X509(stream, NULL, NULL, NULL);
    assert_non_null(certificate);
    assert_int_equal(fclose(stream), 0);
    return certificate;
}

/* Does a strict verifier that trusts only "ca.pem" take the certificate for this purpose? */
static bool is_accepted(const struct folder *folder, const char *file, int purpose)
{
    X509 *const ca = load(folder, "ca.pem");
    X509 *const certificate = load(folder, file);
    X509_STORE *const store = X509_STORE_new();
    X509_STORE_CTX *const context = X509_STORE_CTX_new();
    assert_non_null(store);
    assert_non_null(context);
    assert_int_equal(X509_STORE_add_cert(store, ca), 1);
    assert_int_equal(X509_STORE_set_flags(store, X509_V_FLAG_X509_STRICT), 1);
    assert_int_equal(X509_STORE_CTX_init(context, store, certificate, NULL), 1);
    assert_int_equal(X509_STORE_CTX_set_purpose(context, purpose), 1);
    const bool accepted = X509_verify_cert(context) == 1;
    X509_STORE_CTX_free(context);
    X509_STORE_free(store);
    X509_free(certificate);
    X509_free(ca);
    return accepted;
}

static void each_certificate_serves_one_purpose(void **state)
{
    const struct folder *const folder = *state;
    const struct pen_devcerts_wish wish = ordinary_wish(folder);
    assert_int_equal(pen_devcerts_make(&wish, NULL), PEN_OK);
    const struct {
        const char *file;
        bool server;
        bool client;
    } rows[] = {
        {"server.pem", true, false},
        {"function.pem", true, false},
        {"client.pem", false, true},
    };
    for (size_t i = 0; i < PEN_COUNT_OF(rows); i++) {
        if (is_accepted(folder, rows[i].file, X509_PURPOSE_SSL_SERVER) != rows[i].server
            || is_accepted(folder, rows[i].file, X509_PURPOSE_SSL_CLIENT) != rows[i].client) {
            fail_msg("%s is good for something else", rows[i].file);
        }
        X509 *const certificate = load(folder, rows[i].file);
        assert_int_equal(X509_check_ca(certificate), 0);
        X509_free(certificate);
    }
}

static void servers_answer_to_every_name_asked_for(void **state)
{
    const struct folder *const folder = *state;
    const struct pen_devcerts_wish wish = ordinary_wish(folder);
    assert_int_equal(pen_devcerts_make(&wish, NULL), PEN_OK);
    X509 *const server = load(folder, "server.pem");
    assert_int_equal(X509_check_host(server, "localhost", 0, 0, NULL), 1);
    assert_int_equal(X509_check_host(server, "orders.faas.example", 0, 0, NULL), 1);
    assert_int_equal(X509_check_ip_asc(server, "127.0.0.1", 0), 1);
    assert_int_equal(X509_check_ip_asc(server, "::1", 0), 1);
    assert_int_equal(X509_check_host(server, "Penstock", 0, 0, NULL), 0); /* the common name */
    X509_free(server);
}

static void certificates_are_valid_now_and_as_long_as_asked(void **state)
{
    const struct folder *const folder = *state;
    struct pen_devcerts_wish wish = ordinary_wish(folder);
    wish.days = PEN_DEVCERTS_MAX;
    assert_int_equal(pen_devcerts_make(&wish, NULL), PEN_OK);
    X509 *const server = load(folder, "server.pem");
    int days = 0;
    int seconds = 0;
    assert_true(X509_cmp_current_time(X509_get0_notBefore(server)) < 0);
    assert_int_equal(
        ASN1_TIME_diff(&days, &seconds, X509_get0_notBefore(server), X509_get0_notAfter(server)),
        1);
    assert_int_equal(days, PEN_DEVCERTS_MAX);
    assert_int_equal(seconds, 0);
    X509_free(server);
}

static void keys_fit_and_are_their_owners_alone(void **state)
{
    const struct folder *const folder = *state;
    const struct pen_devcerts_wish wish = ordinary_wish(folder);
    assert_int_equal(pen_devcerts_make(&wish, NULL), PEN_OK);
    const char *const parts[] = {"ca", "server", "client", "function"};
    for (size_t i = 0; i < PEN_COUNT_OF(parts); i++) {
        char file[32];
        (void)snprintf(file, sizeof(file), "%s.key", parts[i]);
        FILE *const stream = open_in(folder, file, "r");
        assert_non_null(stream);
        struct stat status;
        assert_int_equal(fstat(fileno(stream), &status), 0);
        assert_int_equal(status.st_mode & 0777, 0600);
        EVP_PKEY *const key = PEM_read_PrivateKey(stream, NULL, NULL, NULL);
        assert_non_null(key);
        assert_int_equal(fclose(stream), 0);
        (void)snprintf(file, sizeof(file), "%s.pem", parts[i]);
        X509 *const certificate = load(folder, file);
        assert_int_equal(X509_check_private_key(certificate, key), 1);
        X509_free(certificate);
        EVP_PKEY_free(key);
    }
}

static void touches_nothing_when_one_file_is_there(void **state)
{
    const struct folder *const folder = *state;
    struct pen_devcerts_wish wish = ordinary_wish(folder);
    assert_int_equal(pen_devcerts_make(&wish, NULL), PEN_OK);
    X509 *const before = load(folder, "server.pem");
    char path[96];
    (void)snprintf(path, sizeof(path), "%s/ca.pem", folder->inner);
    assert_int_equal(unlink(path), 0);

    struct pen_error err = {0};
    assert_int_equal(pen_devcerts_make(&wish, &err), PEN_ERR_IO);
    assert_non_null(strstr(err.text, "ca.key is there already"));
    assert_int_equal(access(path, F_OK), -1);

    wish.replace = true;
    assert_int_equal(pen_devcerts_make(&wish, &err), PEN_OK);
    X509 *const after = load(folder, "server.pem");
    assert_int_not_equal(X509_cmp(before, after), 0);
    assert_true(is_accepted(folder, "server.pem", X509_PURPOSE_SSL_SERVER));
    X509_free(before);
    X509_free(after);
}

static void refuses_what_is_no_name(void **state)
{
    const struct folder *const folder = *state;
    const struct {
        const char *why;
        const char *name;
    } rows[] = {
        {"empty", ""},
        {"a second name smuggled in", "a,DNS:b"},
        {"OpenSSL's notation for a section", "@section"},
        {"a space", "a b"},
        {"an underscore is no letter of a host name", "a_b"},
        {"a wildcard in the middle", "a.*.b"},
        {"only a wildcard", "*."},
        {"an address with a port", "127.0.0.1:8443"},
        {"a leading dot", ".example"},
    };
    for (size_t i = 0; i < PEN_COUNT_OF(rows); i++) {
        struct pen_devcerts_wish wish = ordinary_wish(folder);
        wish.names = &rows[i].name;
        wish.name_count = 1;
        if (pen_devcerts_make(&wish, NULL) != PEN_ERR_INVALID) fail_msg("taken: %s", rows[i].why);
        if (access(folder->inner, F_OK) == 0) fail_msg("folder made: %s", rows[i].why);
    }
}

static void refuses_a_life_that_clients_refuse(void **state)
{
    const uint32_t rows[] = {0, PEN_DEVCERTS_MAX + 1, UINT32_MAX};
    for (size_t i = 0; i < PEN_COUNT_OF(rows); i++) {
        struct pen_devcerts_wish wish = ordinary_wish(*state);
        wish.days = rows[i];
        assert_int_equal(pen_devcerts_make(&wish, NULL), PEN_ERR_INVALID);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(each_certificate_serves_one_purpose, set_up, tear_down),
        cmocka_unit_test_setup_teardown(servers_answer_to_every_name_asked_for, set_up, tear_down),
        cmocka_unit_test_setup_teardown(certificates_are_valid_now_and_as_long_as_asked, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(keys_fit_and_are_their_owners_alone, set_up, tear_down),
        cmocka_unit_test_setup_teardown(touches_nothing_when_one_file_is_there, set_up, tear_down),
        cmocka_unit_test_setup_teardown(refuses_what_is_no_name, set_up, tear_down),
        cmocka_unit_test_setup_teardown(refuses_a_life_that_clients_refuse, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
