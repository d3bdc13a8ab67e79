/**
 * The gateway: control thread, workers and everything between them.
 *
 * Runs until SIGTERM or SIGINT (drains), swaps the snapshot on SIGHUP. The control thread does what
 * may wait: signals, reload, key sets, the audit file, the admin listener.
 */
#ifndef PEN_GATEWAY_GATEWAY_H
#define PEN_GATEWAY_GATEWAY_H

#include "gateway/config/config.h"

/**
 * Run a configuration file.
 *
 * @return the process's exit status: 0 drained and ended, 1 something broke, 2 the configuration is
 * bad (said on standard error)
 */
int pen_gateway_run(struct pen_str file);

#endif
