/** A token is written as JSON, read back strictly, and only then signed. */
#include "gateway/auth/mint.h"

#include <jwt.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "filters/core/codec.h"
#include "filters/core/json.h"
#include "gateway/file.h"

#define MAX_TEXT ((size_t)32 << 10) /* of a header or a payload: four times what is accepted */
#define MAX_JWK  4608               /* RSA of 8192 bits with a kid of 256 bytes, escaped */
#define SCRATCH  ((size_t)256 << 10)

static enum pen_status new_text(struct pen_arena *arena, size_t cap, struct pen_buf *out)
{
    char *const memory = pen_arena_bytes(arena, cap);
    if (memory == NULL) return PEN_ERR_NOMEM;

    *out = pen_buf_over(memory, cap);
    return PEN_OK;
}

static void put_name(struct pen_buf *buf, struct pen_str name)
{
    if (buf->len > 1) pen_buf_byte(buf, ',');
    pen_buf_byte(buf, '"');
    pen_buf_json(buf, name);
    pen_buf_put(buf, PEN_S("\":"));
}

static void put_text(struct pen_buf *buf, struct pen_str text)
{
    pen_buf_byte(buf, '"');
    pen_buf_json(buf, text);
    pen_buf_byte(buf, '"');
}

static void put_string(struct pen_buf *buf, struct pen_str name, struct pen_str value)
{
    if (value.len == 0) return;

    put_name(buf, name);
    put_text(buf, value);
}

static void put_time(struct pen_buf *buf, struct pen_str name, int64_t seconds)
{
    if (seconds == 0) return;

    put_name(buf, name);
    pen_buf_format(buf, "%lld", (long long)seconds);
}

static void put_audiences(struct pen_buf *buf, const struct pen_mint_request *request)
{
    if (request->audience_count == 0) return;

    put_name(buf, PEN_S("aud"));
    if (request->audience_count > 1) pen_buf_byte(buf, '[');
    for (size_t i = 0; i < request->audience_count; i++) {
        if (i > 0) pen_buf_byte(buf, ',');
        put_text(buf, request->audiences[i]);
    }
    if (request->audience_count > 1) pen_buf_byte(buf, ']');
}

static void put_header(struct pen_buf *buf, const struct pen_signer *signer,
                       const struct pen_mint_request *request)
{
    pen_buf_byte(buf, '{');
    put_string(buf, PEN_S("alg"), pen_str_from_c(pen_jws_alg_name(pen_signer_alg(signer))));
    put_string(buf, PEN_S("typ"), request->typ.len > 0 ? request->typ : PEN_S("JWT"));
    put_string(buf, PEN_S("kid"), request->kid);
    pen_buf_byte(buf, '}');
}

static void put_payload(struct pen_buf *buf, const struct pen_mint_request *request)
{
    pen_buf_byte(buf, '{');
    put_string(buf, PEN_S("iss"), request->issuer);
    put_audiences(buf, request);
    put_string(buf, PEN_S("sub"), request->subject);
    put_string(buf, PEN_S("scope"), request->scope);
    put_time(buf, PEN_S("iat"), request->issued_at);
    put_time(buf, PEN_S("exp"), request->expires_at);
    for (size_t i = 0; i < request->claim_count; i++) {
        const struct pen_mint_claim *const claim = &request->claims[i];
        put_name(buf, claim->name);
        if (claim->json) {
            pen_buf_put(buf, claim->value);
        } else {
            put_text(buf, claim->value);
        }
    }
    pen_buf_byte(buf, '}');
}

/* Duplicate names and broken values are told here, not left to whoever reads the token. */
static enum pen_status check_text(const struct pen_buf *text, const char *what,
                                  struct pen_arena *arena, struct pen_error *err)
{
    if (text->full) {
        pen_error_set(err, "the %s is longer than %zu bytes", what, MAX_TEXT);
        return PEN_ERR_INVALID;
    }
    const struct pen_json *value;
    struct pen_json_error trouble = {0};
    const enum pen_status status = pen_json_read(pen_buf_str(text), NULL, arena, &value, &trouble);
    if (status == PEN_OK || status == PEN_ERR_NOMEM) return status;

