/**
 * A few fetches at a time, each in a slot of its own.
 *
 * Who sends events that look like SNS's can name certificates that do not exist: what they cost is
 * a fetch now and then from a host of Amazon's, and never a message that is good, since a known
 * certificate serves on until it ends.
 */
#include "gateway/sns_keeper.h"

#include <stdlib.h>

#include "gateway/auth/sns_message.h"
#include "gateway/clock.h"
#include "gateway/log.h"

#define SLOTS         4
#define FAILED        8     /* URLs that are remembered as failing */
#define FAILED_MS     30000 /* for so long */
#define MINUTE_MS     60000
#define MINUTE_MOST   30 /* fetches started in one */
#define DOCUMENT_MOST ((size_t)64 << 10)
#define CONNECT_MS    2000
#define FETCH_MS      5000
#define FRESH_S       (12 * 3600)

struct slot {
    struct pen_sns_keeper *keeper;
    bool used;
    bool confirms;
    struct pen_sns_origin origin; /* into `memory` */
    size_t memory_len;
    char memory[PEN_SNS_URL_BYTES + 4096 + 300];
};

struct failure {
    uint64_t until_ms;
    size_t url_len;
    char url[PEN_SNS_URL_BYTES];
};

struct pen_sns_keeper {
    struct pen_loop *loop;
    struct pen_fetcher *fetcher;
    void (*changed)(void *owner, struct pen_sns_set *set);
    void *owner;
    struct pen_sns_set *set; /* NULL: none yet */
    uint64_t minute_ms;      /* when the count began */
    uint32_t minute_count;
    size_t next_failure;
    struct failure failures[FAILED];
    struct slot slots[SLOTS];
};

enum pen_status pen_sns_keeper_create(struct pen_loop *loop, struct pen_fetcher *fetcher,
                                      void (*changed)(void *owner, struct pen_sns_set *set),
                                      void *owner, struct pen_sns_keeper **out)
{
    struct pen_sns_keeper *const keeper = calloc(1, sizeof(*keeper));
    if (keeper == NULL) return PEN_ERR_NOMEM;

    keeper->loop = loop;
    keeper->fetcher = fetcher;
    keeper->changed = changed;
    keeper->owner = owner;
    for (size_t i = 0; i < SLOTS; i++) {
        keeper->slots[i].keeper = keeper;
    }
    *out = keeper;
    return PEN_OK;
}

void pen_sns_keeper_destroy(struct pen_sns_keeper *keeper)
{
    if (keeper == NULL) return;

    for (size_t i = 0; i < SLOTS; i++) {
        pen_fetch_forget(keeper->fetcher, &keeper->slots[i]);
    }
    pen_sns_set_release(keeper->set);
    free(keeper);
}

static bool has_failed(const struct pen_sns_keeper *keeper, struct pen_str url)
{
    const uint64_t now_ms = pen_loop_now_ms(keeper->loop);
    for (size_t i = 0; i < FAILED; i++) {
        const struct failure *const failure = &keeper->failures[i];
        const struct pen_str known = {failure->url, failure->url_len};
        if (failure->until_ms > now_ms && pen_str_equal(known, url)) return true;
    }
    return false;
}

static void remember_failure(struct pen_sns_keeper *keeper, struct pen_str url)
{
    struct failure *const failure = &keeper->failures[keeper->next_failure++ % FAILED];
    struct pen_buf buf = pen_buf_over(failure->url, sizeof(failure->url));
    pen_buf_put(&buf, url);
    failure->url_len = buf.len;
    failure->until_ms = pen_loop_now_ms(keeper->loop) + FAILED_MS;
}

static bool may_start(struct pen_sns_keeper *keeper)
{
    const uint64_t now_ms = pen_loop_now_ms(keeper->loop);
    if (now_ms - keeper->minute_ms >= MINUTE_MS) {
        keeper->minute_ms = now_ms;
        keeper->minute_count = 0;
    }
    return keeper->minute_count < MINUTE_MOST;
}

static struct pen_str put(struct pen_buf *buf, struct pen_str text)
{
    const size_t start = buf->len;
    pen_buf_put(buf, text);
    pen_buf_byte(buf, '\0');
    return (struct pen_str){buf->ptr + start, text.len};
}

/* A slot for this URL; NULL when it is under way already, has failed, or there are too many. */
static struct slot *take_slot(struct pen_sns_keeper *keeper, struct pen_str url,
                              const struct pen_config_webhook *webhook)
{
    struct slot *unused = NULL;
    for (size_t i = 0; i < SLOTS; i++) {
        struct slot *const slot = &keeper->slots[i];
        if (slot->used && pen_str_equal(slot->origin.url, url)) return NULL;
        if (!slot->used) unused = slot;
    }
    if (unused == NULL || has_failed(keeper, url) || !may_start(keeper)) return NULL;

    struct pen_buf buf = pen_buf_over(unused->memory, sizeof(unused->memory));
    unused->origin.url = put(&buf, url);
    unused->origin.connect = put(&buf, webhook->connect);
    unused->origin.ca = put(&buf, webhook->ca);
    return buf.full ? NULL : unused;
}

