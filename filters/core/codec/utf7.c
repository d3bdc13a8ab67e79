/**
 * UTF-7 (RFC 2152): "+ADw-" is "<", "+-" is "+".
 *
 * A plus sign before letters is ordinary ("a+b", "+49151...", base64), so a run counts only when it
 * is whole UTF-16, its spare bits zero, and the text only when some run hides a character of ASCII:
 * nobody encodes those but to hide them.
 */
#include "filters/core/codec.h"

#include <string.h>

#include "filters/core/codec/rewrite.h"
#include "filters/core/utf8.h"

/* RFC 2152's alphabet, as a base64 digit; -1 for anything else. */
static int digit(char c)
{
    if (c >= 'A' && c <= 'Z') return c - 'A';
    if (c >= 'a' && c <= 'z') return c - 'a' + 26;
    if (c >= '0' && c <= '9') return c - '0' + 52;
    return c == '+' ? 62 : c == '/' ? 63 : -1;
}

struct run {
    size_t length;  /* digits */
    size_t made;    /* bytes of UTF-8 */
    bool is_valid;  /* whole units, paired, nothing left over */
    bool has_ascii; /* a printable character or white space of ASCII among them */
};

static bool is_telling(uint32_t scalar)
{
    return (scalar >= 0x20 && scalar < 0x7f) || (scalar >= '\t' && scalar <= '\r');
}

/* The run behind a '+'. */
static struct run read_run(struct pen_str text, char *out)
{
    struct run run = {.is_valid = true};
    uint32_t bits = 0;
    uint32_t held = 0;
    uint32_t high = 0; /* half of a pair that waits for the other */
    for (; run.length < text.len && digit(text.ptr[run.length]) >= 0; run.length++) {
        bits = bits << 6 | (uint32_t)digit(text.ptr[run.length]);
        held += 6;
        if (held < 16) continue;

        held -= 16;
        const uint32_t unit = bits >> held & 0xffff;
        bits &= (1U << held) - 1;
        if (high == 0 && pen_codec_is_high_half(unit)) {
            high = unit;
            continue;
        }
        const uint32_t scalar = high == 0 ? pen_codec_pair(unit, 0) : pen_codec_pair(high, unit);
        char made[4];
        const size_t length = scalar == UINT32_MAX ? 0 : pen_utf8_encode(scalar, made);
        if (length == 0) run.is_valid = false;
        if (out != NULL) memcpy(out + run.made, made, length);
        run.made += length;
        run.has_ascii = run.has_ascii || is_telling(scalar);
        high = 0;
    }
    if (high != 0 || held >= 6 || bits != 0 || run.length < 3) run.is_valid = false;
    return run;
}

static struct pen_codec_unit read_shift(struct pen_str rest, char *out)
{
    if (rest.len > 1 && rest.ptr[1] == '-') {
        if (out != NULL) out[0] = '+';
        return (struct pen_codec_unit){.taken = 2, .made = 1};
    }
    const struct run run = read_run(pen_str_slice(rest, 1, rest.len), NULL);
    if (!run.is_valid) return (struct pen_codec_unit){.taken = 1 + run.length, .plain = true};

    if (out != NULL) (void)read_run(pen_str_slice(rest, 1, rest.len), out);
    const size_t end = 1 + run.length;
    const bool closed = end < rest.len && rest.ptr[end] == '-';
    return (struct pen_codec_unit){.taken = closed ? end + 1 : end, .made = run.made};
}

static bool hides_ascii(struct pen_str in)
{
    for (size_t at = pen_str_find(in, '+', 0); at < in.len;) {
        const struct run run = read_run(pen_str_slice(in, at + 1, in.len), NULL);
        if (run.is_valid && run.has_ascii) return true;
        at = pen_str_find(in, '+', at + 1 + run.length);
    }
    return false;
}

enum pen_status pen_codec_utf7(struct pen_str in, struct pen_arena *arena, struct pen_str *out)
{
    if (!hides_ascii(in)) {
        *out = in;
        return PEN_OK;
    }
    /* Three digits and more make two bytes; sixteen bits, at most three. */
    if (in.len > SIZE_MAX / 2) return PEN_ERR_NOMEM;
    return pen_codec_rewrite(in, '+', read_shift, in.len + in.len / 8, arena, out);
}
