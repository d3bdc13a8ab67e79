/** Counts as tests/load/run reads them. */
#include "tests/load/counts.h"

#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>

void observe(struct counts *counts, uint64_t us)
{
    const uint64_t bucket = us / 100;
    counts->latency[bucket < BUCKETS ? bucket : BUCKETS]++;
}

void print_counts(const struct counts *counts, const char *mode, uint64_t lasted_us)
{
    uint64_t total = 0;
    for (size_t i = 0; i <= BUCKETS; i++) {
        total += counts->latency[i];
    }
    static const double shares[] = {0.5, 0.9, 0.99, 0.999, 1.0};
    static const char *const names[] = {"p50", "p90", "p99", "p999", "max"};
    printf("{\"mode\":\"%s\",\"seconds\":%.2f,\"begun\":%" PRIu64 ",\"full\":%" PRIu64
           ",\"resumed\":%" PRIu64 ",\"left\":%" PRIu64 ",\"no_handshake\":%" PRIu64
           ",\"answered\":%" PRIu64 ",\"ended\":%" PRIu64 ",\"lost\":%" PRIu64
           ",\"repeated\":%" PRIu64 ",\"timed_out\":%" PRIu64 ",\"slowest_end_ms\":%" PRIu64,
           mode, (double)lasted_us / 1e6, counts->begun, counts->full, counts->resumed,
           counts->left, counts->no_handshake, counts->answered, counts->ended, counts->lost,
           counts->repeated, counts->timed_out, counts->slowest_end_ms);
    for (size_t s = 0; s < sizeof(shares) / sizeof(shares[0]); s++) {
        uint64_t seen = 0;
        size_t bucket = 0;
        while (bucket < BUCKETS
               && (double)(seen += counts->latency[bucket]) < shares[s] * (double)total) {
            bucket++;
        }
        printf(",\"%s_ms\":%.1f", names[s], (double)(bucket + 1) / 10);
    }
    printf(",\"status\":{");
    const char *comma = "";
    for (int i = 0; i < 600; i++) {
        if (counts->status[i] == 0) continue;
        printf("%s\"%d\":%" PRIu64, comma, i, counts->status[i]);
        comma = ",";
    }
    printf("}}\n");
    fflush(stdout);
}
