/** Counts of bytes; the few magic numbers that matter to what looks at texts. */
#include "filters/core/codec/texture.h"

#include <string.h>

#include "filters/core/block16.h"
#include "filters/core/codec/inflate.h"
#include "filters/core/utf8.h"

enum kind {
    CONTROL, /* belongs to no text */
    ASCII,
    WHITE,
    FOLLOWS, /* 0x80 to 0xBF: within a character of UTF-8 */
    LEADS2,  /* begins one of two bytes */
    LEADS3,
    LEADS4,
    STRAY, /* is nowhere in UTF-8 */
};

/* clang-format off */
#define FOUR(kind)    (kind), (kind), (kind), (kind)
#define SIXTEEN(kind) FOUR(kind), FOUR(kind), FOUR(kind), FOUR(kind)

static const uint8_t kinds[256] = {
    FOUR(CONTROL), FOUR(CONTROL), CONTROL, FOUR(WHITE), WHITE, CONTROL, CONTROL, SIXTEEN(CONTROL),
    SIXTEEN(ASCII), SIXTEEN(ASCII), SIXTEEN(ASCII), SIXTEEN(ASCII), SIXTEEN(ASCII),
    FOUR(ASCII), FOUR(ASCII), FOUR(ASCII), ASCII, ASCII, ASCII, CONTROL,
    SIXTEEN(FOLLOWS), SIXTEEN(FOLLOWS), SIXTEEN(FOLLOWS), SIXTEEN(FOLLOWS),
    STRAY, STRAY, LEADS2, LEADS2, FOUR(LEADS2), FOUR(LEADS2), FOUR(LEADS2), SIXTEEN(LEADS2),
    SIXTEEN(LEADS3), FOUR(LEADS4), LEADS4, STRAY, STRAY, STRAY, FOUR(STRAY), FOUR(STRAY),
};
/* clang-format on */

static inline enum kind kind_of(char c)
{
    return (enum kind)kinds[(unsigned char)c];
}

static inline bool is_text_char(char c)
{
    const enum kind kind = kind_of(c);
    return kind == ASCII || kind == WHITE;
}

/* Length of the UTF-8 sequence of more than one byte at `at`; 0 when there is none. */
static inline size_t sequence(struct pen_str bytes, size_t at)
{
    const enum kind kind = kind_of(bytes.ptr[at]);
    if (kind < LEADS2 || kind == STRAY) return 0;

    const size_t length = kind == LEADS2 ? 2 : kind == LEADS3 ? 3 : 4;
    if (bytes.len - at < length || kind_of(bytes.ptr[at + 1]) != FOLLOWS) return 0;
    /* Random bytes hardly come so far. */
    return pen_utf8_valid((struct pen_str){bytes.ptr + at, length}) ? length : 0;
}

/* Java's stream, .NET's BinaryFormatter, Python's pickle from protocol 2 on, Ruby's Marshal. */
static bool is_object(struct pen_str bytes)
{
    static const char ruby[] = "[{oIu:\"c@eCUS";
    if (pen_str_starts(bytes, (struct pen_str)PEN_STR("\xac\xed\x00\x05"))) return true;
    if (pen_str_starts(bytes, (struct pen_str)PEN_STR("\x00\x01\x00\x00\x00\xff\xff\xff\xff"))) {
        return true;
    }
    if (bytes.len < 3) return false;
    if (bytes.ptr[0] == '\x04' && bytes.ptr[1] == '\x08') {
        return memchr(ruby, bytes.ptr[2], sizeof(ruby) - 1) != NULL;
    }
    /* Every pickle ends in STOP. */
    return bytes.ptr[0] == '\x80' && bytes.ptr[1] >= 2 && bytes.ptr[1] <= 5
           && bytes.ptr[bytes.len - 1] == '.';
}

/* CMF and FLG: deflate, a window of at most 32 KiB, the check right, no dictionary. */
static bool is_zlib(struct pen_str bytes)
{
    if (bytes.len < 8) return false;

    const unsigned cmf = (unsigned char)bytes.ptr[0];
    const unsigned flg = (unsigned char)bytes.ptr[1];
    return (cmf & 0x0f) == 8 && cmf >> 4 <= 7 && (cmf << 8 | flg) % 31 == 0 && (flg & 0x20) == 0;
}

static bool is_text(struct pen_str bytes)
{
    const size_t most = bytes.len / 10; /* bytes that belong to no text */
    size_t odd = 0;
    for (size_t at = 0; at < bytes.len;) {
        if (is_text_char(bytes.ptr[at])) {
            at++;
            continue;
        }
        const size_t length = sequence(bytes, at);
        if (length == 0 && ++odd > most) return false;
        at += length == 0 ? 1 : length;
    }
    return bytes.len > 0;
}

static bool begins_known(struct pen_str bytes)
{
    return pen_texture_begins_known(bytes.ptr[0], bytes.len > 1 ? bytes.ptr[1] : '\0');
}

/* Are `least` that are printable in a stretch between control characters? They end a run of
 * characters of a byte each. */
