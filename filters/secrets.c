/**
 * Secrets in events: credentials, card numbers and numbers of people that somebody sends along.
 *
 * No attack on the function, but what it gets it logs, stores and passes on. What is a secret is
 * the finder's to know (secrets_find.h); this file shows it the leaves. Recorded only, unless a
 * function enforces it by name: events of payment services have card numbers in them. (CWE-200,
 * CWE-532)
 *
 * Digits are in every leaf, and "://" in every second one, so no trigger wakes for them: all texts
 * are looked over once, sixteen bytes at a time, for places that have enough digits, and for an '@'
 * that ends a password in a URL.
 */
#include <string.h>

#include "filters/core/block16.h"
#include "filters/core/known_names.h"
#include "filters/core/nearest.h"
#include "filters/registry.h"
#include "filters/secrets_find.h"
#include "filters/setting.h"

#define FINDINGS_MOST 16  /* of one event: these must not crowd out those of attacks */
#define DIGITS_LEAST  11  /* of what is looked at without a word that says so */
#define BEHIND_NAME   4   /* leaves behind a name in which its value is looked for */
#define NAME_BYTES    128 /* of a name that are read for each number: longer ones name nothing */
#define STEP          (3 * PEN_BLOCK) /* bytes looked at together: with the block before them 64 */

_Static_assert(PEN_KNOWN_DIGITS < DIGITS_LEAST, "names that are laid out once hold no such number");

struct settings {
    size_t index;   /* the filter's own, for the wake bits */
    uint64_t kinds; /* bits of pen_secrets_rules that are reported */
};

/* What pen_secrets_begins asks for, or less. Two or three letters are only looked for behind it:
   searched everywhere they would slow the search for everything else down. */
#define BEGIN "([^A-Za-z]|\\\\[nrtbf]|%[0-9a-fA-F]{2}|\\\\u[0-9a-fA-F]{4})"

static const struct pen_trigger triggers[] = {
    {"(AKIA|ASIA|ABIA|ACCA)[A-Z2-7]{3}", false, 0},
    {"AIza", false, 0},
    {"AGE-SECRET", false, 0},
    {"ATATT3", false, 0},
    {"GOCSPX", false, 0},
    {"PMAK-", false, 0},
    {"PRIVATE KEY", false, 0},
    {"Private-Lines", false, 0},
    {"SG\\.[A-Za-z0-9_-]{4}", false, 0},
    {BEGIN "SK[0-9a-f]{6}", false, 0},
    {"[0-9]Q~", false, 0},
    {"dapi[0-9a-f]{4}", false, 0},
    {"dckr_pat_", false, 0},
    {"/api/webhooks/", false, 0},
    {"do[opr]_v1_", false, 0},
    {"gh[oprsu]_", false, 0},
    {"github_pat_", false, 0},
    {"gl(pat|dt|rt|ptt)-", false, 0},
    {"glsa_", false, 0},
    {"hf_[A-Za-z]", false, 0},
    {"hooks\\.slack\\.com", false, 0},
    {"hvs\\.", false, 0},
    {"lin_api_", false, 0},
    {"npm_[A-Za-z0-9]{4}", false, 0},
    {"pypi-AgE", false, 0},
    {"[rs]k_live_", false, 0},
    {"shp[acps][ats]_", false, 0},
    {"sk-ant-", false, 0},
    {"T3BlbkFJ", false, 0},
    {"xapp-1-", false, 0},
    {"xox[a-z]-", false, 0},
    {"ya29\\.", false, 0},
    {BEGIN "eyJ", false, 0},
    {"[0-9]:AA", false, 0},
    {"AccountKey=", false, 0},
    {"AccessKey=", false, 0},
    {"[?&;]sig=", false, 0},
    {"(password|passwd|pwd) ?=", true, 0},
    {"basic [a-z0-9+/]{8}", true, 0},
    /* Names of texts, and words before numbers. */
    {"(access|secret)(_|)key", true, 0},
    {"social.?security", true, 0},
    {"social.?insurance", true, 0},
    {"national.?insurance", true, 0},
    {"\\bssn\\b", true, 0},
    {"\\bnino\\b", true, 0},
    {"\\bni.?number", true, 0},
    {"\\bdni\\b", true, 0},
    {"\\bnie\\b", true, 0},
    {"\\bnif\\b", true, 0},
    {"\\bbsn\\b", true, 0},
    {"burgerservice", true, 0},
    {"codice.?fiscale", true, 0},
};

/* At work on one leaf. */
struct looking {
    const struct settings *settings;
    struct pen_scan *scan;
};

