/** `penstock check`: is the configuration good, and what does it say? */
#ifndef PEN_GATEWAY_CLI_CHECK_H
#define PEN_GATEWAY_CLI_CHECK_H

#include <stdio.h>

#include "gateway/config/config.h"

/** Exit status: 0 valid, 2 not valid or used wrongly. */
int pen_cli_check(int argc, char **argv);

/**
 * Write what a valid configuration comes to: listeners, issuers, upstreams, functions, and what
 * somebody should look at twice. Secrets are not part of it.
 *
 * @param now  Unix seconds, for exceptions that have ended
 *
 * Errors: PEN_ERR_NOMEM
 */
PEN_MUST_USE enum pen_status pen_check_summary(const struct pen_config *config, int64_t now,
                                               FILE *out);

#endif
