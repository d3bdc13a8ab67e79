/** Proof of tokens: who is accepted, and who is not by claims, keys, time. */
#include "gateway/auth/token.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "filters/core/json.h"
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

static void proves_a_caller_with_every_kind_of_key(void **state)
{
    (void)state;
    const struct {
        const struct pen_signer *signer;
        struct pen_str header;
    } rows[] = {
        {stage.rs256, PEN_STR("{\"alg\":\"RS256\",\"kid\":\"rs256\",\"typ\":\"JWT\"}")},
        {stage.ps256, PEN_STR("{\"alg\":\"PS256\",\"kid\":\"ps256\",\"typ\":\"at+jwt\"}")},
        {stage.es256, PEN_STR("{\"alg\":\"ES256\",\"kid\":\"es256\"}")},
        {stage.eddsa, PEN_STR("{\"alg\":\"EdDSA\",\"kid\":\"eddsa\"}")},
    };
    for (size_t i = 0; i < PEN_COUNT_OF(rows); i++) {
        const struct pen_str token =
            tokens_sign(&stage, rows[i].signer, rows[i].header,
                        PEN_S("{" TOKENS_CLAIMS ",\"roles\":[\"a\",\"b\"]}"));
        /* The first is a proof, the second comes from the cache; both must look alike. */
        for (int round = 0; round < 2; round++) {
            struct pen_caller caller;
            assert_int_equal(tokens_verify(&stage, token, TOKENS_NOW, &caller), PEN_TOKEN_OK);
            assert_ptr_equal(caller.issuer, &stage.issuer);
            assert_true(pen_str_equal(caller.subject, PEN_S("ann")));
            assert_int_equal(caller.expires, TOKENS_NOW + 600);
            assert_int_equal(caller.claims->count, 5);
            const struct pen_json *const role = pen_json_resolve(caller.claims, PEN_S("/roles/1"));
            assert_true(pen_str_equal(pen_json_string_or(role, PEN_S("")), PEN_S("b")));
        }
    }
}

static void accepts_a_token_without_kid_only_for_an_only_key(void **state)
{
    (void)state;
    const struct pen_str payload = PEN_STR("{" TOKENS_CLAIMS "}");
    expect("one EC key", tokens_sign(&stage, stage.es256, PEN_S("{\"alg\":\"ES256\"}"), payload),
           PEN_TOKEN_OK);

    const struct pen_signer *const twins[] = {stage.rs256, stage.ps256};
    const struct pen_str kids[] = {PEN_STR("a"), PEN_STR("b")};
    struct pen_str document;
    assert_int_equal(pen_mint_key_set(twins, kids, 2, stage.arena, &document), PEN_OK);
    /* Without "alg" both RSA keys would do for RS256. */
    char *const text = pen_arena_bytes(stage.arena, document.len);
    assert_non_null(text);
    memcpy(text, document.ptr, document.len);
    for (char *at = text; (at = memmem(at, document.len - (size_t)(at - text), "\"alg\"", 5));) {
        at[1] = 'x';
    }
    struct pen_keyset *set;
    assert_int_equal(pen_keyset_parse((struct pen_str){text, document.len},
                                      TOKENS_DEFAULT_ALGORITHMS, &set, NULL, NULL),
                     PEN_OK);
    struct pen_keyring *const mine = stage.ring;
    stage.ring = tokens_ring(set);
    expect("two RSA keys", tokens_sign(&stage, stage.rs256, PEN_S("{\"alg\":\"RS256\"}"), payload),
           PEN_TOKEN_UNKNOWN_KEY);
    expect("two RSA keys, one named",
           tokens_sign(&stage, stage.rs256, PEN_S("{\"alg\":\"RS256\",\"kid\":\"a\"}"), payload),
           PEN_TOKEN_OK);
    tokens_free_ring(stage.ring);
    stage.ring = mine;
}

