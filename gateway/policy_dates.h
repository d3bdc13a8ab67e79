/**
 * When what a policy says for a time ends: exceptions and virtual patches with a last day.
 *
 * Whoever wrote them meant to be done by then, so the end is told before it is noticed by refused
 * events. Control thread.
 */
#ifndef PEN_GATEWAY_POLICY_DATES_H
#define PEN_GATEWAY_POLICY_DATES_H

#include "gateway/snapshot.h"

/**
 * Put the ends into the metrics in place of those before, and into the log what has ended.
 *
 * Returns the Unix second at which there will be more to tell; INT64_MAX: never.
 */
int64_t pen_policy_dates_publish(const struct pen_snapshot *snapshot, struct pen_metrics *metrics,
                                 int64_t now_s);

#endif
