/** Callers' certificates: revoked, of another use, under another name; and what a ticket keeps. */
#include "gateway/tls/callers.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "gateway/tls/identity.h"
#include "tests/support/handshake.h"
#include "tests/support/pki.h"

static struct pki pki;
static struct pki other_pki;

static int make_certificates(void **state)
{
    (void)state;
    pki_init(&pki);
    pki_init(&other_pki);
    pki_issue(&pki, "server", &(struct pki_wish){.name = "localhost"});
    pki_issue(&pki, "renewed", &(struct pki_wish){.name = "localhost"});
    pki_issue(&pki, "elsewhere", &(struct pki_wish){.name = "elsewhere.example"});
    pki_issue(&pki, "good",
              &(struct pki_wish){.name = "good",
                                 .client = true,
                                 .names = "URI:spiffe://prod/good,DNS:good.example,"
                                          "email:good@example.com,IP:127.0.0.1"});
    pki_issue(&pki, "revoked", &(struct pki_wish){.name = "revoked", .client = true});
    pki_issue(&pki, "expired",
              &(struct pki_wish){.name = "expired", .client = true, .until_s = -60});
    pki_issue(&pki, "early", &(struct pki_wish){.name = "early", .client = true, .from_s = 3600});
    pki_issue(&pki, "any-use", &(struct pki_wish){.name = "any", .any_use = true});
    pki_issue(&pki, "middle", &(struct pki_wish){.name = "Middle CA", .authority = true});
    pki_issue(
        &pki, "below",
        &(struct pki_wish){.name = "below", .client = true, .issuer = "middle", .chain = true});
    pki_issue(&other_pki, "stranger", &(struct pki_wish){.name = "stranger", .client = true});
    return 0;
}

static int remove_certificates(void **state)
{
    (void)state;
    pki_deinit(&pki);
    pki_deinit(&other_pki);
    return 0;
}

/* What differs from listener to listener; NULL and 0: the ordinary. */
struct rules {
    const char *certificate;
    const char *ca;
    const char *crl;
    const char *name;
    enum pen_client_auth auth;
    int min_version;
    const char *ticket_keys;
    struct pen_tls_server *previous;
};

static struct pen_tls_server *serve(const struct rules *rules)
{
    char file[64];
    const char *const name = rules->certificate != NULL ? rules->certificate : "server";
    struct pen_tls_certificate certificate = {.certificate = PEN_STR("")};
    (void)snprintf(file, sizeof(file), "%s.pem", name);
    certificate.certificate = pki_path(&pki, file);
    (void)snprintf(file, sizeof(file), "%s.key", name);
    certificate.key = pki_path(&pki, file);

    struct pen_tls_name rule = {PEN_TLS_NAME_DNS, PEN_STR("")};
    if (rules->name != NULL) assert_true(pen_tls_name_split(pen_str_from_c(rules->name), &rule));
    const struct pen_tls_server_options options = {
        .certificates = &certificate,
        .certificate_count = 1,
        .min_version = rules->min_version != 0 ? rules->min_version : 12,
        .client_auth = rules->auth != PEN_CLIENT_AUTH_OFF ? rules->auth : PEN_CLIENT_AUTH_REQUIRED,
        .client_ca = pki_path(&pki, rules->ca != NULL ? rules->ca : "ca.pem"),
        .client_crl = rules->crl != NULL ? pki_path(&pki, rules->crl) : PEN_S(""),
        .client_names = &rule,
        .client_name_count = rules->name != NULL ? 1 : 0,
        .ticket_keys = rules->ticket_keys != NULL ? pki_path(&pki, rules->ticket_keys) : PEN_S(""),
        .previous = rules->previous,
    };
    struct pen_tls_server *server = NULL;
    struct pen_error err;
    if (pen_tls_server_create(&options, &server, &err) != PEN_OK) fail_msg("%s", err.text);
    return server;
}

