/** Lists of files, from the typed configuration and from what was made of it. */
#include "gateway/tls_files.h"

#include <stdlib.h>

#include "gateway/log.h"

#define SERIES_BYTES 8448 /* a path of PATH_MAX, each byte escaped, and the rest of the series */
#define EXPIRY       "penstock_certificate_expiry_seconds"

/* Paths as they come; NULL memory only counts. */
struct paths {
    struct pen_str *list;
    size_t count;
};

static void add(struct paths *paths, struct pen_str path)
{
    if (path.len == 0) return;
    if (paths->list != NULL) paths->list[paths->count] = path;
    paths->count++;
}

static void add_all(struct paths *paths, const struct pen_config *config)
{
    for (size_t i = 0; i < config->listen_count; i++) {
        const struct pen_config_listen *const listen = &config->listens[i];
        for (size_t k = 0; k < listen->certificate_count; k++) {
            add(paths, listen->certificates[k].certificate);
            add(paths, listen->certificates[k].key);
            add(paths, listen->certificates[k].ocsp);
        }
        add(paths, listen->ticket_keys);
        add(paths, listen->client_ca);
        add(paths, listen->client_crl);
    }
    for (size_t i = 0; i < config->upstream_count; i++) {
        add(paths, config->upstreams[i].identity.certificate);
        add(paths, config->upstreams[i].identity.key);
        add(paths, config->upstreams[i].ca);
        add(paths, config->upstreams[i].crl);
    }
}

enum pen_status pen_tls_files_watch(const struct pen_config *config, struct pen_file_watch **out)
{
    struct paths paths = {.list = NULL};
    add_all(&paths, config);
    paths.list = calloc(paths.count + 1, sizeof(*paths.list));
    if (paths.list == NULL) return PEN_ERR_NOMEM;

    paths.count = 0;
    add_all(&paths, config);
    const enum pen_status status = pen_file_watch_create(paths.list, paths.count, out);
    free(paths.list);
    return status;
}

static int compare_ends(const void *a, const void *b)
{
    const struct pen_tls_date *const one = a;
    const struct pen_tls_date *const other = b;
    if (one->until_s != other->until_s) return one->until_s < other->until_s ? -1 : 1;
    return pen_str_compare(one->file, other->file);
}

/* The dates of listener or upstream `i`. */
static const struct pen_tls_date *dates_at(const struct pen_snapshot *snapshot, size_t i,
                                           size_t *count)
{
    const size_t listens = snapshot->config->listen_count;
    *count = 0;
    if (i < listens) {
        return snapshot->tls[i] == NULL ? NULL : pen_tls_server_dates(snapshot->tls[i], count);
    }
    const struct pen_tls_client *const client = snapshot->upstream_tls[i - listens];
    return client == NULL ? NULL : pen_tls_client_dates(client, count);
}

static size_t collect(const struct pen_snapshot *snapshot, struct pen_tls_date *into)
{
    const size_t sides = snapshot->config->listen_count + snapshot->config->upstream_count;
    size_t total = 0;
    for (size_t i = 0; i < sides; i++) {
        size_t count = 0;
        const struct pen_tls_date *const dates = dates_at(snapshot, i, &count);
        for (size_t k = 0; k < count; k++) {
            if (dates[k].until_s == INT64_MAX) continue; /* a revocation list without an end */
            if (into != NULL) into[total] = dates[k];
            total++;
        }
    }
    return total;
}

enum pen_status pen_tls_files_dates(const struct pen_snapshot *snapshot, struct pen_tls_date **out,
                                    size_t *count)
{
    const size_t most = collect(snapshot, NULL);
    struct pen_tls_date *const dates = calloc(most + 1, sizeof(*dates));
    if (dates == NULL) return PEN_ERR_NOMEM;

    (void)collect(snapshot, dates);
    qsort(dates, most, sizeof(*dates), compare_ends);
    *count = 0;
    for (size_t i = 0; i < most; i++) {
        /* Equal ones stand side by side: one file that several listeners or upstreams use. */
        if (i > 0 && compare_ends(&dates[i], &dates[i - 1]) == 0
            && dates[i].kind == dates[i - 1].kind) {
            continue;
        }
        dates[(*count)++] = dates[i];
    }
    *out = dates;
    return PEN_OK;
}

static void put_label(struct pen_buf *buf, struct pen_str text)
{
    for (size_t i = 0; i < text.len; i++) {
        const char c = text.ptr[i];
        if (c == '\\' || c == '"') pen_buf_byte(buf, '\\');
        pen_buf_byte(buf, c);
    }
}

static void publish_date(const struct pen_tls_date *date, struct pen_metrics *metrics)
{
    char memory[SERIES_BYTES];
    struct pen_buf buf = pen_buf_over(memory, sizeof(memory) - 1);
    pen_buf_format(&buf, EXPIRY "{kind=\"%s\",file=\"", pen_tls_date_label(date->kind));
    put_label(&buf, date->file);
    pen_buf_put(&buf, PEN_S("\"}"));
    if (buf.full) return;

    memory[buf.len] = '\0';
    pen_metrics_info(metrics, memory, (double)date->until_s);
}

static void warn(const struct pen_tls_date *date, int64_t now_s)
{
    if (!pen_tls_date_is_near(date, now_s)) return;

    const char *const word = pen_tls_date_word(date->kind);
    if (date->until_s <= now_s) {
        pen_log(PEN_LOG_WARNING, "%.*s: this %s has ended", PEN_STR_ARGS(date->file), word);
    } else {
        pen_log(PEN_LOG_WARNING, "%.*s: this %s ends in %lld days", PEN_STR_ARGS(date->file), word,
                (long long)pen_tls_date_days(date, now_s));
    }
}

void pen_tls_files_publish(const struct pen_snapshot *snapshot, struct pen_metrics *metrics,
                           int64_t now_s)
{
    struct pen_tls_date *dates = NULL;
    size_t count = 0;
    if (pen_tls_files_dates(snapshot, &dates, &count) != PEN_OK) {
        pen_log(PEN_LOG_ERROR, "no memory to say when certificates end");
        return;
    }
    pen_metrics_forget(metrics, EXPIRY);
    for (size_t i = 0; i < count; i++) {
        publish_date(&dates[i], metrics);
        warn(&dates[i], now_s);
    }
    free(dates);
}
