/**
 * Counts of durations over nine orders of magnitude, to three significant digits.
 *
 * Log-linear: exact below 2048 ns, then 1024 equal slots for each doubling, so that a slot is
 * never wider than a thousandth of what it holds. Memory does not grow with what is recorded, and
 * recording is a shift and an increment. One thread.
 *
 * Idea: G. Tene, HdrHistogram.
 */
#ifndef PEN_BENCH_LOAD_HISTOGRAM_H
#define PEN_BENCH_LOAD_HISTOGRAM_H

#include <stdint.h>

#define LOAD_HISTOGRAM_BITS  10                        /* 2^10 slots a doubling */
#define LOAD_HISTOGRAM_MOST  (((uint64_t)1 << 42) - 1) /* ns: 73 minutes */
#define LOAD_HISTOGRAM_SLOTS ((42 - LOAD_HISTOGRAM_BITS + 1) << LOAD_HISTOGRAM_BITS)

struct load_histogram {
    uint64_t total; /* values recorded */
    uint64_t least; /* ns, exact; 0 when nothing was recorded */
    uint64_t most;  /* ns, exact unless it was cut to LOAD_HISTOGRAM_MOST */
    double sum;     /* ns */
    uint64_t counts[LOAD_HISTOGRAM_SLOTS];
};

/** Record one duration; what is longer than LOAD_HISTOGRAM_MOST is cut to it. */
void load_histogram_record(struct load_histogram *histogram, uint64_t ns);

/** Add all that `from` holds. */
void load_histogram_merge(struct load_histogram *into, const struct load_histogram *from);

/**
 * The duration that `percent` of the values do not exceed: the upper end of the slot in which it
 * lies, never more than the largest value. 0 when nothing was recorded.
 *
 * @param percent  above 0, up to 100
 */
uint64_t load_histogram_percentile(const struct load_histogram *histogram, double percent);

/** 0 when nothing was recorded. */
double load_histogram_mean(const struct load_histogram *histogram);

#endif
