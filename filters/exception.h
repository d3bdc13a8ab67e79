/** Exceptions: findings of one filter at one path that do not count. Pure; any thread. */
#ifndef PEN_FILTERS_EXCEPTION_H
#define PEN_FILTERS_EXCEPTION_H

#include "filters/chain.h"

/** Does any exception that is in force at `now` (Unix seconds) cover this finding? */
bool pen_exception_covers(const struct pen_exception *exceptions, size_t count,
                          const struct pen_finding *finding, int64_t now);

#endif
