/** What became of the callers. */
#ifndef PEN_TEST_LOAD_COUNTS_H
#define PEN_TEST_LOAD_COUNTS_H

#include <stdint.h>

#define BUCKETS 40000 /* of the latency histogram: tenths of a millisecond up to four seconds */

struct counts {
    uint64_t begun;
    uint64_t full;
    uint64_t resumed;
    uint64_t left;
    uint64_t no_handshake;
    uint64_t answered;
    uint64_t status[600];
    uint64_t ended;     /* by the gateway, without an answer owed */
    uint64_t lost;      /* ended or reset while an answer was owed */
    uint64_t repeated;  /* a kept connection was closed before a byte of our request was answered */
    uint64_t timed_out; /* nothing happened for all our patience */
    uint64_t slowest_end_ms;
    uint64_t latency[BUCKETS + 1];
};

/** An answer took so long. */
void observe(struct counts *counts, uint64_t us);

/** As one JSON object on standard output. */
void print_counts(const struct counts *counts, const char *mode, uint64_t lasted_us);

#endif
