/** A sentence under a lock. */
#include "gateway/readiness.h"

#include <stdlib.h>
#include <string.h>

void pen_readiness_set(struct pen_readiness *readiness, struct pen_str why_not)
{
    if (pthread_mutex_lock(&readiness->lock) != 0) abort();
    readiness->len =
        why_not.len < sizeof(readiness->why_not) ? why_not.len : sizeof(readiness->why_not);
    if (readiness->len > 0) memcpy(readiness->why_not, why_not.ptr, readiness->len);
    if (pthread_mutex_unlock(&readiness->lock) != 0) abort();
}

bool pen_readiness_get(struct pen_readiness *readiness, struct pen_buf *why_not)
{
    if (pthread_mutex_lock(&readiness->lock) != 0) abort();
    pen_buf_put(why_not, (struct pen_str){readiness->why_not, readiness->len});
    const bool ready = readiness->len == 0;
    if (pthread_mutex_unlock(&readiness->lock) != 0) abort();
    return ready;
}
