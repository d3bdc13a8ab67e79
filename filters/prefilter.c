/**
 * Matches collect for each leaf as "group g of filter f has fired", one bit each; when the scan is
 * over the bits of a filter's groups become its one wake bit.
 */
#include "filters/prefilter.h"

#include <stdlib.h>
#include <string.h>

#define MAX_TRIGGERS 1024 /* of all filters together */
#define GROUP_BITS   64   /* of all filters together */

struct pen_prefilter {
    struct pen_patterns *patterns;
    uint64_t needs[PEN_FILTER_MAX]; /* group bits that wake the filter; 0 = it has no triggers */
    uint64_t always;                /* wake bits of filters without triggers */
    size_t filter_count;
};

struct waking {
    uint64_t *wake;
    const size_t *ends;
    uint32_t count;
    uint32_t at; /* matches come in rising order: the leaf of the last one */
};

static void match_found(void *context, uint32_t id, size_t end)
{
    struct waking *const waking = context;
    /* The order is what the engine does, not what it promises. */
    if (waking->at > 0 && end <= waking->ends[waking->at - 1]) waking->at = 0;
    while (waking->at + 1 < waking->count && end > waking->ends[waking->at]) {
        waking->at++;
    }
    waking->wake[waking->at] |= (uint64_t)1 << id;
}

/* Give each group of each filter a bit; `patterns` gets one entry a trigger. */
static enum pen_status collect(struct pen_prefilter *prefilter, struct pen_pattern *patterns,
                               size_t *count, struct pen_error *err)
{
    uint32_t next_bit = 0;
    for (size_t f = 0; f < prefilter->filter_count; f++) {
        const struct pen_filter *const filter = pen_registry_at(f);
        uint32_t groups = 0;
        for (size_t t = 0; t < filter->trigger_count; t++) {
            const struct pen_trigger *const trigger = &filter->triggers[t];
            if (trigger->group >= groups) groups = trigger->group + 1U;
            if (*count == MAX_TRIGGERS || next_bit + groups > GROUP_BITS) {
                pen_error_set(err, "filter %s: too many triggers", filter->name);
                return PEN_ERR_INVALID;
            }
            patterns[(*count)++] = (struct pen_pattern){.expression = trigger->pattern,
                                                        .caseless = trigger->caseless,
                                                        .id = next_bit + trigger->group};
            prefilter->needs[f] |= (uint64_t)1 << (next_bit + trigger->group);
        }
        next_bit += groups;
        if (filter->trigger_count == 0) prefilter->always |= (uint64_t)1 << f;
    }
    return PEN_OK;
}

enum pen_status pen_prefilter_create(struct pen_prefilter **out, struct pen_error *err)
{
    struct pen_prefilter *prefilter = calloc(1, sizeof(*prefilter));
    struct pen_pattern *patterns = calloc(MAX_TRIGGERS, sizeof(*patterns));
    enum pen_status status = PEN_ERR_NOMEM;
    if (prefilter != NULL && patterns != NULL) {
        size_t count = 0;
        prefilter->filter_count = pen_registry_count();
        status = collect(prefilter, patterns, &count, err);
        if (status == PEN_OK) {
            status = pen_patterns_create(patterns, count, &prefilter->patterns, err);
        }
    }
    free(patterns);
    if (status != PEN_OK) {
        free(prefilter);
        return status;
    }
    *out = prefilter;
    return PEN_OK;
}

void pen_prefilter_destroy(struct pen_prefilter *prefilter)
{
    if (prefilter == NULL) return;

    pen_patterns_destroy(prefilter->patterns);
    free(prefilter);
}

enum pen_status pen_prefilter_scratch(const struct pen_prefilter *prefilter,
                                      struct pen_scratch **out)
{
    return pen_patterns_scratch(prefilter->patterns, out);
}

static uint64_t wake_bits(const struct pen_prefilter *prefilter, uint64_t fired)
{
    uint64_t wake = prefilter->always;
    for (size_t f = 0; fired != 0 && f < prefilter->filter_count; f++) {
        const uint64_t needs = prefilter->needs[f];
        if (needs != 0 && (fired & needs) == needs) wake |= (uint64_t)1 << f;
    }
    return wake;
}

enum pen_status pen_prefilter_wake(const struct pen_prefilter *prefilter, struct pen_event *event,
                                   struct pen_scratch *scratch)
{
    struct waking waking = {
        .wake = event->wake, .ends = event->text_ends, .count = event->leaf_count};
    event->woken = 0; /* an event may be inspected more than once */
    if (event->leaf_count == 0) return PEN_OK;

    memset(event->wake, 0, event->leaf_count * sizeof(*event->wake));
    PEN_TRY(pen_patterns_scan(prefilter->patterns, scratch, event->text, match_found, &waking));
    for (uint32_t i = 0; i < event->leaf_count; i++) {
        event->wake[i] = wake_bits(prefilter, event->wake[i]);
        event->woken |= event->wake[i];
    }
    return PEN_OK;
}
