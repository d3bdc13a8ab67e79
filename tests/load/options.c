/** The command line of the callers. */
#include "tests/load/options.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const mode_names[] = {"idle", "slow-head", "slow-body", "churn", "steady"};

_Noreturn void give_up(const char *what)
{
    fprintf(stderr, "callers: %s: %s\n", what, strerror(errno));
    exit(2);
}

const char *mode_name(enum mode mode)
{
    return mode_names[mode];
}

static uint32_t number(const char *text)
{
    char *end = NULL;
    errno = 0;
    const unsigned long value = strtoul(text, &end, 10);
    if (errno != 0 || end == text || *end != '\0' || value > 1000000000) {
        errno = EINVAL;
        give_up(text);
    }
    return (uint32_t)value;
}

static void usage(void)
{
    puts("usage: callers MODE --port PORT [OPTION...]\n"
         "\n"
         "MODE        idle       connect, ask once (--requests 1) and stay until stdin ends\n"
         "            slow-head  drip a head, slow-body: drip a body, until the gateway ends it\n"
         "            churn      a connection a request; some resume, some leave early\n"
         "            steady     many requests over kept connections\n"
         "\n"
         "  --connections N   in all          --at-once N    open at a time\n"
         "  --requests N      in all (steady) --body N       bytes of a request\n"
         "  --resume PERCENT  --leave PERCENT --tls12  --close  --path PATH  --sources N\n"
         "  --patience MS     --seed N        --shaking N    handshakes at a time\n"
         "\n"
         "Prints what became of them as one JSON object.");
}

void read_options(int argc, char **argv, struct options *out)
{
    *out = (struct options){
        .address = "127.0.0.1",
        .path = "/open/x",
        .body_bytes = 64,
        .connections = 100,
        .at_once = 64,
        .shaking = 256,
        .requests = 1,
        .patience_ms = 30000,
        .sources = 1,
        .seed = 1,
    };
    enum {
        CONNECTIONS = 256,
        AT_ONCE,
        REQUESTS,
        BODY,
        RESUME,
        LEAVE,
        TLS12,
        CLOSE,
        PATH,
        SOURCES,
        PATIENCE,
        SEED,
        MOST_SHAKING,
        PORT,
        HELP
    };
    static const struct option known[] = {
        {"connections", 1, NULL, CONNECTIONS},
        {"at-once", 1, NULL, AT_ONCE},
        {"requests", 1, NULL, REQUESTS},
        {"body", 1, NULL, BODY},
        {"resume", 1, NULL, RESUME},
        {"leave", 1, NULL, LEAVE},
        {"tls12", 0, NULL, TLS12},
        {"close", 0, NULL, CLOSE},
        {"path", 1, NULL, PATH},
        {"sources", 1, NULL, SOURCES},
        {"patience", 1, NULL, PATIENCE},
        {"seed", 1, NULL, SEED},
        {"shaking", 1, NULL, MOST_SHAKING},
        {"port", 1, NULL, PORT},
        {"help", 0, NULL, HELP},
        {NULL, 0, NULL, 0},
    };
    for (int c = getopt_long(argc, argv, "", known, NULL); c != -1;
         c = getopt_long(argc, argv, "", known, NULL)) {
        switch (c) {
        case CONNECTIONS:
            out->connections = number(optarg);
            break;
        case AT_ONCE:
            out->at_once = number(optarg);
            break;
        case REQUESTS:
            out->requests = number(optarg);
            break;
        case BODY:
            out->body_bytes = number(optarg);
            break;
        case RESUME:
            out->resume_percent = number(optarg);
            break;
        case LEAVE:
            out->leave_percent = number(optarg);
            break;
        case TLS12:
            out->tls12 = true;
            break;
        case CLOSE:
            out->closes = true;
            break;
        case PATH:
            out->path = optarg;
            break;
        case SOURCES:
            out->sources = number(optarg);
            break;
        case PATIENCE:
            out->patience_ms = number(optarg);
            break;
        case SEED:
            out->seed = number(optarg);
            break;
        case MOST_SHAKING:
            out->shaking = number(optarg);
            break;
        case PORT:
            out->port = (uint16_t)number(optarg);
            break;
        case HELP:
            usage();
            exit(0);
        default:
            usage();
            exit(2);
        }
    }
    for (size_t i = 0; optind < argc && i < sizeof(mode_names) / sizeof(mode_names[0]); i++) {
        if (strcmp(argv[optind], mode_names[i]) != 0) continue;
        out->mode = (enum mode)i;
        if (out->port != 0) return;
    }
    usage();
    exit(2);
}
