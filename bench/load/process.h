/** CPU that other processes have used, by the kernel's accounting. Linux. */
#ifndef PEN_BENCH_LOAD_PROCESS_H
#define PEN_BENCH_LOAD_PROCESS_H

#include <stdbool.h>
#include <stdint.h>

/**
 * Seconds in user and system mode of a process and all of its descendants that live now, and of
 * those that ended and were waited for. Negative: there is no such process.
 */
double load_process_cpu(int32_t pid);

/** The same for ourselves. */
double load_process_own_cpu(void);

#endif
