/**
 * Tokens whose makers gave them a prefix: a table of prefix, alphabet, length and check.
 *
 * The prefixes are published so that scanners find the tokens; where a maker built a checksum in,
 * it is checked, and otherwise the token must look random. Test keys are not reported.
 */
#include "filters/secrets_find.h"
#include "filters/secrets_shape.h"

#define CERTAIN 95 /* prefix, length and a checksum or a long random part */
#define LIKELY  85 /* prefix, length and random letters */
#define HALF    60 /* half of a secret, or of little power alone */

enum check {
    CHECK_RANDOM,
    CHECK_CRC,    /* and a CRC-32 in base 62 behind it */
    CHECK_PAT,    /* GitHub's fine-grained: 22 letters, '_', 59 letters */
    CHECK_OPENAI, /* its mark in the middle, "OpenAI" in base64 */
    CHECK_SENDGRID /* 22 letters, '.', 43 letters */,
    CHECK_SLACK, /* numbers between dashes, then letters */
    CHECK_PATH,  /* what is random stands behind the last slash */
};

struct token {
    struct pen_str prefix;
    enum pen_alphabet alphabet;
    uint16_t least; /* letters behind the prefix */
    uint16_t most;
    const char *rule;
    uint8_t score;
    enum check check;
};

#define GITHUB  "secrets.github_token"
#define SLACK   "secrets.slack_token"
#define STRIPE  "secrets.stripe_key"
#define SERVICE "secrets.service_key"
#define PACKAGE "secrets.package_token"
#define GOOGLE  "secrets.gcp_key"
#define AI      "secrets.ai_key"

