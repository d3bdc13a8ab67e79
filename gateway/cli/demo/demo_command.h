/** `penstock demo`. */
#ifndef PEN_GATEWAY_CLI_DEMO_H
#define PEN_GATEWAY_CLI_DEMO_H

/** Exit status: 0 all events went as expected, 1 not all did or the setting failed, 2 used wrongly.
 */
int pen_cli_demo(int argc, char **argv);

#endif
