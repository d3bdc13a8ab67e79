/** The command line: which command, and what to say when it is none. */
#ifndef PEN_GATEWAY_CLI_H
#define PEN_GATEWAY_CLI_H

/** Run `argv[1]` with the rest. Exit status as the command's; 2 when there is no such command. */
int pen_cli(int argc, char **argv);

#endif
