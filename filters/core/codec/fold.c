/**
 * Characters that something behind the function takes for ASCII: overlong UTF-8, full-width and
 * compatibility forms (NFKC), and what databases and converters replace by the nearest character.
 * What is shown as nothing goes where it parts ASCII: between emoji and in other scripts it has
 * work to do.
 *
 * Sources: Unicode's compatibility decompositions; its Default_Ignorable_Code_Point, which
 * NFKC_Casefold removes; Microsoft's best fit of code pages 1252 and 20127; the overlong forms of
 * CVE-2000-0884.
 */
#include "filters/core/codec.h"

#include <string.h>

#include "filters/core/block16.h"
#include "filters/core/codec/ignorable.h"

#define LEAST_LEAD 0xc0 /* below it are ASCII, and what follows a lead */

/* What a sequence of bytes is taken for. */
struct folded {
    size_t taken; /* bytes; 0 = for itself */
    char text[2];
    size_t made;
    bool quiet; /* too ordinary in prose to be the reason for another form */
};

static const struct folded nothing;

static struct folded one(size_t taken, char c)
{
    return (struct folded){.taken = taken, .text = {c}, .made = 1};
}

/* The least that UTF-8 of this length encodes when it is not overlong is far above ASCII. */
static struct folded read_overlong(const unsigned char *p, size_t left)
{
    const size_t length = p[0] < 0xe0 ? 2 : p[0] < 0xf0 ? 3 : p[0] < 0xf8 ? 4 : p[0] < 0xfc ? 5 : 6;
    if (left < length) return nothing;

    uint32_t scalar = length == 2 ? p[0] & 0x1fU : p[0] & (0x7fU >> length);
    for (size_t i = 1; i < length; i++) {
        /* Of two bytes the second was read without its mark: "%c1%1c" was a backslash. */
        const bool follows = (p[i] & 0xc0) == 0x80;
        if (!follows && (length > 2 || p[i] >= 0x80)) return nothing;
        scalar = scalar << 6 | (p[i] & 0x3f);
    }
    if (scalar == 0 || scalar >= 0x80) return nothing;
    const bool marked = length > 2 || (p[1] & 0xc0) == 0x80;
    if (!marked && memchr("/\\.'\"<>", (int)scalar, 7) == NULL) return nothing;
    return one(length, (char)scalar);
}

struct look_alike {
    uint16_t scalar;
    char ascii;
    bool quiet;
};

/* Sorted. Dashes are told from a hyphen by every writer of prose, so alone they mean nothing. */
static const struct look_alike look_alikes[] = {
    {0x0085, '\n', false}, {0x00a0, ' ', false},  {0x00b4, '\'', false}, {0x0131, 'i', false},
    {0x017f, 's', false},  {0x02b9, '\'', false}, {0x02ba, '"', false},  {0x02bb, '\'', false},
    {0x02bc, '\'', false}, {0x02bd, '\'', false}, {0x02c8, '\'', false}, {0x02ca, '\'', false},
    {0x02cb, '`', false},  {0x037e, ';', false},  {0x2010, '-', true},   {0x2011, '-', true},
    {0x2012, '-', true},   {0x2013, '-', true},   {0x2014, '-', true},   {0x2015, '-', true},
    {0x2018, '\'', false}, {0x2019, '\'', false}, {0x201a, '\'', false}, {0x201b, '\'', false},
    {0x201c, '"', false},  {0x201d, '"', false},  {0x201e, '"', false},  {0x201f, '"', false},
    {0x2024, '.', false},  {0x2028, '\n', false}, {0x2029, '\n', false}, {0x202f, ' ', false},
    {0x2032, '\'', false}, {0x2033, '"', false},  {0x2035, '`', false},  {0x2036, '"', false},
    {0x2039, '<', false},  {0x203a, '>', false},  {0x203c, '!', true},   {0x2044, '/', false},
    {0x205f, ' ', false},  {0x207a, '+', false},  {0x207c, '=', false},  {0x207d, '(', false},
    {0x207e, ')', false},  {0x208a, '+', false},  {0x208c, '=', false},  {0x208d, '(', false},
    {0x208e, ')', false},  {0x212a, 'K', false},  {0x2212, '-', true},   {0x2215, '/', false},
    {0x2216, '\\', false}, {0x2217, '*', false},  {0x2223, '|', false},  {0x2236, ':', false},
    {0x223c, '~', true},   {0x2264, '=', true},   {0x2265, '=', true},   {0x2329, '<', false},
    {0x232a, '>', false},  {0x2758, '|', false},  {0x275b, '\'', false}, {0x275c, '\'', false},
    {0x275d, '"', false},  {0x275e, '"', false},  {0x29f5, '\\', false}, {0x29f8, '/', false},
    {0x3000, ' ', false},  {0x3002, '.', true},   {0x3008, '<', false},  {0x3009, '>', false},
    {0x301d, '"', false},  {0x301e, '"', false},  {0x560a, '\n', false}, {0x560d, '\r', false},
    {0x563c, '<', false},  {0x563e, '>', false},  {0xfe52, '.', false},  {0xfe54, ';', false},
    {0xfe55, ':', false},  {0xfe59, '(', false},  {0xfe5a, ')', false},  {0xfe5f, '#', false},
    {0xfe60, '&', false},  {0xfe61, '*', false},  {0xfe62, '+', false},  {0xfe63, '-', false},
    {0xfe64, '<', false},  {0xfe65, '>', false},  {0xfe66, '=', false},  {0xfe68, '\\', false},
    {0xfe69, '$', false},  {0xfe6a, '%', false},  {0xfe6b, '@', false},  {0xff61, '.', false},
};

