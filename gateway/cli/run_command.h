/** `penstock run`. */
#ifndef PEN_GATEWAY_CLI_RUN_H
#define PEN_GATEWAY_CLI_RUN_H

int pen_cli_run(int argc, char **argv);

#endif