static void refuses_with_the_alert_that_says_why(void **state)
{
    (void)state;
    pki_revoke(&pki, "root.crl", NULL, "revoked", 86400);
    pki_revoke(&pki, "old.crl", NULL, NULL, -60);
    pki_revoke(&pki, "middle.crl", "middle", NULL, 86400);
    pki_revoke(&pki, "below.crl", "middle", "below", 86400);
    pki_revoke(&pki, "above.crl", NULL, "middle", 86400);
    const struct {
        const char *why;
        const char *identity;
        struct rules rules;
        long result; /* X509_V_OK: let in */
        int alert;   /* the client's OpenSSL reason */
    } rows[] = {
        {"a good one", "good", {.crl = "root.crl"}, X509_V_OK, 0},
        {"revoked",
         "revoked",
         {.crl = "root.crl"},
         X509_V_ERR_CERT_REVOKED,
         SSL_R_SSLV3_ALERT_CERTIFICATE_REVOKED},
        {"not looked at", "revoked", {.auth = PEN_CLIENT_AUTH_OPTIONAL}, X509_V_OK, 0},
        {"a list that has ended",
         "good",
         {.crl = "old.crl"},
         X509_V_ERR_CRL_HAS_EXPIRED,
         SSL_R_SSLV3_ALERT_CERTIFICATE_EXPIRED},
        {"no list of the issuer",
         "good",
         {.crl = "middle.crl"},
         X509_V_ERR_UNABLE_TO_GET_CRL,
         SSL_R_TLSV1_ALERT_UNKNOWN_CA},
        {"a list of the issuer, none above", "below", {.crl = "middle.crl"}, X509_V_OK, 0},
        {"revoked below",
         "below",
         {.crl = "below.crl"},
         X509_V_ERR_CERT_REVOKED,
         SSL_R_SSLV3_ALERT_CERTIFICATE_REVOKED},
        {"expired",
         "expired",
         {.ca = NULL},
         X509_V_ERR_CERT_HAS_EXPIRED,
         SSL_R_SSLV3_ALERT_CERTIFICATE_EXPIRED},
        {"not yet",
         "early",
         {.ca = NULL},
         X509_V_ERR_CERT_NOT_YET_VALID,
         SSL_R_SSLV3_ALERT_BAD_CERTIFICATE},
        {"a server's",
         "server",
         {.ca = NULL},
         X509_V_ERR_INVALID_PURPOSE,
         SSL_R_SSLV3_ALERT_UNSUPPORTED_CERTIFICATE},
        {"no use named", "any-use", {.ca = NULL}, X509_V_OK, 0},
        {"of a name in the rule", "good", {.name = "uri:spiffe://prod/*"}, X509_V_OK, 0},
        {"of a mailbox in the rule", "good", {.name = "email:*@example.com"}, X509_V_OK, 0},
        {"of another name",
         "good",
         {.name = "uri:spiffe://dev/*"},
         X509_V_ERR_CERT_REJECTED,
         SSL_R_SSLV3_ALERT_BAD_CERTIFICATE},
        {"an authority that is no root", "below", {.ca = "middle.pem"}, X509_V_OK, 0},
        {"whose root is not believed",
         "good",
         {.ca = "middle.pem"},
         X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN,
         SSL_R_TLSV1_ALERT_UNKNOWN_CA},
    };
    for (size_t i = 0; i < PEN_COUNT_OF(rows); i++) {
        struct pen_tls_server *server = serve(&rows[i].rules);
        SSL_CTX *client = handshake_client(&pki, rows[i].identity);
        struct ends ends = shake_hands(server, client, NULL);
        const long result = SSL_get_verify_result(ends.server);
        if (result != rows[i].result || ends.done != (result == X509_V_OK)) {
            fail_msg("%s: %s", rows[i].why, X509_verify_cert_error_string(result));
        }
        if (ends.reason != rows[i].alert) fail_msg("%s: alert %d", rows[i].why, ends.reason);
        part_ends(&ends);
        SSL_CTX_free(client);
        pen_tls_server_release(server);
    }
}

