/** OpenSSL's digests, MAC and random generator, translated. */
#include "gateway/digest.h"

#include <limits.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>
#include <stdlib.h>

struct pen_sha256 {
    EVP_MD *algorithm;
    EVP_MD_CTX *context; /* keeps its state's memory between uses */
};

/* A failed call must not leave its reason for an unrelated one of this thread. */
static enum pen_status failed(void)
{
    ERR_clear_error();
    return PEN_ERR_INTERNAL;
}

enum pen_status pen_sha256_create(struct pen_sha256 **out)
{
    struct pen_sha256 *sha = calloc(1, sizeof(*sha));
    if (sha == NULL) return PEN_ERR_NOMEM;

    sha->algorithm = EVP_MD_fetch(NULL, "SHA2-256", NULL);
    sha->context = EVP_MD_CTX_new();
    if (sha->algorithm == NULL || sha->context == NULL
        || EVP_DigestInit_ex2(sha->context, sha->algorithm, NULL) != 1) {
        pen_sha256_destroy(sha);
        return failed();
    }
    *out = sha;
    return PEN_OK;
}

void pen_sha256_destroy(struct pen_sha256 *sha)
{
    if (sha == NULL) return;

    EVP_MD_CTX_free(sha->context);
    EVP_MD_free(sha->algorithm);
    free(sha);
}

enum pen_status pen_sha256_of(struct pen_sha256 *sha, const struct pen_str *parts, size_t count,
                              unsigned char out[PEN_SHA256_BYTES])
{
    if (EVP_DigestInit_ex2(sha->context, NULL, NULL) != 1) return failed();

    for (size_t i = 0; i < count; i++) {
        if (EVP_DigestUpdate(sha->context, parts[i].ptr, parts[i].len) != 1) return failed();
    }
    unsigned size = 0;
    if (EVP_DigestFinal_ex(sha->context, out, &size) != 1) return failed();
    return size == PEN_SHA256_BYTES ? PEN_OK : PEN_ERR_INTERNAL;
}

enum pen_status pen_sha256_once(struct pen_str text, unsigned char out[PEN_SHA256_BYTES])
{
    unsigned size = 0;
    if (EVP_Digest(text.ptr, text.len, out, &size, EVP_sha256(), NULL) != 1) return failed();
    return size == PEN_SHA256_BYTES ? PEN_OK : PEN_ERR_INTERNAL;
}

enum pen_status pen_hmac(unsigned bits, struct pen_str key, struct pen_str text,
                         unsigned char out[PEN_HMAC_MAX_BYTES])
{
    const EVP_MD *const algorithm = bits == 256   ? EVP_sha256()
                                    : bits == 384 ? EVP_sha384()
                                    : bits == 512 ? EVP_sha512()
                                                  : NULL;
    if (algorithm == NULL) return PEN_ERR_UNSUPPORTED;
    if (key.len > INT_MAX) return PEN_ERR_INTERNAL;

    unsigned size = 0;
    if (HMAC(algorithm, key.len > 0 ? key.ptr : "", (int)key.len, (const unsigned char *)text.ptr,
             text.len, out, &size)
        == NULL) {
        return failed();
    }
    return size == bits / 8 ? PEN_OK : PEN_ERR_INTERNAL;
}

enum pen_status pen_random(void *out, size_t size)
{
    unsigned char *next = out;
    while (size > 0) {
        const int part = size > INT_MAX ? INT_MAX : (int)size;
        if (RAND_bytes(next, part) != 1) return failed();

        next += part;
        size -= (size_t)part;
    }
    return PEN_OK;
}

void pen_wipe(void *secret, size_t size)
{
    OPENSSL_cleanse(secret, size);
}