static void refuses_claims_that_are_not_what_they_should_be(void **state)
{
    (void)state;
#define ISS "\"iss\":\"" TOKENS_ISSUER "\""
#define AUD "\"aud\":\"functions\""
#define EXP "\"exp\":1800000600"
    const struct {
        const char *why;
        struct pen_str payload;
        enum pen_token_result result;
    } rows[] = {
        {"the least that is needed", PEN_STR("{" ISS "," AUD "," EXP "}"), PEN_TOKEN_OK},
        {"audience in a list", PEN_STR("{" ISS ",\"aud\":[\"x\",\"functions\"]," EXP "}"),
         PEN_TOKEN_OK},
        {"the issuer's other audience", PEN_STR("{" ISS ",\"aud\":\"elsewhere\"," EXP "}"),
         PEN_TOKEN_OK},
        {"fraction in times", PEN_STR("{" ISS "," AUD ",\"exp\":1800000600.75}"), PEN_TOKEN_OK},
        {"exponent in times", PEN_STR("{" ISS "," AUD ",\"exp\":1.8000006e9}"), PEN_TOKEN_OK},

        {"no object", PEN_STR("[]"), PEN_TOKEN_BAD_CLAIMS},
        {"a list of claims", PEN_STR("[{" TOKENS_CLAIMS "}]"), PEN_TOKEN_BAD_CLAIMS},
        {"text", PEN_STR("hello"), PEN_TOKEN_BAD_CLAIMS},
        {"cut off", PEN_STR("{" TOKENS_CLAIMS), PEN_TOKEN_BAD_CLAIMS},
        {"nested JWT", PEN_STR("eyJhbGciOiJub25lIn0.e30."), PEN_TOKEN_BAD_CLAIMS},
        {"bytes after a NUL", PEN_STR("{" TOKENS_CLAIMS "}\0{}"), PEN_TOKEN_BAD_CLAIMS},
        {"a byte-order mark", PEN_STR("\xef\xbb\xbf{" TOKENS_CLAIMS "}"), PEN_TOKEN_BAD_CLAIMS},
        {"invalid UTF-8", PEN_STR("{" TOKENS_CLAIMS ",\"n\":\"\xfe\"}"), PEN_TOKEN_BAD_CLAIMS},
        {"a lone surrogate", PEN_STR("{" TOKENS_CLAIMS ",\"n\":\"\\ud800\"}"),
         PEN_TOKEN_BAD_CLAIMS},
        {"seventeen deep", PEN_STR("{" TOKENS_CLAIMS ",\"n\":[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]}"),
         PEN_TOKEN_BAD_CLAIMS},
        {"exp twice", PEN_STR("{" TOKENS_CLAIMS ",\"exp\":1900000000}"), PEN_TOKEN_BAD_CLAIMS},
        {"aud twice", PEN_STR("{" TOKENS_CLAIMS ",\"aud\":\"admin\"}"), PEN_TOKEN_BAD_CLAIMS},
        {"sub twice, once escaped", PEN_STR("{" TOKENS_CLAIMS ",\"\\u0073ub\":\"root\"}"),
         PEN_TOKEN_BAD_CLAIMS},

        {"no issuer", PEN_STR("{" AUD "," EXP "}"), PEN_TOKEN_BAD_CLAIMS},
        {"issuer in a list", PEN_STR("{\"iss\":[\"" TOKENS_ISSUER "\"]," AUD "," EXP "}"),
         PEN_TOKEN_BAD_CLAIMS},
        {"issuer that begins alike",
         PEN_STR("{\"iss\":\"https://id.example.com/.evil\"," AUD "," EXP "}"),
         PEN_TOKEN_UNKNOWN_ISSUER},
        {"issuer cut short", PEN_STR("{\"iss\":\"https://id.example.com\"," AUD "," EXP "}"),
         PEN_TOKEN_UNKNOWN_ISSUER},
        {"issuer in other case", PEN_STR("{\"iss\":\"https://ID.example.com/\"," AUD "," EXP "}"),
         PEN_TOKEN_UNKNOWN_ISSUER},
        {"issuer with a NUL",
         PEN_STR("{\"iss\":\"https://id.example.com/\\u0000\"," AUD "," EXP "}"),
         PEN_TOKEN_UNKNOWN_ISSUER},
        {"another tenant of the same provider",
         PEN_STR("{\"iss\":\"https://id.example.com/other\"," AUD "," EXP "}"),
         PEN_TOKEN_UNKNOWN_ISSUER},
        {"empty issuer", PEN_STR("{\"iss\":\"\"," AUD "," EXP "}"), PEN_TOKEN_UNKNOWN_ISSUER},

        {"no audience", PEN_STR("{" ISS "," EXP "}"), PEN_TOKEN_AUDIENCE},
        {"another audience", PEN_STR("{" ISS ",\"aud\":\"billing\"," EXP "}"), PEN_TOKEN_AUDIENCE},
        {"an ID token: the client is its audience",
         PEN_STR("{" ISS ",\"aud\":\"client-7\",\"nonce\":\"n\"," EXP "}"), PEN_TOKEN_AUDIENCE},
        {"audience that begins alike", PEN_STR("{" ISS ",\"aud\":\"functions2\"," EXP "}"),
         PEN_TOKEN_AUDIENCE},
        {"empty list of audiences", PEN_STR("{" ISS ",\"aud\":[]," EXP "}"), PEN_TOKEN_AUDIENCE},
        {"audiences in one string", PEN_STR("{" ISS ",\"aud\":\"x functions\"," EXP "}"),
         PEN_TOKEN_AUDIENCE},
        {"audience in a list in a list", PEN_STR("{" ISS ",\"aud\":[[\"functions\"]]," EXP "}"),
         PEN_TOKEN_BAD_CLAIMS},
        {"a number among the audiences", PEN_STR("{" ISS ",\"aud\":[\"functions\",1]," EXP "}"),
         PEN_TOKEN_BAD_CLAIMS},
        {"audience a number", PEN_STR("{" ISS ",\"aud\":1," EXP "}"), PEN_TOKEN_BAD_CLAIMS},
        {"audience an object", PEN_STR("{" ISS ",\"aud\":{\"functions\":1}," EXP "}"),
         PEN_TOKEN_BAD_CLAIMS},
        {"audience null", PEN_STR("{" ISS ",\"aud\":null," EXP "}"), PEN_TOKEN_BAD_CLAIMS},

        {"no exp", PEN_STR("{" ISS "," AUD "}"), PEN_TOKEN_BAD_CLAIMS},
        {"exp a string: libjwt reads 0", PEN_STR("{" ISS "," AUD ",\"exp\":\"1800000600\"}"),
         PEN_TOKEN_BAD_CLAIMS},
        {"exp null", PEN_STR("{" ISS "," AUD ",\"exp\":null}"), PEN_TOKEN_BAD_CLAIMS},
        {"exp true", PEN_STR("{" ISS "," AUD ",\"exp\":true}"), PEN_TOKEN_BAD_CLAIMS},
        {"exp in a list", PEN_STR("{" ISS "," AUD ",\"exp\":[1800000600]}"), PEN_TOKEN_BAD_CLAIMS},
        {"exp 0", PEN_STR("{" ISS "," AUD ",\"exp\":0}"), PEN_TOKEN_BAD_CLAIMS},
        {"exp negative", PEN_STR("{" ISS "," AUD ",\"exp\":-1}"), PEN_TOKEN_BAD_CLAIMS},
        {"exp 1e400", PEN_STR("{" ISS "," AUD ",\"exp\":1e400}"), PEN_TOKEN_BAD_CLAIMS},
        {"exp 2^63", PEN_STR("{" ISS "," AUD ",\"exp\":9223372036854775808}"),
         PEN_TOKEN_BAD_CLAIMS},
        {"exp 2^53", PEN_STR("{" ISS "," AUD ",\"exp\":9007199254740992}"), PEN_TOKEN_BAD_CLAIMS},
        {"exp in milliseconds", PEN_STR("{" ISS "," AUD ",\"exp\":1800000600000}"),
         PEN_TOKEN_LIFETIME},
        {"exp too small to be one: 1.0", PEN_STR("{" ISS "," AUD ",\"exp\":1.0}"),
         PEN_TOKEN_EXPIRED},
        {"expired, within the leeway", PEN_STR("{" ISS "," AUD ",\"exp\":1799999941}"),
         PEN_TOKEN_OK},
        {"expired, beyond the leeway", PEN_STR("{" ISS "," AUD ",\"exp\":1799999940}"),
         PEN_TOKEN_EXPIRED},
        {"nbf within the leeway", PEN_STR("{" TOKENS_CLAIMS ",\"nbf\":1800000060}"), PEN_TOKEN_OK},
        {"nbf beyond the leeway", PEN_STR("{" TOKENS_CLAIMS ",\"nbf\":1800000061}"),
         PEN_TOKEN_NOT_YET},
        {"nbf a string", PEN_STR("{" TOKENS_CLAIMS ",\"nbf\":\"0\"}"), PEN_TOKEN_BAD_CLAIMS},
        {"iat within the leeway", PEN_STR("{" TOKENS_CLAIMS ",\"iat\":1800000060}"), PEN_TOKEN_OK},
        {"iat beyond the leeway", PEN_STR("{" TOKENS_CLAIMS ",\"iat\":1800000061}"),
         PEN_TOKEN_NOT_YET},
        {"iat an object", PEN_STR("{" TOKENS_CLAIMS ",\"iat\":{}}"), PEN_TOKEN_BAD_CLAIMS},
        {"lives a day", PEN_STR("{" TOKENS_CLAIMS ",\"iat\":1799914200}"), PEN_TOKEN_OK},
        {"lives a day and a second", PEN_STR("{" TOKENS_CLAIMS ",\"iat\":1799914199}"),
         PEN_TOKEN_LIFETIME},
        {"ends in two days, no iat", PEN_STR("{" ISS "," AUD ",\"exp\":1800172800}"),
         PEN_TOKEN_LIFETIME},

        {"sub a number", PEN_STR("{" ISS "," AUD "," EXP ",\"sub\":1}"), PEN_TOKEN_BAD_CLAIMS},
        {"sub an object", PEN_STR("{" ISS "," AUD "," EXP ",\"sub\":{}}"), PEN_TOKEN_BAD_CLAIMS},
        {"bound to a certificate", PEN_STR("{" TOKENS_CLAIMS ",\"cnf\":{\"x5t#S256\":\"x\"}}"),
         PEN_TOKEN_BINDING},
        {"bound to a DPoP key", PEN_STR("{" TOKENS_CLAIMS ",\"cnf\":{\"jkt\":\"x\"}}"),
         PEN_TOKEN_BINDING},
        {"bound to nothing that we know", PEN_STR("{" TOKENS_CLAIMS ",\"cnf\":null}"),
         PEN_TOKEN_BINDING},
        {"a logout token",
         PEN_STR("{" TOKENS_CLAIMS ",\"events\":{\"http://schemas.openid.net/"
                 "event/backchannel-logout\":{}}}"),
         PEN_TOKEN_TYPE},
        {"a claim that only sounds like one", PEN_STR("{" TOKENS_CLAIMS ",\"events\":7}"),
         PEN_TOKEN_OK},
        {"a NUL in a claim, which libjwt cannot read",
         PEN_STR("{" TOKENS_CLAIMS ",\"n\":\"a\\u0000b\"}"), PEN_TOKEN_DISAGREEMENT},
        {"a number that libjwt cannot read",
         PEN_STR("{" TOKENS_CLAIMS ",\"n\":123456789012345678901234567890}"),
         PEN_TOKEN_DISAGREEMENT},
    };
    for (size_t i = 0; i < PEN_COUNT_OF(rows); i++) {
        expect(rows[i].why,
               tokens_sign(&stage, stage.es256, PEN_S("{\"alg\":\"ES256\",\"kid\":\"es256\"}"),
                           rows[i].payload),
               rows[i].result);
    }
}

