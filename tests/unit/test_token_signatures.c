/** Proof of tokens: signatures that are forged, or over something else. */
#include "gateway/auth/token.h"

#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "filters/core/codec.h"
#include "tests/support/tokens.h"

#define HEADER "{\"alg\":\"RS256\",\"kid\":\"rs256\"}"

static struct tokens stage;

static int make_keys(void **state)
{
    (void)state;
    tokens_init(&stage);
    return 0;
}

static int drop_keys(void **state)
{
    (void)state;
    tokens_deinit(&stage);
    return 0;
}

/* Every test starts with nothing cached and the issuer's defaults. */
static int start_anew(void **state)
{
    (void)state;
    pen_arena_reset(stage.arena);
    stage.issuer = tokens_issuer();
    stage.ring->generation += 1000;
    return 0;
}

static void expect(const char *why, struct pen_str token, enum pen_token_result wanted)
{
    struct pen_caller caller;
    const enum pen_token_result got = tokens_verify(&stage, token, TOKENS_NOW, &caller);
    if (got != wanted) {
        fail_msg("%s: %s instead of %s", why, pen_token_result_code(got),
                 pen_token_result_code(wanted));
    }
}

/* The public half of an RSA key in one of its spellings. */
static struct pen_str public_form(int form)
{
    BIO *const pem = BIO_new(BIO_s_mem());
    const struct pen_str private_pem = pen_signer_private(stage.rs256);
    BIO *const in = BIO_new_mem_buf(private_pem.ptr, (int)private_pem.len);
    EVP_PKEY *const key = PEM_read_bio_PrivateKey(in, NULL, NULL, NULL);
    assert_non_null(key);
    if (form == 0) assert_int_equal(PEM_write_bio_PUBKEY(pem, key), 1);
    if (form == 1) assert_int_equal(i2d_PUBKEY_bio(pem, key), 1);
    char *bytes;
    const long len = BIO_get_mem_data(pem, &bytes);
    struct pen_str out = {0};
    if (form < 2) {
        assert_int_equal(pen_arena_copy(stage.arena, (struct pen_str){bytes, (size_t)len}, &out),
                         PEN_OK);
    } else {
        char *const memory = pen_arena_bytes(stage.arena, 4096);
        assert_non_null(memory);
        struct pen_buf buf = pen_buf_over(memory, 4096);
        assert_int_equal(pen_signer_jwk(stage.rs256, PEN_S("rs256"), &buf), PEN_OK);
        out = pen_buf_str(&buf);
    }
    EVP_PKEY_free(key);
    BIO_free(in);
    BIO_free(pem);
    return out;
}

static void never_takes_a_public_key_for_a_secret(void **state)
{
    (void)state;
    const char *const forms[] = {"PEM", "DER", "JWK"};
    for (int form = 0; form < 3; form++) {
        struct pen_signer *mac;
        assert_int_equal(pen_signer_from_secret(public_form(form), PEN_JWS_HS256, &mac), PEN_OK);
        const struct pen_str named =
            tokens_sign(&stage, mac, PEN_S("{\"alg\":\"HS256\",\"kid\":\"rs256\"}"),
                        PEN_S("{" TOKENS_CLAIMS "}"));
        const struct pen_str unnamed =
            tokens_sign(&stage, mac, PEN_S("{\"alg\":\"HS256\"}"), PEN_S("{" TOKENS_CLAIMS "}"));
        pen_signer_destroy(mac);
        expect(forms[form], named, PEN_TOKEN_ALGORITHM);

        /* Even where the issuer may use HMAC, an RSA key serves none. */
        stage.issuer.algorithms |= (uint32_t)PEN_JWS_HS256;
        expect(forms[form], named, PEN_TOKEN_ALGORITHM);
        expect(forms[form], unnamed, PEN_TOKEN_UNKNOWN_KEY);
        stage.issuer.algorithms = TOKENS_DEFAULT_ALGORITHMS;
    }
}

