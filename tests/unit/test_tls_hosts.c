/** Several certificates on one listener: by name, by what the caller can verify, with a staple. */
#include "gateway/tls/server.h"

#include <openssl/ocsp.h>
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
    pki_issue(&pki, "shop-ec", &(struct pki_wish){.name = "shop.example", .chain = true});
    pki_issue(&pki, "shop-rsa", &(struct pki_wish){.name = "shop.example", .rsa = true});
    pki_issue(&pki, "many",
              &(struct pki_wish){.name = "m", .names = "DNS:*.many.example,DNS:MANY.example"});
    pki_issue(&pki, "exact", &(struct pki_wish){.name = "a.many.example"});
    pki_issue(&pki, "address", &(struct pki_wish){.name = "127.0.0.1"});
    pki_issue(&pki, "weak", &(struct pki_wish){.name = "weak.example", .rsa_1024 = true});
    pki_issue(&pki, "other", &(struct pki_wish){.name = "other.example"});
    return 0;
}

static int remove_certificates(void **state)
{
    (void)state;
    pki_deinit(&pki);
    return 0;
}

static struct pen_tls_certificate files(const char *name)
{
    char certificate[64];
    char key[64];
    (void)snprintf(certificate, sizeof(certificate), "%s.pem", name);
    (void)snprintf(key, sizeof(key), "%s.key", name);
    return (struct pen_tls_certificate){.certificate = pki_path(&pki, certificate),
                                        .key = pki_path(&pki, key)};
}

static enum pen_status create(const struct pen_tls_certificate *certificates, size_t count,
                              bool refuse, struct pen_tls_server **out, struct pen_error *err)
{
    const struct pen_tls_server_options options = {
        .certificates = certificates,
        .certificate_count = count,
        .refuse_unknown = refuse,
        .min_version = 12,
    };
    return pen_tls_server_create(&options, out, err);
}

static struct pen_tls_server *serve(const struct pen_tls_certificate *certificates, size_t count,
                                    bool refuse)
{
    struct pen_tls_server *server = NULL;
    struct pen_error err;
    if (create(certificates, count, refuse, &server, &err) != PEN_OK) fail_msg("%s", err.text);
    return server;
}

/* The first name of the certificate that a client got. */
static void shown(const SSL *client, char *into, size_t room)
{
    X509_NAME *const subject = X509_get_subject_name(SSL_get0_peer_certificate(client));
    assert_true(X509_NAME_get_text_by_NID(subject, NID_commonName, into, (int)room) > 0);
}

static void shows_the_certificate_of_the_name(void **state)
{
    (void)state;
    const struct pen_tls_certificate certificates[] = {files("shop-ec"), files("many"),
                                                       files("exact")};
    const struct {
        const char *why;
        const char *host; /* NULL: none is named */
        const char *common;
        bool known;
    } rows[] = {
        {"an exact name", "shop.example", "shop.example", true},
        {"in another case", "SHOP.Example", "shop.example", true},
        {"a wildcard", "b.many.example", "m", true},
        {"exact before wildcard", "a.many.example", "a.many.example", true},
        {"written in another case in the certificate", "many.example", "m", true},
        {"a wildcard is one label", "x.b.many.example", "shop.example", false},
        {"an unknown name", "unknown.example", "shop.example", false},
        {"a trailing dot", "many.example.", "shop.example", false},
        {"the wildcard itself", "*.many.example", "shop.example", false},
        {"no name", NULL, "shop.example", false},
    };
    struct pen_tls_server *const servers[] = {serve(certificates, 3, false),
                                              serve(certificates, 3, true)};
    SSL_CTX *client = handshake_client(&pki, NULL);
    for (size_t i = 0; i < PEN_COUNT_OF(rows); i++) {
        for (size_t s = 0; s < PEN_COUNT_OF(servers); s++) {
            const bool refused = s == 1 && !rows[i].known;
            struct ends ends =
                shake_hands(servers[s], client, &(struct handshake_wish){.host = rows[i].host});
            char common[64] = "";
            if (ends.done) shown(ends.client, common, sizeof(common));
            if (ends.done == refused) fail_msg("%s, %zu", rows[i].why, s);
            if (!refused && strcmp(common, rows[i].common) != 0) {
                fail_msg("%s: %s", rows[i].why, common);
            }
            if (refused) assert_int_equal(ends.reason, SSL_R_TLSV1_UNRECOGNIZED_NAME);
            part_ends(&ends);
        }
    }
    SSL_CTX_free(client);
    pen_tls_server_release(servers[0]);
    pen_tls_server_release(servers[1]);
}

