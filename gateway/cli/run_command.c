/** `penstock run -c FILE`: the gateway in the foreground; a supervisor keeps it. */
#include "gateway/cli/run_command.h"

#include <stdio.h>

#include "gateway/cli/options.h"
#include "gateway/gateway.h"

#define DEFAULT_FILE "/etc/penstock/penstock.yaml" /* as `penstock check` */

static const char help[] =
    "penstock run [-c FILE]\n"
    "\n"
    "Runs the gateway in the foreground until SIGTERM or SIGINT, which drain it: it stops\n"
    "accepting, finishes what is in flight (timeouts.drain), and ends with status 0.\n"
    "SIGHUP reads FILE again and swaps the whole configuration and its certificates; a file with\n"
    "an error leaves the running one in force and says why.\n"
    "\n"
    "  -c, --config FILE  the configuration; default " DEFAULT_FILE "\n"
    "                     try it first with: penstock check -c FILE\n"
    "  -h, --help         this text\n"
    "\n"
    "Logs go to standard error, the audit record where audit.file says.\n"
    "Exit status: 0 drained and ended, 1 something broke, 2 bad configuration or usage.\n";

int pen_cli_run(int argc, char **argv)
{
    static const struct option options[] = {
        {"config", required_argument, NULL, 'c'},
        {"help", no_argument, NULL, 'h'},
        {NULL, 0, NULL, 0},
    };
    const char *file = DEFAULT_FILE;
    for (int option; (option = pen_option_next(argc, argv, ":c:h", options)) != -1;) {
        if (option == 'h') {
            return fputs(help, stdout) == EOF ? 1 : 0;
        }
        if (option != 'c') return 2;
        file = optarg;
    }
    if (optind != argc) {
        fprintf(stderr, "penstock run: '%s' is no option; use: penstock run -c FILE\n",
                argv[optind]);
        return 2;
    }
    return pen_gateway_run(pen_str_from_c(file));
}
