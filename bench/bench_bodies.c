/**
 * What reading a body costs as it grows: forms, multipart, and what an attacker would make of them.
 *
 * Prints ns of CPU a KiB at 16 KiB and at 1 MiB, and how much the one is above the other: linear
 * is 1, and 1.3 or more is over the bar: then the exit status is 1. Leaves and parts are counted by
 * limits that allow all of it, so that nothing ends early.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "filters/core/event.h"

#define ROUNDS 25
#define SMALL  ((size_t)16 << 10)
#define LARGE  ((size_t)1 << 20)

#define MAX_GROWTH 1.3

#define NAMED "Content-Disposition: form-data; name=\"a\"\r\n"

struct body {
    const char *what;
    enum pen_body_kind kind;
    struct pen_str boundary;
    struct pen_str first; /* once */
    struct pen_str again; /* until it is large enough */
    struct pen_str last;
};

static const struct body bodies[] = {
    {"form, short fields", PEN_BODY_FORM, PEN_STR(""), PEN_STR(""), PEN_STR("a=1&"), PEN_STR("")},
    {"form, empty fields", PEN_BODY_FORM, PEN_STR(""), PEN_STR("a=1"), PEN_STR("&"), PEN_STR("")},
    {"form, one long value", PEN_BODY_FORM, PEN_STR(""), PEN_STR("a="), PEN_STR("word+"),
     PEN_STR("")},
    {"form, percent and UTF-8", PEN_BODY_FORM, PEN_STR(""), PEN_STR(""),
     PEN_STR("n%C3%A4me=%27x%27&"), PEN_STR("")},
    {"form, one value of ';'", PEN_BODY_FORM, PEN_STR(""), PEN_STR("a="), PEN_STR(";"),
     PEN_STR("")},
    {"multipart, small parts", PEN_BODY_MULTIPART, PEN_STR("b"), PEN_STR(""),
     PEN_STR("--b\r\n" NAMED "\r\nx\r\n"), PEN_STR("--b--\r\n")},
    {"multipart, one text", PEN_BODY_MULTIPART, PEN_STR("b"), PEN_STR("--b\r\n" NAMED "\r\n"),
     PEN_STR("All is well that ends well. "), PEN_STR("\r\n--b--\r\n")},
    {"multipart, one picture", PEN_BODY_MULTIPART, PEN_STR("b"),
     PEN_STR("--b\r\nContent-Disposition: form-data; name=a; filename=a.png\r\nContent-Type: "
             "image/png\r\n\r\n\x89PNG\r\n\x1a\n"),
     PEN_STR("\0\xff\x01\xfe"), PEN_STR("\r\n--b--\r\n")},
    {"multipart, dashes", PEN_BODY_MULTIPART, PEN_STR("b"), PEN_STR("--b\r\n" NAMED "\r\n"),
     PEN_STR("--"), PEN_STR("\r\n--b--\r\n")},
    {"multipart, almost the boundary", PEN_BODY_MULTIPART,
     PEN_STR("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab"),
     PEN_STR("--aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab\r\n" NAMED
             "\r\n"),
     PEN_STR("\r\n--aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"),
     PEN_STR("\r\n--aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab--")},
    {"multipart, line breaks", PEN_BODY_MULTIPART, PEN_STR("b"), PEN_STR("--b\r\n" NAMED "\r\n"),
     PEN_STR("\r\n"), PEN_STR("\r\n--b--\r\n")},
};

static void require(bool condition, const char *what)
{
    if (condition) return;
    fprintf(stderr, "bench_bodies: %s\n", what);
    exit(1);
}

static struct pen_str make(const struct body *body, char *memory, size_t size)
{
    struct pen_buf buf = pen_buf_over(memory, LARGE + 4096);
    pen_buf_put(&buf, body->first);
    while (buf.len < size) {
        pen_buf_put(&buf, body->again);
    }
    pen_buf_put(&buf, body->last);
    require(!buf.full, "no room");
    return pen_buf_str(&buf);
}

/* Of this process alone: a busy machine must not look like growth. */
static uint64_t cpu_ns(void)
{
    struct timespec now;
    require(clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now) == 0, "no clock");
    return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

/* Nanoseconds a KiB. */
static double read_body(const struct body *body, struct pen_str text, struct pen_arena *arena)
{
    const struct pen_event_limits limits = {.leaves = 2000000, .fields = 2000000};
    const struct pen_event_input input = {
        .body = text, .body_kind = body->kind, .boundary = body->boundary};
    const size_t times = LARGE / text.len + 1;
    const uint64_t start = cpu_ns();
    for (size_t i = 0; i < times; i++) {
        struct pen_event event;
        struct pen_json_error error = {.code = ""};
        pen_arena_reset(arena);
        const enum pen_status status = pen_event_decode(&input, &limits, arena, &event, &error);
        require(status == PEN_OK, error.code);
    }
    return (double)(cpu_ns() - start) / (double)times / ((double)text.len / 1024);
}

/* The quickest of rounds in which both sizes take turns: other load adds to all, and to both. */
static void measure(const struct body *body, struct pen_str small, struct pen_str large,
                    struct pen_arena *arena, double least[2])
{
    for (size_t r = 0; r < ROUNDS; r++) {
        const double took[2] = {read_body(body, small, arena), read_body(body, large, arena)};
        for (size_t k = 0; k < 2; k++) {
            if (r == 0 || took[k] < least[k]) least[k] = took[k];
        }
    }
}

int main(void)
{
    char *const memory = malloc(LARGE + 4096);
    char *const second = malloc(SMALL + 4096);
    struct pen_arena *arena = NULL;
    require(memory != NULL && second != NULL, "not enough memory");
    /* Its first block holds all, so that growth of the arena is not what is measured. */
    require(pen_arena_create((size_t)1 << 30, (size_t)512 << 20, &arena) == PEN_OK, "no arena");
    printf("  %-32s %12s %12s %8s\n", "ns/KiB", "16 KiB", "1 MiB", "growth");
    bool linear = true;
    for (size_t i = 0; i < PEN_COUNT_OF(bodies); i++) {
        double least[2] = {0};
        measure(&bodies[i], make(&bodies[i], second, SMALL), make(&bodies[i], memory, LARGE), arena,
                least);
        const bool within = least[1] < least[0] * MAX_GROWTH;
        printf("  %-32s %12.0f %12.0f %8.2f  %s\n", bodies[i].what, least[0], least[1],
               least[1] / least[0], within ? "PASS" : "over");
        linear = linear && within;
    }
    pen_arena_destroy(arena);
    free(memory);
    free(second);
    return linear ? 0 : 1;
}