    pen_error_set(err, "the %s would not be valid: %s at byte %zu of %.*s", what, trouble.code,
                  trouble.offset, PEN_STR_ARGS(pen_buf_str(text)));
    return PEN_ERR_INVALID;
}

enum pen_status pen_mint_raw(const struct pen_signer *signer, struct pen_str header,
                             struct pen_str payload, struct pen_arena *arena, struct pen_str *out)
{
    /* Four characters for three bytes; the signature is bounded by RSA of 8192 bits. */
    if (header.len > MAX_TEXT || payload.len > MAX_TEXT) return PEN_ERR_INVALID;

    struct pen_buf token;
    PEN_TRY(new_text(arena, (header.len + payload.len) * 4 / 3 + 2048, &token));
    pen_codec_base64url_put(&token, header);
    pen_buf_byte(&token, '.');
    pen_codec_base64url_put(&token, payload);

    struct pen_str signature;
    PEN_TRY(pen_signer_sign(signer, pen_buf_str(&token), arena, &signature));
    pen_buf_byte(&token, '.');
    pen_codec_base64url_put(&token, signature);
    if (token.full) return PEN_ERR_INTERNAL;

    return pen_arena_copy(arena, pen_buf_str(&token), out);
}

static jwt_alg_t jwt_alg_of(enum pen_jws_alg alg)
{
    switch (alg) {
    case PEN_JWS_RS256:
        return JWT_ALG_RS256;
    case PEN_JWS_RS384:
        return JWT_ALG_RS384;
    case PEN_JWS_RS512:
        return JWT_ALG_RS512;
    case PEN_JWS_ES256:
        return JWT_ALG_ES256;
    case PEN_JWS_ES384:
        return JWT_ALG_ES384;
    case PEN_JWS_ES512:
        return JWT_ALG_ES512;
    case PEN_JWS_HS256:
        return JWT_ALG_HS256;
    case PEN_JWS_HS384:
        return JWT_ALG_HS384;
    case PEN_JWS_HS512:
        return JWT_ALG_HS512;
    case PEN_JWS_PS256:
    case PEN_JWS_PS384:
    case PEN_JWS_PS512:
    case PEN_JWS_EDDSA:
    case PEN_JWS_NONE_KNOWN:
        break;
    }
    return JWT_ALG_NONE;
}

static enum pen_status sign_by_libjwt(const struct pen_signer *signer, const char *header,
                                      const char *payload, struct pen_arena *arena,
                                      struct pen_str *out)
{
    const struct pen_str key = pen_signer_private(signer);
    jwt_t *jwt = NULL;
    if (key.len > INT_MAX) return PEN_ERR_INTERNAL;
    if (jwt_new(&jwt) != 0) return PEN_ERR_NOMEM;

    char *token = NULL;
    if (jwt_add_headers_json(jwt, header) == 0 && jwt_add_grants_json(jwt, payload) == 0
        && jwt_set_alg(jwt, jwt_alg_of(pen_signer_alg(signer)), (const unsigned char *)key.ptr,
                       (int)key.len)
               == 0) {
        token = jwt_encode_str(jwt);
    }
    jwt_free(jwt);
    const enum pen_status status =
        token != NULL ? pen_arena_copy(arena, pen_str_from_c(token), out) : PEN_ERR_INTERNAL;
    free(token);
    return status;
}

enum pen_status pen_mint_token(const struct pen_signer *signer,
                               const struct pen_mint_request *request, struct pen_arena *arena,
                               struct pen_str *out, struct pen_error *err)
{
    struct pen_buf header;
    struct pen_buf payload;
    PEN_TRY(new_text(arena, MAX_TEXT, &header));
    PEN_TRY(new_text(arena, MAX_TEXT, &payload));
    put_header(&header, signer, request);
    put_payload(&payload, request);
    PEN_TRY(check_text(&header, "header", arena, err));
    PEN_TRY(check_text(&payload, "payload", arena, err));

