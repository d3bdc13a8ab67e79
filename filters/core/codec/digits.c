/** A text of a few blocks is decoded on the stack, as opening.c would in the arena. */
#include "filters/core/codec/digits.h"

#include <string.h>

#include "filters/core/codec.h"
#include "filters/core/codec/block_digits.h"
#include "filters/core/codec/texture.h"

#define MOST_HEX    (2 * PEN_TEXTURE_SHORT)
#define MOST_DIGITS (5 * PEN_BLOCK) /* of base64: 60 bytes of PEN_TEXTURE_SHORT */
#define MOST_SEEN   512             /* longer ones are rare, and no identifiers */
#define UUID        36

static bool is_uuid(struct pen_str text)
{
    const char *const p = text.ptr;
    if (text.len != UUID || p[8] != '-' || p[13] != '-' || p[18] != '-' || p[23] != '-') {
        return false;
    }
    char digits[2 * PEN_BLOCK];
    memcpy(digits, p, 8);
    memcpy(digits + 8, p + 9, 4);
    memcpy(digits + 12, p + 14, 4);
    memcpy(digits + 16, p + 19, 4);
    memcpy(digits + 20, p + 24, 12);
    return pen_block_is_hex(digits) && pen_block_is_hex(digits + PEN_BLOCK);
}

/* `text` is a block at least; the last one may have some of the one before. */
static bool is_hex(struct pen_str text)
{
    for (size_t at = 0; text.len - at >= PEN_BLOCK; at += PEN_BLOCK) {
        if (!pen_block_is_hex(text.ptr + at)) return false;
    }
    return pen_block_is_hex(text.ptr + text.len - PEN_BLOCK);
}

static bool hex_holds_nothing(struct pen_str text)
{
    if (text.len > MOST_HEX) return false;

    char bytes[PEN_TEXTURE_SHORT + PEN_BLOCK];
    const size_t length = text.len / 2;
    for (size_t at = 0; text.len - at >= PEN_BLOCK; at += PEN_BLOCK) {
        pen_block_hex(text.ptr + at, bytes + at / 2);
    }
    pen_block_hex(text.ptr + text.len - PEN_BLOCK, bytes + length - PEN_BLOCK / 2);
    memset(bytes + length, '\n', PEN_BLOCK);
    return pen_texture_short_is_nothing((struct pen_str){bytes, length}, PEN_DIGITS_RUN);
}

/* Nothing but digits, a block at least. */
static bool base64_holds_nothing(struct pen_str digits)
{
    if (digits.len > MOST_DIGITS) return false;

    char bytes[PEN_TEXTURE_SHORT + PEN_BLOCK]; /* a block gives more than it has */
    const size_t length = digits.len * 3 / 4;
    size_t at = 0;
    for (; digits.len - at >= PEN_BLOCK; at += PEN_BLOCK) {
        pen_block_base64(digits.ptr + at, bytes + at / 4 * 3);
    }
    const size_t left = digits.len - at;
    if (left > 0) {
        char last[2 * PEN_BLOCK];
        memcpy(last, digits.ptr + digits.len - PEN_BLOCK, PEN_BLOCK);
        memset(last + PEN_BLOCK, 'A', PEN_BLOCK);
        pen_block_base64(last + PEN_BLOCK - left, bytes + at / 4 * 3);
    }
    memset(bytes + length, '\n', PEN_BLOCK);
    return pen_texture_short_is_nothing((struct pen_str){bytes, length}, PEN_DIGITS_RUN);
}

/* Of what is no digit: is it nothing that all readers of base64 know what to do with? */
static bool is_foreign(char c)
{
    return c != '=' && c != '\n' && c != '\r';
}

/* What stands in a text behind its first block. */
struct rest {
    bool url;
    bool foreign;
    bool other; /* padding before the end, or a line break */
};

/* Digits that are seen twice, in the last block, change nothing. */
static struct rest look_behind(struct pen_str digits)
{
    struct rest rest = {0};
    for (size_t done = PEN_BLOCK; done < digits.len; done += PEN_BLOCK) {
        const size_t at = done + PEN_BLOCK <= digits.len ? done : digits.len - PEN_BLOCK;
        unsigned others = pen_block_no_base64(digits.ptr + at, &rest.url) & 0xffffU << (done - at);
        for (; others != 0; others &= others - 1) {
            const bool foreign = is_foreign(digits.ptr[at + (size_t)__builtin_ctz(others)]);
            if (foreign) {
                rest.foreign = true;
            } else {
                rest.other = true;
            }
        }
    }
    return rest;
}

/* Bytes of a block that are no digits, nor skipped by all who read base64. */
static bool has_foreign(const char *block, unsigned others)
{
    for (; others != 0; others &= others - 1) {
        if (is_foreign(block[__builtin_ctz(others)])) return true;
    }
    return false;
}

/* `others` are what is no digit in the first block. Behind a restart follows more, which makes no
   text of a beginning that is none. */
static bool skips_to_noise(struct pen_str text, unsigned others, bool url)
{
    const size_t most = text.len / 4 * 3 + 3;
    if (!pen_codec_base64_block_is_noise(text.ptr, others, most)) return false;
    if (!url) return true;
    const unsigned marks = pen_block_url(text.ptr);
    return marks == 0 || pen_codec_base64_block_is_noise(text.ptr, others | marks, most);
}

/* The first block is all digits; `url` as pen_block_no_base64 found it. */
static bool all_digits_hold_nothing(struct pen_str text, bool url)
{
    if (text.len > MOST_SEEN) return false;

    struct pen_str digits = text;
    while (digits.len > PEN_BLOCK && digits.ptr[digits.len - 1] == '=') {
        digits.len--;
    }
    const struct rest rest = look_behind(digits);
    /* One digit of four more is none of a byte. */
    const bool broken = rest.foreign || (!rest.other && digits.len % 4 == 1);
    if (broken) return skips_to_noise(text, 0, url || rest.url);
    if (rest.other || !base64_holds_nothing(digits)) return false;
    if (!url && !rest.url) return true;
    const size_t most = text.len / 4 * 3 + 3;
    return pen_codec_base64_block_is_noise(text.ptr, pen_block_url(text.ptr), most);
}

bool pen_digits_hold_nothing(struct pen_str text)
{
    if (text.len < PEN_BLOCK) return false;
    if (is_uuid(text)) return true;
    if (text.ptr[0] == '0' && (text.ptr[1] | 0x20) == 'x') return false;
    if (text.len % 2 == 0 && is_hex(text)) return hex_holds_nothing(text);

    bool url = false;
    const unsigned others = pen_block_no_base64(text.ptr, &url);
    if (others == 0) return all_digits_hold_nothing(text, url);

    /* Broken, to whomever: all depends on what is skipped. */
    return has_foreign(text.ptr, others) && !pen_block_has(text.ptr, '=')
           && skips_to_noise(text, others, url);
}
