/** Constant and exponential gaps. */
#include "bench/load/arrivals.h"

#include <math.h>

uint64_t load_random_next(struct load_random *random)
{
    random->state += 0x9E3779B97F4A7C15U;
    uint64_t z = random->state;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9U;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBU;
    return z ^ (z >> 31);
}

size_t load_random_below(struct load_random *random, size_t count)
{
    /* The bias is count / 2^64: nothing that a load could show. */
    return (size_t)(load_random_next(random) % count);
}

struct load_arrivals load_arrivals_start(double per_second, bool poisson, uint64_t seed)
{
    return (struct load_arrivals){
        .random = {seed}, .mean_gap_ns = 1e9 / per_second, .poisson = poisson};
}

/* Uniform in (0, 1]: 53 bits are what a double holds, and a logarithm wants no 0. */
static double uniform(struct load_random *random)
{
    return ((double)(load_random_next(random) >> 11) + 1) / 9007199254740992.0;
}

uint64_t load_arrivals_next(struct load_arrivals *arrivals)
{
    const uint64_t due = (uint64_t)arrivals->next_ns;
    arrivals->next_ns +=
        arrivals->mean_gap_ns * (arrivals->poisson ? -log(uniform(&arrivals->random)) : 1);
    return due;
}