static void a_revoked_authority_ends_those_below(void **state)
{
    (void)state;
    /* Both lists in one file. */
    char bytes[8192];
    size_t size = 0;
    const char *const parts[] = {"middle.crl", "above.crl"};
    pki_revoke(&pki, parts[0], "middle", NULL, 86400);
    pki_revoke(&pki, parts[1], NULL, "middle", 86400);
    for (size_t i = 0; i < PEN_COUNT_OF(parts); i++) {
        FILE *const part = fopen(pki_path(&pki, parts[i]).ptr, "r");
        assert_non_null(part);
        size += fread(bytes + size, 1, sizeof(bytes) - size, part);
        assert_int_equal(fclose(part), 0);
    }
    pki_write(&pki, "both.crl", (struct pen_str){bytes, size});
    struct pen_tls_server *server = serve(&(struct rules){.crl = "both.crl"});
    SSL_CTX *client = handshake_client(&pki, "below");
    struct ends ends = shake_hands(server, client, NULL);
    assert_false(ends.done);
    assert_int_equal(SSL_get_verify_result(ends.server), X509_V_ERR_CERT_REVOKED);
    part_ends(&ends);
    SSL_CTX_free(client);
    pen_tls_server_release(server);
}

static void takes_no_endless_chain(void **state)
{
    (void)state;
    struct pen_tls_server *server = serve(&(struct rules){.ca = NULL});
    for (int extra = 8; extra <= 128; extra += 120) {
        SSL_CTX *client = handshake_client(&pki, "good");
        for (int i = 0; i < extra; i++) {
            assert_int_equal(SSL_CTX_add1_chain_cert(client, pki.ca), 1);
        }
        struct ends ends = shake_hands(server, client, NULL);
        assert_int_equal(ends.done, extra == 8);
        part_ends(&ends);
        SSL_CTX_free(client);
    }
    pen_tls_server_release(server);
}

static void a_stranger_is_not_believed(void **state)
{
    (void)state;
    struct pen_tls_server *server = serve(&(struct rules){.auth = PEN_CLIENT_AUTH_OPTIONAL});
    SSL_CTX *client = handshake_client(&other_pki, "stranger");
    assert_int_equal(SSL_CTX_load_verify_file(client, pki_path(&pki, "ca.pem").ptr), 1);
    struct ends ends = shake_hands(server, client, NULL);
    assert_false(ends.done);
    part_ends(&ends);
    SSL_CTX_free(client);
    pen_tls_server_release(server);
}

static void knows_who_called_also_when_resumed(void **state)
{
    (void)state;
    struct pen_tls_server *server = serve(&(struct rules){.ca = NULL});
    SSL_CTX *client = handshake_client(&pki, "good");
    SSL_SESSION *session = ticket_of(server, client);
    for (int resumed = 0; resumed < 2; resumed++) {
        struct ends ends = shake_hands(
            server, client, &(struct handshake_wish){.session = resumed ? session : NULL});
        assert_true(ends.done);
        assert_int_equal(SSL_session_reused(ends.server), resumed);
        struct pen_tls_identity *identity = NULL;
        assert_int_equal(pen_tls_identity_of_peer(ends.server, &identity), PEN_OK);
        assert_non_null(identity);
        /* The address is no name of ours. */
        assert_int_equal(identity->name_count, 3);
        assert_true(pen_str_equal(identity->names[0].text, PEN_S("spiffe://prod/good")));
        assert_int_equal(identity->names[1].kind, PEN_TLS_NAME_DNS);
        assert_int_equal(identity->names[2].kind, PEN_TLS_NAME_EMAIL);
        const struct pen_tls_name rules[] = {{PEN_TLS_NAME_DNS, PEN_STR("no.example")},
                                             {PEN_TLS_NAME_EMAIL, PEN_STR("*@example.com")}};
        assert_ptr_equal(pen_tls_identity_find(identity, rules, 1), NULL);
        assert_ptr_equal(pen_tls_identity_find(identity, rules, 2), &identity->names[2]);
        pen_tls_identity_destroy(identity);
        part_ends(&ends);
    }
    assert_null(pen_tls_identity_find(NULL, NULL, 0));
    SSL_SESSION_free(session);
    SSL_CTX_free(client);
    pen_tls_server_release(server);
}

