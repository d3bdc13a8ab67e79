/** Identifiers are passed over at once, and never where a decoder makes something of them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <string.h>

#include "filters/core/codec.h"
#include "filters/core/codec/digits.h"
#include "filters/core/codec/look.h"
#include "filters/core/codec/texture.h"
#include "filters/core/graphql.h"

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

static bool is_something(struct pen_str bytes, bool runs)
{
    const enum pen_texture texture = pen_texture(bytes);
    if (texture != PEN_TEXTURE_BINARY && texture != PEN_TEXTURE_ZLIB) return true;
    if (!runs) return false;
    struct pen_str found = {0};
    assert_int_equal(pen_texture_strings(bytes, PEN_DIGITS_RUN, arena, &found), PEN_OK);
    return texture == PEN_TEXTURE_ZLIB || found.len > 0;
}

/* As each kind of decoder sees it: runs count only where nothing had to be skipped. */
static bool holds_something(struct pen_str text)
{
    struct pen_str bytes = {0};
    if (pen_codec_hex(text, arena, &bytes) == PEN_OK) return is_something(bytes, true);
    if (pen_codec_base64_lenient(text, arena, &bytes) == PEN_OK && is_something(bytes, true)) {
        return true;
    }
    for (unsigned how = 0; how < 4; how++) {
        if (pen_codec_base64_skipping(text, how, arena, &bytes) != PEN_OK) continue;
        if (is_something(bytes, false)) return true;
    }
    return false;
}

static void put_hex(struct pen_buf *buf, struct pen_str bytes)
{
    for (size_t i = 0; i < bytes.len; i++) {
        pen_buf_format(buf, "%02x", (unsigned)(unsigned char)bytes.ptr[i]);
    }
}

/* Bytes of many kinds, spelled, of which something is changed. */
static struct pen_str make(uint64_t *seed, char *memory, size_t room)
{
    static const char *const heads[] = {"",     "\x1f\x8b",    "\xac\xed\x00\x05", "\x80\x04",
                                        "\x78", "caf\xc3\xa9", "the quick",        "\x04\x08["};
    static const char foreign[] = " -_:.=\n+/!%";
    char bytes[80];
    struct pen_buf buf = pen_buf_over(bytes, sizeof(bytes));
    pen_buf_put(&buf, pen_str_from_c(heads[next(seed) % PEN_COUNT_OF(heads)]));
    const uint64_t kind = next(seed) % 3;
    for (uint64_t left = next(seed) % 64; left > 0; left--) {
        const char c = (char)(next(seed) & 0xff);
        const bool letter = kind == 0 || (kind == 1 && next(seed) % 4 > 0);
        pen_buf_byte(&buf, letter ? (char)(' ' + (c & 0x3f)) : c);
    }
    struct pen_buf out = pen_buf_over(memory, room);
    if (next(seed) % 4 == 0) {
        put_hex(&out, pen_buf_str(&buf));
    } else {
        pen_codec_base64url_put(&out, pen_buf_str(&buf));
    }
    if (next(seed) % 4 == 0) pen_buf_put(&out, PEN_S("=="));
    for (uint64_t changes = next(seed) % 4; changes > 0 && out.len > 0; changes--) {
        memory[next(seed) % out.len] = foreign[next(seed) % (sizeof(foreign) - 1)];
    }
    return pen_buf_str(&out);
}

static void never_passes_over_what_a_decoder_reads(void **state)
{
    (void)state;
    uint64_t seed = 20260401;
    size_t nothing = 0;
    size_t something = 0;
    for (int i = 0; i < 200000; i++) {
        char memory[180];
        const struct pen_str text = make(&seed, memory, sizeof(memory));
        const bool passed = pen_digits_hold_nothing(text);
        const bool holds = holds_something(text);
        if (passed && holds) fail_msg("%.*s", PEN_STR_ARGS(text));
        nothing += passed;
        something += holds;
        pen_arena_reset(arena);
    }
    assert_true(nothing > 10000 && something > 10000); /* else this test shows nothing */
}

static void tells_identifiers_from_digits_that_mean_something(void **state)
{
    (void)state;
    const struct {
        struct pen_str text;
        bool nothing;
    } rows[] = {
        {PEN_STR("requestParameters"), true},
        {PEN_STR("profile_link_color"), true},
        {PEN_STR("2026-11-24T01:00:00Z"), true},
        {PEN_STR("ObjectCreated:Put"), true},
        {PEN_STR("C3D13FE58DE4C810"), true},
        {PEN_STR("d41d8cd98f00b204e9800998ecf8427e"), true},
        {PEN_STR("096fKKXTRTtl3on89fVO.nfljtsv6qko"), true},
        {PEN_STR("550e8400-e29b-41d4-a716-446655440000"), true},
        {PEN_STR("20202020-2020-2020-2020-202020202020"), true},  /* a UUID, whatever it spells */
        {PEN_STR("20202020-2020-2020-2020-20202020202x"), false}, /* none: it spells spaces */
        {PEN_STR("0x27206f7220313d31"), false},                   /* "' or 1=1" behind "0x" */
        {PEN_STR("27206f7220313d31"), false},                     /* the same without */
        {PEN_STR("dGhlIHF1aWNrIGJyb3duIGZveA"), false},           /* "the quick brown fox" */
        {PEN_STR("dGhlIHF1aWNrIGJyb3duIGZveA=="), false},         /* padded */
        {PEN_STR("dGhl-IHF1aWNrIGJyb3duIGZveA"), false},          /* with a dash in it */
        {PEN_STR("/////////////yBPUiAxPTEgLS0g"), false},         /* "' OR 1=1 -- " behind bytes */
        {PEN_STR("H4sIAAAAAAAAA0vNTS3KBgAAAP//"), false},         /* gzip */
        {PEN_STR("photos/2026/holiday+at+the+lake-0.jpg"), true}, /* told by more than its head */
        {PEN_STR("dGhlIHF1aWNrN.pNJ-I"), false},                  /* a text, but for the dash */
        {PEN_STR("short"), false},
    };
    for (size_t i = 0; i < PEN_COUNT_OF(rows); i++) {
        if (pen_digits_hold_nothing(rows[i].text) != rows[i].nothing) {
            fail_msg("%.*s", PEN_STR_ARGS(rows[i].text));
        }
    }
}

