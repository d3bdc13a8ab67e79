/** Tokens and key sets that we make: our verifier takes them, and libjwt reads them the same way.
 */
#include "gateway/auth/mint.h"

#include <jwt.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>

#include "filters/core/json.h"
#include "gateway/auth/token.h"
#include "tests/support/pki.h"
#include "tests/support/tokens.h"

#define ALL_ALGORITHMS 0xffffffffU

static struct pki pki;
static struct pen_arena *arena;

static int make_folder(void **state)
{
    (void)state;
    pki_init(&pki);
    return pen_arena_create((size_t)8 << 20, 65536, &arena) == PEN_OK ? 0 : -1;
}

static int remove_folder(void **state)
{
    (void)state;
    pen_arena_destroy(arena);
    pki_deinit(&pki);
    return 0;
}

static struct pen_signer *generate(enum pen_jws_alg alg)
{
    struct pen_signer *signer;
    assert_int_equal(pen_signer_generate(alg, &signer), PEN_OK);
    return signer;
}

static const struct pen_mint_request *request(void)
{
    static const struct pen_str audiences[] = {PEN_STR(TOKENS_AUDIENCE)};
    static const struct pen_mint_claim claims[] = {
        {PEN_STR("tenant"), PEN_STR("a \"quoted\" caf\u00e9\n"), false},
        {PEN_STR("level"), PEN_STR("3"), true},
        {PEN_STR("roles"), PEN_STR("[\"a\",{\"b\":null}]"), true},
    };
    static const struct pen_mint_request wish = {
        .kid = PEN_STR("k"),
        .issuer = PEN_STR(TOKENS_ISSUER),
        .audiences = audiences,
        .audience_count = 1,
        .subject = PEN_STR("ann"),
        .scope = PEN_STR("r w"),
        .issued_at = TOKENS_NOW,
        .expires_at = TOKENS_NOW + 600,
        .claims = claims,
        .claim_count = PEN_COUNT_OF(claims),
    };
    return &wish;
}

/* The key for jwt_decode(): a secret as it is, of a private key its public PEM. */
static struct pen_str verification_key(const struct pen_signer *signer)
{
    struct pen_str out = pen_signer_private(signer);
    if (pen_signer_is_secret(signer)) return out;

    BIO *const in = BIO_new_mem_buf(out.ptr, (int)out.len);
    BIO *const pem = BIO_new(BIO_s_mem());
    EVP_PKEY *const key = PEM_read_bio_PrivateKey(in, NULL, NULL, NULL);
    assert_non_null(key);
    assert_int_equal(PEM_write_bio_PUBKEY(pem, key), 1);
    char *bytes;
    const long len = BIO_get_mem_data(pem, &bytes);
    assert_int_equal(pen_arena_copy(arena, (struct pen_str){bytes, (size_t)len}, &out), PEN_OK);
    EVP_PKEY_free(key);
    BIO_free(in);
    BIO_free(pem);
    return out;
}

static enum pen_token_result verify(const struct pen_signer *signer, struct pen_str token,
                                    struct pen_caller *caller)
{
    static struct pen_config_issuer issuer;
    issuer = tokens_issuer();
    issuer.algorithms = ALL_ALGORITHMS;
    const struct pen_config_issuer *const issuers[] = {&issuer};
    const struct pen_str kid = PEN_STR("k");
    struct pen_str document;
    struct pen_keyset *set;
    struct pen_error err;
    assert_int_equal(pen_mint_key_set(&signer, &kid, 1, arena, &document), PEN_OK);
    if (pen_keyset_parse(document, ALL_ALGORITHMS, &set, NULL, &err) != PEN_OK) {
        fail_msg("%s", err.text);
    }
    struct pen_keyring *const ring = tokens_ring(set);
    struct pen_verifier *verifier;
    const struct pen_config_issuer *unknown;
    assert_int_equal(pen_verifier_create(1, &verifier), PEN_OK);
    const enum pen_token_result result =
        pen_verifier_verify(verifier, token, issuers, 1, ring, TOKENS_NOW, arena, caller, &unknown);
    pen_verifier_destroy(verifier);
    tokens_free_ring(ring);
    return result;
}