static void holds_each_profile_to_its_type_and_claims(void **state)
{
    (void)state;
#define FULL TOKENS_CLAIMS ",\"client_id\":\"c\",\"iat\":1800000000,\"jti\":\"1\""
    const struct {
        const char *why;
        enum pen_token_profile profile;
        struct pen_str typ; /* the header's member, with its comma */
        struct pen_str claims;
        enum pen_token_result result;
    } rows[] = {
        {"any: none", PEN_PROFILE_ANY, PEN_STR(""), PEN_STR(TOKENS_CLAIMS), PEN_TOKEN_OK},
        {"any: JWT", PEN_PROFILE_ANY, PEN_STR(",\"typ\":\"JWT\""), PEN_STR(TOKENS_CLAIMS),
         PEN_TOKEN_OK},
        {"any: jwt", PEN_PROFILE_ANY, PEN_STR(",\"typ\":\"jwt\""), PEN_STR(TOKENS_CLAIMS),
         PEN_TOKEN_OK},
        {"any: at+jwt", PEN_PROFILE_ANY, PEN_STR(",\"typ\":\"at+jwt\""), PEN_STR(TOKENS_CLAIMS),
         PEN_TOKEN_OK},
        {"any: a DPoP proof", PEN_PROFILE_ANY, PEN_STR(",\"typ\":\"dpop+jwt\""),
         PEN_STR(TOKENS_CLAIMS), PEN_TOKEN_TYPE},
        {"any: a logout token", PEN_PROFILE_ANY, PEN_STR(",\"typ\":\"logout+jwt\""),
         PEN_STR(TOKENS_CLAIMS), PEN_TOKEN_TYPE},
        {"any: an authorization request", PEN_PROFILE_ANY,
         PEN_STR(",\"typ\":\"oauth-authz-req+jwt\""), PEN_STR(TOKENS_CLAIMS), PEN_TOKEN_TYPE},
        {"any: a security event", PEN_PROFILE_ANY, PEN_STR(",\"typ\":\"secevent+jwt\""),
         PEN_STR(TOKENS_CLAIMS), PEN_TOKEN_TYPE},
        {"oidc: none", PEN_PROFILE_OIDC, PEN_STR(""), PEN_STR(TOKENS_CLAIMS), PEN_TOKEN_OK},
        {"oidc: at+jwt", PEN_PROFILE_OIDC, PEN_STR(",\"typ\":\"at+jwt\""), PEN_STR(TOKENS_CLAIMS),
         PEN_TOKEN_TYPE},
        {"rfc9068: whole", PEN_PROFILE_RFC9068, PEN_STR(",\"typ\":\"at+jwt\""), PEN_STR(FULL),
         PEN_TOKEN_OK},
        {"rfc9068: the long name", PEN_PROFILE_RFC9068, PEN_STR(",\"typ\":\"application/at+jwt\""),
         PEN_STR(FULL), PEN_TOKEN_OK},
        {"rfc9068: an ID token", PEN_PROFILE_RFC9068, PEN_STR(",\"typ\":\"JWT\""), PEN_STR(FULL),
         PEN_TOKEN_TYPE},
        {"rfc9068: no typ", PEN_PROFILE_RFC9068, PEN_STR(""), PEN_STR(FULL), PEN_TOKEN_TYPE},
        {"rfc9068: no client_id", PEN_PROFILE_RFC9068, PEN_STR(",\"typ\":\"at+jwt\""),
         PEN_STR(TOKENS_CLAIMS ",\"iat\":1800000000,\"jti\":\"1\""), PEN_TOKEN_BAD_CLAIMS},
        {"rfc9068: no iat", PEN_PROFILE_RFC9068, PEN_STR(",\"typ\":\"at+jwt\""),
         PEN_STR(TOKENS_CLAIMS ",\"client_id\":\"c\",\"jti\":\"1\""), PEN_TOKEN_BAD_CLAIMS},
        {"rfc9068: no jti", PEN_PROFILE_RFC9068, PEN_STR(",\"typ\":\"at+jwt\""),
         PEN_STR(TOKENS_CLAIMS ",\"client_id\":\"c\",\"iat\":1800000000"), PEN_TOKEN_BAD_CLAIMS},
        {"rfc9068: no sub", PEN_PROFILE_RFC9068, PEN_STR(",\"typ\":\"at+jwt\""),
         PEN_STR(ISS "," AUD "," EXP ",\"client_id\":\"c\",\"iat\":1800000000,\"jti\":\"1\""),
         PEN_TOKEN_BAD_CLAIMS},
        {"rfc9068: empty client_id", PEN_PROFILE_RFC9068, PEN_STR(",\"typ\":\"at+jwt\""),
         PEN_STR(TOKENS_CLAIMS ",\"client_id\":\"\",\"iat\":1800000000,\"jti\":\"1\""),
         PEN_TOKEN_BAD_CLAIMS},
    };
    for (size_t i = 0; i < PEN_COUNT_OF(rows); i++) {
        stage.issuer.profile = rows[i].profile;
        stage.ring->generation++;
        const struct pen_str header[] = {PEN_STR("{\"alg\":\"ES256\",\"kid\":\"es256\""),
                                         rows[i].typ, PEN_STR("}")};
        const struct pen_str payload[] = {PEN_STR("{"), rows[i].claims, PEN_STR("}")};
        expect(rows[i].why,
               tokens_sign(&stage, stage.es256, tokens_join(&stage, header, 3),
                           tokens_join(&stage, payload, 3)),
               rows[i].result);
    }
}

