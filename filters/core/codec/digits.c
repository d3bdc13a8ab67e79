/** A text of a few blocks is decoded on the stack, as opening_bytes.c would in the arena. */
#include "filters/core/codec/digits.h"

#include <string.h>

#include "filters/core/codec.h"
#include "filters/core/codec/block_digits.h"
#include "filters/core/codec/texture.h"
#include "filters/core/codec/token.h"

#define MOST_HEX    (2 * PEN_TEXTURE_SHORT)
#define MOST_DIGITS (5 * PEN_BLOCK) /* of base64: 60 bytes of PEN_TEXTURE_SHORT */
#define MOST_SEEN   512             /* longer ones are rare, and no identifiers */
#define SCATTERED   64 /* bytes within which the first digits of a scattered text stand */
#define ENOUGH      12 /* of these digits: nine bytes, of which one may be in no text */
#define NINE_OF_TEN 10 /* bytes, as pen_codec_base64_head_is_noise counts: the same one */
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

/* Bytes on the stack; a block of digits more may be written than there are. */
struct bytes {
    char of[PEN_TEXTURE_SHORT + PEN_BLOCK];
};

/* MOST_DIGITS at most, a block behind them that is anything. */
static struct pen_str decode(const char *digits, size_t count, struct bytes *bytes)
{
    for (size_t at = 0; at < count; at += PEN_BLOCK) {
        pen_block_base64(digits + at, bytes->of + at / 4 * 3);
    }
    const size_t length = count * 3 / 4;
    memset(bytes->of + length, '\n', PEN_BLOCK);
    return (struct pen_str){bytes->of, length};
}

/* Nothing but digits, a block at least. */
static bool base64_holds_nothing(struct pen_str digits)
{
    if (digits.len > MOST_DIGITS) return false;

    char all[MOST_DIGITS + PEN_BLOCK];
    for (size_t at = 0; digits.len - at >= PEN_BLOCK; at += PEN_BLOCK) {
        memcpy(all + at, digits.ptr + at, PEN_BLOCK);
    }
    const size_t last = digits.len - PEN_BLOCK;
    memcpy(all + last, digits.ptr + last, PEN_BLOCK);
    memset(all + digits.len, 'A', PEN_BLOCK);
    struct bytes bytes;
    return pen_texture_short_is_nothing(decode(all, digits.len, &bytes), PEN_DIGITS_RUN);
}

/* A block of `text`; what is behind its end is no digit. */
static const char *block_at(struct pen_str text, size_t at, char *room)
{
    if (text.len - at >= PEN_BLOCK) return text.ptr + at;
    memset(room, ' ', PEN_BLOCK);
    memcpy(room, text.ptr + at, text.len - at);
    return room;
}

/* The whole text, without what is no digit, is no text when it is decoded. Where padding stands in
   it there is more than one way to do that. `as_url`: '-' and '_' are digits; `url` becomes true
   where there are some. */
static bool gives_noise(struct pen_str text, bool as_url, bool *url)
{
    if (text.len > MOST_DIGITS) return false;

    char all[MOST_DIGITS + 2 * PEN_BLOCK];
    size_t count = 0;
    for (size_t at = 0; at < text.len; at += PEN_BLOCK) {
        char room[PEN_BLOCK];
        const char *const block = block_at(text, at, room);
        if (pen_block_has(block, '=')) return false;
        unsigned dropped = pen_block_no_base64(block, url);
        if (!as_url) dropped |= pen_block_url(block);
        pen_block_drop(block, dropped, all + count);
        count += pen_block_left(dropped);
    }
    memset(all + count, 'A', PEN_BLOCK);
    struct bytes bytes;
    return pen_texture_short_is_data(decode(all, count, &bytes));
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

static bool begins_as_noise(struct pen_str text, unsigned dropped)
{
    const size_t most = text.len / 4 * 3 + 3;
    return pen_codec_base64_block_is_noise(text.ptr, dropped, most);
}

/* Where '-' and '_' are skipped, too. */
static bool skips_url_to_noise(struct pen_str text, unsigned others)
{
    bool url = true;
    return begins_as_noise(text, others | pen_block_url(text.ptr))
           || gives_noise(text, false, &url);
}

/* `others` are what is no digit in the first block. Whatever follows it, behind a restart or among
   more that is skipped, makes no text of a beginning that is none. */
static bool skips_to_noise(struct pen_str text, unsigned others, bool url)
{
    if (begins_as_noise(text, others)) {
        return !url || skips_url_to_noise(text, others);
    }
    bool has_url = false;
    return gives_noise(text, true, &has_url) && (!has_url || gives_noise(text, false, &has_url));
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
    return (!url && !rest.url) || skips_url_to_noise(text, 0);
}

bool pen_digits_hold_nothing(struct pen_str text)
{
    if (text.len < PEN_BLOCK) return false;
    if (is_uuid(text)) return true;
    if (text.ptr[0] == '0' && (text.ptr[1] | 0x20) == 'x') return false;
    if (text.len % 2 == 0 && is_hex(text)) return hex_holds_nothing(text);

    /* A token's parts are looked at each for itself; a scheme may stand before it. */
    const bool token = text.ptr[0] == 'e' || pen_block_has(text.ptr, ' ');
    if (token && pen_token_begins(text)) return false;
    bool url = false;
    const unsigned others = pen_block_no_base64(text.ptr, &url);
    if (others == 0) return all_digits_hold_nothing(text, url);

    /* Broken, to whomever: all depends on what is skipped. */
    return has_foreign(text.ptr, others) && !pen_block_has(text.ptr, '=')
           && skips_to_noise(text, others, url);
}

/* As pen_digits_are_scattered, '-' and '_' being digits or not. */
static bool begins_scattered(struct pen_str text, bool as_url, bool *url)
{
    char all[3 * PEN_BLOCK];
    size_t count = 0;
    for (size_t at = 0; at < text.len && at < SCATTERED && count < ENOUGH; at += PEN_BLOCK) {
        char room[PEN_BLOCK];
        const char *const block = block_at(text, at, room);
        unsigned dropped = pen_block_no_base64(block, url);
        if (!as_url) dropped |= pen_block_url(block);
        pen_block_drop(block, dropped, all + count);
        count += pen_block_left(dropped);
    }
    if (count < ENOUGH) return false;
    if (count > PEN_BLOCK) count = PEN_BLOCK;
    return !pen_codec_base64_head_is_noise(all, count, NINE_OF_TEN);
}

bool pen_digits_are_scattered(struct pen_str text)
{
    if (text.len < PEN_BLOCK) return false;

    /* Two digits of three are capitals or numbers where a text is encoded; a sentence has one of
       them, and tells so without a closer look. */
    const unsigned capitals = pen_block_capitals(text.ptr);
    if ((capitals & (capitals - 1)) == 0) return false;
    bool url = false;
    return begins_scattered(text, true, &url) || (url && begins_scattered(text, false, &url));
}
