/** The demo's events: what is sent, what must come back. */
#ifndef PEN_GATEWAY_CLI_DEMO_PLAY_H
#define PEN_GATEWAY_CLI_DEMO_PLAY_H

#include <stdio.h>

#include "gateway/cli/demo/setting.h"

/**
 * Send every event, print a table of what was asked and answered.
 *
 * @return how many did not go as expected; all of them when nothing could be sent
 */
size_t pen_demo_play(const struct pen_demo_setting *setting, FILE *out);

#endif
