/**
 * A command's options, with our own words for what is wrong with them.
 *
 * getopt_long() says "unrecognized option" and leaves it at that; here the nearest option and the
 * command's help are named. Its state is the process's: one command, one thread.
 */
#ifndef PEN_GATEWAY_CLI_OPTIONS_H
#define PEN_GATEWAY_CLI_OPTIONS_H

#include <getopt.h>

/**
 * As getopt_long().
 *
 * @param argv     argv[0] is the command's name, "scan"
 * @param letters  begin with ':'
 * @return the option's letter, -1 behind the last, '?' when standard error has been told why not
 */
int pen_option_next(int argc, char **argv, const char *letters, const struct option *options);

#endif
