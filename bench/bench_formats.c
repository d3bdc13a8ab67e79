/**
 * Named formats: what a check of an ordinary text costs, and whether a caller can make a byte dear
 * by a text that is nearly of the format and long.
 *
 * CPU time of this thread, the quickest of the rounds: other load on the machine only adds. An
 * argument keeps the rows whose format holds it. Each row says whether it is within its bar; the
 * exit status is 1 when one is not.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "filters/core/uri.h"
#include "filters/schema/format.h"

#define ROUNDS 25
#define CALLS  20000               /* of a round, for ordinary texts: some 500 us */
#define SMALL  ((size_t)4 << 10)   /* a long text */
#define LARGE  ((size_t)1 << 20)   /* a body's worth */
#define ENOUGH ((size_t)512 << 10) /* bytes that a round reads at least */

#define MOST_GROWTH 1.5 /* of a byte, from the small to the large text */

static bool all_within = true;

static void require(bool condition, const char *what)
{
    if (condition) return;
    fprintf(stderr, "bench_formats: %s\n", what);
    exit(1);
}

static double now_ns(void)
{
    struct timespec now;
    require(clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now) == 0, "no clock");
    return (double)now.tv_sec * 1e9 + (double)now.tv_nsec;
}

/* ns of one check. */
static double measure(const struct pen_format *format, struct pen_str text, size_t calls)
{
    double best = 1e18;
    for (int round = 0; round < ROUNDS; round++) {
        size_t matched = 0;
        const double start = now_ns();
        for (size_t i = 0; i < calls; i++) {
            /* The compiler must not think that it is the same text again. */
            __asm__ volatile("" ::"r"(text.ptr) : "memory");
            matched += pen_format_matches(format, text);
        }
        const double spent = (now_ns() - start) / (double)calls;
        require(matched == 0 || matched == calls, "a check has a memory");
        if (spent < best) best = spent;
    }
    return best;
}

static const char *verdict(bool within)
{
    all_within &= within;
    return within ? "PASS" : "over";
}

static const struct pen_format *find(const char *name)
{
    const struct pen_format *format = pen_format_find(pen_str_from_c(name), false);
    require(format != NULL, "no such format");
    return format;
}

static const struct {
    const char *format;
    double most_ns; /* 0 = no bar: rare in events */
    struct pen_str text;
} ordinary[] = {
    {"date-time", 50, PEN_STR("2026-05-17T12:34:56Z")},
    {"date-time", 50, PEN_STR("2026-05-17T12:34:56.789+02:00")},
    {"date", 50, PEN_STR("2026-05-17")},
    {"time", 50, PEN_STR("12:34:56Z")},
    {"duration", 50, PEN_STR("P3DT4H")},
    {"uuid", 50, PEN_STR("2eb8aa08-aa98-11ea-b4aa-73b441d16380")},
    {"ipv4", 50, PEN_STR("192.168.17.200")},
    {"ipv6", 50, PEN_STR("2001:db8:85a3::8a2e:370:7334")},
    {"uri", 50, PEN_STR("https://example.com/")},
    {"uri", 50, PEN_STR("https://api.github.com/repos/octocat/Hello-World/issues/1347")},
    {"iri", 0, PEN_STR("http://\u0192\u00f8\u00f8.com/blah")},
    {"uri-template", 0, PEN_STR("https://api.github.com/users/octocat/gists{/gist_id}")},
    {"email", 0, PEN_STR("octocat@github.com")},
    {"hostname", 0, PEN_STR("api.eu-west-1.example.com")},
    {"hostname", 0, PEN_STR("xn--bcher-kva.example")},
    {"idn-hostname", 0, PEN_STR("b\u00fccher.example")},
    {"json-pointer", 0, PEN_STR("/Records/0/s3/object/key")},
};

