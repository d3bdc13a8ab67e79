/** Sixteen bytes at a time; only where there is something are they told apart. */
#include "filters/core/codec/look.h"

#include "filters/core/codec/block_digits.h"
#include "filters/core/codec/digits.h"

enum {
    ENCODES = PEN_LOOK_PERCENT | PEN_LOOK_AND | PEN_LOOK_BACKSLASH | PEN_LOOK_PLUS | PEN_LOOK_HIGH
              | PEN_LOOK_ZERO,
};

/* clang-format off */
#define O  PEN_LOOK_OPENS
#define H4 PEN_LOOK_HIGH, PEN_LOOK_HIGH, PEN_LOOK_HIGH, PEN_LOOK_HIGH
#define H  H4, H4, H4, H4
static const uint8_t classes[256] = {
    ['\0'] = PEN_LOOK_ZERO, ['\t'] = O, ['\n'] = O, ['\r'] = O, [' '] = O, ['"'] = O,
    ['%'] = PEN_LOOK_PERCENT, ['&'] = PEN_LOOK_AND, ['+'] = PEN_LOOK_PLUS, ['<'] = O, ['['] = O,
    ['\\'] = PEN_LOOK_BACKSLASH, ['{'] = O, [0x80] = H, H, H, H, H, H, H, H,
};
#undef O
#undef H4
#undef H
/* clang-format on */

/* White space, brackets, quotes and '<' begin documents; '#', ',', a byte-order mark and the
 * letters of query, mutation, subscription and fragment begin those of GraphQL. */
#define D PEN_LOOK_DOCUMENT
#define K PEN_LOOK_KEYWORD
#define S PEN_LOOK_SECOND
const enum pen_look_begin pen_look_begins[256] = {
    ['\t'] = D, ['\n'] = D, ['\r'] = D, [' '] = D, ['"'] = D,  ['#'] = D,
    [','] = D,  ['/'] = S,  ['0'] = S,  ['<'] = D, ['['] = D,  ['{'] = D,
    ['f'] = K,  ['m'] = K,  ['q'] = K,  ['s'] = K, [0xef] = D,
};
#undef D
#undef K
#undef S

static unsigned class_of(char c)
{
    return classes[(unsigned char)c];
}

static unsigned look_closely(struct pen_str text)
{
    unsigned seen = 0;
    for (size_t i = 0; i < text.len; i++) {
        seen |= class_of(text.ptr[i]);
    }
    return seen & ENCODES;
}

static unsigned look_at_block(const char *p)
{
    return (pen_block_has(p, '%') ? PEN_LOOK_PERCENT : 0U)
           | (pen_block_has(p, '&') ? PEN_LOOK_AND : 0U)
           | (pen_block_has(p, '\\') ? PEN_LOOK_BACKSLASH : 0U)
           | (pen_block_has(p, '+') ? PEN_LOOK_PLUS : 0U)
           | (pen_block_has(p, '\0') ? PEN_LOOK_ZERO : 0U)
           | (pen_block_is_wide(p) ? PEN_LOOK_HIGH : 0U);
}

static unsigned look_for_units(struct pen_str text)
{
    if (text.len < PEN_BLOCK) {
        if (text.len >= 4 && !pen_block_short_encodes(text.ptr, text.len)) return 0;
        return look_closely(text);
    }

    unsigned seen = 0;
    for (size_t at = 0; at < text.len; at += PEN_BLOCK) {
        if (text.len - at < PEN_BLOCK) at = text.len - PEN_BLOCK; /* some of it a second time */
        if (pen_block_encodes(text.ptr + at)) seen |= look_at_block(text.ptr + at);
    }
    return seen;
}

static bool is_literal(struct pen_str text)
{
    return text.len >= 2 + PEN_LOOK_LITERAL && text.ptr[0] == '0' && (text.ptr[1] | 0x20) == 'x';
}

/* Each fourth bit: is one of four set? */
static unsigned fours(unsigned bits)
{
    return (bits | bits >> 1 | bits >> 2 | bits >> 3) & 0x1111;
}

static bool is_one(unsigned bits)
{
    return (bits & (bits - 1)) == 0;
}

/* Does it begin as digits of base64 or hexadecimal do, or are they scattered, and is it not told at
 * once that they hold nothing? */
static bool is_coded(struct pen_str text)
{
    if (text.len < PEN_LOOK_DIGITS) return is_literal(text) && !pen_digits_hold_nothing(text);

    bool url = false;
    unsigned others = pen_block_no_base64(text.ptr, &url);
    if (others != 0) others &= ~pen_block_padding(text.ptr);
    /* Something foreign may stand in one of four places: forgiving decoders skip it. */
    return is_one(fours(others)) ? !pen_digits_hold_nothing(text) : pen_digits_are_scattered(text);
}

static bool is_data(struct pen_str text)
{
    return (text.ptr[0] | 0x20) == 'd' && pen_str_starts_fold(text, PEN_S("data:"));
}

bool pen_look_long_passes(struct pen_str plain)
{
    return !is_coded(plain) && !is_data(plain);
}

/* '/' begins a comment in front of a document, and many a path. */
static bool begins_with_comment(struct pen_str text)
{
    return text.ptr[0] == '/' && (text.ptr[1] == '*' || text.ptr[1] == '/');
}

unsigned pen_look_plain(struct pen_str text)
{
    unsigned seen = 0;
    if (text.len > 1) {
        seen |= class_of(text.ptr[0]) & PEN_LOOK_OPENS;
        if (begins_with_comment(text)) seen |= PEN_LOOK_OPENS;
        if (is_data(text)) seen |= PEN_LOOK_DATA;
    }
    return is_coded(text) ? seen | PEN_LOOK_CODED : seen;
}

unsigned pen_look(struct pen_str text)
{
    return look_for_units(text) | pen_look_plain(text);
}
