/** OpenSSL's private keys in the words of JOSE (RFC 7518, 8037). */
#include "gateway/auth/signer.h"

#include <limits.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <stdlib.h>
#include <string.h>

#include "filters/core/codec.h"
#include "gateway/digest.h"
#include "gateway/file.h"

#define RSA_BITS        2048
#define MAX_PEM         ((size_t)64 << 10)
#define MAX_NUMBER      1024 /* bytes: an RSA modulus of 8192 bits */
#define MAX_MEMBERS     4096 /* a JWK without kid: the modulus in base64url and some words */
#define MAX_ED25519_SIG 64

struct pen_signer {
    enum pen_jws_alg alg;
    EVP_PKEY *key;  /* NULL for a secret */
    char *material; /* PEM or secret */
    size_t material_len;
};

/* What an algorithm needs of its key. */
struct kind {
    enum pen_jws_alg alg;
    const char *type;  /* OpenSSL's name of the key type; NULL for a secret */
    const char *curve; /* RFC 7518's name */
    const char *group; /* OpenSSL's */
    size_t number;     /* bytes of a coordinate */
    unsigned bits;     /* of the hash; 0 for EdDSA */
    bool pss;
};

static const struct kind kinds[] = {
    {PEN_JWS_RS256, "RSA", NULL, NULL, 0, 256, false},
    {PEN_JWS_RS384, "RSA", NULL, NULL, 0, 384, false},
    {PEN_JWS_RS512, "RSA", NULL, NULL, 0, 512, false},
    {PEN_JWS_PS256, "RSA", NULL, NULL, 0, 256, true},
    {PEN_JWS_PS384, "RSA", NULL, NULL, 0, 384, true},
    {PEN_JWS_PS512, "RSA", NULL, NULL, 0, 512, true},
    {PEN_JWS_ES256, "EC", "P-256", "prime256v1", 32, 256, false},
    {PEN_JWS_ES384, "EC", "P-384", "secp384r1", 48, 384, false},
    {PEN_JWS_ES512, "EC", "P-521", "secp521r1", 66, 512, false},
    {PEN_JWS_EDDSA, "ED25519", "Ed25519", NULL, 32, 0, false},
    {PEN_JWS_HS256, NULL, NULL, NULL, 0, 256, false},
    {PEN_JWS_HS384, NULL, NULL, NULL, 0, 384, false},
    {PEN_JWS_HS512, NULL, NULL, NULL, 0, 512, false},
};

static const struct kind *kind_of(enum pen_jws_alg alg)
{
    for (size_t i = 0; i < PEN_COUNT_OF(kinds); i++) {
        if (kinds[i].alg == alg) return &kinds[i];
    }
    return NULL;
}

static enum pen_status failed(void)
{
    ERR_clear_error();
    return PEN_ERR_INTERNAL;
}

static enum pen_status new_signer(enum pen_jws_alg alg, EVP_PKEY *key, struct pen_str material,
                                  struct pen_signer **out)
{
    struct pen_signer *signer = calloc(1, sizeof(*signer));
    char *copy = malloc(material.len + 1);
    if (signer == NULL || copy == NULL) {
        free(signer);
        free(copy);
        EVP_PKEY_free(key);
        return PEN_ERR_NOMEM;
    }
    memcpy(copy, material.ptr, material.len);
    copy[material.len] = '\0';
    *signer =
        (struct pen_signer){.alg = alg, .key = key, .material = copy, .material_len = material.len};
    *out = signer;
    return PEN_OK;
}

/* Takes the key over. */
static enum pen_status signer_with_pem(enum pen_jws_alg alg, EVP_PKEY *key, struct pen_signer **out)
{
    enum pen_status status = PEN_ERR_INTERNAL;
    BIO *const memory = BIO_new(BIO_s_secmem());
    char *text = NULL;
    if (memory != NULL && PEM_write_bio_PKCS8PrivateKey(memory, key, NULL, NULL, 0, NULL, NULL)) {
        const long len = BIO_get_mem_data(memory, &text);
        if (len > 0) {
            status = new_signer(alg, key, (struct pen_str){text, (size_t)len}, out);
            key = NULL;
        }
    }
    BIO_free(memory);
    EVP_PKEY_free(key);
    ERR_clear_error();
    return status;
}

static enum pen_status generate_secret(const struct kind *kind, struct pen_signer **out)
{
    char secret[PEN_HMAC_MAX_BYTES];
    PEN_TRY(pen_random(secret, kind->bits / 8));
    const enum pen_status status =
        new_signer(kind->alg, NULL, (struct pen_str){secret, kind->bits / 8}, out);
    pen_wipe(secret, sizeof(secret));
    return status;
}