static bool found(void *context, const char *rule, struct pen_span span, uint32_t score)
{
    const struct looking *const looking = context;
    struct pen_scan *const scan = looking->scan;
    const size_t index = pen_secrets_rule_index(rule);
    if ((looking->settings->kinds >> index & 1) == 0) return true;

    const char *const id = pen_secrets_rules[index].id;
    uint32_t ours = 0;
    for (uint32_t i = 0; i < scan->finding_count; i++) {
        const struct pen_finding *const known = &scan->findings[i];
        if (known->filter != scan->filter.name) continue;
        if (known->leaf == scan->leaf && known->span.start == span.start) return true;
        ours++;
    }
    /* Beyond those it is enough to know of a leaf that it is not to be shown. */
    pen_scan_veil(scan);
    if (ours >= FINDINGS_MOST) return false;
    pen_scan_report(scan, id, span, score);
    return true;
}

/* What the text is the value of; a decoded form has the name of what it was made of. */
static struct pen_str whole_name_of(const struct pen_leaf *leaf)
{
    for (; leaf != NULL; leaf = leaf->from) {
        if (leaf->is_name) break;
        if (leaf->node != NULL && leaf->node->name.len > 0) return leaf->node->name;
        if (leaf->name.len > 0) return leaf->name;
    }
    return PEN_S("");
}

static struct pen_str name_of(const struct pen_leaf *leaf)
{
    const struct pen_str name = whole_name_of(leaf);
    return pen_str_slice(name, name.len > NAME_BYTES ? name.len - NAME_BYTES : 0, name.len);
}

static struct pen_secrets finder(struct looking *looking, const struct pen_leaf *leaf)
{
    return (struct pen_secrets){
        .text = leaf->text, .name = name_of(leaf), .found = found, .context = looking};
}

static enum pen_status look_at(const struct settings *settings, const struct pen_leaf *leaf,
                               struct pen_scan *scan)
{
    PEN_TRY(pen_scan_spend(scan, 8 * leaf->text.len));
    struct looking looking = {settings, scan};
    struct pen_secrets secrets = finder(&looking, leaf);
    scan->leaf = leaf;
    pen_secrets_find(&secrets);
    return PEN_OK;
}

static enum pen_status inspect_leaf(const void *state, const struct pen_leaf *leaf,
                                    struct pen_scan *scan)
{
    return look_at(state, leaf, scan);
}

/* Digits in all texts. */

static bool is_separator(char c)
{
    return c == ' ' || c == '-' || c == '.' || c == '/';
}

static bool continues(struct pen_str text, size_t at)
{
    return at + 1 < text.len && is_separator(text.ptr[at]) && pen_is_digit(text.ptr[at + 1]);
}

/* The run of digits and single separators that begins at `at`. */
static struct pen_span run_at(struct pen_str text, size_t at, size_t *digits)
{
    struct pen_span run = {at, at};
    *digits = 0;
    while (run.end < text.len && (pen_is_digit(text.ptr[run.end]) || continues(text, run.end))) {
        *digits += pen_is_digit(text.ptr[run.end]);
        run.end++;
    }
    return run;
}

