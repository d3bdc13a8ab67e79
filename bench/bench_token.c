/**
 * What proving a caller costs: from the cache, by signature for each kind of key, and the parts of
 * a proof on their own.
 *
 * Prints the median of 31 rounds and the spread between the 5th and 95th percentile.
 */
#include <stdio.h>
#include <stdlib.h>

#include "filters/core/json.h"
#include "gateway/auth/claims.h"
#include "gateway/auth/jws.h"
#include "gateway/auth/mint.h"
#include "gateway/auth/policy.h"
#include "gateway/auth/second_reader.h"
#include "gateway/clock.h"

#define ROUNDS 31
#define NOW    1800000000

/* What an identity provider issues: 14 claims, 450 bytes. */
#define PAYLOAD                                                                               \
    "{\"iss\":\"https://id.example.com/\",\"aud\":[\"functions\",\"account\"],"               \
    "\"sub\":\"f:1c2d3e4f-5a6b-7c8d-9e0f-112233445566:ann\",\"exp\":1800000600,"              \
    "\"iat\":1800000000,\"nbf\":1800000000,\"jti\":\"0b9c7a3e-5d1f-4c43-8a55-1f0a5f1d7e21\"," \
    "\"azp\":\"orders-client\",\"client_id\":\"orders-client\",\"tenant\":\"acme\","          \
    "\"scope\":\"openid profile orders:read orders:write images:write\","                     \
    "\"email\":\"ann@example.com\",\"email_verified\":true,"                                  \
    "\"realm_access\":{\"roles\":[\"user\",\"buyer\",\"approver\"]}}"

struct subject {
    struct pen_arena *arena; /* reset for each call, as for each request */
    struct pen_verifier *verifier;
    struct pen_config_issuer issuer;
    struct pen_config_allow allow;
    const struct pen_config_issuer *issuers[1];
    struct pen_keyring *ring;
    struct pen_str token;
    struct pen_jws jws;
    const struct pen_json *claims;
    struct pen_arena *kept; /* of the three above */
};

static void require(bool holds, const char *what)
{
    if (holds) return;
    fprintf(stderr, "bench_token: %s\n", what);
    exit(1);
}

static void set_up(struct subject *subject, enum pen_jws_alg alg)
{
    static const struct pen_str audiences[] = {PEN_STR("functions")};
    static const struct pen_str scopes[] = {PEN_STR("orders:write")};
    static const struct pen_str tenants[] = {PEN_STR("acme"), PEN_STR("globex")};
    static const struct pen_config_claim_rule rules[] = {{PEN_STR("tenant"), tenants, 2}};
    const struct pen_str kid = PEN_STR("2026-11");
    struct pen_signer *signer;
    struct pen_str document;
    struct pen_str header;
    char header_text[128];
    const int len =
        snprintf(header_text, sizeof(header_text),
                 "{\"alg\":\"%s\",\"typ\":\"JWT\",\"kid\":\"2026-11\"}", pen_jws_alg_name(alg));
    header = (struct pen_str){header_text, (size_t)len};

    subject->issuer = (struct pen_config_issuer){
        .issuer = PEN_S("https://id.example.com/"),
        .audiences = audiences,
        .audience_count = 1,
        .algorithms = UINT32_MAX,
        .leeway_s = 60,
        .max_lifetime_s = 86400,
    };
    subject->issuers[0] = &subject->issuer;
    subject->allow = (struct pen_config_allow){
        .issuers = subject->issuers,
        .issuer_count = 1,
        .scopes = scopes,
        .scope_count = 1,
        .claims = rules,
        .claim_count = 1,
    };
    subject->ring = calloc(1, sizeof(*subject->ring) + sizeof(subject->ring->sets[0]));
    require(subject->ring != NULL
                && pen_arena_create((size_t)1 << 20, 65536, &subject->arena) == PEN_OK
                && pen_arena_create((size_t)1 << 20, 65536, &subject->kept) == PEN_OK
                && pen_verifier_create(0, &subject->verifier) == PEN_OK
                && pen_signer_generate(alg, &signer) == PEN_OK,
            "set-up");
    subject->ring->count = 1;
    require(pen_mint_key_set((const struct pen_signer *const *)&signer, &kid, 1, subject->kept,
                             &document)
                    == PEN_OK
                && pen_keyset_parse(document, UINT32_MAX, &subject->ring->sets[0], NULL, NULL)
                       == PEN_OK
                && pen_mint_raw(signer, header, PEN_S(PAYLOAD), subject->kept, &subject->token)
                       == PEN_OK
                && pen_jws_read(subject->token, subject->kept, &subject->jws) == PEN_TOKEN_OK
                && pen_claims_read(subject->jws.payload, subject->kept, &subject->claims)
                       == PEN_TOKEN_OK,
            "keys and token");
    pen_signer_destroy(signer);
}