enum pen_status pen_signer_generate(enum pen_jws_alg alg, struct pen_signer **out)
{
    const struct kind *const kind = kind_of(alg);
    if (kind == NULL) return PEN_ERR_UNSUPPORTED;
    if (kind->type == NULL) return generate_secret(kind, out);

    EVP_PKEY *key = NULL;
    if (kind->group != NULL) {
        key = EVP_PKEY_Q_keygen(NULL, NULL, kind->type, kind->group);
    } else if (kind->curve != NULL) {
        key = EVP_PKEY_Q_keygen(NULL, NULL, kind->type);
    } else {
        key = EVP_PKEY_Q_keygen(NULL, NULL, kind->type, (size_t)RSA_BITS);
    }
    return key != NULL ? signer_with_pem(alg, key, out) : failed();
}

static bool key_fits(EVP_PKEY *key, const struct kind *kind)
{
    if (EVP_PKEY_is_a(key, kind->type) != 1) return false;
    if (strcmp(kind->type, "RSA") == 0) return EVP_PKEY_get_bits(key) >= RSA_BITS;
    if (kind->group == NULL) return true;

    char group[64];
    size_t len = 0;
    return EVP_PKEY_get_group_name(key, group, sizeof(group), &len) == 1
           && strcmp(group, kind->group) == 0;
}

/* Asked for a password, OpenSSL would read the terminal. */
static int no_password(char *into, int size, int writing, void *data)
{
    (void)into;
    (void)size;
    (void)writing;
    (void)data;
    return -1;
}

static EVP_PKEY *read_pem(struct pen_str pem)
{
    EVP_PKEY *key = NULL;
    BIO *const memory = pem.len < INT_MAX ? BIO_new_mem_buf(pem.ptr, (int)pem.len) : NULL;
    if (memory != NULL) key = PEM_read_bio_PrivateKey(memory, NULL, no_password, NULL);
    BIO_free(memory);
    ERR_clear_error();
    return key;
}

/* The first in the table that the key serves is the usual one. */
static const struct kind *usual_kind(EVP_PKEY *key)
{
    for (size_t i = 0; i < PEN_COUNT_OF(kinds); i++) {
        if (kinds[i].type != NULL && key_fits(key, &kinds[i])) return &kinds[i];
    }
    return NULL;
}

static enum pen_status refuse_kind(struct pen_str file, const struct kind *kind,
                                   struct pen_error *err)
{
    if (kind == NULL) {
        pen_error_set(err,
                      "the key in '%.*s' serves no algorithm of ours: RSA of 2048 bits or more, "
                      "P-256, P-384, P-521 and Ed25519 do",
                      PEN_STR_ARGS(file));
        return PEN_ERR_INVALID;
    }
    const bool curve = kind->curve != NULL;
    pen_error_set(err, "the key in '%.*s' does not fit %s, which needs %s%s", PEN_STR_ARGS(file),
                  pen_jws_alg_name(kind->alg), curve ? "the curve " : "RSA of 2048 bits or more",
                  curve ? kind->curve : "");
    return PEN_ERR_INVALID;
}

enum pen_status pen_signer_load(struct pen_str file, enum pen_jws_alg alg, struct pen_signer **out,
                                struct pen_error *err)
{
    const struct kind *kind = kind_of(alg);
    if (kind != NULL && kind->type == NULL) {
        pen_error_set(err, "%s signs with a secret, not with a key file", pen_jws_alg_name(alg));
        return PEN_ERR_UNSUPPORTED;
    }
    struct pen_str pem;
    PEN_TRY(pen_file_read(file, MAX_PEM, &pem, err));
    EVP_PKEY *const key = read_pem(pem);
    pen_file_wipe(&pem);
    if (key == NULL) {
        pen_error_set(err, "'%.*s' holds no private key in PEM without a password",
                      PEN_STR_ARGS(file));
        return PEN_ERR_INVALID;
    }
    if (kind == NULL) kind = usual_kind(key);
    if (kind == NULL || !key_fits(key, kind)) {
        EVP_PKEY_free(key);
        return refuse_kind(file, kind, err);
    }
    return signer_with_pem(kind->alg, key, out);
}

enum pen_status pen_signer_from_secret(struct pen_str secret, enum pen_jws_alg alg,
                                       struct pen_signer **out)
{
    const struct kind *const kind = kind_of(alg);
    if (kind == NULL || kind->type != NULL) return PEN_ERR_UNSUPPORTED;