static void asks_for_keys_once_a_minute_for_a_kid(void **state)
{
    (void)state;
    const struct pen_str first =
        tokens_sign(&stage, stage.es256, PEN_S("{\"alg\":\"ES256\",\"kid\":\"new\"}"),
                    PEN_S("{" TOKENS_CLAIMS "}"));
    const struct pen_str second =
        tokens_sign(&stage, stage.es256, PEN_S("{\"alg\":\"ES256\",\"kid\":\"newer\\n\"}"),
                    PEN_S("{" TOKENS_CLAIMS "}"));
    const struct {
        const char *why;
        struct pen_str token;
        int64_t now;
        bool asks;
    } rows[] = {
        {"unknown for the first time", first, TOKENS_NOW, true},
        {"the same at once", first, TOKENS_NOW, false},
        {"another kid", second, TOKENS_NOW, true},
        {"the same a minute less a second later", first, TOKENS_NOW + 59, false},
        {"the same a minute later", first, TOKENS_NOW + 60, true},
        {"the clock was set back", first, TOKENS_NOW - 100, true},
    };
    for (size_t i = 0; i < PEN_COUNT_OF(rows); i++) {
        struct pen_caller caller;
        const struct pen_config_issuer *unknown;
        const enum pen_token_result result =
            pen_verifier_verify(stage.verifier, rows[i].token, stage.issuers, 1, stage.ring,
                                rows[i].now, stage.arena, &caller, &unknown);
        assert_int_equal(result, PEN_TOKEN_UNKNOWN_KEY);
        if ((unknown == &stage.issuer) != rows[i].asks) fail_msg("%s", rows[i].why);
    }
}

