/**
 * One JWK (RFC 7517, 7518, 8037): may it be used, and for which algorithms?
 *
 * `alg`, `use` and `key_ops` only narrow what type, curve and size already fix.
 */
#include "filters/core/codec.h"
#include "filters/core/json.h"
#include "gateway/auth/key.h"
#include "gateway/digest.h"

#define MAX_KID 256

static const struct {
    struct pen_str name;
    enum pen_jws_alg alg;
} names[] = {
    {PEN_STR("RS256"), PEN_JWS_RS256}, {PEN_STR("RS384"), PEN_JWS_RS384},
    {PEN_STR("RS512"), PEN_JWS_RS512}, {PEN_STR("PS256"), PEN_JWS_PS256},
    {PEN_STR("PS384"), PEN_JWS_PS384}, {PEN_STR("PS512"), PEN_JWS_PS512},
    {PEN_STR("ES256"), PEN_JWS_ES256}, {PEN_STR("ES384"), PEN_JWS_ES384},
    {PEN_STR("ES512"), PEN_JWS_ES512}, {PEN_STR("EdDSA"), PEN_JWS_EDDSA},
    {PEN_STR("HS256"), PEN_JWS_HS256}, {PEN_STR("HS384"), PEN_JWS_HS384},
    {PEN_STR("HS512"), PEN_JWS_HS512},
};

enum pen_jws_alg pen_jws_alg_named(struct pen_str name)
{
    for (size_t i = 0; i < PEN_COUNT_OF(names); i++) {
        if (pen_str_equal(names[i].name, name)) return names[i].alg;
    }
    return PEN_JWS_NONE_KNOWN;
}

const char *pen_jws_alg_name(enum pen_jws_alg alg)
{
    for (size_t i = 0; i < PEN_COUNT_OF(names); i++) {
        if (names[i].alg == alg) return names[i].name.ptr;
    }
    return "none known";
}

/* What reading one JWK needs at hand. */
struct reading {
    const struct pen_json *jwk;
    uint32_t allowed;
    struct pen_arena *scratch;
    const char *why; /* set with PEN_ERR_INVALID: the key is left out */
};

static enum pen_status leave_out(struct reading *reading, const char *why)
{
    reading->why = why;
    return PEN_ERR_INVALID;
}

static const struct pen_json *member(const struct reading *reading, struct pen_str name)
{
    return pen_json_member(reading->jwk, name);
}

static bool member_is(const struct reading *reading, struct pen_str name, struct pen_str value)
{
    const struct pen_json *const node = member(reading, name);
    return node != NULL && node->type == PEN_JSON_STRING && pen_str_equal(node->text, value);
}

/* A base64url member, decoded and not empty. */
static enum pen_status bytes_of(struct reading *reading, struct pen_str name, struct pen_str *out)
{
    const struct pen_json *const node = member(reading, name);
    if (node == NULL || node->type != PEN_JSON_STRING) {
        return leave_out(reading, "a member of the key is missing or no string");
    }
    struct pen_str bytes;
    const enum pen_status status = pen_codec_base64url(node->text, reading->scratch, &bytes);
    if (status == PEN_ERR_SYNTAX || (status == PEN_OK && bytes.len == 0)) {
        return leave_out(reading, "a member of the key is not base64url");
    }
    PEN_TRY(status);
    *out = bytes;
    return PEN_OK;
}

/* RFC 7517 sections 4.2 and 4.3: a key for another purpose is no key for us. */
static enum pen_status check_purpose(struct reading *reading)
{
    if (member(reading, PEN_S("use")) != NULL && !member_is(reading, PEN_S("use"), PEN_S("sig"))) {
        return leave_out(reading, "\"use\" is not \"sig\"");
    }
    const struct pen_json *const operations = member(reading, PEN_S("key_ops"));
    if (operations == NULL) return PEN_OK;

    if (operations->type != PEN_JSON_ARRAY) return leave_out(reading, "\"key_ops\" is no array");
    for (const struct pen_json *one = operations->first; one != NULL; one = one->next) {
        if (pen_str_equal(pen_json_string_or(one, PEN_S("")), PEN_S("verify"))) return PEN_OK;
    }
    return leave_out(reading, "\"key_ops\" lacks \"verify\"");
}

/* A private key in a set for verifiers is a leak; using its public half would hide it. */
static enum pen_status check_public(struct reading *reading)
{
    static const struct pen_str secret_members[] = {
        PEN_STR("d"),  PEN_STR("p"),  PEN_STR("q"),   PEN_STR("dp"),
        PEN_STR("dq"), PEN_STR("qi"), PEN_STR("oth"), PEN_STR("k"),
    };
    for (size_t i = 0; i < PEN_COUNT_OF(secret_members); i++) {
        if (member(reading, secret_members[i]) != NULL) {
            return leave_out(reading, "it holds private members");
        }
    }
    return PEN_OK;
}

/* Which of the `fitting` algorithms this key serves: its own `alg`, cut to what the issuer allows.
 */
