/**
 * One small state machine per issuer: when to fetch next, what came, how long the old may serve.
 *
 * Pauses have no jitter of their own: they are measured from the end of the last fetch, which
 * differs from process to process as the network does.
 */
#include "gateway/keyring.h"

#include <stdatomic.h>
#include <stdlib.h>

#include "gateway/log.h"

#define MAX_DOCUMENT     ((size_t)256 << 10)
#define CONNECT_MS       2000
#define FETCH_MS         5000
#define FIRST_RETRY_MS   1000
#define LAST_RETRY_MS    60000
#define WANT_PAUSE_MS    30000 /* unknown kids cause at most one fetch in this time */
#define LIFETIME_SHARE   80    /* per cent of the lifetime after which the next fetch starts */
#define LEAST_LIFETIME_S 300   /* Cache-Control is honoured between these two */
#define MOST_LIFETIME_S  86400
#define MAX_ETAG         256

struct keeper_issuer {
    struct pen_key_keeper *keeper;
    const struct pen_config_issuer *config;
    struct pen_keyset *set; /* NULL: never loaded, or too stale */
    struct pen_timer timer; /* next fetch */
    struct pen_timer stale; /* end of the old keys' service */
    uint64_t fetched_ms;    /* last success */
    uint64_t asked_ms;      /* last start */
    uint32_t retry_ms;
    bool fetching;
    size_t etag_len;
    char etag[MAX_ETAG];
};

struct pen_key_keeper {
    struct pen_loop *loop;
    struct pen_fetcher *fetcher;
    struct pen_metrics *metrics;
    void (*changed)(void *owner, struct pen_keyring *ring);
    void *owner;
    uint64_t generation; /* of the last ring; goes on from the keeper before */
    struct pen_sns_set *sns;
    size_t count;
    struct keeper_issuer issuers[];
};

/* Stands before a ring, which ends in a flexible array and so cannot be a member. */
struct ring_count {
    atomic_size_t references;
};

static struct ring_count *counted(struct pen_keyring *ring)
{
    return (struct ring_count *)(void *)ring - 1;
}

struct pen_keyring *pen_keyring_acquire(struct pen_keyring *ring)
{
    atomic_fetch_add_explicit(&counted(ring)->references, 1, memory_order_relaxed);
    return ring;
}

void pen_keyring_release(struct pen_keyring *ring)
{
    if (ring == NULL) return;
    if (atomic_fetch_sub_explicit(&counted(ring)->references, 1, memory_order_acq_rel) != 1) return;

    for (size_t i = 0; i < ring->count; i++) {
        pen_keyset_release(ring->sets[i]);
    }
    pen_sns_set_release(ring->sns);
    free(counted(ring));
}

struct pen_keyring *pen_key_keeper_ring(struct pen_key_keeper *keeper)
{
    struct pen_keyring *ring;
    struct ring_count *count =
        calloc(1, sizeof(*count) + sizeof(*ring) + keeper->count * sizeof(ring->sets[0]));
    if (count == NULL) return NULL;

    atomic_init(&count->references, 1);
    ring = (struct pen_keyring *)(void *)(count + 1);
    ring->generation = ++keeper->generation;
    ring->sns = keeper->sns == NULL ? NULL : pen_sns_set_acquire(keeper->sns);
    ring->count = keeper->count;
    for (size_t i = 0; i < keeper->count; i++) {
        struct pen_keyset *const set = keeper->issuers[i].set;
        ring->sets[i] = set == NULL ? NULL : pen_keyset_acquire(set);
    }
    return ring;
}

static void publish(struct pen_key_keeper *keeper)
{
    struct pen_keyring *const ring = pen_key_keeper_ring(keeper);
    if (ring == NULL) {
        pen_log(PEN_LOG_ERROR, "no memory for a new key ring; the old one stays");
        return;
    }
    keeper->changed(keeper->owner, ring);
}

void pen_key_keeper_use_sns(struct pen_key_keeper *keeper, struct pen_sns_set *set)
{
    struct pen_sns_set *const before = keeper->sns;
    keeper->sns = pen_sns_set_acquire(set);
    pen_sns_set_release(before);
    publish(keeper);
}

static void schedule(struct keeper_issuer *issuer, uint64_t after_ms)
{
    struct pen_loop *const loop = issuer->keeper->loop;
    if (pen_loop_arm(loop, &issuer->timer, pen_loop_now_ms(loop) + after_ms) != PEN_OK) {
        pen_log(PEN_LOG_ERROR, "issuer %.*s: no memory to plan the next key set fetch",
                PEN_STR_ARGS(issuer->config->name));
    }
}

