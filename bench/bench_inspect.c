/**
 * What an event costs from its bytes to its verdict, all filters on, in the default policy: decode,
 * prefilter, all of it; beside it, where it is installed, ModSecurity with the Core Rule Set at
 * paranoia level 1 through its own library, with the same body as a JSON request.
 *
 *   bench_inspect [ROUNDS]
 *
 * CPU time of the thread; the median of the rounds, and the smallest, which other load disturbs
 * least. Says PASS or over for the bars of 5 us for an event of 0.8 KB and 250 us for 64 KiB.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "filters/chain.h"
#include "filters/prefilter.h"

#ifdef PEN_BENCH_MODSECURITY
#    include <modsecurity/modsecurity.h>
#    include <modsecurity/rules_set.h>
#    include <modsecurity/transaction.h>
#endif

#define ROUNDS      21
#define ROUND_US    20000 /* of CPU a round and measurement */
#define MOST_BODY   ((size_t)128 << 10)
#define LARGE_BYTES ((size_t)64 << 10)

static double cpu_us(void)
{
    struct timespec now;
    if (clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now) != 0) abort();
    return (double)now.tv_sec * 1e6 + (double)now.tv_nsec / 1e3;
}

struct bench {
    struct pen_ruleset *ruleset;
    struct pen_prefilter *prefilter;
    const struct pen_chain *chain;
    struct pen_scratch *scratch;
    struct pen_scratch *prefilter_scratch;
    struct pen_arena *arena;
    struct pen_arena *chain_arena;
    struct pen_event_input input;
    struct pen_event event;
    const char *verdict;
};

static bool decode(struct bench *b)
{
    pen_arena_reset(b->arena);
    return pen_event_decode(&b->input, NULL, b->arena, &b->event, NULL) == PEN_OK;
}

static bool prefilter(struct bench *b)
{
    uint64_t steps_left = pen_scan_steps(b->event.leaf_bytes);
    return pen_prefilter_wake(b->prefilter, &b->event, b->prefilter_scratch, &steps_left) == PEN_OK;
}

static bool all(struct bench *b)
{
    struct pen_scan scan;
    struct pen_judgement judgement;
    if (!decode(b)) return false;
    pen_scan_init(&scan, b->arena, b->scratch, pen_scan_steps(b->event.leaf_bytes));
    if (pen_chain_inspect(b->chain, &b->event, 0, &scan, &judgement) != PEN_OK) return false;
    b->verdict = pen_verdict_name(judgement.verdict);
    return true;
}

static int compare(const void *a, const void *b)
{
    const double left = *(const double *)a;
    const double right = *(const double *)b;
    return (left > right) - (left < right);
}

struct figure {
    double median_us;
    double least_us;
};

/* One call's CPU time. What is cheap is called so often that the clock does not count. */
static bool measure(struct bench *b, size_t rounds, bool (*once)(struct bench *b),
                    struct figure *out)
{
    double us[ROUNDS];
    double start = cpu_us();
    if (!once(b)) return false;
    const double first = cpu_us() - start;
    const size_t calls = first >= ROUND_US ? 1 : (size_t)(ROUND_US / (first > 1 ? first : 1));
    for (size_t round = 0; round < rounds; round++) {
        start = cpu_us();
        for (size_t i = 0; i < calls; i++) {
            if (!once(b)) return false;
        }
        us[round] = (cpu_us() - start) / (double)calls;
    }
    qsort(us, rounds, sizeof(us[0]), compare);
    *out = (struct figure){us[rounds / 2], us[0]};
    return true;
}

#ifdef PEN_BENCH_MODSECURITY

static ModSecurity *engine;
static RulesSet *rules;

/* What it finds is not what is measured. */
static void say_nothing(void *context, const void *message)
{
    (void)context;
    (void)message;
}

