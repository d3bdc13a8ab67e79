/**
 * Segments first, by length and count alone; then the header; the payload is only decoded.
 *
 * libjwt 1.10 skips junk inside base64, takes padding and both alphabets, reads JSON up to a NUL
 * and the last of two equal names, and ignores `crit`: each is a second spelling of one token, or a
 * second meaning of one spelling.
 */
#include "gateway/auth/jws.h"

#include "filters/core/codec.h"

#define SEGMENTS           3
#define ENCRYPTED_SEGMENTS 5 /* RFC 7516: a JWE; never decrypted, so its bombs never run */

/* base64url without padding: three bytes in four characters. */
static size_t encoded_bytes(size_t decoded)
{
    return (decoded * 4 + 2) / 3;
}

static enum pen_token_result split(struct pen_str token, struct pen_str segments[SEGMENTS])
{
    if (token.len > PEN_TOKEN_MAX_BYTES) return PEN_TOKEN_TOO_LARGE;

    size_t count = 0;
    for (size_t start = 0; start <= token.len;) {
        const size_t dot = pen_str_find(token, '.', start);
        if (count < SEGMENTS) segments[count] = pen_str_slice(token, start, dot);
        count++;
        start = dot + 1;
    }
    if (count == ENCRYPTED_SEGMENTS) return PEN_TOKEN_ENCRYPTED;
    if (count != SEGMENTS) return PEN_TOKEN_MALFORMED;
    for (size_t i = 0; i < SEGMENTS; i++) {
        if (segments[i].len == 0) return PEN_TOKEN_MALFORMED;
    }
    if (segments[0].len > encoded_bytes(PEN_HEADER_MAX_BYTES)
        || segments[1].len > encoded_bytes(PEN_CLAIMS_MAX_BYTES)) {
        return PEN_TOKEN_TOO_LARGE;
    }
    return PEN_TOKEN_OK;
}

static enum pen_token_result decode(struct pen_str segment, struct pen_arena *arena,
                                    struct pen_str *out)
{
    switch (pen_codec_base64url(segment, arena, out)) {
    case PEN_OK:
        return PEN_TOKEN_OK;
    case PEN_ERR_SYNTAX:
        return PEN_TOKEN_MALFORMED;
    case PEN_ERR_NOMEM:
    case PEN_ERR_LIMIT:
    case PEN_ERR_INVALID:
    case PEN_ERR_UNSUPPORTED:
    case PEN_ERR_NOT_FOUND:
    case PEN_ERR_IO:
    case PEN_ERR_INTERNAL:
        break;
    }
    return PEN_TOKEN_INTERNAL;
}

static bool has_any(const struct pen_json *object, const struct pen_str *names, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (pen_json_member(object, names[i]) != NULL) return true;
    }
    return false;
}

static enum pen_token_result check_members(const struct pen_json *header)
{
    /* RFC 8725 section 3.10: keys that a token brings along prove nothing and are never fetched. */
    static const struct pen_str keys[] = {PEN_STR("jku"), PEN_STR("x5u"), PEN_STR("jwk"),
                                          PEN_STR("x5c")};
    if (has_any(header, keys, PEN_COUNT_OF(keys))) return PEN_TOKEN_FORBIDDEN_HEADER;

    /* RFC 7515 section 4.1.11: "crit" names extensions that MUST be understood; we know none, and
       an empty list is not allowed either. RFC 7797's "b64" and the members of a JWE change what
       the payload is. */
    static const struct pen_str meanings[] = {PEN_STR("crit"), PEN_STR("b64"), PEN_STR("enc"),
                                              PEN_STR("zip")};
    if (has_any(header, meanings, PEN_COUNT_OF(meanings))) return PEN_TOKEN_BAD_HEADER;

    /* RFC 7519 section 5.2: a nested JWT says "JWT" here; only claims are read. */
    const struct pen_str content =
        pen_json_string_or(pen_json_member(header, PEN_S("cty")), PEN_S(""));
    if (pen_str_equal_fold(content, PEN_S("JWT"))
        || pen_str_equal_fold(content, PEN_S("application/jwt"))) {
        return PEN_TOKEN_BAD_HEADER;
    }
    return PEN_TOKEN_OK;
}

static enum pen_token_result read_members(struct pen_jws *jws)
{
    const struct pen_json *const alg = pen_json_member(jws->header, PEN_S("alg"));
    if (alg == NULL || alg->type != PEN_JSON_STRING) return PEN_TOKEN_BAD_HEADER;

    const struct pen_json *const typ = pen_json_member(jws->header, PEN_S("typ"));
    if (typ != NULL && (typ->type != PEN_JSON_STRING || typ->text.len == 0)) {
        return PEN_TOKEN_BAD_HEADER;
    }
    const struct pen_json *const kid = pen_json_member(jws->header, PEN_S("kid"));
    if (kid != NULL
        && (kid->type != PEN_JSON_STRING || kid->text.len == 0
            || kid->text.len > PEN_KID_MAX_BYTES)) {
        return PEN_TOKEN_BAD_HEADER;
    }
    jws->alg = pen_jws_alg_named(alg->text);
    jws->typ = typ != NULL ? typ->text : PEN_S("");
    jws->kid = kid != NULL ? kid->text : (struct pen_str){0};
    return jws->alg == PEN_JWS_NONE_KNOWN ? PEN_TOKEN_ALGORITHM : PEN_TOKEN_OK;
}

static enum pen_token_result read_header(struct pen_str segment, struct pen_arena *arena,
                                         struct pen_jws *jws)
{
    struct pen_str text;
    const enum pen_token_result result = decode(segment, arena, &text);
    if (result != PEN_TOKEN_OK) return result;

    const struct pen_json_limits limits = {.depth = PEN_TOKEN_MAX_DEPTH,
                                           .nodes = PEN_TOKEN_MAX_NODES};
    const enum pen_status status = pen_json_read(text, &limits, arena, &jws->header, NULL);
    if (status == PEN_ERR_NOMEM) return PEN_TOKEN_INTERNAL;
    if (status != PEN_OK || jws->header->type != PEN_JSON_OBJECT) return PEN_TOKEN_BAD_HEADER;

    const enum pen_token_result members = check_members(jws->header);
    return members != PEN_TOKEN_OK ? members : read_members(jws);
}

enum pen_token_result pen_jws_read(struct pen_str token, struct pen_arena *arena,
                                   struct pen_jws *out)
{
    struct pen_str segments[SEGMENTS];
    enum pen_token_result result = split(token, segments);
    if (result != PEN_TOKEN_OK) return result;

    struct pen_jws jws = {
        .header_segment = segments[0],
        .payload_segment = segments[1],
        .signed_text = pen_str_slice(token, 0, segments[0].len + 1 + segments[1].len),
    };
    result = read_header(segments[0], arena, &jws);
    if (result == PEN_TOKEN_OK) result = decode(segments[1], arena, &jws.payload);
    if (result == PEN_TOKEN_OK) result = decode(segments[2], arena, &jws.signature);
    if (result == PEN_TOKEN_OK) *out = jws;
    return result;
}
