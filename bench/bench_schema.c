/**
 * A JSON Schema's verdict on an event: from its bytes, and after it is decoded.
 *
 *   bench_schema [NAME]                    each of bench/schemas/ on its event in bench/events/
 *   bench_schema --serve SCHEMA EVENT      for bench/schema: lines "whole N", "read N", "verdict N"
 *                                          come in, the CPU nanoseconds that N of them took go out
 *   bench_schema --verdicts SCHEMA         instances come in, one a line, their verdicts go out
 *
 * "whole" is what a function's schema adds to an event of its own: the JSON is read, every value of
 * it becomes a node, the schema is evaluated with formats asserted, the arena is reset. CPU time of
 * this thread, the quickest of the rounds. The exit status is 1 when a row is over its bar.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "filters/schema/schema.h"

#define ROUNDS      25
#define ROUND_NS    4e6                /* of CPU, so that the clock's own cost is nothing */
#define MEMORY      ((size_t)64 << 20) /* as much as a schema or an event may take */
#define BLOCK       ((size_t)1 << 20)  /* the largest event's tree is in one block */
#define MOST_BYTES  ((size_t)4 << 20)  /* of a file */
#define MOST_NOTICE 2000               /* ns of the S3 event after it is decoded */

struct bench {
    const struct pen_schema *schema;
    struct pen_arena *lasting; /* the schema and the event decoded once */
    struct pen_arena *arena;   /* the event's */
    struct pen_scratch *scratch;
    struct pen_str event;
    const struct pen_json *tree;
};

static void require(bool condition, const char *what)
{
    if (condition) return;
    fprintf(stderr, "bench_schema: %s\n", what);
    exit(2);
}

static double cpu_ns(void)
{
    struct timespec now;
    require(clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now) == 0, "no clock");
    return (double)now.tv_sec * 1e9 + (double)now.tv_nsec;
}

/* ---- what is measured ---- */

static const struct pen_json *read_event(const struct bench *b)
{
    const struct pen_json *tree = NULL;
    return pen_json_read(b->event, NULL, b->arena, &tree, NULL) == PEN_OK ? tree : NULL;
}

static bool is_valid(const struct bench *b, const struct pen_json *tree)
{
    uint64_t steps = pen_schema_steps(b->event.len);
    const struct pen_schema_run run = {
        .arena = b->arena, .scratch = b->scratch, .steps_left = &steps};
    bool valid = false;
    return pen_schema_is_valid(b->schema, tree, &run, &valid) == PEN_OK && valid;
}

__attribute__((noinline)) static bool read_only(const struct bench *b)
{
    const bool fine = read_event(b) != NULL;
    pen_arena_reset(b->arena);
    return fine;
}

__attribute__((noinline)) static bool verdict(const struct bench *b)
{
    const bool fine = is_valid(b, b->tree);
    pen_arena_reset(b->arena);
    return fine;
}

__attribute__((noinline)) static bool whole(const struct bench *b)
{
    const struct pen_json *const tree = read_event(b);
    const bool fine = tree != NULL && is_valid(b, tree);
    pen_arena_reset(b->arena);
    return fine;
}

static const struct task {
    const char *name;
    bool (*run)(const struct bench *b);
} tasks[] = {{"whole", whole}, {"read", read_only}, {"verdict", verdict}};

static double time_of(const struct bench *b, const struct task *task, uint64_t times)
{
    bool fine = true;
    const double start = cpu_ns();
    for (uint64_t i = 0; i < times; i++) {
        fine &= task->run(b);
    }
    const double spent = cpu_ns() - start;
    require(fine, "the event is not valid by its schema");
    return spent;
}

static double quickest(const struct bench *b, const struct task *task)
{
    const double first = time_of(b, task, 100) / 100;
    const uint64_t times = 1 + (uint64_t)(ROUND_NS / first);
    double best = first;
    for (int round = 0; round < ROUNDS; round++) {
        const double one = time_of(b, task, times) / (double)times;
        if (one < best) best = one;
    }
    return best;
}

/* ---- files ---- */

static struct pen_str read_file(const char *path, struct pen_arena *arena)
{
    FILE *const file = fopen(path, "rb");
    char *const bytes = pen_arena_alloc(arena, MOST_BYTES);
    if (file == NULL) fprintf(stderr, "bench_schema: %s: ", path);
    require(file != NULL && bytes != NULL, "cannot be opened");
    size_t len = fread(bytes, 1, MOST_BYTES, file);
    require(!ferror(file) && len < MOST_BYTES && fclose(file) == 0, "cannot be read");
    while (len > 0 && bytes[len - 1] == '\n') {
        len--; /* the file's, not the event's */
    }
    return (struct pen_str){bytes, len};
}

