/** Virtual patches in the summary of `penstock check`. */
#ifndef PEN_GATEWAY_CLI_CHECK_PATCHES_H
#define PEN_GATEWAY_CLI_CHECK_PATCHES_H

#include "gateway/cli/table.h"
#include "gateway/config/config.h"

/** A row for each; `now` in Unix seconds. */
void pen_check_list_patches(struct pen_table *table, const struct pen_config *config, int64_t now);

/** Those that have ended, and those that cost every event something. */
void pen_check_warn_about_patches(struct pen_table *table, const struct pen_config *config,
                                  int64_t now);

#endif
