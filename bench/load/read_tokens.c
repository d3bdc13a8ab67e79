/**
 * `tokens`: from a file, minted with a key of `penstock token --init`, or another one spoilt.
 *
 *   tokens:
 *     shop:     { key: signing.key, issuer: https://id.example/, scope: "orders:write", callers: 50
 * } recorded: { file: tokens.txt } forged:   { spoil: shop }
 */
#include <string.h>

#include "bench/load/reading.h"
#include "gateway/auth/mint.h"
#include "gateway/clock.h"

#define CLAIMS_MOST   16
#define EXPIRES_MS    21600000 /* six hours: longer than a load may last */
#define EXPIRED_AGO_S 3600
#define BEARER        "Authorization: Bearer "
#define RECIPE(x, is) PEN_FIELD(struct recipe, x, is)

/* One entry of `tokens` as it stands there. */
struct recipe {
    const struct pen_json *file;
    struct pen_str key;
    struct pen_str issuer;
    struct pen_str audience;
    struct pen_str subject;
    struct pen_str scope;
    struct pen_mint_claim claims[CLAIMS_MOST];
    size_t claim_count;
    uint32_t callers;
    bool expired;
    struct pen_str spoil;
};

static enum pen_status read_file(struct pen_reader *reader, const struct pen_json *value,
                                 void *target)
{
    (void)reader;
    struct recipe *const recipe = target;
    recipe->file = value;
    return PEN_OK;
}

static enum pen_status read_claims(struct pen_reader *reader, const struct pen_json *value,
                                   void *target)
{
    struct recipe *const recipe = target;
    for (const struct pen_json *claim = value->first; claim != NULL; claim = claim->next) {
        if (recipe->claim_count == CLAIMS_MOST) return PEN_ERR_INTERNAL; /* the schema says so */
        struct pen_mint_claim *const out = &recipe->claims[recipe->claim_count++];
        out->name = claim->name;
        PEN_TRY(pen_reader_text(reader, claim, PEN_KEY_REFERENCE, &out->value));
    }
    return PEN_OK;
}

static const struct pen_key recipe_keys[] = {
    {PEN_STR("file"), .kind = PEN_KEY_READ, .read = read_file},
    {PEN_STR("key"), .kind = PEN_KEY_FILE, .offset = RECIPE(key, struct pen_str)},
    {PEN_STR("issuer"), .kind = PEN_KEY_TEXT, .flags = PEN_KEY_REFERENCE,
     .offset = RECIPE(issuer, struct pen_str)},
    {PEN_STR("audience"), .kind = PEN_KEY_TEXT, .flags = PEN_KEY_REFERENCE,
     .offset = RECIPE(audience, struct pen_str)},
    {PEN_STR("subject"), .kind = PEN_KEY_TEXT, .flags = PEN_KEY_REFERENCE,
     .offset = RECIPE(subject, struct pen_str)},
    {PEN_STR("scope"), .kind = PEN_KEY_TEXT, .flags = PEN_KEY_REFERENCE,
     .offset = RECIPE(scope, struct pen_str)},
    {PEN_STR("claims"), .kind = PEN_KEY_READ, .read = read_claims},
    {PEN_STR("callers"), .kind = PEN_KEY_NUMBER, .offset = RECIPE(callers, uint32_t)},
    {PEN_STR("expired"), .kind = PEN_KEY_FLAG, .offset = RECIPE(expired, bool)},
    {PEN_STR("spoil"), .kind = PEN_KEY_TEXT, .offset = RECIPE(spoil, struct pen_str)},
};

static const struct pen_shape recipe_shape = {
    .schema = "",
    .keys = recipe_keys,
    .key_count = PEN_COUNT_OF(recipe_keys),
};

static char *field_of(struct pen_reader *reader, struct pen_str token)
{
    char *const field = pen_arena_bytes(reader->arena, sizeof(BEARER) + token.len);
    if (field == NULL) return NULL;
    memcpy(field, BEARER, sizeof(BEARER) - 1);
    memcpy(field + sizeof(BEARER) - 1, token.ptr, token.len);
    field[sizeof(BEARER) - 1 + token.len] = '\0';
    return field;
}

