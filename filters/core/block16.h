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

/** The same without '%', '&' and '+'. */
static inline size_t pen_block_bare(const char *p)
{
    const __m128i block = pen_block_load(p);
    const __m128i percent = _mm_cmpeq_epi8(block, _mm_set1_epi8('%'));
    const __m128i and = _mm_cmpeq_epi8(block, _mm_set1_epi8('&'));
    const __m128i plus = _mm_cmpeq_epi8(block, _mm_set1_epi8('+'));
    const __m128i units = _mm_or_si128(_mm_or_si128(percent, and), plus);
    return pen_block_first(_mm_or_si128(pen_block_special(block), units));
}

/** A bit for each that may be another than pen_block_bare counts: '!' to '+', too. */
static inline unsigned pen_block_loud(const char *p)
{
    const __m128i block = pen_block_load(p);
    const __m128i slash = _mm_cmpeq_epi8(block, _mm_set1_epi8('\\'));
    const __m128i space = _mm_cmpeq_epi8(block, _mm_set1_epi8(' '));
    /* Signed: what is beyond ASCII is below, too. Only the sign is asked for. */
    const __m128i low = _mm_subs_epi8(block, _mm_set1_epi8(','));
    return (unsigned)_mm_movemask_epi8(_mm_or_si128(_mm_andnot_si128(space, low), slash));
}

/** How many bytes at the beginning of two blocks are the same. */
static inline size_t pen_block_same(const char *a, const char *b)
{
    const __m128i same = _mm_cmpeq_epi8(pen_block_load(a), pen_block_load(b));
    return (unsigned)__builtin_ctz(~(unsigned)_mm_movemask_epi8(same));
}