/* The path up to its query, which may hold a token. */
static struct pen_str printable(const struct slot *slot)
{
    return pen_str_slice(slot->origin.url, 0, pen_str_find(slot->origin.url, '?', 0));
}

static void fetch_failed(struct slot *slot, const char *why)
{
    pen_log(PEN_LOG_WARNING, "SNS: %.*s: %s: %s", PEN_STR_ARGS(printable(slot)),
            slot->confirms ? "a subscription is not confirmed; ask for it again"
                           : "the certificate is not used",
            why);
    if (!slot->confirms) remember_failure(slot->keeper, slot->origin.url);
}

/* "sns.amazonaws.com" and, in newer regions and partitions, names with the region in them. */
static enum pen_status read_certificate(const struct slot *slot, struct pen_str pem,
                                        struct pen_signing_certificate **out, struct pen_error *err)
{
    static const struct pen_str forms[] = {PEN_STR("sns."), PEN_STR("sns-"),
                                           PEN_STR("sns-signing.")};
    char memory[PEN_COUNT_OF(forms)][128];
    struct pen_str names[PEN_COUNT_OF(forms) + 1] = {PEN_STR("sns.amazonaws.com")};
    const struct pen_str url = slot->origin.url;
    const struct pen_str before = PEN_STR("https://sns.");
    /* "eu-west-1.amazonaws.com" */
    const struct pen_str place = pen_str_slice(url, before.len, pen_str_find(url, '/', before.len));
    for (size_t i = 0; i < PEN_COUNT_OF(forms); i++) {
        struct pen_buf buf = pen_buf_over(memory[i], sizeof(memory[i]));
        pen_buf_put(&buf, forms[i]);
        pen_buf_put(&buf, place);
        names[i + 1] = buf.full ? PEN_S("") : pen_buf_str(&buf);
    }
    const struct pen_signing_rules rules = {
        .names = names, .name_count = PEN_COUNT_OF(names), .ca = slot->origin.ca};
    return pen_signing_certificate_read(pem, &rules, pen_clock_unix_s(), out, err);
}

static void certificate_came(struct slot *slot, struct pen_str pem)
{
    struct pen_sns_keeper *const keeper = slot->keeper;
    struct pen_signing_certificate *certificate = NULL;
    struct pen_sns_set *set = NULL;
    struct pen_error err = {0};
    if (read_certificate(slot, pem, &certificate, &err) != PEN_OK) {
        fetch_failed(slot, err.text);
        return;
    }
    const enum pen_status status = pen_sns_set_with(keeper->set, &slot->origin, certificate,
                                                    pen_clock_unix_s() + FRESH_S, &set);
    pen_signing_certificate_release(certificate);
    if (status != PEN_OK) {
        fetch_failed(slot, "not enough memory");
        return;
    }
    pen_log(PEN_LOG_NOTICE, "SNS: the certificate at %.*s is used", PEN_STR_ARGS(printable(slot)));
    pen_sns_set_release(keeper->set);
    keeper->set = set;
    keeper->changed(keeper->owner, set);
}

static void fetched(void *owner, const struct pen_fetch_answer *answer)
{
    struct slot *const slot = owner;
    if (answer->status != PEN_OK || answer->http_status != 200) {
        fetch_failed(slot, answer->err.text);
    } else if (slot->confirms) {
        pen_log(PEN_LOG_NOTICE, "SNS: a subscription is confirmed at %.*s",
                PEN_STR_ARGS(printable(slot)));
    } else {
        certificate_came(slot, answer->body);
    }
    slot->used = false;
}

static void start(struct slot *slot, bool confirms)
{
    struct pen_sns_keeper *const keeper = slot->keeper;
    const struct pen_fetch_options options = {
        .url = slot->origin.url,
        .connect = slot->origin.connect,
        .ca = slot->origin.ca,
        .accept = "*/*",
        .max_bytes = DOCUMENT_MOST,
        .connect_timeout_ms = CONNECT_MS,
        .timeout_ms = FETCH_MS,
    };
    slot->confirms = confirms;
    keeper->minute_count++;
    if (pen_fetch_start(keeper->fetcher, &options, fetched, slot) != PEN_OK) {
        fetch_failed(slot, "the transfer could not be started");
        return;
    }
    slot->used = true;
}

void pen_sns_keeper_want(struct pen_sns_keeper *keeper, struct pen_str url,
                         const struct pen_config_webhook *webhook)
{
    struct slot *const slot = take_slot(keeper, url, webhook);
    if (slot != NULL) start(slot, false);
}

void pen_sns_keeper_confirm(struct pen_sns_keeper *keeper, struct pen_str url,
                            const struct pen_config_webhook *webhook)
{
    struct slot *const slot = take_slot(keeper, url, webhook);
    if (slot != NULL) {
        start(slot, true);
        return;
    }
    pen_log(PEN_LOG_WARNING, "SNS: too much at a time: a subscription is not confirmed; ask for it "
                             "again");
}
