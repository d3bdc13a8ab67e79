/** Base64: strict where a specification rules, lenient where functions are. */
#include "filters/core/codec.h"

#include <stdint.h>
#include <string.h>

#include "filters/core/codec/block_digits.h"
#include "filters/core/codec/texture.h"

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
#define HEAD PEN_BLOCK /* digits: of twelve bytes of noise six or so are in no text */

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

/* The same of sixteen. `bytes` has room for three bytes more than they give. */
static size_t read_blocks(struct pen_str in, char *bytes)
{
    size_t i = 0;
    bool url = false;
    while (in.len - i >= PEN_BLOCK && pen_block_no_base64(in.ptr + i, &url) == 0) {
        pen_block_base64(in.ptr + i, bytes + i / 4 * 3);
        i += PEN_BLOCK;
    }
    return i;
}

enum pen_status pen_codec_base64_lenient(struct pen_str in, struct pen_arena *arena,
                                         struct pen_str *out)
{
    const size_t room = in.len / 4 * 3 + 3;
    char *const bytes = pen_arena_bytes(arena, room);
    if (bytes == NULL) return PEN_ERR_NOMEM;

    const size_t blocks = read_blocks(in, bytes);
    const struct pen_str tail = pen_str_slice(in, blocks, in.len);
    const size_t read = blocks + read_fours(tail, bytes + blocks / 4 * 3);
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

/* What a byte is to decoders, a bit each. */
enum { IS_DIGIT = 1, IS_URL = 2, IS_BREAK = 4, IS_PADDING = 8, IS_FOREIGN = 16 };

#define D   IS_DIGIT
#define U   (IS_DIGIT | IS_URL)
#define P   IS_PADDING
#define F   IS_FOREIGN
#define B   IS_BREAK
#define F4  F, F, F, F
#define F16 F4, F4, F4, F4
#define F64 F16, F16, F16, F16
#define D10 D, D, D, D, D, D, D, D, D, D
#define D26 D10, D10, D, D, D, D, D, D

static const uint8_t classes[256] = {
    /* clang-format off */
    F4, F4, F, F, B, F, F, B, F, F, F16,
    F4, F4, F, F, F, D, F, U, F, D,
    D10, F, F, F, P, F, F,
    F, D26, F, F, F, F, U,
    F, D26, F, F, F, F, F,
    F64, F64,
    /* clang-format on */
};

static inline unsigned class_of(char c)
{
    return classes[(unsigned char)c];
}

/* Of a text that is shorter than a block. */
static struct pen_base64_look look_closely(struct pen_str in)
{
    struct pen_base64_look look = {.foreign = 0};
    bool padded = false;
    for (size_t i = 0; i < in.len; i++) {
        const unsigned class = class_of(in.ptr[i]);
        look.foreign += class == IS_FOREIGN;
        look.url = look.url || (class & IS_URL) != 0;
        look.restarts = look.restarts || (padded && (class & IS_DIGIT) != 0);
        padded = padded || class == IS_PADDING;
    }
    return look;
}

/* Which of the bytes with a bit in `skipped`, padding and line breaks, is the first padding;
   PEN_BLOCK when none is. */
static unsigned first_padding(const char *block, unsigned skipped)
{
    for (; skipped != 0; skipped &= skipped - 1) {
        const unsigned i = (unsigned)__builtin_ctz(skipped);
        if (block[i] == '=') return i;
    }
    return PEN_BLOCK;
}

struct pen_base64_look pen_codec_base64_look(struct pen_str in)
{
    if (in.len < PEN_BLOCK) return look_closely(in);