static bool may_have_run(uint64_t printable, uint64_t controls, size_t least)
{
    while (pen_block_count(printable) >= least) {
        if (controls == 0) return true;
        const uint64_t first = controls & (~controls + 1);
        if (pen_block_count(printable & (first - 1)) >= least) return true;
        printable &= ~(first - 1);
        controls &= controls - 1;
    }
    return false;
}

/* Ones for the first `count` of 64. */
static uint64_t first_bits(size_t count)
{
    return count >= 64 ? UINT64_MAX : (UINT64_C(1) << count) - 1;
}

/* Whether a block's first byte follows one of the block before is not seen. */
#define SEEN (~(UINT64_C(1) << 16 | UINT64_C(1) << 32 | UINT64_C(1) << 48))

bool pen_texture_short_is_data(struct pen_str bytes)
{
    if (bytes.len == 0 || begins_known(bytes)) return false;

    uint64_t odd = 0;
    for (size_t at = 0; at < bytes.len; at += PEN_BLOCK) {
        odd |= (uint64_t)pen_block_odd(bytes.ptr + at) << at;
    }
    return pen_texture_are_many(odd & SEEN & first_bits(bytes.len), bytes.len);
}

bool pen_texture_short_is_nothing(struct pen_str bytes, size_t least)
{
    if (bytes.len == 0 || begins_known(bytes) || is_zlib(bytes)) return false;

    uint64_t odd = 0;
    uint64_t printable = 0;
    uint64_t controls = 0;
    bool zero = false; /* in characters of two bytes each it ends no run */
    for (size_t at = 0; at < bytes.len; at += PEN_BLOCK) {
        odd |= (uint64_t)pen_block_odd(bytes.ptr + at) << at;
        printable |= (uint64_t)pen_block_printable(bytes.ptr + at) << at;
        controls |= (uint64_t)pen_block_controls(bytes.ptr + at, &zero) << at;
    }
    const uint64_t there = first_bits(bytes.len);
    return pen_texture_are_many(odd & SEEN & there, bytes.len)
           && !may_have_run(printable & there, zero ? 0 : controls & there, least);
}

bool pen_texture_is_nothing(struct pen_str bytes, size_t least)
{
    if (bytes.len == 0 || bytes.len > PEN_TEXTURE_SHORT) return false;

    char all[PEN_TEXTURE_SHORT];
    memcpy(all, bytes.ptr, bytes.len);
    memset(all + bytes.len, '\n', sizeof(all) - bytes.len);
    return pen_texture_short_is_nothing((struct pen_str){all, bytes.len}, least);
}

bool pen_texture_is_noise(struct pen_str head, size_t length)
{
    if (head.len == 0 || begins_known(head)) return false;

    const size_t most = length / 10; /* as is_text() counts */
    /* Cut off, the last byte may belong to UTF-8. */
    const bool cut = kind_of(head.ptr[head.len - 1]) >= LEADS2;
    const unsigned whole = (1U << (head.len - cut)) - 1;
    if (pen_texture_are_many(pen_block_odd(head.ptr) & whole, length)) return true;

    size_t odd = 0;
    for (size_t at = 0; at < head.len;) {
        const enum kind kind = kind_of(head.ptr[at]);
        const bool is_fine = kind == ASCII || kind == WHITE;
        const size_t sequence_length = is_fine ? 1 : sequence(head, at);
        at += sequence_length == 0 ? 1 : sequence_length;
        if (sequence_length > 0) continue;
        /* Cut off, it may belong to UTF-8. */
        if (kind >= LEADS2 && kind != STRAY && head.len - at < 3) break;
        if (++odd > most) return true;
    }
    return false;
}

enum pen_texture pen_texture(struct pen_str bytes)
{
    if (pen_inflate_is_gzip(bytes)) return PEN_TEXTURE_GZIP;
    if (is_object(bytes)) return PEN_TEXTURE_OBJECT;
    if (is_text(bytes)) return PEN_TEXTURE_TEXT;
    return is_zlib(bytes) ? PEN_TEXTURE_ZLIB : PEN_TEXTURE_BINARY;
}

/* A run, found and perhaps written. */
struct run {
    size_t end;   /* behind it in `bytes` */
    size_t ascii; /* printable characters */
    size_t made;  /* bytes that it gives */
};

/* Are there only zeros from `start` to `end`, or to the end of all? */
static bool are_zeros(struct pen_str bytes, size_t start, size_t end)
{
    while (start < end && start < bytes.len && bytes.ptr[start] == '\0') {
        start++;
    }
    return start >= end || start >= bytes.len;
}

/* "a\0b\0c", from its first letter on, or with `wide` - 1 zeros each. */
static struct run wide_run(struct pen_str bytes, size_t at, size_t wide, char *out)
{
    struct run run = {.end = at};
    while (run.end < bytes.len && is_text_char(bytes.ptr[run.end])
           && are_zeros(bytes, run.end + 1, run.end + wide)) {
        if (kind_of(bytes.ptr[run.end]) == ASCII) run.ascii++;
        if (out != NULL) out[run.made] = bytes.ptr[run.end];
        run.made++;
        run.end = bytes.len - run.end > wide ? run.end + wide : bytes.len;
    }
    return run;
}

