/** `penstock schema`: JSON Schemas and what is held against them, for people and for suites. */
#ifndef PEN_GATEWAY_CLI_SCHEMA_COMMAND_H
#define PEN_GATEWAY_CLI_SCHEMA_COMMAND_H

/** Exit status: 0 all valid, 1 at least one is not, 2 used wrongly, or the schema is none. */
int pen_cli_schema(int argc, char **argv);

#endif