static void knows_nothing_before_keys_were_ever_loaded(void **state)
{
    (void)state;
    const struct pen_str token =
        tokens_sign(&stage, stage.rs256, PEN_S(HEADER), PEN_S("{" TOKENS_CLAIMS "}"));
    struct pen_keyring *const empty = tokens_ring(NULL);
    struct pen_caller caller;
    const struct pen_config_issuer *unknown = NULL;
    assert_int_equal(pen_verifier_verify(stage.verifier, token, stage.issuers, 1, empty, TOKENS_NOW,
                                         stage.arena, &caller, &unknown),
                     PEN_TOKEN_NO_KEYS);
    assert_ptr_equal(unknown, &stage.issuer);

    /* An index beyond the ring is no key set either. */
    stage.issuer.index = 7;
    assert_int_equal(pen_verifier_verify(stage.verifier, token, stage.issuers, 1, stage.ring,
                                         TOKENS_NOW, stage.arena, &caller, &unknown),
                     PEN_TOKEN_NO_KEYS);
    tokens_free_ring(empty);
}

static void forgets_proven_tokens_when_keys_change(void **state)
{
    (void)state;
    const struct pen_str token =
        tokens_sign(&stage, stage.rs256, PEN_S(HEADER), PEN_S("{" TOKENS_CLAIMS "}"));
    expect("proven", token, PEN_TOKEN_OK);

    /* The next set no longer holds the key: it dies at once. */
    const struct pen_signer *const rest[] = {stage.es256};
    struct pen_str document;
    struct pen_keyset *set;
    assert_int_equal(pen_mint_key_set(rest, NULL, 1, stage.arena, &document), PEN_OK);
    assert_int_equal(pen_keyset_parse(document, TOKENS_DEFAULT_ALGORITHMS, &set, NULL, NULL),
                     PEN_OK);
    struct pen_keyring *const mine = stage.ring;
    stage.ring = tokens_ring(set);
    expect("its key is gone", token, PEN_TOKEN_UNKNOWN_KEY);
    tokens_free_ring(stage.ring);
    stage.ring = mine;
}

