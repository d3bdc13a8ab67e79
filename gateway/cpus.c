/**
 * Affinity and cgroup quota. A container with half a CPU on a 64-core host must not start 64
 * workers: its quota would be used up in the first milliseconds of each period and everything
 * stall.
 */
#include "gateway/cpus.h"

#include <sched.h>

#include "gateway/file.h"

static uint32_t quota_to_cpus(struct pen_str quota, struct pen_str period)
{
    uint64_t quota_us = 0;
    uint64_t period_us = 0;
    /* "max" and "-1" mean no quota, and are no numbers either. */
    if (pen_str_to_u64(quota, &quota_us) != PEN_OK || pen_str_to_u64(period, &period_us) != PEN_OK
        || quota_us == 0 || period_us == 0) {
        return UINT32_MAX;
    }
    const uint64_t cpus = (quota_us + period_us - 1) / period_us;
    return cpus > UINT32_MAX ? UINT32_MAX : (uint32_t)cpus;
}

static uint32_t cgroup_cpus(void)
{
    char first[128];
    char second[128];
    struct pen_str quota;
    struct pen_str period;
    if (pen_file_first_line("/sys/fs/cgroup/cpu.max", first, sizeof(first), &quota)) {
        const size_t space = pen_str_find(quota, ' ', 0);
        return quota_to_cpus(pen_str_slice(quota, 0, space),
                             pen_str_slice(quota, space + 1, quota.len));
    }
    if (pen_file_first_line("/sys/fs/cgroup/cpu/cpu.cfs_quota_us", first, sizeof(first), &quota)
        && pen_file_first_line("/sys/fs/cgroup/cpu/cpu.cfs_period_us", second, sizeof(second),
                               &period)) {
        return quota_to_cpus(quota, period);
    }
    return UINT32_MAX;
}

uint32_t pen_cpus_allowed(void)
{
    cpu_set_t set;
    uint32_t cpus = 1;
    if (sched_getaffinity(0, sizeof(set), &set) == 0 && CPU_COUNT(&set) > 0) {
        cpus = (uint32_t)CPU_COUNT(&set);
    }
    const uint32_t quota = cgroup_cpus();
    return quota < cpus ? quota : cpus;
}
