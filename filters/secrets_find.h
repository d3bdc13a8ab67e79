/**
 * The finder of secrets: credentials, card numbers and numbers of people in any text.
 *
 * Knows nothing of events: the filter `secrets` runs it over leaves, the look at answers over whole
 * bodies. One pass, linear; no memory but its own struct. One thread.
 */
#ifndef PEN_FILTERS_SECRETS_FIND_H
#define PEN_FILTERS_SECRETS_FIND_H

#include "filters/core/scan.h"
#include "filters/secrets_shape.h"

/** What it can report, with the sentences; ids begin with "secrets.". */
#define PEN_SECRETS_RULES 23
extern const struct pen_rule pen_secrets_rules[PEN_SECRETS_RULES];

/** The bit of a kind ("card" of "secrets.card") by its place in the table; 0 = there is none. */
uint64_t pen_secrets_kind(struct pen_str kind);

/** The place of a rule in the table. */
size_t pen_secrets_rule_index(const char *rule);

struct pen_secrets {
    struct pen_str text;
    struct pen_str name; /* what the text is the value of: "cardNumber"; empty = not known */
    /* False: enough, the rest is not looked at. */
    bool (*found)(void *context, const char *rule, struct pen_span span, uint32_t score);
    void *context;

    /* The finder's own. */
    size_t reported; /* end of the last one: nothing is reported twice */
    size_t looks;    /* at what stands around a candidate; each costs as much as a long token */
    bool enough;
    size_t runs[PEN_ALPHABETS]; /* end of the last run that was read, by alphabet */
};

/** Everything that is found, from the front. */
void pen_secrets_find(struct pen_secrets *secrets);

/**
 * Only the number that the run of digits around `at` is, if it is one: for callers that have found
 * the digits. Behind the run.
 */
size_t pen_secrets_find_number(struct pen_secrets *secrets, size_t at);

/* Between the files of the finder. */

/** May something still be looked at around a candidate? Counts. */
bool pen_secrets_look(struct pen_secrets *secrets);

/** Report, unless an earlier report covers it. */
void pen_secrets_report(struct pen_secrets *secrets, const char *rule, size_t start, size_t end,
                        uint32_t score);

/** At most `most` bytes before `at`. */
struct pen_str pen_secrets_before(const struct pen_secrets *secrets, size_t at, size_t most);

/* Each looks at what begins at `at` and says where to go on: `at` itself where there is nothing. */

/** Tokens with a prefix of their own: secrets_tokens.c. */
size_t pen_secrets_token(struct pen_secrets *secrets, size_t at);
/** "-----BEGIN PRIVATE KEY-----", "Private-Lines:": secrets_keys.c. */
size_t pen_secrets_private_key(struct pen_secrets *secrets, size_t at);
/** JSON Web Tokens: secrets_keys.c. */
size_t pen_secrets_jwt(struct pen_secrets *secrets, size_t at);
/** At "AKIA" and its like: secrets_keys.c. */
size_t pen_secrets_aws(struct pen_secrets *secrets, size_t at);
/** At a word that ends in "key": the value behind it, when it is an AWS secret: secrets_keys.c. */
size_t pen_secrets_named_key(struct pen_secrets *secrets, size_t at);
/** At "://": secrets_places.c. */
size_t pen_secrets_url(struct pen_secrets *secrets, size_t at);
/** At "password=", "pwd=": secrets_places.c. */
size_t pen_secrets_connection(struct pen_secrets *secrets, size_t at);
/** At "basic ": secrets_places.c. */
size_t pen_secrets_basic(struct pen_secrets *secrets, size_t at);
/** At '=' and '~' of what Azure makes: secrets_places.c. */
size_t pen_secrets_azure(struct pen_secrets *secrets, size_t at);
/** At ":AA" behind digits: secrets_places.c. */
size_t pen_secrets_telegram(struct pen_secrets *secrets, size_t at);

#endif
