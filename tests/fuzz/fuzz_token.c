/**
 * Any bytes as a token: what we accept, libjwt accepts with the same key, and the second time, from
 * the cache, it is the same caller.
 *
 * The first byte says how the rest becomes a token, so that claims are reached although nobody can
 * guess a signature: '0' as it is, '1' header, line feed, payload, to be signed with HS256, '2' the
 * same with RS256.
 */
#include <jwt.h>
#include <limits.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "filters/core/json.h"
#include "gateway/auth/jws.h"
#include "gateway/auth/mint.h"

#define NOW    1800000000
#define SECRET "a secret of thirty-two bytes, no less"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct stage {
    struct pen_arena *arena;
    struct pen_signer *hs256;
    struct pen_signer *rs256;
    char *public_pem;
    size_t public_pem_len;
    struct pen_config_issuer issuers[2]; /* of one name: secrets and public keys do not mix */
    struct pen_keyring *ring;
    struct pen_verifier *verifier;
};

static void require(bool holds)
{
    if (!holds) abort();
}

static struct pen_keyset *key_set(const struct pen_signer *signer)
{
    const struct pen_str kid = PEN_STR("k");
    struct pen_arena *arena;
    struct pen_str document;
    struct pen_keyset *set;
    require(pen_arena_create(65536, 4096, &arena) == PEN_OK);
    require(pen_mint_key_set(&signer, &kid, 1, arena, &document) == PEN_OK);
    require(pen_keyset_parse(document, UINT32_MAX, &set, NULL, NULL) == PEN_OK);
    pen_arena_destroy(arena);
    return set;
}

static void write_public_pem(struct stage *stage)
{
    const struct pen_str pem = pen_signer_private(stage->rs256);
    BIO *const in = BIO_new_mem_buf(pem.ptr, (int)pem.len);
    BIO *const out = BIO_new(BIO_s_mem());
    EVP_PKEY *const key = PEM_read_bio_PrivateKey(in, NULL, NULL, NULL);
    require(key != NULL && PEM_write_bio_PUBKEY(out, key) == 1);
    char *bytes;
    const long len = BIO_get_mem_data(out, &bytes);
    stage->public_pem = malloc((size_t)len);
    require(stage->public_pem != NULL);
    memcpy(stage->public_pem, bytes, (size_t)len);
    stage->public_pem_len = (size_t)len;
    EVP_PKEY_free(key);
    BIO_free(in);
    BIO_free(out);
}

static void set_up(struct stage *stage)
{
    static const struct pen_str audiences[] = {PEN_STR("functions")};
    require(pen_arena_create((size_t)4 << 20, 65536, &stage->arena) == PEN_OK);
    require(pen_signer_from_secret(PEN_S(SECRET), PEN_JWS_HS256, &stage->hs256) == PEN_OK);
    require(pen_signer_generate(PEN_JWS_RS256, &stage->rs256) == PEN_OK);
    write_public_pem(stage);
    stage->issuers[0] = (struct pen_config_issuer){
        .issuer = PEN_S("i"),
        .audiences = audiences,
        .audience_count = 1,
        .algorithms = (uint32_t)PEN_JWS_HS256 | (uint32_t)PEN_JWS_RS256,
        .leeway_s = 60,
        .max_lifetime_s = 86400,
    };
    stage->issuers[1] = stage->issuers[0];
    stage->issuers[1].index = 1;
    stage->ring = calloc(1, sizeof(*stage->ring) + 2 * sizeof(stage->ring->sets[0]));
    require(stage->ring != NULL);
    stage->ring->count = 2;
    stage->ring->sets[0] = key_set(stage->hs256);
    stage->ring->sets[1] = key_set(stage->rs256);
    require(pen_verifier_create(16, &stage->verifier) == PEN_OK);
}

static struct pen_str token_of(struct stage *stage, struct pen_str input)
{
    const struct pen_str rest = pen_str_slice(input, 1, input.len);
    if (input.ptr[0] == '0') return rest;

    const size_t end = pen_str_find(rest, '\n', 0);
    struct pen_str token;
    if (pen_mint_raw(input.ptr[0] == '1' ? stage->hs256 : stage->rs256, pen_str_slice(rest, 0, end),
                     pen_str_slice(rest, end + 1, rest.len), stage->arena, &token)
        != PEN_OK) {
        return PEN_S("");
    }
    return token;
}

static enum pen_token_result verify(struct stage *stage, struct pen_str token,
                                    struct pen_caller *caller)
{
    const struct pen_config_issuer *const issuers[] = {&stage->issuers[0], &stage->issuers[1]};
    const struct pen_config_issuer *unknown;
    return pen_verifier_verify(stage->verifier, token, issuers, PEN_COUNT_OF(issuers), stage->ring,
                               NOW, stage->arena, caller, &unknown);
}

/* libjwt 1.10 knows no `typ` but "JWT"; what else we accept it need not. */
static void require_libjwt_to_agree(struct stage *stage, struct pen_str token,
                                    const struct pen_caller *caller)
{
    struct pen_jws jws;
    require(pen_jws_read(token, stage->arena, &jws) == PEN_TOKEN_OK);
    if (jws.typ.len > 0 && !pen_str_equal_fold(jws.typ, PEN_S("JWT"))) return;

    struct pen_str text;
    require(pen_arena_copy(stage->arena, token, &text) == PEN_OK);
    const bool mac = jws.alg == PEN_JWS_HS256;
    const struct pen_str key =
        mac ? PEN_S(SECRET) : (struct pen_str){stage->public_pem, stage->public_pem_len};
    jwt_t *jwt = NULL;
    require(jwt_decode(&jwt, text.ptr, (const unsigned char *)key.ptr, (int)key.len) == 0);
    require(pen_str_equal(pen_str_from_c(jwt_get_grant(jwt, "iss")), PEN_S("i")));
    require(pen_str_equal(pen_str_from_c(jwt_get_grant(jwt, "sub")), caller->subject));
    jwt_free(jwt);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct stage stage;
    if (stage.arena == NULL) set_up(&stage);
    if (size == 0) return 0;

    pen_arena_reset(stage.arena);
    stage.ring->generation++; /* nothing cached: the same input does the same each time */
    const struct pen_str token = token_of(&stage, (struct pen_str){(const char *)data, size});
    struct pen_caller caller;
    const enum pen_token_result result = verify(&stage, token, &caller);
    require(strcmp(pen_token_result_code(result), "token.internal") != 0);
    if (result != PEN_TOKEN_OK) return 0;

    require(caller.expires + 60 > NOW && token.len <= PEN_TOKEN_MAX_BYTES);
    struct pen_caller again;
    require(verify(&stage, token, &again) == PEN_TOKEN_OK);
    require(again.issuer == caller.issuer && again.expires == caller.expires
            && pen_str_equal(again.subject, caller.subject)
            && again.claims->count == caller.claims->count);
    require_libjwt_to_agree(&stage, token, &caller);
    return 0;
}