static void tear_down(struct subject *subject)
{
    pen_verifier_destroy(subject->verifier);
    pen_keyset_release(subject->ring->sets[0]);
    free(subject->ring);
    pen_arena_destroy(subject->arena);
    pen_arena_destroy(subject->kept);
}

static bool verify(struct subject *subject, struct pen_caller *caller)
{
    const struct pen_config_issuer *unknown;
    return pen_verifier_verify(subject->verifier, subject->token, subject->issuers, 1,
                               subject->ring, NOW, subject->arena, caller, &unknown)
           == PEN_TOKEN_OK;
}

static bool once_cached(struct subject *subject)
{
    struct pen_caller caller;
    return verify(subject, &caller);
}

static bool once_cached_and_allowed(struct subject *subject)
{
    struct pen_caller caller;
    return verify(subject, &caller) && pen_policy_check(&subject->allow, &caller).allowed;
}

static bool once_proven(struct subject *subject)
{
    struct pen_caller caller;
    subject->ring->generation++; /* forgets what was proven */
    return verify(subject, &caller);
}

static bool once_front_end(struct subject *subject)
{
    struct pen_jws jws;
    const struct pen_json *claims;
    return pen_jws_read(subject->token, subject->arena, &jws) == PEN_TOKEN_OK
           && pen_claims_read(jws.payload, subject->arena, &claims) == PEN_TOKEN_OK;
}

static bool once_second_reader(struct subject *subject)
{
    return pen_second_reader_agrees(&subject->jws, subject->claims, subject->arena) == PEN_TOKEN_OK;
}

static int compare(const void *a, const void *b)
{
    const double left = *(const double *)a;
    const double right = *(const double *)b;
    return (left > right) - (left < right);
}

static void measure(const char *what, struct subject *subject, bool (*once)(struct subject *),
                    int calls)
{
    double us[ROUNDS];
    for (int round = 0; round < ROUNDS; round++) {
        const uint64_t begin = pen_clock_us();
        for (int i = 0; i < calls; i++) {
            pen_arena_reset(subject->arena);
            require(once(subject), what);
        }
        us[round] = (double)(pen_clock_us() - begin) / calls;
    }
    qsort(us, ROUNDS, sizeof(us[0]), compare);
    printf("%-36s %8.2f us  (%.2f to %.2f)\n", what, us[ROUNDS / 2], us[1], us[ROUNDS - 2]);
}

int main(void)
{
    static const struct {
        const char *proof;
        enum pen_jws_alg alg;
    } rows[] = {
        {"RS256, 2048 bits, not cached", PEN_JWS_RS256},
        {"PS256, 2048 bits, not cached", PEN_JWS_PS256},
        {"ES256, not cached", PEN_JWS_ES256},
        {"Ed25519, not cached", PEN_JWS_EDDSA},
        {"HS256, not cached", PEN_JWS_HS256},
    };
    for (size_t i = 0; i < PEN_COUNT_OF(rows); i++) {
        struct subject subject = {0};
        set_up(&subject, rows[i].alg);
        if (i == 0) {
            printf("token of %zu bytes, %u claims\n", subject.token.len, subject.claims->count);
            measure("cached", &subject, once_cached, 20000);
            measure("cached, with scope and claim checked", &subject, once_cached_and_allowed,
                    20000);
            measure("front end and claims read", &subject, once_front_end, 5000);
            measure("second reader (libjwt)", &subject, once_second_reader, 2000);
        }
        measure(rows[i].proof, &subject, once_proven, 200);
        tear_down(&subject);
    }
    return 0;
}