static enum pen_status choose_algorithms(struct reading *reading, uint32_t fitting, uint32_t *out)
{
    uint32_t chosen = fitting;
    const struct pen_json *const alg = member(reading, PEN_S("alg"));
    if (alg != NULL) {
        chosen &= (uint32_t)pen_jws_alg_named(pen_json_string_or(alg, PEN_S("")));
        if (chosen == 0)
            return leave_out(reading, "\"alg\" is unknown or not for this kind of key");
    }
    chosen &= reading->allowed;
    if (chosen == 0) return leave_out(reading, "no algorithm of it is allowed for the issuer");

    *out = chosen;
    return PEN_OK;
}

static enum pen_status read_rsa(struct reading *reading, struct pen_key **out)
{
    uint32_t algorithms;
    struct pen_str n;
    struct pen_str e;
    PEN_TRY(check_public(reading));
    PEN_TRY(choose_algorithms(reading, PEN_JWS_RSA, &algorithms));
    PEN_TRY(bytes_of(reading, PEN_S("n"), &n));
    PEN_TRY(bytes_of(reading, PEN_S("e"), &e));
    return pen_key_from_rsa(n, e, algorithms, out, &reading->why);
}

static enum pen_status read_ec(struct reading *reading, struct pen_key **out)
{
    PEN_TRY(check_public(reading));
    enum pen_jws_alg algorithm = PEN_JWS_NONE_KNOWN;
    if (member_is(reading, PEN_S("crv"), PEN_S("P-256"))) algorithm = PEN_JWS_ES256;
    if (member_is(reading, PEN_S("crv"), PEN_S("P-384"))) algorithm = PEN_JWS_ES384;
    if (member_is(reading, PEN_S("crv"), PEN_S("P-521"))) algorithm = PEN_JWS_ES512;
    if (algorithm == PEN_JWS_NONE_KNOWN) return leave_out(reading, "unknown \"crv\"");

    uint32_t algorithms;
    struct pen_str x;
    struct pen_str y;
    PEN_TRY(choose_algorithms(reading, (uint32_t)algorithm, &algorithms));
    PEN_TRY(bytes_of(reading, PEN_S("x"), &x));
    PEN_TRY(bytes_of(reading, PEN_S("y"), &y));
    return pen_key_from_ec(x, y, algorithm, out, &reading->why);
}

/* RFC 8037; Ed25519 alone: the same `alg` for two curves would let a token choose. */
static enum pen_status read_okp(struct reading *reading, struct pen_key **out)
{
    PEN_TRY(check_public(reading));
    if (!member_is(reading, PEN_S("crv"), PEN_S("Ed25519"))) {
        return leave_out(reading, "unknown \"crv\"");
    }
    uint32_t algorithms;
    struct pen_str x;
    PEN_TRY(choose_algorithms(reading, (uint32_t)PEN_JWS_EDDSA, &algorithms));
    PEN_TRY(bytes_of(reading, PEN_S("x"), &x));
    return pen_key_from_ed25519(x, out, &reading->why);
}

static enum pen_status read_secret(struct reading *reading, struct pen_key **out)
{
    struct pen_str k;
    PEN_TRY(bytes_of(reading, PEN_S("k"), &k));

    /* RFC 7518 section 3.2: a key of the same size as the hash output or larger MUST be used. */
    uint32_t fitting = 0;
    if (k.len >= 32) fitting |= (uint32_t)PEN_JWS_HS256;
    if (k.len >= 48) fitting |= (uint32_t)PEN_JWS_HS384;
    if (k.len >= 64) fitting |= (uint32_t)PEN_JWS_HS512;

    uint32_t algorithms = 0;
    enum pen_status status = choose_algorithms(reading, PEN_JWS_HMAC, &algorithms);
    if (status == PEN_OK && (algorithms & fitting) == 0) {
        status = leave_out(reading, "the secret is shorter than its hash");
    }
    if (status == PEN_OK) {
        status = pen_key_from_secret(k, algorithms & fitting, out, &reading->why);
    }
    /* The copy in the scratch memory is ours alone, whatever the codec did to make it. */
    pen_wipe((void *)(uintptr_t)k.ptr, k.len);
    return status;
}

static enum pen_status read_key(struct reading *reading, struct pen_key **out)
{
    if (reading->jwk->type != PEN_JSON_OBJECT) return leave_out(reading, "it is no object");

    const struct pen_json *const kid = member(reading, PEN_S("kid"));
    if (kid != NULL && (kid->type != PEN_JSON_STRING || kid->text.len > MAX_KID)) {
        return leave_out(reading, "\"kid\" is no string of at most 256 bytes");
    }
    PEN_TRY(check_purpose(reading));
    if (member_is(reading, PEN_S("kty"), PEN_S("RSA"))) return read_rsa(reading, out);
    if (member_is(reading, PEN_S("kty"), PEN_S("EC"))) return read_ec(reading, out);
    if (member_is(reading, PEN_S("kty"), PEN_S("OKP"))) return read_okp(reading, out);
    if (member_is(reading, PEN_S("kty"), PEN_S("oct"))) return read_secret(reading, out);
    return leave_out(reading, "unknown \"kty\"");
}

enum pen_status pen_key_from_jwk(const struct pen_json *jwk, uint32_t allowed,
                                 struct pen_arena *scratch, struct pen_key **out, const char **why)
{
    struct reading reading = {.jwk = jwk, .allowed = allowed, .scratch = scratch};
    const enum pen_status status = read_key(&reading, out);
    if (status == PEN_ERR_INVALID) *why = reading.why;
    return status;
}
