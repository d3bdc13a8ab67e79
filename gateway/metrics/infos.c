/** Values of the control thread: a short list, looked through from its beginning. */
#include <stdlib.h>
#include <string.h>

#include "gateway/metrics/internal.h"

static void lock(struct pen_metrics *metrics)
{
    if (pthread_mutex_lock(&metrics->lock) != 0) abort();
}

static void unlock(struct pen_metrics *metrics)
{
    if (pthread_mutex_unlock(&metrics->lock) != 0) abort();
}

/* A place for one more, or NULL: without memory a value is missing from the page, no more. */
static struct pen_metrics_info *add_info(struct pen_metrics *metrics, const char *series)
{
    if (metrics->info_count == metrics->info_room) {
        const size_t room = metrics->info_room == 0 ? 32 : 2 * metrics->info_room;
        if (room > SIZE_MAX / sizeof(*metrics->infos)) return NULL;
        struct pen_metrics_info *const grown =
            realloc(metrics->infos, room * sizeof(*metrics->infos));
        if (grown == NULL) return NULL;
        metrics->infos = grown;
        metrics->info_room = room;
    }
    struct pen_metrics_info *const info = &metrics->infos[metrics->info_count];
    info->series = strdup(series);
    if (info->series == NULL) return NULL;

    metrics->info_count++;
    return info;
}

void pen_metrics_info(struct pen_metrics *metrics, const char *series, double value)
{
    lock(metrics);
    size_t i = 0;
    while (i < metrics->info_count && strcmp(metrics->infos[i].series, series) != 0) {
        i++;
    }
    struct pen_metrics_info *const info =
        i < metrics->info_count ? &metrics->infos[i] : add_info(metrics, series);
    if (info != NULL) info->value = value;
    unlock(metrics);
}

void pen_metrics_forget(struct pen_metrics *metrics, const char *name)
{
    lock(metrics);
    size_t kept = 0;
    for (size_t i = 0; i < metrics->info_count; i++) {
        struct pen_metrics_info *const info = &metrics->infos[i];
        if (pen_metrics_is_named(info->series, name)) {
            free(info->series);
        } else {
            metrics->infos[kept++] = *info;
        }
    }
    metrics->info_count = kept;
    unlock(metrics);
}

bool pen_metrics_is_named(const char *series, const char *name)
{
    const size_t length = strcspn(series, "{");
    return length == strcspn(name, "{") && memcmp(series, name, length) == 0;
}
