/**
 * The chain of each function. Functions whose policies say the same share one: ten thousand chains
 * of their own would be cold for each event, and take some KiB each.
 */
#ifndef PEN_GATEWAY_CHAINS_H
#define PEN_GATEWAY_CHAINS_H

#include "gateway/config/config.h"

/**
 * @param ruleset  outlives the configuration
 * @param out      by the functions' index; lives as long as the configuration
 *
 * Errors: PEN_ERR_NOMEM, and what a filter's own configuration is refused with
 */
PEN_MUST_USE enum pen_status pen_chains_create(const struct pen_config *config,
                                               const struct pen_ruleset *ruleset,
                                               const struct pen_chain *const **out,
                                               struct pen_error *err);

#endif
