/**
 * Digits of base64 and hexadecimal, sixteen at once: as filters/core/block16.h, from which each
 * function takes a block of PEN_BLOCK bytes.
 */
#ifndef PEN_CORE_CODEC_BLOCK_DIGITS_H
#define PEN_CORE_CODEC_BLOCK_DIGITS_H

#include "filters/core/block16.h"

/** What 16 digits of base64 spell. */
struct pen_block_head {
    unsigned odd;   /* as pen_block_odd: the 12 bytes, and zeros behind them */
    unsigned leads; /* a bit for each that is 0xc0 or more */
    unsigned begin; /* the first byte lowest: narrow members would be put together in memory */
};

#if defined(__SSE2__)

/** A bit for each byte that is no digit of base64, of either alphabet. `url` becomes true when '-'
 * or '_' is among the digits. */
static inline unsigned pen_block_no_base64(const char *p, bool *url)
{
    const __m128i block = pen_block_load(p);
    const __m128i lower = _mm_or_si128(block, _mm_set1_epi8(0x20));
    const __m128i letters = pen_block_within(lower, 'a', 'z');
    const __m128i digits = pen_block_within(block, '/', '9');
    const __m128i plus = _mm_cmpeq_epi8(block, _mm_set1_epi8('+'));
    const __m128i dash = _mm_cmpeq_epi8(block, _mm_set1_epi8('-'));
    const __m128i low = _mm_cmpeq_epi8(block, _mm_set1_epi8('_'));
    const __m128i others = _mm_or_si128(dash, low);
    const __m128i plain = _mm_or_si128(_mm_or_si128(letters, digits), plus);
    *url = *url || _mm_movemask_epi8(others) != 0;
    return (unsigned)_mm_movemask_epi8(_mm_or_si128(plain, others)) ^ 0xffffU;
}

/* Values of digits of base64; what is none has any. */
static inline __m128i pen_block_base64_values(__m128i block)
{
    const __m128i lower = _mm_or_si128(block, _mm_set1_epi8(0x20));
    const __m128i letters = pen_block_within(lower, 'a', 'z');
    const __m128i small = _mm_and_si128(block, _mm_set1_epi8(0x20));
    const __m128i is_small = _mm_cmpeq_epi8(small, _mm_set1_epi8(0x20));
    const __m128i digits = pen_block_within(block, '0', '9');
    /* 'A' is 0, 'a' 26, '0' 52; what is left is 62 or 63: '+' and '-', '/' and '_'. */
    const __m128i from_a = _mm_sub_epi8(lower, _mm_set1_epi8('a'));
    const __m128i letter = _mm_add_epi8(from_a, _mm_and_si128(is_small, _mm_set1_epi8(26)));
    const __m128i digit = _mm_add_epi8(block, _mm_set1_epi8(52 - '0'));
    const __m128i slash = _mm_cmpeq_epi8(block, _mm_set1_epi8('/'));
    const __m128i low = _mm_cmpeq_epi8(block, _mm_set1_epi8('_'));
    const __m128i mark = _mm_sub_epi8(_mm_set1_epi8(62), _mm_or_si128(slash, low));
    const __m128i known = _mm_or_si128(letters, digits);
    return _mm_or_si128(_mm_or_si128(_mm_and_si128(letters, letter), _mm_and_si128(digits, digit)),
                        _mm_andnot_si128(known, mark));
}

/* The digits' bits, 24 of 32 each. */
static inline __m128i pen_block_base64_fours(__m128i digits)
{
    const __m128i values = pen_block_base64_values(digits);
    const __m128i high = _mm_slli_epi16(_mm_and_si128(values, _mm_set1_epi16(0xff)), 6);
    const __m128i pairs = _mm_or_si128(high, _mm_srli_epi16(values, 8)); /* 12 bits of 16 */
    return _mm_madd_epi16(pairs, _mm_set1_epi32(1 << 16 | 1 << 12));
}

