/**
 * Looking at sixteen bytes at once: SSE2, which every x86-64 has, or two words of eight bytes.
 *
 * Each function looks at a block of PEN_BLOCK bytes; most say how many at its beginning are of a
 * kind.
 */
#ifndef PEN_CORE_BLOCK16_H
#define PEN_CORE_BLOCK16_H

#include <string.h>

#include "filters/core/str.h"

#if defined(__SSE2__)
#    include <emmintrin.h>
#endif

#define PEN_BLOCK 16

#if defined(__SSE2__)

static inline __m128i pen_block_load(const char *p)
{
    return _mm_loadu_si128((const __m128i *)(const void *)p);
}

static inline size_t pen_block_first(__m128i hits)
{
    const int mask = _mm_movemask_epi8(hits);
    return mask == 0 ? PEN_BLOCK : (size_t)__builtin_ctz((unsigned)mask);
}

static inline __m128i pen_block_special(__m128i block)
{
    const __m128i quote = _mm_cmpeq_epi8(block, _mm_set1_epi8('"'));
    const __m128i slash = _mm_cmpeq_epi8(block, _mm_set1_epi8('\\'));
    /* Signed: what is beyond ASCII is below the space, too. */
    const __m128i other = _mm_cmplt_epi8(block, _mm_set1_epi8(' '));
    return _mm_or_si128(_mm_or_si128(quote, slash), other);
}

/** ASCII but control bytes, the quote and the backslash: what stands for itself in a string. */
static inline size_t pen_block_plain(const char *p)
{
    return pen_block_first(pen_block_special(pen_block_load(p)));
}

/** The same; `units` becomes true when '%', '&' or '+' is among what is counted. */
static inline size_t pen_block_plain_units(const char *p, bool *units)
{
    const __m128i block = pen_block_load(p);
    const __m128i percent = _mm_cmpeq_epi8(block, _mm_set1_epi8('%'));
    const __m128i and = _mm_cmpeq_epi8(block, _mm_set1_epi8('&'));
    const __m128i plus = _mm_cmpeq_epi8(block, _mm_set1_epi8('+'));
    const __m128i any = _mm_or_si128(_mm_or_si128(percent, and), plus);
    const unsigned begins = (unsigned)_mm_movemask_epi8(any);
    const unsigned ends = (unsigned)_mm_movemask_epi8(pen_block_special(block)) | 1U << PEN_BLOCK;
    /* Those below the first end: the lowest bit and all below it, without it. */
    if ((begins & (ends - 1) & ~ends) != 0) *units = true;
    return (size_t)__builtin_ctz(ends);
}

/* Bytes from `low` to `high`, taken as unsigned. */
static inline __m128i pen_block_within(__m128i block, char low, char high)
{
    const __m128i above = _mm_sub_epi8(block, _mm_set1_epi8(low));
    const __m128i most = _mm_set1_epi8((char)(high - low));
    return _mm_cmpeq_epi8(_mm_min_epu8(above, most), above);
}

/** A bit for each byte that is no digit of base64, of either alphabet. `url` becomes true when '-'
 * or
 * '_' is among the digits. */
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

/** The 12 bytes that 16 digits of base64 give; 14 are written. */
static inline void pen_block_base64(const char *p, char *bytes)
{
    const __m128i values = pen_block_base64_values(pen_block_load(p));
    const __m128i high = _mm_slli_epi16(_mm_and_si128(values, _mm_set1_epi16(0xff)), 6);
    const __m128i pairs = _mm_or_si128(high, _mm_srli_epi16(values, 8)); /* 12 bits of 16 */
    const __m128i fours = _mm_madd_epi16(pairs, _mm_set1_epi32(1 << 16 | 1 << 12)); /* 24 of 32 */
    uint64_t words[2];
    memcpy(words, &fours, sizeof(words));
    for (size_t i = 0; i < 2; i++) {
        const uint64_t bits = words[i] << 40 | (words[i] >> 32) << 16;
        const uint64_t six = __builtin_bswap64(bits);
        memcpy(bytes + 6 * i, &six, sizeof(six));
    }
}

/* Bytes of a kind, whose mask is 0xff, counted by adding. */
static inline size_t pen_block_count(__m128i kind)
{
    const __m128i sums = _mm_sad_epu8(_mm_and_si128(kind, _mm_set1_epi8(1)), _mm_setzero_si128());
    return (size_t)(_mm_cvtsi128_si32(sums) + _mm_extract_epi16(sums, 4));
}

/** A bit for each byte that is printable ASCII or the space. */
static inline unsigned pen_block_printable(const char *p)
{
    return (unsigned)_mm_movemask_epi8(pen_block_within(pen_block_load(p), ' ', '~'));
}

/** A bit for each that is a control character but white space; `zero` becomes true where it is NUL.
 */
static inline unsigned pen_block_controls(const char *p, bool *zero)
{
    const __m128i block = pen_block_load(p);
    const __m128i low = pen_block_within(block, '\0', '\x1f');
    const __m128i white = pen_block_within(block, '\t', '\r');
    const __m128i last = _mm_cmpeq_epi8(block, _mm_set1_epi8(0x7f));
    const __m128i none = _mm_cmpeq_epi8(block, _mm_setzero_si128());
    *zero = *zero || _mm_movemask_epi8(none) != 0;
    return (unsigned)_mm_movemask_epi8(_mm_or_si128(_mm_andnot_si128(white, low), last));
}

