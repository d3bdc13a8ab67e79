/** Base64: strict where a specification rules, lenient where functions are. */
#include "filters/core/codec.h"

#include <stdint.h>

/* Value of a base64 digit in either alphabet, or -1. */
static int digit64(char c, bool url)
{
    if (c >= 'A' && c <= 'Z') return c - 'A';
    if (c >= 'a' && c <= 'z') return c - 'a' + 26;
    if (c >= '0' && c <= '9') return c - '0' + 52;
    if (c == (url ? '-' : '+')) return 62;
    if (c == (url ? '_' : '/')) return 63;
    return -1;
}

/* `in` without padding. */
static enum pen_status base64(struct pen_str in, bool url, struct pen_arena *arena,
                              struct pen_str *out)
{
    if (in.len % 4 == 1) return PEN_ERR_SYNTAX;

    const size_t length = in.len / 4 * 3 + (in.len % 4 == 0 ? 0 : in.len % 4 - 1);
    char *const bytes = pen_arena_bytes(arena, length);
    if (bytes == NULL) return PEN_ERR_NOMEM;

    uint32_t bits = 0;
    size_t at = 0;
    for (size_t i = 0; i < in.len; i++) {
        const int value = digit64(in.ptr[i], url);
        if (value < 0) {
            pen_arena_trim(arena, bytes, length, 0);
            return PEN_ERR_SYNTAX;
        }
        bits = bits << 6 | (uint32_t)value;
        if (i % 4 == 0) continue;
        const uint32_t spare = (3 - (uint32_t)(i % 4)) * 2; /* bits that belong to the next byte */
        bytes[at++] = (char)(bits >> spare & 0xff);
    }
    /* Two texts must never decode to the same bytes: what is left over has to be zero. */
    const uint32_t left = in.len % 4 == 2 ? 0xf : in.len % 4 == 3 ? 0x3 : 0;
    if ((bits & left) != 0) {
        pen_arena_trim(arena, bytes, length, 0);
        return PEN_ERR_SYNTAX;
    }
    *out = (struct pen_str){bytes, length};
    return PEN_OK;
}

enum pen_status pen_codec_base64url(struct pen_str in, struct pen_arena *arena, struct pen_str *out)
{
    return base64(in, true, arena, out);
}

enum pen_status pen_codec_base64(struct pen_str in, struct pen_arena *arena, struct pen_str *out)
{
    if (in.len % 4 != 0) return PEN_ERR_SYNTAX;

    struct pen_str bare = in;
    while (bare.len > 0 && in.len - bare.len < 2 && bare.ptr[bare.len - 1] == '=') {
        bare.len--;
    }
    return base64(bare, false, arena, out);
}

/* Values of digits of both alphabets, and what is none. */
enum { BREAK = 0x80, NONE = 0xff }; /* both have the highest bit */

#define ROW(x) (x), (x) + 1, (x) + 2, (x) + 3, (x) + 4, (x) + 5, (x) + 6, (x) + 7, (x) + 8, (x) + 9
#define NONE4  NONE, NONE, NONE, NONE
#define NONE16 NONE4, NONE4, NONE4, NONE4
#define NONE64 NONE16, NONE16, NONE16, NONE16

static const uint8_t digits_any[256] = {
    /* clang-format off */
    NONE4, NONE4, NONE, NONE, BREAK, NONE, NONE, BREAK, NONE, NONE, NONE16,
    NONE4, NONE4, NONE, NONE, NONE, 62, NONE, 62, NONE, 63,
    ROW(52), NONE, NONE, NONE4,
    NONE, ROW(0), ROW(10), 20, 21, 22, 23, 24, 25, NONE4, 63,
    NONE, ROW(26), ROW(36), 46, 47, 48, 49, 50, 51, NONE4, NONE,
    NONE64, NONE64,
    /* clang-format on */
};

static uint8_t digit_any(char c)
{
    return digits_any[(unsigned char)c];
}

/* Digits in `in`; SIZE_MAX when there is anything else but line breaks and padding at the end. */
static size_t count_digits(struct pen_str in)
{
    size_t digits = 0;
    size_t i = 0;
    for (; i < in.len; i++) {
        const uint8_t value = digit_any(in.ptr[i]);
        if (value == NONE) break;
        digits += value != BREAK;
    }
    for (; i < in.len; i++) {
        if (in.ptr[i] != '=' && digit_any(in.ptr[i]) != BREAK) return SIZE_MAX;
    }
    return digits;
}

