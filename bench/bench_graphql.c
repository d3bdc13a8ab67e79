/**
 * What reading GraphQL documents costs, and that it grows with their length and no faster.
 *
 * Prints the median and the spread over rounds per byte, at two lengths, for documents that are
 * long in different ways; the last column is the growth per byte from the shorter to the longer, of
 * the rounds that were disturbed least.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "filters/core/graphql.h"
#include "gateway/clock.h"

#define ROUNDS 9
#define SHORT  ((size_t)16 << 10)
#define LONG   ((size_t)1 << 20)
#define WORK   ((size_t)4 << 20) /* bytes read in a round */

static const struct {
    const char *what;
    const char *before;
    const char *again;
    const char *after;
} rows[] = {
    {"fields", "{", "name ", "}"},
    {"requests", "",
     "query Q { u: user(id: \"42\", kind: ADMIN) { id name mails(first: 10) { edges { node { at "
     "subject } } } } }\n",
     ""},
    {"one string", "{a(b:\"", "plain text, ", "\")}"},
    {"escapes", "{a(b:\"", "\\u0027\\n", "\")}"},
    {"block string", "{a(b:\"\"\"", "    line\n", "\"\"\")}"},
    {"escaped quotes in a block", "{a(b:\"\"\"", "\\\"\"\"", "\"\"\")}"},
    {"arguments, all named alike", "{a(", "b:1 ", ")}"},
    {"a list", "{a(b:[", "1 ", "])}"},
    {"comments", "{a}", "# x\n", ""},
    {"no document: a string that never ends", "{a(b:\"", "\\\\x", ""},
};

static void require(bool condition, const char *what)
{
    if (condition) return;
    fprintf(stderr, "bench_graphql: %s\n", what);
    exit(1);
}

static struct pen_str make(size_t row, size_t bytes, char *memory)
{
    struct pen_buf buf = pen_buf_over(memory, bytes + 256);
    pen_buf_put(&buf, pen_str_from_c(rows[row].before));
    while (buf.len < bytes) {
        pen_buf_put(&buf, pen_str_from_c(rows[row].again));
    }
    pen_buf_put(&buf, pen_str_from_c(rows[row].after));
    require(!buf.full, "no room");
    return pen_buf_str(&buf);
}

static int compare(const void *a, const void *b)
{
    const double left = *(const double *)a;
    const double right = *(const double *)b;
    return (left > right) - (left < right);
}

/* Nanoseconds a byte of the best round; median and spread are printed. */
static double measure(struct pen_str source, struct pen_arena *arena)
{
    double rounds[ROUNDS];
    const size_t times = WORK / source.len;
    for (size_t r = 0; r < ROUNDS; r++) {
        const uint64_t start = pen_clock_us();
        for (size_t i = 0; i < times; i++) {
            struct pen_graphql graphql;
            pen_arena_reset(arena);
            const enum pen_status status = pen_graphql_read(source, NULL, arena, &graphql, NULL);
            require(status == PEN_OK || status == PEN_ERR_SYNTAX, "not read");
        }
        const double us = (double)(pen_clock_us() - start);
        rounds[r] = us * 1000 / (double)times / (double)source.len;
    }
    qsort(rounds, ROUNDS, sizeof(rounds[0]), compare);
    printf(" %7.2f (%.2f-%.2f)", rounds[ROUNDS / 2], rounds[0], rounds[ROUNDS - 1]);
    return rounds[0];
}

int main(void)
{
    struct pen_arena *arena = NULL;
    char *const memory = malloc(LONG + 256);
    require(memory != NULL, "no memory");
    /* The first block holds the longest tree: what is measured is the reader, not the heap. */
    require(pen_arena_create((size_t)1 << 30, (size_t)192 << 20, &arena) == PEN_OK, "no memory");
    printf("%-40s %22s %22s  growth\n", "ns a byte at", "16 KiB", "1 MiB");
    for (size_t row = 0; row < PEN_COUNT_OF(rows); row++) {
        printf("%-40s", rows[row].what);
        const double few = measure(make(row, SHORT, memory), arena);
        const double many = measure(make(row, LONG, memory), arena);
        printf("   %.2f\n", many / few);
    }
    pen_arena_destroy(arena);
    free(memory);
    return 0;
}