static void checks_the_time_of_a_cached_token_too(void **state)
{
    (void)state;
    const struct pen_str token =
        tokens_sign(&stage, stage.es256, PEN_S("{\"alg\":\"ES256\",\"kid\":\"es256\"}"),
                    PEN_S("{" ISS "," AUD ",\"exp\":1800000010,\"nbf\":1799999990}"));
    struct pen_caller caller;
    stage.issuer.leeway_s = 0;
    const struct {
        int64_t now;
        enum pen_token_result result;
    } rows[] = {
        {1800000000, PEN_TOKEN_OK},      {1800000009, PEN_TOKEN_OK},
        {1800000010, PEN_TOKEN_EXPIRED}, {1800000009, PEN_TOKEN_OK},
        {1799999989, PEN_TOKEN_NOT_YET}, {1800000009, PEN_TOKEN_OK},
        {1900000000, PEN_TOKEN_EXPIRED},
    };
    for (size_t i = 0; i < PEN_COUNT_OF(rows); i++) {
        assert_int_equal(tokens_verify(&stage, token, rows[i].now, &caller), rows[i].result);
    }
}

static void keeps_a_cached_token_to_the_issuers_that_are_allowed(void **state)
{
    (void)state;
    const struct pen_str token =
        tokens_sign(&stage, stage.rs256, PEN_S(HEADER), PEN_S("{" TOKENS_CLAIMS "}"));
    expect("proven", token, PEN_TOKEN_OK);

    struct pen_caller caller;
    const struct pen_config_issuer *unknown;
    assert_int_equal(pen_verifier_verify(stage.verifier, token, NULL, 0, stage.ring, TOKENS_NOW,
                                         stage.arena, &caller, &unknown),
                     PEN_TOKEN_UNKNOWN_ISSUER);

    /* The same provider under another name, for another audience: the cache must not mix them. */
    static const struct pen_str billing[] = {PEN_STR("billing")};
    struct pen_config_issuer other = stage.issuer;
    other.index = 1;
    other.audiences = billing;
    other.audience_count = 1;
    struct pen_keyring *const two = malloc(sizeof(*two) + 2 * sizeof(two->sets[0]));
    assert_non_null(two);
    two->generation = stage.ring->generation;
    two->count = 2;
    two->sets[0] = stage.ring->sets[0];
    two->sets[1] = stage.ring->sets[0];
    const struct pen_config_issuer *const only[] = {&other};
    assert_int_equal(pen_verifier_verify(stage.verifier, token, only, 1, two, TOKENS_NOW,
                                         stage.arena, &caller, &unknown),
                     PEN_TOKEN_AUDIENCE);

    /* With both allowed, the one whose audience fits is the caller's. */
    const struct pen_config_issuer *const both[] = {&other, &stage.issuer};
    for (int round = 0; round < 2; round++) {
        two->generation += 1;
        assert_int_equal(pen_verifier_verify(stage.verifier, token, both, 2, two, TOKENS_NOW,
                                             stage.arena, &caller, &unknown),
                         PEN_TOKEN_OK);
        assert_ptr_equal(caller.issuer, &stage.issuer);
    }
    free(two);
}

