/** `penstock health`. */
#ifndef PEN_GATEWAY_CLI_HEALTH_H
#define PEN_GATEWAY_CLI_HEALTH_H

/** Exit status: 0 alive, 1 not, 2 used wrongly. */
int pen_cli_health(int argc, char **argv);

#endif
