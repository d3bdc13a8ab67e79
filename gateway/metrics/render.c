/** Prometheus' text format, version 0.0.4; names end in their unit, histograms count up. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/metrics/internal.h"

static const char *const verdicts[PEN_METRICS_VERDICTS] = {"pass", "flag", "block"};
static const char *const classes[PEN_METRICS_CLASSES] = {"gone", "1xx", "2xx", "3xx", "4xx", "5xx"};
static const char *const stages[PEN_STAGE_COUNT] = {
    [PEN_STAGE_AUTH] = "auth",
    [PEN_STAGE_INSPECT] = "inspect",
    [PEN_STAGE_UPSTREAM] = "upstream",
    [PEN_STAGE_TOTAL] = "total",
};

static const struct {
    const char *name;
    const char *help;
} counters[PEN_COUNTER_COUNT] = {
    [PEN_COUNTER_CONNECTIONS_REFUSED] = {"penstock_connections_refused_total",
                                         "Connections closed at once: too many, or no memory."},
    [PEN_COUNTER_PROXY_FAILURES] =
        {"penstock_proxy_header_failures_total",
         "Connections of proxies that did not begin with a PROXY header."},
    [PEN_COUNTER_HANDSHAKES] = {"penstock_tls_handshakes_total", "TLS handshakes completed."},
    [PEN_COUNTER_HANDSHAKES_RESUMED] = {"penstock_tls_handshakes_resumed_total",
                                        "TLS handshakes that resumed a session."},
    [PEN_COUNTER_HANDSHAKE_FAILURES] = {"penstock_tls_handshake_failures_total",
                                        "TLS handshakes that failed or took too long."},
    [PEN_COUNTER_WIRE_REFUSALS] = {"penstock_edge_refusals_total",
                                   "Requests answered by the edge itself."},
    [PEN_COUNTER_WEBHOOK_ANSWERS] = {"penstock_webhook_answers_total",
                                     "Handshakes of webhooks answered without a function."},
    [PEN_COUNTER_RESPONSES_FLAGGED] = {"penstock_responses_flagged_total",
                                       "Answers of functions in which something was found."},
    [PEN_COUNTER_RESPONSES_REDACTED] = {"penstock_responses_redacted_total",
                                        "Answers in which something was struck out."},
    [PEN_COUNTER_RESPONSES_UNREAD] = {"penstock_responses_unread_total",
                                      "Answers that were not, or not wholly, looked at."},
    [PEN_COUNTER_UPSTREAM_CONNECTS] = {"penstock_upstream_connects_total",
                                       "Exchanges over a new connection."},
    [PEN_COUNTER_UPSTREAM_REUSES] = {"penstock_upstream_reuses_total",
                                     "Exchanges over a kept connection."},
    [PEN_COUNTER_BYTES_IN] = {"penstock_received_bytes_total", "Bytes from callers, decrypted."},
    [PEN_COUNTER_BYTES_OUT] = {"penstock_sent_bytes_total", "Bytes to callers, before encryption."},
};

static const struct {
    const char *name;
    const char *help;
} gauges[PEN_GAUGE_COUNT] = {
    [PEN_GAUGE_CONNECTIONS] = {"penstock_connections", "Callers connected now."},
    [PEN_GAUGE_REQUESTS] = {"penstock_requests_in_flight", "Requests at work now."},
    [PEN_GAUGE_UPSTREAM_OPEN] = {"penstock_upstream_connections",
                                 "Connections to functions open now."},
};

/* Of what the control thread sets, wherever it does. */
static const struct {
    const char *name;
    const char *help;
} infos[] = {
    {"penstock_audit_records_total", "Audit records written. Alarm when it stands still."},
    {"penstock_audit_dropped_total",
     "Audit records lost because the queue was full. Alarm when it grows."},
    {"penstock_audit_failed_total",
     "Writes of the audit record that failed: disk full, reader gone. Alarm when it grows."},
    {"penstock_certificate_expiry_seconds",
     "When a certificate, revocation list or OCSP response ends, Unix time in seconds. Alarm days "
     "before."},
    {"penstock_config_generation",
     "Which configuration is in force: counts from 1, one more with each reload."},
    {"penstock_config_reload_failed",
     "1: the latest reload was refused and the configuration before is in force. Alarm at 1."},
    {"penstock_exception_expiry_seconds",
     "When an exception of a function ends, Unix time in seconds. Look at it days before."},
    {"penstock_exceptions_ended",
     "Exceptions that have ended: what they let pass is refused. Look at it above 0."},
    {"penstock_memory_pressure",
     "0: room. 1: new requests are answered with 503. 2: new connections are closed, too. Alarm "
     "above 0."},
    {"penstock_patch_expiry_seconds",
     "When a virtual patch ends, Unix time in seconds. Look at it days before."},
    {"penstock_patches_ended", "Virtual patches whose `until` has passed: what they held back "
                               "comes through; renew or remove."},
    {"penstock_resident_memory_bytes",
     "Memory that the process holds. Requests are refused from 90 % of what it may use."},
    {"penstock_tls_reload_failed",
     "1: changed TLS files could not be taken over, the ones before are in force. Alarm at 1."},
};

