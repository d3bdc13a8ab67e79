/** Sixteen bytes at a time; only where there is something are they told apart. */
#include "filters/core/codec/look.h"

#include "filters/core/codec/block_digits.h"
#include "filters/core/codec/digits.h"

enum {
    ENCODES = PEN_LOOK_PERCENT | PEN_LOOK_AND | PEN_LOOK_BACKSLASH | PEN_LOOK_PLUS | PEN_LOOK_HIGH
              | PEN_LOOK_ZERO,
    DIGIT = 128, /* of base64, its padding, a line break within */
};

/* clang-format off */
#define D DIGIT
#define O PEN_LOOK_OPENS
static const uint8_t classes[256] = {
    PEN_LOOK_ZERO, 0, 0, 0, 0, 0, 0, 0, 0, O, D | O, 0, 0, D | O, 0, 0,
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
    O, 0, O, 0, 0, PEN_LOOK_PERCENT, PEN_LOOK_AND, 0, 0, 0, 0, D | PEN_LOOK_PLUS, 0, D, 0, D,
    D, D, D, D, D, D, D, D, D, D, 0, 0, O, D, 0, 0,
    0, D, D, D, D, D, D, D, D, D, D, D, D, D, D, D,
    D, D, D, D, D, D, D, D, D, D, D, O, PEN_LOOK_BACKSLASH, 0, 0, D,
    0, D, D, D, D, D, D, D, D, D, D, D, D, D, D, D,
    D, D, D, D, D, D, D, D, D, D, D, O, 0, 0, 0, 0,
#define H16 PEN_LOOK_HIGH, PEN_LOOK_HIGH, PEN_LOOK_HIGH, PEN_LOOK_HIGH, PEN_LOOK_HIGH, PEN_LOOK_HIGH, PEN_LOOK_HIGH, PEN_LOOK_HIGH, PEN_LOOK_HIGH, PEN_LOOK_HIGH, PEN_LOOK_HIGH, PEN_LOOK_HIGH, PEN_LOOK_HIGH, PEN_LOOK_HIGH, PEN_LOOK_HIGH, PEN_LOOK_HIGH
    H16, H16, H16, H16, H16, H16, H16, H16,
};
#undef D
#undef O
#undef H16
/* clang-format on */

/* White space, brackets, quotes, '<' and '/' begin documents; '#', ',', a byte-order mark and the
 * letters of query, mutation, subscription and fragment begin those of GraphQL. */
const bool pen_look_begins[256] = {
    ['\t'] = true, ['\n'] = true, ['\r'] = true, [' '] = true, ['"'] = true,  ['#'] = true,
    [','] = true,  ['/'] = true,  ['0'] = true,  ['<'] = true, ['['] = true,  ['{'] = true,
    ['f'] = true,  ['m'] = true,  ['q'] = true,  ['s'] = true, [0xef] = true,
};

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

static bool begins_with_digits(struct pen_str text)
{
    if (text.len < PEN_LOOK_DIGITS) return is_literal(text);

    bool url = false;
    unsigned others = pen_block_no_base64(text.ptr, &url);
    /* Something foreign may stand in one of four places: forgiving decoders skip it. */
    unsigned broken = fours(others);
    if ((broken & (broken - 1)) == 0) return true;
    for (unsigned left = others; left != 0; left &= left - 1) {
        const unsigned at = (unsigned)__builtin_ctz(left);
        if ((class_of(text.ptr[at]) & DIGIT) != 0) others &= ~(1U << at);
    }
    broken = fours(others);
    return (broken & (broken - 1)) == 0;
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
        if ((text.ptr[0] | 0x20) == 'd' && pen_str_starts_fold(text, PEN_S("data:"))) {
            seen |= PEN_LOOK_DATA;
        }
    }
    const bool coded = begins_with_digits(text)
                           ? !pen_digits_hold_nothing(text)
                           : text.len >= PEN_LOOK_DIGITS && pen_digits_are_scattered(text);
    return coded ? seen | PEN_LOOK_CODED : seen;
}

unsigned pen_look(struct pen_str text)
{
    return look_for_units(text) | pen_look_plain(text);
}