/* The leaf whose text lies at `at` of all texts, and where it begins there. */
static const struct pen_leaf *leaf_at(const struct pen_event *event, size_t at, size_t *start)
{
    uint32_t low = 0;
    uint32_t high = event->leaf_count - 1;
    while (low < high) {
        const uint32_t middle = low + (high - low) / 2;
        if (event->text_ends[middle] <= at) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    const struct pen_leaf *const leaf = pen_event_place(event, low); /* no repeat: it lies there */
    *start = event->text_ends[low] - leaf->text.len;
    return leaf;
}

static enum pen_status look_at_number(const struct settings *settings,
                                      const struct pen_event *event, struct pen_span run,
                                      struct pen_scan *scan)
{
    size_t start = 0;
    const struct pen_leaf *const leaf = leaf_at(event, run.start, &start);
    if (run.start < start || run.end - start > leaf->text.len) return PEN_OK;

    PEN_TRY(pen_scan_spend(scan, 8 * (run.end - run.start)));
    struct looking looking = {settings, scan};
    struct pen_secrets secrets = finder(&looking, leaf);
    scan->leaf = leaf;
    for (size_t at = run.start - start; at < run.end - start && !secrets.enough;) {
        at = pen_is_digit(leaf->text.ptr[at]) ? pen_secrets_find_number(&secrets, at) : at + 1;
    }
    scan->leaf = NULL;
    return PEN_OK;
}

/* At an '@': does it end "://user:password"? Its "://", or `at`. */
static size_t url_before(struct pen_str text, size_t at)
{
    if (at >= PEN_BLOCK) {
        const unsigned ends = pen_block_no_user(text.ptr + at - PEN_BLOCK);
        /* An address of mail has its text's beginning there. */
        if (ends != 0 && text.ptr[at - PEN_BLOCK + 31 - (size_t)__builtin_clz(ends)] != '/') {
            return at;
        }
    }
    bool colon = false;
    size_t i = at;
    while (i > 0) {
        const char c = text.ptr[--i];
        if (c == ':' && !colon) {
            colon = true;
        } else if (c == '/') {
            break;
        } else if (c == '@' || c == PEN_EVENT_GAP || (unsigned char)c <= ' ') {
            return at;
        }
    }
    return colon && i >= 2 && text.ptr[i - 1] == '/' && text.ptr[i - 2] == ':' ? i - 2 : at;
}

static enum pen_status look_at_url(const struct settings *settings, const struct pen_event *event,
                                   size_t at, struct pen_scan *scan)
{
    const size_t place = url_before(event->text, at);
    if (place == at) return PEN_OK;
    size_t start = 0;
    const struct pen_leaf *const leaf = leaf_at(event, place, &start);
    if (place < start || at - start > leaf->text.len) return PEN_OK;

    struct looking looking = {settings, scan};
    struct pen_secrets secrets = finder(&looking, leaf);
    scan->leaf = leaf;
    (void)pen_secrets_url(&secrets, place - start);
    scan->leaf = NULL;
    return PEN_OK;
}

/* At each '@' from the one at `*sign` on that stands before `end`. */
static enum pen_status look_at_urls(const struct settings *settings, const struct pen_event *event,
                                    size_t *sign, size_t end, struct pen_scan *scan)
{
    while (*sign < end) {
        PEN_TRY(look_at_url(settings, event, *sign, scan));
        *sign = pen_str_find(event->text, '@', *sign + 1);
    }
    return PEN_OK;
}

/* Behind the separators at `at`. */
static size_t behind_separators(struct pen_str text, size_t at)
{
    while (text.len - at >= PEN_BLOCK) {
        const char *const p = text.ptr + at;
        const unsigned others = pen_block_digits(p) | (pen_block_written(p) ^ 0xffffU);
        if (others != 0) return at + (size_t)__builtin_ctz(others);
        at += PEN_BLOCK;
    }
    while (at < text.len && is_separator(text.ptr[at])) {
        at++;
    }
    return at;
}

/* Look at the numbers of the row of digits and separators that begins at `at`. `*end`: behind it.
 */
static enum pen_status look_at_row(const struct settings *settings, const struct pen_event *event,
                                   size_t at, size_t *end, struct pen_scan *scan)
{
    const struct pen_str text = event->text;
    while (at < text.len) {
        if (is_separator(text.ptr[at])) at = behind_separators(text, at);
        if (at == text.len || !pen_is_digit(text.ptr[at])) break;
        size_t digits = 0;
        const struct pen_span run = run_at(text, at, &digits);
        if (digits >= DIGITS_LEAST) PEN_TRY(look_at_number(settings, event, run, scan));
        at = run.end;
    }
    *end = at;
    return PEN_OK;
}

/* A bit for each of the STEP bytes at `at` that a number can be written with. */
static uint64_t written_with(struct pen_str text, size_t at)
{
    char padded[STEP];
    const char *bytes = text.ptr + at;
    if (text.len - at < STEP) {
        memset(padded, PEN_EVENT_GAP, sizeof(padded));
        memcpy(padded, bytes, text.len - at);
        bytes = padded;
    }
    return pen_block_written(bytes) | (uint64_t)pen_block_written(bytes + PEN_BLOCK) << PEN_BLOCK
           | (uint64_t)pen_block_written(bytes + 2 * PEN_BLOCK) << 2 * PEN_BLOCK;
}

/* Which of the bits begin DIGITS_LEAST in a row? Dates and parts of random ids are not so long. */
static uint64_t rows_among(uint64_t bits)
{
    _Static_assert(DIGITS_LEAST == 11, "what follows doubles up to it");
    bits &= bits >> 1;
    bits &= bits >> 2;
    bits &= bits >> 4;
    return bits & bits >> 3;
}

static enum pen_status look_over(const struct settings *settings, const struct pen_event *event,
                                 struct pen_scan *scan)
{
    const struct pen_str text = event->text;
    PEN_TRY(pen_scan_spend(scan, text.len));
    size_t sign = pen_str_find(text, '@', 0);
    size_t done = 0;     /* behind the last row */
    uint64_t window = 0; /* the block before `at`, in which a row may begin, and STEP bytes */
    for (size_t at = 0; at < text.len; at += STEP) {
        window = window >> STEP | written_with(text, at) << PEN_BLOCK;
        uint64_t rows = rows_among(window);
        for (; rows != 0 && done < at + STEP; rows &= rows - 1) {
            const size_t row = at + (size_t)__builtin_ctzll(rows) - PEN_BLOCK;
            if (row < done) continue;
            PEN_TRY(look_at_urls(settings, event, &sign, row, scan));
            PEN_TRY(look_at_row(settings, event, row, &done, scan));
        }
    }
    return look_at_urls(settings, event, &sign, text.len, scan);
}

/* Names that were woken for: what they are the names of. */
static enum pen_status look_behind_names(const struct settings *settings,
                                         const struct pen_event *event, struct pen_scan *scan)
{
    if ((event->woken >> settings->index & 1) == 0) return PEN_OK;

    for (uint32_t i = 0; i < event->leaf_count; i++) {
        if ((event->wake[i] >> settings->index & 1) == 0) continue;
        const struct pen_leaf *const name = pen_event_place(event, i);
        if (!name->is_name) continue;
        for (uint32_t k = i + 1; k < event->leaf_count && k <= i + BEHIND_NAME; k++) {
            const struct pen_leaf *const value = pen_event_leaf(event, k);
            if (value->is_name || value->node == NULL || value->node != name->node) continue;
            if ((event->wake[k] >> settings->index & 1) == 0) {
                PEN_TRY(look_at(settings, value, scan));
            }
            break;
        }
    }
    scan->leaf = NULL;
    return PEN_OK;
}

static enum pen_status inspect_event(const void *state, const struct pen_event *event,
                                     struct pen_scan *scan)
{
    if (event->leaf_count == 0) return PEN_OK;
    PEN_TRY(look_over(state, event, scan));
    return look_behind_names(state, event, scan);
}

/* "kinds: [card, iban]" */

static enum pen_status refuse_kind(const struct pen_json *item, struct pen_error *err)
{
    struct pen_nearest nearest;
    pen_nearest_init(&nearest, item->text);
    for (size_t i = 0; i < PEN_SECRETS_RULES; i++) {
        const struct pen_str id = pen_str_from_c(pen_secrets_rules[i].id);
        pen_nearest_consider(&nearest, pen_str_slice(id, pen_str_find(id, '.', 0) + 1, id.len));
    }
    return pen_setting_refuse(item, err, "unknown kind of secret '%.*s'%s",
                              PEN_STR_ARGS(pen_str_slice(item->text, 0, 64)),
                              pen_nearest_hint(&nearest));
}

static enum pen_status read_kinds(const struct pen_json *value, struct settings *settings,
                                  struct pen_error *err)
{
    if (value->type != PEN_JSON_ARRAY || value->count == 0) {
        return pen_setting_refuse(
            value, err, "'kinds' is a list of kinds of secrets, such as [card, private_key]");
    }
    settings->kinds = 0;
    for (const struct pen_json *item = value->first; item != NULL; item = item->next) {
        const uint64_t kind = pen_secrets_kind(item->text);
        if (item->type != PEN_JSON_STRING || kind == 0) return refuse_kind(item, err);
        settings->kinds |= kind;
    }
    return PEN_OK;
}

static enum pen_status compile(const struct pen_json *config, struct pen_arena *arena, void **state,
                               struct pen_error *err)
{
    struct settings *const settings = pen_arena_calloc(arena, 1, sizeof(*settings));
    if (settings == NULL) return PEN_ERR_NOMEM;

    settings->index = pen_registry_find(PEN_S("secrets"));
    settings->kinds = UINT64_MAX;
    for (const struct pen_json *m = config == NULL ? NULL : config->first; m != NULL; m = m->next) {
        if (!pen_str_equal(m->name, PEN_S("kinds"))) {
            const struct pen_str kinds = PEN_STR("kinds");
            return pen_setting_unknown(m, &kinds, 1, err);
        }
        PEN_TRY(read_kinds(m, settings, err));
    }
    *state = settings;
    return PEN_OK;
}

const struct pen_filter pen_filter_secrets = {
    .name = "secrets",
    .summary = "credentials, card numbers and numbers of people",
    .detects = true,
    .rules = pen_secrets_rules,
    .rule_count = PEN_SECRETS_RULES,
    .triggers = triggers,
    .trigger_count = PEN_COUNT_OF(triggers),
    .compile = compile,
    .inspect_leaf = inspect_leaf,
    .inspect_event = inspect_event,
};
