/** The TLS policy, seen by handshakes in memory between our context and an ordinary client. */
#include "gateway/tls/server.h"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/support/handshake.h"
#include "tests/support/pki.h"

static struct pki pki;

static int make_certificates(void **state)
{
    (void)state;
    pki_init(&pki);
    pki_issue(&pki, "server", &(struct pki_wish){.name = "localhost"});
    pki_issue(&pki, "other", &(struct pki_wish){.name = "localhost"});
    pki_issue(&pki, "rsa", &(struct pki_wish){.name = "localhost", .rsa = true});
    pki_issue(&pki, "client", &(struct pki_wish){.name = "client", .client = true});
    pki_write(&pki, "empty.pem", PEN_S(""));
    pki_write(&pki, "broken.pem",
              PEN_S("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"));
    return 0;
}

static int remove_certificates(void **state)
{
    (void)state;
    pki_deinit(&pki);
    return 0;
}

static struct pen_tls_server *new_server(int min_version, enum pen_client_auth client_auth)
{
    const struct pen_tls_certificate certificate = {.certificate = pki_path(&pki, "server.pem"),
                                                    .key = pki_path(&pki, "server.key")};
    const struct pen_tls_server_options options = {
        .certificates = &certificate,
        .certificate_count = 1,
        .client_ca = pki_path(&pki, "ca.pem"),
        .min_version = min_version,
        .client_auth = client_auth,
    };
    struct pen_tls_server *server = NULL;
    struct pen_error err;
    if (pen_tls_server_create(&options, &server, &err) != PEN_OK) fail_msg("%s", err.text);
    return server;
}

static void speaks_the_newest_version_by_default(void **state)
{
    (void)state;
    struct pen_tls_server *server = new_server(12, PEN_CLIENT_AUTH_OFF);
    SSL_CTX *client = handshake_client(&pki, NULL);
    struct ends ends = shake_hands(server, client, NULL);
    assert_true(ends.done);
    assert_string_equal(SSL_get_version(ends.server), "TLSv1.3");
    part_ends(&ends);
    SSL_CTX_free(client);
    pen_tls_server_release(server);
}

static void keeps_the_version_floor(void **state)
{
    (void)state;
    const struct {
        const char *why;
        int min_version;
        int client_version;
        bool done;
    } rows[] = {
        {"1.2 where 1.2 is the floor", 12, TLS1_2_VERSION, true},
        {"1.2 where 1.3 is the floor", 13, TLS1_2_VERSION, false},
        {"1.3 where 1.3 is the floor", 13, TLS1_3_VERSION, true},
        {"1.1, whatever the client would take", 12, TLS1_1_VERSION, false},
    };
    for (size_t i = 0; i < PEN_COUNT_OF(rows); i++) {
        struct pen_tls_server *server = new_server(rows[i].min_version, PEN_CLIENT_AUTH_OFF);
        SSL_CTX *client = handshake_client(&pki, NULL);
        SSL_CTX_set_security_level(client, 0);
        assert_int_equal(SSL_CTX_set_min_proto_version(client, TLS1_1_VERSION), 1);
        assert_int_equal(SSL_CTX_set_max_proto_version(client, rows[i].client_version), 1);
        struct ends ends = shake_hands(server, client, NULL);
        if (ends.done != rows[i].done) fail_msg("%s", rows[i].why);
        part_ends(&ends);
        SSL_CTX_free(client);
        pen_tls_server_release(server);
    }
}

static void takes_only_forward_secret_aead_ciphers(void **state)
{
    (void)state;
    const struct {
        const char *cipher;
        bool done;
    } rows[] = {
        {"ECDHE-ECDSA-AES128-GCM-SHA256", true}, {"ECDHE-ECDSA-AES256-GCM-SHA384", true},
        {"ECDHE-ECDSA-CHACHA20-POLY1305", true}, {"ECDHE-ECDSA-AES128-SHA256", false},
        {"ECDHE-ECDSA-AES256-SHA", false},       {"AES256-GCM-SHA384", false},
    };
    struct pen_tls_server *server = new_server(12, PEN_CLIENT_AUTH_OFF);
    for (size_t i = 0; i < PEN_COUNT_OF(rows); i++) {
        SSL_CTX *client = handshake_client(&pki, NULL);
        assert_int_equal(SSL_CTX_set_max_proto_version(client, TLS1_2_VERSION), 1);
        assert_int_equal(SSL_CTX_set_cipher_list(client, rows[i].cipher), 1);
        struct ends ends = shake_hands(server, client, NULL);
        if (ends.done != rows[i].done) fail_msg("%s", rows[i].cipher);
        part_ends(&ends);
        SSL_CTX_free(client);
    }
    pen_tls_server_release(server);
}