/* A token whose signature is `bytes`. */
static struct pen_str with_signature(struct pen_str header, struct pen_str bytes)
{
    const struct pen_str parts[] = {
        tokens_encode(&stage, header),
        PEN_STR("."),
        tokens_encode(&stage, PEN_S("{" TOKENS_CLAIMS "}")),
        PEN_STR("."),
        tokens_encode(&stage, bytes),
    };
    return tokens_join(&stage, parts, PEN_COUNT_OF(parts));
}

static struct pen_str repeated(char byte, size_t count)
{
    char *const bytes = pen_arena_bytes(stage.arena, count);
    assert_non_null(bytes);
    memset(bytes, byte, count);
    return (struct pen_str){bytes, count};
}

static struct pen_str signature_of(struct pen_str token)
{
    struct pen_str bytes;
    const size_t dot = pen_str_find(token, '.', pen_str_find(token, '.', 0) + 1);
    assert_int_equal(
        pen_codec_base64url(pen_str_slice(token, dot + 1, token.len), stage.arena, &bytes), PEN_OK);
    return bytes;
}

static struct pen_str der_of(struct pen_str raw)
{
    ECDSA_SIG *const pair = ECDSA_SIG_new();
    const int half = (int)(raw.len / 2);
    BIGNUM *const r = BN_bin2bn((const unsigned char *)raw.ptr, half, NULL);
    BIGNUM *const s = BN_bin2bn((const unsigned char *)raw.ptr + half, half, NULL);
    assert_int_equal(ECDSA_SIG_set0(pair, r, s), 1);
    unsigned char *der = NULL;
    const int len = i2d_ECDSA_SIG(pair, &der);
    assert_true(len > 0);
    struct pen_str out;
    assert_int_equal(pen_arena_copy(stage.arena, (struct pen_str){(char *)der, (size_t)len}, &out),
                     PEN_OK);
    OPENSSL_free(der);
    ECDSA_SIG_free(pair);
    return out;
}

static void refuses_forged_signatures(void **state)
{
    (void)state;
    const struct pen_str es = PEN_STR("{\"alg\":\"ES256\",\"kid\":\"es256\"}");
    const struct pen_str ed = PEN_STR("{\"alg\":\"EdDSA\",\"kid\":\"eddsa\"}");
    const struct pen_str rs = PEN_STR(HEADER);
    const struct pen_str order /* of P-256 */
        = PEN_STR("\xff\xff\xff\xff\x00\x00\x00\x00\xff\xff\xff\xff\xff\xff\xff\xff"
                  "\xbc\xe6\xfa\xad\xa7\x17\x9e\x84\xf3\xb9\xca\xc2\xfc\x63\x25\x51");
    const struct pen_str order_twice[] = {order, order};
    const struct pen_str payload = PEN_STR("{" TOKENS_CLAIMS "}");
    const struct pen_str good = signature_of(tokens_sign(&stage, stage.es256, es, payload));
    const struct pen_str good_rsa = signature_of(tokens_sign(&stage, stage.rs256, rs, payload));
    const struct pen_str longer[] = {good, PEN_STR("\0")};
    const struct pen_str zero_first[] = {PEN_STR("\0"), good_rsa};
    const struct pen_str r_and_zero[] = {pen_str_slice(good, 0, 32), repeated(0, 32)};
    expect("the good one, as a check of this test", with_signature(es, good), PEN_TOKEN_OK);

    const struct {
        const char *why;
        struct pen_str header;
        struct pen_str signature;
    } rows[] = {
        {"psychic: r and s 0", es, repeated(0, 64)},
        {"r and s the order", es, tokens_join(&stage, order_twice, 2)},
        {"r and s all ones", es, repeated((char)0xff, 64)},
        {"s 0", es, tokens_join(&stage, r_and_zero, 2)},
        {"DER instead of raw", es, der_of(good)},
        {"a byte short", es, pen_str_slice(good, 0, 63)},
        {"a byte long", es, tokens_join(&stage, longer, 2)},
        {"one byte", es, PEN_STR("\1")},
        {"as long as one of P-384", es, repeated(1, 96)},
        {"EdDSA zero", ed, repeated(0, 64)},
        {"EdDSA ones", ed, repeated((char)0xff, 64)},
        {"EdDSA short", ed, repeated(1, 63)},
        {"RSA zero", rs, repeated(0, 256)},
        {"RSA one", rs, repeated(1, 256)},
        {"RSA short by its zeros", rs, pen_str_slice(good_rsa, 1, 256)},
        {"RSA with a zero before", rs, tokens_join(&stage, zero_first, 2)},
        {"an EC signature for an RSA key", rs, good},
    };
    for (size_t i = 0; i < PEN_COUNT_OF(rows); i++) {
        stage.ring->generation++;
        expect(rows[i].why, with_signature(rows[i].header, rows[i].signature), PEN_TOKEN_SIGNATURE);
    }
}