static enum pen_status take_room(struct pen_reader *reader, struct load_tokens *tokens,
                                 size_t count)
{
    tokens->fields = pen_arena_calloc(reader->arena, count, sizeof(*tokens->fields));
    if (tokens->fields == NULL) return pen_reader_no_memory(reader);
    tokens->count = count;
    return PEN_OK;
}

static enum pen_status from_file(struct pen_reader *reader, const struct recipe *recipe,
                                 struct load_tokens *tokens)
{
    struct pen_str text;
    const struct pen_str *lines;
    size_t count;
    PEN_TRY(load_read_file(reader, recipe->file, &text));
    PEN_TRY(load_split_lines(reader, recipe->file, text, &lines, &count));
    PEN_TRY(take_room(reader, tokens, count));
    for (size_t i = 0; i < count; i++) {
        for (size_t j = 0; j < lines[i].len; j++) {
            const unsigned char c = (unsigned char)lines[i].ptr[j];
            if (c > 0x20 && c < 0x7F) continue;
            return pen_reader_fail(reader, recipe->file,
                                   "line %zu of the tokens in it has a space or control character: "
                                   "one token a line, without \"Bearer\"",
                                   i + 1);
        }
        tokens->fields[i] = field_of(reader, lines[i]);
        if (tokens->fields[i] == NULL) return pen_reader_no_memory(reader);
    }
    return PEN_OK;
}

/* Callers differ in their subject; one caller has the subject that was given. */
static enum pen_status subject_of(struct pen_reader *reader, const struct recipe *recipe,
                                  uint32_t caller, struct pen_str *out)
{
    const struct pen_str subject = recipe->subject.len > 0 ? recipe->subject : PEN_S("load");
    *out = subject;
    if (recipe->callers <= 1) return PEN_OK;

    char *const memory = pen_arena_bytes(reader->arena, subject.len + 24);
    if (memory == NULL) return pen_reader_no_memory(reader);
    struct pen_buf buf = pen_buf_over(memory, subject.len + 24);
    pen_buf_put(&buf, subject);
    pen_buf_byte(&buf, '-');
    pen_buf_u64(&buf, caller);
    *out = pen_buf_str(&buf);
    return PEN_OK;
}

static enum pen_status mint_with(struct pen_reader *reader, const struct pen_json *value,
                                 const struct recipe *recipe, const struct pen_signer *signer,
                                 struct load_tokens *tokens)
{
    char memory[64];
    struct pen_buf kid = pen_buf_over(memory, sizeof(memory));
    struct pen_error err = {.text = ""};
    if (pen_signer_thumbprint(signer, &kid) != PEN_OK) {
        return pen_reader_fail(reader, value, "the key has no thumbprint");
    }
    const int64_t now = pen_clock_unix_s();
    const struct pen_str audience =
        recipe->audience.len > 0 ? recipe->audience : PEN_S("functions");
    struct pen_mint_request request = {
        .kid = pen_buf_str(&kid),
        .issuer = recipe->issuer,
        .audiences = &audience,
        .audience_count = 1,
        .scope = recipe->scope,
        .issued_at = recipe->expired ? now - 2 * EXPIRED_AGO_S : now,
        .expires_at = recipe->expired ? now - EXPIRED_AGO_S : now + EXPIRES_MS / 1000,
        .claims = recipe->claims,
        .claim_count = recipe->claim_count,
    };
    for (uint32_t i = 0; i < tokens->count; i++) {
        struct pen_str token;
        PEN_TRY(subject_of(reader, recipe, i, &request.subject));
        if (pen_mint_token(signer, &request, reader->arena, &token, &err) != PEN_OK) {
            return pen_reader_fail(reader, value, "%s", err.text);
        }
        tokens->fields[i] = field_of(reader, token);
        if (tokens->fields[i] == NULL) return pen_reader_no_memory(reader);
    }
    return PEN_OK;
}