static void refuses_when_memory_is_short_at_every_point(void **state)
{
    (void)state;
    const struct pen_str token =
        tokens_sign(&stage, stage.eddsa, PEN_S("{\"alg\":\"EdDSA\",\"kid\":\"eddsa\"}"),
                    PEN_S("{" TOKENS_CLAIMS ",\"n\":[1,\"\\u0041\",{}]}"));
    for (int cached = 0; cached < 2; cached++) {
        enum pen_token_result result = PEN_TOKEN_INTERNAL;
        size_t limit = 1;
        for (; limit < 65536 && result != PEN_TOKEN_OK; limit += 7) {
            struct pen_arena *arena;
            struct pen_caller caller;
            const struct pen_config_issuer *unknown;
            assert_int_equal(pen_arena_create(limit, 1, &arena), PEN_OK);
            result = pen_verifier_verify(stage.verifier, token, stage.issuers, 1, stage.ring,
                                         TOKENS_NOW, arena, &caller, &unknown);
            pen_arena_destroy(arena);
            if (result != PEN_TOKEN_OK && result != PEN_TOKEN_INTERNAL) {
                fail_msg("%zu bytes: %s", limit, pen_token_result_code(result));
            }
        }
        assert_int_equal(result, PEN_TOKEN_OK);
    }
}