static uint64_t load(const pen_count *count)
{
    return atomic_load_explicit(count, memory_order_relaxed);
}

static void head(FILE *out, const char *name, const char *help, const char *type)
{
    fprintf(out, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, type);
}

/* Label values: backslash, quote and line break escaped. */
static void label(FILE *out, const char *value)
{
    for (const char *c = value; *c != '\0'; c++) {
        if (*c == '\\' || *c == '"') fputc('\\', out);
        if (*c == '\n') {
            fputs("\\n", out);
        } else {
            fputc(*c, out);
        }
    }
}

static const struct pen_series *series_of(const struct pen_metrics *m, size_t worker, size_t slot)
{
    const struct pen_series *const page =
        atomic_load_explicit(&m->of[worker].pages[slot / PEN_METRICS_PAGE], memory_order_acquire);
    return page == NULL ? NULL : &page[slot % PEN_METRICS_PAGE];
}

static void render_counters(FILE *out, const struct pen_metrics *m)
{
    for (size_t i = 0; i < PEN_COUNTER_COUNT; i++) {
        uint64_t sum = 0;
        for (size_t w = 0; w < m->workers; w++) {
            sum += load(&m->of[w].counters[i]);
        }
        head(out, counters[i].name, counters[i].help, "counter");
        fprintf(out, "%s %" PRIu64 "\n", counters[i].name, sum);
    }
    for (size_t i = 0; i < PEN_GAUGE_COUNT; i++) {
        int64_t sum = 0;
        for (size_t w = 0; w < m->workers; w++) {
            sum += atomic_load_explicit(&m->of[w].gauges[i], memory_order_relaxed);
        }
        head(out, gauges[i].name, gauges[i].help, "gauge");
        fprintf(out, "%s %" PRId64 "\n", gauges[i].name, sum);
    }
}

/* Sum one histogram over the workers; `of` gives a worker's part. */
struct sum {
    uint64_t buckets[PEN_METRICS_BUCKETS + 1];
    uint64_t sum_us;
};

static void add_histogram(struct sum *sum, const struct pen_histogram *histogram)
{
    for (size_t b = 0; b <= PEN_METRICS_BUCKETS; b++) {
        sum->buckets[b] += load(&histogram->buckets[b]);
    }
    sum->sum_us += load(&histogram->sum_us);
}

static void render_histogram(FILE *out, const char *name, const char *key, const char *value,
                             const struct sum *sum)
{
    uint64_t count = 0;
    for (size_t b = 0; b <= PEN_METRICS_BUCKETS; b++) {
        count += sum->buckets[b];
        fprintf(out, "%s_bucket{%s=\"", name, key);
        label(out, value);
        if (b < PEN_METRICS_BUCKETS) {
            fprintf(out, "\",le=\"%g\"} %" PRIu64 "\n", pen_metrics_bounds_us[b] / 1e6, count);
        } else {
            fprintf(out, "\",le=\"+Inf\"} %" PRIu64 "\n", count);
        }
    }
    fprintf(out, "%s_sum{%s=\"", name, key);
    label(out, value);
    fprintf(out, "\"} %.6f\n%s_count{%s=\"", (double)sum->sum_us / 1e6, name, key);
    label(out, value);
    fprintf(out, "\"} %" PRIu64 "\n", count);
}

