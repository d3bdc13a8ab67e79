/** Time: monotonic for deadlines and durations, wall for records and tokens. Any thread. */
#ifndef PEN_GATEWAY_CLOCK_H
#define PEN_GATEWAY_CLOCK_H

#include <stdint.h>

uint64_t pen_clock_us(void);     /* monotonic microseconds */
int64_t pen_clock_unix_ms(void); /* Unix milliseconds */
int64_t pen_clock_unix_s(void);  /* Unix seconds */

#endif
