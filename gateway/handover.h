/**
 * Listening sockets that somebody else has opened and keeps open: systemd's socket activation
 * (sd_listen_fds(3): LISTEN_PID, LISTEN_FDS, LISTEN_FDNAMES from descriptor 3 on).
 *
 * Callers then wait in the socket's queue while one process ends and the next begins. A socket
 * belongs to the listener that is configured with its address. Control thread.
 */
#ifndef PEN_GATEWAY_HANDOVER_H
#define PEN_GATEWAY_HANDOVER_H

#include "gateway/config/config.h"

struct pen_handover;

/**
 * Take over what the environment announces for this process, and clear those variables. Descriptors
 * that are no listening stream sockets are reported and closed.
 *
 * Errors: PEN_ERR_NOMEM, PEN_ERR_INVALID (variables that make no sense; `err` says which)
 */
PEN_MUST_USE enum pen_status pen_handover_create(struct pen_handover **out, struct pen_error *err);

/** Closes our copies; whoever handed them over still has its own. NULL is fine. */
void pen_handover_destroy(struct pen_handover *handover);

/** Is a socket with this listener's address among them? */
bool pen_handover_has(const struct pen_handover *handover, const struct pen_config_listen *listen);

/**
 * A duplicate of that socket, non-blocking.
 *
 * @param port  its port; left as it is for a Unix socket
 * @return -1 when there is none, or no descriptor left (errno)
 */
PEN_MUST_USE int pen_handover_take(struct pen_handover *handover,
                                   const struct pen_config_listen *listen, uint16_t *port);

/**
 * Log which sockets no listener has asked for so far: the configuration was probably meant
 * otherwise. They stay open, for a reload may ask.
 */
void pen_handover_report_unused(const struct pen_handover *handover);

#endif
