/** The command line of `load`. */
#ifndef PEN_BENCH_LOAD_OPTIONS_H
#define PEN_BENCH_LOAD_OPTIONS_H

#include "bench/load/report.h"

struct load_options {
    const char *scenario;  /* file */
    struct pen_str target; /* instead of the scenario's; empty = as it says. So for all below */
    uint64_t rate;
    bool saturate;
    uint64_t connections; /* 0 = as the scenario says */
    uint64_t duration_ms;
    uint64_t warmup_ms;
    bool has_warmup;
    uint64_t seed;
    int32_t pids[LOAD_PIDS_MOST];
    size_t pid_count;
    bool json;
    bool elsewhere; /* another machine may be loaded */
    bool check;     /* read the scenario and say what it comes to */
};

enum load_wish { LOAD_GO, LOAD_SAID_ALL, LOAD_USED_WRONGLY };

/** Read the command line; help is printed to standard output, mistakes to standard error. */
enum load_wish load_options_read(int argc, char **argv, struct load_options *out);

#endif
