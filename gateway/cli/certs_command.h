/** `penstock certs`: certificates to develop with, so that nobody has to learn openssl's options.
 */
#ifndef PEN_GATEWAY_CLI_CERTS_H
#define PEN_GATEWAY_CLI_CERTS_H

/** Exit status: 0 made, 1 not made, 2 used wrongly. */
int pen_cli_certs(int argc, char **argv);

#endif
