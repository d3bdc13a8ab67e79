/**
 * libcurl's sockets in one epoll, and its timer: many transfers in one thread.
 *
 * A socket stays registered between the events of a kept connection, which saves two system calls
 * an event; what becomes ready while nobody wants it is taken out. One thread.
 */
#ifndef PEN_BENCH_LOAD_SOCKETS_H
#define PEN_BENCH_LOAD_SOCKETS_H

#include <curl/curl.h>

#include "filters/core/str.h"

struct load_sockets;

/**
 * @param connections  at most, at a time
 *
 * Errors: PEN_ERR_NOMEM, PEN_ERR_IO
 */
PEN_MUST_USE enum pen_status load_sockets_create(size_t connections, struct load_sockets **out);

/** All transfers are to be taken out before. NULL is fine. */
void load_sockets_destroy(struct load_sockets *sockets);

CURLM *load_sockets_multi(struct load_sockets *sockets);

/** Say to a transfer's handle how its sockets are opened and closed. */
void load_sockets_adopt(struct load_sockets *sockets, CURL *easy);

/**
 * Wait for sockets or libcurl's timer, not longer than `most_ns`, and let libcurl work. Finished
 * transfers are then in curl_multi_info_read().
 *
 * Errors: PEN_ERR_IO, PEN_ERR_INTERNAL
 */
PEN_MUST_USE enum pen_status load_sockets_turn(struct load_sockets *sockets, uint64_t most_ns);

/** Monotonic nanoseconds: a microsecond is a hundredth of what an answer over loopback takes. */
uint64_t load_now_ns(void);

#endif
