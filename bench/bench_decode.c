/**
 * What the decoders cost at their worst, and that it grows no faster than the text.
 *
 * Each row is a text that keeps one decoder busiest, at 16 KiB to 1 MiB; then nests of encodings
 * and whole events of them. Prints ns per byte by size, and how many times the cost of a KiB grows
 * from the smallest to the largest: below 1.3 it passes; else the exit status is 1.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "filters/core/codec.h"
#include "filters/core/codec/inflate.h"
#include "filters/core/codec/texture.h"
#include "filters/core/event.h"

#define SIZES   4
#define ROUNDS  9
#define MAXIMUM ((size_t)1 << 20)
#define GROWTH  1.3

static const size_t sizes[SIZES] = {16 << 10, 64 << 10, 256 << 10, MAXIMUM};

static struct pen_arena *arena;

static void require(bool condition, const char *what)
{
    if (condition) return;
    fprintf(stderr, "bench_decode: %s\n", what);
    exit(1);
}

/* What is measured: any status is an answer, for limits are part of the cost. */
typedef void step(struct pen_str text);

static void percent(struct pen_str text)
{
    struct pen_str out;
    (void)!pen_codec_percent_lenient(text, true, arena, &out);
}

static void percent_u(struct pen_str text)
{
    struct pen_str out;
    (void)!pen_codec_percent_u(text, arena, &out);
}

static void entity(struct pen_str text)
{
    struct pen_str out;
    (void)!pen_codec_entity(text, arena, &out);
}

static void escape(struct pen_str text)
{
    struct pen_str out;
    (void)!pen_codec_escape(text, arena, &out);
}

static void utf7(struct pen_str text)
{
    struct pen_str out;
    (void)!pen_codec_utf7(text, arena, &out);
}

static void fold(struct pen_str text)
{
    struct pen_str out;
    (void)!pen_codec_fold(text, arena, &out);
}

static void base64(struct pen_str text)
{
    struct pen_str out;
    (void)!pen_codec_base64_lenient(text, arena, &out);
}

static void hex(struct pen_str text)
{
    struct pen_str out;
    (void)!pen_codec_hex(text, arena, &out);
}

static void strings(struct pen_str text)
{
    struct pen_str out;
    (void)!pen_texture_strings(text, 8, arena, &out);
}

static void texture(struct pen_str text)
{
    require(pen_texture(text) <= PEN_TEXTURE_BINARY, "no texture");
}

static void inflate(struct pen_str text)
{
    const struct pen_inflate_limits limits = {.bytes = 8 * MAXIMUM, .ratio = 1000};
    struct pen_str out;
    (void)!pen_inflate_found(text, PEN_DEFLATE_BARE, &limits, arena, &out);
}

/* As the only text of an event. */
static void event(struct pen_str text)
{
    const struct pen_event_input input = {.body = text, .body_kind = PEN_BODY_TEXT};
    struct pen_event read;
    (void)!pen_event_decode(&input, NULL, arena, &read, NULL);
}

static void form(struct pen_str text)
{
    const struct pen_event_input input = {.body = text, .body_kind = PEN_BODY_FORM};
    struct pen_event read;
    (void)!pen_event_decode(&input, NULL, arena, &read, NULL);
}

static void json(struct pen_str text)
{
    const struct pen_event_input input = {.body = text, .body_kind = PEN_BODY_JSON};
    struct pen_event read;
    (void)!pen_event_decode(&input, NULL, arena, &read, NULL);
}

/* Texts: `begin`, then `unit` as often as it fits, then `end`. */
struct row {
    const char *name;
    step *run;
    struct pen_str begin;
    struct pen_str unit;
    struct pen_str end;
};

