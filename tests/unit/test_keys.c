/** Key sets: what is used, what is left out and why, and which key answers to a token. */
#include "gateway/auth/keys.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "gateway/auth/key.h"
#include "tests/support/pki.h"
#include "tests/support/tokens.h"

#define ANY 0xffffffffU

static struct pen_arena *arena;
static struct pen_signer *rsa;

static int make_keys(void **state)
{
    (void)state;
    assert_int_equal(pen_arena_create((size_t)8 << 20, 4096, &arena), PEN_OK);
    assert_int_equal(pen_signer_generate(PEN_JWS_RS256, &rsa), PEN_OK);
    return 0;
}

static int drop_keys(void **state)
{
    (void)state;
    pen_signer_destroy(rsa);
    pen_arena_destroy(arena);
    return 0;
}

static struct pen_keyset *parse(struct pen_str document, uint32_t allowed)
{
    struct pen_keyset *set;
    struct pen_error err = {.text = ""};
    if (pen_keyset_parse(document, allowed, &set, NULL, &err) != PEN_OK) fail_msg("%s", err.text);
    return set;
}

/* A printf for JSON texts. */
static struct pen_str text_of(const char *format, ...) PEN_PRINTF(1, 2);
static struct pen_str text_of(const char *format, ...)
{
    char *const memory = pen_arena_bytes(arena, 16384);
    assert_non_null(memory);
    va_list args;
    va_start(args, format);
    const int len = vsnprintf(memory, 16384, format, args);
    va_end(args);
    assert_in_range(len, 1, 16383);
    return (struct pen_str){memory, (size_t)len};
}

/* RFC 7517 appendix A.1, RFC 8037 appendix A.2, RFC 7515 appendix A.1 */
#define EC_XY                                                \
    "\"x\":\"MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4\"," \
    "\"y\":\"4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM\""
#define ED_X "\"x\":\"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo\""
#define OCT_K                                                        \
    "\"k\":\"AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75" \
    "aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow\""

static void reads_every_kind_of_key(void **state)
{
    (void)state;
    const enum pen_jws_alg algorithms[] = {
        PEN_JWS_RS256, PEN_JWS_RS384, PEN_JWS_RS512, PEN_JWS_PS256, PEN_JWS_PS384,
        PEN_JWS_PS512, PEN_JWS_ES256, PEN_JWS_ES384, PEN_JWS_ES512, PEN_JWS_EDDSA,
        PEN_JWS_HS256, PEN_JWS_HS384, PEN_JWS_HS512};
    for (size_t i = 0; i < PEN_COUNT_OF(algorithms); i++) {
        struct pen_signer *signer;
        struct pen_str document;
        const struct pen_str kid = PEN_STR("a");
        assert_int_equal(pen_signer_generate(algorithms[i], &signer), PEN_OK);
        const struct pen_signer *const signers[] = {signer};
        assert_int_equal(pen_mint_key_set(signers, &kid, 1, arena, &document), PEN_OK);
        struct pen_keyset *const set = parse(document, ANY);
        const struct pen_key *const key = pen_keyset_find(set, kid, algorithms[i]);
        if (key == NULL) fail_msg("%s", pen_jws_alg_name(algorithms[i]));
        assert_int_equal(key->algorithms, algorithms[i]);
        assert_true(pen_keyset_has_kid(set, kid));
        assert_false(pen_keyset_has_kid(set, PEN_S("b")));
        assert_null(pen_keyset_find(set, PEN_S("b"), algorithms[i]));
        pen_keyset_release(set);
        pen_signer_destroy(signer);
    }
}