static const struct look_alike *find(uint32_t scalar)
{
    size_t low = 0;
    size_t high = PEN_COUNT_OF(look_alikes);
    while (low < high) {
        const size_t middle = (low + high) / 2;
        if (scalar == look_alikes[middle].scalar) return &look_alikes[middle];
        if (scalar < look_alikes[middle].scalar) {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    return NULL;
}

/* Letters and digits in circles: what an address may be written with. */
static char enclosed(uint32_t scalar)
{
    if (scalar >= 0x2460 && scalar <= 0x2468) return (char)('1' + (scalar - 0x2460));
    if (scalar >= 0x24b6 && scalar <= 0x24cf) return (char)('A' + (scalar - 0x24b6));
    if (scalar >= 0x24d0 && scalar <= 0x24e9) return (char)('a' + (scalar - 0x24d0));
    return scalar == 0x24ea ? '0' : '\0';
}

static struct folded fold_scalar(uint32_t scalar, size_t taken)
{
    if (scalar >= 0xff01
        && scalar <= 0xff5e) { /* full width; the first four are East Asian prose */
        struct folded wide = one(taken, (char)(scalar - 0xff01 + '!'));
        wide.quiet = memchr("!,:?", wide.text[0], 4) != NULL;
        return wide;
    }
    if (scalar >= 0x2000 && scalar <= 0x200a) return one(taken, ' ');
    if (scalar == 0x2025) return (struct folded){.taken = taken, .text = {'.', '.'}, .made = 2};
    if (scalar >= 0x1d400 && scalar <= 0x1d6a3) { /* thirteen alphabets for mathematics */
        const uint32_t letter = (scalar - 0x1d400) % 52;
        return one(taken, (char)(letter < 26 ? 'A' + letter : 'a' + (letter - 26)));
    }
    if (scalar >= 0x1d7ce && scalar <= 0x1d7ff) {
        return one(taken, (char)('0' + (scalar - 0x1d7ce) % 10));
    }
    const char letter = enclosed(scalar);
    if (letter != '\0') return one(taken, letter);

    const struct look_alike *const found = find(scalar);
    if (found == NULL) return nothing;
    struct folded folded = one(taken, found->ascii);
    folded.quiet = found->quiet;
    return folded;
}

/* By lead: which second bytes begin something that is folded, a bit each. Most of what people write
   has none of them: the look-alikes stand together in a few rows of Unicode. */
#define BIT(n) (UINT64_C(1) << (n))
static const uint64_t seconds[64] = {
    [0x02] = BIT(0x05) | BIT(0x20) | BIT(0x34),            /* U+0085, 00a0, 00b4 */
    [0x04] = BIT(0x31),                                    /* 0131 */
    [0x05] = BIT(0x3f),                                    /* 017f */
    [0x0a] = UINT64_C(0x1f) << 0x39,                       /* 02b9 to 02bd */
    [0x0b] = BIT(0x08) | BIT(0x0a) | BIT(0x0b),            /* 02c8, 02ca, 02cb */
    [0x0d] = BIT(0x3e),                                    /* 037e */
    [0x22] = BIT(0x00) | BIT(0x01) | BIT(0x02) | BIT(0x04) /* 2000, 2040, 2080, 2100 and the */
             | BIT(0x08) | BIT(0x09) | BIT(0x0c)           /* 63 behind each; 2200, 2240, 2300 */
             | BIT(0x11) | BIT(0x12) | BIT(0x13)           /* 2440, 2480, 24c0 */
             | BIT(0x1d) | BIT(0x27),                      /* 2740, 29c0 */
    [0x23] = BIT(0x00),                                    /* 3000 */
    [0x25] = BIT(0x18),                                    /* 5600 */
    [0x2f] = BIT(0x39) | BIT(0x3c) | BIT(0x3d),            /* fe40, ff00, ff40 */
    [0x30] = BIT(0x1d),                                    /* 1d000 to 1dfff */
};

/* Begins nothing that may be overlong, nor what is folded. */
static inline bool is_ordinary(unsigned char lead, unsigned char second)
{
    return lead > 0xc1 && lead < 0xf8 && lead != 0xe0 && (lead != 0xf0 || second >= 0x90)
           && (seconds[lead & 0x3f] >> (second & 0x3f) & 1) == 0;
}

static bool follows(unsigned char byte)
{
    return (byte & 0xc0) == 0x80;
}

/* At a byte that may begin a sequence. */
static struct folded read_high(const unsigned char *p, size_t left)
{
    if (left < 2 || p[0] >= 0xfe) return nothing;
    if (p[0] <= 0xc1 || p[0] >= 0xf8 || (p[0] == 0xe0 && p[1] < 0xa0)
        || (p[0] == 0xf0 && p[1] < 0x90)) {
        return read_overlong(p, left);
    }
    if (!follows(p[1]) || is_ordinary(p[0], p[1])) return nothing;
    if (p[0] < 0xe0) return fold_scalar((p[0] & 0x1fU) << 6 | (p[1] & 0x3fU), 2);
    if (left < 3 || !follows(p[2])) return nothing;
    if (p[0] < 0xf0) {
        return fold_scalar((p[0] & 0x0fU) << 12 | (p[1] & 0x3fU) << 6 | (p[2] & 0x3fU), 3);
    }
    if (left < 4 || !follows(p[3])) return nothing;
    return fold_scalar(
        (p[0] & 0x07U) << 18 | (p[1] & 0x3fU) << 12 | (p[2] & 0x3fU) << 6 | (p[3] & 0x3fU), 4);
}

/* "don't", in letters: an apostrophe as typesetters write it. */
static bool is_apostrophe(struct pen_str in, size_t at, struct folded folded)
{
    return folded.taken == 3 && folded.text[0] == '\'' && at > 0 && in.len - at > 3
           && pen_is_alpha(in.ptr[at - 1]) && pen_is_alpha(in.ptr[at + 3]);
}

static bool is_ascii(struct pen_str in, size_t at)
{
    return at < in.len && (unsigned char)in.ptr[at] < 0x80;
}

/* Bytes behind ASCII that show nothing and have ASCII, or what is taken for it, behind them. */
static size_t hidden_run(struct pen_str in, size_t start)
{
    size_t end = start;
    for (size_t length = 1; length > 0 && end < in.len; end += length) {
        length = pen_codec_ignorable(in, end);
    }
    if (end == start || end == in.len) return 0;
    if (is_ascii(in, end)) return end - start;
    const unsigned char *const behind = (const unsigned char *)in.ptr + end;
    if (behind[0] < LEAST_LEAD) return 0;
    const struct folded folded = read_high(behind, in.len - end);
    return folded.taken > 0 && !folded.quiet ? end - start : 0;
}

/* Where something may begin, at or behind `at`. */
static size_t next_lead(struct pen_str in, size_t at)
{
    for (; in.len - at >= PEN_BLOCK; at += PEN_BLOCK) {
        const unsigned leads = pen_block_leads(in.ptr + at);
        if (leads != 0) return at + (size_t)__builtin_ctz(leads);
    }
    while (at < in.len && (unsigned char)in.ptr[at] < LEAST_LEAD) {
        at++;
    }
    return at;
}

/* Is there something that is not simply good typesetting? */
static bool has_reason(struct pen_str in)
{
    const unsigned char *const bytes = (const unsigned char *)in.ptr;
    for (size_t at = next_lead(in, 0); at < in.len; at = next_lead(in, at)) {
        if (at > 0 && is_ascii(in, at - 1) && hidden_run(in, at) > 0) return true;
        if (in.len - at < 2 || is_ordinary(bytes[at], bytes[at + 1])) {
            at++;
            continue;
        }
        const struct folded folded = read_high(bytes + at, in.len - at);
        if (folded.taken > 0 && !folded.quiet && !is_apostrophe(in, at, folded)) return true;
        at += folded.taken > 0 ? folded.taken : 1;
    }
    return false;
}

enum pen_status pen_codec_fold(struct pen_str in, struct pen_arena *arena, struct pen_str *out)
{
    if (!has_reason(in)) {
        *out = in;
        return PEN_OK;
    }
    char *const text = pen_arena_bytes(arena, in.len);
    if (text == NULL) return PEN_ERR_NOMEM;

    const unsigned char *const bytes = (const unsigned char *)in.ptr;
    size_t length = 0;
    bool behind_ascii = false;
    for (size_t at = 0; at < in.len;) {
        const bool leads = bytes[at] >= LEAST_LEAD;
        const size_t hidden = leads && behind_ascii ? hidden_run(in, at) : 0;
        if (hidden > 0) {
            at += hidden;
            continue;
        }
        const struct folded folded = leads ? read_high(bytes + at, in.len - at) : nothing;
        behind_ascii = folded.taken > 0 || bytes[at] < 0x80;
        if (folded.taken == 0) {
            text[length++] = in.ptr[at++];
            continue;
        }
        memcpy(text + length, folded.text, folded.made);
        length += folded.made;
        at += folded.taken;
    }
    pen_arena_trim(arena, text, in.len, length);
    *out = (struct pen_str){text, length};
    return PEN_OK;
}
