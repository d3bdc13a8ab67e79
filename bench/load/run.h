/**
 * The load itself: from the first event that is due to the last answer, in one thread.
 *
 * Open loop where the scenario has a rate: events begin when they are due, over at most
 * `connections` connections; what is due while all are busy waits, and its latency counts that.
 * Without a rate each connection sends its next event as soon as it has an answer (saturation), and
 * counting begins when each has had one.
 */
#ifndef PEN_BENCH_LOAD_RUN_H
#define PEN_BENCH_LOAD_RUN_H

#include "bench/load/report.h"

struct load_run {
    uint64_t seed;
    const int32_t *pids; /* whose CPU is told */
    size_t pid_count;
    bool shows_progress; /* on standard error */
};

/**
 * @param report  empty, of load_report_create()
 *
 * Errors: PEN_ERR_NOMEM, PEN_ERR_IO, PEN_ERR_INTERNAL; `err` says what it was
 */
PEN_MUST_USE enum pen_status load_run(const struct load_scenario *scenario,
                                      const struct load_run *run, struct load_report *report,
                                      struct pen_error *err);

#endif
