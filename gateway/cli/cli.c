/** One table of commands; each lives in its own file and parses its own options. */
#include "gateway/cli/cli.h"

#include <stdio.h>
#include <string.h>

#include "filters/core/nearest.h"
#include "gateway/cli/certs_command.h"
#include "gateway/cli/check_command.h"
#include "gateway/cli/demo/demo_command.h"
#include "gateway/cli/health_command.h"
#include "gateway/cli/run_command.h"
#include "gateway/cli/scan_command.h"
#include "gateway/cli/schema_command.h"
#include "gateway/cli/token_command.h"

static const struct command {
    const char *name;
    const char *summary;
    int (*run)(int argc, char **argv);
} commands[] = {
    {"certs", "certificates to develop with", pen_cli_certs},
    {"check", "is a configuration good, and what does it come to?", pen_cli_check},
    {"demo", "a whole setting on loopback, with events to look at", pen_cli_demo},
    {"health", "is a running gateway alive?", pen_cli_health},
    {"run", "the gateway, in the foreground", pen_cli_run},
    {"scan", "events from files or standard input through the filters", pen_cli_scan},
    {"schema", "JSON Schemas, and what is held against them", pen_cli_schema},
    {"token", "keys and signed tokens to develop with", pen_cli_token},
};

static int print_help(FILE *out)
{
    fputs("Penstock: an HTTP event gateway in front of serverless functions.\n\n"
          "penstock COMMAND [OPTION...]\n\n",
          out);
    for (size_t i = 0; i < PEN_COUNT_OF(commands); i++) {
        fprintf(out, "  %-8s %s\n", commands[i].name, commands[i].summary);
    }
    fputs("\nEach command has its own --help. Start with: penstock demo --once\n", out);
    return ferror(out) != 0 ? 2 : 0;
}

static const struct command *find(const char *name)
{
    for (size_t i = 0; i < PEN_COUNT_OF(commands); i++) {
        if (strcmp(commands[i].name, name) == 0) return &commands[i];
    }
    return NULL;
}

static int complain(const char *name)
{
    struct pen_nearest nearest;
    pen_nearest_init(&nearest, pen_str_from_c(name));
    for (size_t i = 0; i < PEN_COUNT_OF(commands); i++) {
        pen_nearest_consider(&nearest, pen_str_from_c(commands[i].name));
    }
    fprintf(stderr, "penstock: there is no command '%s'%s; see: penstock --help\n", name,
            pen_nearest_hint(&nearest));
    return 2;
}

int pen_cli(int argc, char **argv)
{
    if (argc < 2) {
        (void)print_help(stderr);
        return 2;
    }
    const char *const name = argv[1];
    if (strcmp(name, "--help") == 0 || strcmp(name, "-h") == 0) return print_help(stdout);
    if (strcmp(name, "--version") == 0) return printf("penstock %s\n", PEN_VERSION) < 0 ? 2 : 0;
    if (strcmp(name, "help") == 0) {
        if (argc < 3) return print_help(stdout);
        const struct command *const command = find(argv[2]);
        char help[] = "--help";
        char *arguments[] = {argv[2], help, NULL};
        return command == NULL ? complain(argv[2]) : command->run(2, arguments);
    }
    const struct command *const command = find(name);
    return command == NULL ? complain(name) : command->run(argc - 1, argv + 1);
}