    enum pen_status status;
    if (jwt_alg_of(pen_signer_alg(signer)) == JWT_ALG_NONE) {
        status = pen_mint_raw(signer, pen_buf_str(&header), pen_buf_str(&payload), arena, out);
    } else {
        struct pen_str header_text;
        struct pen_str payload_text;
        PEN_TRY(pen_arena_copy(arena, pen_buf_str(&header), &header_text));
        PEN_TRY(pen_arena_copy(arena, pen_buf_str(&payload), &payload_text));
        status = sign_by_libjwt(signer, header_text.ptr, payload_text.ptr, arena, out);
    }
    if (status != PEN_OK) pen_error_set(err, "the token could not be signed");
    return status;
}

enum pen_status pen_mint_key_set(const struct pen_signer *const *signers,
                                 const struct pen_str *kids, size_t count, struct pen_arena *arena,
                                 struct pen_str *out)
{
    if (count > SIZE_MAX / MAX_JWK - 1) return PEN_ERR_LIMIT;

    struct pen_buf text;
    PEN_TRY(new_text(arena, (count + 1) * MAX_JWK, &text));
    pen_buf_put(&text, PEN_S("{\"keys\":["));
    for (size_t i = 0; i < count; i++) {
        if (i > 0) pen_buf_byte(&text, ',');
        PEN_TRY(pen_signer_jwk(signers[i], kids != NULL ? kids[i] : PEN_S(""), &text));
    }
    pen_buf_put(&text, PEN_S("]}\n"));
    if (text.full) return PEN_ERR_INTERNAL;

    return pen_arena_copy(arena, pen_buf_str(&text), out);
}

static enum pen_status path_in(struct pen_arena *arena, struct pen_str folder, const char *file,
                               struct pen_str *out)
{
    struct pen_buf path;
    PEN_TRY(new_text(arena, folder.len + 1 + strlen(file), &path));
    pen_buf_put(&path, folder);
    pen_buf_byte(&path, '/');
    pen_buf_put(&path, pen_str_from_c(file));
    return pen_arena_copy(arena, pen_buf_str(&path), out);
}

static enum pen_status write_in(struct pen_arena *arena, struct pen_str folder, const char *file,
                                unsigned mode, bool replace, struct pen_str contents,
                                struct pen_error *err)
{
    struct pen_str path;
    PEN_TRY(path_in(arena, folder, file, &path));
    return pen_file_write(path, mode, replace, contents, err);
}

/* Both or none: a key without its set would only be in the way of the next try. */
static enum pen_status check_absent(struct pen_arena *arena, struct pen_str folder,
                                    const char *file, struct pen_error *err)
{
    struct pen_str path;
    PEN_TRY(path_in(arena, folder, file, &path));
    if (access(path.ptr, F_OK) != 0) return PEN_OK;

    pen_error_set(err, "'%s' is there already; --force replaces it", path.ptr);
    return PEN_ERR_IO;
}

static enum pen_status write_keys(struct pen_arena *arena, const struct pen_signer *signer,
                                  struct pen_str folder, struct pen_str kid, bool replace,
                                  struct pen_error *err)
{
    struct pen_str document;
    PEN_TRY(pen_mint_key_set(&signer, &kid, 1, arena, &document));
    PEN_TRY(pen_file_make_folder(folder, err));
    if (!replace) {
        PEN_TRY(check_absent(arena, folder, PEN_MINT_KEY_FILE, err));
        PEN_TRY(check_absent(arena, folder, PEN_MINT_SET_FILE, err));
    }
    PEN_TRY(
        write_in(arena, folder, PEN_MINT_KEY_FILE, 0600, replace, pen_signer_private(signer), err));
    /* A set of secrets is as secret as they are. */
    const unsigned mode = pen_signer_is_secret(signer) ? 0600 : 0644;
    return write_in(arena, folder, PEN_MINT_SET_FILE, mode, replace, document, err);
}

enum pen_status pen_mint_write_keys(const struct pen_signer *signer, struct pen_str folder,
                                    struct pen_str kid, bool replace, struct pen_error *err)
{
    struct pen_arena *arena;
    PEN_TRY(pen_arena_create(SCRATCH, 8192, &arena));
    const enum pen_status status = write_keys(arena, signer, folder, kid, replace, err);
    pen_arena_destroy(arena);
    return status;
}