/** Of 16 digits, without a way through memory: bytes that were just written are slow to read. */
static inline struct pen_block_head pen_block_base64_head(const char *p)
{
    const __m128i fours = pen_block_base64_fours(pen_block_load(p));
    /* The first of three bytes lies highest, and shall be first: b2 b1 b0 0 to b0 b1 b2 0. */
    const __m128i middle = _mm_and_si128(fours, _mm_set1_epi32(0xff00));
    const __m128i last = _mm_and_si128(_mm_slli_epi32(fours, 16), _mm_set1_epi32(0xff0000));
    const __m128i threes = _mm_or_si128(_mm_or_si128(_mm_srli_epi32(fours, 16), middle), last);
    /* Without what lies between them: twice three are six, twice six are twelve. */
    const __m128i even = _mm_and_si128(threes, _mm_set_epi32(0, -1, 0, -1));
    const __m128i sixes = _mm_or_si128(even, _mm_slli_epi64(_mm_srli_epi64(threes, 32), 24));
    const __m128i behind = _mm_slli_si128(_mm_srli_si128(sixes, 8), 6);
    const __m128i bytes = _mm_or_si128(_mm_move_epi64(sixes), behind);
    const __m128i above = _mm_cmpgt_epi8(bytes, _mm_set1_epi8((char)0xbf));
    return (struct pen_block_head){
        .odd = pen_block_odd_of(bytes),
        .leads = (unsigned)_mm_movemask_epi8(_mm_and_si128(above, bytes)),
        .begin = (unsigned)_mm_cvtsi128_si32(bytes),
    };
}

/** The 12 bytes that 16 digits of base64 give; 14 are written. */
static inline void pen_block_base64(const char *p, char *bytes)
{
    const __m128i fours = pen_block_base64_fours(pen_block_load(p));
    uint64_t words[2];
    memcpy(words, &fours, sizeof(words));
    for (size_t i = 0; i < 2; i++) {
        const uint64_t bits = words[i] << 40 | (words[i] >> 32) << 16;
        const uint64_t six = __builtin_bswap64(bits);
        memcpy(bytes + 6 * i, &six, sizeof(six));
    }
}

/** A bit for each '-' and '_'. */
static inline unsigned pen_block_url(const char *p)
{
    const __m128i block = pen_block_load(p);
    const __m128i dash = _mm_cmpeq_epi8(block, _mm_set1_epi8('-'));
    const __m128i low = _mm_cmpeq_epi8(block, _mm_set1_epi8('_'));
    return (unsigned)_mm_movemask_epi8(_mm_or_si128(dash, low));
}

/** A bit for each '=', line feed and carriage return. */
static inline unsigned pen_block_padding(const char *p)
{
    const __m128i block = pen_block_load(p);
    const __m128i equal = _mm_cmpeq_epi8(block, _mm_set1_epi8('='));
    const __m128i feed = _mm_cmpeq_epi8(block, _mm_set1_epi8('\n'));
    const __m128i carriage = _mm_cmpeq_epi8(block, _mm_set1_epi8('\r'));
    return (unsigned)_mm_movemask_epi8(_mm_or_si128(equal, _mm_or_si128(feed, carriage)));
}

/** A bit for each capital letter and each digit of ten. */
static inline unsigned pen_block_capitals(const char *p)
{
    const __m128i block = pen_block_load(p);
    const __m128i letters = pen_block_within(block, 'A', 'Z');
    const __m128i digits = pen_block_within(block, '0', '9');
    return (unsigned)_mm_movemask_epi8(_mm_or_si128(letters, digits));
}

/** Are all of them hexadecimal digits? */
static inline bool pen_block_is_hex(const char *p)
{
    const __m128i block = pen_block_load(p);
    const __m128i lower = _mm_or_si128(block, _mm_set1_epi8(0x20));
    const __m128i letters = pen_block_within(lower, 'a', 'f');
    const __m128i digits = pen_block_within(block, '0', '9');
    return _mm_movemask_epi8(_mm_or_si128(letters, digits)) == 0xffff;
}

/** The 8 bytes that 16 hexadecimal digits give. */
static inline void pen_block_hex(const char *p, char *bytes)
{
    const __m128i block = pen_block_load(p);
    const __m128i low = _mm_and_si128(block, _mm_set1_epi8(0x0f));
    const __m128i letters = _mm_cmpgt_epi8(block, _mm_set1_epi8('9'));
    const __m128i values = _mm_add_epi8(low, _mm_and_si128(letters, _mm_set1_epi8(9)));
    /* The first of two digits stands in the lower byte of sixteen bits. */
    const __m128i pairs = _mm_or_si128(_mm_slli_epi16(values, 4), _mm_srli_epi16(values, 8));
    const __m128i kept = _mm_and_si128(pairs, _mm_set1_epi16(0xff));
    _mm_storel_epi64((__m128i *)(void *)bytes, _mm_packus_epi16(kept, kept));
}

/** A block without some of its bytes; what stands behind the others is anything. In registers: a
 * block that is read while its bytes are still being written waits for them. */
