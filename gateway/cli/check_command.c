/** `penstock check`: options, the file, the answer. */
#include "gateway/cli/check_command.h"

#include <stdlib.h>

#include "gateway/auth/keys.h"
#include "gateway/cli/options.h"
#include "gateway/clock.h"
#include "gateway/snapshot.h"
#include "gateway/tls_files.h"

#define DEFAULT_FILE "/etc/penstock/penstock.yaml"

static const char help[] =
    "penstock check [-c FILE]\n"
    "\n"
    "Reads a configuration as `penstock run` would, without opening a socket, and prints what it\n"
    "comes to: listeners, issuers, upstreams, and for each function its route, who may call it\n"
    "and what the filters do; virtual patches and certificates with the days they have left.\n"
    "Then what deserves a second look: functions that nobody can reach, that anyone may call,\n"
    "filters that only record, exceptions and patches that have ended, certificates that have\n"
    "ended or will within 30 days.\n"
    "Those are no error: an old certificate must not keep a gateway from starting.\n"
    "\n"
    "  -c, --config FILE  the configuration; default " DEFAULT_FILE "\n"
    "  -h, --help         this text\n"
    "\n"
    "The first mistake found is one line on standard error, as compilers write them:\n"
    "  edge.yaml:14:5: /functions/orders/rout: unknown key 'rout'; did you mean 'route'?\n"
    "\n"
    "Certificates, keys and key sets that the file names must exist and be readable here, so\n"
    "run it as the user and on the machine that will run the gateway. Editors check and\n"
    "complete keys while you type with this first line in the file:\n"
    "  # yaml-language-server: $schema=penstock.schema.json\n"
    "and that file beside it: penstock schema --config >penstock.schema.json\n"
    "\n"
    "Exit status: 0 valid, 2 not valid or used wrongly.\n";

static int refuse(const char *file, const struct pen_error *err)
{
    if (err->line == 0) {
        fprintf(stderr, "penstock check: %s\n", err->text);
    } else {
        fprintf(stderr, "%s:%zu:%zu: %s\n", file, err->line, err->column, err->text);
    }
    return 2;
}

/* Key sets by file are read as the gateway would; those by URL are its to fetch. */
static enum pen_status check_keys(const struct pen_config *config, struct pen_error *err)
{
    for (size_t i = 0; i < config->issuer_count; i++) {
        const struct pen_config_issuer *const issuer = &config->issuers[i];
        struct pen_keyset *set = NULL;
        if (issuer->jwks_file.len == 0) continue;
        PEN_TRY(pen_config_placed(
            pen_keyset_load(issuer->jwks_file, issuer->algorithms, &set, NULL, err), issuer->place,
            err));
        pen_keyset_release(set);
    }
    return PEN_OK;
}

static enum pen_status summarise(const struct pen_snapshot *snapshot)
{
    struct pen_tls_date *list = NULL;
    size_t count = 0;
    PEN_TRY(pen_tls_files_dates(snapshot, &list, &count));
    const struct pen_check_dates dates = {list, count};
    const enum pen_status status =
        pen_check_summary(snapshot->config, snapshot->schemas, &dates, pen_clock_unix_s(), stdout);
    free(list);
    return status;
}

static int check(const char *file)
{
    struct pen_config *config;
    struct pen_snapshot *snapshot = NULL;
    struct pen_error err = {.text = "out of memory"};
    enum pen_status status = pen_config_load(pen_str_from_c(file), &config, &err);
    if (status == PEN_OK) status = pen_snapshot_create(config, NULL, NULL, &snapshot, &err);
    if (status == PEN_OK) status = check_keys(snapshot->config, &err);
    if (status == PEN_OK) {
        printf("%s is valid\n", file);
        status = summarise(snapshot);
    }
    pen_snapshot_release(snapshot);
    if (status != PEN_OK) return refuse(file, &err);
    return fflush(stdout) == 0 ? 0 : 2;
}

int pen_cli_check(int argc, char **argv)
{
    static const struct option options[] = {
        {"config", required_argument, NULL, 'c'},
        {"help", no_argument, NULL, 'h'},
        {NULL, 0, NULL, 0},
    };
    const char *file = DEFAULT_FILE;
    for (int option; (option = pen_option_next(argc, argv, ":c:h", options)) != -1;) {
        if (option == 'h') return fputs(help, stdout) == EOF ? 2 : 0;
        if (option != 'c') return 2;
        file = optarg;
    }
    if (optind != argc) {
        fprintf(stderr, "penstock check: '%s' is no option; use: penstock check -c FILE\n",
                argv[optind]);
        return 2;
    }
    return check(file);
}
