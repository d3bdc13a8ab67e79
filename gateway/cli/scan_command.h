/** `penstock scan`: events through a function's chain, without a gateway. */
#ifndef PEN_GATEWAY_CLI_SCAN_H
#define PEN_GATEWAY_CLI_SCAN_H

/** Exit status: 0 every event may pass, 1 at least one is refused, 2 used wrongly. */
int pen_cli_scan(int argc, char **argv);

#endif
