/** Options by getopt_long(), with sentences about what is wrong with them. */
#include "bench/load/options.h"

#include <getopt.h>
#include <string.h>

#include "filters/core/nearest.h"
#include "gateway/config/units.h"

static const char help[] =
    "load SCENARIO [OPTION...]\n"
    "\n"
    "Sends the events that SCENARIO (a YAML file) describes to an HTTP gateway, and tells what "
    "came\n"
    "of them: latency percentiles, answers a second, errors by reason. Try it:\n"
    "\n"
    "  make build && cmake --build --preset release --target load\n"
    "  build/release/gateway/penstock certs && build/release/gateway/penstock token --init\n"
    "  nginx -e stderr -p \"$PWD\" -c bench/scenarios/function.conf &   # a function\n"
    "  build/release/gateway/penstock run -c conf/edge.yaml >build/audit.jsonl &\n"
    "  build/release/bench/load/load bench/scenarios/edge.yaml --check\n"
    "  build/release/bench/load/load bench/scenarios/edge.yaml --rate 500 --duration 10s\n"
    "\n"
    "With a rate, events begin when they are due, whatever the gateway does, and latency counts\n"
    "from when they were due: a stall of a second is a second for everyone who came in it. "
    "Without\n"
    "one (--saturate) each connection asks again as soon as it has its answer: that tells how "
    "much\n"
    "a gateway can do, but its latencies say nothing about callers who come by themselves.\n"
    "\n"
    "      --target URL       https://127.0.0.1:8443 instead of the scenario's\n"
    "  -r, --rate N           events a second (open loop)\n"
    "  -s, --saturate         as many as are answered (closed loop)\n"
    "  -n, --connections N    at most, at a time\n"
    "  -d, --duration T       what is counted: 10s, 5m; at most 60m\n"
    "  -w, --warmup T         sent before and not counted\n"
    "  -p, --pid PID          tell the CPU of this process and its children; repeat for more\n"
    "      --seed N           other draws from the mix, other arrivals; default 1\n"
    "  -j, --json             the report as one JSON object\n"
    "  -c, --check            read the scenario, say what would be sent, send nothing\n"
    "      --elsewhere        load a machine that is not this one. Ask whoever runs it first\n"
    "  -h, --help             this text\n"
    "\n"
    "A scenario, all of whose keys are explained in bench/README.md:\n"
    "\n"
    "  target: https://127.0.0.1:8443\n"
    "  ca: certs/dev/ca.pem\n"
    "  rate: 500                        # Poisson arrivals; left out: saturation\n"
    "  connections: 64\n"
    "  duration: 10s\n"
    "  tokens:\n"
    "    shop:   { key: certs/dev/signing.key, issuer: \"https://issuer.dev.invalid/\", callers: "
    "50 }\n"
    "    forged: { spoil: shop }\n"
    "  mix:\n"
    "    order:  { weight: 95, path: /function/orders, token: shop, body: { file: order.json } }\n"
    "    forged: { weight: 4, path: /function/orders, token: forged, body: { file: order.json }, "
    "expect: 401 }\n"
    "    leaves: { weight: 1, path: /function/orders, token: shop, body: { file: order.json }, "
    "fault: abort-body }\n"
    "\n"
    "Exit status: 0 every event got the answer that it was to get, 1 not, 2 used wrongly.\n";

enum { TARGET = 256, SEED, ELSEWHERE };

static const struct option known[] = {
    {"target", required_argument, NULL, TARGET},
    {"rate", required_argument, NULL, 'r'},
    {"saturate", no_argument, NULL, 's'},
    {"connections", required_argument, NULL, 'n'},
    {"duration", required_argument, NULL, 'd'},
    {"warmup", required_argument, NULL, 'w'},
    {"pid", required_argument, NULL, 'p'},
    {"seed", required_argument, NULL, SEED},
    {"json", no_argument, NULL, 'j'},
    {"check", no_argument, NULL, 'c'},
    {"elsewhere", no_argument, NULL, ELSEWHERE},
    {"help", no_argument, NULL, 'h'},
    {NULL, 0, NULL, 0},
};

