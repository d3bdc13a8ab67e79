/** `issuers`: whose tokens are believed, and by which keys. */
#include "gateway/config/endpoint.h"
#include "gateway/config/reference.h"
#include "gateway/config/shapes.h"

#define ISSUER(field, is) PEN_FIELD(struct pen_config_issuer, field, is)
#define SECOND            ((uint64_t)1000)
#define DAY               (86400 * SECOND)

/* One time in a day of clock skew is an attack or a broken clock. */
#define LEEWAY_MOST (600 * SECOND)

#define HS_ALGORITHMS ((uint32_t)(PEN_JWS_HS256 | PEN_JWS_HS384 | PEN_JWS_HS512))

static const struct pen_config_issuer issuer_defaults = {
    .algorithms = PEN_JWS_RS256 | PEN_JWS_ES256 | PEN_JWS_PS256 | PEN_JWS_EDDSA,
    .profile = PEN_PROFILE_ANY,
    .leeway_s = 60,
    .max_lifetime_s = 86400,
    .refresh_s = 600,
    .stale_s = 86400,
};

/* RFC 7518 section 3.1 and RFC 8037; "none" is deliberately absent. */
static const struct pen_word algorithms[] = {
    {PEN_STR("RS256"), PEN_JWS_RS256}, {PEN_STR("RS384"), PEN_JWS_RS384},
    {PEN_STR("RS512"), PEN_JWS_RS512}, {PEN_STR("PS256"), PEN_JWS_PS256},
    {PEN_STR("PS384"), PEN_JWS_PS384}, {PEN_STR("PS512"), PEN_JWS_PS512},
    {PEN_STR("ES256"), PEN_JWS_ES256}, {PEN_STR("ES384"), PEN_JWS_ES384},
    {PEN_STR("ES512"), PEN_JWS_ES512}, {PEN_STR("EdDSA"), PEN_JWS_EDDSA},
    {PEN_STR("HS256"), PEN_JWS_HS256}, {PEN_STR("HS384"), PEN_JWS_HS384},
    {PEN_STR("HS512"), PEN_JWS_HS512},
};

static const struct pen_word profiles[] = {
    {PEN_STR("any"), PEN_PROFILE_ANY},
    {PEN_STR("rfc9068"), PEN_PROFILE_RFC9068},
    {PEN_STR("oidc"), PEN_PROFILE_OIDC},
};

static enum pen_status read_audience(struct pen_reader *reader, const struct pen_json *value,
                                     void *target)
{
    struct pen_config_issuer *issuer = target;
    return pen_reader_texts(reader, value, PEN_KEY_REFERENCE, &issuer->audiences,
                            &issuer->audience_count);
}

static enum pen_status read_algorithms(struct pen_reader *reader, const struct pen_json *value,
                                       void *target)
{
    struct pen_config_issuer *issuer = target;
    issuer->algorithms = 0;
    for (const struct pen_json *item = value->first; item != NULL; item = item->next) {
        int algorithm;
        PEN_TRY(pen_reader_word(reader, item, algorithms, PEN_COUNT_OF(algorithms), &algorithm));
        issuer->algorithms |= (uint32_t)algorithm;
    }
    return PEN_OK;
}

static enum pen_status read_jwks_url(struct pen_reader *reader, const struct pen_json *value,
                                     void *target)
{
    struct pen_config_issuer *issuer = target;
    struct pen_endpoint url;
    const char *problem;
    PEN_TRY(pen_reader_text(reader, value, PEN_KEY_REFERENCE, &issuer->jwks_url));
    if (pen_endpoint_url(issuer->jwks_url, &url, &problem) != PEN_OK) {
        return pen_reader_fail(reader, value, "%s", problem);
    }
    if (url.scheme == PEN_UPSTREAM_UNIX) {
        return pen_reader_fail(reader, value, "keys are fetched from an https:// URL");
    }
    if (url.scheme == PEN_UPSTREAM_HTTP && !pen_endpoint_is_loopback(url.host)) {
        return pen_reader_fail(reader, value,
                               "whoever changes the keys on their way can sign any token; use "
                               "https:// (http:// on loopback only)");
    }
    return PEN_OK;
}

static const struct pen_key jwks_keys[] = {
    {PEN_STR("file"), .kind = PEN_KEY_FILE, .offset = ISSUER(jwks_file, struct pen_str)},
    {PEN_STR("url"), .kind = PEN_KEY_READ, .read = read_jwks_url},
    {PEN_STR("ca"), .kind = PEN_KEY_FILE, .offset = ISSUER(jwks_ca, struct pen_str)},
    {PEN_STR("refresh"), .kind = PEN_KEY_SECONDS, .offset = ISSUER(refresh_s, uint32_t),
     .least = SECOND, .most = DAY},
    {PEN_STR("stale"), .kind = PEN_KEY_SECONDS, .offset = ISSUER(stale_s, uint32_t),
     .most = 30 * DAY},
};

