/** Percent and base64, strict where a specification rules, lenient where functions are. */
#include "filters/core/codec.h"

#include <stdint.h>
#include <string.h>

static bool is_encoded(struct pen_str in, bool plus)
{
    return memchr(in.ptr, '%', in.len) != NULL || (plus && memchr(in.ptr, '+', in.len) != NULL);
}

static enum pen_status percent(struct pen_str in, bool plus, bool strict, struct pen_arena *arena,
                               struct pen_str *out)
{
    if (in.len == 0 || !is_encoded(in, plus)) {
        *out = in;
        return PEN_OK;
    }
    char *const text = pen_arena_bytes(arena, in.len);
    if (text == NULL) return PEN_ERR_NOMEM;

    size_t length = 0;
    for (size_t i = 0; i < in.len; i++) {
        const char c = in.ptr[i];
        if (c == '+' && plus) {
            text[length++] = ' ';
            continue;
        }
        const int high = c == '%' && in.len - i > 2 ? pen_hex_value(in.ptr[i + 1]) : -1;
        const int low = high >= 0 ? pen_hex_value(in.ptr[i + 2]) : -1;
        if (low >= 0) {
            text[length++] = (char)(high * 16 + low);
            i += 2;
            continue;
        }
        if (c == '%' && strict) {
            pen_arena_trim(arena, text, in.len, 0);
            return PEN_ERR_SYNTAX;
        }
        text[length++] = c;
    }
    pen_arena_trim(arena, text, in.len, length);
    *out = (struct pen_str){text, length};
    return PEN_OK;
}

enum pen_status pen_codec_percent(struct pen_str in, bool plus, struct pen_arena *arena,
                                  struct pen_str *out)
{
    return percent(in, plus, true, arena, out);
}

enum pen_status pen_codec_percent_lenient(struct pen_str in, bool plus, struct pen_arena *arena,
                                          struct pen_str *out)
{
    return percent(in, plus, false, arena, out);
}

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

static int digit64_any(char c)
{
    const int value = digit64(c, false);
    return value >= 0 ? value : digit64(c, true);
}

size_t pen_codec_base64_peek(struct pen_str in, unsigned char *out, size_t size)
{
    uint32_t bits = 0;
    uint32_t held = 0; /* bits not written yet */
    size_t at = 0;
    for (size_t i = 0; i < in.len && at < size; i++) {
        const int value = digit64_any(in.ptr[i]);
        if (value < 0) break;
        bits = bits << 6 | (uint32_t)value;
        held += 6;
        if (held < 8) continue;
        held -= 8;
        out[at++] = (unsigned char)(bits >> held & 0xff);
    }
    return at;
}

/* Digits in `in`; SIZE_MAX when there is anything else but line breaks and padding at the end. */
static size_t count_digits(struct pen_str in)
{
    size_t digits = 0;
    size_t i = 0;
    for (; i < in.len && in.ptr[i] != '='; i++) {
        if (digit64_any(in.ptr[i]) >= 0) {
            digits++;
        } else if (in.ptr[i] != '\n' && in.ptr[i] != '\r') {
            return SIZE_MAX;
        }
    }
    for (; i < in.len; i++) {
        if (in.ptr[i] != '=' && in.ptr[i] != '\n' && in.ptr[i] != '\r') return SIZE_MAX;
    }
    return digits;
}

enum pen_status pen_codec_base64_lenient(struct pen_str in, struct pen_arena *arena,
                                         struct pen_str *out)
{
    const size_t digits = count_digits(in);
    if (digits == SIZE_MAX || digits % 4 == 1) return PEN_ERR_SYNTAX;

    const size_t length = digits / 4 * 3 + (digits % 4 == 0 ? 0 : digits % 4 - 1);
    char *const bytes = pen_arena_bytes(arena, length);
    if (bytes == NULL) return PEN_ERR_NOMEM;

    uint32_t bits = 0;
    uint32_t held = 0; /* bits not written yet */
    size_t at = 0;
    for (size_t i = 0; at < length; i++) {
        const int value = digit64_any(in.ptr[i]);
        if (value < 0) continue;
        bits = bits << 6 | (uint32_t)value;
        held += 6;
        if (held < 8) continue;
        held -= 8;
        bytes[at++] = (char)(bits >> held & 0xff);
    }
    *out = (struct pen_str){bytes, length};
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
