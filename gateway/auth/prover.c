/**
 * Raw JWS signatures to what OpenSSL checks, and OpenSSL's answer.
 *
 * Lengths are compared before OpenSSL looks: a JWS signature has exactly one (RFC 7518 section 3).
 */
#include "gateway/auth/prover.h"

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <stdlib.h>

#include "gateway/digest.h"

#define MAX_COORDINATE 66 /* P-521 */

struct pen_prover {
    EVP_MD_CTX *context;
    EVP_MD *sha256; /* looked up once: by name costs more than some signatures */
    EVP_MD *sha384;
    EVP_MD *sha512;
};

enum pen_status pen_prover_create(struct pen_prover **out)
{
    struct pen_prover *prover = calloc(1, sizeof(*prover));
    if (prover == NULL) return PEN_ERR_NOMEM;

    prover->context = EVP_MD_CTX_new();
    prover->sha256 = EVP_MD_fetch(NULL, "SHA2-256", NULL);
    prover->sha384 = EVP_MD_fetch(NULL, "SHA2-384", NULL);
    prover->sha512 = EVP_MD_fetch(NULL, "SHA2-512", NULL);
    if (prover->context == NULL || prover->sha256 == NULL || prover->sha384 == NULL
        || prover->sha512 == NULL) {
        pen_prover_destroy(prover);
        ERR_clear_error();
        return PEN_ERR_INTERNAL;
    }
    *out = prover;
    return PEN_OK;
}

void pen_prover_destroy(struct pen_prover *prover)
{
    if (prover == NULL) return;

    EVP_MD_CTX_free(prover->context);
    EVP_MD_free(prover->sha256);
    EVP_MD_free(prover->sha384);
    EVP_MD_free(prover->sha512);
    free(prover);
}

static enum pen_status answer(bool good)
{
    return good ? PEN_OK : PEN_ERR_INVALID;
}

static enum pen_status check_public(struct pen_prover *prover, const struct pen_key *key,
                                    const EVP_MD *hash, bool pss, struct pen_str text,
                                    struct pen_str signature)
{
    if (key->public_key == NULL) return PEN_ERR_INVALID;

    EVP_PKEY_CTX *options;
    bool ready =
        EVP_MD_CTX_reset(prover->context) == 1
        && EVP_DigestVerifyInit(prover->context, &options, hash, NULL, key->public_key) == 1;
    /* RFC 7518 section 3.5: the size of the salt value is the size of the hash; MGF1 uses it too.
     */
    if (ready && pss) {
        ready = EVP_PKEY_CTX_set_rsa_padding(options, RSA_PKCS1_PSS_PADDING) == 1
                && EVP_PKEY_CTX_set_rsa_pss_saltlen(options, RSA_PSS_SALTLEN_DIGEST) == 1;
    }
    const bool good = ready
                      && EVP_DigestVerify(prover->context, (const unsigned char *)signature.ptr,
                                          signature.len, (const unsigned char *)text.ptr, text.len)
                             == 1;
    ERR_clear_error();
    return ready ? answer(good) : PEN_ERR_INTERNAL;
}

static enum pen_status check_rsa_signature(struct pen_prover *prover, const struct pen_key *key,
                                           const EVP_MD *hash, bool pss, struct pen_str text,
                                           struct pen_str signature)
{
    if (signature.len != (size_t)EVP_PKEY_get_size(key->public_key)) return PEN_ERR_INVALID;

    return check_public(prover, key, hash, pss, text, signature);
}

/* An unsigned big-endian number as a DER INTEGER: no leading zeros but one before a set top bit. */
static void put_der_integer(struct pen_buf *out, struct pen_str number)
{
    while (number.len > 1 && number.ptr[0] == 0) {
        number = pen_str_slice(number, 1, number.len);
    }
    const bool sign = ((unsigned char)number.ptr[0] & 0x80) != 0;
    pen_buf_byte(out, 0x02);
    pen_buf_byte(out, (char)(number.len + (sign ? 1 : 0)));
    if (sign) pen_buf_byte(out, 0);
    pen_buf_put(out, number);
}