/* What is seen in registers is what is seen of the same bytes in memory. */
static void tells_noise_of_digits_as_of_the_bytes_that_they_give(void **state)
{
    (void)state;
    static const char digits[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/-_";
    static const char *const heads[] = {"H4", "rO", "gA", "AA", "BA", "4A", "w4", "8J"};
    uint64_t seed = 7;
    size_t noise = 0;
    for (int i = 0; i < 300000; i++) {
        char text[16];
        char bytes[24];
        const size_t most_digits = i % 3 == 0 ? sizeof(digits) - 1 : 24 + (size_t)i % 40;
        for (size_t k = 0; k < sizeof(text); k++) {
            text[k] = digits[next(&seed) % most_digits];
        }
        if (i % 4 == 0) memcpy(text + 4 * (next(&seed) % 4), heads[next(&seed) % 8], 2);
        const size_t count = next(&seed) % 17;
        const size_t most = next(&seed) % 40;
        struct pen_str all = {0};
        assert_int_equal(pen_codec_base64_lenient((struct pen_str){text, 16}, arena, &all), PEN_OK);
        memset(bytes, 0, sizeof(bytes));
        memcpy(bytes, all.ptr, all.len);
        const bool expected = pen_texture_is_noise((struct pen_str){bytes, count / 4 * 3}, most);
        if (pen_codec_base64_head_is_noise(text, count, most) != expected) {
            fail_msg("%.16s, %zu digits of %zu bytes", text, count, most);
        }
        noise += expected;
        pen_arena_reset(arena);
    }
    assert_in_range(noise, 50000, 250000);
}

/* Words, dates and what is encoded, of which something is changed. */
static struct pen_str make_plain(uint64_t *seed, char *memory, size_t room)
{
    static const char *const heads[] = {"query",  "mutation {", "data:,", "/*",          "//",
                                        "/shop/", "0x27206f",   "0",      "fragment on", "\"a\"",
                                        "{",      " ",          "sub",    "eyJh"};
    static const char *const words[] = {
        "The Art of Gateways, 2nd edition", "2026-11-15T16:56:36Z",
        "anna.dubois@example.org",          "8f11f75c-848d-44e7-9938-34a2f5220197",
        "Leave at reception, floor 10. ",   "dGhlIHF1aWNr",
        "com.example.order.created",        "ZDgh IC0t  Jw == ",
        "d41d8cd98f00b204e9800998ecf8427e", "a:b"};
    char digits[180];
    struct pen_buf buf = pen_buf_over(memory, room);
    if (next(seed) % 4 == 0)
        pen_buf_put(&buf, pen_str_from_c(heads[next(seed) % PEN_COUNT_OF(heads)]));
    for (uint64_t left = next(seed) % 3; left > 0; left--) {
        pen_buf_put(&buf, pen_str_from_c(words[next(seed) % PEN_COUNT_OF(words)]));
    }
    if (buf.len == 0 || next(seed) % 2 == 0) pen_buf_put(&buf, make(seed, digits, sizeof(digits)));
    if (buf.len == 0) pen_buf_byte(&buf, 'x');
    for (uint64_t changes = next(seed) % 4; changes > 0; changes--) {
        memory[next(seed) % buf.len] = (char)(' ' + next(seed) % 95);
    }
    for (size_t i = 0; i < buf.len; i++) {
        const char c = memory[i];
        if (c == '%' || c == '&' || c == '+' || c == '\\') memory[i] = '.';
    }
    return pen_buf_str(&buf);
}

static void passes_over_no_text_in_which_a_look_sees_something(void **state)
{
    (void)state;
    uint64_t seed = 64;
    size_t passed = 0;
    size_t seen = 0;
    for (int i = 0; i < 300000; i++) {
        char memory[400];
        const struct pen_str text = make_plain(&seed, memory, sizeof(memory));
        /* What begins as data and is too short to hold an encoding is a text as it stands. */
        const unsigned data = text.len < PEN_LOOK_DIGITS ? PEN_LOOK_DATA : 0U;
        const unsigned look = pen_look(text) & ~data;
        if (pen_look_plain(text) != pen_look(text)) fail_msg("%.*s", PEN_STR_ARGS(text));
        if (pen_look_passes(text)) {
            passed++;
            if (look != 0 || pen_graphql_begins(text)) fail_msg("%.*s", PEN_STR_ARGS(text));
        } else if (text.len >= PEN_LOOK_DIGITS) {
            seen += look != 0;
        }
    }
    assert_true(passed > 50000 && seen > 50000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(never_passes_over_what_a_decoder_reads, set_up, tear_down),
        cmocka_unit_test_setup_teardown(tells_noise_of_digits_as_of_the_bytes_that_they_give,
                                        set_up, tear_down),
        cmocka_unit_test_setup_teardown(passes_over_no_text_in_which_a_look_sees_something, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(tells_identifiers_from_digits_that_mean_something, set_up,
                                        tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
