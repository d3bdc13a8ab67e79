/**
 * Whether the gateway takes requests, and why not: said by the control thread, asked for by the
 * admin listener's.
 */
#ifndef PEN_GATEWAY_READINESS_H
#define PEN_GATEWAY_READINESS_H

#include <pthread.h>

#include "filters/core/str.h"

#define PEN_READINESS_BYTES 160 /* of a reason; more is cut */

struct pen_readiness {
    pthread_mutex_t lock;
    char why_not[PEN_READINESS_BYTES];
    size_t len; /* 0 = ready */
};

#define PEN_READINESS_INIT                 \
    {                                      \
        .lock = PTHREAD_MUTEX_INITIALIZER, \
    }

/** @param why_not  empty: it is ready */
void pen_readiness_set(struct pen_readiness *readiness, struct pen_str why_not);

/** Is it? If not, the reason is written. */
bool pen_readiness_get(struct pen_readiness *readiness, struct pen_buf *why_not);

#endif
