/** What whole_event.h takes an event through costs, in microseconds. */
#include <stdio.h>
#include <stdlib.h>

#include "bench/whole_event.h"
#include "gateway/clock.h"

#define ROUNDS 15
#define TIMES  20000

static int compare(const void *a, const void *b)
{
    const double left = *(const double *)a;
    const double right = *(const double *)b;
    return (left > right) - (left < right);
}

int main(void)
{
    double rounds[ROUNDS];
    struct bench_event *const event = bench_event_create();
    for (size_t r = 0; r < ROUNDS; r++) {
        const uint64_t start = pen_clock_us();
        for (size_t i = 0; i < TIMES; i++) {
            bench_event_run(event);
        }
        rounds[r] = (double)(pen_clock_us() - start) / TIMES;
    }
    qsort(rounds, ROUNDS, sizeof(rounds[0]), compare);
    printf("between TLS in and mutual TLS out: %.2f us an event (%.2f-%.2f), head %zu + body %zu "
           "bytes\n",
           rounds[ROUNDS / 2], rounds[0], rounds[ROUNDS - 1], bench_event_head_bytes(event),
           bench_event_body_bytes());
    if (bench_event_dropped(event) > 0) {
        printf("  %llu of %d records were dropped: the loop outruns the writer\n",
               (unsigned long long)bench_event_dropped(event), ROUNDS * TIMES);
    }
    bench_event_destroy(event);
    return 0;
}