static void refuses_a_signature_over_anything_else(void **state)
{
    (void)state;
    const struct pen_str rs = PEN_STR(HEADER);
    const struct pen_str token =
        tokens_sign(&stage, stage.rs256, rs, PEN_S("{" TOKENS_CLAIMS ",\"admin\":false}"));
    const struct pen_str signature = signature_of(token);
    const struct pen_str parts[] = {
        tokens_encode(&stage, rs),
        PEN_STR("."),
        tokens_encode(&stage, PEN_S("{" TOKENS_CLAIMS ",\"admin\":true }")),
        PEN_STR("."),
        tokens_encode(&stage, signature),
    };
    expect("claims changed", tokens_join(&stage, parts, 5), PEN_TOKEN_SIGNATURE);
    expect("PS256 asked of the RS256 key",
           tokens_sign(&stage, stage.rs256, PEN_S("{\"alg\":\"PS256\",\"kid\":\"rs256\"}"),
                       PEN_S("{" TOKENS_CLAIMS "}")),
           PEN_TOKEN_ALGORITHM);
    expect("signed with RS256, said to be PS256",
           tokens_sign(&stage, stage.rs256, PEN_S("{\"alg\":\"PS256\",\"kid\":\"ps256\"}"),
                       PEN_S("{" TOKENS_CLAIMS "}")),
           PEN_TOKEN_SIGNATURE);
    expect("ES384 is not allowed for the issuer",
           tokens_sign(&stage, stage.es256, PEN_S("{\"alg\":\"ES384\",\"kid\":\"es256\"}"),
                       PEN_S("{" TOKENS_CLAIMS "}")),
           PEN_TOKEN_ALGORITHM);
    expect("ES256 asked of an RSA key",
           tokens_sign(&stage, stage.es256, PEN_S("{\"alg\":\"ES256\",\"kid\":\"rs256\"}"),
                       PEN_S("{" TOKENS_CLAIMS "}")),
           PEN_TOKEN_ALGORITHM);
}

/* Flip one bit of every character: none of the spellings may pass. */
static void refuses_a_token_with_any_character_changed(void **state)
{
    (void)state;
    const struct pen_str token =
        tokens_sign(&stage, stage.rs256, PEN_S(HEADER), PEN_S("{" TOKENS_CLAIMS "}"));
    char *const copy = malloc(token.len);
    assert_non_null(copy);
    for (size_t i = 0; i < token.len; i++) {
        memcpy(copy, token.ptr, token.len);
        copy[i] ^= 1;
        struct pen_caller caller;
        const enum pen_token_result result =
            tokens_verify(&stage, (struct pen_str){copy, token.len}, TOKENS_NOW, &caller);
        if (result == PEN_TOKEN_OK) fail_msg("accepted with byte %zu changed", i);
    }
    free(copy);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(never_takes_a_public_key_for_a_secret, start_anew),
        cmocka_unit_test_setup(refuses_forged_signatures, start_anew),
        cmocka_unit_test_setup(refuses_a_signature_over_anything_else, start_anew),
        cmocka_unit_test_setup(refuses_a_token_with_any_character_changed, start_anew),
    };
    return cmocka_run_group_tests_name("token_signatures", tests, make_keys, drop_keys);
}