static enum pen_status check_ec_signature(struct pen_prover *prover, const struct pen_key *key,
                                          const EVP_MD *hash, struct pen_str text,
                                          struct pen_str signature)
{
    const size_t half = key->coordinate_bytes;
    if (half == 0 || half > MAX_COORDINATE || signature.len != 2 * half) return PEN_ERR_INVALID;

    char body[2 * (2 + 1 + MAX_COORDINATE)];
    struct pen_buf integers = pen_buf_over(body, sizeof(body));
    put_der_integer(&integers, pen_str_slice(signature, 0, half));
    put_der_integer(&integers, pen_str_slice(signature, half, signature.len));

    char der[3 + sizeof(body)];
    struct pen_buf sequence = pen_buf_over(der, sizeof(der));
    pen_buf_byte(&sequence, 0x30);
    if (integers.len > 127) pen_buf_byte(&sequence, (char)0x81); /* P-521 needs the long form */
    pen_buf_byte(&sequence, (char)integers.len);
    pen_buf_put(&sequence, pen_buf_str(&integers));
    if (integers.full || sequence.full) return PEN_ERR_INVALID;

    return check_public(prover, key, hash, false, text, pen_buf_str(&sequence));
}

static enum pen_status check_mac(const struct pen_key *key, unsigned bits, struct pen_str text,
                                 struct pen_str signature)
{
    if (key->secret == NULL) return PEN_ERR_INVALID;

    unsigned char mac[PEN_HMAC_MAX_BYTES];
    const struct pen_str secret = {key->secret, key->secret_len};
    PEN_TRY(pen_hmac(bits, secret, text, mac));

    const bool good =
        pen_str_equal_secret((struct pen_str){(const char *)mac, bits / 8}, signature);
    pen_wipe(mac, sizeof(mac));
    return answer(good);
}

enum pen_status pen_prover_check(struct pen_prover *prover, const struct pen_key *key,
                                 enum pen_jws_alg algorithm, struct pen_str text,
                                 struct pen_str signature)
{
    if ((key->algorithms & (uint32_t)algorithm) == 0) return PEN_ERR_INVALID;
    if (signature.len == 0) return PEN_ERR_INVALID;

    switch (algorithm) {
    case PEN_JWS_RS256:
        return check_rsa_signature(prover, key, prover->sha256, false, text, signature);
    case PEN_JWS_RS384:
        return check_rsa_signature(prover, key, prover->sha384, false, text, signature);
    case PEN_JWS_RS512:
        return check_rsa_signature(prover, key, prover->sha512, false, text, signature);
    case PEN_JWS_PS256:
        return check_rsa_signature(prover, key, prover->sha256, true, text, signature);
    case PEN_JWS_PS384:
        return check_rsa_signature(prover, key, prover->sha384, true, text, signature);
    case PEN_JWS_PS512:
        return check_rsa_signature(prover, key, prover->sha512, true, text, signature);
    case PEN_JWS_ES256:
        return check_ec_signature(prover, key, prover->sha256, text, signature);
    case PEN_JWS_ES384:
        return check_ec_signature(prover, key, prover->sha384, text, signature);
    case PEN_JWS_ES512:
        return check_ec_signature(prover, key, prover->sha512, text, signature);
    case PEN_JWS_EDDSA:
        return check_public(prover, key, NULL, false, text, signature);
    case PEN_JWS_HS256:
        return check_mac(key, 256, text, signature);
    case PEN_JWS_HS384:
        return check_mac(key, 384, text, signature);
    case PEN_JWS_HS512:
        return check_mac(key, 512, text, signature);
    case PEN_JWS_NONE_KNOWN:
        break;
    }
    return PEN_ERR_INVALID;
}