/* A text that each check reads far into: a beginning, and a piece again and again. */
static const struct {
    const char *format;
    struct pen_str begin;
    struct pen_str piece;
} hostile[] = {
    {"date-time", PEN_STR("2026-05-17T12:34:56."), PEN_STR("9")},
    {"duration", PEN_STR("P"), PEN_STR("9")},
    {"duration", PEN_STR("P1DT"), PEN_STR("9")},
    {"email", PEN_STR(""), PEN_STR("a.")},
    {"email", PEN_STR("\""), PEN_STR("\\\"")},
    {"email", PEN_STR("a@"), PEN_STR("a.")},
    {"idn-email", PEN_STR(""), PEN_STR("\u00fc.")},
    {"hostname", PEN_STR(""), PEN_STR("a")},
    {"hostname", PEN_STR(""), PEN_STR("xn--bcher-kva.")},
    {"idn-hostname", PEN_STR("xn--"), PEN_STR("9")},
    {"idn-hostname", PEN_STR(""), PEN_STR("\u0300")},
    {"ipv6", PEN_STR("::"), PEN_STR("1:")},
    {"uri", PEN_STR("a"), PEN_STR("a+")},
    {"uri", PEN_STR("http://"), PEN_STR("a:")},
    {"uri", PEN_STR("http://["), PEN_STR("::")},
    {"uri", PEN_STR("http://[v1."), PEN_STR(":")},
    {"uri", PEN_STR("http:"), PEN_STR("%41")},
    {"iri", PEN_STR("http:"), PEN_STR("\u4e2d")},
    {"uri-reference", PEN_STR(""), PEN_STR("a:")},
    {"uri-template", PEN_STR("{"), PEN_STR("a.")},
    {"uri-template", PEN_STR("{"), PEN_STR("a:1,")},
    {"json-pointer", PEN_STR("/"), PEN_STR("~0")},
    {"relative-json-pointer", PEN_STR("1"), PEN_STR("0")},
};

static struct pen_str repeat(char *memory, size_t size, struct pen_str begin, struct pen_str piece)
{
    struct pen_buf buf = pen_buf_over(memory, size);
    pen_buf_put(&buf, begin);
    while (buf.len + piece.len <= size) {
        pen_buf_put(&buf, piece);
    }
    return pen_buf_str(&buf);
}

static void show_growth(const char *name, struct pen_str piece, double small, double large)
{
    printf("%-22s %-16.*s %8.3f %8.3f  %s\n", name, PEN_STR_ARGS(piece), small, large,
           verdict(large <= small * MOST_GROWTH || large < 0.001));
}

/* ns of a byte of references that climb as often as they descend. */
static double resolve_per_byte(char *memory, size_t size)
{
    const struct pen_str reference = repeat(memory, size, PEN_S("a"), PEN_S("/b/../.."));
    double best = 1e18;
    struct pen_arena *arena = NULL;
    require(pen_arena_create(4 * LARGE, 2 * LARGE, &arena) == PEN_OK, "no memory");
    for (int round = 0; round < ROUNDS; round++) {
        const double start = now_ns();
        for (size_t done = 0; done < ENOUGH; done += size) {
            struct pen_str out;
            pen_arena_reset(arena);
            require(pen_uri_resolve(PEN_S("http://a/b/c"), reference, arena, &out) == PEN_OK,
                    "no reference");
        }
        const double spent = now_ns() - start;
        const size_t times = (ENOUGH + size - 1) / size;
        if (spent / (double)(times * size) < best) best = spent / (double)(times * size);
    }
    pen_arena_destroy(arena);
    return best;
}

/* Is the row asked for? All are without an argument. */
static bool is_wanted(const char *name, int argc, char **argv)
{
    return argc < 2 || strstr(name, argv[1]) != NULL;
}

int main(int argc, char **argv)
{
    char *const memory = malloc(LARGE);
    require(memory != NULL, "no memory");

    printf("%-22s %8s\n", "an ordinary text", "ns");
    for (size_t i = 0; i < PEN_COUNT_OF(ordinary); i++) {
        if (!is_wanted(ordinary[i].format, argc, argv)) continue;
        const struct pen_format *format = find(ordinary[i].format);
        require(pen_format_matches(format, ordinary[i].text), "an ordinary text is refused");
        const double spent = measure(format, ordinary[i].text, CALLS);
        printf("%-22s %8.1f  %s  %.*s\n", ordinary[i].format, spent,
               ordinary[i].most_ns > 0 ? verdict(spent <= ordinary[i].most_ns) : "    ",
               PEN_STR_ARGS(ordinary[i].text));
    }
    printf("\n%-22s %-16s %8s %8s\n", "ns a byte, long texts", "of", "4 KiB", "1 MiB");
    for (size_t i = 0; i < PEN_COUNT_OF(hostile); i++) {
        if (!is_wanted(hostile[i].format, argc, argv)) continue;
        double per_byte[2];
        for (size_t size = 0; size < 2; size++) {
            const size_t bytes = size == 0 ? SMALL : LARGE;
            const struct pen_str text = repeat(memory, bytes, hostile[i].begin, hostile[i].piece);
            per_byte[size] = measure(find(hostile[i].format), text, (ENOUGH + bytes - 1) / bytes)
                             / (double)bytes;
        }
        show_growth(hostile[i].format, hostile[i].piece, per_byte[0], per_byte[1]);
    }
    if (is_wanted("resolve", argc, argv)) {
        const double small = resolve_per_byte(memory, SMALL);
        show_growth("resolve", PEN_S("/b/../.."), small, resolve_per_byte(memory, LARGE));
    }
    free(memory);
    return all_within ? 0 : 1;
}