static void leaves_out_what_it_may_not_use_and_says_why(void **state)
{
    (void)state;
    /* A good key stands beside each, so that the set as a whole can be read. */
    const struct {
        const char *why;
        const char *jwk;
        const char *said;
    } rows[] = {
        {"another purpose", "\"kty\":\"EC\",\"crv\":\"P-256\",\"use\":\"enc\"," EC_XY,
         "\"use\" is not \"sig\""},
        {"use of another type", "\"kty\":\"EC\",\"crv\":\"P-256\",\"use\":1," EC_XY, "\"use\""},
        {"operations without verify",
         "\"kty\":\"EC\",\"crv\":\"P-256\",\"key_ops\":[\"encrypt\"]," EC_XY, "lacks \"verify\""},
        {"operations of another type",
         "\"kty\":\"EC\",\"crv\":\"P-256\",\"key_ops\":\"verify\"," EC_XY, "no array"},
        {"no kty", "\"crv\":\"P-256\"," EC_XY, "unknown \"kty\""},
        {"kty of the future", "\"kty\":\"AKP\",\"alg\":\"ML-DSA-65\",\"pub\":\"AA\"",
         "unknown \"kty\""},
        {"kty in other case", "\"kty\":\"ec\",\"crv\":\"P-256\"," EC_XY, "unknown \"kty\""},
        {"another curve", "\"kty\":\"EC\",\"crv\":\"secp256k1\"," EC_XY, "unknown \"crv\""},
        {"Ed448", "\"kty\":\"OKP\",\"crv\":\"Ed448\",\"x\":\"AA\"", "unknown \"crv\""},
        {"X25519 agrees, it does not sign", "\"kty\":\"OKP\",\"crv\":\"X25519\"," ED_X,
         "unknown \"crv\""},
        {"alg of another curve", "\"kty\":\"EC\",\"crv\":\"P-256\",\"alg\":\"ES384\"," EC_XY,
         "\"alg\" is unknown"},
        {"alg of another kind", "\"kty\":\"EC\",\"crv\":\"P-256\",\"alg\":\"HS256\"," EC_XY,
         "\"alg\" is unknown"},
        {"alg none", "\"kty\":\"EC\",\"crv\":\"P-256\",\"alg\":\"none\"," EC_XY,
         "\"alg\" is unknown"},
        {"alg a number", "\"kty\":\"EC\",\"crv\":\"P-256\",\"alg\":256," EC_XY,
         "\"alg\" is unknown"},
        {"a point off the curve",
         "\"kty\":\"EC\",\"crv\":\"P-256\","
         "\"x\":\"MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4\","
         "\"y\":\"4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyA\"",
         "not on its curve"},
        {"the point (0,0)",
         "\"kty\":\"EC\",\"crv\":\"P-256\","
         "\"x\":\"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\","
         "\"y\":\"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\"",
         "not on its curve"},
        {"coordinates of another curve", "\"kty\":\"EC\",\"crv\":\"P-384\"," EC_XY, "full length"},
        {"a short coordinate", "\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"AQ\",\"y\":\"AQ\"",
         "full length"},
        {"a coordinate missing", "\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"AQ\"", "missing"},
        {"a coordinate in the other alphabet",
         "\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"A+/A\",\"y\":\"AQ\"", "not base64url"},
        {"a coordinate with padding",
         "\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"AQ==\",\"y\":\"AQ\"", "not base64url"},
        {"an empty coordinate", "\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"\",\"y\":\"AQ\"",
         "not base64url"},
        {"Ed25519 too short", "\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"AQ\"", "32 bytes"},
        {"a private EC key", "\"kty\":\"EC\",\"crv\":\"P-256\",\"d\":\"AQ\"," EC_XY,
         "private members"},
        {"a private Ed25519 key", "\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"d\":\"AQ\"," ED_X,
         "private members"},
        {"a private RSA key", "\"kty\":\"RSA\",\"n\":\"AQ\",\"e\":\"AQAB\",\"p\":\"AQ\"",
         "private members"},
        {"a public key that is a secret too", "\"kty\":\"RSA\",\"n\":\"AQ\",\"e\":\"AQAB\"," OCT_K,
         "private members"},
        {"RSA of eight bits", "\"kty\":\"RSA\",\"n\":\"AQ\",\"e\":\"AQAB\"", "below 2048"},
        {"RSA without exponent", "\"kty\":\"RSA\",\"n\":\"AQ\"", "missing"},
        {"kid a number", "\"kty\":\"EC\",\"crv\":\"P-256\",\"kid\":1," EC_XY, "\"kid\""},
        {"a secret for HS256 of one byte", "\"kty\":\"oct\",\"k\":\"AQ\"", "shorter than its hash"},
        {"a secret of 31 bytes",
         "\"kty\":\"oct\",\"k\":\"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\"",
         "shorter than its hash"},
        {"a secret too short for its own alg",
         "\"kty\":\"oct\",\"alg\":\"HS512\","
         "\"k\":\"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\"",
         "shorter than its hash"},
        {"a secret for encryption", "\"kty\":\"oct\",\"alg\":\"A256GCM\"," OCT_K,
         "\"alg\" is unknown"},
        {"a secret beside a public key", "\"kty\":\"oct\"," OCT_K, "beside public keys"},
    };
    for (size_t i = 0; i < PEN_COUNT_OF(rows); i++) {
        const struct pen_str document = text_of(
            "{\"keys\":[{%s},{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"kid\":\"ok\"," ED_X "}]}",
            rows[i].jwk);
        struct pen_keyset *set;
        struct pen_keyset_notes notes;
        struct pen_error err = {.text = ""};
        if (pen_keyset_parse(document, ANY, &set, &notes, &err) != PEN_OK) {
            fail_msg("%s: %s", rows[i].why, err.text);
        }
        if (notes.used != 1 || notes.skipped != 1 || pen_keyset_count(set) != 1
            || strstr(notes.first_skipped.text, rows[i].said) == NULL) {
            fail_msg("%s: %u used, %u skipped: %s", rows[i].why, notes.used, notes.skipped,
                     notes.first_skipped.text);
        }
        assert_non_null(pen_keyset_find(set, PEN_S("ok"), PEN_JWS_EDDSA));
        pen_keyset_release(set);
    }
}

