/**
 * What one filter costs at its worst: texts built to keep it busy, in microseconds of CPU per KiB.
 *
 *     bench_filters FILTER SHAPES... [--pairs] [--bar US] [--once]
 *     bench_filters FILTER SHAPES... --search SECONDS [--seeds FILE]... [--random N]
 *
 * A file of SHAPES has one a line: a piece that is repeated up to the size, or a head, a piece and
 * a tail parted by tabs. "\n \r \t \0 \\ \xHH" are escapes; lines that begin with "# " are
 * comments.
 * --pairs builds every two pieces as well, alternating and one half each. Each shape is inspected
 * as one leaf, woken or not, at 1 KiB, 16 KiB and 1 MiB (pairs: 16 KiB); the least of some rounds
 * counts. What is beyond the bar (40) is marked, and makes the exit status 1: whoever sends such
 * texts pays as much for them as the gateway does.
 * --once inspects each shape's 16 KiB a single time and tells nothing: for callgrind to count.
 * --search changes the shapes at random, together with pieces of the seeds (any bytes), for some
 * seconds of CPU, and prints the dearest texts of 16 KiB that it found, as lines for such a file.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "bench/shape_search.h"
#include "filters/chain.h"

#define BAR_US      40.0
#define LINE_BYTES  4096
#define SHAPE_MAX   512
#define SHOWN       24 /* of what a search has found */
#define SEED_BYTES  ((size_t)1 << 20)
#define LEAST_NS    2000000 /* a measurement: long enough for the clock */
#define SMALL_BYTES ((size_t)1 << 10)
#define PAIR_BYTES  ((size_t)16 << 10)
#define LARGE_BYTES ((size_t)1 << 20)

struct bench {
    const struct pen_filter *filter;
    void *state;
    struct pen_arena *arena;
    struct pen_arena *state_arena;
    struct pen_ruleset *ruleset;
    struct pen_scratch *scratch;
    struct pen_shape shapes[SHAPE_MAX];
    size_t shape_count;
    char *text; /* LARGE_BYTES */
    char seed_room[SEED_BYTES];
    struct pen_str seeds;
    double bar;
    size_t over;
    size_t refused;
};

static bool add_line(struct bench *b, const char *line)
{
    char *const copy = strdup(line); /* lives as long as the program */
    return copy != NULL && b->shape_count < SHAPE_MAX
           && pen_shape_read(copy, &b->shapes[b->shape_count++]);
}

static bool read_shapes(struct bench *b, const char *path)
{
    FILE *const file = fopen(path, "r");
    char line[LINE_BYTES];
    bool fine = file != NULL;
    while (fine && fgets(line, sizeof(line), file) != NULL) {
        line[strcspn(line, "\n")] = '\0';
        if (line[0] == '\0' || (line[0] == '#' && line[1] == ' ')) continue;
        fine = add_line(b, line);
    }
    if (!fine) fprintf(stderr, "bench_filters: %s cannot be read\n", path);
    if (file != NULL) (void)fclose(file);
    return fine;
}

/* The bytes of a file, behind those of the files before. */
static bool read_seeds(struct bench *b, const char *path)
{
    FILE *const file = fopen(path, "r");
    if (file != NULL && b->seeds.len < SEED_BYTES) {
        b->seeds.len += fread(b->seed_room + b->seeds.len, 1, SEED_BYTES - b->seeds.len, file);
        b->seeds.ptr = b->seed_room;
    }
    if (file == NULL) fprintf(stderr, "bench_filters: %s cannot be read\n", path);
    if (file != NULL) (void)fclose(file);
    return file != NULL;
}

static double cpu_ns(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return (double)now.tv_sec * 1e9 + (double)now.tv_nsec;
}

