/**
 * What an event made of a fuzzer's inputs costs, from its bytes to its verdict, all filters on, in
 * the default policy: microseconds of CPU per KiB.
 *
 *     bench_corpus [--bar US] [--show N] [--as-is] FOLDER...
 *     bench_corpus tests/fuzz/corpus/chain
 *     bench_corpus build/fuzz/corpus/chain      (once tests/fuzz/run has collected some)
 *
 * Each file goes through as the fuzzers send it: its bytes are a JSON body, a text, a form, a
 * query, a field's value, and one string in JSON; once as they are, where an event of less than 1
 * KiB counts as one KiB, and, without --as-is, repeated up to 16 KiB. The dearest of these is the
 * file's cost; the dearest files are shown, those beyond the bar (40) marked, and make the exit
 * status 1.
 */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "filters/chain.h"

#define BAR_US      40.0
#define SHOWN       16
#define SHOWN_MOST  256
#define PATH_BYTES  1024
#define FILE_BYTES  ((size_t)64 << 10)
#define WHOLE_BYTES ((size_t)16 << 10)
#define JSON_BYTES  (8 * FILE_BYTES)
#define LEAST_NS    200000 /* a first measurement: enough to tell what is far below the bar */
#define ROUND_NS    2000000
#define ROUNDS      5

enum way { AS_JSON, AS_TEXT, AS_FORM, AS_QUERY, AS_FIELD, AS_STRING, WAYS };

static const char *const way_names[] = {"JSON", "text", "form", "query", "field", "string"};

struct row {
    double us; /* per KiB */
    enum way way;
    bool repeated;
    char path[PATH_BYTES];
};

struct bench {
    struct pen_ruleset *ruleset;
    struct pen_scratch *scratch;
    struct pen_arena *chain_arena;
    struct pen_arena *arena;
    const struct pen_chain *chain;
    struct row rows[SHOWN_MOST + 1]; /* the dearest first */
    size_t row_count;
    size_t shown;
    bool as_is; /* and nothing else */
    size_t files;
    size_t measured;
    size_t over;
    double bar;
    char file[FILE_BYTES];
    char whole[FILE_BYTES];
    char json[JSON_BYTES];
};

static double cpu_ns(void)
{
    struct timespec now;
    if (clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now) != 0) abort();
    return (double)now.tv_sec * 1e9 + (double)now.tv_nsec;
}

static struct pen_event_input travel(struct bench *b, enum way way, struct pen_str text,
                                     struct pen_event_field *field)
{
    struct pen_buf json = pen_buf_over(b->json, JSON_BYTES);
    switch (way) {
    case AS_JSON:
        return (struct pen_event_input){.body = text, .body_kind = PEN_BODY_JSON};
    case AS_TEXT:
        return (struct pen_event_input){.body = text, .body_kind = PEN_BODY_TEXT};
    case AS_FORM:
        return (struct pen_event_input){.body = text, .body_kind = PEN_BODY_FORM};
    case AS_QUERY:
        return (struct pen_event_input){.query = text};
    case AS_FIELD:
        *field = (struct pen_event_field){PEN_STR("x-note"), text};
        return (struct pen_event_input){.fields = field, .field_count = 1};
    case AS_STRING:
    case WAYS:
        break;
    }
    pen_buf_put(&json, PEN_S("{\"data\":\""));
    pen_buf_json(&json, text);
    pen_buf_put(&json, PEN_S("\"}"));
    if (json.full) abort();
    return (struct pen_event_input){.body = pen_buf_str(&json), .body_kind = PEN_BODY_JSON};
}

/* False: it is no event, or the chain broke off. What was done until then has cost its time, too.
 */
static bool inspect(struct bench *b, const struct pen_event_input *input)
{
    struct pen_event event;
    struct pen_scan scan;
    struct pen_judgement judgement;
    pen_arena_reset(b->arena);
    if (pen_event_decode(input, NULL, b->arena, &event, NULL) != PEN_OK) return false;
    pen_scan_init(&scan, b->arena, b->scratch, pen_scan_steps(event.leaf_bytes));
    return pen_chain_inspect(b->chain, &event, 0, &scan, &judgement) == PEN_OK;
}

static double us_per_kib(struct bench *b, const struct pen_event_input *input, size_t bytes,
                         double least_ns)
{
    const double kib = bytes < 1024 ? 1 : (double)bytes / 1024;
    const double start = cpu_ns();
    double spent = 0;
    size_t calls = 0;
    do {
        (void)inspect(b, input);
        calls++;
        spent = cpu_ns() - start;
    } while (spent < least_ns);
    return spent / 1e3 / (double)calls / kib;
}

/* The least of some rounds, where the first look is not far below the bar. */
static double measure(struct bench *b, enum way way, struct pen_str text)
{
    struct pen_event_field field;
    const struct pen_event_input input = travel(b, way, text, &field);
    const size_t bytes = way == AS_STRING ? input.body.len : text.len;
    double least = us_per_kib(b, &input, bytes, LEAST_NS);
    for (size_t round = 0; least > b->bar / 2 && round < ROUNDS; round++) {
        const double us = us_per_kib(b, &input, bytes, ROUND_NS);
        if (us < least) least = us;
    }
    b->measured++;
    return least;
}

