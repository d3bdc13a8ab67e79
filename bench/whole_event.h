/**
 * Everything of ours between TLS in and mutual TLS out, for one event: wire check, route, cached
 * token, permission, decoding, prefilter, chain, the head for the function, its answer's head, the
 * record.
 *
 * What it leaves out belongs to OpenSSL, the kernel, libmicrohttpd and libcurl. For benchmarks:
 * what cannot be made ends the process with a sentence. One thread.
 */
#ifndef PEN_BENCH_WHOLE_EVENT_H
#define PEN_BENCH_WHOLE_EVENT_H

#include <stddef.h>
#include <stdint.h>

struct bench_event;

struct bench_event *bench_event_create(void);
void bench_event_destroy(struct bench_event *event);

/** Take it through once, as the edge and the task do. */
void bench_event_run(struct bench_event *event);

size_t bench_event_head_bytes(const struct bench_event *event);
size_t bench_event_body_bytes(void);

/** Audit records that found no room: the loop outran the writer. */
uint64_t bench_event_dropped(const struct bench_event *event);

#endif