static void chooses_http_1_1_and_refuses_offers_without_it(void **state)
{
    (void)state;
    const struct {
        const char *why;
        const char *offer;
        bool done;
    } rows[] = {
        {"http/1.1 alone", "\x08http/1.1", true},
        {"h2 first", "\x02h2\x08http/1.1", true},
        {"h2 alone", "\x02h2", false},
        {"http/1.0 alone", "\x08http/1.0", false},
    };
    struct pen_tls_server *server = new_server(12, PEN_CLIENT_AUTH_OFF);
    SSL_CTX *client = handshake_client(&pki, NULL);
    for (size_t i = 0; i < PEN_COUNT_OF(rows); i++) {
        struct ends ends =
            shake_hands(server, client, &(struct handshake_wish){.protocols = rows[i].offer});
        if (ends.done != rows[i].done) fail_msg("%s", rows[i].why);
        if (ends.done) {
            const unsigned char *chosen;
            unsigned int len;
            SSL_get0_alpn_selected(ends.client, &chosen, &len);
            assert_int_equal(len, 8);
            assert_memory_equal(chosen, "http/1.1", 8);
        } else {
            assert_int_equal(ends.reason, SSL_R_TLSV1_ALERT_NO_APPLICATION_PROTOCOL);
        }
        part_ends(&ends);
    }
    SSL_CTX_free(client);
    pen_tls_server_release(server);
}

static void asks_callers_for_certificates_as_told(void **state)
{
    (void)state;
    const struct {
        const char *why;
        enum pen_client_auth client_auth;
        const char *identity;
        bool done;
        bool seen;
    } rows[] = {
        {"off, none sent", PEN_CLIENT_AUTH_OFF, NULL, true, false},
        {"off, one at hand", PEN_CLIENT_AUTH_OFF, "client", true, false},
        {"optional, none sent", PEN_CLIENT_AUTH_OPTIONAL, NULL, true, false},
        {"optional, a good one", PEN_CLIENT_AUTH_OPTIONAL, "client", true, true},
        {"optional, a server's", PEN_CLIENT_AUTH_OPTIONAL, "other", false, false},
        {"required, none sent", PEN_CLIENT_AUTH_REQUIRED, NULL, false, false},
        {"required, a good one", PEN_CLIENT_AUTH_REQUIRED, "client", true, true},
    };
    for (size_t i = 0; i < PEN_COUNT_OF(rows); i++) {
        struct pen_tls_server *server = new_server(12, rows[i].client_auth);
        SSL_CTX *client = handshake_client(&pki, rows[i].identity);
        struct ends ends = shake_hands(server, client, NULL);
        if (ends.done != rows[i].done) fail_msg("%s", rows[i].why);
        if (ends.done && (SSL_get0_peer_certificate(ends.server) != NULL) != rows[i].seen) {
            fail_msg("certificate: %s", rows[i].why);
        }
        part_ends(&ends);
        SSL_CTX_free(client);
        pen_tls_server_release(server);
    }
}

static void resumes_by_ticket_until_its_key_was_rotated_twice(void **state)
{
    (void)state;
    const int versions[] = {TLS1_2_VERSION, TLS1_3_VERSION};
    for (size_t i = 0; i < PEN_COUNT_OF(versions); i++) {
        struct pen_tls_server *server = new_server(12, PEN_CLIENT_AUTH_REQUIRED);
        SSL_CTX *client = handshake_client(&pki, "client");
        assert_int_equal(SSL_CTX_set_max_proto_version(client, versions[i]), 1);
        SSL_SESSION *session = ticket_of(server, client);

        assert_true(resumes(server, client, session));
        assert_int_equal(pen_tls_server_rotate(server), PEN_OK);
        assert_true(resumes(server, client, session));
        assert_int_equal(pen_tls_server_rotate(server), PEN_OK);
        assert_false(resumes(server, client, session));

        SSL_SESSION_free(session);
        SSL_CTX_free(client);
        pen_tls_server_release(server);
    }
}