static uint64_t lifetime_ms(const struct keeper_issuer *issuer, uint32_t max_age_s)
{
    uint64_t seconds = issuer->config->refresh_s;
    if (max_age_s > 0) {
        seconds = max_age_s < LEAST_LIFETIME_S  ? LEAST_LIFETIME_S
                  : max_age_s > MOST_LIFETIME_S ? MOST_LIFETIME_S
                                                : max_age_s;
        /* The operator's own wish for fresher keys wins over the provider's for fewer requests. */
        if (issuer->config->refresh_s < seconds) seconds = issuer->config->refresh_s;
    }
    return seconds * 1000;
}

static void fetch_failed(struct keeper_issuer *issuer, const char *why)
{
    issuer->retry_ms = issuer->retry_ms == 0                  ? FIRST_RETRY_MS
                       : issuer->retry_ms > LAST_RETRY_MS / 2 ? LAST_RETRY_MS
                                                              : issuer->retry_ms * 2;
    pen_log(PEN_LOG_WARNING, "issuer %.*s: key set not fetched: %s; %s; next try in %u s",
            PEN_STR_ARGS(issuer->config->name), why,
            issuer->set == NULL ? "its tokens are answered 503" : "the old keys serve on",
            issuer->retry_ms / 1000);
    schedule(issuer, issuer->retry_ms);
}

static void keys_stale(struct pen_timer *timer)
{
    struct keeper_issuer *const issuer = PEN_CONTAINER_OF(timer, struct keeper_issuer, stale);
    pen_log(PEN_LOG_ERROR, "issuer %.*s: key set older than its stale time; not used any more",
            PEN_STR_ARGS(issuer->config->name));
    pen_keyset_release(issuer->set);
    issuer->set = NULL;
    issuer->etag_len = 0;
    publish(issuer->keeper);
}

static void remember_etag(struct keeper_issuer *issuer, struct pen_str etag)
{
    issuer->etag_len = 0;
    if (etag.len > sizeof(issuer->etag)) return;
    struct pen_buf buf = pen_buf_over(issuer->etag, sizeof(issuer->etag));
    pen_buf_put(&buf, etag);
    issuer->etag_len = buf.len;
}

static void log_notes(const struct keeper_issuer *issuer, const struct pen_keyset_notes *notes)
{
    pen_log(PEN_LOG_NOTICE, "issuer %.*s: %u keys in use, %u left out%s%s",
            PEN_STR_ARGS(issuer->config->name), notes->used, notes->skipped,
            notes->skipped > 0 ? ": " : "", notes->skipped > 0 ? notes->first_skipped.text : "");
}

static void fetch_succeeded(struct keeper_issuer *issuer, const struct pen_fetch_answer *answer)
{
    struct pen_loop *const loop = issuer->keeper->loop;
    if (answer->http_status != 304) {
        struct pen_keyset *set = NULL;
        struct pen_keyset_notes notes = {0};
        struct pen_error err = {0};
        if (pen_keyset_parse(answer->body, issuer->config->algorithms, &set, &notes, &err)
            != PEN_OK) {
            fetch_failed(issuer, err.text);
            return;
        }
        if (issuer->set == NULL) log_notes(issuer, &notes);
        pen_keyset_release(issuer->set);
        issuer->set = set;
        remember_etag(issuer, answer->etag);
        publish(issuer->keeper);
    }
    issuer->retry_ms = 0;
    issuer->fetched_ms = pen_loop_now_ms(loop);
    const uint64_t lifetime = lifetime_ms(issuer, answer->max_age_s);
    schedule(issuer, lifetime * LIFETIME_SHARE / 100);
    const uint64_t stale_ms = lifetime + (uint64_t)issuer->config->stale_s * 1000;
    if (pen_loop_arm(loop, &issuer->stale, issuer->fetched_ms + stale_ms) != PEN_OK) {
        pen_log(PEN_LOG_ERROR, "issuer %.*s: no memory to watch the age of its keys",
                PEN_STR_ARGS(issuer->config->name));
    }
}

static void fetched(void *owner, const struct pen_fetch_answer *answer);

static void start_fetch(struct keeper_issuer *issuer)
{
    if (issuer->fetching || issuer->config->jwks_url.len == 0) return;

    struct pen_key_keeper *const keeper = issuer->keeper;
    const struct pen_fetch_options options = {
        .url = issuer->config->jwks_url,
        .ca = issuer->config->jwks_ca,
        .max_bytes = MAX_DOCUMENT,
        .connect_timeout_ms = CONNECT_MS,
        .timeout_ms = FETCH_MS,
        .etag = {issuer->etag, issuer->set == NULL ? 0 : issuer->etag_len},
    };
    issuer->asked_ms = pen_loop_now_ms(keeper->loop);
    if (pen_fetch_start(keeper->fetcher, &options, fetched, issuer) != PEN_OK) {
        fetch_failed(issuer, "the transfer could not be started");
        return;
    }
    issuer->fetching = true;
}

static void fetched(void *owner, const struct pen_fetch_answer *answer)
{
    struct keeper_issuer *const issuer = owner;
    issuer->fetching = false;
    if (answer->status == PEN_OK) {
        fetch_succeeded(issuer, answer);
    } else {
        fetch_failed(issuer, answer->err.text);
    }
}