/* An RSA key's modulus as the signer writes it, and what is made of it. */
static struct pen_str modulus(void)
{
    char memory[4096];
    struct pen_buf buf = pen_buf_over(memory, sizeof(memory));
    assert_int_equal(pen_signer_jwk(rsa, PEN_S("k"), &buf), PEN_OK);
    const struct pen_str jwk = pen_buf_str(&buf);
    const size_t start = pen_str_find_str(jwk, PEN_S("\"n\":\"")) + 5;
    struct pen_str n;
    assert_int_equal(
        pen_arena_copy(arena, pen_str_slice(jwk, start, pen_str_find(jwk, '"', start)), &n),
        PEN_OK);
    return n;
}

static void holds_rsa_keys_to_size_and_exponent(void **state)
{
    (void)state;
    const char *const n = modulus().ptr;
    char long_n[1500];
    memset(long_n, 'x', sizeof(long_n) - 1);
    long_n[sizeof(long_n) - 2] = 'w'; /* no unused bits set */
    long_n[sizeof(long_n) - 1] = '\0';
    char short_n[172]; /* 128 bytes */
    memcpy(short_n, long_n + sizeof(long_n) - sizeof(short_n), sizeof(short_n));
    const struct {
        const char *why;
        const char *n;
        const char *e;
        const char *said; /* NULL = used */
    } rows[] = {
        {"65537", n, "AQAB", NULL},
        {"65537 with a leading zero", n, "AAEAAQ", NULL},
        {"65539", n, "AQAD", NULL},
        {"exponent 1", n, "AQ", "below 65537"},
        {"exponent 3", n, "Aw", "below 65537"},
        {"exponent 0", n, "AA", "below 65537"},
        {"exponent even", n, "AQAA", "or even"},
        {"exponent of 72 bits", n, "AQAAAAAAAAAB", "above 64 bits"},
        {"1024 bits", short_n, "AQAB", "below 2048"},
        {"more than 8192 bits", long_n, "AQAB", "above 8192"},
    };
    for (size_t i = 0; i < PEN_COUNT_OF(rows); i++) {
        const struct pen_str document = text_of(
            "{\"keys\":[{\"kty\":\"RSA\",\"n\":\"%s\",\"e\":\"%s\"}]}", rows[i].n, rows[i].e);
        struct pen_keyset *set = NULL;
        struct pen_error err = {.text = ""};
        const enum pen_status status = pen_keyset_parse(document, ANY, &set, NULL, &err);
        if ((status == PEN_OK) != (rows[i].said == NULL)
            || (rows[i].said != NULL && strstr(err.text, rows[i].said) == NULL)) {
            fail_msg("%s: %s", rows[i].why, err.text);
        }
        pen_keyset_release(set);
    }
}