    return new_signer(alg, NULL, secret, out);
}

void pen_signer_destroy(struct pen_signer *signer)
{
    if (signer == NULL) return;

    EVP_PKEY_free(signer->key);
    pen_wipe(signer->material, signer->material_len);
    free(signer->material);
    free(signer);
}

enum pen_jws_alg pen_signer_alg(const struct pen_signer *signer)
{
    return signer->alg;
}

bool pen_signer_is_secret(const struct pen_signer *signer)
{
    return signer->key == NULL;
}

struct pen_str pen_signer_private(const struct pen_signer *signer)
{
    return (struct pen_str){signer->material, signer->material_len};
}

/* A number of the key in base64url, `width` bytes long, or as short as it goes when 0. */
static bool put_number(const struct pen_signer *signer, const char *parameter, size_t width,
                       struct pen_buf *buf)
{
    unsigned char bytes[MAX_NUMBER];
    BIGNUM *number = NULL;
    if (EVP_PKEY_get_bn_param(signer->key, parameter, &number) != 1) return false;

    const size_t len = width > 0 ? width : (size_t)BN_num_bytes(number);
    const bool good = len <= sizeof(bytes) && BN_bn2binpad(number, bytes, (int)len) == (int)len;
    if (good) pen_codec_base64url_put(buf, (struct pen_str){(const char *)bytes, len});
    BN_free(number);
    return good;
}

static bool put_rsa(const struct pen_signer *signer, struct pen_buf *buf)
{
    pen_buf_put(buf, PEN_S("{\"e\":\""));
    if (!put_number(signer, OSSL_PKEY_PARAM_RSA_E, 0, buf)) return false;

    pen_buf_put(buf, PEN_S("\",\"kty\":\"RSA\",\"n\":\""));
    if (!put_number(signer, OSSL_PKEY_PARAM_RSA_N, 0, buf)) return false;

    pen_buf_put(buf, PEN_S("\""));
    return true;
}

static bool put_ec(const struct pen_signer *signer, const struct kind *kind, struct pen_buf *buf)
{
    pen_buf_format(buf, "{\"crv\":\"%s\",\"kty\":\"EC\",\"x\":\"", kind->curve);
    if (!put_number(signer, OSSL_PKEY_PARAM_EC_PUB_X, kind->number, buf)) return false;

    pen_buf_put(buf, PEN_S("\",\"y\":\""));
    if (!put_number(signer, OSSL_PKEY_PARAM_EC_PUB_Y, kind->number, buf)) return false;

    pen_buf_put(buf, PEN_S("\""));
    return true;
}

static bool put_okp(const struct pen_signer *signer, const struct kind *kind, struct pen_buf *buf)
{
    unsigned char x[MAX_NUMBER];
    size_t len = sizeof(x);
    if (EVP_PKEY_get_raw_public_key(signer->key, x, &len) != 1 || len != kind->number) return false;

    pen_buf_format(buf, "{\"crv\":\"%s\",\"kty\":\"OKP\",\"x\":\"", kind->curve);
    pen_codec_base64url_put(buf, (struct pen_str){(const char *)x, len});
    pen_buf_put(buf, PEN_S("\""));
    return true;
}

/* The required members in the order of RFC 7638, section 3, without the closing brace. */
static enum pen_status put_members(const struct pen_signer *signer, struct pen_buf *buf)
{
    const struct kind *const kind = kind_of(signer->alg);
    bool good = kind != NULL;
    if (good && kind->type == NULL) {
        pen_buf_put(buf, PEN_S("{\"k\":\""));
        pen_codec_base64url_put(buf, pen_signer_private(signer));
        pen_buf_put(buf, PEN_S("\",\"kty\":\"oct\""));
    } else if (good && kind->group != NULL) {
        good = put_ec(signer, kind, buf);
    } else if (good && kind->curve != NULL) {
        good = put_okp(signer, kind, buf);
    } else if (good) {
        good = put_rsa(signer, buf);
    }
    return good && !buf->full ? PEN_OK : failed();
}

enum pen_status pen_signer_thumbprint(const struct pen_signer *signer, struct pen_buf *buf)
{
    char memory[MAX_MEMBERS];
    struct pen_buf members = pen_buf_over(memory, sizeof(memory));
    unsigned char hash[PEN_SHA256_BYTES];
    enum pen_status status = put_members(signer, &members);
    pen_buf_byte(&members, '}');
    if (status == PEN_OK) status = pen_sha256_once(pen_buf_str(&members), hash);
    pen_wipe(memory, sizeof(memory));
    PEN_TRY(status);
    pen_codec_base64url_put(buf, (struct pen_str){(const char *)hash, sizeof(hash)});
    return PEN_OK;
}