const struct pen_shape pen_shape_jwks = {
    .schema = "/$defs/jwks",
    .keys = jwks_keys,
    .key_count = PEN_COUNT_OF(jwks_keys),
    .defaults = &issuer_defaults,
    .size = sizeof(issuer_defaults),
};

static enum pen_status read_jwks(struct pen_reader *reader, const struct pen_json *value,
                                 void *target)
{
    struct pen_config_issuer *issuer = target;
    PEN_TRY(pen_reader_mapping(reader, value, &pen_shape_jwks, issuer));
    if (issuer->jwks_url.len > 0) return PEN_OK;

    for (const struct pen_json *member = value->first; member != NULL; member = member->next) {
        if (pen_str_equal(member->name, PEN_S("file"))) continue;
        return pen_reader_fail_name(reader, member, "'%.*s' is for keys from a 'url' only",
                                    PEN_STR_ARGS(member->name));
    }
    return PEN_OK;
}

static const struct pen_key issuer_keys[] = {
    {PEN_STR("issuer"), .kind = PEN_KEY_TEXT, .flags = PEN_KEY_REFERENCE,
     .offset = ISSUER(issuer, struct pen_str)},
    {PEN_STR("audience"), .kind = PEN_KEY_READ, .read = read_audience},
    {PEN_STR("algorithms"), .kind = PEN_KEY_READ, .words = algorithms,
     .word_count = PEN_COUNT_OF(algorithms), .read = read_algorithms},
    {PEN_STR("profile"), .kind = PEN_KEY_WORD, .offset = ISSUER(profile, enum pen_token_profile),
     .words = profiles, .word_count = PEN_COUNT_OF(profiles)},
    {PEN_STR("leeway"), .kind = PEN_KEY_SECONDS, .offset = ISSUER(leeway_s, uint32_t),
     .most = LEEWAY_MOST},
    {PEN_STR("max_lifetime"), .kind = PEN_KEY_SECONDS, .offset = ISSUER(max_lifetime_s, uint32_t),
     .most = 366 * DAY},
    {PEN_STR("jwks"), .kind = PEN_KEY_READ, .shape = &pen_shape_jwks, .read = read_jwks},
};

const struct pen_shape pen_shape_issuer = {
    .schema = "/$defs/issuer",
    .keys = issuer_keys,
    .key_count = PEN_COUNT_OF(issuer_keys),
    .defaults = &issuer_defaults,
    .size = sizeof(issuer_defaults),
};

/* A shared secret must stay here: never fetched, never open to others. */
static enum pen_status check_secret_keys(struct pen_reader *reader, const struct pen_json *value,
                                         const struct pen_config_issuer *issuer)
{
    if ((issuer->algorithms & HS_ALGORITHMS) == 0) return PEN_OK;

    const struct pen_json *const jwks = pen_json_member(value, PEN_S("jwks"));
    if (issuer->jwks_file.len == 0) {
        return pen_reader_fail(reader, pen_json_member(value, PEN_S("algorithms")),
                               "HS256, HS384 and HS512 need a shared secret from a jwks 'file'; a "
                               "URL would publish it");
    }
    return pen_reference_check_file(reader, pen_json_member(jwks, PEN_S("file")), issuer->jwks_file,
                                    true);
}

enum pen_status pen_read_issuers(struct pen_reader *reader, const struct pen_json *value,
                                 void *target)
{
    struct pen_config *config = target;
    struct pen_config_issuer *issuers =
        pen_arena_calloc(reader->arena, value->count, sizeof(*issuers));
    if (issuers == NULL) return pen_reader_no_memory(reader);

    for (const struct pen_json *item = value->first; item != NULL; item = item->next) {
        struct pen_config_issuer *const issuer = &issuers[item->index];
        *issuer = issuer_defaults;
        issuer->index = item->index;
        issuer->place = pen_reader_place(reader, item, PEN_S("jwks"));
        PEN_TRY(pen_reader_name(reader, item, &issuer->name));
        PEN_TRY(pen_reader_mapping(reader, item, &pen_shape_issuer, issuer));
        PEN_TRY(check_secret_keys(reader, item, issuer));
    }
    config->issuers = issuers;
    config->issuer_count = value->count;
    return PEN_OK;
}
