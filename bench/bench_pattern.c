/**
 * Patterns of schemas and numbers of schemas: what one of each costs.
 *
 * The patterns are such as AWS and GitHub publish for their events and names. Each row says by
 * which machine it is decided and whether it is within its bar; the exit status is 1 when one is
 * not. CPU time of this thread, the quickest of the rounds.
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "filters/schema/ecma.h"
#include "filters/schema/expression.h"
#include "filters/schema/number.h"

#define ROUNDS 25
#define TIMES  20000
#define MEMORY ((size_t)64 << 20)
#define STEPS  UINT64_MAX

#define MOST_PATTERN 100 /* ns of a text of a few dozen bytes */
#define MOST_PCRE2   500 /* ns: callouts are what bounds it, and what it costs */
#define MOST_NUMBER  60

static bool all_within = true;

static const struct row {
    struct pen_str source;
    struct pen_str text;
    double most;
} rows[] = {
    {PEN_STR("^[0-9a-f]{40}$"), PEN_STR("7fd1a60b01f91b314f59955a4e4d4e80d8edf11d"), MOST_PATTERN},
    {PEN_STR("^\\d{12}$"), PEN_STR("123456789012"), MOST_PATTERN},
    {PEN_STR("^aws:[a-z0-9]+$"), PEN_STR("aws:s3"), MOST_PATTERN},
    {PEN_STR("^[a-z]{2}(-[a-z]+)+-\\d$"), PEN_STR("us-west-2"), MOST_PATTERN},
    {PEN_STR("^ObjectCreated:(Put|Post|Copy|CompleteMultipartUpload)$"),
     PEN_STR("ObjectCreated:Put"), MOST_PATTERN},
    {PEN_STR("^arn:aws[a-zA-Z-]*:s3:::[a-z0-9.-]{3,63}$"), PEN_STR("arn:aws:s3:::mybucket"),
     MOST_PATTERN},
    {PEN_STR("^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$"), PEN_STR("mybucket-of-photos"), MOST_PATTERN},
    {PEN_STR("^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$"),
     PEN_STR("123e4567-e89b-12d3-a456-426614174000"), MOST_PATTERN},
    {PEN_STR("^refs/(heads|tags)/"), PEN_STR("refs/heads/main"), MOST_PATTERN},
    {PEN_STR("^[A-Za-z0-9._-]+/[A-Za-z0-9._-]+$"), PEN_STR("octocat/hello-world"), MOST_PATTERN},
    {PEN_STR("^(\\d{1,3}\\.){3}\\d{1,3}$"), PEN_STR("192.168.100.200"), MOST_PATTERN},
    {PEN_STR("^[^\\s@]+@[^\\s@]+\\.[^\\s@]+$"), PEN_STR("octocat@example.org"), MOST_PATTERN},
    {PEN_STR("^x-"), PEN_STR("repository"), MOST_PATTERN},
    {PEN_STR("^.{1,1024}$"), PEN_STR("photos/2026/holiday at the lake.jpg"), MOST_PATTERN},
    {PEN_STR("^(?!xn--)[a-z0-9-]{3,63}$"), PEN_STR("mybucket-of-photos"), MOST_PCRE2},
    {PEN_STR("^\\p{L}[\\p{L}\\p{N} ]*$"), PEN_STR("Holiday at the lake 2026"), MOST_PCRE2},
};

static void require(bool condition, const char *what)
{
    if (condition) return;
    fprintf(stderr, "bench_pattern: %s\n", what);
    exit(1);
}

static double now_ns(void)
{
    struct timespec t;
    require(clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t) == 0, "no clock");
    return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

static void report(struct pen_str name, double best, double most)
{
    const bool within = best <= most;
    all_within &= within;
    printf("%8.1f ns  (%s %.0f)  %.*s\n", best, within ? "within" : "BEYOND", most,
           PEN_STR_ARGS(name));
}

static void time_pattern(const struct row *row, struct pen_arena *arena,
                         struct pen_scratch *scratch)
{
    const struct pen_expression *expression = NULL;
    require(pen_expression_create(row->source, arena, &expression, NULL) == PEN_OK,
            "a bad pattern");
    double best = 1e18;
    for (int round = 0; round < ROUNDS; round++) {
        int seen = 0; /* all of them or none */
        const double start = now_ns();
        for (int i = 0; i < TIMES; i++) {
            uint64_t steps = STEPS;
            bool found = false;
            require(pen_expression_matches(expression, row->text, scratch, &steps, &found)
                        == PEN_OK,
                    "a search that failed");
            seen += found;
        }
        const double spent = (now_ns() - start) / TIMES;
        require(seen == 0 || seen == TIMES, "now so and now so");
        if (spent < best) best = spent;
    }
    report(row->source, best, row->most);
}

static void time_numbers(void)
{
    static const struct pen_str texts[] = {PEN_STR("1024"), PEN_STR("19.99"), PEN_STR("-12.5e-3")};
    struct pen_number bound;
    struct pen_number cent;
    require(pen_number_read(PEN_S("65536"), &bound) == PEN_OK, "a bad number");
    require(pen_number_read(PEN_S("0.01"), &cent) == PEN_OK, "a bad number");
    for (size_t t = 0; t < PEN_COUNT_OF(texts); t++) {
        double best = 1e18;
        for (int round = 0; round < ROUNDS; round++) {
            int seen = 0; /* below the bound and whole cents, each time or never */
            const double start = now_ns();
            for (int i = 0; i < TIMES; i++) {
                struct pen_number number;
                uint64_t steps = STEPS;
                bool multiple = false;
                require(pen_number_read(texts[t], &number) == PEN_OK
                            && pen_number_is_multiple(&number, &cent, &steps, &multiple) == PEN_OK,
                        "a number that failed");
                seen += pen_number_compare(&number, &bound) < 0 && multiple;
            }
            const double spent = (now_ns() - start) / TIMES;
            require(seen == 0 || seen == TIMES, "now so and now so");
            if (spent < best) best = spent;
        }
        printf("read, compared, divided by 0.01: ");
        report(texts[t], best, MOST_NUMBER);
    }
}

int main(void)
{
    struct pen_patterns *patterns = NULL;
    struct pen_scratch *scratch = NULL;
    struct pen_arena *arena = NULL;
    require(pen_patterns_create(NULL, 0, &patterns, NULL) == PEN_OK
                && pen_patterns_scratch(patterns, &scratch) == PEN_OK
                && pen_arena_create(MEMORY, 1 << 16, &arena) == PEN_OK,
            "no memory");
    for (size_t i = 0; i < PEN_COUNT_OF(rows); i++) {
        time_pattern(&rows[i], arena, scratch);
    }
    time_numbers();
    pen_arena_destroy(arena);
    pen_patterns_scratch_destroy(scratch);
    pen_patterns_destroy(patterns);
    return all_within ? 0 : 1;
}
