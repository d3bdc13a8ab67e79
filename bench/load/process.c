/**
 * A process's CPU clock, and the children that /proc/PID/task/TID/children lists.
 *
 * The clock counts nanoseconds; /proc/PID/stat, which counts ticks of 10 ms, would round away half
 * of what a hundred events a second cost. It is read for children that have ended, which have no
 * clock any more.
 */
#include "bench/load/process.h"

#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "filters/core/str.h"
#include "gateway/file.h"

#define DEEPEST 8 /* a server's workers are the second generation */

/* The n-th word behind the command's name, which is in brackets and may hold anything. */
static uint64_t number_at(struct pen_str line, size_t wanted)
{
    const char *const close = line.len == 0 ? NULL : memrchr(line.ptr, ')', line.len);
    if (close == NULL) return 0;

    size_t at = (size_t)(close - line.ptr) + 2;
    for (size_t i = 0; i < wanted; i++) {
        at = pen_str_find(line, ' ', at) + 1;
    }
    uint64_t number = 0;
    const struct pen_str word = pen_str_slice(line, at, pen_str_find(line, ' ', at));
    return pen_str_to_u64(word, &number) == PEN_OK ? number : 0;
}

static bool clock_of(uint64_t pid, double *seconds)
{
    clockid_t clock;
    struct timespec used;
    if (clock_getcpuclockid((pid_t)pid, &clock) != 0 || clock_gettime(clock, &used) != 0) {
        return false;
    }
    *seconds = (double)used.tv_sec + (double)used.tv_nsec / 1e9;
    return true;
}

static double cpu_of(uint64_t pid, int depth)
{
    char path[64];
    char memory[4096];
    struct pen_str line;
    if (snprintf(path, sizeof(path), "/proc/%llu/stat", (unsigned long long)pid) < 0) return -1;
    if (!pen_file_first_line(path, memory, sizeof(memory), &line)) return -1;

    double seconds = 0;
    if (!clock_of(pid, &seconds)) return -1;
    /* proc(5): cutime and cstime are the fields 16 and 17; the state is the third. */
    const uint64_t ticks = number_at(line, 16 - 3) + number_at(line, 17 - 3);
    seconds += (double)ticks / (double)sysconf(_SC_CLK_TCK);
    if (depth == DEEPEST) return seconds;

    if (snprintf(path, sizeof(path), "/proc/%llu/task/%llu/children", (unsigned long long)pid,
                 (unsigned long long)pid)
        < 0) {
        return seconds;
    }
    if (!pen_file_first_line(path, memory, sizeof(memory), &line)) return seconds;
    for (size_t at = 0; at < line.len;) {
        const size_t end = pen_str_find(line, ' ', at);
        uint64_t child = 0;
        if (pen_str_to_u64(pen_str_slice(line, at, end), &child) == PEN_OK) {
            const double more = cpu_of(child, depth + 1);
            if (more > 0) seconds += more;
        }
        at = end + 1;
    }
    return seconds;
}

double load_process_cpu(int32_t pid)
{
    return pid <= 0 ? -1 : cpu_of((uint64_t)pid, 0);
}

double load_process_own_cpu(void)
{
    struct rusage used;
    if (getrusage(RUSAGE_SELF, &used) != 0) return 0;
    return (double)used.ru_utime.tv_sec + (double)used.ru_stime.tv_sec
           + ((double)used.ru_utime.tv_usec + (double)used.ru_stime.tv_usec) / 1e6;
}
