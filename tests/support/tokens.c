/** Made with the same signer that `penstock token` uses. */
#include "tests/support/tokens.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "filters/core/codec.h"

#define ARENA_LIMIT ((size_t)16 << 20)

struct pen_config_issuer tokens_issuer(void)
{
    static const struct pen_str audiences[] = {PEN_STR(TOKENS_AUDIENCE), PEN_STR("elsewhere")};
    return (struct pen_config_issuer){
        .name = PEN_S("corp"),
        .issuer = PEN_S(TOKENS_ISSUER),
        .audiences = audiences,
        .audience_count = PEN_COUNT_OF(audiences),
        .algorithms = TOKENS_DEFAULT_ALGORITHMS,
        .profile = PEN_PROFILE_ANY,
        .leeway_s = 60,
        .max_lifetime_s = 86400,
    };
}

struct pen_keyring *tokens_ring(struct pen_keyset *set)
{
    static uint64_t generation = 1;
    struct pen_keyring *const ring = malloc(sizeof(*ring) + sizeof(ring->sets[0]));
    assert_non_null(ring);
    ring->generation = generation++;
    ring->count = 1;
    ring->sets[0] = set;
    return ring;
}

void tokens_free_ring(struct pen_keyring *ring)
{
    pen_keyset_release(ring->sets[0]);
    free(ring);
}

void tokens_init(struct tokens *tokens)
{
    *tokens = (struct tokens){.issuer = tokens_issuer()};
    tokens->issuers[0] = &tokens->issuer;
    assert_int_equal(pen_arena_create(ARENA_LIMIT, 65536, &tokens->arena), PEN_OK);
    assert_int_equal(pen_signer_generate(PEN_JWS_RS256, &tokens->rs256), PEN_OK);
    assert_int_equal(pen_signer_generate(PEN_JWS_PS256, &tokens->ps256), PEN_OK);
    assert_int_equal(pen_signer_generate(PEN_JWS_ES256, &tokens->es256), PEN_OK);
    assert_int_equal(pen_signer_generate(PEN_JWS_EDDSA, &tokens->eddsa), PEN_OK);

    const struct pen_signer *const signers[] = {tokens->rs256, tokens->ps256, tokens->es256,
                                                tokens->eddsa};
    const struct pen_str kids[] = {PEN_STR("rs256"), PEN_STR("ps256"), PEN_STR("es256"),
                                   PEN_STR("eddsa")};
    struct pen_str document;
    struct pen_keyset *set;
    struct pen_error err;
    assert_int_equal(
        pen_mint_key_set(signers, kids, PEN_COUNT_OF(signers), tokens->arena, &document), PEN_OK);
    if (pen_keyset_parse(document, tokens->issuer.algorithms, &set, NULL, &err) != PEN_OK) {
        fail_msg("%s", err.text);
    }
    assert_int_equal(pen_keyset_count(set), PEN_COUNT_OF(signers));
    tokens->ring = tokens_ring(set);
    assert_int_equal(pen_verifier_create(64, &tokens->verifier), PEN_OK);
}

void tokens_deinit(struct tokens *tokens)
{
    pen_verifier_destroy(tokens->verifier);
    tokens_free_ring(tokens->ring);
    pen_signer_destroy(tokens->rs256);
    pen_signer_destroy(tokens->ps256);
    pen_signer_destroy(tokens->es256);
    pen_signer_destroy(tokens->eddsa);
    pen_arena_destroy(tokens->arena);
}

enum pen_token_result tokens_verify(struct tokens *tokens, struct pen_str token, int64_t now,
                                    struct pen_caller *caller)
{
    const struct pen_config_issuer *unknown;
    return pen_verifier_verify(tokens->verifier, token, tokens->issuers, 1, tokens->ring, now,
                               tokens->arena, caller, &unknown);
}

struct pen_str tokens_sign(struct tokens *tokens, const struct pen_signer *signer,
                           struct pen_str header, struct pen_str payload)
{
    struct pen_str token;
    assert_int_equal(pen_mint_raw(signer, header, payload, tokens->arena, &token), PEN_OK);
    return token;
}

struct pen_str tokens_join(struct tokens *tokens, const struct pen_str *parts, size_t count)
{
    size_t len = 0;
    for (size_t i = 0; i < count; i++) {
        len += parts[i].len;
    }
    char *const memory = pen_arena_bytes(tokens->arena, len);
    assert_non_null(memory);
    struct pen_buf buf = pen_buf_over(memory, len);
    for (size_t i = 0; i < count; i++) {
        pen_buf_put(&buf, parts[i]);
    }
    return pen_buf_str(&buf);
}

struct pen_str tokens_encode(struct tokens *tokens, struct pen_str bytes)
{
    const size_t cap = bytes.len * 4 / 3 + 4;
    char *const memory = pen_arena_bytes(tokens->arena, cap);
    assert_non_null(memory);
    struct pen_buf buf = pen_buf_over(memory, cap);
    pen_codec_base64url_put(&buf, bytes);
    assert_false(buf.full);
    return pen_buf_str(&buf);
}
