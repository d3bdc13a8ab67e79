/**
 * Reading a configuration and routing by it: how much each grows with the number of functions.
 *
 * Half the routes are exact, half are templates with a rest. Loading should grow with the file,
 * a look-up not at all.
 */
#include <stdio.h>
#include <stdlib.h>

#include "gateway/clock.h"
#include "gateway/config/route.h"

#define RUNS       9
#define LOOKUPS    400000
#define FILE_BYTES ((size_t)4 << 20)

static int by_value(const void *left, const void *right)
{
    const double a = *(const double *)left;
    const double b = *(const double *)right;
    return (a > b) - (a < b);
}

static void print(const char *what, size_t functions, double *runs, const char *unit)
{
    qsort(runs, RUNS, sizeof(*runs), by_value);
    printf("%-14s %6zu functions  %8.1f %s  (%.1f to %.1f)\n", what, functions, runs[RUNS / 2],
           unit, runs[0], runs[RUNS - 1]);
}

static struct pen_str write_yaml(char *memory, size_t functions)
{
    struct pen_buf buf = pen_buf_over(memory, FILE_BYTES);
    pen_buf_put(&buf, PEN_S("listen: [{ address: 127.0.0.1:0 }]\n"
                            "issuers: { i: { issuer: a, audience: b, jwks: { file: k } } }\n"
                            "upstreams: { u: { url: https://h } }\n"
                            "functions:\n"));
    for (size_t i = 0; i < functions; i++) {
        pen_buf_format(&buf,
                       "  f%zu:\n    route: %s%zu%s\n    upstream: u\n    sinks: [sql]\n"
                       "    allow: { issuer: i, scopes: [\"f:%zu\"] }\n",
                       i, i % 2 == 0 ? "/function/" : "/tenant/", i, i % 2 == 0 ? "" : "/{id}/*",
                       i);
    }
    if (buf.full) abort();
    return pen_buf_str(&buf);
}

static struct pen_config *load(struct pen_str yaml)
{
    const struct pen_config_options options = {.look_at_files = false};
    struct pen_config *config;
    struct pen_error err;
    if (pen_config_parse_with(yaml, PEN_S("/x"), &options, &config, &err) == PEN_OK) return config;
    fprintf(stderr, "%zu:%zu: %s\n", err.line, err.column, err.text);
    exit(1);
}

static double time_lookups(const struct pen_router *router, const struct pen_str *paths,
                           size_t count)
{
    size_t found = 0;
    const uint64_t start = pen_clock_us();
    for (size_t i = 0; i < LOOKUPS; i++) {
        struct pen_route_match match;
        /* A stride that visits functions all over the table. */
        pen_router_find(router, PEN_S("fn.example:8443"), paths[i * 7919 % count], &match);
        found += match.function != NULL;
    }
    const uint64_t spent = pen_clock_us() - start;
    if (found != LOOKUPS) abort();
    return (double)spent * 1000.0 / LOOKUPS;
}

static void measure(char *memory, size_t functions)
{
    double loads[RUNS];
    double lookups[RUNS];
    const struct pen_str yaml = write_yaml(memory, functions);
    for (size_t run = 0; run < RUNS; run++) {
        const uint64_t start = pen_clock_us();
        struct pen_config *const config = load(yaml);
        const struct pen_router *router;
        if (pen_router_create(config, config->arena, &router, NULL) != PEN_OK) abort();
        loads[run] = (double)(pen_clock_us() - start) / 1000.0;

        struct pen_str *paths = pen_arena_calloc(config->arena, functions, sizeof(*paths));
        if (paths == NULL) abort();
        for (size_t i = 0; i < functions; i++) {
            char text[64];
            const int length = snprintf(
                text, sizeof(text), i % 2 == 0 ? "/function/%zu" : "/tenant/%zu/4711/items/9", i);
            if (pen_arena_copy(config->arena, (struct pen_str){text, (size_t)length}, &paths[i])
                != PEN_OK) {
                abort();
            }
        }
        lookups[run] = time_lookups(router, paths, functions);
        pen_config_destroy(config);
    }
    print("read, compile", functions, loads, "ms");
    print("look-up", functions, lookups, "ns");
}

int main(void)
{
    char *memory = malloc(FILE_BYTES);
    if (memory == NULL) return 1;
    measure(memory, 10);
    measure(memory, 1000);
    measure(memory, 10000);
    free(memory);
    return 0;
}