/* clang-format off: a table, sorted by the first letter */
static const struct token tokens[] = {
    {PEN_STR("AGE-SECRET-KEY-1"), PEN_ALPHABET_UPPER, 58, 58, "secrets.private_key", CERTAIN,
     CHECK_RANDOM},
    {PEN_STR("AIza"), PEN_ALPHABET_URL, 35, 35, GOOGLE, LIKELY, CHECK_RANDOM},
    {PEN_STR("ATATT3"), PEN_ALPHABET_BASE64, 100, 300, SERVICE, LIKELY, CHECK_RANDOM},
    {PEN_STR("GOCSPX-"), PEN_ALPHABET_URL, 28, 28, GOOGLE, LIKELY, CHECK_RANDOM},
    {PEN_STR("PMAK-"), PEN_ALPHABET_URL, 59, 59, SERVICE, LIKELY, CHECK_RANDOM},
    {PEN_STR("SG."), PEN_ALPHABET_TILDE, 66, 66, "secrets.sendgrid_key", CERTAIN, CHECK_SENDGRID},
    {PEN_STR("SK"), PEN_ALPHABET_HEX, 32, 32, "secrets.twilio_key", HALF, CHECK_RANDOM},
    {PEN_STR("dapi"), PEN_ALPHABET_HEX, 32, 32, SERVICE, LIKELY, CHECK_RANDOM},
    {PEN_STR("dckr_pat_"), PEN_ALPHABET_URL, 27, 27, PACKAGE, LIKELY, CHECK_RANDOM},
    {PEN_STR("discord.com/api/webhooks/"), PEN_ALPHABET_BASE64, 20, 20, SERVICE, LIKELY,
     CHECK_PATH},
    {PEN_STR("doo_v1_"), PEN_ALPHABET_HEX, 64, 64, SERVICE, CERTAIN, CHECK_RANDOM},
    {PEN_STR("dop_v1_"), PEN_ALPHABET_HEX, 64, 64, SERVICE, CERTAIN, CHECK_RANDOM},
    {PEN_STR("dor_v1_"), PEN_ALPHABET_HEX, 64, 64, SERVICE, CERTAIN, CHECK_RANDOM},
    {PEN_STR("ghp_"), PEN_ALPHABET_BASE62, 36, 36, GITHUB, CERTAIN, CHECK_CRC},
    {PEN_STR("gho_"), PEN_ALPHABET_BASE62, 36, 36, GITHUB, CERTAIN, CHECK_CRC},
    {PEN_STR("ghu_"), PEN_ALPHABET_BASE62, 36, 36, GITHUB, CERTAIN, CHECK_CRC},
    {PEN_STR("ghs_"), PEN_ALPHABET_BASE62, 36, 36, GITHUB, CERTAIN, CHECK_CRC},
    {PEN_STR("ghr_"), PEN_ALPHABET_BASE62, 76, 76, GITHUB, LIKELY, CHECK_RANDOM},
    {PEN_STR("github_pat_"), PEN_ALPHABET_WORD, 82, 82, GITHUB, CERTAIN, CHECK_PAT},
    {PEN_STR("glpat-"), PEN_ALPHABET_TILDE, 20, 64, "secrets.gitlab_token", LIKELY, CHECK_RANDOM},
    {PEN_STR("gldt-"), PEN_ALPHABET_TILDE, 20, 64, "secrets.gitlab_token", LIKELY, CHECK_RANDOM},
    {PEN_STR("glrt-"), PEN_ALPHABET_TILDE, 20, 64, "secrets.gitlab_token", LIKELY, CHECK_RANDOM},
    {PEN_STR("glptt-"), PEN_ALPHABET_HEX, 40, 40, "secrets.gitlab_token", LIKELY, CHECK_RANDOM},
    {PEN_STR("glsa_"), PEN_ALPHABET_WORD, 41, 41, SERVICE, LIKELY, CHECK_RANDOM},
    {PEN_STR("hf_"), PEN_ALPHABET_BASE62, 34, 34, AI, LIKELY, CHECK_RANDOM},
    {PEN_STR("hooks.slack.com/services/"), PEN_ALPHABET_BASE64, 40, 60, SLACK, LIKELY, CHECK_PATH},
    {PEN_STR("hvs."), PEN_ALPHABET_URL, 90, 200, SERVICE, LIKELY, CHECK_RANDOM},
    {PEN_STR("lin_api_"), PEN_ALPHABET_BASE62, 40, 40, SERVICE, LIKELY, CHECK_RANDOM},
    {PEN_STR("npm_"), PEN_ALPHABET_BASE62, 36, 36, PACKAGE, CERTAIN, CHECK_CRC},
    {PEN_STR("pypi-AgE"), PEN_ALPHABET_URL, 85, 300, PACKAGE, CERTAIN, CHECK_RANDOM},
    {PEN_STR("rk_live_"), PEN_ALPHABET_BASE62, 20, 120, STRIPE, CERTAIN, CHECK_RANDOM},
    {PEN_STR("shpat_"), PEN_ALPHABET_HEX, 32, 32, SERVICE, CERTAIN, CHECK_RANDOM},
    {PEN_STR("shpca_"), PEN_ALPHABET_HEX, 32, 32, SERVICE, CERTAIN, CHECK_RANDOM},
    {PEN_STR("shppa_"), PEN_ALPHABET_HEX, 32, 32, SERVICE, CERTAIN, CHECK_RANDOM},
    {PEN_STR("shpss_"), PEN_ALPHABET_HEX, 32, 32, SERVICE, CERTAIN, CHECK_RANDOM},
    {PEN_STR("sk-ant-"), PEN_ALPHABET_URL, 80, 130, AI, CERTAIN, CHECK_RANDOM},
    {PEN_STR("sk-"), PEN_ALPHABET_URL, 48, 220, AI, CERTAIN, CHECK_OPENAI},
    {PEN_STR("sk_live_"), PEN_ALPHABET_BASE62, 20, 120, STRIPE, CERTAIN, CHECK_RANDOM},
    {PEN_STR("xapp-1-"), PEN_ALPHABET_URL, 80, 120, SLACK, CERTAIN, CHECK_RANDOM},
    {PEN_STR("xoxa-"), PEN_ALPHABET_URL, 40, 180, SLACK, CERTAIN, CHECK_SLACK},
    {PEN_STR("xoxb-"), PEN_ALPHABET_URL, 40, 180, SLACK, CERTAIN, CHECK_SLACK},
    {PEN_STR("xoxe-"), PEN_ALPHABET_URL, 40, 180, SLACK, CERTAIN, CHECK_SLACK},
    {PEN_STR("xoxp-"), PEN_ALPHABET_URL, 40, 180, SLACK, CERTAIN, CHECK_SLACK},
    {PEN_STR("xoxr-"), PEN_ALPHABET_URL, 40, 180, SLACK, CERTAIN, CHECK_SLACK},
    {PEN_STR("xoxs-"), PEN_ALPHABET_URL, 40, 180, SLACK, CERTAIN, CHECK_SLACK},
    {PEN_STR("ya29."), PEN_ALPHABET_URL, 60, 400, GOOGLE, LIKELY, CHECK_RANDOM},
};
/* clang-format on */