/* One inspection; what is refused for its budget is counted, not an error. */
static void inspect(struct bench *b, const struct pen_leaf *leaf)
{
    struct pen_scan scan;
    pen_arena_reset(b->arena);
    pen_scan_init(&scan, b->arena, b->scratch, pen_scan_steps(leaf->text.len));
    scan.leaf = leaf;
    scan.filter = (struct pen_reporter){.name = b->filter->name,
                                        .summary = b->filter->summary,
                                        .rules = b->filter->rules,
                                        .rule_count = b->filter->rule_count};
    if (b->filter->inspect_leaf(b->state, leaf, &scan) != PEN_OK) b->refused++;
}

static double us_per_kib(struct bench *b, struct pen_str text, size_t rounds)
{
    const struct pen_leaf leaf = {.text = text};
    double least = 0;
    for (size_t round = 0; round < rounds; round++) {
        size_t calls = 0;
        const double start = cpu_ns();
        double spent = 0;
        do {
            inspect(b, &leaf);
            calls++;
            spent = cpu_ns() - start;
        } while (spent < LEAST_NS);
        const double us = spent / 1e3 / (double)calls / ((double)text.len / 1024);
        if (round == 0 || us < least) least = us;
    }
    return least;
}

/* For the search: single inspections, long enough for the clock where they are dear. */
static double cost_once(void *context, struct pen_str text, size_t rounds)
{
    struct bench *const b = context;
    const struct pen_leaf leaf = {.text = text};
    double least = 0;
    for (size_t round = 0; round < rounds; round++) {
        const double start = cpu_ns();
        inspect(b, &leaf);
        const double us = (cpu_ns() - start) / 1e3 / ((double)text.len / 1024);
        if (round == 0 || us < least) least = us;
    }
    return least;
}

static void inspect_each(struct bench *b)
{
    for (size_t i = 0; i < b->shape_count; i++) {
        const struct pen_leaf leaf = {.text = pen_shape_build(&b->shapes[i], b->text, PAIR_BYTES)};
        inspect(b, &leaf);
    }
}

static bool is_over(struct bench *b, double us)
{
    if (us <= b->bar) return false;
    b->over++;
    return true;
}

static void measure_singles(struct bench *b)
{
    static const size_t sizes[] = {SMALL_BYTES, PAIR_BYTES, LARGE_BYTES};
    printf("%8s %8s %8s  us/KiB at 1 KiB, 16 KiB, 1 MiB\n", "1 KiB", "16 KiB", "1 MiB");
    for (size_t i = 0; i < b->shape_count; i++) {
        bool over = false;
        for (size_t size = 0; size < PEN_COUNT_OF(sizes); size++) {
            const double us =
                us_per_kib(b, pen_shape_build(&b->shapes[i], b->text, sizes[size]), 3);
            printf("%8.2f ", us);
            over = is_over(b, us) || over;
        }
        printf("%s ", over ? "OVER" : "    ");
        pen_shape_show(&b->shapes[i]);
    }
}

/* Only what is beyond the bar is shown, and the worst of all. */
static void measure_pairs(struct bench *b)
{
    double worst = 0;
    struct pen_shape worst_shape = {.halves = false};
    for (size_t i = 0; i < 2 * b->shape_count * b->shape_count; i++) {
        const struct pen_shape *const first = &b->shapes[i / 2 / b->shape_count];
        const struct pen_shape *const second = &b->shapes[i / 2 % b->shape_count];
        if (first == second) continue;
        const struct pen_shape pair = {.head = first->head,
                                       .piece = first->piece,
                                       .second = second->piece,
                                       .tail = second->tail,
                                       .halves = i % 2 == 1};
        const struct pen_str text = pen_shape_build(&pair, b->text, PAIR_BYTES);
        double us = us_per_kib(b, text, 1);
        if (us > b->bar) us = us_per_kib(b, text, 5); /* another process may have been in the way */
        if (us > worst) {
            worst = us;
            worst_shape = pair;
        }
        if (!is_over(b, us)) continue;
        printf("%8.2f OVER ", us);
        pen_shape_show(&pair);
    }
    printf("worst pair: %.2f us/KiB: ", worst);
    pen_shape_show(&worst_shape);
}

