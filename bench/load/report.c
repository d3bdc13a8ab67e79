/** Sums over the kinds, and the report for people. */
#include "bench/load/report.h"

#include <inttypes.h>
#include <stdlib.h>

static const double percents[] = {50, 90, 99, 99.9};

struct load_report *load_report_create(const struct load_scenario *scenario)
{
    struct load_report *const report =
        calloc(1, sizeof(*report) + scenario->kind_count * sizeof(report->tallies[0]));
    if (report != NULL) report->scenario = scenario;
    return report;
}

void load_report_destroy(struct load_report *report)
{
    free(report);
}

uint64_t load_report_due(const struct load_report *report)
{
    uint64_t due = 0;
    for (size_t i = 0; i < report->scenario->kind_count; i++) {
        due += report->tallies[i].due;
    }
    return due;
}

uint64_t load_report_errors(const struct load_report *report)
{
    uint64_t errors = 0;
    for (size_t i = 0; i < report->scenario->kind_count; i++) {
        errors += report->tallies[i].due - report->tallies[i].as_expected;
    }
    return errors;
}

bool load_report_is_own_limit(const struct load_report *report)
{
    /* One thread: nine tenths of a CPU, and what is left went to others of this machine. */
    return report->own_cpu_seconds > 0.9 * report->seconds;
}

const char *load_failure_name(enum load_failure failure)
{
    switch (failure) {
    case LOAD_NOT_CONNECTED:
        return "no connection";
    case LOAD_NO_TLS:
        return "no TLS handshake";
    case LOAD_ENDED:
        return "connection ended";
    case LOAD_NO_HTTP:
        return "no HTTP";
    case LOAD_TOO_LATE:
        return "no answer in time";
    case LOAD_NEVER_SENT:
        return "never sent: every connection was busy";
    case LOAD_OTHER:
    case LOAD_FAILURES:
        break;
    }
    return "other";
}

static void print_latency(const struct load_histogram *latency, FILE *out)
{
    if (latency->total == 0) {
        fprintf(out, "%10s%10s%10s%10s%10s", "-", "-", "-", "-", "-");
        return;
    }
    for (size_t i = 0; i < PEN_COUNT_OF(percents); i++) {
        fprintf(out, "%10.3f", (double)load_histogram_percentile(latency, percents[i]) / 1e6);
    }
    fprintf(out, "%10.3f", (double)latency->most / 1e6);
}

static void print_row(struct pen_str name, uint64_t due, uint64_t errors,
                      const struct load_histogram *latency, FILE *out)
{
    fprintf(out, "  %-20.*s%10" PRIu64 "%8" PRIu64, PEN_STR_ARGS(name), due, errors);
    print_latency(latency, out);
    fprintf(out, "\n");
}

static void print_statuses(const struct load_kind *kind, const struct load_tally *tally, FILE *out)
{
    for (size_t status = 0; status < PEN_COUNT_OF(tally->statuses); status++) {
        bool expected = false;
        for (size_t i = 0; i < kind->expected_count; i++) {
            expected = expected || kind->expected[i] == status;
        }
        if (expected || tally->statuses[status] == 0) continue;
        fprintf(out, "  %-20.*s%10" PRIu64 "  answered %zu, which is not what `expect` says\n",
                PEN_STR_ARGS(kind->name), tally->statuses[status], status);
    }
    for (size_t i = 0; i < LOAD_FAILURES; i++) {
        if (tally->failures[i] == 0) continue;
        fprintf(out, "  %-20.*s%10" PRIu64 "  %s\n", PEN_STR_ARGS(kind->name), tally->failures[i],
                load_failure_name((enum load_failure)i));
    }
}

static void print_errors(const struct load_report *report, FILE *out)
{
    if (load_report_errors(report) == 0) {
        fprintf(out, "\nEvery event got the answer that it was to get.\n");
        return;
    }
    fprintf(out, "\nErrors by reason\n");
    for (size_t i = 0; i < report->scenario->kind_count; i++) {
        print_statuses(&report->scenario->kinds[i], &report->tallies[i], out);
    }
    if (report->first_trouble[0] != '\0') {
        fprintf(out, "  the first: %s\n", report->first_trouble);
    }
}

static void print_cost(const struct load_report *report, FILE *out)
{
    const double per_second = (double)report->answers / report->seconds;
    fprintf(out, "\n%.0f answers a second over %.1f s", per_second, report->seconds);
    if (report->scenario->rate > 0) fprintf(out, " (offered: %u)", report->scenario->rate);
    fprintf(out, "; %" PRIu64 " connections opened, %" PRIu64 " of them resumed\n",
            report->connections, report->resumed);
    for (size_t i = 0; i < report->cpu_count; i++) {
        const struct load_cpu *const cpu = &report->cpu[i];
        if (cpu->seconds < 0) {
            fprintf(out, "process %d ended: its CPU is not known\n", (int)cpu->pid);
        } else {
            fprintf(out, "process %d: %.2f s of CPU, %.1f us an answer\n", (int)cpu->pid,
                    cpu->seconds,
                    report->answers == 0 ? 0 : cpu->seconds * 1e6 / (double)report->answers);
        }
    }
    if (report->waited > 0) {
        fprintf(out,
                "%" PRIu64 " events were due while all %u connections were busy; their waiting is "
                "in the latency\n",
                report->waited, report->scenario->at_once);
    }
    if (load_report_is_own_limit(report)) {
        fprintf(out,
                "NOTE: this generator used %.0f %% of a CPU, which is all it can: the figures "
                "are its own\n",
                report->own_cpu_seconds / report->seconds * 100);
    }
}

void load_report_print(const struct load_report *report, FILE *out)
{
    const struct load_scenario *const scenario = report->scenario;
    fprintf(out, "  latency in ms%17s%8s%10s%10s%10s%10s%10s\n", "events", "errors", "p50", "p90",
            "p99", "p99.9", "max");
    for (size_t i = 0; i < scenario->kind_count; i++) {
        const struct load_tally *const tally = &report->tallies[i];
        print_row(scenario->kinds[i].name, tally->due, tally->due - tally->as_expected,
                  &tally->latency, out);
    }
    if (scenario->kind_count > 1) {
        print_row(PEN_S("all"), load_report_due(report), load_report_errors(report), &report->all,
                  out);
    }
    print_errors(report, out);
    print_cost(report, out);
}