static void refuses_sets_that_can_be_read_in_two_ways(void **state)
{
    (void)state;
    struct pen_buf many = pen_buf_over(pen_arena_bytes(arena, 16384), 16384);
    pen_buf_put(&many, PEN_S("{\"keys\":["));
    for (int i = 0; i < 65; i++) {
        pen_buf_put(&many, i > 0 ? PEN_S(",{}") : PEN_S("{}"));
    }
    pen_buf_put(&many, PEN_S("]}"));
    char *const huge = pen_arena_bytes(arena, (256 << 10) + 1);
    assert_non_null(huge);
    memset(huge, ' ', (256 << 10) + 1);

    const char *const ed = "{\"kty\":\"OKP\",\"crv\":\"Ed25519\"," ED_X;
    const struct {
        const char *why;
        struct pen_str document;
        enum pen_status status;
    } rows[] = {
        {"the same kid and algorithm twice",
         text_of("{\"keys\":[%s,\"kid\":\"a\"},%s,\"kid\":\"a\"}]}", ed, ed), PEN_ERR_INVALID},
        {"the same kid for two kinds is fine",
         text_of(
             "{\"keys\":[%s,\"kid\":\"a\"},{\"kty\":\"EC\",\"crv\":\"P-256\",\"kid\":\"a\"," EC_XY
             "}]}",
             ed),
         PEN_OK},
        {"no kid twice is fine", text_of("{\"keys\":[%s},%s}]}", ed, ed), PEN_OK},
        {"kid twice in one key", text_of("{\"keys\":[%s,\"kid\":\"a\",\"kid\":\"b\"}]}", ed),
         PEN_ERR_SYNTAX},
        {"no JSON", PEN_STR("<html>"), PEN_ERR_SYNTAX},
        {"nothing", PEN_STR(""), PEN_ERR_SYNTAX},
        {"a bare key", text_of("%s}", ed), PEN_ERR_SYNTAX},
        {"keys an object", text_of("{\"keys\":{\"a\":%s}}}", ed), PEN_ERR_SYNTAX},
        {"no keys", PEN_STR("{\"keys\":[]}"), PEN_ERR_INVALID},
        {"keys that are none", PEN_STR("{\"keys\":[1,\"a\",null,[]]}"), PEN_ERR_INVALID},
        {"65 keys", pen_buf_str(&many), PEN_ERR_LIMIT},
        {"more than 256 KiB", {huge, (256 << 10) + 1}, PEN_ERR_LIMIT},
    };
    for (size_t i = 0; i < PEN_COUNT_OF(rows); i++) {
        struct pen_keyset *set = NULL;
        struct pen_error err = {.text = ""};
        const enum pen_status status = pen_keyset_parse(rows[i].document, ANY, &set, NULL, &err);
        if (status != rows[i].status || (status != PEN_OK && err.text[0] == '\0')) {
            fail_msg("%s: %s, %s", rows[i].why, pen_status_name(status), err.text);
        }
        pen_keyset_release(set);
    }
}

static void keeps_only_what_the_issuer_allows(void **state)
{
    (void)state;
    const struct pen_str document =
        text_of("{\"keys\":[{\"kty\":\"RSA\",\"kid\":\"r\",\"n\":\"%s\",\"e\":\"AQAB\"},"
                "{\"kty\":\"EC\",\"crv\":\"P-256\",\"kid\":\"e\"," EC_XY "}]}",
                modulus().ptr);
    struct pen_keyset *set = parse(document, (uint32_t)PEN_JWS_RS256 | (uint32_t)PEN_JWS_PS512);
    assert_int_equal(pen_keyset_count(set), 1);
    assert_non_null(pen_keyset_find(set, PEN_S("r"), PEN_JWS_RS256));
    assert_non_null(pen_keyset_find(set, PEN_S("r"), PEN_JWS_PS512));
    assert_null(pen_keyset_find(set, PEN_S("r"), PEN_JWS_RS384));
    pen_keyset_release(set);

    const struct pen_str secret = PEN_STR("{\"keys\":[{\"kty\":\"oct\",\"kid\":\"s\"," OCT_K "}]}");
    struct pen_error err;
    assert_int_equal(pen_keyset_parse(secret, TOKENS_DEFAULT_ALGORITHMS, &set, NULL, &err),
                     PEN_ERR_INVALID);
    assert_non_null(strstr(err.text, "no algorithm of it is allowed"));
    set = parse(secret, (uint32_t)PEN_JWS_HS256);
    assert_non_null(pen_keyset_find(set, PEN_S("s"), PEN_JWS_HS256));
    assert_null(pen_keyset_find(set, PEN_S("s"), PEN_JWS_HS512));
    pen_keyset_release(set);
}

static void escapes_a_foreign_kid_in_what_it_says(void **state)
{
    (void)state;
    struct pen_keyset *set;
    struct pen_error err;
    const struct pen_str document =
        PEN_STR("{\"keys\":[{\"kty\":\"x\",\"kid\":\"a\\n2026 forged line\"}]}");
    assert_int_equal(pen_keyset_parse(document, ANY, &set, NULL, &err), PEN_ERR_INVALID);
    assert_null(strchr(err.text, '\n'));
    assert_non_null(strstr(err.text, "a\\u000a2026 forged line"));
}