static struct pen_str repeat(struct bench *b, struct pen_str text)
{
    struct pen_buf buf = pen_buf_over(b->whole, sizeof(b->whole));
    do {
        pen_buf_put(&buf, text);
    } while (buf.len + text.len <= WHOLE_BYTES);
    return pen_buf_str(&buf);
}

static void keep(struct bench *b, const struct row *row)
{
    size_t at = b->row_count;
    while (at > 0 && b->rows[at - 1].us < row->us) {
        b->rows[at] = b->rows[at - 1];
        at--;
    }
    b->rows[at] = *row;
    if (b->row_count < b->shown) b->row_count++;
}

static bool measure_file(struct bench *b, const char *path)
{
    FILE *const file = fopen(path, "rb");
    if (file == NULL) return false;
    const struct pen_str text = {b->file, fread(b->file, 1, sizeof(b->file), file)};
    const bool fine = ferror(file) == 0;
    (void)fclose(file);
    if (!fine || text.len == 0) return fine;

    struct row row = {.us = 0};
    if (snprintf(row.path, sizeof(row.path), "%s", path) < 0) return false;
    for (enum way way = 0; way < WAYS; way++) {
        for (int repeated = 0; repeated < 2; repeated++) {
            if (repeated == 1 && (b->as_is || 2 * text.len > WHOLE_BYTES)) continue;
            const double us = measure(b, way, repeated == 1 ? repeat(b, text) : text);
            if (us <= row.us) continue;
            row.us = us;
            row.way = way;
            row.repeated = repeated == 1;
        }
    }
    b->files++;
    if (row.us > b->bar) b->over++;
    keep(b, &row);
    return true;
}

static bool measure_folder(struct bench *b, const char *path)
{
    DIR *const folder = opendir(path);
    bool fine = folder != NULL;
    for (const struct dirent *entry; fine && (entry = readdir(folder)) != NULL;) {
        char name[PATH_BYTES];
        if (entry->d_name[0] == '.') continue;
        const int length = snprintf(name, sizeof(name), "%s/%s", path, entry->d_name);
        fine = length > 0 && (size_t)length < sizeof(name) && measure_file(b, name);
    }
    if (!fine) {
        fprintf(stderr, "bench_corpus: %s cannot be read; tests/fuzz/run fills build/fuzz/corpus\n",
                path);
    }
    if (folder != NULL) (void)closedir(folder);
    return fine;
}

static void show(const struct bench *b)
{
    printf("us/KiB       travels as         file\n");
    for (size_t i = 0; i < b->row_count; i++) {
        const struct row *const row = &b->rows[i];
        printf("%8.2f %s %-6s %-9s  %s\n", row->us, row->us > b->bar ? "OVER" : "    ",
               way_names[row->way], row->repeated ? "repeated" : "as it is", row->path);
    }
    printf("%zu inputs, %zu measurements, %zu inputs beyond %.0f us/KiB\n", b->files, b->measured,
           b->over, b->bar);
}

static bool open_bench(struct bench *b, struct pen_error *err)
{
    return pen_arena_create((size_t)64 << 20, (size_t)8 << 20, &b->arena) == PEN_OK
           && pen_arena_create((size_t)1 << 20, 4096, &b->chain_arena) == PEN_OK
           && pen_ruleset_create(&b->ruleset, err) == PEN_OK
           && pen_scratch_create(b->ruleset, &b->scratch) == PEN_OK
           && pen_chain_create(b->ruleset, NULL, b->chain_arena, &b->chain, err) == PEN_OK;
}

static void close_bench(struct bench *b)
{
    pen_scratch_destroy(b->scratch);
    pen_ruleset_release(b->ruleset);
    pen_arena_destroy(b->chain_arena);
    pen_arena_destroy(b->arena);
}

/* A positive number and nothing else. */
static bool read_number(const char *text, double *out)
{
    char *end = NULL;
    *out = text == NULL ? 0 : strtod(text, &end);
    return text != NULL && end != text && *end == '\0' && *out > 0;
}

int main(int argc, char **argv)
{
    static struct bench b = {.bar = BAR_US, .shown = SHOWN};
    struct pen_error err = {.text = ""};
    double number = 0;
    int at = 1;
    bool usable = true;
    for (; usable && at < argc && strncmp(argv[at], "--", 2) == 0; at++) {
        if (strcmp(argv[at], "--as-is") == 0) {
            b.as_is = true;
        } else if (strcmp(argv[at], "--bar") == 0) {
            usable = read_number(argv[++at], &b.bar);
        } else {
            usable = strcmp(argv[at], "--show") == 0 && read_number(argv[++at], &number)
                     && number >= 1 && number <= SHOWN_MOST;
            if (usable) b.shown = (size_t)number;
        }
    }
    if (!usable || at >= argc) {
        fprintf(stderr,
                "usage: bench_corpus [--bar US] [--show N] [--as-is] FOLDER..., N up to %d\n",
                SHOWN_MOST);
        return 2;
    }
    bool fine = open_bench(&b, &err);
    for (; fine && at < argc; at++) {
        fine = measure_folder(&b, argv[at]);
    }
    if (b.files > 0) show(&b);
    if (err.text[0] != '\0') fprintf(stderr, "bench_corpus: stopped: %s\n", err.text);
    close_bench(&b);
    return fine && b.over == 0 ? 0 : 1;
}