static bool has_parts(struct pen_str body, char mark, size_t first, size_t second)
{
    const size_t end = pen_str_find(body, mark, 0);
    return end == first && body.len == first + 1 + second;
}

/* "2-123456789012-1234567890123-AbC…": what is random is the last part. */
static struct pen_str last_part(struct pen_str body, char mark)
{
    size_t start = body.len;
    while (start > 0 && body.ptr[start - 1] != mark) {
        start--;
    }
    return pen_str_slice(body, start, body.len);
}

static bool is_slack(struct pen_str body)
{
    const size_t end = pen_str_find(body, '-', 0);
    const struct pen_str last = last_part(body, '-');
    for (size_t i = 0; i < end; i++) {
        if (!pen_is_digit(body.ptr[i])) return false;
    }
    return end < body.len && last.len >= 20 && !pen_secrets_is_typed(last);
}

static bool is_sound(const struct token *token, struct pen_str body)
{
    switch (token->check) {
    case CHECK_RANDOM:
        return !pen_secrets_is_typed(body);
    case CHECK_CRC:
        return pen_secrets_has_crc(body) && !pen_secrets_is_typed(body);
    case CHECK_PAT:
        return has_parts(body, '_', 22, 59) && !pen_secrets_is_typed(body);
    case CHECK_OPENAI:
        return pen_str_find_str(body, PEN_S("T3BlbkFJ")) < body.len && !pen_secrets_is_typed(body);
    case CHECK_SENDGRID:
        return has_parts(body, '.', 22, 43) && !pen_secrets_is_typed(body);
    case CHECK_SLACK:
        return is_slack(body);
    case CHECK_PATH: {
        const struct pen_str last = last_part(body, '/');
        return last.len >= 20 && last.len < body.len && !pen_secrets_is_typed(last);
    }
    }
    return false;
}

/* Behind the run from `start` on. A prefix may stand in the run of another: read once. */
static size_t run_end(struct pen_secrets *secrets, size_t start, enum pen_alphabet alphabet)
{
    size_t *const end = &secrets->runs[alphabet];
    if (start >= *end) *end = pen_secrets_run(secrets->text, start, alphabet, secrets->text.len);
    return *end;
}

/* A full stop or a dash at its end belongs to the sentence around it. */
static size_t without_tail(struct pen_str text, size_t start, size_t end)
{
    while (end > start && (text.ptr[end - 1] == '.' || text.ptr[end - 1] == '-')) {
        end--;
    }
    return end;
}

size_t pen_secrets_token(struct pen_secrets *secrets, size_t at)
{
    const struct pen_str text = secrets->text;
    const struct pen_str rest = pen_str_slice(text, at, text.len);
    for (size_t i = 0; i < PEN_COUNT_OF(tokens); i++) {
        const struct token *const token = &tokens[i];
        const char *const prefix = token->prefix.ptr; /* two letters or more */
        if (rest.ptr[0] != prefix[0] || rest.len < 2 || rest.ptr[1] != prefix[1]) continue;
        if (!pen_str_starts(rest, token->prefix)) continue;

        const size_t start = at + token->prefix.len;
        size_t end = run_end(secrets, start, token->alphabet);
        if (end - start > (size_t)token->most + 2) continue;
        end = without_tail(text, start, end);
        const size_t length = end - start;
        if (length < token->least || length > token->most) continue;
        if (end < text.len && pen_secrets_is(text.ptr[end], PEN_ALPHABET_WORD)) continue;
        if (!is_sound(token, pen_str_slice(text, start, end))) continue;

        pen_secrets_report(secrets, token->rule, at, end, token->score);
        return end;
    }
    return at;
}