static void nobody_is_known_without_a_certificate(void **state)
{
    (void)state;
    struct pen_tls_server *server = serve(&(struct rules){.auth = PEN_CLIENT_AUTH_OPTIONAL});
    SSL_CTX *client = handshake_client(&pki, NULL);
    struct ends ends = shake_hands(server, client, NULL);
    struct pen_tls_identity *identity = NULL;
    assert_int_equal(pen_tls_identity_of_peer(ends.server, &identity), PEN_OK);
    assert_null(identity);
    part_ends(&ends);
    SSL_CTX_free(client);
    pen_tls_server_release(server);
}

#define KEY_A                                                                              \
    "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff00112233445566778899" \
    "aabbccddeeff00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"
#define KEY_B                                                                              \
    "FF112233445566778899aabbccddeeff00112233445566778899aabbccddeeff00112233445566778899" \
    "aabbccddeeff00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"

static void a_ticket_counts_as_long_as_its_rules(void **state)
{
    (void)state;
    pki_revoke(&pki, "one.crl", NULL, NULL, 86400);
    pki_revoke(&pki, "two.crl", NULL, "revoked", 86400);
    pki_write(&pki, "a.keys", PEN_S(KEY_A "\n"));
    const struct {
        const char *why;
        struct rules before;
        struct rules after;
        bool resumes;
    } rows[] = {
        {"nothing changed", {.ca = NULL}, {.ca = NULL}, true},
        {"the certificate was renewed", {.ca = NULL}, {.certificate = "renewed"}, true},
        {"another site", {.ca = NULL}, {.certificate = "elsewhere"}, false},
        {"another authority", {.ca = NULL}, {.ca = "both.pem"}, false},
        {"a new revocation list", {.crl = "one.crl"}, {.crl = "two.crl"}, false},
        {"no list any more", {.crl = "one.crl"}, {.crl = NULL}, false},
        {"a rule about names", {.ca = NULL}, {.name = "uri:spiffe://prod/*"}, false},
        {"another rule", {.name = "uri:spiffe://prod/*"}, {.name = "dns:good.example"}, false},
        {"certificates optional", {.ca = NULL}, {.auth = PEN_CLIENT_AUTH_OPTIONAL}, false},
        {"a higher floor", {.ca = NULL}, {.min_version = 13}, false},
    };
    /* Another set of authorities, of which the first is the same. */
    char bytes[8192];
    FILE *const ca = fopen(pki_path(&pki, "ca.pem").ptr, "r");
    assert_non_null(ca);
    const size_t half = fread(bytes, 1, sizeof(bytes) / 2, ca);
    assert_int_equal(fclose(ca), 0);
    FILE *const more = fopen(pki_path(&pki, "middle.pem").ptr, "r");
    assert_non_null(more);
    const size_t rest = fread(bytes + half, 1, sizeof(bytes) - half, more);
    assert_int_equal(fclose(more), 0);
    pki_write(&pki, "both.pem", (struct pen_str){bytes, half + rest});

    for (size_t i = 0; i < PEN_COUNT_OF(rows); i++) {
        for (int shared = 0; shared < 2; shared++) {
            struct rules before = rows[i].before;
            struct rules after = rows[i].after;
            before.ticket_keys = after.ticket_keys = shared ? "a.keys" : NULL;
            struct pen_tls_server *first = serve(&before);
            after.previous = shared ? NULL : first;
            struct pen_tls_server *second = serve(&after);
            SSL_CTX *client = handshake_client(&pki, "good");
            SSL_CTX_set_verify(client, SSL_VERIFY_NONE, NULL);
            SSL_SESSION *session = ticket_of(first, client);
            if (resumes(second, client, session) != rows[i].resumes) {
                fail_msg("%s, %s", rows[i].why, shared ? "keys of a file" : "a reload");
            }
            SSL_SESSION_free(session);
            SSL_CTX_free(client);
            pen_tls_server_release(first);
            pen_tls_server_release(second);
        }
    }
}

