/** Counting: one writer a number, so a relaxed load and store is an increment. */
#include "gateway/metrics/internal.h"

#include <stdlib.h>
#include <string.h>

#define NAMES_BYTES ((size_t)16 << 20) /* of as many functions as there are pages for */
#define NAMES_FIRST ((size_t)4 << 10)

const uint32_t pen_metrics_bounds_us[PEN_METRICS_BUCKETS] = {
    50,    100,   250,    500,    1000,   2500,    5000,    10000,
    25000, 50000, 100000, 250000, 500000, 1000000, 2500000, 10000000,
};

static void bump(pen_count *count, uint64_t n)
{
    atomic_store_explicit(count, atomic_load_explicit(count, memory_order_relaxed) + n,
                          memory_order_relaxed);
}

static void observe(struct pen_histogram *histogram, uint64_t us)
{
    size_t bucket = 0;
    while (bucket < PEN_METRICS_BUCKETS && us > pen_metrics_bounds_us[bucket]) {
        bucket++;
    }
    bump(&histogram->buckets[bucket], 1);
    bump(&histogram->sum_us, us);
}

enum pen_status pen_metrics_create(size_t workers, struct pen_metrics **out)
{
    struct pen_metrics *metrics = calloc(1, sizeof(*metrics));
    if (metrics == NULL) return PEN_ERR_NOMEM;

    metrics->lock = (pthread_mutex_t)PTHREAD_MUTEX_INITIALIZER;
    metrics->workers = workers;
    if (workers <= SIZE_MAX / sizeof(*metrics->of)) {
        metrics->of =
            aligned_alloc(_Alignof(struct pen_worker_metrics), workers * sizeof(*metrics->of));
    }
    if (metrics->of != NULL) memset(metrics->of, 0, workers * sizeof(*metrics->of));
    uint32_t none = 0;
    if (metrics->of == NULL || pen_arena_create(NAMES_BYTES, NAMES_FIRST, &metrics->arena) != PEN_OK
        || pen_metrics_slot(metrics, PEN_S(""), &none) != PEN_OK) {
        pen_metrics_destroy(metrics);
        return PEN_ERR_NOMEM;
    }
    *out = metrics;
    return PEN_OK;
}

void pen_metrics_destroy(struct pen_metrics *metrics)
{
    if (metrics == NULL) return;

    for (size_t w = 0; metrics->of != NULL && w < metrics->workers; w++) {
        for (size_t p = 0; p < PEN_METRICS_PAGES; p++) {
            free(atomic_load_explicit(&metrics->of[w].pages[p], memory_order_relaxed));
        }
    }
    for (size_t i = 0; i < metrics->name_count; i++) {
        free(metrics->names[i]);
    }
    for (size_t i = 0; i < metrics->info_count; i++) {
        free(metrics->infos[i].series);
    }
    free(metrics->names);
    pen_arena_destroy(metrics->arena);
    free(metrics->infos);
    free(metrics->of);
    free(metrics);
}

/* Memory for `slot` at every worker. */
static bool make_pages(struct pen_metrics *metrics, size_t slot)
{
    const size_t page = slot / PEN_METRICS_PAGE;
    if (page >= PEN_METRICS_PAGES) return false;

    for (size_t w = 0; w < metrics->workers; w++) {
        if (atomic_load_explicit(&metrics->of[w].pages[page], memory_order_acquire) != NULL) {
            continue;
        }
        struct pen_series *const series =
            aligned_alloc(_Alignof(struct pen_series), PEN_METRICS_PAGE * sizeof(*series));
        if (series == NULL) return false;
        memset(series, 0, PEN_METRICS_PAGE * sizeof(*series));
        atomic_store_explicit(&metrics->of[w].pages[page], series, memory_order_release);
    }
    return true;
}

static uint32_t find_name(const struct pen_metrics *metrics, struct pen_str name)
{
    const uint64_t hash = pen_lookup_hash(name);
    size_t at = 0;
    uint32_t slot;
    do {
        slot = pen_lookup_next(&metrics->by_name, hash, &at);
    } while (slot != PEN_NONE && !pen_str_equal(name, pen_str_from_c(metrics->names[slot])));
    return slot;
}