static void makes_tokens_that_both_readers_take(void **state)
{
    (void)state;
    const struct {
        enum pen_jws_alg alg;
        bool libjwt; /* knows it, in version 1.10 too */
    } rows[] = {
        {PEN_JWS_RS256, true},  {PEN_JWS_RS384, true},  {PEN_JWS_RS512, true},
        {PEN_JWS_ES256, true},  {PEN_JWS_ES384, true},  {PEN_JWS_ES512, true},
        {PEN_JWS_HS256, true},  {PEN_JWS_HS384, true},  {PEN_JWS_HS512, true},
        {PEN_JWS_PS256, false}, {PEN_JWS_PS384, false}, {PEN_JWS_PS512, false},
        {PEN_JWS_EDDSA, false},
    };
    for (size_t i = 0; i < PEN_COUNT_OF(rows); i++) {
        pen_arena_reset(arena);
        struct pen_signer *const signer = generate(rows[i].alg);
        struct pen_str token;
        struct pen_error err;
        if (pen_mint_token(signer, request(), arena, &token, &err) != PEN_OK) {
            fail_msg("%s: %s", pen_jws_alg_name(rows[i].alg), err.text);
        }
        struct pen_caller caller;
        const enum pen_token_result result = verify(signer, token, &caller);
        if (result != PEN_TOKEN_OK) {
            fail_msg("%s: %s", pen_jws_alg_name(rows[i].alg), pen_token_result_code(result));
        }
        assert_true(pen_str_equal(caller.subject, PEN_S("ann")));
        assert_int_equal(caller.expires, TOKENS_NOW + 600);
        assert_true(pen_str_equal(
            pen_json_string_or(pen_json_member(caller.claims, PEN_S("tenant")), PEN_S("")),
            PEN_S("a \"quoted\" caf\u00e9\n")));
        assert_non_null(pen_json_resolve(caller.claims, PEN_S("/roles/1/b")));

        if (rows[i].libjwt) {
            const struct pen_str key = verification_key(signer);
            jwt_t *jwt = NULL;
            assert_int_equal(
                jwt_decode(&jwt, token.ptr, (const unsigned char *)key.ptr, (int)key.len), 0);
            assert_string_equal(jwt_get_grant(jwt, "sub"), "ann");
            jwt_free(jwt);
        }
        pen_signer_destroy(signer);
    }
}

static void signs_differently_for_different_keys(void **state)
{
    (void)state;
    struct pen_signer *const one = generate(PEN_JWS_EDDSA);
    struct pen_signer *const other = generate(PEN_JWS_EDDSA);
    struct pen_str token;
    struct pen_caller caller;
    assert_int_equal(pen_mint_token(one, request(), arena, &token, NULL), PEN_OK);
    assert_int_equal(verify(other, token, &caller), PEN_TOKEN_SIGNATURE);
    pen_signer_destroy(one);
    pen_signer_destroy(other);
}

static void refuses_claims_that_would_not_be_one_token(void **state)
{
    (void)state;
    const struct {
        const char *why;
        struct pen_mint_claim claim;
    } rows[] = {
        {"a claim given twice", {PEN_STR("sub"), PEN_STR("root"), false}},
        {"no JSON", {PEN_STR("n"), PEN_STR("{"), true}},
        {"two values", {PEN_STR("n"), PEN_STR("1,\"m\":2}{"), true}},
        {"empty JSON", {PEN_STR("n"), PEN_STR(""), true}},
    };
    struct pen_signer *const signer = generate(PEN_JWS_EDDSA);
    for (size_t i = 0; i < PEN_COUNT_OF(rows); i++) {
        struct pen_mint_request wish = *request();
        struct pen_error err = {.text = ""};
        struct pen_str token;
        wish.claims = &rows[i].claim;
        wish.claim_count = 1;
        if (pen_mint_token(signer, &wish, arena, &token, &err) != PEN_ERR_INVALID
            || err.text[0] == '\0') {
            fail_msg("%s", rows[i].why);
        }
    }
    pen_signer_destroy(signer);
}

static void writes_keys_once_and_for_the_owner_alone(void **state)
{
    (void)state;
    struct pen_signer *const signer = generate(PEN_JWS_ES256);
    const struct pen_str folder = pki_path(&pki, "deep/er");
    struct pen_error err;
    if (pen_mint_write_keys(signer, folder, PEN_S(""), false, &err) != PEN_OK) {
        fail_msg("%s", err.text);
    }
    struct stat about;
    assert_int_equal(stat(pki_path(&pki, "deep/er/signing.key").ptr, &about), 0);
    assert_int_equal(about.st_mode & 0777, 0600);

    struct pen_signer *read;
    struct pen_keyset *set;
    assert_int_equal(
        pen_signer_load(pki_path(&pki, "deep/er/signing.key"), PEN_JWS_NONE_KNOWN, &read, &err),
        PEN_OK);
    assert_int_equal(pen_signer_alg(read), PEN_JWS_ES256);
    char memory[64];
    struct pen_buf kid = pen_buf_over(memory, sizeof(memory));
    assert_int_equal(pen_signer_thumbprint(read, &kid), PEN_OK);
    assert_int_equal(kid.len, 43);
    assert_int_equal(
        pen_keyset_load(pki_path(&pki, "deep/er/jwks.json"), ALL_ALGORITHMS, &set, NULL, &err),
        PEN_OK);
    assert_non_null(pen_keyset_find(set, pen_buf_str(&kid), PEN_JWS_ES256));
    pen_keyset_release(set);

    assert_int_equal(pen_mint_write_keys(signer, folder, PEN_S(""), false, &err), PEN_ERR_IO);
    assert_non_null(strstr(err.text, "there already"));
    assert_int_equal(pen_mint_write_keys(signer, folder, PEN_S("k"), true, &err), PEN_OK);
    assert_int_equal(stat(pki_path(&pki, "deep/er/signing.key").ptr, &about), 0);
    assert_int_equal(about.st_mode & 0777, 0600);
    pen_signer_destroy(read);
    pen_signer_destroy(signer);

    assert_int_equal(remove(pki_path(&pki, "deep/er/signing.key").ptr), 0);
    assert_int_equal(remove(pki_path(&pki, "deep/er/jwks.json").ptr), 0);
    assert_int_equal(remove(pki_path(&pki, "deep/er").ptr), 0);
    assert_int_equal(remove(pki_path(&pki, "deep").ptr), 0);
}