static inline void pen_block_drop(const char *p, unsigned dropped, char *kept)
{
    uint64_t low;
    uint64_t high;
    memcpy(&low, p, sizeof(low));
    memcpy(&high, p + sizeof(low), sizeof(high));
    while (dropped != 0) {
        const unsigned last = 31U - (unsigned)__builtin_clz(dropped);
        const uint64_t before = (UINT64_C(1) << last % 8 * 8) - 1;
        if (last < 8) {
            low = (low & before) | (low >> 8 & ~before) | high << 56;
            high >>= 8;
        } else {
            high = (high & before) | (high >> 8 & ~before);
        }
        dropped &= ~(1U << last);
    }
    const __m128i block = _mm_set_epi64x((long long)high, (long long)low);
    _mm_storeu_si128((__m128i *)(void *)kept, block);
}

#else

static inline unsigned pen_block_no_base64(const char *p, bool *url)
{
    unsigned bits = 0;
    for (unsigned i = 0; i < PEN_BLOCK; i++) {
        const char c = p[i];
        const char lower = (char)(c | 0x20);
        if (c == '-' || c == '_') {
            *url = true;
        } else if (!(lower >= 'a' && lower <= 'z') && !(c >= '/' && c <= '9') && c != '+') {
            bits |= 1U << i;
        }
    }
    return bits;
}

static inline void pen_block_base64(const char *p, char *bytes)
{
    for (size_t i = 0, at = 0; i < PEN_BLOCK; i += 4, at += 3) {
        uint32_t bits = 0;
        for (size_t k = i; k < i + 4; k++) {
            const char c = p[k];
            const int value = pen_is_digit(c)        ? c - '0' + 52
                              : c >= 'A' && c <= 'Z' ? c - 'A'
                              : (c & 0x60) == 0x60   ? c - 'a' + 26
                              : c == '/' || c == '_' ? 63
                                                     : 62;
            bits = bits << 6 | (uint32_t)(value & 63);
        }
        bytes[at] = (char)(bits >> 16);
        bytes[at + 1] = (char)(bits >> 8 & 0xff);
        bytes[at + 2] = (char)(bits & 0xff);
    }
}

static inline struct pen_block_head pen_block_base64_head(const char *p)
{
    char bytes[PEN_BLOCK] = {0};
    pen_block_base64(p, bytes);
    return (struct pen_block_head){.odd = pen_block_odd(bytes),
                                   .leads = pen_block_leads(bytes),
                                   .begin = (unsigned char)bytes[0]
                                            | (unsigned)(unsigned char)bytes[1] << 8};
}

static inline unsigned pen_block_url(const char *p)
{
    unsigned bits = 0;
    for (unsigned i = 0; i < PEN_BLOCK; i++) {
        bits |= (unsigned)(p[i] == '-' || p[i] == '_') << i;
    }
    return bits;
}

static inline unsigned pen_block_padding(const char *p)
{
    unsigned bits = 0;
    for (unsigned i = 0; i < PEN_BLOCK; i++) {
        bits |= (unsigned)(p[i] == '=' || p[i] == '\n' || p[i] == '\r') << i;
    }
    return bits;
}

static inline unsigned pen_block_capitals(const char *p)
{
    unsigned bits = 0;
    for (unsigned i = 0; i < PEN_BLOCK; i++) {
        bits |= (unsigned)((p[i] >= 'A' && p[i] <= 'Z') || pen_is_digit(p[i])) << i;
    }
    return bits;
}

static inline bool pen_block_is_hex(const char *p)
{
    for (size_t i = 0; i < PEN_BLOCK; i++) {
        if (pen_hex_value(p[i]) < 0) return false;
    }
    return true;
}

static inline void pen_block_hex(const char *p, char *bytes)
{
    for (size_t i = 0; i < PEN_BLOCK; i += 2) {
        bytes[i / 2] = (char)(pen_hex_value(p[i]) << 4 | pen_hex_value(p[i + 1]));
    }
}

static inline void pen_block_drop(const char *p, unsigned dropped, char *kept)
{
    char all[PEN_BLOCK] = {0};
    size_t count = 0;
    for (unsigned i = 0; i < PEN_BLOCK; i++) {
        if ((dropped >> i & 1) == 0) all[count++] = p[i];
    }
    memcpy(kept, all, PEN_BLOCK);
}

#endif

/** How many are not dropped. */
static inline size_t pen_block_left(unsigned dropped)
{
    size_t left = PEN_BLOCK;
    for (; dropped != 0; dropped &= dropped - 1) {
        left--;
    }
    return left;
}

#endif
