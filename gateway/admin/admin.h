/**
 * The admin listener: /metrics, /healthz, /readyz; libmicrohttpd's own thread, loopback or a Unix
 * socket. Read-only; off the way of events.
 */
#ifndef PEN_GATEWAY_ADMIN_H
#define PEN_GATEWAY_ADMIN_H

#include "gateway/config/config.h"
#include "gateway/metrics/metrics.h"

struct pen_admin;

struct pen_admin_hooks {
    /* Called on the admin thread before /metrics renders; may be NULL. */
    void (*refresh)(void *owner);
    /* Is the gateway ready for requests? Writes the reason when it is not (draining, no key set).
     */
    bool (*ready)(void *owner, struct pen_buf *why);
    void *owner;
};

/** Start, and log where. Errors: PEN_ERR_IO, PEN_ERR_INTERNAL, PEN_ERR_NOMEM with `err`. */
PEN_MUST_USE enum pen_status pen_admin_start(const struct pen_config_listen *listen,
                                             const struct pen_metrics *metrics,
                                             const struct pen_admin_hooks *hooks,
                                             struct pen_admin **out, struct pen_error *err);
/** The port it listens on (0 for a Unix socket): tests ask for port 0. */
uint16_t pen_admin_port(const struct pen_admin *admin);
void pen_admin_stop(struct pen_admin *admin);

#endif