/* How many of the next sixteen bytes go on with a run, behind a byte that is `odd` or not, where
   that is told without reading UTF-8: none above ASCII stands beside another one. 0 = read them.
   Behind as many no byte is odd. */
static inline size_t block_in_run(const char *p, bool odd, size_t *ascii)
{
    bool zero = false;
    const unsigned high = pen_block_high(p);
    const bool beside = (high & (high << 1 | (unsigned)odd)) != 0;
    if (beside || pen_block_controls(p, &zero) != 0) return 0;

    *ascii = pen_block_count(pen_block_printable(p));
    return PEN_BLOCK - (high >> (PEN_BLOCK - 1)); /* the last may begin UTF-8 */
}

static struct run narrow_run(struct pen_str bytes, size_t at)
{
    struct run run = {.end = at};
    bool odd = true;                   /* the byte before belongs to no text, or there is none */
    size_t look_from = at + PEN_BLOCK; /* most runs in data end before */
    while (run.end < bytes.len) {
        if (run.end >= look_from && bytes.len - run.end >= PEN_BLOCK) {
            size_t ascii = 0;
            const size_t length = block_in_run(bytes.ptr + run.end, odd, &ascii);
            look_from = length > 0 ? 0 : run.end + PEN_BLOCK;
            run.ascii += ascii;
            run.end += length;
            if (length > 0) {
                odd = false;
                continue;
            }
        }
        const enum kind kind = kind_of(bytes.ptr[run.end]);
        if (kind == CONTROL) break;
        if (kind <= WHITE) {
            run.ascii += kind == ASCII;
            run.end++;
            odd = false;
            continue;
        }
        const size_t length = sequence(bytes, run.end);
        if (length == 0 && odd) break;
        odd = length == 0;
        run.end += length == 0 ? 1 : length;
    }
    run.made = run.end - at;
    return run;
}

/* Bytes that each character takes: UTF-16 has two, UTF-32 four. */
static size_t width_at(struct pen_str bytes, size_t at)
{
    if (bytes.len - at < 4 || bytes.ptr[at + 1] != '\0') return 1;
    if (kind_of(bytes.ptr[at + 2]) == ASCII && bytes.ptr[at + 3] == '\0') return 2;
    const bool wide = bytes.len - at > 7 && are_zeros(bytes, at + 2, at + 4)
                      && kind_of(bytes.ptr[at + 4]) == ASCII && are_zeros(bytes, at + 5, at + 8);
    return wide ? 4 : 1;
}

/* From a first character on. */
static struct run run_at(struct pen_str bytes, size_t at)
{
    const size_t wide = width_at(bytes, at);
    return wide > 1 ? wide_run(bytes, at, wide, NULL) : narrow_run(bytes, at);
}

/* No run of `least` characters begins here: seen without reading one. */
static inline bool is_no_start(struct pen_str bytes, size_t at)
{
    if (!is_text_char(bytes.ptr[at])) return true;
    const char next = bytes.ptr[at + 1];
    return kind_of(next) == CONTROL && next != '\0';
}

/* The next run of enough characters at or after `*at`, which then is where it begins. */
static struct run next_run(struct pen_str bytes, size_t least, size_t *at)
{
    while (bytes.len - *at >= least) {
        if (least > 1 && is_no_start(bytes, *at)) {
            (*at)++;
            continue;
        }
        const struct run run = run_at(bytes, *at);
        if (run.ascii >= least) return run;
        *at = run.end > *at ? run.end : *at + 1;
    }
    return (struct run){.end = bytes.len};
}

/* As a text of its own, or at the end of others. */
static size_t write_run(struct pen_str bytes, size_t at, const struct run *run, char *out)
{
    const size_t wide = width_at(bytes, at);
    if (wide > 1) return wide_run(bytes, at, wide, out).made;
    memcpy(out, bytes.ptr + at, run->made);
    return run->made;
}

enum pen_status pen_texture_strings(struct pen_str bytes, size_t least, struct pen_arena *arena,
                                    struct pen_str *out)
{
    size_t at = 0;
    struct run run = next_run(bytes, least, &at);
    if (run.made == 0) {
        *out = (struct pen_str){0};
        return PEN_OK;
    }
    size_t next_at = run.end;
    struct run next = next_run(bytes, least, &next_at);
    if (next.made == 0 && width_at(bytes, at) == 1) {
        *out = (struct pen_str){bytes.ptr + at, run.made};
        return PEN_OK;
    }
    char *const text = pen_arena_bytes(arena, bytes.len);
    if (text == NULL) return PEN_ERR_NOMEM;

    size_t length = write_run(bytes, at, &run, text);
    while (next.made > 0) {
        /* Behind a run lies a byte that is left out: room for the line break. */
        text[length++] = '\n';
        length += write_run(bytes, next_at, &next, text + length);
        next_at = next.end;
        next = next_run(bytes, least, &next_at);
    }
    pen_arena_trim(arena, text, bytes.len, length);
    *out = (struct pen_str){text, length};
    return PEN_OK;
}
