/** Certificates that sign texts, and the set of those that were fetched. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "gateway/auth/sns_set.h"
#include "gateway/file.h"
#include "tests/support/pki.h"

#define NAME "sns.amazonaws.com"

static struct pki pki;
static const struct pen_str names[] = {PEN_STR("sns.other.example"), PEN_STR(NAME)};

static int set_up(void **state)
{
    (void)state;
    pki_init(&pki);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    pki_deinit(&pki);
    return 0;
}

static struct pen_signing_rules rules(void)
{
    return (struct pen_signing_rules){
        .names = names, .name_count = PEN_COUNT_OF(names), .ca = pki_path(&pki, "ca.pem")};
}

static enum pen_status read_file(const char *file, const struct pen_signing_rules *asked,
                                 struct pen_signing_certificate **out, struct pen_error *err)
{
    struct pen_str pem;
    assert_int_equal(pen_file_read(pki_path(&pki, file), 1 << 20, &pem, err), PEN_OK);
    const enum pen_status status =
        pen_signing_certificate_read(pem, asked, (int64_t)time(NULL), out, err);
    pen_file_wipe(&pem);
    return status;
}

static size_t sign(const char *key_file, const EVP_MD *hash, struct pen_str text,
                   unsigned char *into, size_t room)
{
    FILE *const stream = fopen(pki_path(&pki, key_file).ptr, "r");
    assert_non_null(stream);
    EVP_PKEY *const key = PEM_read_PrivateKey(stream, NULL, NULL, NULL);
    assert_int_equal(fclose(stream), 0);
    EVP_MD_CTX *const context = EVP_MD_CTX_new();
    size_t length = room;
    assert_int_equal(EVP_DigestSignInit(context, NULL, hash, NULL, key), 1);
    assert_int_equal(
        EVP_DigestSign(context, into, &length, (const unsigned char *)text.ptr, text.len), 1);
    EVP_MD_CTX_free(context);
    EVP_PKEY_free(key);
    return length;
}

static void proves_what_it_has_signed_and_nothing_else(void **state)
{
    (void)state;
    pki_issue(&pki, "good", &(struct pki_wish){.name = NAME, .rsa = true});
    struct pen_signing_certificate *certificate = NULL;
    struct pen_error err;
    const struct pen_signing_rules asked = rules();
    assert_int_equal(read_file("good.pem", &asked, &certificate, &err), PEN_OK);

    const int64_t now = (int64_t)time(NULL);
    const struct pen_str text = PEN_S("Message\nhello\n");
    unsigned char bytes[512];
    struct pen_str signature = {(const char *)bytes, 0};
    for (int sha1 = 0; sha1 < 2; sha1++) {
        signature.len = sign("good.key", sha1 ? EVP_sha1() : EVP_sha256(), text, bytes, 512);
        assert_int_equal(pen_signing_certificate_check(certificate, sha1, text, signature, now),
                         PEN_OK);
        assert_int_equal(pen_signing_certificate_check(certificate, !sha1, text, signature, now),
                         PEN_ERR_INVALID);
        assert_int_equal(pen_signing_certificate_check(certificate, sha1, PEN_S("Message\nhullo\n"),
                                                       signature, now),
                         PEN_ERR_INVALID);
        /* Not before it begins, nor after its end. */
        assert_int_equal(
            pen_signing_certificate_check(certificate, sha1, text, signature, now - 86400),
            PEN_ERR_INVALID);
        assert_int_equal(
            pen_signing_certificate_check(certificate, sha1, text, signature, now + 2 * 86400),
            PEN_ERR_INVALID);
        for (size_t cut = 0; cut < signature.len; cut++) {
            assert_int_equal(pen_signing_certificate_check(certificate, sha1, text,
                                                           pen_str_slice(signature, 0, cut), now),
                             PEN_ERR_INVALID);
        }
        bytes[17] ^= 1;
        assert_int_equal(pen_signing_certificate_check(certificate, sha1, text, signature, now),
                         PEN_ERR_INVALID);
    }
    pen_signing_certificate_release(certificate);
}

