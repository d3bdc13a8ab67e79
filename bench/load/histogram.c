/** Log-linear slots: where a duration is counted, and where percentiles are read off. */
#include "bench/load/histogram.h"

#include <stddef.h>

#define PER_DOUBLING ((uint64_t)1 << LOAD_HISTOGRAM_BITS)

/* The slot's number: its doubling, and the leading bits behind the first. */
static size_t slot_of(uint64_t ns)
{
    if (ns < 2 * PER_DOUBLING) return (size_t)ns;
    const unsigned shift = 63U - (unsigned)__builtin_clzll(ns) - LOAD_HISTOGRAM_BITS;
    return (size_t)(((uint64_t)shift << LOAD_HISTOGRAM_BITS) + (ns >> shift));
}

/* The largest duration that is counted in this slot. */
static uint64_t upper_end(size_t slot)
{
    if (slot < 2 * PER_DOUBLING) return slot;
    const unsigned shift = (unsigned)(slot >> LOAD_HISTOGRAM_BITS) - 1;
    const uint64_t leading = slot - ((uint64_t)shift << LOAD_HISTOGRAM_BITS);
    return ((leading + 1) << shift) - 1;
}

void load_histogram_record(struct load_histogram *histogram, uint64_t ns)
{
    if (ns > LOAD_HISTOGRAM_MOST) ns = LOAD_HISTOGRAM_MOST;
    if (histogram->total == 0 || ns < histogram->least) histogram->least = ns;
    if (ns > histogram->most) histogram->most = ns;
    histogram->total++;
    histogram->sum += (double)ns;
    histogram->counts[slot_of(ns)]++;
}

void load_histogram_merge(struct load_histogram *into, const struct load_histogram *from)
{
    if (from->total == 0) return;
    if (into->total == 0 || from->least < into->least) into->least = from->least;
    if (from->most > into->most) into->most = from->most;
    into->total += from->total;
    into->sum += from->sum;
    for (size_t i = 0; i < LOAD_HISTOGRAM_SLOTS; i++) {
        into->counts[i] += from->counts[i];
    }
}

uint64_t load_histogram_percentile(const struct load_histogram *histogram, double percent)
{
    /* The smallest count that is `percent` of all: rounded up, and one value at least. 99.9 % of
     * 2000 are 1998, whatever a double makes of 99.9. */
    const double exact = percent / 100.0 * (double)histogram->total - 1e-6;
    uint64_t wanted = exact > 0 ? (uint64_t)exact : 0;
    if ((double)wanted < exact || wanted == 0) wanted++;

    uint64_t seen = 0;
    for (size_t i = 0; i < LOAD_HISTOGRAM_SLOTS; i++) {
        seen += histogram->counts[i];
        if (histogram->counts[i] == 0 || seen < wanted) continue;
        const uint64_t end = upper_end(i);
        return end < histogram->most ? end : histogram->most;
    }
    return histogram->most;
}

double load_histogram_mean(const struct load_histogram *histogram)
{
    return histogram->total == 0 ? 0 : histogram->sum / (double)histogram->total;
}