static const struct row rows[] = {
    {"percent: every byte", percent, {0}, PEN_STR("%41"), {0}},
    {"percent: signs alone", percent, {0}, PEN_STR("%"), {0}},
    {"%u: every byte", percent_u, {0}, PEN_STR("%u0041"), {0}},
    {"%u: almost, then one", percent_u, {0}, PEN_STR("%u004"), PEN_STR("%u0041")},
    {"entity: every byte", entity, {0}, PEN_STR("&#65;"), {0}},
    {"entity: zeros without an end", entity, PEN_STR("&#"), PEN_STR("0"), PEN_STR("x")},
    {"entity: long unknown names", entity, {0}, PEN_STR("&CounterClockwiseContour"), {0}},
    {"entity: '&' alone", entity, {0}, PEN_STR("&"), {0}},
    {"escape: every byte", escape, {0}, PEN_STR("\\x41"), {0}},
    {"escape: backslashes, then one", escape, {0}, PEN_STR("\\"), PEN_STR("x41")},
    {"escape: zeros in braces", escape, PEN_STR("\\u{"), PEN_STR("0"), PEN_STR("41")},
    {"escape: braces without end", escape, {0}, PEN_STR("\\u{00"), {0}},
    {"utf7: one long run", utf7, PEN_STR("+"), PEN_STR("AGEAYQBh"), PEN_STR("-")},
    {"utf7: plus signs alone", utf7, {0}, PEN_STR("+"), {0}},
    {"utf7: runs of nothing", utf7, {0}, PEN_STR("+AAAA"), {0}},
    {"fold: every character", fold, {0}, PEN_STR("\xef\xbc\xa1"), {0}},
    {"fold: look-alikes, none", fold, {0}, PEN_STR("\xe2\x82\xa0"), {0}},
    {"fold: overlong", fold, {0}, PEN_STR("\xc0\xae"), {0}},
    {"fold: leads alone", fold, {0}, PEN_STR("\xfc"), {0}},
    {"base64", base64, {0}, PEN_STR("QUJD"), {0}},
    {"base64: a line each digit", base64, {0}, PEN_STR("Q\n"), {0}},
    {"base64: something else at the end", base64, {0}, PEN_STR("Q"), PEN_STR("!")},
    {"hex", hex, {0}, PEN_STR("41"), {0}},
    {"strings: runs", strings, {0}, PEN_STR("12345678\x01"), {0}},
    {"strings: runs too short", strings, {0}, PEN_STR("1234567\x01"), {0}},
    {"strings: single bytes", strings, {0}, PEN_STR("1\xff"), {0}},
    {"strings: wide, too short", strings, {0}, PEN_STR("1\0002\0\1"), {0}},
    {"texture: almost text", texture, {0}, PEN_STR("123456789\xff"), {0}},
    {"inflate: empty blocks", inflate, {0}, PEN_STR("\0\0\0\xff\xff"), {0}},
    {"inflate: stored bytes",
     inflate,
     {0},
     PEN_STR("\0\3\0\xfc\xff"
             "abc"),
     {0}},
    {"event: prose", event, {0}, PEN_STR("the quick brown fox, "), {0}},
    {"event: %25 nested", event, PEN_STR("%"), PEN_STR("25"), PEN_STR("27")},
    {"event: %25 beside each other", event, {0}, PEN_STR("%2525"), {0}},
    {"event: &amp; nested", event, PEN_STR("&"), PEN_STR("amp;"), PEN_STR("lt;")},
    {"event: backslashes", event, {0}, PEN_STR("\\\\"), PEN_STR("x27")},
    {"event: three encodings", event, {0}, PEN_STR("%41&#65;\\x41"), {0}},
    {"event: four encodings", event, {0}, PEN_STR("%41&#65;\\x41\xef\xbc\xa1"), {0}},
    {"event: brackets", event, {0}, PEN_STR("["), {0}},
    {"event: brackets that close", event, PEN_STR("["), PEN_STR("[],"), PEN_STR("1]")},
    {"event: quotes in JSON", event, PEN_STR("[\""), PEN_STR("%22,%22"), PEN_STR("\"]")},
    {"event: tags", event, PEN_STR("<a>"), PEN_STR("<b></b>"), PEN_STR("</a>")},
    {"event: tags never closed", event, {0}, PEN_STR("<a>"), {0}},
    {"event: base64 of text", event, {0}, PEN_STR("QUJD"), {0}},
    {"event: base64 of noise", event, {0}, PEN_STR("/AB/9Ax"), {0}},
    {"event: fields of percent signs", form, {0}, PEN_STR("a=%2541&"), {0}},
    {"event: leaves of three encodings", json, PEN_STR("[1"),
     PEN_STR(",\"%41&#65;\\\\x41 and some more of an ordinary text, as there is mostly\""),
     PEN_STR("]")},
    {"event: leaves of JSON", json, PEN_STR("[1"), PEN_STR(",\"[\\\"[\\\\\\\"x\\\\\\\"]\\\"]\""),
     PEN_STR("]")},
};

