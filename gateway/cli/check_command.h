/** `penstock check`: is the configuration good, and what does it say? */
#ifndef PEN_GATEWAY_CLI_CHECK_H
#define PEN_GATEWAY_CLI_CHECK_H

#include <stdio.h>

#include "gateway/config/config.h"
#include "gateway/schema/schemas.h"

/** Exit status: 0 valid, 2 not valid or used wrongly. */
int pen_cli_check(int argc, char **argv);

/** When the files of TLS end, the first to end first. */
struct pen_check_dates {
    const struct pen_tls_date *list;
    size_t count;
};

/**
 * Write what a valid configuration comes to: listeners, issuers, upstreams, functions,
 * certificates, and what somebody should look at twice. Secrets are not part of it.
 *
 * @param schemas  the configuration's; may be NULL
 * @param now      Unix seconds, for what has ended
 *
 * Errors: PEN_ERR_NOMEM
 */
PEN_MUST_USE enum pen_status pen_check_summary(const struct pen_config *config,
                                               const struct pen_schemas *schemas,
                                               const struct pen_check_dates *dates, int64_t now,
                                               FILE *out);

#endif
