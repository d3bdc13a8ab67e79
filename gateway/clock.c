/** clock_gettime through the vDSO: no system call. */
#include "gateway/clock.h"

#include <stdlib.h>
#include <time.h>

static struct timespec read_clock(clockid_t id)
{
    struct timespec now;
    if (clock_gettime(id, &now) != 0) abort();
    return now;
}

uint64_t pen_clock_us(void)
{
    const struct timespec now = read_clock(CLOCK_MONOTONIC);
    return (uint64_t)now.tv_sec * 1000000 + (uint64_t)now.tv_nsec / 1000;
}

int64_t pen_clock_unix_ms(void)
{
    const struct timespec now = read_clock(CLOCK_REALTIME);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

int64_t pen_clock_unix_s(void)
{
    return read_clock(CLOCK_REALTIME).tv_sec;
}