static void another_process_does_not_take_the_ticket(void **state)
{
    (void)state;
    struct pen_tls_server *before = new_server(12, PEN_CLIENT_AUTH_OFF);
    struct pen_tls_server *after = new_server(12, PEN_CLIENT_AUTH_OFF);
    SSL_CTX *client = handshake_client(&pki, NULL);
    SSL_SESSION *session = ticket_of(before, client);
    assert_false(resumes(after, client, session));
    SSL_SESSION_free(session);
    SSL_CTX_free(client);
    pen_tls_server_release(before);
    pen_tls_server_release(after);
}

static void a_session_outlives_the_last_reference(void **state)
{
    (void)state;
    struct pen_tls_server *server = new_server(12, PEN_CLIENT_AUTH_OFF);
    assert_ptr_equal(pen_tls_server_acquire(server), server);
    SSL_CTX *client = handshake_client(&pki, NULL);
    struct ends ends = shake_hands(server, client, NULL);
    SSL_CTX_free(client);
    pen_tls_server_release(server);
    pen_tls_server_release(server);
    pen_tls_server_release(NULL);

    size_t count = 0;
    char text[8];
    assert_int_equal(SSL_write_ex(ends.client, "still", 5, &count), 1);
    assert_int_equal(SSL_read_ex(ends.server, text, sizeof(text), &count), 1);
    assert_int_equal(count, 5);
    part_ends(&ends);
}

static void names_the_file_that_does_not_fit(void **state)
{
    (void)state;
    const struct {
        const char *why;
        const char *certificate;
        const char *key;
        const char *client_ca;
        enum pen_status status;
        const char *said;
    } rows[] = {
        {"no such file", "none.pem", "server.key", "", PEN_ERR_IO, "none.pem"},
        {"no such key", "server.pem", "none.key", "", PEN_ERR_IO, "none.key"},
        {"an empty file", "empty.pem", "server.key", "", PEN_ERR_INVALID, "no certificate"},
        {"a broken one", "broken.pem", "server.key", "", PEN_ERR_INVALID, "no certificate"},
        {"no key in it", "server.pem", "server.pem", "", PEN_ERR_INVALID, "no private key"},
        {"another's key", "server.pem", "other.key", "", PEN_ERR_INVALID, "is not the key of"},
        {"a key of another type", "server.pem", "rsa.key", "", PEN_ERR_INVALID, "not the key of"},
        {"no CA file", "server.pem", "server.key", "none.pem", PEN_ERR_IO, "none.pem"},
        {"an empty CA", "server.pem", "server.key", "empty.pem", PEN_ERR_INVALID, "no CA"},
    };
    for (size_t i = 0; i < PEN_COUNT_OF(rows); i++) {
        const bool callers = rows[i].client_ca[0] != '\0';
        const struct pen_tls_certificate certificate = {
            .certificate = pki_path(&pki, rows[i].certificate),
            .key = pki_path(&pki, rows[i].key),
        };
        const struct pen_tls_server_options options = {
            .certificates = &certificate,
            .certificate_count = 1,
            .client_ca = pki_path(&pki, rows[i].client_ca),
            .min_version = 12,
            .client_auth = callers ? PEN_CLIENT_AUTH_REQUIRED : PEN_CLIENT_AUTH_OFF,
        };
        struct pen_tls_server *server = NULL;
        struct pen_error err;
        const enum pen_status status = pen_tls_server_create(&options, &server, &err);
        if (status != rows[i].status || strstr(err.text, rows[i].said) == NULL) {
            fail_msg("%s: %s (%s)", rows[i].why, pen_status_name(status), err.text);
        }
        assert_null(server);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(speaks_the_newest_version_by_default),
        cmocka_unit_test(keeps_the_version_floor),
        cmocka_unit_test(takes_only_forward_secret_aead_ciphers),
        cmocka_unit_test(chooses_http_1_1_and_refuses_offers_without_it),
        cmocka_unit_test(asks_callers_for_certificates_as_told),
        cmocka_unit_test(resumes_by_ticket_until_its_key_was_rotated_twice),
        cmocka_unit_test(another_process_does_not_take_the_ticket),
        cmocka_unit_test(a_session_outlives_the_last_reference),
        cmocka_unit_test(names_the_file_that_does_not_fit),
    };
    return cmocka_run_group_tests_name("tls", tests, make_certificates, remove_certificates);
}