static void shows_the_kind_of_key_that_the_caller_can_verify(void **state)
{
    (void)state;
    const struct pen_tls_certificate certificates[] = {files("other"), files("shop-ec"),
                                                       files("shop-rsa")};
    const struct {
        const char *why;
        int version;
        const char *schemes;
        int kind;
    } rows[] = {
        {"both, 1.3", TLS1_3_VERSION, "ECDSA+SHA256:RSA-PSS+SHA256", EVP_PKEY_EC},
        {"RSA alone, 1.3", TLS1_3_VERSION, "RSA-PSS+SHA256", EVP_PKEY_RSA},
        {"ECDSA alone, 1.2", TLS1_2_VERSION, "ECDSA+SHA256", EVP_PKEY_EC},
        {"RSA alone, 1.2", TLS1_2_VERSION, "RSA-PSS+SHA256:RSA+SHA256", EVP_PKEY_RSA},
    };
    struct pen_tls_server *server = serve(certificates, 3, false);
    for (size_t i = 0; i < PEN_COUNT_OF(rows); i++) {
        SSL_CTX *client = handshake_client(&pki, NULL);
        SSL_CTX_set_verify(client, SSL_VERIFY_NONE, NULL); /* the CA's own key is EC */
        assert_int_equal(SSL_CTX_set_max_proto_version(client, rows[i].version), 1);
        struct ends ends = shake_hands(
            server, client,
            &(struct handshake_wish){.host = "shop.example", .schemes = rows[i].schemes});
        if (!ends.done) fail_msg("%s: no handshake", rows[i].why);
        const EVP_PKEY *const key = X509_get0_pubkey(SSL_get0_peer_certificate(ends.client));
        if (EVP_PKEY_get_base_id(key) != rows[i].kind) fail_msg("%s", rows[i].why);
        part_ends(&ends);
        SSL_CTX_free(client);
    }
    pen_tls_server_release(server);
}

static void one_for_an_address_stands_beside_the_default(void **state)
{
    (void)state;
    const struct pen_tls_certificate certificates[] = {files("shop-rsa"), files("address")};
    struct pen_tls_server *server = serve(certificates, 2, false);
    SSL_CTX *client = handshake_client(&pki, NULL);
    struct ends ends =
        shake_hands(server, client, &(struct handshake_wish){.schemes = "ECDSA+SHA256"});
    assert_true(ends.done);
    char common[64];
    shown(ends.client, common, sizeof(common));
    assert_string_equal(common, "127.0.0.1");
    part_ends(&ends);
    SSL_CTX_free(client);
    pen_tls_server_release(server);
}

static void refuses_what_would_never_be_shown_or_is_weak(void **state)
{
    (void)state;
    const struct {
        const char *why;
        const char *names[2];
        const char *said;
    } rows[] = {
        {"the same twice", {"shop-ec", "shop-ec"}, "shop-ec.pem' would never be shown"},
        {"no name, and the default has its kind", {"shop-ec", "address"}, "never be shown"},
        {"a key of 1,024 bits", {"shop-ec", "weak"}, "weak.pem': certificate not usable"},
    };
    for (size_t i = 0; i < PEN_COUNT_OF(rows); i++) {
        const struct pen_tls_certificate certificates[] = {files(rows[i].names[0]),
                                                           files(rows[i].names[1])};
        struct pen_tls_server *server = NULL;
        struct pen_error err;
        const enum pen_status status = create(certificates, 2, false, &server, &err);
        if (status != PEN_ERR_INVALID || strstr(err.text, rows[i].said) == NULL) {
            fail_msg("%s: %s (%s)", rows[i].why, pen_status_name(status), err.text);
        }
        assert_null(server);
    }
}

