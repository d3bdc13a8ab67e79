/**
 * JWK members to OpenSSL keys.
 *
 * What OpenSSL would accept but the JOSE standards or prudence refuse is refused here: an RSA key
 * outside 2048 to 8192 bits, a weak exponent, a coordinate that is not full length.
 */
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/auth/key.h"
#include "gateway/digest.h"

#define MIN_RSA_BITS      2048
#define MAX_RSA_BITS      8192 /* a larger one costs milliseconds per token */
#define MAX_EXPONENT_BITS 64   /* OpenSSL's own limit for moduli above 3072 bits */
#define ED25519_BYTES     32
#define MAX_COORDINATE    66 /* P-521 */

struct curve {
    enum pen_jws_alg algorithm;
    const char *name;
    size_t bytes; /* of a coordinate */
};

static const struct curve curves[] = {
    {PEN_JWS_ES256, "P-256", 32},
    {PEN_JWS_ES384, "P-384", 48},
    {PEN_JWS_ES512, "P-521", 66},
};

static const struct curve *curve_of(enum pen_jws_alg algorithm)
{
    for (size_t i = 0; i < PEN_COUNT_OF(curves); i++) {
        if (curves[i].algorithm == algorithm) return &curves[i];
    }
    return NULL;
}

static enum pen_status new_key(uint32_t algorithms, EVP_PKEY *public_key, struct pen_key **out)
{
    struct pen_key *key = calloc(1, sizeof(*key));
    if (key == NULL) {
        EVP_PKEY_free(public_key);
        return PEN_ERR_NOMEM;
    }
    key->algorithms = algorithms;
    key->public_key = public_key;
    *out = key;
    return PEN_OK;
}

static enum pen_status invalid(const char *reason, const char **why)
{
    *why = reason;
    return PEN_ERR_INVALID;
}

/* What OpenSSL has just refused: a bad key, or was there no memory for a good one? */
static enum pen_status refusal(const char *reason, const char **why)
{
    const bool memory = ERR_GET_REASON(ERR_peek_error()) == ERR_R_MALLOC_FAILURE;
    ERR_clear_error();
    return memory ? PEN_ERR_NOMEM : invalid(reason, why);
}

static enum pen_status from_parameters(const char *type, OSSL_PARAM_BLD *build, EVP_PKEY **out,
                                       const char *reason, const char **why)
{
    ERR_clear_error();
    OSSL_PARAM *const parameters = OSSL_PARAM_BLD_to_param(build);
    EVP_PKEY_CTX *const context = EVP_PKEY_CTX_new_from_name(NULL, type, NULL);
    enum pen_status status = PEN_ERR_NOMEM;
    if (parameters != NULL && context != NULL && EVP_PKEY_fromdata_init(context) == 1) {
        status = EVP_PKEY_fromdata(context, out, EVP_PKEY_PUBLIC_KEY, parameters) == 1
                     ? PEN_OK
                     : refusal(reason, why);
    }
    EVP_PKEY_CTX_free(context);
    OSSL_PARAM_free(parameters);
    return status;
}

/*
 * CVE-2017-15361: the primes of one maker's chips are powers of 65537 modulo many small primes, and
 * so is their product, which can then be factored. By chance that happens once in 2^27 keys.
 */
static bool has_roca_fingerprint(const BIGNUM *modulus)
{
    static const uint8_t primes[] = {
        3,  5,  7,  11, 13, 17,  19,  23,  29,  31,  37,  41,  43,  47,  53,  59,  61,  67,  71,
        73, 79, 83, 89, 97, 101, 103, 107, 109, 113, 127, 131, 137, 139, 149, 151, 157, 163, 167};
    for (size_t i = 0; i < PEN_COUNT_OF(primes); i++) {
        const BN_ULONG rest = BN_mod_word(modulus, primes[i]);
        unsigned power = 1;
        bool found = false;
        for (unsigned n = 0; n < primes[i] && !found; n++) {
            found = power == rest;
            power = power * (65537U % primes[i]) % primes[i];
        }
        if (!found) return false;
    }
    return true;
}

static enum pen_status check_rsa(const BIGNUM *n, const BIGNUM *e, const char **why)
{
    if (BN_num_bits(n) < MIN_RSA_BITS) return invalid("RSA modulus below 2048 bits", why);
    if (BN_num_bits(n) > MAX_RSA_BITS) return invalid("RSA modulus above 8192 bits", why);
    if (!BN_is_odd(n)) return invalid("RSA modulus is even", why);
    if (BN_num_bits(e) < 17 || !BN_is_odd(e)) {
        return invalid("RSA exponent below 65537 or even", why);
    }
    if (BN_num_bits(e) > MAX_EXPONENT_BITS) return invalid("RSA exponent above 64 bits", why);
    if (has_roca_fingerprint(n)) return invalid("RSA modulus can be factored (ROCA)", why);
    return PEN_OK;
}

static enum pen_status build_rsa(const BIGNUM *n, const BIGNUM *e, EVP_PKEY **out, const char **why)
{
    PEN_TRY(check_rsa(n, e, why));

    OSSL_PARAM_BLD *const build = OSSL_PARAM_BLD_new();
    if (build == NULL) return PEN_ERR_NOMEM;