static void refuses_keys_that_do_not_fit_the_algorithm(void **state)
{
    (void)state;
    struct pen_signer *const ec = generate(PEN_JWS_ES256);
    pki_write(&pki, "ec.key", pen_signer_private(ec));
    pki_write(&pki, "text.key", PEN_S("hello"));
    pen_signer_destroy(ec);
    const struct {
        const char *file;
        enum pen_jws_alg alg;
        enum pen_status status;
        const char *said;
    } rows[] = {
        {"ec.key", PEN_JWS_ES256, PEN_OK, ""},
        {"ec.key", PEN_JWS_NONE_KNOWN, PEN_OK, ""},
        {"ec.key", PEN_JWS_ES384, PEN_ERR_INVALID, "the curve P-384"},
        {"ec.key", PEN_JWS_RS256, PEN_ERR_INVALID, "RSA of 2048 bits"},
        {"ec.key", PEN_JWS_HS256, PEN_ERR_UNSUPPORTED, "a secret"},
        {"text.key", PEN_JWS_ES256, PEN_ERR_INVALID, "no private key"},
        {"absent.key", PEN_JWS_ES256, PEN_ERR_IO, "absent.key"},
    };
    for (size_t i = 0; i < PEN_COUNT_OF(rows); i++) {
        struct pen_signer *signer = NULL;
        struct pen_error err = {.text = ""};
        const enum pen_status status =
            pen_signer_load(pki_path(&pki, rows[i].file), rows[i].alg, &signer, &err);
        if (status != rows[i].status || strstr(err.text, rows[i].said) == NULL) {
            fail_msg("%s for %s: %s", rows[i].file, pen_jws_alg_name(rows[i].alg), err.text);
        }
        pen_signer_destroy(signer);
    }
    struct pen_signer *signer;
    assert_int_equal(pen_signer_generate(PEN_JWS_NONE_KNOWN, &signer), PEN_ERR_UNSUPPORTED);
    assert_int_equal(pen_signer_from_secret(PEN_S("s"), PEN_JWS_RS256, &signer),
                     PEN_ERR_UNSUPPORTED);
}

/* RFC 7638 section 3.1 gives the thumbprint of an RSA key; RFC 8037 appendix A.3 of this one, made
   here from its private half (appendix A.1) in PKCS #8. */
static void computes_the_thumbprint_of_the_standard(void **state)
{
    (void)state;
    pki_write(&pki, "rfc8037.key",
              PEN_S("-----BEGIN PRIVATE KEY-----\n"
                    "MC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g\n"
                    "-----END PRIVATE KEY-----\n"));
    struct pen_signer *signer;
    struct pen_error err;
    if (pen_signer_load(pki_path(&pki, "rfc8037.key"), PEN_JWS_EDDSA, &signer, &err) != PEN_OK) {
        fail_msg("%s", err.text);
    }
    char memory[64];
    struct pen_buf thumbprint = pen_buf_over(memory, sizeof(memory));
    assert_int_equal(pen_signer_thumbprint(signer, &thumbprint), PEN_OK);
    assert_true(pen_str_equal(pen_buf_str(&thumbprint),
                              PEN_S("kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k")));

    /* The signature of RFC 8037 appendix A.4. */
    struct pen_str token;
    assert_int_equal(pen_mint_raw(signer, PEN_S("{\"alg\":\"EdDSA\"}"),
                                  PEN_S("Example of Ed25519 signing"), arena, &token),
                     PEN_OK);
    assert_true(pen_str_ends(token, PEN_S(".hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4k"
                                          "i4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg")));
    pen_signer_destroy(signer);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(makes_tokens_that_both_readers_take),
        cmocka_unit_test(signs_differently_for_different_keys),
        cmocka_unit_test(refuses_claims_that_would_not_be_one_token),
        cmocka_unit_test(writes_keys_once_and_for_the_owner_alone),
        cmocka_unit_test(refuses_keys_that_do_not_fit_the_algorithm),
        cmocka_unit_test(computes_the_thumbprint_of_the_standard),
    };
    return cmocka_run_group_tests_name("mint", tests, make_folder, remove_folder);
}