/**
 * How many are in no text at least: no printable ASCII, no white space, nor, beyond ASCII, next to
 * another byte as they are in UTF-8. What stands behind the block is not known.
 */
static inline size_t pen_block_odd(const char *p)
{
    const __m128i block = pen_block_load(p);
    const __m128i ascii =
        _mm_or_si128(pen_block_within(block, ' ', '~'), pen_block_within(block, '\t', '\r'));
    const __m128i follows = pen_block_within(block, (char)0x80, (char)0xbf);
    const __m128i leads = pen_block_within(block, (char)0xc2, (char)0xf4);
    const __m128i last = _mm_slli_si128(_mm_set1_epi8((char)0xff), PEN_BLOCK - 1);
    const __m128i leading = _mm_and_si128(leads, _mm_or_si128(_mm_srli_si128(follows, 1), last));
    const __m128i within = _mm_and_si128(follows, _mm_slli_si128(_mm_or_si128(follows, leads), 1));
    const __m128i fine = _mm_or_si128(ascii, _mm_or_si128(leading, within));
    return PEN_BLOCK - pen_block_count(fine);
}

/** Space, line feed, carriage return, tab. */
static inline size_t pen_block_spaces(const char *p)
{
    const __m128i block = pen_block_load(p);
    const __m128i space = _mm_cmpeq_epi8(block, _mm_set1_epi8(' '));
    const __m128i feed = _mm_cmpeq_epi8(block, _mm_set1_epi8('\n'));
    const __m128i carriage = _mm_cmpeq_epi8(block, _mm_set1_epi8('\r'));
    const __m128i tab = _mm_cmpeq_epi8(block, _mm_set1_epi8('\t'));
    const __m128i any = _mm_or_si128(_mm_or_si128(space, feed), _mm_or_si128(carriage, tab));
    return pen_block_first(_mm_cmpeq_epi8(any, _mm_setzero_si128()));
}

static inline bool pen_block_has_unit(__m128i block)
{
    const __m128i percent = _mm_cmpeq_epi8(block, _mm_set1_epi8('%'));
    const __m128i and = _mm_cmpeq_epi8(block, _mm_set1_epi8('&'));
    const __m128i plus = _mm_cmpeq_epi8(block, _mm_set1_epi8('+'));
    const __m128i slash = _mm_cmpeq_epi8(block, _mm_set1_epi8('\\'));
    const __m128i any = _mm_or_si128(_mm_or_si128(percent, and), _mm_or_si128(plus, slash));
    return _mm_movemask_epi8(_mm_or_si128(any, block)) != 0; /* bytes beyond ASCII have the sign */
}

/** Does a unit of some encoding begin here: '%', '&', '+', a backslash, anything beyond ASCII? */
static inline bool pen_block_encodes(const char *p)
{
    return pen_block_has_unit(pen_block_load(p));
}

/** The same of 4 to 15 bytes. */
static inline bool pen_block_short_encodes(const char *p, size_t length)
{
    uint64_t words[2];
    if (length >= 8) {
        memcpy(&words[0], p, 8);
        memcpy(&words[1], p + length - 8, 8);
    } else {
        uint32_t halves[2];
        memcpy(&halves[0], p, 4);
        memcpy(&halves[1], p + length - 4, 4);
        words[0] = words[1] = halves[0] | (uint64_t)halves[1] << 32;
    }
    return pen_block_has_unit(_mm_set_epi64x((long long)words[1], (long long)words[0]));
}

/**
 * A bit for each byte that is rare in names and running text: no ASCII letter or digit, none of
 * space, '_', '-', ',', '.', and not 0xff, which is no byte of UTF-8.
 */
static inline unsigned pen_block_sparse(const char *p)
{
    const __m128i block = pen_block_load(p);
    /* Moved to the lowest values of a signed byte a range is one comparison. */
    const __m128i folded = _mm_or_si128(block, _mm_set1_epi8(0x20));
    const __m128i letter = _mm_cmplt_epi8(_mm_add_epi8(folded, _mm_set1_epi8((char)(128 - 'a'))),
                                          _mm_set1_epi8(-128 + 26));
    const __m128i digit = _mm_cmplt_epi8(_mm_add_epi8(block, _mm_set1_epi8((char)(128 - '0'))),
                                         _mm_set1_epi8(-128 + 10));
    /* ',' '-' '.' are neighbours. */
    const __m128i mark = _mm_cmplt_epi8(_mm_add_epi8(block, _mm_set1_epi8((char)(128 - ','))),
                                        _mm_set1_epi8(-128 + 3));
    const __m128i space = _mm_cmpeq_epi8(block, _mm_set1_epi8(' '));
    const __m128i line = _mm_cmpeq_epi8(block, _mm_set1_epi8('_'));
    const __m128i gap = _mm_cmpeq_epi8(block, _mm_set1_epi8((char)0xff));
    const __m128i common =
        _mm_or_si128(_mm_or_si128(_mm_or_si128(letter, digit), _mm_or_si128(mark, space)),
                     _mm_or_si128(line, gap));
    return ~(unsigned)_mm_movemask_epi8(common) & 0xffffU;
}

