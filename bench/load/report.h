/**
 * What became of a load: counts and latencies by kind of event, and what it cost.
 *
 * Latency counts from when an event was due, not from when a connection was free for it. One
 * thread.
 */
#ifndef PEN_BENCH_LOAD_REPORT_H
#define PEN_BENCH_LOAD_REPORT_H

#include <stdbool.h>
#include <stdio.h>

#include "bench/load/histogram.h"
#include "bench/load/scenario.h"

/** Why an event got no answer. */
enum load_failure {
    LOAD_NOT_CONNECTED, /* no connection came about */
    LOAD_NO_TLS,        /* the handshake failed, or the certificate is not believed */
    LOAD_ENDED,         /* the connection ended before the answer was whole */
    LOAD_NO_HTTP,       /* what came is no HTTP */
    LOAD_TOO_LATE,      /* no whole answer within `timeout` */
    LOAD_NEVER_SENT,    /* due, but every connection was busy until the end */
    LOAD_OTHER,         /* libcurl had another reason */
    LOAD_FAILURES
};

struct load_tally {
    uint64_t due;           /* events of this kind */
    uint64_t as_expected;   /* with an expected status, or left as the fault wants it */
    uint64_t left;          /* of these: by a fault that waits for no answer */
    uint64_t statuses[600]; /* answers by status */
    uint64_t failures[LOAD_FAILURES];
    struct load_histogram latency; /* of answers as expected, and of what came too late or never */
};

struct load_cpu {
    int32_t pid;
    double seconds; /* user and system, its children's included; negative: it is gone */
};

#define LOAD_PIDS_MOST 8

struct load_report {
    const struct load_scenario *scenario;
    double seconds;         /* in which what follows was counted */
    uint64_t answers;       /* that came in these seconds, whenever they were due */
    uint64_t good;          /* of these, as expected */
    uint64_t connections;   /* opened for counted events */
    uint64_t resumed;       /* of these, by a session of an earlier one */
    uint64_t waited;        /* events that were due while every connection was busy */
    double own_cpu_seconds; /* the generator's */
    struct load_cpu cpu[LOAD_PIDS_MOST];
    size_t cpu_count;
    char first_trouble[160];        /* libcurl's words about the first failure */
    struct load_histogram all;      /* latency of all kinds */
    struct load_histogram lateness; /* how long after it was due an event was begun */
    struct load_tally tallies[];    /* as scenario->kinds */
};

/** Empty, for all kinds of the scenario. NULL without memory. */
PEN_MUST_USE struct load_report *load_report_create(const struct load_scenario *scenario);
void load_report_destroy(struct load_report *report);

/** Events without the answer that they were to get. */
uint64_t load_report_errors(const struct load_report *report);
uint64_t load_report_due(const struct load_report *report);

/** Was the generator itself out of CPU? Then the figures are its own, not the gateway's. */
bool load_report_is_own_limit(const struct load_report *report);

/** The words for a failure, as reports have them: "connection ended". */
const char *load_failure_name(enum load_failure failure);

/** For people. Look at the stream's error flag. */
void load_report_print(const struct load_report *report, FILE *out);

/** One JSON object in one line. Look at the stream's error flag. */
void load_report_print_json(const struct load_report *report, FILE *out);

#endif
