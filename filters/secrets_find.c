/**
 * The pass: at every byte that can begin something its reader is asked.
 *
 * Most bytes begin nothing, and a token begins only where no word runs on; so the pass costs little
 * more than reading. Every reader takes its bytes once or gives up within a few.
 */
#include "filters/secrets_find.h"

#include <string.h>

#include "filters/secrets_numbers.h"
#include "filters/secrets_shape.h"

/* Looks around candidates, and so many more the longer the text: each costs as much as some
 * thousand bytes of the pass. */
#define LOOKS      16
#define LOOK_BYTES 256

const struct pen_rule pen_secrets_rules[PEN_SECRETS_RULES] = {
    {"secrets.aws_key", "an access key id of AWS: it names the account and opens nothing alone"},
    {"secrets.aws_secret", "a secret access key of AWS"},
    {"secrets.gcp_key", "a key or token of Google Cloud"},
    {"secrets.azure_key", "a key, a shared access signature or an application's secret of Azure"},
    {"secrets.github_token", "a token of GitHub, its checksum right where it has one"},
    {"secrets.gitlab_token", "a token of GitLab"},
    {"secrets.slack_token", "a token or an incoming webhook of Slack"},
    {"secrets.stripe_key", "a live key of Stripe"},
    {"secrets.twilio_key", "an API key of Twilio"},
    {"secrets.sendgrid_key", "an API key of SendGrid"},
    {"secrets.telegram_token", "the token of a Telegram bot"},
    {"secrets.package_token", "a token of a package registry"},
    {"secrets.ai_key", "a key of a language model's provider"},
    {"secrets.service_key", "a key of an online service, known by its prefix"},
    {"secrets.jwt", "a JSON Web Token: who holds it is believed to be its subject"},
    {"secrets.private_key", "a private key"},
    {"secrets.url_password", "a password within a URL"},
    {"secrets.connection_string", "a password within a connection string"},
    {"secrets.basic_auth", "credentials of HTTP Basic authentication"},
    {"secrets.card", "the number of a payment card, its check digit right"},
    {"secrets.card_test", "the number of a payment card that is published for tests"},
    {"secrets.iban", "an international bank account number, its check digits right"},
    {"secrets.national_id", "a number that a state gives to a person or a company"},
};

uint64_t pen_secrets_kind(struct pen_str kind)
{
    const size_t prefix = sizeof("secrets.") - 1;
    for (size_t i = 0; i < PEN_SECRETS_RULES; i++) {
        if (pen_str_equal(kind, pen_str_from_c(pen_secrets_rules[i].id + prefix))) {
            return (uint64_t)1 << i;
        }
    }
    return 0;
}

size_t pen_secrets_rule_index(const char *rule)
{
    size_t i = 0;
    while (i + 1 < PEN_SECRETS_RULES && strcmp(pen_secrets_rules[i].id, rule) != 0) {
        i++;
    }
    return i;
}

bool pen_secrets_look(struct pen_secrets *secrets)
{
    return secrets->looks++ < LOOKS + secrets->text.len / LOOK_BYTES;
}

void pen_secrets_report(struct pen_secrets *secrets, const char *rule, size_t start, size_t end,
                        uint32_t score)
{
    if (secrets->enough || end <= secrets->reported) return;
    secrets->reported = end;
    secrets->enough = !secrets->found(secrets->context, rule, (struct pen_span){start, end}, score);
}

struct pen_str pen_secrets_before(const struct pen_secrets *secrets, size_t at, size_t most)
{
    return pen_str_slice(secrets->text, at > most ? at - most : 0, at);
}

size_t pen_secrets_find_number(struct pen_secrets *secrets, size_t at)
{
    return pen_secrets_number(secrets, at);
}

static const struct pen_secrets_words secret_key_words = {
    .by_letter = {
        [PEN_SECRETS_LETTER('a')] = "aws_secret_key aws_secret_access_key",
        [PEN_SECRETS_LETTER('s')] = "secretaccesskey secret_access_key secretkey secret_key",
    }};

/* A whole text that its name calls a secret key. */
static void find_by_name(struct pen_secrets *secrets)
{
    const struct pen_str text = secrets->text;
    if (text.len != 40) return;
    if (!pen_secrets_mentions(secrets->name, &secret_key_words)) return;
    if (pen_secrets_run(text, 0, PEN_ALPHABET_BASE64, 40) < 40 || pen_secrets_distinct(text) < 20) {
        return;
    }
    if (pen_secrets_is_typed(text) || pen_secrets_run(text, 0, PEN_ALPHABET_HEX, 40) == 40) return;
    pen_secrets_report(secrets, "secrets.aws_secret", 0, text.len, 80);
}

static size_t look_at_word(struct pen_secrets *secrets, size_t at)
{
    const struct pen_str text = secrets->text;
    switch (text.ptr[at]) {
    case 'e':
        if (at + 2 < text.len && text.ptr[at + 1] == 'y' && text.ptr[at + 2] == 'J') {
            return pen_secrets_jwt(secrets, at);
        }
        return at;
    case 'b':
    case 'B':
        return pen_secrets_basic(secrets, at);
    case 'A': {
        const size_t end = pen_secrets_aws(secrets, at);
        return end > at ? end : pen_secrets_token(secrets, at);
    }
    case 'p': {
        const size_t end = pen_secrets_connection(secrets, at);
        return end > at ? end : pen_secrets_token(secrets, at);
    }
    case 'P': {
        size_t end = pen_secrets_connection(secrets, at);
        if (end == at) end = pen_secrets_private_key(secrets, at);
        return end > at ? end : pen_secrets_token(secrets, at);
    }
    case 'G':
    case 'S':
    case 'd':
    case 'g':
    case 'h':
    case 'l':
    case 'n':
    case 'r':
    case 's':
    case 'x':
    case 'y':
        return pen_secrets_token(secrets, at);
    default:
        return at;
    }
}

static bool is_key_word(struct pen_str text, size_t at)
{
    return at + 2 < text.len && pen_to_lower(text.ptr[at + 1]) == 'e'
           && pen_to_lower(text.ptr[at + 2]) == 'y';
}

static size_t look_at(struct pen_secrets *secrets, size_t at)
{
    const struct pen_str text = secrets->text;
    const char c = text.ptr[at];
    switch (c) {
    case '-':
        return pen_secrets_private_key(secrets, at);
    case ':': {
        const size_t end = pen_secrets_url(secrets, at);
        return end > at ? end : pen_secrets_telegram(secrets, at);
    }
    case '=':
    case '~':
        return pen_secrets_azure(secrets, at);
    case 'k':
    case 'K':
        return is_key_word(text, at) ? pen_secrets_named_key(secrets, at) : at;
    default:
        break;
    }
    if (pen_is_digit(c)) return pen_secrets_number(secrets, at);
    if (pen_is_alpha(c) && pen_secrets_begins(text, at)) return look_at_word(secrets, at);
    return at;
}

void pen_secrets_find(struct pen_secrets *secrets)
{
    if (secrets->name.len > 0) find_by_name(secrets);
    for (size_t at = 0; at < secrets->text.len && !secrets->enough;) {
        const size_t end = look_at(secrets, at);
        at = end > at ? end : at + 1;
    }
}
