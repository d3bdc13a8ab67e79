/**
 * A caller that reads its answer one byte at a time must not hold what the answer needs.
 *
 * Only the time counts in which its socket was full: a function may be as slow as its own deadlines
 * allow. A window is closed after five seconds of such time, so that a fast beginning buys nothing
 * for later.
 */
#include "gateway/edge/connection.h"

#define WINDOW_MS 5000

void pen_edge_pace_block(struct pen_edge_pace *pace, uint64_t now_ms)
{
    pace->since_ms = now_ms;
}

void pen_edge_pace_take(struct pen_edge_pace *pace, uint64_t now_ms, size_t bytes, bool free_again)
{
    pace->bytes += bytes;
    if (!free_again) return;

    pace->blocked_ms += now_ms - pace->since_ms;
    pace->since_ms = now_ms;
}

bool pen_edge_pace_is_slow(struct pen_edge_pace *pace, uint64_t now_ms, uint32_t bytes_per_s)
{
    const uint64_t blocked_ms = pace->blocked_ms + (now_ms - pace->since_ms);
    if (blocked_ms < WINDOW_MS) return false;
    if (pace->bytes < blocked_ms * bytes_per_s / 1000) return true;

    *pace = (struct pen_edge_pace){.since_ms = now_ms};
    return false;
}