static bool open_peer(void)
{
    static const char *const files[] = {"/etc/modsecurity/crs/crs-setup.conf",
                                        "/usr/share/modsecurity-crs/rules/*.conf"};
    static const char basics[] = "SecRuleEngine On\nSecRequestBodyAccess On\n"
                                 "SecRequestBodyLimit 13107200\nSecAuditEngine Off\n"
                                 "SecRule REQUEST_HEADERS:Content-Type \"^application/json\" "
                                 "\"id:1,phase:1,t:none,t:lowercase,pass,nolog,"
                                 "ctl:requestBodyProcessor=JSON\"\n";
    char includes[512];
    const char *error = NULL;
    engine = msc_init();
    rules = msc_create_rules_set();
    if (engine == NULL || rules == NULL) return false;
    msc_set_log_cb(engine, say_nothing);
    const int length =
        snprintf(includes, sizeof(includes), "Include %s\nInclude %s\n", files[0], files[1]);
    if (length < 0 || (size_t)length >= sizeof(includes)) return false;
    if (msc_rules_add(rules, basics, &error) < 0 || msc_rules_add(rules, includes, &error) < 0) {
        fprintf(stderr, "bench_inspect: ModSecurity: %s\n", error != NULL ? error : "no rules");
        return false;
    }
    return true;
}

static void close_peer(void)
{
    if (rules != NULL) msc_rules_cleanup(rules);
    if (engine != NULL) msc_cleanup(engine);
}

/* A request as a gateway's would be; its length is told as in the field. */
static bool peer(struct bench *b)
{
    const struct pen_str body = b->input.body;
    char length[24];
    if (snprintf(length, sizeof(length), "%zu", body.len) < 0) return false;
    Transaction *const request = msc_new_transaction(engine, rules, NULL);
    if (request == NULL) return false;
    const struct {
        const char *name;
        const char *value;
    } fields[] = {
        {"Host", "functions.example"},
        {"User-Agent", "Mozilla/5.0 (X11; Linux x86_64) Gecko"},
        {"Accept", "*/*"},
        {"Content-Type", "application/json"},
        {"Content-Length", length},
    };
    bool fine = msc_process_connection(request, "127.0.0.1", 40000, "127.0.0.1", 8443) == 1
                && msc_process_uri(request, "/function/orders", "POST", "1.1") == 1;
    for (size_t i = 0; fine && i < PEN_COUNT_OF(fields); i++) {
        fine = msc_add_request_header(request, (const unsigned char *)fields[i].name,
                                      (const unsigned char *)fields[i].value)
               == 1;
    }
    fine = fine && msc_process_request_headers(request) == 1
           && msc_append_request_body(request, (const unsigned char *)body.ptr, body.len) == 1
           && msc_process_request_body(request) == 1;
    msc_transaction_cleanup(request);
    return fine;
}

#else

static bool open_peer(void)
{
    return false;
}

static void close_peer(void)
{
}

static bool peer(struct bench *b)
{
    (void)b;
    return false;
}

#endif

static char bodies[8][MOST_BODY];
static size_t body_count;

static struct pen_str read_sample(const char *name)
{
    char path[512];
    const int length = snprintf(path, sizeof(path), "%s/%s", PEN_SOURCE_DIR, name);
    if (length < 0 || (size_t)length >= sizeof(path) || body_count == PEN_COUNT_OF(bodies)) abort();
    FILE *const file = fopen(path, "rb");
    if (file == NULL) {
        fprintf(stderr, "bench_inspect: %s cannot be read\n", path);
        exit(1);
    }
    char *const body = bodies[body_count++];
    const size_t size = fread(body, 1, MOST_BODY, file);
    if (fclose(file) != 0 || size == MOST_BODY) abort();
    return (struct pen_str){body, size};
}

/* 64 KiB of one event again and again: {"items":[event,event...]}. */
static struct pen_str repeat(struct pen_str event)
{
    struct pen_buf buf = pen_buf_over(bodies[body_count++], MOST_BODY);
    pen_buf_put(&buf, PEN_S("{\"items\":["));
    while (buf.len + event.len < LARGE_BYTES) {
        if (buf.ptr[buf.len - 1] != '[') pen_buf_byte(&buf, ',');
        pen_buf_put(&buf, event);
    }
    pen_buf_put(&buf, PEN_S("]}"));
    return pen_buf_str(&buf);
}

