/** Percent-encoding: strict where a specification rules, lenient where functions are. */
#include "filters/core/codec.h"

#include <string.h>

#include "filters/core/block16.h"
#include "filters/core/codec/rewrite.h"
#include "filters/core/utf8.h"

static bool is_encoded(struct pen_str in, bool plus)
{
    return memchr(in.ptr, '%', in.len) != NULL || (plus && memchr(in.ptr, '+', in.len) != NULL);
}

static bool has_unit(const char *block, bool plus)
{
    return pen_block_has(block, '%') || (plus && pen_block_has(block, '+'));
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
    size_t look_from = 0; /* behind a block that has a unit */
    for (size_t i = 0; i < in.len; i++) {
        if (i >= look_from) {
            for (; in.len - i >= PEN_BLOCK && !has_unit(in.ptr + i, plus); i += PEN_BLOCK) {
                memcpy(text + length, in.ptr + i, PEN_BLOCK);
                length += PEN_BLOCK;
            }
            if (i == in.len) break;
            look_from = i + PEN_BLOCK;
        }
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

/* "%uXXXX", two of them when they are the halves of a pair, or "%XX": IIS undoes both at once. */
static struct pen_codec_unit read_percent_u(struct pen_str rest, char *out)
{
    char made[4];
    const uint32_t byte = pen_codec_hex_digits(rest, 1, 2);
    if (byte != UINT32_MAX) {
        if (out != NULL) out[0] = (char)byte;
        return (struct pen_codec_unit){.taken = 3, .made = 1};
    }
    if (rest.len < 6 || pen_to_lower(rest.ptr[1]) != 'u') return (struct pen_codec_unit){0};

    const uint32_t unit = pen_codec_hex_digits(rest, 2, 4);
    if (unit == UINT32_MAX) return (struct pen_codec_unit){0};

    const bool pair = pen_codec_is_high_half(unit) && rest.len >= 12 && rest.ptr[6] == '%'
                      && pen_to_lower(rest.ptr[7]) == 'u';
    const uint32_t low = pair ? pen_codec_hex_digits(rest, 8, 4) : UINT32_MAX;
    const uint32_t scalar = pen_codec_pair(unit, low);
    const size_t length = scalar == UINT32_MAX ? 0 : pen_utf8_encode(scalar, made);
    if (length > 0 && out != NULL) memcpy(out, made, length);
    return (struct pen_codec_unit){.taken = length == 0 ? 0 : pair ? 12 : 6, .made = length};
}

static bool has_percent_u(struct pen_str in)
{
    for (size_t at = pen_str_find(in, '%', 0); at < in.len; at = pen_str_find(in, '%', at + 1)) {
        if (in.len - at >= 6 && pen_to_lower(in.ptr[at + 1]) == 'u'
            && read_percent_u(pen_str_slice(in, at, in.len), NULL).taken > 0) {
            return true;
        }
    }
    return false;
}

enum pen_status pen_codec_percent_u(struct pen_str in, struct pen_arena *arena, struct pen_str *out)
{
    if (!has_percent_u(in)) {
        *out = in;
        return PEN_OK;
    }
    return pen_codec_rewrite(in, '%', read_percent_u, in.len, arena, out);
}
