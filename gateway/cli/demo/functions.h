/**
 * The demo's functions: small HTTPS endpoints that demand a client certificate.
 *
 * Built from the gateway's own edge and listener: one thread each, a port of the system's choosing,
 * an answer that tells what arrived.
 */
#ifndef PEN_GATEWAY_CLI_DEMO_FUNCTIONS_H
#define PEN_GATEWAY_CLI_DEMO_FUNCTIONS_H

#include "filters/core/str.h"

struct pen_demo_function;

/**
 * @param name    told in its answers
 * @param folder  with function.pem, function.key and ca.pem (gateway/devcerts.h)
 *
 * Errors: PEN_ERR_NOMEM, PEN_ERR_IO, PEN_ERR_INVALID; `err` says which
 */
PEN_MUST_USE enum pen_status pen_demo_function_start(const char *name, const char *folder,
                                                     struct pen_demo_function **out,
                                                     struct pen_error *err);

uint16_t pen_demo_function_port(const struct pen_demo_function *function);

/** How many requests have reached it. Any thread. */
size_t pen_demo_function_seen(const struct pen_demo_function *function);

void pen_demo_function_stop(struct pen_demo_function *function);

#endif