/* 64 KiB of a text as one value: {"note":"..."}. */
static struct pen_str as_value(struct pen_str text)
{
    struct pen_buf buf = pen_buf_over(bodies[body_count++], MOST_BODY);
    pen_buf_put(&buf, PEN_S("{\"note\":\""));
    while (buf.len + text.len < LARGE_BYTES) {
        pen_buf_json(&buf, text);
    }
    pen_buf_put(&buf, PEN_S("\"}"));
    return pen_buf_str(&buf);
}

static bool show(struct bench *b, const char *name, struct pen_str body, size_t rounds,
                 bool with_peer)
{
    struct figure decoded;
    struct figure woken;
    struct figure whole;
    struct figure other = {0};
    b->input = (struct pen_event_input){.body = body, .body_kind = PEN_BODY_JSON};
    if (!measure(b, rounds, decode, &decoded) || !measure(b, rounds, prefilter, &woken)
        || !measure(b, rounds, all, &whole)) {
        return false;
    }
    if (with_peer && !measure(b, rounds < 5 ? rounds : 5, peer, &other)) return false;
    const double bar = body.len >= LARGE_BYTES / 2 ? 250 : 5;
    printf("%-22s %6zu %9.2f %9.2f %9.2f %9.2f  %-5s %s", name, body.len, decoded.least_us,
           woken.least_us, whole.least_us, whole.median_us, b->verdict,
           whole.least_us <= bar ? "PASS" : "over");
    if (with_peer) printf(" %11.0f %6.0f", other.least_us, other.least_us / whole.least_us);
    printf("\n");
    return fflush(stdout) == 0;
}

static bool open_bench(struct bench *b, struct pen_error *err)
{
    return pen_arena_create((size_t)64 << 20, (size_t)8 << 20, &b->arena) == PEN_OK
           && pen_arena_create((size_t)1 << 20, 4096, &b->chain_arena) == PEN_OK
           && pen_prefilter_create(NULL, &b->prefilter, err) == PEN_OK
           && pen_prefilter_scratch(b->prefilter, &b->prefilter_scratch) == PEN_OK
           && pen_ruleset_create(&b->ruleset, err) == PEN_OK
           && pen_scratch_create(b->ruleset, &b->scratch) == PEN_OK
           && pen_chain_create(b->ruleset, NULL, b->chain_arena, &b->chain, err) == PEN_OK;
}

static void close_bench(struct bench *b)
{
    pen_scratch_destroy(b->scratch);
    pen_scratch_destroy(b->prefilter_scratch);
    pen_ruleset_release(b->ruleset);
    pen_prefilter_destroy(b->prefilter);
    pen_arena_destroy(b->chain_arena);
    pen_arena_destroy(b->arena);
}

int main(int argc, char **argv)
{
    uint64_t rounds = ROUNDS;
    if (argc > 1
        && (pen_str_to_u64(pen_str_from_c(argv[1]), &rounds) != PEN_OK || rounds == 0
            || rounds > ROUNDS)) {
        fprintf(stderr, "usage: bench_inspect [ROUNDS], 1 to %d\n", ROUNDS);
        return 2;
    }
    struct bench b = {.verdict = ""};
    struct pen_error err = {.text = ""};
    const bool with_peer = open_peer();
    bool fine = open_bench(&b, &err);
    const struct pen_str order = read_sample("bench/events/order.json");
    const struct pen_str notice = read_sample("tests/events/aws.s3.json");
    const struct pen_str page = read_sample("README.md");
    const struct {
        const char *name;
        struct pen_str body;
    } rows[] = {
        {"order", order},
        {"S3 notice", notice},
        {"orders, 64 KiB", repeat(order)},
        {"S3 notices, 64 KiB", repeat(notice)},
        {"Markdown, one value", as_value(page)},
    };
    printf("CPU us                  bytes    decode prefilter       all    median%s\n",
           with_peer ? "               ModSecurity  times" : "");
    for (size_t i = 0; fine && i < PEN_COUNT_OF(rows); i++) {
        fine = show(&b, rows[i].name, rows[i].body, (size_t)rounds, with_peer);
    }
    if (!fine) fprintf(stderr, "bench_inspect: stopped: %s\n", err.text);
    if (!with_peer) {
        printf("ModSecurity left out: libmodsecurity-dev and modsecurity-crs are not there\n");
    }
    close_bench(&b);
    close_peer();
    return fine ? 0 : 1;
}
