/** The report for programs: durations in ms, everything else in the units of its name. */
#include "bench/load/report.h"

#include <inttypes.h>

static void print_latency(const char *name, const struct load_histogram *latency, FILE *out)
{
    static const struct {
        const char *name;
        double percent;
    } rows[] = {{"p50", 50}, {"p90", 90}, {"p99", 99}, {"p99.9", 99.9}};
    fprintf(out, "\"%s\":{\"count\":%" PRIu64, name, latency->total);
    if (latency->total > 0) {
        fprintf(out, ",\"min\":%.6f,\"mean\":%.6f", (double)latency->least / 1e6,
                load_histogram_mean(latency) / 1e6);
        for (size_t i = 0; i < PEN_COUNT_OF(rows); i++) {
            fprintf(out, ",\"%s\":%.6f", rows[i].name,
                    (double)load_histogram_percentile(latency, rows[i].percent) / 1e6);
        }
        fprintf(out, ",\"max\":%.6f", (double)latency->most / 1e6);
    }
    fprintf(out, "}");
}

static void print_kind(const struct load_kind *kind, const struct load_tally *tally, FILE *out)
{
    const char *comma = "";
    /* A name has letters, digits, '.', '_' and '-' only. */
    fprintf(out,
            "\"%.*s\":{\"events\":%" PRIu64 ",\"as_expected\":%" PRIu64 ",\"left\":%" PRIu64
            ",\"statuses\":{",
            PEN_STR_ARGS(kind->name), tally->due, tally->as_expected, tally->left);
    for (size_t i = 0; i < PEN_COUNT_OF(tally->statuses); i++) {
        if (tally->statuses[i] == 0) continue;
        fprintf(out, "%s\"%zu\":%" PRIu64, comma, i, tally->statuses[i]);
        comma = ",";
    }
    fprintf(out, "},\"failures\":{");
    comma = "";
    for (size_t i = 0; i < LOAD_FAILURES; i++) {
        if (tally->failures[i] == 0) continue;
        fprintf(out, "%s\"%s\":%" PRIu64, comma, load_failure_name((enum load_failure)i),
                tally->failures[i]);
        comma = ",";
    }
    fprintf(out, "},");
    print_latency("latency_ms", &tally->latency, out);
    fprintf(out, "}");
}

static void print_cpu(const struct load_report *report, FILE *out)
{
    fprintf(out, "\"cpu\":[");
    for (size_t i = 0; i < report->cpu_count; i++) {
        fprintf(out, "%s{\"pid\":%d,\"seconds\":", i > 0 ? "," : "", (int)report->cpu[i].pid);
        if (report->cpu[i].seconds < 0) {
            fprintf(out, "null}");
        } else {
            fprintf(out, "%.4f}", report->cpu[i].seconds);
        }
    }
    fprintf(out, "],");
}

static void print_trouble(const struct load_report *report, FILE *out)
{
    char memory[6 * sizeof(report->first_trouble)];
    struct pen_buf buf = pen_buf_over(memory, sizeof(memory));
    pen_buf_json(&buf, pen_str_from_c(report->first_trouble));
    fprintf(out, "\"first_trouble\":\"%.*s\",", PEN_STR_ARGS(pen_buf_str(&buf)));
}

void load_report_print_json(const struct load_report *report, FILE *out)
{
    const struct load_scenario *const scenario = report->scenario;
    fprintf(out,
            "{\"offered_per_second\":%u,\"seconds\":%.4f,\"answers\":%" PRIu64 ",\"good\":%" PRIu64
            ",\"answers_per_second\":%.2f,\"events\":%" PRIu64 ",\"errors\":%" PRIu64
            ",\"connections\":%" PRIu64 ",\"resumed\":%" PRIu64 ",\"waited\":%" PRIu64
            ",\"own_cpu_seconds\":%.4f,\"own_limit\":%s,",
            scenario->rate, report->seconds, report->answers, report->good,
            (double)report->answers / report->seconds, load_report_due(report),
            load_report_errors(report), report->connections, report->resumed, report->waited,
            report->own_cpu_seconds, load_report_is_own_limit(report) ? "true" : "false");
    print_cpu(report, out);
    print_trouble(report, out);
    print_latency("latency_ms", &report->all, out);
    fprintf(out, ",");
    print_latency("lateness_ms", &report->lateness, out);
    fprintf(out, ",\"kinds\":{");
    for (size_t i = 0; i < scenario->kind_count; i++) {
        if (i > 0) fprintf(out, ",");
        print_kind(&scenario->kinds[i], &report->tallies[i], out);
    }
    fprintf(out, "}}\n");
}