static enum pen_status add_name(struct pen_metrics *metrics, struct pen_str name)
{
    if (metrics->name_count == metrics->name_room) {
        const size_t room = metrics->name_room == 0 ? 64 : metrics->name_room * 2;
        char **names = reallocarray(metrics->names, room, sizeof(*names));
        if (names == NULL) return PEN_ERR_NOMEM;
        metrics->names = names;
        metrics->name_room = room;
    }
    char *const copy = strndup(name.ptr, name.len);
    if (copy == NULL) return PEN_ERR_NOMEM;
    if (!make_pages(metrics, metrics->name_count)
        || pen_lookup_add(&metrics->by_name, metrics->arena, pen_lookup_hash(name),
                          (uint32_t)metrics->name_count)
               != PEN_OK) {
        free(copy);
        return PEN_ERR_NOMEM;
    }
    metrics->names[metrics->name_count++] = copy;
    return PEN_OK;
}

static void lock(struct pen_metrics *metrics)
{
    if (pthread_mutex_lock(&metrics->lock) != 0) abort();
}

static void unlock(struct pen_metrics *metrics)
{
    if (pthread_mutex_unlock(&metrics->lock) != 0) abort();
}

enum pen_status pen_metrics_slot(struct pen_metrics *metrics, struct pen_str function,
                                 uint32_t *out)
{
    enum pen_status status = PEN_OK;
    lock(metrics);
    uint32_t slot = find_name(metrics, function);
    if (slot == PEN_NONE) {
        slot = (uint32_t)metrics->name_count;
        status = add_name(metrics, function);
    }
    unlock(metrics);
    if (status == PEN_OK) *out = slot;
    return status;
}

void pen_metrics_add(struct pen_metrics *metrics, size_t worker, enum pen_counter counter,
                     uint64_t n)
{
    bump(&metrics->of[worker].counters[counter], n);
}

void pen_metrics_gauge(struct pen_metrics *metrics, size_t worker, enum pen_gauge gauge, int64_t n)
{
    atomic_store_explicit(&metrics->of[worker].gauges[gauge], n, memory_order_relaxed);
}

void pen_metrics_request(struct pen_metrics *metrics, size_t worker, uint32_t slot, int status,
                         int verdict, uint64_t total_us)
{
    struct pen_series *const page = atomic_load_explicit(
        &metrics->of[worker].pages[slot / PEN_METRICS_PAGE], memory_order_acquire);
    if (page == NULL || verdict < 0 || verdict >= PEN_METRICS_VERDICTS) return;

    struct pen_series *const series = &page[slot % PEN_METRICS_PAGE];
    const size_t class = status >= 100 && status < 600 ? (size_t)status / 100 : 0;
    const bool usual = class == PEN_METRICS_USUAL && verdict == 0;
    bump(usual ? &series->usual : &series->requests[class][verdict], 1);
    observe(&series->seconds, total_us);
}

void pen_metrics_violation(struct pen_metrics *metrics, size_t worker, uint32_t slot)
{
    struct pen_series *const page = atomic_load_explicit(
        &metrics->of[worker].pages[slot / PEN_METRICS_PAGE], memory_order_acquire);
    if (page != NULL) bump(&page[slot % PEN_METRICS_PAGE].violations, 1);
}

void pen_metrics_reason(struct pen_metrics *metrics, size_t worker, const char *reason)
{
    struct pen_worker_metrics *const mine = &metrics->of[worker];
    for (size_t i = 0; i < PEN_METRICS_REASONS; i++) {
        const char *const known =
            atomic_load_explicit(&mine->reasons[i].reason, memory_order_relaxed);
        if (known != NULL && strcmp(known, reason) == 0) {
            bump(&mine->reasons[i].count, 1);
            return;
        }
        if (known != NULL) continue;

        /* A reason may lie in a request's arena: keep its text. */
        struct pen_buf copy =
            pen_buf_over(mine->reason_names[i], sizeof(mine->reason_names[i]) - 1);
        pen_buf_put(&copy, pen_str_from_c(reason));
        if (copy.full) break;
        bump(&mine->reasons[i].count, 1);
        atomic_store_explicit(&mine->reasons[i].reason, mine->reason_names[i],
                              memory_order_release);
        return;
    }
    bump(&mine->other_reasons, 1);
}

void pen_metrics_stage(struct pen_metrics *metrics, size_t worker, enum pen_stage stage,
                       uint64_t us)
{
    observe(&metrics->of[worker].stages[stage], us);
}