static void names_every_result(void **state)
{
    (void)state;
    for (int i = PEN_TOKEN_MALFORMED; i <= PEN_TOKEN_INTERNAL; i++) {
        const char *const code = pen_token_result_code((enum pen_token_result)i);
        if (strncmp(code, "token.", 6) != 0) fail_msg("result %d: %s", i, code);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(proves_a_caller_with_every_kind_of_key, start_anew),
        cmocka_unit_test_setup(accepts_a_token_without_kid_only_for_an_only_key, start_anew),
        cmocka_unit_test_setup(refuses_claims_that_are_not_what_they_should_be, start_anew),
        cmocka_unit_test_setup(holds_each_profile_to_its_type_and_claims, start_anew),
        cmocka_unit_test_setup(asks_for_keys_once_a_minute_for_a_kid, start_anew),
        cmocka_unit_test_setup(knows_nothing_before_keys_were_ever_loaded, start_anew),
        cmocka_unit_test_setup(forgets_proven_tokens_when_keys_change, start_anew),
        cmocka_unit_test_setup(checks_the_time_of_a_cached_token_too, start_anew),
        cmocka_unit_test_setup(keeps_a_cached_token_to_the_issuers_that_are_allowed, start_anew),
        cmocka_unit_test_setup(refuses_when_memory_is_short_at_every_point, start_anew),
        cmocka_unit_test_setup(names_every_result, start_anew),
    };
    return cmocka_run_group_tests_name("token", tests, make_keys, drop_keys);
}