static void prepare(struct bench *b, const char *schema_path)
{
    struct pen_patterns *none = NULL;
    require(pen_patterns_create(NULL, 0, &none, NULL) == PEN_OK
                && pen_patterns_scratch(none, &b->scratch) == PEN_OK
                && pen_arena_create(MEMORY, BLOCK, &b->lasting) == PEN_OK
                && pen_arena_create(MEMORY, BLOCK, &b->arena) == PEN_OK,
            "no memory");
    pen_patterns_destroy(none);
    const struct pen_json *document = NULL;
    require(pen_json_read(read_file(schema_path, b->lasting), NULL, b->lasting, &document, NULL)
                == PEN_OK,
            "the schema is no JSON");
    const struct pen_schema_options options = {.assert_format = true};
    struct pen_schema_error error = {0};
    if (pen_schema_compile(document, &options, b->lasting, &b->schema, &error) != PEN_OK) {
        fprintf(stderr, "bench_schema: %s: %s: %s\n", error.path, error.keyword, error.sentence);
        exit(2);
    }
}

static void decode(struct bench *b, const char *event_path)
{
    b->event = read_file(event_path, b->lasting);
    require(pen_json_read(b->event, NULL, b->lasting, &b->tree, NULL) == PEN_OK,
            "the event is no JSON");
}

static void clean(struct bench *b)
{
    pen_arena_destroy(b->arena);
    pen_arena_destroy(b->lasting);
    pen_patterns_scratch_destroy(b->scratch);
}

/* ---- who asks ---- */

static int serve(const struct bench *b)
{
    char line[64];
    while (fgets(line, sizeof(line), stdin) != NULL) {
        const struct task *task = NULL;
        const size_t word = strcspn(line, " ");
        for (size_t i = 0; i < PEN_COUNT_OF(tasks); i++) {
            if (strlen(tasks[i].name) == word && memcmp(line, tasks[i].name, word) == 0) {
                task = &tasks[i];
            }
        }
        require(task != NULL, "\"whole N\", \"read N\" or \"verdict N\" is what can be asked");
        const uint64_t times = strtoull(line + word, NULL, 10);
        printf("%.0f\n", time_of(b, task, times));
        require(fflush(stdout) == 0, "cannot write");
    }
    return 0;
}

static const char *verdict_on(const struct bench *b)
{
    const struct pen_json *const tree = read_event(b);
    if (tree == NULL) return "error: no JSON";
    uint64_t steps = pen_schema_steps(b->event.len);
    const struct pen_schema_run run = {
        .arena = b->arena, .scratch = b->scratch, .steps_left = &steps};
    bool valid = false;
    const enum pen_status status = pen_schema_is_valid(b->schema, tree, &run, &valid);
    if (status != PEN_OK) return "error: no verdict";
    return valid ? "valid" : "invalid";
}

static int answer(struct bench *b)
{
    char *line = NULL;
    size_t room = 0;
    for (;;) {
        const ssize_t len = getline(&line, &room, stdin);
        if (len < 0) break;
        b->event = (struct pen_str){line, (size_t)len};
        require(puts(verdict_on(b)) >= 0 && fflush(stdout) == 0, "cannot write");
        pen_arena_reset(b->arena);
    }
    free(line);
    return 0;
}

static bool print_row(const char *name)
{
    char schema[256];
    char event[256];
    const int a = snprintf(schema, sizeof(schema), PEN_SOURCE_DIR "/bench/schemas/%s.json", name);
    const int c = snprintf(event, sizeof(event), PEN_SOURCE_DIR "/bench/events/%s.json", name);
    require(a > 0 && (size_t)a < sizeof(schema) && c > 0 && (size_t)c < sizeof(event), "too long");
    struct bench b = {0};
    prepare(&b, schema);
    decode(&b, event);
    double best[PEN_COUNT_OF(tasks)];
    for (size_t i = 0; i < PEN_COUNT_OF(tasks); i++) {
        best[i] = quickest(&b, &tasks[i]);
    }
    const bool has_bar = strcmp(name, "aws.s3") == 0;
    const bool within = !has_bar || best[2] <= MOST_NOTICE;
    const char *bar = "";
    if (has_bar) bar = within ? "  PASS, 2 us for the verdict" : "  over, 2 us for the verdict";
    printf("%-20s %6zu B  whole %8.0f ns (%4.0f MB/s)  read %8.0f ns  verdict %8.0f ns%s\n", name,
           b.event.len, best[0], (double)b.event.len * 1e3 / best[0], best[1], best[2], bar);
    clean(&b);
    return within;
}

int main(int argc, char **argv)
{
    static const char *const names[] = {"aws.s3",      "aws.sqs",       "aws.sns",
                                        "github.push", "github.issues", "github.pull_request"};
    struct bench b = {0};
    int status = 0;
    if (argc == 4 && strcmp(argv[1], "--serve") == 0) {
        prepare(&b, argv[2]);
        decode(&b, argv[3]);
        status = serve(&b);
    } else if (argc == 3 && strcmp(argv[1], "--verdicts") == 0) {
        prepare(&b, argv[2]);
        status = answer(&b);
    } else {
        for (size_t i = 0; i < PEN_COUNT_OF(names); i++) {
            if (argc == 2 && strcmp(argv[1], names[i]) != 0) continue;
            if (!print_row(names[i])) status = 1;
        }
        return status;
    }
    clean(&b);
    return status;
}