/** How many of them are digits. */
static inline size_t pen_block_digits(const char *p)
{
    const __m128i block = pen_block_load(p);
    const __m128i above = _mm_cmpgt_epi8(block, _mm_set1_epi8('0' - 1));
    const __m128i below = _mm_cmplt_epi8(block, _mm_set1_epi8('9' + 1));
    /* Counted by adding: population counts are a call where the machine may lack them. */
    const __m128i ones = _mm_and_si128(_mm_and_si128(above, below), _mm_set1_epi8(1));
    const __m128i sums = _mm_sad_epu8(ones, _mm_setzero_si128());
    return (size_t)(_mm_cvtsi128_si32(sums) + _mm_extract_epi16(sums, 4));
}

/** Is one of them `c`? */
static inline bool pen_block_has(const char *p, char c)
{
    return _mm_movemask_epi8(_mm_cmpeq_epi8(pen_block_load(p), _mm_set1_epi8(c))) != 0;
}

#else

static inline unsigned pen_block_sparse(const char *p)
{
    unsigned bits = 0;
    for (unsigned i = 0; i < PEN_BLOCK; i++) {
        const char c = p[i];
        const bool common = pen_is_alpha(c) || pen_is_digit(c) || c == ' ' || c == '_' || c == '-'
                            || c == ',' || c == '.' || c == (char)0xff;
        bits |= (unsigned)!common << i;
    }
    return bits;
}

/* Is every byte of the word plain? Mycroft's zero-byte test, exact while no byte is high. */
static inline bool pen_block_word_is_plain(const char *p)
{
    const uint64_t ones = UINT64_C(0x0101010101010101);
    uint64_t word;
    memcpy(&word, p, sizeof(word));
    const uint64_t quote = word ^ (ones * '"');
    const uint64_t slash = word ^ (ones * '\\');
    const uint64_t hits = ((quote - ones) & ~quote) | ((slash - ones) & ~slash)
                          | ((word - ones * ' ') & ~word) | word;
    return (hits & (ones * 0x80)) == 0;
}

static inline size_t pen_block_plain(const char *p)
{
    size_t at = pen_block_word_is_plain(p) ? sizeof(uint64_t) : 0;
    if (at > 0 && pen_block_word_is_plain(p + at)) return PEN_BLOCK;
    while (at < PEN_BLOCK && (unsigned char)p[at] >= ' ' && (unsigned char)p[at] < 0x80
           && p[at] != '"' && p[at] != '\\') {
        at++;
    }
    return at;
}

static inline size_t pen_block_plain_units(const char *p, bool *units)
{
    const size_t length = pen_block_plain(p);
    for (size_t i = 0; i < length; i++) {
        if (p[i] == '%' || p[i] == '&' || p[i] == '+') *units = true;
    }
    return length;
}

static inline size_t pen_block_spaces(const char *p)
{
    size_t at = 0;
    while (at < PEN_BLOCK && (p[at] == ' ' || p[at] == '\n' || p[at] == '\r' || p[at] == '\t')) {
        at++;
    }
    return at;
}

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

static inline unsigned pen_block_printable(const char *p)
{
    unsigned bits = 0;
    for (unsigned i = 0; i < PEN_BLOCK; i++) {
        bits |= (unsigned)(p[i] >= ' ' && p[i] <= '~') << i;
    }
    return bits;
}

static inline unsigned pen_block_controls(const char *p, bool *zero)
{
    unsigned bits = 0;
    for (unsigned i = 0; i < PEN_BLOCK; i++) {
        const unsigned c = (unsigned char)p[i];
        *zero = *zero || c == 0;
        bits |= (unsigned)((c < 0x20 && !(c >= 9 && c <= 13)) || c == 0x7f) << i;
    }
    return bits;
}

static inline size_t pen_block_odd(const char *p)
{
    size_t odd = 0;
    for (size_t i = 0; i < PEN_BLOCK; i++) {
        odd +=
            (p[i] & 0x80) == 0 && !(p[i] >= ' ' && p[i] <= '~') && !(p[i] >= '\t' && p[i] <= '\r');
    }
    return odd;
}

static inline bool pen_block_short_encodes(const char *p, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        if (p[i] == '%' || p[i] == '&' || p[i] == '+' || p[i] == '\\' || (p[i] & 0x80) != 0) {
            return true;
        }
    }
    return false;
}

static inline bool pen_block_encodes(const char *p)
{
    return pen_block_short_encodes(p, PEN_BLOCK);
}

static inline bool pen_block_has(const char *p, char c)
{
    return memchr(p, c, PEN_BLOCK) != NULL;
}

static inline size_t pen_block_digits(const char *p)
{
    size_t count = 0;
    for (size_t i = 0; i < PEN_BLOCK; i++) {
        count += pen_is_digit(p[i]);
    }
    return count;
}

#endif

#endif