static struct pen_str fill(char *memory, const struct row *row, size_t size)
{
    struct pen_buf buf = pen_buf_over(memory, size);
    pen_buf_put(&buf, row->begin);
    while (size - buf.len >= row->unit.len + row->end.len) {
        pen_buf_put(&buf, row->unit);
    }
    pen_buf_put(&buf, row->end);
    require(!buf.full, "no room");
    return pen_buf_str(&buf);
}

/* CPU time of this thread: others may be at work on the machine. */
static double now_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return (double)now.tv_sec * 1e9 + (double)now.tv_nsec;
}

/* The best of some rounds, each of about a megabyte. */
static double measure(step *run, struct pen_str text)
{
    const size_t times = MAXIMUM / text.len;
    double best = 0;
    for (int round = 0; round < ROUNDS; round++) {
        const double start = now_ns();
        for (size_t i = 0; i < times; i++) {
            pen_arena_reset(arena);
            run(text);
        }
        const double spent = (now_ns() - start) / (double)(times * text.len);
        if (round == 0 || spent < best) best = spent;
    }
    return best;
}

/* Base64 and JSON strings, each around the last. */
static struct pen_str nest(char *memory, char *spare, size_t size, bool is_json)
{
    size_t length = is_json ? size / 64 : size / 6;
    memset(memory, 'x', length);
    for (int layer = 0; layer < 6; layer++) {
        struct pen_buf buf = pen_buf_over(spare, size);
        if (is_json) {
            pen_buf_byte(&buf, '"');
            for (size_t i = 0; i < length; i++) {
                if (memory[i] == '"' || memory[i] == '\\') pen_buf_byte(&buf, '\\');
                pen_buf_byte(&buf, memory[i]);
            }
            pen_buf_byte(&buf, '"');
        } else {
            pen_codec_base64url_put(&buf, (struct pen_str){memory, length});
        }
        require(!buf.full, "no room for a nest");
        memcpy(memory, spare, buf.len);
        length = buf.len;
    }
    return (struct pen_str){memory, length};
}

static bool report(const char *name, const double spent[SIZES])
{
    const double growth = spent[SIZES - 1] / spent[0];
    printf("%-34s %8.2f %8.2f %8.2f %8.2f  x%.2f%s\n", name, spent[0], spent[1], spent[2], spent[3],
           growth, growth < GROWTH ? "  PASS" : "  over");
    return growth < GROWTH;
}

int main(void)
{
    char *const memory = malloc(2 * MAXIMUM);
    char *const spare = malloc(2 * MAXIMUM);
    require(memory != NULL && spare != NULL, "no memory");
    require(pen_arena_create((size_t)1 << 30, (size_t)64 << 20, &arena) == PEN_OK, "no memory");
    /* Its pages are there before the first measurement. */
    char *const whole = pen_arena_bytes(arena, (size_t)63 << 20);
    require(whole != NULL, "no memory");
    memset(whole, 0, (size_t)63 << 20);

    printf("ns per byte %22s %8s %8s %8s %8s\n", "", "16 KiB", "64 KiB", "256 KiB", "1 MiB");
    bool fine = true;
    double spent[SIZES];
    for (size_t i = 0; i < PEN_COUNT_OF(rows); i++) {
        for (size_t s = 0; s < SIZES; s++) {
            spent[s] = measure(rows[i].run, fill(memory, &rows[i], sizes[s]));
        }
        fine = report(rows[i].name, spent) && fine;
    }
    for (int is_json = 0; is_json < 2; is_json++) {
        for (size_t s = 0; s < SIZES; s++) {
            spent[s] = measure(event, nest(memory, spare, sizes[s], is_json == 1));
        }
        fine = report(is_json == 1 ? "event: strings of JSON, six deep" : "event: base64, six deep",
                      spent)
               && fine;
    }
    pen_arena_destroy(arena);
    free(memory);
    free(spare);
    return fine ? 0 : 1;
}
