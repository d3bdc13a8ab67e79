/**
 * A caller's token: known from the last event, and proven anew.
 *
 * The key is made anew for each run, and so is the signature; the work does not depend on their
 * bits by more than a hundredth of a percent, and a key in the repository is none.
 */
#include <stdlib.h>

#include "bench/micro/stages.h"
#include "filters/core/json.h"
#include "gateway/auth/claims.h"
#include "gateway/auth/jws.h"
#include "gateway/auth/mint.h"
#include "gateway/auth/policy.h"
#include "gateway/auth/token.h"

#define NOW 1800000000
#define PAYLOAD                                                                               \
    "{\"iss\":\"https://id.example.com/\",\"aud\":[\"functions\",\"account\"],"               \
    "\"sub\":\"f:1c2d3e4f-5a6b-7c8d-9e0f-112233445566:ann\",\"exp\":1800000600,"              \
    "\"iat\":1800000000,\"nbf\":1800000000,\"jti\":\"0b9c7a3e-5d1f-4c43-8a55-1f0a5f1d7e21\"," \
    "\"azp\":\"orders-client\",\"client_id\":\"orders-client\",\"tenant\":\"acme\","          \
    "\"scope\":\"openid profile orders:read orders:write images:write\","                     \
    "\"email\":\"ann@example.com\",\"email_verified\":true,"                                  \
    "\"realm_access\":{\"roles\":[\"user\",\"buyer\",\"approver\"]}}"

static struct {
    struct pen_arena *arena; /* reset for each call, as for each request */
    struct pen_arena *kept;
    struct pen_verifier *verifier;
    struct pen_config_issuer issuer;
    struct pen_config_allow allow;
    const struct pen_config_issuer *issuers[1];
    struct pen_keyring *ring;
    struct pen_str token;
} t;

static void set_up(void)
{
    static const struct pen_str audiences[] = {PEN_STR("functions")};
    static const struct pen_str scopes[] = {PEN_STR("orders:write")};
    static const struct pen_str tenants[] = {PEN_STR("acme"), PEN_STR("globex")};
    static const struct pen_config_claim_rule rules[] = {{PEN_STR("tenant"), tenants, 2}};
    const struct pen_str kid = PEN_STR("2026-11");
    const struct pen_str header =
        PEN_STR("{\"alg\":\"RS256\",\"typ\":\"JWT\",\"kid\":\"2026-11\"}");
    struct pen_signer *signer = NULL;
    struct pen_str document;
    t.issuer = (struct pen_config_issuer){
        .issuer = PEN_S("https://id.example.com/"),
        .audiences = audiences,
        .audience_count = 1,
        .algorithms = UINT32_MAX,
        .leeway_s = 60,
        .max_lifetime_s = 86400,
    };
    t.issuers[0] = &t.issuer;
    t.allow = (struct pen_config_allow){
        .issuers = t.issuers,
        .issuer_count = 1,
        .scopes = scopes,
        .scope_count = 1,
        .claims = rules,
        .claim_count = 1,
    };
    t.ring = calloc(1, sizeof(*t.ring) + sizeof(t.ring->sets[0]));
    stage_require(t.ring != NULL && pen_arena_create((size_t)1 << 20, 65536, &t.arena) == PEN_OK
                      && pen_arena_create((size_t)1 << 20, 65536, &t.kept) == PEN_OK
                      && pen_verifier_create(0, &t.verifier) == PEN_OK
                      && pen_signer_generate(PEN_JWS_RS256, &signer) == PEN_OK,
                  "no key");
    t.ring->count = 1;
    stage_require(
        pen_mint_key_set((const struct pen_signer *const *)&signer, &kid, 1, t.kept, &document)
                == PEN_OK
            && pen_keyset_parse(document, UINT32_MAX, &t.ring->sets[0], NULL, NULL) == PEN_OK
            && pen_mint_raw(signer, header, PEN_S(PAYLOAD), t.kept, &t.token) == PEN_OK,
        "no token");
    pen_signer_destroy(signer);
}

static void tear_down(void)
{
    pen_verifier_destroy(t.verifier);
    pen_keyset_release(t.ring->sets[0]);
    free(t.ring);
    pen_arena_destroy(t.arena);
    pen_arena_destroy(t.kept);
}

static bool known(void)
{
    struct pen_caller caller;
    const struct pen_config_issuer *unknown;
    pen_arena_reset(t.arena);
    return pen_verifier_verify(t.verifier, t.token, t.issuers, 1, t.ring, NOW, t.arena, &caller,
                               &unknown)
               == PEN_TOKEN_OK
           && pen_policy_check(&t.allow, &caller).allowed;
}

static bool proven(void)
{
    t.ring->generation++; /* forgets what was proven */
    return known();
}

static bool read_claims(void)
{
    struct pen_jws jws;
    const struct pen_json *claims;
    pen_arena_reset(t.arena);
    return pen_jws_read(t.token, t.arena, &jws) == PEN_TOKEN_OK
           && pen_claims_read(jws.payload, t.arena, &claims) == PEN_TOKEN_OK;
}

static const struct stage stages[] = {
    {"token: known, with its permission", known},
    {"token: proven, RS256", proven},
    {"token: claims read", read_claims},
};

const struct stage_list token_stages = {
    .stages = stages, .count = PEN_COUNT_OF(stages), .set_up = set_up, .tear_down = tear_down};
