/** `load`: a scenario, a load, a report. */
#include <inttypes.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include "bench/load/options.h"
#include "bench/load/run.h"

#define USED_WRONGLY 2

static int fail(const char *file, const struct pen_error *err)
{
    if (err->line > 0) {
        fprintf(stderr, "load: %s:%zu:%zu: %s\n", file, err->line, err->column, err->text);
    } else {
        fprintf(stderr, "load: %s\n", err->text);
    }
    return USED_WRONGLY;
}

/* The command line goes before the file. */
static void override(struct load_scenario *scenario, const struct load_options *options)
{
    if (options->target.len > 0) scenario->target = options->target;
    if (options->rate > 0) scenario->rate = (uint32_t)options->rate;
    if (options->saturate) scenario->rate = 0;
    if (options->connections > 0) scenario->at_once = (uint32_t)options->connections;
    if (options->duration_ms > 0) scenario->duration_ms = (uint32_t)options->duration_ms;
    if (options->has_warmup) scenario->warmup_ms = (uint32_t)options->warmup_ms;
}

static const char *fault_name(enum load_fault fault)
{
    switch (fault) {
    case LOAD_NO_FAULT:
        return "";
    case LOAD_SLOW_BODY:
        return ", drips its body";
    case LOAD_ABORT_BODY:
        return ", leaves within its body";
    case LOAD_ABORT_ANSWER:
        return ", leaves without its answer";
    }
    return "";
}

static void describe(const struct load_scenario *scenario, FILE *out)
{
    fprintf(out, "%.*s: ", PEN_STR_ARGS(scenario->target));
    if (scenario->rate > 0) {
        fprintf(out, "%" PRIu32 " events a second, %s arrivals, ", scenario->rate,
                scenario->arrival == LOAD_POISSON ? "Poisson" : "constant");
    } else {
        fprintf(out, "as many events as are answered, ");
    }
    fprintf(out, "%" PRIu32 " connections%s, %g s after %g s of warm-up\n", scenario->at_once,
            scenario->connection == LOAD_KEPT    ? ""
            : scenario->connection == LOAD_FRESH ? ", a new one for each event"
                                                 : ", a resumed one for each event",
            scenario->duration_ms / 1000.0, scenario->warmup_ms / 1000.0);
}

static void describe_mix(const struct load_scenario *scenario, FILE *out)
{
    for (size_t i = 0; i < scenario->kind_count; i++) {
        const struct load_kind *const kind = &scenario->kinds[i];
        size_t bytes = 0;
        for (size_t j = 0; j < kind->body_count; j++) {
            bytes += kind->bodies[j].len;
        }
        fprintf(out, "  %5.1f %%  %-20.*s %.*s %.*s, ", 100.0 * kind->weight / scenario->weight_sum,
                PEN_STR_ARGS(kind->name), PEN_STR_ARGS(kind->method), PEN_STR_ARGS(kind->path));
        if (kind->body_count > 1) {
            fprintf(out, "one of %zu bodies, %zu bytes on average, ", kind->body_count,
                    bytes / kind->body_count);
        } else if (kind->body_count == 1) {
            fprintf(out, "%zu bytes, ", bytes);
        }
        if (kind->tokens != NULL) {
            fprintf(out, "%zu token%s of '%.*s', ", kind->tokens->count,
                    kind->tokens->count == 1 ? "" : "s", PEN_STR_ARGS(kind->tokens->name));
        }
        fprintf(out, "expects");
        for (size_t j = 0; j < kind->expected_count; j++) {
            fprintf(out, " %u", kind->expected[j]);
        }
        fprintf(out, "%s\n", fault_name(kind->fault));
    }
}

static int finish(const struct load_report *report, bool json)
{
    if (json) {
        load_report_print_json(report, stdout);
    } else {
        load_report_print(report, stdout);
    }
    if (fflush(stdout) != 0 || ferror(stdout)) return 1;
    return load_report_errors(report) == 0 ? 0 : 1;
}

static int load_it(const struct load_scenario *scenario, const struct load_options *options)
{
    const struct load_run run = {.seed = options->seed,
                                 .pids = options->pids,
                                 .pid_count = options->pid_count,
                                 .shows_progress = isatty(STDERR_FILENO) == 1};
    struct pen_error err = {.text = ""};
    struct load_report *const report = load_report_create(scenario);
    if (report == NULL) {
        fprintf(stderr, "load: no memory\n");
        return USED_WRONGLY;
    }
    const enum pen_status status = load_run(scenario, &run, report, &err);
    const int result =
        status == PEN_OK ? finish(report, options->json) : fail(options->scenario, &err);
    load_report_destroy(report);
    return result;
}

static int work(struct load_scenario *scenario, const struct load_options *options)
{
    override(scenario, options);
    if (!options->json || options->check) {
        describe(scenario, stdout);
        describe_mix(scenario, stdout);
        if (fflush(stdout) != 0) return 1;
    }
    if (!options->elsewhere && !load_scenario_is_local(scenario)) {
        fprintf(stderr,
                "load: %.*s is not this machine. A load is an attack to whoever did not ask for "
                "it: when you may, say --elsewhere\n",
                PEN_STR_ARGS(scenario->target));
        return USED_WRONGLY;
    }
    return options->check ? 0 : load_it(scenario, options);
}

int main(int argc, char **argv)
{
    struct load_options options;
    struct load_scenario scenario = {.arena = NULL};
    struct pen_error err = {.text = ""};
    switch (load_options_read(argc, argv, &options)) {
    case LOAD_SAID_ALL:
        return 0;
    case LOAD_USED_WRONGLY:
        return USED_WRONGLY;
    case LOAD_GO:
        break;
    }
    /* A peer that ends a connection is counted, not died of. */
    if (signal(SIGPIPE, SIG_IGN) == SIG_ERR) return USED_WRONGLY;
    if (load_scenario_read(pen_str_from_c(options.scenario), &scenario, &err) != PEN_OK) {
        return fail(options.scenario, &err);
    }
    const int result = work(&scenario, &options);
    load_scenario_release(&scenario);
    return result;
}
