/**
 * One function's policy in a few words: the cell of `penstock check` that tells what findings do.
 *
 * Pure; any thread.
 */
#ifndef PEN_GATEWAY_CLI_CHECK_POLICY_H
#define PEN_GATEWAY_CLI_CHECK_POLICY_H

#include "gateway/config/config.h"

/**
 * The mode that most filters have, each one that has another, and what else was set:
 * "enforce, secrets detect; sinks sql and html; block 90; xss block 60; 2 exceptions".
 */
void pen_check_put_policy(struct pen_buf *buf, const struct pen_config_function *function);

/** Has this filter (by its index in the registry) keys or thresholds of its own? */
bool pen_check_has_settings(const struct pen_policy *policy, size_t filter);

#endif