static void search(struct bench *b, double seconds, uint64_t random)
{
    const struct pen_shape_search how = {.cost = cost_once,
                                         .context = b,
                                         .shapes = b->shapes,
                                         .shape_count = b->shape_count,
                                         .seeds = b->seeds,
                                         .text = b->text,
                                         .bytes = PAIR_BYTES,
                                         .seconds = seconds,
                                         .random = random,
                                         .bar = b->bar,
                                         .shown = SHOWN};
    b->over += pen_shape_search(&how);
}

static bool open_bench(struct bench *b, const char *name, struct pen_error *err)
{
    const size_t index = pen_registry_find(pen_str_from_c(name));
    if (index < pen_registry_count()) b->filter = pen_registry_at(index);
    if (b->filter == NULL || b->filter->inspect_leaf == NULL) {
        (void)fprintf(stderr, "bench_filters: %s: no filter of leaves\n", name);
        return false;
    }
    b->text = malloc(LARGE_BYTES);
    return b->text != NULL
           && pen_arena_create((size_t)64 << 20, (size_t)256 << 10, &b->arena) == PEN_OK
           && pen_arena_create((size_t)1 << 20, 4096, &b->state_arena) == PEN_OK
           && pen_ruleset_create(&b->ruleset, err) == PEN_OK
           && pen_scratch_create(b->ruleset, &b->scratch) == PEN_OK
           && (b->filter->compile == NULL
               || b->filter->compile(NULL, b->state_arena, &b->state, err) == PEN_OK);
}

static void close_bench(struct bench *b)
{
    if (b->filter != NULL && b->filter->dispose != NULL) b->filter->dispose(b->state);
    pen_scratch_destroy(b->scratch);
    pen_ruleset_release(b->ruleset);
    pen_arena_destroy(b->state_arena);
    pen_arena_destroy(b->arena);
    free(b->text);
}

/* A positive number and nothing else; no value is none. */
static bool read_number(const char *text, double *out)
{
    char *end = NULL;
    *out = strtod(text, &end);
    return end != text && *end == '\0' && *out > 0;
}

int main(int argc, char **argv)
{
    static struct bench b = {.bar = BAR_US};
    struct pen_error err = {.text = ""};
    bool pairs = false;
    bool once = false;
    double seconds = 0;
    uint64_t random = 1;
    bool fine = argc > 2 && open_bench(&b, argv[1], &err);
    for (int i = 2; fine && i < argc; i++) {
        const char *const value = i + 1 < argc ? argv[i + 1] : "";
        if (strcmp(argv[i], "--pairs") == 0) {
            pairs = true;
            continue;
        }
        if (strcmp(argv[i], "--once") == 0) {
            once = true;
            continue;
        }
        if (strncmp(argv[i], "--", 2) != 0) {
            fine = read_shapes(&b, argv[i]);
            continue;
        }
        if (strcmp(argv[i], "--bar") == 0) {
            fine = read_number(value, &b.bar);
        } else if (strcmp(argv[i], "--search") == 0) {
            fine = read_number(value, &seconds);
        } else if (strcmp(argv[i], "--seeds") == 0) {
            fine = read_seeds(&b, value);
        } else if (strcmp(argv[i], "--random") == 0) {
            random = strtoull(value, NULL, 10);
        } else {
            fine = false;
        }
        i++;
    }
    if (!fine) {
        (void)fprintf(stderr,
                      "usage: bench_filters FILTER SHAPES... [--pairs] [--bar US] [--once]"
                      " [--search SECONDS [--seeds FILE]... [--random N]] %s\n",
                      err.text);
    } else if (seconds > 0) {
        search(&b, seconds, random);
    } else if (once) {
        inspect_each(&b);
    } else {
        measure_singles(&b);
        if (pairs) measure_pairs(&b);
        printf("%zu shapes, %zu measurements beyond %.0f us/KiB; inspections refused: %zu\n",
               b.shape_count, b.over, b.bar, b.refused);
    }
    close_bench(&b);
    return fine && b.over == 0 ? 0 : 1;
}