    enum pen_status status = PEN_ERR_NOMEM;
    if (OSSL_PARAM_BLD_push_BN(build, OSSL_PKEY_PARAM_RSA_N, n) == 1
        && OSSL_PARAM_BLD_push_BN(build, OSSL_PKEY_PARAM_RSA_E, e) == 1) {
        status = from_parameters("RSA", build, out, "OpenSSL refuses the RSA key", why);
    }
    OSSL_PARAM_BLD_free(build);
    return status;
}

enum pen_status pen_key_from_rsa(struct pen_str modulus, struct pen_str exponent,
                                 uint32_t algorithms, struct pen_key **out, const char **why)
{
    /* Before OpenSSL sees it: twice the largest size allows for leading zeros. */
    const size_t most = (size_t)2 * MAX_RSA_BITS / 8;
    if (modulus.len > most) return invalid("RSA modulus above 8192 bits", why);
    if (exponent.len > most) return invalid("RSA exponent above 64 bits", why);

    BIGNUM *const n = BN_bin2bn((const unsigned char *)modulus.ptr, (int)modulus.len, NULL);
    BIGNUM *const e = BN_bin2bn((const unsigned char *)exponent.ptr, (int)exponent.len, NULL);
    EVP_PKEY *key = NULL;
    const enum pen_status status =
        n == NULL || e == NULL ? PEN_ERR_NOMEM : build_rsa(n, e, &key, why);
    BN_free(n);
    BN_free(e);
    return status == PEN_OK ? new_key(algorithms, key, out) : status;
}

/* The point lies on its curve, is not infinity, and has the right order. */
static enum pen_status check_point(EVP_PKEY *key, const char *reason, const char **why)
{
    ERR_clear_error();
    EVP_PKEY_CTX *const context = EVP_PKEY_CTX_new_from_pkey(NULL, key, NULL);
    if (context == NULL) return PEN_ERR_NOMEM;

    const enum pen_status status =
        EVP_PKEY_public_check(context) == 1 ? PEN_OK : refusal(reason, why);
    EVP_PKEY_CTX_free(context);
    return status;
}

enum pen_status pen_key_from_ec(struct pen_str x, struct pen_str y, enum pen_jws_alg algorithm,
                                struct pen_key **out, const char **why)
{
    const struct curve *const curve = curve_of(algorithm);
    if (curve == NULL) return PEN_ERR_INTERNAL;

    /* RFC 7518 section 6.2.1.2: the length of this octet string MUST be the full size. */
    if (x.len != curve->bytes || y.len != curve->bytes) {
        return invalid("EC coordinate is not of full length", why);
    }
    unsigned char point[1 + 2 * MAX_COORDINATE] = {4}; /* uncompressed */
    memcpy(point + 1, x.ptr, x.len);
    memcpy(point + 1 + x.len, y.ptr, y.len);

    OSSL_PARAM_BLD *const build = OSSL_PARAM_BLD_new();
    if (build == NULL) return PEN_ERR_NOMEM;

    static const char wrong[] = "EC point is not on its curve";
    EVP_PKEY *key = NULL;
    enum pen_status status = PEN_ERR_NOMEM;
    if (OSSL_PARAM_BLD_push_utf8_string(build, OSSL_PKEY_PARAM_GROUP_NAME, curve->name, 0) == 1
        && OSSL_PARAM_BLD_push_octet_string(build, OSSL_PKEY_PARAM_PUB_KEY, point,
                                            1 + 2 * curve->bytes)
               == 1) {
        status = from_parameters("EC", build, &key, wrong, why);
    }
    OSSL_PARAM_BLD_free(build);
    if (status == PEN_OK) status = check_point(key, wrong, why);
    if (status != PEN_OK) {
        EVP_PKEY_free(key);
        return status;
    }
    PEN_TRY(new_key((uint32_t)algorithm, key, out));
    (*out)->coordinate_bytes = curve->bytes;
    return PEN_OK;
}

enum pen_status pen_key_from_ed25519(struct pen_str x, struct pen_key **out, const char **why)
{
    if (x.len != ED25519_BYTES) return invalid("Ed25519 key is not of 32 bytes", why);

    ERR_clear_error();
    EVP_PKEY *const key =
        EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, NULL, (const unsigned char *)x.ptr, x.len);
    if (key == NULL) return refusal("OpenSSL refuses the Ed25519 key", why);
    return new_key((uint32_t)PEN_JWS_EDDSA, key, out);
}

enum pen_status pen_key_from_secret(struct pen_str secret, uint32_t algorithms,
                                    struct pen_key **out, const char **why)
{
    if (secret.len == 0) return invalid("the secret is empty", why);

    struct pen_key *key;
    PEN_TRY(new_key(algorithms, NULL, &key));
    key->secret = malloc(secret.len);
    if (key->secret == NULL) {
        pen_key_destroy(key);
        return PEN_ERR_NOMEM;
    }
    memcpy(key->secret, secret.ptr, secret.len);
    key->secret_len = secret.len;
    *out = key;
    return PEN_OK;
}

void pen_key_destroy(struct pen_key *key)
{
    if (key == NULL) return;

    EVP_PKEY_free(key->public_key);
    if (key->secret != NULL) pen_wipe(key->secret, key->secret_len);
    free(key->secret);
    free(key);
}