/* Four digits at once, until a line ends or something else stands there. Returns digits read. */
static size_t read_fours(struct pen_str in, char *bytes)
{
    size_t i = 0;
    for (size_t at = 0; in.len - i >= 4; i += 4, at += 3) {
        const uint32_t a = digit_any(in.ptr[i]);
        const uint32_t b = digit_any(in.ptr[i + 1]);
        const uint32_t c = digit_any(in.ptr[i + 2]);
        const uint32_t d = digit_any(in.ptr[i + 3]);
        const uint32_t bits = a << 18 | b << 12 | c << 6 | d;
        if (((a | b | c | d) & BREAK) != 0) break;
        bytes[at] = (char)(bits >> 16);
        bytes[at + 1] = (char)(bits >> 8 & 0xff);
        bytes[at + 2] = (char)(bits & 0xff);
    }
    return i;
}

enum pen_status pen_codec_base64_lenient(struct pen_str in, struct pen_arena *arena,
                                         struct pen_str *out)
{
    const size_t room = in.len / 4 * 3 + 3;
    char *const bytes = pen_arena_bytes(arena, room);
    if (bytes == NULL) return PEN_ERR_NOMEM;

    const size_t read = read_fours(in, bytes);
    size_t at = read / 4 * 3;
    const struct pen_str rest = pen_str_slice(in, read, in.len);
    const size_t digits = count_digits(rest);
    if (digits == SIZE_MAX || digits % 4 == 1) {
        pen_arena_trim(arena, bytes, room, 0);
        return PEN_ERR_SYNTAX;
    }
    uint32_t bits = 0;
    uint32_t held = 0; /* bits not written yet */
    size_t left = digits;
    for (size_t i = 0; left > 0; i++) {
        const uint8_t value = digit_any(rest.ptr[i]);
        if (value == BREAK) continue;
        left--;
        bits = bits << 6 | value;
        held += 6;
        if (held < 8) continue;
        held -= 8;
        bytes[at++] = (char)(bits >> held & 0xff);
    }
    pen_arena_trim(arena, bytes, room, at);
    *out = (struct pen_str){bytes, at};
    return PEN_OK;
}

struct pen_base64_look pen_codec_base64_look(struct pen_str in)
{
    struct pen_base64_look look = {.foreign = 0};
    bool padded = false;
    for (size_t i = 0; i < in.len; i++) {
        const char c = in.ptr[i];
        const uint8_t value = digit_any(c);
        if (c == '=') {
            padded = true;
        } else if (value == NONE) {
            look.foreign++;
        } else if (value != BREAK) {
            look.url += c == '-' || c == '_';
            look.restarts = look.restarts || padded;
        }
    }
    return look;
}

enum pen_status pen_codec_base64_skipping(struct pen_str in, unsigned how, struct pen_arena *arena,
                                          struct pen_str *out)
{
    const size_t room = in.len / 4 * 3 + 3;
    char *const bytes = pen_arena_bytes(arena, room);
    if (bytes == NULL) return PEN_ERR_NOMEM;

    size_t at = 0;
    uint32_t bits = 0;
    uint32_t held = 0; /* bits not written yet */
    for (size_t i = 0; i < in.len; i++) {
        const char c = in.ptr[i];
        const bool is_url = c == '-' || c == '_';
        if (c == '=' && (how & PEN_BASE64_RESTART) != 0) held = 0;
        const uint8_t value = is_url && (how & PEN_BASE64_URL) == 0 ? NONE : digit_any(c);
        if ((value & BREAK) != 0) continue;
        bits = bits << 6 | value;
        held += 6;
        if (held < 8) continue;
        held -= 8;
        bytes[at++] = (char)(bits >> held & 0xff);
    }
    pen_arena_trim(arena, bytes, room, at);
    if (at == 0) return PEN_ERR_SYNTAX;
    *out = (struct pen_str){bytes, at};
    return PEN_OK;
}

void pen_codec_base64url_put(struct pen_buf *buf, struct pen_str bytes)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    const unsigned char *const in = (const unsigned char *)bytes.ptr;
    for (size_t i = 0; i < bytes.len; i += 3) {
        const size_t left = bytes.len - i;
        const uint32_t bits = (uint32_t)in[i] << 16 | (left > 1 ? (uint32_t)in[i + 1] << 8 : 0)
                              | (left > 2 ? in[i + 2] : 0);
        pen_buf_byte(buf, digits[bits >> 18]);
        pen_buf_byte(buf, digits[bits >> 12 & 63]);
        if (left > 1) pen_buf_byte(buf, digits[bits >> 6 & 63]);
        if (left > 2) pen_buf_byte(buf, digits[bits & 63]);
    }
}