/* Bytes from `low` to `high`, taken as unsigned. */
static inline __m128i pen_block_within(__m128i block, char low, char high)
{
    const __m128i above = _mm_sub_epi8(block, _mm_set1_epi8(low));
    const __m128i most = _mm_set1_epi8((char)(high - low));
    return _mm_cmpeq_epi8(_mm_min_epu8(above, most), above);
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

static inline unsigned pen_block_odd_of(__m128i block)
{
    const __m128i ascii =
        _mm_or_si128(pen_block_within(block, ' ', '~'), pen_block_within(block, '\t', '\r'));
    const __m128i follows = pen_block_within(block, (char)0x80, (char)0xbf);
    const __m128i leads = pen_block_within(block, (char)0xc2, (char)0xf4);
    const __m128i last = _mm_slli_si128(_mm_set1_epi8((char)0xff), PEN_BLOCK - 1);
    const __m128i leading = _mm_and_si128(leads, _mm_or_si128(_mm_srli_si128(follows, 1), last));
    const __m128i within = _mm_and_si128(follows, _mm_slli_si128(_mm_or_si128(follows, leads), 1));
    const __m128i fine = _mm_or_si128(ascii, _mm_or_si128(leading, within));
    return (unsigned)_mm_movemask_epi8(fine) ^ 0xffffU;
}

/**
 * A bit for each that is sure to be in no text: no printable ASCII, no white space, nor, beyond
 * ASCII, next to another byte as they are in UTF-8. What stands behind the block is not known.
 */
static inline unsigned pen_block_odd(const char *p)
{
    return pen_block_odd_of(pen_block_load(p));
}

/** A bit for each that is beyond ASCII. */
static inline unsigned pen_block_high(const char *p)
{
    return (unsigned)_mm_movemask_epi8(pen_block_load(p));
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

/** A bit for each that is 0xc0 or more: what begins a sequence of UTF-8, or is none of it. */
static inline unsigned pen_block_leads(const char *p)
{
    const __m128i block = pen_block_load(p);
    const __m128i above = _mm_cmpgt_epi8(block, _mm_set1_epi8((char)0xbf));
    return (unsigned)_mm_movemask_epi8(_mm_and_si128(above, block));
}

/** A bit for each quote and backslash. */
static inline unsigned pen_block_quotes(const char *p)
{
    const __m128i block = pen_block_load(p);
    const __m128i quote = _mm_cmpeq_epi8(block, _mm_set1_epi8('"'));
    const __m128i slash = _mm_cmpeq_epi8(block, _mm_set1_epi8('\\'));
    return (unsigned)_mm_movemask_epi8(_mm_or_si128(quote, slash));
}

static inline bool pen_block_has_unit(__m128i block)
{
    const __m128i percent = _mm_cmpeq_epi8(block, _mm_set1_epi8('%'));
    const __m128i and = _mm_cmpeq_epi8(block, _mm_set1_epi8('&'));
    const __m128i plus = _mm_cmpeq_epi8(block, _mm_set1_epi8('+'));
    const __m128i slash = _mm_cmpeq_epi8(block, _mm_set1_epi8('\\'));
    const __m128i zero = _mm_cmpeq_epi8(block, _mm_setzero_si128());
    const __m128i any = _mm_or_si128(_mm_or_si128(percent, and), _mm_or_si128(plus, slash));
    const __m128i wide = _mm_or_si128(zero, block); /* bytes beyond ASCII have the sign */
    return _mm_movemask_epi8(_mm_or_si128(any, wide)) != 0;
}

/** Does a unit of some encoding begin here: '%', '&', '+', a backslash, NUL, anything beyond ASCII?
 */
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
 * A bit for each ASCII letter, and for each mark: no letter or digit, no space, no ',', and not
 * 0xff, which is no byte of UTF-8.
 */
static inline void pen_block_kinds(const char *p, unsigned *letters, unsigned *marks)
{
    const __m128i block = pen_block_load(p);
    /* Moved to the lowest values of a signed byte a range is one comparison. */
    const __m128i folded = _mm_or_si128(block, _mm_set1_epi8(0x20));
    const __m128i letter = _mm_cmplt_epi8(_mm_add_epi8(folded, _mm_set1_epi8((char)(128 - 'a'))),
                                          _mm_set1_epi8(-128 + 26));
    const __m128i digit = _mm_cmplt_epi8(_mm_add_epi8(block, _mm_set1_epi8((char)(128 - '0'))),
                                         _mm_set1_epi8(-128 + 10));
    const __m128i space = _mm_cmpeq_epi8(block, _mm_set1_epi8(' '));
    const __m128i comma = _mm_cmpeq_epi8(block, _mm_set1_epi8(','));
    const __m128i gap = _mm_cmpeq_epi8(block, _mm_set1_epi8((char)0xff));
    const __m128i common =
        _mm_or_si128(_mm_or_si128(_mm_or_si128(letter, digit), gap), _mm_or_si128(space, comma));
    *letters = (unsigned)_mm_movemask_epi8(letter);
    *marks = ~(unsigned)_mm_movemask_epi8(common) & 0xffffU;
}

/** ASCII letters, digits, '-', '.', '/', ':' and '_': most of what a URI's path is made of. */
static inline size_t pen_block_path(const char *p)
{
    const __m128i block = pen_block_load(p);
    /* Two ranges of neighbours, each one comparison when moved to the lowest values. */
    const __m128i folded = _mm_or_si128(block, _mm_set1_epi8(0x20));
    const __m128i letter = _mm_cmplt_epi8(_mm_add_epi8(folded, _mm_set1_epi8((char)(128 - 'a'))),
                                          _mm_set1_epi8(-128 + 26));
    const __m128i other = _mm_cmplt_epi8(_mm_add_epi8(block, _mm_set1_epi8((char)(128 - '-'))),
                                         _mm_set1_epi8(-128 + (':' - '-' + 1)));
    const __m128i line = _mm_cmpeq_epi8(block, _mm_set1_epi8('_'));
    const __m128i any = _mm_or_si128(_mm_or_si128(letter, other), line);
    return pen_block_first(_mm_cmpeq_epi8(any, _mm_setzero_si128()));
}

/** Is one of them beyond ASCII? */
static inline bool pen_block_is_wide(const char *p)
{
    return _mm_movemask_epi8(pen_block_load(p)) != 0;
}

/** A bit for each digit. */
static inline unsigned pen_block_digits(const char *p)
{
    return (unsigned)_mm_movemask_epi8(pen_block_within(pen_block_load(p), '0', '9'));
}

/** A bit for each digit and each of ' ', '-', '.', '/': what numbers are written with. */
static inline unsigned pen_block_written(const char *p)
{
    const __m128i block = pen_block_load(p);
    const __m128i space = _mm_cmpeq_epi8(block, _mm_set1_epi8(' '));
    /* '-', '.' and '/' stand before the digits. */
    return (unsigned)_mm_movemask_epi8(_mm_or_si128(pen_block_within(block, '-', '9'), space));
}

/** A bit for each of what cannot stand in a URL's "user:password": '/', '@', 0xff, and up to the
 * space. */
static inline unsigned pen_block_no_user(const char *p)
{
    const __m128i block = pen_block_load(p);
    const __m128i slash = _mm_cmpeq_epi8(block, _mm_set1_epi8('/'));
    const __m128i at = _mm_cmpeq_epi8(block, _mm_set1_epi8('@'));
    /* Moved by one 0xff is the lowest. */
    const __m128i low = pen_block_within(_mm_add_epi8(block, _mm_set1_epi8(1)), '\0', ' ' + 1);
    return (unsigned)_mm_movemask_epi8(_mm_or_si128(_mm_or_si128(slash, at), low));
}

/** Is one of them `c`? */
static inline bool pen_block_has(const char *p, char c)
{
    return _mm_movemask_epi8(_mm_cmpeq_epi8(pen_block_load(p), _mm_set1_epi8(c))) != 0;
}

#else

static inline void pen_block_kinds(const char *p, unsigned *letters, unsigned *marks)
{
    *letters = 0;
    *marks = 0;
    for (unsigned i = 0; i < PEN_BLOCK; i++) {
        const char c = p[i];
        const bool letter = pen_is_alpha(c);
        const bool common = letter || pen_is_digit(c) || c == ' ' || c == ',' || c == (char)0xff;
        *letters |= (unsigned)letter << i;
        *marks |= (unsigned)!common << i;
    }
}

static inline unsigned pen_block_digits(const char *p)
{
    unsigned bits = 0;
    for (unsigned i = 0; i < PEN_BLOCK; i++) {
        bits |= (unsigned)pen_is_digit(p[i]) << i;
    }
    return bits;
}

static inline unsigned pen_block_written(const char *p)
{
    unsigned bits = 0;
    for (unsigned i = 0; i < PEN_BLOCK; i++) {
        bits |= (unsigned)(p[i] == ' ' || (p[i] >= '-' && p[i] <= '9')) << i;
    }
    return bits;
}

static inline unsigned pen_block_no_user(const char *p)
{
    unsigned bits = 0;
    for (unsigned i = 0; i < PEN_BLOCK; i++) {
        const unsigned c = (unsigned char)p[i];
        bits |= (unsigned)(c == '/' || c == '@' || c == 0xff || c <= ' ') << i;
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

static inline size_t pen_block_bare(const char *p)
{
    const size_t length = pen_block_plain(p);
    size_t at = 0;
    while (at < length && p[at] != '%' && p[at] != '&' && p[at] != '+') {
        at++;
    }
    return at;
}

static inline unsigned pen_block_loud(const char *p)
{
    unsigned bits = 0;
    for (unsigned i = 0; i < PEN_BLOCK; i++) {
        const unsigned c = (unsigned char)p[i];
        bits |= (unsigned)((c < ',' && c != ' ') || c == '\\' || c >= 0x80) << i;
    }
    return bits;
}

static inline size_t pen_block_same(const char *a, const char *b)
{
    size_t at = 0;
    while (at < PEN_BLOCK && a[at] == b[at]) {
        at++;
    }
    return at;
}

static inline size_t pen_block_spaces(const char *p)
{
    size_t at = 0;
    while (at < PEN_BLOCK && (p[at] == ' ' || p[at] == '\n' || p[at] == '\r' || p[at] == '\t')) {
        at++;
    }
    return at;
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

static inline unsigned pen_block_odd(const char *p)
{
    unsigned ascii = 0;
    unsigned follows = 0;
    unsigned leads = 0;
    for (unsigned i = 0; i < PEN_BLOCK; i++) {
        const unsigned c = (unsigned char)p[i];
        ascii |= (unsigned)((c >= ' ' && c <= '~') || (c >= '\t' && c <= '\r')) << i;
        follows |= (unsigned)(c >= 0x80 && c <= 0xbf) << i;
        leads |= (unsigned)(c >= 0xc2 && c <= 0xf4) << i;
    }
    const unsigned leading = leads & (follows >> 1 | 1U << (PEN_BLOCK - 1));
    const unsigned within = follows & (follows | leads) << 1;
    return ~(ascii | leading | within) & 0xffffU;
}

static inline unsigned pen_block_high(const char *p)
{
    unsigned bits = 0;
    for (unsigned i = 0; i < PEN_BLOCK; i++) {
        bits |= (unsigned)((unsigned char)p[i] >= 0x80) << i;
    }
    return bits;
}

static inline unsigned pen_block_leads(const char *p)
{
    unsigned bits = 0;
    for (unsigned i = 0; i < PEN_BLOCK; i++) {
        bits |= (unsigned)((unsigned char)p[i] >= 0xc0) << i;
    }
    return bits;
}

static inline unsigned pen_block_quotes(const char *p)
{
    unsigned bits = 0;
    for (unsigned i = 0; i < PEN_BLOCK; i++) {
        bits |= (unsigned)(p[i] == '"' || p[i] == '\\') << i;
    }
    return bits;
}

static inline bool pen_block_short_encodes(const char *p, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        if (p[i] == '%' || p[i] == '&' || p[i] == '+' || p[i] == '\\' || p[i] == '\0'
            || (p[i] & 0x80) != 0) {
            return true;
        }
    }
    return false;
}

static inline bool pen_block_encodes(const char *p)
{
    return pen_block_short_encodes(p, PEN_BLOCK);
}

static inline bool pen_block_is_wide(const char *p)
{
    uint64_t words[2];
    memcpy(words, p, sizeof(words));
    return ((words[0] | words[1]) & UINT64_C(0x8080808080808080)) != 0;
}

static inline size_t pen_block_path(const char *p)
{
    size_t at = 0;
    while (at < PEN_BLOCK
           && (pen_is_alpha(p[at]) || (p[at] >= '-' && p[at] <= ':') || p[at] == '_')) {
        at++;
    }
    return at;
}

static inline bool pen_block_has(const char *p, char c)
{
    return memchr(p, c, PEN_BLOCK) != NULL;
}

#endif

/** How many are set: a bit for each byte of up to four blocks. Counted by adding: population counts
 * are a call where the machine may lack them. */
static inline size_t pen_block_count(uint64_t bits)
{
    bits -= bits >> 1 & UINT64_C(0x5555555555555555);
    bits = (bits & UINT64_C(0x3333333333333333)) + (bits >> 2 & UINT64_C(0x3333333333333333));
    bits = (bits + (bits >> 4)) & UINT64_C(0x0f0f0f0f0f0f0f0f);
    return (size_t)(bits * UINT64_C(0x0101010101010101) >> 56);
}

#endif
