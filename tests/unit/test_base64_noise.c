/** The short way out for what only begins like base64: never where a decoder gives something. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <string.h>

#include "filters/core/codec.h"
#include "filters/core/codec/texture.h"

static struct pen_arena *arena;

static int set_up(void **state)
{
    (void)state;
    return pen_arena_create((size_t)1 << 20, 65536, &arena) == PEN_OK ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    pen_arena_destroy(arena);
    return 0;
}

/* The same numbers in every run: splitmix64. */
static uint64_t next(uint64_t *seed)
{
    *seed += UINT64_C(0x9e3779b97f4a7c15);
    uint64_t z = *seed;
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

static bool gives_something(struct pen_str text, unsigned how)
{
    struct pen_str bytes = {0};
    if (pen_codec_base64_skipping(text, how, arena, &bytes) != PEN_OK) return false;
    const enum pen_texture texture = pen_texture(bytes);
    return texture != PEN_TEXTURE_BINARY && texture != PEN_TEXTURE_ZLIB;
}

static bool is_noise(struct pen_str text)
{
    const struct pen_base64_look look = pen_codec_base64_look(text);
    return pen_codec_base64_is_noise(text, &look);
}

static bool is_missed(struct pen_str text)
{
    struct pen_str bytes = {0};
    const bool url = gives_something(text, PEN_BASE64_URL);
    const bool other = gives_something(text, 0);
    if (url && pen_codec_base64_skips_to_noise(text, true)) return true;
    if (other && pen_codec_base64_skips_to_noise(text, false)) return true;
    if (!is_noise(text)) return false;
    return url || other || gives_something(text, PEN_BASE64_URL | PEN_BASE64_RESTART)
           || gives_something(text, PEN_BASE64_RESTART)
           || pen_codec_base64_lenient(text, arena, &bytes) == PEN_OK;
}

/* Bytes of many kinds in base64, of which something is changed. */
static struct pen_str make(uint64_t *seed, char *memory, size_t room)
{
    static const char *const heads[] = {"",
                                        "\x1f\x8b",
                                        "\xac\xed",
                                        "\x80\x04",
                                        "{\"a\":1}",
                                        "caf\xc3\xa9 ",
                                        "the quick brown fox ",
                                        "\x04\x08["};
    static const char foreign[] = " -_:.=\n+/!%";
    char bytes[80];
    struct pen_buf buf = pen_buf_over(bytes, sizeof(bytes));
    pen_buf_put(&buf, pen_str_from_c(heads[next(seed) % PEN_COUNT_OF(heads)]));
    const bool is_text = next(seed) % 2 == 0;
    for (uint64_t left = next(seed) % 40; left > 0; left--) {
        const char c = (char)(next(seed) & 0xff);
        pen_buf_byte(&buf, is_text ? (char)(' ' + (c & 0x3f)) : c);
    }
    struct pen_buf out = pen_buf_over(memory, room);
    pen_codec_base64url_put(&out, pen_buf_str(&buf));
    for (uint64_t changes = next(seed) % 5; changes > 0 && out.len > 0; changes--) {
        memory[next(seed) % out.len] = foreign[next(seed) % (sizeof(foreign) - 1)];
    }
    return pen_buf_str(&out);
}

static void never_passes_over_what_a_decoder_reads(void **state)
{
    (void)state;
    uint64_t seed = 20260101;
    size_t noise = 0;
    for (int i = 0; i < 200000; i++) {
        char memory[160];
        const struct pen_str text = make(&seed, memory, sizeof(memory));
        if (is_missed(text)) fail_msg("%.*s", PEN_STR_ARGS(text));
        noise += is_noise(text);
        pen_arena_reset(arena);
    }
    assert_true(noise > 10000); /* else this test shows nothing */
}

static void knows_identifiers_for_what_they_are(void **state)
{
    (void)state;
    const struct {
        struct pen_str text;
        bool noise;
    } rows[] = {
        {PEN_STR("requestParameters"), true},
        {PEN_STR("2026-11-24T01:00:00Z"), true},
        {PEN_STR("dGhlIHF1aWNrIGJyb3duIGZveA"), false},      /* "the quick brown fox" */
        {PEN_STR("dGhl IHF1aWNr IGJyb3du IGZveA"), false},   /* the same, spaced */
        {PEN_STR("dGhlIHF1aWNrIGJyb3duIGZveA=="), false},    /* and padded */
        {PEN_STR("H4sIAAAAAAAAA0vNTS3KBgAAAP//"), false},    /* gzip */
        {PEN_STR("rO0ABXNyABFqYXZhLnV0aWwuSGFz!"), false},   /* an object of Java */
        {PEN_STR("gASVGAAAAAAAAACMBXBvc2l4lIwG c3"), false}, /* a pickle */
    };
    for (size_t i = 0; i < PEN_COUNT_OF(rows); i++) {
        if (is_noise(rows[i].text) != rows[i].noise) {
            fail_msg("%.*s", PEN_STR_ARGS(rows[i].text));
        }
    }
}

/* Byte by byte, as filters/core/codec.h says it. */
static struct pen_base64_look look_slowly(struct pen_str in)
{
    struct pen_base64_look look = {.bare = in.len >= 16};
    bool padded = false;
    for (size_t i = 0; i < in.len; i++) {
        const char c = in.ptr[i];
        const bool url = c == '-' || c == '_';
        if (url || pen_is_alpha(c) || pen_is_digit(c) || c == '+' || c == '/') {
            look.url = look.url || url;
            look.restarts = look.restarts || padded;
            continue;
        }
        look.bare = false;
        padded = padded || c == '=';
        look.foreign += c != '=' && c != '\n' && c != '\r';
    }
    return look;
}

static void counts_what_each_byte_is(void **state)
{
    (void)state;
    static const char bytes[] = "AZaz09+/==-_\n\r .,#\x80\xff";
    uint64_t seed = 11;
    for (size_t round = 0; round < 20000; round++) {
        char memory[100];
        const size_t length = (size_t)(next(&seed) % sizeof(memory));
        const size_t kinds = 1 + (size_t)(next(&seed) % (sizeof(bytes) - 1));
        for (size_t i = 0; i < length; i++) {
            /* Some texts have little that is foreign, and padding late. */
            const uint64_t drawn = next(&seed);
            memory[i] = bytes[(drawn >> 8) % (drawn % 8 == 0 ? sizeof(bytes) - 1 : kinds)];
        }
        const struct pen_str text = {memory, length};
        const struct pen_base64_look slow = look_slowly(text);
        const struct pen_base64_look look = pen_codec_base64_look(text);
        if (look.foreign != slow.foreign || look.url != slow.url || look.restarts != slow.restarts
            || look.bare != slow.bare) {
            fail_msg("%.*s", PEN_STR_ARGS(text));
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(never_passes_over_what_a_decoder_reads, set_up, tear_down),
        cmocka_unit_test(counts_what_each_byte_is),
        cmocka_unit_test_setup_teardown(knows_identifiers_for_what_they_are, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