static void knows_algorithms_by_exact_name_only(void **state)
{
    (void)state;
    assert_int_equal(pen_jws_alg_named(PEN_S("RS256")), PEN_JWS_RS256);
    assert_int_equal(pen_jws_alg_named(PEN_S("EdDSA")), PEN_JWS_EDDSA);
    const struct pen_str others[] = {PEN_STR(""),      PEN_STR("none"),    PEN_STR("rs256"),
                                     PEN_STR("EDDSA"), PEN_STR("RS256 "),  PEN_STR("RS2567"),
                                     PEN_STR("RS25"),  PEN_STR("RS256\0"), PEN_STR("ES256K")};
    for (size_t i = 0; i < PEN_COUNT_OF(others); i++) {
        assert_int_equal(pen_jws_alg_named(others[i]), PEN_JWS_NONE_KNOWN);
    }
    for (uint32_t bit = 1; bit <= (uint32_t)PEN_JWS_HS512; bit <<= 1) {
        const char *const name = pen_jws_alg_name((enum pen_jws_alg)bit);
        assert_int_equal(pen_jws_alg_named(pen_str_from_c(name)), bit);
    }
}

static void survives_truncation_at_every_byte(void **state)
{
    (void)state;
    const struct pen_str document =
        PEN_STR("{\"keys\":[{\"kty\":\"EC\",\"crv\":\"P-256\",\"kid\":\"\\u0061\"," EC_XY "}]}");
    for (size_t len = 0; len <= document.len; len++) {
        char *const copy = malloc(len > 0 ? len : 1);
        assert_non_null(copy);
        memcpy(copy, document.ptr, len);
        struct pen_keyset *set = NULL;
        const enum pen_status status =
            pen_keyset_parse((struct pen_str){copy, len}, ANY, &set, NULL, NULL);
        free(copy);
        assert_int_equal(status == PEN_OK, len == document.len);
        pen_keyset_release(set);
    }
}

static void reads_a_file_and_names_it_when_it_cannot(void **state)
{
    (void)state;
    struct pki pki;
    struct pen_keyset *set;
    struct pen_error err;
    pki_init(&pki);
    pki_write(&pki, "jwks.json",
              PEN_S("{\"keys\":[{\"kty\":\"OKP\",\"crv\":\"Ed25519\"," ED_X "}]}"));
    assert_int_equal(pen_keyset_load(pki_path(&pki, "jwks.json"), ANY, &set, NULL, &err), PEN_OK);
    pen_keyset_release(set);
    assert_int_equal(pen_keyset_load(pki_path(&pki, "none.json"), ANY, &set, NULL, &err),
                     PEN_ERR_IO);
    assert_non_null(strstr(err.text, "none.json"));
    pki_deinit(&pki);
}

static void lives_as_long_as_its_last_reference(void **state)
{
    (void)state;
    struct pen_keyset *const set =
        parse(PEN_S("{\"keys\":[{\"kty\":\"OKP\",\"crv\":\"Ed25519\"," ED_X "}]}"), ANY);
    assert_ptr_equal(pen_keyset_acquire(set), set);
    pen_keyset_release(set);
    assert_int_equal(pen_keyset_count(set), 1);
    assert_non_null(pen_keyset_find(set, (struct pen_str){0}, PEN_JWS_EDDSA));
    pen_keyset_release(set);
    pen_keyset_release(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_every_kind_of_key),
        cmocka_unit_test(leaves_out_what_it_may_not_use_and_says_why),
        cmocka_unit_test(holds_rsa_keys_to_size_and_exponent),
        cmocka_unit_test(refuses_sets_that_can_be_read_in_two_ways),
        cmocka_unit_test(keeps_only_what_the_issuer_allows),
        cmocka_unit_test(escapes_a_foreign_kid_in_what_it_says),
        cmocka_unit_test(knows_algorithms_by_exact_name_only),
        cmocka_unit_test(survives_truncation_at_every_byte),
        cmocka_unit_test(reads_a_file_and_names_it_when_it_cannot),
        cmocka_unit_test(lives_as_long_as_its_last_reference),
    };
    return cmocka_run_group_tests_name("keys", tests, make_keys, drop_keys);
}