static void render_stages(FILE *out, const struct pen_metrics *m)
{
    head(out, "penstock_stage_seconds", "Time spent in each stage of a request.", "histogram");
    for (size_t s = 0; s < PEN_STAGE_COUNT; s++) {
        struct sum sum = {0};
        for (size_t w = 0; w < m->workers; w++) {
            add_histogram(&sum, &m->of[w].stages[s]);
        }
        render_histogram(out, "penstock_stage_seconds", "stage", stages[s], &sum);
    }
}

static uint64_t requests(const struct pen_metrics *m, size_t slot, size_t class, size_t verdict)
{
    uint64_t sum = 0;
    for (size_t w = 0; w < m->workers; w++) {
        const struct pen_series *const series = series_of(m, w, slot);
        if (series == NULL) continue;
        const bool usual = class == PEN_METRICS_USUAL && verdict == 0;
        sum += load(usual ? &series->usual : &series->requests[class][verdict]);
    }
    return sum;
}

static void render_requests(FILE *out, const struct pen_metrics *m)
{
    head(out, "penstock_requests_total", "Requests by function, class of status and verdict.",
         "counter");
    for (size_t slot = 0; slot < m->name_count; slot++) {
        for (size_t c = 0; c < PEN_METRICS_CLASSES; c++) {
            for (size_t v = 0; v < PEN_METRICS_VERDICTS; v++) {
                const uint64_t sum = requests(m, slot, c, v);
                if (sum == 0) continue;
                fputs("penstock_requests_total{function=\"", out);
                label(out, m->names[slot]);
                fprintf(out, "\",status=\"%s\",verdict=\"%s\"} %" PRIu64 "\n", classes[c],
                        verdicts[v], sum);
            }
        }
    }
}

static void render_violations(FILE *out, const struct pen_metrics *m)
{
    const char *const name = "penstock_schema_violations_total";
    head(out, name, "Requests that were not what the function's schema says.", "counter");
    for (size_t slot = 1; slot < m->name_count; slot++) {
        uint64_t sum = 0;
        for (size_t w = 0; w < m->workers; w++) {
            const struct pen_series *const series = series_of(m, w, slot);
            if (series != NULL) sum += load(&series->violations);
        }
        if (sum == 0) continue;
        fprintf(out, "%s{function=\"", name);
        label(out, m->names[slot]);
        fprintf(out, "\"} %" PRIu64 "\n", sum);
    }
}

/* The two series that OpenFaaS' dashboards and autoscaler read, under its names. */
static void render_openfaas(FILE *out, const struct pen_metrics *m)
{
    head(out, "gateway_function_invocation_total", "Invocations by function and class of status.",
         "counter");
    for (size_t slot = 1; slot < m->name_count; slot++) {
        for (size_t c = 1; c < PEN_METRICS_CLASSES; c++) {
            const uint64_t sum =
                requests(m, slot, c, 0) + requests(m, slot, c, 1) + requests(m, slot, c, 2);
            if (sum == 0) continue;
            fputs("gateway_function_invocation_total{function_name=\"", out);
            label(out, m->names[slot]);
            fprintf(out, "\",code=\"%s\"} %" PRIu64 "\n", classes[c], sum);
        }
    }
    head(out, "gateway_functions_seconds", "Time to answer by function.", "histogram");
    for (size_t slot = 1; slot < m->name_count; slot++) {
        struct sum sum = {0};
        for (size_t w = 0; w < m->workers; w++) {
            const struct pen_series *const series = series_of(m, w, slot);
            if (series != NULL) add_histogram(&sum, &series->seconds);
        }
        render_histogram(out, "gateway_functions_seconds", "function_name", m->names[slot], &sum);
    }
}