static void takes_no_certificate_that_is_not_the_senders(void **state)
{
    (void)state;
    pki_issue(&pki, "authority", &(struct pki_wish){.name = "authority", .authority = true});
    const struct {
        const char *why;
        struct pki_wish wish;
        const char *said; /* NULL: it is taken */
    } rows[] = {
        {"as it should be", {.name = NAME, .rsa = true}, NULL},
        {"with those that lead to its authority",
         {.name = NAME, .rsa = true, .issuer = "authority", .chain = true},
         NULL},
        {"published alone, as Amazon does",
         {.name = NAME, .rsa = true, .issuer = "authority"},
         NULL},
        {"another name", {.name = "evil.example", .rsa = true}, "it names somebody else"},
        {"a wildcard", {.name = "*.amazonaws.com", .rsa = true}, "it names somebody else"},
        {"another kind of key", {.name = NAME}, "its key is not RSA"},
        {"a small key", {.name = NAME, .rsa_1024 = true}, "its key is not RSA"},
        {"too old",
         {.name = NAME, .rsa = true, .from_s = -86400, .until_s = -3600},
         "not valid now"},
        {"too young", {.name = NAME, .rsa = true, .from_s = 3600}, "not valid now"},
    };
    for (size_t i = 0; i < PEN_COUNT_OF(rows); i++) {
        struct pen_signing_certificate *certificate = NULL;
        struct pen_error err = {.text = ""};
        const struct pen_signing_rules asked = rules();
        pki_issue(&pki, "one", &rows[i].wish);
        const enum pen_status status = read_file("one.pem", &asked, &certificate, &err);
        if ((status == PEN_OK) != (rows[i].said == NULL)) fail_msg("%s: %s", rows[i].why, err.text);
        if (status != PEN_OK) {
            assert_int_equal(status, PEN_ERR_INVALID);
            if (strstr(err.text, rows[i].said) == NULL) fail_msg("%s: %s", rows[i].why, err.text);
        }
        pen_signing_certificate_release(certificate);
    }
}

static void asks_a_pinned_certificate_for_its_dates_and_its_key_alone(void **state)
{
    (void)state;
    const struct pen_signing_rules pinned = {.pinned = true};
    struct pen_signing_certificate *certificate = NULL;
    struct pen_error err;
    pki_issue(&pki, "mine", &(struct pki_wish){.name = "mine.example", .rsa = true});
    assert_int_equal(read_file("mine.pem", &pinned, &certificate, &err), PEN_OK);
    pen_signing_certificate_release(certificate);
    pki_issue(&pki, "mine", &(struct pki_wish){.name = "mine.example", .rsa_1024 = true});
    assert_int_equal(read_file("mine.pem", &pinned, &certificate, &err), PEN_ERR_INVALID);
}

static void takes_nothing_that_is_no_certificate(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "", "hello", "-----BEGIN CERTIFICATE-----\n",
        "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"};
    for (size_t i = 0; i < PEN_COUNT_OF(texts); i++) {
        struct pen_signing_certificate *certificate = NULL;
        struct pen_error err;
        const struct pen_signing_rules asked = rules();
        assert_int_equal(
            pen_signing_certificate_read(pen_str_from_c(texts[i]), &asked, 0, &certificate, &err),
            PEN_ERR_INVALID);
    }
}

static void keeps_the_newest_certificates_by_their_origin(void **state)
{
    (void)state;
    pki_issue(&pki, "good", &(struct pki_wish){.name = NAME, .rsa = true});
    struct pen_signing_certificate *certificate = NULL;
    struct pen_error err;
    const struct pen_signing_rules asked = rules();
    assert_int_equal(read_file("good.pem", &asked, &certificate, &err), PEN_OK);

    struct pen_sns_set *set = NULL;
    char urls[PEN_SNS_SET_MOST + 1][8];
    for (size_t i = 0; i <= PEN_SNS_SET_MOST; i++) {
        assert_in_range(snprintf(urls[i], sizeof(urls[i]), "u%zu", i), 2, 7);
        const struct pen_sns_origin origin = {.url = pen_str_from_c(urls[i]),
                                              .ca = PEN_STR("ca.pem")};
        struct pen_sns_set *next = NULL;
        assert_int_equal(pen_sns_set_with(set, &origin, certificate, (int64_t)i, &next), PEN_OK);
        pen_sns_set_release(set);
        set = next;
    }
    pen_signing_certificate_release(certificate);

    int64_t fresh = -1;
    const struct pen_sns_origin newest = {.url = PEN_STR("u16"), .ca = PEN_STR("ca.pem")};
    const struct pen_sns_origin oldest = {.url = PEN_STR("u0"), .ca = PEN_STR("ca.pem")};
    const struct pen_sns_origin elsewhere = {
        .url = PEN_STR("u16"), .connect = PEN_STR("x:1"), .ca = PEN_STR("ca.pem")};
    const struct pen_sns_origin by_others = {.url = PEN_STR("u16")};
    assert_non_null(pen_sns_set_find(set, &newest, &fresh));
    assert_int_equal(fresh, 16);
    assert_null(pen_sns_set_find(set, &oldest, &fresh));
    assert_null(pen_sns_set_find(set, &elsewhere, &fresh));
    assert_null(pen_sns_set_find(set, &by_others, &fresh));
    assert_null(pen_sns_set_find(NULL, &newest, &fresh));
    pen_sns_set_release(set);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(proves_what_it_has_signed_and_nothing_else),
        cmocka_unit_test(takes_no_certificate_that_is_not_the_senders),
        cmocka_unit_test(asks_a_pinned_certificate_for_its_dates_and_its_key_alone),
        cmocka_unit_test(takes_nothing_that_is_no_certificate),
        cmocka_unit_test(keeps_the_newest_certificates_by_their_origin),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