enum pen_status pen_signer_jwk(const struct pen_signer *signer, struct pen_str kid,
                               struct pen_buf *buf)
{
    PEN_TRY(put_members(signer, buf));
    pen_buf_put(buf, PEN_S(",\"kid\":\""));
    if (kid.len > 0) {
        pen_buf_json(buf, kid);
    } else {
        PEN_TRY(pen_signer_thumbprint(signer, buf));
    }
    pen_buf_format(buf, "\",\"alg\":\"%s\",\"use\":\"sig\"}", pen_jws_alg_name(signer->alg));
    return PEN_OK;
}

static const EVP_MD *hash_of(const struct kind *kind)
{
    if (kind->bits == 256) return EVP_sha256();
    if (kind->bits == 384) return EVP_sha384();
    if (kind->bits == 512) return EVP_sha512();
    return NULL; /* EdDSA hashes by itself */
}

/* RFC 7518 section 3.4: r and s, each as long as the curve's order, side by side. */
static enum pen_status der_to_raw(struct pen_str der, size_t number, char *out)
{
    const unsigned char *next = (const unsigned char *)der.ptr;
    ECDSA_SIG *const pair = d2i_ECDSA_SIG(NULL, &next, (long)der.len);
    if (pair == NULL) return failed();

    unsigned char *const raw = (unsigned char *)out;
    const int width = (int)number;
    const bool good = BN_bn2binpad(ECDSA_SIG_get0_r(pair), raw, width) == width
                      && BN_bn2binpad(ECDSA_SIG_get0_s(pair), raw + number, width) == width;
    ECDSA_SIG_free(pair);
    return good ? PEN_OK : failed();
}

static bool sign_with(EVP_MD_CTX *context, const struct pen_signer *signer, const struct kind *kind,
                      struct pen_str text, unsigned char *out, size_t *len)
{
    EVP_PKEY_CTX *options;
    if (EVP_DigestSignInit(context, &options, hash_of(kind), NULL, signer->key) != 1) return false;
    if (kind->pss
        && (EVP_PKEY_CTX_set_rsa_padding(options, RSA_PKCS1_PSS_PADDING) != 1
            || EVP_PKEY_CTX_set_rsa_pss_saltlen(options, RSA_PSS_SALTLEN_DIGEST) != 1)) {
        return false;
    }
    return EVP_DigestSign(context, out, len, (const unsigned char *)text.ptr, text.len) == 1;
}

static enum pen_status sign_private(const struct pen_signer *signer, const struct kind *kind,
                                    struct pen_str text, struct pen_arena *arena,
                                    struct pen_str *out)
{
    const int size = EVP_PKEY_get_size(signer->key);
    size_t len = size > MAX_ED25519_SIG ? (size_t)size : MAX_ED25519_SIG;
    char *const signature = pen_arena_bytes(arena, len);
    char *const raw = pen_arena_bytes(arena, 2 * kind->number);
    if (signature == NULL || raw == NULL) return PEN_ERR_NOMEM;

    EVP_MD_CTX *const context = EVP_MD_CTX_new();
    const bool good =
        context != NULL && sign_with(context, signer, kind, text, (unsigned char *)signature, &len);
    EVP_MD_CTX_free(context);
    if (!good) return failed();

    const struct pen_str made = {signature, len};
    if (kind->group == NULL) {
        *out = made;
        return PEN_OK;
    }
    PEN_TRY(der_to_raw(made, kind->number, raw));
    *out = (struct pen_str){raw, 2 * kind->number};
    return PEN_OK;
}

enum pen_status pen_signer_sign(const struct pen_signer *signer, struct pen_str text,
                                struct pen_arena *arena, struct pen_str *out)
{
    const struct kind *const kind = kind_of(signer->alg);
    if (kind == NULL) return PEN_ERR_INTERNAL;
    if (kind->type != NULL) return sign_private(signer, kind, text, arena, out);

    unsigned char mac[PEN_HMAC_MAX_BYTES];
    PEN_TRY(pen_hmac(kind->bits, pen_signer_private(signer), text, mac));
    return pen_arena_copy(arena, (struct pen_str){(const char *)mac, kind->bits / 8}, out);
}