/* A reason's count over all workers; printed by the first worker that knows it. */
static void render_reason(FILE *out, const struct pen_metrics *m, size_t worker, const char *reason)
{
    uint64_t sum = 0;
    for (size_t w = 0; w < m->workers; w++) {
        for (size_t i = 0; i < PEN_METRICS_REASONS; i++) {
            const struct pen_reason_count *const entry = &m->of[w].reasons[i];
            const char *const known = atomic_load_explicit(&entry->reason, memory_order_acquire);
            if (known == NULL) break;
            if (strcmp(known, reason) != 0) continue;
            if (w < worker) return;
            sum += load(&entry->count);
        }
    }
    fputs("penstock_refusals_total{reason=\"", out);
    label(out, reason);
    fprintf(out, "\"} %" PRIu64 "\n", sum);
}

static void render_reasons(FILE *out, const struct pen_metrics *m)
{
    uint64_t other = 0;
    head(out, "penstock_refusals_total", "Refusals by reason code.", "counter");
    for (size_t w = 0; w < m->workers; w++) {
        other += load(&m->of[w].other_reasons);
        for (size_t i = 0; i < PEN_METRICS_REASONS; i++) {
            const char *const reason =
                atomic_load_explicit(&m->of[w].reasons[i].reason, memory_order_acquire);
            if (reason == NULL) break;
            render_reason(out, m, w, reason);
        }
    }
    if (other > 0) fprintf(out, "penstock_refusals_total{reason=\"other\"} %" PRIu64 "\n", other);
}

/* Was a series of this name printed before? All of a name stand together. */
static bool is_first(const struct pen_metrics *m, size_t index)
{
    for (size_t i = 0; i < index; i++) {
        if (pen_metrics_is_named(m->infos[i].series, m->infos[index].series)) return false;
    }
    return true;
}

static const char *info_help(const char *series)
{
    for (size_t i = 0; i < PEN_COUNT_OF(infos); i++) {
        if (pen_metrics_is_named(series, infos[i].name)) return infos[i].help;
    }
    return "Not described.";
}

static void render_infos(FILE *out, const struct pen_metrics *m)
{
    for (size_t i = 0; i < m->info_count; i++) {
        if (!is_first(m, i)) continue;

        const char *const name = m->infos[i].series;
        const int length = (int)strcspn(name, "{");
        const bool counter = length > 6 && strncmp(name + length - 6, "_total", 6) == 0;
        fprintf(out, "# HELP %.*s %s\n# TYPE %.*s %s\n", length, name, info_help(name), length,
                name, counter ? "counter" : "gauge");
        for (size_t k = i; k < m->info_count; k++) {
            if (!pen_metrics_is_named(m->infos[k].series, name)) continue;
            fprintf(out, "%s %.0f\n", m->infos[k].series, m->infos[k].value);
        }
    }
}

enum pen_status pen_metrics_render(const struct pen_metrics *metrics, char **out, size_t *out_len)
{
    struct pen_metrics *const m = (struct pen_metrics *)(uintptr_t)metrics; /* for its lock alone */
    char *text = NULL;
    size_t length = 0;
    FILE *stream = open_memstream(&text, &length);
    if (stream == NULL) return PEN_ERR_NOMEM;

    if (pthread_mutex_lock(&m->lock) != 0) abort();
    render_counters(stream, m);
    render_stages(stream, m);
    render_requests(stream, m);
    render_violations(stream, m);
    render_openfaas(stream, m);
    render_reasons(stream, m);
    render_infos(stream, m);
    if (pthread_mutex_unlock(&m->lock) != 0) abort();

    const bool failed = ferror(stream) != 0;
    if (fclose(stream) != 0 || failed) {
        free(text);
        return PEN_ERR_NOMEM;
    }
    *out = text;
    *out_len = length;
    return PEN_OK;
}
