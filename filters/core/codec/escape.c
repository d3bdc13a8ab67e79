/**
 * Backslash escapes as JSON, JavaScript, Python, C, PHP and shells write them.
 *
 * Where the languages differ the reading with more power is taken; "\d" and other letters stay, for
 * a regular expression or a path of Windows is ordinary text. "\xC0" is the byte, not U+00C0: what
 * bytes hide shows in the fold, and ASCII is the same in both.
 */
#include "filters/core/codec.h"

#include <string.h>

#include "filters/core/codec/rewrite.h"
#include "filters/core/utf8.h"

static const struct pen_codec_unit nothing;

static struct pen_codec_unit give(uint32_t scalar, size_t taken, char *out)
{
    char made[4];
    const size_t length = pen_utf8_encode(scalar, made);
    if (length == 0) return nothing;

    if (out != NULL) memcpy(out, made, length);
    return (struct pen_codec_unit){.taken = taken, .made = length};
}

static struct pen_codec_unit give_byte(uint32_t byte, size_t taken, char *out)
{
    if (out != NULL) out[0] = (char)byte;
    return (struct pen_codec_unit){.taken = taken, .made = 1};
}

/* "\u{27}", with any number of leading zeros. */
static struct pen_codec_unit read_braces(struct pen_str rest, char *out)
{
    uint32_t scalar = 0;
    size_t at = 3;
    for (; at < rest.len && pen_hex_value(rest.ptr[at]) >= 0; at++) {
        if (scalar > 0x10ffff) continue; /* stays too large, and cannot overflow */
        scalar = scalar << 4 | (uint32_t)pen_hex_value(rest.ptr[at]);
    }
    const bool whole = at > 3 && at < rest.len && rest.ptr[at] == '}';
    return whole ? give(scalar, at + 1, out) : nothing;
}

/* "\u0027" or a pair of them. */
static struct pen_codec_unit read_u(struct pen_str rest, char *out)
{
    if (rest.len > 2 && rest.ptr[2] == '{') return read_braces(rest, out);

    const uint32_t unit = pen_codec_hex_digits(rest, 2, 4);
    if (unit == UINT32_MAX) return nothing;

    const bool pair =
        pen_codec_is_high_half(unit) && rest.len >= 12 && rest.ptr[6] == '\\' && rest.ptr[7] == 'u';
    const uint32_t low = pair ? pen_codec_hex_digits(rest, 8, 4) : UINT32_MAX;
    return give(pen_codec_pair(unit, low), pair ? 12 : 6, out);
}

/* Up to three digits, up to 255. */
static struct pen_codec_unit read_octal(struct pen_str rest, char *out)
{
    uint32_t byte = 0;
    size_t at = 1;
    for (; at < 4 && at < rest.len && rest.ptr[at] >= '0' && rest.ptr[at] <= '7'; at++) {
        const uint32_t more = byte * 8 + (uint32_t)(rest.ptr[at] - '0');
        if (more > 255) break;
        byte = more;
    }
    return give_byte(byte, at, out);
}

/* An escape that spells a character by number. */
static struct pen_codec_unit read_number(struct pen_str rest, char *out)
{
    uint32_t value = UINT32_MAX;
    switch (rest.len < 2 ? '\0' : rest.ptr[1]) {
    case 'x':
        value = pen_codec_hex_digits(rest, 2, 2);
        return value == UINT32_MAX ? nothing : give_byte(value, 4, out);
    case 'u':
        return read_u(rest, out);
    case 'U':
        value = pen_codec_hex_digits(rest, 2, 8);
        return value == UINT32_MAX ? nothing : give(value, 10, out);
    case '0':
    case '1':
    case '2':
    case '3':
    case '4':
    case '5':
    case '6':
    case '7':
        return read_octal(rest, out);
    default:
        return nothing;
    }
}

static struct pen_codec_unit read_escape(struct pen_str rest, char *out)
{
    static const char letters[] = "nrtvfbae'\"\\/`";
    static const char meanings[] = "\n\r\t\v\f\b\a\x1b'\"\\/`";
    if (rest.len < 2) return nothing;

    const char *const letter = memchr(letters, rest.ptr[1], sizeof(letters) - 1);
    if (letter != NULL) return give_byte((unsigned char)meanings[letter - letters], 2, out);

    /* A backslash before a line's end joins the lines. */
    if (rest.ptr[1] == '\n') return (struct pen_codec_unit){.taken = 2};
    return read_number(rest, out);
}

/* "\1" refers to a group and "\8" to nothing; "\47" spells a character. */
static bool is_telling(struct pen_str rest)
{
    char made[4] = {0};
    const struct pen_codec_unit unit = read_number(rest, made);
    if (unit.taken == 0) return false;
    if (!pen_is_digit(rest.ptr[1])) return true;

    const char byte = made[0];
    return unit.taken > 2 && ((byte >= 0x20 && byte < 0x7f) || (byte >= '\t' && byte <= '\r'));
}

/* Quotes and line breaks are escaped in ordinary code; characters by number, hardly. */
static bool has_number(struct pen_str in)
{
    for (size_t at = pen_str_find(in, '\\', 0); at < in.len; at = pen_str_find(in, '\\', at + 1)) {
        if (is_telling(pen_str_slice(in, at, in.len))) return true;
    }
    return false;
}

enum pen_status pen_codec_escape(struct pen_str in, struct pen_arena *arena, struct pen_str *out)
{
    if (!has_number(in)) {
        *out = in;
        return PEN_OK;
    }
    return pen_codec_rewrite(in, '\\', read_escape, in.len, arena, out);
}