static bool is_over(const SSL_SESSION *session)
{
    const X509 *const peer = SSL_SESSION_get0_peer((SSL_SESSION *)(uintptr_t)session);
    return peer != NULL && X509_cmp_current_time(X509_get0_notAfter(peer)) < 0;
}

static void a_proof_ends_with_its_certificate(void **state)
{
    (void)state;
    const int versions[] = {TLS1_2_VERSION, TLS1_3_VERSION};
    for (size_t i = 0; i < PEN_COUNT_OF(versions); i++) {
        pki_issue(&pki, "brief", &(struct pki_wish){.name = "brief", .client = true, .until_s = 2});
        struct pen_tls_server *server = serve(&(struct rules){.auth = PEN_CLIENT_AUTH_OPTIONAL});
        SSL_CTX *client = handshake_client(&pki, "brief");
        assert_int_equal(SSL_CTX_set_max_proto_version(client, versions[i]), 1);
        struct ends ends = shake_hands(server, client, NULL);
        assert_true(ends.done);
        SSL_SESSION *session = SSL_get1_session(ends.client);
        SSL_SESSION *proof = SSL_get1_session(ends.server);
        (void)SSL_shutdown(ends.client);
        part_ends(&ends);
        for (int tenth = 0; tenth < 100 && !is_over(proof); tenth++) {
            (void)usleep(100000);
        }
        /* The full handshake that follows shows the certificate again, and fails by it. */
        ends = shake_hands(server, client, &(struct handshake_wish){.session = session});
        assert_false(ends.done);
        assert_int_equal(SSL_get_verify_result(ends.server), X509_V_ERR_CERT_HAS_EXPIRED);
        part_ends(&ends);
        SSL_SESSION_free(proof);
        SSL_SESSION_free(session);
        SSL_CTX_free(client);
        pen_tls_server_release(server);
    }
}

static void replicas_share_the_keys_of_a_file(void **state)
{
    (void)state;
    pki_write(&pki, "a.keys", PEN_S(KEY_A "\n"));
    pki_write(&pki, "ab.keys", PEN_S(KEY_A "\n" KEY_B "\r\n"));
    pki_write(&pki, "ba.keys", PEN_S("\n" KEY_B "\n" KEY_A));
    pki_write(&pki, "b.keys", PEN_S(KEY_B));
    struct pen_tls_server *a = serve(&(struct rules){.ticket_keys = "a.keys"});
    struct pen_tls_server *ab = serve(&(struct rules){.ticket_keys = "ab.keys"});
    struct pen_tls_server *ba = serve(&(struct rules){.ticket_keys = "ba.keys"});
    struct pen_tls_server *b = serve(&(struct rules){.ticket_keys = "b.keys"});
    SSL_CTX *client = handshake_client(&pki, "good");
    SSL_SESSION *session = ticket_of(a, client);
    assert_true(resumes(ab, client, session));
    assert_true(resumes(ba, client, session));
    assert_false(resumes(b, client, session));
    SSL_SESSION_free(session);
    session = ticket_of(ba, client);
    assert_true(resumes(b, client, session));
    assert_true(resumes(ab, client, session));
    assert_false(resumes(a, client, session));
    assert_int_equal(pen_tls_server_rotate(a), PEN_ERR_INTERNAL);
    SSL_SESSION_free(session);
    SSL_CTX_free(client);
    pen_tls_server_release(a);
    pen_tls_server_release(ab);
    pen_tls_server_release(ba);
    pen_tls_server_release(b);
}