static bool refuse(const char *option, const char *what)
{
    fprintf(stderr, "load: %s: expected %s, read '%s'; see: load --help\n", option, what, optarg);
    return false;
}

static bool number(const char *option, uint64_t least, uint64_t most, uint64_t *out)
{
    char what[80];
    if (pen_str_to_u64(pen_str_from_c(optarg), out) == PEN_OK && *out >= least && *out <= most) {
        return true;
    }
    struct pen_buf buf = pen_buf_over(what, sizeof(what) - 1);
    pen_buf_format(&buf, "a number from %llu to %llu", (unsigned long long)least,
                   (unsigned long long)most);
    what[buf.len] = '\0';
    return refuse(option, what);
}

static bool duration(const char *option, uint64_t least_ms, uint64_t *out)
{
    if (pen_units_duration(pen_str_from_c(optarg), out) == PEN_OK && *out >= least_ms
        && *out <= LOAD_MS_MOST) {
        return true;
    }
    return refuse(option, "a duration such as 500ms, 30s or 5m, at most 60m");
}

static bool add_pid(struct load_options *out)
{
    uint64_t pid;
    if (out->pid_count == LOAD_PIDS_MOST) {
        fprintf(stderr, "load: --pid: at most %d processes\n", LOAD_PIDS_MOST);
        return false;
    }
    if (!number("--pid", 1, INT32_MAX, &pid)) return false;
    out->pids[out->pid_count++] = (int32_t)pid;
    return true;
}

static bool take(int letter, struct load_options *out)
{
    switch (letter) {
    case TARGET:
        return load_target_read(pen_str_from_c(optarg), &out->target)
               || refuse("--target", "https:// or http://, host and port");
    case 'r':
        return number("--rate", 1, LOAD_RATE_MOST, &out->rate);
    case 's':
        out->saturate = true;
        return true;
    case 'n':
        return number("--connections", 1, LOAD_AT_ONCE_MOST, &out->connections);
    case 'd':
        return duration("--duration", 100, &out->duration_ms);
    case 'w':
        out->has_warmup = true;
        return duration("--warmup", 0, &out->warmup_ms);
    case 'p':
        return add_pid(out);
    case SEED:
        return number("--seed", 0, UINT64_MAX, &out->seed);
    case 'j':
        out->json = true;
        return true;
    case 'c':
        out->check = true;
        return true;
    case ELSEWHERE:
        out->elsewhere = true;
        return true;
    default:
        return false;
    }
}

static void complain(int letter, const char *word)
{
    struct pen_nearest nearest;
    if (letter == ':') {
        fprintf(stderr, "load: the option '%s' needs a value; see: load --help\n", word);
        return;
    }
    pen_nearest_init(&nearest, pen_str_slice(pen_str_from_c(word), 2, strlen(word)));
    for (const struct option *option = known; option->name != NULL; option++) {
        pen_nearest_consider(&nearest, pen_str_from_c(option->name));
    }
    fprintf(stderr, "load: there is no option '%s'%s; see: load --help\n", word,
            nearest.best.ptr == NULL ? "" : pen_nearest_hint(&nearest));
}

enum load_wish load_options_read(int argc, char **argv, struct load_options *out)
{
    *out = (struct load_options){.seed = 1};
    opterr = 0;
    for (int letter; (letter = getopt_long(argc, argv, ":r:sn:d:w:p:jch", known, NULL)) != -1;) {
        if (letter == 'h') return fputs(help, stdout) < 0 ? LOAD_USED_WRONGLY : LOAD_SAID_ALL;
        if (letter == '?' || letter == ':') {
            complain(letter, argv[optind > 1 ? optind - 1 : 1]);
            return LOAD_USED_WRONGLY;
        }
        if (!take(letter, out)) return LOAD_USED_WRONGLY;
    }
    if (optind + 1 != argc) {
        fprintf(stderr, "load: give one scenario, such as bench/scenarios/edge.yaml; "
                        "see: load --help\n");
        return LOAD_USED_WRONGLY;
    }
    if (out->saturate && out->rate > 0) {
        fprintf(stderr, "load: --rate and --saturate exclude each other\n");
        return LOAD_USED_WRONGLY;
    }
    out->scenario = argv[optind];
    return LOAD_GO;
}
