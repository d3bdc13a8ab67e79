/**
 * The process's own log: one line to standard error, for operators. Off the way of events: refusals
 * and findings go to the audit record instead. Any thread; one write per line.
 */
#ifndef PEN_GATEWAY_LOG_H
#define PEN_GATEWAY_LOG_H

#include "filters/core/str.h"

enum pen_log_level { PEN_LOG_ERROR, PEN_LOG_WARNING, PEN_LOG_NOTICE, PEN_LOG_DEBUG };

/** "2026-11-24T00:21:00.123Z notice listening on 127.0.0.1:8443"; colour only on a terminal. */
void pen_log(enum pen_log_level level, const char *format, ...) PEN_PRINTF(2, 3);

/** What is wrong with a file of ours: "edge.yaml:14:5: ...", or without a place. */
void pen_log_fault(struct pen_str file, const struct pen_error *err);

#endif
