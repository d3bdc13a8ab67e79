/**
 * When events are to be sent, and which: a plan that does not ask how the gateway is doing.
 *
 * Open loop: the next event's time follows from the rate alone, so a gateway that stalls gets the
 * events that callers would have sent meanwhile, and their latency counts from when they were due
 * ("coordinated omission" is what a generator does that waits for answers instead). The same seed
 * gives the same plan. One thread.
 */
#ifndef PEN_BENCH_LOAD_ARRIVALS_H
#define PEN_BENCH_LOAD_ARRIVALS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct load_random {
    uint64_t state;
};

/** Uniform in [0, 2^64). Source: Steele, Lea and Flood, SplitMix (2014). */
uint64_t load_random_next(struct load_random *random);

/** Uniform below `count`, which is not 0. */
size_t load_random_below(struct load_random *random, size_t count);

struct load_arrivals {
    struct load_random random;
    double mean_gap_ns;
    bool poisson;   /* gaps are exponential; else all are alike */
    double next_ns; /* from the plan's start */
};

/** A plan of `per_second` events a second (not 0). */
struct load_arrivals load_arrivals_start(double per_second, bool poisson, uint64_t seed);

/** When the next event is due, in ns from the start; the plan goes on to the one behind it. */
uint64_t load_arrivals_next(struct load_arrivals *arrivals);

#endif