static void time_to_fetch(struct pen_timer *timer)
{
    start_fetch(PEN_CONTAINER_OF(timer, struct keeper_issuer, timer));
}

static enum pen_status load_file(struct keeper_issuer *issuer, struct pen_error *err)
{
    struct pen_keyset_notes notes = {0};
    PEN_TRY(pen_config_placed(pen_keyset_load(issuer->config->jwks_file, issuer->config->algorithms,
                                              &issuer->set, &notes, err),
                              issuer->config->place, err));
    log_notes(issuer, &notes);
    return PEN_OK;
}

/* The same issuer under the configuration before, fetched from the same place. */
static const struct keeper_issuer *predecessor(const struct pen_key_keeper *old,
                                               const struct pen_config_issuer *config)
{
    for (size_t i = 0; old != NULL && i < old->count; i++) {
        const struct pen_config_issuer *const other = old->issuers[i].config;
        if (pen_str_equal(other->issuer, config->issuer)
            && pen_str_equal(other->jwks_url, config->jwks_url)
            && other->algorithms == config->algorithms) {
            return &old->issuers[i];
        }
    }
    return NULL;
}

static void take_over(struct keeper_issuer *issuer, const struct keeper_issuer *before)
{
    if (before == NULL || before->set == NULL) return;

    issuer->set = pen_keyset_acquire(before->set);
    issuer->fetched_ms = before->fetched_ms;
    remember_etag(issuer, (struct pen_str){before->etag, before->etag_len});
}

enum pen_status pen_key_keeper_create(struct pen_loop *loop, struct pen_fetcher *fetcher,
                                      const struct pen_config *config,
                                      const struct pen_key_keeper *old, struct pen_metrics *metrics,
                                      void (*changed)(void *owner, struct pen_keyring *ring),
                                      void *owner, struct pen_key_keeper **out,
                                      struct pen_error *err)
{
    struct pen_key_keeper *keeper =
        calloc(1, sizeof(*keeper) + config->issuer_count * sizeof(keeper->issuers[0]));
    if (keeper == NULL) {
        pen_error_set(err, "not enough memory");
        return PEN_ERR_NOMEM;
    }
    keeper->loop = loop;
    keeper->fetcher = fetcher;
    keeper->metrics = metrics;
    keeper->changed = changed;
    keeper->owner = owner;
    keeper->generation = old == NULL ? 0 : old->generation;
    keeper->sns = old == NULL || old->sns == NULL ? NULL : pen_sns_set_acquire(old->sns);
    keeper->count = config->issuer_count;
    for (size_t i = 0; i < keeper->count; i++) {
        struct keeper_issuer *const issuer = &keeper->issuers[i];
        issuer->keeper = keeper;
        issuer->config = &config->issuers[i];
        issuer->timer.fired = time_to_fetch;
        issuer->stale.fired = keys_stale;
        if (issuer->config->jwks_url.len > 0) {
            take_over(issuer, predecessor(old, issuer->config));
            start_fetch(issuer);
            continue;
        }
        const enum pen_status status = load_file(issuer, err);
        if (status != PEN_OK) {
            pen_key_keeper_destroy(keeper);
            return status;
        }
    }
    *out = keeper;
    return PEN_OK;
}

void pen_key_keeper_destroy(struct pen_key_keeper *keeper)
{
    if (keeper == NULL) return;

    for (size_t i = 0; i < keeper->count; i++) {
        pen_fetch_forget(keeper->fetcher, &keeper->issuers[i]);
        pen_loop_disarm(keeper->loop, &keeper->issuers[i].timer);
        pen_loop_disarm(keeper->loop, &keeper->issuers[i].stale);
        pen_keyset_release(keeper->issuers[i].set);
    }
    pen_sns_set_release(keeper->sns);
    free(keeper);
}

void pen_key_keeper_want(struct pen_key_keeper *keeper, size_t index)
{
    if (index >= keeper->count) return;

    struct keeper_issuer *const issuer = &keeper->issuers[index];
    const uint64_t now_ms = pen_loop_now_ms(keeper->loop);
    if (issuer->set != NULL && now_ms - issuer->asked_ms < WANT_PAUSE_MS) return;
    /* Never loaded: the retry schedule is at work already and must not be hurried by callers. */
    if (issuer->set == NULL && issuer->retry_ms > 0) return;
    start_fetch(issuer);
}

bool pen_key_keeper_ready(const struct pen_key_keeper *keeper, struct pen_buf *why)
{
    for (size_t i = 0; i < keeper->count; i++) {
        if (keeper->issuers[i].set != NULL) continue;
        pen_buf_put(why, PEN_S("no key set yet for issuer "));
        pen_buf_put(why, keeper->issuers[i].config->name);
        return false;
    }
    return true;
}