    struct pen_base64_look look = {.bare = true};
    bool padded = false;
    for (size_t done = 0; done < in.len; done += PEN_BLOCK) {
        /* The last block has some of the one before, which does not count again. */
        const size_t at = done + PEN_BLOCK <= in.len ? done : in.len - PEN_BLOCK;
        const char *const block = in.ptr + at;
        const unsigned counts = 0xffffU << (done - at) & 0xffffU;
        const unsigned others = pen_block_no_base64(block, &look.url) & counts;
        const unsigned digits = ~others & counts;
        if (padded && digits != 0) look.restarts = true;
        if (others == 0) continue;

        look.bare = false;
        const unsigned skipped = pen_block_padding(block) & others;
        look.foreign += pen_block_count(others & ~skipped);
        const unsigned padding = padded ? PEN_BLOCK : first_padding(block, skipped);
        if (padding == PEN_BLOCK) continue;
        padded = true;
        if (digits >> padding != 0) look.restarts = true;
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

/* The bytes that the digits of a text shorter than HEAD give. */
static size_t skip_all(struct pen_str in, bool url, char *head)
{
    const unsigned skipped = url ? 0 : IS_URL;
    char digits[HEAD];
    size_t count = 0;
    for (size_t i = 0; i < in.len; i++) {
        digits[count] = in.ptr[i];
        count += (class_of(in.ptr[i]) & (IS_DIGIT | skipped)) == IS_DIGIT;
    }
    return read_fours((struct pen_str){digits, count}, head) / 4 * 3;
}

/* Where bytes that may be UTF-8 have to be read one by one. */
__attribute__((noinline)) static bool read_is_noise(const char *digits, size_t length, size_t most)
{
    char head[HEAD] = {0};
    pen_block_base64(digits, head);
    return pen_texture_is_noise((struct pen_str){head, length}, most);
}

static inline bool head_is_noise(const char *digits, size_t count, size_t most)
{
    const struct pen_block_head head = pen_block_base64_head(digits);
    const size_t length = count / 4 * 3;
    if (length == 0
        || pen_texture_begins_known((char)(head.begin & 0xff), (char)(head.begin >> 8 & 0xff)))
        return false;

    /* Cut off, the last byte may belong to UTF-8. */
    const unsigned cut = head.leads >> (length - 1) & 1;
    const unsigned whole = (1U << (length - cut)) - 1;
    return pen_texture_are_many(head.odd & whole, most) || read_is_noise(digits, length, most);
}

bool pen_codec_base64_head_is_noise(const char *digits, size_t count, size_t most)
{
    return head_is_noise(digits, count, most);
}

bool pen_codec_base64_block_is_noise(const char *block, unsigned dropped, size_t most)
{
    if (dropped == 0) return head_is_noise(block, HEAD, most);

    char digits[PEN_BLOCK];
    pen_block_drop(block, dropped, digits);
    return head_is_noise(digits, pen_block_left(dropped), most);
}

bool pen_codec_base64_skips_to_noise(struct pen_str in, bool url)
{
    const size_t most = in.len / 4 * 3 + 3;
    char head[HEAD] = {0};
    if (in.len < HEAD) {
        const size_t all = skip_all(in, url, head);
        return pen_texture_is_noise((struct pen_str){head, all}, most);
    }
    bool has_url = false;
    const unsigned foreign = pen_block_no_base64(in.ptr, &has_url);
    const unsigned dropped = url || !has_url ? foreign : foreign | pen_block_url(in.ptr);
    if (pen_codec_base64_block_is_noise(in.ptr, dropped, most)) return true;
    if (dropped == 0 || (has_url && !url)) return false;

    /* What stands in front of anything else is read by everybody, also by who ends there. */
    const size_t front = (size_t)__builtin_ctz(foreign | 1U << HEAD) / 4 * 3;
    pen_block_base64(in.ptr, head);
    return pen_texture_is_noise((struct pen_str){head, front}, most);
}

bool pen_codec_base64_is_readable(struct pen_str in, const struct pen_base64_look *look)
{
    return look->foreign == 0 && !(look->bare && in.len % 4 == 1);
}

bool pen_codec_base64_is_noise(struct pen_str in, const struct pen_base64_look *look)
{
    return !pen_codec_base64_is_readable(in, look) && !look->restarts
           && pen_codec_base64_skips_to_noise(in, true)
           && (!look->url || pen_codec_base64_skips_to_noise(in, false));
}