static enum pen_status minted(struct pen_reader *reader, const struct pen_json *value,
                              const struct recipe *recipe, struct load_tokens *tokens)
{
    struct pen_signer *signer;
    struct pen_error err = {.text = ""};
    if (recipe->issuer.len == 0) {
        return pen_reader_fail_name(reader, value,
                                    "a minted token needs `issuer`, the claim that the gateway "
                                    "knows it by");
    }
    if (!reader->options->look_at_files) return pen_reader_fail(reader, value, "no file is read");
    PEN_TRY(take_room(reader, tokens, recipe->callers == 0 ? 1 : recipe->callers));
    if (pen_signer_load(recipe->key, PEN_JWS_NONE_KNOWN, &signer, &err) != PEN_OK) {
        return pen_reader_fail(reader, pen_json_member(value, PEN_S("key")), "%s", err.text);
    }
    const enum pen_status status = mint_with(reader, value, recipe, signer, tokens);
    pen_signer_destroy(signer);
    return status;
}

/* The same tokens, each with another letter in the middle of its signature. */
static enum pen_status spoilt(struct pen_reader *reader, const struct pen_json *value,
                              const struct recipe *recipe, const struct load_reading *reading,
                              struct load_tokens *tokens)
{
    const struct load_tokens *from = NULL;
    for (size_t i = 0; i < reading->token_count; i++) {
        if (pen_str_equal(reading->tokens[i].name, recipe->spoil)) from = &reading->tokens[i];
    }
    if (from == NULL) {
        return pen_reader_fail(reader, pen_json_member(value, PEN_S("spoil")),
                               "there are no tokens '%s' above this line",
                               pen_reader_excerpt(recipe->spoil).text);
    }
    PEN_TRY(take_room(reader, tokens, from->count));
    for (size_t i = 0; i < from->count; i++) {
        const struct pen_str good = pen_str_from_c(from->fields[i] + sizeof(BEARER) - 1);
        const char *const dot = memrchr(good.ptr, '.', good.len);
        char *const field = field_of(reader, good);
        if (field == NULL) return pen_reader_no_memory(reader);
        const size_t signature = dot == NULL ? 0 : (size_t)(dot - good.ptr) + 1;
        const size_t middle = (signature + good.len) / 2;
        char *const letter =
            field + sizeof(BEARER) - 1 + (middle < good.len ? middle : good.len - 1);
        *letter = *letter == 'A' ? 'B' : 'A';
        tokens->fields[i] = field;
    }
    return PEN_OK;
}

static enum pen_status read_one(struct pen_reader *reader, const struct pen_json *value,
                                const struct load_reading *reading, struct load_tokens *tokens)
{
    struct recipe recipe = {.callers = 0};
    PEN_TRY(pen_reader_name(reader, value, &tokens->name));
    PEN_TRY(pen_reader_mapping(reader, value, &recipe_shape, &recipe));
    const int ways = (recipe.file != NULL) + (recipe.key.len > 0) + (recipe.spoil.len > 0);
    if (ways != 1) {
        return pen_reader_fail_name(reader, value,
                                    "say one of `key` (to mint tokens with), `file` (one token a "
                                    "line) and `spoil` (other tokens, their signature broken)");
    }
    if (recipe.file != NULL) return from_file(reader, &recipe, tokens);
    if (recipe.key.len > 0) return minted(reader, value, &recipe, tokens);
    return spoilt(reader, value, &recipe, reading, tokens);
}

enum pen_status load_read_tokens(struct pen_reader *reader, const struct pen_json *value,
                                 void *target)
{
    struct load_reading *const reading = target;
    reading->tokens = pen_arena_calloc(reader->arena, value->count, sizeof(*reading->tokens));
    if (reading->tokens == NULL) return pen_reader_no_memory(reader);

    for (const struct pen_json *one = value->first; one != NULL; one = one->next) {
        PEN_TRY(read_one(reader, one, reading, &reading->tokens[reading->token_count]));
        reading->token_count++;
    }
    return PEN_OK;
}
