/** Options and words around gateway/devcerts.h. */
#include "gateway/cli/certs_command.h"

#include <stdio.h>

#include "gateway/cli/options.h"
#include "gateway/devcerts.h"

#define DEFAULT_FOLDER "certs/dev"

static const char help[] =
    "penstock certs [--name NAME]... [--days N] [--force] [DIR]\n"
    "\n"
    "Makes an authority and three certificates to develop and test with, in DIR "
    "(default\n" DEFAULT_FOLDER ", where the examples in conf/ look for them):\n"
    "  ca.pem        what callers, gateway and functions trust; ca.key signs\n"
    "  server.pem    shown by the gateway to callers         listen: tls\n"
    "  client.pem    shown by the gateway to functions       upstreams: mtls\n"
    "  function.pem  shown by a function to the gateway\n"
    "each with its .key, which is not encrypted: readable by you alone, and not for production.\n"
    "\n"
    "  -n, --name NAME  DNS name or address of gateway and functions; repeat for more;\n"
    "                   default: localhost, 127.0.0.1, ::1\n"
    "  -d, --days N     how long they are valid, 1 to 397; default 90\n"
    "  -f, --force      replace files that are there\n"
    "  -h, --help       this text\n"
    "\n"
    "Try it:\n"
    "  penstock certs && penstock token --init && penstock run -c conf/edge.yaml\n"
    "  curl --cacert " DEFAULT_FOLDER "/ca.pem https://localhost:8443/function/orders\n"
    "Exit status: 0 made, 1 not made, 2 used wrongly.\n";

static int make(const struct pen_devcerts_wish *wish)
{
    struct pen_error err = {0};
    const enum pen_status status = pen_devcerts_make(wish, &err);
    if (status == PEN_OK) {
        printf("%s: ca, server, client and function (.pem and .key), valid for %u days\n",
               wish->folder, wish->days);
        return fflush(stdout) == 0 ? 0 : 1;
    }
    fprintf(stderr, "penstock certs: %s\n", err.text);
    return status == PEN_ERR_INVALID ? 2 : 1;
}

static int complain(const char *what, const char *value)
{
    fprintf(stderr, "penstock certs: %s '%s'; see: penstock certs --help\n", what, value);
    return 2;
}

/* 0 when it is no number that fits: out of range, and said so by the library. */
static uint32_t read_days(const char *text)
{
    uint64_t days;
    if (pen_str_to_u64(pen_str_from_c(text), &days) != PEN_OK) return 0;

    return days <= PEN_DEVCERTS_MAX ? (uint32_t)days : 0;
}

int pen_cli_certs(int argc, char **argv)
{
    static const struct option options[] = {
        {"name", required_argument, NULL, 'n'},
        {"days", required_argument, NULL, 'd'},
        {"force", no_argument, NULL, 'f'},
        {"help", no_argument, NULL, 'h'},
        {NULL, 0, NULL, 0},
    };
    static const char *const usual_names[] = {"localhost", "127.0.0.1", "::1"};
    const char *names[PEN_DEVCERTS_NAMES];
    struct pen_devcerts_wish wish = {.folder = DEFAULT_FOLDER, .days = PEN_DEVCERTS_DAYS};
    for (int option; (option = pen_option_next(argc, argv, ":n:d:fh", options)) != -1;) {
        switch (option) {
        case 'h':
            return fputs(help, stdout) == EOF ? 2 : 0;
        case 'n':
            if (wish.name_count == PEN_DEVCERTS_NAMES)
                return complain("one name too many:", optarg);
            names[wish.name_count++] = optarg;
            break;
        case 'd':
            wish.days = read_days(optarg);
            break;
        case 'f':
            wish.replace = true;
            break;
        default:
            return 2;
        }
    }
    if (optind < argc) wish.folder = argv[optind++];
    if (optind < argc) return complain("there is one folder, and then", argv[optind]);
    if (wish.folder[0] == '\0') return complain("a folder has a name:", wish.folder);

    wish.names = wish.name_count > 0 ? names : usual_names;
    if (wish.name_count == 0) wish.name_count = PEN_COUNT_OF(usual_names);
    return make(&wish);
}
