/** `penstock token`: keys and signed tokens to develop with. */
#ifndef PEN_GATEWAY_CLI_TOKEN_H
#define PEN_GATEWAY_CLI_TOKEN_H

/** Exit status: 0 made, 1 not made, 2 used wrongly. */
int pen_cli_token(int argc, char **argv);

#endif
