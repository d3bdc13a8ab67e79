/**
 * Claims, read from our own parse alone: libjwt's integer getter gives 0 without an error for an
 * `exp` of 1.0 or "1", and 0 has meant "never" before.
 *
 * Times are whole seconds; a fraction is cut, so a token ends up to a second early, never late.
 */
#include "gateway/auth/claims.h"

#include "gateway/auth/jws.h"

enum pen_token_result pen_claims_read(struct pen_str payload, struct pen_arena *arena,
                                      const struct pen_json **out)
{
    const struct pen_json_limits limits = {.depth = PEN_TOKEN_MAX_DEPTH,
                                           .nodes = PEN_TOKEN_MAX_NODES};
    const struct pen_json *claims;
    const enum pen_status status = pen_json_read(payload, &limits, arena, &claims, NULL);
    if (status == PEN_ERR_NOMEM) return PEN_TOKEN_INTERNAL;
    if (status != PEN_OK || claims->type != PEN_JSON_OBJECT) return PEN_TOKEN_BAD_CLAIMS;

    *out = claims;
    return PEN_TOKEN_OK;
}

/* RFC 7515 section 4.1.9: a media type whose "application/" may be left out; case does not count.
 */
static bool is_media_type(struct pen_str typ, struct pen_str subtype)
{
    const struct pen_str prefix = PEN_STR("application/");
    if (pen_str_starts_fold(typ, prefix)) typ = pen_str_slice(typ, prefix.len, typ.len);
    return pen_str_equal_fold(typ, subtype);
}

/* RFC 8725 section 3.11: explicit types keep a proof, a logout or an ID token from passing here. */
bool pen_claims_typ_fits(enum pen_token_profile profile, struct pen_str typ)
{
    const bool plain = typ.len == 0 || is_media_type(typ, PEN_S("JWT"));
    const bool access = is_media_type(typ, PEN_S("at+jwt"));
    switch (profile) {
    case PEN_PROFILE_ANY:
        return plain || access;
    case PEN_PROFILE_RFC9068:
        return access;
    case PEN_PROFILE_OIDC:
        return plain;
    }
    return false;
}

static bool is_string(const struct pen_json *value)
{
    return value != NULL && value->type == PEN_JSON_STRING;
}

/* RFC 9068 section 2.2: iss and exp are required of every token; these of this profile. */
static bool has_profile_claims(const struct pen_json *claims)
{
    static const struct pen_str required[] = {PEN_STR("sub"), PEN_STR("client_id"), PEN_STR("jti")};
    for (size_t i = 0; i < PEN_COUNT_OF(required); i++) {
        const struct pen_json *const claim = pen_json_member(claims, required[i]);
        if (!is_string(claim) || claim->text.len == 0) return false;
    }
    return pen_json_member(claims, PEN_S("iat")) != NULL;
}

static bool is_audience(const struct pen_config_issuer *issuer, struct pen_str name)
{
    for (size_t i = 0; i < issuer->audience_count; i++) {
        if (pen_str_equal(issuer->audiences[i], name)) return true;
    }
    return false;
}

/* RFC 7519 section 4.1.3: a principal not named in "aud" MUST reject the token. None at all names
   nobody. */
static enum pen_token_result check_audience(const struct pen_json *claims,
                                            const struct pen_config_issuer *issuer)
{
    const struct pen_json *const aud = pen_json_member(claims, PEN_S("aud"));
    if (aud == NULL) return PEN_TOKEN_AUDIENCE;
    if (is_string(aud)) {
        return is_audience(issuer, aud->text) ? PEN_TOKEN_OK : PEN_TOKEN_AUDIENCE;
    }
    if (aud->type != PEN_JSON_ARRAY) return PEN_TOKEN_BAD_CLAIMS;

    bool named = false;
    for (const struct pen_json *one = aud->first; one != NULL; one = one->next) {
        if (!is_string(one)) return PEN_TOKEN_BAD_CLAIMS;
        named = named || is_audience(issuer, one->text);
    }
    return named ? PEN_TOKEN_OK : PEN_TOKEN_AUDIENCE;
}

/* A NumericDate, positive. */
static bool read_time(const struct pen_json *value, int64_t *out)
{
    int64_t seconds;
    if (pen_json_to_seconds(value, &seconds) != PEN_OK || seconds <= 0) return false;

    *out = seconds;
    return true;
}

static enum pen_token_result check_times(const struct pen_json *claims,
                                         const struct pen_config_issuer *issuer, int64_t now,
                                         int64_t *expires)
{
    const int64_t leeway = issuer->leeway_s;
    const struct pen_json *const exp = pen_json_member(claims, PEN_S("exp"));
    const struct pen_json *const nbf = pen_json_member(claims, PEN_S("nbf"));
    const struct pen_json *const iat = pen_json_member(claims, PEN_S("iat"));
    int64_t end = 0;
    int64_t begin = 0;
    /* Without iat the lifetime began now at the latest. */
    int64_t issued = now + leeway;
    if (exp == NULL || !read_time(exp, &end)) return PEN_TOKEN_BAD_CLAIMS;
    if (nbf != NULL && !read_time(nbf, &begin)) return PEN_TOKEN_BAD_CLAIMS;
    if (iat != NULL && !read_time(iat, &issued)) return PEN_TOKEN_BAD_CLAIMS;

    if (now >= end + leeway) return PEN_TOKEN_EXPIRED;
    if (begin > now + leeway || issued > now + leeway) return PEN_TOKEN_NOT_YET;
    if (issuer->max_lifetime_s > 0 && end - issued > (int64_t)issuer->max_lifetime_s) {
        return PEN_TOKEN_LIFETIME;
    }
    *expires = end;
    return PEN_TOKEN_OK;
}

enum pen_token_result pen_claims_check(const struct pen_json *claims,
                                       const struct pen_config_issuer *issuer, int64_t now,
                                       int64_t *expires)
{
    /* RFC 7800: whoever presents it must prove a key. Not checked here, so not accepted. */
    if (pen_json_member(claims, PEN_S("cnf")) != NULL) return PEN_TOKEN_BINDING;

    /* RFC 8417 section 4.6: a security event (a logout token among them) is not an access token. */
    const struct pen_json *const events = pen_json_member(claims, PEN_S("events"));
    if (events != NULL && events->type == PEN_JSON_OBJECT) return PEN_TOKEN_TYPE;

    const struct pen_json *const sub = pen_json_member(claims, PEN_S("sub"));
    if (sub != NULL && !is_string(sub)) return PEN_TOKEN_BAD_CLAIMS;
    if (issuer->profile == PEN_PROFILE_RFC9068 && !has_profile_claims(claims)) {
        return PEN_TOKEN_BAD_CLAIMS;
    }
    const enum pen_token_result times = check_times(claims, issuer, now, expires);
    return times != PEN_TOKEN_OK ? times : check_audience(claims, issuer);
}
