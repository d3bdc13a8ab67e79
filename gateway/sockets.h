/** Listening sockets: made by the control thread, one per worker where the system can spread. */
#ifndef PEN_GATEWAY_SOCKETS_H
#define PEN_GATEWAY_SOCKETS_H

#include "gateway/config/config.h"

/**
 * A non-blocking listening socket.
 *
 * IPv4 and IPv6 with SO_REUSEPORT, so that each worker has its own; for port 0 the first call
 * chooses and writes it to `*port`, later calls are given it. A Unix socket is made once, its file
 * unlinked first if nobody listens there, and duplicated for the other workers.
 *
 * Errors: PEN_ERR_IO with `err`
 */
PEN_MUST_USE enum pen_status pen_socket_listen(const struct pen_config_listen *listen,
                                               uint16_t *port, int *out, struct pen_error *err);

/**
 * Log it when another process listens there already: with SO_REUSEPORT both would, and the system
 * shares the callers out between them. For IPv4 and IPv6, ahead of pen_socket_listen().
 */
void pen_socket_warn_if_taken(const struct pen_config_listen *listen);

/** Log where it listens; `port` is what port 0 became. */
void pen_socket_announce(const struct pen_config_listen *listen, uint16_t port);

/** As many descriptors as the process may have: each caller takes one. At start. */
void pen_socket_raise_limit(void);

#endif