static void names_what_is_wrong_with_a_file(void **state)
{
    (void)state;
    const struct {
        const char *why;
        struct pen_str bytes;
        bool crl;
        const char *said;
    } rows[] = {
        {"no key", PEN_STR("\n\n"), false, "no key in it"},
        {"a short key", PEN_STR("0011\n"), false, "line 1 is no key"},
        {"no digit", PEN_STR("\nzz" KEY_A "\n"), false, "line 2 is no key"},
        {"a key twice", PEN_STR(KEY_A "\n" KEY_A "\n"), false, "the key on line 2 has the name"},
        {"a long key", PEN_STR("00" KEY_A "\n"), false, "line 1 is no key"},
        {"no list", PEN_STR("hello"), true, "no revocation list"},
        {"a broken list", PEN_STR("-----BEGIN X509 CRL-----\nAAAA\n-----END X509 CRL-----\n"), true,
         "no revocation list"},
    };
    const struct pen_tls_certificate certificate = {.certificate = pki_path(&pki, "server.pem"),
                                                    .key = pki_path(&pki, "server.key")};
    for (size_t i = 0; i < PEN_COUNT_OF(rows); i++) {
        pki_write(&pki, "file", rows[i].bytes);
        const struct pen_tls_server_options options = {
            .certificates = &certificate,
            .certificate_count = 1,
            .min_version = 12,
            .client_auth = PEN_CLIENT_AUTH_REQUIRED,
            .client_ca = pki_path(&pki, "ca.pem"),
            .client_crl = rows[i].crl ? pki_path(&pki, "file") : PEN_S(""),
            .ticket_keys = rows[i].crl ? PEN_S("") : pki_path(&pki, "file"),
        };
        struct pen_tls_server *server = NULL;
        struct pen_error err;
        const enum pen_status status = pen_tls_server_create(&options, &server, &err);
        if (status != PEN_ERR_INVALID || strstr(err.text, rows[i].said) == NULL) {
            fail_msg("%s: %s (%s)", rows[i].why, pen_status_name(status), err.text);
        }
        assert_null(server);
    }
}

static void takes_at_most_eight_keys(void **state)
{
    (void)state;
    char text[9 * 161];
    for (size_t i = 0; i < 9; i++) {
        char *const line = text + i * 161;
        memcpy(line, KEY_A "\n", 161);
        line[0] = (char)('1' + i);
    }
    for (size_t count = 8; count <= 9; count++) {
        pki_write(&pki, "many.keys", (struct pen_str){text, count * 161});
        const struct pen_tls_certificate certificate = {.certificate = pki_path(&pki, "server.pem"),
                                                        .key = pki_path(&pki, "server.key")};
        const struct pen_tls_server_options options = {
            .certificates = &certificate,
            .certificate_count = 1,
            .min_version = 12,
            .ticket_keys = pki_path(&pki, "many.keys"),
        };
        struct pen_tls_server *server = NULL;
        struct pen_error err;
        const enum pen_status status = pen_tls_server_create(&options, &server, &err);
        assert_int_equal(status, count == 8 ? PEN_OK : PEN_ERR_INVALID);
        pen_tls_server_release(server);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(refuses_with_the_alert_that_says_why),
        cmocka_unit_test(a_revoked_authority_ends_those_below),
        cmocka_unit_test(takes_no_endless_chain),
        cmocka_unit_test(a_stranger_is_not_believed),
        cmocka_unit_test(knows_who_called_also_when_resumed),
        cmocka_unit_test(nobody_is_known_without_a_certificate),
        cmocka_unit_test(a_ticket_counts_as_long_as_its_rules),
        cmocka_unit_test(a_proof_ends_with_its_certificate),
        cmocka_unit_test(replicas_share_the_keys_of_a_file),
        cmocka_unit_test(names_what_is_wrong_with_a_file),
        cmocka_unit_test(takes_at_most_eight_keys),
    };
    return cmocka_run_group_tests_name("tls_callers", tests, make_certificates,
                                       remove_certificates);
}