static size_t stapled(struct pen_tls_server *server, const char *host, bool asked)
{
    SSL_CTX *client = handshake_client(&pki, NULL);
    struct ends ends =
        shake_hands(server, client, &(struct handshake_wish){.host = host, .status = asked});
    assert_true(ends.done);
    const unsigned char *response = NULL;
    const long size = SSL_get_tlsext_status_ocsp_resp(ends.client, &response);
    part_ends(&ends);
    SSL_CTX_free(client);
    return size > 0 ? (size_t)size : 0;
}

static void staples_what_goes_with_the_certificate(void **state)
{
    (void)state;
    pki_say(&pki, "good.ocsp",
            &(struct pki_word){.about = "shop-ec", .status = V_OCSP_CERTSTATUS_GOOD});
    pki_say(&pki, "old.ocsp",
            &(struct pki_word){.about = "other", .from_s = -7200, .until_s = -3600});
    struct pen_tls_certificate certificates[] = {files("shop-ec"), files("exact"), files("other")};
    certificates[0].ocsp = pki_path(&pki, "good.ocsp");
    certificates[2].ocsp = pki_path(&pki, "old.ocsp");
    struct pen_tls_server *server = serve(certificates, 3, false);
    assert_true(stapled(server, "shop.example", true) > 100);
    assert_int_equal(stapled(server, "shop.example", false), 0);
    assert_int_equal(stapled(server, "a.many.example", true), 0);
    assert_int_equal(stapled(server, "other.example", true), 0);

    size_t count = 0;
    size_t responses = 0;
    const struct pen_tls_date *const dates = pen_tls_server_dates(server, &count);
    for (size_t i = 0; i < count; i++) {
        assert_true(dates[i].until_s > 1600000000);
        if (dates[i].kind == PEN_TLS_DATE_OCSP) responses++;
    }
    assert_int_equal(count, 5);
    assert_int_equal(responses, 2);
    pen_tls_server_release(server);
}

static void refuses_a_response_that_says_something_else(void **state)
{
    (void)state;
    const struct {
        const char *why;
        struct pki_word word;
        const char *said;
    } rows[] = {
        {"of another certificate", {.about = "other"}, "about another certificate"},
        {"revoked", {.about = "shop-ec", .status = V_OCSP_CERTSTATUS_REVOKED}, "is revoked"},
        {"unknown", {.about = "shop-ec", .status = V_OCSP_CERTSTATUS_UNKNOWN}, "does not know"},
        {"without an end", {.about = "shop-ec", .until_s = -1}, "without an end"},
        {"of tomorrow", {.about = "shop-ec", .from_s = 86400, .until_s = 90000}, "in the future"},
        {"of any signer", {.about = "shop-ec", .signer = "exact"}, "not signed by"},
    };
    struct pen_tls_certificate certificate = files("shop-ec");
    certificate.ocsp = pki_path(&pki, "word.ocsp");
    struct pen_tls_server *server = NULL;
    struct pen_error err;
    for (size_t i = 0; i < PEN_COUNT_OF(rows); i++) {
        pki_say(&pki, "word.ocsp", &rows[i].word);
        const enum pen_status status = create(&certificate, 1, false, &server, &err);
        if (status != PEN_ERR_INVALID || strstr(err.text, rows[i].said) == NULL) {
            fail_msg("%s: %s (%s)", rows[i].why, pen_status_name(status), err.text);
        }
    }
    pki_write(&pki, "word.ocsp", PEN_S("0\x03no"));
    assert_int_equal(create(&certificate, 1, false, &server, &err), PEN_ERR_INVALID);
    assert_non_null(strstr(err.text, "no OCSP response"));
    assert_null(server);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(shows_the_certificate_of_the_name),
        cmocka_unit_test(shows_the_kind_of_key_that_the_caller_can_verify),
        cmocka_unit_test(one_for_an_address_stands_beside_the_default),
        cmocka_unit_test(refuses_what_would_never_be_shown_or_is_weak),
        cmocka_unit_test(staples_what_goes_with_the_certificate),
        cmocka_unit_test(refuses_a_response_that_says_something_else),
    };
    return cmocka_run_group_tests_name("tls_hosts", tests, make_certificates, remove_certificates);
}
