/** How many CPUs the process may really use. */
#ifndef PEN_GATEWAY_CPUS_H
#define PEN_GATEWAY_CPUS_H

#include <stdint.h>

/**
 * The smaller of the CPUs in the affinity mask and the cgroup's quota rounded up (cgroup v2
 * cpu.max, v1 cpu.cfs_quota_us); at least 1. Reads files: not for workers.
 */
uint32_t pen_cpus_allowed(void);

#endif
