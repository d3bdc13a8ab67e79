/**
 * What the wire codec costs: the stages of bench/micro/wire_stages.c in time instead of
 * instructions.
 *
 * Prints the median of 31 rounds and the spread between the 5th and 95th percentile.
 */
#include <stdio.h>
#include <stdlib.h>

#include "bench/micro/stages.h"
#include "gateway/clock.h"

#define ROUNDS 31
#define CALLS  20000

static int compare(const void *a, const void *b)
{
    const double left = *(const double *)a;
    const double right = *(const double *)b;
    return (left > right) - (left < right);
}

static bool measure(const struct stage *stage)
{
    double ns[ROUNDS];
    for (size_t round = 0; round < ROUNDS; round++) {
        const uint64_t start_us = pen_clock_us();
        for (size_t i = 0; i < CALLS; i++) {
            if (!stage->once()) return false;
        }
        ns[round] = (double)(pen_clock_us() - start_us) * 1000.0 / CALLS;
    }
    qsort(ns, ROUNDS, sizeof(ns[0]), compare);
    printf("%-28s %7.1f ns  (%.1f to %.1f)\n", stage->name, ns[ROUNDS / 2], ns[ROUNDS / 20],
           ns[ROUNDS - 1 - ROUNDS / 20]);
    return true;
}

int main(void)
{
    for (size_t i = 0; i < wire_stages.count; i++) {
        if (!measure(&wire_stages.stages[i])) {
            fprintf(stderr, "bench_wire: a sample was refused\n");
            return 1;
        }
    }
    return 0;
}
