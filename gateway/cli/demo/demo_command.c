/** `penstock demo`: a whole setting on loopback, fifteen events, then yours. */
#include "gateway/cli/demo/demo_command.h"

#include <locale.h>
#include <signal.h>
#include <stdio.h>

#include "gateway/cli/demo/play.h"
#include "gateway/cli/options.h"

static const char help[] =
    "penstock demo [--once]\n"
    "\n"
    "Makes a throw-away authority, keys and tokens, starts three small functions behind mutual\n"
    "TLS and the gateway in front of them, all on 127.0.0.1, sends fifteen events (clean,\n"
    "malicious, unauthenticated, malformed) and prints what was answered and why. Then it stays\n"
    "up with curl lines to paste until Ctrl-C.\n"
    "\n"
    "      --once  end after the table\n"
    "  -h, --help  this text\n"
    "\n"
    "Exit status: 0 all went as expected, 1 not, 2 used wrongly.\n";

static void print_invitation(const struct pen_demo_setting *setting)
{
    const char *const dir = setting->folder;
    printf(
        "\nNow yours. A clean order, and one that is refused:\n\n"
        "  curl --cacert %s/ca.pem -H \"Authorization: Bearer $(cat %s/token)\" \\\n"
        "    --json '{\"order\":1}' https://localhost:%u/function/orders\n\n"
        "  curl --cacert %s/ca.pem -H \"Authorization: Bearer $(cat %s/token)\" \\\n"
        "    --json '{\"note\":\"x\\u0027 OR 1=1 --\"}' https://localhost:%u/function/orders\n\n",
        dir, dir, setting->port, dir, dir, setting->port);
    printf("Why it was refused:     tail -n 1 %s/audit.jsonl\n"
           "The configuration:      %s/penstock.yaml\n"
           "Metrics:                curl http://127.0.0.1:%u/metrics\n\n"
           "Ctrl-C ends the demo and removes %s.\n",
           dir, dir, setting->admin, dir);
    fflush(stdout);
}

/* Until Ctrl-C or SIGTERM; both are blocked already, so that none is missed. */
static void wait_for_end(const sigset_t *ends)
{
    int signal_number = 0;
    (void)sigwait(ends, &signal_number); /* fails only for a set that is no set */
    printf("\ndraining\n");
}

static int run(bool once)
{
    sigset_t ends;
    sigset_t before;
    sigemptyset(&ends);
    sigaddset(&ends, SIGINT);
    sigaddset(&ends, SIGTERM);
    struct pen_demo_setting setting = {.gateway = 0};
    struct pen_error err = {0};
    int status = 1;
    /* A function's caller may go away while it is written to. */
    if (signal(SIGPIPE, SIG_IGN) == SIG_ERR || sigprocmask(SIG_BLOCK, &ends, &before) != 0)
        return 1;

    printf("Preparing certificates, keys, three functions and the gateway ...\n");
    fflush(stdout);
    if (pen_demo_setting_begin(&setting, &err) == PEN_OK) {
        status = pen_demo_play(&setting, stdout) == 0 ? 0 : 1;
        if (!once) {
            print_invitation(&setting);
            wait_for_end(&ends);
        }
    } else {
        fprintf(stderr, "penstock demo: %s\n", err.text);
    }
    pen_demo_setting_end(&setting);
    return status;
}

int pen_cli_demo(int argc, char **argv)
{
    static const struct option options[] = {
        {"once", no_argument, NULL, 'o'},
        {"help", no_argument, NULL, 'h'},
        {NULL, 0, NULL, 0},
    };
    bool once = false;
    for (int option; (option = pen_option_next(argc, argv, ":h", options)) != -1;) {
        if (option == 'h') return fputs(help, stdout) == EOF ? 2 : 0;
        if (option != 'o') return 2;
        once = true;
    }
    if (optind != argc) {
        fprintf(stderr, "penstock demo: takes no arguments; see: penstock demo --help\n");
        return 2;
    }
    /* Only to know whether the terminal shows more than ASCII. */
    if (setlocale(LC_CTYPE, "") == NULL) fprintf(stderr, "penstock demo: unknown locale\n");
    return run(once);
}
