/** What an upstream's identity and CAs are read from, and put into libcurl's contexts. */
#include "gateway/tls/client.h"

#include <openssl/ssl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/support/pki.h"

static struct pki pki;

static int make_certificates(void **state)
{
    (void)state;
    pki_init(&pki);
    pki_issue(&pki, "gateway", &(struct pki_wish){.name = "gateway", .client = true});
    pki_issue(&pki, "other", &(struct pki_wish){.name = "other", .client = true});
    return 0;
}

static int remove_certificates(void **state)
{
    (void)state;
    pki_deinit(&pki);
    return 0;
}

static void gives_each_context_the_same_identity_and_authorities(void **state)
{
    (void)state;
    const struct pen_tls_client_options options = {
        .certificate = pki_path(&pki, "gateway.pem"),
        .key = pki_path(&pki, "gateway.key"),
        .ca = pki_path(&pki, "ca.pem"),
        .name = PEN_STR("fn.example"),
    };
    struct pen_tls_client *client = NULL;
    struct pen_error err;
    assert_int_equal(pen_tls_client_create(&options, &client, &err), PEN_OK);
    SSL_CTX *contexts[2];
    for (size_t i = 0; i < PEN_COUNT_OF(contexts); i++) {
        contexts[i] = SSL_CTX_new(TLS_client_method());
        assert_non_null(contexts[i]);
        assert_int_equal(pen_tls_client_apply(client, contexts[i]), PEN_OK);
    }
    assert_ptr_equal(pen_tls_client_acquire(client), client);
    pen_tls_client_release(client);
    pen_tls_client_release(client);
    pen_tls_client_release(NULL);

    assert_non_null(SSL_CTX_get0_certificate(contexts[0]));
    assert_ptr_equal(SSL_CTX_get0_certificate(contexts[0]), SSL_CTX_get0_certificate(contexts[1]));
    assert_ptr_equal(SSL_CTX_get_cert_store(contexts[0]), SSL_CTX_get_cert_store(contexts[1]));
    SSL_CTX_free(contexts[0]);
    SSL_CTX_free(contexts[1]);
}

static void names_the_file_that_does_not_load(void **state)
{
    (void)state;
    const struct {
        const char *why;
        const char *certificate;
        const char *key;
        const char *ca;
        enum pen_status status;
        const char *said;
    } rows[] = {
        {"no CA file", "", "", "none.pem", PEN_ERR_IO, "none.pem"},
        {"no certificate file", "none.pem", "gateway.key", "ca.pem", PEN_ERR_IO, "none.pem"},
        {"another's key", "gateway.pem", "other.key", "ca.pem", PEN_ERR_INVALID,
         "is not the key of"},
        {"a key for a CA", "", "", "other.key", PEN_ERR_INVALID, "no CA certificate"},
    };
    for (size_t i = 0; i < PEN_COUNT_OF(rows); i++) {
        const bool identity = rows[i].certificate[0] != '\0';
        const struct pen_tls_client_options options = {
            .certificate = identity ? pki_path(&pki, rows[i].certificate) : PEN_S(""),
            .key = identity ? pki_path(&pki, rows[i].key) : PEN_S(""),
            .ca = pki_path(&pki, rows[i].ca),
            .name = PEN_STR("fn.example"),
        };
        struct pen_tls_client *client = NULL;
        struct pen_error err;
        const enum pen_status status = pen_tls_client_create(&options, &client, &err);
        if (status != rows[i].status || strstr(err.text, rows[i].said) == NULL) {
            fail_msg("%s: %s (%s)", rows[i].why, pen_status_name(status), err.text);
        }
        assert_null(client);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gives_each_context_the_same_identity_and_authorities),
        cmocka_unit_test(names_the_file_that_does_not_load),
    };
    return cmocka_run_group_tests_name("tls_client", tests, make_certificates, remove_certificates);
}
